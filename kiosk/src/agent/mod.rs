//! The one loop: it owns state, journal and devices, asks the core what is to be done, and does it in that order.
//!
//! A fact is on disk before anything that follows from it is shown, called or printed. If it cannot be written, nothing
//! follows, and whoever asked is told.

mod hands;
mod places;
mod slip;
pub mod view;

pub use hands::{Devices, Hands};

use crate::clock::Clock;
use crate::core::refusal::Refusal;
use crate::core::roster::Roster;
use crate::core::state::State;
use crate::core::{Action, Answer, Command, Event, Means, PrintFault, PrintJob, Shot, step};
use crate::device::ticket::TicketFault;
use crate::device::trouble::Trouble;
use crate::device::{Cancelled, DeviceError};
use crate::journal::{Journal, JournalError};
use crate::pictures::Pictures;
use crate::sync::Wish;
use crate::sync::client::Offset;
use shared::ids::{CertificateId, TicketNumber};
use shared::time::Instant;
use shared::wire::v1::journal::KioskFact;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;
use thiserror::Error;
use view::{Look, PersonView};

/// What the agent is told.
pub enum Message {
    /// A person wants something.
    Command(Command, Sender<Reply>),
    /// A person wants to check in with the card that lies on the reader.
    CheckInByCard(Sender<Reply>),
    /// Somebody at the check-in screen asks for help, or staff have come.
    Help(bool, Sender<()>),
    /// A page wants to know how things stand.
    Look(Sender<Look>),
    /// A new day bundle has been verified.
    Bundle(Box<Roster>),
    /// The server showed a log that is not the one that was seen.
    LogRefused {
        /// Stable code.
        code: &'static str,
        /// Entries that were seen.
        seen: u64,
        /// Entries of the one that was refused.
        now: u64,
    },
    /// The camera is done.
    PictureTaken(TicketNumber, Result<Shot, &'static str>),
    /// What holds the printer up while it prints a certificate, if anything does.
    PrinterSays(CertificateId, Option<Trouble>),
    /// A queue ticket was printed, or not.
    TicketPrinted(Result<(), TicketFault>),
    /// The printer is done.
    PrinterAnswered(PrintJob, Result<(), PrintFault>),
    /// End.
    Stop,
}

/// What whoever asked is told.
pub type Reply = Result<Reported, Failure>;

/// An answer, with the person it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// The answer.
    pub answer: Answer,
    /// The person as he stands now.
    pub person: Option<PersonView>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Failure {
    /// Refused, with the person it is about.
    #[error("{0}")]
    Refused(Refusal, Option<Box<PersonView>>),
    /// The journal cannot be written: nothing has been done.
    #[error("the journal cannot be written")]
    Journal,
    /// There is no time.
    #[error("there is no clock")]
    Clock,
    /// The agent is ending.
    #[error("the kiosk is stopping")]
    Stopping,
}

/// Everything the agent owns.
pub struct Agent {
    state: State,
    journal: Journal,
    /// Position up to which the journal is in the state.
    applied: u64,
    clock: Arc<Clock>,
    offset: Arc<Offset>,
    pictures: Arc<Pictures>,
    hands: Hands,
    sync: Sender<Wish>,
    pending: Vec<Pending>,
    /// Set while the disk refuses to write; then it is tried again at this moment.
    stuck_until: Option<std::time::Instant>,
    /// What devices reported while the disk refused: it has happened and must be written as soon as there is room.
    unsettled: Vec<Event>,
    /// Since when somebody at the check-in screen has been asking for help.
    help_since: Option<Instant>,
    /// What held the printer up when it was last heard of, and over which certificate.
    trouble: Option<(CertificateId, Trouble)>,
    /// Why the last queue ticket did not come out.
    ticket_fault: Option<TicketFault>,
}

/// How often a disk that is full is tried again.
const DISK_PAUSE: Duration = Duration::from_secs(1);

/// Whoever waits for a device.
struct Pending {
    task: Task,
    deadline: std::time::Instant,
    cancelled: Cancelled,
    reply: Sender<Reply>,
}

#[derive(PartialEq)]
enum Task {
    Picture(TicketNumber),
    Print(PrintJob),
}

/// Everything the agent is made from.
pub struct Parts {
    /// The verified journal.
    pub journal: Journal,
    /// The day bundle that was there at the start.
    pub roster: Option<Roster>,
    /// Clock.
    pub clock: Arc<Clock>,
    /// Clock's offset.
    pub offset: Arc<Offset>,
    /// Pictures and PDFs.
    pub pictures: Arc<Pictures>,
    /// Devices.
    pub hands: Hands,
    /// The thread that talks to the server.
    pub sync: Sender<Wish>,
}

impl Agent {
    /// Replays the journal and settles what a crash left open.
    ///
    /// # Errors
    /// Whatever the journal says.
    pub fn start(parts: Parts) -> Result<Self, JournalError> {
        let mut agent = Self {
            state: State::default(),
            journal: parts.journal,
            applied: 0,
            clock: parts.clock,
            offset: parts.offset,
            pictures: parts.pictures,
            hands: parts.hands,
            sync: parts.sync,
            pending: Vec::new(),
            stuck_until: None,
            unsettled: Vec::new(),
            help_since: None,
            trouble: None,
            ticket_fault: None,
        };
        if let Some(roster) = parts.roster {
            agent.feed(Event::Bundle(Box::new(roster)));
        }
        agent.catch_up()?;
        agent.settle(Event::Started, None);
        Ok(agent)
    }

    /// Runs until it is told to stop.
    pub fn run(mut self, messages: &Receiver<Message>) {
        loop {
            match messages.recv_timeout(self.patience()) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.give_up_what_is_late();
            self.try_the_disk_again();
        }
        for pending in self.pending.drain(..) {
            pending.cancelled.cancel();
            // Whoever asked may have gone.
            let _ = pending.reply.send(Err(Failure::Stopping));
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Command(command, reply) => self.command(command, reply),
            Message::CheckInByCard(reply) => {
                let card = self.hands.card();
                self.command(Command::CheckIn(Means::Card(card)), reply);
            }
            Message::Help(wanted, reply) => {
                let since = self.help_since.or_else(|| self.now());
                self.help_since = since.filter(|_| wanted);
                let _ = reply.send(());
            }
            Message::Look(reply) => {
                let now = self.now().unwrap_or_default();
                let mut look = view::look(&self.state, &self.journal, now);
                look.disk_full = self.stuck_until.is_some();
                look.voice = self.hands.voice();
                look.help_since = self.help_since.map(|since| since.millis());
                look.ticket_fault = self.ticket_fault.map(TicketFault::word);
                look.add_trouble(self.trouble.as_ref());
                let _ = reply.send(look);
            }
            Message::Bundle(roster) => {
                self.feed(Event::Bundle(roster));
            }
            Message::LogRefused { code, seen, now } => {
                self.settle(Event::LogRefused { code, seen, now }, None);
            }
            Message::PictureTaken(ticket, picture) => {
                // Without somebody who waits it came after its deadline; that he has been told.
                if let Some(pending) = self.taken_from_pending(&Task::Picture(ticket.clone())) {
                    if picture.as_ref().err() == Some(&hands::NOT_KEPT) {
                        self.is_stuck();
                        // Whoever asked may have gone.
                        let _ = pending.reply.send(Err(Failure::Journal));
                        return;
                    }
                    let actions = self.feed(Event::PictureTaken { ticket, picture });
                    self.perform(actions, Some(pending.reply));
                }
            }
            Message::TicketPrinted(result) => self.ticket_fault = result.err(),
            Message::PrinterSays(certificate, trouble) => {
                self.trouble = trouble.map(|trouble| (certificate, trouble));
            }
            Message::PrinterAnswered(job, result) => self.printer_answered(job, result),
            Message::Stop => {}
        }
    }

    fn command(&mut self, command: Command, reply: Sender<Reply>) {
        let Some(now) = self.now() else {
            let _ = reply.send(Err(Failure::Clock));
            return;
        };
        let command = match command {
            Command::Print(mut wish) => {
                wish.file_at_hand = self
                    .state
                    .roster()
                    .and_then(|roster| roster.certificate(&wish.certificate))
                    .is_some_and(|certificate| self.pictures.has(certificate.pdf));
                Command::Print(wish)
            }
            other => other,
        };
        let actions = self.feed(Event::Command { now, command });
        self.perform(actions, Some(reply));
    }

    fn printer_answered(&mut self, job: PrintJob, result: Result<(), PrintFault>) {
        let reply = self.taken_from_pending(&Task::Print(job.clone())).map(|pending| pending.reply);
        self.settle(Event::PrinterAnswered { job, result }, reply);
    }

    /// What has happened already is written as soon as the disk takes it.
    fn settle(&mut self, event: Event, reply: Option<Sender<Reply>>) {
        let actions = self.feed(event.clone());
        if !self.perform(actions, reply) {
            self.unsettled.push(event);
        }
    }

    fn is_stuck(&mut self) {
        self.stuck_until = Some(std::time::Instant::now() + DISK_PAUSE);
    }

    fn try_the_disk_again(&mut self) {
        if self.stuck_until.is_none_or(|until| std::time::Instant::now() < until) {
            return;
        }
        if !self.pictures.has_room() {
            self.is_stuck();
            return;
        }
        self.stuck_until = None;
        for event in std::mem::take(&mut self.unsettled) {
            self.settle(event, None);
        }
    }

    /// Does what the core wants, in order. The first fact that cannot be written ends it; answers whether all were.
    fn perform(&mut self, actions: Vec<Action>, mut reply: Option<Sender<Reply>>) -> bool {
        for action in actions {
            match action {
                Action::Record(facts) => {
                    if self.record(&facts).is_err() {
                        answer(&mut reply, Err(Failure::Journal));
                        return false;
                    }
                }
                Action::TakePicture { ticket } => {
                    self.hands.take_picture(ticket.clone());
                    self.wait_for(Task::Picture(ticket), Cancelled::default(), reply.take());
                }
                Action::Print(job) => {
                    self.trouble = None;
                    let cancelled = Cancelled::default();
                    self.hands.print(&job, &self.pictures, cancelled.clone());
                    self.wait_for(Task::Print(job), cancelled, reply.take());
                }
                Action::GiveTicket { ticket } => self.give_ticket(&ticket),
                Action::Say { number, window, times } => self.hands.say(number, &window, times),
                Action::Answer(told) => {
                    let person = view::subject(&self.state, &told);
                    answer(&mut reply, Ok(Reported { answer: told, person }));
                }
                Action::Refuse(refusal) => {
                    let person = refusal.ticket().and_then(|ticket| view::person(&self.state, ticket));
                    answer(&mut reply, Err(Failure::Refused(refusal, person.map(Box::new))));
                }
            }
        }
        true
    }

    fn give_ticket(&self, ticket: &TicketNumber) {
        let (person, now) = (view::person(&self.state, ticket), self.now().unwrap_or_default());
        let point = self.state.roster().map(|roster| &roster.point_name);
        let (Some(mut person), Some(point)) = (person, point) else { return };
        places::number_the_waiting(&self.state, now, std::slice::from_mut(&mut person));
        if let Some(slip) = slip::slip(&person, point, self.hands.phone_page(), now) {
            self.hands.give_ticket(slip);
        }
    }

    fn record(&mut self, facts: &[KioskFact]) -> Result<(), JournalError> {
        let at = self.clock.now().map_err(|_| JournalError::Range)?;
        let offset = self.offset.millis();
        match self.journal.append(at, offset, facts) {
            Ok(entries) => {
                for entry in entries {
                    self.applied = entry.seq;
                    self.feed(recorded(&entry));
                }
                // Without the thread (kiosk not enrolled) the facts wait in the journal.
                let _ = self.sync.send(Wish::Soon);
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "a fact could not be written; nothing was done");
                self.is_stuck();
                // Should the facts have reached the disk all the same, the state must know them.
                self.catch_up()?;
                Err(error)
            }
        }
    }

    fn catch_up(&mut self) -> Result<(), JournalError> {
        loop {
            let entries = self.journal.entries(self.applied.saturating_add(1), 500)?;
            if entries.is_empty() {
                return Ok(());
            }
            for entry in entries {
                self.applied = entry.seq;
                self.clock.remember(Instant::from_millis(entry.at));
                self.feed(recorded(&entry));
            }
        }
    }

    fn feed(&mut self, event: Event) -> Vec<Action> {
        let (state, actions) = step(std::mem::take(&mut self.state), event);
        self.state = state;
        actions
    }

    fn now(&self) -> Option<Instant> {
        match self.clock.now() {
            Ok(now) => Some(self.offset.corrected(now)),
            Err(error) => {
                tracing::error!(%error, "there is no time");
                None
            }
        }
    }

    fn wait_for(&mut self, task: Task, cancelled: Cancelled, reply: Option<Sender<Reply>>) {
        let limit = match task {
            Task::Picture(_) => self.hands.camera_deadline(),
            Task::Print(_) => self.hands.printer_deadline(),
        };
        // Nobody waits when there is no one to answer, but the deadline holds all the same.
        let reply = reply.unwrap_or_else(|| std::sync::mpsc::channel().0);
        let deadline = std::time::Instant::now() + limit;
        self.pending.push(Pending { task, deadline, cancelled, reply });
    }

    fn taken_from_pending(&mut self, task: &Task) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.task == *task)?;
        Some(self.pending.remove(at))
    }

    fn patience(&self) -> Duration {
        let now = std::time::Instant::now();
        let deadlines = self.pending.iter().map(|p| p.deadline).chain(self.stuck_until);
        let next = deadlines.map(|deadline| deadline.saturating_duration_since(now)).min();
        next.unwrap_or(Duration::from_secs(3600))
    }

    fn give_up_what_is_late(&mut self) {
        let now = std::time::Instant::now();
        while let Some(at) = self.pending.iter().position(|pending| pending.deadline <= now) {
            let late = self.pending.remove(at);
            late.cancelled.cancel();
            let timeout = DeviceError::Timeout;
            let event = match late.task {
                Task::Picture(ticket) => Event::PictureTaken { ticket, picture: Err(timeout.code()) },
                Task::Print(job) => Event::PrinterAnswered { job, result: Err(hands::fault(timeout)) },
            };
            self.settle(event, Some(late.reply));
        }
    }
}

fn recorded(entry: &shared::wire::v1::journal::JournalEntry) -> Event {
    let at = Instant::from_millis(entry.at.saturating_add(entry.offset_ms));
    Event::Recorded { at, fact: entry.fact.clone() }
}

fn answer(reply: &mut Option<Sender<Reply>>, with: Reply) {
    if let Some(reply) = reply.take() {
        // Whoever asked may have gone; the fact stays.
        let _ = reply.send(with);
    }
}
