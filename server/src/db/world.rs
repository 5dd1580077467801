//! Reading the world: rule sets, trades, calendars, sheets, organisations, points, staff.

use super::schema::{calendar_years, organisations, points, rule_sets, sheet_files, staff, trades};
use super::{Conn, DbError, DbResult};
use crate::event::{OrganisationAdded, PointAdded, StaffAdded, TradeLoaded};
use diesel::prelude::*;
use serde::de::DeserializeOwned;
use shared::ids::{CategoryId, TradeId};
use shared::practical::Sheet;
use shared::trade::{Education, Trade, TradeKind};

/// A stored rule set.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = rule_sets)]
pub struct RuleSetRow {
    /// `place@version`.
    pub id: String,
    /// First day in force.
    pub in_force_from: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// TOML text.
    pub toml: String,
}

/// All rule sets by id.
///
/// # Errors
/// [`DbError`].
pub fn rule_sets(conn: &mut Conn) -> DbResult<Vec<RuleSetRow>> {
    Ok(rule_sets::table.order(rule_sets::id).select(RuleSetRow::as_select()).load(conn)?)
}

/// One rule set.
///
/// # Errors
/// [`DbError`].
pub fn rule_set_row(conn: &mut Conn, id: &str) -> DbResult<Option<RuleSetRow>> {
    Ok(rule_sets::table.find(id).select(RuleSetRow::as_select()).first(conn).optional()?)
}

/// All trades by category and id.
///
/// # Errors
/// [`DbError`].
pub fn trades(conn: &mut Conn) -> DbResult<Vec<TradeLoaded>> {
    let bodies: Vec<String> =
        trades::table.order((trades::category, trades::id)).select(trades::body).load(conn)?;
    bodies.iter().map(|b| json("trade", b)).collect()
}

/// One trade as it was loaded.
///
/// # Errors
/// [`DbError`].
pub fn trade_record(conn: &mut Conn, id: &str) -> DbResult<Option<TradeLoaded>> {
    let body: Option<String> = trades::table.find(id).select(trades::body).first(conn).optional()?;
    body.map(|b| json("trade", &b)).transpose()
}

/// One trade as the rules see it.
///
/// # Errors
/// [`DbError`].
pub fn trade(conn: &mut Conn, id: &str) -> DbResult<Option<Trade>> {
    trade_record(conn, id)?.map(|record| parse_trade(&record)).transpose()
}

/// A trade by id or by its full Chinese name.
///
/// # Errors
/// [`DbError`].
pub fn trade_by_name(conn: &mut Conn, name: &str) -> DbResult<Option<TradeLoaded>> {
    let body: Option<String> =
        trades::table.filter(trades::name_zh.eq(name)).select(trades::body).first(conn).optional()?;
    match body {
        Some(body) => json("trade", &body).map(Some),
        None => trade_record(conn, name),
    }
}

/// TOML texts of all years.
///
/// # Errors
/// [`DbError`].
pub fn calendar_years(conn: &mut Conn) -> DbResult<Vec<String>> {
    Ok(calendar_years::table.order(calendar_years::year).select(calendar_years::toml).load(conn)?)
}

/// Practical sheets of a trade; none where there is no file.
///
/// # Errors
/// [`DbError`].
pub fn sheets(conn: &mut Conn, trade: &str) -> DbResult<Vec<Sheet>> {
    let toml: Option<String> =
        sheet_files::table.find(trade).select(sheet_files::toml).first(conn).optional()?;
    let Some(toml) = toml else { return Ok(Vec::new()) };
    let (_, sheets) = shared::wire::sheets::parse(&toml).map_err(|e| DbError::corrupt("sheet file", e))?;
    Ok(sheets)
}

/// Kind of an organisation, if there is one of this id.
///
/// # Errors
/// [`DbError`].
pub fn organisation_kind(conn: &mut Conn, id: &str) -> DbResult<Option<String>> {
    Ok(organisations::table.find(id).select(organisations::kind).first(conn).optional()?)
}

/// All organisations by id.
///
/// # Errors
/// [`DbError`].
pub fn organisations(conn: &mut Conn) -> DbResult<Vec<OrganisationAdded>> {
    let columns = (organisations::id, organisations::kind, organisations::name_zh, organisations::name_en);
    let rows: Vec<(String, String, String, String)> =
        organisations::table.order(organisations::id).select(columns).load(conn)?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(id, organisation_kind, name_zh, name_en)| OrganisationAdded {
            id,
            organisation_kind,
            name_zh,
            name_en,
        })
        .collect())
}

/// Names (Chinese, English) of an organisation.
///
/// # Errors
/// [`DbError`].
pub fn organisation_names(conn: &mut Conn, id: &str) -> DbResult<Option<(String, String)>> {
    let names = organisations::table.find(id).select((organisations::name_zh, organisations::name_en));
    Ok(names.first(conn).optional()?)
}

/// Organisations of a kind by id: id, Chinese and English name.
///
/// # Errors
/// [`DbError`].
pub fn organisations_of(conn: &mut Conn, kind: &str) -> DbResult<Vec<(String, String, String)>> {
    let of = organisations::table.filter(organisations::kind.eq(kind)).order(organisations::id);
    Ok(of.select((organisations::id, organisations::name_zh, organisations::name_en)).load(conn)?)
}

/// All exam points by id.
///
/// # Errors
/// [`DbError`].
pub fn points(conn: &mut Conn) -> DbResult<Vec<PointAdded>> {
    let bodies: Vec<String> = points::table.order(points::id).select(points::body).load(conn)?;
    bodies.iter().map(|b| json("point", b)).collect()
}

/// One exam point.
///
/// # Errors
/// [`DbError`].
pub fn point(conn: &mut Conn, id: &str) -> DbResult<Option<PointAdded>> {
    let body: Option<String> = points::table.find(id).select(points::body).first(conn).optional()?;
    body.map(|b| json("point", &b)).transpose()
}

/// The whole staff pool by code.
///
/// # Errors
/// [`DbError`].
pub fn staff(conn: &mut Conn) -> DbResult<Vec<StaffAdded>> {
    let bodies: Vec<String> = staff::table.order(staff::code).select(staff::body).load(conn)?;
    bodies.iter().map(|b| json("staff", b)).collect()
}

/// A page of the staff pool and its size.
///
/// # Errors
/// [`DbError`].
pub fn staff_page(conn: &mut Conn, offset: i64, length: i64) -> DbResult<(Vec<StaffAdded>, i64)> {
    let rows = staff::table.order(staff::code).offset(offset).limit(length).select(staff::body);
    let bodies: Vec<String> = rows.load(conn)?;
    let items = bodies.iter().map(|b| json("staff", b)).collect::<DbResult<_>>()?;
    Ok((items, staff::table.count().get_result(conn)?))
}

/// Name of a member of staff.
///
/// # Errors
/// [`DbError`].
pub fn staff_name(conn: &mut Conn, code: &str) -> DbResult<Option<String>> {
    Ok(staff::table.find(code).select(staff::name).first(conn).optional()?)
}

/// Reads JSON of a projection.
///
/// # Errors
/// [`DbError::Corrupt`].
pub fn json<T: DeserializeOwned>(what: &'static str, body: &str) -> DbResult<T> {
    serde_json::from_str(body).map_err(|e| DbError::corrupt(what, e))
}

fn parse_trade(record: &TradeLoaded) -> DbResult<Trade> {
    let corrupt = |e: &dyn std::fmt::Display| DbError::corrupt("trade", e);
    Ok(Trade {
        id: TradeId::parse(&record.id).map_err(|e| corrupt(&e))?,
        category: CategoryId::parse(&record.category).map_err(|e| corrupt(&e))?,
        name_zh: record.name_zh.clone(),
        name_en: record.name_en.clone(),
        kind: TradeKind::from_word(&record.trade_kind).ok_or_else(|| corrupt(&"unknown kind"))?,
        national_system: record.national_system,
        min_education: Education::from_word(&record.min_education)
            .ok_or_else(|| corrupt(&"unknown education"))?,
        theory_hours: record.theory_hours,
        practical_hours: record.practical_hours,
        total_hours: record.total_hours,
        review_hours: record.review_hours,
        practical: record.practical,
    })
}
