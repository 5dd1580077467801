//! Question sets: drawn from a bank by the blueprint of the rules, looked over by a second person, then in force.

use super::App;
use super::auth::Person;
use super::ceremony::{Hall, HoldError};
use super::draws::{RunError, hash_of};
use super::once::{Once, OnceError};
use super::practice::apart::{ApartError, practised};
use super::world::{WorldError, rule_set_for};
use crate::db::{Conn, DbError, banks as tables, events, world};
use crate::entropy::NoEntropy;
use crate::event::{Actor, Event, Fact, QuestionBody, SetRecord, SetsAssembled, SetsPublished};
use crate::seal::{SealError, Sealer};
use serde::{Deserialize, Serialize};
use shared::bank::QuestionType;
use shared::draw::ceremony::Stage;
use shared::ids::{IdError, QuestionId, TradeId};
use shared::paper::{AssembleError, Tagged, in_proportion, stocks};
use shared::rules::{Blueprint, RuleSet, TheoryRules};
use shared::time::Instant;
use shared::wire::transcript::{BuildError, InputError, Purpose, QuestionSetsInput};
use thiserror::Error;

/// Until sets are superseded their transcript would tell who sits which question: 9999-12-31, epoch milliseconds.
const NOT_BEFORE_SUPERSEDED: i64 = 253_402_214_400_000;

/// From which bank, and under which rules.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetsOrder {
    /// Bank id.
    pub bank: String,
    /// Rule set, `place@version`; left out: the national rules in force today.
    pub rule_set: Option<String>,
}

/// The sets that were drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SetsAnswer {
    /// Draw id.
    pub draw: String,
    /// The sets.
    pub sets: Vec<SetAnswer>,
}

/// One set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SetAnswer {
    /// Set id.
    pub id: String,
    /// Number from 1.
    pub number: u32,
    /// Questions in it.
    pub questions: usize,
}

/// How many sets came into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublishAnswer {
    /// Sets in force for the trade.
    pub in_force: usize,
}

/// A set in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SetView {
    /// Set id.
    pub id: String,
    /// Number from 1.
    pub number: i32,
    /// `assembled`, `in_force` or `superseded`.
    pub state: String,
    /// Draw by which it was put together.
    pub draw: String,
    /// Bank id.
    pub bank: String,
    /// Questions in it.
    pub questions: usize,
    /// Points of each question.
    pub points: i32,
}

/// Why no sets were assembled or published. Nothing was changed.
#[derive(Debug, Error)]
pub enum SetsError {
    /// No such trade.
    #[error("there is no trade '{0}'")]
    TradeUnknown(String),
    /// The trade has no such bank.
    #[error("the trade has no bank '{0}'")]
    BankUnknown(String),
    /// The bank does not have what a set needs.
    #[error("{0}")]
    BankTooSmall(AssembleError),
    /// The rules have no blueprint for the trade.
    #[error("the rule set has no blueprint for trade '{0}'")]
    NoBlueprint(String),
    /// No sets of this draw.
    #[error("the trade has no sets of draw '{0}'")]
    SetsUnknown(String),
    /// They are in force or were superseded.
    #[error("the sets of this draw are {0}, not waiting for publication")]
    State(String),
    /// Who assembled may not publish.
    #[error("who assembled the sets may not publish them")]
    SecondPersonNeeded,
    /// So many of their questions are practised by everybody.
    #[error("{0}")]
    Practised(usize),
    /// It cannot be said whether questions of them are practised.
    #[error(transparent)]
    Apart(#[from] ApartError),
    /// Rule set.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The draw could not be run.
    #[error("the draw cannot be run: {0}")]
    Draw(BuildError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// The ceremony of the draw.
    #[error(transparent)]
    Hold(#[from] HoldError),
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

crate::refusal!(SetsError {
    Self::TradeUnknown(_) => "trade-unknown",
    Self::BankUnknown(_) => "bank-unknown",
    Self::BankTooSmall(_) => "bank-too-small",
    Self::SetsUnknown(_) => "sets-unknown",
    Self::State(_) => "sets-state",
    Self::SecondPersonNeeded => "second-person-needed",
    Self::Practised(_) => "sets-practised",
    Self::World(WorldError::RuleSetUnknown(_)) => "rule-set-unknown",
    Self::World(WorldError::NoneInForce(_)) => "rule-set-not-in-force",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::World(_) | Self::NoBlueprint(_) | Self::Draw(_) | Self::Hold(_) | Self::Db(_) | Self::Seal(_) | Self::Entropy(_)
        | Self::Apart(_)
        => "unavailable",
});

/// Draws the question sets of a trade from a bank.
///
/// # Errors
/// [`SetsError`] if the bank is not there or too small.
pub fn assemble(
    app: &App,
    person: &Person,
    trade: &str,
    order: SetsOrder,
    once: Option<Once>,
) -> Result<SetsAnswer, SetsError> {
    assemble_as(app, Actor::Account(person.account.clone()), trade, order, once)
}

/// As [`assemble`], by whoever it is.
///
/// # Errors
/// As [`assemble`].
pub fn assemble_as(
    app: &App,
    actor: Actor,
    trade: &str,
    order: SetsOrder,
    once: Option<Once>,
) -> Result<SetsAnswer, SetsError> {
    let trade = trade.to_owned();
    let hall = Hall::of(app, actor);
    app.write_once(once, move |conn| {
        let plan = plan(conn, &hall.sealer, &trade, &order, hall.at)?;
        let ceremony = hall.alone(conn, Stage::QuestionSets, &trade)?;
        let hashes = vec![hash_of(&plan.input).map_err(SetsError::Draw)?];
        let frozen = ceremony.freeze(conn, &hall, Vec::new(), (hashes, &plan.input))?;
        let draws = frozen.draws(conn, &hall, trade.clone(), plan.rules.id.clone())?;
        let until = Instant::from_millis(NOT_BEFORE_SUPERSEDED);
        let run = draws.run(conn, plan.input.clone(), until)?;
        let (assembled, answer) = records(&hall.sealer, &trade, &order.bank, &plan, &run.drawn)?;
        for fact in [Fact::DrawMade(run.made), Fact::SetsAssembled(assembled)] {
            let event = Event::new(hall.at, hall.actor.clone(), fact).under(plan.rules.id.as_str());
            events::append(conn, &event)?;
        }
        // The next draw from this bank has its secret from now on.
        hall.open(conn, Stage::QuestionSets, &trade)?;
        Ok(answer)
    })
}

/// Puts the sets of a draw into force, in place of those before.
///
/// # Errors
/// [`SetsError`]; whoever assembled them is refused, and so are sets of which a question is practised.
pub fn publish(
    app: &App,
    person: &Person,
    trade: &str,
    draw: &str,
    once: Option<Once>,
) -> Result<PublishAnswer, SetsError> {
    publish_as(app, Actor::Account(person.account.clone()), trade, draw, once)
}

/// As [`publish`], by whoever it is.
///
/// # Errors
/// As [`publish`].
pub fn publish_as(
    app: &App,
    actor: Actor,
    trade: &str,
    draw: &str,
    once: Option<Once>,
) -> Result<PublishAnswer, SetsError> {
    let (trade, draw, at, sealer) = (trade.to_owned(), draw.to_owned(), app.clock.now(), app.sealer.clone());
    app.write_once(once, move |conn| {
        let sets = tables::sets_by_draw(conn, &trade, &draw)?;
        let Some(first) = sets.first() else { return Err(SetsError::SetsUnknown(draw)) };
        if first.state != "assembled" {
            return Err(SetsError::State(first.state.clone()));
        }
        if first.assembled_by == actor.text() {
            return Err(SetsError::SecondPersonNeeded);
        }
        match practised(conn, &sealer, &sets)? {
            0 => {}
            count => return Err(SetsError::Practised(count)),
        }
        let in_force = sets.len();
        events::append(conn, &Event::new(at, actor, Fact::SetsPublished(SetsPublished { trade, draw })))?;
        Ok(PublishAnswer { in_force })
    })
}

/// The sets of a trade, the newest last.
///
/// # Errors
/// [`SetsError::TradeUnknown`], [`SetsError::Db`] or [`SetsError::Seal`].
pub fn sets(app: &App, trade: &str) -> Result<Vec<SetView>, SetsError> {
    let rows = app.db.read(|conn| {
        known_trade(conn, trade)?;
        Ok::<_, SetsError>(tables::sets_of(conn, trade)?)
    })?;
    let views = rows.into_iter().map(|row| {
        let questions = app.sealer.open("set.questions", &crate::event::Sealed(row.questions))?;
        let questions: Vec<String> = world::json("question set", &questions)?;
        Ok(SetView {
            id: row.id,
            number: row.number,
            state: row.state,
            draw: row.draw,
            bank: row.bank,
            questions: questions.len(),
            points: row.points,
        })
    });
    views.collect()
}

/// All that a draw of question sets follows from but the secret.
struct Plan {
    rules: RuleSet,
    draw: String,
    /// Number of this draw for the trade, from 1.
    number: i64,
    points: u32,
    input: QuestionSetsInput,
}

fn plan(
    conn: &mut Conn,
    sealer: &Sealer,
    trade: &str,
    order: &SetsOrder,
    at: Instant,
) -> Result<Plan, SetsError> {
    known_trade(conn, trade)?;
    let bank = tables::bank(conn, &order.bank)?.filter(|b| b.trade == trade && !b.practice);
    let bank = bank.ok_or_else(|| SetsError::BankUnknown(order.bank.clone()))?;
    let wanted = order.rule_set.as_deref().map(str::trim).filter(|id| !id.is_empty());
    let rules = rule_set_for(conn, wanted, at.date_in_china())?;
    let id = TradeId::parse(trade).map_err(|e: IdError| DbError::corrupt("trade", e))?;
    let blueprint = rules.theory.blueprint(&id).ok_or_else(|| SetsError::NoBlueprint(trade.to_owned()))?;
    let number = tables::next_draw_number(conn, trade, QuestionSetsInput::WORD)?;
    Ok(Plan {
        draw: format!("{trade}-{}-{number}", QuestionSetsInput::WORD),
        number,
        points: blueprint.points,
        input: input(conn, sealer, &bank.id, (&rules.theory, &id, &blueprint))?,
        rules,
    })
}

/// What the sets are drawn from: the shares that the rules ask for; else shares in proportion to the bank, so that the
/// sets are parallel; by types alone where nothing more is known of the questions.
fn input(
    conn: &mut Conn,
    sealer: &Sealer,
    bank: &str,
    (rules, trade, blueprint): (&TheoryRules, &TradeId, &Blueprint),
) -> Result<QuestionSetsInput, SetsError> {
    let pool = tables::pool(conn, bank)?;
    let plain = QuestionSetsInput::new(&pool, blueprint, rules.sets);
    let enough = |needed: u32, held: &[QuestionId]| usize::try_from(needed).is_ok_and(|n| n <= held.len());
    let suffices = enough(blueprint.true_false, &pool.true_false)
        && enough(blueprint.single, &pool.single)
        && enough(blueprint.multiple, &pool.multiple);
    if !suffices {
        return Ok(plain);
    }
    let tagged = tagged(sealer, tables::questions_of(conn, bank)?)?;
    let mut shares = rules.shares(trade);
    if shares.is_empty() {
        shares = in_proportion(&tagged, blueprint, rules.sets);
    }
    if shares.iter().all(|share| share.subject.is_none() && share.difficulty.is_none()) {
        return Ok(plain);
    }
    Ok(QuestionSetsInput::by_shares(&stocks(&tagged, &shares), blueprint.points, rules.sets))
}

/// The questions that may be asked, with subject and difficulty.
fn tagged(sealer: &Sealer, rows: Vec<tables::StoredQuestion>) -> Result<Vec<Tagged>, SetsError> {
    let usable = rows.into_iter().filter(|row| row.usable);
    let tagged = usable.map(|row| {
        let text = sealer.open("question.body", &crate::event::Sealed(row.body))?;
        let body: QuestionBody = world::json("question", &text)?;
        Ok(Tagged {
            id: QuestionId::parse(&row.id).map_err(|e| DbError::corrupt("question", e))?,
            kind: QuestionType::from_word(&row.kind).ok_or_else(|| DbError::corrupt("question", row.kind))?,
            subject: body.subject,
            difficulty: body.difficulty.unwrap_or(0),
        })
    });
    tagged.collect()
}

fn records(
    sealer: &Sealer,
    trade: &str,
    bank: &str,
    plan: &Plan,
    drawn: &[Vec<QuestionId>],
) -> Result<(SetsAssembled, SetsAnswer), SetsError> {
    let (mut sets, mut answers) = (Vec::new(), Vec::new());
    for (number, questions) in (1..).zip(drawn) {
        let id = format!("{trade}-set-{}-{number}", plan.number);
        let texts: Vec<&str> = questions.iter().map(QuestionId::as_str).collect();
        let text = serde_json::to_string(&texts).map_err(|e| DbError::corrupt("question set", e))?;
        sets.push(SetRecord { id: id.clone(), number, questions: sealer.seal("set.questions", &text)? });
        answers.push(SetAnswer { id, number, questions: questions.len() });
    }
    let assembled = SetsAssembled {
        trade: trade.to_owned(),
        bank: bank.to_owned(),
        draw: plan.draw.clone(),
        points: plan.points,
        sets,
    };
    Ok((assembled, SetsAnswer { draw: plan.draw.clone(), sets: answers }))
}

fn known_trade(conn: &mut Conn, trade: &str) -> Result<(), SetsError> {
    let found = world::trade_record(conn, trade)?;
    found.map(|_| ()).ok_or_else(|| SetsError::TradeUnknown(trade.to_owned()))
}

impl From<RunError> for SetsError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Build(BuildError::Input(InputError::Assemble(short))) => Self::BankTooSmall(short),
            RunError::Build(other) => Self::Draw(other),
            RunError::Db(e) => Self::Db(e),
            RunError::Seal(e) => Self::Seal(e),
        }
    }
}
