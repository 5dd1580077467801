//! When a seat or a kiosk was last heard of. It decides nothing about anybody, so it is kept in memory alone.

use shared::time::Instant;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A seat that has been silent for longer than this counts as cut off, in milliseconds.
pub const SILENT_AFTER: i64 = 20_000;

/// The last sign of life of each ticket at a seat and of each kiosk; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Presence(Arc<Mutex<HashMap<String, i64>>>);

impl Presence {
    /// A seat (by its ticket) or a kiosk (by its id) has called.
    pub fn heard(&self, ticket: &str, now: Instant) {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seats.insert(ticket.to_owned(), now.millis());
    }

    /// When something was last heard of, epoch milliseconds; nothing is known from before the start of the server.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<i64> {
        let seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seats.get(name).copied()
    }

    /// Whether the seat was heard of in the last twenty seconds.
    #[must_use]
    pub fn is_near(&self, ticket: &str, now: Instant) -> bool {
        let seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seats.get(ticket).is_some_and(|at| now.millis().saturating_sub(*at) <= SILENT_AFTER)
    }
}
