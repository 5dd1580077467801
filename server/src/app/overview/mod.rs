//! What people see who look after an exam day: the day with its sessions, one session with its candidates, one
//! candidate with the way behind him. Reading only, except that a look at a picture is recorded.

pub mod ahead;
pub mod board;
pub mod day;
pub mod figures;
pub mod file;
pub mod roster;
pub mod stage;
pub mod tasks;
pub mod unpublished;

use super::App;
use super::auth::Person;
use super::world::WorldError;
use crate::blobs::BlobError;
use crate::db::sessions::{Candidate, SessionRow};
use crate::db::{Conn, DbError, DbResult, overview as rows, world as tables};
use crate::http::access::Role;
use crate::seal::SealError;
use shared::idnumber::IdNumber;
use shared::person::{Name, mask_id_number, mask_name};
use shared::time::TimeError;
use std::collections::BTreeMap;
use thiserror::Error;

pub use stage::{STAGES, Stage};

/// Why something is not shown.
#[derive(Debug, Error)]
pub enum OverviewError {
    /// Not a day.
    #[error("day: {0}")]
    Day(#[from] TimeError),
    /// There is no such exam point, or it is not the caller's.
    #[error("there is no exam point '{0}' here")]
    PointUnknown(String),
    /// There is no such session, or it is held elsewhere.
    #[error("there is no session '{0}' here")]
    SessionUnknown(String),
    /// There is no such ticket, or it is for another place.
    #[error("there is no ticket '{0}' here")]
    TicketUnknown(String),
    /// There is no such picture.
    #[error("there is no such picture")]
    NoPicture,
    /// No certificate has been issued for the ticket.
    #[error("no certificate has been issued for this ticket yet")]
    NoCertificate,
    /// Rule sets or calendars.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Attachments.
    #[error(transparent)]
    Blob(BlobError),
}

crate::refusal!(OverviewError {
    Self::Day(_) => "field-invalid",
    Self::PointUnknown(_) => "point-unknown",
    Self::SessionUnknown(_) => "session-unknown",
    Self::TicketUnknown(_) => "ticket-unknown",
    Self::NoPicture => "blob-unknown",
    Self::NoCertificate => "certificate-unknown",
    Self::World(_) | Self::Db(_) | Self::Seal(_) | Self::Blob(_) => "unavailable",
});

impl From<BlobError> for OverviewError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Missing(_) | BlobError::Name(_) => Self::NoPicture,
            other => Self::Blob(other),
        }
    }
}

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Id.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// A session with the names of its place and trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Titled {
    /// The session.
    pub row: SessionRow,
    /// Exam point.
    pub point: Named,
    /// Trade.
    pub trade: Named,
    /// Whether a practical follows the theory.
    pub practical: bool,
}

/// How many candidates have come how far; what nobody has reached is not there.
pub type StageCounts = BTreeMap<Stage, usize>;

/// Whether an exam point is among those that somebody looks after.
pub(super) fn sees(person: &Person, point: &str) -> bool {
    person.role != Role::PointStaff || person.point.as_deref() == Some(point)
}

/// The exam point to which a person's view is limited: the own one, or the one asked for.
fn limited_to(person: &Person, wanted: Option<&str>) -> Result<Option<String>, OverviewError> {
    match (person.role, wanted) {
        (Role::PointStaff, wanted) => {
            let own = person.point.clone().unwrap_or_default();
            match wanted {
                Some(other) if other != own => Err(OverviewError::PointUnknown(other.to_owned())),
                _ => Ok(Some(own)),
            }
        }
        (_, wanted) => Ok(wanted.map(str::to_owned)),
    }
}

/// A session with the names of its place and trade.
pub(super) fn titled(conn: &mut Conn, row: SessionRow) -> DbResult<Titled> {
    let point = tables::point(conn, &row.point)?.map(|p| Named { id: p.id, zh: p.name_zh, en: p.name_en });
    let trade = tables::trade_record(conn, &row.trade)?;
    let practical = trade.as_ref().is_some_and(|t| t.practical);
    let trade = trade.map(|t| Named { id: t.id, zh: t.name_zh, en: t.name_en });
    let unnamed = |id: &str| Named { id: id.to_owned(), zh: id.to_owned(), en: id.to_owned() };
    Ok(Titled {
        point: point.unwrap_or_else(|| unnamed(&row.point)),
        trade: trade.unwrap_or_else(|| unnamed(&row.trade)),
        practical,
        row,
    })
}

/// Each candidate of a session with the stage.
fn staged(conn: &mut Conn, session: &str) -> DbResult<Vec<(Candidate, Stage)>> {
    let scored = rows::scored(conn, session)?;
    let all = crate::db::sessions::candidates(conn, session)?;
    Ok(all
        .into_iter()
        .map(|candidate| {
            let stage = stage::stage(&candidate, scored.contains(&candidate.row.ticket));
            (candidate, stage)
        })
        .collect())
}

/// How far the candidates of a session have come.
pub(super) fn stage_counts(conn: &mut Conn, session: &str) -> DbResult<StageCounts> {
    Ok(count(&staged(conn, session)?))
}

fn count(staged: &[(Candidate, Stage)]) -> StageCounts {
    let mut counts = StageCounts::new();
    for (_, stage) in staged {
        *counts.entry(*stage).or_default() += 1;
    }
    counts
}

/// Masked name and masked identity number.
pub(super) fn masked(app: &App, candidate: &Candidate) -> Result<(String, String), OverviewError> {
    let name = app.sealer.open("person.name", &candidate.name)?;
    let number = app.sealer.open("person.id_number", &candidate.id_number)?;
    let name = Name::parse(&name).map_err(|e| DbError::corrupt("name", e))?;
    let number = IdNumber::parse(&number).map_err(|e| DbError::corrupt("identity number", e))?;
    Ok((mask_name(&name), mask_id_number(&number)))
}
