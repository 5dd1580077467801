//! Numbers of a day.

use super::schema::{candidates, check_ins, kiosks, prints, sittings};
use super::{Conn, DbResult};
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
        .filter(prints::at.ge(from))
        .filter(prints::at.lt(to));
    Ok(rows.select(prints::state).load(conn)?)
}
