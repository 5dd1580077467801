//! Numbers of a day.

use super::schema::{candidates, check_ins, events, kiosks, prints, sittings};
use super::{Conn, DbError, DbResult};
use crate::event::Fact;
use diesel::prelude::*;

/// Candidates of these sessions who are checked in.
///
/// # Errors
/// [`super::DbError`].
pub fn checked_in(conn: &mut Conn, sessions: &[String]) -> DbResult<i64> {
    let rows = check_ins::table
        .inner_join(candidates::table.on(candidates::ticket.eq(check_ins::ticket)))
        .filter(candidates::session.eq_any(sessions.to_vec()));
    Ok(rows.count().get_result(conn)?)
}

/// Candidates of these sessions who are sitting the theory.
///
/// # Errors
/// [`super::DbError`].
pub fn in_room(conn: &mut Conn, sessions: &[String]) -> DbResult<i64> {
    let rows = sittings::table
        .inner_join(candidates::table.on(candidates::ticket.eq(sittings::ticket)))
        .filter(candidates::session.eq_any(sessions.to_vec()))
        .filter(sittings::ended_at.is_null());
    Ok(rows.count().get_result(conn)?)
}

/// State of every attempt to print that ended or began between two moments at the kiosks
/// of an exam point, the second moment excluded.
///
/// # Errors
/// [`super::DbError`].
pub fn print_states(conn: &mut Conn, point: &str, from: i64, to: i64) -> DbResult<Vec<String>> {
    let rows = prints::table
        .inner_join(kiosks::table.on(kiosks::id.eq(prints::kiosk)))
        .filter(kiosks::point.eq(point))
        .filter(prints::untouched.eq(false))
        .filter(prints::at.ge(from))
        .filter(prints::at.lt(to));
    Ok(rows.select(prints::state).load(conn)?)
}

/// Who closed a day (see [`crate::event::Actor::text`]), as the event has it.
///
/// # Errors
/// [`super::DbError`].
pub fn closed_by(conn: &mut Conn, point: &str, day: &str) -> DbResult<Option<String>> {
    let rows: Vec<(String, String)> = events::table
        .filter(events::kind.eq("day_closed"))
        .filter(events::body.like(format!("%\"day\":\"{day}\"%")))
        .order(events::seq.desc())
        .select((events::actor, events::body))
        .load(conn)?;
    for (actor, body) in rows {
        let fact: Fact = serde_json::from_str(&body).map_err(|e| DbError::corrupt("event", e))?;
        if matches!(&fact, Fact::DayClosed(f) if f.point == point && f.day == day) {
            return Ok(Some(actor));
        }
    }
    Ok(None)
}
