//! Facts of draws: commitments, the frozen input, what was revealed, and what came of it.

use super::Sealed;
use serde::{Deserialize, Serialize};

/// A party committed to a secret before the input of a draw is frozen. The centre's first commitment opens the
/// ceremony.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrawCommitted {
    /// Ceremony id.
    pub ceremony: String,
    /// `seats`, `staff` or `question_sets`.
    pub stage: String,
    /// Session or trade.
    pub subject: String,
    /// Counts the ceremonies of subject and stage from 1.
    pub round: u32,
    /// Name of the party.
    pub party: String,
    /// SHA-256 of the secret, hexadecimal.
    pub commitment: String,
    /// The centre's secret, hexadecimal; other parties keep theirs.
    pub secret: Option<Sealed>,
}

/// A public number will be part of the seed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrawNumberAnnounced {
    /// Ceremony id.
    pub ceremony: String,
    /// Which one, of when.
    pub announced: String,
}

/// The input was written down; nothing that changes later reaches the draw.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrawFrozen {
    /// Ceremony id.
    pub ceremony: String,
    /// Sessions for which this draw is; their own open ceremonies of the stage end with it.
    pub sessions: Vec<String>,
    /// The hashes of the input.
    pub inputs: Vec<InputHash>,
    /// The input, JSON.
    pub input: Sealed,
}

/// Hash of the input of one draw of a ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InputHash {
    /// `staff`, `seating`, `sets`, `sheets` or `question_sets`.
    pub purpose: String,
    /// SHA-256 of the canonical text, hexadecimal; of `sets` with an empty list of seats, which follow from `seating`.
    pub hash: String,
}

/// A party revealed its secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrawRevealed {
    /// Ceremony id.
    pub ceremony: String,
    /// Name of the party.
    pub party: String,
    /// The secret, hexadecimal; sealed until the transcript may be read.
    pub secret: Sealed,
}

/// The announced public number came out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrawNumberEntered {
    /// Ceremony id.
    pub ceremony: String,
    /// The number as it goes into the seed.
    pub public_number: String,
}

/// A ceremony was given up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrawVoided {
    /// Ceremony id.
    pub ceremony: String,
    /// Why.
    pub reason: String,
    /// Parties that had not revealed their secrets, if the input was frozen.
    pub missing: Vec<String>,
}

/// A draw was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrawMade {
    /// Draw id.
    pub draw: String,
    /// `staff`, `seating`, `sets`, `sheets` or `question_sets`.
    pub purpose: String,
    /// Session or trade.
    pub subject: String,
    /// Nobody reads the transcript before this time, epoch milliseconds.
    pub visible_from: i64,
    /// Transcript as JSON.
    pub transcript: Sealed,
    /// Ceremony by which it was drawn.
    #[serde(default)]
    pub ceremony: Option<String>,
    /// Of a draw of staff: the basis of its input, JSON.
    #[serde(default)]
    pub basis: Option<Sealed>,
}

/// A member of the pool has a salt, by which he and nobody else finds himself in draws.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaffSalted {
    /// Staff code.
    pub staff: String,
    /// The salt, hexadecimal.
    pub salt: Sealed,
}
