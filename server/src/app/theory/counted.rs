//! How many questions each candidate of a session has answered, counted on from where it was counted last: the desks of
//! ten rooms ask every few seconds, and the answers of four thousand are many.

use crate::db::{Conn, DbResult, answers};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Sessions that are counted at most; all are forgotten when there are more, and counted again.
const MOST_SESSIONS: usize = 64;

/// What has been counted; cheap to clone.
#[derive(Clone, Default)]
pub struct Counts(Arc<Mutex<HashMap<String, Counted>>>);

/// What has been counted of one session.
#[derive(Default)]
struct Counted {
    /// Batches are numbered in the order of their commits, so whoever has seen one has seen those before it.
    batch: i64,
    positions: HashMap<String, HashSet<i32>>,
}

impl Counts {
    /// Questions that were answered at least once, by ticket; who has answered none is not in it.
    ///
    /// # Errors
    /// [`crate::db::DbError`].
    pub fn of_session(&self, conn: &mut Conn, session: &str) -> DbResult<HashMap<String, usize>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_SESSIONS && !known.contains_key(session) {
            known.clear();
        }
        let counted = known.entry(session.to_owned()).or_default();
        for new in answers::places_since(conn, session, counted.batch)? {
            counted.batch = counted.batch.max(new.batch);
            counted.positions.entry(new.ticket).or_default().insert(new.position);
        }
        Ok(counted.positions.iter().map(|(ticket, all)| (ticket.clone(), all.len())).collect())
    }
}
