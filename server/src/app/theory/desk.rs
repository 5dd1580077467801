//! What an invigilator sees of a room while it is examined.

use super::record::{self, RecordLine};
use super::{TheoryError, Timetable, exam, on_duty, theory_rules};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::overview::{self, Stage, Titled, stage};
use crate::db::{overview as counts, sessions, theory as rows};
use std::collections::BTreeSet;

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
        let answered = rows::answered(conn, session)?;
        let mut lines = Vec::new();
        for candidate in all.iter().filter(|c| c.row.room.as_deref() == Some(room)) {
            let ticket = &candidate.row.ticket;
            let stage = stage::stage(candidate, false);
            let (name, id_number) = overview::masked(app, candidate)?;
            lines.push(RoomLine {
                name,
                id_number,
                seat: candidate.row.seat.unwrap_or(0),
                stage,
                pictured: candidate.check_in.as_ref().is_some_and(|c| c.photo.is_some()),
                answered: answered.get(ticket).copied().unwrap_or(0),
                silent: stage == Stage::InRoom && !app.presence.is_near(ticket, now),
                warnings: counts::misconduct_of(conn, ticket)?.len(),
                open: candidate.row.outcome == "pending"
                    && candidate.sitting.as_ref().is_none_or(|sitting| sitting.ended_at.is_none()),
                halted: candidate.row.paused_at.is_some(),
                extra: candidate.row.extra_ms / 60_000,
                ticket: ticket.clone(),
            });
        }
        lines.sort_by_key(|line| line.seat);
        let extra = all.iter().filter(|c| c.row.room.as_deref() == Some(room)).map(|c| c.row.extra_ms).max();
        let record = record::lines(conn, app, &exam, &all, room)?;
        Ok(RoomView {
            room: room.to_owned(),
            rooms: rooms.into_iter().collect(),
            lines,
            released_at: sessions::released_at(conn, session, room)?,
            opens: table.opens.millis(),
            deadline: table.deadline.millis().saturating_add(extra.unwrap_or(0)),
            now: now.millis(),
            record,
            session: overview::titled(conn, exam)?,
        })
    })
}
