//! An exam day of the log as static files, for a USB stick: checked without this server and without its database.

use super::{LogError, witnesses};
use crate::app::App;
use crate::app::events_page::is_kept_back;
use crate::db::{events, log as rows};
use serde::{Deserialize, Serialize};
use shared::log::checkpoint::Checkpoint;
use shared::log::tile::{Tile, WIDTH, grown};
use shared::time::Date;
use shared::wire::logged::Logged;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The script that checks an export, of Python's standard library alone.
pub const SCRIPT: &str = include_str!("../../../../docs/log_check.py");

/// Names of the files beside the tiles.
pub const EVENTS: &str = "events.jsonl";
/// The keys: the log's own in the first line, then a witness a line.
pub const KEYS: &str = "keys.txt";
/// What is in the directory.
pub const CONTENTS: &str = "contents.json";

/// What an export holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    /// Day in China, `YYYY-MM-DD`.
    pub day: String,
    /// Entries of the checkpoint.
    pub size: u64,
    /// Events of the day that are there.
    pub events: usize,
    /// Positions of those that are kept back, because they hold hashes of passwords or codes: their leaves are there.
    pub kept_back: Vec<u64>,
}

/// Why a day cannot be exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// There is no checkpoint yet.
    #[error("the log has no checkpoint yet")]
    NoLog,
    /// Some of the day's events have no place yet.
    #[error("event {0} of this day has no place in the log yet: try again in a few seconds")]
    Waiting(i64),
    /// The directory is there and not empty.
    #[error("{0} is not empty")]
    NotEmpty(PathBuf),
    /// A file.
    #[error("{0} cannot be written: {1}")]
    Io(PathBuf, std::io::Error),
}

impl From<crate::db::DbError> for ExportError {
    fn from(error: crate::db::DbError) -> Self {
        Self::Log(error.into())
    }
}

impl From<crate::tiles::TileError> for ExportError {
    fn from(error: crate::tiles::TileError) -> Self {
        Self::Log(error.into())
    }
}

/// Writes the events of a day, the newest checkpoint that witnesses have signed and that holds them (or else the newest of
/// all), the keys, and the tiles that prove it, into an empty or new directory.
///
/// # Errors
/// [`ExportError`] says what stands against it.
pub fn export(app: &App, day: Date, out: &Path) -> Result<Contents, ExportError> {
    if std::fs::read_dir(out).is_ok_and(|mut files| files.next().is_some()) {
        return Err(ExportError::NotEmpty(out.to_owned()));
    }
    let span = (day.start_in_china().millis(), day.plus_days(1).start_in_china().millis());
    let told = app.db.read(|conn| events::of_span(conn, span))?;
    let (first, last) = (told.first().map_or(0, |row| row.seq), told.last().map_or(0, |row| row.seq));
    let (checkpoint, note) = newest(app, last)?;
    let files = Files { out };
    let (mut lines, mut kept_back) = (String::new(), Vec::new());
    for row in &told {
        if is_kept_back(&row.body) {
            kept_back.push(row.seq.unsigned_abs());
            continue;
        }
        let logged = logged(app, row)?;
        lines.push_str(&serde_json::to_string(&logged).unwrap_or_default());
        lines.push('\n');
    }
    for tile in grown(0, checkpoint.size) {
        files.tile(app, tile, (first, last))?;
    }
    let contents = Contents {
        day: day.to_string(),
        size: checkpoint.size,
        events: told.len() - kept_back.len(),
        kept_back,
    };
    files.put(EVENTS, lines.as_bytes())?;
    files.put(KEYS, keys(app)?.as_bytes())?;
    files.put("log_check.py", SCRIPT.as_bytes())?;
    files.put("README.txt", README.as_bytes())?;
    let text = serde_json::to_string_pretty(&contents).unwrap_or_default();
    files.put(CONTENTS, format!("{text}\n").as_bytes())?;
    files.put(crate::tiles::CHECKPOINT, note.as_bytes())?;
    Ok(contents)
}

const README: &str = "存证日志的一天 / A day of the log\n\n\
    校验（只需 Python 3，不需要联网）：\nTo check it (Python 3 alone, no network):\n\n    python3 log_check.py .\n\n\
    请用您以前另行保存的检查点核对：\nCompare it with a checkpoint that you kept elsewhere:\n\n    \
    python3 log_check.py . --checkpoint FILE\n";

/// The keys of the log and of its witnesses, a line each.
///
/// # Errors
/// [`LogError`] if they cannot be read.
pub fn keys(app: &App) -> Result<String, LogError> {
    let witnesses = witnesses(app)?.kiosks.into_iter().filter_map(|kiosk| kiosk.key);
    let keys = std::iter::once(super::key(app)?.to_string()).chain(witnesses);
    Ok(keys.map(|key| format!("{key}\n")).collect())
}

/// The checkpoint that holds the event `last`: the newest that a witness has signed, or else the newest.
///
/// # Errors
/// [`ExportError::NoLog`], [`ExportError::Waiting`].
pub fn newest(app: &App, last: i64) -> Result<(Checkpoint, String), ExportError> {
    let head = app.tiles.head()?.ok_or(ExportError::NoLog)?;
    let size = i64::try_from(head.size).unwrap_or(i64::MAX);
    if size < last {
        return Err(ExportError::Waiting(last));
    }
    app.db.read(|conn| {
        let signed = rows::last_cosigned(conn, size)?.filter(|signed| *signed >= last);
        let row = rows::checkpoint_of(conn, signed.unwrap_or(size))?.ok_or(ExportError::NoLog)?;
        let checkpoint = super::publish::read(&row.note)?;
        Ok((checkpoint, super::witnesses::with_cosignatures(conn, row.size, row.note)?))
    })
}

/// An event with its salt.
///
/// # Errors
/// [`LogError`] if it has no entry.
pub fn logged(app: &App, row: &events::EventRow) -> Result<Logged, LogError> {
    let entry = app.db.read(|conn| rows::entries(conn, row.seq - 1, 1))?.into_iter().next();
    let entry = entry.filter(|entry| entry.position == row.seq - 1);
    let missing = || crate::db::DbError::corrupt("log", format!("entry {} is missing", row.seq - 1));
    Ok(Logged {
        seq: row.seq.unsigned_abs(),
        at: row.at,
        actor: row.actor.clone(),
        kind: row.kind.clone(),
        rule_set: row.rule_set.clone(),
        body: row.body.clone(),
        salt: entry.ok_or_else(missing)?.salt,
        proof: Vec::new(),
    })
}

struct Files<'a> {
    out: &'a Path,
}

impl Files<'_> {
    /// Every tile above the leaves; of the leaves those of the day, and the last ones, without which there is no root.
    fn tile(&self, app: &App, tile: Tile, (first, last): (i64, i64)) -> Result<(), ExportError> {
        let begins = tile.index * WIDTH;
        let of_day = first > 0
            && begins < last.unsigned_abs()
            && first.unsigned_abs() <= begins + u64::from(tile.width);
        if tile.level == 0 && !of_day && u64::from(tile.width) == WIDTH {
            return Ok(());
        }
        let gone = || ExportError::Io(app.tiles.dir().join(tile.path()), std::io::ErrorKind::NotFound.into());
        let hashes = app.tiles.hashes(tile)?.ok_or_else(gone)?;
        self.put(&tile.path(), hashes.as_flattened())?;
        if tile.level == 0 && of_day {
            self.put(&tile.entries_path(), &app.tiles.bundle(tile)?.ok_or_else(gone)?)?;
        }
        Ok(())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let path = self.out.join(name);
        let written =
            path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|e| ExportError::Io(path, e))
    }
}
