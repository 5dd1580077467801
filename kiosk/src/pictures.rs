//! Pictures and PDFs: files named by their SHA-256, encrypted at rest.
//!
//! A file holds four bytes `KDF1`, a nonce of 24 bytes and the text encrypted by XChaCha20-Poly1305, with the digest
//! as associated data: a file that was put under another name is not accepted.

use crate::digest::Digest;
use crate::files;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use std::path::{Path, PathBuf};
use thiserror::Error;

const MAGIC: &[u8; 4] = b"KDF1";
const NONCE: usize = 24;

/// The directory of encrypted files.
pub struct Pictures {
    dir: PathBuf,
    cipher: XChaCha20Poly1305,
}

/// Why a file cannot be kept or given back.
#[derive(Debug, Error)]
pub enum PicturesError {
    /// The disk refuses.
    #[error("files cannot be kept: {0}")]
    Disk(#[from] std::io::Error),
    /// Cannot be encrypted.
    #[error("a file cannot be encrypted")]
    Encrypt,
    /// Damaged, exchanged, or encrypted under another key.
    #[error("the file {0} is damaged or encrypted under another key")]
    Damaged(Digest),
}

impl Pictures {
    /// Opens the directory; makes it and its key if they aren't there.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn open(dir: &Path, key_file: &Path) -> Result<Self, PicturesError> {
        files::private_dir(dir)?;
        let key = files::secret(key_file)?;
        Ok(Self { dir: dir.to_owned(), cipher: XChaCha20Poly1305::new(&Key::from(key)) })
    }

    /// Keeps a file; it is on disk when this returns.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, PicturesError> {
        let digest = Digest::of(bytes);
        // A damaged file is written anew.
        if matches!(self.take(digest), Ok(Some(_))) {
            return Ok(digest);
        }
        let nonce: [u8; NONCE] = files::random_bytes()?;
        let name = digest.to_string();
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: name.as_bytes() })
            .map_err(|_| PicturesError::Encrypt)?;
        let mut file = Vec::with_capacity(MAGIC.len() + NONCE + sealed.len());
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&nonce);
        file.extend_from_slice(&sealed);
        files::write_whole(&self.path(digest), &file)?;
        Ok(digest)
    }

    /// Whether the disk takes as much as a photograph and its journal entry need.
    #[must_use]
    pub fn has_room(&self) -> bool {
        files::try_room(&self.dir)
            .inspect_err(|error| tracing::warn!(%error, "the disk takes nothing"))
            .is_ok()
    }

    /// Whether a file is there.
    #[must_use]
    pub fn has(&self, digest: Digest) -> bool {
        self.path(digest).exists()
    }

    /// A file; `None` if it isn't there.
    ///
    /// # Errors
    /// [`PicturesError::Damaged`] if it is not what it was.
    pub fn take(&self, digest: Digest) -> Result<Option<Vec<u8>>, PicturesError> {
        let Some(file) = files::read_if_there(&self.path(digest))? else { return Ok(None) };
        self.unseal(digest, &file).map(Some).ok_or(PicturesError::Damaged(digest))
    }

    fn unseal(&self, digest: Digest, file: &[u8]) -> Option<Vec<u8>> {
        let sealed = file.strip_prefix(MAGIC)?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let name = digest.to_string();
        let bytes =
            self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: name.as_bytes() }).ok()?;
        (Digest::of(&bytes) == digest).then_some(bytes)
    }

    fn path(&self, digest: Digest) -> PathBuf {
        self.dir.join(digest.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_is_not_readable_on_disk() {
        let dir = tempfile::tempdir().unwrap();
        let pictures = Pictures::open(&dir.path().join("files"), &dir.path().join("key")).unwrap();
        let digest = pictures.put(b"a portrait").unwrap();
        assert_eq!(pictures.take(digest).unwrap().unwrap(), b"a portrait");
        let file = std::fs::read(pictures.path(digest)).unwrap();
        assert!(!file.windows(8).any(|w| w == b"portrait"));
        assert!(pictures.take(Digest::of(b"another")).unwrap().is_none());
    }

    #[test]
    fn a_file_that_was_changed_or_exchanged_is_not_accepted() {
        let dir = tempfile::tempdir().unwrap();
        let pictures = Pictures::open(&dir.path().join("files"), &dir.path().join("key")).unwrap();
        let (one, two) = (pictures.put(b"one").unwrap(), pictures.put(b"two").unwrap());
        std::fs::copy(pictures.path(one), pictures.path(two)).unwrap();
        assert!(matches!(pictures.take(two), Err(PicturesError::Damaged(_))));
        let mut file = std::fs::read(pictures.path(one)).unwrap();
        *file.last_mut().unwrap() ^= 1;
        std::fs::write(pictures.path(one), &file).unwrap();
        assert!(matches!(pictures.take(one), Err(PicturesError::Damaged(_))));
        std::fs::write(pictures.path(one), b"KDF1").unwrap();
        assert!(matches!(pictures.take(one), Err(PicturesError::Damaged(_))));
    }
}
