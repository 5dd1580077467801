//! How far the people of a training institution or an enterprise are: their candidacies and certificates.

use super::certificates::CertificateRow;
use super::people::Which;
use super::schema::{candidates, certificates, check_ins, persons, registrations, sessions};
use super::sessions::SessionRow;
use super::{Conn, DbResult};
use crate::event::Sealed;
use diesel::prelude::*;

/// A registration's place in a session.
#[derive(Debug, Clone)]
pub struct Candidacy {
    /// Registration id.
    pub registration: String,
    /// Ticket number.
    pub ticket: String,
    /// Room and seat, once drawn.
    pub place: Option<(String, i32)>,
    /// `pending`, `theory_passed`, `passed`, `failed`, `absent` or `removed`.
    pub outcome: String,
    /// Whether the candidate has checked in.
    pub checked_in: bool,
    /// The session.
    pub session: SessionRow,
}

/// Candidacies of the registrations of an institution or an employer, in the order of their starts.
///
/// # Errors
/// [`super::DbError`].
pub fn candidacies(conn: &mut Conn, which: &Which) -> DbResult<Vec<Candidacy>> {
    let mut query = candidates::table
        .inner_join(registrations::table.on(registrations::id.eq(candidates::registration)))
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .left_join(check_ins::table.on(check_ins::ticket.eq(candidates::ticket)))
        .order((sessions::starts_at, candidates::ticket))
        .select((
            candidates::registration,
            candidates::ticket,
            candidates::room,
            candidates::seat,
            candidates::outcome,
            check_ins::checked_in_at.nullable(),
            SessionRow::as_select(),
        ))
        .into_boxed();
    if let Some(institution) = &which.institution {
        query = query.filter(registrations::institution.eq(institution.clone()));
    }
    if let Some(employer) = &which.employer {
        query = query.filter(registrations::employer.eq(employer.clone()));
    }
    type Columns = (String, String, Option<String>, Option<i32>, String, Option<i64>, SessionRow);
    let rows: Vec<Columns> = query.load(conn)?;
    let of = |(registration, ticket, room, seat, outcome, checked_in_at, session): Columns| Candidacy {
        registration,
        ticket,
        place: room.zip(seat),
        outcome,
        checked_in: checked_in_at.is_some(),
        session,
    };
    Ok(rows.into_iter().map(of).collect())
}

/// Certificates earned by registrations of an institution or an employer, with the person's sealed name; by id.
///
/// # Errors
/// [`super::DbError`].
pub fn certificates_of(conn: &mut Conn, which: &Which) -> DbResult<Vec<(CertificateRow, Sealed)>> {
    let mut query = certificates::table
        .inner_join(candidates::table.on(candidates::ticket.eq(certificates::ticket)))
        .inner_join(registrations::table.on(registrations::id.eq(candidates::registration)))
        .inner_join(persons::table.on(persons::id.eq(certificates::person)))
        .order(certificates::id)
        .select((CertificateRow::as_select(), persons::name))
        .into_boxed();
    if let Some(institution) = &which.institution {
        query = query.filter(registrations::institution.eq(institution.clone()));
    }
    if let Some(employer) = &which.employer {
        query = query.filter(registrations::employer.eq(employer.clone()));
    }
    let rows: Vec<(CertificateRow, String)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(row, name)| (row, Sealed(name))).collect())
}
