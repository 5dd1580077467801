//! What seeding compares a world's files with.

use super::schema::{organisations, sheet_files, staff};
use super::world::json;
use super::{Conn, DbResult};
use crate::event::{OrganisationAdded, StaffAdded};
use diesel::prelude::*;

/// Text of the practical sheets of a trade.
///
/// # Errors
/// [`super::DbError`].
pub fn sheet_text(conn: &mut Conn, trade: &str) -> DbResult<Option<String>> {
    Ok(sheet_files::table.find(trade).select(sheet_files::toml).first(conn).optional()?)
}

/// An organisation as it was added.
///
/// # Errors
/// [`super::DbError`].
pub fn organisation(conn: &mut Conn, id: &str) -> DbResult<Option<OrganisationAdded>> {
    let columns = (organisations::kind, organisations::name_zh, organisations::name_en);
    let row: Option<(String, String, String)> =
        organisations::table.find(id).select(columns).first(conn).optional()?;
    let id = id.to_owned();
    Ok(row.map(|(organisation_kind, name_zh, name_en)| OrganisationAdded {
        id,
        organisation_kind,
        name_zh,
        name_en,
    }))
}

/// A member of the staff pool as it was added.
///
/// # Errors
/// [`super::DbError`].
pub fn staff_record(conn: &mut Conn, code: &str) -> DbResult<Option<StaffAdded>> {
    let body: Option<String> = staff::table.find(code).select(staff::body).first(conn).optional()?;
    body.map(|b| json("staff", &b)).transpose()
}
