//! The journal: facts in a gapless, hash-chained row, in an SQLite file that is only ever added to.
//!
//! `synchronous=FULL` and one transaction for each append: when [`Journal::append`] returns, the facts are on disk.

mod schema;
mod seen;
mod verify;

pub use seen::Seen;
pub use verify::{Report, verify_file};

use crate::digest::Digest;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use schema::{entry, sent_file};
use shared::time::Instant;
use shared::wire::v1::journal::{GENESIS, JournalEntry, KioskFact, entry_hash};
use std::collections::HashSet;
use std::path::Path;
use thiserror::Error;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Entries read at a time.
const PAGE: i64 = 1000;

/// The open journal.
pub struct Journal {
    connection: SqliteConnection,
    tail: Tail,
}

/// Where the journal ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// Number of entries.
    pub size: u64,
    /// Hash of the last one, or [`GENESIS`].
    pub hash: String,
}

/// Why the journal cannot be used.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The file cannot be opened.
    #[error("the journal cannot be opened: {0}")]
    Open(#[from] ConnectionError),
    /// The schema cannot be brought up to date.
    #[error("the schema of the journal cannot be brought up to date: {0}")]
    Migration(String),
    /// The disk or the file refuses.
    #[error("the journal cannot be read or written: {0}")]
    Database(#[from] diesel::result::Error),
    /// A fact cannot be written as JSON, or an entry not be read as one.
    #[error("a fact of the journal is not understood: {0}")]
    Fact(#[from] serde_json::Error),
    /// A number is out of the range of the file.
    #[error("a number of the journal is out of range")]
    Range,
    /// An entry has been changed, or is missing.
    #[error(
        "the journal is broken at entry {0}: keep the file, put the kiosk out of service and call the centre; \
         what the server has is not lost"
    )]
    Broken(u64),
}

impl Tail {
    /// The end of an empty journal.
    #[must_use]
    pub fn empty() -> Self {
        Self { size: 0, hash: GENESIS.to_owned() }
    }
}

impl Journal {
    /// Opens the file, makes it if it isn't there, and verifies every entry.
    ///
    /// # Errors
    /// [`JournalError::Broken`] names the first entry that is not right; otherwise whatever the file says.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let mut journal = Self { connection: connect(&path.to_string_lossy())?, tail: Tail::empty() };
        journal
            .connection
            .run_pending_migrations(MIGRATIONS)
            .map_err(|e| JournalError::Migration(e.to_string()))?;
        let report = verify::verify(&mut journal)?;
        if let Some(seq) = report.first_bad {
            return Err(JournalError::Broken(seq));
        }
        journal.tail = Tail { size: report.size, hash: report.last_hash };
        Ok(journal)
    }

    /// A second connection to a journal that another one has opened and verified, to read it beside the writer.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn open_beside(path: &Path) -> Result<Self, JournalError> {
        let mut journal = Self { connection: connect(&path.to_string_lossy())?, tail: Tail::empty() };
        journal.refresh()?;
        Ok(journal)
    }

    /// Where the journal ends, as of the last [`Journal::append`] or [`Journal::refresh`] on this connection.
    #[must_use]
    pub const fn tail(&self) -> &Tail {
        &self.tail
    }

    /// Looks again where the journal ends.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn refresh(&mut self) -> Result<&Tail, JournalError> {
        let last: Option<(i64, String)> = entry::table
            .select((entry::seq, entry::hash))
            .order(entry::seq.desc())
            .first(&mut self.connection)
            .optional()?;
        self.tail = match last {
            Some((seq, hash)) => Tail { size: u64::try_from(seq).map_err(|_| JournalError::Range)?, hash },
            None => Tail::empty(),
        };
        Ok(&self.tail)
    }

    /// Writes facts, all or none, and returns their entries when they are on disk.
    ///
    /// # Errors
    /// Whatever the disk says; the journal then is as it was before.
    pub fn append(
        &mut self,
        at: Instant,
        offset_ms: i64,
        facts: &[KioskFact],
    ) -> Result<Vec<JournalEntry>, JournalError> {
        let result = self.try_append(at, offset_ms, facts);
        if result.is_err() {
            // The commit may have reached the disk although it reported an error: the file knows.
            self.refresh()?;
        }
        result
    }

    /// Entries from a position on, at most `limit`.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn entries(&mut self, from: u64, limit: usize) -> Result<Vec<JournalEntry>, JournalError> {
        let from = i64::try_from(from).map_err(|_| JournalError::Range)?;
        let limit = i64::try_from(limit).map_err(|_| JournalError::Range)?;
        let rows: Vec<Row> = entry::table
            .select(Row::as_select())
            .filter(entry::seq.ge(from))
            .order(entry::seq)
            .limit(limit)
            .load(&mut self.connection)?;
        rows.into_iter().map(Row::into_entry).collect()
    }

    /// Hands every entry to `each`, in order.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn replay(&mut self, mut each: impl FnMut(JournalEntry)) -> Result<(), JournalError> {
        let mut from = 1;
        loop {
            let page = self.entries(from, usize::try_from(PAGE).unwrap_or(usize::MAX))?;
            let Some(last) = page.last() else { return Ok(()) };
            from = last.seq.saturating_add(1);
            page.into_iter().for_each(&mut each);
        }
    }

    /// Notes that the server has a file.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn mark_sent(&mut self, file: Digest) -> Result<(), JournalError> {
        diesel::insert_into(sent_file::table)
            .values(sent_file::sha256.eq(file.to_string()))
            .on_conflict_do_nothing()
            .execute(&mut self.connection)?;
        Ok(())
    }

    /// Files that the server has.
    ///
    /// # Errors
    /// Whatever the file says.
    pub fn sent_files(&mut self) -> Result<HashSet<Digest>, JournalError> {
        let rows: Vec<String> = sent_file::table.select(sent_file::sha256).load(&mut self.connection)?;
        Ok(rows.iter().filter_map(|text| Digest::parse(text).ok()).collect())
    }

    fn try_append(
        &mut self,
        at: Instant,
        offset_ms: i64,
        facts: &[KioskFact],
    ) -> Result<Vec<JournalEntry>, JournalError> {
        let mut tail = self.tail.clone();
        let mut entries = Vec::with_capacity(facts.len());
        for fact in facts {
            let seq = tail.size.checked_add(1).ok_or(JournalError::Range)?;
            let hash = entry_hash(&tail.hash, seq, at.millis(), offset_ms, fact)?;
            let prev = std::mem::replace(&mut tail.hash, hash.clone());
            tail.size = seq;
            entries.push(JournalEntry { seq, at: at.millis(), offset_ms, prev, hash, fact: fact.clone() });
        }
        let rows = entries.iter().map(Row::from_entry).collect::<Result<Vec<_>, _>>()?;
        self.connection.immediate_transaction(|connection| {
            for row in &rows {
                diesel::insert_into(entry::table).values(row).execute(connection)?;
            }
            diesel::QueryResult::Ok(())
        })?;
        self.tail = tail;
        Ok(entries)
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = entry, check_for_backend(diesel::sqlite::Sqlite))]
struct Row {
    seq: i64,
    at: i64,
    offset_ms: i64,
    prev: String,
    hash: String,
    fact: String,
}

impl Row {
    fn from_entry(entry: &JournalEntry) -> Result<Self, JournalError> {
        Ok(Self {
            seq: i64::try_from(entry.seq).map_err(|_| JournalError::Range)?,
            at: entry.at,
            offset_ms: entry.offset_ms,
            prev: entry.prev.clone(),
            hash: entry.hash.clone(),
            fact: serde_json::to_string(&entry.fact)?,
        })
    }

    fn into_entry(self) -> Result<JournalEntry, JournalError> {
        Ok(JournalEntry {
            seq: u64::try_from(self.seq).map_err(|_| JournalError::Range)?,
            at: self.at,
            offset_ms: self.offset_ms,
            prev: self.prev,
            hash: self.hash,
            fact: serde_json::from_str(&self.fact)?,
        })
    }
}

fn connect(url: &str) -> Result<SqliteConnection, JournalError> {
    let mut connection = SqliteConnection::establish(url)?;
    connection.batch_execute(
        "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    )?;
    Ok(connection)
}
