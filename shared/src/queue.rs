//! The queue of one exam point on one day, for kiosk and server alike: what happened goes in, who is next comes out.
//!
//! [`Queue::apply`] takes facts and refuses only what cannot have happened (calling somebody who is not there). What
//! the rule set asks of the staff — wait before calling again, call often enough before passing over — is asked
//! before the fact: [`Queue::may_recall`], [`Queue::may_pass_over`]. The rules come with each question, because people
//! of several sessions stand in one queue.
//!
//! Order: by joining. Who was passed over comes back behind so many people who have not been passed over, and behind
//! those passed over before; so nobody is overtaken for ever by people who do not come.

use crate::ids::TicketNumber;
use crate::rules::QueueRules;
use crate::time::Instant;
use crate::trade::words;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The queue; empty at the beginning of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queue {
    entries: BTreeMap<TicketNumber, Entry>,
    /// Who is waiting or was passed over, in the order in which they will be called.
    line: Vec<TicketNumber>,
    numbers: BTreeSet<u32>,
}

/// Somebody in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    ticket: TicketNumber,
    number: u32,
    joined_at: Instant,
    state: QueueState,
    calls: u32,
    passed_over: u32,
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

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueState {
    /// Not called since joining.
    Waiting,
    /// Called, not there yet.
    Called,
    /// Called, did not come, will be called again later.
    PassedOver,
    /// Came and was shown in.
    Admitted,
    /// Gone without being admitted.
    Left,
}

words!(QueueState {
    Waiting = "waiting",
    Called = "called",
    PassedOver = "passed_over",
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
        /// When.
        at: Instant,
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
            QueueEvent::Joined { ticket, number, at } => self.join(ticket, number, at),
            QueueEvent::Called { ticket, window, at } => self.call(&ticket, Call { at, window }),
            QueueEvent::Recalled { ticket, window, at } => {
                let entry = self.called_entry(&ticket)?;
                entry.calls = entry.calls.saturating_add(1);
                entry.last_call = Some(Call { at, window });
                Ok(())
            }
            QueueEvent::PassedOver { ticket, behind, .. } => self.pass_over(&ticket, behind),
            QueueEvent::Admitted { ticket, .. } => {
                self.called_entry(&ticket)?.state = QueueState::Admitted;
                Ok(())
            }
            QueueEvent::Left { ticket, .. } => self.leave(&ticket),
        }
    }

    /// Who is to be called next.
    #[must_use]
    pub fn next(&self) -> Option<&Entry> {
        self.line().next()
    }

    /// How many people are called before this one; `None` if he is not waiting to be called.
    #[must_use]
    pub fn ahead_of(&self, ticket: &TicketNumber) -> Option<usize> {
        self.line.iter().position(|waiting| waiting == ticket)
    }

    /// Who waits to be called, in order.
    pub fn line(&self) -> impl Iterator<Item = &Entry> {
        self.line.iter().filter_map(|ticket| self.entries.get(ticket))
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

    /// The number after the highest that was given; 1 in an empty queue.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        self.numbers.last().map_or(1, |last| last.saturating_add(1))
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

    fn join(&mut self, ticket: TicketNumber, number: u32, at: Instant) -> Result<(), QueueRefusal> {
        if self.entries.get(&ticket).is_some_and(|entry| entry.state != QueueState::Left) {
            return Err(QueueRefusal::AlreadyInQueue);
        }
        if !self.numbers.insert(number) {
            return Err(QueueRefusal::NumberUsed(number));
        }
        let entry = Entry {
            ticket: ticket.clone(),
            number,
            joined_at: at,
            state: QueueState::Waiting,
            calls: 0,
            passed_over: 0,
            last_call: None,
        };
        self.line.push(ticket.clone());
        self.entries.insert(ticket, entry);
        Ok(())
    }

    fn call(&mut self, ticket: &TicketNumber, call: Call) -> Result<(), QueueRefusal> {
        let entry = self.entries.get_mut(ticket).ok_or(QueueRefusal::Unknown)?;
        match entry.state {
            QueueState::Waiting | QueueState::PassedOver => {
                entry.state = QueueState::Called;
                entry.calls = 1;
                entry.last_call = Some(call);
                self.line.retain(|waiting| waiting != ticket);
                Ok(())
            }
            QueueState::Called => Err(QueueRefusal::AlreadyCalled),
            QueueState::Admitted | QueueState::Left => Err(QueueRefusal::Gone),
        }
    }

    fn pass_over(&mut self, ticket: &TicketNumber, behind: u32) -> Result<(), QueueRefusal> {
        let entry = self.called_entry(ticket)?;
        entry.state = QueueState::PassedOver;
        entry.calls = 0;
        entry.passed_over = entry.passed_over.saturating_add(1);
        let waiting = |ticket: &TicketNumber| {
            self.entries.get(ticket).is_some_and(|entry| entry.state == QueueState::Waiting)
        };
        // Before the first one waiting who is behind so many others waiting; those passed over earlier keep their lead.
        let behind = usize::try_from(behind.max(1)).unwrap_or(usize::MAX);
        let places = self.line.iter().enumerate().filter(|(_, ticket)| waiting(ticket));
        let place = places.map(|(place, _)| place).nth(behind).unwrap_or(self.line.len());
        self.line.insert(place, ticket.clone());
        Ok(())
    }

    fn leave(&mut self, ticket: &TicketNumber) -> Result<(), QueueRefusal> {
        let entry = self.entries.get_mut(ticket).ok_or(QueueRefusal::Unknown)?;
        if matches!(entry.state, QueueState::Admitted | QueueState::Left) {
            return Err(QueueRefusal::Gone);
        }
        entry.state = QueueState::Left;
        self.line.retain(|waiting| waiting != ticket);
        Ok(())
    }

    fn called_entry(&mut self, ticket: &TicketNumber) -> Result<&mut Entry, QueueRefusal> {
        let entry = self.entries.get_mut(ticket).ok_or(QueueRefusal::Unknown)?;
        match entry.state {
            QueueState::Called => Ok(entry),
            QueueState::Waiting | QueueState::PassedOver => Err(QueueRefusal::NotCalled),
            QueueState::Admitted | QueueState::Left => Err(QueueRefusal::Gone),
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
