//! Facts about results that candidates asked to have looked at again (复核).

use super::Sealed;
use serde::{Deserialize, Serialize};

/// A candidate asks that the own result be looked at again, or somebody of the staff does so for him: the author says which.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReviewAsked {
    /// Id of the review.
    pub review: String,
    /// Ticket number.
    pub ticket: String,
    /// Why; may be empty.
    pub text: Sealed,
}

/// Somebody who had no part in the result has looked at the answers beside the paper.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReviewClosed {
    /// Id of the review.
    pub review: String,
    /// Ticket number.
    pub ticket: String,
    /// `confirmed`, or `correction` if a key was wrong.
    pub outcome: String,
    /// What the candidate is told.
    pub answer: Sealed,
    /// The correction that was proposed.
    pub correction: Option<String>,
}
