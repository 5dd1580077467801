//! Places at which people queue: a room, a practical station, a desk.

use crate::time::Instant;
use crate::trade::words;
use std::collections::BTreeMap;
use thiserror::Error;

/// Longest code of a place after its kind, in characters.
const MAX_CODE: usize = 80;

/// A window counts as open for so many minutes after it was last called to, or somebody was admitted at it.
pub const WINDOW_OPEN_MINUTES: i64 = 20;

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceKind {
    /// A room of the theory examination.
    Room,
    /// A station of the practical examination.
    Station,
    /// A desk, like the one where certificates are printed.
    Desk,
}

words!(PlaceKind { Room = "room", Station = "station", Desk = "desk" });

/// A place within an exam point: its kind and its code there, as text `room:R1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceCode {
    kind: PlaceKind,
    text: String,
}

/// The text is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a place is written KIND:CODE, where KIND is room, station or desk and CODE has 1 to 80 characters")]
pub struct NotAPlace;

/// Whether people are called to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum PlaceState {
    /// People join and are called.
    #[default]
    Open,
    /// People join; nobody is called until it goes on.
    Paused,
    /// Nobody joins any more; who is in line is still called, or transferred.
    Closed,
}

words!(PlaceState { Open = "open", Paused = "paused", Closed = "closed" });

/// One admission, as far as it says something of the pace of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// Milliseconds since the admission before it; nothing interrupted the service in between.
    pub millis: i64,
    /// Windows that were open, at least 1.
    pub windows: u32,
}

/// What is known of a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    pub(super) state: PlaceState,
    /// Priority people called since somebody else was.
    pub(super) priority_run: u32,
    pub(super) served: Vec<Served>,
    last_admission: Option<Instant>,
    windows: BTreeMap<String, Instant>,
}

impl PlaceCode {
    /// Reads `KIND:CODE`.
    ///
    /// # Errors
    /// [`NotAPlace`].
    pub fn parse(text: &str) -> Result<Self, NotAPlace> {
        let (kind, code) = text.split_once(':').ok_or(NotAPlace)?;
        Self::new(PlaceKind::from_word(kind).ok_or(NotAPlace)?, code)
    }

    /// The place of a kind with this code.
    ///
    /// # Errors
    /// [`NotAPlace`] if the code is empty, longer than 80 characters or holds a control character.
    pub fn new(kind: PlaceKind, code: &str) -> Result<Self, NotAPlace> {
        let right = (1..=MAX_CODE).contains(&code.chars().count()) && !code.chars().any(char::is_control);
        if right { Ok(Self { kind, text: format!("{}:{code}", kind.word()) }) } else { Err(NotAPlace) }
    }

    /// The desk where certificates are printed and given out.
    #[must_use]
    pub fn print_desk() -> Self {
        Self { kind: PlaceKind::Desk, text: "desk:print".to_owned() }
    }

    /// Where people queue whose seat is not known here.
    #[must_use]
    pub fn entrance() -> Self {
        Self { kind: PlaceKind::Desk, text: "desk:entrance".to_owned() }
    }

    /// What kind of place it is.
    #[must_use]
    pub const fn kind(&self) -> PlaceKind {
        self.kind
    }

    /// As text, `room:R1`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Display for PlaceCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Place {
    /// Whether people are called to it.
    #[must_use]
    pub const fn state(&self) -> PlaceState {
        self.state
    }

    /// Admissions of the day that say something of its pace, the oldest first.
    #[must_use]
    pub fn served(&self) -> &[Served] {
        &self.served
    }

    /// Windows that are open at `at`: those that were used in the last [`WINDOW_OPEN_MINUTES`]; at least 1.
    #[must_use]
    pub fn windows_open(&self, at: Instant) -> u32 {
        let since = at.plus_minutes(-WINDOW_OPEN_MINUTES);
        let open = self.windows.values().filter(|used| **used >= since).count();
        u32::try_from(open).unwrap_or(u32::MAX).max(1)
    }

    pub(super) fn set(&mut self, state: PlaceState) {
        // The time of a pause says nothing of the pace.
        if state == PlaceState::Paused {
            self.last_admission = None;
        }
        self.state = state;
    }

    pub(super) fn called(&mut self, window: &str, at: Instant) {
        self.windows.insert(window.to_owned(), at);
    }

    /// Takes down an admission of somebody who has waited since `joined`.
    pub(super) fn admitted(&mut self, window: Option<&str>, joined: Instant, at: Instant) {
        if let Some(window) = window {
            self.called(window, at);
        }
        // Who came later than the admission before may have been waited for; that time says nothing of the pace.
        if let Some(before) = self.last_admission.filter(|before| joined <= *before && *before <= at) {
            let millis = at.millis().saturating_sub(before.millis());
            self.served.push(Served { millis, windows: self.windows_open(at) });
        }
        self.last_admission = Some(at);
    }
}
