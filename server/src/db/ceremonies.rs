//! Ceremonies of draws and their parties.

use super::schema::{ceremonies, ceremony_parties, sessions};
use super::{Conn, DbResult};
use diesel::prelude::*;

/// A ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = ceremonies)]
pub struct CeremonyRow {
    /// Ceremony id.
    pub id: String,
    /// `seats`, `staff` or `question_sets`.
    pub stage: String,
    /// Session or trade by whose opening it began.
    pub subject: String,
    /// Counts the ceremonies of subject and stage from 1.
    pub round: i64,
    /// `open`, `frozen`, `drawn` or `void`.
    pub state: String,
    /// When the centre committed, epoch milliseconds.
    pub opened_at: i64,
    /// Ids of the sessions drawn for, a JSON array.
    pub sessions: String,
    /// The public number that was announced: which one, of when.
    pub announced: Option<String>,
    /// The public number.
    pub public_number: Option<String>,
    /// When the input was frozen, epoch milliseconds.
    pub frozen_at: Option<i64>,
    /// Hashes of the input, JSON.
    pub inputs: String,
    /// The input, sealed for `draw.input`.
    pub input: Option<String>,
    /// When it was drawn or given up, epoch milliseconds.
    pub ended_at: Option<i64>,
    /// Why it was given up; the id of another ceremony: it became part of that one.
    pub reason: Option<String>,
    /// Parties that had not revealed when it was given up, a JSON array.
    pub missing: String,
    /// Who gave it up; see [`crate::event::Actor::text`].
    pub ended_by: Option<String>,
}

/// A party of a ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = ceremony_parties)]
pub struct PartyRow {
    /// Its name.
    pub name: String,
    /// SHA-256 of its secret, hexadecimal.
    pub commitment: String,
    /// When it committed, epoch milliseconds.
    pub committed_at: i64,
    /// Who wrote it down; see [`crate::event::Actor::text`].
    pub committed_by: String,
    /// The secret in hexadecimal, sealed for `draw.secret`; of the centre from the beginning.
    pub secret: Option<String>,
    /// When it was revealed, epoch milliseconds.
    pub revealed_at: Option<i64>,
}

/// One ceremony.
///
/// # Errors
/// [`super::DbError`].
pub fn ceremony(conn: &mut Conn, id: &str) -> DbResult<Option<CeremonyRow>> {
    Ok(ceremonies::table.find(id).select(CeremonyRow::as_select()).first(conn).optional()?)
}

/// The newest ceremony of a subject and a stage.
///
/// # Errors
/// [`super::DbError`].
pub fn newest(conn: &mut Conn, subject: &str, stage: &str) -> DbResult<Option<CeremonyRow>> {
    let of = ceremonies::table.filter(ceremonies::subject.eq(subject)).filter(ceremonies::stage.eq(stage));
    Ok(of.order(ceremonies::round.desc()).select(CeremonyRow::as_select()).first(conn).optional()?)
}

/// A page of ceremonies, the newest first, those of one subject where it is given.
///
/// # Errors
/// [`super::DbError`].
pub fn page(
    conn: &mut Conn,
    subject: Option<&str>,
    (offset, length): (i64, i64),
) -> DbResult<Vec<CeremonyRow>> {
    let mut query = ceremonies::table.order((ceremonies::opened_at.desc(), ceremonies::id)).into_boxed();
    if let Some(subject) = subject {
        query = query.filter(ceremonies::subject.eq(subject.to_owned()));
    }
    Ok(query.offset(offset).limit(length).select(CeremonyRow::as_select()).load(conn)?)
}

/// When the last session of a ceremony starts, epoch milliseconds.
///
/// # Errors
/// [`super::DbError`].
pub fn last_start(conn: &mut Conn, id: &str) -> DbResult<Option<i64>> {
    let Some(row) = ceremony(conn, id)? else { return Ok(None) };
    let ids: Vec<String> = super::world::json("ceremony", &row.sessions)?;
    let of = sessions::table.filter(sessions::id.eq_any(ids));
    Ok(of.order(sessions::starts_at.desc()).select(sessions::starts_at).first(conn).optional()?)
}

/// Parties in the order in which they committed.
///
/// # Errors
/// [`super::DbError`].
pub fn parties(conn: &mut Conn, ceremony: &str) -> DbResult<Vec<PartyRow>> {
    let of = ceremony_parties::table.filter(ceremony_parties::ceremony.eq(ceremony));
    Ok(of.order(ceremony_parties::place).select(PartyRow::as_select()).load(conn)?)
}

/// Whether the seats of a session are frozen and not drawn yet.
///
/// # Errors
/// [`super::DbError`].
pub fn seats_frozen(conn: &mut Conn, session: &str) -> DbResult<bool> {
    let newest = newest(conn, session, "seats")?;
    Ok(newest.is_some_and(|c| c.state == "frozen"))
}

/// A frozen ceremony of seats at an exam point on a day.
///
/// # Errors
/// [`super::DbError`].
pub fn seats_frozen_at(conn: &mut Conn, point: &str, day: &str) -> DbResult<Option<String>> {
    let here = sessions::table.filter(sessions::point.eq(point)).filter(sessions::day.eq(day));
    let here: Vec<String> = here.select(sessions::id).load(conn)?;
    let frozen =
        ceremonies::table.filter(ceremonies::stage.eq("seats")).filter(ceremonies::state.eq("frozen"));
    let of_here = frozen.filter(ceremonies::subject.eq_any(here));
    Ok(of_here.select(ceremonies::id).first(conn).optional()?)
}

/// The ceremonies of a stage that are frozen and not drawn yet, by id.
///
/// # Errors
/// [`super::DbError`].
pub fn frozen(conn: &mut Conn, stage: &str) -> DbResult<Vec<CeremonyRow>> {
    let of = ceremonies::table.filter(ceremonies::stage.eq(stage)).filter(ceremonies::state.eq("frozen"));
    Ok(of.order(ceremonies::id).select(CeremonyRow::as_select()).load(conn)?)
}

/// The frozen ceremony of a stage that draws for a session.
///
/// # Errors
/// [`super::DbError`].
pub fn frozen_with(conn: &mut Conn, stage: &str, session: &str) -> DbResult<Option<String>> {
    for row in frozen(conn, stage)? {
        let sessions: Vec<String> = super::world::json("ceremony", &row.sessions)?;
        if sessions.iter().any(|id| id == session) {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}
