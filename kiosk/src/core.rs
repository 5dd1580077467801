//! What the kiosk decides: a pure function from a state and an event to the next state and what is to be done.
//!
//! State changes by two events alone: a new day bundle, and a fact that the journal has written. A command therefore
//! never changes it; it asks for facts to be recorded, and these come back as [`Event::Recorded`]. So the state is by
//! construction what a replay of the journal gives, and nothing is shown, called or printed before it is on disk.

pub mod calling;
pub mod checkin;
pub mod handing;
pub mod printing;
pub mod refusal;
pub mod roster;
pub mod state;

use crate::digest::Digest;
use handing::Proof;
use printing::{Blank, PrintWish};
use refusal::Refusal;
use roster::Roster;
use shared::ids::{AccountId, CertificateId, KioskId, TicketNumber};
use shared::queue::PlaceCode;
use shared::time::Instant;
use shared::wire::v1::journal::{CompareVerdict, KioskFact, PlaceSwitch, PriorityReason};
use state::State;

/// What happens to the kiosk. `now` is the server's time as far as the kiosk knows it.
#[derive(Debug, Clone)]
pub enum Event {
    /// A day bundle was verified.
    Bundle(Box<Roster>),
    /// The journal has written a fact.
    Recorded {
        /// When, by the server's time.
        at: Instant,
        /// What.
        fact: KioskFact,
    },
    /// The program has started and the journal has been replayed.
    Started,
    /// A command of a person.
    Command {
        /// When.
        now: Instant,
        /// What is wanted.
        command: Command,
    },
    /// The server showed a log that is not the one that this kiosk saw before.
    LogRefused {
        /// Stable code.
        code: &'static str,
        /// Entries that were seen.
        seen: u64,
        /// Entries of the one that was refused.
        now: u64,
    },
    /// The camera is done: a picture that is on disk, or the stable code of what went wrong.
    PictureTaken {
        /// Whose.
        ticket: TicketNumber,
        /// The picture.
        picture: Result<Digest, &'static str>,
    },
    /// The printer is done, or its deadline is over.
    PrinterAnswered {
        /// The print.
        job: PrintJob,
        /// Done, or what went wrong.
        result: Result<(), PrintFault>,
    },
}

/// What a person wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To check in.
    CheckIn(Means),
    /// To be photographed.
    Photograph(TicketNumber),
    /// To take down a comparison.
    Compare {
        /// Whose.
        ticket: TicketNumber,
        /// What was seen.
        verdict: CompareVerdict,
        /// By whom.
        staff: AccountId,
    },
    /// To call the next one.
    CallNext {
        /// Of which place; `None` is whoever is next anywhere.
        place: Option<PlaceCode>,
        /// Where to; `None` is the place itself.
        window: Option<Window>,
    },
    /// To call again.
    Recall {
        /// Whom.
        ticket: TicketNumber,
        /// Where to; `None` is where he was called before.
        window: Option<Window>,
    },
    /// To pass over somebody who did not come.
    PassOver(TicketNumber),
    /// To take down that somebody who was away has come back.
    ComeBack {
        /// Who.
        ticket: TicketNumber,
        /// Who saw it.
        staff: AccountId,
    },
    /// To send somebody to the line of another place.
    Transfer {
        /// Whom.
        ticket: TicketNumber,
        /// Where to.
        place: PlaceCode,
        /// Who sends him.
        staff: AccountId,
    },
    /// To give somebody priority, or to take it back.
    Prioritise {
        /// Whom.
        ticket: TicketNumber,
        /// Why.
        reason: PriorityReason,
        /// Who saw it.
        staff: AccountId,
    },
    /// To take somebody out of the queue.
    Leave {
        /// Whom.
        ticket: TicketNumber,
        /// Who does it.
        staff: AccountId,
    },
    /// To open, pause or close a place.
    SetPlace {
        /// Which.
        place: PlaceCode,
        /// To what.
        state: PlaceSwitch,
        /// Who does it.
        staff: AccountId,
    },
    /// To show somebody to his seat.
    Admit(TicketNumber),
    /// To print a certificate.
    Print(PrintWish),
    /// To take down what lay in the tray after a print whose end the printer did not report.
    Settle {
        /// Certificate.
        certificate: CertificateId,
        /// Whether the sheet had come out whole.
        came_out: bool,
        /// Who looked.
        staff: AccountId,
    },
    /// To take down that the person has the certificate in hand.
    Receive {
        /// Certificate.
        certificate: CertificateId,
        /// Who handed it over.
        staff: AccountId,
        /// Who says so.
        proof: Proof,
    },
    /// To leave a certificate to another kiosk of the exam point.
    Release {
        /// Certificate.
        certificate: CertificateId,
        /// The other kiosk.
        to: KioskId,
        /// Who does so.
        staff: AccountId,
    },
}

/// How a person identifies himself. The texts are as typed or read, not yet parsed.
#[derive(Clone, PartialEq, Eq)]
pub enum Means {
    /// Typed identity number.
    IdNumber(String),
    /// Text of the QR code on the admission ticket.
    TicketQr(String),
    /// Identity number on the card, if there is a card on the reader.
    Card(Option<String>),
}

/// Name of a window or room to which people are called: 1–20 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window(String);

/// What is to be done, in this order. If a fact cannot be recorded, the rest is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write these facts, all or none, then feed each back.
    Record(Vec<KioskFact>),
    /// Have the camera take a picture.
    TakePicture {
        /// Whose.
        ticket: TicketNumber,
    },
    /// Have the printer print.
    Print(PrintJob),
    /// Have the queue ticket printed of somebody who has a number. Nobody waits for it, and it is no fact: it is a copy of
    /// what the journal has.
    GiveTicket {
        /// Whose.
        ticket: TicketNumber,
    },
    /// Say that a number is called.
    Say {
        /// Queue number.
        number: u32,
        /// Where to.
        window: Window,
        /// How often it is said.
        times: u32,
    },
    /// Answer whoever asked.
    Answer(Answer),
    /// Refuse whoever asked.
    Refuse(Refusal),
}

/// A print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintJob {
    /// Certificate.
    pub certificate: CertificateId,
    /// Attempt, from 1.
    pub attempt: u32,
    /// Blank.
    pub blank: Blank,
    /// The PDF.
    pub pdf: Digest,
}

/// Why a print failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintFault {
    /// Stable code.
    pub code: &'static str,
    /// Whether it is certain that nothing was printed: the blank is then as good as before.
    pub untouched: bool,
}

/// How a print ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintOutcome {
    /// The printer reported it done.
    Printed,
    /// What went wrong.
    Failed(PrintFault),
}

/// What whoever asked is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Checked in.
    CheckedIn {
        /// Who.
        ticket: TicketNumber,
    },
    /// Photographed.
    Photographed {
        /// Who.
        ticket: TicketNumber,
        /// The picture.
        blob: Digest,
    },
    /// Compared.
    Compared {
        /// Who.
        ticket: TicketNumber,
        /// What was seen.
        verdict: CompareVerdict,
        /// Queue number of the same person.
        number: Option<u32>,
    },
    /// Called.
    Called {
        /// Who.
        ticket: TicketNumber,
        /// Queue number.
        number: u32,
        /// Where to.
        window: Window,
        /// How often by now.
        count: u32,
    },
    /// Passed over.
    PassedOver {
        /// Who.
        ticket: TicketNumber,
    },
    /// Admitted.
    Admitted {
        /// Who.
        ticket: TicketNumber,
    },
    /// Something of a person in the queue was changed: came back, was sent elsewhere, has priority, has left.
    QueueChanged {
        /// Who.
        ticket: TicketNumber,
    },
    /// A place was opened, paused or closed.
    PlaceSet {
        /// Which.
        place: PlaceCode,
        /// To what.
        state: PlaceSwitch,
    },
    /// A print is settled by what staff found in the tray.
    Settled {
        /// Certificate.
        certificate: CertificateId,
        /// Whether the sheet had come out whole.
        came_out: bool,
    },
    /// The person has the certificate in hand.
    Received {
        /// Certificate.
        certificate: CertificateId,
    },
    /// A certificate is left to another kiosk.
    Released {
        /// Certificate.
        certificate: CertificateId,
        /// The other kiosk.
        to: KioskId,
    },
    /// A print has ended.
    PrintEnded {
        /// The print.
        job: PrintJob,
        /// How.
        outcome: PrintOutcome,
    },
}

/// The next state and what is to be done.
#[must_use]
pub fn step(mut state: State, event: Event) -> (State, Vec<Action>) {
    let actions = match event {
        Event::Bundle(roster) => {
            state.take_roster(*roster);
            Vec::new()
        }
        Event::Recorded { at, fact } => {
            state.apply(at, &fact);
            Vec::new()
        }
        Event::LogRefused { code, seen, now } => {
            vec![Action::Record(vec![KioskFact::LogRefused { code: code.to_owned(), seen, now }])]
        }
        Event::Started => printing::settle_unknown(&state),
        Event::Command { now, command } => {
            state.begin_day(now.date_in_china());
            decide(&state, now, command)
        }
        Event::PictureTaken { ticket, picture } => checkin::picture_taken(&state, ticket, picture),
        Event::PrinterAnswered { job, result } => printing::printer_answered(&state, &job, result),
    };
    (state, actions)
}

fn decide(state: &State, now: Instant, command: Command) -> Vec<Action> {
    match command {
        Command::CheckIn(means) => checkin::check_in(state, now, &means),
        Command::Photograph(ticket) => checkin::photograph(state, ticket),
        Command::Compare { ticket, verdict, staff } => checkin::compare(state, ticket, verdict, &staff),
        Command::CallNext { place, window } => calling::call_next(state, place.as_ref(), window),
        Command::Recall { ticket, window } => calling::recall(state, now, &ticket, window),
        Command::PassOver(ticket) => calling::pass_over(state, now, ticket),
        Command::Admit(ticket) => calling::admit(state, ticket),
        Command::ComeBack { ticket, staff } => calling::come_back(state, ticket, &staff),
        Command::Transfer { ticket, place, staff } => calling::transfer(state, ticket, &place, &staff),
        Command::Prioritise { ticket, reason, staff } => calling::prioritise(state, ticket, reason, &staff),
        Command::Leave { ticket, staff } => calling::leave(state, ticket, &staff),
        Command::SetPlace { place, state: to, staff } => calling::set_place(state, place, to, &staff),
        Command::Print(wish) => printing::print(state, &wish),
        Command::Settle { certificate, came_out, staff } => {
            printing::settle(state, certificate, came_out, &staff)
        }
        Command::Receive { certificate, staff, proof } => {
            handing::receive(state, certificate, &staff, &proof)
        }
        Command::Release { certificate, to, staff } => handing::release(state, certificate, &to, &staff),
    }
}

impl Window {
    /// Longest name in characters.
    const LONGEST: usize = 20;

    /// A place as the window to which people are called there, by its name; what is too long is cut.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let text = name.trim().chars().filter(|c| !c.is_control());
        Self(text.take(Self::LONGEST).collect())
    }

    /// Reads the name of a window; spaces around it are dropped.
    ///
    /// # Errors
    /// If it is empty, longer than 20 characters or holds a control character.
    pub fn parse(text: &str) -> Result<Self, NotAWindow> {
        let text = text.trim();
        let right =
            (1..=Self::LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if right { Ok(Self(text.to_owned())) } else { Err(NotAWindow) }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no name of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a window has 1 to 20 characters")]
pub struct NotAWindow;

impl std::fmt::Debug for Means {
    /// Without the texts: they are personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.by())
    }
}
