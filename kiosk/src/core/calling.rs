//! The queue: call, call again, pass over, admit.

use super::refusal::Refusal;
use super::state::{Person, Stage, State};
use super::{Action, Answer, Window};
use shared::ids::TicketNumber;
use shared::time::Instant;
use shared::wire::v1::journal::KioskFact;

/// Calls whoever is next.
pub fn call_next(state: &State, window: Window) -> Vec<Action> {
    match state.next_in_queue() {
        Some((ticket, person)) => call(ticket.clone(), person, window),
        None => vec![Action::Refuse(Refusal::NobodyWaiting)],
    }
}

/// Calls somebody again who has been called and has not come; not sooner than the rule set says.
pub fn recall(state: &State, now: Instant, ticket: TicketNumber, window: Window) -> Vec<Action> {
    let person = match called(state, &ticket) {
        Ok(person) => person,
        Err(refusal) => return vec![Action::Refuse(refusal)],
    };
    let pause = i64::from(state.queue_rules(&ticket).recall_after_seconds);
    let passed = person.last_call.as_ref().map_or(pause, |call| now.seconds_since(call.at));
    if passed < pause {
        return vec![Action::Refuse(Refusal::RecallTooEarly { wait_seconds: pause.saturating_sub(passed) })];
    }
    call(ticket, person, window)
}

/// Passes over somebody who was called often enough and did not come; he comes back later in the queue.
pub fn pass_over(state: &State, ticket: TicketNumber) -> Vec<Action> {
    let person = match called(state, &ticket) {
        Ok(person) => person,
        Err(refusal) => return vec![Action::Refuse(refusal)],
    };
    let needed = state.queue_rules(&ticket).pass_over_after_calls;
    if person.calls < needed {
        return vec![Action::Refuse(Refusal::PassOverTooEarly { calls: person.calls, needed })];
    }
    let fact = KioskFact::PassedOver { ticket: ticket.to_string() };
    vec![Action::Record(vec![fact]), Action::Answer(Answer::PassedOver { ticket })]
}

/// Takes down that somebody who was called has come and was shown to his seat.
pub fn admit(state: &State, ticket: TicketNumber) -> Vec<Action> {
    match called(state, &ticket) {
        Ok(_) => {
            let fact = KioskFact::Admitted { ticket: ticket.to_string() };
            vec![Action::Record(vec![fact]), Action::Answer(Answer::Admitted { ticket })]
        }
        Err(refusal) => vec![Action::Refuse(refusal)],
    }
}

fn call(ticket: TicketNumber, person: &Person, window: Window) -> Vec<Action> {
    let number = person.number.unwrap_or_default();
    let count = person.calls.saturating_add(1);
    let fact =
        KioskFact::Called { ticket: ticket.to_string(), window: window.as_str().to_owned(), count };
    let answer = Answer::Called { ticket, number, window: window.clone(), count };
    vec![Action::Record(vec![fact]), Action::Say { number, window }, Action::Answer(answer)]
}

fn called<'a>(state: &'a State, ticket: &TicketNumber) -> Result<&'a Person, Refusal> {
    match state.person(ticket) {
        Some(person) if person.stage == Stage::Called => Ok(person),
        Some(_) => Err(Refusal::NotCalled),
        None => Err(Refusal::UnknownTicket),
    }
}
