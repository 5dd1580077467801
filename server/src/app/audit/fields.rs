//! All that an event says, in a form that people read. Of personal data the mask is shown; passwords and codes, at which
//! somebody could try guesses at home, are not shown at all; what else is sealed is said to be so.

use super::{AuditError, THINGS, Thing};
use crate::app::{App, masks};
use crate::db::{Conn, DbResult, world};
use crate::event::Sealed;
use serde_json::Value;

/// Fields of which nobody sees anything.
const HIDDEN: [&str; 7] =
    ["password_hash", "code_hash", "id_index", "secret_index", "holder", "family_index", "trained_index"];

/// Fields that are a time in epoch milliseconds; those whose name ends with `_at` or `_until` in numbers are as well.
const TIMES: [&str; 4] = ["at", "deadline", "visible_from", "code_until"];

/// Longest text that is shown as it is, in characters.
const SHORT: usize = 200;

/// Of a long text so many characters are shown.
const LONG: usize = 4000;

/// Items of a list that are shown.
const ITEMS: usize = 200;

/// A field of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in the fact.
    pub key: String,
    /// What it says.
    pub value: Shown,
}

/// What a field says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// Words or numbers.
    Text(String),
    /// A text that is too long for a line.
    Long(String),
    /// Personal data as everybody may see it.
    Masked(String),
    /// Sealed, and not for reading.
    Sealed,
    /// Not shown to anybody.
    Hidden,
    /// An instant, epoch milliseconds.
    Time(i64),
    /// Yes or no.
    Yes(bool),
    /// Something with a number of its own, and its name in Chinese and English, if it has one.
    Thing(Thing, Option<(String, String)>),
    /// Several things of several fields each, and how many there are in all.
    Items(Vec<Vec<Field>>, usize),
}

/// Every field of a fact.
pub(super) fn all(app: &App, conn: &mut Conn, kind: &str, body: &Value) -> Result<Vec<Field>, AuditError> {
    let Some(object) = body.as_object() else { return Ok(Vec::new()) };
    let mut fields = Vec::with_capacity(object.len());
    for (key, value) in object.iter().filter(|(key, _)| *key != "kind") {
        fields.push(Field { key: key.clone(), value: shown(app, conn, (kind, key), value)? });
    }
    Ok(fields)
}

fn shown(app: &App, conn: &mut Conn, at: (&str, &str), value: &Value) -> Result<Shown, AuditError> {
    let (kind, key) = at;
    if HIDDEN.contains(&key) {
        return Ok(Shown::Hidden);
    }
    Ok(match value {
        Value::Null => Shown::Nothing,
        Value::Bool(yes) => Shown::Yes(*yes),
        Value::Number(number) => match number.as_i64() {
            Some(millis) if is_time(key) => Shown::Time(millis),
            _ => Shown::Text(number.to_string()),
        },
        Value::String(text) if text.is_empty() => Shown::Nothing,
        Value::String(text) if is_sealed(text) => sealed(app, at, text)?,
        Value::String(text) if text.chars().count() > SHORT => Shown::Long(text.chars().take(LONG).collect()),
        Value::String(text) => named(conn, key, text)?,
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let some = items.iter().take(ITEMS).map(|item| all(app, conn, kind, item));
            Shown::Items(some.collect::<Result<_, _>>()?, items.len())
        }
        Value::Array(items) => list(items),
        Value::Object(_) => {
            let mut fields = all(app, conn, kind, value)?;
            if let Some(inner) = value.get("kind").and_then(Value::as_str) {
                fields.insert(0, Field { key: "kind".to_owned(), value: Shown::Text(inner.to_owned()) });
            }
            Shown::Items(vec![fields], 1)
        }
    })
}

fn is_time(key: &str) -> bool {
    TIMES.contains(&key) || key.ends_with("_at")
}

fn is_sealed(text: &str) -> bool {
    text.starts_with("v1.data-")
}

fn sealed(app: &App, at: (&str, &str), text: &str) -> Result<Shown, AuditError> {
    let sealed = Sealed(text.to_owned());
    Ok(match at {
        ("person_registered", "name") => Shown::Masked(masks::name(app, &sealed)?),
        ("person_registered", "id_number") => Shown::Masked(masks::id_number(app, &sealed)?),
        _ => Shown::Sealed,
    })
}

/// A list without further fields: one after the other. Pairs are written as one.
fn list(items: &[Value]) -> Shown {
    let word = |item: &Value| match item {
        Value::String(text) => text.clone(),
        Value::Array(pair) => pair.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => plain(other),
    };
    let words: Vec<String> = items.iter().take(ITEMS).map(word).collect();
    if words.is_empty() { Shown::Nothing } else { Shown::Text(words.join(" · ")) }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A text, with the name of what it is the number of.
fn named(conn: &mut Conn, key: &str, text: &str) -> DbResult<Shown> {
    let thing = || Thing { what: key.to_owned(), id: text.to_owned() };
    let name = match key {
        "point" => world::point(conn, text)?.map(|p| (p.name_zh, p.name_en)),
        "trade" => world::trade_record(conn, text)?.map(|t| (t.name_zh, t.name_en)),
        "institution" | "employer" | "organisation" => world::organisation_names(conn, text)?,
        "staff" | "examiner" | "lead" => world::staff_name(conn, text)?.map(|n| (n.clone(), n)),
        _ => None,
    };
    Ok(if name.is_some() || THINGS.contains(&key) {
        Shown::Thing(thing(), name)
    } else {
        Shown::Text(text.to_owned())
    })
}
