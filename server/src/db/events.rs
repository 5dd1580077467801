//! The event table: append, read, and rebuild every projection from it.

use super::conn::Conn;
use super::error::{DbError, DbResult};
use super::project;
use super::schema::events;
use crate::event::{Event, Fact};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};

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
