//! A day of an exam point: its numbers, and its closing (日清日结).

use super::App;
use super::auth::Person;
use super::certificates::Deadlines;
use super::once::{Once, OnceError};
use super::results::{Outcomes, outcomes};
use crate::blobs::BlobError;
use crate::db::sessions::{self as sessions, SessionRow};
use crate::db::{Conn, DbError, certificates as rows, days as counts, events, world as tables};
use crate::event::{Actor, DayClosed, Fact};
use crate::http::access::Role;
use crate::keys::Purpose;
use crate::pdf::PdfError;
use crate::pdf::day::{DayPage, DaySession, render};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::ids::PointId;
use shared::time::{Date, Instant};
use std::collections::BTreeMap;
use thiserror::Error;

/// Tries to close a day while its numbers go on changing.
const TRIES: usize = 5;

/// The numbers of a day of an exam point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Summary {
    /// Candidates by outcome.
    #[serde(flatten)]
    pub outcomes: Outcomes,
    /// Checked in at a kiosk.
    pub checked_in: i64,
    /// Sitting the theory now.
    pub in_room: i64,
    /// Sessions by start.
    pub sessions: Vec<SessionSummary>,
    /// Certificates of the day's sessions.
    pub certificates: CertificateSummary,
}

/// The numbers of one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SessionSummary {
    /// Session id.
    pub session: String,
    /// Trade id.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub exam_kind: String,
    /// Start, epoch milliseconds.
    pub starts_at: i64,
    /// When the results were published, epoch milliseconds.
    pub results_at: Option<i64>,
    /// Candidates by outcome.
    #[serde(flatten)]
    pub outcomes: Outcomes,
}

/// Certificates of the day's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CertificateSummary {
    /// Issued.
    pub issued: i64,
    /// Printed.
    pub printed: i64,
    /// Not printed yet, by the last day of issue.
    pub due: Vec<Due>,
}

/// Certificates that are due on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Due {
    /// Last day of issue; `None`: awaiting the calendar of the year.
    pub day: Option<String>,
    /// How many.
    pub count: i64,
}

/// How a day was closed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Closed {
    /// Ed25519 over point, line feed, day, line feed, counts; base64url.
    pub signature: String,
    /// Key id.
    pub kid: String,
    /// The signed counts: JSON text of a [`Summary`].
    pub counts: String,
    /// SHA-256 of the page.
    pub pdf: String,
}

/// Why a day is not shown or closed.
#[derive(Debug, Error)]
pub enum DayError {
    /// Not a day.
    #[error("{0}")]
    Day(#[from] shared::time::TimeError),
    /// No session of that day at that exam point, or not the caller's exam point.
    #[error("there is no session on this day at this exam point, or it is not yours")]
    Unknown,
    /// Somebody has no result yet.
    #[error("{0} candidates have no result yet")]
    NotFinished(i64),
    /// Closed before.
    #[error("this day was closed already")]
    AlreadyClosed,
    /// Not closed yet, so that there is no page.
    #[error("this day was not closed yet")]
    NotClosed,
    /// The numbers changed with every try.
    #[error("the numbers of the day are still changing")]
    Changing,
    /// Idempotency.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Attachments.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Document.
    #[error(transparent)]
    Pdf(#[from] PdfError),
}

crate::refusal!(DayError {
    Self::Day(_) => "field-invalid",
    Self::Unknown | Self::NotClosed => "day-unknown",
    Self::NotFinished(_) => "day-not-finished",
    Self::AlreadyClosed => "day-already-closed",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Changing | Self::Db(_) | Self::Blob(_) => "unavailable",
    Self::Pdf(_) => "document-unavailable",
});

/// The numbers of a day of an exam point.
///
/// # Errors
/// [`DayError::Unknown`] if nothing was held there.
pub fn summary(app: &App, person: &Person, day: &str, point: &str) -> Result<Summary, DayError> {
    let (day, point) = place(person, day, point)?;
    app.db.read(|conn| count(conn, &day, &point))
}

/// Closes a day: its numbers are signed and cannot be closed again.
///
/// # Errors
/// [`DayError::NotFinished`], [`DayError::AlreadyClosed`].
pub fn close(
    app: &App,
    person: &Person,
    day: &str,
    point: &str,
    once: Option<Once>,
) -> Result<Closed, DayError> {
    let (day, point) = place(person, day, point)?;
    let at = app.clock.now();
    for _ in 0..TRIES {
        // The page is drawn before the writing; if a number has changed in between, it is drawn again.
        let (closed, summary) = prepare(app, person, at, &day, &point)?;
        let fact = DayClosed {
            point: point.clone(),
            day: day.clone(),
            counts: closed.counts.clone(),
            signature: closed.signature.clone(),
            kid: closed.kid.clone(),
            pdf: closed.pdf.clone(),
        };
        let mut event = app.event(&Actor::Account(person.account.clone()), Fact::DayClosed(fact));
        event.at = at;
        let (day, point) = (day.clone(), point.clone());
        let outcome = app.write_once(once.clone(), move |conn| {
            if rows::day_close(conn, &point, &day)?.is_some() {
                return Err(DayError::AlreadyClosed);
            }
            if count(conn, &day, &point)? != summary {
                return Err(DayError::Changing);
            }
            if summary.outcomes.pending > 0 {
                return Err(DayError::NotFinished(summary.outcomes.pending));
            }
            events::append(conn, &event)?;
            Ok(closed)
        });
        if !matches!(outcome, Err(DayError::Changing)) {
            return outcome;
        }
    }
    Err(DayError::Changing)
}

/// The page of a closed day.
///
/// # Errors
/// [`DayError::NotClosed`].
pub fn page(app: &App, person: &Person, day: &str, point: &str) -> Result<Vec<u8>, DayError> {
    let (day, point) = place(person, day, point)?;
    let closed = app.db.read(|conn| rows::day_close(conn, &point, &day))?.ok_or(DayError::NotClosed)?;
    Ok(app.blobs.load(&closed.pdf)?)
}

/// The bytes that are signed when a day is closed.
#[must_use]
pub fn signed_bytes(point: &str, day: &str, counts: &str) -> Vec<u8> {
    format!("{point}\n{day}\n{counts}").into_bytes()
}

/// The day and the exam point, if they are and the caller may look after them.
pub(super) fn place(person: &Person, day: &str, point: &str) -> Result<(String, String), DayError> {
    let day = Date::parse(day)?.to_string();
    let point = PointId::parse(point).map_err(|_| DayError::Unknown)?.to_string();
    let elsewhere = person.role == Role::PointStaff && person.point.as_ref() != Some(&point);
    if elsewhere { Err(DayError::Unknown) } else { Ok((day, point)) }
}

fn count(conn: &mut Conn, day: &str, point: &str) -> Result<Summary, DayError> {
    let of_day = sessions::sessions(conn, Some(day), Some(point))?;
    if of_day.is_empty() {
        return Err(DayError::Unknown);
    }
    let ids: Vec<String> = of_day.iter().map(|s| s.id.clone()).collect();
    let (checked_in, in_room) = (counts::checked_in(conn, &ids)?, counts::in_room(conn, &ids)?);
    let mut all = Vec::new();
    for session in of_day {
        let outcomes = outcomes(conn, &session)?;
        let SessionRow { id, trade, exam_kind, starts_at, results_at, .. } = session;
        all.push(SessionSummary { session: id, trade, exam_kind, starts_at, results_at, outcomes });
    }
    let outcomes = all.iter().map(|s| s.outcomes).fold(Outcomes::default(), Outcomes::plus);
    let certificates = certificates(conn, day, point)?;
    Ok(Summary { outcomes, checked_in, in_room, sessions: all, certificates })
}

fn certificates(conn: &mut Conn, day: &str, point: &str) -> Result<CertificateSummary, DbError> {
    let mut of_day = rows::all(conn, Some(point), Some(day))?;
    of_day.retain(|c| c.session.day == day);
    let ids: Vec<String> = of_day.iter().map(|c| c.row.id.clone()).collect();
    let printed = rows::printed_at(conn, &ids)?;
    let deadlines = Deadlines::load(conn)?;
    // Those that await a calendar come last.
    let mut due: BTreeMap<(bool, Option<String>), i64> = BTreeMap::new();
    for c in of_day.iter().filter(|c| !printed.contains_key(&c.row.id)) {
        let day = deadlines.due(conn, &c.row, &c.session)?;
        *due.entry((day.is_none(), day)).or_default() += 1;
    }
    let long = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(CertificateSummary {
        issued: long(of_day.len()),
        printed: long(printed.len()),
        due: due.into_iter().map(|((_, day), count)| Due { day, count }).collect(),
    })
}

fn prepare(
    app: &App,
    person: &Person,
    at: Instant,
    day: &str,
    point: &str,
) -> Result<(Closed, Summary), DayError> {
    let (summary, mut page) = app.db.read(|conn| {
        let summary = count(conn, day, point)?;
        let page = words(conn, &summary, day, point)?;
        Ok::<_, DayError>((summary, page))
    })?;
    let counts = serde_json::to_string(&summary).map_err(|e| DbError::corrupt("summary", e))?;
    let signature = app.keys.signing(Purpose::Log).sign(&signed_bytes(point, day, &counts));
    let signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
    let kid = app.keys.kid(Purpose::Log);
    page.closed_by.clone_from(&person.display_name);
    page.closed_at = at;
    page.signature.clone_from(&signature);
    page.kid.clone_from(&kid);
    page.counts_hash = hex::encode(Sha256::digest(&counts));
    let pdf = app.blobs.put(&render(&page)?.bytes)?;
    Ok((Closed { signature, kid, counts, pdf }, summary))
}

/// The page without what the closing adds.
fn words(conn: &mut Conn, summary: &Summary, day: &str, point: &str) -> Result<DayPage, DayError> {
    let names = tables::point(conn, point)?.ok_or(DayError::Unknown)?;
    let mut lines = Vec::new();
    for session in &summary.sessions {
        let trade = tables::trade_record(conn, &session.trade)?;
        lines.push(DaySession {
            session: session.session.clone(),
            trade: trade.map_or_else(|| session.trade.clone(), |t| t.name_zh),
            time: Instant::from_millis(session.starts_at).time_in_china(),
            counts: columns(session.outcomes),
        });
    }
    Ok(DayPage {
        day: day.to_owned(),
        point: point.to_owned(),
        point_names: (names.name_zh, names.name_en),
        sessions: lines,
        totals: columns(summary.outcomes),
        certificates: (summary.certificates.issued, summary.certificates.printed),
        due: summary.certificates.due.iter().map(|d| (d.day.clone(), d.count)).collect(),
        closed_by: String::new(),
        closed_at: Instant::default(),
        signature: String::new(),
        kid: String::new(),
        counts_hash: String::new(),
    })
}

const fn columns(o: Outcomes) -> [i64; 5] {
    [o.registered, o.absent, o.failed, o.passed, o.removed]
}
