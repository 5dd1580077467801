//! Who this kiosk is: its own key, and what the server told it at enrolment.

use crate::digest::Digest;
use crate::files;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use shared::ids::{IdError, KioskId, PointId};
use shared::log::note::{Kind, Note, NoteError, Verifier};
use shared::time::Instant;
use shared::wire::v1::bundle::SignedBundle;
use shared::wire::v1::kiosk::{AUDIENCE, CallClaims, EnrolAnswer, TOKEN_SECONDS};
use shared::wire::v1::log::KEY_IDS;
use std::path::Path;
use thiserror::Error;

/// The kiosk's own Ed25519 key.
pub struct KioskKey {
    signing: SigningKey,
    encoding: EncodingKey,
}

/// What the server told at enrolment: kept for ever, or until the kiosk is enrolled anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Enrolment {
    /// Address of the server.
    pub server: String,
    /// Id of this kiosk.
    pub kiosk: KioskId,
    /// Where it stands.
    pub point: PointId,
    keys: JwkSet,
}

/// Why a key, an enrolment or a signature is not accepted.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// The disk refuses.
    #[error("key or enrolment cannot be read or written: {0}")]
    Disk(#[from] std::io::Error),
    /// The key file holds no Ed25519 key (PKCS#8).
    #[error("the key file is damaged")]
    Key,
    /// The enrolment file or the server's answer is not understood.
    #[error("the enrolment is not understood: {0}")]
    Enrolment(#[from] serde_json::Error),
    /// Kiosk or point are no identifiers.
    #[error("the enrolment holds no identifier: {0}")]
    Id(#[from] IdError),
    /// A token cannot be signed.
    #[error("a token cannot be signed: {0}")]
    Token(#[from] jsonwebtoken::errors::Error),
    /// The bundle is signed by a key that isn't the server's.
    #[error("the day bundle is signed by key '{0}', which was not pinned at enrolment")]
    UnknownKey(String),
    /// The signature is wrong.
    #[error("the signature of the day bundle is wrong")]
    Signature,
}

/// The file in which an enrolment is kept.
#[derive(Serialize, Deserialize)]
struct EnrolmentFile {
    server: String,
    kiosk: String,
    point: String,
    keys: JwkSet,
}

impl KioskKey {
    /// Reads the key; makes one (rights 0600) if there is none.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn open(path: &Path) -> Result<Self, IdentityError> {
        let signing = match files::read_if_there(path)? {
            Some(der) => SigningKey::from_pkcs8_der(&der).map_err(|_| IdentityError::Key)?,
            None => {
                let key = SigningKey::from_bytes(&files::random_bytes()?);
                let der = key.to_pkcs8_der().map_err(|_| IdentityError::Key)?;
                files::write_whole(path, der.as_bytes())?;
                key
            }
        };
        let der = signing.to_pkcs8_der().map_err(|_| IdentityError::Key)?;
        Ok(Self { encoding: EncodingKey::from_ed_der(der.as_bytes()), signing })
    }

    /// The public key: 32 bytes in base64url without padding.
    #[must_use]
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.signing.verifying_key().as_bytes())
    }

    /// Signs a checkpoint of the server's log as its witness, by the name of this kiosk, as seen now.
    ///
    /// # Errors
    /// [`NoteError`] for a time before 1970 or a name that is none.
    pub fn cosign(&self, kiosk: &KioskId, note: &mut Note, now: Instant) -> Result<(), NoteError> {
        let name = Verifier::new(&kiosk.to_string(), Kind::Witness, self.signing.verifying_key())?;
        let seconds = u64::try_from(now.millis().div_euclid(1000)).map_err(|_| NoteError::Time)?;
        note.cosign(&name, &self.signing, seconds)
    }

    /// A token for one call, bound to its method, path and body.
    ///
    /// # Errors
    /// If there is no randomness for its id, or it cannot be signed.
    pub fn token(
        &self,
        kiosk: &KioskId,
        now: Instant,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<String, IdentityError> {
        let issued = now.millis().div_euclid(1000);
        let claims = CallClaims {
            iss: kiosk.to_string(),
            aud: AUDIENCE.to_owned(),
            iat: issued,
            nbf: issued,
            exp: issued.saturating_add(TOKEN_SECONDS),
            jti: hex::encode(files::random_bytes::<16>()?),
            htm: method.to_owned(),
            htu: path.to_owned(),
            bsh: Digest::of(body).to_string(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(kiosk.to_string());
        Ok(jsonwebtoken::encode(&header, &claims, &self.encoding)?)
    }
}

impl Enrolment {
    /// From the server's answer.
    ///
    /// # Errors
    /// If ids or keys are not understood.
    pub fn accept(server: &str, answer: &EnrolAnswer) -> Result<Self, IdentityError> {
        Ok(Self {
            server: server.to_owned(),
            kiosk: KioskId::parse(&answer.kiosk)?,
            point: PointId::parse(&answer.point)?,
            keys: serde_json::from_value(answer.keys.clone())?,
        })
    }

    /// Reads the enrolment; `None` if the kiosk isn't enrolled.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub fn load(path: &Path) -> Result<Option<Self>, IdentityError> {
        let Some(bytes) = files::read_if_there(path)? else { return Ok(None) };
        let file: EnrolmentFile = serde_json::from_slice(&bytes)?;
        Ok(Some(Self {
            server: file.server,
            kiosk: KioskId::parse(&file.kiosk)?,
            point: PointId::parse(&file.point)?,
            keys: file.keys,
        }))
    }

    /// Keeps the enrolment.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn save(&self, path: &Path) -> Result<(), IdentityError> {
        let file = EnrolmentFile {
            server: self.server.clone(),
            kiosk: self.kiosk.to_string(),
            point: self.point.to_string(),
            keys: self.keys.clone(),
        };
        Ok(files::write_whole(path, &serde_json::to_vec_pretty(&file)?)?)
    }

    /// The server's pinned keys of its log, under the name by which a checkpoint says the log goes. None if the kiosk
    /// was enrolled before it was given any: then it is no witness.
    #[must_use]
    pub fn log_keys(&self, origin: &str) -> Vec<Verifier> {
        let of_log = |jwk: &&Jwk| jwk.common.key_id.as_deref().is_some_and(|kid| kid.starts_with(KEY_IDS));
        let keys = self.keys.keys.iter().filter(of_log).filter_map(ed25519);
        keys.filter_map(|key| Verifier::new(origin, Kind::Log, key).ok()).collect()
    }

    /// Whether the kiosk was given a key of the log, so that it can be its witness.
    #[must_use]
    pub fn is_witness(&self) -> bool {
        !self.log_keys("log").is_empty()
    }

    /// Verifies the signature of a day bundle with the server's pinned keys.
    ///
    /// # Errors
    /// [`IdentityError::UnknownKey`] or [`IdentityError::Signature`].
    pub fn verify(&self, signed: &SignedBundle) -> Result<(), IdentityError> {
        let unknown = || IdentityError::UnknownKey(signed.kid.clone());
        let key = self.keys.find(&signed.kid).and_then(ed25519).ok_or_else(unknown)?;
        let signature: [u8; 64] = decode(&signed.signature).ok_or(IdentityError::Signature)?;
        key.verify_strict(signed.bundle.as_bytes(), &Signature::from_bytes(&signature))
            .map_err(|_| IdentityError::Signature)
    }
}

fn ed25519(jwk: &Jwk) -> Option<VerifyingKey> {
    let AlgorithmParameters::OctetKeyPair(pair) = &jwk.algorithm else { return None };
    let key = (pair.curve == EllipticCurve::Ed25519).then(|| decode(&pair.x)).flatten()?;
    VerifyingKey::from_bytes(&key).ok()
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
