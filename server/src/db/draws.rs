//! Draws with their transcripts, and the question sets from which papers are drawn.

use super::banks::SetRow;
use super::schema::{draws, events, question_sets, questions, staff_salts};
use super::world::json;
use super::{Conn, DbResult};
use diesel::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;

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
    /// Ceremony by which it was drawn.
    pub ceremony: Option<String>,
    /// Of a draw of staff: the basis of its input, sealed for `draw.basis`.
    pub basis: Option<String>,
}

/// Which draws are asked for; `None` does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhichDraws {
    /// `staff`, `seating`, `sets`, `sheets` or `question_sets`.
    pub purpose: Option<String>,
    /// Session or trade.
    pub subject: Option<String>,
    /// Made from this instant on and before that one, epoch milliseconds.
    pub between: Option<(i64, i64)>,
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

/// The salts of the pool by staff code, sealed for `staff.salt`.
///
/// # Errors
/// [`super::DbError`].
pub fn salts(conn: &mut Conn) -> DbResult<HashMap<String, String>> {
    let rows: Vec<(String, String)> = staff_salts::table.load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Whether somebody has a salt.
///
/// # Errors
/// [`super::DbError`].
pub fn has_salt(conn: &mut Conn, staff: &str) -> DbResult<bool> {
    let found = staff_salts::table.find(staff).select(staff_salts::staff).first::<String>(conn).optional()?;
    Ok(found.is_some())
}

/// Ids of the draws of a ceremony, in the order made.
///
/// # Errors
/// [`super::DbError`].
pub fn of_ceremony(conn: &mut Conn, ceremony: &str) -> DbResult<Vec<String>> {
    let of = draws::table.filter(draws::ceremony.eq(ceremony)).order((draws::made_at, draws::id));
    Ok(of.select(draws::id).load(conn)?)
}

/// A page of draws, the newest first, and how many there are in all.
///
/// # Errors
/// [`super::DbError`].
pub fn draws_page(
    conn: &mut Conn,
    which: &WhichDraws,
    offset: i64,
    length: i64,
) -> DbResult<(Vec<DrawRow>, i64)> {
    let select = || {
        let mut query = draws::table.into_boxed();
        if let Some(purpose) = &which.purpose {
            query = query.filter(draws::purpose.eq(purpose.clone()));
        }
        if let Some(subject) = &which.subject {
            query = query.filter(draws::subject.eq(subject.clone()));
        }
        if let Some((from, until)) = which.between {
            query = query.filter(draws::made_at.ge(from)).filter(draws::made_at.lt(until));
        }
        query
    };
    let page = select().order((draws::made_at.desc(), draws::id.desc())).offset(offset).limit(length);
    let rows = page.select(DrawRow::as_select()).load(conn)?;
    Ok((rows, select().count().get_result(conn)?))
}

/// Who had each of these draws made, by draw; see [`crate::event::Actor::text`].
///
/// # Errors
/// [`super::DbError`].
pub fn makers(conn: &mut Conn, of: &[DrawRow]) -> DbResult<HashMap<String, String>> {
    #[derive(Deserialize)]
    struct Made {
        draw: String,
    }
    let times: Vec<i64> = of.iter().map(|row| row.made_at).collect();
    let made = events::table.filter(events::kind.eq("draw_made")).filter(events::at.eq_any(times));
    let rows: Vec<(String, String)> = made.select((events::actor, events::body)).load(conn)?;
    let pairs = rows.into_iter().map(|(actor, body)| Ok((json::<Made>("event", &body)?.draw, actor)));
    pairs.collect()
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

/// Question sets by their ids.
///
/// # Errors
/// [`super::DbError`].
pub fn sets_by_id(conn: &mut Conn, ids: &[String]) -> DbResult<Vec<SetRow>> {
    let of = question_sets::table.filter(question_sets::id.eq_any(ids.to_vec()));
    Ok(of.select(SetRow::as_select()).load(conn)?)
}

/// All questions of a bank.
///
/// # Errors
/// [`super::DbError`].
pub fn questions(conn: &mut Conn, bank: &str) -> DbResult<Vec<QuestionRow>> {
    let rows = questions::table.filter(questions::bank.eq(bank)).order(questions::position);
    Ok(rows.select(QuestionRow::as_select()).load(conn)?)
}
