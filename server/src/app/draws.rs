//! Draws: run once with a secret of the exam centre, written down with all they follow from, read when their time
//! has come.

use super::App;
use crate::db::draws::{self as rows, DrawRow};
use crate::db::{Conn, DbError, DbResult, banks};
use crate::event::{DrawMade, InputHash, Sealed};
use crate::seal::{SealError, Sealer};
use serde::Serialize;
use shared::draw::chacha::Seed;
use shared::ids::RuleSetId;
use shared::time::Instant;
use shared::wire::transcript::{BuildError, Header, Purpose, Secret, build, canonical};
use thiserror::Error;
use utoipa::ToSchema;

/// Name of the exam centre as a party of a draw.
pub(super) const CENTRE: &str = "examination centre";

/// A draw in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DrawView {
    /// Draw id.
    pub draw: String,
    /// `staff`, `seating`, `sets`, `sheets` or `question_sets`.
    pub purpose: String,
    /// Session or trade.
    pub subject: String,
    /// When it was made, epoch milliseconds.
    pub made_at: i64,
    /// From when the transcript can be read, epoch milliseconds.
    pub visible_from: i64,
}

/// Why a draw is not shown.
#[derive(Debug, Error)]
pub enum DrawsError {
    /// No such draw.
    #[error("there is no draw '{0}'")]
    DrawUnknown(String),
    /// Its time has not come.
    #[error("{0}")]
    NotYetVisible(String),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
}

crate::refusal!(DrawsError {
    Self::DrawUnknown(_) => "draw-unknown",
    Self::NotYetVisible(_) => "draw-not-yet-visible",
    Self::Db(_) | Self::Seal(_) => "unavailable",
});

/// What every draw of one order has in common.
pub(super) struct Draws {
    /// Session or trade.
    pub subject: String,
    /// Rule set.
    pub rule_set: RuleSetId,
    /// Now.
    pub at: Instant,
    /// Seals the transcripts.
    pub sealer: Sealer,
    /// Ceremony by which it is drawn.
    pub ceremony: String,
    /// Who committed, with their secrets.
    pub parties: Vec<Secret>,
    /// The public number, where one was announced.
    pub public_number: Option<String>,
}

/// A draw that was run and is to be written down.
pub(super) struct Run<T> {
    /// The fact.
    pub made: DrawMade,
    /// What was drawn.
    pub drawn: T,
    /// The seed, for parts of the draw that have seeds of their own.
    pub seed: Seed,
}

/// Why a draw could not be run.
#[derive(Debug, Error)]
pub(super) enum RunError {
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// The hash of an input, as it is published when the input is frozen.
pub(super) fn hash_of<I: Purpose>(input: &I) -> Result<InputHash, BuildError> {
    let value = serde_json::to_value(input).map_err(|e| BuildError::Json(e.to_string()))?;
    Ok(InputHash { purpose: I::WORD.to_owned(), hash: canonical::hash(&value)? })
}

/// Draws in the order made, of one session or trade where it is given.
///
/// # Errors
/// [`DrawsError::Db`].
pub fn list(app: &App, subject: Option<&str>) -> Result<Vec<DrawView>, DrawsError> {
    let rows = app.db.read(|conn| rows::draws(conn, subject.filter(|s| !s.is_empty())))?;
    Ok(rows.into_iter().map(DrawView::from).collect())
}

/// The transcript of a draw, JSON text.
///
/// # Errors
/// [`DrawsError::NotYetVisible`] before its time.
pub fn transcript(app: &App, draw: &str) -> Result<String, DrawsError> {
    let row = app.db.read(|conn| rows::draw(conn, draw))?;
    let row = row.ok_or_else(|| DrawsError::DrawUnknown(draw.to_owned()))?;
    if app.clock.now().millis() < row.visible_from {
        return Err(DrawsError::NotYetVisible(Instant::from_millis(row.visible_from).minute_in_china()));
    }
    Ok(app.sealer.open("draw", &Sealed(row.transcript))?)
}

impl From<DrawRow> for DrawView {
    fn from(row: DrawRow) -> Self {
        Self {
            draw: row.id,
            purpose: row.purpose,
            subject: row.subject,
            made_at: row.made_at,
            visible_from: row.visible_from,
        }
    }
}

impl Draws {
    /// Runs the next draw of a purpose. Nothing is written yet.
    pub fn run<I: Purpose>(
        &self,
        conn: &mut Conn,
        input: I,
        visible_from: Instant,
    ) -> Result<Run<I::Drawn>, RunError> {
        let draw = self.next_id(conn, I::WORD)?;
        let header = Header {
            subject: self.subject.clone(),
            rule_set: self.rule_set.clone(),
            at: self.at,
            parties: self.parties.clone(),
            public_number: self.public_number.clone(),
        };
        let transcript = build(&header, input)?;
        let made = DrawMade {
            draw,
            purpose: I::WORD.to_owned(),
            subject: self.subject.clone(),
            visible_from: visible_from.millis().max(self.at.millis()),
            transcript: self.sealer.seal("draw", &transcript.json()?)?,
            ceremony: Some(self.ceremony.clone()),
        };
        let seed = seed(&transcript.document.seed).ok_or_else(|| DbError::corrupt("draw", "no seed"))?;
        Ok(Run { made, drawn: transcript.drawn, seed })
    }

    fn next_id(&self, conn: &mut Conn, purpose: &str) -> DbResult<String> {
        let number = banks::next_draw_number(conn, &self.subject, purpose)?;
        Ok(format!("{}-{purpose}-{number}", self.subject))
    }
}

fn seed(text: &str) -> Option<Seed> {
    Some(Seed(hex::decode(text).ok()?.try_into().ok()?))
}
