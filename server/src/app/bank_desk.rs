//! Question banks at the desk: what each trade has, and a file that is looked over before it becomes a bank.
//!
//! A file that was looked over is kept sealed under the hash of its content, so that what is confirmed is what was seen.

use super::auth::Person;
use super::banks::{self, BankError, BankView, ImportAnswer, Incoming, ReportAnswer};
use super::once::Once;
use super::overview::Named;
use super::practice::apart::must_be_apart;
use super::questions::{QuestionError, opened};
use super::sets::{SetView, SetsError, sets};
use super::statistics::{self, StatisticsError};
use super::{App, Refusal};
use crate::bankfile;
use crate::blobs::{BlobError, MAX_BYTES};
use crate::db::banks::OpeningRow;
use crate::db::{Conn, DbError, accounts, banks as tables, world};
use crate::event::{Actor, TradeLoaded};
use sha2::{Digest, Sha256};
use shared::bank::{self, Question, QuestionType, RawRow, Report, SuspectReason};
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;

/// Refused rows and groups of suspect rows that are shown; the report counts all.
pub const MOST_SHOWN: usize = 60;

/// Room for the head of a kept file: trade and name of the file.
const HEAD_BYTES: usize = 2_048;

/// Largest file in bytes that the page takes; larger ones come in by the command or the API.
pub const MOST_BYTES: usize = MAX_BYTES - HEAD_BYTES;

/// First line of a kept file, so that no other attachment is taken for one.
const MARK: &str = "kaodian bank upload 1";

/// How many questions of one type there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// All.
    pub all: i64,
    /// Those that a set may take.
    pub usable: i64,
}

/// Amounts of 判断题, 单选题 and 多选题.
pub type Amounts = [Amount; 3];

/// A bank with its questions by type.
#[derive(Debug, Clone)]
pub struct BankLine {
    /// The bank.
    pub view: BankView,
    /// Questions by type.
    pub amounts: Amounts,
}

/// Sets that one draw put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetsLine {
    /// Draw id.
    pub draw: String,
    /// Bank id.
    pub bank: String,
    /// `assembled`, `in_force` or `superseded`.
    pub state: String,
    /// How many.
    pub sets: usize,
    /// Questions of each.
    pub questions: usize,
    /// Points of each question.
    pub points: i32,
    /// Who put them together.
    pub by: String,
    /// Whether that was who looks, who then may not publish them.
    pub own: bool,
    /// Number of each set that somebody has seen, and how many examinees have.
    pub seen: Vec<(i32, usize)>,
    /// How many may have seen a set before it should be replaced, if more have seen one of these and they are in force.
    pub worn: Option<u32>,
}

/// A time at which a set was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The set with its draw.
    pub row: OpeningRow,
    /// Name of whoever opened it.
    pub by: String,
}

/// A trade with what it has.
#[derive(Debug, Clone)]
pub struct TradeBanks {
    /// The trade.
    pub trade: Named,
    /// Its category.
    pub category: Named,
    /// Its banks, oldest first.
    pub banks: Vec<BankLine>,
    /// Its banks for practising, oldest first; the newest is the one that is practised.
    pub practice: Vec<BankLine>,
    /// Its sets, the newest draw first.
    pub sets: Vec<SetsLine>,
}

/// A file that was looked over.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Under which it is kept.
    pub file: String,
    /// Its name.
    pub file_name: String,
    /// Counts, refusals and what should be looked at.
    pub report: ReportAnswer,
    /// Accepted questions by type.
    pub amounts: Amounts,
    /// Suspect rows side by side; the first [`MOST_SHOWN`] groups.
    pub beside: Vec<Beside>,
    /// The bank that this very file became before.
    pub known: Option<String>,
    /// Whether it is for practising.
    pub practice: bool,
    /// Rows for practising that are questions of sets in force, so that the file cannot be imported.
    pub in_force: Vec<u32>,
    /// Rows for practising that nearly are.
    pub near_set: Vec<u32>,
    /// Rows that a bank of the trade has already.
    pub there: Vec<u32>,
    /// Rows that a bank of the trade has with another answer.
    pub contradict: Vec<u32>,
}

/// Rows that are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Why, as a word.
    pub reason: String,
    /// The rows.
    pub rows: Vec<Shown>,
}

/// A row of a file as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Where it stands.
    pub row: u32,
    /// What is asked.
    pub title: String,
    /// Options with their letters; whether it is a right one.
    pub choices: Vec<(String, bool)>,
}

/// Why a file is not looked over or confirmed. Nothing was saved.
#[derive(Debug, Error)]
pub enum DeskError {
    /// The file cannot become a bank.
    #[error(transparent)]
    Bank(#[from] BankError),
    /// Larger than [`MOST_BYTES`].
    #[error("a file of {0} bytes at most can be sent here")]
    TooLarge(usize),
    /// The file that is confirmed is not kept here.
    #[error("the file that was looked over is not here any more")]
    NotKept,
    /// Sets.
    #[error(transparent)]
    Sets(#[from] SetsError),
    /// Who has seen the sets cannot be counted.
    #[error(transparent)]
    Statistics(#[from] StatisticsError),
    /// A question that is there cannot be opened.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// Attachments.
    #[error(transparent)]
    Blob(BlobError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<BlobError> for DeskError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Missing(_) | BlobError::Name(_) => Self::NotKept,
            BlobError::TooLarge => Self::TooLarge(MOST_BYTES),
            other => Self::Blob(other),
        }
    }
}

impl Refusal for DeskError {
    fn code(&self) -> &'static str {
        match self {
            Self::Bank(error) => error.code(),
            Self::Sets(error) => error.code(),
            Self::TooLarge(_) => "body-too-large",
            Self::NotKept => "bank-file-gone",
            Self::Statistics(_) | Self::Question(_) | Self::Blob(_) | Self::Db(_) => "unavailable",
        }
    }

    fn detail(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// Every trade that is examined here with its banks and sets, in the order of the list of trades.
///
/// # Errors
/// [`DeskError::Db`], or sealed data that cannot be opened.
pub fn overview(app: &App, person: &Person) -> Result<Vec<TradeBanks>, DeskError> {
    let trades = app.db.read(world::trades)?;
    let here = trades.into_iter().filter(|t| !t.national_system);
    here.map(|trade| of_trade(app, person, trade)).collect()
}

/// One trade with its banks and sets.
///
/// # Errors
/// [`BankError::TradeUnknown`] if there is no such trade.
pub fn trade(app: &App, person: &Person, trade: &str) -> Result<TradeBanks, DeskError> {
    let found = app.db.read(|conn| world::trade_record(conn, trade))?;
    let found = found.ok_or_else(|| BankError::TradeUnknown(trade.to_owned()))?;
    of_trade(app, person, found)
}

/// When the sets of a trade were opened, the newest first, up to [`MOST_SHOWN`].
///
/// # Errors
/// [`DeskError::Db`].
pub fn openings(app: &App, trade: &str) -> Result<Vec<Opening>, DeskError> {
    app.db.read(|conn| {
        let names = names(conn)?;
        let rows = tables::openings(conn, trade, i64::try_from(MOST_SHOWN).unwrap_or(i64::MAX))?;
        let by = |actor: &String| names.get(actor).unwrap_or(actor).clone();
        Ok(rows.into_iter().map(|row| Opening { by: by(&row.actor), row }).collect())
    })
}

/// Names of accounts as they stand in events.
fn names(conn: &mut Conn) -> Result<HashMap<String, String>, DbError> {
    let all = accounts::all(conn)?.into_iter();
    Ok(all.map(|a| (format!("account:{}", a.id), a.display_name)).collect())
}

/// Looks a file over and keeps it for the confirmation; no bank is made of it.
///
/// # Errors
/// [`DeskError`] if the file as a whole cannot be used.
pub fn look_over(app: &App, trade: &str, file_name: &str, file: &[u8]) -> Result<String, DeskError> {
    if file.len() > MOST_BYTES {
        return Err(DeskError::TooLarge(MOST_BYTES));
    }
    // A browser may send a path; a line break would end the head.
    let name: String = file_name.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned();
    banks::check_name(&name)?;
    let report = bank::check(&bankfile::read(&name, file).map_err(BankError::from)?.rows);
    if report.accepted.is_empty() {
        return Err(BankError::empty(&report).into());
    }
    let mut kept = format!("{MARK}\n{trade}\n{name}\n").into_bytes();
    kept.extend_from_slice(file);
    Ok(app.blobs.put(&kept)?)
}

/// What was found when a kept file was looked over.
///
/// # Errors
/// [`DeskError::NotKept`] if it is not kept for this trade.
pub fn looked_over(app: &App, trade: &str, file: &str, practice: bool) -> Result<Checked, DeskError> {
    let (file_name, content) = kept(app, trade, file)?;
    let hash = hex::encode(Sha256::digest(&content));
    let (known, stored) = app.db.read(|conn| {
        let mut stored = Vec::new();
        for (bank, ..) in tables::banks_of(conn, trade, practice)? {
            stored.extend(tables::questions_of(conn, &bank.id)?);
        }
        Ok::<_, DbError>((tables::bank_by_hash(conn, trade, &hash, practice)?, stored))
    })?;
    let rows = bankfile::read(&file_name, &content).map_err(BankError::from)?.rows;
    let mut report = bank::check(&rows);
    let apart =
        if practice { app.db.read(|conn| must_be_apart(conn, &app.sealer, &mut report)) } else { Ok(()) };
    let in_force = match apart {
        Ok(()) => Vec::new(),
        Err(BankError::InForce(rows)) => rows,
        Err(other) => return Err(other.into()),
    };
    let near = report.suspect.iter().filter(|suspect| suspect.reason == SuspectReason::NearSet);
    let near_set = near.flat_map(|suspect| suspect.rows.clone()).collect();
    let mut amounts = Amounts::default();
    let usable = bank::usable(&report);
    for (_, question) in &report.accepted {
        at(&mut amounts, question.kind()).all += 1;
    }
    for question in usable {
        at(&mut amounts, question.kind()).usable += 1;
    }
    let there: Vec<Question> = stored.iter().map(|row| opened(&app.sealer, row)).collect::<Result<_, _>>()?;
    let against = bank::against(&there, &report);
    let rows_of = |reason: SuspectReason| {
        against.iter().filter(|suspect| suspect.reason == reason).flat_map(|s| s.rows.clone()).collect()
    };
    Ok(Checked {
        there: rows_of(SuspectReason::Duplicate),
        contradict: rows_of(SuspectReason::Contradiction),
        file: file.to_owned(),
        file_name,
        beside: beside(&rows, &report),
        report: ReportAnswer::of(&report),
        amounts,
        known: known.map(|bank| bank.id),
        practice,
        in_force,
        near_set,
    })
}

/// Makes a bank of a file that was looked over.
///
/// # Errors
/// [`DeskError::NotKept`] if it is not kept for this trade; those of [`banks::take_in`].
pub fn confirm(
    app: &App,
    person: &Person,
    trade: &str,
    (file, practice): (&str, bool),
    once: Option<Once>,
) -> Result<ImportAnswer, DeskError> {
    let (file_name, content) = kept(app, trade, file)?;
    let incoming = Incoming { trade, file_name: &file_name, file: &content, practice };
    Ok(banks::take_in(app, &Actor::Account(person.account.clone()), incoming, once)?)
}

fn kept(app: &App, trade: &str, file: &str) -> Result<(String, Vec<u8>), DeskError> {
    let mut content = app.blobs.load(file)?;
    let mut head = Vec::with_capacity(3);
    let mut end = 0;
    for line in content.split_inclusive(|byte| *byte == b'\n').take(3) {
        end += line.len();
        head.push(String::from_utf8_lossy(line).trim_end_matches('\n').to_owned());
    }
    match head.as_slice() {
        [mark, of, name] if mark == MARK && of == trade => {
            let name = name.clone();
            content.drain(..end);
            Ok((name, content))
        }
        _ => Err(DeskError::NotKept),
    }
}

fn of_trade(app: &App, person: &Person, trade: TradeLoaded) -> Result<TradeBanks, DeskError> {
    let category = Named { id: trade.category, zh: trade.category_zh, en: trade.category_en };
    let trade = Named { id: trade.id, zh: trade.name_zh, en: trade.name_en };
    let banks = lines(app, &trade.id, false)?;
    let sets = if banks.is_empty() { Vec::new() } else { sets_lines(app, person, &trade.id)? };
    let practice = lines(app, &trade.id, true)?;
    Ok(TradeBanks { trade, category, banks, practice, sets })
}

/// The banks of a trade for practising or for sets, with their questions by type.
fn lines(app: &App, trade: &str, practice: bool) -> Result<Vec<BankLine>, DeskError> {
    let mut lines = Vec::new();
    for view in banks::banks_for(app, trade, practice)? {
        let mut amounts = Amounts::default();
        for (kind, usable, count) in app.db.read(|conn| tables::kinds(conn, &view.bank))? {
            let kind = QuestionType::from_word(&kind).ok_or_else(|| DbError::corrupt("question", kind))?;
            let amount = at(&mut amounts, kind);
            amount.all += count;
            amount.usable += if usable { count } else { 0 };
        }
        lines.push(BankLine { view, amounts });
    }
    Ok(lines)
}

fn sets_lines(app: &App, person: &Person, trade: &str) -> Result<Vec<SetsLine>, DeskError> {
    let mut draws: Vec<(String, Vec<SetView>)> = Vec::new();
    for set in sets(app, trade)? {
        match draws.last_mut() {
            Some((draw, of)) if *draw == set.draw => of.push(set),
            _ => draws.push((set.draw.clone(), vec![set])),
        }
    }
    let (by, names, seen, most) = app.db.read(|conn| {
        let rows = tables::sets_of(conn, trade)?.into_iter();
        let by: HashMap<String, String> = rows.map(|r| (r.draw, r.assembled_by)).collect();
        let (seen, most) = (statistics::seen(app, conn, trade)?, statistics::most_seen(app, conn)?);
        Ok::<_, DeskError>((by, names(conn)?, seen, most))
    })?;
    let own = format!("account:{}", person.account);
    let lines = draws.into_iter().rev().filter_map(|(draw, of)| {
        let first = of.first()?;
        let actor = by.get(&draw).cloned().unwrap_or_default();
        let seen: Vec<(i32, usize)> =
            of.iter().filter_map(|set| Some((set.number, seen.get(&set.id).copied()?))).collect();
        let over = |most: &u32| seen.iter().any(|(_, count)| u32::try_from(*count).is_ok_and(|n| n > *most));
        Some(SetsLine {
            worn: most.filter(|most| first.state == "in_force" && over(most)),
            bank: first.bank.clone(),
            state: first.state.clone(),
            questions: first.questions,
            points: first.points,
            sets: of.len(),
            own: actor == own,
            by: names.get(&actor).cloned().unwrap_or(actor),
            seen,
            draw,
        })
    });
    Ok(lines.collect())
}

const fn at(amounts: &mut Amounts, kind: QuestionType) -> &mut Amount {
    let [true_false, single, multiple] = amounts;
    match kind {
        QuestionType::TrueFalse => true_false,
        QuestionType::Single => single,
        QuestionType::Multiple => multiple,
    }
}

fn beside(rows: &[RawRow], report: &Report) -> Vec<Beside> {
    let raw: BTreeMap<u32, &RawRow> = rows.iter().map(|row| (row.row, row)).collect();
    let questions: BTreeMap<u32, &Question> = report.accepted.iter().map(|(row, q)| (*row, q)).collect();
    let show = |row: &u32| match questions.get(row) {
        Some(question) => {
            Shown { row: *row, title: question.title().to_owned(), choices: lettered(question) }
        }
        None => {
            let raw = raw.get(row).copied().cloned().unwrap_or_default();
            let choices = raw.options.unwrap_or_else(|| vec![raw.choices]);
            let choices =
                choices.into_iter().filter(|text| !text.is_empty()).map(|text| (text, false)).collect();
            Shown { row: *row, title: raw.title, choices }
        }
    };
    let groups = report.suspect.iter().take(MOST_SHOWN);
    groups
        .map(|group| Beside {
            reason: group.reason.word().to_owned(),
            rows: group.rows.iter().map(show).collect(),
        })
        .collect()
}

fn lettered(question: &Question) -> Vec<(String, bool)> {
    let letters = question.choices().iter().zip('A'..='Z').enumerate();
    letters
        .map(|(index, (text, letter))| (format!("{letter}. {text}"), question.answer().contains(index)))
        .collect()
}
