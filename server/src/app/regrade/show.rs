//! Corrections for people: what is proposed, whom it concerns, and what still has to be done. Whoever looks reads answers,
//! so that the look at one is an event.

use super::RegradeError;
use super::decide::{bank, counting, is_published, key_of};
use super::plan::plan;
use crate::app::App;
use crate::app::auth::Person;
use crate::app::masks;
use crate::app::overview::Named;
use crate::app::questions::opened;
use crate::db::regrade::{self as rows, Built, CorrectionRow, RegradeRow};
use crate::db::{Conn, DbError, DbResult, accounts, banks as tables, events, world};
use crate::event::{Actor, Fact, QuestionsRead, Sealed};
use serde::Serialize;
use shared::bank::{Question, Right};
use std::collections::HashMap;
use utoipa::ToSchema;

/// A correction in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CorrectionLine {
    /// Its id.
    pub correction: String,
    /// Bank id.
    pub bank: String,
    /// Question id.
    pub question: String,
    /// `proposed`, `approved` or `refused`.
    pub state: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When, epoch milliseconds.
    pub proposed_at: i64,
    /// Who decided about it.
    pub decided_by: Option<String>,
    /// When, epoch milliseconds.
    pub decided_at: Option<i64>,
    /// Graded papers that asked the question when it was approved.
    pub papers: i32,
    /// Those of them whose points changed.
    pub changed: i32,
}

/// Somebody whose points a correction changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Affected {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Session id.
    pub session: String,
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
    /// Whether something of the practical was scored.
    pub practical: bool,
    /// Certificate that was issued.
    pub certificate: Option<String>,
    /// What follows: `decide`, `practical`, `certificate`, `fails` or `nothing`.
    pub follows: String,
    /// What was decided: `stands` or `falls`.
    pub decision: Option<String>,
    /// Why it was decided so.
    pub reason: String,
    /// Whether something still has to be done.
    pub open: bool,
}

/// A correction with the question and everybody whom it concerns, the changed verdicts first. Before it is decided: whom it
/// would concern.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CorrectionView {
    /// The correction.
    #[serde(flatten)]
    pub line: CorrectionLine,
    /// Trade.
    #[serde(skip)]
    pub trade: Named,
    /// The question.
    #[serde(skip)]
    pub asked: Question,
    /// What counted before.
    pub counted: String,
    /// What is to count, or counts.
    pub right: String,
    /// Why.
    pub reason: String,
    /// Whether whoever looks proposed it, and so may not approve it.
    pub own: bool,
    /// Papers that ask the question.
    pub asking: u32,
    /// Everybody whose points change.
    pub affected: Vec<Affected>,
}

/// Something that a person has to do after a paper was graded again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// `decide`, `practical` or `certificate`.
    pub what: String,
    /// Ticket number.
    pub ticket: String,
    /// Id of the correction.
    pub correction: String,
    /// Points before and after.
    pub points: (i32, i32),
    /// Certificate that was issued.
    pub certificate: Option<String>,
}

/// All corrections, the newest first.
///
/// # Errors
/// [`RegradeError::Db`].
pub fn corrections(app: &App) -> Result<Vec<CorrectionLine>, RegradeError> {
    app.db.read(|conn| {
        let names = names(conn)?;
        Ok(rows::corrections(conn)?.iter().map(|row| CorrectionLine::of(row, &names)).collect())
    })
}

/// Corrections of one question, the newest first, and whether another may be proposed: a published set asks it, and none
/// waits.
///
/// # Errors
/// [`RegradeError`] if they cannot be read.
pub fn of_question(
    app: &App,
    (bank_id, question): (&str, &str),
) -> Result<(Vec<CorrectionLine>, bool), RegradeError> {
    app.db.read(|conn| {
        let names = names(conn)?;
        let all = rows::corrections(conn)?.into_iter();
        let of: Vec<CorrectionLine> = all
            .filter(|row| row.bank == bank_id && row.question == question)
            .map(|row| CorrectionLine::of(&row, &names))
            .collect();
        let bank = bank(conn, bank_id)?;
        let waits = of.iter().any(|line| line.state == "proposed");
        let may = !waits && is_published(conn, &app.sealer, &bank, question)?;
        Ok((of, may))
    })
}

/// One correction with everybody whom it concerns. The look is recorded.
///
/// # Errors
/// [`RegradeError::CorrectionUnknown`].
pub fn show(app: &App, person: &Person, id: &str) -> Result<CorrectionView, RegradeError> {
    let view = app.db.read(|conn| view(conn, app, person, id))?;
    let read = QuestionsRead {
        bank: view.line.bank.clone(),
        what: "correction".to_owned(),
        question: Some(view.line.question.clone()),
        count: 1,
    };
    let event = app.event(&Actor::Account(person.account.clone()), Fact::QuestionsRead(read));
    app.db.write(move |conn| -> DbResult<()> { events::append(conn, &event).map(|_| ()) })?;
    Ok(view)
}

fn view(conn: &mut Conn, app: &App, person: &Person, id: &str) -> Result<CorrectionView, RegradeError> {
    let row = rows::correction(conn, id)?;
    let row = row.ok_or_else(|| RegradeError::CorrectionUnknown(id.to_owned()))?;
    let bank = bank(conn, &row.bank)?;
    let stored = tables::question(conn, &row.bank, &row.question)?;
    let stored = stored.ok_or_else(|| RegradeError::QuestionUnknown(row.question.clone()))?;
    let (asked, right) = (opened(&app.sealer, &stored)?, key_of(&app.sealer, &row)?);
    let counted = before(conn, app, &row)?.unwrap_or(Right::One(asked.answer()));
    let (asking, affected) = if row.state == "approved" {
        (u32::try_from(row.papers).unwrap_or(0), done(conn, &row)?)
    } else if row.state == "proposed" {
        planned(conn, app, &bank.trade, &row, &right)?
    } else {
        (0, Vec::new())
    };
    let affected = with_names(conn, app, affected)?;
    let trade = world::trade_record(conn, &bank.trade)?;
    let trade = trade.ok_or_else(|| DbError::corrupt("bank", &bank.trade))?;
    Ok(CorrectionView {
        trade: Named { id: trade.id, zh: trade.name_zh, en: trade.name_en },
        counted: counted.to_string(),
        right: right.to_string(),
        reason: app.sealer.open("question.key.reason", &Sealed(row.reason.clone()))?,
        own: row.proposed_by == format!("account:{}", person.account),
        line: CorrectionLine::of(&row, &names(conn)?),
        asked,
        asking,
        affected,
    })
}

/// What a correction made count before this one, if any did.
fn before(conn: &mut Conn, app: &App, row: &CorrectionRow) -> Result<Option<Right>, RegradeError> {
    let Some(decided) = row.decided_seq else {
        return counting(conn, &app.sealer, &row.bank, &row.question);
    };
    let earlier = rows::approved(conn, &row.bank)?
        .into_iter()
        .rfind(|other| other.question == row.question && other.decided_seq.is_some_and(|seq| seq < decided));
    earlier.map(|other| key_of(&app.sealer, &other)).transpose()
}

/// Whom an approved correction concerned.
fn done(conn: &mut Conn, row: &CorrectionRow) -> Result<Vec<Affected>, RegradeError> {
    let regrades = rows::of_correction(conn, &row.id)?;
    let tickets: Vec<String> = regrades.iter().map(|r| r.ticket.clone()).collect();
    let (built, standings) = (rows::built(conn, &tickets)?, rows::standings(conn, &tickets)?);
    let open: Vec<i64> = rows::open(conn)?.into_iter().map(|row| row.seq).collect();
    let mut all: Vec<Affected> = regrades
        .into_iter()
        .map(|r| {
            let session = standings.get(&r.ticket).map(|(session, _)| session.clone()).unwrap_or_default();
            let is_open = open.contains(&r.seq);
            Affected::of(r, session, &built, is_open)
        })
        .collect();
    all.sort_by_key(|one| (one.before_passed == one.after_passed, one.ticket.clone()));
    Ok(all)
}

/// Whom a correction would concern if it were approved now.
fn planned(
    conn: &mut Conn,
    app: &App,
    trade: &str,
    row: &CorrectionRow,
    right: &Right,
) -> Result<(u32, Vec<Affected>), RegradeError> {
    let plan = plan(conn, app, (trade, &row.bank, &row.question), right)?;
    let tickets: Vec<String> = plan.changes.iter().map(|one| one.change.paper.clone()).collect();
    let built = rows::built(conn, &tickets)?;
    let number = |points: u32| i32::try_from(points).unwrap_or(i32::MAX);
    let affected = plan.changes.into_iter().map(|one| Affected {
        name: String::new(),
        session: one.session,
        before_points: number(one.change.before.points),
        before_passed: one.change.before.passed,
        after_points: number(one.change.after.points),
        after_passed: one.change.after.passed,
        total: number(one.change.total),
        practical: built.practical.contains(&one.change.paper),
        certificate: built.certificates.get(&one.change.paper).cloned(),
        follows: one.follows.word().to_owned(),
        decision: None,
        reason: String::new(),
        open: false,
        ticket: one.change.paper,
    });
    Ok((plan.papers, affected.collect()))
}

fn with_names(conn: &mut Conn, app: &App, mut all: Vec<Affected>) -> Result<Vec<Affected>, RegradeError> {
    let tickets: Vec<String> = all.iter().map(|one| one.ticket.clone()).collect();
    let sealed = rows::names(conn, &tickets)?;
    for one in &mut all {
        if let Some(name) = sealed.get(&one.ticket) {
            one.name = masks::name(app, &Sealed(name.clone()))?;
        }
    }
    Ok(all)
}

/// What still has to be done after papers were graded again, the oldest first.
///
/// # Errors
/// [`DbError`].
pub fn duties(conn: &mut Conn) -> Result<Vec<Duty>, DbError> {
    let open = rows::open(conn)?;
    let tickets: Vec<String> = open.iter().map(|row| row.ticket.clone()).collect();
    let built = rows::built(conn, &tickets)?;
    let duty = |row: RegradeRow| Duty {
        certificate: built.certificates.get(&row.ticket).cloned(),
        what: row.follows,
        ticket: row.ticket,
        correction: row.correction,
        points: (row.before_points, row.after_points),
    };
    Ok(open.into_iter().map(duty).collect())
}

/// Names of accounts as they stand in events.
fn names(conn: &mut Conn) -> Result<HashMap<String, String>, DbError> {
    let all = accounts::all(conn)?.into_iter();
    Ok(all.map(|a| (format!("account:{}", a.id), a.display_name)).collect())
}

impl CorrectionLine {
    fn of(row: &CorrectionRow, names: &HashMap<String, String>) -> Self {
        let name = |actor: &String| names.get(actor).unwrap_or(actor).clone();
        Self {
            correction: row.id.clone(),
            bank: row.bank.clone(),
            question: row.question.clone(),
            state: row.state.clone(),
            proposed_by: name(&row.proposed_by),
            proposed_at: row.proposed_at,
            decided_by: row.decided_by.as_ref().map(name),
            decided_at: row.decided_at,
            papers: row.papers,
            changed: row.changed,
        }
    }
}

impl Affected {
    fn of(row: RegradeRow, session: String, built: &Built, open: bool) -> Self {
        Self {
            name: String::new(),
            session,
            before_points: row.before_points,
            before_passed: row.before_passed,
            after_points: row.after_points,
            after_passed: row.after_passed,
            total: row.total,
            practical: built.practical.contains(&row.ticket),
            certificate: built.certificates.get(&row.ticket).cloned(),
            follows: row.follows,
            decision: row.decision,
            reason: row.reason,
            open,
            ticket: row.ticket,
        }
    }
}
