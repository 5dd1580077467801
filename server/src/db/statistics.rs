//! Sheets of a trade: who sat a paper to its end, with what result.

use super::schema::{candidates, sessions, sittings};
use super::sessions::CandidateRow;
use super::{Conn, DbResult};
use diesel::prelude::*;

/// How a sitting ends whose answers count.
const COUNTED: [&str; 2] = ["handed_in", "timed_out"];

/// A paper that was sat to its end.
#[derive(Debug, Clone)]
pub struct SatPaper {
    /// The candidate with the paper.
    pub candidate: CandidateRow,
    /// Points reached.
    pub points: i32,
    /// Points of the paper.
    pub total: i32,
    /// Whether the pass mark was reached.
    pub passed: bool,
}

/// Points reached, points of the paper, whether it was passed; there once it was graded.
type Numbers = (Option<i32>, Option<i32>, Option<bool>);

/// How many papers of a trade were sat to their end.
///
/// # Errors
/// [`super::DbError`].
pub fn count(conn: &mut Conn, trade: &str) -> DbResult<i64> {
    let ended = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .inner_join(sittings::table.on(sittings::ticket.eq(candidates::ticket)))
        .filter(sessions::trade.eq(trade))
        .filter(candidates::paper.is_not_null())
        .filter(sittings::how.eq_any(COUNTED));
    Ok(ended.count().get_result(conn)?)
}

/// Papers of a trade that were sat to their end, the newest first, at most so many.
///
/// # Errors
/// [`super::DbError`].
pub fn papers(conn: &mut Conn, trade: &str, most: i64) -> DbResult<Vec<SatPaper>> {
    let ended = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .inner_join(sittings::table.on(sittings::ticket.eq(candidates::ticket)))
        .filter(sessions::trade.eq(trade))
        .filter(candidates::paper.is_not_null())
        .filter(sittings::how.eq_any(COUNTED))
        .order((sittings::ended_at.desc(), candidates::ticket))
        .limit(most);
    let numbers = (sittings::points, sittings::total, sittings::passed);
    let rows: Vec<(CandidateRow, Numbers)> = ended.select((CandidateRow::as_select(), numbers)).load(conn)?;
    let papers = rows.into_iter().map(|(candidate, (points, total, passed))| SatPaper {
        candidate,
        points: points.unwrap_or(0),
        total: total.unwrap_or(0),
        passed: passed.unwrap_or(false),
    });
    Ok(papers.collect())
}

/// Examinees of a trade who have seen their paper: who sat down in a session that has begun.
///
/// # Errors
/// [`super::DbError`].
pub fn count_seen(conn: &mut Conn, trade: &str, now: i64) -> DbResult<i64> {
    let seen = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .inner_join(sittings::table.on(sittings::ticket.eq(candidates::ticket)))
        .filter(sessions::trade.eq(trade))
        .filter(sessions::starts_at.le(now))
        .filter(candidates::paper.is_not_null());
    Ok(seen.count().get_result(conn)?)
}

/// Sealed papers of those whom [`count_seen()`] counts.
///
/// # Errors
/// [`super::DbError`].
pub fn seen(conn: &mut Conn, trade: &str, now: i64) -> DbResult<Vec<String>> {
    let seen = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .inner_join(sittings::table.on(sittings::ticket.eq(candidates::ticket)))
        .filter(sessions::trade.eq(trade))
        .filter(sessions::starts_at.le(now))
        .filter(candidates::paper.is_not_null());
    let papers: Vec<Option<String>> = seen.select(candidates::paper).load(conn)?;
    Ok(papers.into_iter().flatten().collect())
}
