//! The queue: call, call again, pass over, admit. Order and rules are those of [`shared::queue`].

use super::refusal::Refusal;
use super::state::{Stage, State};
use super::{Action, Answer, Window};
use shared::ids::TicketNumber;
use shared::queue::{Entry, QueueRefusal};
use shared::time::Instant;
use shared::wire::v1::journal::KioskFact;

/// Calls whoever is next.
pub fn call_next(state: &State, window: Window) -> Vec<Action> {
    match state.queue().next() {
        Some(entry) => call(entry, 1, window),
        None => vec![Action::Refuse(Refusal::NobodyWaiting)],
    }
}

/// Calls somebody again who has been called and has not come; not sooner than the rule set says.
pub fn recall(state: &State, now: Instant, ticket: &TicketNumber, window: Window) -> Vec<Action> {
    let permitted = state.queue().may_recall(ticket, now, &state.queue_rules(ticket));
    match (permitted, state.queue().entry(ticket)) {
        (Ok(()), Some(entry)) => call(entry, entry.calls().saturating_add(1), window),
        (Err(QueueRefusal::TooEarly { wait_seconds }), _) => {
            vec![Action::Refuse(Refusal::RecallTooEarly { wait_seconds })]
        }
        _ => vec![Action::Refuse(not_called(state, ticket))],
    }
}

/// Passes over somebody who was called often enough and did not come; he comes back later in the queue.
pub fn pass_over(state: &State, now: Instant, ticket: TicketNumber) -> Vec<Action> {
    let refusal = match state.queue().may_pass_over(&ticket, now, &state.queue_rules(&ticket)) {
        Ok(()) => {
            let fact = KioskFact::PassedOver { ticket: ticket.to_string() };
            return vec![Action::Record(vec![fact]), Action::Answer(Answer::PassedOver { ticket })];
        }
        Err(QueueRefusal::TooFewCalls { calls, needed }) => Refusal::TooFewCalls { calls, needed },
        Err(QueueRefusal::TooEarly { wait_seconds }) => Refusal::PassOverTooEarly { wait_seconds },
        Err(_) => not_called(state, &ticket),
    };
    vec![Action::Refuse(refusal)]
}

/// Takes down that somebody who was called has come and was shown to his seat.
pub fn admit(state: &State, ticket: TicketNumber) -> Vec<Action> {
    if state.person(&ticket).is_some_and(|person| person.stage == Stage::Called) {
        let fact = KioskFact::Admitted { ticket: ticket.to_string() };
        vec![Action::Record(vec![fact]), Action::Answer(Answer::Admitted { ticket })]
    } else {
        vec![Action::Refuse(not_called(state, &ticket))]
    }
}

fn call(entry: &Entry, count: u32, window: Window) -> Vec<Action> {
    let (ticket, number) = (entry.ticket().clone(), entry.number());
    let fact = KioskFact::Called { ticket: ticket.to_string(), window: window.as_str().to_owned(), count };
    let answer = Answer::Called { ticket, number, window: window.clone(), count };
    vec![Action::Record(vec![fact]), Action::Say { number, window }, Action::Answer(answer)]
}

fn not_called(state: &State, ticket: &TicketNumber) -> Refusal {
    let known = state.person(ticket).is_some()
        || state.roster().is_some_and(|roster| roster.candidate(ticket).is_some());
    if known { Refusal::NotCalled } else { Refusal::UnknownTicket }
}
