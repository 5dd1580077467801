//! Facts of an exam point's day.

use serde::{Deserialize, Serialize};

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
