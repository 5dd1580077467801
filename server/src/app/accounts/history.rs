//! What others changed of an account since somebody looked at it.

use super::AccountError;
use crate::app::App;
use crate::db::accounts as rows;
use crate::db::events::EventRow;
use crate::db::{Conn, DbError};
use crate::event::Fact;

/// Kinds that change the version of an account.
const KINDS: [&str; 4] = ["account_added", "account_edited", "account_blocked", "account_unblocked"];

/// A field that is another one than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Name of the field.
    pub field: &'static str,
    /// What it said.
    pub before: String,
    /// What it says now.
    pub now: String,
    /// Name of who changed it last.
    pub by: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// What can be changed of an account, as texts.
#[derive(Default, Clone, PartialEq, Eq)]
struct State {
    display_name: String,
    role: String,
    place: String,
    blocked: bool,
}

/// What is different now from what stood in a version.
///
/// # Errors
/// [`AccountError::Db`].
pub fn changes_since(app: &App, id: &str, version: i64) -> Result<Vec<Difference>, AccountError> {
    app.db.read(|conn| {
        let (mut seen, mut now) = (State::default(), State::default());
        let mut changes: Vec<Difference> = Vec::new();
        for row in rows::events_of(conn, id, &KINDS)? {
            let Some(next) = after(&now, &row, id)? else { continue };
            if row.seq <= version {
                seen = next.clone();
            } else {
                let by = actor_name(conn, &row.actor)?;
                for (field, _, to) in compare(&now, &next) {
                    changes.retain(|c| c.field != field);
                    let change =
                        Difference { field, before: String::new(), now: to, by: by.clone(), at: row.at };
                    changes.push(change);
                }
            }
            now = next;
        }
        let open = compare(&seen, &now);
        changes.retain_mut(|change| match open.iter().find(|(field, ..)| *field == change.field) {
            Some((_, before, _)) => {
                change.before.clone_from(before);
                true
            }
            None => false,
        });
        Ok(changes)
    })
}

/// The state after an event; none if it is about another account.
fn after(before: &State, row: &EventRow, id: &str) -> Result<Option<State>, DbError> {
    let fact: Fact = serde_json::from_str(&row.body).map_err(|e| DbError::corrupt("event", e))?;
    let place = |staff: Option<String>, organisation: Option<String>, point: Option<String>| {
        point.or(staff).or(organisation).unwrap_or_default()
    };
    let next = match fact {
        Fact::AccountAdded(f) if f.id == id => State {
            display_name: f.display_name,
            role: f.role,
            place: place(f.staff, f.organisation, f.point),
            blocked: before.blocked,
        },
        Fact::AccountEdited(f) if f.account == id => State {
            display_name: f.display_name,
            role: f.role,
            place: place(f.staff, f.organisation, f.point),
            blocked: before.blocked,
        },
        Fact::AccountBlocked(f) if f.account == id => State { blocked: true, ..before.clone() },
        Fact::AccountUnblocked(f) if f.account == id => State { blocked: false, ..before.clone() },
        _ => return Ok(None),
    };
    Ok(Some(next))
}

fn compare(a: &State, b: &State) -> Vec<(&'static str, String, String)> {
    let blocked = |state: &State| if state.blocked { "blocked" } else { "open" }.to_owned();
    [
        ("display_name", a.display_name.clone(), b.display_name.clone()),
        ("role", a.role.clone(), b.role.clone()),
        ("place", a.place.clone(), b.place.clone()),
        ("blocked", blocked(a), blocked(b)),
    ]
    .into_iter()
    .filter(|(_, before, now)| before != now)
    .collect()
}

/// Name of whoever wrote an event: that of an account, else the text of the actor.
///
/// # Errors
/// [`DbError`].
pub(in crate::app) fn actor_name(conn: &mut Conn, actor: &str) -> Result<String, DbError> {
    let id = actor.strip_prefix("account:").unwrap_or_default();
    Ok(rows::by_id(conn, id)?.map_or_else(|| actor.to_owned(), |a| a.display_name))
}
