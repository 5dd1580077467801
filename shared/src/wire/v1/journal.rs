//! The kiosk's journal: facts in a gapless, hash-chained row.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// `prev` of the first entry: 32 zero bytes in hexadecimal.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Entries sent in one request at most.
pub const MAX_BATCH: usize = 500;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalEntry {
    /// Position from 1, without gaps.
    pub seq: u64,
    /// Kiosk's clock when the fact was written, epoch milliseconds.
    pub at: i64,
    /// Server's clock minus kiosk's as last measured, milliseconds.
    pub offset_ms: i64,
    /// Hash of the entry before, hexadecimal; [`GENESIS`] for the first.
    pub prev: String,
    /// [`entry_hash`] of this entry, hexadecimal.
    pub hash: String,
    /// What happened.
    pub fact: KioskFact,
}

/// What happened at a kiosk. Everything of it is a fact that cannot be refused afterwards; what the server cannot
/// apply becomes a dead letter with a duty for a person, it is never dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum KioskFact {
    /// A candidate was found in the roster and checked in.
    CheckedIn {
        /// Session id.
        session: String,
        /// Ticket number.
        ticket: String,
        /// How the person identified himself.
        by: CheckInBy,
    },
    /// Somebody tried to check in and was not let through.
    CheckInRefused {
        /// Ticket number, where the person was found in the roster.
        ticket: Option<String>,
        /// Stable code: `not_on_roster`, `too_early`, `too_late`, `already_checked_in`, `different_person`.
        code: String,
    },
    /// A photograph was taken.
    Photographed {
        /// Ticket number.
        ticket: String,
        /// SHA-256 of the JPEG, hexadecimal; sent by `PUT /api/v1/kiosk/blobs/{sha256}`.
        blob: String,
    },
    /// A member of staff compared photograph, card and registered portrait.
    Compared {
        /// Ticket number.
        ticket: String,
        /// What the member of staff saw.
        verdict: CompareVerdict,
        /// Login of the member of staff.
        staff: String,
    },
    /// The candidate got a number in the queue.
    Queued {
        /// Ticket number.
        ticket: String,
        /// Queue number, never used twice on a day.
        number: u32,
        /// Where he queues, `KIND:CODE` as [`crate::queue::PlaceCode`]; `None` in older journals: the room of his seat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<String>,
    },
    /// Called to a window or room, for the first time or again.
    Called {
        /// Ticket number.
        ticket: String,
        /// Where to go.
        window: String,
        /// First call 1, then 2, 3 …
        count: u32,
    },
    /// Did not come and was passed over.
    PassedOver {
        /// Ticket number.
        ticket: String,
    },
    /// Came and was shown to the seat.
    Admitted {
        /// Ticket number.
        ticket: String,
    },
    /// Who was passed over, set aside or had left came back himself.
    Returned {
        /// Ticket number.
        ticket: String,
        /// Login of the member of staff.
        staff: String,
    },
    /// Sent to the line of another place; or goes on to one after he was admitted, for a resit also to the same.
    Transferred {
        /// Ticket number.
        ticket: String,
        /// Where to, `KIND:CODE`.
        place: String,
        /// Login of the member of staff.
        staff: String,
    },
    /// A member of staff saw that somebody has priority, or takes it back.
    Prioritised {
        /// Ticket number.
        ticket: String,
        /// What was seen.
        reason: PriorityReason,
        /// Login of the member of staff.
        staff: String,
    },
    /// Went away, or was taken out of the queue.
    LeftQueue {
        /// Ticket number.
        ticket: String,
        /// Login of the member of staff.
        staff: String,
    },
    /// A place was opened, paused or closed.
    PlaceSet {
        /// Which, `KIND:CODE`.
        place: String,
        /// To what.
        state: PlaceSwitch,
        /// Login of the member of staff.
        staff: String,
    },
    /// A print was begun; written before the printer is told.
    PrintStarted {
        /// Certificate id.
        certificate: String,
        /// Attempt, from 1; a second attempt is a reprint and says so.
        attempt: u32,
        /// Number of the blank that was put in.
        blank: String,
        /// Why it is printed again although it came out before; `None` for a first print.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The printer reported the print as done.
    Printed {
        /// Certificate id.
        certificate: String,
        /// Attempt.
        attempt: u32,
        /// Number of the blank.
        blank: String,
    },
    /// The printer failed; the blank is spoiled, unless it is certain that nothing was printed on it.
    PrintFailed {
        /// Certificate id.
        certificate: String,
        /// Attempt.
        attempt: u32,
        /// Number of the blank.
        blank: String,
        /// Stable code: `broken`, `out_of_paper`, `offline`, `not_accepting`, `stopped`, `document_refused`, `not_begun`, or
        /// one of [`crate::prints::END_UNSEEN`].
        code: String,
        /// Whether it is certain that nothing was printed: the blank can be used for another attempt.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        untouched: bool,
    },
    /// A member of staff looked at the tray after a print whose end the printer did not report
    /// ([`crate::prints::END_UNSEEN`]).
    PrintSettled {
        /// Certificate id.
        certificate: String,
        /// Attempt.
        attempt: u32,
        /// Number of the blank.
        blank: String,
        /// Login of the member of staff.
        staff: String,
        /// Whether the sheet had come out whole; if not, the blank is spoiled.
        came_out: bool,
    },
    /// The person has the certificate in hand, and signed for it on the glass; for somebody who cannot sign, two members of
    /// staff saw it ([`crate::prints::receipt_is_whole`]).
    Received {
        /// Certificate id.
        certificate: String,
        /// Login of the member of staff who handed it over.
        staff: String,
        /// SHA-256 of the signature as PNG, hexadecimal; sent like photographs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
        /// Login of the second member of staff, where the person cannot sign.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        witness: Option<String>,
    },
    /// This kiosk prints a certificate no more: another one of the exam point may.
    LeaseReleased {
        /// Certificate id.
        certificate: String,
        /// The other kiosk.
        to: String,
        /// Login of the member of staff who moved it.
        staff: String,
    },
    /// The server showed a log that is not the one that this kiosk has seen before: it did not sign it.
    LogRefused {
        /// Stable code: `shrunk`, `forked`, `unsigned`.
        code: String,
        /// Entries of the last checkpoint that was right.
        seen: u64,
        /// Entries of the one that was refused.
        now: u64,
    },
}

impl KioskFact {
    /// Ticket number of whom it is about; none for what is about a certificate.
    #[must_use]
    pub fn ticket(&self) -> Option<&str> {
        match self {
            Self::CheckedIn { ticket, .. }
            | Self::Photographed { ticket, .. }
            | Self::Compared { ticket, .. }
            | Self::Queued { ticket, .. }
            | Self::Called { ticket, .. }
            | Self::PassedOver { ticket }
            | Self::Admitted { ticket }
            | Self::Returned { ticket, .. }
            | Self::Transferred { ticket, .. }
            | Self::Prioritised { ticket, .. }
            | Self::LeftQueue { ticket, .. } => Some(ticket),
            Self::CheckInRefused { ticket, .. } => ticket.as_deref(),
            Self::PrintStarted { .. }
            | Self::Printed { .. }
            | Self::PrintFailed { .. }
            | Self::PrintSettled { .. }
            | Self::PlaceSet { .. }
            | Self::Received { .. }
            | Self::LeaseReleased { .. }
            | Self::LogRefused { .. } => None,
        }
    }

    /// SHA-256 of the picture that it speaks of, hexadecimal.
    #[must_use]
    pub fn picture(&self) -> Option<&str> {
        match self {
            Self::Photographed { blob, .. } => Some(blob),
            Self::Received { signature, .. } => signature.as_deref(),
            _ => None,
        }
    }
}

/// How a person identified himself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckInBy {
    /// Typed identity number.
    IdNumber,
    /// QR code of the admission ticket.
    TicketQr,
    /// Identity card on the reader.
    Card,
}

/// Why somebody goes before others in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorityReason {
    /// A disabled person.
    Disabled,
    /// A pregnant woman.
    Pregnant,
    /// No priority any more.
    None,
}

/// What a place was set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceSwitch {
    /// People join and are called.
    Open,
    /// People join; nobody is called.
    Paused,
    /// Nobody joins; who is there is still called.
    Closed,
}

/// What the member of staff saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareVerdict {
    /// The same person.
    Same,
    /// Somebody else.
    Different,
}

/// `POST /api/v1/kiosk/journal`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalPost {
    /// Entries in order; at most [`MAX_BATCH`].
    pub entries: Vec<JournalEntry>,
}

/// Answer to a [`JournalPost`], and to `GET /api/v1/kiosk/journal`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JournalAnswer {
    /// Highest gapless position that the server has on disk; 0 if none.
    pub highest: u64,
    /// Hash of that entry, or [`GENESIS`].
    pub hash: String,
    /// Entries of this request that could not be applied: kept, and a duty for a person.
    pub dead_letters: Vec<DeadLetter>,
    /// Current [`super::bundle::DayBundle::revision`]: fetch the bundle when it has grown.
    pub revision: i64,
    /// Server's time, epoch milliseconds.
    pub server_time: i64,
}

/// An entry that is kept but could not be applied.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Position of the entry.
    pub seq: u64,
    /// Stable code of the reason.
    pub code: String,
}

/// Hash of an entry: SHA-256 over `prev` (text), a line feed, and the JSON text of `[seq, at, offset_ms, fact]` as
/// serde_json writes it; in lower-case hexadecimal.
///
/// # Errors
/// Only if the fact cannot be written as JSON, which its types rule out.
pub fn entry_hash(
    prev: &str,
    seq: u64,
    at: i64,
    offset_ms: i64,
    fact: &KioskFact,
) -> Result<String, serde_json::Error> {
    let body = serde_json::to_string(&(seq, at, offset_ms, fact))?;
    let mut hasher = Sha256::new();
    hasher.update(prev.as_bytes());
    hasher.update(b"\n");
    hasher.update(body.as_bytes());
    Ok(hex::encode(hasher.finalize()))
}
