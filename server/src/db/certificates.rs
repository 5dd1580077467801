//! Certificates, their prints, and the closing of days.

use super::schema::{candidates, certificates, day_closes, persons, prints, registrations, sessions};
use super::sessions::SessionRow;
use super::{Conn, DbResult};
use crate::event::Sealed;
use diesel::prelude::*;
use std::collections::HashMap;

/// Keys asked for in one statement.
const CHUNK: usize = 500;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = certificates)]
pub struct CertificateRow {
    /// Certificate id.
    pub id: String,
    /// Ticket number.
    pub ticket: String,
    /// Person id.
    pub person: String,
    /// Trade id.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub exam_kind: String,
    /// First day of validity, `YYYY-MM-DD`.
    pub valid_from: String,
    /// Last day of validity.
    pub valid_to: String,
    /// Last day for the review.
    pub review_due: Option<String>,
    /// Last day of issue; `None` if the calendar was not published when it was issued.
    pub due: Option<String>,
    /// Text of the QR code, sealed for `certificate.code`.
    pub code: String,
    /// Name of the PDF.
    pub pdf: String,
    /// When it was issued, epoch milliseconds.
    pub issued_at: i64,
}

/// A certificate with the session in which it was earned and the person's name.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The certificate.
    pub row: CertificateRow,
    /// The session.
    pub session: SessionRow,
    /// Name, sealed for `person.name`.
    pub name: Sealed,
}

/// A closed day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = day_closes)]
pub struct DayCloseRow {
    /// Exam point.
    pub point: String,
    /// The day.
    pub day: String,
    /// Counts as JSON.
    pub counts: String,
    /// Signature, base64url.
    pub signature: String,
    /// Key id.
    pub kid: String,
    /// Name of the page.
    pub pdf: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// One certificate.
///
/// # Errors
/// [`super::DbError`].
pub fn find(conn: &mut Conn, id: &str) -> DbResult<Option<Issued>> {
    let row = certificates::table
        .inner_join(candidates::table.on(candidates::ticket.eq(certificates::ticket)))
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .inner_join(persons::table.on(persons::id.eq(certificates::person)))
        .filter(certificates::id.eq(id))
        .select((CertificateRow::as_select(), SessionRow::as_select(), persons::name));
    let row: Option<(CertificateRow, SessionRow, String)> = row.first(conn).optional()?;
    Ok(row.map(issued))
}

/// All certificates, or those of an exam point, from sessions up to and including a day; by id.
///
/// # Errors
/// [`super::DbError`].
pub fn all(conn: &mut Conn, point: Option<&str>, until: Option<&str>) -> DbResult<Vec<Issued>> {
    let mut rows = certificates::table
        .inner_join(candidates::table.on(candidates::ticket.eq(certificates::ticket)))
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .inner_join(persons::table.on(persons::id.eq(certificates::person)))
        .order(certificates::id)
        .select((CertificateRow::as_select(), SessionRow::as_select(), persons::name))
        .into_boxed();
    if let Some(point) = point {
        rows = rows.filter(sessions::point.eq(point.to_owned()));
    }
    if let Some(until) = until {
        rows = rows.filter(sessions::day.le(until.to_owned()));
    }
    let rows: Vec<(CertificateRow, SessionRow, String)> = rows.load(conn)?;
    Ok(rows.into_iter().map(issued).collect())
}

/// First and last day of validity of the certificates that a person has for a trade, the earliest first.
///
/// # Errors
/// [`super::DbError`].
pub fn validities(conn: &mut Conn, person: &str, trade: &str) -> DbResult<Vec<(String, String)>> {
    let rows = certificates::table
        .filter(certificates::person.eq(person))
        .filter(certificates::trade.eq(trade))
        .order((certificates::valid_from, certificates::valid_to));
    Ok(rows.select((certificates::valid_from, certificates::valid_to)).load(conn)?)
}

/// Whether a ticket has its certificate.
///
/// # Errors
/// [`super::DbError`].
pub fn has(conn: &mut Conn, ticket: &str) -> DbResult<bool> {
    let found: i64 = certificates::table.filter(certificates::ticket.eq(ticket)).count().get_result(conn)?;
    Ok(found > 0)
}

/// When certificates were first printed, epoch milliseconds; those never printed are not there.
///
/// # Errors
/// [`super::DbError`].
pub fn printed_at(conn: &mut Conn, ids: &[String]) -> DbResult<HashMap<String, i64>> {
    let mut first = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(String, i64)> = prints::table
            .filter(prints::state.eq("printed"))
            .filter(prints::certificate.eq_any(chunk.to_vec()))
            .select((prints::certificate, prints::at))
            .load(conn)?;
        for (id, at) in rows {
            let known = first.entry(id).or_insert(at);
            *known = at.min(*known);
        }
    }
    Ok(first)
}

/// Number of prints that were reported as done; it only grows.
///
/// # Errors
/// [`super::DbError`].
pub fn printed_count(conn: &mut Conn) -> DbResult<i64> {
    Ok(prints::table.filter(prints::state.eq("printed")).count().get_result(conn)?)
}

/// State of an attempt to print a certificate.
///
/// # Errors
/// [`super::DbError`].
pub fn print_state(
    conn: &mut Conn,
    certificate: &str,
    kiosk: &str,
    attempt: i32,
) -> DbResult<Option<String>> {
    Ok(prints::table.find((certificate, kiosk, attempt)).select(prints::state).first(conn).optional()?)
}

/// The ticket of an exam point's session between two days whose registered portrait has this name.
///
/// # Errors
/// [`super::DbError`].
pub fn portrait_owner(
    conn: &mut Conn,
    point: &str,
    days: (&str, &str),
    blob: &str,
) -> DbResult<Option<String>> {
    let rows = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .inner_join(registrations::table.on(registrations::id.eq(candidates::registration)))
        .filter(sessions::point.eq(point))
        .filter(sessions::day.ge(days.0))
        .filter(sessions::day.le(days.1))
        .filter(registrations::portrait.eq(blob));
    Ok(rows.select(candidates::ticket).first(conn).optional()?)
}

/// The certificate earned at an exam point whose PDF has this name.
///
/// # Errors
/// [`super::DbError`].
pub fn pdf_owner(conn: &mut Conn, point: &str, blob: &str) -> DbResult<Option<String>> {
    let rows = certificates::table
        .inner_join(candidates::table.on(candidates::ticket.eq(certificates::ticket)))
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .filter(sessions::point.eq(point))
        .filter(certificates::pdf.eq(blob));
    Ok(rows.select(certificates::id).first(conn).optional()?)
}

/// How a day of an exam point was closed, if it was.
///
/// # Errors
/// [`super::DbError`].
pub fn day_close(conn: &mut Conn, point: &str, day: &str) -> DbResult<Option<DayCloseRow>> {
    Ok(day_closes::table.find((point, day)).select(DayCloseRow::as_select()).first(conn).optional()?)
}

fn issued((row, session, name): (CertificateRow, SessionRow, String)) -> Issued {
    Issued { row, session, name: Sealed(name) }
}
