//! SHA-256 digests and the keyed hashes of the day bundle.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// A SHA-256 digest; as text 64 lower-case hexadecimal digits, therefore safe as a file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// The text is not a digest of 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not 64 lower-case hexadecimal digits")]
pub struct NotADigest;

/// Key of the day bundle's keyed hashes.
#[derive(Clone, PartialEq, Eq)]
pub struct IndexKey([u8; 32]);

impl Digest {
    /// Digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`NotADigest`] for anything else, upper-case digits included.
    pub fn parse(text: &str) -> Result<Self, NotADigest> {
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(NotADigest);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotADigest)?;
        Ok(Self(bytes))
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl IndexKey {
    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`NotADigest`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NotADigest> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotADigest)?;
        Ok(Self(bytes))
    }

    /// HMAC-SHA-256 of the text under this key (RFC 2104).
    #[must_use]
    pub fn index(&self, text: &str) -> Digest {
        // A key of 32 bytes is never refused; were it, no text would be found, which is the safe side.
        match Hmac::<Sha256>::new_from_slice(&self.0) {
            Ok(mut mac) => {
                mac.update(text.as_bytes());
                Digest(mac.finalize().into_bytes().into())
            }
            Err(_) => Digest([0; 32]),
        }
    }
}

impl std::fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IndexKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_hexadecimal_of_full_length_is_a_digest() {
        let good = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::parse(good), Ok(Digest::of(b"")));
        assert_eq!(Digest::of(b"").to_string(), good);
        for bad in ["", "e3b0", &good.to_uppercase(), "../../../etc/passwd", &format!("{good}00")] {
            assert_eq!(Digest::parse(bad), Err(NotADigest), "{bad}");
        }
    }

    #[test]
    fn the_keyed_hash_is_that_of_rfc_4231() {
        // Test case 2 of RFC 4231 has the key "Jefe"; HMAC pads a short key with zeros, so the padded key is the same.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let index = IndexKey(key).index("what do ya want for nothing?");
        assert_eq!(index.to_string(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
