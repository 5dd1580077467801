//! The log over the events: what each event was given as its place, and the signed checkpoints.

use super::schema::{kiosk_journal, log_checkpoints, log_cosignatures, log_entries};
use super::{Conn, DbResult};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

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

/// The signature of a witness over a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = log_cosignatures)]
pub struct CosignatureRow {
    /// Entries of the checkpoint.
    pub size: i64,
    /// The kiosk.
    pub kiosk: String,
    /// When it came, epoch milliseconds.
    pub at: i64,
    /// The line of the signed note.
    pub line: String,
}

/// Milliseconds within which the newest signature of a witness alone is kept: an hour.
const KEPT_EACH: i64 = 3_600_000;

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

/// The checkpoint of exactly so many entries.
///
/// # Errors
/// [`super::DbError`] if it cannot be read.
pub fn checkpoint_of(conn: &mut Conn, size: i64) -> DbResult<Option<CheckpointRow>> {
    Ok(log_checkpoints::table.find(size).select(CheckpointRow::as_select()).first(conn).optional()?)
}

/// Keeps the signature of a witness; of each hour the last alone. One that is there already stays.
///
/// # Errors
/// [`super::DbError`] if it cannot be written.
pub fn cosigned(conn: &mut Conn, row: &CosignatureRow) -> DbResult<()> {
    use log_cosignatures::dsl;
    let hour = row.at.div_euclid(KEPT_EACH) * KEPT_EACH;
    let outdated = log_cosignatures::table.filter(dsl::kiosk.eq(&row.kiosk)).filter(dsl::size.lt(row.size));
    diesel::delete(outdated.filter(dsl::at.ge(hour)).filter(dsl::at.lt(hour + KEPT_EACH))).execute(conn)?;
    let there: Option<i64> =
        log_cosignatures::table.find((row.size, &row.kiosk)).select(dsl::size).first(conn).optional()?;
    if there.is_none() {
        diesel::insert_into(log_cosignatures::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Signatures of witnesses over a checkpoint, by kiosk.
///
/// # Errors
/// [`super::DbError`] if they cannot be read.
pub fn cosignatures_of(conn: &mut Conn, size: i64) -> DbResult<Vec<CosignatureRow>> {
    let rows = log_cosignatures::table.filter(log_cosignatures::size.eq(size)).order(log_cosignatures::kiosk);
    Ok(rows.select(CosignatureRow::as_select()).load(conn)?)
}

/// Entries of the largest checkpoint that a witness has signed, of those of at most `most`.
///
/// # Errors
/// [`super::DbError`] if it cannot be read.
pub fn last_cosigned(conn: &mut Conn, most: i64) -> DbResult<Option<i64>> {
    let rows = log_cosignatures::table.filter(log_cosignatures::size.le(most));
    Ok(rows.select(diesel::dsl::max(log_cosignatures::size)).first(conn)?)
}

/// The last signature of each witness, by kiosk.
///
/// # Errors
/// [`super::DbError`] if they cannot be read.
pub fn last_of_each(conn: &mut Conn) -> DbResult<Vec<CosignatureRow>> {
    let rows = log_cosignatures::table.order((log_cosignatures::kiosk, log_cosignatures::size.desc()));
    let mut all: Vec<CosignatureRow> = rows.select(CosignatureRow::as_select()).load(conn)?;
    all.dedup_by(|later, first| later.kiosk == first.kiosk);
    Ok(all)
}

/// The newest entries of journals in which a kiosk refused the log: kiosk, time and entry as JSON.
///
/// # Errors
/// [`super::DbError`] if they cannot be read.
pub fn refusals(conn: &mut Conn, limit: i64) -> DbResult<Vec<(String, i64, String)>> {
    use kiosk_journal::dsl;
    let rows = kiosk_journal::table.filter(dsl::body.like("%\"kind\":\"log_refused\"%"));
    let rows = rows.order((dsl::at.desc(), dsl::seq.desc())).limit(limit);
    Ok(rows.select((dsl::kiosk, dsl::at, dsl::body)).load(conn)?)
}

/// Entries that the log had at the end of each day in China on which it grew, from an instant on (epoch milliseconds):
/// days since 1970, and entries.
///
/// # Errors
/// [`super::DbError`] if they cannot be read.
pub fn growth(conn: &mut Conn, from: i64) -> DbResult<Vec<(i64, i64)>> {
    #[derive(QueryableByName)]
    struct Day {
        #[diesel(sql_type = BigInt)]
        day: i64,
        #[diesel(sql_type = BigInt)]
        size: i64,
    }
    // China is eight hours ahead.
    const BY_DAY: &str = "SELECT (at + 28800000) / 86400000 AS day, MAX(size) AS size FROM log_checkpoints \
        WHERE at >= $1 GROUP BY (at + 28800000) / 86400000 ORDER BY 1";
    let days: Vec<Day> = diesel::sql_query(BY_DAY).bind::<BigInt, _>(from).load(conn)?;
    Ok(days.into_iter().map(|row| (row.day, row.size)).collect())
}

/// Entries that the log had before an instant (epoch milliseconds).
///
/// # Errors
/// [`super::DbError`] if they cannot be read.
pub fn size_before(conn: &mut Conn, at: i64) -> DbResult<i64> {
    let before = log_checkpoints::table.filter(log_checkpoints::at.lt(at));
    let size: Option<i64> = before.select(diesel::dsl::max(log_checkpoints::size)).first(conn)?;
    Ok(size.unwrap_or(0))
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
