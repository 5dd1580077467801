//! Whether a journal is what it was when it was written.

use super::{Journal, JournalError, PAGE, Row, Tail, schema::entry};
use diesel::prelude::*;
use serde::Serialize;
use shared::wire::v1::journal::{GENESIS, JournalEntry, entry_hash};
use std::path::Path;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `intact` or `broken`.
    pub verdict: &'static str,
    /// Number of entries that are right, from the first on.
    pub size: u64,
    /// Hash of the last of them, or [`GENESIS`].
    pub last_hash: String,
    /// Position of the first entry that is not right.
    pub first_bad: Option<u64>,
}

/// Verifies a journal file without changing it.
///
/// # Errors
/// Only if the file cannot be opened; one that is damaged gives a report that says so.
pub fn verify_file(path: &Path) -> Result<Report, JournalError> {
    // As a URI the file can be opened for reading alone; what has a meaning in a URI is escaped.
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let connection = SqliteConnection::establish(&format!("file:{escaped}?mode=ro"))?;
    let mut journal = Journal { connection, tail: Tail::empty() };
    let mut progress = Progress::default();
    // What SQLite itself cannot read is broken from there on.
    Ok(walk(&mut journal, &mut progress).unwrap_or_else(|_| progress.report(true)))
}

pub(super) fn verify(journal: &mut Journal) -> Result<Report, JournalError> {
    walk(journal, &mut Progress::default())
}

struct Progress {
    size: u64,
    hash: String,
}

impl Default for Progress {
    fn default() -> Self {
        Self { size: 0, hash: GENESIS.to_owned() }
    }
}

impl Progress {
    fn report(&self, broken: bool) -> Report {
        Report {
            verdict: if broken { "broken" } else { "intact" },
            size: self.size,
            last_hash: self.hash.clone(),
            first_bad: broken.then(|| self.size.saturating_add(1)),
        }
    }

    fn accepts(&self, entry: &JournalEntry) -> bool {
        let hash = entry_hash(&entry.prev, entry.seq, entry.at, entry.offset_ms, &entry.fact);
        entry.seq == self.size.saturating_add(1)
            && entry.prev == self.hash
            && hash.is_ok_and(|hash| hash == entry.hash)
    }
}

fn walk(journal: &mut Journal, progress: &mut Progress) -> Result<Report, JournalError> {
    loop {
        let after = i64::try_from(progress.size).map_err(|_| JournalError::Range)?;
        let rows: Vec<Row> = entry::table
            .select(Row::as_select())
            // From the very start, so that an entry before the first is seen too.
            .filter(entry::seq.gt(if after == 0 { i64::MIN } else { after }))
            .order(entry::seq)
            .limit(PAGE)
            .load(&mut journal.connection)?;
        if rows.is_empty() {
            return Ok(progress.report(false));
        }
        for row in rows {
            match row.into_entry() {
                Ok(entry) if progress.accepts(&entry) => {
                    progress.size = entry.seq;
                    progress.hash = entry.hash;
                }
                _ => return Ok(progress.report(true)),
            }
        }
    }
}
