//! Encryption of personal data at rest, and keyed hashes by which it can be found.
//!
//! Sealed text is `v1.<kid>.<base64url(nonce ‖ ciphertext)>` (XChaCha20-Poly1305, the context as associated data, so
//! that a sealed name cannot be put where a sealed number belongs).

use crate::entropy::{NoEntropy, random};
use crate::event::Sealed;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::sync::Arc;
use thiserror::Error;
use zeroize::Zeroizing;

const NONCE: usize = 24;

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, Error)]
pub enum SealError {
    /// Sealed under a key that is not in the key directory.
    #[error("sealed under key '{0}', which is not in the key directory")]
    UnknownKey(String),
    /// Changed, or sealed for something else.
    #[error("sealed data was changed or belongs elsewhere")]
    Broken,
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

/// A key for sealing with its id.
pub struct DataKey {
    /// Key id.
    pub kid: String,
    /// 32 bytes.
    pub key: Zeroizing<[u8; 32]>,
}

/// Seals and opens; cheap to clone.
#[derive(Clone)]
pub struct Sealer(Arc<Keys>);

struct Keys {
    current: DataKey,
    older: Vec<DataKey>,
    index: Zeroizing<[u8; 32]>,
}

impl Sealer {
    /// Seals with `current`, opens with any of them; `index` is the key of the keyed hashes.
    #[must_use]
    pub fn new(current: DataKey, older: Vec<DataKey>, index: Zeroizing<[u8; 32]>) -> Self {
        Self(Arc::new(Keys { current, older, index }))
    }

    /// Seals a text for a context such as `person.name`.
    ///
    /// # Errors
    /// [`SealError::Entropy`] if there are no random numbers.
    pub fn seal(&self, context: &str, plain: &str) -> Result<Sealed, SealError> {
        let bytes = self.seal_bytes(context, plain.as_bytes())?;
        Ok(Sealed(format!("v1.{}.{}", self.0.current.kid, URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// Opens a sealed text.
    ///
    /// # Errors
    /// [`SealError`] says whether the key is missing or the data was changed.
    pub fn open(&self, context: &str, sealed: &Sealed) -> Result<String, SealError> {
        let mut parts = sealed.0.splitn(3, '.');
        let (Some("v1"), Some(kid), Some(data)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SealError::Broken);
        };
        let key = self.key(kid)?;
        let bytes = URL_SAFE_NO_PAD.decode(data).map_err(|_| SealError::Broken)?;
        let plain = open_bytes(key, context, &bytes)?;
        String::from_utf8(plain).map_err(|_| SealError::Broken)
    }

    /// Seals a file for a context: `kid length (1 byte) ‖ kid ‖ nonce ‖ ciphertext`.
    ///
    /// # Errors
    /// [`SealError::Entropy`] if there are no random numbers.
    pub fn seal_file(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let kid = self.0.current.kid.as_bytes();
        let mut file = vec![u8::try_from(kid.len()).map_err(|_| SealError::Broken)?];
        file.extend_from_slice(kid);
        file.extend(self.seal_bytes(context, plain)?);
        Ok(file)
    }

    /// Opens a sealed file.
    ///
    /// # Errors
    /// [`SealError`] says whether the key is missing or the data was changed.
    pub fn open_file(&self, context: &str, file: &[u8]) -> Result<Vec<u8>, SealError> {
        let (length, rest) = file.split_first().ok_or(SealError::Broken)?;
        let (kid, data) = rest.split_at_checked(usize::from(*length)).ok_or(SealError::Broken)?;
        let kid = std::str::from_utf8(kid).map_err(|_| SealError::Broken)?;
        open_bytes(self.key(kid)?, context, data)
    }

    /// Keyed hash of a text for a purpose (`id_number`, `ticket_secret` …): HMAC-SHA-256 in hexadecimal.
    #[must_use]
    pub fn index(&self, purpose: &str, text: &str) -> String {
        keyed_hash(self.0.index.as_slice(), &format!("{purpose}\n{text}"))
    }

    fn key(&self, kid: &str) -> Result<&DataKey, SealError> {
        let keys = &self.0;
        let found = std::iter::once(&keys.current).chain(&keys.older).find(|k| k.kid == kid);
        found.ok_or_else(|| SealError::UnknownKey(kid.to_owned()))
    }

    fn seal_bytes(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE] = random()?;
        let cipher = XChaCha20Poly1305::new(&(*self.0.current.key).into());
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Broken)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(bytes)
    }
}

/// HMAC-SHA-256 of a text in lower-case hexadecimal.
#[must_use]
pub fn keyed_hash(key: &[u8], text: &str) -> String {
    // HMAC takes keys of any length, so this cannot fail; an empty text would only mean that nothing is found.
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        },
    )
}

fn open_bytes(key: &DataKey, context: &str, bytes: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, data) = bytes.split_first_chunk::<NONCE>().ok_or(SealError::Broken)?;
    let cipher = XChaCha20Poly1305::new(&(*key.key).into());
    let payload = Payload { msg: data, aad: context.as_bytes() };
    cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        let key = DataKey { kid: "data-1".into(), key: Zeroizing::new([7; 32]) };
        Sealer::new(key, Vec::new(), Zeroizing::new([9; 32]))
    }

    #[test]
    fn what_was_sealed_opens_again_in_its_context_only() {
        let sealed = sealer().seal("person.name", "阿依古丽·买买提").unwrap();
        assert_eq!(sealer().open("person.name", &sealed).unwrap(), "阿依古丽·买买提");
        assert!(matches!(sealer().open("person.phone", &sealed), Err(SealError::Broken)));
    }

    #[test]
    fn a_changed_byte_is_found() {
        let file = sealer().seal_file("portrait", b"picture").unwrap();
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(sealer().open_file("portrait", &changed).is_err(), "byte {at}");
        }
    }
}
