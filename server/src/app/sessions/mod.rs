//! Sessions: opened for a trade at an exam point, bound to a rule set from then on; candidates are taken in with every
//! failed rule named at once.

mod enrol;
mod roster;

pub use enrol::{EnrolAnswer, EnrolOrder, Enrolled, Refused, RuleRefusal, application_of, enrol};
pub use roster::{CandidateView, PracticalView, TheoryView, candidates, secret, shown, ticket};

use super::App;
use super::auth::Person;
use super::ceremony::{Hall, HoldError};
use super::once::{Once, OnceError};
use super::world::{WorldError, rule_set_for};
use crate::db::sessions::{self as rows, SessionRow};
use crate::db::{Conn, DbError, events, world};
use crate::entropy::NoEntropy;
use crate::event::{Actor, Event, Fact, PointAdded, SessionOpened};
use crate::seal::SealError;
use serde::{Deserialize, Serialize};
use shared::draw::ceremony::Stage;
use shared::ids::SessionId;
use shared::language::Language;
use shared::time::{Date, Instant};
use shared::trade::{ExamKind, Trade};
use std::collections::BTreeMap;
use thiserror::Error;
use utoipa::ToSchema;

/// A session is opened at most so many days ahead; further away is a slip of the finger.
const DAYS_AHEAD: u32 = 400;

/// The session that is to be opened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenOrder {
    /// Exam point.
    pub point: String,
    /// Trade.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub kind: String,
    /// Start of the theory examination, epoch milliseconds.
    pub starts_at: i64,
    /// Rule set, `place@version`; left out: the national rules in force on the exam day.
    pub rule_set: Option<String>,
    /// Language of the examination: `tibetan`, `uyghur`, `kazakh`, `kyrgyz`, `mongolian`, `korean`, `yi` or `zhuang`; left
    /// out: Chinese. Only staff who speak it are drawn.
    #[serde(default)]
    pub language: Option<String>,
}

/// A session was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Opened {
    /// Session id.
    pub session: String,
    /// Rule set to which it is bound.
    pub rule_set: String,
}

/// A session as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionView {
    /// Session id.
    pub session: String,
    /// Exam point.
    pub point: String,
    /// Trade.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub kind: String,
    /// Start of the theory examination, epoch milliseconds.
    pub starts_at: i64,
    /// Exam day in China.
    pub day: String,
    /// Rule set, `place@version`.
    pub rule_set: String,
    /// Whether seats, papers and sheets are drawn.
    pub seated: bool,
    /// Whether invigilators and examiners are drawn.
    pub staffed: bool,
    /// When the results were published, epoch milliseconds.
    pub results_at: Option<i64>,
    /// Language of the examination; none: Chinese.
    pub language: Option<String>,
    /// Number of candidates.
    pub candidates: i64,
    /// Candidates by outcome (`pending`, `theory_passed`, `passed`, `failed`, `absent`, `removed`); only where one
    /// session is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcomes: Option<BTreeMap<String, i64>>,
}

/// Why something about a session is not done. Nothing was changed.
#[derive(Debug, Error)]
pub enum SessionError {
    /// No such exam point.
    #[error("there is no exam point '{0}'")]
    PointUnknown(String),
    /// No such trade.
    #[error("there is no trade '{0}'")]
    TradeUnknown(String),
    /// Coal mine trades.
    #[error("coal mine trades are examined in the national safety examination system, not here")]
    NationalSystem,
    /// A field of the request.
    #[error("{field}: {why}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// No such session, or not one of the caller's exam point.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// The session is not in the state for this.
    #[error("{0}")]
    SessionState(&'static str),
    /// No such ticket, or not one that the caller may see.
    #[error("there is no ticket '{0}'")]
    TicketUnknown(String),
    /// The caller has no duty in the session.
    #[error("no duty in session {0}")]
    NoDuty(String),
    /// Rule set.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The ceremonies of its draws.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

crate::refusal!(SessionError {
    Self::PointUnknown(_) => "point-unknown",
    Self::TradeUnknown(_) => "trade-unknown",
    Self::NationalSystem => "national-system",
    Self::Field { .. } => "field-invalid",
    Self::SessionUnknown(_) => "session-unknown",
    Self::SessionState(_) => "session-state",
    Self::TicketUnknown(_) => "ticket-unknown",
    Self::NoDuty(_) => "no-duty",
    Self::World(WorldError::RuleSetUnknown(_)) => "rule-set-unknown",
    Self::World(WorldError::NoneInForce(_)) => "rule-set-not-in-force",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::World(_) | Self::Hold(_) | Self::Db(_) | Self::Seal(_) | Self::Entropy(_) => "unavailable",
});

/// Opens a session. Its id follows from day, point and order, so that the same orders give the same ids.
///
/// # Errors
/// [`SessionError`] names the field, or says that the trade is not examined here.
pub fn open(
    app: &App,
    person: &Person,
    order: OpenOrder,
    once: Option<Once>,
) -> Result<Opened, SessionError> {
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    app.write_once(once, move |conn| {
        let kind = ExamKind::from_word(&order.kind)
            .ok_or_else(|| field("kind", "it is 'first', 'review' or 'renewal'"))?;
        let day = day_of_start(order.starts_at, hall.at)?;
        let trade = world::trade(conn, &order.trade)?;
        let trade = trade.ok_or_else(|| SessionError::TradeUnknown(order.trade.clone()))?;
        trade.may_be_examined_here().map_err(|_| SessionError::NationalSystem)?;
        let point = world::point(conn, &order.point)?;
        let point = point.ok_or_else(|| SessionError::PointUnknown(order.point.clone()))?;
        fits(&point, &trade, kind)?;
        let language = language(order.language.as_deref())?;
        let wanted = order.rule_set.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let rule_set = rule_set_for(conn, wanted, day)?.id.to_string();
        let session = next_id(conn, day, &point.id)?;
        let fact = SessionOpened {
            session: session.clone(),
            point: order.point,
            trade: order.trade,
            exam_kind: kind.word().to_owned(),
            starts_at: order.starts_at,
            day: day.to_string(),
            language: language.map(|l| l.word().to_owned()),
        };
        let event = Event::new(hall.at, hall.actor.clone(), Fact::SessionOpened(fact)).under(&rule_set);
        events::append(conn, &event)?;
        for stage in [Stage::Seats, Stage::Staff] {
            hall.open(conn, stage, &session)?;
        }
        Ok(Opened { session, rule_set })
    })
}

/// Sessions by start, of one day and one exam point where these are given.
///
/// # Errors
/// [`SessionError::Field`] if the day is none.
pub fn list(app: &App, day: Option<&str>, point: Option<&str>) -> Result<Vec<SessionView>, SessionError> {
    let day = day
        .filter(|d| !d.is_empty())
        .map(Date::parse)
        .transpose()
        .map_err(|e| field("day", &e.to_string()))?;
    let day = day.map(|d| d.to_string());
    app.db.read(|conn| {
        let sessions = rows::sessions(conn, day.as_deref(), point.filter(|p| !p.is_empty()))?;
        let ids: Vec<String> = sessions.iter().map(|s| s.id.clone()).collect();
        let counts = rows::candidate_counts(conn, &ids)?;
        let view = |s: SessionRow| {
            let candidates = counts.get(&s.id).copied().unwrap_or(0);
            view(s, candidates, None)
        };
        Ok(sessions.into_iter().map(view).collect())
    })
}

/// One session with its candidates by outcome.
///
/// # Errors
/// [`SessionError::SessionUnknown`].
pub fn show(app: &App, session: &str) -> Result<SessionView, SessionError> {
    app.db.read(|conn| {
        let row = load(conn, session)?;
        let outcomes = rows::outcome_counts(conn, session)?;
        Ok(view(row, outcomes.values().sum(), Some(outcomes)))
    })
}

/// The session of an id.
fn load(conn: &mut Conn, id: &str) -> Result<SessionRow, SessionError> {
    rows::session(conn, id)?.ok_or_else(|| SessionError::SessionUnknown(id.to_owned()))
}

fn field(field: &'static str, why: &str) -> SessionError {
    SessionError::Field { field, why: why.to_owned() }
}

fn view(row: SessionRow, candidates: i64, outcomes: Option<BTreeMap<String, i64>>) -> SessionView {
    SessionView {
        session: row.id,
        point: row.point,
        trade: row.trade,
        kind: row.exam_kind,
        starts_at: row.starts_at,
        day: row.day,
        rule_set: row.rule_set,
        seated: row.seated,
        staffed: row.staffed,
        results_at: row.results_at,
        language: row.language,
        candidates,
        outcomes,
    }
}

/// The language that is asked for; an empty text asks for none.
fn language(text: Option<&str>) -> Result<Option<Language>, SessionError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let known =
        |text| Language::from_text(text).ok_or_else(|| field("language", "no examination is held in it"));
    text.map(known).transpose()
}

/// The exam day of a start that lies ahead, but not beyond [`DAYS_AHEAD`].
fn day_of_start(starts_at: i64, now: Instant) -> Result<Date, SessionError> {
    if starts_at <= now.millis() {
        return Err(field("starts_at", "it lies in the past"));
    }
    let latest = now.plus_seconds(i64::from(DAYS_AHEAD) * 24 * 3600);
    if starts_at > latest.millis() {
        return Err(field("starts_at", "it lies more than 400 days ahead"));
    }
    Ok(Instant::from_millis(starts_at).date_in_china())
}

/// A point without a room, or without a station for a trade whose practical follows, cannot hold the session.
fn fits(point: &PointAdded, trade: &Trade, kind: ExamKind) -> Result<(), SessionError> {
    if point.rooms.is_empty() {
        return Err(field("point", "it has no theory room"));
    }
    let has_station = point.stations.iter().any(|s| s.trades.iter().any(|t| t == trade.id.as_str()));
    if trade.has_practical(kind) && !has_station {
        return Err(field("point", "it has no practical station for this trade"));
    }
    Ok(())
}

/// `S20260928-P01-01`: day, point, and a number that counts the sessions of both.
fn next_id(conn: &mut Conn, day: Date, point: &str) -> Result<String, SessionError> {
    let number = rows::sessions(conn, Some(&day.to_string()), Some(point))?.len() + 1;
    let id = format!("S{}-{point}-{number:02}", day.to_string().replace('-', ""));
    SessionId::parse(&id).map_err(|e| field("point", &e.to_string()))?;
    Ok(id)
}
