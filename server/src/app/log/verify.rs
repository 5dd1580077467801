//! Checks the log against the database: every event against its leaf, every leaf against the signed checkpoints, and every
//! projection against what the events say.

use super::{entry_of, hash_of};
use crate::db::log::{self as rows, CheckpointRow, EntryRow};
use crate::db::replay::{self, Difference};
use crate::db::{Db, DbResult, events};
use shared::log::checkpoint::Checkpoint;
use shared::log::entry::Salt;
use shared::log::note::{Note, Verifier};
use shared::log::tree::Edge;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::mpsc::sync_channel;

/// Rows read together.
const PAGE: i64 = 2000;

/// Pages that are read before they are needed.
const AHEAD: usize = 2;

/// The first thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bad {
    /// An event that is not what its leaf says, or is not there.
    Event(i64),
    /// An entry that is not there, or cannot be read.
    Entry(i64),
    /// A checkpoint that cannot be read or whose root is not that of the leaves: one of those since the checkpoint before it
    /// was changed together with its leaf.
    Checkpoint(i64),
    /// A checkpoint that is not signed by the key of the log.
    Signature(i64),
    /// The checkpoint that somebody kept is not of this log: it has been rewritten or cut short.
    Kept(i64),
    /// A row that the events do not give.
    Row(Difference),
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that were checked.
    pub size: u64,
    /// Root over them, hexadecimal.
    pub root: String,
    /// Events behind the last entry: nothing is established about these.
    pub waiting: i64,
    /// Checkpoints that were checked.
    pub checkpoints: usize,
    /// The first thing that is wrong.
    pub first_bad: Option<Bad>,
}

/// What is checked with.
pub struct Trust<'a> {
    /// The log's key, if it is known.
    pub key: Option<&'a Verifier>,
    /// A checkpoint that somebody kept elsewhere.
    pub kept: Option<&'a Note>,
    /// Where the projections may be made anew (a path at which there is no file yet); without it they are not compared.
    pub scratch: Option<&'a Path>,
}

/// Checks everything; stops at the first thing that is wrong. `progress` is told what is done and how many rows are done.
///
/// # Errors
/// [`crate::db::DbError`] if the database cannot be read.
pub fn verify(db: &Db, trust: &Trust<'_>, progress: &dyn Fn(&str, i64)) -> DbResult<Verdict> {
    let mut walk = Walk::new(trust);
    let mut first_bad = walk.all(db, &|done| progress("leaves", done))?;
    let waiting = db.read(events::count)? - i64::try_from(walk.edge.size()).unwrap_or(i64::MAX);
    if let (None, Some(scratch)) = (&first_bad, trust.scratch) {
        let anew = replay::first_difference(db, scratch, &|done| progress("projections", done))?;
        first_bad = anew.map(Bad::Row);
    }
    Ok(Verdict {
        size: walk.edge.size(),
        root: hex::encode(walk.edge.root()),
        waiting,
        checkpoints: walk.checked,
        first_bad,
    })
}

/// Entries from a position on, and the events from the same on.
fn read_page(db: &Db, from: i64) -> DbResult<(Vec<EntryRow>, Vec<events::EventRow>)> {
    db.read(|conn| {
        let entries = rows::entries(conn, from, PAGE)?;
        events::page(conn, from + 1, PAGE).map(|told| (entries, told))
    })
}

/// A walk along the leaves, from checkpoint to checkpoint.
struct Walk<'a> {
    trust: &'a Trust<'a>,
    /// Name of the log: that of the key, of the checkpoint that was kept, or of the first that is met.
    origin: Option<String>,
    kept: Option<Checkpoint>,
    edge: Edge,
    checkpoints: VecDeque<CheckpointRow>,
    checked: usize,
}

impl<'a> Walk<'a> {
    fn new(trust: &'a Trust<'a>) -> Self {
        let origin = trust.key.map(|key| key.name().to_owned());
        Self { trust, origin, kept: None, edge: Edge::default(), checkpoints: VecDeque::new(), checked: 0 }
    }

    fn size(&self) -> i64 {
        i64::try_from(self.edge.size()).unwrap_or(i64::MAX)
    }

    fn all(&mut self, db: &Db, progress: &dyn Fn(i64)) -> DbResult<Option<Bad>> {
        if let Some(note) = self.trust.kept {
            let genuine = self.trust.key.is_none_or(|key| note.verify(key).is_ok());
            match Checkpoint::parse(note.text()) {
                Ok(kept) if genuine && self.is_ours(&kept.origin) => self.kept = Some(kept),
                _ => return Ok(Some(Bad::Kept(0))),
            }
        }
        if let Some(bad) = self.leaves(db, progress)? {
            return Ok(Some(bad));
        }
        self.end(db)
    }

    /// Every leaf; the next page is read while one is hashed.
    fn leaves(&mut self, db: &Db, progress: &dyn Fn(i64)) -> DbResult<Option<Bad>> {
        let mut from = self.size();
        std::thread::scope(|scope| {
            let (send, pages) = sync_channel(AHEAD);
            scope.spawn(move || {
                loop {
                    let page = read_page(db, from);
                    let read = page.as_ref().map_or(0, |(entries, _)| entries.len());
                    from = from.saturating_add(i64::try_from(read).unwrap_or(i64::MAX));
                    // Nobody waits any more where something was wrong.
                    if send.send(page).is_err() || read == 0 {
                        break;
                    }
                }
            });
            for page in pages {
                let (entries, told) = page?;
                let mut told = told.iter();
                for entry in &entries {
                    if let Some(bad) = self.take(db, entry, told.next())? {
                        return Ok(Some(bad));
                    }
                }
                progress(self.size());
            }
            Ok(None)
        })
    }

    /// One leaf: its event, and the checkpoint over it if there is one.
    fn take(&mut self, db: &Db, entry: &EntryRow, event: Option<&events::EventRow>) -> DbResult<Option<Bad>> {
        let position = self.size();
        let read = hex::decode(&entry.salt).ok().and_then(|salt| Salt::try_from(salt).ok());
        let (Some(salt), Some(leaf), true) = (read, hash_of(&entry.leaf), entry.position == position) else {
            return Ok(Some(Bad::Entry(position)));
        };
        let same =
            |row: &&events::EventRow| row.seq == position + 1 && entry_of(row).leaf_hash(&salt) == leaf;
        if event.filter(same).is_none() {
            return Ok(Some(Bad::Event(position + 1)));
        }
        self.edge.append(leaf, |_, _| ());
        if let Some(kept) = self.kept.take_if(|kept| kept.size == self.edge.size())
            && kept.root != self.edge.root()
        {
            return Ok(Some(Bad::Kept(self.size())));
        }
        if self.checkpoints.is_empty() {
            self.checkpoints = db.read(|conn| rows::checkpoints_after(conn, position, PAGE))?.into();
        }
        let here = self.size();
        if self.checkpoints.front().is_none_or(|row| row.size != here) {
            return Ok(None);
        }
        let due = self.checkpoints.pop_front();
        Ok(due.and_then(|row| self.checkpoint(&row)))
    }

    /// Whether this is the name of the log; the first name that is met is.
    fn is_ours(&mut self, origin: &str) -> bool {
        self.origin.get_or_insert_with(|| origin.to_owned()) == origin
    }

    fn checkpoint(&mut self, row: &CheckpointRow) -> Option<Bad> {
        let note = Note::parse(&row.note).ok();
        let read = note.as_ref().and_then(|note| Checkpoint::parse(note.text()).ok());
        let (size, root) = (self.edge.size(), self.edge.root());
        let right = |read: Checkpoint| read.size == size && read.root == root && self.is_ours(&read.origin);
        if !read.is_some_and(right) {
            return Some(Bad::Checkpoint(row.size));
        }
        let signed = note.zip(self.trust.key).is_none_or(|(note, key)| note.verify(key).is_ok());
        if !signed {
            return Some(Bad::Signature(row.size));
        }
        self.checked += 1;
        None
    }

    /// Nothing may be left that speaks of more leaves than there are, and the last leaf stands under a checkpoint.
    fn end(&mut self, db: &Db) -> DbResult<Option<Bad>> {
        if self.kept.as_ref().is_some_and(|kept| kept.size > 0) {
            return Ok(Some(Bad::Kept(self.size())));
        }
        let last = db.read(rows::last)?.map_or(0, |row| row.size);
        let size = self.size();
        Ok(match last.cmp(&size) {
            std::cmp::Ordering::Greater => Some(Bad::Entry(size)),
            std::cmp::Ordering::Less => Some(Bad::Checkpoint(size)),
            std::cmp::Ordering::Equal => None,
        })
    }
}

impl From<&Bad> for serde_json::Value {
    fn from(bad: &Bad) -> Self {
        let (table, row) = match bad {
            Bad::Event(seq) => ("events", seq.to_string()),
            Bad::Entry(position) => ("log_entries", position.to_string()),
            Bad::Checkpoint(size) | Bad::Signature(size) => ("log_checkpoints", size.to_string()),
            Bad::Kept(size) => ("kept_checkpoint", size.to_string()),
            Bad::Row(Difference { table, row }) => (*table, row.clone()),
        };
        let why = match bad {
            Bad::Event(_) => "not what was logged",
            Bad::Entry(_) => "missing or unreadable",
            Bad::Checkpoint(_) => "its root is not that of the entries",
            Bad::Signature(_) => "not signed by the log",
            Bad::Kept(_) => "the log is not the one of the checkpoint that was kept",
            Bad::Row(_) => "not what the events say",
        };
        serde_json::json!({ "table": table, "row": row, "why": why })
    }
}
