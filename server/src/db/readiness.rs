//! The readiness list of an exam point's day.

use super::schema::{readiness_checks, readiness_signs};
use super::{Conn, DbResult};
use diesel::prelude::*;

/// How somebody found an item.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = readiness_checks)]
pub struct CheckRow {
    /// Code of the item.
    pub item: String,
    /// Word of [`shared::readiness::Verdict`].
    pub verdict: String,
    /// What was seen.
    pub note: String,
    /// Name of the person.
    pub found_by: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// What was found on a day.
///
/// # Errors
/// [`super::DbError`].
pub fn checks(conn: &mut Conn, point: &str, day: &str) -> DbResult<Vec<CheckRow>> {
    let rows = readiness_checks::table
        .filter(readiness_checks::point.eq(point))
        .filter(readiness_checks::day.eq(day))
        .order(readiness_checks::item);
    Ok(rows.select(CheckRow::as_select()).load(conn)?)
}

/// Who signed the list as it stands, and when (epoch milliseconds).
///
/// # Errors
/// [`super::DbError`].
pub fn signature(conn: &mut Conn, point: &str, day: &str) -> DbResult<Option<(String, i64)>> {
    let row =
        readiness_signs::table.find((point, day)).select((readiness_signs::signed_by, readiness_signs::at));
    Ok(row.first(conn).optional()?)
}
