//! The kiosk as a witness of the server's log: it signs a checkpoint only if that continues the last one it saw.

use crate::identity::Enrolment;
use crate::journal::Seen;
use shared::log::checkpoint::{Checkpoint, CheckpointError};
use shared::log::note::Note;
use shared::wire::v1::log::{LogAnswer, read};

/// What is to be done with an answer of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// Nothing: the checkpoint is known and the signature delivered, or there is no log yet.
    Nothing,
    /// Deliver the signature that is there already.
    Deliver,
    /// Sign the note and remember it.
    Sign(Checkpoint, Note),
    /// Refuse, and tell people.
    Refuse(Refused),
}

/// A log that is not the one that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Stable code: `shrunk`, `forked`, `unsigned`.
    pub code: &'static str,
    /// Entries of the last checkpoint that was right.
    pub seen: u64,
    /// Entries of the one that is refused.
    pub now: u64,
}

/// Judges what the server says its log is, by what this kiosk remembers and the keys that it was given.
#[must_use]
pub fn judge(enrolment: &Enrolment, seen: Option<&Seen>, answer: &LogAnswer) -> Judged {
    let size = seen.map_or(0, |seen| seen.head.size);
    let refuse = |code, now| Judged::Refuse(Refused { code, seen: size, now });
    let Some(text) = &answer.checkpoint else {
        return if size == 0 { Judged::Nothing } else { refuse("shrunk", 0) };
    };
    let Ok(note) = Note::parse(text) else { return refuse("unsigned", 0) };
    let claimed = Checkpoint::parse(note.text());
    let now = claimed.as_ref().map_or(0, |claimed| claimed.size);
    let origin = claimed.map(|claimed| claimed.origin).unwrap_or_default();
    let ours = seen.is_none_or(|seen| seen.origin == origin);
    let keys = enrolment.log_keys(&origin);
    let Some(checkpoint) = keys.iter().filter(|_| ours).find_map(|key| Checkpoint::of(&note, key).ok())
    else {
        return refuse("unsigned", now);
    };
    let proof = read(&answer.proof).unwrap_or_default();
    match (checkpoint.follow(seen.map(|seen| seen.head), &proof), seen) {
        (Err(CheckpointError::Shrunk { .. }), _) => refuse("shrunk", now),
        (Err(_), _) => refuse("forked", now),
        (Ok(head), Some(seen)) if head == seen.head && seen.delivered => Judged::Nothing,
        (Ok(head), Some(seen)) if head == seen.head => Judged::Deliver,
        (Ok(_), _) => Judged::Sign(checkpoint, note),
    }
}
