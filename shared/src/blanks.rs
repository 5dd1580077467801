//! Numbered blanks (空白证): an exam point's stock, the share that each kiosk has of it, and which blank may be printed on.
//!
//! Blanks are numbered by their printer. A kiosk prints on blanks of its own share alone, so that two kiosks that are cut off
//! from each other never use the same number.

use thiserror::Error;

/// Staff are warned when a kiosk has no more blanks than this.
pub const FEW: u64 = 10;

/// Most blanks in one range: more is a slip of the finger.
pub const MOST: u64 = 100_000;

/// Longest number of a blank in characters.
pub const LONGEST: usize = 40;

/// Blanks from one number to another, both included. Numbers of a range differ in their last digits alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    prefix: String,
    first: u64,
    last: u64,
    /// Digits that count, leading zeros included.
    width: usize,
}

/// Why two numbers are no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RangeError {
    /// A text is no number of a blank.
    #[error("the number of a blank has 1 to 40 letters, digits or '-', and ends with a digit")]
    Number,
    /// What stands before the last digits differs, or there are more digits in one.
    #[error("both numbers have the same beginning and the same length")]
    Unlike,
    /// The first number comes after the last.
    #[error("the first number comes after the last")]
    Backwards,
    /// More than [`MOST`].
    #[error("more than 100000 blanks")]
    TooMany,
}

/// Why a blank may not be printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlankFlaw {
    /// It is not among the kiosk's own.
    Outside,
    /// Something was printed on it, or it is not certain that nothing was.
    Used,
}

/// Whether a blank may be printed on by a kiosk that has these shares; `None`: the exam point keeps no stock, and any blank
/// that was not used may be.
///
/// # Errors
/// [`BlankFlaw`].
pub fn judge(shares: Option<&[Range]>, used: bool, blank: &str) -> Result<(), BlankFlaw> {
    if shares.is_some_and(|shares| !shares.iter().any(|share| share.contains(blank))) {
        return Err(BlankFlaw::Outside);
    }
    if used { Err(BlankFlaw::Used) } else { Ok(()) }
}

/// What became of a blank that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is a certificate.
    Printed,
    /// It is to be destroyed.
    Spoiled,
    /// Not known yet: it is being printed on, or somebody must look in the tray.
    Open,
}

/// A kiosk's blanks in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// In its shares.
    pub given: u64,
    /// Printed.
    pub printed: u64,
    /// Spoiled.
    pub spoiled: u64,
    /// Taken, with an end that is not known yet.
    pub open: u64,
}

/// Counts the blanks of these shares; `taken` names each blank that was taken once.
pub fn count<'a>(shares: &[Range], taken: impl IntoIterator<Item = (&'a str, End)>) -> Count {
    let mut count = Count { given: shares.iter().map(Range::count).sum(), ..Count::default() };
    for (blank, end) in taken {
        if shares.iter().any(|share| share.contains(blank)) {
            match end {
                End::Printed => count.printed += 1,
                End::Spoiled => count.spoiled += 1,
                End::Open => count.open += 1,
            }
        }
    }
    count
}

impl End {
    /// By the state of a print: `started`, `printed`, `spoiled`, or the code with which it failed.
    #[must_use]
    pub fn of(state: &str) -> Self {
        match state {
            "printed" => Self::Printed,
            "started" => Self::Open,
            code if crate::prints::end_is_unseen(code) => Self::Open,
            _ => Self::Spoiled,
        }
    }
}

impl Count {
    /// Blanks that were not taken.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.given.saturating_sub(self.printed + self.spoiled + self.open)
    }

    /// Whether staff should fetch more.
    #[must_use]
    pub const fn is_few(&self) -> bool {
        self.left() <= FEW
    }
}

impl Range {
    /// From the first number to the last; spaces around them are dropped.
    ///
    /// # Errors
    /// [`RangeError`].
    pub fn parse(from: &str, to: &str) -> Result<Self, RangeError> {
        let ((prefix, first, width), (other, last, same)) = (split(from.trim())?, split(to.trim())?);
        if prefix != other || width != same {
            return Err(RangeError::Unlike);
        }
        if last < first {
            return Err(RangeError::Backwards);
        }
        if last - first >= MOST {
            return Err(RangeError::TooMany);
        }
        Ok(Self { prefix: prefix.to_owned(), first, last, width })
    }

    /// The first number.
    #[must_use]
    pub fn from(&self) -> String {
        self.number(self.first)
    }

    /// The last number.
    #[must_use]
    pub fn to(&self) -> String {
        self.number(self.last)
    }

    /// How many blanks, from 1.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.last - self.first + 1
    }

    /// Whether a blank is one of these.
    #[must_use]
    pub fn contains(&self, blank: &str) -> bool {
        split(blank).is_ok_and(|(prefix, number, width)| {
            prefix == self.prefix && width == self.width && (self.first..=self.last).contains(&number)
        })
    }

    /// Whether all blanks of another range are among these.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        self.is_like(other) && self.first <= other.first && other.last <= self.last
    }

    /// Whether a blank is in both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.is_like(other) && self.first <= other.last && other.first <= self.last
    }

    /// All numbers in order.
    pub fn numbers(&self) -> impl Iterator<Item = String> {
        (self.first..=self.last).map(|number| self.number(number))
    }

    fn is_like(&self, other: &Self) -> bool {
        self.prefix == other.prefix && self.width == other.width
    }

    fn number(&self, number: u64) -> String {
        format!("{}{number:0width$}", self.prefix, width = self.width)
    }
}

/// What stands before the last digits, these as a number, and how many they are.
fn split(blank: &str) -> Result<(&str, u64, usize), RangeError> {
    let right = blank.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !right || blank.len() > LONGEST {
        return Err(RangeError::Number);
    }
    let prefix = blank.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = blank.strip_prefix(prefix).unwrap_or_default();
    let number = digits.parse().map_err(|_| RangeError::Number)?;
    Ok((prefix, number, digits.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> Range {
        Range::parse(from, to).unwrap()
    }

    #[test]
    fn a_range_goes_from_one_number_to_another_of_the_same_kind() {
        for (from, to, expected) in [
            ("A0001", "A0100", Ok(100)),
            ("0007", "0007", Ok(1)),
            (" T-09 ", "T-10", Ok(2)),
            ("A0002", "A0001", Err(RangeError::Backwards)),
            ("A0001", "B0002", Err(RangeError::Unlike)),
            ("A1", "A10", Err(RangeError::Unlike)),
            ("A", "A9", Err(RangeError::Number)),
            ("", "", Err(RangeError::Number)),
            ("A 1", "A 2", Err(RangeError::Number)),
            ("A000000", "A100000", Err(RangeError::TooMany)),
            ("9999999999999999999999", "9999999999999999999999", Err(RangeError::Number)),
        ] {
            assert_eq!(Range::parse(from, to).map(|r| r.count()), expected, "{from}–{to}");
        }
        assert_eq!(range("A08", "A11").numbers().collect::<Vec<_>>(), ["A08", "A09", "A10", "A11"]);
        assert_eq!((range("A08", "A11").from(), range("A08", "A11").to()), ("A08".into(), "A11".into()));
    }

    #[test]
    fn ranges_overlap_and_hold_each_other_by_their_numbers_alone() {
        let stock = range("A0001", "A0100");
        for (other, holds, overlaps) in [
            (range("A0001", "A0100"), true, true),
            (range("A0050", "A0060"), true, true),
            (range("A0100", "A0101"), false, true),
            (range("A0101", "A0200"), false, false),
            (range("B0001", "B0002"), false, false),
            (range("A00001", "A00002"), false, false),
        ] {
            assert_eq!((stock.holds(&other), stock.overlaps(&other)), (holds, overlaps), "{other:?}");
        }
    }

    #[test]
    fn blanks_are_counted_by_what_became_of_them() {
        let shares = [range("A01", "A12")];
        let taken = [
            ("A01", End::of("printed")),
            ("A02", End::of("broken")),
            ("A03", End::of("spoiled")),
            ("A04", End::of("timeout")),
            ("A05", End::of("started")),
            ("B99", End::of("printed")),
        ];
        let counted = count(&shares, taken);
        assert_eq!(counted, Count { given: 12, printed: 1, spoiled: 2, open: 2 });
        assert_eq!((counted.left(), counted.is_few()), (7, true));
        assert!(!count(&[range("A001", "A100")], []).is_few());
    }

    #[test]
    fn a_kiosk_prints_on_unused_blanks_of_its_own_share_alone() {
        let shares = [range("A0001", "A0010"), range("A0021", "A0030")];
        for (shares, used, blank, expected) in [
            (Some(&shares[..]), false, "A0001", Ok(())),
            (Some(&shares), false, "A0030", Ok(())),
            (Some(&shares), false, "A0011", Err(BlankFlaw::Outside)),
            (Some(&shares), false, "A001", Err(BlankFlaw::Outside)),
            (Some(&shares), true, "A0001", Err(BlankFlaw::Used)),
            (Some(&[]), false, "A0001", Err(BlankFlaw::Outside)),
            (None, false, "anything", Ok(())),
            (None, true, "anything", Err(BlankFlaw::Used)),
        ] {
            assert_eq!(judge(shares, used, blank), expected, "{blank}");
        }
    }
}
