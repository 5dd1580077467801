//! The last checkpoint of the server's log that was right. It outlives everything but the file.

use super::schema::{entry, log_seen};
use super::{Journal, JournalError};
use diesel::prelude::*;
use shared::log::Hash;
use shared::log::checkpoint::Remembered;
use shared::wire::v1::journal::KioskFact;

/// A checkpoint that this kiosk has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Name of the log.
    pub origin: String,
    /// Size and root.
    pub head: Remembered,
    /// The note, with this kiosk's own signature.
    pub note: String,
    /// Whether the server has that signature.
    pub delivered: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = log_seen, check_for_backend(diesel::sqlite::Sqlite))]
struct Row {
    id: i64,
    origin: String,
    size: i64,
    root: String,
    note: String,
    delivered: i64,
}

impl Journal {
    /// The last checkpoint that was right; `None` before the first.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn seen(&mut self) -> Result<Option<Seen>, JournalError> {
        let row = log_seen::table.select(Row::as_select()).first(&mut self.connection).optional()?;
        let Some(row) = row else { return Ok(None) };
        let root = hex::decode(&row.root).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        let (Some(root), Ok(size)) = (root, u64::try_from(row.size)) else { return Err(JournalError::Range) };
        let head = Remembered { size, root };
        Ok(Some(Seen { origin: row.origin, head, note: row.note, delivered: row.delivered != 0 }))
    }

    /// The last log that was refused after the last checkpoint that was right: stable code, entries seen, entries then.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn log_refused(&mut self) -> Result<Option<(String, u64, u64)>, JournalError> {
        let seen = self.seen()?.map_or(0, |seen| seen.head.size);
        let refusals = entry::table.filter(entry::fact.like("%\"log_refused\"%"));
        let facts: Vec<String> =
            refusals.select(entry::fact).order(entry::seq.desc()).limit(1).load(&mut self.connection)?;
        let Some(fact) = facts.first() else { return Ok(None) };
        Ok(match serde_json::from_str(fact)? {
            // One that was seen at the same size still stands: nothing has been signed since.
            KioskFact::LogRefused { code, seen: then, now } if then == seen => Some((code, then, now)),
            _ => None,
        })
    }

    /// Remembers a checkpoint; when this returns it is on disk.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn remember(&mut self, seen: &Seen) -> Result<(), JournalError> {
        let row = Row {
            id: 1,
            origin: seen.origin.clone(),
            size: i64::try_from(seen.head.size).map_err(|_| JournalError::Range)?,
            root: hex::encode(seen.head.root),
            note: seen.note.clone(),
            delivered: i64::from(seen.delivered),
        };
        // There is one row and nothing refers to it.
        diesel::replace_into(log_seen::table).values(row).execute(&mut self.connection)?;
        Ok(())
    }
}
