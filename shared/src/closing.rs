//! 日清日结: what the staff of an exam point state when they close a day, against what the system counted.
//!
//! A difference does not keep a day open, but it has to be explained, and the explanation is signed with it.

/// Certificate blanks of a day as the system counted them from the kiosks' journals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Printed.
    pub used: u32,
    /// Begun and not printed.
    pub spoiled: u32,
}

/// What people counted and looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stated {
    /// Blanks that were there in the morning or came in.
    pub received: u32,
    /// Printed.
    pub used: u32,
    /// Spoiled, and kept to be destroyed.
    pub spoiled: u32,
    /// Locked away in the evening.
    pub left: u32,
    /// Whether the recordings of every room and station are there and were played back.
    pub recordings: bool,
    /// Whether everything written on paper was entered and the sheets are locked away.
    pub paper: bool,
}

/// What does not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// Received is not used and spoiled and left together.
    Sum,
    /// Another number was printed than was counted.
    Used,
    /// Another number was spoiled than was counted.
    Spoiled,
    /// Recordings are missing.
    Recordings,
    /// Paper is missing.
    Paper,
}

impl Difference {
    /// Word in files and language files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Used => "used",
            Self::Spoiled => "spoiled",
            Self::Recordings => "recordings",
            Self::Paper => "paper",
        }
    }
}

/// Everything that does not agree, in the order of the form.
#[must_use]
pub fn differences(counted: &Counted, stated: &Stated) -> Vec<Difference> {
    let together = u64::from(stated.used) + u64::from(stated.spoiled) + u64::from(stated.left);
    let all = [
        (u64::from(stated.received) != together, Difference::Sum),
        (stated.used != counted.used, Difference::Used),
        (stated.spoiled != counted.spoiled, Difference::Spoiled),
        (!stated.recordings, Difference::Recordings),
        (!stated.paper, Difference::Paper),
    ];
    all.into_iter().filter(|(differs, _)| *differs).map(|(_, difference)| difference).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_is_found_and_a_day_that_adds_up_has_none() {
        use Difference::{Paper, Recordings, Spoiled, Sum, Used};
        let counted = Counted { used: 18, spoiled: 2 };
        let right = Stated { received: 50, used: 18, spoiled: 2, left: 30, recordings: true, paper: true };
        let table = [
            (right, vec![]),
            (Stated { left: 29, ..right }, vec![Sum]),
            (Stated { used: 17, left: 31, ..right }, vec![Used]),
            (Stated { spoiled: 3, left: 29, ..right }, vec![Spoiled]),
            (Stated { recordings: false, ..right }, vec![Recordings]),
            (Stated { paper: false, ..right }, vec![Paper]),
            (Stated { received: u32::MAX, ..Stated::default() }, vec![Sum, Used, Spoiled, Recordings, Paper]),
        ];
        for (stated, expected) in table {
            assert_eq!(differences(&counted, &stated), expected, "{stated:?}");
        }
    }
}
