//! A key that was wrong: one person proposes what is to count, a second one approves it, and every paper that was graded
//! by the old key is graded again, in the same transaction.
//!
//! Nothing of the old is overwritten: the event of a paper's end keeps what was reached then, and each regrade is an event
//! of its own. What counts is written into the sitting by the projection of these events alone, so that every list, file
//! and statistic reads it there.

mod decide;
mod plan;
mod show;

pub use decide::{DecideOrder, Decided, KeyOrder, SettleOrder, Settled, decide, propose, settle};
pub use show::{Affected, CorrectionLine, CorrectionView, Duty, corrections, duties, of_question, show};

use super::once::OnceError;
use super::questions::QuestionError;
use super::theory::TheoryError;
use super::world::WorldError;
use crate::db::DbError;
use crate::entropy::NoEntropy;
use crate::seal::SealError;
use thiserror::Error;

/// Longest reason in characters.
pub const MAX_REASON: usize = 500;

/// Why a key is not corrected, or nothing is decided. Nothing was changed.
#[derive(Debug, Error)]
pub enum RegradeError {
    /// No such bank.
    #[error("there is no bank '{0}'")]
    BankUnknown(String),
    /// The bank has no such question.
    #[error("the bank has no question '{0}'")]
    QuestionUnknown(String),
    /// No published set asks it.
    #[error("no published set asks this question")]
    Unpublished,
    /// It is no key for this question.
    #[error("{0}")]
    Answer(String),
    /// That is what counts already.
    #[error("this is the key that counts already")]
    Same,
    /// Another correction of the question waits.
    #[error("{0}")]
    Waits(String),
    /// No such correction.
    #[error("there is no correction '{0}'")]
    CorrectionUnknown(String),
    /// It was decided already.
    #[error("the correction is {0}")]
    State(String),
    /// Who proposed may not approve.
    #[error("who proposed the key may not approve it")]
    Own,
    /// A reason of 1 to [`MAX_REASON`] characters is needed.
    #[error("reason: 1 to {MAX_REASON} characters")]
    Reason,
    /// The correction did not change this ticket's result, or there is nothing to decide.
    #[error("there is nothing to decide about ticket '{0}'")]
    NothingToDecide(String),
    /// Papers kept ending while they were counted.
    #[error("papers ended while they were graded again")]
    Moving,
    /// Questions.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// Papers.
    #[error(transparent)]
    Theory(#[from] TheoryError),
    /// Rules.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

crate::refusal!(RegradeError {
    Self::BankUnknown(_) => "bank-unknown",
    Self::QuestionUnknown(_) => "question-unknown",
    Self::Unpublished => "correction-unpublished",
    Self::Answer(_) => "correction-answer",
    Self::Same => "correction-same",
    Self::Waits(_) => "correction-waits",
    Self::CorrectionUnknown(_) => "correction-unknown",
    Self::State(_) => "correction-state",
    Self::Own => "correction-own",
    Self::Reason => "reason-needed",
    Self::NothingToDecide(_) => "correction-settled",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Moving
    | Self::Question(_)
    | Self::Theory(_)
    | Self::World(_)
    | Self::Db(_)
    | Self::Seal(_)
    | Self::Entropy(_) => "unavailable",
});

/// A reason as it was typed, without white space around it.
fn reason(text: &str) -> Result<String, RegradeError> {
    let text = text.trim().replace("\r\n", "\n");
    let length = text.chars().count();
    let odd = |c: char| c.is_control() && c != '\n';
    if length == 0 || length > MAX_REASON || text.contains(odd) {
        Err(RegradeError::Reason)
    } else {
        Ok(text)
    }
}
