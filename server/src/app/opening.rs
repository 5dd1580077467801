//! Every opening of question sets is an event: who or what for, and for which session.

use crate::db::{Conn, DbError, banks as tables, events};
use crate::event::{Actor, Event, Fact, SetOpened};
use shared::time::Instant;
use std::collections::BTreeSet;

/// Papers of a session were drawn.
pub const PAPERS: &str = "papers";
/// A room was released: its examinees may read their papers.
pub const RELEASE: &str = "release";
/// Somebody looked at the questions set by set.
pub const STATISTICS: &str = "statistics";
/// Papers were graded again.
pub const REGRADING: &str = "regrading";

/// A result was reviewed: somebody read a paper of the set with its key.
pub const REVIEW: &str = "review";

/// Records that sets were opened. For a session each set is recorded once for a purpose.
///
/// # Errors
/// [`DbError`].
pub fn record(
    conn: &mut Conn,
    (actor, at): (&Actor, Instant),
    sets: impl IntoIterator<Item = String>,
    session: Option<&str>,
    purpose: &str,
) -> Result<(), DbError> {
    let mut sets: BTreeSet<String> = sets.into_iter().collect();
    if let Some(session) = session {
        for known in tables::opened_for(conn, session, purpose)? {
            sets.remove(&known);
        }
    }
    if sets.is_empty() {
        return Ok(());
    }
    let (session, purpose) = (session.map(str::to_owned), purpose.to_owned());
    let opened = SetOpened { sets: sets.into_iter().collect(), session, purpose };
    events::append(conn, &Event::new(at, actor.clone(), Fact::SetOpened(opened)))?;
    Ok(())
}
