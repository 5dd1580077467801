//! Questions of a bank at the desk: looked through, written, changed and reviewed.
//!
//! A question that is there is never changed. What is written anew is a version of its own, which waits until a second
//! person has looked at it; only then may sets take it, and only then does the old one step back. Sets that were drawn
//! keep the versions that they were drawn with.

mod read;
mod write;

pub use read::{Asked, Line, QuestionFile, QuestionList, Version, list, picture, show};
pub use write::{
    KeptPicture, Review, Reviewed, Written, WrittenAnswer, keep_picture, picture_kept, preview, review, write,
};

use super::once::OnceError;
use super::practice::apart::ApartError;
use crate::blobs::BlobError;
use crate::db::{DbError, banks::StoredQuestion, world};
use crate::event::{QuestionBody, Sealed};
use crate::seal::{SealError, Sealer};
use shared::bank::{Question, QuestionType, RefusalReason, SuspectReason};
use thiserror::Error;

/// Longest remark of a reviewer in characters.
pub const MAX_REMARK: usize = 500;

/// How a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It came with a file and may be asked.
    Imported,
    /// It came with a file, and its report keeps it from being asked.
    Suspect,
    /// It was written here and waits for a second person.
    Waiting,
    /// It was written here, and a second person has approved it.
    Approved,
    /// It was written here, and a second person has rejected it.
    Rejected,
    /// A newer version has taken its place.
    Superseded,
}

impl State {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Imported, Self::Approved, Self::Suspect, Self::Rejected, Self::Superseded];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Suspect => "suspect",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Superseded => "superseded",
        }
    }

    /// Of a question with the state of its version, if it has one.
    fn of(row: &StoredQuestion, version: Option<&str>) -> Self {
        match version {
            Some("waiting") => Self::Waiting,
            Some("approved") => Self::Approved,
            Some("rejected") => Self::Rejected,
            Some("superseded") => Self::Superseded,
            _ if row.usable => Self::Imported,
            _ => Self::Suspect,
        }
    }

    /// Whether a new version may take its place.
    const fn may_be_changed(self) -> bool {
        matches!(self, Self::Imported | Self::Suspect | Self::Approved | Self::Rejected)
    }
}

/// Why a question is not shown, written or reviewed. Nothing was changed.
#[derive(Debug, Error)]
pub enum QuestionError {
    /// No such bank.
    #[error("there is no bank '{0}'")]
    BankUnknown(String),
    /// The bank has no such question.
    #[error("the bank has no question '{0}'")]
    QuestionUnknown(String),
    /// It is no question.
    #[error("{}", .0.word())]
    Refused(RefusalReason),
    /// It could be asked and still looks wrong.
    #[error("{}", .0.word())]
    Suspect(SuspectReason),
    /// The bank has it already.
    #[error("{0}")]
    Known(String),
    /// It is not in the state for this.
    #[error("the question is {0}")]
    State(&'static str),
    /// A new version of it waits already.
    #[error("{0}")]
    Waits(String),
    /// It would be for practising, and a set that is in force or waits to be has it.
    #[error("1")]
    InForce,
    /// It cannot be said whether a set has it.
    #[error(transparent)]
    Apart(#[from] ApartError),
    /// Who wrote may not review.
    #[error("who wrote the question may not review it")]
    Own,
    /// A rejection says why, in at most [`MAX_REMARK`] characters.
    #[error("reason: 1 to {MAX_REMARK} characters")]
    Remark,
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Pictures.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

crate::refusal!(QuestionError {
    Self::BankUnknown(_) => "bank-unknown",
    Self::QuestionUnknown(_) => "question-unknown",
    Self::Refused(_) => "question-refused",
    Self::Suspect(_) => "question-suspect",
    Self::Known(_) => "question-known",
    Self::State(_) => "question-state",
    Self::Waits(_) => "question-waits",
    Self::InForce => "practice-in-force",
    Self::Own => "question-own",
    Self::Remark => "reason-needed",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Apart(_) | Self::Db(_) | Self::Seal(_) | Self::Blob(_) => "unavailable",
});

/// A stored question, opened.
pub(super) fn opened(sealer: &Sealer, row: &StoredQuestion) -> Result<Question, QuestionError> {
    let text = sealer.open("question.body", &Sealed(row.body.clone()))?;
    let body: QuestionBody = world::json("question", &text)?;
    let kind = QuestionType::from_word(&row.kind).ok_or_else(|| DbError::corrupt("question", &row.kind))?;
    Ok(body.question(kind).map_err(|reason| DbError::corrupt("question", reason.word()))?)
}
