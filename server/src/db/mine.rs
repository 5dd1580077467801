//! What an examinee's own file needs: the queue before him, his earlier tries, the next session.

use super::certificates::CertificateRow;
use super::schema::{candidates, certificates, check_ins, sessions};
use super::{Conn, DbResult};
use diesel::prelude::*;

/// Outcomes after which nobody waits any more.
const ENDED: [&str; 3] = ["failed", "absent", "removed"];

/// People of the exam point's day who wait with a lower number in the queue.
///
/// # Errors
/// [`super::DbError`].
pub fn waiting_before(conn: &mut Conn, point: &str, day: &str, number: i32) -> DbResult<i64> {
    let before = check_ins::table
        .inner_join(candidates::table.on(candidates::ticket.eq(check_ins::ticket)))
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .filter(sessions::point.eq(point))
        .filter(sessions::day.eq(day))
        .filter(check_ins::queue_number.lt(number))
        .filter(check_ins::admitted_at.is_null())
        .filter(candidates::outcome.ne_all(ENDED));
    Ok(before.count().get_result(conn)?)
}

/// The certificate earned with a ticket.
///
/// # Errors
/// [`super::DbError`].
pub fn certificate(conn: &mut Conn, ticket: &str) -> DbResult<Option<CertificateRow>> {
    let own = certificates::table.filter(certificates::ticket.eq(ticket));
    Ok(own.select(CertificateRow::as_select()).first(conn).optional()?)
}

/// Examinations of a trade that a person has taken or missed: all but those that are still to come.
///
/// # Errors
/// [`super::DbError`].
pub fn tries(conn: &mut Conn, person: &str, trade: &str) -> DbResult<i64> {
    let taken = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .filter(candidates::person.eq(person))
        .filter(candidates::outcome.ne("pending"))
        .filter(sessions::trade.eq(trade));
    Ok(taken.count().get_result(conn)?)
}

/// Start of the first session of a trade after now and up to a day, epoch milliseconds.
///
/// # Errors
/// [`super::DbError`].
pub fn next_session(conn: &mut Conn, trade: &str, now: i64, until: &str) -> DbResult<Option<i64>> {
    let next = sessions::table
        .filter(sessions::trade.eq(trade))
        .filter(sessions::starts_at.gt(now))
        .filter(sessions::day.le(until))
        .order(sessions::starts_at)
        .select(sessions::starts_at);
    Ok(next.first(conn).optional()?)
}
