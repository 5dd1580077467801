//! What an invigilator sees of a room while it is examined.

use super::record::{self, RecordLine};
use super::{TheoryError, Timetable, exam, on_duty, theory_rules};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::overview::{self, Stage, Titled, stage};
use crate::db::sessions::{self, Candidate};
use crate::db::{Conn, theory as rows};
use shared::time::Instant;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A room of a session, as its invigilator sees it.
#[derive(Debug, Clone)]
pub struct RoomView {
    /// The session.
    pub session: Titled,
    /// Room code.
    pub room: String,
    /// Rooms of the session.
    pub rooms: Vec<String>,
    /// Candidates of the room by seat.
    pub lines: Vec<RoomLine>,
    /// Released since, epoch milliseconds.
    pub released_at: Option<i64>,
    /// From when it may be released, epoch milliseconds.
    pub opens: i64,
    /// End of the examination for the last one, epoch milliseconds.
    pub deadline: i64,
    /// Now, epoch milliseconds.
    pub now: i64,
    /// The room's record, in the order of time.
    pub record: Vec<RecordLine>,
}

/// A candidate in the room.
#[derive(Debug, Clone)]
pub struct RoomLine {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Masked identity number.
    pub id_number: String,
    /// Seat from 1.
    pub seat: i32,
    /// How far he has come.
    pub stage: Stage,
    /// Whether a picture was taken at the check-in.
    pub pictured: bool,
    /// Questions answered.
    pub answered: usize,
    /// Works at the paper, and the seat has not been heard of for longer than 20 s.
    pub silent: bool,
    /// Warnings for misconduct.
    pub warnings: usize,
    /// Whether it is not over for him.
    pub open: bool,
    /// Whether it is halted for him.
    pub halted: bool,
    /// Minutes that were given back to him.
    pub extra: i64,
    /// Out of the room since, epoch milliseconds.
    pub away_since: Option<i64>,
}

/// A room among others.
#[derive(Debug, Clone)]
pub struct RoomSummary {
    /// Room code.
    pub room: String,
    /// Candidates of the room by seat.
    pub lines: Vec<RoomLine>,
    /// Released since, epoch milliseconds.
    pub released_at: Option<i64>,
    /// End of the examination for the last one, epoch milliseconds.
    pub deadline: i64,
}

/// All rooms of a session at once.
#[derive(Debug, Clone)]
pub struct RoomsView {
    /// The session.
    pub session: Titled,
    /// The rooms by code.
    pub rooms: Vec<RoomSummary>,
    /// Now, epoch milliseconds.
    pub now: i64,
}

/// A room with its candidates.
///
/// # Errors
/// [`TheoryError::NoDuty`], [`TheoryError::RoomUnknown`] if nobody of the session sits there.
pub fn room(app: &App, person: &Person, session: &str, room: &str) -> Result<RoomView, TheoryError> {
    let now = app.clock.now();
    app.db.read(|conn| {
        let exam = exam(conn, session)?;
        on_duty(conn, person, session, now)?;
        let table = Timetable::new(&theory_rules(conn, &exam)?, exam.starts_at);
        let all = sessions::candidates(conn, session)?;
        let rooms: BTreeSet<String> = all.iter().filter_map(|c| c.row.room.clone()).collect();
        if !rooms.contains(room) {
            return Err(TheoryError::RoomUnknown(room.to_owned()));
        }
        let record = record::lines(conn, app, &exam, &all, room)?;
        let here: Vec<Candidate> =
            all.into_iter().filter(|candidate| candidate.row.room.as_deref() == Some(room)).collect();
        let summary =
            Seen::load(conn, app, session, now)?.summary(conn, app, (session, room), &here, table)?;
        Ok(RoomView {
            room: summary.room,
            rooms: rooms.into_iter().collect(),
            lines: summary.lines,
            released_at: summary.released_at,
            opens: table.opens.millis(),
            deadline: summary.deadline,
            now: now.millis(),
            record,
            session: overview::titled(conn, exam)?,
        })
    })
}

/// Every room of a session.
///
/// # Errors
/// [`TheoryError::NoDuty`], [`TheoryError::SessionUnknown`].
pub fn rooms(app: &App, person: &Person, session: &str) -> Result<RoomsView, TheoryError> {
    let now = app.clock.now();
    app.db.read(|conn| {
        let exam = exam(conn, session)?;
        on_duty(conn, person, session, now)?;
        let table = Timetable::new(&theory_rules(conn, &exam)?, exam.starts_at);
        let mut by_room: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
        for candidate in sessions::candidates(conn, session)? {
            if let Some(room) = candidate.row.room.clone() {
                by_room.entry(room).or_default().push(candidate);
            }
        }
        let seen = Seen::load(conn, app, session, now)?;
        let one =
            |(room, here): (&String, &Vec<Candidate>)| seen.summary(conn, app, (session, room), here, table);
        let rooms = by_room.iter().map(one).collect::<Result<_, _>>()?;
        Ok(RoomsView { rooms, now: now.millis(), session: overview::titled(conn, exam)? })
    })
}

/// What is known of a session's candidates beside their own rows.
struct Seen {
    answered: HashMap<String, usize>,
    warnings: HashMap<String, usize>,
    now: Instant,
}

impl Seen {
    fn load(conn: &mut Conn, app: &App, session: &str, now: Instant) -> Result<Self, TheoryError> {
        let mut warnings = HashMap::new();
        for found in rows::misconduct_in(conn, session)? {
            *warnings.entry(found.ticket).or_default() += 1;
        }
        Ok(Self { answered: app.counts.of_session(conn, session)?, warnings, now })
    }

    fn summary(
        &self,
        conn: &mut Conn,
        app: &App,
        (session, room): (&str, &str),
        here: &[Candidate],
        table: Timetable,
    ) -> Result<RoomSummary, TheoryError> {
        let mut lines =
            here.iter().map(|candidate| self.line(app, candidate)).collect::<Result<Vec<_>, _>>()?;
        lines.sort_by_key(|line| line.seat);
        let extra = here.iter().map(|candidate| candidate.row.extra_ms).max().unwrap_or(0);
        Ok(RoomSummary {
            room: room.to_owned(),
            lines,
            released_at: sessions::released_at(conn, session, room)?,
            deadline: table.deadline.millis().saturating_add(extra),
        })
    }

    fn line(&self, app: &App, candidate: &Candidate) -> Result<RoomLine, TheoryError> {
        let row = &candidate.row;
        let stage = stage::stage(candidate, false);
        let (name, id_number) = overview::masked(app, candidate)?;
        let ended = candidate.sitting.as_ref().is_some_and(|sitting| sitting.ended_at.is_some());
        Ok(RoomLine {
            ticket: row.ticket.clone(),
            name,
            id_number,
            seat: row.seat.unwrap_or(0),
            stage,
            pictured: candidate.check_in.as_ref().is_some_and(|c| c.photo.is_some()),
            answered: self.answered.get(&row.ticket).copied().unwrap_or(0),
            silent: stage == Stage::InRoom && !app.presence.is_near(&row.ticket, self.now),
            warnings: self.warnings.get(&row.ticket).copied().unwrap_or(0),
            open: row.outcome == "pending" && !ended,
            halted: row.paused_at.is_some(),
            extra: row.extra_ms / 60_000,
            away_since: row.away_since,
        })
    }
}
