//! An answer at a seat: looked at where it comes in, then written together with whatever else waits.

use super::lane::{Own, Told, Waiting};
use super::paper::{self, Sheet};
use super::seat::{Seat, current, may_read};
use super::{TheoryError, exam, theory_rules};
use crate::app::App;
use crate::db::DbError;
use crate::db::answers::AnswerRow;
use crate::db::sessions::candidate_row;
use crate::entropy::random;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::wire::v1::receipt::{AnswerLeaf, Receipt, Salt, commitment};
use std::sync::Arc;
use tokio::sync::oneshot::Receiver;
use utoipa::ToSchema;

/// An answer to be saved.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerOrder {
    /// Number of the answer: one more than the last.
    pub seq: i64,
    /// Letters as shown; empty withdraws the answer.
    pub choice: String,
    /// When it was given by the server's clock as the seat knows it, epoch milliseconds: for one that comes in after the
    /// end because the seat was cut off.
    #[serde(default)]
    pub given_at: Option<i64>,
}

/// An answer is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Saved {
    /// Number of the answer.
    pub seq: i64,
    /// Position on the paper from 1.
    pub position: u32,
    /// Server's time at which it came in first, epoch milliseconds.
    pub server_time: i64,
    /// When it was given, for one that came in after the end, epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_at: Option<i64>,
    /// Signed proof of it.
    #[schema(value_type = Object)]
    pub receipt: Receipt,
}

/// An answer that waits for its commit.
pub struct Pending {
    own: Own,
    told: Receiver<Result<Told, TheoryError>>,
}

impl Pending {
    /// Waits without holding a thread.
    ///
    /// # Errors
    /// As [`save_answer`].
    pub async fn saved(self) -> Result<Saved, TheoryError> {
        let told = self.told.await.unwrap_or(Err(TheoryError::Db(DbError::WriterGone)))?;
        Ok(told.saved(self.own))
    }
}

/// What can be answered on the paper of a seat, if it is known without asking the database.
#[must_use]
pub fn sheet(app: &App, seat: &Seat) -> Option<Arc<Sheet>> {
    app.lane.sheet(&seat.token)
}

/// As [`sheet`], from the database where it is not known; keeps it.
///
/// # Errors
/// [`TheoryError::SeatTakenOver`] if the token is not the current one; whoever may not yet see the paper is refused.
pub fn learn(app: &App, seat: &Seat) -> Result<Arc<Sheet>, TheoryError> {
    if let Some(known) = sheet(app, seat) {
        return Ok(known);
    }
    let now = app.clock.now();
    let sheet = app.db.read(|conn| {
        current(conn, seat)?;
        may_read(conn, seat, now)?;
        let who = candidate_row(conn, &seat.ticket)?;
        let who = who.ok_or_else(|| TheoryError::TicketUnknown(seat.ticket.clone()))?;
        let exam = exam(conn, &who.session)?;
        let late = i64::from(theory_rules(conn, &exam)?.late_answer_seconds) * 1000;
        Sheet::of(conn, &paper::open(&app.sealer, &who)?, late)
    })?;
    Ok(app.lane.keep(&seat.token, sheet))
}

/// Looks at one answer and hands it to the writer; it is on disk when what is answered here is.
///
/// # Errors
/// [`TheoryError::AnswerInvalid`] for no answer to this question.
pub fn offer(
    app: &App,
    seat: Seat,
    sheet: &Sheet,
    position: u32,
    order: &AnswerOrder,
) -> Result<Pending, TheoryError> {
    let now = app.clock.now();
    app.presence.heard(&seat.ticket, now);
    let letters = sheet.letters(position, &order.choice)?;
    let salt: Salt = random().map_err(crate::seal::SealError::from)?;
    let choice = paper::seal(&app.sealer, &letters, &salt)?;
    let (commitment, sealed) = (commitment(&salt, &letters), Sha256::digest(&choice).into());
    let Seat { ticket, token } = seat;
    let (seq, at, given_at) = (order.seq, now.millis(), None);
    let leaf = AnswerLeaf { ticket: &ticket, seq, position, at, given_at, commitment, sealed }.hash();
    let own = Own { seq, position, at, salt: hex::encode(salt), sealed: hex::encode(sealed) };
    let row = AnswerRow {
        ticket,
        seq,
        position: i32::try_from(position).unwrap_or(i32::MAX),
        choice,
        at,
        given_at,
        batch: 0,
        place: 0,
        commitment: hex::encode(commitment),
    };
    let (tell, told) = tokio::sync::oneshot::channel();
    let (given_at, late) = (order.given_at, sheet.late());
    let waiting = Waiting { token, row, leaf, letters, salt, given_at, late, tell };
    app.lane.put(app, waiting)?;
    Ok(Pending { own, told })
}

/// Saves one answer; it is on disk when this answers. The same number with the same content answers the same again.
///
/// # Errors
/// [`TheoryError`]: a gap or another content for a number, no answer to this question, after the end.
pub fn save_answer(app: &App, seat: &Seat, position: u32, order: &AnswerOrder) -> Result<Saved, TheoryError> {
    let pending = offer(app, seat.clone(), &*learn(app, seat)?, position, order)?;
    let told = pending.told.blocking_recv().unwrap_or(Err(TheoryError::Db(DbError::WriterGone)))?;
    Ok(told.saved(pending.own))
}
