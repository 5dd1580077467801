//! Facts about keys that were corrected and papers that were graded again.

use super::Sealed;
use serde::{Deserialize, Serialize};

/// Somebody proposes that another key counts for a question of sets that were published.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyProposed {
    /// Id of the correction.
    pub correction: String,
    /// Bank id.
    pub bank: String,
    /// Question id.
    pub question: String,
    /// What is to count, as [`shared::bank::Right`] is written.
    pub right: Sealed,
    /// Why.
    pub reason: Sealed,
}

/// A second person refused a proposed key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyRefused {
    /// Id of the correction.
    pub correction: String,
    /// Bank id.
    pub bank: String,
    /// Question id.
    pub question: String,
}

/// A second person approved a proposed key: it counts from now on, for papers that are still to be graded as well. Those
/// that were graded and whose points change follow in events of their own ([`PaperRegraded`]).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyCorrected {
    /// Id of the correction.
    pub correction: String,
    /// Bank id.
    pub bank: String,
    /// Question id.
    pub question: String,
    /// What counts.
    pub right: Sealed,
    /// Graded papers that asked the question.
    pub papers: u32,
    /// Those of them whose points change.
    pub changed: u32,
}

/// Points of a theory paper and whether they are a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreRecord {
    /// Points reached.
    pub points: u32,
    /// Whether they are a pass.
    pub passed: bool,
}

/// A paper was graded again after a key was corrected. The event of its end keeps what was reached then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperRegraded {
    /// Ticket number.
    pub ticket: String,
    /// Id of the correction.
    pub correction: String,
    /// Score before.
    pub before: ScoreRecord,
    /// Score by the corrected key.
    pub after: ScoreRecord,
    /// Points of the paper.
    pub total: u32,
    /// What follows, a word of [`shared::regrade::Follows`].
    pub follows: String,
    /// The verdict that counts from now on; with `decide` the one before, until a person has decided.
    pub pass_counts: bool,
    /// Outcome of the candidate from now on.
    pub outcome: String,
}

/// A person decided what becomes of a pass that is none by the corrected key. A certificate is never revoked by this.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegradeSettled {
    /// Ticket number.
    pub ticket: String,
    /// Id of the correction.
    pub correction: String,
    /// Whether the pass stands.
    pub stands: bool,
    /// Why.
    pub reason: String,
}
