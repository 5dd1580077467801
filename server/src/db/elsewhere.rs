//! People whom a kiosk may meet and does not expect: what it is told to send them on.

use super::schema::{candidates, persons, refusals, registrations};
use super::world::json;
use super::{Conn, DbResult};
use crate::event::Sealed;
use diesel::prelude::*;

/// A candidate's identity number, sealed for `person.id_number`, and the ticket's secret, sealed for `ticket.secret`, of
/// everybody in a session.
///
/// # Errors
/// [`super::DbError`].
pub fn candidates_of(conn: &mut Conn, session: &str) -> DbResult<Vec<(Sealed, Sealed)>> {
    let rows: Vec<(String, String)> = candidates::table
        .inner_join(persons::table.on(persons::id.eq(candidates::person)))
        .filter(candidates::session.eq(session))
        .order(candidates::ticket)
        .select((persons::id_number, candidates::secret))
        .load(conn)?;
    Ok(rows.into_iter().map(|(number, secret)| (Sealed(number), Sealed(secret))).collect())
}

/// The identity number, sealed, of everybody who was refused for a session, with the codes of the rules that failed.
///
/// # Errors
/// [`super::DbError`].
pub fn refused_of(conn: &mut Conn, session: &str) -> DbResult<Vec<(Sealed, Vec<String>)>> {
    let rows: Vec<(String, String)> = refusals::table
        .inner_join(registrations::table.on(registrations::id.eq(refusals::registration)))
        .inner_join(persons::table.on(persons::id.eq(registrations::person)))
        .filter(refusals::session.eq(session))
        .order((refusals::registration, refusals::at))
        .select((persons::id_number, refusals::codes))
        .load(conn)?;
    rows.into_iter().map(|(number, codes)| Ok((Sealed(number), json("refusal", &codes)?))).collect()
}
