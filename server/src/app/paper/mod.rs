//! When the machines are down an exam point writes on paper. The pack is printed the evening before; what was written is
//! entered later by two people, each on his own, and compared. Only what both read, or what somebody decided with a
//! reason where they differ, becomes a fact.

mod enter;
mod pack;
mod slip;
mod view;

pub use enter::{Decision, EnterOrder, Entered, decide, enter};
pub use pack::pack;
pub use slip::Slip;
pub use view::{
    MarkField, OneSlip, PaperDay, PaperPerson, PaperSession, SlipState, SlipView, StationSlip, one, show,
};

use super::days::DayError;
use super::once::OnceError;
use super::overview::OverviewError;
use super::practical::PracticalError;
use super::world::WorldError;
use crate::db::{DbError, sessions};
use crate::pdf::PdfError;
use crate::seal::SealError;
use thiserror::Error;

/// Why something about paper is not done.
#[derive(Debug, Error)]
pub enum PaperError {
    /// The day or the point.
    #[error(transparent)]
    Place(#[from] DayError),
    /// The day is closed.
    #[error("this day was closed already")]
    Closed,
    /// There is no such ticket on this day at this point.
    #[error("there is no ticket '{0}' here")]
    TicketUnknown(String),
    /// A field of a slip.
    #[error("{field}: {why}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A slip that cannot be true.
    #[error("{ticket}: {why}")]
    Slip {
        /// Ticket number.
        ticket: String,
        /// What is wrong with it.
        why: String,
    },
    /// Two others have entered the slip, or it is settled.
    #[error("{0}")]
    AlreadyEntered(String),
    /// The two entries do not differ, or one is missing.
    #[error("{0}")]
    NothingToSettle(String),
    /// The paper says something that cannot be true together with what is recorded.
    #[error("{0}")]
    Contradiction(&'static str),
    /// Marks.
    #[error(transparent)]
    Practical(#[from] PracticalError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Rule set.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Masked names.
    #[error(transparent)]
    Overview(#[from] OverviewError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Document.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl super::Refusal for PaperError {
    fn code(&self) -> &'static str {
        match self {
            Self::Place(error) => error.code(),
            Self::Closed => "day-already-closed",
            Self::TicketUnknown(_) => "ticket-unknown",
            Self::Field { .. } | Self::Slip { .. } => "field-invalid",
            Self::AlreadyEntered(_) => "paper-already-entered",
            Self::NothingToSettle(_) => "nothing-to-settle",
            Self::Contradiction(_) => "paper-contradicts",
            Self::Practical(error) => error.code(),
            Self::Once(error) => error.code(),
            Self::Pdf(_) => "document-unavailable",
            Self::World(_) | Self::Overview(_) | Self::Seal(_) | Self::Db(_) => "unavailable",
        }
    }

    fn detail(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl PaperError {
    /// The same about the slip of a ticket.
    fn of(self, ticket: &str) -> Self {
        match self {
            Self::Field { field, why } => {
                Self::Slip { ticket: ticket.to_owned(), why: format!("{field}: {why}") }
            }
            other => other,
        }
    }
}

/// The sessions of a day at a point, if there are any.
fn of_day(
    conn: &mut crate::db::Conn,
    day: &str,
    point: &str,
) -> Result<Vec<sessions::SessionRow>, PaperError> {
    let all = sessions::sessions(conn, Some(day), Some(point))?;
    if all.is_empty() { Err(DayError::Unknown.into()) } else { Ok(all) }
}
