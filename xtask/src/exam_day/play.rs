//! What all steps of the day share: the two programs, the people, the clock.

use super::Options;
use super::bank::Knowledge;
use super::cast::{self, Part};
use super::clock::Clock;
use super::files::Files;
use super::people::{self, Invented};
use super::report::{Running, Step};
use super::setting::Setting;
use super::theory::Desks;
use super::world::{self, Plan};
use crate::client::{Client, Login};
use crate::fail::{Context, Fail, Outcome};
use crate::postgres::Cluster;
use crate::process::Service;
use crate::random::Chance;
use crate::shell;
use shared::time::Instant;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Header that the kiosk wants on every write.
const KIOSK_HEADER: (&str, &str) = ("x-kaodian-kiosk", "exam-day");

/// Everything.
pub struct Play {
    /// When and where the day is played, and as whom.
    pub setting: Setting,
    /// Where the choices come from.
    pub chance: Chance,
    /// The right answers.
    pub knowledge: Knowledge,
    /// The two programs and how they are spoken to.
    pub stage: Arc<Stage>,
    /// Everybody with an account, by login.
    pub logins: BTreeMap<String, Login>,
    /// The candidates.
    pub examinees: Vec<Examinee>,
    /// The bank that was imported.
    pub bank: String,
    /// The sessions.
    pub sessions: Vec<Session>,
    /// What happens at the seats of the session that is being held.
    pub desks: Desks,
    /// What has been done.
    pub steps: Vec<Step>,
    /// Runs for as long as the day lasts.
    _cluster: Option<Cluster>,
}

/// The two programs, how they are spoken to, and where everything lies: what kills and steps share.
#[derive(Debug)]
pub struct Stage {
    /// Where everything lies.
    pub files: Files,
    /// The server.
    pub server: Service,
    /// The kiosk.
    pub kiosk: Service,
    /// How the server is spoken to.
    pub api: Arc<Client>,
    /// How the kiosk is spoken to.
    pub desk: Arc<Client>,
    /// The controlled clock.
    pub clock: Clock,
    /// The step that is being carried out, and the calls to server and kiosk before it.
    step: Mutex<(String, u64, u64)>,
}

/// How far the step has come that is being carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Its name.
    pub step: String,
    /// Calls to the server that it has begun.
    pub server: usize,
    /// Calls to the kiosk that it has begun.
    pub kiosk: usize,
}

/// A candidate and what has happened to him.
#[derive(Debug, Clone)]
pub struct Examinee {
    /// Number from 0.
    pub number: usize,
    /// Who.
    pub person: Invented,
    /// What he does.
    pub part: Part,
    /// Session, from 0.
    pub session: usize,
    /// Registration id.
    pub registration: String,
    /// Ticket number.
    pub ticket: String,
    /// Text of the ticket's QR code.
    pub secret: String,
    /// Room.
    pub room: String,
    /// Seat.
    pub seat: i64,
    /// Queue number that the kiosk acknowledged.
    pub queue_number: Option<i64>,
    /// Points that the answers given are worth.
    pub points: Option<i64>,
    /// Certificate.
    pub certificate: Option<String>,
}

/// A session and who has which duty.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// Session id.
    pub id: String,
    /// Start, RFC 3339.
    pub start: String,
    /// Login names of the invigilators by room.
    pub invigilators: BTreeMap<String, Vec<String>>,
    /// Login names of the examiners by station.
    pub examiners: BTreeMap<String, Vec<String>>,
    /// Login name of the lead examiner.
    pub lead: String,
}

impl Play {
    /// Lays out a world of its own for a whole exam day; nothing is started yet.
    ///
    /// # Errors
    /// If files cannot be written or the private PostgreSQL cluster does not start.
    pub fn prepare(options: &Options) -> Outcome<Self> {
        let trade = options.trade();
        let plan = Plan::new(options.examinees, &trade, &category_of(&trade)?);
        let (files, cluster) = Files::of_exam_day(options)?;
        plan.write(&files.work)?;
        let parts = cast::draw(&Chance::new(&options.seed), options.examinees);
        let mut examinees = Vec::new();
        let sessions_of =
            plan.sessions.iter().enumerate().flat_map(|(at, size)| std::iter::repeat_n(at, *size));
        for ((number, part), session) in parts.into_iter().enumerate().zip(sessions_of) {
            examinees.push(Examinee { session, ..Examinee::new(number, people::candidate(number)?, part) });
        }
        let start = Instant::parse(world::EVE).or_fail(world::EVE)?;
        files.write_configs(start, &options.seed)?;
        let play = Self::new(&Arc::new(Stage::new(files, start)), plan.setting(options), examinees)?;
        Ok(Self { _cluster: cluster, ..play })
    }

    /// A day over programs and a world that are there.
    ///
    /// # Errors
    /// If the question bank cannot be read.
    pub fn new(stage: &Arc<Stage>, setting: Setting, examinees: Vec<Examinee>) -> Outcome<Self> {
        let knowledge = Knowledge::read(&setting.bank)?;
        let names = ["centre", "centre2", "auditor", "point", "training"].map(str::to_owned);
        let names = names.into_iter().chain(setting.logins());
        let login = |name: String| (name.clone(), Login::new(&stage.api, &name, &setting.password));
        let logins = names.map(login).collect();
        Ok(Self {
            stage: Arc::clone(stage),
            chance: Chance::new(&setting.seed),
            bank: String::new(),
            sessions: Vec::new(),
            desks: Desks::default(),
            steps: Vec::new(),
            setting,
            knowledge,
            logins,
            examinees,
            _cluster: None,
        })
    }

    /// A person with an account.
    ///
    /// # Errors
    /// If nobody has this login.
    pub fn login(&self, name: &str) -> Outcome<&Login> {
        self.logins.get(name).or_fail(format!("nobody has the login '{name}'"))
    }

    /// A session.
    ///
    /// # Errors
    /// If there is none with this number.
    pub fn session(&self, number: usize) -> Outcome<&Session> {
        self.sessions.get(number).or_fail(format!("there is no session {number}"))
    }

    /// The candidates of a session.
    pub fn of_session(&self, session: usize) -> impl Iterator<Item = &Examinee> {
        self.examinees.iter().filter(move |e| e.session == session)
    }

    /// Carries out a step that answers how many there were.
    ///
    /// # Errors
    /// What the step fails with, with its name in front.
    pub fn step(
        &mut self,
        name: &str,
        parts: usize,
        work: impl FnOnce(&mut Self, &Running) -> Outcome<usize>,
    ) -> Outcome<()> {
        let running = Running::begin(name, parts);
        self.stage.begin(name);
        let count = work(self, &running).or_fail(name)?;
        self.steps.push(running.end(count));
        Ok(())
    }

    /// Carries out a step of which nothing is left to read.
    ///
    /// # Errors
    /// As [`Play::step`].
    pub fn quietly(
        &mut self,
        name: &str,
        work: impl FnOnce(&mut Self, &Running) -> Outcome<usize>,
    ) -> Outcome<()> {
        let running = Running::begin(name, 0);
        work(self, &running).or_fail(name)?;
        running.clear();
        Ok(())
    }
}

impl std::ops::Deref for Play {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.stage
    }
}

impl Stage {
    /// Two programs that are not running yet; the clock will stand at `start`.
    #[must_use]
    pub fn new(files: Files, start: Instant) -> Self {
        let desk =
            Client::new(&format!("http://{}", files.kiosk)).with_header(KIOSK_HEADER.0, KIOSK_HEADER.1);
        Self {
            server: files.server_program(),
            kiosk: files.kiosk_program(),
            clock: Clock::new(&files.work.join("clock"), start),
            api: Arc::new(Client::new(&format!("http://{}", files.server))),
            desk: Arc::new(desk),
            step: Mutex::new((String::new(), 0, 0)),
            files,
        }
    }

    fn begin(&self, step: &str) {
        let now = (step.to_owned(), self.api.counts().0, self.desk.counts().0);
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// How far the present step has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let (step, server, kiosk) = self.step.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let since = |now: u64, before: u64| usize::try_from(now.saturating_sub(before)).unwrap_or(0);
        Progress {
            step,
            server: since(self.api.counts().0, server),
            kiosk: since(self.desk.counts().0, kiosk),
        }
    }

    /// Kills the server as a power cut would, and starts it again at the present time of the day.
    ///
    /// # Errors
    /// If it does not start again.
    pub fn restart_server(&self) -> Outcome<()> {
        self.server.kill();
        self.files.start_clock_at(self.clock.now())?;
        self.server.start()
    }

    /// Kills the kiosk as a power cut would, and starts it again.
    ///
    /// # Errors
    /// If it does not start again.
    pub fn restart_kiosk(&self) -> Outcome<()> {
        self.kiosk.kill();
        self.kiosk.start()
    }

    /// Socket of the simulated devices.
    #[must_use]
    pub fn scenario(&self) -> PathBuf {
        self.files.scenario()
    }
}

impl Examinee {
    /// Somebody who is registered nowhere yet.
    #[must_use]
    pub const fn new(number: usize, person: Invented, part: Part) -> Self {
        Self {
            number,
            person,
            part,
            session: 0,
            registration: String::new(),
            ticket: String::new(),
            secret: String::new(),
            room: String::new(),
            seat: 0,
            queue_number: None,
            points: None,
            certificate: None,
        }
    }
}

/// Does something for each of many, several at a time; the first failure stops the others.
///
/// # Errors
/// The first failure.
pub fn each<T: Sync>(
    items: &[T],
    running: &Running,
    work: impl Fn(&T) -> Outcome<()> + Sync,
) -> Outcome<usize> {
    const THREADS: usize = 8;
    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<Fail>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Err(fail) = work(item) {
                        next.store(items.len(), Ordering::SeqCst);
                        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fail);
                        return;
                    }
                    running.tick();
                }
            });
        }
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(fail) => Err(fail),
        None => Ok(items.len()),
    }
}

fn category_of(trade: &str) -> Outcome<String> {
    let text = std::fs::read_to_string(shell::root().join("fixtures/trades.toml"))
        .or_fail("fixtures/trades.toml")?;
    let (_, trades) = shared::wire::trades::parse(&text).or_fail("fixtures/trades.toml")?;
    let found = trades.iter().find(|t| t.id.as_str() == trade);
    Ok(found.or_fail(format!("there is no trade '{trade}'"))?.category.to_string())
}
