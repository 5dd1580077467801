//! The event table: append, read, and rebuild every projection from it.

use super::conn::Conn;
use super::error::{DbError, DbResult};
use super::project;
use super::schema::events;
use crate::event::{Event, Fact};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};
use std::cell::Cell;

thread_local! {
    /// Number of the event that was appended last; the writer, which is one thread, asks for it after each job.
    static APPENDED: Cell<i64> = const { Cell::new(0) };
}

/// Number of the event that this thread has appended last since it was asked; 0 without one.
pub(super) fn take_appended() -> i64 {
    APPENDED.take()
}

/// A stored event.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    /// Position from 1, without gaps, in the order of commits.
    pub seq: i64,
    /// Epoch milliseconds.
    pub at: i64,
    /// Who; see [`crate::event::Actor::text`].
    pub actor: String,
    /// Kind of the fact.
    pub kind: String,
    /// Rule set of the decision.
    pub rule_set: Option<String>,
    /// The fact as JSON.
    pub body: String,
}

/// Appends an event and applies its effect, in the writer's transaction.
///
/// # Errors
/// [`DbError`]; then neither event nor effect stands.
pub fn append(conn: &mut Conn, event: &Event) -> DbResult<i64> {
    append_with(conn, event, |_, _| Ok(()))
}

/// As [`append`], for an event whose content stands in rows of its own: `content` writes them, told the event's position,
/// before the effect is applied.
///
/// # Errors
/// As [`append`], and that of `content`.
pub fn append_with(
    conn: &mut Conn,
    event: &Event,
    content: impl FnOnce(&mut Conn, i64) -> DbResult<()>,
) -> DbResult<i64> {
    let body = serde_json::to_value(&event.fact).map_err(|e| DbError::corrupt("event", e))?;
    let kind = body.get("kind").and_then(|k| k.as_str()).unwrap_or_default().to_owned();
    let mut row = EventRow {
        seq: 0,
        at: event.at.millis(),
        actor: event.actor.text(),
        kind,
        rule_set: event.rule_set.clone(),
        body: body.to_string(),
    };
    row.seq = insert(conn, &row)?;
    APPENDED.set(row.seq);
    content(conn, row.seq)?;
    project::apply(conn, &row, &event.fact)?;
    Ok(row.seq)
}

/// Inserts an event behind the last one and answers its position: one statement, so that it is one way to the database.
fn insert(conn: &mut Conn, row: &EventRow) -> DbResult<i64> {
    #[derive(QueryableByName)]
    struct Position {
        #[diesel(sql_type = BigInt)]
        seq: i64,
    }
    const BEHIND_THE_LAST: &str = "INSERT INTO events (seq, at, actor, kind, rule_set, body) \
        SELECT COALESCE(MAX(seq), 0) + 1, $1, $2, $3, $4, $5 FROM events RETURNING seq";
    let position: Position = sql_query(BEHIND_THE_LAST)
        .bind::<BigInt, _>(row.at)
        .bind::<Text, _>(&row.actor)
        .bind::<Text, _>(&row.kind)
        .bind::<Nullable<Text>, _>(&row.rule_set)
        .bind::<Text, _>(&row.body)
        .get_result(conn)?;
    Ok(position.seq)
}

/// Up to `limit` events from position `from` on, in order.
///
/// # Errors
/// [`DbError`] if they cannot be read.
pub fn page(conn: &mut Conn, from: i64, limit: i64) -> DbResult<Vec<EventRow>> {
    let rows = events::table.filter(events::seq.ge(from)).order(events::seq).limit(limit);
    Ok(rows.select(EventRow::as_select()).load(conn)?)
}

/// Events of one kind in a span of time (epoch milliseconds), in order, with what they say.
///
/// # Errors
/// [`DbError`] if one cannot be read.
pub fn of_kind(conn: &mut Conn, kind: &str, (from, to): (i64, i64)) -> DbResult<Vec<(EventRow, Fact)>> {
    let of =
        events::table.filter(events::kind.eq(kind)).filter(events::at.ge(from)).filter(events::at.lt(to));
    let rows: Vec<EventRow> = of.order(events::seq).select(EventRow::as_select()).load(conn)?;
    let read = |row: EventRow| {
        let fact = serde_json::from_str(&row.body).map_err(|e| DbError::corrupt("event", e))?;
        Ok((row, fact))
    };
    rows.into_iter().map(read).collect()
}

/// Events of a span of time (epoch milliseconds, the second excluded), in order.
///
/// # Errors
/// [`DbError`] if they cannot be read.
pub fn of_span(conn: &mut Conn, (from, to): (i64, i64)) -> DbResult<Vec<EventRow>> {
    let of = events::table.filter(events::at.ge(from)).filter(events::at.lt(to));
    Ok(of.order(events::seq).select(EventRow::as_select()).load(conn)?)
}

/// Number of the newest event; 0 without any.
///
/// # Errors
/// [`DbError`] if it cannot be read.
pub fn newest(conn: &mut Conn) -> DbResult<i64> {
    let newest: Option<i64> = events::table.select(diesel::dsl::max(events::seq)).first(conn)?;
    Ok(newest.unwrap_or(0))
}

/// Number of events.
///
/// # Errors
/// [`DbError`] if it cannot be read.
pub fn count(conn: &mut Conn) -> DbResult<i64> {
    Ok(events::table.count().get_result(conn)?)
}

/// Empties every projection and makes it again from the events; answers how many there were.
///
/// # Errors
/// [`DbError`] if an event cannot be read or applied; then nothing is changed.
pub fn rebuild(conn: &mut Conn) -> DbResult<i64> {
    project::clear(conn)?;
    let mut next = 1;
    loop {
        let rows = page(conn, next, 500)?;
        if rows.is_empty() {
            return Ok(next - 1);
        }
        for row in rows {
            let fact: Fact = serde_json::from_str(&row.body).map_err(|e| DbError::corrupt("event", e))?;
            project::apply(conn, &row, &fact)?;
            next = row.seq + 1;
        }
    }
}
