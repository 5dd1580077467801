//! The thread that talks to the server: measures, plans, does, and waits.

use super::backoff;
use super::client::{Client, ClientError, Offset};
use super::plan::{self, Alarm, Local, Operation, Remote};
use super::witness::{self, Judged, Refused};
use crate::agent::Message;
use crate::core::roster::Roster;
use crate::digest::Digest;
use crate::files;
use crate::identity::Enrolment;
use crate::journal::{Journal, JournalError, Seen};
use crate::pictures::Pictures;
use serde::Serialize;
use shared::log::checkpoint::Remembered;
use shared::time::{Date, Instant};
use shared::wire::v1::bundle::DayBundle;
use shared::wire::v1::journal::JournalAnswer;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What the worker is asked for.
#[derive(Debug)]
pub enum Wish {
    /// There is something new; only if the line is up.
    Soon,
    /// Now, and tell how it went.
    Now(Sender<SyncStatus>),
    /// End.
    Stop,
}

/// How things stand between kiosk and server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct SyncStatus {
    /// Whether this kiosk is enrolled.
    pub enrolled: bool,
    /// Whether the last talk succeeded.
    pub online: bool,
    /// When the server last answered, epoch milliseconds by the server's clock.
    pub last_contact: Option<i64>,
    /// Entries of the journal here …
    pub journal: u64,
    /// … and at the server.
    pub acknowledged: u64,
    /// Pictures that the server has not confirmed.
    pub pictures_unsent: usize,
    /// Files of the day bundle that are not here yet.
    pub files_missing: usize,
    /// Revision of the day bundle here.
    pub revision: Option<i64>,
    /// Entries of the last checkpoint of the log that was right.
    pub log_seen: Option<u64>,
    /// Server's clock minus kiosk's, milliseconds.
    pub offset_ms: i64,
    /// Entries that the server could not apply, since the start of the program.
    pub dead_letters: u64,
    /// Stable code of what a person must look at: `server_ahead`, `histories_differ`, `bundle_refused`,
    /// `kiosk_refused`, `picture_lost`, `log_refused`.
    pub alarm: Option<String>,
    /// Why the last talk failed, in English, for the log.
    pub last_error: Option<String>,
}

/// The worker as others see it.
#[derive(Clone)]
pub struct Sync {
    wishes: Sender<Wish>,
    status: Arc<Mutex<SyncStatus>>,
}

/// Everything the worker needs.
pub struct Start {
    /// Journal file; opened a second time.
    pub journal: PathBuf,
    /// Pictures and PDFs.
    pub pictures: Arc<Pictures>,
    /// Where the signed day bundle is kept.
    pub bundle_file: PathBuf,
    /// Revision of the bundle with which the agent started, and what files it needs.
    pub roster: Option<Roster>,
    /// Enrolment.
    pub enrolment: Arc<Enrolment>,
    /// Client.
    pub client: Client,
    /// Clock's offset.
    pub offset: Arc<Offset>,
    /// The agent.
    pub agent: Sender<Message>,
    /// Pause between two talks when nothing happens.
    pub interval: Duration,
}

/// Starts the thread.
///
/// # Errors
/// If the journal cannot be opened beside the agent.
pub fn spawn(
    start: Start,
    wishes: (Sender<Wish>, Receiver<Wish>),
) -> Result<(Sync, JoinHandle<()>), JournalError> {
    let (sender, receiver) = wishes;
    let status = Arc::new(Mutex::new(SyncStatus { enrolled: true, ..SyncStatus::default() }));
    let journal = Journal::open_beside(&start.journal)?;
    let (revision, needed) = known(start.roster.as_ref());
    let mut worker = Worker {
        unsent: BTreeSet::new(),
        order: Vec::new(),
        scanned: 0,
        lost: BTreeSet::new(),
        refused: None,
        revision,
        day: start.roster.as_ref().map(|roster| roster.day),
        needed,
        failures: 0,
        status: Arc::clone(&status),
        journal,
        start,
    };
    let thread = std::thread::spawn(move || worker.run(&receiver));
    Ok((Sync { wishes: sender, status }, thread))
}

impl Sync {
    /// For a kiosk that isn't enrolled: there is nobody to talk to.
    #[must_use]
    pub fn not_enrolled(wishes: Sender<Wish>) -> Self {
        Self { wishes, status: Arc::new(Mutex::new(SyncStatus::default())) }
    }

    /// How things stand.
    #[must_use]
    pub fn status(&self) -> SyncStatus {
        self.status.lock().map(|status| status.clone()).unwrap_or_default()
    }

    /// Talks now and tells how it went; at the latest after `patience`.
    #[must_use]
    pub fn now(&self, patience: Duration) -> SyncStatus {
        let (sender, receiver) = std::sync::mpsc::channel();
        if self.wishes.send(Wish::Now(sender)).is_err() {
            return self.status();
        }
        receiver.recv_timeout(patience).unwrap_or_else(|_| self.status())
    }

    /// Ends the thread.
    pub fn stop(&self) {
        // If it has ended already, that is just what is wanted.
        let _ = self.wishes.send(Wish::Stop);
    }
}

struct Worker {
    start: Start,
    journal: Journal,
    status: Arc<Mutex<SyncStatus>>,
    /// Pictures of the journal that are not confirmed, and their order.
    unsent: BTreeSet<Digest>,
    order: Vec<Digest>,
    /// Position up to which the journal has been looked through for pictures.
    scanned: u64,
    /// Pictures that are gone, damaged or refused: not tried again until the next start.
    lost: BTreeSet<Digest>,
    /// The log that was refused last: it is written down once, however often it is shown.
    refused: Option<Refused>,
    revision: Option<i64>,
    day: Option<Date>,
    needed: Vec<Digest>,
    failures: u32,
}

#[derive(Debug, thiserror::Error)]
enum TalkError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the journals of kiosk and server do not belong together: {0:?}")]
    Alarm(Alarm),
    #[error("the day bundle is refused: {0}")]
    Bundle(String),
    #[error("the disk refuses: {0}")]
    Disk(String),
    #[error("the log of the server is refused ({code}): {seen} entries were seen, now it has {now}", code = .0.code, seen = .0.seen, now = .0.now)]
    Log(Refused),
}

impl Worker {
    fn run(&mut self, wishes: &Receiver<Wish>) {
        let mut due = std::time::Instant::now();
        loop {
            let wait = due.saturating_duration_since(std::time::Instant::now());
            let reply = match wishes.recv_timeout(wait) {
                Ok(Wish::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                // While there is no line, only time or a person starts a new attempt.
                Ok(Wish::Soon) if self.failures > 0 => continue,
                Ok(Wish::Soon) | Err(RecvTimeoutError::Timeout) => None,
                Ok(Wish::Now(reply)) => Some(reply),
            };
            let result = self.talk();
            let pause = self.settle(result);
            due = std::time::Instant::now() + pause;
            if let Some(reply) = reply {
                // Whoever asked may have gone.
                let _ = reply.send(self.status.lock().map(|s| s.clone()).unwrap_or_default());
            }
        }
    }

    /// One talk: until there is nothing left to do.
    fn talk(&mut self) -> Result<(), TalkError> {
        let mut remote = self.start.client.journal_status()?;
        self.heard(&remote);
        let mut bundle_fetched = false;
        loop {
            let operations = self.plan(&remote)?;
            let mut done = 0_u32;
            for operation in operations {
                match operation {
                    Operation::FetchBundle if bundle_fetched => continue,
                    Operation::FetchBundle => {
                        self.fetch_bundle()?;
                        bundle_fetched = true;
                    }
                    Operation::SendPicture(picture) => self.send_picture(picture)?,
                    Operation::SendEntries { from, count } => {
                        let entries = self.journal.entries(from, count)?;
                        remote = self.start.client.send_entries(entries)?;
                        self.heard(&remote);
                    }
                    Operation::FetchFile(file) => self.fetch_file(file)?,
                }
                done = done.saturating_add(1);
            }
            if done == 0 {
                return self.witness();
            }
        }
    }

    /// Looks at the server's log and signs it, if it is the one that was seen before. The journal has been delivered by
    /// then: a log that is refused holds up no fact.
    fn witness(&mut self) -> Result<(), TalkError> {
        if !self.start.enrolment.is_witness() {
            return Ok(());
        }
        let seen = self.journal.seen()?;
        let size = seen.as_ref().map_or(0, |seen| seen.head.size);
        let answer = self.start.client.log(size)?;
        let seen = match witness::judge(&self.start.enrolment, seen.as_ref(), &answer) {
            Judged::Nothing => None,
            Judged::Deliver => seen,
            Judged::Sign(checkpoint, mut note) => {
                self.start.client.cosign(&mut note)?;
                let head = Remembered { size: checkpoint.size, root: checkpoint.root };
                let seen = Seen { origin: checkpoint.origin, head, note: note.to_string(), delivered: false };
                // Remembered before anybody can see the signature: it is never given to two histories.
                self.journal.remember(&seen)?;
                Some(seen)
            }
            Judged::Refuse(refused) => return self.refuse(refused),
        };
        self.refused = None;
        if let Some(seen) = seen {
            self.start.client.deliver(&seen.note)?;
            self.journal.remember(&Seen { delivered: true, ..seen })?;
        }
        let seen = self.journal.seen()?.map(|seen| seen.head.size);
        self.with_status(|status| status.log_seen = seen);
        Ok(())
    }

    /// Tells people, and has it written into the journal, once.
    fn refuse(&mut self, refused: Refused) -> Result<(), TalkError> {
        if self.refused.as_ref() != Some(&refused) {
            tracing::error!(refused.code, refused.seen, refused.now, "the log of the server is refused");
            let Refused { code, seen, now } = refused.clone();
            // If the agent has ended, so will this thread.
            let _ = self.start.agent.send(Message::LogRefused { code, seen, now });
            self.refused = Some(refused.clone());
        }
        Err(TalkError::Log(refused))
    }

    fn plan(&mut self, remote: &JournalAnswer) -> Result<Vec<Operation>, TalkError> {
        let size = self.journal.refresh()?.size;
        self.look_for_pictures()?;
        let hash_at_highest = self.journal.entries(remote.highest, 1)?.into_iter().next().map(|e| e.hash);
        let local = Local {
            size,
            hash_at_highest,
            unsent: self.order.clone(),
            revision: self.revision_of(Instant::from_millis(remote.server_time).date_in_china()),
            missing: self.missing(),
        };
        self.with_status(|status| {
            status.journal = local.size;
            status.pictures_unsent = local.unsent.len();
            status.files_missing = local.missing.len();
            status.revision = local.revision;
        });
        let remote = Remote { highest: remote.highest, hash: remote.hash.clone(), revision: remote.revision };
        plan::plan(&local, &remote).map_err(TalkError::Alarm)
    }

    /// Revision of the bundle here, if it is that of the day: at midnight another one is needed, though nothing may have
    /// changed at the server.
    fn revision_of(&self, today: Date) -> Option<i64> {
        self.revision.filter(|_| self.day == Some(today))
    }

    fn look_for_pictures(&mut self) -> Result<(), TalkError> {
        let size = self.journal.tail().size;
        if self.scanned >= size {
            return Ok(());
        }
        let sent = self.journal.sent_files()?;
        while self.scanned < size {
            let entries = self.journal.entries(self.scanned.saturating_add(1), 500)?;
            let Some(last) = entries.last() else { return Ok(()) };
            self.scanned = last.seq;
            for entry in &entries {
                if let Some(Ok(picture)) = entry.fact.picture().map(Digest::parse)
                    && !sent.contains(&picture)
                    && !self.lost.contains(&picture)
                    && self.unsent.insert(picture)
                {
                    self.order.push(picture);
                }
            }
        }
        Ok(())
    }

    fn missing(&self) -> Vec<Digest> {
        let absent = |file: &&Digest| !self.lost.contains(file) && !self.start.pictures.has(**file);
        self.needed.iter().filter(absent).copied().collect()
    }

    fn send_picture(&mut self, picture: Digest) -> Result<(), TalkError> {
        let outcome = match self.start.pictures.take(picture) {
            Ok(Some(bytes)) => self.start.client.send_file(picture, bytes),
            Ok(None) => Err(ClientError::Garbage(format!("the picture {picture} is gone"))),
            Err(error) => Err(ClientError::Garbage(error.to_string())),
        };
        match outcome {
            Ok(()) => self.journal.mark_sent(picture)?,
            // A picture that is lost or will never be taken must not hold up the facts behind it.
            Err(ClientError::Garbage(error)) => self.lose(picture, &error),
            Err(ClientError::Refused { status: 400 | 409 | 413 | 415 | 422, code }) => {
                self.lose(picture, &code);
            }
            Err(error) => return Err(error.into()),
        }
        self.unsent.remove(&picture);
        self.order.retain(|p| *p != picture);
        Ok(())
    }

    fn lose(&mut self, picture: Digest, why: &str) {
        tracing::error!(%picture, why, "a picture could not be handed to the server");
        self.lost.insert(picture);
        self.with_status(|status| status.alarm = Some("picture_lost".to_owned()));
    }

    fn fetch_file(&mut self, file: Digest) -> Result<(), TalkError> {
        match self.start.client.fetch_file(file) {
            Ok(bytes) => {
                self.start.pictures.put(&bytes).map_err(|e| TalkError::Disk(e.to_string()))?;
                Ok(())
            }
            Err(ClientError::Refused { status: 404, .. } | ClientError::Garbage(_)) => {
                tracing::warn!(%file, "a file of the day bundle is not to be had");
                self.lost.insert(file);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn fetch_bundle(&mut self) -> Result<(), TalkError> {
        let signed = self.start.client.bundle()?;
        let refused = |e: &dyn std::fmt::Display| TalkError::Bundle(e.to_string());
        self.start.enrolment.verify(&signed).map_err(|e| refused(&e))?;
        let bundle: DayBundle = serde_json::from_str(&signed.bundle).map_err(|e| refused(&e))?;
        let roster = Roster::parse(&bundle).map_err(|e| refused(&e))?;
        if roster.kiosk != self.start.enrolment.kiosk {
            return Err(TalkError::Bundle("it was made for another kiosk".to_owned()));
        }
        let text = serde_json::to_vec(&signed).map_err(|e| refused(&e))?;
        files::write_whole(&self.start.bundle_file, &text).map_err(|e| TalkError::Disk(e.to_string()))?;
        (self.revision, self.needed) = known(Some(&roster));
        self.day = Some(roster.day);
        self.lost.clear();
        // If the agent has ended, so will this thread.
        let _ = self.start.agent.send(Message::Bundle(Box::new(roster)));
        Ok(())
    }

    fn heard(&self, answer: &JournalAnswer) {
        let offset_ms = self.start.offset.millis();
        let letters = u64::try_from(answer.dead_letters.len()).unwrap_or(u64::MAX);
        self.with_status(|status| {
            status.online = true;
            status.last_contact = Some(Instant::from_millis(answer.server_time).millis());
            status.acknowledged = answer.highest;
            status.offset_ms = offset_ms;
            status.dead_letters = status.dead_letters.saturating_add(letters);
        });
    }

    /// Takes down how it went and says how long to wait.
    fn settle(&mut self, result: Result<(), TalkError>) -> Duration {
        let Err(error) = result else {
            self.failures = 0;
            let lost = !self.lost.is_empty();
            self.with_status(|status| {
                status.last_error = None;
                if !lost || status.alarm.as_deref() != Some("picture_lost") {
                    status.alarm = None;
                }
            });
            return self.start.interval;
        };
        self.failures = self.failures.saturating_add(1);
        if self.failures == 1 {
            tracing::warn!(%error, "no talk with the server; the kiosk goes on alone");
        }
        let online = matches!(error, TalkError::Alarm(_) | TalkError::Bundle(_) | TalkError::Log(_));
        self.with_status(|status| {
            status.online = online;
            status.last_error = Some(error.to_string());
            if let Some(alarm) = error.alarm() {
                status.alarm = Some(alarm.to_owned());
            }
        });
        let jitter = files::random_bytes().map_or(0, u64::from_le_bytes);
        backoff::pause(self.failures, jitter)
    }

    fn with_status(&self, change: impl FnOnce(&mut SyncStatus)) {
        if let Ok(mut status) = self.status.lock() {
            change(&mut status);
        }
    }
}

impl TalkError {
    fn alarm(&self) -> Option<&'static str> {
        match self {
            Self::Alarm(alarm) => Some(alarm.code()),
            Self::Bundle(_) => Some("bundle_refused"),
            Self::Log(_) => Some("log_refused"),
            Self::Client(ClientError::Refused { status: 401 | 403, .. }) => Some("kiosk_refused"),
            _ => None,
        }
    }
}

fn known(roster: Option<&Roster>) -> (Option<i64>, Vec<Digest>) {
    roster.map_or((None, Vec::new()), |roster| (Some(roster.revision), roster.needed_files()))
}
