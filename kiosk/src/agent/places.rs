//! The places at which people queue, as pages and the API show them.

use super::view::PersonView;
use crate::core::state::State;
use crate::text::Texts;
use serde::Serialize;
use shared::queue::{Entry, PlaceCode, QueueState, WaitRange};
use shared::time::Instant;
use std::collections::{BTreeSet, HashMap};

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceView {
    /// `KIND:CODE`.
    pub place: String,
    /// `room`, `station`, `desk`.
    pub kind: &'static str,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// `open`, `paused`, `closed`.
    pub state: &'static str,
    /// Tickets of those called to it, the latest call first.
    pub called: Vec<String>,
    /// Tickets of those waiting, in the order in which they will be called.
    pub waiting: Vec<String>,
    /// Tickets of those who were set aside or have left, by number.
    pub away: Vec<String>,
    /// How many were admitted.
    pub admitted: usize,
    /// How long somebody who joins now will wait.
    pub wait: Option<WaitView>,
}

/// Between so many and so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WaitView {
    /// At least.
    pub from_minutes: u32,
    /// At most.
    pub to_minutes: u32,
}

impl From<WaitRange> for WaitView {
    fn from(range: WaitRange) -> Self {
        Self { from_minutes: range.from_minutes, to_minutes: range.to_minutes }
    }
}

impl WaitView {
    /// In words.
    #[must_use]
    pub fn words(self, t: &Texts) -> String {
        let to = self.to_minutes.to_string();
        match self.from_minutes {
            0 => t.one("kiosk-wait-up-to", "to", to),
            from => t.two("kiosk-wait", "from", from.to_string(), "to", to),
        }
    }
}

/// Every place of the bundle, the print desk, and wherever else somebody stood.
pub(super) fn places(state: &State, now: Instant) -> Vec<PlaceView> {
    let mut codes: BTreeSet<PlaceCode> = BTreeSet::from([PlaceCode::print_desk()]);
    codes.extend(state.roster().iter().flat_map(|roster| roster.places().keys().cloned()));
    codes.extend(state.queue().places().map(|(code, _)| code.clone()));
    // By their numbers where they have any: 2 before 10.
    let mut codes: Vec<PlaceCode> = codes.into_iter().collect();
    codes.sort_by_key(|code| (code.kind(), code.as_str().len()));
    codes.iter().map(|code| place(state, now, code)).collect()
}

fn place(state: &State, now: Instant, code: &PlaceCode) -> PlaceView {
    let queue = state.queue();
    let line = queue.line(Some(code), state.priority_between());
    let here = |wanted: &[QueueState]| -> Vec<&Entry> {
        let mut here: Vec<_> =
            queue.entries().filter(|e| e.place() == code && wanted.contains(&e.state())).collect();
        here.sort_by_key(|entry| entry.number());
        here
    };
    let tickets = |entries: &[&Entry]| entries.iter().map(|entry| entry.ticket().to_string()).collect();
    let called: Vec<&Entry> = queue.called().into_iter().filter(|entry| entry.place() == code).collect();
    let name = state.place_name(code);
    PlaceView {
        place: code.to_string(),
        kind: code.kind().word(),
        name_zh: name.zh,
        name_en: name.en,
        state: queue.place(code).state().word(),
        called: tickets(&called),
        waiting: tickets(&line),
        away: tickets(&here(&[QueueState::SetAside, QueueState::Left])),
        admitted: here(&[QueueState::Admitted]).len(),
        wait: queue.wait(code, line.len(), now).map(WaitView::from),
    }
}

/// All at once: asking the queue for each person would cost the square of their number.
pub(super) fn number_the_waiting(state: &State, now: Instant, people: &mut [PersonView]) {
    let mut standing: HashMap<String, (usize, Option<WaitView>)> = HashMap::new();
    for (code, _) in state.queue().places() {
        for (ahead, entry) in state.queue().line(Some(code), state.priority_between()).iter().enumerate() {
            let wait = state.queue().wait(code, ahead, now).map(WaitView::from);
            standing.insert(entry.ticket().to_string(), (ahead, wait));
        }
    }
    for person in people {
        if let Some((ahead, wait)) = standing.get(&person.ticket) {
            (person.ahead, person.wait) = (Some(*ahead), *wait);
        }
    }
}
