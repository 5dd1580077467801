//! What a seat still held when its examinee was moved away: merged with what was answered since, by one rule.

use super::lane::{append, arrived};
use super::paper::{self, Sheet};
use super::seat::Seat;
use super::{TheoryError, exam, examinee, theory_rules};
use crate::app::App;
use crate::db::answers::{self, AnswerRow};
use crate::db::theory as rows;
use crate::entropy::random;
use crate::seal::SealError;
use serde::{Deserialize, Serialize};
use shared::wire::v1::receipt::{Salt, commitment};
use utoipa::ToSchema;

/// Answers that a seat could not send before its examinee was moved away.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeftOrder {
    /// In the order given; the last for a question is the one that counts.
    pub answers: Vec<LeftAnswer>,
}

/// One of them.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeftAnswer {
    /// Position on the paper from 1.
    pub position: u32,
    /// Letters as shown; empty withdraws the answer.
    pub choice: String,
    /// When it was given by the server's clock as the seat knows it, epoch milliseconds.
    pub given_at: i64,
}

/// What became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Merged {
    /// Saved.
    pub saved: usize,
    /// Left out, because the question was answered later elsewhere, or this very answer was saved before.
    pub older: usize,
}

/// Most answers of one order: more than any paper has questions.
const MOST: usize = 500;

/// Merges what a seat held that is not the examinee's any more: an answer counts if none was given to the same question
/// later. What is merged is an event like every other answer; the seat in use learns of it when it next asks.
///
/// # Errors
/// [`TheoryError`]: no answer to a question, over, halted.
pub fn merge(app: &App, seat: &Seat, order: &LeftOrder) -> Result<Merged, TheoryError> {
    let now = app.clock.now().millis();
    if order.answers.len() > MOST {
        return Err(TheoryError::Field { field: "answers", why: format!("{MOST} at most") });
    }
    let (app, ticket, left) = (app.clone(), seat.ticket.clone(), order.answers.clone());
    app.db.clone().write(move |conn| {
        let who = examinee(conn, &ticket)?;
        let exam = exam(conn, &who.session)?;
        let rules = theory_rules(conn, &exam)?;
        let late = i64::from(rules.late_answer_seconds) * 1000;
        let sitting = rows::sitting(conn, &ticket)?.ok_or(TheoryError::SeatTakenOver)?;
        let sheet = Sheet::of(conn, &paper::open(&app.sealer, &who)?, late)?;
        let mut known = answers::of_ticket(conn, &ticket)?;
        let (before, mut merged) = (known.len(), Merged { saved: 0, older: 0 });
        for answer in left {
            let letters = sheet.letters(answer.position, &answer.choice)?;
            let given = answer.given_at.min(now);
            arrived(&sitting, who.paused_at, now, (Some(given), late))?;
            let position = i32::try_from(answer.position).unwrap_or(i32::MAX);
            let newest = known.iter().rfind(|row| row.position == position);
            if newest.is_some_and(|row| row.given_at.unwrap_or(row.at) >= given) {
                merged.older += 1;
                continue;
            }
            let salt: Salt = random().map_err(SealError::from)?;
            known.push(AnswerRow {
                ticket: ticket.clone(),
                seq: known.last().map_or(0, |row| row.seq) + 1,
                position,
                choice: paper::seal(&app.sealer, &letters, &salt)?,
                at: now,
                given_at: Some(given),
                batch: 0,
                place: i32::try_from(merged.saved).unwrap_or(i32::MAX),
                commitment: hex::encode(commitment(&salt, &letters)),
            });
            merged.saved += 1;
        }
        let new = known.split_off(before);
        append(conn, &new, new.iter().map(AnswerRow::leaf_hash).collect())?;
        Ok(merged)
    })
}
