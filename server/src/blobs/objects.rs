//! Attachments in a bucket of an S3-compatible store, for several servers on one database.

use super::{BlobError, Key};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as ObjectPath;
use object_store::{Error, ObjectStoreExt, PutPayload};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

/// A bucket of an S3-compatible service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Address of the service, `https://…`.
    pub endpoint: String,
    /// Name of the bucket; it has to exist.
    pub bucket: String,
    /// Region, for services that want one.
    #[serde(default = "default_region")]
    pub region: String,
    /// File of two lines: the id and the secret of the access key.
    pub credentials: PathBuf,
    /// Whether an address without TLS may be used: on loopback, or in a network of its own.
    #[serde(default)]
    pub allow_http: bool,
}

fn default_region() -> String {
    "us-east-1".to_owned()
}

/// A bucket that is open. Use cases are synchronous: whichever thread waits for an answer drives the client meanwhile.
#[derive(Clone)]
pub(super) struct Objects {
    store: Arc<AmazonS3>,
    worker: Arc<Worker>,
}

struct Worker(Option<Runtime>);

impl Drop for Worker {
    fn drop(&mut self) {
        // The last use case may end on a thread that must not wait.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Objects {
    pub(super) fn open(bucket: &Bucket) -> Result<Self, BlobError> {
        let text = std::fs::read_to_string(&bucket.credentials)
            .map_err(|e| BlobError::Store(format!("{}: {e}", bucket.credentials.display())))?;
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (Some(id), Some(secret)) = (lines.next(), lines.next()) else {
            let file = bucket.credentials.display();
            return Err(BlobError::Store(format!("{file} needs two lines: id and secret of the access key")));
        };
        // The client takes the process's provider; a second installation is the same one and may fail.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = AmazonS3Builder::new()
            .with_endpoint(&bucket.endpoint)
            .with_bucket_name(&bucket.bucket)
            .with_region(&bucket.region)
            .with_access_key_id(id)
            .with_secret_access_key(secret)
            .with_allow_http(bucket.allow_http)
            .build()
            .map_err(failed)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { store: Arc::new(store), worker: Arc::new(Worker(Some(runtime))) })
    }

    pub(super) fn has(&self, key: &Key<'_>) -> Result<bool, BlobError> {
        match self.wait(self.store.head(&path(key)))? {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(other) => Err(failed(other)),
        }
    }

    pub(super) fn put(&self, key: &Key<'_>, sealed: Vec<u8>) -> Result<(), BlobError> {
        let payload = PutPayload::from(sealed);
        self.wait(self.store.put(&path(key), payload))?.map(|_| ()).map_err(failed)
    }

    pub(super) fn load(&self, key: &Key<'_>) -> Result<Vec<u8>, BlobError> {
        let found = self.wait(async { self.store.get(&path(key)).await?.bytes().await })?;
        match found {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(Error::NotFound { .. }) => Err(key.missing()),
            Err(other) => Err(failed(other)),
        }
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, BlobError> {
        let runtime = self.worker.0.as_ref().ok_or_else(|| BlobError::Store("it is closed".to_owned()))?;
        Ok(runtime.block_on(work))
    }
}

fn path(key: &Key<'_>) -> ObjectPath {
    ObjectPath::from(format!("{}/{}", key.head, key.tail))
}

fn failed(error: Error) -> BlobError {
    BlobError::Store(error.to_string())
}
