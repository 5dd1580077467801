//! Pictures of questions, for the seats whose paper shows them.

use super::App;
use super::theory::{Seat, TheoryError, may_read};
use crate::db::{DbError, sessions, theory as rows};
use crate::event::{PaperRecord, QuestionBody, Sealed};

/// The picture of one question of the caller's own paper, from the start of the examination on.
///
/// # Errors
/// [`TheoryError::SeatTakenOver`], [`TheoryError::TooEarly`], [`TheoryError::RoomNotReleased`];
/// [`TheoryError::NoPicture`] if the paper has no such question or it has no picture.
pub fn of_seat(app: &App, seat: &Seat, position: u32) -> Result<Vec<u8>, TheoryError> {
    let sealed = app.db.read(|conn| {
        let sitting = rows::sitting(conn, &seat.ticket)?.filter(|s| s.token == seat.token);
        sitting.ok_or(TheoryError::SeatTakenOver)?;
        may_read(conn, seat, app.clock.now())?;
        let paper = sessions::candidate_row(conn, &seat.ticket)?.and_then(|candidate| candidate.paper);
        let paper = app.sealer.open("paper", &Sealed(paper.ok_or(TheoryError::NoPicture)?))?;
        let paper: PaperRecord = read("paper", &paper)?;
        let at = usize::try_from(position).ok().and_then(|p| p.checked_sub(1));
        let item = at.and_then(|at| paper.items.get(at)).ok_or(TheoryError::NoPicture)?;
        let found = rows::questions(conn, &paper.set, &[item.question.as_str()])?;
        found.into_iter().next().map(|row| row.body).ok_or(TheoryError::NoPicture)
    })?;
    let body: QuestionBody = read("question", &app.sealer.open("question.body", &Sealed(sealed))?)?;
    app.blobs.load(&body.picture.ok_or(TheoryError::NoPicture)?).map_err(|_| TheoryError::NoPicture)
}

fn read<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T, TheoryError> {
    serde_json::from_str(text).map_err(|e| DbError::corrupt(what, e).into())
}
