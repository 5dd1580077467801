//! 开考条件确认单: an exam point confirms in the morning that it can examine; rooms open on a signed list alone.

use super::App;
use super::auth::{AuthError, Person, Throttle, confirm};
use super::days::{DayError, place};
use super::once::{Once, OnceError};
use crate::builtin::{self, BuiltinError};
use crate::db::readiness as rows;
use crate::db::{Conn, DbError, certificates, events, sessions};
use crate::event::{Actor, Event, Fact, ReadinessChecked, ReadinessSigned};
use serde::{Deserialize, Serialize};
use shared::readiness::{Item, Standing, Verdict, standing};
use std::collections::BTreeMap;
use thiserror::Error;
use utoipa::ToSchema;

/// Longest note in characters.
const MAX_NOTE: usize = 200;

/// The list of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Exam point.
    pub point: String,
    /// Items in the order of the list.
    pub items: Vec<ReadinessItem>,
    /// Items that nobody has looked at.
    pub missing: usize,
    /// Red items.
    pub red: usize,
    /// Whether rooms may open.
    pub ready: bool,
    /// Who signed the list as it stands.
    pub signed_by: Option<String>,
    /// When, epoch milliseconds.
    pub signed_at: Option<i64>,
}

/// One item with what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadinessItem {
    /// Code.
    pub code: String,
    /// `rooms`, `devices` or `practical`.
    pub group: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// What to look at, in Chinese.
    pub look_zh: String,
    /// What to look at, in English.
    pub look_en: String,
    /// `confirmed` or `red`; `None` if nobody has looked.
    pub verdict: Option<String>,
    /// What was seen.
    pub note: String,
    /// Who looked.
    pub by: Option<String>,
    /// When, epoch milliseconds.
    pub at: Option<i64>,
}

/// What somebody found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Code of the item.
    pub item: String,
    /// `confirmed` or `red`.
    pub verdict: String,
    /// What was seen, up to 200 characters; a red item says it.
    #[serde(default)]
    pub note: String,
}

/// Why the list is not shown, written or signed.
#[derive(Debug, Error)]
pub enum ReadinessError {
    /// The day or the point.
    #[error(transparent)]
    Place(#[from] DayError),
    /// The day is closed.
    #[error("this day was closed already")]
    Closed,
    /// There is no such item, or a note is missing or too long.
    #[error("{item}: {why}")]
    Field {
        /// Code of the item.
        item: String,
        /// What is wrong.
        why: &'static str,
    },
    /// Items are missing or red.
    #[error("{0}")]
    NotReady(String),
    /// The password is wrong.
    #[error("the password is wrong")]
    Signature,
    /// Too many wrong passwords.
    #[error("too many failed tries; wait five minutes")]
    Throttled,
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Tokens.
    #[error(transparent)]
    Auth(AuthError),
    /// The list itself.
    #[error(transparent)]
    Builtin(#[from] BuiltinError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl super::Refusal for ReadinessError {
    fn code(&self) -> &'static str {
        match self {
            Self::Place(error) => error.code(),
            Self::Closed => "day-already-closed",
            Self::Field { .. } => "field-invalid",
            Self::NotReady(_) => "not-ready",
            Self::Signature => "password-wrong",
            Self::Throttled => "login-throttled",
            Self::Once(error) => error.code(),
            Self::Auth(_) | Self::Builtin(_) | Self::Db(_) => "unavailable",
        }
    }

    fn detail(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl From<AuthError> for ReadinessError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Credentials => Self::Signature,
            AuthError::Throttled => Self::Throttled,
            other => Self::Auth(other),
        }
    }
}

/// The list of a day of an exam point.
///
/// # Errors
/// [`ReadinessError::Place`] if nothing is held there.
pub fn show(app: &App, person: &Person, day: &str, point: &str) -> Result<Readiness, ReadinessError> {
    let (day, point) = place(person, day, point)?;
    app.db.read(|conn| {
        held(conn, &day, &point)?;
        view(conn, &day, &point)
    })
}

/// Writes down what somebody found; an earlier signature is void.
///
/// # Errors
/// [`ReadinessError`]: an unknown item, a red one without a note, a closed day. Then nothing is written.
pub fn check(
    app: &App,
    person: &Person,
    (day, point): (&str, &str),
    findings: Vec<Finding>,
    once: Option<Once>,
) -> Result<Readiness, ReadinessError> {
    let (day, point) = place(person, day, point)?;
    let list = builtin::readiness()?;
    let facts = findings
        .into_iter()
        .map(|finding| checked(&list, person, (&day, &point), finding))
        .collect::<Result<Vec<_>, _>>()?;
    let (actor, at) = (Actor::Account(person.account.clone()), app.clock.now());
    app.write_once(once, move |conn| {
        held(conn, &day, &point)?;
        open(conn, &day, &point)?;
        for fact in facts {
            events::append(conn, &Event::new(at, actor.clone(), Fact::ReadinessChecked(fact)))?;
        }
        view(conn, &day, &point)
    })
}

/// Signs the list with the password, if every item is confirmed: rooms may open.
///
/// # Errors
/// [`ReadinessError::NotReady`] names what is missing; [`ReadinessError::Signature`].
pub fn sign(
    app: &App,
    throttle: &Throttle,
    person: &Person,
    (day, point): (&str, &str),
    password: &str,
    once: Option<Once>,
) -> Result<Readiness, ReadinessError> {
    let (day, point) = place(person, day, point)?;
    confirm(app, throttle, person, password)?;
    let list = builtin::readiness()?;
    let (by, actor, at) =
        (person.display_name.clone(), Actor::Account(person.account.clone()), app.clock.now());
    app.write_once(once, move |conn| {
        held(conn, &day, &point)?;
        open(conn, &day, &point)?;
        let standing = stands(conn, &list, &day, &point)?;
        if !standing.can_be_signed() {
            return Err(ReadinessError::NotReady(names(&list, &standing)));
        }
        let items = list.iter().map(|item| item.code.clone()).collect();
        let fact = ReadinessSigned { point: point.clone(), day: day.clone(), items, by };
        events::append(conn, &Event::new(at, actor, Fact::ReadinessSigned(fact)))?;
        view(conn, &day, &point)
    })
}

/// What keeps the rooms of a day closed, in Chinese words; `None` if they may open.
///
/// # Errors
/// [`ReadinessError`] without a database.
pub fn blocks(conn: &mut Conn, day: &str, point: &str) -> Result<Option<String>, ReadinessError> {
    let list = builtin::readiness()?;
    let standing = stands(conn, &list, day, point)?;
    Ok((!standing.is_ready()).then(|| names(&list, &standing)))
}

fn stands(conn: &mut Conn, list: &[Item], day: &str, point: &str) -> Result<Standing, DbError> {
    let mut found = BTreeMap::new();
    for row in rows::checks(conn, point, day)? {
        let verdict = Verdict::from_word(&row.verdict);
        found.insert(row.item, verdict.ok_or_else(|| DbError::corrupt("readiness check", row.verdict))?);
    }
    Ok(standing(list, &found, rows::signature(conn, point, day)?.is_some()))
}

/// Names of what is missing or red; nothing if only the signature is.
fn names(list: &[Item], standing: &Standing) -> String {
    let open = |item: &&Item| standing.missing.contains(&item.code) || standing.red.contains(&item.code);
    list.iter().filter(open).map(|item| item.name.0.as_str()).collect::<Vec<_>>().join("、")
}

fn held(conn: &mut Conn, day: &str, point: &str) -> Result<(), ReadinessError> {
    let any = !sessions::sessions(conn, Some(day), Some(point))?.is_empty();
    if any { Ok(()) } else { Err(DayError::Unknown.into()) }
}

fn open(conn: &mut Conn, day: &str, point: &str) -> Result<(), ReadinessError> {
    match certificates::day_close(conn, point, day)? {
        Some(_) => Err(ReadinessError::Closed),
        None => Ok(()),
    }
}

fn checked(
    list: &[Item],
    person: &Person,
    (day, point): (&str, &str),
    finding: Finding,
) -> Result<ReadinessChecked, ReadinessError> {
    let Finding { item, verdict, note } = finding;
    let note = note.trim().to_owned();
    let refuse = |why| ReadinessError::Field { item: item.clone(), why };
    if !list.iter().any(|known| known.code == item) {
        return Err(refuse("no such item"));
    }
    let verdict = Verdict::from_word(&verdict).ok_or_else(|| refuse("confirmed or red"))?;
    if note.chars().count() > MAX_NOTE || note.contains(char::is_control) {
        return Err(refuse("the note has up to 200 characters in one line"));
    }
    if verdict == Verdict::Red && note.is_empty() {
        return Err(refuse("a red item needs a note"));
    }
    Ok(ReadinessChecked {
        point: point.to_owned(),
        day: day.to_owned(),
        item,
        verdict: verdict.word().to_owned(),
        note,
        by: person.display_name.clone(),
    })
}

fn view(conn: &mut Conn, day: &str, point: &str) -> Result<Readiness, ReadinessError> {
    let list = builtin::readiness()?;
    let standing = stands(conn, &list, day, point)?;
    let mut found: BTreeMap<String, rows::CheckRow> =
        rows::checks(conn, point, day)?.into_iter().map(|row| (row.item.clone(), row)).collect();
    let signature = rows::signature(conn, point, day)?;
    let items = list.into_iter().map(|item| {
        let row = found.remove(&item.code);
        ReadinessItem {
            group: item.group.word().to_owned(),
            code: item.code,
            name_zh: item.name.0,
            name_en: item.name.1,
            look_zh: item.look.0,
            look_en: item.look.1,
            verdict: row.as_ref().map(|r| r.verdict.clone()),
            note: row.as_ref().map(|r| r.note.clone()).unwrap_or_default(),
            at: row.as_ref().map(|r| r.at),
            by: row.map(|r| r.found_by),
        }
    });
    let (signed_by, signed_at) = signature.map_or((None, None), |(by, at)| (Some(by), Some(at)));
    Ok(Readiness {
        day: day.to_owned(),
        point: point.to_owned(),
        items: items.collect(),
        missing: standing.missing.len(),
        red: standing.red.len(),
        ready: standing.is_ready(),
        signed_by,
        signed_at,
    })
}
