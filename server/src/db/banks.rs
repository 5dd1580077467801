//! Question banks, question sets, and the draws by which sets were put together.

use super::schema::{banks, draws, question_sets, question_versions, questions};
use super::schema_results::set_openings;
use super::{Conn, DbError, DbResult};
use diesel::prelude::*;
use shared::bank::QuestionType;
use shared::ids::QuestionId;
use shared::paper::Pool;
use std::collections::HashSet;

/// A bank as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = banks)]
pub struct BankRow {
    /// Bank id.
    pub id: String,
    /// Trade id.
    pub trade: String,
    /// Name of the file.
    pub file_name: String,
    /// SHA-256 of the file, hexadecimal.
    pub file_hash: String,
    /// When it came in, epoch milliseconds.
    pub imported_at: i64,
    /// Report of the import as JSON.
    pub report: String,
    /// Whether it is for practising, and no set is drawn from it.
    pub practice: bool,
}

/// A question as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = questions)]
pub struct StoredQuestion {
    /// Question id, once in a bank.
    pub id: String,
    /// Place in the bank from 1.
    pub position: i32,
    /// `true_false`, `single` or `multiple`.
    pub kind: String,
    /// Whether a set may take it.
    pub usable: bool,
    /// [`crate::event::QuestionBody`] as JSON, sealed as `question.body`.
    pub body: String,
}

/// What is known of a question that was written here.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = question_versions)]
pub struct VersionRow {
    /// Question id.
    pub question: String,
    /// `waiting`, `approved`, `rejected` or `superseded`.
    pub state: String,
    /// The question whose place it takes.
    pub supersedes: Option<String>,
    /// Who wrote it, see [`crate::event::Actor::text`]; empty if it came with a file.
    pub author: String,
    /// When, epoch milliseconds.
    pub written_at: i64,
    /// Who reviewed it.
    pub reviewer: Option<String>,
    /// When, epoch milliseconds.
    pub reviewed_at: Option<i64>,
    /// What the reviewer said, sealed as `question.remark`; empty before the review.
    pub remark: String,
}

/// A question set as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = question_sets)]
pub struct SetRow {
    /// Set id.
    pub id: String,
    /// Trade id.
    pub trade: String,
    /// Bank id.
    pub bank: String,
    /// Draw by which it was put together.
    pub draw: String,
    /// Number from 1.
    pub number: i32,
    /// Points of each question.
    pub points: i32,
    /// Question ids as a JSON array, sealed as `set.questions`.
    pub questions: String,
    /// Who put it together; see [`crate::event::Actor::text`].
    pub assembled_by: String,
    /// `assembled`, `in_force` or `superseded`.
    pub state: String,
}

/// A bank by id.
///
/// # Errors
/// [`DbError`].
pub fn bank(conn: &mut Conn, id: &str) -> DbResult<Option<BankRow>> {
    Ok(banks::table.find(id).select(BankRow::as_select()).first(conn).optional()?)
}

/// The bank of a trade that came from this file, for practising or for sets.
///
/// # Errors
/// [`DbError`].
pub fn bank_by_hash(
    conn: &mut Conn,
    trade: &str,
    file_hash: &str,
    practice: bool,
) -> DbResult<Option<BankRow>> {
    let same = banks::table.filter(banks::trade.eq(trade)).filter(banks::file_hash.eq(file_hash));
    let same = same.filter(banks::practice.eq(practice));
    Ok(same.select(BankRow::as_select()).first(conn).optional()?)
}

/// The banks of a trade for practising or for sets, oldest first, each with its questions and those of them that may be
/// asked.
///
/// # Errors
/// [`DbError`].
pub fn banks_of(conn: &mut Conn, trade: &str, practice: bool) -> DbResult<Vec<(BankRow, i64, i64)>> {
    let own = banks::table.filter(banks::trade.eq(trade)).filter(banks::practice.eq(practice));
    let own = own.order((banks::imported_at, banks::id));
    let rows: Vec<BankRow> = own.select(BankRow::as_select()).load(conn)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let of = questions::table.filter(questions::bank.eq(row.id.clone()));
        let total: i64 = of.clone().count().get_result(conn)?;
        let usable: i64 = of.filter(questions::usable.eq(true)).count().get_result(conn)?;
        all.push((row, total, usable));
    }
    Ok(all)
}

/// How many questions of each type a bank has: type, whether they may be asked, how many.
///
/// # Errors
/// [`DbError`].
pub fn kinds(conn: &mut Conn, bank: &str) -> DbResult<Vec<(String, bool, i64)>> {
    let of = questions::table.filter(questions::bank.eq(bank));
    let by = of.group_by((questions::kind, questions::usable));
    Ok(by.select((questions::kind, questions::usable, diesel::dsl::count_star())).load(conn)?)
}

/// All questions of a bank, with those that wait, were rejected or have had their place taken, in the order in which
/// they came.
///
/// # Errors
/// [`DbError`].
pub fn all_questions_of(conn: &mut Conn, bank: &str) -> DbResult<Vec<StoredQuestion>> {
    let of = questions::table.filter(questions::bank.eq(bank)).order(questions::position);
    Ok(of.select(StoredQuestion::as_select()).load(conn)?)
}

/// The questions of a bank that count: of those written here the approved ones.
///
/// # Errors
/// [`DbError`].
pub fn questions_of(conn: &mut Conn, bank: &str) -> DbResult<Vec<StoredQuestion>> {
    let versions = versions_of(conn, bank)?.into_iter().filter(|version| version.state != "approved");
    let apart: HashSet<String> = versions.map(|version| version.question).collect();
    let mut all = all_questions_of(conn, bank)?;
    all.retain(|question| !apart.contains(&question.id));
    Ok(all)
}

/// One question of a bank.
///
/// # Errors
/// [`DbError`].
pub fn question(conn: &mut Conn, bank: &str, id: &str) -> DbResult<Option<StoredQuestion>> {
    let found = questions::table.find((bank, id)).select(StoredQuestion::as_select());
    Ok(found.first(conn).optional()?)
}

/// The versions of a bank's questions: of those written here, and of those whose place one of them took.
///
/// # Errors
/// [`DbError`].
pub fn versions_of(conn: &mut Conn, bank: &str) -> DbResult<Vec<VersionRow>> {
    let of = question_versions::table.filter(question_versions::bank.eq(bank));
    Ok(of.order(question_versions::question).select(VersionRow::as_select()).load(conn)?)
}

/// The bank with which a trade is practised: the newest of those for practising.
///
/// # Errors
/// [`DbError`].
pub fn practice_bank(conn: &mut Conn, trade: &str) -> DbResult<Option<BankRow>> {
    Ok(banks_of(conn, trade, true)?.pop().map(|(row, ..)| row))
}

/// Every bank for practising, oldest first.
///
/// # Errors
/// [`DbError`].
pub fn practice_banks(conn: &mut Conn) -> DbResult<Vec<BankRow>> {
    let all = banks::table.filter(banks::practice.eq(true)).order((banks::imported_at, banks::id));
    Ok(all.select(BankRow::as_select()).load(conn)?)
}

/// The id for the next bank of a trade, for practising or for sets.
///
/// # Errors
/// [`DbError`].
pub fn next_bank(conn: &mut Conn, trade: &str, practice: bool) -> DbResult<String> {
    let known = banks::table.filter(banks::trade.eq(trade)).filter(banks::practice.eq(practice));
    let known: i64 = known.count().get_result(conn)?;
    let what = if practice { "practice" } else { "bank" };
    Ok(format!("{trade}-{what}-{}", known.saturating_add(1)))
}

/// Questions of a bank that may be asked, by type, in the order of the file.
///
/// # Errors
/// [`DbError`].
pub fn pool(conn: &mut Conn, bank: &str) -> DbResult<Pool> {
    let of = questions::table.filter(questions::bank.eq(bank)).filter(questions::usable.eq(true));
    let rows: Vec<(String, String)> =
        of.order(questions::position).select((questions::id, questions::kind)).load(conn)?;
    let mut pool = Pool::default();
    for (id, kind) in rows {
        let id = QuestionId::parse(&id).map_err(|e| DbError::corrupt("question", e))?;
        match QuestionType::from_word(&kind) {
            Some(QuestionType::TrueFalse) => pool.true_false.push(id),
            Some(QuestionType::Single) => pool.single.push(id),
            Some(QuestionType::Multiple) => pool.multiple.push(id),
            None => return Err(DbError::corrupt("question", kind)),
        }
    }
    Ok(pool)
}

/// The sets of a trade, the newest draw last, by number.
///
/// # Errors
/// [`DbError`].
pub fn sets_of(conn: &mut Conn, trade: &str) -> DbResult<Vec<SetRow>> {
    let own = question_sets::table.filter(question_sets::trade.eq(trade)).select(SetRow::as_select());
    let mut rows: Vec<SetRow> = own.load(conn)?;
    // Draws count up at the end of their id, where 10 comes after 9.
    let count = |row: &SetRow| row.draw.rsplit('-').next().and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
    rows.sort_by(|a, b| (count(a), &a.draw, a.number).cmp(&(count(b), &b.draw, b.number)));
    Ok(rows)
}

/// Every set that is in force or waits to be, of all trades.
///
/// # Errors
/// [`DbError`].
pub fn standing_sets(conn: &mut Conn) -> DbResult<Vec<SetRow>> {
    let standing = question_sets::table.filter(question_sets::state.ne("superseded"));
    Ok(standing.order(question_sets::id).select(SetRow::as_select()).load(conn)?)
}

/// The sets that one draw put together for a trade, by number.
///
/// # Errors
/// [`DbError`].
pub fn sets_by_draw(conn: &mut Conn, trade: &str, draw: &str) -> DbResult<Vec<SetRow>> {
    let own =
        question_sets::table.filter(question_sets::trade.eq(trade)).filter(question_sets::draw.eq(draw));
    Ok(own.order(question_sets::number).select(SetRow::as_select()).load(conn)?)
}

/// The number of the next draw for a subject and purpose, from 1.
///
/// # Errors
/// [`DbError`].
pub fn next_draw_number(conn: &mut Conn, subject: &str, purpose: &str) -> DbResult<i64> {
    let made = draws::table.filter(draws::subject.eq(subject)).filter(draws::purpose.eq(purpose));
    let made: i64 = made.count().get_result(conn)?;
    Ok(made.saturating_add(1))
}

/// A time at which a set was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningRow {
    /// Number of the set from 1.
    pub number: i32,
    /// Draw by which it was put together.
    pub draw: String,
    /// The session for which it was opened, if for one.
    pub session: Option<String>,
    /// What for.
    pub purpose: String,
    /// Who; see [`crate::event::Actor::text`].
    pub actor: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// When the sets of a trade were opened, the newest first, at most so many.
///
/// # Errors
/// [`DbError`].
pub fn openings(conn: &mut Conn, trade: &str, most: i64) -> DbResult<Vec<OpeningRow>> {
    type Found = (i32, String, Option<String>, String, String, i64);
    let joined = set_openings::table
        .inner_join(question_sets::table.on(question_sets::id.eq(set_openings::question_set)));
    let of = joined
        .filter(question_sets::trade.eq(trade))
        .order((set_openings::seq.desc(), question_sets::number))
        .limit(most);
    let columns = (
        question_sets::number,
        question_sets::draw,
        set_openings::session,
        set_openings::purpose,
        set_openings::actor,
        set_openings::at,
    );
    let rows: Vec<Found> = of.select(columns).load(conn)?;
    let row = |(number, draw, session, purpose, actor, at): Found| OpeningRow {
        number,
        draw,
        session,
        purpose,
        actor,
        at,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Sets that were opened for a session for a purpose.
///
/// # Errors
/// [`DbError`].
pub fn opened_for(conn: &mut Conn, session: &str, purpose: &str) -> DbResult<Vec<String>> {
    let of = set_openings::table
        .filter(set_openings::session.eq(session))
        .filter(set_openings::purpose.eq(purpose));
    Ok(of.select(set_openings::question_set).load(conn)?)
}

/// Trades that have sets in force.
///
/// # Errors
/// [`DbError`].
pub fn trades_with_sets(conn: &mut Conn) -> DbResult<Vec<String>> {
    let in_force = question_sets::table.filter(question_sets::state.eq("in_force"));
    Ok(in_force.select(question_sets::trade).distinct().order(question_sets::trade).load(conn)?)
}
