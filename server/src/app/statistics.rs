//! What the papers that were sat say about the questions and sets of a trade, and whether its sets are equally hard.

use super::App;
use super::auth::Person;
use super::opening;
use super::overview::Named;
use super::questions::{QuestionError, opened};
use super::theory::{TheoryError, answered, corrected_keys};
use super::world::{WorldError, rule_set_for};
use crate::db::statistics::{self as rows, SatPaper};
use crate::db::{Conn, DbError, DbResult, banks as tables, events, regrade, world};
use crate::event::{Actor, Fact, PaperRecord, QuestionsRead, Sealed};
use crate::seal::{SealError, Sealer};
use shared::bank::{Answer, Question, Right};
use shared::regrade::correct;
use shared::statistics::{self, Difference, KeyedQuestion, Outcomes, SetSheets, SetStatistics};
use shared::time::Date;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// Most papers that are looked at, the newest: beyond so many another one changes nothing that can be seen.
pub const MOST_PAPERS: i64 = 4_000;

/// Sets of a draw with what their papers say.
#[derive(Debug, Clone)]
pub struct TradeStatistics {
    /// The trade.
    pub trade: Named,
    /// Draw of the sets.
    pub draw: String,
    /// Bank from which they were drawn.
    pub bank: String,
    /// Draws that there are with their state, the newest first.
    pub draws: Vec<(String, String)>,
    /// Papers of these sets.
    pub papers: usize,
    /// Number of each set with its statistics.
    pub sets: Vec<(u32, SetStatistics)>,
    /// Each set against the others.
    pub drift: Vec<Difference>,
    /// Questions by id.
    pub questions: BTreeMap<String, Question>,
    /// What counts as right for each, with corrections of the key.
    pub keys: BTreeMap<String, Right>,
    /// How often each question was on a paper of any set.
    pub exposure: HashMap<String, usize>,
}

/// Why there are no numbers.
#[derive(Debug, Error)]
pub enum StatisticsError {
    /// No such trade.
    #[error("there is no trade '{0}'")]
    TradeUnknown(String),
    /// The trade has no such sets.
    #[error("the trade has no sets of draw '{0}'")]
    SetsUnknown(String),
    /// Rules.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Papers.
    #[error(transparent)]
    Theory(#[from] TheoryError),
    /// Questions.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
}

crate::refusal!(StatisticsError {
    Self::TradeUnknown(_) => "trade-unknown",
    Self::SetsUnknown(_) => "sets-unknown",
    Self::World(_) | Self::Theory(_) | Self::Question(_) | Self::Db(_) | Self::Seal(_) => "unavailable",
});

/// The sets of a draw as asked for.
struct Sets {
    /// Set id to its number and questions.
    sets: BTreeMap<String, (u32, Vec<String>)>,
    bank: String,
    points: u32,
}

/// What the papers of a trade say about the sets of a draw: of the one that is named, else of those in force, else of
/// the newest. Whoever looks reads questions, so that the look is an event.
///
/// # Errors
/// [`StatisticsError`]: no such trade or draw.
pub fn of_trade(
    app: &App,
    person: &Person,
    trade: &str,
    draw: Option<&str>,
) -> Result<TradeStatistics, StatisticsError> {
    let sealer = &app.sealer;
    let (found, bank, opened) = app.db.read(|conn| {
        let record = world::trade_record(conn, trade)?;
        let record = record.ok_or_else(|| StatisticsError::TradeUnknown(trade.to_owned()))?;
        let draws = draws(conn, trade)?;
        let chosen = choose(&draws, draw).ok_or_else(|| StatisticsError::SetsUnknown(trade.to_owned()))?;
        let sets = sets(conn, sealer, trade, &chosen)?;
        let mut questions = BTreeMap::new();
        for row in tables::all_questions_of(conn, &sets.bank)? {
            if sets.sets.values().any(|(_, ids)| ids.contains(&row.id)) {
                questions.insert(row.id.clone(), opened(sealer, &row)?);
            }
        }
        let mut keys: BTreeMap<String, Right> = questions
            .iter()
            .map(|(id, q): (&String, &Question)| (id.clone(), Right::One(q.answer())))
            .collect();
        correct(&mut keys, corrected_keys(conn, sealer, &sets.bank)?);
        let mut sheets: BTreeMap<String, Vec<Vec<Option<Answer>>>> = BTreeMap::new();
        let mut exposure: HashMap<String, usize> = HashMap::new();
        for sat in rows::papers(conn, trade, MOST_PAPERS)? {
            let paper = paper(sealer, &sat)?;
            for item in &paper.items {
                *exposure.entry(item.question.clone()).or_default() += 1;
            }
            if let Some((_, ids)) = sets.sets.get(&paper.set) {
                let sheet = sheet(conn, sealer, &sat, &paper, ids)?;
                sheets.entry(paper.set.clone()).or_default().push(sheet);
            }
        }
        let trade = Named { id: record.id, zh: record.name_zh, en: record.name_en };
        let percent = pass_percent(conn, app.clock.now().date_in_china())?;
        let papers = sheets.values().map(Vec::len).sum();
        let sets_found = numbers(&sets, &keys, sheets, percent);
        let drift = statistics::drift(&sets_found.iter().map(|(n, s)| outcomes(*n, s)).collect::<Vec<_>>());
        let found = TradeStatistics {
            trade,
            draw: chosen,
            bank: sets.bank.clone(),
            draws,
            papers,
            sets: sets_found,
            drift,
            questions,
            keys,
            exposure,
        };
        let opened: Vec<String> = sets.sets.into_keys().collect();
        Ok::<_, StatisticsError>((found, sets.bank, opened))
    })?;
    let count = u32::try_from(found.questions.len()).unwrap_or(u32::MAX);
    let read = QuestionsRead { bank, what: "statistics".to_owned(), question: None, count };
    let actor = Actor::Account(person.account.clone());
    let event = app.event(&actor, Fact::QuestionsRead(read));
    app.db.write(move |conn| -> DbResult<()> {
        opening::record(conn, (&actor, event.at), opened, None, opening::STATISTICS)?;
        events::append(conn, &event).map(|_| ())
    })?;
    Ok(found)
}

fn draws(conn: &mut Conn, trade: &str) -> DbResult<Vec<(String, String)>> {
    let mut draws: Vec<(String, String)> = Vec::new();
    for set in tables::sets_of(conn, trade)?.into_iter().rev() {
        if draws.last().is_none_or(|(draw, _)| *draw != set.draw) {
            draws.push((set.draw, set.state));
        }
    }
    Ok(draws)
}

fn choose(draws: &[(String, String)], wanted: Option<&str>) -> Option<String> {
    let of = |found: Option<&(String, String)>| found.map(|(draw, _)| draw.clone());
    match wanted {
        Some(wanted) => of(draws.iter().find(|(draw, _)| draw == wanted)),
        None => of(draws.iter().find(|(_, state)| state == "in_force").or_else(|| draws.first())),
    }
}

fn sets(conn: &mut Conn, sealer: &Sealer, trade: &str, draw: &str) -> Result<Sets, StatisticsError> {
    let rows = tables::sets_by_draw(conn, trade, draw)?;
    let first = rows.first().ok_or_else(|| StatisticsError::SetsUnknown(draw.to_owned()))?;
    let (bank, points) = (first.bank.clone(), u32::try_from(first.points).unwrap_or(0));
    let mut sets = BTreeMap::new();
    for row in rows {
        let text = sealer.open("set.questions", &Sealed(row.questions))?;
        let ids: Vec<String> = world::json("question set", &text)?;
        sets.insert(row.id, (u32::try_from(row.number).unwrap_or(0), ids));
    }
    Ok(Sets { sets, bank, points })
}

fn paper(sealer: &Sealer, sat: &SatPaper) -> Result<PaperRecord, StatisticsError> {
    let sealed = sat.candidate.paper.clone().unwrap_or_default();
    Ok(world::json("paper", &sealer.open("paper", &Sealed(sealed))?)?)
}

/// The answers of a paper in the order of its set, with the letters of the bank.
fn sheet(
    conn: &mut Conn,
    sealer: &Sealer,
    sat: &SatPaper,
    paper: &PaperRecord,
    ids: &[String],
) -> Result<Vec<Option<Answer>>, StatisticsError> {
    let mut given: HashMap<&str, Answer> = HashMap::new();
    for (shown, item) in answered(conn, sealer, &sat.candidate)?.iter().zip(&paper.items) {
        let Ok(letters) = Answer::parse(&shown.given) else { continue };
        let bank = letters.indices().map(|at| item.options.get(at).copied()).collect::<Option<Vec<_>>>();
        if let Some(answer) = bank.and_then(Answer::from_indices) {
            given.insert(&item.question, answer);
        }
    }
    Ok(ids.iter().map(|id| given.get(id.as_str()).copied()).collect())
}

fn numbers(
    sets: &Sets,
    keys: &BTreeMap<String, Right>,
    mut sheets: BTreeMap<String, Vec<Vec<Option<Answer>>>>,
    pass_percent: u32,
) -> Vec<(u32, SetStatistics)> {
    let mut found: Vec<(u32, SetStatistics)> = sets
        .sets
        .iter()
        .map(|(set, (number, ids))| {
            let keyed = ids.iter().filter_map(|id| {
                let right = keys.get(id)?.clone();
                Some(KeyedQuestion { question: id.clone(), right, points: sets.points })
            });
            let sheets = sheets.remove(set).unwrap_or_default();
            let of = SetSheets { set: number.to_string(), questions: keyed.collect(), sheets };
            (*number, statistics::of_set(&of, pass_percent))
        })
        .collect();
    found.sort_by_key(|(number, _)| *number);
    found
}

fn outcomes(number: u32, set: &SetStatistics) -> Outcomes {
    let percent = |points: &u64| if set.total == 0 { 0.0 } else { *points as f64 * 100.0 / set.total as f64 };
    Outcomes {
        set: number.to_string(),
        percents: set.points.iter().map(percent).collect(),
        passed: set.passed,
    }
}

/// The pass mark of the national rules in force; a set is judged by one mark, whatever place it was sat at.
fn pass_percent(conn: &mut Conn, day: Date) -> Result<u32, StatisticsError> {
    let rules = rule_set_for(conn, None, day)?.theory;
    Ok(rules.pass_mark.saturating_mul(100) / rules.total.max(1))
}

/// What was found about drift, by trade, with the number of papers that it was found from and the last regrade.
/// And how many have seen each set, with the number of all who have seen one.
#[derive(Clone, Default)]
pub struct Cache(Arc<Mutex<HashMap<String, Found>>>, Arc<Mutex<HashMap<String, Seen>>>);

/// Examinees who have seen a paper, and how many of them each set.
type Seen = (i64, BTreeMap<String, usize>);

/// A trade with sets in force that more have seen than the rules allow.
#[derive(Debug, Clone)]
pub struct Exposed {
    /// The trade.
    pub trade: Named,
    /// Number of each such set, and how many have seen it.
    pub sets: Vec<(i32, usize)>,
    /// How many may have seen one before it should be replaced.
    pub most: u32,
}

/// Papers with the last regrade, and the differences that they show.
type Found = ((i64, i64), Vec<Difference>);

/// Sets in force of a trade whose results differ from those of the others by more than chance allows. Found again only
/// when another paper has ended or was graded again.
///
/// # Errors
/// [`StatisticsError`] without a database.
pub fn drifting(app: &App, conn: &mut Conn, trade: &str) -> Result<Vec<Difference>, StatisticsError> {
    let count = (rows::count(conn, trade)?, regrade::newest_regrade(conn)?);
    let lock = || app.drift.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, found)) = lock().get(trade)
        && *known == count
    {
        return Ok(found.clone());
    }
    let found = differences(conn, &app.sealer, trade)?;
    lock().insert(trade.to_owned(), (count, found.clone()));
    Ok(found)
}

/// As graded, without opening a single answer.
fn differences(conn: &mut Conn, sealer: &Sealer, trade: &str) -> Result<Vec<Difference>, StatisticsError> {
    let in_force = draws(conn, trade)?.into_iter().find(|(_, state)| state == "in_force");
    let Some((draw, _)) = in_force else { return Ok(Vec::new()) };
    let sets = sets(conn, sealer, trade, &draw)?;
    let mut found: BTreeMap<u32, Outcomes> = BTreeMap::new();
    for sat in rows::papers(conn, trade, MOST_PAPERS)? {
        let paper = paper(sealer, &sat)?;
        let Some((number, _)) = sets.sets.get(&paper.set) else { continue };
        let of = found.entry(*number).or_insert_with(|| Outcomes {
            set: number.to_string(),
            percents: Vec::new(),
            passed: 0,
        });
        of.percents.push(f64::from(sat.points) * 100.0 / f64::from(sat.total.max(1)));
        of.passed += usize::from(sat.passed);
    }
    let mut drift = statistics::drift(&found.into_values().collect::<Vec<_>>());
    drift.retain(Difference::is_significant);
    Ok(drift)
}

/// How many examinees have seen each set of a trade, by its id: who sat down in a session that has begun. Counted again only
/// when somebody more has.
///
/// # Errors
/// [`StatisticsError`] without a database.
pub fn seen(app: &App, conn: &mut Conn, trade: &str) -> Result<BTreeMap<String, usize>, StatisticsError> {
    let now = app.clock.now().millis();
    let count = rows::count_seen(conn, trade, now)?;
    let lock = || app.drift.1.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, seen)) = lock().get(trade)
        && *known == count
    {
        return Ok(seen.clone());
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for sealed in rows::seen(conn, trade, now)? {
        let paper: PaperRecord = world::json("paper", &app.sealer.open("paper", &Sealed(sealed))?)?;
        *seen.entry(paper.set).or_default() += 1;
    }
    lock().insert(trade.to_owned(), (count, seen.clone()));
    Ok(seen)
}

/// How many may have seen a set before it should be replaced, by the national rules in force; `None` without any in force.
///
/// # Errors
/// [`StatisticsError`] without a database.
pub fn most_seen(app: &App, conn: &mut Conn) -> Result<Option<u32>, StatisticsError> {
    match rule_set_for(conn, None, app.clock.now().date_in_china()) {
        Ok(rules) => Ok(Some(rules.theory.most_exposure)),
        Err(WorldError::NoneInForce(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Trades with sets in force that more have seen than the rules allow.
///
/// # Errors
/// [`StatisticsError`] without a database.
pub fn exposed(app: &App, conn: &mut Conn) -> Result<Vec<Exposed>, StatisticsError> {
    let Some(most) = most_seen(app, conn)? else { return Ok(Vec::new()) };
    let limit = usize::try_from(most).unwrap_or(usize::MAX);
    let mut lines = Vec::new();
    for id in tables::trades_with_sets(conn)? {
        let seen = seen(app, conn, &id)?;
        let in_force = tables::sets_of(conn, &id)?.into_iter().filter(|set| set.state == "in_force");
        let counted = in_force.map(|set| (set.number, seen.get(&set.id).copied().unwrap_or(0)));
        let sets: Vec<(i32, usize)> = counted.filter(|(_, count)| *count > limit).collect();
        if sets.is_empty() {
            continue;
        }
        if let Some(trade) = world::trade_record(conn, &id)? {
            let trade = Named { id: trade.id, zh: trade.name_zh, en: trade.name_en };
            lines.push(Exposed { trade, sets, most });
        }
    }
    Ok(lines)
}
