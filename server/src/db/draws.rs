//! Draws with their transcripts, and the question sets from which papers are drawn.

use super::banks::SetRow;
use super::schema::{draws, question_sets, questions};
use super::{Conn, DbResult};
use diesel::prelude::*;

/// A draw.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = draws)]
pub struct DrawRow {
    /// Draw id.
    pub id: String,
    /// `staff`, `seating`, `sets`, `sheets` or `question_sets`.
    pub purpose: String,
    /// Session or trade.
    pub subject: String,
    /// When it was made, epoch milliseconds.
    pub made_at: i64,
    /// Nobody reads the transcript before this time, epoch milliseconds.
    pub visible_from: i64,
    /// Transcript, sealed for `draw`.
    pub transcript: String,
}

/// A question as far as a paper needs it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = questions)]
pub struct QuestionRow {
    /// Question id.
    pub id: String,
    /// `true_false`, `single` or `multiple`.
    pub kind: String,
    /// [`crate::event::QuestionBody`] as JSON, sealed for `question.body`.
    pub body: String,
}

/// One draw.
///
/// # Errors
/// [`super::DbError`].
pub fn draw(conn: &mut Conn, id: &str) -> DbResult<Option<DrawRow>> {
    Ok(draws::table.find(id).select(DrawRow::as_select()).first(conn).optional()?)
}

/// Draws in the order made, those of one session or trade where it is given.
///
/// # Errors
/// [`super::DbError`].
pub fn draws(conn: &mut Conn, subject: Option<&str>) -> DbResult<Vec<DrawRow>> {
    let mut query = draws::table.order((draws::made_at, draws::id)).into_boxed();
    if let Some(subject) = subject {
        query = query.filter(draws::subject.eq(subject.to_owned()));
    }
    Ok(query.select(DrawRow::as_select()).load(conn)?)
}

/// The question sets of a trade that are in force, by number.
///
/// # Errors
/// [`super::DbError`].
pub fn sets_in_force(conn: &mut Conn, trade: &str) -> DbResult<Vec<SetRow>> {
    let rows = question_sets::table
        .filter(question_sets::trade.eq(trade))
        .filter(question_sets::state.eq("in_force"));
    Ok(rows.order(question_sets::number).select(SetRow::as_select()).load(conn)?)
}

/// All questions of a bank.
///
/// # Errors
/// [`super::DbError`].
pub fn questions(conn: &mut Conn, bank: &str) -> DbResult<Vec<QuestionRow>> {
    let rows = questions::table.filter(questions::bank.eq(bank)).order(questions::position);
    Ok(rows.select(QuestionRow::as_select()).load(conn)?)
}
