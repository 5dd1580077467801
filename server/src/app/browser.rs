//! Under which browser a session is sat: any, or Safe Exam Browser with the settings that are made here. Whoever asks for the
//! key of a paper shows then that he runs under them.

use super::App;
use super::auth::Person;
use super::once::{Once, OnceError};
use crate::db::sessions::{self, SessionRow};
use crate::db::{Conn, DbError, events, theory};
use crate::event::{Actor, Event, Fact, SessionBrowserSet};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::seb::{Settings, sent};
use subtle::ConstantTimeEq;
use thiserror::Error;
use utoipa::ToSchema;

/// Browser Exam Keys at most.
const MOST_KEYS: usize = 50;
/// Hexadecimal digits of a key.
const KEY_LENGTH: usize = 64;
/// Longest password that ends the browser, in characters.
const MOST_PASSWORD: usize = 64;

/// Why it is not done.
#[derive(Debug, Error)]
pub enum BrowserError {
    /// No such session.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// No such ticket.
    #[error("there is no ticket '{0}'")]
    TicketUnknown(String),
    /// A field of the request.
    #[error("{field}: {why}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The seat does not run under the browser that is demanded.
    #[error("{0}")]
    Needed(String),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(BrowserError {
    Self::SessionUnknown(_) => "session-unknown",
    Self::TicketUnknown(_) => "ticket-unknown",
    Self::Field { .. } => "field-invalid",
    Self::Needed(_) => "exam-browser-needed",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Db(_) => "unavailable",
});

/// Under which browser a session is to be sat.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrowserOrder {
    /// Whether Safe Exam Browser is demanded.
    pub demanded: bool,
    /// Where its seats are called, `https://host`.
    pub site: String,
    /// Password that ends the browser; empty: anybody ends it.
    #[serde(default)]
    pub quit_password: String,
    /// Browser Exam Keys of the clients that may be used, 64 hexadecimal digits each; none: any client with the settings.
    #[serde(default)]
    pub exam_keys: Vec<String>,
}

/// Under which browser a session is sat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BrowserView {
    /// Whether Safe Exam Browser is demanded.
    pub demanded: bool,
    /// Where its seats are called.
    pub site: String,
    /// Config Key of its settings, hexadecimal.
    pub config_key: String,
    /// Browser Exam Keys of the clients that may be used.
    pub exam_keys: Vec<String>,
    /// Whether a password ends the browser.
    pub quit_password: bool,
}

/// What a seat shows of its browser.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Path and query that were asked for.
    pub path: String,
    /// Config Key hashed with them, from the header of the browser itself.
    pub config: Option<String>,
    /// Browser Exam Key hashed with them, likewise.
    pub exam: Option<String>,
    /// What the page was told by the browser: both keys hashed with its own address, and the address.
    pub page: Option<(String, String, String)>,
}

/// Sets it, by the centre's staff.
///
/// # Errors
/// [`BrowserError::SessionUnknown`], [`BrowserError::Field`].
pub fn demand(
    app: &App,
    person: &Person,
    session: &str,
    order: BrowserOrder,
    once: Option<Once>,
) -> Result<BrowserView, BrowserError> {
    let set = checked(session, order)?;
    let (now, person) = (app.clock.now(), person.clone());
    app.write_once(once, move |conn| {
        let exam = exam(conn, &set.session)?;
        let view = view(&set);
        let event = Event::new(now, Actor::Account(person.account), Fact::SessionBrowserSet(set));
        events::append(conn, &event.under(&exam.rule_set))?;
        Ok(view)
    })
}

/// How it is set; nothing where nobody has set it.
///
/// # Errors
/// [`BrowserError::SessionUnknown`].
pub fn shown(app: &App, session: &str) -> Result<Option<BrowserView>, BrowserError> {
    app.db.read(|conn| Ok(set_of(exam(conn, session)?.browser.as_deref())?.as_ref().map(view)))
}

/// The file that opens the browser with the settings of a session; nothing where none is demanded.
///
/// # Errors
/// [`BrowserError::SessionUnknown`].
pub fn file(app: &App, session: &str) -> Result<Option<String>, BrowserError> {
    app.db.read(|conn| {
        let set = set_of(exam(conn, session)?.browser.as_deref())?.filter(|set| set.demanded);
        Ok(set.map(|set| settings(&set).file()))
    })
}

/// Lets a seat go on that runs under the browser its session demands.
///
/// # Errors
/// [`BrowserError::Needed`] with the session, where it does not.
pub fn admit(app: &App, ticket: &str, shown: &Shown) -> Result<(), BrowserError> {
    app.db.read(|conn| {
        let who = theory::seated(conn, ticket)?;
        let who = who.ok_or_else(|| BrowserError::TicketUnknown(ticket.to_owned()))?;
        match set_of(who.browser.as_deref())?.filter(|set| set.demanded) {
            Some(set) if !fits(&set, shown) => Err(BrowserError::Needed(who.session)),
            _ => Ok(()),
        }
    })
}

fn fits(set: &SessionBrowserSet, shown: &Shown) -> bool {
    let asked = format!("{}{}", set.site, shown.path);
    let own_page = shown.page.as_ref().filter(|(_, _, page)| page.starts_with(&format!("{}/seat", set.site)));
    let known = |key: &str, header: Option<&String>, told: fn(&(String, String, String)) -> &String| {
        header.is_some_and(|header| same(header, &sent(&asked, key)))
            || own_page.is_some_and(|page| same(told(page), &sent(&page.2, key)))
    };
    known(&settings(set).config_key(), shown.config.as_ref(), |page| &page.0)
        && (set.exam_keys.is_empty()
            || set.exam_keys.iter().any(|key| known(key, shown.exam.as_ref(), |page| &page.1)))
}

fn same(one: &str, other: &str) -> bool {
    one.to_ascii_lowercase().as_bytes().ct_eq(other.as_bytes()).into()
}

fn checked(session: &str, order: BrowserOrder) -> Result<SessionBrowserSet, BrowserError> {
    let field = |field, why: &str| BrowserError::Field { field, why: why.to_owned() };
    let host = order.site.strip_prefix("https://").or_else(|| order.site.strip_prefix("http://"));
    let plain = |host: &&str| {
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'))
    };
    host.filter(plain).ok_or_else(|| field("site", "https://host"))?;
    if order.quit_password.chars().count() > MOST_PASSWORD {
        return Err(field("quit_password", "up to 64 characters"));
    }
    let mut exam_keys: Vec<String> = order
        .exam_keys
        .iter()
        .map(|key| key.trim().to_ascii_lowercase())
        .filter(|key| !key.is_empty())
        .collect();
    exam_keys.dedup();
    let is_key = |key: &String| key.len() == KEY_LENGTH && key.chars().all(|c| c.is_ascii_hexdigit());
    if exam_keys.len() > MOST_KEYS || !exam_keys.iter().all(is_key) {
        return Err(field("exam_keys", "up to 50, each of 64 hexadecimal digits"));
    }
    let quit = match order.quit_password.as_str() {
        "" => String::new(),
        // As the browser itself keeps it in its settings.
        password => hex::encode(Sha256::digest(password)),
    };
    let (session, demanded) = (session.to_owned(), order.demanded);
    Ok(SessionBrowserSet { session, demanded, site: order.site, quit, exam_keys })
}

fn settings(set: &SessionBrowserSet) -> Settings {
    Settings::of_session(&set.site, &set.session, &set.quit)
}

fn view(set: &SessionBrowserSet) -> BrowserView {
    BrowserView {
        demanded: set.demanded,
        site: set.site.clone(),
        config_key: settings(set).config_key(),
        exam_keys: set.exam_keys.clone(),
        quit_password: !set.quit.is_empty(),
    }
}

fn exam(conn: &mut Conn, session: &str) -> Result<SessionRow, BrowserError> {
    sessions::session(conn, session)?.ok_or_else(|| BrowserError::SessionUnknown(session.to_owned()))
}

fn set_of(browser: Option<&str>) -> Result<Option<SessionBrowserSet>, BrowserError> {
    let read = |text: &str| serde_json::from_str(text).map_err(|e| DbError::corrupt("session's browser", e));
    Ok(browser.map(read).transpose()?)
}
