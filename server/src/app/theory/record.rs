//! The record of a room (考场记录): what its invigilators wrote, and, by itself, what befell its examinees there:
//! warnings and misconduct, changes of seat, late entry, papers that ran out of time. All of it comes from events.

use super::desk::{self, RoomView};
use super::{Done, TheoryError, exam, on_duty, room::text};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::duties;
use crate::app::log;
use crate::app::once::Once;
use crate::app::overview::{Stage, masked};
use crate::db::sessions::{Candidate, SessionRow};
use crate::db::{Conn, accounts, events, sessions, theory as rows, world as tables};
use crate::event::{
    Actor, Event, Fact, RoomNoted, SeatLeft, SeatMoved, TheoryHalted, TheoryResumed, TimeGiven,
};
use crate::pdf::Rendered;
use crate::pdf::room::{Line, RoomRecord, render};
use crate::text::{Lang, text as word, text_with};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use shared::time::Instant;
use std::collections::HashMap;

/// Days before the examination within which somebody may have been moved: from the application on.
const DAYS_BEFORE: i64 = 90;

/// A line of a room's record.
#[derive(Debug, Clone)]
pub struct RecordLine {
    /// When, epoch milliseconds.
    pub at: i64,
    /// What happened.
    pub what: What,
    /// Ticket number and masked name of whom it concerns.
    pub whom: Option<(String, String)>,
    /// What was written down of it.
    pub text: String,
    /// Names of those who did or signed it; nobody for what the clock did.
    pub by: Vec<String>,
}

/// What happened in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Its invigilator wrote: `roll_call`, `pledge` or `record`.
    Wrote(String),
    /// A warning for misconduct.
    Warning,
    /// Grave misconduct: the examination was over for the person.
    Removed,
    /// A person changed the seat.
    Moved {
        /// Room and seat before; unknown for moves that were recorded without it.
        from: Option<(String, u32)>,
        /// Room and seat after.
        to: (String, u32),
    },
    /// A person sat down so many minutes after the beginning.
    Late(i64),
    /// The time was up before the paper was handed in.
    TimedOut,
    /// The examination was halted for so many.
    Halted(usize),
    /// It went on for so many.
    Resumed(usize),
    /// So many minutes were given to so many.
    Time(u32, usize),
    /// A person left the room for a while, or came back.
    Away(bool),
}

impl What {
    /// What happened, in words; nothing where what was written says it.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Wrote(step) if step == "pledge" => word(lang, "page-room-pledge-done"),
            Self::Wrote(_) => String::new(),
            Self::Warning => word(lang, "page-room-fact-warning"),
            Self::Removed => word(lang, "page-room-fact-removed"),
            Self::Late(minutes) => {
                text_with(lang, "page-room-fact-late", &[("minutes", &minutes.to_string())])
            }
            Self::TimedOut => word(lang, "page-room-fact-timed-out"),
            Self::Away(back) => word(lang, if *back { "page-room-fact-back" } else { "page-room-fact-away" }),
            Self::Halted(count) => text_with(lang, "page-room-fact-halted", &[("count", &count.to_string())]),
            Self::Resumed(count) => {
                text_with(lang, "page-room-fact-resumed", &[("count", &count.to_string())])
            }
            Self::Time(minutes, count) => {
                let numbers = [("minutes", &*minutes.to_string()), ("count", &count.to_string())];
                text_with(lang, "page-room-fact-time", &numbers)
            }
            Self::Moved { from, to } => {
                let place = |(room, seat): &(String, u32)| {
                    text_with(lang, "page-room-seat", &[("room", room), ("seat", &seat.to_string())])
                };
                let from = from.as_ref().map_or_else(|| word(lang, "page-none"), place);
                text_with(lang, "page-room-fact-moved", &[("from", &from), ("to", &place(to))])
            }
        }
    }

    /// Whether it is a step that the invigilator writes.
    #[must_use]
    pub fn is_step(&self, step: &str) -> bool {
        matches!(self, Self::Wrote(written) if written == step)
    }
}

/// Where the examinees of a session sat, and when they were moved.
struct Moves<'a> {
    /// Present room by ticket.
    rooms: HashMap<&'a str, &'a str>,
    /// Time, author and move, in order.
    all: Vec<(i64, String, SeatMoved)>,
}

impl<'a> Moves<'a> {
    fn load(conn: &mut Conn, exam: &SessionRow, all: &'a [Candidate]) -> Result<Self, TheoryError> {
        let rooms: HashMap<&str, &str> =
            all.iter().map(|c| (c.row.ticket.as_str(), c.row.room.as_deref().unwrap_or_default())).collect();
        let start = Instant::from_millis(exam.starts_at);
        let span =
            (start.plus_minutes(-DAYS_BEFORE * 24 * 60).millis(), start.plus_minutes(24 * 60).millis());
        let found = events::of_kind(conn, "seat_moved", span)?.into_iter();
        let own = found.filter_map(|(row, fact)| match fact {
            Fact::SeatMoved(moved) if rooms.contains_key(moved.ticket.as_str()) => {
                Some((row.at, row.actor, moved))
            }
            _ => None,
        });
        Ok(Self { all: own.collect(), rooms })
    }

    /// The room of an examinee at a time.
    fn room(&self, ticket: &str, at: i64) -> &str {
        let own = || self.all.iter().filter(|(_, _, moved)| moved.ticket == ticket);
        let last = own().rfind(|(time, _, _)| *time <= at).map(|(_, _, moved)| moved.room.as_str());
        let before = || own().next().and_then(|(_, _, moved)| moved.from_room.as_deref());
        let now = || self.rooms.get(ticket).copied().unwrap_or_default();
        last.or_else(before).unwrap_or_else(now)
    }
}

/// The lines of a room's record, in the order of time.
pub(super) fn lines(
    conn: &mut Conn,
    app: &App,
    exam: &SessionRow,
    all: &[Candidate],
    room: &str,
) -> Result<Vec<RecordLine>, TheoryError> {
    let moves = Moves::load(conn, exam, all)?;
    let mut names = HashMap::new();
    for candidate in all {
        names.insert(candidate.row.ticket.as_str(), masked(app, candidate)?.0);
    }
    let begun =
        sessions::released_at(conn, &exam.id, room)?.map_or(exam.starts_at, |at| at.max(exam.starts_at));
    let mut lines = written(conn, &exam.id, room)?;
    lines.extend(sittings(all, &moves, room, begun));
    lines.extend(misconduct(conn, exam, &moves, room)?);
    lines.extend(moved(conn, &moves, room)?);
    lines.extend(timed(conn, exam, room)?);
    for line in &mut lines {
        let Some((ticket, shown)) = line.whom.as_mut() else { continue };
        *shown = names.get(ticket.as_str()).cloned().unwrap_or_default();
        if matches!(line.what, What::Late(_)) {
            line.by = vec![shown.clone()];
        }
    }
    lines.sort_by_key(|line| line.at);
    Ok(lines)
}

/// A line about somebody, whose name is still to be added.
fn about(at: i64, what: What, ticket: &str) -> RecordLine {
    RecordLine {
        at,
        what,
        whom: Some((ticket.to_owned(), String::new())),
        text: String::new(),
        by: Vec::new(),
    }
}

/// Who sat down late, and whose time was up.
fn sittings(all: &[Candidate], moves: &Moves<'_>, room: &str, begun: i64) -> Vec<RecordLine> {
    let mut lines = Vec::new();
    for sitting in all.iter().filter_map(|candidate| candidate.sitting.as_ref()) {
        let here = |at: i64| moves.room(&sitting.ticket, at) == room;
        let late = sitting.entered_at.saturating_sub(begun) / 60_000;
        if late > 0 && here(sitting.entered_at) {
            lines.push(about(sitting.entered_at, What::Late(late), &sitting.ticket));
        }
        if let (Some("timed_out"), Some(at)) = (sitting.how.as_deref(), sitting.ended_at)
            && here(at)
        {
            lines.push(about(at, What::TimedOut, &sitting.ticket));
        }
    }
    lines
}

fn misconduct(
    conn: &mut Conn,
    exam: &SessionRow,
    moves: &Moves<'_>,
    room: &str,
) -> Result<Vec<RecordLine>, TheoryError> {
    let mut lines = Vec::new();
    for found in rows::misconduct_in(conn, &exam.id)? {
        if moves.room(&found.ticket, found.at) == room {
            let what = if found.gravity == "grave" { What::Removed } else { What::Warning };
            let by = vec![name(conn, &found.first)?, name(conn, &format!("account:{}", found.second))?];
            lines.push(RecordLine { text: found.text, by, ..about(found.at, what, &found.ticket) });
        }
    }
    Ok(lines)
}

/// Who came from another seat, and who went to one.
fn moved(conn: &mut Conn, moves: &Moves<'_>, room: &str) -> Result<Vec<RecordLine>, TheoryError> {
    let mut lines = Vec::new();
    for (at, author, moved) in &moves.all {
        if moved.room == room || moved.from_room.as_deref() == Some(room) {
            let from = moved.from_room.clone().zip(moved.from_seat);
            let what = What::Moved { from, to: (moved.room.clone(), moved.seat) };
            let by = vec![name(conn, author)?];
            lines.push(RecordLine { text: moved.reason.clone(), by, ..about(*at, what, &moved.ticket) });
        }
    }
    Ok(lines)
}

/// Halts, and time that was given.
fn timed(conn: &mut Conn, exam: &SessionRow, room: &str) -> Result<Vec<RecordLine>, TheoryError> {
    let start = Instant::from_millis(exam.starts_at);
    let span = (start.millis(), start.plus_minutes(24 * 60).millis());
    let mut lines = Vec::new();
    for kind in ["theory_halted", "theory_resumed", "time_given", "seat_left"] {
        for (row, fact) in events::of_kind(conn, kind, span)? {
            let Some(found) = timing(fact).filter(|found| found.session == exam.id && found.room == room)
            else {
                continue;
            };
            let mut by = vec![name(conn, &row.actor)?];
            if let Some(second) = found.second {
                by.push(name(conn, &format!("account:{second}"))?);
            }
            // Of one alone it is said who.
            let whom = match found.tickets.as_slice() {
                [ticket] => Some((ticket.clone(), String::new())),
                _ => None,
            };
            lines.push(RecordLine { at: row.at, what: found.what, whom, text: found.reason, by });
        }
    }
    Ok(lines)
}

/// What a fact about time says.
struct Timing {
    session: String,
    room: String,
    tickets: Vec<String>,
    what: What,
    reason: String,
    second: Option<String>,
}

fn timing(fact: Fact) -> Option<Timing> {
    Some(match fact {
        Fact::TheoryHalted(TheoryHalted { session, room, tickets, reason }) => {
            Timing { what: What::Halted(tickets.len()), session, room, tickets, reason, second: None }
        }
        Fact::TheoryResumed(TheoryResumed { session, room, tickets, reason }) => {
            Timing { what: What::Resumed(tickets.len()), session, room, tickets, reason, second: None }
        }
        Fact::SeatLeft(SeatLeft { session, room, ticket, back }) => {
            let (tickets, reason) = (vec![ticket], String::new());
            Timing { what: What::Away(back), session, room, tickets, reason, second: None }
        }
        Fact::TimeGiven(TimeGiven { session, room, tickets, minutes, reason, second }) => {
            let what = What::Time(minutes, tickets.len());
            Timing { what, session, room, tickets, reason, second: Some(second) }
        }
        _ => return None,
    })
}

fn written(conn: &mut Conn, session: &str, room: &str) -> Result<Vec<RecordLine>, TheoryError> {
    let mut lines = Vec::new();
    for (step, text, author, at) in rows::room_notes(conn, session, room)? {
        let by = vec![name(conn, &author)?];
        lines.push(RecordLine { at, what: What::Wrote(step), whom: None, text, by });
    }
    Ok(lines)
}

/// The name of an author with an account; what is stored of any other.
fn name(conn: &mut Conn, author: &str) -> Result<String, TheoryError> {
    let account = author.strip_prefix("account:").unwrap_or_default();
    Ok(accounts::by_id(conn, account)?.map_or_else(|| author.to_owned(), |a| a.display_name))
}

/// Writes a line into a room's record: the roll call, that the pledge was read and given, or what is to be remembered
/// of the room, signed by the caller's login.
///
/// # Errors
/// [`TheoryError`]: no duty, nobody sits there, nothing written.
pub fn note(
    app: &App,
    person: &Person,
    (session, room): (&str, &str),
    step: &str,
    words: &str,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let words = match step {
        "pledge" => String::new(),
        "roll_call" | "record" => text("text", words)?,
        _ => return Err(TheoryError::Field { field: "step", why: "roll_call, pledge or record".to_owned() }),
    };
    let noted =
        RoomNoted { session: session.to_owned(), room: room.to_owned(), step: step.to_owned(), text: words };
    let person = person.clone();
    app.write_once(once, move |conn| {
        let exam = exam(conn, &noted.session)?;
        on_duty(conn, &person, &noted.session, now)?;
        if !rows::room_used(conn, &noted.session, &noted.room)? {
            return Err(TheoryError::RoomUnknown(noted.room));
        }
        let event = Event::new(now, Actor::Account(person.account), Fact::RoomNoted(noted));
        events::append(conn, &event.under(&exam.rule_set))?;
        Ok(Done {})
    })
}

/// The record of a room as a document.
///
/// # Errors
/// [`TheoryError::NoDuty`], [`TheoryError::RoomUnknown`], [`TheoryError::Pdf`] without a face to write with.
pub fn record_pdf(app: &App, person: &Person, session: &str, room: &str) -> Result<Rendered, TheoryError> {
    let (view, now) = (desk::room(app, person, session, room)?, app.clock.now());
    let (place, invigilators) = app.db.read(|conn| {
        let point = tables::point(conn, &view.session.row.point)?;
        let found = point.and_then(|p| p.rooms.into_iter().find(|r| r.code == room));
        let place = found.map_or_else(|| room.to_owned(), |r| format!("{} {}", r.code, r.name_zh));
        let mut names = Vec::new();
        for duty in duties::told(conn, session, now)? {
            if duty.kind == "invigilator" && duty.place == room {
                names.push(tables::staff_name(conn, &duty.staff)?.unwrap_or(duty.staff));
            }
        }
        Ok::<_, TheoryError>((place, names))
    })?;
    let checkpoint = log::signed(app)?.map(|last| (last.origin, last.size, BASE64.encode(last.root)));
    Ok(render(&RoomRecord { checkpoint, ..on_paper(&view, place, invigilators, person) })?)
}

fn on_paper(view: &RoomView, room: String, invigilators: Vec<String>, person: &Person) -> RoomRecord {
    let count = |of: fn(Stage) -> bool| view.lines.iter().filter(|l| of(l.stage)).count();
    let clock = word(Lang::Zh, "page-room-by-clock");
    let line = |line: &RecordLine| {
        let words = line.what.words(Lang::Zh);
        let both = !words.is_empty() && !line.text.is_empty();
        Line {
            at: Instant::from_millis(line.at),
            what: format!("{words}{}{}", if both { "：" } else { "" }, line.text.replace('\n', " ")),
            whom: line.whom.clone(),
            by: if line.by.is_empty() { clock.clone() } else { line.by.join("、") },
        }
    };
    RoomRecord {
        point: (view.session.point.zh.clone(), view.session.point.en.clone()),
        session: view.session.row.id.clone(),
        trade: view.session.trade.zh.clone(),
        room,
        starts_at: Instant::from_millis(view.session.row.starts_at),
        released_at: view.released_at.map(Instant::from_millis),
        deadline: Instant::from_millis(view.deadline),
        counts: [
            view.lines.len(),
            count(|s| !matches!(s, Stage::Expected | Stage::Absent)),
            count(|s| s == Stage::Absent),
            count(|s| s == Stage::Removed),
        ],
        invigilators,
        lines: view.record.iter().map(line).collect(),
        made_by: person.display_name.clone(),
        made_at: Instant::from_millis(view.now),
        checkpoint: None,
    }
}
