//! How things stand, as pages and the API show it. Names and identity numbers are masked here already.

use super::places;
pub use super::places::{PlaceView, WaitView};
use crate::core::Answer;
use crate::core::roster::{Bilingual, Candidate, Roster, Session};
use crate::core::state::{Person, Print, PrintStage, Stage, State};
use crate::device::trouble::Trouble;
use crate::journal::Journal;
use crate::quality;
use crate::voice::VoiceView;
use serde::Serialize;
use shared::ids::{CertificateId, TicketNumber};
use shared::queue::{Entry, Priority, QueueState};
use shared::time::Instant;

/// Everything that a page may show.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Look {
    /// Entries of the journal: grows with everything that happens.
    pub journal: u64,
    /// Server's time, epoch milliseconds.
    pub now: i64,
    /// The day bundle; `None` while there is none.
    pub day: Option<DayView>,
    /// Everybody who is expected today or has checked in, by ticket.
    pub people: Vec<PersonView>,
    /// Numbers by state.
    pub counts: Counts,
    /// Tickets of those called and not yet admitted, the latest call first.
    pub called: Vec<String>,
    /// Tickets of those waiting, in the order in which they will be called if all places call together.
    pub waiting: Vec<String>,
    /// The places at which people queue.
    pub places: Vec<PlaceView>,
    /// The calls that are being spoken, and whether anybody hears them.
    pub voice: VoiceView,
    /// Certificates, those due first at the top.
    pub certificates: Vec<CertificateView>,
    /// This kiosk's blanks; `None`: the exam point keeps no stock.
    pub blanks: Option<BlanksView>,
    /// The exam point's other kiosks.
    pub other_kiosks: Vec<String>,
    /// The exam point's staff.
    pub staff: Vec<StaffView>,
    /// Whether the disk refuses to write: nothing can be done until there is room.
    pub disk_full: bool,
    /// Why the last queue ticket did not come out (`offline`, `no_paper`).
    pub ticket_fault: Option<&'static str>,
    /// Since when somebody at the check-in screen has been asking for help, epoch milliseconds.
    pub help_since: Option<i64>,
}

/// A member of the exam point's staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffView {
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
}

/// The day bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayView {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Revision.
    pub revision: i64,
    /// Exam point in Chinese.
    pub point_zh: String,
    /// Exam point in English.
    pub point_en: String,
    /// Whether this is a demo world: every page then shows a banner.
    pub controlled_clock: bool,
}

/// How many are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct Counts {
    /// On the roster.
    pub expected: usize,
    /// Checked in, whatever came then.
    pub checked_in: usize,
    /// Waiting for the comparison by staff.
    pub to_compare: usize,
    /// In the queue.
    pub waiting: usize,
    /// Called.
    pub called: usize,
    /// At their seats.
    pub admitted: usize,
    /// Attempts to check in that were refused.
    pub refused: u32,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonView {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Masked identity number.
    pub id_masked: String,
    /// Session.
    pub session: String,
    /// Trade in Chinese.
    pub trade_zh: String,
    /// Trade in English.
    pub trade_en: String,
    /// Room in Chinese.
    pub room_zh: String,
    /// Room in English.
    pub room_en: String,
    /// Seat.
    pub seat: u32,
    /// Start of the examination, epoch milliseconds.
    pub starts_at: i64,
    /// `expected`, `checked_in`, `photographed`, `different`, `waiting`, `away`, `called`, `admitted`.
    pub stage: &'static str,
    /// Queue number.
    pub number: Option<u32>,
    /// Where he queues, `KIND:CODE`; empty before he does.
    pub place: String,
    /// Why he goes before others: `disabled`, `pregnant`; for the desk alone.
    pub priority: Option<&'static str>,
    /// Whether he was passed over and has not come back.
    pub away: bool,
    /// People before him in the line of his place.
    pub ahead: Option<usize>,
    /// How long he will wait, as far as the day has shown.
    pub wait: Option<WaitView>,
    /// Calls since he was last put into the queue.
    pub calls: u32,
    /// How often he was passed over.
    pub passed_over: u32,
    /// Where he was last called to.
    pub window: Option<String>,
    /// When, epoch milliseconds.
    pub called_at: Option<i64>,
    /// Digest of the registered portrait.
    pub portrait: Option<String>,
    /// Digest of the photograph.
    pub photo: Option<String>,
    /// What could be better about it, stable codes, the most important first.
    pub photo_flaws: Vec<&'static str>,
    /// Whether the photograph was tried often enough: the desk decides.
    pub photo_settled: bool,
    /// Words of the documents that the desk may accept in place of the identity card.
    pub documents: Vec<&'static str>,
    /// When he checked in, epoch milliseconds.
    pub checked_in_at: Option<i64>,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateView {
    /// Certificate id.
    pub certificate: String,
    /// Ticket.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Day on which it is due; `None` while the calendar is not published.
    pub due: Option<String>,
    /// Whether it is printed, here or elsewhere.
    pub printed: bool,
    /// Attempts here.
    pub attempts: u32,
    /// `ready`, `running`, `printed`, `failed`, or `unsettled`: nobody has looked whether the sheet came out.
    pub stage: &'static str,
    /// Stable code of the last failure.
    pub failure: Option<String>,
    /// Blank of the last attempt here, unless nothing was printed on it.
    pub blank: Option<String>,
    /// What held the printer up when it was last heard of over this certificate ([`Trouble::word`]).
    pub trouble: Option<&'static str>,
    /// Working days in which it must be issued.
    pub working_days: Option<u32>,
    /// Whether this kiosk may print it.
    pub own: bool,
    /// The kiosk that may, where it is another one.
    pub elsewhere: Option<String>,
    /// Whether the person has it in hand.
    pub received: bool,
}

/// A kiosk's blanks in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlanksView {
    /// Its shares, `first–last`.
    pub shares: Vec<String>,
    /// In its shares.
    pub given: u64,
    /// Printed.
    pub printed: u64,
    /// Spoiled.
    pub spoiled: u64,
    /// Taken, with an end that is not known yet.
    pub open: u64,
    /// Left.
    pub left: u64,
    /// Whether few are left.
    pub few: bool,
    /// The first that was not used.
    pub next: Option<String>,
}

/// How things stand.
#[must_use]
pub fn look(state: &State, journal: &Journal, now: Instant) -> Look {
    let mut people: Vec<PersonView> = Vec::new();
    if let Some(roster) = state.roster() {
        people.extend(roster.candidates().filter_map(|candidate| without_place(state, &candidate.ticket)));
    }
    let gone = state.people().keys().filter(|t| state.roster().is_none_or(|r| r.candidate(t).is_none()));
    people.extend(gone.filter_map(|ticket| without_place(state, ticket)));
    places::number_the_waiting(state, now, &mut people);
    let tickets = |entries: Vec<&Entry>| entries.iter().map(|entry| entry.ticket().to_string()).collect();
    Look {
        journal: journal.tail().size,
        now: now.millis(),
        day: state.roster().map(|roster| DayView {
            day: roster.day.to_string(),
            revision: roster.revision,
            point_zh: roster.point_name.zh.clone(),
            point_en: roster.point_name.en.clone(),
            controlled_clock: roster.controlled_clock,
        }),
        counts: counts(state),
        called: tickets(state.queue().called()),
        waiting: tickets(state.queue().line(None, state.priority_between())),
        places: places::places(state, now),
        voice: VoiceView::default(),
        certificates: certificates(state),
        blanks: blanks(state),
        other_kiosks: state
            .roster()
            .map_or_else(Vec::new, |roster| roster.other_kiosks().map(ToString::to_string).collect()),
        staff: staff(state),
        disk_full: false,
        ticket_fault: None,
        help_since: None,
        people,
    }
}

/// One person; `None` if nobody has this ticket.
#[must_use]
pub fn person(state: &State, ticket: &TicketNumber) -> Option<PersonView> {
    let mut view = without_place(state, ticket)?;
    view.ahead = state.queue().ahead_of(ticket, state.priority_between());
    Some(view)
}

/// The person whom an answer is about.
#[must_use]
pub fn subject(state: &State, answer: &Answer) -> Option<PersonView> {
    match answer {
        Answer::CheckedIn { ticket }
        | Answer::Photographed { ticket, .. }
        | Answer::Compared { ticket, .. }
        | Answer::Called { ticket, .. }
        | Answer::PassedOver { ticket }
        | Answer::QueueChanged { ticket }
        | Answer::Admitted { ticket } => person(state, ticket),
        Answer::PrintEnded { .. }
        | Answer::Settled { .. }
        | Answer::Received { .. }
        | Answer::Released { .. }
        | Answer::PlaceSet { .. } => None,
    }
}

/// Stable word for a stage, also the end of its message id.
#[must_use]
pub const fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::CheckedIn => "checked_in",
        Stage::Photographed => "photographed",
        Stage::Different => "different",
        Stage::Waiting => "waiting",
        Stage::Away => "away",
        Stage::Called => "called",
        Stage::Admitted => "admitted",
    }
}

impl Look {
    /// A person by ticket.
    #[must_use]
    pub fn person(&self, ticket: &str) -> Option<&PersonView> {
        self.people.iter().find(|person| person.ticket == ticket)
    }

    /// What held the printer up belongs to the print over which it was said, until that has come out.
    pub(super) fn add_trouble(&mut self, trouble: Option<&(CertificateId, Trouble)>) {
        let Some((certificate, trouble)) = trouble else { return };
        let of = self.certificates.iter_mut().find(|view| view.certificate == certificate.as_str());
        if let Some(view) = of.filter(|view| !view.printed) {
            view.trouble = Some(trouble.word());
        }
    }

    /// Whether this digest names a picture that may be shown: a portrait or photograph of the day.
    #[must_use]
    pub fn shows(&self, digest: &str) -> bool {
        let is = |picture: &Option<String>| picture.as_deref() == Some(digest);
        self.people.iter().any(|person| is(&person.portrait) || is(&person.photo))
    }
}

impl PersonView {
    fn of(ticket: &TicketNumber, expected: Option<(&Candidate, &Session)>) -> Self {
        let nothing = || Bilingual::new("", "");
        let trade = expected.map_or_else(nothing, |(_, session)| session.trade.clone());
        let room = expected.map_or_else(nothing, |(candidate, _)| candidate.room.clone());
        let of_candidate =
            |text: fn(&Candidate) -> String| expected.map_or_else(String::new, |(c, _)| text(c));
        Self {
            ticket: ticket.to_string(),
            name: of_candidate(|c| c.name.clone()),
            id_masked: of_candidate(|c| c.id_masked.clone()),
            session: of_candidate(|c| c.session.to_string()),
            trade_zh: trade.zh,
            trade_en: trade.en,
            room_zh: room.zh,
            room_en: room.en,
            seat: expected.map_or(0, |(candidate, _)| candidate.seat),
            starts_at: expected.map_or(0, |(_, session)| session.starts_at.millis()),
            portrait: expected.map(|(candidate, _)| candidate.portrait.to_string()),
            stage: "expected",
            number: None,
            place: String::new(),
            priority: None,
            away: false,
            ahead: None,
            wait: None,
            calls: 0,
            passed_over: 0,
            window: None,
            called_at: None,
            photo: None,
            documents: expected.map_or_else(Vec::new, |(_, session)| {
                session.rules.identity.substitutes.iter().map(|document| document.word()).collect()
            }),
            photo_flaws: Vec::new(),
            photo_settled: false,
            checked_in_at: None,
        }
    }

    fn add(&mut self, person: &Person, queued: Option<&Entry>) {
        self.stage = stage_word(person.stage);
        if let Some(entry) = queued {
            self.number = Some(entry.number());
            self.place = entry.place().to_string();
            self.priority = entry.priority().map(Priority::word);
            self.away =
                matches!(entry.state(), QueueState::PassedOver | QueueState::SetAside | QueueState::Left);
            self.calls = entry.calls();
            self.passed_over = entry.times_passed_over();
            self.window = entry.last_call().map(|call| call.window.clone());
            self.called_at = entry.last_call().map(|call| call.at.millis());
        }
        self.photo = person.photo.map(|photo| photo.to_string());
        let flaws = person.judged().map_or(&[][..], |judged| &judged.flaws);
        self.photo_flaws = flaws.iter().map(|flaw| flaw.code()).collect();
        self.photo_settled = person.shots.len() >= quality::TRIES;
        self.checked_in_at = Some(person.checked_in_at.millis());
    }
}

fn without_place(state: &State, ticket: &TicketNumber) -> Option<PersonView> {
    let expected = state.roster().and_then(|roster| roster.expected(ticket));
    let here = state.person(ticket);
    if expected.is_none() && here.is_none() {
        return None;
    }
    let mut view = PersonView::of(ticket, expected);
    if let Some(here) = here {
        view.add(here, state.queue().entry(ticket));
    }
    Some(view)
}

fn counts(state: &State) -> Counts {
    let at = |stage: Stage| state.people().values().filter(|person| person.stage == stage).count();
    Counts {
        expected: state.roster().map_or(0, |roster| roster.candidates().count()),
        checked_in: state.people().len(),
        to_compare: at(Stage::Photographed),
        waiting: at(Stage::Waiting),
        called: at(Stage::Called),
        admitted: at(Stage::Admitted),
        refused: state.refused(),
    }
}

fn staff(state: &State) -> Vec<StaffView> {
    let staff = state.roster().map_or(&[][..], Roster::staff);
    staff.iter().map(|m| StaffView { login: m.login.to_string(), name: m.name.clone() }).collect()
}

fn blanks(state: &State) -> Option<BlanksView> {
    let shares = state.roster()?.blanks()?;
    let count = state.blank_count()?;
    Some(BlanksView {
        shares: shares.iter().map(|share| format!("{}–{}", share.from(), share.to())).collect(),
        given: count.given,
        printed: count.printed,
        spoiled: count.spoiled,
        open: count.open,
        left: count.left(),
        few: count.is_few(),
        next: state.next_blank(),
    })
}

fn certificates(state: &State) -> Vec<CertificateView> {
    let Some(roster) = state.roster() else { return Vec::new() };
    let view = |id: &CertificateId| state.prints().get(id);
    roster
        .certificates_by_due_day()
        .into_iter()
        .map(|ready| {
            let print = view(&ready.id);
            let (stage, failure) = match print.map(|p| &p.stage) {
                Some(PrintStage::Running) => ("running", None),
                Some(PrintStage::Printed) => ("printed", None),
                Some(PrintStage::Failed(code)) => {
                    let unsettled = print.is_some_and(Print::is_unsettled);
                    (if unsettled { "unsettled" } else { "failed" }, Some(code.clone()))
                }
                None if ready.printed => ("printed", None),
                None => ("ready", None),
            };
            CertificateView {
                certificate: ready.id.to_string(),
                ticket: ready.ticket.to_string(),
                name: ready.name.clone(),
                due: ready.due.map(|day| day.to_string()),
                printed: stage == "printed",
                attempts: print.map_or(0, |p| p.attempt),
                stage,
                failure,
                blank: print.map(|p| &p.blank).filter(|blank| state.blank_is_used(blank)).cloned(),
                trouble: None,
                working_days: ready.working_days,
                own: state.has_lease(ready),
                elsewhere: ready
                    .lease
                    .as_ref()
                    .filter(|lease| **lease != roster.kiosk)
                    .map(ToString::to_string),
                received: state.is_received(ready),
            }
        })
        .collect()
}
