//! The queue of an exam point's day as its kiosks together have written it.
//!
//! Kiosks that are cut off from one another write journals that know nothing of each other. The queue is not kept in a
//! table of its own: it follows from the journals by [`shared::wire::v1::queue::merge`], so that the order in which they
//! arrive makes no difference.

use super::overview::Named;
use crate::app::world::{self, WorldError};
use crate::db::{Conn, DbError, queues as rows, world as tables};
use crate::event::PointAdded;
use shared::ids::TicketNumber;
use shared::queue::{Entry, PlaceCode, PlaceKind, PlaceState, Queue, QueueState, WaitRange};
use shared::rules::QueueRules;
use shared::time::{Date, Instant};
use shared::wire::v1::journal::JournalEntry;
use shared::wire::v1::queue::{Standing, Written, is_of_queue, merge};
use std::collections::HashMap;
use std::collections::hash_map::Entry::Vacant;

/// Dead letters that say something of the queue all the same: another kiosk had the person already, or its journal has
/// not arrived. Which of two such entries is one depends on the order of arrival; the queue must not.
const STILL_COUNTED: [&str; 3] = ["already-queued", "already-checked-in", "not-checked-in"];

/// Next numbers that are shown of a place.
const SHOWN: usize = 6;

/// The queue of a day.
pub struct DayQueue {
    queue: Queue,
    point: Option<PointAdded>,
    between: u32,
}

/// A place at which people queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceLine {
    /// The place with its names; its id is `KIND:CODE`.
    pub place: Named,
    /// Whether people are called to it.
    pub state: PlaceState,
    /// Numbers that are called to it, the latest first.
    pub called: Vec<u32>,
    /// The next numbers in the order in which they will be called.
    pub next: Vec<u32>,
    /// How many wait.
    pub waiting: usize,
    /// How many were set aside or have left.
    pub away: usize,
    /// How long somebody who joins now will wait.
    pub wait: Option<WaitRange>,
}

/// How one person stands in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPlace {
    /// His number.
    pub number: u32,
    /// Where he queues.
    pub place: Named,
    /// Where he stands.
    pub state: QueueState,
    /// Whether his place is paused.
    pub paused: bool,
    /// People who are called before him, while he waits.
    pub ahead: Option<usize>,
    /// How long he will wait, as far as the day has shown.
    pub wait: Option<WaitRange>,
    /// Where he is called to, while he is.
    pub window: Option<String>,
}

impl DayQueue {
    /// The queue of an exam point on a day.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn load(conn: &mut Conn, point: &str, day: Date) -> Result<Self, DbError> {
        let seats = Seats::load(conn, point, &day.to_string())?;
        let from = day.start_in_china().millis();
        let to = day.plus_days(1).start_in_china().millis();
        let mut facts = Vec::new();
        for (kiosk, seq, at, body, dead) in rows::entries(conn, point, from, to)? {
            if dead.is_some_and(|code| !STILL_COUNTED.contains(&code.as_str())) {
                continue;
            }
            let entry: JournalEntry =
                serde_json::from_str(&body).map_err(|e| DbError::corrupt("journal entry", e))?;
            if is_of_queue(&entry.fact) {
                let (seq, at) = (u64::try_from(seq).unwrap_or(0), Instant::from_millis(at));
                facts.push(Written { kiosk, seq, at, fact: entry.fact });
            }
        }
        Ok(Self {
            queue: merge(facts, |ticket| seats.standing(ticket)),
            point: tables::point(conn, point)?,
            between: seats.between(),
        })
    }

    /// Every place at which anybody stands or stood, by its code.
    #[must_use]
    pub fn places(&self, now: Instant) -> Vec<PlaceLine> {
        self.queue.places().map(|(code, place)| self.line(code, place.state(), now)).collect()
    }

    /// How somebody stands; `None` if he has no number.
    #[must_use]
    pub fn of(&self, ticket: &str, now: Instant) -> Option<OwnPlace> {
        let entry = self.queue.entry(&TicketNumber::parse(ticket).ok()?)?;
        let ahead = self.queue.ahead_of(entry.ticket(), self.between);
        let called = entry.last_call().filter(|_| entry.state() == QueueState::Called);
        Some(OwnPlace {
            number: entry.number(),
            place: self.named(entry.place()),
            state: entry.state(),
            paused: self.queue.may_call_at(entry.place()).is_err(),
            wait: ahead.and_then(|ahead| self.queue.wait(entry.place(), ahead, now)),
            ahead,
            window: called.map(|call| call.window.clone()),
        })
    }

    fn line(&self, code: &PlaceCode, state: PlaceState, now: Instant) -> PlaceLine {
        let line = self.queue.line(Some(code), self.between);
        let here = |entry: &&Entry| entry.place() == code;
        let away = |entry: &&Entry| matches!(entry.state(), QueueState::SetAside | QueueState::Left);
        PlaceLine {
            place: self.named(code),
            state,
            called: self.queue.called().into_iter().filter(here).map(Entry::number).collect(),
            next: line.iter().take(SHOWN).map(|entry| entry.number()).collect(),
            away: self.queue.entries().filter(here).filter(away).count(),
            wait: self.queue.wait(code, line.len(), now),
            waiting: line.len(),
        }
    }

    /// The place with the names that it has at the exam point; a desk has its code, which the page words.
    fn named(&self, place: &PlaceCode) -> Named {
        let code = place.as_str().split_once(':').map_or("", |(_, code)| code);
        let point = self.point.as_ref();
        let names = match place.kind() {
            PlaceKind::Room => {
                let room = point.and_then(|p| p.rooms.iter().find(|r| r.code == code));
                room.map(|r| (r.name_zh.clone(), r.name_en.clone()))
            }
            PlaceKind::Station => {
                let station = point.and_then(|p| p.stations.iter().find(|s| s.code == code));
                station.map(|s| (s.name_zh.clone(), s.name_en.clone()))
            }
            PlaceKind::Desk => None,
        };
        let (zh, en) = names.unwrap_or_else(|| (code.to_owned(), code.to_owned()));
        Named { id: place.to_string(), zh, en }
    }
}

/// Where people sit, and by which rules.
struct Seats {
    of: HashMap<String, (Option<String>, String)>,
    rules: HashMap<String, QueueRules>,
}

impl Seats {
    fn load(conn: &mut Conn, point: &str, day: &str) -> Result<Self, DbError> {
        let mut seats = Self { of: HashMap::new(), rules: HashMap::new() };
        for (ticket, room, rule_set) in rows::seats(conn, point, day)? {
            if let Vacant(slot) = seats.rules.entry(rule_set.clone()) {
                let rules = world::rule_set(conn, &rule_set).map_err(|e| match e {
                    WorldError::Db(e) => e,
                    other => DbError::corrupt("rule set", other),
                })?;
                slot.insert(rules.queue);
            }
            seats.of.insert(ticket, (room, rule_set));
        }
        Ok(seats)
    }

    fn standing(&self, ticket: &TicketNumber) -> Standing {
        let seat = self.of.get(ticket.as_str());
        let room = seat.and_then(|(room, _)| room.as_deref());
        let place = room.and_then(|code| PlaceCode::new(PlaceKind::Room, code).ok());
        let rules = seat.and_then(|(_, rule_set)| self.rules.get(rule_set)).copied();
        Standing {
            place: place.unwrap_or_else(PlaceCode::entrance),
            rules: rules.unwrap_or(QueueRules::WITHOUT_SESSION),
        }
    }

    /// As a kiosk counts: people of several sessions stand in one line; the strictest of their rule sets counts.
    fn between(&self) -> u32 {
        let strictest = self.rules.values().map(|rules| rules.priority_between).min();
        strictest.unwrap_or(QueueRules::WITHOUT_SESSION.priority_between)
    }
}
