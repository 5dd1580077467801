//! Duties after their draw: every post of a session however it stands, what changed, and swaps that wait.

use super::schema::{duties, duty_changes, duty_swaps, sessions};
use super::sessions::{DutyRow, SessionRow};
use super::{Conn, DbResult};
use diesel::prelude::*;
use std::collections::HashMap;

/// A post left by one and taken by another.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = duty_changes)]
pub struct ChangeRow {
    /// Position of the event.
    pub seq: i64,
    /// Post code.
    pub post: String,
    /// Session id.
    pub session: String,
    /// When, epoch milliseconds.
    pub at: i64,
    /// `declined`, `absent`, `swapped` or `drawn` (by a supplementary draw).
    pub why: String,
    /// Staff code of who left.
    pub left_by: String,
    /// Staff code of who came; `None` if the post is open.
    pub taken_by: Option<String>,
    /// The reason that was given; empty where none is asked for.
    pub reason: String,
}

/// A swap that somebody proposed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = duty_swaps)]
pub struct SwapRow {
    /// Id.
    pub id: String,
    /// Session id.
    pub session: String,
    /// One post.
    pub post_a: String,
    /// The other.
    pub post_b: String,
    /// Who had the one when it was proposed.
    pub staff_a: String,
    /// Who had the other.
    pub staff_b: String,
    /// Why.
    pub reason: String,
    /// Account id of who proposed it.
    pub proposed_by: String,
    /// When, epoch milliseconds.
    pub at: i64,
    /// `proposed`, `agreed` or `refused`.
    pub state: String,
}

/// Every post of a session by its code, also those that are open and those of reserves who have stepped in.
///
/// # Errors
/// [`super::DbError`].
pub fn posts(conn: &mut Conn, session: &str) -> DbResult<Vec<DutyRow>> {
    let rows = duties::table.filter(duties::session.eq(session)).order(duties::post);
    Ok(rows.select(DutyRow::as_select()).load(conn)?)
}

/// Every post of the sessions of a day with its session, by start and post.
///
/// # Errors
/// [`super::DbError`].
pub fn posts_on(conn: &mut Conn, day: &str) -> DbResult<Vec<(DutyRow, SessionRow)>> {
    let rows = duties::table
        .inner_join(sessions::table.on(sessions::id.eq(duties::session)))
        .filter(sessions::day.eq(day))
        .order((sessions::starts_at, sessions::id, duties::post));
    Ok(rows.select((DutyRow::as_select(), SessionRow::as_select())).load(conn)?)
}

/// How many posts of these sessions nobody has, by session; those without any are not there.
///
/// # Errors
/// [`super::DbError`].
pub fn open_counts(conn: &mut Conn, sessions: &[String]) -> DbResult<HashMap<String, i64>> {
    let open =
        duties::table.filter(duties::session.eq_any(sessions.to_vec())).filter(duties::state.eq("open"));
    let found: Vec<String> = open.select(duties::session).load(conn)?;
    let mut counts = HashMap::new();
    found.into_iter().for_each(|session| *counts.entry(session).or_default() += 1);
    Ok(counts)
}

/// What changed in a session since its staff was drawn, in order.
///
/// # Errors
/// [`super::DbError`].
pub fn changes(conn: &mut Conn, session: &str) -> DbResult<Vec<ChangeRow>> {
    let rows = duty_changes::table.filter(duty_changes::session.eq(session));
    Ok(rows.order((duty_changes::seq, duty_changes::post)).select(ChangeRow::as_select()).load(conn)?)
}

/// The swaps of a session, the oldest first.
///
/// # Errors
/// [`super::DbError`].
pub fn swaps(conn: &mut Conn, session: &str) -> DbResult<Vec<SwapRow>> {
    let rows = duty_swaps::table.filter(duty_swaps::session.eq(session));
    Ok(rows.order((duty_swaps::at, duty_swaps::id)).select(SwapRow::as_select()).load(conn)?)
}

/// One swap.
///
/// # Errors
/// [`super::DbError`].
pub fn swap(conn: &mut Conn, id: &str) -> DbResult<Option<SwapRow>> {
    Ok(duty_swaps::table.find(id).select(SwapRow::as_select()).first(conn).optional()?)
}
