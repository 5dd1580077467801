//! What examinees say is wrong with a question: it reaches the centre and stops nothing.

use super::paper;
use super::seat::{Seat, current, may_read};
use super::{Done, TheoryError, examinee};
use crate::app::App;
use crate::db::regrade::newest_of_set;
use crate::db::{events, theory as rows};
use crate::event::{Actor, Event, Fact, QuestionDoubted};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Longest text in characters.
const MOST_TEXT: usize = 500;

/// Doubts that are looked through for the list.
const NEWEST: i64 = 2_000;

/// Something is wrong with a question.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoubtOrder {
    /// What, up to 500 characters; may be empty.
    #[serde(default)]
    pub text: String,
}

/// A question that examinees doubt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoubtView {
    /// Trade id.
    pub trade: String,
    /// Bank id.
    pub bank: String,
    /// Question id.
    pub question: String,
    /// Its text.
    pub title: String,
    /// Its options in the order of the bank.
    pub choices: Vec<String>,
    /// Letters that count as right.
    pub answer: String,
    /// How many examinees doubt it.
    pub count: usize,
    /// What they wrote, the newest first.
    pub texts: Vec<String>,
    /// When it was doubted last, epoch milliseconds.
    pub last_at: i64,
}

/// Notes what an examinee says of a question of the own paper; once for each question.
///
/// # Errors
/// [`TheoryError`]: not the own seat any more, no such question, a text that is too long.
pub fn doubt(app: &App, seat: &Seat, position: u32, order: &DoubtOrder) -> Result<Done, TheoryError> {
    let now = app.clock.now();
    let text = order.text.trim().to_owned();
    if text.chars().count() > MOST_TEXT || text.contains(char::is_control) {
        return Err(TheoryError::Field { field: "text", why: format!("up to {MOST_TEXT} characters") });
    }
    let (seat, sealer) = (seat.clone(), app.sealer.clone());
    app.db.write(move |conn| {
        current(conn, &seat)?;
        may_read(conn, &seat, now)?;
        let paper = paper::open(&sealer, &examinee(conn, &seat.ticket)?)?;
        let item =
            usize::try_from(position).ok().and_then(|p| p.checked_sub(1)).and_then(|i| paper.items.get(i));
        let invalid =
            || TheoryError::AnswerInvalid(format!("the paper has questions 1 to {}", paper.items.len()));
        let question = item.ok_or_else(invalid)?.question.clone();
        if !rows::has_doubted(conn, &seat.ticket, &question)? {
            let (ticket, set) = (seat.ticket.clone(), paper.set.clone());
            let fact = Fact::QuestionDoubted(QuestionDoubted { ticket, set, question, position, text });
            events::append(conn, &Event::new(now, Actor::Ticket(seat.ticket), fact))?;
        }
        Ok(Done {})
    })
}

/// Questions that are doubted, those with the most doubts first.
///
/// # Errors
/// [`TheoryError`] if they cannot be read.
pub fn doubts(app: &App) -> Result<Vec<DoubtView>, TheoryError> {
    app.db.read(|conn| {
        let mut by_question: BTreeMap<(String, String), (usize, Vec<String>, i64)> = BTreeMap::new();
        for (set, question, text, at) in rows::doubts(conn, NEWEST)? {
            let entry = by_question.entry((set, question)).or_insert((0, Vec::new(), at));
            entry.0 += 1;
            entry.1.extend(Some(text).filter(|text| !text.is_empty()));
        }
        let mut all = Vec::with_capacity(by_question.len());
        for ((set, question), (count, texts, last_at)) in by_question {
            let body = paper::question(conn, &app.sealer, &set, &question)?;
            let (title, choices, answer) = (body.title, body.choices, body.answer);
            let trade = rows::trade_of_set(conn, &set)?;
            let (bank, _) = newest_of_set(conn, &set)?;
            all.push(DoubtView { trade, bank, question, title, choices, answer, count, texts, last_at });
        }
        all.sort_by_key(|doubt| std::cmp::Reverse((doubt.count, doubt.last_at)));
        Ok(all)
    })
}
