//! A day of an exam point: its numbers, and its closing (日清日结).

use super::App;
use super::auth::{AuthError, Person, Throttle, confirm};
use super::certificates::Deadlines;
use super::once::{Once, OnceError};
use super::results::{Outcomes, outcomes};
use crate::blobs::BlobError;
use crate::db::sessions::{self as sessions, SessionRow};
use crate::db::{Conn, DbError, certificates as rows, days as counts, events, paper, world as tables};
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
use shared::closing::{self, Counted, Difference, Stated};
use shared::ids::PointId;
use shared::time::{Date, Instant};
use std::collections::BTreeMap;
use thiserror::Error;

/// Most blanks that a statement may name.
const MOST_BLANKS: u32 = 100_000;

/// Longest explanation in characters.
const MAX_TEXT: usize = 1000;

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
    /// Certificate blanks, as the kiosks' journals have them.
    pub blanks: BlankCount,
    /// Sheets of paper that are not entered twice, or entered differently.
    pub paper_open: usize,
}

/// Certificate blanks of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BlankCount {
    /// Printed.
    pub used: u32,
    /// Begun and not printed.
    pub spoiled: u32,
}

/// What the person who closes a day has counted and seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Blanks that were there in the morning or came in, 0 to 100,000.
    pub received: u32,
    /// Printed.
    pub used: u32,
    /// Spoiled, and kept to be destroyed.
    pub spoiled: u32,
    /// Locked away in the evening.
    pub left: u32,
    /// Whether the recordings of every room and station are there and were played back.
    pub recordings: bool,
    /// Whether everything written on paper was entered and the sheets are locked away.
    pub paper: bool,
    /// Why something does not agree, up to 1000 characters; empty if everything does.
    #[serde(default)]
    pub explanation: String,
}

/// A day is to be closed.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseOrder {
    /// What was counted and seen.
    pub statement: Statement,
    /// Password of the caller: his signature.
    pub password: String,
}

/// What is signed when a day is closed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedCounts {
    /// The numbers of the system.
    #[serde(flatten)]
    pub summary: Summary,
    /// What people counted and saw.
    pub statement: Statement,
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
    /// The signed counts: JSON text of a [`SignedCounts`].
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
    /// The day has not come.
    #[error("{0}")]
    Ahead(String),
    /// Somebody has no result yet.
    #[error("{0} candidates have no result yet")]
    NotFinished(i64),
    /// Paper is not entered twice, or differently.
    #[error("{0}")]
    PaperOpen(usize),
    /// Something does not agree, and nothing says why.
    #[error("{0}")]
    Unexplained(String),
    /// A field of the statement.
    #[error("{field}: {why}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The password is wrong.
    #[error("the password is wrong")]
    Signature,
    /// Too many wrong passwords.
    #[error("too many failed tries; wait five minutes")]
    Throttled,
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
    /// Passwords.
    #[error(transparent)]
    Auth(AuthError),
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
    Self::Ahead(_) => "too-early",
    Self::NotFinished(_) => "day-not-finished",
    Self::AlreadyClosed => "day-already-closed",
    Self::PaperOpen(_) => "paper-open",
    Self::Unexplained(_) => "close-unexplained",
    Self::Field { .. } => "field-invalid",
    Self::Signature => "password-wrong",
    Self::Throttled => "login-throttled",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Changing | Self::Auth(_) | Self::Db(_) | Self::Blob(_) => "unavailable",
    Self::Pdf(_) => "document-unavailable",
});

impl From<AuthError> for DayError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Credentials => Self::Signature,
            AuthError::Throttled => Self::Throttled,
            other => Self::Auth(other),
        }
    }
}

/// The numbers of a day of an exam point.
///
/// # Errors
/// [`DayError::Unknown`] if nothing was held there.
pub fn summary(app: &App, person: &Person, day: &str, point: &str) -> Result<Summary, DayError> {
    let (day, point) = place(person, day, point)?;
    app.db.read(|conn| count(conn, &day, &point))
}

/// Closes a day: its numbers and what the person states are signed, and it cannot be closed again.
///
/// # Errors
/// [`DayError::Ahead`], [`DayError::NotFinished`], [`DayError::PaperOpen`], [`DayError::Unexplained`],
/// [`DayError::AlreadyClosed`], [`DayError::Signature`].
pub fn close(
    app: &App,
    throttle: &Throttle,
    person: &Person,
    (day, point): (&str, &str),
    order: &CloseOrder,
    once: Option<Once>,
) -> Result<Closed, DayError> {
    let (day, point) = place(person, day, point)?;
    let statement = checked(&order.statement)?;
    confirm(app, throttle, person, &order.password)?;
    let at = app.clock.now();
    if day > at.date_in_china().to_string() {
        return Err(DayError::Ahead(day));
    }
    for _ in 0..TRIES {
        // The page is drawn before the writing; if a number has changed in between, it is drawn again.
        let (closed, summary) = prepare(app, person, at, (&day, &point), &statement)?;
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
        let (day, point, statement) = (day.clone(), point.clone(), statement.clone());
        let outcome = app.write_once(once.clone(), move |conn| {
            if rows::day_close(conn, &point, &day)?.is_some() {
                return Err(DayError::AlreadyClosed);
            }
            if count(conn, &day, &point)? != summary {
                return Err(DayError::Changing);
            }
            may_close(&summary, &statement)?;
            events::append(conn, &event)?;
            Ok(closed)
        });
        if !matches!(outcome, Err(DayError::Changing)) {
            return outcome;
        }
    }
    Err(DayError::Changing)
}

/// What of a statement does not agree with the numbers of the system.
#[must_use]
pub fn differences(summary: &Summary, statement: &Statement) -> Vec<Difference> {
    let counted = Counted { used: summary.blanks.used, spoiled: summary.blanks.spoiled };
    let stated = Stated {
        received: statement.received,
        used: statement.used,
        spoiled: statement.spoiled,
        left: statement.left,
        recordings: statement.recordings,
        paper: statement.paper,
    };
    closing::differences(&counted, &stated)
}

fn may_close(summary: &Summary, statement: &Statement) -> Result<(), DayError> {
    if summary.outcomes.pending > 0 {
        return Err(DayError::NotFinished(summary.outcomes.pending));
    }
    if summary.paper_open > 0 {
        return Err(DayError::PaperOpen(summary.paper_open));
    }
    let differ = differences(summary, statement);
    if !differ.is_empty() && statement.explanation.is_empty() {
        let words: Vec<&str> = differ.into_iter().map(Difference::word).collect();
        return Err(DayError::Unexplained(words.join(", ")));
    }
    Ok(())
}

fn checked(statement: &Statement) -> Result<Statement, DayError> {
    let numbers = [
        ("received", statement.received),
        ("used", statement.used),
        ("spoiled", statement.spoiled),
        ("left", statement.left),
    ];
    if let Some((field, _)) = numbers.into_iter().find(|(_, n)| *n > MOST_BLANKS) {
        return Err(DayError::Field { field, why: "0 to 100,000" });
    }
    let explanation = statement.explanation.trim().replace("\r\n", "\n");
    let control = |c: char| c.is_control() && c != '\n';
    if explanation.chars().count() > MAX_TEXT || explanation.contains(control) {
        return Err(DayError::Field { field: "explanation", why: "up to 1000 characters" });
    }
    Ok(Statement { explanation, ..statement.clone() })
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

/// The numbers of a day as they are now.
pub(super) fn count(conn: &mut Conn, day: &str, point: &str) -> Result<Summary, DayError> {
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
    let blanks = blanks(conn, day, point)?;
    let paper_open = paper::open_slips(conn, point, day)?.len();
    Ok(Summary { outcomes, checked_in, in_room, sessions: all, certificates, blanks, paper_open })
}

/// Every attempt takes a blank; one that did not end as printed has spoiled it, unless it is certain that nothing was printed.
fn blanks(conn: &mut Conn, day: &str, point: &str) -> Result<BlankCount, DayError> {
    let day = Date::parse(day)?;
    let (from, to) = (day.start_in_china().millis(), day.plus_days(1).start_in_china().millis());
    let mut count = BlankCount { used: 0, spoiled: 0 };
    for state in counts::print_states(conn, point, from, to)? {
        match state.as_str() {
            "printed" => count.used += 1,
            _ => count.spoiled += 1,
        }
    }
    Ok(count)
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
    (day, point): (&str, &str),
    statement: &Statement,
) -> Result<(Closed, Summary), DayError> {
    let (summary, mut page) = app.db.read(|conn| {
        let summary = count(conn, day, point)?;
        may_close(&summary, statement)?;
        let page = words(conn, &summary, (day, point), statement)?;
        Ok::<_, DayError>((summary, page))
    })?;
    let signed = SignedCounts { summary, statement: statement.clone() };
    let counts = serde_json::to_string(&signed).map_err(|e| DbError::corrupt("summary", e))?;
    let signature = app.keys.signing(Purpose::Log).sign(&signed_bytes(point, day, &counts));
    let signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
    let kid = app.keys.kid(Purpose::Log);
    page.closed_by.clone_from(&person.display_name);
    page.closed_at = at;
    page.signature.clone_from(&signature);
    page.kid.clone_from(&kid);
    page.counts_hash = hex::encode(Sha256::digest(&counts));
    let pdf = app.blobs.put(&render(&page)?.bytes)?;
    Ok((Closed { signature, kid, counts, pdf }, signed.summary))
}

/// The page without what the closing adds.
fn words(
    conn: &mut Conn,
    summary: &Summary,
    (day, point): (&str, &str),
    statement: &Statement,
) -> Result<DayPage, DayError> {
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
        blanks: [statement.received, statement.used, statement.spoiled, statement.left],
        blanks_counted: [summary.blanks.used, summary.blanks.spoiled],
        recordings: statement.recordings,
        paper: statement.paper,
        explanation: statement.explanation.clone(),
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
