//! The mock examination: a paper by the blueprint of the trade, drawn from a seed; nobody keeps it but the browser.

use super::{PracticeError, Practised, newest, practised};
use crate::app::App;
use crate::app::theory::paper::{SetKey, compose, mark, right_letters};
use crate::app::theory::{GivenAnswer, Score, ShownPaper};
use crate::app::world::rule_set_for;
use crate::db::{Conn, DbError, banks as tables, world};
use crate::entropy::random;
use crate::event::{PaperItemRecord, PaperRecord, QuestionBody};
use crate::seal::Sealer;
use serde::{Deserialize, Serialize};
use shared::bank::{Answer, Question, QuestionType};
use shared::draw::chacha::Seed;
use shared::ids::{QuestionId, TradeId};
use shared::paper::{PaperQuestion, Pool, assemble, shuffle_paper, within};
use shared::rules::{Blueprint, TheoryRules};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Most answers that are looked at.
const MOST_ANSWERS: usize = 1_000;

/// A mock examination. What is right is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mock {
    /// Bank from which it was drawn; it comes back with the answers.
    pub bank: String,
    /// Seed by which it was drawn, 64 hexadecimal digits; it comes back with the answers.
    pub seed: String,
    /// Minutes for it, by the rules.
    pub minutes: u32,
    /// Points that are needed.
    pub needed: u32,
    /// Questions of a paper in the examination; the bank for practising may not have as many.
    pub usual: u32,
    /// The paper.
    pub paper: ShownPaper,
}

/// A mock examination is handed in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MockOrder {
    /// Bank from which it was drawn.
    pub bank: String,
    /// Seed by which it was drawn.
    pub seed: String,
    /// Answers, by the positions and letters that were shown.
    pub answers: Vec<GivenAnswer>,
}

/// What a mock examination was worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MockResult {
    /// Questions answered.
    pub answered: u32,
    /// The score, as it is told at the seat.
    pub score: Score,
    /// What is right at each position of the paper.
    pub reviewed: Vec<Reviewed>,
}

/// What is right at a position of a mock paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reviewed {
    /// Position from 1.
    pub position: u32,
    /// Question id.
    pub id: String,
    /// Letters that are right, as shown.
    pub right: String,
    /// Why; empty where the bank does not say so.
    pub reason: String,
}

/// How much a mock examination of a trade is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// Chinese name of the trade.
    pub name_zh: String,
    /// English name of the trade.
    pub name_en: String,
    /// Questions.
    pub questions: u32,
    /// Questions of a paper in the examination; the bank for practising may not have as many.
    pub usual: u32,
    /// Minutes for it, by the rules.
    pub minutes: u32,
    /// Points that are needed.
    pub needed: u32,
    /// Points of the whole paper.
    pub total: u32,
}

/// A mock paper and all that belongs to it.
struct Drawn {
    rules: TheoryRules,
    usual: u32,
    paper: PaperRecord,
    questions: HashMap<String, Question>,
}

/// How much a mock examination of a trade is, before it is drawn.
///
/// # Errors
/// As [`mock`].
pub fn extent(app: &App, trade: &str) -> Result<Extent, PracticeError> {
    let today = app.clock.now().date_in_china();
    app.db.read(|conn| {
        let bank = newest(conn, trade)?;
        let known =
            world::trade_record(conn, trade)?.ok_or_else(|| PracticeError::Unknown(trade.to_owned()))?;
        let rules = rule_set_for(conn, None, today)?.theory;
        let blueprint = blueprint(&rules, trade)?;
        let questions = count(&within(&pool(&practised(conn, &app.sealer, &bank)?)?, &blueprint));
        let total = questions.saturating_mul(blueprint.points);
        Ok(Extent {
            name_zh: known.name_zh,
            name_en: known.name_en,
            questions,
            usual: count(&blueprint),
            minutes: rules.minutes,
            needed: needed(&rules, total),
            total,
        })
    })
}

/// Draws a mock examination.
///
/// # Errors
/// [`PracticeError::Unknown`] if the trade has no questions for practising.
pub fn mock(app: &App, trade: &str) -> Result<Mock, PracticeError> {
    let seed = Seed(random()?);
    let today = app.clock.now().date_in_china();
    let (bank, drawn) = app.db.read(|conn| {
        let bank = newest(conn, trade)?;
        let rules = rule_set_for(conn, None, today)?.theory;
        let drawn = draw(conn, &app.sealer, (trade, &bank), rules, seed)?;
        Ok::<_, PracticeError>((bank, drawn))
    })?;
    let Drawn { rules, usual, paper, questions } = drawn;
    let shown = compose(&paper, |id| {
        let question = questions.get(id).ok_or_else(|| DbError::corrupt("paper", id))?;
        Ok((question.kind().word().to_owned(), QuestionBody::of(question)))
    })?;
    let size = u32::try_from(paper.items.len()).unwrap_or(u32::MAX);
    let needed = needed(&rules, size.saturating_mul(paper.points));
    Ok(Mock { bank, seed: seed.hex(), minutes: rules.minutes, needed, usual, paper: shown })
}

/// Tells what a mock examination was worth, and what is right. Nothing is kept.
///
/// # Errors
/// [`PracticeError::Order`] if what is handed in is no mock examination of the trade.
pub fn hand_in(app: &App, trade: &str, order: &MockOrder) -> Result<MockResult, PracticeError> {
    if order.answers.len() > MOST_ANSWERS {
        return Err(PracticeError::Order("answers: one for each question of the paper"));
    }
    let mut seed = [0; 32];
    hex::decode_to_slice(&order.seed, &mut seed)
        .map_err(|_| PracticeError::Order("seed: 64 hexadecimal digits"))?;
    let today = app.clock.now().date_in_china();
    let drawn = app.db.read(|conn| {
        let bank = tables::bank(conn, &order.bank)?.filter(|bank| bank.practice && bank.trade == trade);
        let bank = bank.ok_or_else(|| PracticeError::Unknown(trade.to_owned()))?;
        let rules = rule_set_for(conn, None, today)?.theory;
        draw(conn, &app.sealer, (trade, &bank.id), rules, Seed(seed))
    })?;
    let Drawn { rules, paper, questions, .. } = drawn;
    let key = SetKey::new(questions.iter().map(key_of));
    let (score, missed) = mark(&paper, &key, &order.answers)?;
    let passed = rules.mark().is_reached(score.points, score.total);
    let reviewed = (1..).zip(&paper.items).filter_map(|(position, item)| {
        let question = questions.get(&item.question)?;
        let right = right_letters(&question.answer().into(), item);
        Some(Reviewed { position, id: item.question.clone(), right, reason: question.reason().to_owned() })
    });
    let reviewed = reviewed.collect();
    let (points, total) = (score.points, score.total);
    let told = Score { points, total, passed, practical_follows: false, missed };
    Ok(MockResult { answered: score.answered, score: told, reviewed })
}

fn key_of((id, question): (&String, &Question)) -> (String, Answer, String) {
    (id.clone(), question.answer(), question.subject().to_owned())
}

/// Points that are needed of a whole of `total`: as large a part as the rules ask of theirs, a part of a point counted as
/// one.
fn needed(rules: &TheoryRules, total: u32) -> u32 {
    let scaled = u64::from(rules.pass_mark).saturating_mul(u64::from(total));
    u32::try_from(scaled.div_ceil(u64::from(rules.total.max(1)))).unwrap_or(u32::MAX)
}

fn blueprint(rules: &TheoryRules, trade: &str) -> Result<Blueprint, PracticeError> {
    let id = TradeId::parse(trade).map_err(|e| DbError::corrupt("trade", e))?;
    rules.blueprint(&id).ok_or_else(|| PracticeError::Unknown(trade.to_owned()))
}

const fn count(blueprint: &Blueprint) -> u32 {
    blueprint.true_false.saturating_add(blueprint.single).saturating_add(blueprint.multiple)
}

/// Draws a paper from a bank: the questions as for a set of one, their order and that of the options as for a candidate.
fn draw(
    conn: &mut Conn,
    sealer: &Sealer,
    (trade, bank): (&str, &str),
    rules: TheoryRules,
    seed: Seed,
) -> Result<Drawn, PracticeError> {
    let questions = practised(conn, sealer, bank)?;
    let blueprint = blueprint(&rules, trade)?;
    let pool = pool(&questions)?;
    let taken = assemble(&pool, &within(&pool, &blueprint), 1, seed.seed_for("questions"))?;
    let taken: Vec<String> = taken.into_iter().flatten().map(|id| id.to_string()).collect();
    let questions: HashMap<String, Question> = questions.into_iter().collect();
    let facts: Vec<PaperQuestion> = taken.iter().filter_map(|id| questions.get(id)).map(facts).collect();
    let items = shuffle_paper(&facts, seed.seed_for("paper")).into_iter().filter_map(|item| {
        Some(PaperItemRecord { question: taken.get(item.question)?.clone(), options: item.options })
    });
    let paper =
        PaperRecord { set: String::new(), number: 0, points: blueprint.points, items: items.collect() };
    let usual = count(&blueprint);
    Ok(Drawn { rules, usual, paper, questions })
}

fn pool(questions: &[Practised]) -> Result<Pool, PracticeError> {
    let mut pool = Pool::default();
    for (id, question) in questions {
        let id = QuestionId::parse(id).map_err(|e| DbError::corrupt("question", e))?;
        match question.kind() {
            QuestionType::TrueFalse => pool.true_false.push(id),
            QuestionType::Single => pool.single.push(id),
            QuestionType::Multiple => pool.multiple.push(id),
        }
    }
    Ok(pool)
}

fn facts(question: &Question) -> PaperQuestion {
    let block = match question.kind() {
        QuestionType::TrueFalse => 0,
        QuestionType::Single => 1,
        QuestionType::Multiple => 2,
    };
    let options_stay = question.kind() == QuestionType::TrueFalse;
    PaperQuestion { block, options: question.choices().len(), options_stay }
}
