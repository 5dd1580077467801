//! Reading for people who look after an exam day: counts over many sessions, and what one candidate went through.

use super::schema::{
    candidates, certificates, draws, kiosk_journal, misconduct, prints, released_rooms, scores, sessions,
};
use super::sessions::SessionRow;
use super::world::json;
use super::{Conn, DbResult};
use diesel::prelude::*;
use shared::wire::v1::journal::{JournalEntry, KioskFact};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Keys asked for in one statement.
const CHUNK: usize = 500;

/// Certificates of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CertificateCounts {
    /// Issued.
    pub issued: i64,
    /// Of these printed at least once.
    pub printed: i64,
}

/// A certificate of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = certificates)]
pub struct CertificateRow {
    /// Certificate id.
    pub id: String,
    /// Last day of issue, `YYYY-MM-DD`; none while the calendar of the year is not published.
    pub due: Option<String>,
    /// When it was issued, epoch milliseconds.
    pub issued_at: i64,
}

/// Sessions of the days from `from` to `to` (both included), by start and id; of one exam point where it is given.
///
/// # Errors
/// [`super::DbError`].
pub fn sessions_between(
    conn: &mut Conn,
    from: &str,
    to: &str,
    point: Option<&str>,
) -> DbResult<Vec<SessionRow>> {
    let mut query = sessions::table
        .filter(sessions::day.ge(from.to_owned()))
        .filter(sessions::day.le(to.to_owned()))
        .order((sessions::starts_at, sessions::id))
        .into_boxed();
    if let Some(point) = point {
        query = query.filter(sessions::point.eq(point.to_owned()));
    }
    Ok(query.select(SessionRow::as_select()).load(conn)?)
}

/// Sessions up to a day (included) whose results are not published, by start and id; of one exam point where it is given.
///
/// # Errors
/// [`super::DbError`].
pub fn unpublished(conn: &mut Conn, to: &str, point: Option<&str>) -> DbResult<Vec<SessionRow>> {
    let mut query = sessions::table
        .filter(sessions::day.le(to.to_owned()))
        .filter(sessions::results_at.is_null())
        .order((sessions::starts_at, sessions::id))
        .into_boxed();
    if let Some(point) = point {
        query = query.filter(sessions::point.eq(point.to_owned()));
    }
    Ok(query.select(SessionRow::as_select()).load(conn)?)
}

/// Number of candidates by session and outcome; what nobody has is not there.
///
/// # Errors
/// [`super::DbError`].
pub fn outcomes(conn: &mut Conn, of: &[String]) -> DbResult<HashMap<String, BTreeMap<String, i64>>> {
    let mut all: HashMap<String, BTreeMap<String, i64>> = HashMap::new();
    for chunk in of.chunks(CHUNK) {
        let rows: Vec<(String, String, i64)> = candidates::table
            .filter(candidates::session.eq_any(chunk.to_vec()))
            .group_by((candidates::session, candidates::outcome))
            .select((candidates::session, candidates::outcome, diesel::dsl::count_star()))
            .load(conn)?;
        for (session, outcome, count) in rows {
            all.entry(session).or_default().insert(outcome, count);
        }
    }
    Ok(all)
}

/// Certificates by session; sessions without any are not there.
///
/// # Errors
/// [`super::DbError`].
pub fn certificate_counts(conn: &mut Conn, of: &[String]) -> DbResult<HashMap<String, CertificateCounts>> {
    let mut all: HashMap<String, CertificateCounts> = HashMap::new();
    for chunk in of.chunks(CHUNK) {
        let issued: Vec<(String, i64)> = certificates::table
            .inner_join(candidates::table.on(candidates::ticket.eq(certificates::ticket)))
            .filter(candidates::session.eq_any(chunk.to_vec()))
            .group_by(candidates::session)
            .select((candidates::session, diesel::dsl::count_star()))
            .load(conn)?;
        for (session, count) in issued {
            all.entry(session).or_default().issued = count;
        }
        let printed: Vec<(String, String)> = prints::table
            .inner_join(certificates::table.on(certificates::id.eq(prints::certificate)))
            .inner_join(candidates::table.on(candidates::ticket.eq(certificates::ticket)))
            .filter(candidates::session.eq_any(chunk.to_vec()))
            .filter(prints::state.eq("printed"))
            .select((candidates::session, certificates::id))
            .distinct()
            .load(conn)?;
        for (session, _) in printed {
            all.entry(session).or_default().printed += 1;
        }
    }
    Ok(all)
}

/// Rooms by session in which somebody has a seat and that are not opened, by code.
///
/// # Errors
/// [`super::DbError`].
pub fn shut_rooms(conn: &mut Conn, of: &[String]) -> DbResult<HashMap<String, Vec<String>>> {
    let mut shut: HashMap<String, BTreeSet<String>> = HashMap::new();
    for chunk in of.chunks(CHUNK) {
        let taken: Vec<(String, Option<String>)> = candidates::table
            .filter(candidates::session.eq_any(chunk.to_vec()))
            .filter(candidates::room.is_not_null())
            .select((candidates::session, candidates::room))
            .distinct()
            .load(conn)?;
        for (session, room) in taken {
            shut.entry(session).or_default().extend(room);
        }
        let released: Vec<(String, String)> = released_rooms::table
            .filter(released_rooms::session.eq_any(chunk.to_vec()))
            .select((released_rooms::session, released_rooms::room))
            .load(conn)?;
        for (session, room) in released {
            shut.entry(session).or_default().remove(&room);
        }
    }
    Ok(shut.into_iter().map(|(session, rooms)| (session, rooms.into_iter().collect())).collect())
}

/// Tickets of a session for which an examiner has scored at least one sheet.
///
/// # Errors
/// [`super::DbError`].
pub fn scored(conn: &mut Conn, session: &str) -> DbResult<HashSet<String>> {
    let tickets: Vec<String> = scores::table
        .inner_join(candidates::table.on(candidates::ticket.eq(scores::ticket)))
        .filter(candidates::session.eq(session))
        .select(scores::ticket)
        .distinct()
        .load(conn)?;
    Ok(tickets.into_iter().collect())
}

/// When the seats of a session were drawn, epoch milliseconds.
///
/// # Errors
/// [`super::DbError`].
pub fn seated_at(conn: &mut Conn, session: &str) -> DbResult<Option<i64>> {
    let made = draws::table.filter(draws::subject.eq(session)).filter(draws::purpose.eq("seating"));
    Ok(made.order(draws::made_at.desc()).select(draws::made_at).first(conn).optional()?)
}

/// What kiosks recorded of a ticket and could be applied, with the time in epoch milliseconds, in order.
///
/// # Errors
/// [`super::DbError`].
pub fn kiosk_facts(conn: &mut Conn, ticket: &str) -> DbResult<Vec<(i64, KioskFact)>> {
    let rows: Vec<(i64, String)> = kiosk_journal::table
        .filter(kiosk_journal::ticket.eq(ticket))
        .filter(kiosk_journal::dead.is_null())
        .order((kiosk_journal::at, kiosk_journal::kiosk, kiosk_journal::seq))
        .select((kiosk_journal::at, kiosk_journal::body))
        .load(conn)?;
    let mut facts = Vec::with_capacity(rows.len());
    for (at, body) in rows {
        let entry: JournalEntry = json("journal entry", &body)?;
        facts.push((at, entry.fact));
    }
    Ok(facts)
}

/// Misconduct of a ticket: when (epoch milliseconds) and `light` or `grave`, in order.
///
/// # Errors
/// [`super::DbError`].
pub fn misconduct_of(conn: &mut Conn, ticket: &str) -> DbResult<Vec<(i64, String)>> {
    let rows = misconduct::table.filter(misconduct::ticket.eq(ticket)).order(misconduct::event);
    Ok(rows.select((misconduct::at, misconduct::gravity)).load(conn)?)
}

/// The certificate of a ticket.
///
/// # Errors
/// [`super::DbError`].
pub fn certificate_of(conn: &mut Conn, ticket: &str) -> DbResult<Option<CertificateRow>> {
    let row = certificates::table.filter(certificates::ticket.eq(ticket));
    Ok(row.select(CertificateRow::as_select()).first(conn).optional()?)
}

/// Prints of a certificate: when (epoch milliseconds) and the state (`started`, `printed` or why it failed), in order.
///
/// # Errors
/// [`super::DbError`].
pub fn prints_of(conn: &mut Conn, certificate: &str) -> DbResult<Vec<(i64, String)>> {
    let rows = prints::table.filter(prints::certificate.eq(certificate)).order((prints::at, prints::attempt));
    Ok(rows.select((prints::at, prints::state)).load(conn)?)
}
