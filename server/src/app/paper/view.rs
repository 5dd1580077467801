//! What a person sees who enters paper: until both have entered a slip nobody sees what the other read.

use super::slip::Slip;
use super::{PaperError, of_day};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::days::place;
use crate::app::duties;
use crate::app::masks;
use crate::app::overview::{Named, Titled, titled};
use crate::app::practical::drawn_sheet;
use crate::db::paper::{Entry, Settlement};
use crate::db::sessions::{self, Candidate};
use crate::db::{Conn, certificates, paper as rows, world as tables};
use crate::event::Actor;
use shared::double_entry::{Difference, Fields, compare};
use shared::practical::Sheet;
use std::collections::BTreeMap;

/// The paper of a day.
#[derive(Debug, Clone)]
pub struct PaperDay {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Exam point.
    pub point: String,
    /// Who printed the pack last, and when (epoch milliseconds).
    pub pack: Option<(String, i64)>,
    /// Sessions by start.
    pub sessions: Vec<PaperSession>,
    /// Slips of the practical that somebody entered.
    pub sheets: Vec<StationSlip>,
    /// Whether the day is closed, so that nothing more can be entered.
    pub closed: bool,
}

/// A session with its people by room and seat.
#[derive(Debug, Clone)]
pub struct PaperSession {
    /// The session.
    pub session: Titled,
    /// Candidates.
    pub people: Vec<PaperPerson>,
    /// Examiners of the session: staff code and name.
    pub examiners: Vec<(String, String)>,
}

/// A candidate on the roll call.
#[derive(Debug, Clone)]
pub struct PaperPerson {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Room code.
    pub room: Option<String>,
    /// Seat from 1.
    pub seat: Option<i32>,
    /// Whether a kiosk has checked him in.
    pub checked_in: bool,
    /// Whether marks of the practical can be entered.
    pub examined: bool,
    /// The roll call's slip.
    pub slip: SlipView,
}

/// Marks of an examiner for a part, of which somebody entered the paper.
#[derive(Debug, Clone)]
pub struct StationSlip {
    /// Ticket number.
    pub ticket: String,
    /// `K1` to `K4`.
    pub part: String,
    /// Staff code.
    pub examiner: String,
    /// How it stands.
    pub slip: SlipView,
}

/// How a slip stands for the person who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlipState {
    /// The two entries differ.
    Different,
    /// Somebody else has entered it; the caller is to be the second.
    Second,
    /// The caller has entered it; somebody else is to be the second.
    Waiting,
    /// Nobody has entered it.
    Empty,
    /// Settled.
    Settled,
}

/// A slip for the person who looks.
#[derive(Debug, Clone)]
pub struct SlipView {
    /// How it stands.
    pub state: SlipState,
    /// What the caller entered.
    pub mine: Fields,
    /// Names of those who entered it.
    pub by: Vec<String>,
    /// Where the two differ, and what each of them read.
    pub differences: Vec<Difference>,
    /// Where they differ, the fields that both read alike.
    pub alike: Fields,
    /// How it was settled.
    pub settled: Option<Settlement>,
}

/// One slip by itself.
#[derive(Debug, Clone)]
pub struct OneSlip {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Exam point.
    pub point: String,
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// The session.
    pub session: Titled,
    /// Title of the score sheet; none on a roll call.
    pub title: Option<Named>,
    /// Inputs of the score sheet.
    pub fields: Vec<MarkField>,
    /// Name of the examiner who wrote it.
    pub examiner: Option<String>,
    /// How it stands for the caller.
    pub view: SlipView,
    /// Whether the day is closed.
    pub closed: bool,
}

/// An input of a score sheet.
#[derive(Debug, Clone)]
pub struct MarkField {
    /// Name of the field.
    pub field: String,
    /// Number on the sheet.
    pub code: String,
    /// Text in Chinese and English.
    pub text: (String, String),
    /// Most points; `None` for a veto item.
    pub most: Option<u32>,
}

impl SlipState {
    /// Word in class names and language files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Different => "different",
            Self::Second => "second",
            Self::Waiting => "waiting",
            Self::Empty => "empty",
            Self::Settled => "settled",
        }
    }
}

impl PaperDay {
    /// Slips that are in a state.
    #[must_use]
    pub fn count(&self, state: SlipState) -> usize {
        let roll = self.sessions.iter().flat_map(|s| &s.people).map(|p| p.slip.state);
        roll.chain(self.sheets.iter().map(|s| s.slip.state)).filter(|s| *s == state).count()
    }
}

/// The paper of a day as a person sees it.
///
/// # Errors
/// [`PaperError::Place`] if nothing is held there.
pub fn show(app: &App, person: &Person, day: &str, point: &str) -> Result<PaperDay, PaperError> {
    let (day, point) = place(person, day, point)?;
    app.db.read(|conn| {
        let sessions = of_day(conn, &day, &point)?;
        let mut slips = Slips::load(conn, person, &day, &point)?;
        let mut all = Vec::new();
        for session in sessions {
            let mut examiners = Vec::new();
            for duty in
                duties::told(conn, &session.id, app.clock.now())?.into_iter().filter(|d| d.kind == "examiner")
            {
                let name = tables::staff_name(conn, &duty.staff)?.unwrap_or_default();
                examiners.push((duty.staff, name));
            }
            examiners.dedup();
            let mut candidates = sessions::candidates(conn, &session.id)?;
            candidates.sort_by(|a, b| (&a.row.room, a.row.seat).cmp(&(&b.row.room, b.row.seat)));
            let people = candidates.iter().map(|c| person_of(app, c, &mut slips));
            let people = people.collect::<Result<Vec<_>, PaperError>>()?;
            all.push(PaperSession { session: titled(conn, session)?, people, examiners });
        }
        let pack = rows::pack(conn, &point, &day)?;
        let closed = certificates::day_close(conn, &point, &day)?.is_some();
        Ok(PaperDay { day, point, pack, sessions: all, sheets: slips.stations(), closed })
    })
}

/// One slip with the inputs that stand on it.
///
/// # Errors
/// [`PaperError::TicketUnknown`]; [`PaperError::Practical`] before the theory is passed, or for a part that was not drawn.
pub fn one(
    app: &App,
    person: &Person,
    (day, point): (&str, &str),
    ticket: &str,
    slip: &Slip,
) -> Result<OneSlip, PaperError> {
    let (day, point) = place(person, day, point)?;
    app.db.read(|conn| {
        let unknown = || PaperError::TicketUnknown(ticket.to_owned());
        let candidate = sessions::candidate(conn, ticket)?.ok_or_else(unknown)?;
        let session = sessions::session(conn, &candidate.row.session)?.ok_or_else(unknown)?;
        if session.point != point || session.day != day {
            return Err(unknown());
        }
        let (sheet, examiner) = match slip {
            Slip::Attendance => (None, None),
            Slip::Practical { part, examiner } => {
                let sheet = drawn_sheet(conn, &app.sealer, ticket, part)?;
                (Some(sheet), tables::staff_name(conn, examiner)?)
            }
        };
        let closed = certificates::day_close(conn, &point, &day)?.is_some();
        let view = Slips::load(conn, person, &day, &point)?.view(ticket, &slip.word());
        Ok(OneSlip {
            ticket: ticket.to_owned(),
            name: masks::name(app, &candidate.name)?,
            session: titled(conn, session)?,
            title: sheet.as_ref().map(named),
            fields: sheet.as_ref().map(inputs).unwrap_or_default(),
            examiner,
            view,
            closed,
            day,
            point,
        })
    })
}

fn named(sheet: &Sheet) -> Named {
    Named { id: sheet.code().to_string(), zh: sheet.title_zh().to_owned(), en: sheet.title_en().to_owned() }
}

/// The inputs of a score sheet: the points of every item, then the veto items.
fn inputs(sheet: &Sheet) -> Vec<MarkField> {
    let items = sheet.items().iter().map(|item| MarkField {
        field: format!("points.{}", item.code),
        code: item.code.clone(),
        text: (item.text_zh.clone(), item.text_en.clone()),
        most: Some(item.points),
    });
    let vetoes = sheet.vetoes().iter().map(|veto| MarkField {
        field: format!("veto.{}", veto.code),
        code: veto.code.clone(),
        text: (veto.text_zh.clone(), veto.text_en.clone()),
        most: None,
    });
    items.chain(vetoes).collect()
}

/// Everything that was entered for a day.
struct Slips {
    actor: String,
    entries: BTreeMap<(String, String), Vec<Entry>>,
    settled: BTreeMap<(String, String), Settlement>,
}

impl Slips {
    fn load(conn: &mut Conn, person: &Person, day: &str, point: &str) -> Result<Self, PaperError> {
        let mut entries: BTreeMap<(String, String), Vec<Entry>> = BTreeMap::new();
        for entry in rows::entries(conn, point, day)? {
            entries.entry((entry.ticket.clone(), entry.slip.clone())).or_default().push(entry);
        }
        let settled = rows::settlements(conn, point, day)?;
        let settled = settled.into_iter().map(|s| ((s.ticket.clone(), s.slip.clone()), s)).collect();
        Ok(Self { actor: Actor::Account(person.account.clone()).text(), entries, settled })
    }

    fn view(&mut self, ticket: &str, slip: &str) -> SlipView {
        let key = (ticket.to_owned(), slip.to_owned());
        let entries = self.entries.remove(&key).unwrap_or_default();
        let settled = self.settled.remove(&key);
        let own = entries.iter().find(|e| e.actor == self.actor);
        let state = match (&settled, entries.as_slice(), own) {
            (Some(_), _, _) => SlipState::Settled,
            (None, [_, _, ..], _) => SlipState::Different,
            (None, [], _) => SlipState::Empty,
            (None, _, Some(_)) => SlipState::Waiting,
            (None, _, None) => SlipState::Second,
        };
        let (differences, alike) = match entries.as_slice() {
            [first, second, ..] => (compare(&first.fields, &second.fields), both(first, second)),
            _ => (Vec::new(), Fields::new()),
        };
        SlipView {
            state,
            mine: own.map(|e| e.fields.clone()).unwrap_or_default(),
            by: entries.iter().map(|e| e.entered_by.clone()).collect(),
            differences,
            alike,
            settled,
        }
    }

    /// What is left after the roll calls were taken out: the marks of the practical.
    fn stations(mut self) -> Vec<StationSlip> {
        let keys: Vec<(String, String)> = self.entries.keys().cloned().collect();
        let mut all = Vec::new();
        for (ticket, word) in keys {
            if let Some(Slip::Practical { part, examiner }) = Slip::from_word(&word) {
                let slip = self.view(&ticket, &word);
                all.push(StationSlip { ticket, part, examiner, slip });
            }
        }
        all.sort_by(|a, b| (a.slip.state, &a.ticket, &a.part).cmp(&(b.slip.state, &b.ticket, &b.part)));
        all
    }
}

/// The fields that two entries have alike.
fn both(first: &Entry, second: &Entry) -> Fields {
    let alike = first.fields.iter().filter(|(field, value)| second.fields.get(*field) == Some(value));
    alike.map(|(field, value)| (field.clone(), value.clone())).collect()
}

fn person_of(app: &App, candidate: &Candidate, slips: &mut Slips) -> Result<PaperPerson, PaperError> {
    let row = &candidate.row;
    Ok(PaperPerson {
        ticket: row.ticket.clone(),
        name: masks::name(app, &candidate.name)?,
        room: row.room.clone(),
        seat: row.seat,
        checked_in: candidate.check_in.is_some(),
        examined: row.outcome == "theory_passed",
        slip: slips.view(&row.ticket, &Slip::Attendance.word()),
    })
}
