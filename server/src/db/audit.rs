//! The events as somebody looks at them who audits: the newest first, by kind, time, author, and what they are about.

use super::events::EventRow;
use super::schema::{candidates, certificates, events};
use super::{Conn, DbResult};
use diesel::prelude::*;

/// Which events are wanted; what is not given does not restrict.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Any of these kinds.
    pub kinds: Vec<String>,
    /// Only journal entries that could not be applied.
    pub dead: bool,
    /// From the first instant on and before the second, epoch milliseconds.
    pub span: Option<(i64, i64)>,
    /// Any of these authors, as stored.
    pub actors: Vec<String>,
    /// Names any of these ids.
    pub about: Vec<String>,
}

/// Where a page of events begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// At the newest.
    Newest,
    /// With what is older than a position.
    Before(i64),
    /// With what is newer than a position.
    After(i64),
}

/// Up to `limit` events, the newest first.
///
/// # Errors
/// [`super::DbError`].
pub fn newest(conn: &mut Conn, wanted: &Wanted, edge: Edge, limit: i64) -> DbResult<Vec<EventRow>> {
    let mut query = events::table.select(EventRow::as_select()).limit(limit).into_boxed();
    if !wanted.about.is_empty() {
        // Answers stand in rows of their own, which name the event that commits to them.
        query = query.or_filter(events::seq.eq_any(super::answers::batches_of(conn, &wanted.about)?));
    }
    for id in &wanted.about {
        // Ids hold no wildcard but `_`, which finds more at most.
        query = query.or_filter(events::body.like(format!("%\"{id}\"%")));
        query = query.or_filter(events::actor.eq(format!("ticket:{id}")));
    }
    if !wanted.kinds.is_empty() {
        query = query.filter(events::kind.eq_any(wanted.kinds.clone()));
    }
    if wanted.dead {
        query = query.filter(events::kind.eq("kiosk_entry")).filter(events::body.like("%\"dead\":\"%"));
    }
    if let Some((from, to)) = wanted.span {
        query = query.filter(events::at.ge(from)).filter(events::at.lt(to));
    }
    if !wanted.actors.is_empty() {
        query = query.filter(events::actor.eq_any(wanted.actors.clone()));
    }
    match edge {
        Edge::Newest => Ok(query.order(events::seq.desc()).load(conn)?),
        Edge::Before(seq) => Ok(query.filter(events::seq.lt(seq)).order(events::seq.desc()).load(conn)?),
        Edge::After(seq) => {
            let mut rows: Vec<EventRow> =
                query.filter(events::seq.gt(seq)).order(events::seq.asc()).load(conn)?;
            rows.reverse();
            Ok(rows)
        }
    }
}

/// One event.
///
/// # Errors
/// [`super::DbError`].
pub fn one(conn: &mut Conn, seq: i64) -> DbResult<Option<EventRow>> {
    Ok(events::table.find(seq).select(EventRow::as_select()).first(conn).optional()?)
}

/// How many events of each kind there are in a span of time.
///
/// # Errors
/// [`super::DbError`].
pub fn by_kind(conn: &mut Conn, (from, to): (i64, i64)) -> DbResult<Vec<(String, i64)>> {
    let of = events::table.filter(events::at.ge(from)).filter(events::at.lt(to));
    Ok(of
        .group_by(events::kind)
        .select((events::kind, diesel::dsl::count_star()))
        .order(events::kind)
        .load(conn)?)
}

/// How many events of one kind each author has in a span of time; by author.
///
/// # Errors
/// [`super::DbError`].
pub fn by_actor(conn: &mut Conn, kind: &str, (from, to): (i64, i64)) -> DbResult<Vec<(String, i64)>> {
    let of = events::table
        .filter(events::kind.eq(kind.to_owned()))
        .filter(events::at.ge(from))
        .filter(events::at.lt(to));
    Ok(of
        .group_by(events::actor)
        .select((events::actor, diesel::dsl::count_star()))
        .order(events::actor)
        .load(conn)?)
}

/// Journal entries of kiosks in a span of time that could not be applied.
///
/// # Errors
/// [`super::DbError`].
pub fn dead_letters(conn: &mut Conn, (from, to): (i64, i64)) -> DbResult<i64> {
    let of = events::table
        .filter(events::kind.eq("kiosk_entry"))
        .filter(events::body.like("%\"dead\":\"%"))
        .filter(events::at.ge(from))
        .filter(events::at.lt(to));
    Ok(of.count().get_result(conn)?)
}

/// Ids that belong to an id: the tickets of a session, registrations, tickets and certificates of a person, the
/// certificate of a ticket. The id itself comes first.
///
/// # Errors
/// [`super::DbError`].
pub fn belonging(conn: &mut Conn, id: &str) -> DbResult<Vec<String>> {
    let mut ids = vec![id.to_owned()];
    let of = candidates::table
        .filter(candidates::session.eq(id).or(candidates::person.eq(id)).or(candidates::registration.eq(id)));
    let found: Vec<(String, String, String)> =
        of.select((candidates::ticket, candidates::registration, candidates::person)).load(conn)?;
    for (ticket, registration, person) in found {
        ids.push(ticket);
        if person == id {
            ids.push(registration);
        }
    }
    let of = certificates::table.filter(certificates::person.eq(id).or(certificates::ticket.eq(id)));
    ids.extend(of.select(certificates::id).load::<String>(conn)?);
    ids.dedup();
    Ok(ids)
}
