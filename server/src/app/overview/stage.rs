//! How far a candidate has come on the exam day.

use crate::db::sessions::Candidate;

/// How far a candidate has come, in the order of the day; the last four are ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Has not come yet.
    Expected,
    /// Checked in, not yet compared.
    CheckedIn,
    /// Has a number and waits for the call.
    Waiting,
    /// Called in, not yet at the seat.
    Admitted,
    /// At the paper.
    InRoom,
    /// Theory passed; the practical is still to come.
    TheoryDone,
    /// The practical has begun.
    Practical,
    /// Passed.
    Passed,
    /// Failed.
    Failed,
    /// Did not come (缺考).
    Absent,
    /// Removed for misconduct.
    Removed,
}

/// Every stage in the order of the day.
pub const STAGES: [Stage; 11] = [
    Stage::Expected,
    Stage::CheckedIn,
    Stage::Waiting,
    Stage::Admitted,
    Stage::InRoom,
    Stage::TheoryDone,
    Stage::Practical,
    Stage::Passed,
    Stage::Failed,
    Stage::Absent,
    Stage::Removed,
];

impl Stage {
    /// Word in addresses, class names and language files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::CheckedIn => "checked-in",
            Self::Waiting => "waiting",
            Self::Admitted => "admitted",
            Self::InRoom => "in-room",
            Self::TheoryDone => "theory-done",
            Self::Practical => "practical",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Absent => "absent",
            Self::Removed => "removed",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        STAGES.into_iter().find(|s| s.word() == word)
    }

    /// Whether nothing more can happen in the examination.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Passed | Self::Failed | Self::Absent | Self::Removed)
    }
}

/// The stage of a candidate; `scored`: whether an examiner has scored a sheet.
#[must_use]
pub fn stage(candidate: &Candidate, scored: bool) -> Stage {
    match candidate.row.outcome.as_str() {
        "passed" => return Stage::Passed,
        "failed" => return Stage::Failed,
        "absent" => return Stage::Absent,
        "removed" => return Stage::Removed,
        "theory_passed" => return if scored { Stage::Practical } else { Stage::TheoryDone },
        _ => {}
    }
    match (&candidate.sitting, &candidate.check_in) {
        (Some(_), _) => Stage::InRoom,
        (None, None) => Stage::Expected,
        (None, Some(check_in)) if check_in.admitted_at.is_some() => Stage::Admitted,
        (None, Some(check_in)) if check_in.queue_number.is_some() => Stage::Waiting,
        (None, Some(_)) => Stage::CheckedIn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_is_found_again_by_its_word() {
        for stage in STAGES {
            assert_eq!(Stage::from_word(stage.word()), Some(stage));
        }
        assert_eq!(Stage::from_word("elsewhere"), None);
    }

    #[test]
    fn the_ends_are_the_last_four() {
        let ends: Vec<Stage> = STAGES.into_iter().filter(|s| s.is_end()).collect();
        assert_eq!(ends, STAGES[7..]);
    }
}
