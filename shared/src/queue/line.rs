//! Who comes when: the order of the lines, and how people move in them.

use super::{
    Call, Entry, NumberBlock, PlaceCode, PlaceState, Queue, QueueRefusal, QueueState, WaitRange, estimate,
};
use crate::ids::TicketNumber;
use crate::time::Instant;

impl Queue {
    /// Who waits to be called at a place, in the order in which they will be; `None` is all places together.
    /// `priority_between`: as [`crate::rules::QueueRules::priority_between`].
    #[must_use]
    pub fn line(&self, place: Option<&PlaceCode>, priority_between: u32) -> Vec<&Entry> {
        let here = |entry: &&Entry| place.is_none_or(|place| entry.place == *place);
        let run = place.map_or(self.priority_run, |place| self.place(place).priority_run);
        in_order(self.waiting().filter(here), run, priority_between)
    }

    /// Who is to be called next at a place, or at any that is not paused. Nobody is next at a place that is paused.
    #[must_use]
    pub fn next(&self, place: Option<&PlaceCode>, priority_between: u32) -> Option<&Entry> {
        let paused =
            |entry: &&Entry| self.places.get(&entry.place).is_some_and(|p| p.state == PlaceState::Paused);
        self.line(place, priority_between).into_iter().find(|entry| !paused(entry))
    }

    /// How many people are called before this one at his place; `None` if he is not waiting to be called.
    #[must_use]
    pub fn ahead_of(&self, ticket: &TicketNumber, priority_between: u32) -> Option<usize> {
        let place = &self.entries.get(ticket)?.place;
        self.line(Some(place), priority_between).iter().position(|waiting| waiting.ticket == *ticket)
    }

    /// How long somebody with so many people ahead will wait at a place; `None` while too little is known of the day,
    /// and while the place is paused.
    #[must_use]
    pub fn wait(&self, place: &PlaceCode, ahead: usize, at: Instant) -> Option<WaitRange> {
        let place = self.places.get(place).filter(|place| place.state != PlaceState::Paused)?;
        estimate(&place.served, ahead, place.windows_open(at))
    }

    /// The next number of a block; none if all were given.
    #[must_use]
    pub fn next_number(&self, block: NumberBlock) -> Option<u32> {
        block.next(&self.numbers)
    }

    /// Who is in the line, before priority is looked at.
    fn waiting(&self) -> impl Iterator<Item = &Entry> {
        self.line.iter().filter_map(|ticket| self.entries.get(ticket))
    }

    pub(super) fn join(
        &mut self,
        ticket: TicketNumber,
        number: u32,
        place: PlaceCode,
        at: Instant,
    ) -> Result<(), QueueRefusal> {
        let before = self.entries.get(&ticket);
        if before.is_some_and(|entry| entry.state != QueueState::Left) {
            return Err(QueueRefusal::AlreadyInQueue);
        }
        let priority = before.and_then(|entry| entry.priority);
        if !self.numbers.insert(number) {
            return Err(QueueRefusal::NumberUsed(number));
        }
        let entry = Entry {
            ticket: ticket.clone(),
            number,
            place: place.clone(),
            joined_at: at,
            state: QueueState::Waiting,
            priority,
            calls: 0,
            passed_over: 0,
            missed: 0,
            last_call: None,
        };
        self.places.entry(place).or_default();
        self.entries.insert(ticket.clone(), entry);
        self.line.push(ticket);
        Ok(())
    }

    pub(super) fn call(&mut self, ticket: &TicketNumber, call: Call) -> Result<(), QueueRefusal> {
        let entry = self.entries.get_mut(ticket).ok_or(QueueRefusal::Unknown)?;
        match entry.state {
            QueueState::Waiting | QueueState::PassedOver | QueueState::SetAside => {}
            QueueState::Called => return Err(QueueRefusal::AlreadyCalled),
            QueueState::Admitted | QueueState::Left => return Err(QueueRefusal::Gone),
        }
        let (place, first) = (entry.place.clone(), entry.goes_first());
        let window = call.window.clone();
        let at = call.at;
        entry.state = QueueState::Called;
        entry.calls = 1;
        entry.last_call = Some(call);
        self.line.retain(|waiting| waiting != ticket);
        let place = self.places.entry(place).or_default();
        place.called(&window, at);
        let run = |before: u32| if first { before.saturating_add(1) } else { 0 };
        place.priority_run = run(place.priority_run);
        self.priority_run = run(self.priority_run);
        Ok(())
    }

    pub(super) fn pass_over(
        &mut self,
        ticket: &TicketNumber,
        behind: u32,
        set_aside_after: u32,
    ) -> Result<(), QueueRefusal> {
        let entry = self.called_entry(ticket)?;
        entry.calls = 0;
        entry.passed_over = entry.passed_over.saturating_add(1);
        entry.missed = entry.missed.saturating_add(1);
        if set_aside_after > 0 && entry.missed >= set_aside_after {
            entry.state = QueueState::SetAside;
            return Ok(());
        }
        entry.state = QueueState::PassedOver;
        let place = entry.place.clone();
        self.insert_behind(ticket, &place, behind);
        Ok(())
    }

    pub(super) fn come_back(
        &mut self,
        ticket: &TicketNumber,
        behind: u32,
        at: Instant,
    ) -> Result<(), QueueRefusal> {
        self.may_come_back(ticket)?;
        let entry = self.entries.get_mut(ticket).ok_or(QueueRefusal::Unknown)?;
        let before = std::mem::replace(&mut entry.state, QueueState::Waiting);
        entry.missed = 0;
        let place = entry.place.clone();
        match before {
            QueueState::SetAside => self.insert_behind(ticket, &place, behind),
            QueueState::Left => {
                entry.joined_at = at;
                entry.calls = 0;
                entry.last_call = None;
                self.line.push(ticket.clone());
            }
            // Who comes back while he is in the line keeps the place that he has there.
            _ => {}
        }
        Ok(())
    }

    pub(super) fn transfer(
        &mut self,
        ticket: &TicketNumber,
        place: PlaceCode,
        at: Instant,
    ) -> Result<(), QueueRefusal> {
        let entry = self.entries.get_mut(ticket).ok_or(QueueRefusal::Unknown)?;
        match entry.state {
            QueueState::Left => return Err(QueueRefusal::Gone),
            QueueState::Admitted => entry.joined_at = at,
            _ if entry.place == place => return Err(QueueRefusal::SamePlace),
            _ => {}
        }
        entry.state = QueueState::Waiting;
        entry.place = place.clone();
        entry.calls = 0;
        entry.missed = 0;
        entry.last_call = None;
        let key = (entry.joined_at, entry.number);
        self.line.retain(|waiting| waiting != ticket);
        // Before the first one there who joined later; who was passed over is no measure for the time of joining.
        let later = |waiting: &TicketNumber| {
            self.entries.get(waiting).is_some_and(|other| {
                other.place == place
                    && other.state == QueueState::Waiting
                    && (other.joined_at, other.number) > key
            })
        };
        let at = self.line.iter().position(later).unwrap_or(self.line.len());
        self.line.insert(at, ticket.clone());
        self.places.entry(place).or_default();
        Ok(())
    }

    pub(super) fn admit(&mut self, ticket: &TicketNumber, at: Instant) -> Result<(), QueueRefusal> {
        let entry = self.called_entry(ticket)?;
        entry.state = QueueState::Admitted;
        entry.missed = 0;
        let (place, joined) = (entry.place.clone(), entry.joined_at);
        let window = entry.last_call.as_ref().map(|call| call.window.clone());
        self.places.entry(place).or_default().admitted(window.as_deref(), joined, at);
        Ok(())
    }

    pub(super) fn leave(&mut self, ticket: &TicketNumber) -> Result<(), QueueRefusal> {
        let entry = self.entries.get_mut(ticket).ok_or(QueueRefusal::Unknown)?;
        if matches!(entry.state, QueueState::Admitted | QueueState::Left) {
            return Err(QueueRefusal::Gone);
        }
        entry.state = QueueState::Left;
        self.line.retain(|waiting| waiting != ticket);
        Ok(())
    }

    pub(super) fn called_entry(&mut self, ticket: &TicketNumber) -> Result<&mut Entry, QueueRefusal> {
        let entry = self.entries.get_mut(ticket).ok_or(QueueRefusal::Unknown)?;
        match entry.state {
            QueueState::Called => Ok(entry),
            QueueState::Waiting | QueueState::PassedOver | QueueState::SetAside => {
                Err(QueueRefusal::NotCalled)
            }
            QueueState::Admitted | QueueState::Left => Err(QueueRefusal::Gone),
        }
    }

    /// Puts somebody before the first one waiting at the place who is behind `behind` others waiting there, at least
    /// one; those passed over earlier keep their lead.
    fn insert_behind(&mut self, ticket: &TicketNumber, place: &PlaceCode, behind: u32) {
        let waiting = |other: &TicketNumber| {
            self.entries.get(other).is_some_and(|e| e.place == *place && e.state == QueueState::Waiting)
        };
        let behind = usize::try_from(behind.max(1)).unwrap_or(usize::MAX);
        let places = self.line.iter().enumerate().filter(|(_, other)| waiting(other));
        let at = places.map(|(at, _)| at).nth(behind).unwrap_or(self.line.len());
        self.line.insert(at, ticket.clone());
    }
}

/// Priority people first, but after `between` of them one of the others; `run` of them were called already.
fn in_order<'a>(waiting: impl Iterator<Item = &'a Entry>, mut run: u32, between: u32) -> Vec<&'a Entry> {
    let (first, others): (Vec<_>, Vec<_>) = waiting.partition(|entry| between > 0 && entry.goes_first());
    let mut order = Vec::with_capacity(first.len() + others.len());
    let (mut first, mut others) = (first.into_iter().peekable(), others.into_iter().peekable());
    loop {
        let turn_of_others = others.peek().is_some() && (first.peek().is_none() || run >= between);
        let next = if turn_of_others { others.next() } else { first.next() };
        let Some(entry) = next else { return order };
        order.push(entry);
        run = if turn_of_others { 0 } else { run.saturating_add(1) };
    }
}
