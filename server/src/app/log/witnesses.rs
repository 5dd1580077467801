//! Kiosks are witnesses of the log: each signs a checkpoint only if it continues the last one it saw.

use super::LogError;
use super::publish::read;
use crate::app::App;
use crate::db::kiosks::{self, KioskRow};
use crate::db::log::{self as rows, CosignatureRow};
use crate::db::{Conn, DbError, DbResult};
use shared::log::checkpoint::Checkpoint;
use shared::log::note::{Kind, Note, Verifier};
use shared::wire::v1::journal::{JournalEntry, KioskFact};
use shared::wire::v1::log::{LogAnswer, written};

/// Refusals that are shown.
const REFUSALS: i64 = 20;

/// A kiosk as a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigner {
    /// The kiosk.
    pub kiosk: String,
    /// Its key (`name+id+key`); none before it enrolled.
    pub key: Option<String>,
    /// Entries of the last checkpoint that it signed, and when that came, epoch milliseconds.
    pub last: Option<(i64, i64)>,
    /// Shut out.
    pub revoked: bool,
}

/// A log that a kiosk refused, as its journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The kiosk.
    pub kiosk: String,
    /// When, epoch milliseconds by its clock.
    pub at: i64,
    /// Stable code: `shrunk`, `forked`, `unsigned`.
    pub code: String,
    /// Entries that it had seen.
    pub seen: u64,
    /// Entries of what it was shown.
    pub now: u64,
}

/// Who watches the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnesses {
    /// Every kiosk that is enrolled.
    pub kiosks: Vec<Cosigner>,
    /// The newest checkpoint that a kiosk signed, with all signatures.
    pub cosigned: Option<String>,
    /// Refusals, the newest first.
    pub refusals: Vec<Refusal>,
}

/// What a witness is shown that saw a log of `seen` entries: what is published, unless the database has fewer entries
/// than that; then what it has.
///
/// # Errors
/// [`LogError`] if it cannot be read.
pub fn for_witness(app: &App, seen: u64) -> Result<LogAnswer, LogError> {
    let none = LogAnswer { checkpoint: None, proof: Vec::new() };
    let Some(last) = app.db.read(rows::last)? else { return Ok(none) };
    let Some(head) = app.tiles.head()? else { return Ok(none) };
    let stored = read(&last.note)?;
    let (note, size) = if head.size <= stored.size {
        (app.tiles.checkpoint()?, head.size)
    } else {
        (Some(last.note), stored.size)
    };
    let proof = app.tiles.consistency(seen, size)?.unwrap_or_default();
    Ok(LogAnswer { checkpoint: note, proof: written(&proof) })
}

/// Keeps the signature of a witness over a checkpoint of this log.
///
/// # Errors
/// [`LogError::NotCosigned`] if it is none; [`LogError::KioskUnknown`].
pub fn cosign(app: &App, kiosk: &str, text: &str) -> Result<(), LogError> {
    let note = Note::parse(text).map_err(|_| LogError::NotCosigned)?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|_| LogError::NotCosigned)?;
    let (kiosk, at) = (kiosk.to_owned(), app.clock.now().millis());
    app.db.write(move |conn| {
        let known = kiosks::find(conn, &kiosk)?.filter(|k| !k.revoked).ok_or(LogError::KioskUnknown)?;
        let verifier = verifier(&known).ok_or(LogError::KioskUnknown)?;
        let size = i64::try_from(checkpoint.size).map_err(|_| LogError::NotCosigned)?;
        let ours = rows::checkpoint_of(conn, size)?.ok_or(LogError::NotCosigned)?;
        let same = Note::parse(&ours.note).is_ok_and(|ours| ours.text() == note.text());
        let line = note.line_of(&verifier).filter(|_| same && note.verify(&verifier).is_ok());
        let line = line.ok_or(LogError::NotCosigned)?;
        Ok(rows::cosigned(conn, &CosignatureRow { size, kiosk, at, line })?)
    })
}

/// Who watches the log, and what they say.
///
/// # Errors
/// [`LogError`] if it cannot be read.
pub fn witnesses(app: &App) -> Result<Witnesses, LogError> {
    app.db.read(|conn| {
        let last = rows::last_of_each(conn)?;
        let enrolled = kiosks::all(conn)?.into_iter().filter(|kiosk| kiosk.public_key.is_some());
        let kiosks = enrolled.map(|kiosk| {
            let signed = last.iter().find(|row| row.kiosk == kiosk.id);
            Cosigner {
                key: verifier(&kiosk).map(|key| key.to_string()),
                last: signed.map(|row| (row.size, row.at)),
                revoked: kiosk.revoked,
                kiosk: kiosk.id,
            }
        });
        let kiosks = kiosks.collect();
        let size = rows::last_cosigned(conn, i64::MAX)?;
        let row = size.map(|size| rows::checkpoint_of(conn, size)).transpose()?.flatten();
        let cosigned = row.map(|row| with_cosignatures(conn, row.size, row.note)).transpose()?;
        let refusals = rows::refusals(conn, REFUSALS)?.into_iter().map(refusal).collect::<DbResult<_>>()?;
        Ok(Witnesses { kiosks, cosigned, refusals })
    })
}

/// A checkpoint with the signatures of the witnesses behind the log's own.
pub(super) fn with_cosignatures(conn: &mut Conn, size: i64, note: String) -> DbResult<String> {
    let lines = rows::cosignatures_of(conn, size)?;
    Ok(lines.iter().fold(note, |note, row| format!("{note}{}\n", row.line)))
}

/// The key of a kiosk as a witness.
pub(super) fn verifier(kiosk: &KioskRow) -> Option<Verifier> {
    Verifier::new(&kiosk.id, Kind::Witness, kiosk.verifying_key()?).ok()
}

fn refusal((kiosk, at, body): (String, i64, String)) -> DbResult<Refusal> {
    let entry: JournalEntry = serde_json::from_str(&body).map_err(|e| DbError::corrupt("journal", e))?;
    match entry.fact {
        KioskFact::LogRefused { code, seen, now } => Ok(Refusal { kiosk, at, code, seen, now }),
        _ => Err(DbError::corrupt("journal", "another entry was looked for")),
    }
}
