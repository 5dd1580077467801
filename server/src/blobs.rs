//! Attachments: portraits, captures, documents. One interface; files named by their content are the default store.
//!
//! What is stored is encrypted before it leaves the process; the name is the SHA-256 of the plain content.

use crate::seal::{SealError, Sealer};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Largest attachment in bytes.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Why an attachment cannot be stored or read.
#[derive(Debug, Error)]
pub enum BlobError {
    /// The name is not 64 hexadecimal digits.
    #[error("'{0}' is not the name of an attachment")]
    Name(String),
    /// There is none of this name.
    #[error("there is no attachment {0}")]
    Missing(String),
    /// Larger than [`MAX_BYTES`].
    #[error("an attachment may have {MAX_BYTES} bytes at most")]
    TooLarge,
    /// The disk.
    #[error("the attachment store cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// Encryption.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Stores encrypted attachments; cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    dir: PathBuf,
    sealer: Sealer,
}

impl Blobs {
    /// A store in a directory, which is made if need be.
    ///
    /// # Errors
    /// [`BlobError::Io`] if the directory cannot be made.
    pub fn open(dir: &Path, sealer: Sealer) -> Result<Self, BlobError> {
        std::fs::create_dir_all(dir)?;
        Ok(Self { dir: dir.to_owned(), sealer })
    }

    /// Stores an attachment and answers its name once it is on disk. The same content twice is stored once.
    ///
    /// # Errors
    /// [`BlobError`] if it is too large or cannot be written.
    pub fn put(&self, content: &[u8]) -> Result<String, BlobError> {
        if content.len() > MAX_BYTES {
            return Err(BlobError::TooLarge);
        }
        let name = hex::encode(Sha256::digest(content));
        let path = self.path(&name)?;
        if !path.exists() {
            let parent = path.parent().unwrap_or(&self.dir);
            std::fs::create_dir_all(parent)?;
            let sealed = self.sealer.seal_file(&name, content)?;
            let unique = hex::encode(crate::entropy::random::<8>().map_err(SealError::from)?);
            let temporary = path.with_extension(unique);
            let mut file = std::fs::File::create(&temporary)?;
            file.write_all(&sealed)?;
            file.sync_all()?;
            std::fs::rename(&temporary, &path)?;
            std::fs::File::open(parent)?.sync_all()?;
        }
        Ok(name)
    }

    /// Reads an attachment.
    ///
    /// # Errors
    /// [`BlobError::Missing`] if there is none of this name; others if it cannot be read or was changed.
    pub fn load(&self, name: &str) -> Result<Vec<u8>, BlobError> {
        let file = match std::fs::read(self.path(name)?) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(BlobError::Missing(name.to_owned()));
            }
            other => other?,
        };
        Ok(self.sealer.open_file(name, &file)?)
    }

    fn path(&self, name: &str) -> Result<PathBuf, BlobError> {
        let error = || BlobError::Name(name.to_owned());
        if name.len() != 64 || !name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(error());
        }
        let (head, tail) = name.split_at_checked(2).ok_or_else(error)?;
        Ok(self.dir.join(head).join(tail))
    }
}
