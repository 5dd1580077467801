//! One candidate in the clear: who it is, the way behind, the answers beside the paper, the scores by examiner.

use super::EvidenceError;
use crate::app::App;
use crate::app::masks;
use crate::app::overview::Titled;
use crate::app::overview::file::{Step, steps};
use crate::app::overview::stage::{Stage, stage};
use crate::app::theory::{AnsweredItem, Receipts, answered};
use crate::blobs::BlobError;
use crate::db::sessions::Candidate;
use crate::db::{Conn, practical, world};
use serde::Serialize;
use shared::wire::v1::receipt::Receipted;

/// A candidate in the clear.
pub(super) struct CandidateFile {
    /// Ticket number.
    pub ticket: String,
    /// Name.
    pub name: String,
    /// Identity number.
    pub id_number: String,
    /// Training institution (Chinese, English).
    pub institution: (String, String),
    /// Room and seat.
    pub seat: Option<(String, i32)>,
    /// How far the candidate has come.
    pub stage: Stage,
    /// What happened.
    pub steps: Vec<Step>,
    /// The paper with the answers; nothing before it is handed in.
    pub paper: Vec<AnsweredItem>,
    /// Every answer that was saved, with its receipt.
    pub receipts: Vec<Receipted>,
    /// Points reached and points of the paper.
    pub points: Option<(i32, i32)>,
    /// Marks of the practical.
    pub scores: Vec<Score>,
    /// Portrait of the registration (JPEG).
    pub portrait: Option<Vec<u8>>,
    /// Picture taken at check-in (JPEG).
    pub capture: Option<Vec<u8>>,
    /// Certificate: its id and the document.
    pub certificate: Option<(String, Vec<u8>)>,
}

/// What one examiner wrote of one sheet, or how the lead examiner settled a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Score {
    /// `K1` to `K4`.
    pub part: String,
    /// Sheet code; empty for a settlement.
    pub sheet: String,
    /// Name of the examiner.
    pub examiner: String,
    /// Points.
    pub points: u32,
    /// Whether a veto item was failed.
    pub veto: bool,
    /// Whether it settles a difference.
    pub settles: bool,
}

/// Reads a candidate.
pub(super) fn read(
    app: &App,
    session: &Titled,
    candidate: &Candidate,
    receipts: &mut Receipts,
) -> Result<CandidateFile, EvidenceError> {
    let ticket = candidate.row.ticket.clone();
    let (read, certificate) = app.db.read(|conn| {
        let scores = scores(conn, &ticket)?;
        let reached = stage(candidate, !scores.is_empty());
        let id = candidate.institution.clone();
        let institution = world::organisation_names(conn, &id)?.unwrap_or_else(|| (id.clone(), id));
        let sitting = candidate.sitting.as_ref();
        let ended = sitting.is_some_and(|sitting| sitting.ended_at.is_some());
        let paper = if ended { answered(conn, &app.sealer, &candidate.row)? } else { Vec::new() };
        let certificate = crate::db::overview::certificate_of(conn, &ticket)?;
        let read = CandidateFile {
            ticket: ticket.clone(),
            name: masks::open_name(app, &candidate.name)?.as_str().to_owned(),
            id_number: masks::open_id_number(app, &candidate.id_number)?.as_str().to_owned(),
            institution,
            seat: candidate.row.room.clone().zip(candidate.row.seat),
            stage: reached,
            steps: steps(conn, candidate, session, reached)?,
            paper,
            receipts: if ended { receipts.of_ticket(conn, app, &ticket)? } else { Vec::new() },
            points: sitting.and_then(|sitting| sitting.points.zip(sitting.total)),
            scores,
            portrait: None,
            capture: None,
            certificate: None,
        };
        let certificate = match certificate {
            Some(row) => crate::db::certificates::find(conn, &row.id)?.map(|issued| issued.row),
            None => None,
        };
        Ok::<_, EvidenceError>((read, certificate))
    })?;
    let capture = candidate.check_in.as_ref().and_then(|check_in| check_in.photo.clone());
    Ok(CandidateFile {
        portrait: load(app, Some(&candidate.portrait))?,
        capture: load(app, capture.as_ref())?,
        certificate: match &certificate {
            Some(row) => load(app, Some(&row.pdf))?.map(|pdf| (row.id.clone(), pdf)),
            None => None,
        },
        ..read
    })
}

/// An attachment; one that was deleted, as the law may tell, is left out.
fn load(app: &App, name: Option<&String>) -> Result<Option<Vec<u8>>, EvidenceError> {
    match name.map(|name| app.blobs.load(name)) {
        None | Some(Err(BlobError::Missing(_) | BlobError::Name(_))) => Ok(None),
        Some(loaded) => Ok(Some(loaded?)),
    }
}

fn scores(conn: &mut Conn, ticket: &str) -> Result<Vec<Score>, EvidenceError> {
    let mut all = Vec::new();
    for scored in practical::scores(conn, ticket)? {
        let examiner = world::staff_name(conn, &scored.examiner)?.unwrap_or_else(|| scored.examiner.clone());
        all.push(Score {
            points: scored.points.iter().map(|(_, points)| points).sum(),
            veto: !scored.vetoes.is_empty(),
            part: scored.part,
            sheet: scored.sheet,
            examiner,
            settles: false,
        });
    }
    for settled in practical::settlements(conn, ticket)? {
        all.push(Score {
            part: settled.part,
            sheet: String::new(),
            examiner: String::new(),
            points: u32::try_from(settled.points).unwrap_or(0),
            veto: settled.veto,
            settles: true,
        });
    }
    Ok(all)
}
