//! Review of a result (复核): the candidate asks, or the staff for him, within a term of the rule set; somebody who had no part
//! in the result looks at the answers beside the paper, confirms it, or proposes another key for a question.
//!
//! The term begins with the publication and is counted in working days. Where the calendar of the year is not published it
//! cannot be told, and nobody is refused by it.

use super::App;
use super::auth::Person;
use super::masks;
use super::once::{Once, OnceError};
use super::opening;
use super::overview::sees;
use super::overview::unpublished::Term;
use super::theory::{AnsweredItem, TheoryError, answered, paper_of};
use super::world::{self, WorldError};
use crate::db::audit::{self, Edge, Wanted};
use crate::db::review::{self as rows, ReviewRow};
use crate::db::sessions::{self, SittingRow};
use crate::db::{Conn, DbError, DbResult, accounts, events, regrade};
use crate::entropy::{NoEntropy, new_id};
use crate::event::{Actor, Event, Fact, PaperRecord, PersonalDataRead, ReviewAsked, ReviewClosed, Sealed};
use crate::seal::SealError;
use serde::{Deserialize, Serialize};
use shared::time::{Date, Instant};
use std::collections::HashMap;
use thiserror::Error;
use utoipa::ToSchema;

/// Longest text in characters.
pub const MAX_TEXT: usize = 500;

/// How a sitting ends that has a result which can be looked at.
const GRADED: [&str; 2] = ["handed_in", "timed_out"];

/// Kinds of events whose authors had a part in a result.
const PARTS: [&str; 9] = [
    "review_asked",
    "paper_entered",
    "paper_settled",
    "practical_scored",
    "practical_settled",
    "key_proposed",
    "key_corrected",
    "paper_regraded",
    "regrade_settled",
];

/// A review is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskOrder {
    /// Why, up to 500 characters; may be empty.
    #[serde(default)]
    pub text: String,
}

/// What somebody found who looked at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseOrder {
    /// What the candidate is told, 1 to 500 characters.
    pub answer: String,
    /// The correction of a key that was proposed; left out where the result is confirmed.
    #[serde(default)]
    pub correction: Option<String>,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewLine {
    /// Its id.
    pub review: String,
    /// Ticket number.
    pub ticket: String,
    /// `open`, `confirmed` or `correction`.
    pub state: String,
    /// Who asked: a name, or the ticket number of the candidate.
    pub asked_by: String,
    /// When, epoch milliseconds.
    pub asked_at: i64,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When, epoch milliseconds.
    pub closed_at: Option<i64>,
    /// The correction that was proposed.
    pub correction: Option<String>,
}

/// A review with the paper.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewFile {
    /// The review.
    #[serde(flatten)]
    pub line: ReviewLine,
    /// Masked name.
    pub name: String,
    /// Why it was asked for.
    pub text: String,
    /// What the candidate was told.
    pub answer: Option<String>,
    /// Bank of the paper's set.
    pub bank: String,
    /// Points and points of the paper, as they count.
    pub points: Option<(i32, i32)>,
    /// Whether whoever looks had a part in the result, and so may not close it.
    pub involved: bool,
    /// Question ids in the order of the paper.
    pub questions: Vec<String>,
    /// Corrected keys that were proposed for questions of the paper and not refused, the newest first.
    pub corrections: Vec<Offered>,
    /// The paper with the answers.
    #[schema(value_type = Vec<Object>)]
    pub paper: Vec<AnsweredItem>,
}

/// A corrected key to which a review can point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Offered {
    /// Id of the correction.
    pub correction: String,
    /// Position of its question on the paper, from 1.
    pub position: usize,
    /// When it was proposed, epoch milliseconds.
    pub proposed_at: i64,
}

/// How a ticket stands with the review of its result, for the candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is no result to be looked at, or the term is over.
    None,
    /// It may be asked for, up to and including this day; `None` where the calendar of the year is not published.
    May(Option<Date>),
    /// It was asked for at this time, epoch milliseconds.
    Open(i64),
    /// Somebody has looked at it: whether it was confirmed, and what the candidate is told.
    Closed(bool, String),
}

/// Why there is no review. Nothing was changed.
#[derive(Debug, Error)]
pub enum ReviewError {
    /// No such ticket, or of another place.
    #[error("there is no ticket '{0}' here")]
    TicketUnknown(String),
    /// The results are not published.
    #[error("the results of session {0} are not published")]
    NotPublished(String),
    /// No paper was graded for this ticket.
    #[error("no paper was graded for this ticket")]
    Nothing,
    /// The term is over.
    #[error("{0}")]
    Late(Date),
    /// It was asked for before.
    #[error("a review of this result was asked for already")]
    Asked,
    /// Too long, or empty where it must not be.
    #[error("text: up to {MAX_TEXT} characters")]
    Text,
    /// No such review.
    #[error("there is no review '{0}'")]
    ReviewUnknown(String),
    /// It is closed.
    #[error("the review is closed")]
    Closed,
    /// Who had a part in the result may not review it.
    #[error("who had a part in the result may not review it")]
    Involved,
    /// No such correction.
    #[error("there is no correction '{0}'")]
    CorrectionUnknown(String),
    /// Paper.
    #[error(transparent)]
    Theory(#[from] TheoryError),
    /// Rules and calendar.
    #[error(transparent)]
    World(#[from] WorldError),
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

crate::refusal!(ReviewError {
    Self::TicketUnknown(_) => "ticket-unknown",
    Self::NotPublished(_) => "results-not-published",
    Self::Nothing => "review-nothing",
    Self::Late(_) => "review-late",
    Self::Asked => "review-asked",
    Self::Text => "reason-needed",
    Self::ReviewUnknown(_) => "review-unknown",
    Self::Closed => "review-closed",
    Self::Involved => "review-involved",
    Self::CorrectionUnknown(_) => "correction-unknown",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Theory(_) | Self::World(_) | Self::Db(_) | Self::Seal(_) | Self::Entropy(_) => "unavailable",
});

/// A candidate asks that the own result be looked at again.
///
/// # Errors
/// [`ReviewError`]: not published, the term is over, asked already.
pub fn ask_own(app: &App, ticket: &str, order: &AskOrder) -> Result<ReviewLine, ReviewError> {
    ask_as(app, Actor::Ticket(ticket.to_owned()), ticket, order, None)
}

/// As [`ask_own`], by the staff for a candidate.
///
/// # Errors
/// As [`ask_own`]; [`ReviewError::TicketUnknown`] also for a ticket of another exam point.
pub fn ask_for(
    app: &App,
    person: &Person,
    ticket: &str,
    order: &AskOrder,
    once: Option<Once>,
) -> Result<ReviewLine, ReviewError> {
    let unknown = || ReviewError::TicketUnknown(ticket.to_owned());
    let session = app.db.read(|conn| {
        let candidate = sessions::candidate_row(conn, ticket)?.ok_or_else(unknown)?;
        sessions::session(conn, &candidate.session)?.ok_or_else(unknown)
    })?;
    if !sees(person, &session.point) {
        return Err(unknown());
    }
    ask_as(app, Actor::Account(person.account.clone()), ticket, order, once)
}

fn ask_as(
    app: &App,
    actor: Actor,
    ticket: &str,
    order: &AskOrder,
    once: Option<Once>,
) -> Result<ReviewLine, ReviewError> {
    let (now, text) = (app.clock.now(), typed(&order.text)?);
    let fact = ReviewAsked {
        review: new_id("V")?,
        ticket: ticket.to_owned(),
        text: app.sealer.seal("review.text", &text)?,
    };
    let ticket = ticket.to_owned();
    app.write_once(once, move |conn| {
        let unknown = || ReviewError::TicketUnknown(ticket.clone());
        let candidate = sessions::candidate(conn, &ticket)?.ok_or_else(unknown)?;
        let session = sessions::session(conn, &candidate.row.session)?.ok_or_else(unknown)?;
        let Some(results_at) = session.results_at else { return Err(ReviewError::NotPublished(session.id)) };
        if !is_graded(candidate.sitting.as_ref(), &candidate.row.outcome) {
            return Err(ReviewError::Nothing);
        }
        if let Term::Over(last) = term(conn, &session.rule_set, results_at, now)? {
            return Err(ReviewError::Late(last));
        }
        if rows::of_ticket(conn, &ticket)?.is_some() {
            return Err(ReviewError::Asked);
        }
        let id = fact.review.clone();
        events::append(conn, &Event::new(now, actor, Fact::ReviewAsked(fact)).under(&session.rule_set))?;
        let row = rows::one(conn, &id)?.ok_or(ReviewError::ReviewUnknown(id))?;
        Ok(ReviewLine::of(&row, &names(conn)?))
    })
}

/// How a ticket stands with the review of its result.
///
/// # Errors
/// [`ReviewError`] if it cannot be read.
pub fn standing(app: &App, conn: &mut Conn, ticket: &str) -> Result<Standing, ReviewError> {
    if let Some(row) = rows::of_ticket(conn, ticket)? {
        let Some(answer) = row.answer else { return Ok(Standing::Open(row.asked_at)) };
        let answer = app.sealer.open("review.answer", &Sealed(answer))?;
        return Ok(Standing::Closed(row.outcome.as_deref() == Some("confirmed"), answer));
    }
    let Some(candidate) = sessions::candidate(conn, ticket)? else { return Ok(Standing::None) };
    let session = sessions::session(conn, &candidate.row.session)?;
    let Some((session, at)) = session.and_then(|s| s.results_at.map(|at| (s, at))) else {
        return Ok(Standing::None);
    };
    if !is_graded(candidate.sitting.as_ref(), &candidate.row.outcome) {
        return Ok(Standing::None);
    }
    Ok(match term(conn, &session.rule_set, at, app.clock.now())? {
        Term::Over(_) => Standing::None,
        Term::Until(last, _) => Standing::May(Some(last)),
        Term::AwaitsCalendar => Standing::May(None),
    })
}

/// All reviews, the open ones first.
///
/// # Errors
/// [`ReviewError::Db`].
pub fn reviews(app: &App) -> Result<Vec<ReviewLine>, ReviewError> {
    app.db.read(|conn| Ok(lines(conn)?))
}

/// The reviews that are open, the oldest first.
///
/// # Errors
/// [`DbError`].
pub fn open(conn: &mut Conn) -> Result<Vec<ReviewLine>, DbError> {
    Ok(lines(conn)?.into_iter().filter(|line| line.state == "open").collect())
}

/// A review with the paper and its answers. The reading is recorded, and the opening of the set.
///
/// # Errors
/// [`ReviewError::ReviewUnknown`].
pub fn show(app: &App, person: &Person, id: &str) -> Result<ReviewFile, ReviewError> {
    let (file, set) = app.db.read(|conn| {
        let row = rows::one(conn, id)?.ok_or_else(|| ReviewError::ReviewUnknown(id.to_owned()))?;
        let candidate = sessions::candidate(conn, &row.ticket)?;
        let candidate = candidate.ok_or_else(|| ReviewError::TicketUnknown(row.ticket.clone()))?;
        let paper = paper_of(&app.sealer, &candidate.row)?;
        let (bank, _) = regrade::newest_of_set(conn, &paper.set)?;
        let answer = row.answer.clone().map(|text| app.sealer.open("review.answer", &Sealed(text)));
        let file = ReviewFile {
            line: ReviewLine::of(&row, &names(conn)?),
            name: masks::name(app, &candidate.name)?,
            text: app.sealer.open("review.text", &Sealed(row.text.clone()))?,
            answer: answer.transpose()?,
            corrections: offered(conn, &bank, &paper)?,
            bank,
            points: candidate.sitting.as_ref().and_then(|s| s.points.zip(s.total)),
            involved: is_involved(conn, &row, &person.account)?,
            questions: paper.items.iter().map(|item| item.question.clone()).collect(),
            paper: answered(conn, &app.sealer, &candidate.row)?,
        };
        Ok::<_, ReviewError>((file, paper.set))
    })?;
    let actor = Actor::Account(person.account.clone());
    let read = PersonalDataRead { subject: file.line.ticket.clone(), what: "answers".to_owned() };
    let event = app.event(&actor, Fact::PersonalDataRead(read));
    app.db.write(move |conn| -> DbResult<()> {
        opening::record(conn, (&actor, event.at), [set], None, opening::REVIEW)?;
        events::append(conn, &event).map(|_| ())
    })?;
    Ok(file)
}

/// Corrected keys of questions of a paper that were not refused, the newest first.
fn offered(conn: &mut Conn, bank: &str, paper: &PaperRecord) -> Result<Vec<Offered>, DbError> {
    let position = |row: &regrade::CorrectionRow| {
        paper.items.iter().position(|item| row.bank == bank && item.question == row.question)
    };
    let rows = regrade::corrections(conn)?.into_iter().filter(|row| row.state != "refused");
    let offer = |row: regrade::CorrectionRow| {
        let position = position(&row)? + 1;
        Some(Offered { correction: row.id, position, proposed_at: row.proposed_at })
    };
    Ok(rows.filter_map(offer).collect())
}

/// Closes a review: the result is confirmed, or another key was proposed for a question.
///
/// # Errors
/// [`ReviewError::Involved`] for whoever had a part in the result; [`ReviewError::Closed`].
pub fn close(
    app: &App,
    person: &Person,
    id: &str,
    order: &CloseOrder,
    once: Option<Once>,
) -> Result<ReviewLine, ReviewError> {
    let answer = typed(&order.answer)?;
    if answer.is_empty() {
        return Err(ReviewError::Text);
    }
    let sealed = app.sealer.seal("review.answer", &answer)?;
    let (now, id, account) = (app.clock.now(), id.to_owned(), person.account.clone());
    let correction = order.correction.clone().map(|c| c.trim().to_owned()).filter(|c| !c.is_empty());
    app.write_once(once, move |conn| {
        let row = rows::one(conn, &id)?.ok_or_else(|| ReviewError::ReviewUnknown(id.clone()))?;
        if row.closed_at.is_some() {
            return Err(ReviewError::Closed);
        }
        if is_involved(conn, &row, &account)? {
            return Err(ReviewError::Involved);
        }
        if let Some(named) = &correction
            && (named.contains(char::is_control) || regrade::correction(conn, named)?.is_none())
        {
            return Err(ReviewError::CorrectionUnknown(named.clone()));
        }
        let outcome = if correction.is_some() { "correction" } else { "confirmed" }.to_owned();
        let fact =
            ReviewClosed { review: id.clone(), ticket: row.ticket, outcome, answer: sealed, correction };
        events::append(conn, &Event::new(now, Actor::Account(account), Fact::ReviewClosed(fact)))?;
        let row = rows::one(conn, &id)?.ok_or(ReviewError::ReviewUnknown(id))?;
        Ok(ReviewLine::of(&row, &names(conn)?))
    })
}

/// Whether a paper of this candidate was graded and counts.
fn is_graded(sitting: Option<&SittingRow>, outcome: &str) -> bool {
    let how = sitting.and_then(|sitting| sitting.how.as_deref());
    how.is_some_and(|how| GRADED.contains(&how)) && outcome != "removed"
}

/// How long a review may be asked for.
fn term(conn: &mut Conn, rule_set: &str, results_at: i64, now: Instant) -> Result<Term, ReviewError> {
    let rules = world::rule_set(conn, rule_set)?;
    let calendar = world::calendar(conn)?;
    let told = Instant::from_millis(results_at).date_in_china();
    Ok(Term::of(&calendar, told, rules.exam.recheck_working_days, now.date_in_china()))
}

/// Whether somebody had a part in a result: asked for the review on behalf, entered or scored something of it, or corrected
/// the key by which it was graded again before the review. What comes of the review itself is no part of it.
fn is_involved(conn: &mut Conn, row: &ReviewRow, account: &str) -> Result<bool, DbError> {
    let mut about = vec![row.ticket.clone()];
    let before = regrade::of_ticket(conn, &row.ticket)?.into_iter().filter(|again| again.at < row.asked_at);
    about.extend(before.map(|again| again.correction));
    let kinds = PARTS.iter().map(|kind| (*kind).to_owned()).collect();
    let actors = vec![format!("account:{account}")];
    let wanted = Wanted { kinds, about, actors, ..Wanted::default() };

    Ok(!audit::newest(conn, &wanted, Edge::Newest, 1)?.is_empty())
}

fn lines(conn: &mut Conn) -> Result<Vec<ReviewLine>, DbError> {
    let names = names(conn)?;
    Ok(rows::all(conn)?.iter().map(|row| ReviewLine::of(row, &names)).collect())
}

/// Names of accounts as they stand in events.
fn names(conn: &mut Conn) -> Result<HashMap<String, String>, DbError> {
    let all = accounts::all(conn)?.into_iter();
    Ok(all.map(|a| (format!("account:{}", a.id), a.display_name)).collect())
}

/// A text as it was typed, without white space around it.
fn typed(text: &str) -> Result<String, ReviewError> {
    let text = text.trim().replace("\r\n", "\n");
    let odd = |c: char| c.is_control() && c != '\n';
    if text.chars().count() > MAX_TEXT || text.contains(odd) { Err(ReviewError::Text) } else { Ok(text) }
}

impl ReviewLine {
    fn of(row: &ReviewRow, names: &HashMap<String, String>) -> Self {
        let name = |actor: &String| match names.get(actor) {
            Some(name) => name.clone(),
            None => actor.strip_prefix("ticket:").unwrap_or(actor).to_owned(),
        };
        Self {
            review: row.id.clone(),
            ticket: row.ticket.clone(),
            state: row.outcome.clone().unwrap_or_else(|| "open".to_owned()),
            asked_by: name(&row.asked_by),
            asked_at: row.asked_at,
            closed_by: row.closed_by.as_ref().map(name),
            closed_at: row.closed_at,
            correction: row.correction.clone(),
        }
    }
}
