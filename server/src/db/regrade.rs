//! Reading corrected keys, and the papers that they concern.

use super::schema::{banks, candidates, certificates, persons, question_sets, scores, sessions, sittings};
use super::schema_results::{key_corrections, regrades};
use super::sessions::CandidateRow;
use super::{Conn, DbResult};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// How a sitting ends whose paper was graded.
const GRADED: [&str; 2] = ["handed_in", "timed_out"];

/// Keys asked for in one statement.
const CHUNK: usize = 500;

/// A correction of a key.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = key_corrections)]
pub struct CorrectionRow {
    /// Its id.
    pub id: String,
    /// Bank id.
    pub bank: String,
    /// Question id.
    pub question: String,
    /// What is to count, sealed as `question.key`.
    pub right_key: String,
    /// Why, sealed as `question.key.reason`.
    pub reason: String,
    /// `proposed`, `approved` or `refused`.
    pub state: String,
    /// Who proposed it, see [`crate::event::Actor::text`].
    pub proposed_by: String,
    /// When, epoch milliseconds.
    pub proposed_at: i64,
    /// Who decided about it.
    pub decided_by: Option<String>,
    /// When, epoch milliseconds.
    pub decided_at: Option<i64>,
    /// Position of the decision among the events.
    pub decided_seq: Option<i64>,
    /// Graded papers that asked the question when it was approved.
    pub papers: i32,
    /// Those of them whose points changed.
    pub changed: i32,
}

/// A paper that was graded again.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = regrades)]
pub struct RegradeRow {
    /// Position of its event.
    pub seq: i64,
    /// Ticket number.
    pub ticket: String,
    /// Id of the correction.
    pub correction: String,
    /// Points before.
    pub before_points: i32,
    /// Whether they were a pass.
    pub before_passed: bool,
    /// Points by the corrected key.
    pub after_points: i32,
    /// Whether they are a pass.
    pub after_passed: bool,
    /// Points of the paper.
    pub total: i32,
    /// A word of [`shared::regrade::Follows`].
    pub follows: String,
    /// `stands` or `falls`, once a person has decided.
    pub decision: Option<String>,
    /// Why it was decided so.
    pub reason: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, epoch milliseconds.
    pub decided_at: Option<i64>,
    /// When it was graded again, epoch milliseconds.
    pub at: i64,
}

/// A paper that was graded, with the score that counts.
#[derive(Debug, Clone)]
pub struct GradedPaper {
    /// The candidate with the paper.
    pub candidate: CandidateRow,
    /// Points that count.
    pub points: i32,
    /// The verdict that counts.
    pub passed: bool,
    /// Rule set of the session.
    pub rule_set: String,
    /// Whether the results of the session are published.
    pub told: bool,
}

/// What was built on a result.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// Tickets of whose practical something was scored.
    pub practical: HashSet<String>,
    /// Certificate of each ticket that has one.
    pub certificates: HashMap<String, String>,
}

/// A correction.
///
/// # Errors
/// [`super::DbError`].
pub fn correction(conn: &mut Conn, id: &str) -> DbResult<Option<CorrectionRow>> {
    Ok(key_corrections::table.find(id).select(CorrectionRow::as_select()).first(conn).optional()?)
}

/// All corrections, the newest first.
///
/// # Errors
/// [`super::DbError`].
pub fn corrections(conn: &mut Conn) -> DbResult<Vec<CorrectionRow>> {
    let all = key_corrections::table.order((key_corrections::proposed_at.desc(), key_corrections::id));
    Ok(all.select(CorrectionRow::as_select()).load(conn)?)
}

/// The oldest correction of a question of a trade's banks that nobody has decided about.
///
/// # Errors
/// [`super::DbError`].
pub fn waiting(conn: &mut Conn, trade: &str) -> DbResult<Option<String>> {
    let of = key_corrections::table
        .inner_join(banks::table.on(banks::id.eq(key_corrections::bank)))
        .filter(banks::trade.eq(trade))
        .filter(key_corrections::state.eq("proposed"))
        .order(key_corrections::proposed_at);
    Ok(of.select(key_corrections::id).first(conn).optional()?)
}

/// Corrections of the questions of a bank that count, in the order in which they were decided.
///
/// # Errors
/// [`super::DbError`].
pub fn approved(conn: &mut Conn, bank: &str) -> DbResult<Vec<CorrectionRow>> {
    let of = key_corrections::table
        .filter(key_corrections::bank.eq(bank))
        .filter(key_corrections::state.eq("approved"))
        .order(key_corrections::decided_seq);
    Ok(of.select(CorrectionRow::as_select()).load(conn)?)
}

/// Bank of a set, and the position of the last correction of one of the bank's questions; 0 before the first.
///
/// # Errors
/// [`super::DbError`]; an unknown set is one.
pub fn newest_of_set(conn: &mut Conn, set: &str) -> DbResult<(String, i64)> {
    let bank: String = question_sets::table.find(set).select(question_sets::bank).first(conn)?;
    let of = key_corrections::table
        .filter(key_corrections::bank.eq(&bank))
        .filter(key_corrections::state.eq("approved"));
    let newest: Option<i64> = of.select(diesel::dsl::max(key_corrections::decided_seq)).first(conn)?;
    Ok((bank, newest.unwrap_or(0)))
}

/// Position of the last paper of all that was graded again; 0 before the first.
///
/// # Errors
/// [`super::DbError`].
pub fn newest_regrade(conn: &mut Conn) -> DbResult<i64> {
    let newest: Option<i64> = regrades::table.select(diesel::dsl::max(regrades::seq)).first(conn)?;
    Ok(newest.unwrap_or(0))
}

/// Papers of a trade that were graded and count: those who were removed have no result any more.
///
/// # Errors
/// [`super::DbError`].
pub fn graded(conn: &mut Conn, trade: &str) -> DbResult<Vec<GradedPaper>> {
    type Found = (CandidateRow, Option<i32>, Option<bool>, String, Option<i64>);
    let ended = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .inner_join(sittings::table.on(sittings::ticket.eq(candidates::ticket)))
        .filter(sessions::trade.eq(trade))
        .filter(candidates::paper.is_not_null())
        .filter(candidates::outcome.ne("removed"))
        .filter(sittings::how.eq_any(GRADED))
        .order(candidates::ticket);
    let columns = (
        CandidateRow::as_select(),
        sittings::points,
        sittings::passed,
        sessions::rule_set,
        sessions::results_at,
    );
    let rows: Vec<Found> = ended.select(columns).load(conn)?;
    let paper = |(candidate, points, passed, rule_set, results_at): Found| GradedPaper {
        candidate,
        points: points.unwrap_or(0),
        passed: passed.unwrap_or(false),
        rule_set,
        told: results_at.is_some(),
    };
    Ok(rows.into_iter().map(paper).collect())
}

/// How many papers [`graded()`] finds.
///
/// # Errors
/// [`super::DbError`].
pub fn count_graded(conn: &mut Conn, trade: &str) -> DbResult<i64> {
    let ended = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .inner_join(sittings::table.on(sittings::ticket.eq(candidates::ticket)))
        .filter(sessions::trade.eq(trade))
        .filter(candidates::paper.is_not_null())
        .filter(candidates::outcome.ne("removed"))
        .filter(sittings::how.eq_any(GRADED));
    Ok(ended.count().get_result(conn)?)
}

/// What was built on the results of these tickets.
///
/// # Errors
/// [`super::DbError`].
pub fn built(conn: &mut Conn, tickets: &[String]) -> DbResult<Built> {
    let mut built = Built::default();
    for some in tickets.chunks(CHUNK) {
        let scored =
            scores::table.filter(scores::ticket.eq_any(some.to_vec())).select(scores::ticket).distinct();
        built.practical.extend(scored.load::<String>(conn)?);
        let issued = certificates::table
            .filter(certificates::ticket.eq_any(some.to_vec()))
            .select((certificates::ticket, certificates::id));
        built.certificates.extend(issued.load::<(String, String)>(conn)?);
    }
    Ok(built)
}

/// Sealed names of the holders of these tickets.
///
/// # Errors
/// [`super::DbError`].
pub fn names(conn: &mut Conn, tickets: &[String]) -> DbResult<HashMap<String, String>> {
    let mut names = HashMap::new();
    for some in tickets.chunks(CHUNK) {
        let joined = candidates::table.inner_join(persons::table.on(persons::id.eq(candidates::person)));
        let of = joined
            .filter(candidates::ticket.eq_any(some.to_vec()))
            .select((candidates::ticket, persons::name));
        names.extend(of.load::<(String, String)>(conn)?);
    }
    Ok(names)
}

/// Sessions and outcomes of these tickets.
///
/// # Errors
/// [`super::DbError`].
pub fn standings(conn: &mut Conn, tickets: &[String]) -> DbResult<HashMap<String, (String, String)>> {
    let mut all = HashMap::new();
    for some in tickets.chunks(CHUNK) {
        let of = candidates::table.filter(candidates::ticket.eq_any(some.to_vec()));
        let columns = (candidates::ticket, candidates::session, candidates::outcome);
        let rows: Vec<(String, String, String)> = of.select(columns).load(conn)?;
        all.extend(rows.into_iter().map(|(ticket, session, outcome)| (ticket, (session, outcome))));
    }
    Ok(all)
}

/// The papers that a correction changed, in the order in which they were graded again.
///
/// # Errors
/// [`super::DbError`].
pub fn of_correction(conn: &mut Conn, correction: &str) -> DbResult<Vec<RegradeRow>> {
    let of = regrades::table.filter(regrades::correction.eq(correction)).order(regrades::seq);
    Ok(of.select(RegradeRow::as_select()).load(conn)?)
}

/// How many papers of a day of an exam point were graded again after a time (epoch milliseconds).
///
/// # Errors
/// [`super::DbError`].
pub fn count_since(conn: &mut Conn, (day, point): (&str, &str), after: i64) -> DbResult<i64> {
    let joined = regrades::table
        .inner_join(candidates::table.on(candidates::ticket.eq(regrades::ticket)))
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)));
    let of = joined.filter(sessions::day.eq(day)).filter(sessions::point.eq(point));
    let papers = of.filter(regrades::at.gt(after));
    Ok(papers.select(diesel::dsl::count(regrades::ticket).aggregate_distinct()).first(conn)?)
}

/// How often and how a ticket's paper was graded again, in order.
///
/// # Errors
/// [`super::DbError`].
pub fn of_ticket(conn: &mut Conn, ticket: &str) -> DbResult<Vec<RegradeRow>> {
    let of = regrades::table.filter(regrades::ticket.eq(ticket)).order(regrades::seq);
    Ok(of.select(RegradeRow::as_select()).load(conn)?)
}

/// What still has to be done after papers were graded again: of each ticket the last that calls for something, unless it
/// is done.
///
/// # Errors
/// [`super::DbError`].
pub fn open(conn: &mut Conn) -> DbResult<Vec<RegradeRow>> {
    let calling = regrades::table.filter(regrades::follows.ne("nothing")).order(regrades::seq.desc());
    let rows: Vec<RegradeRow> = calling.select(RegradeRow::as_select()).load(conn)?;
    let mut seen = HashSet::new();
    let mut last: Vec<RegradeRow> = rows.into_iter().filter(|row| seen.insert(row.ticket.clone())).collect();
    let tickets: Vec<String> = last.iter().map(|row| row.ticket.clone()).collect();
    let (built, standings) = (built(conn, &tickets)?, standings(conn, &tickets)?);
    let outcome = |ticket: &String| standings.get(ticket).map(|(_, outcome)| outcome.as_str());
    last.retain(|row| match row.follows.as_str() {
        "decide" => row.decision.is_none() && outcome(&row.ticket) != Some("removed"),
        "practical" => {
            outcome(&row.ticket) == Some("theory_passed") && !built.practical.contains(&row.ticket)
        }
        "certificate" => {
            outcome(&row.ticket) == Some("passed") && !built.certificates.contains_key(&row.ticket)
        }
        _ => false,
    });
    last.reverse();
    Ok(last)
}
