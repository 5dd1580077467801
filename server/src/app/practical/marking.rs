//! What examiners write down.

use super::{Opened, PartState, PracticalError, candidate, examining, of_part, open, part_state};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::once::Once;
use crate::db::sessions::{self, CandidateRow};
use crate::db::{Conn, DbError, events, practical as rows};
use crate::event::{Actor, Event, Fact, PracticalEnded, PracticalScored, PracticalSettled};
use crate::seal::Sealer;
use serde::{Deserialize, Serialize};
use shared::ids::TradeId;
use shared::practical::{ExaminerSheet, Marks, SHEET_POINTS, Sheet, SheetOutcome, outcome};
use shared::time::Instant;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Longest reason in characters.
const MAX_TEXT: usize = 1000;

/// An examiner's marks for one part.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreOrder {
    /// `K1` to `K4`.
    pub part: String,
    /// Points by item code; every item of the sheet.
    pub points: BTreeMap<String, u32>,
    /// Codes of the veto items that failed.
    #[serde(default)]
    pub vetoes: BTreeSet<String>,
}

/// The marks are on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoreAnswer {
    /// `waiting_for_second`, `agreed` or `needs_lead`.
    pub state: String,
}

/// How the lead examiner settles a part.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleOrder {
    /// `K1` to `K4`.
    pub part: String,
    /// Points out of 100; they count where the examiners differ by more than the rule set allows.
    pub points: u32,
    /// Whether the veto item that one examiner alone saw failed was failed.
    pub veto: bool,
    /// Why, 1 to 1000 characters.
    pub reason: String,
}

/// The settlement is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settled {}

/// Writes down an examiner's marks for one part. The second examiner's settle it, or show that the lead is needed.
///
/// # Errors
/// [`PracticalError`]: no duty at a station, theory not passed, marks that do not fit the sheet, marked already.
pub fn score(
    app: &App,
    person: &Person,
    ticket: &str,
    order: ScoreOrder,
    once: Option<Once>,
) -> Result<ScoreAnswer, PracticalError> {
    let now = app.clock.now();
    let (person, sealer, ticket) = (person.clone(), app.sealer.clone(), ticket.to_owned());
    app.write_once(once, move |conn| {
        let who = candidate(conn, &ticket)?;
        let examiner = examining(conn, &person, &who.session, now)?;
        if !examiner.marks {
            return Err(PracticalError::NoDuty(who.session));
        }
        let actor = Actor::Account(person.account);
        let marks = Marks { points: order.points, failed: order.vetoes };
        mark(conn, &sealer, (now, &actor), who, (&order.part, &examiner.staff), marks)
    })
}

/// Marks that an examiner wrote on paper, if they can be his: he has the duty, and they fit the sheet that was drawn.
///
/// # Errors
/// As [`score`].
pub fn score_from_paper(
    conn: &mut Conn,
    sealer: &Sealer,
    by: (Instant, &Actor),
    ticket: &str,
    (part, staff): (&str, &str),
    marks: Marks,
) -> Result<ScoreAnswer, PracticalError> {
    let who = candidate(conn, ticket)?;
    let duties = sessions::duties_of(conn, &who.session, staff)?;
    if !duties.iter().any(|duty| duty.kind == "examiner") {
        return Err(PracticalError::NoDuty(who.session));
    }
    mark(conn, sealer, by, who, (part, staff), marks)
}

/// The sheet of a part that was drawn for a candidate whose theory is passed.
///
/// # Errors
/// [`PracticalError::NotPassedTheory`]; a part that was not drawn.
pub fn drawn_sheet(
    conn: &mut Conn,
    sealer: &Sealer,
    ticket: &str,
    part: &str,
) -> Result<Sheet, PracticalError> {
    let who = candidate(conn, ticket)?;
    sheet_of(&open(conn, sealer, who)?, part).cloned()
}

fn mark(
    conn: &mut Conn,
    sealer: &Sealer,
    (now, actor): (Instant, &Actor),
    who: CandidateRow,
    (part, staff): (&str, &str),
    marks: Marks,
) -> Result<ScoreAnswer, PracticalError> {
    let ticket = who.ticket.clone();
    let opened = open(conn, sealer, who)?;
    let sheet = sheet_of(&opened, part)?.clone();
    may_mark(conn, &opened, part, staff)?;
    let marks = ExaminerSheet::new(&sheet, marks)?;
    let scored = scored(&ticket, part, staff, &sheet, &marks);
    append(conn, &opened, now, actor, Fact::PracticalScored(scored))?;
    let states = end_when_complete(conn, &opened, now, actor)?;
    let state = states.iter().find(|(s, _)| s.part() == sheet.part()).map_or("", |(_, state)| state.word());
    Ok(ScoreAnswer { state: state.to_owned() })
}

/// Settles a part on which the two examiners disagree.
///
/// # Errors
/// [`PracticalError`]: not the session's lead examiner, nothing to settle.
pub fn settle(
    app: &App,
    person: &Person,
    ticket: &str,
    order: &SettleOrder,
    once: Option<Once>,
) -> Result<Settled, PracticalError> {
    let now = app.clock.now();
    if order.points > SHEET_POINTS {
        return Err(PracticalError::Field { field: "points", why: format!("0 to {SHEET_POINTS}") });
    }
    let reason = order.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > MAX_TEXT {
        return Err(PracticalError::Field { field: "reason", why: format!("1 to {MAX_TEXT} characters") });
    }
    let (person, sealer, ticket) = (person.clone(), app.sealer.clone(), ticket.to_owned());
    let (part, points, veto) = (order.part.clone(), order.points, order.veto);
    app.write_once(once, move |conn| {
        let who = candidate(conn, &ticket)?;
        let examiner = examining(conn, &person, &who.session, now)?;
        if !examiner.leads {
            return Err(PracticalError::NoDuty(who.session));
        }
        let opened = open(conn, &sealer, who)?;
        let part_of = sheet_of(&opened, &part)?.part();
        let states = states(conn, &opened)?;
        if !states.iter().any(|(s, state)| s.part() == part_of && *state == PartState::NeedsLead) {
            return Err(PracticalError::NothingToSettle(part));
        }
        let fact = PracticalSettled { ticket, part, lead: examiner.staff, points, veto, reason };
        let actor = Actor::Account(person.account);
        append(conn, &opened, now, &actor, Fact::PracticalSettled(fact))?;
        end_when_complete(conn, &opened, now, &actor)?;
        Ok(Settled {})
    })
}

fn sheet_of<'a>(opened: &'a Opened, part: &str) -> Result<&'a Sheet, PracticalError> {
    let found = opened.sheets.iter().find(|s| s.part().word() == part);
    found.ok_or_else(|| PracticalError::Field {
        field: "part",
        why: "one of the parts drawn, K1 to K4".to_owned(),
    })
}

/// The first two examiners mark a part, each once.
fn may_mark(conn: &mut Conn, opened: &Opened, part: &str, staff: &str) -> Result<(), PracticalError> {
    if opened.candidate.outcome != "theory_passed" {
        return Err(PracticalError::AlreadyScored("the practical is complete"));
    }
    let scores = rows::scores(conn, &opened.candidate.ticket)?;
    let there = of_part(&scores, &opened.candidate.ticket, part);
    if there.iter().any(|s| s.examiner == staff) {
        return Err(PracticalError::AlreadyScored("this examiner has marked this part"));
    }
    if there.len() >= 2 {
        return Err(PracticalError::AlreadyScored("two examiners have marked this part"));
    }
    Ok(())
}

fn scored(ticket: &str, part: &str, staff: &str, sheet: &Sheet, marks: &ExaminerSheet) -> PracticalScored {
    PracticalScored {
        ticket: ticket.to_owned(),
        part: part.to_owned(),
        sheet: sheet.code().to_string(),
        examiner: staff.to_owned(),
        points: marks.marks().points.iter().map(|(code, points)| (code.clone(), *points)).collect(),
        vetoes: marks.marks().failed.iter().cloned().collect(),
    }
}

fn append(
    conn: &mut Conn,
    opened: &Opened,
    now: Instant,
    actor: &Actor,
    fact: Fact,
) -> Result<(), PracticalError> {
    let event = Event::new(now, actor.clone(), fact).under(&opened.session.rule_set);
    events::append(conn, &event)?;
    Ok(())
}

fn states<'a>(conn: &mut Conn, opened: &'a Opened) -> Result<Vec<(&'a Sheet, PartState)>, PracticalError> {
    let ticket = &opened.candidate.ticket;
    let scores = rows::scores(conn, ticket)?;
    let settlements = rows::settlements(conn, ticket)?;
    let state = |sheet: &'a Sheet| {
        let part = sheet.part().word();
        let by_lead = settlements.iter().find(|s| s.part == part);
        Ok((sheet, part_state(sheet, &of_part(&scores, ticket, part), by_lead, &opened.rules)?))
    };
    opened.sheets.iter().map(state).collect()
}

/// Ends the practical once all four parts are agreed or settled; answers how the parts stand.
fn end_when_complete<'a>(
    conn: &mut Conn,
    opened: &'a Opened,
    now: Instant,
    actor: &Actor,
) -> Result<Vec<(&'a Sheet, PartState)>, PracticalError> {
    let states = states(conn, opened)?;
    let decided = states.iter().map(|(_, state)| match state {
        PartState::Agreed(outcome) | PartState::Settled(outcome) => Some(outcome.clone()),
        PartState::Open | PartState::WaitingForSecond | PartState::NeedsLead => None,
    });
    let Some(decided) = decided.collect::<Option<Vec<SheetOutcome>>>() else { return Ok(states) };
    let four: [SheetOutcome; 4] =
        decided.try_into().map_err(|_| DbError::corrupt("sheets", "a practical has four parts"))?;
    let trade = TradeId::parse(&opened.session.trade).map_err(|e| DbError::corrupt("session", e))?;
    let weights = opened.rules.weights(&trade).ok_or_else(|| DbError::corrupt("rule set", "no weights"))?;
    let result =
        outcome(&four, &weights.k, opened.rules.pass_mark).map_err(|e| DbError::corrupt("score", e))?;
    let ended = PracticalEnded {
        ticket: opened.candidate.ticket.clone(),
        hundredths: result.hundredths,
        veto: !result.vetoed.is_empty(),
        passed: result.passed,
    };
    append(conn, opened, now, actor, Fact::PracticalEnded(ended))?;
    Ok(states)
}
