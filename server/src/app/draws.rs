//! Draws: run once with a secret of the exam centre, written down with all they follow from, read when their time
//! has come.

use super::App;
use super::auth::Person;
use crate::db::draws::{self as rows, DrawRow};
use crate::db::{Conn, DbError, DbResult, banks, ceremonies};
use crate::event::{DrawMade, InputHash, Sealed};
use crate::http::access::Role;
use crate::seal::{SealError, Sealer};
use serde::Serialize;
use shared::draw::chacha::Seed;
use shared::ids::RuleSetId;
use shared::time::Instant;
use shared::wire::transcript::{
    BuildError, Document, Header, Purpose, Secret, StaffInput, StaffResult, build, canonical, code_of,
};
use thiserror::Error;
use utoipa::ToSchema;

/// Name of the exam centre as a party of a draw.
pub const CENTRE: &str = "examination centre";

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

/// How somebody finds himself in a draw of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnCode {
    /// Draw id.
    pub draw: String,
    /// Staff code.
    pub staff: String,
    /// The salt, hexadecimal: whoever has it finds this person in every draw.
    pub salt: String,
    /// The code in this draw.
    pub code: String,
    /// Codes of the posts that could have been drawn.
    pub eligible: Vec<String>,
    /// The post that was drawn.
    pub post: Option<String>,
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

/// The basis of a draw of staff, JSON text: for the auditor once the transcript may be read, for the centre once the
/// exam day is over as well.
///
/// # Errors
/// [`DrawsError::NotYetVisible`] before its time; [`DrawsError::DrawUnknown`] if there is no such draw of staff.
pub fn basis(app: &App, person: &Person, draw: &str) -> Result<String, DrawsError> {
    let now = app.clock.now();
    let last = app.db.read(|conn| {
        let row = rows::draw(conn, draw)?.ok_or_else(|| DrawsError::DrawUnknown(draw.to_owned()))?;
        let start = ceremonies::last_start(conn, &row.ceremony.unwrap_or_default())?;
        let over = start.map_or(i64::MAX, |at| next_day(Instant::from_millis(at)).millis());
        let open = if person.role == Role::Auditor { row.visible_from } else { over.max(row.visible_from) };
        Ok::<_, DrawsError>(open)
    })?;
    if now.millis() < last {
        return Err(DrawsError::NotYetVisible(Instant::from_millis(last).minute_in_china()));
    }
    basis_text(app, draw)
}

fn next_day(at: Instant) -> Instant {
    at.date_in_china().plus_days(1).start_in_china()
}

/// The basis, whoever asks.
pub(super) fn basis_text(app: &App, draw: &str) -> Result<String, DrawsError> {
    let row = app.db.read(|conn| rows::draw(conn, draw))?.and_then(|row| row.basis);
    let sealed = row.ok_or_else(|| DrawsError::DrawUnknown(draw.to_owned()))?;
    Ok(app.sealer.open("draw.basis", &Sealed(sealed))?)
}

/// How somebody of the pool finds himself in a draw of staff.
///
/// # Errors
/// [`DrawsError::NotYetVisible`] before the transcript can be read; [`DrawsError::DrawUnknown`] if there is no such draw
/// of staff, or the caller was not in its pool.
pub fn own(app: &App, person: &Person, draw: &str) -> Result<OwnCode, DrawsError> {
    let unknown = || DrawsError::DrawUnknown(draw.to_owned());
    let staff = person.staff.clone().ok_or_else(unknown)?;
    let salt = app.db.read(rows::salts)?.remove(&staff).ok_or_else(unknown)?;
    let salt = app.sealer.open("staff.salt", &Sealed(salt))?;
    let bytes = hex::decode(&salt).map_err(|e| DbError::corrupt("salt", e))?;
    let text = transcript(app, draw)?;
    let document: Document<StaffInput, StaffResult> = serde_json::from_str(&text).map_err(|_| unknown())?;
    let code = code_of(draw, &bytes, &staff);
    if document.input.people.binary_search(&code).is_err() {
        return Err(unknown());
    }
    let posts = document.input.posts.iter().zip(&document.input.eligible);
    let may = posts.filter(|(_, codes)| codes.contains(&code)).map(|(post, _)| post.code.clone()).collect();
    let post = document.result.filled.iter().find(|f| f.person == code).map(|f| f.post.clone());
    Ok(OwnCode { draw: draw.to_owned(), staff, salt, code, eligible: may, post })
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
            basis: None,
        };
        let seed = seed(&transcript.document.seed).ok_or_else(|| DbError::corrupt("draw", "no seed"))?;
        Ok(Run { made, drawn: transcript.drawn, seed })
    }

    fn next_id(&self, conn: &mut Conn, purpose: &str) -> DbResult<String> {
        let number = banks::next_draw_number(conn, &self.subject, purpose)?;
        Ok(draw_id(&self.subject, purpose, number))
    }
}

/// Id of a draw: what it is for, its purpose, and a number that counts the draws of both.
pub(super) fn draw_id(subject: &str, purpose: &str, number: i64) -> String {
    format!("{subject}-{purpose}-{number}")
}

fn seed(text: &str) -> Option<Seed> {
    Some(Seed(hex::decode(text).ok()?.try_into().ok()?))
}
