//! The queue from what kiosks have written: how a fact is read as an event of the queue, and how the journals of several
//! kiosks that did not see one another become one queue.

use super::journal::{KioskFact, PlaceSwitch, PriorityReason};
use crate::ids::TicketNumber;
use crate::queue::{Entry, PlaceCode, PlaceState, Priority, Queue, QueueEvent, QueueRefusal, QueueState};
use crate::rules::QueueRules;
use crate::time::Instant;
use std::collections::BTreeMap;

/// What a fact alone does not say of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where he queues if the fact does not say it: the room of his seat.
    pub place: PlaceCode,
    /// The rules of his session.
    pub rules: QueueRules,
}

/// A fact of a kiosk's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Which kiosk.
    pub kiosk: String,
    /// Its position in the journal of that kiosk.
    pub seq: u64,
    /// When, by the server's time as far as the kiosk knew it.
    pub at: Instant,
    /// What.
    pub fact: KioskFact,
}

/// Whether a fact says something of the queue.
#[must_use]
pub const fn is_of_queue(fact: &KioskFact) -> bool {
    matches!(
        fact,
        KioskFact::Queued { .. }
            | KioskFact::Called { .. }
            | KioskFact::PassedOver { .. }
            | KioskFact::Admitted { .. }
            | KioskFact::Returned { .. }
            | KioskFact::Transferred { .. }
            | KioskFact::Prioritised { .. }
            | KioskFact::LeftQueue { .. }
            | KioskFact::PlaceSet { .. }
    )
}

/// Takes a fact into the queue; one that says nothing of the queue changes nothing. `of` says what is known of a person.
///
/// # Errors
/// [`QueueRefusal`] if it cannot have happened in this queue; then nothing is changed.
pub fn take(
    queue: &mut Queue,
    at: Instant,
    fact: &KioskFact,
    of: impl Fn(&TicketNumber) -> Standing,
) -> Result<(), QueueRefusal> {
    match event(queue, at, fact, of) {
        Some(event) => queue.apply(event),
        None => Ok(()),
    }
}

/// One queue from the journals of several kiosks, whatever the order in which their entries are given.
///
/// The facts of one kiosk keep the order of its journal; among kiosks they are ordered by time, then by the kiosk's id.
/// Where the clock of a kiosk stepped back, its later facts count as of the time that it had reached. What cannot have
/// happened in the queue that results (two kiosks queued the same person) changes nothing there: the earlier fact
/// counts.
#[must_use]
pub fn merge(facts: impl IntoIterator<Item = Written>, of: impl Fn(&TicketNumber) -> Standing) -> Queue {
    let mut journals: BTreeMap<String, BTreeMap<u64, (Instant, KioskFact)>> = BTreeMap::new();
    for written in facts {
        journals.entry(written.kiosk).or_default().insert(written.seq, (written.at, written.fact));
    }
    let mut all = Vec::new();
    for (kiosk, journal) in &journals {
        let mut reached = Instant::from_millis(i64::MIN);
        for (seq, (at, fact)) in journal {
            reached = reached.max(*at);
            all.push(((reached, kiosk, *seq), fact));
        }
    }
    all.sort_by_key(|(key, _)| *key);
    let mut queue = Queue::default();
    for ((at, _, _), fact) in all {
        // What the one kiosk could not know of the other is no fault; the earlier fact counts.
        let _ = take(&mut queue, at, fact, &of);
    }
    queue
}

fn event(
    queue: &Queue,
    at: Instant,
    fact: &KioskFact,
    of: impl Fn(&TicketNumber) -> Standing,
) -> Option<QueueEvent> {
    let person = |text: &String| TicketNumber::parse(text).ok();
    Some(match fact {
        KioskFact::Queued { ticket, number, place } => {
            let ticket = person(ticket)?;
            let place = place.as_deref().and_then(|text| PlaceCode::parse(text).ok());
            let place = place.unwrap_or_else(|| of(&ticket).place);
            QueueEvent::Joined { ticket, number: *number, place, at }
        }
        KioskFact::Called { ticket, window, .. } => {
            let (ticket, window) = (person(ticket)?, window.clone());
            match queue.entry(&ticket).map(Entry::state) {
                Some(QueueState::Called) => QueueEvent::Recalled { ticket, window, at },
                _ => QueueEvent::Called { ticket, window, at },
            }
        }
        KioskFact::PassedOver { ticket } => {
            let ticket = person(ticket)?;
            let rules = of(&ticket).rules;
            let (behind, set_aside_after) = (rules.requeue_after, rules.set_aside_after);
            QueueEvent::PassedOver { ticket, behind, set_aside_after, at }
        }
        KioskFact::Admitted { ticket } => QueueEvent::Admitted { ticket: person(ticket)?, at },
        KioskFact::Returned { ticket, .. } => {
            let ticket = person(ticket)?;
            QueueEvent::Returned { behind: of(&ticket).rules.requeue_after, ticket, at }
        }
        KioskFact::Transferred { ticket, place, .. } => {
            let place = PlaceCode::parse(place).ok()?;
            QueueEvent::Transferred { ticket: person(ticket)?, place, at }
        }
        KioskFact::Prioritised { ticket, reason, .. } => {
            QueueEvent::Prioritised { ticket: person(ticket)?, priority: (*reason).into() }
        }
        KioskFact::LeftQueue { ticket, .. } => QueueEvent::Left { ticket: person(ticket)?, at },
        KioskFact::PlaceSet { place, state, .. } => {
            QueueEvent::PlaceSet { place: PlaceCode::parse(place).ok()?, state: (*state).into() }
        }
        _ => return None,
    })
}

impl From<PriorityReason> for Option<Priority> {
    fn from(reason: PriorityReason) -> Self {
        match reason {
            PriorityReason::Disabled => Some(Priority::Disabled),
            PriorityReason::Pregnant => Some(Priority::Pregnant),
            PriorityReason::None => None,
        }
    }
}

impl From<PlaceSwitch> for PlaceState {
    fn from(switch: PlaceSwitch) -> Self {
        match switch {
            PlaceSwitch::Open => Self::Open,
            PlaceSwitch::Paused => Self::Paused,
            PlaceSwitch::Closed => Self::Closed,
        }
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
