//! The evidence package: all that a court, or whoever objects to a result, needs of one candidate or one session, in one
//! file that is checked without this server. Making one reads personal data in the clear, and that is an event.

pub mod check;
mod file;
mod pack;
mod records;

pub use check::{Finding, Verdict};

use super::App;
use super::auth::Person;
use super::log::LogError;
use super::log::export::ExportError;
use super::overview::OverviewError;
use super::theory::{Receipts, TheoryError};
use crate::blobs::BlobError;
use crate::db::{DbError, events, sessions};
use crate::event::{Actor, Fact, PersonalDataRead};
use crate::pdf::PdfError;
use crate::seal::SealError;
use crate::text::Lang;
use thiserror::Error;

/// Whom a package is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A candidate, by ticket.
    Ticket(String),
    /// Every candidate of a session.
    Session(String),
}

/// A package.
#[derive(Debug, Clone)]
pub struct Package {
    /// Name of the file.
    pub name: String,
    /// ZIP.
    pub bytes: Vec<u8>,
    /// What the check of it found.
    pub verdict: Verdict,
}

/// What a package would hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// The session.
    pub session: String,
    /// Candidates.
    pub candidates: usize,
    /// Masked name of a single candidate.
    pub name: Option<String>,
    /// Events of them that are in the log.
    pub events: usize,
    /// Events of them that still wait for their place.
    pub waiting: usize,
}

/// Why there is no package.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// No such ticket.
    #[error("there is no ticket '{0}'")]
    TicketUnknown(String),
    /// No such session.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// Neither a ticket nor a session, or both.
    #[error("either a ticket or a session")]
    Subject,
    /// The log does not hold all of it yet.
    #[error(transparent)]
    Log(#[from] ExportError),
    /// What happened cannot be told.
    #[error(transparent)]
    Overview(#[from] OverviewError),
    /// The paper.
    #[error(transparent)]
    Theory(#[from] TheoryError),
    /// The report cannot be drawn.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// The package cannot be written.
    #[error("the package cannot be written: {0}")]
    Zip(String),
    /// Attachments.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(EvidenceError {
    Self::TicketUnknown(_) => "ticket-unknown",
    Self::SessionUnknown(_) => "session-unknown",
    Self::Subject => "evidence-subject",
    Self::Log(ExportError::NoLog | ExportError::Waiting(_)) => "evidence-waits",
    Self::Pdf(_) => "document-unavailable",
    Self::Log(_)
    | Self::Overview(_)
    | Self::Theory(_)
    | Self::Zip(_)
    | Self::Blob(_)
    | Self::Seal(_)
    | Self::Db(_) => "unavailable",
});

impl From<LogError> for EvidenceError {
    fn from(error: LogError) -> Self {
        Self::Log(error.into())
    }
}

impl Subject {
    /// The ticket or the session, whichever is given.
    ///
    /// # Errors
    /// [`EvidenceError::Subject`] if both are or neither.
    pub fn of(ticket: Option<&str>, session: Option<&str>) -> Result<Self, EvidenceError> {
        let given =
            |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        match (given(ticket), given(session)) {
            (Some(ticket), None) => Ok(Self::Ticket(ticket)),
            (None, Some(session)) => Ok(Self::Session(session)),
            _ => Err(EvidenceError::Subject),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        let (Self::Ticket(id) | Self::Session(id)) = self;
        id
    }

    /// `ticket` or `session`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Ticket(_) => "ticket",
            Self::Session(_) => "session",
        }
    }
}

/// Makes the package, with the report in the reader's language. What was read is recorded first.
///
/// # Errors
/// [`EvidenceError`] says what stands against it.
pub fn make(app: &App, person: &Person, subject: &Subject, lang: Lang) -> Result<Package, EvidenceError> {
    let (session, candidates) = of(app, subject)?;
    let read = PersonalDataRead { subject: subject.id().to_owned(), what: "evidence".to_owned() };
    let event = app.event(&Actor::Account(person.account.clone()), Fact::PersonalDataRead(read));
    app.db.write(move |conn| events::append(conn, &event))?;
    let records = records::gather(app, &session, &candidates)?;
    let mut receipts = Receipts::new(app)?;
    let files = candidates.iter().map(|candidate| file::read(app, &session, candidate, &mut receipts));
    let files: Vec<_> = files.collect::<Result<_, _>>()?;
    pack::pack(app, &pack::Order { person, subject, lang, session: &session }, &records, &files)
}

/// What the package would hold; nothing is read in the clear.
///
/// # Errors
/// [`EvidenceError::TicketUnknown`], [`EvidenceError::SessionUnknown`].
pub fn outlook(app: &App, subject: &Subject) -> Result<Outlook, EvidenceError> {
    let (session, candidates) = of(app, subject)?;
    let rows = records::events_of(app, &session, &candidates)?;
    let published = i64::try_from(app.tiles.size().map_err(LogError::from)?).unwrap_or(i64::MAX);
    let events = rows.iter().filter(|row| row.seq <= published).count();
    let single = candidates.first().filter(|_| matches!(subject, Subject::Ticket(_)));
    let name = single.map(|candidate| super::masks::name(app, &candidate.name)).transpose()?;
    Ok(Outlook {
        session: session.row.id,
        candidates: candidates.len(),
        name,
        events,
        waiting: rows.len() - events,
    })
}

/// The session, and the candidates whom the package is about.
fn of(
    app: &App,
    subject: &Subject,
) -> Result<(super::overview::Titled, Vec<sessions::Candidate>), EvidenceError> {
    app.db.read(|conn| {
        let (session, candidates) = match subject {
            Subject::Ticket(ticket) => {
                let unknown = || EvidenceError::TicketUnknown(ticket.clone());
                let candidate = sessions::candidate(conn, ticket)?.ok_or_else(unknown)?;
                (candidate.row.session.clone(), vec![candidate])
            }
            Subject::Session(session) => (session.clone(), sessions::candidates(conn, session)?),
        };
        let unknown = || EvidenceError::SessionUnknown(session.clone());
        let row = sessions::session(conn, &session)?.ok_or_else(unknown)?;
        Ok((super::overview::titled(conn, row)?, candidates))
    })
}
