//! Facts of an exam point's day.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Somebody looked at an item of the readiness list (开考条件确认单). What was signed before is void.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadinessChecked {
    /// Exam point.
    pub point: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Code of the item.
    pub item: String,
    /// Word of [`shared::readiness::Verdict`].
    pub verdict: String,
    /// What was seen; a red item always says it.
    pub note: String,
    /// Name of the person as shown.
    pub by: String,
}

/// The readiness list was signed as it stands: rooms may open.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadinessSigned {
    /// Exam point.
    pub point: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Codes of the items that were confirmed.
    pub items: Vec<String>,
    /// Name of the person as shown.
    pub by: String,
}

/// Numbered blanks came into the stock of an exam point.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BlanksStocked {
    /// Exam point.
    pub point: String,
    /// First number.
    pub from: String,
    /// Last number.
    pub to: String,
    /// Name of the person as shown.
    pub by: String,
}

/// A kiosk got its share of an exam point's stock.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BlanksAllotted {
    /// Exam point.
    pub point: String,
    /// Kiosk.
    pub kiosk: String,
    /// First number.
    pub from: String,
    /// Last number.
    pub to: String,
    /// Name of the person as shown.
    pub by: String,
}

/// The paper emergency pack of a day was printed: names were read in the clear.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperPackPrinted {
    /// Exam point.
    pub point: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Name of the person as shown.
    pub by: String,
}

/// Somebody entered what stands on a slip of paper; the two entries of a slip are by two people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperEntered {
    /// Exam point.
    pub point: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Ticket number.
    pub ticket: String,
    /// `attendance`, or `practical:PART:EXAMINER`.
    pub slip: String,
    /// Field and value as read.
    pub fields: BTreeMap<String, String>,
    /// Name of the person as shown.
    pub by: String,
}

/// What a slip of paper says is settled: both read the same, or somebody looked again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperSettled {
    /// Ticket number.
    pub ticket: String,
    /// As in [`PaperEntered`].
    pub slip: String,
    /// Field and value as they stand.
    pub fields: BTreeMap<String, String>,
    /// `agreed` or `decided`.
    pub how: String,
    /// Why it was decided so; empty if both read the same.
    pub reason: String,
    /// What followed from it: `check_in`, `absence`, `scores` or `none` where it was known already or came too late.
    pub effect: String,
    /// Name of the person as shown.
    pub by: String,
}

/// A candidate was there, as written down on paper: checked in and admitted to the room.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperAttended {
    /// Ticket number.
    pub ticket: String,
    /// When he came, epoch milliseconds.
    pub came_at: i64,
}
