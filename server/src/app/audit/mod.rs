//! The events for whoever audits: a list to look through, one event with all its fields, and what is worth a look
//! today. Reading alone; personal data comes out masked, and what is sealed besides stays so.

mod fields;
mod kinds;
mod sealed;
mod today;

pub use fields::{Field, Shown};
pub use kinds::{DEAD_LETTER, KINDS, group_of};
pub use today::{Readers, Today, today};

use super::App;
use super::world::WorldError;
use crate::db::audit::{self as rows, Edge, Wanted};
use crate::db::events::EventRow;
use crate::db::{Conn, DbError, DbResult, accounts, people};
use crate::http::access::Role;
use crate::seal::SealError;
use serde_json::Value;
use shared::idnumber::IdNumber;
use shared::ids::{IdError, PersonId};
use shared::time::{Date, TimeError};
use std::collections::HashMap;
use thiserror::Error;

/// Events on one page.
pub const PAGE: usize = 40;

/// Fields that name a thing which has a number of its own, in the order in which a line shows them.
const THINGS: [&str; 12] = [
    "ticket",
    "certificate",
    "person",
    "registration",
    "session",
    "subject",
    "account",
    "kiosk",
    "draw",
    "point",
    "trade",
    "login",
];

/// Things shown in a line at most.
const THINGS_IN_LINE: usize = 3;

/// Which events somebody wants to see; empty texts do not restrict.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Kind of the fact, or [`DEAD_LETTER`].
    pub kind: String,
    /// Day in China, `YYYY-MM-DD`.
    pub day: String,
    /// Author: as stored, or a login, ticket number, kiosk or name of a job alone.
    pub actor: String,
    /// Person, identity number, ticket, session, certificate or any other id.
    pub about: String,
    /// Only what is older than this position.
    pub before: Option<i64>,
    /// Only what is newer than this position.
    pub after: Option<i64>,
}

/// A page of events, the newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// Events.
    pub lines: Vec<Line>,
    /// Position behind which there are newer ones.
    pub newer: Option<i64>,
    /// Position before which there are older ones.
    pub older: Option<i64>,
}

/// An event in a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Position from 1.
    pub seq: i64,
    /// When, epoch milliseconds.
    pub at: i64,
    /// Kind of the fact.
    pub kind: String,
    /// For an entry of a kiosk's journal: what happened there.
    pub inner: Option<String>,
    /// Why an entry of a kiosk's journal could not be applied.
    pub dead: Option<String>,
    /// Who.
    pub author: Author,
    /// What it is about.
    pub things: Vec<Thing>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// As stored.
    pub text: String,
    /// `account`, `ticket`, `kiosk` or `system`.
    pub kind: String,
    /// Account id, ticket number, kiosk id, or name of a job.
    pub id: String,
    /// Name shown and role, of somebody with an account.
    pub person: Option<(String, Role)>,
}

/// Something with a number of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// Name of the field.
    pub what: String,
    /// Its id.
    pub id: String,
}

/// One event with all that it says.
#[derive(Debug, Clone)]
pub struct Detail {
    /// As in the list.
    pub line: Line,
    /// Rule set of the decision.
    pub rule_set: Option<String>,
    /// Fields in the order of their names.
    pub fields: Vec<Field>,
}

/// Why there is nothing to see.
#[derive(Debug, Error)]
pub enum AuditError {
    /// No such event.
    #[error("there is no event {0}")]
    Unknown(i64),
    /// Not a day.
    #[error("day: {0}")]
    Day(#[from] TimeError),
    /// Neither an id nor an identity number.
    #[error("about: {0}")]
    About(#[from] IdError),
    /// Rule sets.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
}

crate::refusal!(AuditError {
    Self::Unknown(_) => "not-found",
    Self::Day(_) | Self::About(_) => "field-invalid",
    Self::World(_) | Self::Db(_) | Self::Seal(_) => "unavailable",
});

/// A page of the events that somebody wants to see.
///
/// # Errors
/// [`AuditError::Day`], [`AuditError::About`].
pub fn list(app: &App, asked: &Asked) -> Result<Page, AuditError> {
    let span = span(&asked.day)?;
    let edge = match (asked.before, asked.after) {
        (Some(seq), _) => Edge::Before(seq),
        (None, Some(seq)) => Edge::After(seq),
        (None, None) => Edge::Newest,
    };
    app.db.read(|conn| {
        let dead = asked.kind == DEAD_LETTER;
        let wanted = Wanted {
            kinds: Some(asked.kind.clone()).filter(|k| !k.is_empty() && !dead).into_iter().collect(),
            dead,
            span,
            actors: actors(conn, asked.actor.trim())?,
            about: about(app, conn, asked.about.trim())?,
        };
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let mut found = rows::newest(conn, &wanted, edge, limit.saturating_add(1))?;
        let more = found.len() > PAGE;
        match edge {
            Edge::After(_) if more => drop(found.remove(0)),
            _ => found.truncate(PAGE),
        }
        let (first, last) = (found.first().map(|r| r.seq), found.last().map(|r| r.seq));
        let newer = match edge {
            Edge::Newest => None,
            Edge::Before(_) => first,
            Edge::After(_) => first.filter(|_| more),
        };
        let older = if matches!(edge, Edge::After(_)) { last } else { last.filter(|_| more) };
        let (names, now) = (names(conn)?, app.clock.now());
        let mut lines = Vec::with_capacity(found.len());
        for row in &found {
            if !sealed::hides(conn, row, now)? {
                lines.push(line(row, &names));
            } else if wanted.about.is_empty() {
                lines.push(sealed::bare(line(row, &names)));
            }
        }
        Ok(Page { lines, newer, older })
    })
}

/// One event.
///
/// # Errors
/// [`AuditError::Unknown`].
pub fn one(app: &App, seq: i64) -> Result<Detail, AuditError> {
    app.db.read(|conn| {
        let row = rows::one(conn, seq)?.ok_or(AuditError::Unknown(seq))?;
        let mut line = line(&row, &names(conn)?);
        let mut fields = fields::all(app, conn, &row.kind, &parsed(&row))?;
        if sealed::hides(conn, &row, app.clock.now())? {
            line = sealed::bare(line);
            fields.iter_mut().for_each(sealed::hide);
        }
        Ok(Detail { line, rule_set: row.rule_set, fields })
    })
}

/// A day in China as a span of time.
fn span(day: &str) -> Result<Option<(i64, i64)>, TimeError> {
    if day.is_empty() {
        return Ok(None);
    }
    Ok(Some(span_of(Date::parse(day)?)))
}

fn span_of(day: Date) -> (i64, i64) {
    (day.start_in_china().millis(), day.plus_days(1).start_in_china().millis())
}

/// The authors that a text may mean.
fn actors(conn: &mut Conn, text: &str) -> DbResult<Vec<String>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if text.contains(':') {
        return Ok(vec![text.to_owned()]);
    }
    let mut all: Vec<String> =
        ["account", "ticket", "kiosk", "system"].iter().map(|kind| format!("{kind}:{text}")).collect();
    all.extend(accounts::by_login(conn, text)?.map(|a| format!("account:{}", a.id)));
    Ok(all)
}

/// The ids that a text may mean, with all that belongs to them.
fn about(app: &App, conn: &mut Conn, text: &str) -> Result<Vec<String>, AuditError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let number = IdNumber::parse(text).ok().map(|n| app.sealer.index("id_number", n.as_str()));
    let person = number.map(|index| people::person_by_index(conn, &index)).transpose()?.flatten();
    let id = match person {
        Some(person) => person.id,
        None => PersonId::parse(text)?.as_str().to_owned(),
    };
    Ok(rows::belonging(conn, &id)?)
}

type Names = HashMap<String, (String, Role)>;

/// Name and role of everybody with an account, by account id.
fn names(conn: &mut Conn) -> DbResult<Names> {
    let all = accounts::all(conn)?.into_iter();
    Ok(all.filter_map(|a| Some((a.id, (a.display_name, Role::from_word(&a.role)?)))).collect())
}

fn author(text: &str, names: &Names) -> Author {
    let (kind, id) = text.split_once(':').unwrap_or(("system", text));
    let person = if kind == "account" { names.get(id).cloned() } else { None };
    Author { text: text.to_owned(), kind: kind.to_owned(), id: id.to_owned(), person }
}

fn parsed(row: &EventRow) -> Value {
    serde_json::from_str(&row.body).unwrap_or_default()
}

fn line(row: &EventRow, names: &Names) -> Line {
    let body = parsed(row);
    let inner = body.pointer("/entry/fact");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut things = Vec::new();
    for what in THINGS {
        let found = body.get(what).or_else(|| inner.and_then(|fact| fact.get(what))).and_then(text);
        things.extend(found.map(|id| Thing { what: what.to_owned(), id }));
    }
    things.truncate(THINGS_IN_LINE);
    Line {
        seq: row.seq,
        at: row.at,
        kind: row.kind.clone(),
        inner: inner.and_then(|fact| fact.get("kind")).and_then(text),
        dead: body.get("dead").and_then(text),
        author: author(&row.actor, names),
        things,
    }
}
