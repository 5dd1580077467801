//! The log over the events: a Merkle tree (RFC 6962) that grows behind them, and a signed checkpoint for every batch.
//!
//! No write waits for it. What the tree has not taken in yet is known: every event behind the last checkpoint.

pub mod explore;
pub mod export;
pub mod offline;
mod publish;
pub mod verify;
mod witnesses;

pub use publish::{Growth, Inclusion, consistency, file, inclusion, mend, publish, published};
pub use witnesses::{Cosigner, Refusal, Witnesses, cosign, for_witness, witnesses};

use super::App;
use crate::db::log::{self as rows, CheckpointRow, EntryRow};
use crate::db::{DbError, events};
use crate::entropy::{NoEntropy, random};
use crate::keys::Purpose;
use crate::tiles::TileError;
use shared::log::Hash;
use shared::log::checkpoint::Checkpoint;
use shared::log::entry::{Entry, Salt};
use shared::log::note::{Kind, Note, NoteError, Verifier};
use shared::log::tree::Edge;
use thiserror::Error;

/// Events of a batch at most.
const BATCH: i64 = 2000;

/// Whether a step has left something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrated {
    /// Everything that was there has its place.
    All,
    /// There may be more.
    More,
}

/// How far the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Entries of the last checkpoint.
    pub size: i64,
    /// Events that have no place yet.
    pub waiting: i64,
}

/// Why the log cannot be continued.
#[derive(Debug, Error)]
pub enum LogError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// A checkpoint cannot be written.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The files of the log.
    #[error(transparent)]
    Tiles(#[from] TileError),
    /// The database has fewer entries than the files.
    #[error(
        "the database has {database} entries of the log, {files} were published: it was put back from an older copy, or \
         cut short"
    )]
    Shrunk {
        /// Entries of the database.
        database: u64,
        /// Entries of the files.
        files: u64,
    },
    /// What a witness sent is not its signature over a checkpoint of this log.
    #[error("this is no checkpoint of this log with your signature")]
    NotCosigned,
    /// The kiosk is not known any more.
    #[error("this kiosk is not enrolled")]
    KioskUnknown,
    /// More was asked for than the log has.
    #[error("the log has {0} entries so far")]
    Beyond(u64),
}

crate::refusal!(LogError {
    Self::Beyond(_) => "log-beyond",
    Self::NotCosigned => "cosignature-invalid",
    Self::KioskUnknown => "kiosk-unknown",
    Self::Db(_) | Self::Entropy(_) | Self::Note(_) | Self::Tiles(_) | Self::Shrunk { .. } => "unavailable",
});

/// Takes a batch of events into the tree and signs the checkpoint over it.
///
/// # Errors
/// [`LogError`]; nothing is added then.
pub fn integrate(app: &App) -> Result<Integrated, LogError> {
    let (last, batch) = app.db.read(|conn| {
        let last = rows::last(conn)?;
        let size = last.as_ref().map_or(0, |row| row.size);
        events::page(conn, size + 1, BATCH).map(|batch| (last, batch))
    })?;
    if batch.is_empty() {
        return Ok(Integrated::All);
    }
    let mut edge = last.as_ref().map_or_else(|| Ok(Edge::default()), resume)?;
    let size = last.map_or(0, |row| row.size);
    let mut entries = Vec::with_capacity(batch.len());
    for (position, row) in (size..).zip(&batch) {
        if row.seq != position + 1 {
            return Err(DbError::corrupt("log", format!("event {} is missing", position + 1)).into());
        }
        let salt: Salt = random()?;
        let leaf = entry_of(row).leaf_hash(&salt);
        edge.append(leaf, |_, _| ());
        entries.push(EntryRow { position, salt: hex::encode(salt), leaf: hex::encode(leaf) });
    }
    let checkpoint = sign(app, &edge)?;
    let full = batch.len() == usize::try_from(BATCH).unwrap_or(usize::MAX);
    // Another server on the same database may have been first: then its checkpoint is there, and ours is thrown away.
    let first = app.db.write(move |conn| rows::append(conn, size, &entries, &checkpoint))?;
    Ok(if full || !first { Integrated::More } else { Integrated::All })
}

/// How far the log is.
///
/// # Errors
/// [`LogError`] if it cannot be read.
pub fn status(app: &App) -> Result<Status, LogError> {
    Ok(app.db.read(|conn| {
        let size = rows::last(conn)?.map_or(0, |row| row.size);
        events::newest(conn).map(|newest| Status { size, waiting: newest - size })
    })?)
}

/// The last checkpoint as it is passed on; `None` before the first.
///
/// # Errors
/// [`LogError`] if it cannot be read.
pub fn checkpoint(app: &App) -> Result<Option<String>, LogError> {
    Ok(app.db.read(rows::last)?.map(|row| row.note))
}

/// What the last checkpoint says; `None` before the first.
///
/// # Errors
/// [`LogError`] if it cannot be read.
pub fn signed(app: &App) -> Result<Option<Checkpoint>, LogError> {
    checkpoint(app)?.as_deref().map(publish::read).transpose()
}

/// The key under which the log signs now, to be passed on.
///
/// # Errors
/// [`LogError`], never with our name.
pub fn key(app: &App) -> Result<Verifier, LogError> {
    Ok(Verifier::new(&app.setup.log_origin, Kind::Log, app.keys.signing(Purpose::Log).verifying_key())?)
}

/// An event as the log sees it.
fn entry_of(row: &events::EventRow) -> Entry<'_> {
    Entry {
        seq: row.seq.unsigned_abs(),
        at: row.at,
        kind: &row.kind,
        actor: &row.actor,
        rule_set: row.rule_set.as_deref(),
        body: &row.body,
    }
}

/// A hash from its digits.
fn hash_of(digits: &str) -> Option<Hash> {
    hex::decode(digits).ok().and_then(|bytes| Hash::try_from(bytes).ok())
}

fn resume(row: &CheckpointRow) -> Result<Edge, DbError> {
    let corrupt = || DbError::corrupt("checkpoint", "its peaks are not those of its size");
    let mut peaks = row.peaks.split_whitespace().map(hash_of);
    let edge = Edge::resume(row.size.unsigned_abs(), |_| peaks.next().flatten().ok_or_else(corrupt))?;
    if peaks.next().is_some() { Err(corrupt()) } else { Ok(edge) }
}

fn sign(app: &App, edge: &Edge) -> Result<CheckpointRow, LogError> {
    let checkpoint =
        Checkpoint { origin: app.setup.log_origin.clone(), size: edge.size(), root: edge.root() };
    let mut note = Note::new(checkpoint.text())?;
    note.sign(&key(app)?, &app.keys.signing(Purpose::Log));
    let peaks: Vec<String> = edge.peaks().iter().map(hex::encode).collect();
    Ok(CheckpointRow {
        size: i64::try_from(edge.size()).unwrap_or(i64::MAX),
        at: app.clock.now().millis(),
        peaks: peaks.join(" "),
        note: note.to_string(),
    })
}
