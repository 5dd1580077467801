//! Reading what examiners wrote down.

use super::schema::{candidates, scores, settlements};
use super::sessions::CandidateRow;
use super::world::json;
use super::{Conn, DbResult};
use crate::event::PracticalScored;
use diesel::prelude::*;

/// How the lead examiner settled one sheet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = settlements)]
pub struct SettlementRow {
    /// Ticket number.
    pub ticket: String,
    /// `K1` to `K4`.
    pub part: String,
    /// Points out of 100.
    pub points: i32,
    /// Whether the disputed veto item was failed.
    pub veto: bool,
}

/// Marks of a ticket by part, for each part in the order in which they came in.
///
/// # Errors
/// [`super::DbError`].
pub fn scores(conn: &mut Conn, ticket: &str) -> DbResult<Vec<PracticalScored>> {
    let own =
        scores::table.filter(scores::ticket.eq(ticket)).order((scores::part, scores::at, scores::examiner));
    let bodies: Vec<String> = own.select(scores::body).load(conn)?;
    bodies.iter().map(|b| json("score", b)).collect()
}

/// Marks of all candidates of a session, ordered like [`scores()`].
///
/// # Errors
/// [`super::DbError`].
pub fn session_scores(conn: &mut Conn, session: &str) -> DbResult<Vec<PracticalScored>> {
    let bodies: Vec<String> = scores::table
        .inner_join(candidates::table.on(candidates::ticket.eq(scores::ticket)))
        .filter(candidates::session.eq(session))
        .order((scores::ticket, scores::part, scores::at, scores::examiner))
        .select(scores::body)
        .load(conn)?;
    bodies.iter().map(|b| json("score", b)).collect()
}

/// What the lead examiner settled for a ticket.
///
/// # Errors
/// [`super::DbError`].
pub fn settlements(conn: &mut Conn, ticket: &str) -> DbResult<Vec<SettlementRow>> {
    let own = settlements::table.filter(settlements::ticket.eq(ticket)).order(settlements::part);
    Ok(own.select(SettlementRow::as_select()).load(conn)?)
}

/// What the lead examiner settled in a session.
///
/// # Errors
/// [`super::DbError`].
pub fn session_settlements(conn: &mut Conn, session: &str) -> DbResult<Vec<SettlementRow>> {
    let all = settlements::table
        .inner_join(candidates::table.on(candidates::ticket.eq(settlements::ticket)))
        .filter(candidates::session.eq(session))
        .order((settlements::ticket, settlements::part));
    Ok(all.select(SettlementRow::as_select()).load(conn)?)
}

/// Candidates of a session whose theory is passed or who have ended after it, by ticket.
///
/// # Errors
/// [`super::DbError`].
pub fn after_theory(conn: &mut Conn, session: &str) -> DbResult<Vec<CandidateRow>> {
    use super::schema::sittings;
    let passed = candidates::table
        .inner_join(sittings::table.on(sittings::ticket.eq(candidates::ticket)))
        .filter(candidates::session.eq(session))
        .filter(sittings::passed.eq(true))
        .filter(candidates::outcome.ne("removed"))
        .order(candidates::ticket);
    Ok(passed.select(CandidateRow::as_select()).load(conn)?)
}
