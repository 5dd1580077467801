//! The paper of an exam point's day: the emergency pack, and what was entered from it.

use super::schema::{paper_entries, paper_packs, paper_settlements};
use super::{Conn, DbResult, world};
use diesel::prelude::*;
use shared::double_entry::Fields;
use std::collections::BTreeSet;

/// What somebody entered from a slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Ticket number.
    pub ticket: String,
    /// Slip.
    pub slip: String,
    /// Who, as events have it.
    pub actor: String,
    /// Field and value.
    pub fields: Fields,
    /// Name of the person.
    pub entered_by: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// How a slip was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Ticket number.
    pub ticket: String,
    /// Slip.
    pub slip: String,
    /// Field and value.
    pub fields: Fields,
    /// `agreed` or `decided`.
    pub how: String,
    /// Why it was decided so.
    pub reason: String,
    /// What followed.
    pub effect: String,
    /// Name of the person.
    pub settled_by: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

type EntryRow = (String, String, String, String, String, i64);
type SettlementRow = (String, String, String, String, String, String, String, i64);

/// Who printed the pack of a day last, and when (epoch milliseconds).
///
/// # Errors
/// [`super::DbError`].
pub fn pack(conn: &mut Conn, point: &str, day: &str) -> DbResult<Option<(String, i64)>> {
    let row = paper_packs::table.find((point, day)).select((paper_packs::printed_by, paper_packs::at));
    Ok(row.first(conn).optional()?)
}

/// Everything that was entered for a day, by ticket, slip and time.
///
/// # Errors
/// [`super::DbError`].
pub fn entries(conn: &mut Conn, point: &str, day: &str) -> DbResult<Vec<Entry>> {
    use paper_entries::dsl;
    let rows: Vec<EntryRow> = paper_entries::table
        .filter(dsl::point.eq(point))
        .filter(dsl::day.eq(day))
        .order((dsl::ticket, dsl::slip, dsl::at, dsl::actor))
        .select((dsl::ticket, dsl::slip, dsl::actor, dsl::fields, dsl::entered_by, dsl::at))
        .load(conn)?;
    rows.into_iter().map(entry).collect()
}

/// What was entered from one slip, the earliest first.
///
/// # Errors
/// [`super::DbError`].
pub fn entries_of(conn: &mut Conn, ticket: &str, slip: &str) -> DbResult<Vec<Entry>> {
    use paper_entries::dsl;
    let rows: Vec<EntryRow> = paper_entries::table
        .filter(dsl::ticket.eq(ticket))
        .filter(dsl::slip.eq(slip))
        .order((dsl::at, dsl::actor))
        .select((dsl::ticket, dsl::slip, dsl::actor, dsl::fields, dsl::entered_by, dsl::at))
        .load(conn)?;
    rows.into_iter().map(entry).collect()
}

/// How a slip was settled.
///
/// # Errors
/// [`super::DbError`].
pub fn settlement(conn: &mut Conn, ticket: &str, slip: &str) -> DbResult<Option<Settlement>> {
    let row: Option<SettlementRow> = paper_settlements::table.find((ticket, slip)).first(conn).optional()?;
    row.map(settled).transpose()
}

/// Settled slips of a day.
///
/// # Errors
/// [`super::DbError`].
pub fn settlements(conn: &mut Conn, point: &str, day: &str) -> DbResult<Vec<Settlement>> {
    let tickets: Vec<String> = paper_entries::table
        .filter(paper_entries::point.eq(point))
        .filter(paper_entries::day.eq(day))
        .select(paper_entries::ticket)
        .distinct()
        .load(conn)?;
    let mut all = Vec::new();
    for chunk in tickets.chunks(500) {
        let rows: Vec<SettlementRow> = paper_settlements::table
            .filter(paper_settlements::ticket.eq_any(chunk.to_vec()))
            .order((paper_settlements::ticket, paper_settlements::slip))
            .load(conn)?;
        for row in rows {
            all.push(settled(row)?);
        }
    }
    Ok(all)
}

/// Slips of a day (ticket and slip) that somebody entered and that are not settled.
///
/// # Errors
/// [`super::DbError`].
pub fn open_slips(conn: &mut Conn, point: &str, day: &str) -> DbResult<BTreeSet<(String, String)>> {
    let entered: Vec<(String, String)> = paper_entries::table
        .filter(paper_entries::point.eq(point))
        .filter(paper_entries::day.eq(day))
        .select((paper_entries::ticket, paper_entries::slip))
        .distinct()
        .load(conn)?;
    let mut open: BTreeSet<(String, String)> = entered.into_iter().collect();
    for settled in settlements(conn, point, day)? {
        open.remove(&(settled.ticket, settled.slip));
    }
    Ok(open)
}

fn entry((ticket, slip, actor, fields, entered_by, at): EntryRow) -> DbResult<Entry> {
    Ok(Entry { ticket, slip, actor, fields: world::json("paper entry", &fields)?, entered_by, at })
}

fn settled(row: SettlementRow) -> DbResult<Settlement> {
    let (ticket, slip, fields, how, reason, effect, settled_by, at) = row;
    let fields = world::json("paper settlement", &fields)?;
    Ok(Settlement { ticket, slip, fields, how, reason, effect, settled_by, at })
}
