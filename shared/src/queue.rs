//! The queues of one exam point on one day, for kiosk and server alike: what happened goes in, who is next comes out.
//!
//! [`Queue::apply`] takes facts and refuses only what cannot have happened (calling somebody who is not there). What
//! the rule set asks of the staff (wait before calling again, call often enough before passing over, nobody new at a
//! place that is closed) is asked before the fact: [`Queue::may_recall`], [`Queue::may_pass_over`],
//! [`Queue::may_join`], [`Queue::may_call_at`]. The rules come with each question, because people of several sessions
//! stand in one queue.
//!
//! Each place has its own line; a person stands in one of them at a time and keeps one number for the day. The order:
//!
//! 1. By joining, which at one kiosk is by number.
//! 2. Who has priority (a disabled or a pregnant person) goes before the others, but at most
//!    [`QueueRules::priority_between`] of them are called between two others, so that nobody waits for ever.
//! 3. Who was passed over comes back behind so many people who have not been passed over, and behind those passed over
//!    before; priority is his again when he comes back himself. Who was passed over too often without coming is set
//!    aside, and is not called again until he comes back.
//! 4. Who is sent to another place stands there by the time at which he joined the first one. Who goes on to a further
//!    place after he was admitted, or to the same one for a resit, joins at that moment, at the end.
//!
//! The numbers in these rules come from the rule set; the rules themselves are the project's own, no law lays them down.

mod line;
mod number;
mod place;
mod wait;

pub use number::NumberBlock;
pub use place::{NotAPlace, Place, PlaceCode, PlaceKind, PlaceState, Served, WINDOW_OPEN_MINUTES};
pub use wait::{NEEDED, RECENT, WaitRange, estimate};

use crate::ids::TicketNumber;
use crate::rules::QueueRules;
use crate::time::Instant;
use crate::trade::words;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The queues of an exam point; empty at the beginning of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queue {
    entries: BTreeMap<TicketNumber, Entry>,
    /// Who is waiting or was passed over, at all places together, before priority is looked at.
    line: Vec<TicketNumber>,
    numbers: BTreeSet<u32>,
    places: BTreeMap<PlaceCode, Place>,
    /// Priority people called since somebody else was, at all places together.
    priority_run: u32,
}

/// Somebody in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    ticket: TicketNumber,
    number: u32,
    place: PlaceCode,
    joined_at: Instant,
    state: QueueState,
    priority: Option<Priority>,
    calls: u32,
    passed_over: u32,
    /// Times passed over since he was last seen.
    missed: u32,
    last_call: Option<Call>,
}

/// A call to a window or room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When.
    pub at: Instant,
    /// Where to.
    pub window: String,
}

/// Why somebody goes before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Priority {
    /// A disabled person.
    Disabled,
    /// A pregnant woman.
    Pregnant,
}

words!(Priority { Disabled = "disabled", Pregnant = "pregnant" });

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueState {
    /// Not called since joining.
    Waiting,
    /// Called, not there yet.
    Called,
    /// Called, did not come, will be called again later.
    PassedOver,
    /// Passed over too often; is called again when he comes back himself.
    SetAside,
    /// Came and was shown in.
    Admitted,
    /// Gone without being admitted.
    Left,
}

words!(QueueState {
    Waiting = "waiting",
    Called = "called",
    PassedOver = "passed_over",
    SetAside = "set_aside",
    Admitted = "admitted",
    Left = "left",
});

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueEvent {
    /// Somebody got a number. Who has left may join again with a new number.
    Joined {
        /// Who.
        ticket: TicketNumber,
        /// Number, never given before on this day.
        number: u32,
        /// Where he queues.
        place: PlaceCode,
        /// When.
        at: Instant,
    },
    /// The first call, or the first after being passed over.
    Called {
        /// Who.
        ticket: TicketNumber,
        /// Where to.
        window: String,
        /// When.
        at: Instant,
    },
    /// Another call to somebody who has been called and has not come.
    Recalled {
        /// Who.
        ticket: TicketNumber,
        /// Where to.
        window: String,
        /// When.
        at: Instant,
    },
    /// Somebody who was called did not come.
    PassedOver {
        /// Who.
        ticket: TicketNumber,
        /// Comes back behind so many people who have not been passed over ([`QueueRules::requeue_after`]); 0 counts as 1.
        behind: u32,
        /// Is set aside when he has been passed over so often without coming ([`QueueRules::set_aside_after`]); 0 is
        /// never.
        set_aside_after: u32,
        /// When.
        at: Instant,
    },
    /// Somebody who was passed over, set aside, or had left has come back himself.
    Returned {
        /// Who.
        ticket: TicketNumber,
        /// Who had been set aside stands behind so many people again ([`QueueRules::requeue_after`]).
        behind: u32,
        /// When.
        at: Instant,
    },
    /// Somebody was sent to the line of another place; or goes on to one after he was admitted, where it may also be
    /// the same again (a resit).
    Transferred {
        /// Who.
        ticket: TicketNumber,
        /// Where to.
        place: PlaceCode,
        /// When.
        at: Instant,
    },
    /// Staff saw that somebody has priority, or that he has none.
    Prioritised {
        /// Who.
        ticket: TicketNumber,
        /// Why; none takes it back.
        priority: Option<Priority>,
    },
    /// A place was opened, paused or closed.
    PlaceSet {
        /// Which.
        place: PlaceCode,
        /// To what.
        state: PlaceState,
    },
    /// Somebody who was called came.
    Admitted {
        /// Who.
        ticket: TicketNumber,
        /// When.
        at: Instant,
    },
    /// Somebody went away, or was taken out.
    Left {
        /// Who.
        ticket: TicketNumber,
        /// When.
        at: Instant,
    },
}

/// Why something cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QueueRefusal {
    /// Nobody in the queue has this ticket.
    #[error("nobody in the queue has this ticket number")]
    Unknown,
    /// The ticket is in the queue, or was admitted.
    #[error("this ticket number is in the queue already")]
    AlreadyInQueue,
    /// The number was given before.
    #[error("queue number {0} was given before")]
    NumberUsed(u32),
    /// The person is called at the moment: call again or pass over instead.
    #[error("this person has been called already")]
    AlreadyCalled,
    /// The person is not called at the moment.
    #[error("this person has not been called")]
    NotCalled,
    /// The person was admitted or has left.
    #[error("this person is no longer in the queue")]
    Gone,
    /// The person is not away: there is nobody to come back.
    #[error("this person is not away")]
    NotAway,
    /// The person is in the line of this place already.
    #[error("this person is in the line of this place already")]
    SamePlace,
    /// Nobody is called to this place at the moment.
    #[error("this place is paused")]
    PlacePaused,
    /// Nobody joins at this place any more.
    #[error("this place is closed")]
    PlaceClosed,
    /// The last call is too short ago.
    #[error("the last call is too short ago: wait {wait_seconds} more seconds")]
    TooEarly {
        /// Seconds to wait.
        wait_seconds: i64,
    },
    /// Not called often enough to be passed over.
    #[error("called {calls} times; {needed} calls are needed before somebody is passed over")]
    TooFewCalls {
        /// Calls so far.
        calls: u32,
        /// Calls needed.
        needed: u32,
    },
}

impl Queue {
    /// Takes what happened. A refused event changes nothing.
    ///
    /// # Errors
    /// [`QueueRefusal`] if it cannot have happened.
    pub fn apply(&mut self, event: QueueEvent) -> Result<(), QueueRefusal> {
        match event {
            QueueEvent::Joined { ticket, number, place, at } => self.join(ticket, number, place, at),
            QueueEvent::Called { ticket, window, at } => self.call(&ticket, Call { at, window }),
            QueueEvent::Recalled { ticket, window, at } => {
                let entry = self.called_entry(&ticket)?;
                entry.calls = entry.calls.saturating_add(1);
                let place = entry.place.clone();
                entry.last_call = Some(Call { at, window: window.clone() });
                self.places.entry(place).or_default().called(&window, at);
                Ok(())
            }
            QueueEvent::PassedOver { ticket, behind, set_aside_after, .. } => {
                self.pass_over(&ticket, behind, set_aside_after)
            }
            QueueEvent::Returned { ticket, behind, at } => self.come_back(&ticket, behind, at),
            QueueEvent::Transferred { ticket, place, at } => self.transfer(&ticket, place, at),
            QueueEvent::Prioritised { ticket, priority } => {
                self.entries.get_mut(&ticket).ok_or(QueueRefusal::Unknown)?.priority = priority;
                Ok(())
            }
            QueueEvent::PlaceSet { place, state } => {
                self.places.entry(place).or_default().set(state);
                Ok(())
            }
            QueueEvent::Admitted { ticket, at } => self.admit(&ticket, at),
            QueueEvent::Left { ticket, .. } => self.leave(&ticket),
        }
    }

    /// Who is called at the moment, the last call first.
    #[must_use]
    pub fn called(&self) -> Vec<&Entry> {
        let mut called: Vec<&Entry> =
            self.entries().filter(|entry| entry.state == QueueState::Called).collect();
        called.sort_by_key(|entry| {
            std::cmp::Reverse((entry.last_call.as_ref().map(|call| call.at), entry.number))
        });
        called
    }

    /// Everybody who ever joined, by ticket.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// One person.
    #[must_use]
    pub fn entry(&self, ticket: &TicketNumber) -> Option<&Entry> {
        self.entries.get(ticket)
    }

    /// What is known of a place; one of which nothing was ever said is open.
    #[must_use]
    pub fn place(&self, place: &PlaceCode) -> Place {
        self.places.get(place).cloned().unwrap_or_default()
    }

    /// Every place of which something was ever said, by its code.
    pub fn places(&self) -> impl Iterator<Item = (&PlaceCode, &Place)> {
        self.places.iter()
    }

    /// Whether somebody may join at a place.
    ///
    /// # Errors
    /// `PlaceClosed`.
    pub fn may_join(&self, place: &PlaceCode) -> Result<(), QueueRefusal> {
        match self.places.get(place).map(Place::state) {
            Some(PlaceState::Closed) => Err(QueueRefusal::PlaceClosed),
            _ => Ok(()),
        }
    }

    /// Whether somebody may be called to a place.
    ///
    /// # Errors
    /// `PlacePaused`.
    pub fn may_call_at(&self, place: &PlaceCode) -> Result<(), QueueRefusal> {
        match self.places.get(place).map(Place::state) {
            Some(PlaceState::Paused) => Err(QueueRefusal::PlacePaused),
            _ => Ok(()),
        }
    }

    /// Whether somebody may be sent to a place.
    ///
    /// # Errors
    /// `Unknown`, `Gone` for who has left, `SamePlace`, `PlaceClosed`.
    pub fn may_transfer(&self, ticket: &TicketNumber, place: &PlaceCode) -> Result<(), QueueRefusal> {
        let entry = self.entries.get(ticket).ok_or(QueueRefusal::Unknown)?;
        match entry.state {
            QueueState::Left => Err(QueueRefusal::Gone),
            QueueState::Admitted => self.may_join(place),
            _ if entry.place == *place => Err(QueueRefusal::SamePlace),
            _ => self.may_join(place),
        }
    }

    /// Whether somebody may come back.
    ///
    /// # Errors
    /// `Unknown`, `NotAway`.
    pub fn may_come_back(&self, ticket: &TicketNumber) -> Result<(), QueueRefusal> {
        match self.entries.get(ticket).ok_or(QueueRefusal::Unknown)?.state {
            QueueState::PassedOver | QueueState::SetAside | QueueState::Left => Ok(()),
            QueueState::Waiting | QueueState::Called | QueueState::Admitted => Err(QueueRefusal::NotAway),
        }
    }

    /// Whether somebody may be called again at `at`.
    ///
    /// # Errors
    /// `Unknown`, `NotCalled`, or `TooEarly` before [`QueueRules::recall_after_seconds`] have passed.
    pub fn may_recall(
        &self,
        ticket: &TicketNumber,
        at: Instant,
        rules: &QueueRules,
    ) -> Result<(), QueueRefusal> {
        let entry = self.entries.get(ticket).ok_or(QueueRefusal::Unknown)?;
        let call = entry.last_call.as_ref().filter(|_| entry.state == QueueState::Called);
        let call = call.ok_or(QueueRefusal::NotCalled)?;
        let earliest = call.at.plus_seconds(i64::from(rules.recall_after_seconds));
        if at < earliest {
            // Rounded up, so that who waits as long as he is told is not told to wait again.
            let wait_seconds = earliest.millis().saturating_sub(at.millis()).saturating_add(999) / 1000;
            return Err(QueueRefusal::TooEarly { wait_seconds });
        }
        Ok(())
    }

    /// Whether somebody may be passed over at `at`.
    ///
    /// # Errors
    /// `Unknown`, `NotCalled`, `TooFewCalls`, or `TooEarly`: after the last call he has as long as after any other.
    pub fn may_pass_over(
        &self,
        ticket: &TicketNumber,
        at: Instant,
        rules: &QueueRules,
    ) -> Result<(), QueueRefusal> {
        let early = self.may_recall(ticket, at, rules);
        let calls = self.entries.get(ticket).map_or(0, |entry| entry.calls);
        let few = calls < rules.pass_over_after_calls;
        match early {
            Ok(()) | Err(QueueRefusal::TooEarly { .. }) if few => {
                Err(QueueRefusal::TooFewCalls { calls, needed: rules.pass_over_after_calls })
            }
            answer => answer,
        }
    }
}

impl Entry {
    /// Ticket number of the person.
    #[must_use]
    pub const fn ticket(&self) -> &TicketNumber {
        &self.ticket
    }

    /// Number in the queue, as shown on the board.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Where he queues, or was admitted.
    #[must_use]
    pub const fn place(&self) -> &PlaceCode {
        &self.place
    }

    /// Why he goes before others, if he does.
    #[must_use]
    pub const fn priority(&self) -> Option<Priority> {
        self.priority
    }

    /// Whether he goes before others now: who was passed over does so again when he has come back.
    fn goes_first(&self) -> bool {
        self.priority.is_some() && self.state == QueueState::Waiting
    }

    /// When he joined.
    #[must_use]
    pub const fn joined_at(&self) -> Instant {
        self.joined_at
    }

    /// Where he stands.
    #[must_use]
    pub const fn state(&self) -> QueueState {
        self.state
    }

    /// Calls since he joined or was last passed over.
    #[must_use]
    pub const fn calls(&self) -> u32 {
        self.calls
    }

    /// How often he was passed over.
    #[must_use]
    pub const fn times_passed_over(&self) -> u32 {
        self.passed_over
    }

    /// The last call, if there was one.
    #[must_use]
    pub const fn last_call(&self) -> Option<&Call> {
        self.last_call.as_ref()
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
