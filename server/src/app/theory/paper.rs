//! A candidate's paper: what is shown, what counts as an answer to it, and what it is worth.

use super::TheoryError;
use crate::db::sessions::CandidateRow;
use crate::db::theory::{self as rows, AnswerRow, QuestionRow};
use crate::db::{Conn, DbError};
use crate::event::{PaperItemRecord, PaperRecord, QuestionBody, Sealed};
use crate::seal::Sealer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::bank::Answer;
use shared::grading;
use shared::rules::TheoryRules;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// A paper as its examinee sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownPaper {
    /// Points of each question.
    pub points: u32,
    /// Questions in the order of this paper.
    pub items: Vec<ShownItem>,
}

/// One question as its examinee sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownItem {
    /// Position from 1.
    pub position: u32,
    /// `true_false`, `single` or `multiple`.
    pub kind: String,
    /// Text.
    pub title: String,
    /// Options in the order of this paper; the first is A.
    pub choices: Vec<String>,
    /// SHA-256 of the picture that belongs to the text; `GET /api/v1/seat/pictures/{position}` answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// One question of a paper that was handed in, with what was answered and what is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnsweredItem {
    /// The question as it was shown.
    #[serde(flatten)]
    pub shown: ShownItem,
    /// Letters that were chosen; empty for none.
    pub given: String,
    /// Letters that are right, as shown on this paper.
    pub right: String,
    /// Points for it.
    pub points: u32,
}

/// The answer that stands for a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GivenAnswer {
    /// Position on the paper from 1.
    pub position: u32,
    /// Letters as shown, sorted.
    pub choice: String,
}

/// What a paper is worth with the answers saved so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graded {
    /// Answers saved.
    pub last_seq: i64,
    /// SHA-256 over one line `position=letters` for each answered position, ascending.
    pub answers_hash: String,
    /// Questions answered.
    pub answered: u32,
    /// Points reached.
    pub points: u32,
    /// Points of the paper.
    pub total: u32,
    /// Whether the pass mark is reached.
    pub passed: bool,
}

/// Right answers of question sets, kept while many papers of few sets are graded.
#[derive(Default)]
pub struct Keys(HashMap<String, HashMap<String, Answer>>);

/// Opens a candidate's paper.
pub fn open(sealer: &Sealer, examinee: &CandidateRow) -> Result<PaperRecord, TheoryError> {
    let sealed =
        examinee.paper.clone().ok_or(TheoryError::SessionState("no paper was drawn for this ticket"))?;
    read("paper", &sealer.open("paper", &Sealed(sealed))?)
}

/// Whether a practical was drawn that follows a pass.
pub fn practical_follows(sealer: &Sealer, examinee: &CandidateRow) -> Result<bool, TheoryError> {
    let Some(sealed) = &examinee.sheets else { return Ok(false) };
    let codes: Vec<String> = read("sheets", &sealer.open("sheets", &Sealed(sealed.clone()))?)?;
    Ok(!codes.is_empty())
}

/// The paper as shown: questions in its order, options in its order.
pub fn show(conn: &mut Conn, sealer: &Sealer, paper: &PaperRecord) -> Result<ShownPaper, TheoryError> {
    let found = questions(conn, paper)?;
    let mut items = Vec::with_capacity(paper.items.len());
    for (position, item) in (1..).zip(&paper.items) {
        let row = found.get(&item.question).ok_or_else(|| missing(&item.question))?;
        let body = body(sealer, row)?;
        let choices: Option<Vec<String>> =
            item.options.iter().map(|o| body.choices.get(*o).cloned()).collect();
        let choices = choices.ok_or_else(|| missing(&item.question))?;
        items.push(ShownItem {
            position,
            kind: row.kind.clone(),
            title: body.title,
            choices,
            picture: body.picture,
        });
    }
    Ok(ShownPaper { points: paper.points, items })
}

/// Reads a choice for a position: letters in any order, each an option of the question, one alone where only one can
/// be right; nothing withdraws the answer. Answers the letters sorted.
pub fn choice(
    conn: &mut Conn,
    paper: &PaperRecord,
    position: u32,
    text: &str,
) -> Result<String, TheoryError> {
    let invalid = |why: String| TheoryError::AnswerInvalid(why);
    let item = usize::try_from(position).ok().and_then(|p| p.checked_sub(1)).and_then(|i| paper.items.get(i));
    let item = item.ok_or_else(|| invalid(format!("the paper has questions 1 to {}", paper.items.len())))?;
    if text.is_empty() {
        return Ok(String::new());
    }
    let answer = Answer::parse(text).map_err(|e| invalid(e.to_string()))?;
    if !answer.fits(item.options.len()) {
        return Err(invalid(format!("question {position} has {} options", item.options.len())));
    }
    if answer.count() > 1 && rows::question_kind(conn, &paper.set, &item.question)? != "multiple" {
        return Err(invalid(format!("question {position} takes one letter")));
    }
    Ok(answer.letters())
}

/// The answers that stand: the last one of each position, unless it was withdrawn.
pub fn standing(sealer: &Sealer, answers: &[AnswerRow]) -> Result<Vec<GivenAnswer>, TheoryError> {
    // Only the last of each position is opened.
    let last: BTreeMap<i32, &AnswerRow> = answers.iter().map(|a| (a.position, a)).collect();
    let mut given = Vec::with_capacity(last.len());
    for (position, row) in last {
        let choice = sealer.open("answer", &Sealed(row.choice.clone()))?;
        if !choice.is_empty() {
            given.push(GivenAnswer { position: u32::try_from(position).unwrap_or(0), choice });
        }
    }
    Ok(given)
}

/// SHA-256 over the answers that stand.
pub fn hash(given: &[GivenAnswer]) -> String {
    let mut hasher = Sha256::new();
    for answer in given {
        hasher.update(format!("{}={}\n", answer.position, answer.choice));
    }
    hex::encode(hasher.finalize())
}

/// Points of the whole paper.
pub fn total(paper: &PaperRecord) -> u32 {
    u32::try_from(paper.items.len()).unwrap_or(u32::MAX).saturating_mul(paper.points)
}

/// Grades a paper with every answer saved so far; letters as shown are mapped back to the bank's options.
pub fn grade(
    conn: &mut Conn,
    sealer: &Sealer,
    keys: &mut Keys,
    rules: &TheoryRules,
    examinee: &CandidateRow,
) -> Result<Graded, TheoryError> {
    let paper = open(sealer, examinee)?;
    let answers = rows::answers(conn, &examinee.ticket)?;
    let given = standing(sealer, &answers)?;
    let right = keys.of(conn, sealer, &paper)?;
    let mut key = Vec::with_capacity(paper.items.len());
    let mut sheet = Vec::with_capacity(paper.items.len());
    for (position, item) in (1_u32..).zip(&paper.items) {
        let answer = right.get(&item.question).ok_or_else(|| missing(&item.question))?;
        key.push((*answer, paper.points));
        let shown = given.iter().find(|g| g.position == position).map(|g| g.choice.as_str());
        sheet.push(shown.and_then(|letters| in_bank_order(letters, item)));
    }
    let score = grading::grade(&key, &sheet).map_err(|e| DbError::corrupt("paper", e))?;
    // The pass mark is out of the rule set's total; a paper may be worth another sum.
    let scaled = u64::from(score.points) * u64::from(rules.total);
    Ok(Graded {
        last_seq: answers.last().map_or(0, |a| a.seq),
        answers_hash: hash(&given),
        answered: score.answered,
        points: score.points,
        total: score.total,
        passed: scaled >= u64::from(rules.pass_mark) * u64::from(score.total),
    })
}

/// The paper with the answers beside the right ones; for after the examination.
pub fn answered(
    conn: &mut Conn,
    sealer: &Sealer,
    examinee: &CandidateRow,
) -> Result<Vec<AnsweredItem>, TheoryError> {
    let paper = open(sealer, examinee)?;
    let given = standing(sealer, &rows::answers(conn, &examinee.ticket)?)?;
    let mut keys = Keys::default();
    let shown = show(conn, sealer, &paper)?;
    let right = keys.of(conn, sealer, &paper)?;
    let mut items = Vec::with_capacity(shown.items.len());
    for (shown, item) in shown.items.into_iter().zip(&paper.items) {
        let right = right.get(&item.question).ok_or_else(|| missing(&item.question))?;
        let places = right.indices().filter_map(|index| item.options.iter().position(|o| *o == index));
        let given = given.iter().find(|given| given.position == shown.position);
        let given = given.map(|given| given.choice.clone()).unwrap_or_default();
        let right = Answer::from_indices(places).map(Answer::letters).unwrap_or_default();
        let points = if given == right { paper.points } else { 0 };
        items.push(AnsweredItem { shown, given, right, points });
    }
    Ok(items)
}

impl Keys {
    fn of(
        &mut self,
        conn: &mut Conn,
        sealer: &Sealer,
        paper: &PaperRecord,
    ) -> Result<&HashMap<String, Answer>, TheoryError> {
        use std::collections::hash_map::Entry;
        match self.0.entry(paper.set.clone()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let mut answers = HashMap::new();
                for (id, row) in questions(conn, paper)? {
                    let letters = body(sealer, &row)?.answer;
                    answers.insert(id, Answer::parse(&letters).map_err(|e| DbError::corrupt("question", e))?);
                }
                Ok(new.insert(answers))
            }
        }
    }
}

/// Letters as shown on the paper, as the bank's question has them.
fn in_bank_order(letters: &str, item: &PaperItemRecord) -> Option<Answer> {
    let shown = Answer::parse(letters).ok()?;
    let bank: Option<Vec<usize>> = shown.indices().map(|i| item.options.get(i).copied()).collect();
    Answer::from_indices(bank?)
}

fn questions(conn: &mut Conn, paper: &PaperRecord) -> Result<HashMap<String, QuestionRow>, TheoryError> {
    let ids: Vec<&str> = paper.items.iter().map(|i| i.question.as_str()).collect();
    let found = rows::questions(conn, &paper.set, &ids)?;
    Ok(found.into_iter().map(|q| (q.id.clone(), q)).collect())
}

fn body(sealer: &Sealer, row: &QuestionRow) -> Result<QuestionBody, TheoryError> {
    read("question", &sealer.open("question.body", &Sealed(row.body.clone()))?)
}

fn read<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T, TheoryError> {
    serde_json::from_str(text).map_err(|e| DbError::corrupt(what, e).into())
}

fn missing(question: &str) -> TheoryError {
    DbError::corrupt("paper", format!("question {question} is not in the bank")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_as_shown_are_mapped_back_to_the_bank() {
        let item = PaperItemRecord { question: "q".into(), options: vec![2, 0, 3, 1] };
        let table = [
            ("A", Some("C")),
            ("B", Some("A")),
            ("AB", Some("AC")),
            ("ABCD", Some("ABCD")),
            ("E", None),
            ("", None),
        ];
        for (shown, bank) in table {
            assert_eq!(in_bank_order(shown, &item).map(Answer::letters).as_deref(), bank, "{shown}");
        }
    }
}
