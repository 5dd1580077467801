//! The log for people: how far it is, who watches it, one entry with the way to the root, and whether a checkpoint that
//! somebody kept is of it.

use super::publish::{Inclusion, read};
use super::{LogError, Status, Witnesses};
use crate::app::App;
use crate::db::{events, log as rows};
use crate::keys::Purpose;
use shared::log::checkpoint::Checkpoint;
use shared::log::note::{Kind, Note, Verifier};
use shared::log::{Hash, node_hash, proof};
use shared::time::{Date, Instant};
use std::ops::Range;

/// Days whose growth is shown.
const DAYS: u32 = 14;

/// The log as it is now.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Entries, and events that wait.
    pub status: Status,
    /// Entries that are published as files.
    pub published: u64,
    /// How the files stand to the database.
    pub files: Files,
    /// What the newest checkpoint says, and when it was signed, epoch milliseconds.
    pub head: Option<(Checkpoint, i64)>,
    /// Who watches it.
    pub witnesses: Witnesses,
    /// Entries added on each of the last days.
    pub growth: Vec<(Date, i64)>,
}

/// How the files of the log stand to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// They have every entry that has its place.
    Whole,
    /// They follow.
    Behind,
    /// They are not of this database: it was put back from an older copy, or rewritten.
    Other,
}

/// One entry, and its way to the root.
#[derive(Debug, Clone)]
pub struct EntryShown {
    /// Position of the event.
    pub seq: u64,
    /// When, epoch milliseconds.
    pub at: i64,
    /// Kind of the event.
    pub kind: String,
    /// The proof.
    pub inclusion: Inclusion,
    /// The way up.
    pub way: Vec<Joint>,
}

/// Where two hashes are joined on the way up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joint {
    /// The other hash.
    pub other: Hash,
    /// Leaves below it.
    pub range: Range<u64>,
    /// Whether it is on the left.
    pub left: bool,
    /// What both give.
    pub joined: Hash,
}

/// What a checkpoint that somebody kept says about this log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is of this log, which has grown to so many entries since.
    Ours(Checkpoint, u64),
    /// It was signed by this log and is not of it: one of the two has been rewritten or cut short.
    NotContinued(Checkpoint),
    /// The log did not sign it.
    NotSigned,
    /// It is no checkpoint.
    NoCheckpoint,
}

/// The log as it is now.
///
/// # Errors
/// [`LogError`] if it cannot be read.
pub fn overview(app: &App) -> Result<Overview, LogError> {
    let today = app.clock.now().date_in_china();
    let first = today.minus_days(DAYS - 1);
    let from = first.start_in_china().millis();
    let (last, days, mut before) = app.db.read(|conn| {
        let last = rows::last(conn)?;
        let days = rows::growth(conn, from)?;
        rows::size_before(conn, from).map(|before| (last, days, before))
    })?;
    let mut growth = Vec::new();
    for (day, size) in days {
        let date = Instant::from_millis(day.saturating_mul(86_400_000)).date_in_china();
        growth.push((date, size - before));
        before = size;
    }
    let head = last.map(|row| read(&row.note).map(|head| (head, row.at))).transpose()?;
    let (status, witnesses) = (super::status(app)?, super::witnesses(app)?);
    let written = app.tiles.head()?;
    let files = match &written {
        Some(written) => files(app, written, status.size)?,
        None => Files::Behind,
    };
    let published = written.map_or(0, |written| written.size);
    Ok(Overview { status, published, files, head, witnesses, growth })
}

/// Whether what is published is a checkpoint of the database, and the newest one.
fn files(app: &App, written: &Checkpoint, size: i64) -> Result<Files, LogError> {
    let published = i64::try_from(written.size).unwrap_or(i64::MAX);
    let stored = app.db.read(|conn| rows::checkpoint_of(conn, published))?;
    let same = stored.is_some_and(|row| read(&row.note).is_ok_and(|stored| stored == *written));
    Ok(match same {
        false => Files::Other,
        true if published == size => Files::Whole,
        true => Files::Behind,
    })
}

/// One entry with its way to the root.
///
/// # Errors
/// [`LogError::Beyond`] if it is not in the log yet.
pub fn entry(app: &App, seq: u64) -> Result<EntryShown, LogError> {
    let inclusion = super::inclusion(app, seq, None)?;
    let position = i64::try_from(seq).unwrap_or(i64::MAX);
    let row = app.db.read(|conn| events::page(conn, position, 1))?.into_iter().next();
    let row = row.filter(|row| row.seq == position).ok_or(LogError::Beyond(inclusion.size))?;
    let sides = proof::sides(inclusion.index, inclusion.size).unwrap_or_default();
    let (mut way, mut here) = (Vec::new(), inclusion.leaf);
    for ((left, range), other) in sides.into_iter().zip(&inclusion.proof) {
        here = if left { node_hash(other, &here) } else { node_hash(&here, other) };
        way.push(Joint { other: *other, range, left, joined: here });
    }
    Ok(EntryShown { seq, at: row.at, kind: row.kind, inclusion, way })
}

/// What a checkpoint that somebody kept says about this log.
///
/// # Errors
/// [`LogError`] if the log cannot be read.
pub fn kept(app: &App, text: &str) -> Result<Kept, LogError> {
    // A form ends lines as networks do, and people leave blanks around.
    let text = format!("{}\n", text.replace("\r\n", "\n").trim());
    let Ok(note) = Note::parse(&text) else { return Ok(Kept::NoCheckpoint) };
    let Ok(claimed) = Checkpoint::parse(note.text()) else { return Ok(Kept::NoCheckpoint) };
    for (_, key) in app.keys.all_signing(Purpose::Log) {
        let key = Verifier::new(&app.setup.log_origin, Kind::Log, key.verifying_key())?;
        if let Ok(checkpoint) = Checkpoint::of(&note, &key) {
            let published = app.tiles.size()?;
            let ours = checkpoint.size <= published && app.tiles.root(checkpoint.size)? == checkpoint.root;
            return Ok(if ours { Kept::Ours(checkpoint, published) } else { Kept::NotContinued(checkpoint) });
        }
    }
    Ok(if claimed.origin.is_empty() { Kept::NoCheckpoint } else { Kept::NotSigned })
}
