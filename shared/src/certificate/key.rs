//! The public keys that a verifier trusts.

use ed25519_dalek::VerifyingKey;
use std::collections::BTreeMap;
use thiserror::Error;

/// Longest key id in bytes; it stands in every QR code, which has to stay small.
pub const MAX_KEY_ID: usize = 64;

/// Trusted Ed25519 keys by key id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeySet {
    keys: BTreeMap<String, VerifyingKey>,
}

/// Why a key is not taken into a set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The key id is empty, too long, or holds something other than printable ASCII.
    #[error("a key id is 1 to {MAX_KEY_ID} printable ASCII characters")]
    KeyId,
    /// 32 bytes that are no point of the curve.
    #[error("key '{0}' is no Ed25519 key")]
    NoKey(String),
    /// A point of small order, under which some signatures fit every message.
    #[error("key '{0}' is of small order and proves nothing")]
    Weak(String),
    /// The set has this key id already.
    #[error("key '{0}' stands twice")]
    Twice(String),
}

impl KeySet {
    /// A set without keys; everything is of an unknown key to it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key.
    ///
    /// # Errors
    /// [`KeyError`]: a bad or repeated id, a weak key.
    pub fn insert(&mut self, kid: &str, key: VerifyingKey) -> Result<(), KeyError> {
        check_key_id(kid)?;
        if key.is_weak() {
            return Err(KeyError::Weak(kid.to_owned()));
        }
        if self.keys.contains_key(kid) {
            return Err(KeyError::Twice(kid.to_owned()));
        }
        self.keys.insert(kid.to_owned(), key);
        Ok(())
    }

    /// Adds a key from its 32 bytes (RFC 8032).
    ///
    /// # Errors
    /// [`KeyError`]: a bad or repeated id, bytes that are no key, a weak key.
    pub fn insert_bytes(&mut self, kid: &str, bytes: &[u8]) -> Result<(), KeyError> {
        let key = <&[u8; 32]>::try_from(bytes).ok().and_then(|bytes| VerifyingKey::from_bytes(bytes).ok());
        self.insert(kid, key.ok_or_else(|| KeyError::NoKey(kid.to_owned()))?)
    }

    /// The key of this id.
    #[must_use]
    pub fn key(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.get(kid)
    }

    /// Ids and keys in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &VerifyingKey)> {
        self.keys.iter().map(|(kid, key)| (kid.as_str(), key))
    }

    /// Number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// Whether a text can be a key id.
///
/// # Errors
/// [`KeyError::KeyId`].
pub fn check_key_id(kid: &str) -> Result<(), KeyError> {
    let good = (1..=MAX_KEY_ID).contains(&kid.len()) && kid.bytes().all(|b| b.is_ascii_graphic());
    if good { Ok(()) } else { Err(KeyError::KeyId) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;

    #[test]
    fn only_sound_keys_with_new_ids_are_taken() {
        let key = SigningKey::from_bytes(&[7; 32]).verifying_key();
        let mut keys = KeySet::new();
        assert_eq!(keys.insert("a", key), Ok(()));
        assert_eq!(keys.insert("a", key), Err(KeyError::Twice("a".to_owned())));
        for kid in ["", "two words", "钥匙", &"k".repeat(65)] {
            assert_eq!(keys.insert(kid, key), Err(KeyError::KeyId), "{kid}");
        }
        // The neutral element of the curve: y = 1.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert_eq!(keys.insert_bytes("b", &neutral), Err(KeyError::Weak("b".to_owned())));
        assert_eq!(keys.insert_bytes("b", &[1; 31]), Err(KeyError::NoKey("b".to_owned())));
        assert_eq!(keys.insert_bytes("b", key.as_bytes()), Ok(()));
        assert_eq!(keys.iter().map(|(kid, _)| kid).collect::<Vec<_>>(), ["a", "b"]);
    }
}
