//! Attachments as files of this machine: written whole and synced before they have their name.

use super::{BlobError, Key};
use crate::seal::SealError;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A directory with a directory for each first byte of a name.
#[derive(Clone)]
pub(super) struct Files(PathBuf);

impl Files {
    pub(super) fn open(dir: &Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(dir)?;
        Ok(Self(dir.to_owned()))
    }

    pub(super) fn has(&self, key: &Key<'_>) -> bool {
        self.path(key).exists()
    }

    pub(super) fn put(&self, key: &Key<'_>, sealed: &[u8]) -> Result<(), BlobError> {
        let path = self.path(key);
        let parent = path.parent().unwrap_or(&self.0);
        std::fs::create_dir_all(parent)?;
        let unique = hex::encode(crate::entropy::random::<8>().map_err(SealError::from)?);
        let temporary = path.with_extension(unique);
        let mut file = std::fs::File::create(&temporary)?;
        file.write_all(sealed)?;
        file.sync_all()?;
        std::fs::rename(&temporary, &path)?;
        std::fs::File::open(parent)?.sync_all()?;
        Ok(())
    }

    pub(super) fn load(&self, key: &Key<'_>) -> Result<Vec<u8>, BlobError> {
        match std::fs::read(self.path(key)) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(key.missing()),
            other => Ok(other?),
        }
    }

    fn path(&self, key: &Key<'_>) -> PathBuf {
        self.0.join(key.head).join(key.tail)
    }
}
