//! The log as files, and proofs from them: whoever has the files needs no server.

use super::{LogError, entry_of, hash_of};
use crate::app::App;
use crate::db::log as rows;
use crate::db::{Db, DbError, events};
use crate::tiles::Leaf;
use shared::log::Hash;
use shared::log::checkpoint::Checkpoint;
use shared::log::entry::Salt;
use shared::log::note::Note;
use shared::log::tile::{Resource, grown};
use std::ops::Range;

/// That an event is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// Place of the leaf, from 0.
    pub index: u64,
    /// Leaves of the tree.
    pub size: u64,
    /// Hash of the leaf.
    pub leaf: Hash,
    /// Hashes on the way to the root.
    pub proof: Vec<Hash>,
    /// Root over the leaves.
    pub root: Hash,
}

/// That a tree only grew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// Leaves of the earlier tree.
    pub from: u64,
    /// Leaves of the later tree.
    pub to: u64,
    /// Root of the earlier tree.
    pub from_root: Hash,
    /// Root of the later tree.
    pub to_root: Hash,
    /// Hashes that prove it.
    pub proof: Vec<Hash>,
}

/// Writes the files for what the log has taken in since they were last written, whichever server took it in.
///
/// # Errors
/// [`LogError::Shrunk`], and [`crate::tiles::TileError::OtherLog`], if the database is not the one from which they were
/// written; then they stay as they are.
pub fn publish(app: &App) -> Result<(), LogError> {
    let Some(last) = app.db.read(rows::last)? else { return Ok(()) };
    let checkpoint = read(&last.note)?;
    let old = app.tiles.size()?;
    if old > checkpoint.size {
        return Err(LogError::Shrunk { database: checkpoint.size, files: old });
    }
    if old < checkpoint.size {
        app.tiles.write(&grown(old, checkpoint.size), |range| leaves(&app.db, &range))?;
        app.tiles.publish(&last.note, &checkpoint, old)?;
    } else if app.tiles.head()?.is_some_and(|head| head.root != checkpoint.root) {
        return Err(crate::tiles::TileError::OtherLog(app.tiles.dir().to_path_buf()).into());
    }
    Ok(())
}

/// Writes files again that are gone or cut short, as at every start. Answers how many.
///
/// # Errors
/// [`LogError`] if they cannot be written.
pub fn mend(app: &App) -> Result<usize, LogError> {
    let missing = app.tiles.missing(app.tiles.size()?);
    app.tiles.write(&missing, |range| leaves(&app.db, &range))?;
    Ok(missing.len())
}

/// The proof that the event of a position is in the log of `size` entries, or of as many as are published.
///
/// # Errors
/// [`LogError::Beyond`] if it is not.
pub fn inclusion(app: &App, seq: u64, size: Option<u64>) -> Result<Inclusion, LogError> {
    let published = app.tiles.size()?;
    let size = size.unwrap_or(published);
    let beyond = || LogError::Beyond(published);
    let index = seq.checked_sub(1).filter(|index| *index < size && size <= published).ok_or_else(beyond)?;
    let position = i64::try_from(index).map_err(|_| beyond())?;
    let entry = app.db.read(|conn| rows::entries(conn, position, 1))?.into_iter().next();
    let leaf = entry.as_ref().and_then(|entry| hash_of(&entry.leaf));
    let leaf = leaf.ok_or_else(|| DbError::corrupt("log", format!("entry {index} is missing")))?;
    let proof = app.tiles.inclusion(index, size)?.ok_or_else(beyond)?;
    Ok(Inclusion { index, size, leaf, proof, root: app.tiles.root(size)? })
}

/// The proof that the log of `to` entries, or of as many as are published, continues that of `from`.
///
/// # Errors
/// [`LogError::Beyond`] if there are not so many, or `from` is nought or beyond `to`.
pub fn consistency(app: &App, from: u64, to: Option<u64>) -> Result<Growth, LogError> {
    let published = app.tiles.size()?;
    let to = to.unwrap_or(published);
    let beyond = || LogError::Beyond(published);
    if to > published {
        return Err(beyond());
    }
    let proof = app.tiles.consistency(from, to)?.ok_or_else(beyond)?;
    Ok(Growth { from, to, from_root: app.tiles.root(from)?, to_root: app.tiles.root(to)?, proof })
}

/// The leaves of a range, from the events and their salts.
pub(super) fn leaves(db: &Db, range: &Range<u64>) -> Result<Vec<Leaf>, LogError> {
    let from = i64::try_from(range.start).unwrap_or(i64::MAX);
    let count = i64::try_from(range.end.saturating_sub(range.start)).unwrap_or(i64::MAX);
    let (entries, told) = db.read(|conn| {
        let entries = rows::entries(conn, from, count)?;
        events::page(conn, from + 1, count).map(|told| (entries, told))
    })?;
    let mut found = Vec::with_capacity(entries.len());
    for ((position, entry), event) in (from..).zip(&entries).zip(&told) {
        let salt = hex::decode(&entry.salt).ok().and_then(|salt| Salt::try_from(salt).ok());
        let leaf = salt.zip(hash_of(&entry.leaf)).filter(|_| entry.position == position);
        let (salt, hash) =
            leaf.ok_or_else(|| DbError::corrupt("log", format!("entry {position} is missing")))?;
        let text = entry_of(event).leaf(&salt);
        if event.seq != position + 1 || shared::log::leaf_hash(text.as_bytes()) != hash {
            return Err(
                DbError::corrupt("log", format!("event {} is not what was logged", position + 1)).into()
            );
        }
        found.push(Leaf { hash, entry: text });
    }
    if i64::try_from(found.len()).ok() == Some(count) {
        Ok(found)
    } else {
        Err(DbError::corrupt("log", format!("entries from {from} on are missing")).into())
    }
}

/// What a checkpoint of our own says.
pub(super) fn read(note: &str) -> Result<Checkpoint, LogError> {
    let read = Note::parse(note).ok().and_then(|note| Checkpoint::parse(note.text()).ok());
    Ok(read.ok_or_else(|| DbError::corrupt("checkpoint", "it cannot be read"))?)
}

/// The newest checkpoint that was published, with what witnesses have signed of it; `None` before the first.
///
/// # Errors
/// [`LogError`] if it cannot be read.
pub fn published(app: &App) -> Result<Option<String>, LogError> {
    let (Some(note), Some(head)) = (app.tiles.checkpoint()?, app.tiles.head()?) else { return Ok(None) };
    let size = i64::try_from(head.size).unwrap_or(i64::MAX);
    Ok(Some(app.db.read(|conn| super::witnesses::with_cosignatures(conn, size, note))?))
}

/// The bytes of a file of the log, if it is one of what was published.
///
/// # Errors
/// [`LogError`] if it cannot be read.
pub fn file(app: &App, resource: Resource) -> Result<Option<Vec<u8>>, LogError> {
    Ok(match resource {
        Resource::Hashes(tile) => app.tiles.hashes(tile)?.map(|hashes| hashes.as_flattened().to_vec()),
        Resource::Entries(tile) => app.tiles.bundle(tile)?,
    })
}
