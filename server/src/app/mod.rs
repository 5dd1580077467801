//! Use cases, one file a capability: load → decide with `shared` → store. Synchronous; one transaction each; no HTTP.

pub mod accounts;
pub mod assign;
pub mod audit;
pub mod auth;
pub mod bank_desk;
pub mod bank_export;
pub mod banks;
pub mod blanks;
pub mod browser;
pub mod ceremony;
pub mod certificates;
pub mod closing;
pub mod days;
pub mod devices;
pub mod draw_desk;
pub mod draws;
pub mod duties;
pub mod events_page;
pub mod evidence;
pub mod find;
pub mod kiosks;
pub mod log;
pub mod masks;
pub mod mine;
pub mod once;
pub mod opening;
pub mod overview;
pub mod paper;
pub mod people;
pub mod pictures;
pub mod plan_board;
pub mod pools;
pub mod practical;
pub mod practice;
pub mod presence;
pub mod progress;
pub mod questions;
pub mod queues;
pub mod readiness;
pub mod refusal;
pub mod registering;
pub mod regrade;
pub mod results;
pub mod review;
pub mod rules_desk;
mod salts;
pub mod seating;
pub mod seed;
pub mod sessions;
pub mod sets;
pub mod settings;
mod staffing;
pub mod statistics;
pub mod theory;
pub mod tickets;
pub mod voices;
pub mod world;

pub use presence::Presence;
pub use refusal::Refusal;
pub use settings::Setup;
pub use voices::Voices;

use crate::blobs::{BlobError, Blobs};
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::db::{Db, DbError};
use crate::entropy::Entropy;
use crate::event::{Actor, Event, Fact};
use crate::keys::{KeyError, KeyRing};
use crate::seal::Sealer;
use crate::tiles::Tiles;
use std::sync::Arc;
use thiserror::Error;

/// What every use case has at hand; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Database.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// Secrets of draws.
    pub entropy: Entropy,
    /// Encryption of personal data.
    pub sealer: Sealer,
    /// Attachments.
    pub blobs: Blobs,
    /// The log as files.
    pub tiles: Tiles,
    /// Keys.
    pub keys: Arc<KeyRing>,
    /// Which seats and kiosks have been heard of.
    pub presence: Presence,
    /// Tokens of seats that were verified.
    pub verified: auth::Verified,
    /// Answers of seats on their way to the disk.
    pub lane: theory::Lane,
    /// How far the candidates of sessions have come.
    pub counts: theory::Counts,
    /// Sets that were found to differ.
    pub drift: statistics::Cache,
    /// Questions that are read aloud.
    pub voices: Voices,
    /// How the server was set up.
    pub setup: Arc<Setup>,
}

/// Why the application cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Attachments.
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

impl App {
    /// Opens everything that a configuration names, and brings the schema up to date.
    ///
    /// # Errors
    /// [`StartError`] names what cannot be opened.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        let keys = KeyRing::open(&config.keys, &config.key_command)?;
        crate::db::migrate::migrate(&config.database)?;
        let sealer = keys.sealer();
        Ok(Self {
            db: Db::open(&config.database)?,
            clock: config.clock()?,
            entropy: config.entropy(),
            blobs: match &config.objects {
                Some(bucket) => Blobs::remote(bucket, sealer.clone())?,
                None => Blobs::open(&config.blobs, sealer.clone())?,
            },
            tiles: Tiles::at(&config.tiles()),
            sealer,
            keys: Arc::new(keys),
            presence: Presence::default(),
            verified: auth::Verified::default(),
            lane: theory::Lane::default(),
            counts: theory::Counts::default(),
            drift: statistics::Cache::default(),
            voices: Voices::of(&config.voice.program),
            setup: Arc::new(Setup::of(config)),
        })
    }

    /// An event at this moment.
    #[must_use]
    pub fn event(&self, actor: &Actor, fact: Fact) -> Event {
        Event::new(self.clock.now(), actor.clone(), fact)
    }
}
