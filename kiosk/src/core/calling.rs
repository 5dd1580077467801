//! The queues: call, call again, pass over, admit, come back, send elsewhere, give priority, leave; pause and close a
//! place. Order and rules are those of [`shared::queue`].

use super::refusal::Refusal;
use super::state::{Stage, State};
use super::{Action, Answer, Window};
use shared::ids::{AccountId, TicketNumber};
use shared::queue::{Entry, PlaceCode, QueueRefusal, QueueState};
use shared::time::Instant;
use shared::wire::v1::journal::{KioskFact, PlaceSwitch, PriorityReason};

/// Calls whoever is next: at a place, or at any that is not paused. Without a window he is called to the place itself.
pub fn call_next(state: &State, place: Option<&PlaceCode>, window: Option<Window>) -> Vec<Action> {
    if let Some(place) = place {
        if !state.knows_place(place) {
            return refused(Refusal::UnknownPlace);
        }
        if state.queue().may_call_at(place).is_err() {
            return refused(Refusal::PlacePaused);
        }
    }
    let between = state.priority_between();
    match state.queue().next(place, between) {
        Some(entry) => call(state, entry, 1, window),
        None if !state.queue().line(place, between).is_empty() => refused(Refusal::PlacePaused),
        None => refused(Refusal::NobodyWaiting),
    }
}

/// Calls somebody again who has been called and has not come; not sooner than the rule set says.
pub fn recall(state: &State, now: Instant, ticket: &TicketNumber, window: Option<Window>) -> Vec<Action> {
    let permitted = state.queue().may_recall(ticket, now, &state.queue_rules(ticket));
    match (permitted, state.queue().entry(ticket)) {
        (Ok(()), Some(entry)) => {
            let before = entry.last_call().and_then(|call| Window::parse(&call.window).ok());
            call(state, entry, entry.calls().saturating_add(1), window.or(before))
        }
        (Err(QueueRefusal::TooEarly { wait_seconds }), _) => {
            refused(Refusal::RecallTooEarly { wait_seconds })
        }
        _ => refused(not_called(state, ticket)),
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
    refused(refusal)
}

/// Takes down that somebody who was called has come and was shown to his seat.
pub fn admit(state: &State, ticket: TicketNumber) -> Vec<Action> {
    if state.person(&ticket).is_some_and(|person| person.stage == Stage::Called) {
        let fact = KioskFact::Admitted { ticket: ticket.to_string() };
        vec![Action::Record(vec![fact]), Action::Answer(Answer::Admitted { ticket })]
    } else {
        refused(not_called(state, &ticket))
    }
}

/// Takes down that somebody who was away has come back.
pub fn come_back(state: &State, ticket: TicketNumber, staff: &AccountId) -> Vec<Action> {
    if let Some(refusal) = unsigned(state, staff) {
        return refusal;
    }
    match state.queue().may_come_back(&ticket) {
        Ok(()) => {
            let fact = KioskFact::Returned { ticket: ticket.to_string(), staff: staff.to_string() };
            changed(ticket, fact)
        }
        Err(QueueRefusal::Unknown) => refused(not_queued(state, &ticket)),
        Err(_) => refused(Refusal::NotAway),
    }
}

/// Sends somebody to the line of another place, or on to the next one after he was admitted.
pub fn transfer(state: &State, ticket: TicketNumber, place: &PlaceCode, staff: &AccountId) -> Vec<Action> {
    if let Some(refusal) = unsigned(state, staff) {
        return refusal;
    }
    if !state.knows_place(place) {
        return refused(Refusal::UnknownPlace);
    }
    match state.queue().may_transfer(&ticket, place) {
        Ok(()) => {
            let (text, staff) = (ticket.to_string(), staff.to_string());
            changed(ticket, KioskFact::Transferred { ticket: text, place: place.to_string(), staff })
        }
        Err(QueueRefusal::PlaceClosed) => refused(Refusal::PlaceClosed),
        Err(QueueRefusal::SamePlace) => refused(Refusal::SamePlace),
        Err(_) => refused(not_queued(state, &ticket)),
    }
}

/// Takes down that somebody has priority, or has none.
pub fn prioritise(
    state: &State,
    ticket: TicketNumber,
    reason: PriorityReason,
    staff: &AccountId,
) -> Vec<Action> {
    if let Some(refusal) = unsigned(state, staff) {
        return refusal;
    }
    if state.queue().entry(&ticket).is_none() {
        return refused(not_queued(state, &ticket));
    }
    let (text, staff) = (ticket.to_string(), staff.to_string());
    changed(ticket, KioskFact::Prioritised { ticket: text, reason, staff })
}

/// Takes somebody out of the queue.
pub fn leave(state: &State, ticket: TicketNumber, staff: &AccountId) -> Vec<Action> {
    if let Some(refusal) = unsigned(state, staff) {
        return refusal;
    }
    match state.queue().entry(&ticket).map(Entry::state) {
        Some(QueueState::Admitted | QueueState::Left) | None => refused(not_queued(state, &ticket)),
        Some(_) => {
            let (text, staff) = (ticket.to_string(), staff.to_string());
            changed(ticket, KioskFact::LeftQueue { ticket: text, staff })
        }
    }
}

/// Opens, pauses or closes a place.
pub fn set_place(state: &State, place: PlaceCode, to: PlaceSwitch, staff: &AccountId) -> Vec<Action> {
    if let Some(refusal) = unsigned(state, staff) {
        return refusal;
    }
    if !state.knows_place(&place) {
        return refused(Refusal::UnknownPlace);
    }
    let fact = KioskFact::PlaceSet { place: place.to_string(), state: to, staff: staff.to_string() };
    vec![Action::Record(vec![fact]), Action::Answer(Answer::PlaceSet { place, state: to })]
}

fn call(state: &State, entry: &Entry, count: u32, window: Option<Window>) -> Vec<Action> {
    let (ticket, number) = (entry.ticket().clone(), entry.number());
    let window = window.unwrap_or_else(|| state.window_of(entry.place()));
    let times = state.queue_rules(&ticket).announce_times;
    let fact = KioskFact::Called { ticket: ticket.to_string(), window: window.as_str().to_owned(), count };
    let answer = Answer::Called { ticket, number, window: window.clone(), count };
    vec![Action::Record(vec![fact]), Action::Say { number, window, times }, Action::Answer(answer)]
}

fn changed(ticket: TicketNumber, fact: KioskFact) -> Vec<Action> {
    vec![Action::Record(vec![fact]), Action::Answer(Answer::QueueChanged { ticket })]
}

fn refused(refusal: Refusal) -> Vec<Action> {
    vec![Action::Refuse(refusal)]
}

fn unsigned(state: &State, staff: &AccountId) -> Option<Vec<Action>> {
    (!state.may_sign(staff)).then(|| refused(Refusal::StaffUnknown))
}

fn is_known(state: &State, ticket: &TicketNumber) -> bool {
    state.person(ticket).is_some() || state.roster().is_some_and(|roster| roster.candidate(ticket).is_some())
}

fn not_called(state: &State, ticket: &TicketNumber) -> Refusal {
    if is_known(state, ticket) { Refusal::NotCalled } else { Refusal::UnknownTicket }
}

fn not_queued(state: &State, ticket: &TicketNumber) -> Refusal {
    if is_known(state, ticket) { Refusal::NotInQueue } else { Refusal::UnknownTicket }
}
