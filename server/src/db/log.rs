//! The log over the events: what each event was given as its place, and the signed checkpoints.

use super::schema::{log_checkpoints, log_entries};
use super::{Conn, DbResult};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

/// Rows that one statement inserts.
const TOGETHER: usize = 500;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = log_entries)]
pub struct EntryRow {
    /// Place in the log, from 0: one less than the event's position.
    pub position: i64,
    /// Salt of the commitment, hexadecimal.
    pub salt: String,
    /// Hash of the leaf, hexadecimal.
    pub leaf: String,
}

/// A checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = log_checkpoints)]
pub struct CheckpointRow {
    /// Entries of the tree.
    pub size: i64,
    /// When it was signed, epoch milliseconds.
    pub at: i64,
    /// Roots of the complete subtrees, hexadecimal, separated by spaces: all that the next entries need.
    pub peaks: String,
    /// The signed note.
    pub note: String,
}

/// The checkpoint with the most entries.
///
/// # Errors
/// [`super::DbError`] if it cannot be read.
pub fn last(conn: &mut Conn) -> DbResult<Option<CheckpointRow>> {
    let rows = log_checkpoints::table.order(log_checkpoints::size.desc());
    Ok(rows.select(CheckpointRow::as_select()).first(conn).optional()?)
}

/// Up to `limit` checkpoints of more than `size` entries, the smallest first.
///
/// # Errors
/// [`super::DbError`] if they cannot be read.
pub fn checkpoints_after(conn: &mut Conn, size: i64, limit: i64) -> DbResult<Vec<CheckpointRow>> {
    let rows = log_checkpoints::table.filter(log_checkpoints::size.gt(size)).order(log_checkpoints::size);
    Ok(rows.limit(limit).select(CheckpointRow::as_select()).load(conn)?)
}

/// Up to `limit` entries from `position` on.
///
/// # Errors
/// [`super::DbError`] if they cannot be read.
pub fn entries(conn: &mut Conn, position: i64, limit: i64) -> DbResult<Vec<EntryRow>> {
    let rows = log_entries::table.filter(log_entries::position.ge(position)).order(log_entries::position);
    Ok(rows.limit(limit).select(EntryRow::as_select()).load(conn)?)
}

/// Adds entries and their checkpoint behind a tree of `size` entries. False if somebody else was first; nothing is added then.
///
/// # Errors
/// [`super::DbError`] if they cannot be written.
pub fn append(conn: &mut Conn, size: i64, rows: &[EntryRow], checkpoint: &CheckpointRow) -> DbResult<bool> {
    if last(conn)?.map_or(0, |row| row.size) != size {
        return Ok(false);
    }
    for rows in rows.chunks(TOGETHER) {
        // One statement for many rows; diesel's own would begin a transaction within ours. There is nothing in it but
        // numbers and hexadecimal digits that we made.
        let values: Vec<String> =
            rows.iter().map(|row| format!("({}, '{}', '{}')", row.position, row.salt, row.leaf)).collect();
        conn.batch_execute(&format!(
            "INSERT INTO log_entries (position, salt, leaf) VALUES {}",
            values.join(", ")
        ))?;
    }
    diesel::insert_into(log_checkpoints::table).values(checkpoint).execute(conn)?;
    Ok(true)
}
