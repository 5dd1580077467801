//! Question banks: from the rows of a file to questions that can be asked, and what is wrong with the others.
//!
//! [`check`] refuses what cannot be graded and names the row and the reason. What can be graded and still looks wrong
//! is accepted and listed as suspect; [`usable`] leaves out what must not be asked before somebody has looked at it.

mod answer;
mod choices;
mod figure;
mod question;
mod similar;
mod text;

pub use answer::{Answer, AnswerError};
pub use question::{Draft, Question, QuestionType, RefusalReason, digest};

use crate::trade::words;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// Longest title in characters.
pub const MAX_TITLE: usize = 2_000;

/// Longest option in characters.
pub const MAX_OPTION: usize = 500;

/// Characters of a refused row that a report shows.
const SHOWN: usize = 60;

/// One row of a bank file as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawRow {
    /// Where it stands: ordinal from 1, or the line of a sheet.
    pub row: u32,
    /// Trade (作业种类), if the file names it.
    pub trade: Option<String>,
    /// Type of question (试题类型).
    pub category: String,
    /// What is asked (题目内容).
    pub title: String,
    /// All options in one text (题目选项).
    pub choices: String,
    /// The right letters (题目答案).
    pub answers: String,
    /// Why the answer is right; may be empty.
    pub reason: String,
    /// Part of the syllabus; may be empty.
    pub subject: String,
}

/// What became of the rows of a bank. `read` is the number of `accepted` and `refused` rows together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Rows read.
    pub read: usize,
    /// Row and question, in the order of the file.
    pub accepted: Vec<(u32, Question)>,
    /// Rows that are no question, in the order of the file.
    pub refused: Vec<Refused>,
    /// Rows that somebody should look at, ordered by their first row. A refused row may be among them.
    pub suspect: Vec<Suspect>,
}

/// A row that is no question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where it stands in the file.
    pub row: u32,
    /// Why.
    pub reason: RefusalReason,
    /// The beginning of its title, or of its options if it has no title.
    pub text: String,
}

/// Rows that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suspect {
    /// The rows, ascending; one for a defect of its own, several if they are compared.
    pub rows: Vec<u32>,
    /// Why.
    pub reason: SuspectReason,
}

/// Why somebody should look at a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuspectReason {
    /// Same type, title, options and answer.
    Duplicate,
    /// Title and options differ in a few characters.
    NearDuplicate,
    /// Same type, title and options, another answer.
    Contradiction,
    /// It points at a figure, or links to a picture, that is not in the file.
    FigureMissing,
    /// It holds characters that come from a wrong encoding.
    Mojibake,
}

words!(SuspectReason {
    Duplicate = "duplicate",
    NearDuplicate = "near_duplicate",
    Contradiction = "contradiction",
    FigureMissing = "figure_missing",
    Mojibake = "mojibake",
});

/// Turns rows into questions and says what is wrong with the others.
#[must_use]
pub fn check(rows: &[RawRow]) -> Report {
    let mut accepted = Vec::new();
    let mut refused = Vec::new();
    let mut suspect = Vec::new();
    for raw in rows {
        match question(raw) {
            Ok(question) => accepted.push((raw.row, question)),
            Err(reason) => {
                let text = if raw.title.trim().is_empty() { &raw.choices } else { &raw.title };
                refused.push(Refused { row: raw.row, reason, text: text::shorten(text, SHOWN) });
            }
        }
        suspect.extend(own_defects(raw).map(|reason| Suspect { rows: vec![raw.row], reason }));
    }
    suspect.extend(similar::same(&accepted));
    suspect.extend(similar::near(&accepted));
    suspect.sort();
    Report { read: rows.len(), accepted, refused, suspect }
}

/// Reads one row.
///
/// # Errors
/// The first [`RefusalReason`] that applies.
pub fn question(raw: &RawRow) -> Result<Question, RefusalReason> {
    if text::tidy(&raw.title).is_empty() {
        return Err(RefusalReason::EmptyTitle);
    }
    let kind = QuestionType::from_bank(&raw.category).ok_or(RefusalReason::UnknownType)?;
    if raw.choices.chars().count() > MAX_OPTION.saturating_mul(27) {
        return Err(RefusalReason::TooLong);
    }
    let given = read_answer(&raw.answers, kind);
    let wanted =
        given.map_or(0, |given| given.answer.indices().last().map_or(0, |last| last.saturating_add(1)));
    let (choices, flipped) = match kind {
        QuestionType::TrueFalse => true_false_options(&raw.choices)?,
        QuestionType::Single | QuestionType::Multiple => (choices::split(&raw.choices, wanted)?, false),
    };
    // An empty option says more about a row than its answer does, so the answer's own defects come second.
    if choices.iter().any(String::is_empty) {
        return Err(RefusalReason::EmptyOption);
    }
    let Given { answer, in_words } = given?;
    // 正确 is right wherever it stands; a letter means the option that stands at it.
    let turn = flipped && !in_words;
    let answer = if turn { turned(answer).ok_or(RefusalReason::AnswerNotAnOption)? } else { answer };
    Question::new(Draft {
        kind,
        title: raw.title.clone(),
        choices,
        answer,
        reason: raw.reason.clone(),
        subject: raw.subject.clone(),
    })
}

/// The questions that may be asked: of rows that say the same the first, none that contradicts another, none with a
/// figure missing, none with garbled text. Near duplicates stay; they often are two sides of one rule.
#[must_use]
pub fn usable(report: &Report) -> Vec<&Question> {
    let mut left_out: HashSet<u32> = HashSet::new();
    for suspect in &report.suspect {
        match suspect.reason {
            SuspectReason::Duplicate => left_out.extend(suspect.rows.iter().skip(1)),
            SuspectReason::Contradiction | SuspectReason::FigureMissing | SuspectReason::Mojibake => {
                left_out.extend(&suspect.rows);
            }
            SuspectReason::NearDuplicate => {}
        }
    }
    report.accepted.iter().filter(|(row, _)| !left_out.contains(row)).map(|(_, question)| question).collect()
}

/// A question as it is written to a bank file: its options in one text, marked `**A、`.
#[must_use]
pub fn raw(question: &Question, row: u32, trade: Option<String>) -> RawRow {
    let letters = question.choices().iter().zip('A'..='Z');
    RawRow {
        row,
        trade,
        category: question.kind().chinese().to_owned(),
        title: question.title().to_owned(),
        choices: letters.map(|(text, letter)| format!("**{letter}、{text}")).collect(),
        answers: question.answer().letters(),
        reason: question.reason().to_owned(),
        subject: question.subject().to_owned(),
    }
}

fn own_defects(raw: &RawRow) -> impl Iterator<Item = SuspectReason> {
    let pictured = figure::links_to_picture(&raw.title) || figure::links_to_picture(&raw.choices);
    let figure = (pictured || figure::points_at_figure(&raw.title)).then_some(SuspectReason::FigureMissing);
    let garbled = text::is_garbled(&raw.title) || text::is_garbled(&raw.choices);
    figure.into_iter().chain(garbled.then_some(SuspectReason::Mojibake))
}

/// The answer of a row, and whether it was given in words instead of letters.
#[derive(Debug, Clone, Copy)]
struct Given {
    answer: Answer,
    in_words: bool,
}

/// Letters in any width and case, with separators between them; for true/false also 正确, 错误, √, × …
fn read_answer(raw: &str, kind: QuestionType) -> Result<Given, RefusalReason> {
    let folded: String = raw.nfkc().flat_map(char::to_uppercase).collect();
    let separator = |c: char| c.is_whitespace() || matches!(c, ',' | '、' | ';' | '|' | '/' | '.' | '。');
    let letters: String = folded.chars().filter(|c| !separator(*c)).collect();
    if letters.is_empty() {
        return Err(RefusalReason::AnswerMissing);
    }
    if kind == QuestionType::TrueFalse
        && let Some(right) = truth(&letters)
    {
        let answer = Answer::one(usize::from(!right)).ok_or(RefusalReason::AnswerUnreadable)?;
        return Ok(Given { answer, in_words: true });
    }
    let answer = Answer::parse(&letters).map_err(|_| RefusalReason::AnswerUnreadable)?;
    Ok(Given { answer, in_words: false })
}

/// Right or wrong in words and signs, not in letters of options.
fn truth(word: &str) -> Option<bool> {
    match word {
        "正确" | "对" | "是" | "√" | "✓" | "✔" | "T" | "TRUE" => Some(true),
        "错误" | "错" | "否" | "不正确" | "不对" | "×" | "✗" | "✘" | "X" | "F" | "FALSE" => {
            Some(false)
        }
        _ => None,
    }
}

/// Right and wrong in this order, and whether the row has them the other way round. No options mean the usual ones.
fn true_false_options(raw: &str) -> Result<(Vec<String>, bool), RefusalReason> {
    let usual = || vec!["正确".to_owned(), "错误".to_owned()];
    if text::tidy(raw).is_empty() {
        return Ok((usual(), false));
    }
    let options = choices::split(raw, 2)?;
    if options.iter().any(String::is_empty) {
        return Err(RefusalReason::EmptyOption);
    }
    let truths: Vec<Option<bool>> =
        options.iter().map(|option| truth(&text::fold(option).to_uppercase())).collect();
    match truths.as_slice() {
        [Some(true), Some(false)] => Ok((options, false)),
        [Some(false), Some(true)] => Ok((options.into_iter().rev().collect(), true)),
        _ => Err(RefusalReason::TrueFalseOptions),
    }
}

/// A for B and B for A.
fn turned(answer: Answer) -> Option<Answer> {
    Answer::from_indices(
        answer.indices().map(|index| 1_usize.checked_sub(index)).collect::<Option<Vec<_>>>()?,
    )
}

#[cfg(test)]
mod tests;
