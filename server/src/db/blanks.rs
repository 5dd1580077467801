//! Numbered blanks, leases of certificates between kiosks, and receipts.

use super::schema::{events, kiosks, prints};
use super::schema_blanks::{blank_ranges, blank_stocks, hand_overs, lease_moves};
use super::{Conn, DbError, DbResult};
use diesel::prelude::*;
use shared::blanks::Range;
use std::collections::HashMap;

/// Blanks that came in, or that a kiosk got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The kiosk that has them; `None` for what came into the stock.
    pub kiosk: Option<String>,
    /// Which.
    pub range: Range,
    /// Who entered it, as shown.
    pub by: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// Where a certificate was moved, and how often each kiosk has released it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// The kiosk to which it was moved last.
    pub to: Option<String>,
    /// Kiosks that released it, in order.
    pub by: Vec<String>,
}

/// What came into the stocks of all exam points, or of one, in the order in which it came.
///
/// # Errors
/// [`DbError`].
pub fn stocks(conn: &mut Conn, point: Option<&str>) -> DbResult<Vec<Share>> {
    let mut rows = blank_stocks::table
        .order(blank_stocks::seq)
        .select((
            blank_stocks::first_blank,
            blank_stocks::last_blank,
            blank_stocks::added_by,
            blank_stocks::at,
        ))
        .into_boxed();
    if let Some(point) = point {
        rows = rows.filter(blank_stocks::point.eq(point.to_owned()));
    }
    let rows: Vec<(String, String, String, i64)> = rows.load(conn)?;
    rows.into_iter()
        .map(|(from, to, by, at)| Ok(Share { kiosk: None, range: range(&from, &to)?, by, at }))
        .collect()
}

/// The shares of an exam point's kiosks, in the order in which they were given.
///
/// # Errors
/// [`DbError`].
pub fn shares(conn: &mut Conn, point: &str) -> DbResult<Vec<Share>> {
    let rows: Vec<(String, String, String, String, i64)> = blank_ranges::table
        .filter(blank_ranges::point.eq(point))
        .order(blank_ranges::seq)
        .select((
            blank_ranges::kiosk,
            blank_ranges::first_blank,
            blank_ranges::last_blank,
            blank_ranges::given_by,
            blank_ranges::at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(kiosk, from, to, by, at)| Ok(Share { kiosk: Some(kiosk), range: range(&from, &to)?, by, at }))
        .collect()
}

/// Blanks that a kiosk may print on; `None`: its exam point keeps no stock.
///
/// # Errors
/// [`DbError`].
pub fn of_kiosk(conn: &mut Conn, point: &str, kiosk: &str) -> DbResult<Option<Vec<Range>>> {
    if stocks(conn, Some(point))?.is_empty() {
        return Ok(None);
    }
    let own = shares(conn, point)?.into_iter().filter(|share| share.kiosk.as_deref() == Some(kiosk));
    Ok(Some(own.map(|share| share.range).collect()))
}

/// Whether something was printed on a blank at an exam point, or it is not certain that nothing was.
///
/// # Errors
/// [`DbError`].
pub fn is_used(conn: &mut Conn, point: &str, blank: &str) -> DbResult<bool> {
    let of = prints::table
        .inner_join(kiosks::table.on(kiosks::id.eq(prints::kiosk)))
        .filter(kiosks::point.eq(point))
        .filter(prints::blank.eq(blank))
        .filter(prints::untouched.eq(false));
    let count: i64 = of.count().get_result(conn)?;
    Ok(count > 0)
}

/// Kiosk, blank and state of every attempt at an exam point that took a blank.
///
/// # Errors
/// [`DbError`].
pub fn taken(conn: &mut Conn, point: &str) -> DbResult<Vec<(String, String, String)>> {
    let of = prints::table
        .inner_join(kiosks::table.on(kiosks::id.eq(prints::kiosk)))
        .filter(kiosks::point.eq(point))
        .filter(prints::untouched.eq(false))
        .select((prints::kiosk, prints::blank, prints::state));
    Ok(of.load(conn)?)
}

/// Kiosks of an exam point in use, in the order in which they enrolled.
///
/// # Errors
/// [`DbError`].
pub fn kiosks_in_use(conn: &mut Conn, point: &str) -> DbResult<Vec<String>> {
    let mut ids: Vec<String> = kiosks::table
        .filter(kiosks::point.eq(point))
        .filter(kiosks::revoked.eq(false))
        .filter(kiosks::public_key.is_not_null())
        .select(kiosks::id)
        .load(conn)?;
    let rows: Vec<(String, i64)> = events::table
        .filter(events::kind.eq("kiosk_enrolled"))
        .order(events::seq.desc())
        .select((events::actor, events::seq))
        .load(conn)?;
    let first: HashMap<String, i64> = rows.into_iter().collect();
    ids.sort_by_key(|id| (first.get(&format!("kiosk:{id}")).copied(), id.clone()));
    Ok(ids)
}

/// Moves of certificates between the kiosks of an exam point, by certificate.
///
/// # Errors
/// [`DbError`].
pub fn moves(conn: &mut Conn, point: &str) -> DbResult<HashMap<String, Moves>> {
    let rows: Vec<(String, String, String)> = lease_moves::table
        .inner_join(kiosks::table.on(kiosks::id.eq(lease_moves::kiosk)))
        .filter(kiosks::point.eq(point))
        .order(lease_moves::seq)
        .select((lease_moves::certificate, lease_moves::kiosk, lease_moves::moved_to))
        .load(conn)?;
    let mut all: HashMap<String, Moves> = HashMap::new();
    for (certificate, by, to) in rows {
        let moves = all.entry(certificate).or_default();
        moves.by.push(by);
        moves.to = Some(to);
    }
    Ok(all)
}

/// When certificates came into the hands of their persons, epoch milliseconds.
///
/// # Errors
/// [`DbError`].
pub fn received_at(conn: &mut Conn) -> DbResult<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> =
        hand_overs::table.select((hand_overs::certificate, hand_overs::at)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Number of moves and receipts; it only grows.
///
/// # Errors
/// [`DbError`].
pub fn changes(conn: &mut Conn) -> DbResult<i64> {
    let moves: i64 = lease_moves::table.count().get_result(conn)?;
    let receipts: i64 = hand_overs::table.count().get_result(conn)?;
    Ok(moves + receipts)
}

fn range(from: &str, to: &str) -> DbResult<Range> {
    Range::parse(from, to).map_err(|e| DbError::corrupt("blanks", e))
}

diesel::allow_tables_to_appear_in_same_query!(lease_moves, kiosks);
