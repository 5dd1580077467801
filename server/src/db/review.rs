//! Reading the results that candidates asked to have looked at again.

use super::schema_results::reviews;
use super::{Conn, DbResult};
use diesel::prelude::*;

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reviews)]
pub struct ReviewRow {
    /// Its id.
    pub id: String,
    /// Ticket number.
    pub ticket: String,
    /// Why it was asked for, sealed as `review.text`.
    pub text: String,
    /// Who asked, see [`crate::event::Actor::text`].
    pub asked_by: String,
    /// When, epoch milliseconds.
    pub asked_at: i64,
    /// `confirmed` or `correction`, once it is closed.
    pub outcome: Option<String>,
    /// What the candidate is told, sealed as `review.answer`.
    pub answer: Option<String>,
    /// The correction that was proposed.
    pub correction: Option<String>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When, epoch milliseconds.
    pub closed_at: Option<i64>,
}

/// All reviews: the open ones first, the oldest of them first; then the others, the newest first.
///
/// # Errors
/// [`super::DbError`].
pub fn all(conn: &mut Conn) -> DbResult<Vec<ReviewRow>> {
    let mut rows: Vec<ReviewRow> =
        reviews::table.order(reviews::asked_at).select(ReviewRow::as_select()).load(conn)?;
    rows.sort_by_key(|row| (row.closed_at.is_some(), row.closed_at.map_or(row.asked_at, |at| -at)));
    Ok(rows)
}

/// One review.
///
/// # Errors
/// [`super::DbError`].
pub fn one(conn: &mut Conn, id: &str) -> DbResult<Option<ReviewRow>> {
    Ok(reviews::table.find(id).select(ReviewRow::as_select()).first(conn).optional()?)
}

/// The review of a ticket's result.
///
/// # Errors
/// [`super::DbError`].
pub fn of_ticket(conn: &mut Conn, ticket: &str) -> DbResult<Option<ReviewRow>> {
    let own = reviews::table.filter(reviews::ticket.eq(ticket));
    Ok(own.select(ReviewRow::as_select()).first(conn).optional()?)
}
