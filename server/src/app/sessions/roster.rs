//! Candidates as others may see them: masked, and each role only those that concern it.

use super::{SessionError, load};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::duties;
use crate::db::sessions::{self as rows, Candidate, SessionRow};
use crate::db::{Conn, DbError, events};
use crate::event::{Actor, Fact, PersonalDataRead, Sealed};
use crate::http::access::Role;
use crate::seal::Sealer;
use serde::Serialize;
use shared::idnumber::IdNumber;
use shared::person::{Name, mask_id_number, mask_name};
use shared::time::Instant;
use utoipa::ToSchema;

/// A candidate as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CandidateView {
    /// Ticket number.
    pub ticket: String,
    /// Session id.
    pub session: String,
    /// Name, masked.
    pub name_masked: String,
    /// Identity number, masked.
    pub id_masked: String,
    /// Room code, once seated.
    pub room: Option<String>,
    /// Seat from 1, once seated.
    pub seat: Option<i32>,
    /// `pending`, `theory_passed`, `passed`, `failed`, `absent` or `removed`.
    pub outcome: String,
    /// Check-in at the kiosk, epoch milliseconds.
    pub checked_in_at: Option<i64>,
    /// Number in the queue.
    pub queue_number: Option<i32>,
    /// How often called.
    pub calls: i32,
    /// Admission, epoch milliseconds.
    pub admitted_at: Option<i64>,
    /// Theory, once it has ended.
    pub theory: Option<TheoryView>,
    /// Practical, once it is complete.
    pub practical: Option<PracticalView>,
    /// Certificate id.
    pub certificate: Option<String>,
}

/// A theory examination that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TheoryView {
    /// `handed_in`, `timed_out` or `removed`.
    pub how: String,
    /// Points reached.
    pub points: i32,
    /// Points of the paper.
    pub total: i32,
    /// Whether passed.
    pub passed: bool,
}

/// A complete practical.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PracticalView {
    /// Weighted total, 0–10,000.
    pub hundredths: i32,
    /// Whether passed.
    pub passed: bool,
    /// Whether a veto item failed.
    pub veto: bool,
}

/// A page of the candidates of a session, and how many there are.
///
/// # Errors
/// [`SessionError`] for a session that is unknown or does not concern the caller.
pub fn candidates(
    app: &App,
    person: &Person,
    session: &str,
    (offset, length): (i64, i64),
) -> Result<(Vec<CandidateView>, i64), SessionError> {
    let (found, total) = app.db.read(|conn| {
        let row = load(conn, session)?;
        admit(conn, person, &row, app.clock.now())?;
        Ok::<_, SessionError>(rows::candidates_page(conn, session, offset, length)?)
    })?;
    let views = found.iter().map(|c| shown(&app.sealer, c)).collect::<Result<_, _>>()?;
    Ok((views, total))
}

/// One candidate. A training institution sees its own, and results from their publication on.
///
/// # Errors
/// [`SessionError::TicketUnknown`], also for a ticket that does not concern the caller.
pub fn ticket(app: &App, person: &Person, ticket: &str) -> Result<CandidateView, SessionError> {
    let unknown = || SessionError::TicketUnknown(ticket.to_owned());
    let (found, session) = app.db.read(|conn| {
        let found = rows::candidate(conn, ticket)?.ok_or_else(unknown)?;
        let session = load(conn, &found.row.session)?;
        match admit(conn, person, &session, app.clock.now()) {
            Err(SessionError::SessionUnknown(_)) => return Err(unknown()),
            other => other?,
        }
        Ok::<_, SessionError>((found, session))
    })?;
    let mut view = shown(&app.sealer, &found)?;
    if person.role == Role::TrainingInstitution {
        if person.organisation.as_ref() != Some(&found.institution) {
            return Err(unknown());
        }
        if session.results_at.is_none() {
            (view.theory, view.practical) = (None, None);
            "pending".clone_into(&mut view.outcome);
        }
    }
    Ok(view)
}

/// The secret of a ticket, the text of its QR; reading it is recorded.
///
/// # Errors
/// [`SessionError::TicketUnknown`].
pub fn secret(app: &App, person: &Person, ticket: &str) -> Result<String, SessionError> {
    let row = app.db.read(|conn| rows::candidate_row(conn, ticket))?;
    let row = row.ok_or_else(|| SessionError::TicketUnknown(ticket.to_owned()))?;
    let secret = app.sealer.open("ticket.secret", &Sealed(row.secret))?;
    let read = PersonalDataRead { subject: row.ticket, what: "ticket".to_owned() };
    let event = app.event(&Actor::Account(person.account.clone()), Fact::PersonalDataRead(read));
    app.db.write(move |conn| events::append(conn, &event))?;
    Ok(secret)
}

/// A candidate with name and number masked.
///
/// # Errors
/// [`SessionError`] if what is stored cannot be opened.
pub fn shown(sealer: &Sealer, candidate: &Candidate) -> Result<CandidateView, SessionError> {
    let corrupt = |e: &dyn std::fmt::Display| DbError::corrupt("person", e);
    let name = Name::parse(&sealer.open("person.name", &candidate.name)?).map_err(|e| corrupt(&e))?;
    let number = sealer.open("person.id_number", &candidate.id_number)?;
    let number = IdNumber::parse(&number).map_err(|e| corrupt(&e))?;
    let (row, check_in) = (candidate.row.clone(), candidate.check_in.as_ref());
    let theory = candidate.sitting.as_ref().and_then(|s| {
        Some(TheoryView { how: s.how.clone()?, points: s.points?, total: s.total?, passed: s.passed? })
    });
    let practical = candidate.practical.as_ref();
    Ok(CandidateView {
        ticket: row.ticket,
        session: row.session,
        name_masked: mask_name(&name),
        id_masked: mask_id_number(&number),
        room: row.room,
        seat: row.seat,
        outcome: row.outcome,
        checked_in_at: check_in.map(|c| c.checked_in_at),
        queue_number: check_in.and_then(|c| c.queue_number),
        calls: check_in.map_or(0, |c| c.calls),
        admitted_at: check_in.and_then(|c| c.admitted_at),
        theory,
        practical: practical.map(|p| PracticalView {
            hundredths: p.hundredths,
            passed: p.passed,
            veto: p.veto,
        }),
        certificate: candidate.certificate.clone(),
    })
}

/// Staff of another exam point and invigilators without a duty do not see a session's candidates.
fn admit(conn: &mut Conn, person: &Person, session: &SessionRow, now: Instant) -> Result<(), SessionError> {
    match person.role {
        Role::PointStaff if person.point.as_ref() != Some(&session.point) => {
            Err(SessionError::SessionUnknown(session.id.clone()))
        }
        Role::Invigilator | Role::Examiner => {
            let staff = person.staff.as_deref().unwrap_or_default();
            let duties = duties::of(conn, &session.id, staff, now)?;
            if duties.is_empty() { Err(SessionError::NoDuty(session.id.clone())) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}
