//! Randomness for secrets and ids. In a demo world it can be derived from a text, so that a day can be played again
//! with the same draws.

use sha2::{Digest, Sha256};
use std::sync::Arc;
use thiserror::Error;

/// Where random bytes come from.
#[derive(Clone)]
pub enum Entropy {
    /// The operating system.
    System,
    /// Derived from a text and a label; only demo worlds have this.
    Seeded(Arc<str>),
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Error)]
#[error("the operating system gives no random numbers")]
pub struct NoEntropy;

impl Entropy {
    /// A secret of 32 bytes for a draw. With a seeded source it depends on the seed and the label alone.
    ///
    /// # Errors
    /// [`NoEntropy`] if the operating system gives none.
    pub fn draw_secret(&self, label: &str) -> Result<[u8; 32], NoEntropy> {
        match self {
            Self::System => random(),
            Self::Seeded(seed) => {
                let mut hasher = Sha256::new();
                hasher.update(b"kaodian-demo-entropy\n");
                hasher.update(seed.as_bytes());
                hasher.update(b"\n");
                hasher.update(label.as_bytes());
                Ok(hasher.finalize().into())
            }
        }
    }
}

/// Random bytes of the operating system, for keys, tokens and ids, whatever the world.
///
/// # Errors
/// [`NoEntropy`] if the operating system gives none.
pub fn random<const N: usize>() -> Result<[u8; N], NoEntropy> {
    use rand::TryRng;
    let mut bytes = [0; N];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(|_| NoEntropy)?;
    Ok(bytes)
}

/// A new id: a prefix and 20 random characters (base32 of 100 bits), for example `cert-7k2…`.
///
/// # Errors
/// [`NoEntropy`] if the operating system gives none.
pub fn new_id(prefix: &str) -> Result<String, NoEntropy> {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bytes: [u8; 20] = random()?;
    let tail = bytes.iter().filter_map(|b| ALPHABET.get(usize::from(b & 31))).map(|b| char::from(*b));
    Ok(format!("{prefix}-{}", tail.collect::<String>()))
}
