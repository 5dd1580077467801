//! The events that a package rests on, each with its salt and the proof that it is in the log.

use super::EvidenceError;
use crate::app::App;
use crate::app::events_page::is_kept_back;
use crate::app::log::{LogError, export};
use crate::app::overview::Titled;
use crate::db::audit::{self, Edge, Wanted};
use crate::db::events::EventRow;
use crate::db::regrade;
use crate::db::sessions::Candidate;
use shared::log::checkpoint::Checkpoint;
use shared::wire::logged::Logged;
use shared::wire::v1::log::written;
use std::collections::BTreeMap;

/// Ids that are looked for together.
const TOGETHER: usize = 40;

/// Kinds of events about a session as a whole that belong to each of its candidates.
const OF_SESSION: [&str; 12] = [
    "session_opened",
    "session_seated",
    "set_opened",
    "draw_made",
    "staff_drawn",
    "room_released",
    "room_noted",
    "results_published",
    "readiness_signed",
    "sets_published",
    "sets_assembled",
    "rule_set_loaded",
];

/// Kinds of events about a corrected key that belong to each candidate whose paper was graded again by it.
const OF_CORRECTION: [&str; 2] = ["key_proposed", "key_corrected"];

/// Events with what proves them.
pub(super) struct Records {
    /// The events, by position.
    pub events: Vec<Logged>,
    /// The checkpoint to which the proofs lead.
    pub checkpoint: Checkpoint,
    /// Its signed note.
    pub note: String,
    /// The keys, a line each.
    pub keys: String,
}

/// The events about these candidates, with their proofs.
pub(super) fn gather(app: &App, session: &Titled, of: &[Candidate]) -> Result<Records, EvidenceError> {
    let rows = events_of(app, session, of)?;
    let (checkpoint, note) = export::newest(app, rows.last().map_or(0, |row| row.seq))?;
    let mut events = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut event = export::logged(app, row)?;
        let found = app.tiles.inclusion(event.seq - 1, checkpoint.size).map_err(LogError::from)?;
        event.proof = written(&found.ok_or(export::ExportError::Waiting(row.seq))?);
        events.push(event);
    }
    Ok(Records { events, checkpoint, note, keys: export::keys(app)? })
}

/// The events about these candidates, in order.
pub(super) fn events_of(
    app: &App,
    session: &Titled,
    of: &[Candidate],
) -> Result<Vec<EventRow>, EvidenceError> {
    let (mut ids, mut corrections) = (Vec::new(), Vec::new());
    app.db.read(|conn| {
        for candidate in of {
            ids.extend(audit::belonging(conn, &candidate.row.ticket)?);
            ids.extend([candidate.row.registration.clone(), candidate.row.person.clone()]);
            let regrades = regrade::of_ticket(conn, &candidate.row.ticket)?;
            corrections.extend(regrades.into_iter().map(|row| row.correction));
        }
        let mut found = BTreeMap::new();
        let mut find = |conn: &mut crate::db::Conn, wanted: &Wanted| {
            let rows = audit::newest(conn, wanted, Edge::Newest, i64::MAX)?;
            found.extend(rows.into_iter().map(|row| (row.seq, row)));
            Ok::<_, EvidenceError>(())
        };
        for about in ids.chunks(TOGETHER) {
            find(conn, &Wanted { about: about.to_vec(), ..Wanted::default() })?;
        }
        // The corrections themselves, and not what they did to the papers of others.
        let kinds: Vec<String> = OF_CORRECTION.iter().map(|kind| (*kind).to_owned()).collect();
        for about in corrections.chunks(TOGETHER) {
            find(conn, &Wanted { kinds: kinds.clone(), about: about.to_vec(), ..Wanted::default() })?;
        }
        let kinds: Vec<String> = OF_SESSION.iter().map(|kind| (*kind).to_owned()).collect();
        let about = vec![session.row.id.clone(), session.row.trade.clone(), session.row.rule_set.clone()];
        find(conn, &Wanted { kinds, about, ..Wanted::default() })?;
        // Whoever looked at the papers is no part of what happened.
        found.retain(|_, row| row.kind != "personal_data_read" && !is_kept_back(&row.body));
        Ok(found.into_values().collect())
    })
}
