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
use crate::event::{Actor, Event, Fact, TheoryHalted, TheoryResumed, TimeGiven};
use serde::Deserialize;
use shared::time::Instant;
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

/// Halts the examination of everybody in a room who has not ended, or of one of them.
///
/// # Errors
/// [`TheoryError`]: no duty, nobody there for whom it runs, before the start.
pub fn halt(
    app: &App,
    person: &Person,
    (session, room): (&str, &str),
    order: &HaltOrder,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let reason = text("reason", &order.reason)?;
    let scope = Scope::of(session, room, order.ticket.as_deref());
    let person = person.clone();
    app.write_once(once, move |conn| {
        let exam = scope.open(conn, &person, now)?;
        let tickets = scope.tickets(conn, |candidate| candidate.row.paused_at.is_none())?;
        let Scope { session, room, .. } = scope;
        let fact = Fact::TheoryHalted(TheoryHalted { session, room, tickets, reason });
        events::append(conn, &Event::new(now, Actor::Account(person.account), fact).under(&exam.rule_set))?;
        Ok(Done {})
    })
}

/// Lets it go on; what the halt lasted is added to the time of each.
///
/// # Errors
/// [`TheoryError`]: no duty, nobody there for whom it is halted.
pub fn resume(
    app: &App,
    person: &Person,
    (session, room): (&str, &str),
    order: &HaltOrder,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let reason = text("reason", &order.reason)?;
    let scope = Scope::of(session, room, order.ticket.as_deref());
    let person = person.clone();
    app.write_once(once, move |conn| {
        let exam = exam(conn, &scope.session)?;
        on_duty(conn, &person, &exam.id, now)?;
        let tickets = scope.tickets(conn, |candidate| candidate.row.paused_at.is_some())?;
        let Scope { session, room, .. } = scope;
        let fact = Fact::TheoryResumed(TheoryResumed { session, room, tickets, reason });
        events::append(conn, &Event::new(now, Actor::Account(person.account), fact).under(&exam.rule_set))?;
        Ok(Done {})
    })
}

/// Gives everybody in a room who has not ended, or one of them, more time.
///
/// # Errors
/// [`TheoryError`]: no duty, the second signature, more than the rule set allows, over.
pub fn give_time(
    app: &App,
    throttle: &Throttle,
    person: &Person,
    (session, room): (&str, &str),
    order: &TimeOrder,
    once: Option<Once>,
) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let reason = text("reason", &order.reason)?;
    let scope = Scope::of(session, room, order.ticket.as_deref());
    // Who may not give time cannot use this to try passwords.
    app.db.read(|conn| on_duty(conn, person, session, now))?;
    let second = auth::credentials(app, throttle, &order.second, &order.second_password)?;
    let (person, minutes) = (person.clone(), order.minutes);
    app.write_once(once, move |conn| {
        let exam = scope.open(conn, &person, now)?;
        may_sign(conn, &exam, &person, &second)?;
        let most = theory_rules(conn, &exam)?.most_extra_minutes;
        let tickets = scope.tickets(conn, |_| true)?;
        for ticket in &tickets {
            let given = given_so_far(conn, ticket)?.saturating_add(minutes);
            if minutes == 0 || given > most {
                let why = format!("1 to {most} minutes for one person, {given} with this");
                return Err(TheoryError::Field { field: "minutes", why });
            }
        }
        let Scope { session, room, .. } = scope;
        let second = second.id.clone();
        let fact = Fact::TimeGiven(TimeGiven { session, room, tickets, minutes, reason, second });
        events::append(conn, &Event::new(now, Actor::Account(person.account), fact).under(&exam.rule_set))?;
        Ok(Done {})
    })
}

/// Minutes that two signatures gave to an examinee; what halts lasted is not among them.
fn given_so_far(conn: &mut Conn, ticket: &str) -> Result<u32, TheoryError> {
    let all = events::of_kind(conn, "time_given", (0, i64::MAX))?;
    let own = all.into_iter().filter_map(|(_, fact)| match fact {
        Fact::TimeGiven(given) if given.tickets.iter().any(|t| t == ticket) => Some(given.minutes),
        _ => None,
    });
    Ok(own.sum())
}

/// Whom an order concerns.
struct Scope {
    session: String,
    room: String,
    ticket: Option<String>,
}

impl Scope {
    fn of(session: &str, room: &str, ticket: Option<&str>) -> Self {
        let ticket = ticket.map(str::trim).filter(|ticket| !ticket.is_empty()).map(str::to_owned);
        Self { session: session.to_owned(), room: room.to_owned(), ticket }
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

    /// Those in the room who have not ended and of whom it holds; somebody must be there.
    fn tickets(
        &self,
        conn: &mut Conn,
        holds: impl Fn(&Candidate) -> bool,
    ) -> Result<Vec<String>, TheoryError> {
        if let Some(ticket) = &self.ticket {
            let who = examinee(conn, ticket)?;
            if who.session != self.session || who.room.as_ref() != Some(&self.room) {
                return Err(TheoryError::TicketUnknown(ticket.clone()));
            }
        }
        let all = sessions::candidates(conn, &self.session)?;
        let here = all.iter().filter(|candidate| {
            let row = &candidate.row;
            let ended = candidate.sitting.as_ref().is_some_and(|sitting| sitting.ended_at.is_some());
            let meant = self.ticket.as_ref().is_none_or(|ticket| *ticket == row.ticket);
            let open = row.outcome == "pending" && !ended;
            row.room.as_ref() == Some(&self.room) && meant && open && holds(candidate)
        });
        let tickets: Vec<String> = here.map(|candidate| candidate.row.ticket.clone()).collect();
        if tickets.is_empty() {
            return Err(TheoryError::SessionState("nobody is there for whom this would change anything"));
        }
        Ok(tickets)
    }
}
