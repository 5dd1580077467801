//! Kiosks: how one comes to be trusted, what it gets for the day, what it tells.

mod attachments;
mod bundle;
mod journal;
mod prints;

pub use attachments::{MAX_CAPTURE, attachment, keep_capture};
pub use bundle::{DAYS_AHEAD, DAYS_BACK, bundle, revision};
pub use journal::{head, take};

use super::App;
use super::auth::Person;
use super::once::{Once, OnceError};
use crate::blobs::BlobError;
use crate::db::{Conn, DbError, kiosks as rows, world as tables};
use crate::entropy::{NoEntropy, random};
use crate::event::{Actor, Fact, KioskAnnounced, KioskEnrolled, Sealed};
use crate::keys::Purpose;
use crate::seal::SealError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::certificate::key::KeyError;
use shared::ids::{IdError, PointId};
use shared::wire::v1::journal::MAX_BATCH;
use shared::wire::v1::kiosk::{EnrolAnswer, EnrolRequest};
use thiserror::Error;

/// Characters of a one-time code: 50 bits.
pub const CODE_LENGTH: usize = 10;

/// Life of a one-time code in seconds.
pub const CODE_SECONDS: i64 = 24 * 3600;

/// Digits and letters that are not mistaken for one another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What an announcement answers. The code is shown once; the server keeps its hash alone.
#[derive(Debug, Clone)]
pub struct Announced {
    /// Kiosk id.
    pub kiosk: String,
    /// One-time code.
    pub code: String,
    /// It can be used until then, epoch milliseconds.
    pub code_until: i64,
}

/// Why a kiosk does not get what it asks for.
#[derive(Debug, Error)]
pub enum KioskError {
    /// There is no such exam point.
    #[error("there is no exam point '{0}'")]
    PointUnknown(String),
    /// The code is unknown, used, or too old; never said which.
    #[error("the one-time code is wrong, was used, or has expired")]
    Code,
    /// The key is not an Ed25519 key.
    #[error("the public key is not 32 bytes of an Ed25519 key in base64url without padding")]
    Key,
    /// The kiosk is not known any more.
    #[error("this kiosk is not enrolled")]
    Unknown,
    /// Not a day, or one for which no bundle is given out.
    #[error(
        "{0} is no day for which a kiosk gets a bundle: from {DAYS_BACK} day before today to {DAYS_AHEAD} after"
    )]
    Day(String),
    /// More entries than a request may have.
    #[error("a request has {MAX_BATCH} entries at most")]
    TooLong,
    /// An entry is missing.
    #[error("entry {0} is the next one the server needs")]
    Gap(u64),
    /// The journal is not the one that the server knows.
    #[error("entry {0} does not continue the journal that the server has")]
    Fork(u64),
    /// No such attachment for this kiosk.
    #[error("there is no attachment of this name for this kiosk")]
    BlobUnknown,
    /// The content has another SHA-256.
    #[error("the SHA-256 of the content is not the name")]
    BlobMismatch,
    /// Neither JPEG nor PNG.
    #[error("only pictures in JPEG or PNG are taken: {0}")]
    BlobInvalid(String),
    /// Too large.
    #[error("a picture may have {MAX_CAPTURE} bytes at most")]
    BlobTooLarge,
    /// Idempotency.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Attachments.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// Keys of the server.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

crate::refusal!(KioskError {
    Self::PointUnknown(_) => "point-unknown",
    Self::Code => "code-invalid",
    Self::Key => "key-invalid",
    Self::Unknown => "kiosk-unknown",
    Self::Day(_) => "day-unknown",
    Self::TooLong => "journal-too-long",
    Self::Gap(_) => "journal-gap",
    Self::Fork(_) => "journal-fork",
    Self::BlobUnknown => "blob-unknown",
    Self::BlobMismatch => "blob-mismatch",
    Self::BlobInvalid(_) => "blob-invalid",
    Self::BlobTooLarge => "blob-too-large",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Db(_) | Self::Seal(_) | Self::Blob(_) | Self::Entropy(_) | Self::Keys(_) => "unavailable",
});

/// As kept for a repeated request: the code is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    kiosk: String,
    code: Sealed,
    code_until: i64,
}

/// Announces a kiosk of an exam point: it may enrol once with the code.
///
/// # Errors
/// [`KioskError::PointUnknown`].
pub fn announce(
    app: &App,
    person: &Person,
    point: &str,
    once: Option<Once>,
) -> Result<Announced, KioskError> {
    let unknown = |_: IdError| KioskError::PointUnknown(point.to_owned());
    let point = PointId::parse(point).map_err(unknown)?.to_string();
    let code = new_code()?;
    let code_until = app.clock.now().plus_seconds(CODE_SECONDS).millis();
    let sealed = app.sealer.seal("kiosk.code", &code)?;
    let (worker, actor) = (app.clone(), Actor::Account(person.account.clone()));
    let code_hash = hash_code(&code);
    let kept: Kept = app.write_once(once, move |conn| {
        if tables::point(conn, &point)?.is_none() {
            return Err(KioskError::PointUnknown(point));
        }
        let kiosk = format!("{point}-K{:02}", rows::count_of(conn, &point)? + 1);
        let fact = KioskAnnounced { kiosk: kiosk.clone(), point, code_hash, code_until };
        crate::db::events::append(conn, &worker.event(&actor, Fact::KioskAnnounced(fact)))?;
        Ok(Kept { kiosk, code: sealed, code_until })
    })?;
    let code = app.sealer.open("kiosk.code", &kept.code)?;
    Ok(Announced { kiosk: kept.kiosk, code, code_until: kept.code_until })
}

/// Takes a kiosk's public key against its one-time code.
///
/// # Errors
/// [`KioskError::Code`], [`KioskError::Key`].
pub fn enrol(app: &App, request: &EnrolRequest) -> Result<EnrolAnswer, KioskError> {
    let public_key = parse_key(&request.public_key)?;
    let code_hash = hash_code(&request.code);
    let worker = app.clone();
    let kiosk = app.db.write(move |conn| {
        let now = worker.clock.now();
        let found = rows::by_code(conn, &code_hash)?;
        let open = found.filter(|k| !k.revoked && now.millis() < k.code_until);
        let kiosk = open.ok_or(KioskError::Code)?;
        if let Some(known) = &kiosk.public_key {
            // A kiosk that was cut off before it had the answer asks again with the same key.
            return if *known == public_key { Ok(kiosk) } else { Err(KioskError::Code) };
        }
        let fact = KioskEnrolled { kiosk: kiosk.id.clone(), public_key };
        let event = worker.event(&Actor::Kiosk(kiosk.id.clone()), Fact::KioskEnrolled(fact));
        crate::db::events::append(conn, &event)?;
        Ok::<_, KioskError>(kiosk)
    })?;
    let keys = super::certificates::key_set(app, &[Purpose::Bundle, Purpose::Certificate, Purpose::Log])?;
    let keys = serde_json::from_str(&shared::wire::keys::write(&keys)).unwrap_or_default();
    Ok(EnrolAnswer { kiosk: kiosk.id, point: kiosk.point, server_time: app.clock.now().millis(), keys })
}

pub(super) fn known(conn: &mut Conn, kiosk: &str) -> Result<rows::KioskRow, KioskError> {
    rows::find(conn, kiosk)?.filter(|k| !k.revoked).ok_or(KioskError::Unknown)
}

fn new_code() -> Result<String, NoEntropy> {
    let bytes: [u8; CODE_LENGTH] = random()?;
    let code = bytes.iter().filter_map(|b| ALPHABET.get(usize::from(b & 31)));
    Ok(code.map(|b| char::from(*b)).collect())
}

/// People type codes with blanks, dashes and capitals.
fn hash_code(code: &str) -> String {
    let plain: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    hex::encode(Sha256::digest(plain.to_ascii_lowercase()))
}

fn parse_key(text: &str) -> Result<String, KioskError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KioskError::Key)?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| KioskError::Key)?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KioskError::Key)?;
    if key.is_weak() { Err(KioskError::Key) } else { Ok(URL_SAFE_NO_PAD.encode(key.as_bytes())) }
}
