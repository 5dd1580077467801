//! Proposing a key, deciding about it, and deciding what becomes of a pass that is none by it.

use super::plan::{Plan, plan};
use super::{RegradeError, reason};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::once::Once;
use crate::app::opening;
use crate::app::questions;
use crate::app::theory::corrected_keys;
use crate::db::banks::{self as tables, BankRow, StoredQuestion};
use crate::db::regrade::{self as rows, CorrectionRow};
use crate::db::{Conn, events, world};
use crate::entropy::new_id;
use crate::event::{Actor, Event, Fact, KeyCorrected, KeyProposed, KeyRefused, RegradeSettled, Sealed};
use crate::seal::Sealer;
use serde::{Deserialize, Serialize};
use shared::bank::{QuestionType, Right};
use utoipa::ToSchema;

/// How often a plan is made anew because papers have ended meanwhile.
const TRIES: usize = 5;

/// What is to count for a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyOrder {
    /// The right letters by the options of the bank, like `A` or `ACD`; `A/C` where either counts; `any` where every answer
    /// does; `void` where everybody gets the points.
    pub right: String,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What the second person says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideOrder {
    /// Whether the key counts from now on.
    pub approve: bool,
}

/// A correction after it was proposed or decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decided {
    /// Its id.
    pub correction: String,
    /// `proposed`, `approved` or `refused`.
    pub state: String,
    /// Graded papers that ask the question.
    pub papers: u32,
    /// Those of them whose points changed.
    pub changed: u32,
}

/// What becomes of a pass that is none by the corrected key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleOrder {
    /// Whether the pass stands.
    pub stands: bool,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// It was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settled {
    /// `stands` or `falls`.
    pub decision: String,
    /// The certificate that was issued; it is not revoked by this.
    pub certificate: Option<String>,
}

/// Proposes what is to count for a question of published sets.
///
/// # Errors
/// [`RegradeError`]: no published set asks it, it is no key for it or counts already, another correction waits.
pub fn propose(
    app: &App,
    person: &Person,
    (bank, question): (&str, &str),
    order: &KeyOrder,
    once: Option<Once>,
) -> Result<Decided, RegradeError> {
    let why = reason(&order.reason)?;
    let wanted = order.right.trim();
    let right = Right::parse(wanted).map_err(|_| RegradeError::Answer(wanted.to_owned()))?;
    let fact = KeyProposed {
        correction: new_id("K")?,
        bank: bank.to_owned(),
        question: question.to_owned(),
        right: app.sealer.seal("question.key", &right.to_string())?,
        reason: app.sealer.seal("question.key.reason", &why)?,
    };
    let event = app.event(&Actor::Account(person.account.clone()), Fact::KeyProposed(fact.clone()));
    let sealer = app.sealer.clone();
    app.write_once(once, move |conn| {
        let (found, stored) = asked(conn, &sealer, (&fact.bank, &fact.question))?;
        let question = questions::opened(&sealer, &stored)?;
        if !right.fits(question.choices().len(), question.kind() == QuestionType::Multiple) {
            return Err(RegradeError::Answer(right.to_string()));
        }
        let counts = counting(conn, &sealer, &found.id, &fact.question)?;
        if counts.unwrap_or(Right::One(question.answer())) == right {
            return Err(RegradeError::Same);
        }
        let waits = rows::corrections(conn)?
            .into_iter()
            .find(|row| row.state == "proposed" && row.bank == fact.bank && row.question == fact.question);
        if let Some(waits) = waits {
            return Err(RegradeError::Waits(waits.id));
        }
        events::append(conn, &event)?;
        Ok(Decided { correction: fact.correction, state: "proposed".to_owned(), papers: 0, changed: 0 })
    })
}

/// Approves a key that somebody else proposed, and grades every paper again that was graded by the one before, all in one
/// transaction; or refuses it. Whoever proposed it may refuse it, but not approve it.
///
/// # Errors
/// [`RegradeError::Own`]; [`RegradeError::State`] if it was decided already: doing it twice changes nothing.
pub fn decide(
    app: &App,
    person: &Person,
    correction: &str,
    order: &DecideOrder,
    once: Option<Once>,
) -> Result<Decided, RegradeError> {
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match decide_once(app, person, correction, order, once.clone()) {
            // Papers that ended since the plan was made are in the next one.
            Err(RegradeError::Moving) if tries > 0 => {}
            other => return other,
        }
    }
}

fn decide_once(
    app: &App,
    person: &Person,
    correction: &str,
    order: &DecideOrder,
    once: Option<Once>,
) -> Result<Decided, RegradeError> {
    let actor = Actor::Account(person.account.clone());
    // The papers are opened before the one writer is asked for anything.
    let (trade, planned) = app.db.read(|conn| {
        let row = waiting(conn, correction, &actor, order.approve);
        let row = match row {
            // A repeated request has its first answer, which the write below finds.
            Err(RegradeError::State(_)) if once.is_some() => return Ok((String::new(), None)),
            other => other?,
        };
        if !order.approve {
            return Ok((String::new(), None));
        }
        let bank = bank(conn, &row.bank)?;
        let right = key_of(&app.sealer, &row)?;
        let planned = plan(conn, app, (&bank.trade, &bank.id, &row.question), &right)?;
        Ok::<_, RegradeError>((bank.trade, Some(planned)))
    })?;
    let (at, id, approve) = (app.clock.now(), correction.to_owned(), order.approve);
    app.write_once(once, move |conn| {
        let row = waiting(conn, &id, &actor, approve)?;
        let Some(planned) = planned.filter(|_| approve) else {
            let refused = KeyRefused { correction: id.clone(), bank: row.bank, question: row.question };
            events::append(conn, &Event::new(at, actor, Fact::KeyRefused(refused)))?;
            return Ok(Decided { correction: id, state: "refused".to_owned(), papers: 0, changed: 0 });
        };
        if !planned.is_current(conn, &trade)? {
            return Err(RegradeError::Moving);
        }
        let changed = u32::try_from(planned.changes.len()).unwrap_or(u32::MAX);
        let Plan { papers, changes, sets, .. } = planned;
        opening::record(conn, (&actor, at), sets, None, opening::REGRADING)?;
        let fact = KeyCorrected {
            correction: id.clone(),
            bank: row.bank,
            question: row.question,
            right: Sealed(row.right_key),
            papers,
            changed,
        };
        events::append(conn, &Event::new(at, actor.clone(), Fact::KeyCorrected(fact)))?;
        for planned in &changes {
            let fact = Fact::PaperRegraded(planned.fact(&id));
            events::append(conn, &Event::new(at, actor.clone(), fact).under(&planned.rule_set))?;
        }
        Ok(Decided { correction: id, state: "approved".to_owned(), papers, changed })
    })
}

/// Decides whether a pass stands that is none by the corrected key. A certificate is not touched by it: its revocation is
/// a decision of the authority with a hearing of its own.
///
/// # Errors
/// [`RegradeError::NothingToDecide`].
pub fn settle(
    app: &App,
    person: &Person,
    (correction, ticket): (&str, &str),
    order: &SettleOrder,
    once: Option<Once>,
) -> Result<Settled, RegradeError> {
    let fact = RegradeSettled {
        ticket: ticket.to_owned(),
        correction: correction.to_owned(),
        stands: order.stands,
        reason: reason(&order.reason)?,
    };
    let event = app.event(&Actor::Account(person.account.clone()), Fact::RegradeSettled(fact.clone()));
    app.write_once(once, move |conn| {
        let open = rows::open(conn)?.into_iter().any(|row| {
            row.follows == "decide" && row.ticket == fact.ticket && row.correction == fact.correction
        });
        if !open {
            return Err(RegradeError::NothingToDecide(fact.ticket));
        }
        let built = rows::built(conn, std::slice::from_ref(&fact.ticket))?;
        events::append(conn, &event)?;
        let decision = if fact.stands { "stands" } else { "falls" }.to_owned();
        Ok(Settled { decision, certificate: built.certificates.get(&fact.ticket).cloned() })
    })
}

/// A bank.
pub(super) fn bank(conn: &mut Conn, id: &str) -> Result<BankRow, RegradeError> {
    tables::bank(conn, id)?.ok_or_else(|| RegradeError::BankUnknown(id.to_owned()))
}

/// A question with its bank, if a published set asks it.
fn asked(
    conn: &mut Conn,
    sealer: &Sealer,
    (id, question): (&str, &str),
) -> Result<(BankRow, StoredQuestion), RegradeError> {
    let bank = bank(conn, id)?;
    let unknown = || RegradeError::QuestionUnknown(question.to_owned());
    let stored = tables::question(conn, id, question)?.ok_or_else(unknown)?;
    if is_published(conn, sealer, &bank, question)? {
        Ok((bank, stored))
    } else {
        Err(RegradeError::Unpublished)
    }
}

/// Whether a set that is or was in force asks a question.
pub(super) fn is_published(
    conn: &mut Conn,
    sealer: &Sealer,
    bank: &BankRow,
    question: &str,
) -> Result<bool, RegradeError> {
    let sets = tables::sets_of(conn, &bank.trade)?.into_iter();
    for set in sets.filter(|set| set.bank == bank.id && set.state != "assembled") {
        let text = sealer.open("set.questions", &Sealed(set.questions))?;
        let ids: Vec<String> = world::json("question set", &text)?;
        if ids.iter().any(|id| id == question) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a correction makes count for a question at present; `None` without any.
pub(super) fn counting(
    conn: &mut Conn,
    sealer: &Sealer,
    bank: &str,
    question: &str,
) -> Result<Option<Right>, RegradeError> {
    let mut corrections = corrected_keys(conn, sealer, bank)?.into_iter();
    Ok(corrections.rfind(|(of, _)| of == question).map(|(_, right)| right))
}

/// The key that a correction proposes.
pub(super) fn key_of(sealer: &Sealer, row: &CorrectionRow) -> Result<Right, RegradeError> {
    let text = sealer.open("question.key", &Sealed(row.right_key.clone()))?;
    Right::parse(&text).map_err(|e| crate::db::DbError::corrupt("key", e).into())
}

/// A correction that waits, and about which this person may decide so.
fn waiting(conn: &mut Conn, id: &str, actor: &Actor, approve: bool) -> Result<CorrectionRow, RegradeError> {
    let row = rows::correction(conn, id)?;
    let row = row.ok_or_else(|| RegradeError::CorrectionUnknown(id.to_owned()))?;
    if row.state != "proposed" {
        return Err(RegradeError::State(row.state));
    }
    if approve && row.proposed_by == actor.text() {
        return Err(RegradeError::Own);
    }
    Ok(row)
}
