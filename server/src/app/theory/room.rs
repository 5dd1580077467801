//! What an invigilator does in a room: release it, move somebody, record misconduct.

use super::paper::{self, Graded, KeyMark};
use super::seat::ended;
use super::{TheoryError, Timetable, exam, examinee, on_duty, theory_rules};
use crate::app::App;
use crate::app::auth::{self, Person, Throttle};
use crate::app::once::Once;
use crate::app::opening;
use crate::app::readiness;
use crate::db::sessions::{self, CandidateRow, SessionRow};
use crate::db::theory as rows;
use crate::db::{Conn, DbError, events, world as tables};
use crate::event::{AccountAdded, Actor, Event, Fact, MisconductRecorded, RoomReleased, SeatMoved};
use crate::http::access::Role;
use crate::seal::Sealer;
use serde::{Deserialize, Serialize};
use shared::time::Instant;
use utoipa::ToSchema;

/// Longest reason or description in characters.
const MAX_TEXT: usize = 1000;

/// A room is released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Released {
    /// Since when, epoch milliseconds.
    pub released_at: i64,
}

/// Done; there is nothing more to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {}

/// An examinee is to sit elsewhere.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveOrder {
    /// Room code.
    pub room: String,
    /// Seat from 1.
    pub seat: u32,
    /// Why, 1 to 1000 characters.
    pub reason: String,
}

/// Misconduct, signed by the caller and a second person.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MisconductOrder {
    /// `light` (warning) or `grave` (removed, score void).
    pub gravity: String,
    /// What happened, 1 to 1000 characters.
    pub text: String,
    /// Login of the second person.
    pub second: String,
    /// Password of the second person.
    pub second_password: String,
}

/// Releases a room of a session: its examinees may sit down. Releasing it again answers the first time.
///
/// # Errors
/// [`TheoryError`]: no duty, nobody sits there, outside the times of the rule set, the exam point
/// has not confirmed that it is ready.
pub fn release(
    app: &App,
    person: &Person,
    session: &str,
    room: &str,
    once: Option<Once>,
) -> Result<Released, TheoryError> {
    let now = app.clock.now();
    let (person, session, room) = (person.clone(), session.to_owned(), room.to_owned());
    let sealer = app.sealer.clone();
    app.write_once(once, move |conn| {
        let exam = exam(conn, &session)?;
        on_duty(conn, &person, &session, now)?;
        if let Some(released_at) = sessions::released_at(conn, &session, &room)? {
            return Ok(Released { released_at });
        }
        if !rows::room_used(conn, &session, &room)? {
            return Err(TheoryError::RoomUnknown(room));
        }
        Timetable::new(&theory_rules(conn, &exam)?, exam.starts_at).may_enter(now, false)?;
        if let Some(open) = readiness::blocks(conn, &exam.day, &exam.point)? {
            return Err(TheoryError::NotReady(open));
        }
        let actor = Actor::Account(person.account);
        let mut sets = Vec::new();
        for who in sessions::candidate_rows(conn, &session)? {
            if who.room.as_ref() == Some(&room) && who.paper.is_some() {
                sets.push(paper::open(&sealer, &who)?.set);
            }
        }
        opening::record(conn, (&actor, now), sets, Some(&session), opening::RELEASE)?;
        let event = Event::new(now, actor, Fact::RoomReleased(RoomReleased { session, room }));
        events::append(conn, &event.under(&exam.rule_set))?;
        Ok(Released { released_at: now.millis() })
    })
}

/// Moves an examinee to a free seat of the exam point. The token of the old seat is void; the ticket opens the paper
/// at the new one.
///
/// # Errors
/// [`TheoryError`]: no duty, no such seat, taken, over.
pub fn move_seat(
    app: &App,
    person: &Person,
    ticket: &str,
    order: &MoveOrder,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let reason = text("reason", &order.reason)?;
    let (person, ticket, room, seat) = (person.clone(), ticket.to_owned(), order.room.clone(), order.seat);
    app.write_once(once, move |conn| {
        let who = examinee(conn, &ticket)?;
        let exam = exam(conn, &who.session)?;
        on_duty(conn, &person, &exam.id, now)?;
        let ended = rows::sitting(conn, &ticket)?.is_some_and(|s| s.ended_at.is_some());
        if who.outcome != "pending" || ended {
            return Err(TheoryError::AlreadyEnded);
        }
        may_move(conn, &exam, &who, now, (&room, seat))?;
        let from_seat = who.seat.and_then(|seat| u32::try_from(seat).ok());
        let moved = SeatMoved { ticket, room, seat, reason, from_room: who.room, from_seat };
        let moved = Fact::SeatMoved(moved);
        events::append(conn, &Event::new(now, Actor::Account(person.account), moved).under(&exam.rule_set))?;
        Ok(Done {})
    })
}

/// Records misconduct. Grave: the examination is over for the person, whether he sits, has sat or is still to come,
/// and what he reached is void.
///
/// # Errors
/// [`TheoryError`]: no duty, the second signature is wrong or not of another person on duty, results are published.
pub fn misconduct(
    app: &App,
    throttle: &Throttle,
    person: &Person,
    ticket: &str,
    order: &MisconductOrder,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let grave = match order.gravity.as_str() {
        "light" => false,
        "grave" => true,
        _ => return Err(TheoryError::Field { field: "gravity", why: "light or grave".to_owned() }),
    };
    let what = text("text", &order.text)?;
    // Who may not record anything cannot use this to try passwords.
    app.db.read(|conn| {
        let who = examinee(conn, ticket)?;
        on_duty(conn, person, &who.session, now)
    })?;
    let second = auth::credentials(app, throttle, &order.second, &order.second_password)?;
    let (person, sealer) = (person.clone(), app.sealer.clone());
    let record = MisconductRecorded {
        ticket: ticket.to_owned(),
        gravity: order.gravity.clone(),
        text: what,
        second: second.id.clone(),
    };
    app.write_once(once, move |conn| {
        let who = examinee(conn, &record.ticket)?;
        let exam = exam(conn, &who.session)?;
        may_sign(conn, &exam, &person, &second)?;
        if exam.results_at.is_some() {
            return Err(TheoryError::SessionState("results are published"));
        }
        let actor = Actor::Account(person.account);
        let event = Event::new(now, actor.clone(), Fact::MisconductRecorded(record)).under(&exam.rule_set);
        events::append(conn, &event)?;
        if grave {
            remove(conn, &sealer, &exam, &who, now, &actor)?;
        }
        Ok(Done {})
    })
}

fn may_move(
    conn: &mut Conn,
    exam: &SessionRow,
    who: &CandidateRow,
    now: Instant,
    (room, seat): (&str, u32),
) -> Result<(), TheoryError> {
    if !exam.seated {
        return Err(TheoryError::SessionState("seats are not drawn yet"));
    }
    let rules = theory_rules(conn, exam)?;
    Timetable::new(&rules, exam.starts_at).still_runs(now)?;
    let point =
        tables::point(conn, &exam.point)?.ok_or_else(|| DbError::corrupt("session", "no such point"))?;
    let there = point.rooms.iter().find(|r| r.code == room);
    let there = there.ok_or_else(|| TheoryError::RoomUnknown(room.to_owned()))?;
    if seat == 0 || seat > there.seats {
        return Err(TheoryError::Field {
            field: "seat",
            why: format!("room {room} has seats 1 to {}", there.seats),
        });
    }
    let number = i32::try_from(seat).unwrap_or(0);
    let length = i64::from(rules.minutes) * 60_000;
    let at_once = (exam.starts_at.saturating_sub(length), exam.starts_at.saturating_add(length));
    let own = who.room.as_deref() == Some(room) && who.seat == Some(number);
    if own || rows::seat_taken(conn, &exam.point, (room, number), at_once, &who.ticket)? {
        return Err(TheoryError::SeatOccupied { room: room.to_owned(), seat });
    }
    Ok(())
}

/// Two persons sign, and the second is somebody whom the session concerns.
pub(super) fn may_sign(
    conn: &mut Conn,
    exam: &SessionRow,
    first: &Person,
    second: &AccountAdded,
) -> Result<(), TheoryError> {
    let same_staff = first.staff.is_some() && first.staff == second.staff;
    if first.account == second.id || same_staff {
        return Err(TheoryError::SecondPerson);
    }
    let allowed = match (Role::from_word(&second.role), &second.staff) {
        (Some(Role::CentreStaff), _) => true,
        (Some(Role::PointStaff), _) => second.point.as_ref() == Some(&exam.point),
        (Some(Role::Invigilator | Role::Examiner), Some(staff)) => {
            let duties = sessions::duties_of(conn, &exam.id, staff)?;
            duties
                .iter()
                .any(|duty| matches!(duty.kind.as_str(), "invigilator" | "examiner" | "lead_examiner"))
        }
        _ => false,
    };
    if allowed { Ok(()) } else { Err(TheoryError::SecondPerson) }
}

/// Ends an open sitting of somebody who is removed; one that was over is void by the record alone.
fn remove(
    conn: &mut Conn,
    sealer: &Sealer,
    exam: &SessionRow,
    who: &CandidateRow,
    now: Instant,
    actor: &Actor,
) -> Result<(), TheoryError> {
    if rows::sitting(conn, &who.ticket)?.is_none_or(|s| s.ended_at.is_some()) {
        return Ok(());
    }
    let answers = crate::db::answers::of_ticket(conn, &who.ticket)?;
    let given = paper::standing(sealer, &answers)?;
    let void = Graded {
        last_seq: answers.last().map_or(0, |a| a.seq),
        answers_hash: paper::hash(&given),
        answered: u32::try_from(given.len()).unwrap_or(u32::MAX),
        points: 0,
        total: paper::total(&paper::open(sealer, who)?),
        passed: false,
        missed: Vec::new(),
        by: KeyMark::default(),
    };
    let fact = Fact::TheoryEnded(ended(&who.ticket, "removed", &void, false));
    events::append(conn, &Event::new(now, actor.clone(), fact).under(&exam.rule_set))?;
    Ok(())
}

pub(super) fn text(field: &'static str, text: &str) -> Result<String, TheoryError> {
    // Browsers end the lines of a form as the network does.
    let text = text.trim().replace("\r\n", "\n");
    let length = text.chars().count();
    let lines = |c: char| c.is_control() && c != '\n';
    if length == 0 || length > MAX_TEXT || text.contains(lines) {
        return Err(TheoryError::Field { field, why: format!("1 to {MAX_TEXT} characters") });
    }
    Ok(text)
}
