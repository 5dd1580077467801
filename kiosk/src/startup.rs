//! Puts the parts together and takes them apart again.

use crate::agent::{Agent, Devices, Hands, Message, Parts};
use crate::clock::Clock;
use crate::config::Config;
use crate::core::roster::{Roster, RosterError};
use crate::device::UnknownKind;
use crate::device::prompt::Prompt;
use crate::device::sim::Scenario;
use crate::files;
use crate::identity::{Enrolment, IdentityError, KioskKey};
use crate::journal::{Journal, JournalError};
use crate::pictures::{Pictures, PicturesError};
use crate::sync::client::{self, Client, ClientError, Offset};
use crate::sync::{self, Start, Sync, Wish};
use crate::web::{self, App};
use actix_web::dev::Server;
use shared::time::Instant;
use shared::wire::v1::bundle::{DayBundle, SignedBundle};
use std::fs::{File, OpenOptions, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use thiserror::Error;

/// Where everything lies in the data directory.
#[derive(Debug, Clone)]
pub struct Layout {
    dir: PathBuf,
}

/// A kiosk that runs.
pub struct Kiosk {
    server: Server,
    address: SocketAddr,
    agent: (Sender<Message>, JoinHandle<()>),
    sync: (Sync, Option<JoinHandle<()>>),
    /// Held for as long as the kiosk runs: two kiosks on one journal would fork it.
    _lock: File,
}

/// Why the kiosk does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The data directory cannot be used.
    #[error("the data directory {0} cannot be used: {1}")]
    DataDir(PathBuf, std::io::Error),
    /// Another kiosk runs on it.
    #[error("another kiosk is running on the data directory {0}: stop it first")]
    Locked(PathBuf),
    /// The scenario socket cannot be made.
    #[error("the scenario socket {0} cannot be made: {1}")]
    Scenario(PathBuf, std::io::Error),
    /// The address cannot be used.
    #[error("the address {0} cannot be used: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// No server is named.
    #[error("no server is named: give --server URL, or write server = \"https://…\" into the configuration")]
    NoServer,
    /// Enrolled already.
    #[error("this kiosk is enrolled already as {0} at {1}; to enrol it anew, give it another data directory")]
    Enrolled(String, String),
    /// Journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Pictures.
    #[error(transparent)]
    Pictures(#[from] PicturesError),
    /// Key or enrolment.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Devices.
    #[error(transparent)]
    Device(#[from] UnknownKind),
    /// Server.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Layout {
    /// In this directory.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.dir.join("journal.db")
    }

    /// The kiosk's own key.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.dir.join("kiosk.key")
    }

    /// The enrolment.
    #[must_use]
    pub fn enrolment(&self) -> PathBuf {
        self.dir.join("enrolment.json")
    }

    /// The signed day bundle.
    #[must_use]
    pub fn bundle(&self) -> PathBuf {
        self.dir.join("bundle.json")
    }

    /// Pictures and PDFs.
    #[must_use]
    pub fn files(&self) -> PathBuf {
        self.dir.join("files")
    }

    /// The key of pictures and PDFs.
    #[must_use]
    pub fn files_key(&self) -> PathBuf {
        self.dir.join("files.key")
    }

    /// The clock's offset.
    #[must_use]
    pub fn offset(&self) -> PathBuf {
        self.dir.join("offset")
    }

    /// Opens the directory and makes sure that this is the only kiosk in it.
    ///
    /// # Errors
    /// [`StartError::DataDir`] or [`StartError::Locked`].
    pub fn lock(&self) -> Result<File, StartError> {
        let error = |e| StartError::DataDir(self.dir.clone(), e);
        files::private_dir(&self.dir).map_err(error)?;
        let path = self.dir.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(error)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(StartError::Locked(self.dir.clone())),
            Err(TryLockError::Error(e)) => Err(error(e)),
        }
    }
}

/// Enrols the kiosk. `server` goes before what the configuration says.
///
/// # Errors
/// [`StartError::Enrolled`] if it is enrolled, [`StartError::Client`] if the server refuses.
pub fn enrol(config: &Config, server: Option<&str>, code: &str) -> Result<Enrolment, StartError> {
    let layout = Layout::new(&config.data_dir);
    let _lock = layout.lock()?;
    enrol_locked(config, &layout, server, code)
}

fn enrol_locked(
    config: &Config,
    layout: &Layout,
    server: Option<&str>,
    code: &str,
) -> Result<Enrolment, StartError> {
    if let Some(enrolment) = Enrolment::load(&layout.enrolment())? {
        return Err(StartError::Enrolled(enrolment.kiosk.to_string(), enrolment.point.to_string()));
    }
    let server = server.or(config.server.as_deref()).ok_or(StartError::NoServer)?;
    // The key is on disk before the server learns of it, so that a crash in between leaves a kiosk that can enrol
    // once more with the same key.
    let key = KioskKey::open(&layout.key())?;
    let enrolment = client::enrol(config, &key, server, code)?;
    enrolment.save(&layout.enrolment())?;
    Ok(enrolment)
}

impl Kiosk {
    /// Starts everything. Must be called within an actix system. `enrol` holds server and code with which the kiosk
    /// is enrolled first if it isn't yet.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(config: &Config, enrol: Option<(Option<&str>, &str)>) -> Result<Self, StartError> {
        let layout = Layout::new(&config.data_dir);
        let lock = layout.lock()?;
        let enrolment = match (Enrolment::load(&layout.enrolment())?, enrol) {
            (None, Some((server, code))) => Some(enrol_locked(config, &layout, server, code)?),
            (found, _) => found,
        };
        let enrolment = enrolment.map(Arc::new);
        let scenario = Arc::new(Scenario::default());
        if let Some(path) = &config.scenario_socket {
            scenario.listen(path).map_err(|e| StartError::Scenario(path.clone(), e))?;
        }
        let clock = Arc::new(Clock::new(config.clock_socket.as_deref()));
        let offset = Arc::new(Offset::load(&layout.offset()));
        let pictures = Arc::new(Pictures::open(&layout.files(), &layout.files_key())?);
        let journal = Journal::open(&layout.journal())?;
        let roster = enrolment.as_deref().and_then(|enrolment| stored_roster(&layout, enrolment));
        let (to_agent, messages) = channel();
        let wishes = channel();
        let devices = Devices::from_config(config, &scenario)?;
        let eye = devices.eye.clone();
        let voice = Arc::clone(&devices.announcer);
        let agent = Agent::start(Parts {
            journal,
            roster: roster.clone(),
            clock: Arc::clone(&clock),
            offset: Arc::clone(&offset),
            pictures: Arc::clone(&pictures),
            hands: Hands::start(devices, Arc::clone(&pictures), &to_agent),
            sync: wishes.0.clone(),
        })?;
        let sync = match enrolment {
            None => (Sync::not_enrolled(wishes.0), None),
            Some(enrolment) => {
                let key = KioskKey::open(&layout.key())?;
                let client =
                    Client::new(config, Arc::clone(&enrolment), key, clock, Arc::clone(&offset), scenario)?;
                let start = Start {
                    journal: layout.journal(),
                    pictures: Arc::clone(&pictures),
                    bundle_file: layout.bundle(),
                    roster,
                    enrolment,
                    client,
                    offset,
                    agent: to_agent.clone(),
                    interval: Duration::from_secs(config.sync_seconds),
                };
                start_sync(start, wishes)?
            }
        };
        let spoken = config.voice.check_in && config.voice.kind != "silent";
        let prompt = if spoken { Prompt::espeak() } else { Prompt::silent() };
        let app = App { agent: to_agent.clone(), sync: sync.0.clone(), pictures, eye, prompt, voice };
        let (server, address) =
            web::serve(app, config.listen).map_err(|e| StartError::Listen(config.listen, e))?;
        let agent = (to_agent, std::thread::spawn(move || agent.run(&messages)));
        Ok(Self { server, address, agent, sync, _lock: lock })
    }

    /// The address of the pages.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A handle by which the pages can be stopped from elsewhere.
    #[must_use]
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.server.handle()
    }

    /// Runs until SIGTERM, SIGINT or the handle stops it; then ends agent and talk with the server in order.
    ///
    /// # Errors
    /// Whatever the listener says.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        let result = self.server.await;
        // Threads that have ended already are just what is wanted.
        let _ = self.agent.0.send(Message::Stop);
        self.sync.0.stop();
        let _ = self.agent.1.join();
        if let Some(thread) = self.sync.1 {
            let _ = thread.join();
        }
        result
    }
}

fn start_sync(
    start: Start,
    wishes: (Sender<Wish>, Receiver<Wish>),
) -> Result<(Sync, Option<JoinHandle<()>>), StartError> {
    let (sync, thread) = sync::spawn(start, wishes)?;
    Ok((sync, Some(thread)))
}

/// The day bundle of an earlier run. One that is damaged or not understood is left aside: the server will send another.
fn stored_roster(layout: &Layout, enrolment: &Enrolment) -> Option<Roster> {
    let bytes = files::read_if_there(&layout.bundle()).ok()??;
    let read = || -> Result<Roster, String> {
        let signed: SignedBundle = serde_json::from_slice(&bytes).map_err(|e| e.to_string())?;
        enrolment.verify(&signed).map_err(|e| e.to_string())?;
        let bundle: DayBundle = serde_json::from_str(&signed.bundle).map_err(|e| e.to_string())?;
        Roster::parse(&bundle).map_err(|e: RosterError| e.to_string())
    };
    read().map_err(|error| tracing::warn!(error, "the stored day bundle is not used")).ok()
}

/// The instant that a fresh kiosk would give as now; for commands that need no running kiosk.
///
/// # Errors
/// If there is no time.
pub fn now(config: &Config) -> Result<Instant, crate::clock::ClockError> {
    Clock::new(config.clock_socket.as_deref()).now()
}
