//! A bank as a file for others. Whoever takes it reads every question with its answer, so that taking it is an event.

use super::App;
use super::auth::Person;
use super::questions::{self, QuestionError};
use crate::bankfile::{self, Entry, Format, WriteError};
use crate::blobs::BlobError;
use crate::db::{DbError, banks as tables, events, world};
use crate::event::{Actor, Fact, QuestionsRead};
use shared::bank::Question;
use std::collections::BTreeMap;
use thiserror::Error;

/// A bank as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Name of the file.
    pub name: String,
    /// Its form.
    pub format: Format,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Questions in it.
    pub questions: usize,
}

/// Why no file was made.
#[derive(Debug, Error)]
pub enum ExportError {
    /// No such bank.
    #[error("there is no bank '{0}'")]
    BankUnknown(String),
    /// No such form.
    #[error("format: '{0}' is none of xlsx, qti3, json and csv")]
    Format(String),
    /// The file cannot be made.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A question that cannot be opened.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// Pictures.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

crate::refusal!(ExportError {
    Self::BankUnknown(_) => "bank-unknown",
    Self::Format(_) => "field-invalid",
    Self::Write(_) | Self::Db(_) | Self::Question(_) | Self::Blob(_) => "unavailable",
});

/// Writes a bank in one of the forms of [`Format`].
///
/// # Errors
/// [`ExportError`] if there is no such bank or form.
pub fn export(app: &App, person: &Person, bank: &str, format: &str) -> Result<Exported, ExportError> {
    export_as(app, &Actor::Account(person.account.clone()), bank, format)
}

/// As [`export`], by whoever it is.
///
/// # Errors
/// As [`export`].
pub fn export_as(app: &App, actor: &Actor, bank: &str, format: &str) -> Result<Exported, ExportError> {
    let format = Format::from_word(format).ok_or_else(|| ExportError::Format(format.to_owned()))?;
    let (trade, rows) = app.db.read(|conn| {
        let found = tables::bank(conn, bank)?.ok_or_else(|| ExportError::BankUnknown(bank.to_owned()))?;
        let trade = world::trade_record(conn, &found.trade)?.map(|trade| trade.name_zh);
        Ok::<_, ExportError>((trade, tables::questions_of(conn, bank)?))
    })?;
    let found: Vec<Question> =
        rows.iter().map(|row| questions::opened(&app.sealer, row)).collect::<Result<_, _>>()?;
    let mut pictures = BTreeMap::new();
    for name in found.iter().filter_map(Question::picture) {
        if !pictures.contains_key(name) {
            pictures.insert(name.to_owned(), app.blobs.load(name)?);
        }
    }
    let trade = trade.as_deref();
    let entries: Vec<Entry<'_>> = found.iter().map(|question| Entry { question, trade }).collect();
    let bytes = bankfile::write(format, &entries, &pictures)?;
    let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let what = format!("export_{}", format.word());
    let read = QuestionsRead { bank: bank.to_owned(), what, question: None, count };
    let event = app.event(actor, Fact::QuestionsRead(read));
    app.db.write(move |conn| events::append(conn, &event).map(|_| ()))?;
    let name = format!("{bank}.{}", format.ending());
    Ok(Exported { name, format, bytes, questions: found.len() })
}
