//! What the queue of an exam point's day is made from: what its kiosks wrote, and where people sit.

use super::schema::{candidates, kiosk_journal, kiosks, sessions};
use super::{Conn, DbResult};
use diesel::prelude::*;

/// An entry of a kiosk's journal: kiosk, position, time in epoch milliseconds, entry as JSON, why it could not be applied.
pub type Entry = (String, i64, i64, String, Option<String>);

/// What all kiosks of an exam point wrote from one instant up to another, epoch milliseconds; the second is not included.
///
/// # Errors
/// [`super::DbError`].
pub fn entries(conn: &mut Conn, point: &str, from: i64, to: i64) -> DbResult<Vec<Entry>> {
    use kiosk_journal::dsl;
    let ours: Vec<String> = kiosks::table.filter(kiosks::point.eq(point)).select(kiosks::id).load(conn)?;
    let rows = kiosk_journal::table
        .filter(dsl::kiosk.eq_any(ours))
        .filter(dsl::at.ge(from))
        .filter(dsl::at.lt(to))
        .select((dsl::kiosk, dsl::seq, dsl::at, dsl::body, dsl::dead));
    Ok(rows.load(conn)?)
}

/// Everybody who sits at an exam point on a day: ticket, room if one was drawn, rule set.
///
/// # Errors
/// [`super::DbError`].
pub fn seats(conn: &mut Conn, point: &str, day: &str) -> DbResult<Vec<(String, Option<String>, String)>> {
    let rows = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .filter(sessions::point.eq(point))
        .filter(sessions::day.eq(day))
        .select((candidates::ticket, candidates::room, sessions::rule_set));
    Ok(rows.load(conn)?)
}
