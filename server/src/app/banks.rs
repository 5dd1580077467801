//! Question banks: a file comes in, is checked row by row, and is kept with its report. All of it or nothing.

use super::App;
use super::auth::Person;
use super::ceremony::{Hall, HoldError};
use super::once::{Once, OnceError};
use super::practice::apart::{ApartError, must_be_apart};
use crate::bankfile::{self, BankFileError};
use crate::blobs::BlobError;
use crate::db::{Conn, DbError, banks as tables, world};
use crate::event::{Actor, BankImported, Fact, QuestionBody, QuestionRecord};
use crate::seal::{SealError, Sealer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::bank::{self, Question, Report};
use shared::draw::ceremony::Stage;
use std::collections::{BTreeMap, HashSet};
use thiserror::Error;

/// Longest name of a file in characters.
const MAX_FILE_NAME: usize = 200;

/// Hexadecimal digits of a question's digest that are its id.
const ID_DIGITS: usize = 24;

/// What became of the rows of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReportAnswer {
    /// Rows read: accepted and refused together.
    pub read: usize,
    /// Rows that are questions.
    pub accepted: usize,
    /// Rows that are none.
    pub refused: Vec<RefusedRow>,
    /// Rows that somebody should look at.
    pub suspect: Vec<SuspectRows>,
}

/// A row that is no question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefusedRow {
    /// Ordinal from 1 (JSON) or line of the sheet (XLSX, CSV).
    pub row: u32,
    /// Why, as a word.
    pub reason: String,
    /// How the row begins.
    pub text: String,
}

/// Rows that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SuspectRows {
    /// The rows, ascending.
    pub rows: Vec<u32>,
    /// Why, as a word.
    pub reason: String,
}

/// The bank that a file became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportAnswer {
    /// Bank id.
    pub bank: String,
    /// The report of its import.
    pub report: ReportAnswer,
    /// The file was imported before; nothing was changed.
    pub already_there: bool,
}

/// A bank in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BankView {
    /// Bank id.
    pub bank: String,
    /// Name of the file.
    pub file_name: String,
    /// SHA-256 of the file, hexadecimal.
    pub file_hash: String,
    /// When it came in, epoch milliseconds.
    pub imported_at: i64,
    /// Different questions in it.
    pub questions: i64,
    /// Those of them that a set may take.
    pub usable: i64,
    /// Rows read.
    pub read: usize,
    /// Rows accepted.
    pub accepted: usize,
}

/// Why no bank was imported. Nothing was saved.
#[derive(Debug, Error)]
pub enum BankError {
    /// No such trade.
    #[error("there is no trade '{0}'")]
    TradeUnknown(String),
    /// The name of the file is empty or too long.
    #[error("name: the name of the file has 1 to {MAX_FILE_NAME} characters")]
    FileName,
    /// Not a file that can be read.
    #[error("{0}")]
    Unreadable(#[from] BankFileError),
    /// No row is a question.
    #[error("none of the {read} rows is a question{}", first.as_deref().unwrap_or_default())]
    Empty {
        /// Rows read.
        read: usize,
        /// The first refusal, for the message.
        first: Option<String>,
    },
    /// Rows for practising that are questions of sets which are in force or wait to be.
    #[error("{}", numbers(.0))]
    InForce(Vec<u32>),
    /// It cannot be said whether rows are questions of sets.
    #[error(transparent)]
    Apart(#[from] ApartError),
    /// The ceremony of the draw of its sets.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Pictures.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

crate::refusal!(BankError {
    Self::TradeUnknown(_) => "trade-unknown",
    Self::FileName => "field-invalid",
    Self::Unreadable(_) => "bank-unreadable",
    Self::Empty { .. } => "bank-empty",
    Self::InForce(_) => "practice-in-force",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Apart(_) | Self::Db(_) | Self::Seal(_) | Self::Blob(_) | Self::Hold(_) => "unavailable",
});

/// The first of many rows.
fn numbers(rows: &[u32]) -> String {
    const MOST: usize = 20;
    let shown: Vec<String> = rows.iter().take(MOST).map(ToString::to_string).collect();
    format!("{}{}", shown.join(", "), if rows.len() > MOST { " …" } else { "" })
}

impl BankError {
    /// For a report without a question.
    pub(super) fn empty(report: &Report) -> Self {
        let first = report.refused.first();
        let first = first.map(|r| format!(": row {} is refused for {}", r.row, r.reason.word()));
        Self::Empty { read: report.read, first }
    }
}

impl ReportAnswer {
    /// The report in the form that commands and the API share.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let refused = report.refused.iter();
        let refused =
            refused.map(|r| RefusedRow { row: r.row, reason: r.reason.word().into(), text: r.text.clone() });
        let suspect = report.suspect.iter();
        let suspect = suspect.map(|s| SuspectRows { rows: s.rows.clone(), reason: s.reason.word().into() });
        Self {
            read: report.read,
            accepted: report.accepted.len(),
            refused: refused.collect(),
            suspect: suspect.collect(),
        }
    }
}

/// Imports a file for a trade (id or full Chinese name).
///
/// # Errors
/// [`BankError`] if the file as a whole cannot be used.
pub fn import(
    app: &App,
    person: &Person,
    trade: &str,
    file_name: &str,
    file: &[u8],
    once: Option<Once>,
) -> Result<ImportAnswer, BankError> {
    import_as(app, &Actor::Account(person.account.clone()), trade, file_name, file, once)
}

/// What is imported, and what for.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Trade: id or full Chinese name.
    pub trade: &'a str,
    /// Name of the file.
    pub file_name: &'a str,
    /// Its content.
    pub file: &'a [u8],
    /// Whether it is for practising: everybody reads its questions, and no set is drawn from it.
    pub practice: bool,
}

/// As [`import`], by whoever it is.
///
/// # Errors
/// As [`import`].
pub fn import_as(
    app: &App,
    actor: &Actor,
    trade: &str,
    file_name: &str,
    file: &[u8],
    once: Option<Once>,
) -> Result<ImportAnswer, BankError> {
    take_in(app, actor, Incoming { trade, file_name, file, practice: false }, once)
}

/// As [`import_as`], for practising or for sets.
///
/// # Errors
/// As [`import`]; [`BankError::InForce`] if questions of sets are to be practised.
pub fn take_in(
    app: &App,
    actor: &Actor,
    incoming: Incoming<'_>,
    once: Option<Once>,
) -> Result<ImportAnswer, BankError> {
    let Incoming { trade, file_name, file, practice } = incoming;
    let file_name = file_name.trim();
    check_name(file_name)?;
    let file_hash = hex::encode(Sha256::digest(file));
    let (trade, known) = app.db.read(|conn| {
        let found =
            world::trade_by_name(conn, trade)?.ok_or_else(|| BankError::TradeUnknown(trade.to_owned()))?;
        let known = tables::bank_by_hash(conn, &found.id, &file_hash, practice)?;
        Ok::<_, BankError>((found.id, known))
    })?;
    // With a key the first answer is given again, which the transaction knows.
    if let Some(known) = known.filter(|_| once.is_none()) {
        return already_there(known);
    }
    // Reading and sealing thousands of questions is work for this thread, not for the one writer.
    let read = bankfile::read(file_name, file)?;
    let mut report = bank::check(&read.rows);
    if practice {
        app.db.read(|conn| must_be_apart(conn, &app.sealer, &mut report))?;
    }
    keep_pictures(app, &report, &read.pictures)?;
    let mut fact = BankImported { practice, ..fact(&app.sealer, &report, trade, file_name, file_hash)? };
    let hall = Hall::of(app, actor.clone());
    app.write_once(once, move |conn| {
        if let Some(known) = tables::bank_by_hash(conn, &fact.trade, &fact.file_hash, practice)? {
            return already_there(known);
        }
        if practice {
            // Sets may have been drawn since.
            must_be_apart(conn, &hall.sealer, &mut report.clone())?;
        }
        fact.bank = tables::next_bank(conn, &fact.trade, practice)?;
        let bank = fact.bank.clone();
        let trade = fact.trade.clone();
        hall.append(conn, Fact::BankImported(fact))?;
        if !practice {
            hall.open_unless_under_way(conn, Stage::QuestionSets, &trade)?;
        }
        Ok(ImportAnswer { bank, report: ReportAnswer::of(&report), already_there: false })
    })
}

/// That the name of a file is one.
///
/// # Errors
/// [`BankError::FileName`].
pub(super) fn check_name(name: &str) -> Result<(), BankError> {
    let length = name.chars().count();
    let plain = !name.chars().any(char::is_control);
    if (1..=MAX_FILE_NAME).contains(&length) && plain { Ok(()) } else { Err(BankError::FileName) }
}

/// The banks of a trade from which sets are drawn, oldest first.
///
/// # Errors
/// [`BankError::TradeUnknown`] or [`BankError::Db`].
pub fn banks(app: &App, trade: &str) -> Result<Vec<BankView>, BankError> {
    banks_for(app, trade, false)
}

/// The banks of a trade for practising or for sets, oldest first.
///
/// # Errors
/// As [`banks`].
pub fn banks_for(app: &App, trade: &str, practice: bool) -> Result<Vec<BankView>, BankError> {
    let rows = app.db.read(|conn| {
        known_trade(conn, trade)?;
        Ok::<_, BankError>(tables::banks_of(conn, trade, practice)?)
    })?;
    let views = rows.into_iter().map(|(row, questions, usable)| {
        let report: ReportAnswer = world::json("bank report", &row.report)?;
        Ok(BankView {
            bank: row.id,
            file_name: row.file_name,
            file_hash: row.file_hash,
            imported_at: row.imported_at,
            questions,
            usable,
            read: report.read,
            accepted: report.accepted,
        })
    });
    views.collect()
}

fn known_trade(conn: &mut Conn, trade: &str) -> Result<(), BankError> {
    let found = world::trade_record(conn, trade)?;
    found.map(|_| ()).ok_or_else(|| BankError::TradeUnknown(trade.to_owned()))
}

fn already_there(known: tables::BankRow) -> Result<ImportAnswer, BankError> {
    let report = world::json("bank report", &known.report)?;
    Ok(ImportAnswer { bank: known.id, report, already_there: true })
}

/// The fact, its bank id still empty.
fn fact(
    sealer: &Sealer,
    report: &Report,
    trade: String,
    file_name: &str,
    file_hash: String,
) -> Result<BankImported, BankError> {
    let questions = records(sealer, report)?;
    if questions.is_empty() {
        return Err(BankError::empty(report));
    }
    let text =
        serde_json::to_string(&ReportAnswer::of(report)).map_err(|e| DbError::corrupt("bank report", e))?;
    Ok(BankImported {
        bank: String::new(),
        trade,
        file_name: file_name.to_owned(),
        file_hash,
        read: u32::try_from(report.read).unwrap_or(u32::MAX),
        report: text,
        questions,
        practice: false,
    })
}

/// Each question once: of rows that say the same, the first.
fn records(sealer: &Sealer, report: &Report) -> Result<Vec<QuestionRecord>, BankError> {
    let usable: HashSet<*const Question> = bank::usable(report).into_iter().map(std::ptr::from_ref).collect();
    let mut seen = HashSet::new();
    let mut records = Vec::with_capacity(report.accepted.len());
    for (row, question) in &report.accepted {
        let mut id = hex::encode(bank::digest(question));
        id.truncate(ID_DIGITS);
        if !seen.insert(id.clone()) {
            continue;
        }
        records.push(QuestionRecord {
            id,
            row: *row,
            question_kind: question.kind().word().to_owned(),
            usable: usable.contains(&std::ptr::from_ref(question)),
            body: sealer.seal("question.body", &body(question)?)?,
        });
    }
    Ok(records)
}

/// What a question says as it is sealed.
pub(super) fn body(question: &Question) -> Result<String, DbError> {
    serde_json::to_string(&QuestionBody::of(question)).map_err(|e| DbError::corrupt("question", e))
}

/// Keeps the pictures that questions name; what is kept and never used does no harm.
fn keep_pictures(app: &App, report: &Report, pictures: &BTreeMap<String, Vec<u8>>) -> Result<(), BankError> {
    let used: HashSet<&str> = report.accepted.iter().filter_map(|(_, question)| question.picture()).collect();
    for name in used {
        if let Some(content) = pictures.get(name) {
            app.blobs.put(content)?;
        }
    }
    Ok(())
}
