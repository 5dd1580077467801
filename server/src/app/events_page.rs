//! The events, for the auditor.

use super::App;
use crate::db::{DbError, events};
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

/// Events on a page at most.
pub const MOST: i64 = 500;

/// Fields of a fact that nobody is shown: whoever has them could try passwords and codes at home.
const HIDDEN: [&str; 3] = ["password_hash", "code_hash", "holder"];

/// Whether an event has a field that nobody is shown; it is not passed on then, and its leaf stands for it.
#[must_use]
pub fn is_kept_back(body: &str) -> bool {
    HIDDEN.iter().any(|field| body.contains(&format!("\"{field}\":")))
}

/// One event. Personal data in it is sealed.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EventShown {
    /// Position from 1.
    pub seq: i64,
    /// When, epoch milliseconds.
    pub at: i64,
    /// Who: `account:…`, `ticket:…`, `kiosk:…` or `system:…`.
    pub actor: String,
    /// Kind of the fact.
    pub kind: String,
    /// Rule set of the decision.
    pub rule_set: Option<String>,
    /// The fact.
    pub body: Value,
}

/// Why there is no page.
#[derive(Debug, Error)]
pub enum EventsError {
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(EventsError { Self::Db(_) => "unavailable" });

/// Events from a position on, and how many there are in all.
///
/// # Errors
/// [`EventsError`].
pub fn page(app: &App, from: i64, limit: i64) -> Result<(Vec<EventShown>, i64), EventsError> {
    app.db.read(|conn| {
        let rows = events::page(conn, from.max(1), limit.clamp(1, MOST))?;
        Ok((rows.into_iter().map(shown).collect(), events::count(conn)?))
    })
}

fn shown(row: events::EventRow) -> EventShown {
    let mut body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    if let Some(fields) = body.as_object_mut() {
        for field in HIDDEN {
            if let Some(value) = fields.get_mut(field) {
                *value = Value::from("***");
            }
        }
    }
    EventShown { seq: row.seq, at: row.at, actor: row.actor, kind: row.kind, rule_set: row.rule_set, body }
}
