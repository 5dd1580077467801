//! What an invigilator does about the time of a room or of one person in it: halt, go on, give time back.
//!
//! A halt costs nobody any time: what it lasted is added when the examination goes on. Time beyond that is given by two
//! signatures, with a reason, and no more than the rule set allows.

use super::room::{may_sign, text};
use super::{Done, TheoryError, Timetable, exam, examinee, on_duty, theory_rules};
use crate::app::App;
use crate::app::auth::{self, Person, Throttle};
use crate::app::once::Once;
use crate::db::sessions::{self, Candidate, SessionRow};
use crate::db::{Conn, events};
use crate::event::{Actor, Event, Fact, SeatLeft, TheoryHalted, TheoryResumed, TimeGiven};
use serde::Deserialize;
use shared::time::Instant;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::ToSchema;

/// The examination is halted, or goes on, for a room or for one person in it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HaltOrder {
    /// One person alone: the ticket number.
    #[serde(default)]
    pub ticket: Option<String>,
    /// Why, 1 to 1000 characters.
    pub reason: String,
}

/// Time is given to a room or to one person in it.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOrder {
    /// One person alone: the ticket number.
    #[serde(default)]
    pub ticket: Option<String>,
    /// How many minutes, from 1.
    pub minutes: u32,
    /// Why, 1 to 1000 characters.
    pub reason: String,
    /// Login of the second person.
    pub second: String,
    /// Password of the second person.
    pub second_password: String,
}

/// Halts the examination of everybody in some rooms who has not ended, or of one of them.
///
/// # Errors
/// [`TheoryError`]: no duty, nobody there for whom it runs, before the start.
pub fn halt(
    app: &App,
    person: &Person,
    place: (&str, &[&str]),
    order: &HaltOrder,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    turn(app, person, place, order, once, true)
}

/// Lets it go on; what the halt lasted is added to the time of each.
///
/// # Errors
/// [`TheoryError`]: no duty, nobody there for whom it is halted.
pub fn resume(
    app: &App,
    person: &Person,
    place: (&str, &[&str]),
    order: &HaltOrder,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    turn(app, person, place, order, once, false)
}

/// Halts, or lets go on, for those for whom that changes something.
fn turn(
    app: &App,
    person: &Person,
    (session, rooms): (&str, &[&str]),
    order: &HaltOrder,
    once: Option<Once>,
    halts: bool,
) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let reason = text("reason", &order.reason)?;
    let scope = Scope::of(session, rooms, order.ticket.as_deref());
    let (person, actor) = (person.clone(), Actor::Account(person.account.clone()));
    app.write_once(once, move |conn| {
        let exam = scope.open(conn, &person, now)?;
        for (room, tickets) in scope.rooms(conn, |candidate| candidate.row.paused_at.is_none() == halts)? {
            let (session, reason) = (scope.session.clone(), reason.clone());
            let fact = if halts {
                Fact::TheoryHalted(TheoryHalted { session, room, tickets, reason })
            } else {
                Fact::TheoryResumed(TheoryResumed { session, room, tickets, reason })
            };
            events::append(conn, &Event::new(now, actor.clone(), fact).under(&exam.rule_set))?;
        }
        Ok(Done {})
    })
}

/// Gives everybody in some rooms who has not ended, or one of them, more time.
///
/// # Errors
/// [`TheoryError`]: no duty, the second signature, more than the rule set allows, over.
pub fn give_time(
    app: &App,
    throttle: &Throttle,
    person: &Person,
    (session, rooms): (&str, &[&str]),
    order: &TimeOrder,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let reason = text("reason", &order.reason)?;
    let scope = Scope::of(session, rooms, order.ticket.as_deref());
    // Who may not give time cannot use this to try passwords.
    app.db.read(|conn| on_duty(conn, person, session, now))?;
    let second = auth::credentials(app, throttle, &order.second, &order.second_password)?;
    let (person, minutes) = (person.clone(), order.minutes);
    let actor = Actor::Account(person.account.clone());
    app.write_once(once, move |conn| {
        let exam = scope.open(conn, &person, now)?;
        may_sign(conn, &exam, &person, &second)?;
        let most = theory_rules(conn, &exam)?.most_extra_minutes;
        let rooms = scope.rooms(conn, |_| true)?;
        let before = given_so_far(conn, exam.starts_at)?;
        for ticket in rooms.values().flatten() {
            let given = before.get(ticket).copied().unwrap_or(0).saturating_add(minutes);
            if minutes == 0 || given > most {
                let why = format!("1 to {most} minutes for one person, {given} with this");
                return Err(TheoryError::Field { field: "minutes", why });
            }
        }
        for (room, tickets) in rooms {
            let (session, reason, second) = (scope.session.clone(), reason.clone(), second.id.clone());
            let fact = Fact::TimeGiven(TimeGiven { session, room, tickets, minutes, reason, second });
            events::append(conn, &Event::new(now, actor.clone(), fact).under(&exam.rule_set))?;
        }
        Ok(Done {})
    })
}

/// Minutes that two signatures gave to each examinee since a session began; what halts lasted is not among them.
fn given_so_far(conn: &mut Conn, since: i64) -> Result<HashMap<String, u32>, TheoryError> {
    let mut minutes = HashMap::new();
    for (_, fact) in events::of_kind(conn, "time_given", (since, i64::MAX))? {
        let Fact::TimeGiven(given) = fact else { continue };
        for ticket in given.tickets {
            let so_far: &mut u32 = minutes.entry(ticket).or_default();
            *so_far = so_far.saturating_add(given.minutes);
        }
    }
    Ok(minutes)
}

/// Whom an order concerns.
struct Scope {
    session: String,
    rooms: BTreeSet<String>,
    ticket: Option<String>,
}

impl Scope {
    fn of(session: &str, rooms: &[&str], ticket: Option<&str>) -> Self {
        let ticket = ticket.map(str::trim).filter(|ticket| !ticket.is_empty()).map(str::to_owned);
        let rooms = rooms.iter().map(|room| (*room).to_owned()).collect();
        Self { session: session.to_owned(), rooms, ticket }
    }

    /// The session, if it has begun and the caller has a duty in it.
    fn open(&self, conn: &mut Conn, person: &Person, now: Instant) -> Result<SessionRow, TheoryError> {
        let exam = exam(conn, &self.session)?;
        on_duty(conn, person, &exam.id, now)?;
        let table = Timetable::new(&theory_rules(conn, &exam)?, exam.starts_at);
        if now < table.start {
            return Err(TheoryError::TooEarly(table.start.minute_in_china()));
        }
        Ok(exam)
    }

    /// By room, the tickets of those there who have not ended and of whom it holds; somebody must be there.
    fn rooms(
        &self,
        conn: &mut Conn,
        holds: impl Fn(&Candidate) -> bool,
    ) -> Result<BTreeMap<String, Vec<String>>, TheoryError> {
        let here = |room: &Option<String>| room.as_ref().filter(|room| self.rooms.contains(*room)).cloned();
        if let Some(ticket) = &self.ticket {
            let who = examinee(conn, ticket)?;
            if who.session != self.session || here(&who.room).is_none() {
                return Err(TheoryError::TicketUnknown(ticket.clone()));
            }
        }
        let mut rooms: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for candidate in sessions::candidates(conn, &self.session)? {
            let row = &candidate.row;
            let ended = candidate.sitting.as_ref().is_some_and(|sitting| sitting.ended_at.is_some());
            let meant = self.ticket.as_ref().is_none_or(|ticket| *ticket == row.ticket);
            let open = row.outcome == "pending" && !ended && meant && holds(&candidate);
            if let Some(room) = here(&row.room).filter(|_| open) {
                rooms.entry(room).or_default().push(row.ticket.clone());
            }
        }
        if rooms.is_empty() {
            return Err(TheoryError::SessionState("nobody is there for whom this would change anything"));
        }
        Ok(rooms)
    }
}

/// Notes that an examinee leaves the room for a while, or comes back; the time runs on.
///
/// # Errors
/// [`TheoryError`]: no duty, not in that room, over, already noted.
pub fn away(
    app: &App,
    person: &Person,
    (session, room): (&str, &str),
    ticket: &str,
    back: bool,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let scope = Scope::of(session, &[room], Some(ticket));
    let (person, actor) = (person.clone(), Actor::Account(person.account.clone()));
    let (room, ticket) = (room.to_owned(), ticket.trim().to_owned());
    app.write_once(once, move |conn| {
        let exam = scope.open(conn, &person, now)?;
        scope.rooms(conn, |candidate| candidate.row.away_since.is_some() == back)?;
        let fact = Fact::SeatLeft(SeatLeft { session: exam.id, room, ticket, back });
        events::append(conn, &Event::new(now, actor.clone(), fact).under(&exam.rule_set))?;
        Ok(Done {})
    })
}
