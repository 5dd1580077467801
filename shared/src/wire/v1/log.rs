//! What a kiosk is told as a witness of the log, and what it answers.

use crate::log::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Beginning of the key ids of the log, in the key set that a kiosk gets when it enrols.
pub const KEY_IDS: &str = "log-";

/// `GET /api/v1/kiosk/log?seen=N`: the newest checkpoint, and that it continues the one of `N` entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogAnswer {
    /// A signed note (C2SP tlog-checkpoint); null before the first.
    pub checkpoint: Option<String>,
    /// Consistency proof, hashes in base64; empty where there is none.
    pub proof: Vec<String>,
}

/// `POST /api/v1/kiosk/log`: the checkpoint with the signature of the witness (C2SP tlog-cosignature, version 1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cosigned {
    /// The note.
    pub note: String,
}

/// Hashes as they are written.
#[must_use]
pub fn written(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}

/// Hashes as they were written; `None` if one is none.
#[must_use]
pub fn read(hashes: &[String]) -> Option<Vec<Hash>> {
    hashes
        .iter()
        .map(|text| STANDARD.decode(text).ok().and_then(|bytes| Hash::try_from(bytes).ok()))
        .collect()
}
