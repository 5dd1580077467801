//! What an examinee's own file needs: his certificate, his earlier tries, the next session.

use super::certificates::CertificateRow;
use super::schema::{candidates, certificates, sessions};
use super::{Conn, DbResult};
use diesel::prelude::*;

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
