//! Attachments: portraits, captures, documents. One interface; files named by their content are the default store.
//!
//! What is stored is encrypted before it leaves the process; the name is the SHA-256 of the plain content, or a keyed
//! hash of what it was made from.

mod files;
mod objects;

use crate::seal::{SealError, Sealer};
use files::Files;
pub use objects::Bucket;
use objects::Objects;
use sha2::{Digest, Sha256};
use std::path::Path;
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
    /// The store of several servers.
    #[error("the attachment store cannot be used: {0}")]
    Store(String),
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
    store: Store,
    sealer: Sealer,
}

/// Where they lie.
#[derive(Clone)]
enum Store {
    /// Files of this machine.
    Files(Files),
    /// An S3-compatible store that several servers share.
    Objects(Objects),
}

impl Blobs {
    /// A store in a directory, which is made if need be.
    ///
    /// # Errors
    /// [`BlobError::Io`] if the directory cannot be made.
    pub fn open(dir: &Path, sealer: Sealer) -> Result<Self, BlobError> {
        Ok(Self { store: Store::Files(Files::open(dir)?), sealer })
    }

    /// A store in a bucket of an S3-compatible service.
    ///
    /// # Errors
    /// [`BlobError::Store`] if what the configuration says cannot be used.
    pub fn remote(bucket: &Bucket, sealer: Sealer) -> Result<Self, BlobError> {
        Ok(Self { store: Store::Objects(Objects::open(bucket)?), sealer })
    }

    /// Stores an attachment and answers its name once it is kept for good. The same content twice is stored once.
    ///
    /// # Errors
    /// [`BlobError`] if it is too large or cannot be written.
    pub fn put(&self, content: &[u8]) -> Result<String, BlobError> {
        if content.len() > MAX_BYTES {
            return Err(BlobError::TooLarge);
        }
        let name = hex::encode(Sha256::digest(content));
        if !self.has(&name)? {
            self.put_as(&name, content)?;
        }
        Ok(name)
    }

    /// Stores what was made from something else under a name of the caller's, 64 hexadecimal digits, in place of what is
    /// there.
    ///
    /// # Errors
    /// [`BlobError`] if it is too large or cannot be written.
    pub fn put_as(&self, name: &str, content: &[u8]) -> Result<(), BlobError> {
        if content.len() > MAX_BYTES {
            return Err(BlobError::TooLarge);
        }
        let key = Key::parse(name)?;
        let sealed = self.sealer.seal_file(name, content)?;
        match &self.store {
            Store::Files(files) => files.put(&key, &sealed),
            Store::Objects(objects) => objects.put(&key, sealed),
        }
    }

    /// Whether there is an attachment of this name.
    ///
    /// # Errors
    /// [`BlobError`] if the name is none or the store cannot be asked.
    pub fn has(&self, name: &str) -> Result<bool, BlobError> {
        let key = Key::parse(name)?;
        match &self.store {
            Store::Files(files) => Ok(files.has(&key)),
            Store::Objects(objects) => objects.has(&key),
        }
    }

    /// Reads an attachment.
    ///
    /// # Errors
    /// [`BlobError::Missing`] if there is none of this name; others if it cannot be read or was changed.
    pub fn load(&self, name: &str) -> Result<Vec<u8>, BlobError> {
        let key = Key::parse(name)?;
        let sealed = match &self.store {
            Store::Files(files) => files.load(&key)?,
            Store::Objects(objects) => objects.load(&key)?,
        };
        Ok(self.sealer.open_file(name, &sealed)?)
    }
}

/// The name of an attachment in two parts, so that no directory grows too large.
struct Key<'a> {
    head: &'a str,
    tail: &'a str,
}

impl<'a> Key<'a> {
    fn parse(name: &'a str) -> Result<Self, BlobError> {
        let error = || BlobError::Name(name.to_owned());
        if name.len() != 64 || !name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(error());
        }
        let (head, tail) = name.split_at_checked(2).ok_or_else(error)?;
        Ok(Self { head, tail })
    }

    fn missing(&self) -> BlobError {
        BlobError::Missing(format!("{}{}", self.head, self.tail))
    }
}
