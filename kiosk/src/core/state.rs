//! What the kiosk knows: the day bundle, and what follows from the facts of the journal.

use super::Window;
use super::roster::{Bilingual, ReadyCertificate, Roster};
use crate::digest::Digest;
use crate::text::{Lang, Texts};
use shared::blanks::{self, Count, End};
use shared::ids::{AccountId, CertificateId, TicketNumber};
use shared::prints;
use shared::queue::{Entry, NumberBlock, PlaceCode, Queue, QueueState};
use shared::rules::QueueRules;
use shared::time::{Date, Instant};
use shared::wire::v1::journal::{CheckInBy, CompareVerdict, KioskFact};
use shared::wire::v1::queue::{self, Standing};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that decisions are made from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    roster: Option<Roster>,
    day: Option<Date>,
    people: BTreeMap<TicketNumber, Person>,
    queue: Queue,
    prints: BTreeMap<CertificateId, Print>,
    blanks: BTreeMap<String, End>,
    received: BTreeSet<CertificateId>,
    releases: BTreeMap<CertificateId, u32>,
    refused: u32,
}

/// A person who has checked in today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// When.
    pub checked_in_at: Instant,
    /// How.
    pub by: CheckInBy,
    /// Where he is on his way to the seat.
    pub stage: Stage,
    /// The photograph.
    pub photo: Option<Digest>,
    /// Who compared.
    pub compared_by: Option<AccountId>,
}

/// Where a person is on his way to the seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Checked in; not photographed.
    CheckedIn,
    /// Photographed; not compared.
    Photographed,
    /// Staff saw somebody else.
    Different,
    /// In the queue.
    Waiting,
    /// Was in the queue and is away: passed over too often, or gone. Comes back himself.
    Away,
    /// Called.
    Called,
    /// Shown to the seat.
    Admitted,
}

/// The last print of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print {
    /// Attempt, from 1.
    pub attempt: u32,
    /// Blank.
    pub blank: String,
    /// How far it is.
    pub stage: PrintStage,
}

/// How far a print is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrintStage {
    /// Begun.
    Running,
    /// Done.
    Printed,
    /// Failed, with a stable code.
    Failed(String),
}

/// Code of a print whose sheet staff found spoiled, or did not find.
const SPOILED: &str = "spoiled";

impl Print {
    /// Whether somebody must look in the tray before it is known how this print ended.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        matches!(&self.stage, PrintStage::Failed(code) if prints::end_is_unseen(code))
    }
}

impl State {
    /// The day bundle.
    #[must_use]
    pub const fn roster(&self) -> Option<&Roster> {
        self.roster.as_ref()
    }

    /// A person who has checked in today.
    #[must_use]
    pub fn person(&self, ticket: &TicketNumber) -> Option<&Person> {
        self.people.get(ticket)
    }

    /// All who have checked in today, by ticket.
    #[must_use]
    pub const fn people(&self) -> &BTreeMap<TicketNumber, Person> {
        &self.people
    }

    /// Last print of each certificate.
    #[must_use]
    pub const fn prints(&self) -> &BTreeMap<CertificateId, Print> {
        &self.prints
    }

    /// Refused check-ins of today.
    #[must_use]
    pub const fn refused(&self) -> u32 {
        self.refused
    }

    /// Whether a blank has been used: something was printed on it, or it is not certain that nothing was.
    #[must_use]
    pub fn blank_is_used(&self, blank: &str) -> bool {
        self.blanks.contains_key(blank)
    }

    /// This kiosk's blanks in numbers; `None`: the exam point keeps no stock.
    #[must_use]
    pub fn blank_count(&self) -> Option<Count> {
        let shares = self.roster.as_ref()?.blanks()?;
        Some(blanks::count(shares, self.blanks.iter().map(|(blank, end)| (blank.as_str(), *end))))
    }

    /// The first of this kiosk's blanks that was not used.
    #[must_use]
    pub fn next_blank(&self) -> Option<String> {
        let shares = self.roster.as_ref()?.blanks()?;
        shares.iter().flat_map(blanks::Range::numbers).find(|blank| !self.blank_is_used(blank))
    }

    /// Whether this kiosk may print a certificate: it is its own, and it has not left it to another one.
    #[must_use]
    pub fn has_lease(&self, ready: &ReadyCertificate) -> bool {
        let own = self.roster.as_ref().map(|roster| &roster.kiosk);
        let released = self.releases.get(&ready.id).copied().unwrap_or_default();
        (ready.lease.is_none() || ready.lease.as_ref() == own) && released <= ready.releases
    }

    /// Whether the person has a certificate in hand.
    #[must_use]
    pub fn is_received(&self, ready: &ReadyCertificate) -> bool {
        self.received.contains(&ready.id) || ready.received && !self.prints.contains_key(&ready.id)
    }

    /// Whether a certificate came out of this kiosk's printer, or of another one's, and nothing is open about it.
    #[must_use]
    pub fn is_printed(&self, ready: &ReadyCertificate) -> bool {
        match self.prints.get(&ready.id).map(|print| &print.stage) {
            Some(stage) => matches!(stage, PrintStage::Printed),
            None => ready.printed,
        }
    }

    /// The queue of today.
    #[must_use]
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Whether somebody may sign for what he does at the desk: who the bundle names as the exam point's staff. A bundle
    /// that names nobody leaves it open, so that an older server does not stop the day.
    #[must_use]
    pub fn may_sign(&self, staff: &AccountId) -> bool {
        let named = self.roster.as_ref().map_or(&[][..], |roster| roster.staff());
        named.is_empty() || named.iter().any(|member| member.login == *staff)
    }

    /// Rules of the queue for a person: those of his session.
    #[must_use]
    pub fn queue_rules(&self, ticket: &TicketNumber) -> QueueRules {
        standing(self.roster.as_ref(), ticket).rules
    }

    /// At most so many people with priority are called between two others. People of several sessions stand in one
    /// line; the strictest of their rule sets counts.
    #[must_use]
    pub fn priority_between(&self) -> u32 {
        let sessions = self.roster.iter().flat_map(Roster::sessions);
        let strictest = sessions.map(|session| session.rules.queue.priority_between).min();
        strictest.unwrap_or(QueueRules::WITHOUT_SESSION.priority_between)
    }

    /// Where a person queues first: at the room of his seat.
    #[must_use]
    pub fn place_of(&self, ticket: &TicketNumber) -> PlaceCode {
        standing(self.roster.as_ref(), ticket).place
    }

    /// The queue numbers that this kiosk gives.
    #[must_use]
    pub fn numbers(&self) -> NumberBlock {
        self.roster.as_ref().map_or(NumberBlock::ALL, |roster| roster.numbers)
    }

    /// Whether people queue at this place here: it is in the bundle, is the print desk, or somebody stood there.
    #[must_use]
    pub fn knows_place(&self, place: &PlaceCode) -> bool {
        *place == PlaceCode::print_desk()
            || self.roster.as_ref().is_some_and(|roster| roster.places().contains_key(place))
            || self.queue.places().any(|(known, _)| known == place)
    }

    /// A place as the window to which people are called there.
    #[must_use]
    pub fn window_of(&self, place: &PlaceCode) -> Window {
        Window::named(&self.place_name(place).zh)
    }

    /// The name of a place; its code where the bundle does not name it.
    #[must_use]
    pub fn place_name(&self, place: &PlaceCode) -> Bilingual {
        let named = self.roster.as_ref().and_then(|roster| roster.places().get(place));
        named.cloned().unwrap_or_else(|| desk_name(place))
    }

    /// Takes a new day bundle. A bundle older than the present one of the same day is not taken.
    pub(super) fn take_roster(&mut self, roster: Roster) {
        let older = self.roster.as_ref().is_some_and(|r| r.day == roster.day && r.revision > roster.revision);
        if !older {
            self.roster = Some(roster);
        }
    }

    /// On a new day the queue is empty and its numbers begin at 1. Prints stay: a blank is used once and for all.
    pub(super) fn begin_day(&mut self, day: Date) {
        if self.day.is_none_or(|before| before < day) {
            self.day = Some(day);
            self.people.clear();
            self.queue = Queue::default();
            self.refused = 0;
        }
    }

    /// Takes a fact of the journal. Facts are never refused: what makes no sense changes nothing.
    pub(super) fn apply(&mut self, at: Instant, fact: &KioskFact) {
        self.begin_day(at.date_in_china());
        match fact {
            KioskFact::CheckedIn { ticket, by, .. } => self.checked_in(at, ticket, *by),
            // It is about the server, not about anybody here.
            KioskFact::LogRefused { .. } => {}
            KioskFact::CheckInRefused { .. } => self.refused = self.refused.saturating_add(1),
            KioskFact::Photographed { ticket, blob } => self.with(ticket, |person| {
                person.photo = Digest::parse(blob).ok();
                person.stage = Stage::Photographed;
            }),
            KioskFact::Compared { ticket, verdict, staff } => self.with(ticket, |person| {
                person.compared_by = AccountId::parse(staff).ok();
                if *verdict == CompareVerdict::Different {
                    person.stage = Stage::Different;
                }
            }),
            KioskFact::Received { certificate, .. } => {
                if let Ok(certificate) = CertificateId::parse(certificate) {
                    self.received.insert(certificate);
                }
            }
            KioskFact::LeaseReleased { certificate, .. } => {
                if let Ok(certificate) = CertificateId::parse(certificate) {
                    let releases = self.releases.entry(certificate).or_default();
                    *releases = releases.saturating_add(1);
                }
            }
            KioskFact::PrintStarted { .. }
            | KioskFact::Printed { .. }
            | KioskFact::PrintFailed { .. }
            | KioskFact::PrintSettled { .. } => self.apply_print(fact),
            KioskFact::Queued { .. }
            | KioskFact::Called { .. }
            | KioskFact::PassedOver { .. }
            | KioskFact::Admitted { .. }
            | KioskFact::Returned { .. }
            | KioskFact::Transferred { .. }
            | KioskFact::Prioritised { .. }
            | KioskFact::LeftQueue { .. }
            | KioskFact::PlaceSet { .. } => self.apply_queue(at, fact),
        }
    }

    fn checked_in(&mut self, at: Instant, ticket: &str, by: CheckInBy) {
        let Ok(ticket) = TicketNumber::parse(ticket) else { return };
        self.people.entry(ticket).or_insert(Person {
            checked_in_at: at,
            by,
            stage: Stage::CheckedIn,
            photo: None,
            compared_by: None,
        });
    }

    fn apply_queue(&mut self, at: Instant, fact: &KioskFact) {
        let roster = self.roster.as_ref();
        // What the queue refuses cannot have happened here; it changes nothing.
        if let Err(refusal) = queue::take(&mut self.queue, at, fact, |ticket| standing(roster, ticket)) {
            tracing::error!(%refusal, "a fact of the journal does not fit the queue");
        }
        if let Some(ticket) = fact.ticket() {
            self.follow_queue(ticket);
        }
    }

    fn follow_queue(&mut self, ticket: &str) {
        let state = TicketNumber::parse(ticket).ok().and_then(|t| self.queue.entry(&t).map(Entry::state));
        self.with(ticket, |person| match state {
            Some(QueueState::Waiting | QueueState::PassedOver) => person.stage = Stage::Waiting,
            Some(QueueState::Called) => person.stage = Stage::Called,
            Some(QueueState::Admitted) => person.stage = Stage::Admitted,
            Some(QueueState::SetAside | QueueState::Left) => person.stage = Stage::Away,
            None => {}
        });
    }

    fn with(&mut self, ticket: &str, change: impl FnOnce(&mut Person)) {
        let person = TicketNumber::parse(ticket).ok().and_then(|ticket| self.people.get_mut(&ticket));
        if let Some(person) = person {
            change(person);
        }
    }

    fn apply_print(&mut self, fact: &KioskFact) {
        let (certificate, attempt, blank, stage) = match fact {
            KioskFact::PrintStarted { certificate, attempt, blank, .. } => {
                (certificate, attempt, blank, PrintStage::Running)
            }
            KioskFact::Printed { certificate, attempt, blank } => {
                (certificate, attempt, blank, PrintStage::Printed)
            }
            KioskFact::PrintFailed { certificate, attempt, blank, code, .. } => {
                (certificate, attempt, blank, PrintStage::Failed(code.clone()))
            }
            KioskFact::PrintSettled { certificate, attempt, blank, came_out, .. } => {
                let stage =
                    if *came_out { PrintStage::Printed } else { PrintStage::Failed(SPOILED.to_owned()) };
                (certificate, attempt, blank, stage)
            }
            _ => return,
        };
        let Ok(certificate) = CertificateId::parse(certificate) else { return };
        let end = match &stage {
            PrintStage::Running => End::Open,
            PrintStage::Printed => End::Printed,
            PrintStage::Failed(code) => End::of(code),
        };
        if matches!(fact, KioskFact::PrintFailed { untouched: true, .. }) {
            self.blanks.remove(blank);
        } else {
            self.blanks.insert(blank.clone(), end);
        }
        // Another sheet is another certificate to be signed for.
        self.received.remove(&certificate);
        self.prints.insert(certificate, Print { attempt: *attempt, blank: blank.clone(), stage });
    }
}

/// What the bundle says of a person's place and rules.
fn standing(roster: Option<&Roster>, ticket: &TicketNumber) -> Standing {
    match roster.and_then(|roster| roster.expected(ticket)) {
        Some((candidate, session)) => Standing { place: candidate.place.clone(), rules: session.rules.queue },
        None => Standing { place: PlaceCode::entrance(), rules: QueueRules::WITHOUT_SESSION },
    }
}

/// The desks that no bundle names are named by the language files; anything else goes by its code.
fn desk_name(place: &PlaceCode) -> Bilingual {
    let id = match place.as_str() {
        "desk:print" => "kiosk-place-print",
        "desk:entrance" => "kiosk-place-entrance",
        other => {
            let code = other.split_once(':').map_or(other, |(_, code)| code);
            return Bilingual::new(code, code);
        }
    };
    let say = |lang| Texts::new(lang).say(id);
    Bilingual::new(&say(Lang::Zh), &say(Lang::En))
}
