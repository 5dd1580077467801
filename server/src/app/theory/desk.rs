//! What an invigilator sees of a room while it is examined, and what he writes into its record.

use super::{Done, TheoryError, Timetable, exam, on_duty, room::text, theory_rules};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::once::Once;
use crate::app::overview::{self, Stage, Titled, stage};
use crate::db::{accounts, events, overview as counts, sessions, theory as rows};
use crate::event::{Actor, Event, Fact, RoomNoted};
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
    /// End of the examination, epoch milliseconds.
    pub deadline: i64,
    /// Now, epoch milliseconds.
    pub now: i64,
    /// The room's record.
    pub notes: Vec<RoomNote>,
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
}

/// A line of the room's record.
#[derive(Debug, Clone)]
pub struct RoomNote {
    /// `roll_call`, `pledge` or `record`.
    pub step: String,
    /// What was written.
    pub text: String,
    /// Name of the author.
    pub by: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// A room with its candidates.
///
/// # Errors
/// [`TheoryError::NoDuty`], [`TheoryError::RoomUnknown`] if nobody of the session sits there.
pub fn room(app: &App, person: &Person, session: &str, room: &str) -> Result<RoomView, TheoryError> {
    let now = app.clock.now();
    app.db.read(|conn| {
        let exam = exam(conn, session)?;
        on_duty(conn, person, session)?;
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
                ticket: ticket.clone(),
            });
        }
        lines.sort_by_key(|line| line.seat);
        let mut notes = Vec::new();
        for (step, text, author, at) in rows::room_notes(conn, session, room)? {
            let account = author.strip_prefix("account:").unwrap_or_default();
            let by = accounts::by_id(conn, account)?.map_or(author.clone(), |a| a.display_name);
            notes.push(RoomNote { step, text, by, at });
        }
        Ok(RoomView {
            room: room.to_owned(),
            rooms: rooms.into_iter().collect(),
            lines,
            released_at: sessions::released_at(conn, session, room)?,
            opens: table.opens.millis(),
            deadline: table.deadline.millis(),
            now: now.millis(),
            notes,
            session: overview::titled(conn, exam)?,
        })
    })
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
        on_duty(conn, &person, &noted.session)?;
        if !rows::room_used(conn, &noted.session, &noted.room)? {
            return Err(TheoryError::RoomUnknown(noted.room));
        }
        let event = Event::new(now, Actor::Account(person.account), Fact::RoomNoted(noted));
        events::append(conn, &event.under(&exam.rule_set))?;
        Ok(Done {})
    })
}
