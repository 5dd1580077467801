//! Checks an exported day: nothing but its files, and a key and a checkpoint that somebody kept, is looked at.

use super::export::{CONTENTS, Contents, EVENTS, KEYS};
use crate::tiles::{CHECKPOINT, TileError, Tiles};
use serde::Serialize;
use shared::log::checkpoint::Checkpoint;
use shared::log::note::{Note, Verifier};
use shared::log::proof::includes;
use shared::log::tile::{self, Tile, WIDTH};
use shared::log::{Hash, proof};
use shared::time::Date;
use shared::wire::logged::{Leaf, Logged};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use thiserror::Error;

/// What is checked with.
#[derive(Default)]
pub struct Trust<'a> {
    /// The key of the log; without it the one beside the files is taken, and that is said.
    pub key: Option<&'a Verifier>,
    /// A checkpoint that somebody kept elsewhere.
    pub kept: Option<&'a Note>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `intact` or `broken`.
    pub verdict: &'static str,
    /// Day.
    pub day: String,
    /// Entries of the checkpoint.
    pub size: u64,
    /// Root of the checkpoint, hexadecimal.
    pub root: String,
    /// Events that were compared with their leaves.
    pub events: usize,
    /// Events of which the leaf alone is there.
    pub kept_back: usize,
    /// Witnesses that signed the checkpoint.
    pub witnesses: Vec<String>,
    /// What is wrong; none if nothing is.
    pub wrong: Option<String>,
    /// What is not established.
    pub not_established: Vec<&'static str>,
}

/// Why the files say nothing.
#[derive(Debug, Error)]
pub enum Wrong {
    /// A file that cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, String),
    /// The checkpoint is not signed by the log.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] shared::log::checkpoint::CheckpointError),
    /// A tile.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// A tile that does not lead to the root.
    #[error("the leaves from {0} on are not those of the checkpoint")]
    Leaves(u64),
    /// An event that is not its leaf.
    #[error("event {0} is not the one that was logged")]
    Event(u64),
    /// A leaf of the day without its event.
    #[error("event {0} of the day is left out")]
    LeftOut(u64),
    /// The checkpoint that was kept is not of this log.
    #[error("the log is not the one of the checkpoint that was kept")]
    Kept,
}

/// Checks the files of a directory.
#[must_use]
pub fn check(dir: &Path, trust: &Trust<'_>) -> Report {
    let mut report = Report {
        verdict: "intact",
        day: String::new(),
        size: 0,
        root: String::new(),
        events: 0,
        kept_back: 0,
        witnesses: Vec::new(),
        wrong: None,
        not_established: vec!["that the events say what happened"],
    };
    if trust.key.is_none() {
        report.not_established.push("that the key beside the files is that of the log: give --key");
    }
    if trust.kept.is_none() {
        report
            .not_established
            .push("that the log was not made anew: give a --checkpoint that was kept elsewhere");
    }
    if let Err(wrong) = look(dir, trust, &mut report) {
        (report.verdict, report.wrong) = ("broken", Some(wrong.to_string()));
    }
    report
}

fn look(dir: &Path, trust: &Trust<'_>, report: &mut Report) -> Result<(), Wrong> {
    let contents: Contents =
        serde_json::from_str(&text(dir, CONTENTS)?).map_err(|e| unreadable(CONTENTS, &e))?;
    report.day.clone_from(&contents.day);
    let keys: Vec<Verifier> = text(dir, KEYS)?
        .lines()
        .map(Verifier::parse)
        .collect::<Result<_, _>>()
        .map_err(|e| unreadable(KEYS, &e))?;
    let log = trust.key.or_else(|| keys.first()).ok_or_else(|| unreadable(KEYS, &"there is no key"))?;
    let note = Note::parse(&text(dir, CHECKPOINT)?).map_err(|e| unreadable(CHECKPOINT, &e))?;
    let checkpoint = Checkpoint::of(&note, log)?;
    (report.size, report.root) = (checkpoint.size, hex::encode(checkpoint.root));
    let seen = keys.iter().skip(1).filter_map(|key| note.verify(key).ok());
    report.witnesses = seen.map(|seen| seen.name).collect();
    let tiles = Tiles::unsynced(dir);
    if tiles.root(checkpoint.size)? != checkpoint.root {
        return Err(Wrong::Leaves(0));
    }
    if let Some(kept) = trust.kept
        && !continues(&tiles, kept, log, &checkpoint)?
    {
        report.not_established.push("the checkpoint that was kept: its leaves are not in these files");
    }
    let told = told(dir)?;
    (report.events, report.kept_back) = (told.len(), contents.kept_back.len());
    all_of(&tiles, &checkpoint, &contents, &told)
}

/// The checkpoint that was kept is the beginning of this log. False if the files do not reach so far.
fn continues(tiles: &Tiles, kept: &Note, log: &Verifier, checkpoint: &Checkpoint) -> Result<bool, Wrong> {
    let kept = Checkpoint::of(kept, log).map_err(|_| Wrong::Kept)?;
    let found = match tiles.consistency(kept.size, checkpoint.size) {
        Err(TileError::Damaged(path)) if !path.exists() => return Ok(false),
        found => found?.unwrap_or_default(),
    };
    let (size, now) = (kept.size, checkpoint.size);
    let same = size == 0 || proof::is_consistent(size, now, &found, &kept.root, &checkpoint.root);
    if same { Ok(true) } else { Err(Wrong::Kept) }
}

/// The events, by position.
fn told(dir: &Path) -> Result<BTreeMap<u64, Logged>, Wrong> {
    let read = |line: &str| serde_json::from_str::<Logged>(line).map(|event| (event.seq, event));
    text(dir, EVENTS)?.lines().map(read).collect::<Result<_, _>>().map_err(|e| unreadable(EVENTS, &e))
}

/// Every event is its leaf, and every leaf of the day has its event or is kept back.
fn all_of(
    tiles: &Tiles,
    checkpoint: &Checkpoint,
    contents: &Contents,
    told: &BTreeMap<u64, Logged>,
) -> Result<(), Wrong> {
    let day = Date::parse(&contents.day).map_err(|e| unreadable(CONTENTS, &e))?;
    let span = day.start_in_china().millis()..day.plus_days(1).start_in_china().millis();
    let kept_back: BTreeSet<u64> = contents.kept_back.iter().copied().collect();
    let positions = told.keys().chain(&kept_back).filter(|seq| **seq > 0);
    let wanted: BTreeSet<u64> = positions.map(|seq| (seq - 1) / WIDTH).collect();
    for index in wanted {
        let leaves = leaves(tiles, checkpoint, index)?;
        for (seq, leaf) in (index * WIDTH + 1..).zip(&leaves) {
            match told.get(&seq) {
                Some(event) if event.leaf_hash() == Some(leaf.hash) => {}
                Some(_) => return Err(Wrong::Event(seq)),
                None if span.contains(&leaf.at) && !kept_back.contains(&seq) => {
                    return Err(Wrong::LeftOut(seq));
                }
                None => {}
            }
        }
    }
    match told.keys().find(|seq| **seq == 0 || **seq > checkpoint.size) {
        Some(seq) => Err(Wrong::Event(*seq)),
        None => Ok(()),
    }
}

/// The leaves of a tile of level 0. The proof of its first one is made of all the others: if it holds, all are right.
fn leaves(tiles: &Tiles, checkpoint: &Checkpoint, index: u64) -> Result<Vec<Leaf>, Wrong> {
    let first = index * WIDTH;
    let wrong = || Wrong::Leaves(first + 1);
    let width = checkpoint.size.checked_sub(first).filter(|left| *left > 0).ok_or_else(wrong)?.min(WIDTH);
    let tile = Tile { level: 0, index, width: u16::try_from(width).map_err(|_| wrong())? };
    let hashes: Vec<Hash> = tiles.hashes(tile)?.ok_or_else(wrong)?;
    let bundle = tiles.bundle(tile)?.ok_or_else(wrong)?;
    let found = tiles.inclusion(first, checkpoint.size)?.ok_or_else(wrong)?;
    let leaf = hashes.first().ok_or_else(wrong)?;
    if !includes(first, checkpoint.size, leaf, &found, &checkpoint.root) {
        return Err(wrong());
    }
    let read =
        tile::entries(&bundle).and_then(|all| all.into_iter().map(Leaf::parse).collect::<Option<Vec<_>>>());
    let leaves = read.ok_or_else(wrong)?;
    let same =
        leaves.len() == hashes.len() && leaves.iter().zip(&hashes).all(|(leaf, hash)| leaf.hash == *hash);
    if same { Ok(leaves) } else { Err(wrong()) }
}

fn text(dir: &Path, name: &str) -> Result<String, Wrong> {
    std::fs::read_to_string(dir.join(name)).map_err(|e| unreadable(name, &e))
}

fn unreadable(name: &str, why: &dyn std::fmt::Display) -> Wrong {
    Wrong::Unreadable(name.to_owned(), why.to_string())
}
