//! Transcripts of draws: one JSON document with all that a draw followed from, so that anyone can do it again.
//!
//! [`build`] runs a draw and writes the document; [`verify`] reads one and recomputes commitments, hash of the
//! input, seed and result. `docs/draw.md` is the same for readers who write their own program.

pub mod canonical;
mod inputs;
mod staff;
mod verify;

pub use canonical::{CanonicalError, canonical};
pub use inputs::{
    BlueprintJson, MOST_SETS, Purpose, QuestionSetsInput, QuestionSetsResult, RoomJson, SeatJson,
    SeatingInput, SeatingResult, SetJson, SetsInput, SetsResult, ShareJson, SheetsInput, SheetsJson,
    SheetsResult,
};
pub use staff::{
    AgainstJson, CODE_DIGITS, CodeJson, FilledJson, LimitsJson, PostJson, RowJson, RuleCount, StaffBasis,
    StaffInput, StaffResult, code_of,
};
pub use verify::{Check, Verdict, verify, verify_basis};

pub use crate::draw::ceremony::{SHORTEST_SECRET, commitment};

use crate::assignment::NoAssignment;
use crate::draw::chacha::Seed;
use crate::ids::{IdError, RuleSetId};
use crate::paper::AssembleError;
use crate::seating::SeatingError;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The version of this protocol.
pub const VERSION: &str = "kaodian-draw/1";

/// What a draw is about, and the secrets that make its seed.
#[derive(Clone)]
pub struct Header {
    /// What is drawn for: a session or a trade.
    pub subject: String,
    /// The rule set in force.
    pub rule_set: RuleSetId,
    /// When it was drawn. Not part of the seed: whoever runs the draw could choose it.
    pub at: Instant,
    /// Who committed to a secret; in any order.
    pub parties: Vec<Secret>,
    /// A number that nobody here could choose, announced beforehand.
    pub public_number: Option<String>,
}

/// A party and its revealed secret.
#[derive(Clone)]
pub struct Secret {
    /// Name of the party, different from all others'.
    pub name: String,
    /// The secret: [`SHORTEST_SECRET`] random bytes or more.
    pub bytes: Vec<u8>,
}

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document<I, R> {
    /// [`VERSION`].
    pub version: String,
    /// What kind of draw it is.
    pub purpose: String,
    /// What is drawn for.
    pub subject: String,
    /// The rule set in force.
    pub rule_set: String,
    /// When it was drawn, milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// The parties, ordered by the bytes of their names: another order would be another seed.
    pub parties: Vec<Party>,
    /// A number that nobody here could choose.
    pub public_number: Option<String>,
    /// All that the draw follows from beside the seed.
    pub input: I,
    /// SHA-256 of the canonical text of the input, hexadecimal.
    pub input_hash: String,
    /// The seed, hexadecimal.
    pub seed: String,
    /// What was drawn.
    pub result: R,
}

/// A party in the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its name.
    pub name: String,
    /// SHA-256 of the secret, hexadecimal; published before the input was frozen.
    pub commitment: String,
    /// The secret, hexadecimal.
    pub secret: String,
}

/// A draw that was run: the document, and what was drawn.
#[derive(Debug, Clone)]
pub struct Transcript<I: Purpose> {
    /// The document.
    pub document: Document<I, I::Result>,
    /// What was drawn, for the program.
    pub drawn: I::Drawn,
}

/// Why an input cannot be drawn from.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InputError {
    /// A text is no identifier.
    #[error("the input holds a bad identifier: {0}")]
    Id(#[from] IdError),
    /// A word that is not known.
    #[error("the input holds an unknown word: '{0}'")]
    Word(String),
    /// The table of who may take which post does not follow from the matrix.
    #[error("the table of who may take which post does not follow from posts and people")]
    Table,
    /// More than [`MOST_SETS`].
    #[error("{0} question sets are more than {MOST_SETS}")]
    TooManySets(u32),
    /// The posts cannot be filled.
    #[error(transparent)]
    Staff(#[from] NoAssignment),
    /// Seats, sets or sheets cannot be drawn.
    #[error(transparent)]
    Seating(#[from] SeatingError),
    /// Question sets cannot be put together.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
}

/// Why the head of a draw is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// The subject is empty.
    #[error("the draw has no subject")]
    NoSubject,
    /// An empty public number; leave it out instead.
    #[error("the public number is empty")]
    EmptyPublicNumber,
    /// Nobody committed to a secret.
    #[error("no party takes part")]
    NoParty,
    /// A party has no name.
    #[error("a party has no name")]
    NoName,
    /// Two parties have one name.
    #[error("party '{0}' takes part twice")]
    PartyTwice(String),
    /// Two parties have one secret: the later has copied the commitment of the earlier.
    #[error("party '{0}' has the secret of another party")]
    SecretTwice(String),
    /// Too short a secret.
    #[error("the secret of party '{0}' is shorter than {SHORTEST_SECRET} bytes")]
    ShortSecret(String),
}

/// Why a draw was not run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BuildError {
    /// The head.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The input.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The input has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// The input cannot be written as JSON.
    #[error("the input cannot be written as JSON: {0}")]
    Json(String),
}

/// Runs a draw and writes it down.
///
/// # Errors
/// [`BuildError`] if parties or input do not allow the draw.
pub fn build<I: Purpose>(header: &Header, input: I) -> Result<Transcript<I>, BuildError> {
    let mut secrets = header.parties.clone();
    secrets.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
    check_header(&header.subject, header.public_number.as_deref(), &secrets)?;
    let value = serde_json::to_value(&input).map_err(|e| BuildError::Json(e.to_string()))?;
    let input_hash = canonical::hash(&value)?;
    let rule_set = header.rule_set.as_str();
    let seed = seed(
        [VERSION, I::WORD, &header.subject, rule_set, &input_hash],
        header.public_number.as_deref(),
        &secrets,
    );
    let drawn = input.run(seed)?;
    let party = |secret: &Secret| Party {
        name: secret.name.clone(),
        commitment: commitment(&secret.bytes),
        secret: hex::encode(&secret.bytes),
    };
    let document = Document {
        version: VERSION.to_owned(),
        purpose: I::WORD.to_owned(),
        subject: header.subject.clone(),
        rule_set: rule_set.to_owned(),
        at: header.at.millis(),
        parties: secrets.iter().map(party).collect(),
        public_number: header.public_number.clone(),
        result: I::result(&drawn),
        input,
        input_hash,
        seed: seed.hex(),
    };
    Ok(Transcript { document, drawn })
}

impl<I: Purpose> Transcript<I> {
    /// The document as indented JSON.
    ///
    /// # Errors
    /// [`BuildError::Json`], which no input of this crate leads to.
    pub fn json(&self) -> Result<String, BuildError> {
        serde_json::to_string_pretty(&self.document).map_err(|e| BuildError::Json(e.to_string()))
    }
}

/// SHA-256 over version, purpose, subject, rule set, hash of the input, public number (empty if there is none), and
/// then name and secret of each party.
fn seed(head: [&str; 5], public_number: Option<&str>, secrets: &[Secret]) -> Seed {
    let head = head.into_iter().chain([public_number.unwrap_or_default()]).map(str::as_bytes);
    let parties = secrets.iter().flat_map(|secret| [secret.name.as_bytes(), secret.bytes.as_slice()]);
    Seed(netstrings(head.chain(parties)))
}

/// SHA-256 over fields, each written as a netstring: the number of its bytes in decimal, `:`, the bytes, `,`. So no two
/// lists of fields give the same bytes.
fn netstrings<'a>(fields: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(field.len().to_string());
        hash.update(":");
        hash.update(field);
        hash.update(",");
    }
    hash.finalize().into()
}

/// The secrets are ordered by name.
fn check_header(subject: &str, public_number: Option<&str>, secrets: &[Secret]) -> Result<(), HeaderError> {
    if subject.is_empty() {
        return Err(HeaderError::NoSubject);
    }
    if public_number.is_some_and(str::is_empty) {
        return Err(HeaderError::EmptyPublicNumber);
    }
    if secrets.is_empty() {
        return Err(HeaderError::NoParty);
    }
    for (place, secret) in secrets.iter().enumerate() {
        let earlier = || secrets.iter().take(place);
        if secret.name.is_empty() {
            return Err(HeaderError::NoName);
        }
        if secret.bytes.len() < SHORTEST_SECRET {
            return Err(HeaderError::ShortSecret(secret.name.clone()));
        }
        if earlier().any(|other| other.name == secret.name) {
            return Err(HeaderError::PartyTwice(secret.name.clone()));
        }
        if earlier().any(|other| other.bytes == secret.bytes) {
            return Err(HeaderError::SecretTwice(secret.name.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
