//! Configuration: one TOML file, a few settings also from the command line.

use crate::blobs::Bucket;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Settings of a server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Database: a path (SQLite) or `postgres://…`.
    pub database: String,
    /// Directory for attachments.
    pub blobs: PathBuf,
    /// An S3-compatible store for attachments instead, which several servers can share.
    pub objects: Option<Bucket>,
    /// Key directory.
    pub keys: PathBuf,
    /// Command that prints the passphrase of the key files, for example one that asks a key management system: the
    /// program and its arguments.
    #[serde(default)]
    pub key_command: Vec<String>,
    /// Certificate and key for TLS; needed on every address that is not loopback.
    pub tls: Option<Tls>,
    /// The log over the events.
    #[serde(default)]
    pub log: Log,
    /// Questions read aloud.
    #[serde(default)]
    pub voice: Voice,
    /// Present in demo worlds only.
    pub demo: Option<Demo>,
}

/// The log over the events.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Name of the log in its checkpoints, of its own for each centre: without spaces and plus signs, by custom a host name
    /// and a path. It stays as it is for as long as the log is continued.
    pub origin: String,
    /// Directory for the log's files; `tiles` beside the attachments if none is named.
    pub tiles: Option<PathBuf>,
}

impl Default for Log {
    fn default() -> Self {
        Self { origin: "kaodian/log".to_owned(), tiles: None }
    }
}

/// Questions read aloud.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Voice {
    /// The program that speaks, called like `espeak-ng`; empty for none.
    pub program: String,
}

impl Default for Voice {
    fn default() -> Self {
        Self { program: "espeak-ng".to_owned() }
    }
}

/// TLS files as `kaodian-server tls init` writes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Certificate chain, PEM.
    pub certificate: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

/// What only a demo world may have. A normal configuration has no such table, and then there is no controlled clock.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Unix socket of the controlled clock.
    pub clock_socket: PathBuf,
    /// Where the clock starts, RFC 3339.
    pub clock_start: String,
    /// How fast it runs: 1 like real time, 0 stands still.
    #[serde(default)]
    pub clock_rate: u32,
    /// Text from which the secrets of the draws are derived, so that a day can be played again.
    pub entropy: Option<String>,
}

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(PathBuf, std::io::Error),
    /// Not what a configuration looks like.
    #[error("{0}: {1}")]
    Toml(PathBuf, Box<toml::de::Error>),
    /// TLS is missing on an open address.
    #[error("{0} is not a loopback address: give it a [tls] table (kaodian-server tls init makes the files)")]
    TlsMissing(SocketAddr),
    /// The log's name cannot be one.
    #[error("[log] origin '{0}': a name without spaces and plus signs is needed")]
    Origin(String),
    /// The clock's start is no time.
    #[error("[demo] clock_start: {0}")]
    Clock(#[from] shared::time::TimeError),
}

impl Config {
    /// Reads a file; relative paths in it are taken from its directory.
    ///
    /// # Errors
    /// [`ConfigError`] names the file and the key.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|e| ConfigError::Read(path.to_owned(), e))?;
        let mut config: Self =
            toml::from_str(&text).map_err(|e| ConfigError::Toml(path.to_owned(), Box::new(e)))?;
        let base = path.parent().unwrap_or_else(|| Path::new("."));
        config.rebase(base);
        config.check()?;
        Ok(config)
    }

    /// Refuses what must not be: an open address without TLS, a log without a name.
    ///
    /// # Errors
    /// [`ConfigError::TlsMissing`], [`ConfigError::Origin`].
    pub fn check(&self) -> Result<(), ConfigError> {
        let origin = &self.log.origin;
        if origin.is_empty() || origin.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+') {
            return Err(ConfigError::Origin(origin.clone()));
        }
        if !self.listen.ip().is_loopback() && self.tls.is_none() {
            return Err(ConfigError::TlsMissing(self.listen));
        }
        Ok(())
    }

    /// Directory for the log's files.
    #[must_use]
    pub fn tiles(&self) -> PathBuf {
        let beside = || self.blobs.parent().unwrap_or_else(|| Path::new(".")).join("tiles");
        self.log.tiles.clone().unwrap_or_else(beside)
    }

    /// The clock of this world.
    ///
    /// # Errors
    /// [`ConfigError::Clock`] if a demo world's start is no time.
    pub fn clock(&self) -> Result<crate::clock::Clock, ConfigError> {
        Ok(match &self.demo {
            None => crate::clock::Clock::System,
            Some(demo) => {
                let start = shared::time::Instant::parse(&demo.clock_start)?;
                crate::clock::Clock::controlled(start, demo.clock_rate)
            }
        })
    }

    /// The source of secrets of this world.
    #[must_use]
    pub fn entropy(&self) -> crate::entropy::Entropy {
        match self.demo.as_ref().and_then(|d| d.entropy.as_deref()) {
            None => crate::entropy::Entropy::System,
            Some(seed) => crate::entropy::Entropy::Seeded(seed.into()),
        }
    }

    fn rebase(&mut self, base: &Path) {
        if !self.database.contains("://") {
            self.database = base.join(&self.database).to_string_lossy().into_owned();
        }
        let mut paths = vec![&mut self.blobs, &mut self.keys];
        if let Some(objects) = &mut self.objects {
            paths.push(&mut objects.credentials);
        }
        paths.extend(self.log.tiles.as_mut());
        if let Some(tls) = &mut self.tls {
            paths.extend([&mut tls.certificate, &mut tls.key]);
        }
        if let Some(demo) = &mut self.demo {
            paths.push(&mut demo.clock_socket);
        }
        for path in paths {
            *path = base.join(&*path);
        }
    }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}
