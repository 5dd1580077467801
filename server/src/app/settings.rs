//! What the server runs with, for whoever looks after it. Nothing of it is secret.

use super::App;
use crate::config::Config;
use crate::keys::KeyAge;

/// How the server was set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Address on which it listens.
    pub listen: String,
    /// Whether it speaks TLS itself.
    pub tls: bool,
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// `files` or `objects`.
    pub blobs: &'static str,
    /// Whether a command prints the passphrase of the key files.
    pub key_command: bool,
    /// Whether the secrets of draws come from a text, as only in demo worlds.
    pub seeded: bool,
    /// Name of the log in its checkpoints.
    pub log_origin: String,
    /// Version of the program.
    pub version: &'static str,
}

/// The settings as they are now.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How it was set up.
    pub setup: Setup,
    /// Keys, those of one purpose together, the one in use last.
    pub keys: Vec<KeyAge>,
}

impl Setup {
    /// From a configuration.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let postgres = crate::db::conn::Manager::new(&config.database).is_postgres();
        Self {
            listen: config.listen.to_string(),
            tls: config.tls.is_some(),
            database: if postgres { "postgres" } else { "sqlite" },
            blobs: if config.objects.is_some() { "objects" } else { "files" },
            key_command: !config.key_command.is_empty(),
            seeded: config.demo.as_ref().is_some_and(|demo| demo.entropy.is_some()),
            log_origin: config.log.origin.clone(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// What the server runs with.
#[must_use]
pub fn show(app: &App) -> Settings {
    Settings { setup: app.setup.as_ref().clone(), keys: app.keys.ages() }
}
