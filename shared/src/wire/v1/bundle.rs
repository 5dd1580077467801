//! The day bundle: everything a kiosk needs to go on alone for a day, signed by the server.

use serde::{Deserialize, Serialize};

/// `GET /api/v1/kiosk/bundle`: the text of a [`DayBundle`] and a signature over exactly its bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedBundle {
    /// JSON text of a [`DayBundle`].
    pub bundle: String,
    /// Key id of the signing key.
    pub kid: String,
    /// Ed25519 signature over the bytes of `bundle`, base64url without padding.
    pub signature: String,
}

/// One exam point's day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DayBundle {
    /// Always 1.
    pub version: u32,
    /// Grows with every change of what the bundle holds.
    pub revision: i64,
    /// The kiosk for which it was made.
    pub kiosk: String,
    /// Exam point.
    pub point: String,
    /// Name of the exam point in Chinese.
    pub point_zh: String,
    /// Name of the exam point in English.
    pub point_en: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// When it was made, epoch milliseconds.
    pub issued_at: i64,
    /// True in a demo world with a controlled clock: every page then shows a banner.
    pub controlled_clock: bool,
    /// Key of the keyed hashes below: 32 bytes, hexadecimal; made anew for each bundle's point and day.
    pub index_key: String,
    /// Rule sets used by the sessions, as TOML texts.
    pub rule_sets: Vec<String>,
    /// Sessions of the day.
    pub sessions: Vec<BundleSession>,
    /// Certificates that may be printed here now.
    pub certificates: Vec<BundleCertificate>,
    /// The exam point's staff, who may sign in at the desk; by name.
    #[serde(default)]
    pub staff: Vec<BundleStaff>,
    /// The exam point's kiosks in use, this one among them.
    #[serde(default)]
    pub kiosks: Vec<String>,
    /// Blanks that this kiosk may print on; `None`: the exam point keeps no stock.
    #[serde(default)]
    pub blanks: Option<Vec<BundleBlanks>>,
    /// People who may come and are not expected, with what they are told.
    #[serde(default)]
    pub refusals: Vec<BundleRefusal>,
    /// Places at which people queue. Empty from an older server: the rooms of the candidates, and the print desk.
    #[serde(default)]
    pub places: Vec<BundlePlace>,
    /// The queue numbers that this kiosk gives. `None` from an older server: all of them.
    #[serde(default)]
    pub numbers: Option<BundleNumbers>,
}

/// Blanks from one number to another, both included ([`crate::blanks::Range`]).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleBlanks {
    /// First number.
    pub from: String,
    /// Last number.
    pub to: String,
}

/// Somebody who may come and is not expected: nothing of him but what he is told when he stands before the kiosk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleRefusal {
    /// As [`BundleCandidate::id_index`].
    pub id_index: String,
    /// As [`BundleCandidate::secret_index`]; `None` without a ticket.
    #[serde(default)]
    pub secret_index: Option<String>,
    /// `another_day` (at this exam point), `another_point`, `not_eligible` or `barred`.
    pub code: String,
    /// Start of the theory examination there, epoch milliseconds.
    #[serde(default)]
    pub starts_at: Option<i64>,
    /// Name of the exam point there in Chinese; empty where there is none.
    #[serde(default)]
    pub point_zh: String,
    /// Name of the exam point there in English; empty where there is none.
    #[serde(default)]
    pub point_en: String,
}

/// A place at which people queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundlePlace {
    /// `KIND:CODE` as [`crate::queue::PlaceCode`].
    pub place: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
}

/// A block of queue numbers, as [`crate::queue::NumberBlock`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct BundleNumbers {
    /// First number.
    pub first: u32,
    /// Last number.
    pub last: u32,
}

/// A member of the exam point's staff.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleStaff {
    /// Login.
    pub login: String,
    /// Name shown.
    pub name: String,
}

/// One session of the day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleSession {
    /// Session id.
    pub session: String,
    /// Rule set, `place@version`.
    pub rule_set: String,
    /// Trade id.
    pub trade: String,
    /// Trade in Chinese.
    pub trade_zh: String,
    /// Trade in English.
    pub trade_en: String,
    /// Start of the theory examination, epoch milliseconds.
    pub starts_at: i64,
    /// Candidates.
    pub candidates: Vec<BundleCandidate>,
}

/// One candidate as the kiosk may know him.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleCandidate {
    /// Admission ticket number.
    pub ticket: String,
    /// HMAC-SHA-256 of the identity number under [`DayBundle::index_key`], hexadecimal.
    pub id_index: String,
    /// HMAC-SHA-256 of the ticket's secret (the text of its QR) under the same key, hexadecimal.
    pub secret_index: String,
    /// Name with all but its ends masked, as shown on screens.
    pub name_masked: String,
    /// Identity number, masked.
    pub id_masked: String,
    /// Room code.
    pub room: String,
    /// Room name in Chinese.
    pub room_zh: String,
    /// Room name in English.
    pub room_en: String,
    /// Seat number in the room, from 1.
    pub seat: u32,
    /// SHA-256 of the registered portrait (JPEG), hexadecimal: `GET /api/v1/kiosk/blobs/{sha256}`.
    pub portrait: String,
}

/// A certificate that is ready to be printed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleCertificate {
    /// Certificate id.
    pub certificate: String,
    /// Ticket of the candidate.
    pub ticket: String,
    /// Masked name.
    pub name_masked: String,
    /// Last day on which it must be in the person's hands, `YYYY-MM-DD`; `None` while the calendar is not published.
    pub due: Option<String>,
    /// SHA-256 of the PDF, hexadecimal.
    pub pdf: String,
    /// Whether a kiosk has already reported it printed.
    pub printed: bool,
    /// Working days in which it must be issued, by the rule set.
    #[serde(default)]
    pub working_days: Option<u32>,
    /// The one kiosk that may print it; `None`: any.
    #[serde(default)]
    pub lease: Option<String>,
    /// How often this kiosk has released it, as far as the server knows: what the kiosk itself knows beyond that is newer.
    #[serde(default)]
    pub releases: u32,
    /// Whether the person has it in hand.
    #[serde(default)]
    pub received: bool,
}
