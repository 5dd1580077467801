//! Practising with published questions: nobody is to meet the screen for the first time on the day. Who practises is not
//! known here, and nothing of it is kept: a mock examination is drawn from a seed that comes back with its answers.

pub mod apart;
mod mock;

pub use mock::{Extent, Mock, MockOrder, MockResult, Reviewed, extent, hand_in, mock};

use super::App;
use super::questions::{QuestionError, opened};
use super::theory::TheoryError;
use super::world::WorldError;
use crate::blobs::BlobError;
use crate::db::{Conn, DbError, banks as tables, world};
use crate::entropy::NoEntropy;
use crate::seal::Sealer;
use serde::Serialize;
use shared::bank::Question;
use shared::paper::AssembleError;
use std::collections::HashSet;
use thiserror::Error;
use utoipa::ToSchema;

/// A trade that can be practised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PracticeTrade {
    /// Trade id.
    pub trade: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Questions.
    pub questions: usize,
}

/// The questions with which a trade is practised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PracticeBank {
    /// Bank id.
    pub bank: String,
    /// The questions, in the order of the bank.
    pub items: Vec<PracticeItem>,
}

/// One question for practising, with what is right and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PracticeItem {
    /// Question id.
    pub id: String,
    /// `true_false`, `single` or `multiple`.
    pub kind: String,
    /// Text.
    pub title: String,
    /// Options; the first is A.
    pub choices: Vec<String>,
    /// Letters of the right options, sorted.
    pub right: String,
    /// Why; empty where the bank does not say so.
    pub reason: String,
    /// Subject; empty for none.
    pub subject: String,
    /// SHA-256 of the picture that belongs to the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// Why nothing can be practised.
#[derive(Debug, Error)]
pub enum PracticeError {
    /// The trade is unknown or has no questions for practising.
    #[error("'{0}'")]
    Unknown(String),
    /// What is handed in belongs to no mock examination of this bank.
    #[error("{0}")]
    Order(&'static str),
    /// No question of the bank has this picture.
    #[error("no question has this picture")]
    NoPicture,
    /// No question of the bank has this text, or it is not spoken yet.
    #[error("there is nothing to hear")]
    NoVoice,
    /// Rule set.
    #[error(transparent)]
    World(#[from] WorldError),
    /// No paper could be put together.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// A paper that cannot be shown or graded.
    #[error(transparent)]
    Paper(#[from] TheoryError),
    /// A stored question that cannot be read.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

crate::refusal!(PracticeError {
    Self::Unknown(_) => "practice-unknown",
    Self::Order(_) => "field-invalid",
    Self::NoPicture | Self::NoVoice => "not-found",
    Self::World(WorldError::NoneInForce(_)) => "rule-set-not-in-force",
    Self::World(_) | Self::Assemble(_) | Self::Paper(_) | Self::Question(_) | Self::Db(_) | Self::Entropy(_)
        => "unavailable",
});

/// A question of a bank for practising, under its id.
type Practised = (String, Question);

/// The trades that can be practised, in the order of the list of trades.
///
/// # Errors
/// [`PracticeError::Db`].
pub fn trades(app: &App) -> Result<Vec<PracticeTrade>, PracticeError> {
    app.db.read(|conn| {
        let known: HashSet<String> =
            tables::practice_banks(conn)?.into_iter().map(|bank| bank.trade).collect();
        let mut found = Vec::with_capacity(known.len());
        for trade in world::trades(conn)?.into_iter().filter(|trade| known.contains(&trade.id)) {
            let Some((.., usable)) = tables::banks_of(conn, &trade.id, true)?.pop() else { continue };
            let questions = usize::try_from(usable).unwrap_or(0);
            let (name_zh, name_en) = (trade.name_zh, trade.name_en);
            found.push(PracticeTrade { trade: trade.id, name_zh, name_en, questions });
        }
        Ok(found)
    })
}

/// The questions with which a trade is practised.
///
/// # Errors
/// [`PracticeError::Unknown`] if there are none.
pub fn questions(app: &App, trade: &str) -> Result<PracticeBank, PracticeError> {
    let (bank, questions) = app.db.read(|conn| {
        let bank = newest(conn, trade)?;
        let questions = practised(conn, &app.sealer, &bank)?;
        Ok::<_, PracticeError>((bank, questions))
    })?;
    let items = questions.into_iter().map(|(id, question)| PracticeItem {
        id,
        kind: question.kind().word().to_owned(),
        title: question.title().to_owned(),
        choices: question.choices().to_vec(),
        right: question.answer().letters(),
        reason: question.reason().to_owned(),
        subject: question.subject().to_owned(),
        picture: question.picture().map(str::to_owned),
    });
    Ok(PracticeBank { bank, items: items.collect() })
}

/// The picture of a question for practising.
///
/// # Errors
/// [`PracticeError::NoPicture`] if no question with which the trade is practised has it.
pub fn picture(app: &App, trade: &str, picture: &str) -> Result<Vec<u8>, PracticeError> {
    let known = app.db.read(|conn| {
        let bank = newest(conn, trade)?;
        let questions = practised(conn, &app.sealer, &bank)?;
        Ok::<_, PracticeError>(questions.iter().any(|(_, question)| question.picture() == Some(picture)))
    })?;
    if !known {
        return Err(PracticeError::NoPicture);
    }
    app.blobs.load(picture).map_err(|_: BlobError| PracticeError::NoPicture)
}

/// The bank with which a trade is practised.
fn newest(conn: &mut Conn, trade: &str) -> Result<String, PracticeError> {
    let bank = tables::practice_bank(conn, trade)?;
    bank.map(|bank| bank.id).ok_or_else(|| PracticeError::Unknown(trade.to_owned()))
}

/// The questions of a bank that may be asked.
fn practised(conn: &mut Conn, sealer: &Sealer, bank: &str) -> Result<Vec<Practised>, PracticeError> {
    let rows = tables::questions_of(conn, bank)?.into_iter().filter(|row| row.usable);
    rows.map(|row| Ok((row.id.clone(), opened(sealer, &row)?))).collect()
}
