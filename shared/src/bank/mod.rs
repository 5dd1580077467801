//! Question banks: from the rows of a file to questions that can be asked, and what is wrong with the others.
//!
//! [`check`] refuses what cannot be graded and names the row and the reason. What can be graded and still looks wrong
//! is accepted and listed as suspect; [`usable`] leaves out what must not be asked before somebody has looked at it.

mod answer;
mod choices;
mod figure;
mod question;
mod right;
mod similar;
mod text;

pub use answer::{Answer, AnswerError};
pub use question::{Difficulty, Draft, Question, QuestionType, RefusalReason, Tags, digest};
pub use right::{Right, RightError};

use crate::trade::words;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// Longest title in characters.
pub const MAX_TITLE: usize = 2_000;

/// Longest option in characters.
pub const MAX_OPTION: usize = 500;

/// Longest explanation in characters; a cell of a workbook holds no more than three times as many.
pub const MAX_REASON: usize = 10_000;

/// Longest subject and key point in characters.
pub const MAX_TAG: usize = 200;

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
    /// The options one by one, where the file keeps them apart; `choices` is not looked at then.
    pub options: Option<Vec<String>>,
    /// The right letters (题目答案).
    pub answers: String,
    /// Why the answer is right; may be empty.
    pub reason: String,
    /// Part of the syllabus (科目); may be empty.
    pub subject: String,
    /// What of it is examined (考核要点); may be empty.
    pub key_point: String,
    /// How hard it is (难度), as it stands there; may be empty.
    pub difficulty: String,
    /// The picture that belongs to the title: SHA-256 of its file, hexadecimal.
    pub picture: Option<String>,
    /// Why the reader of the file could make no row of it.
    pub refused: Option<RefusalReason>,
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
    /// Rows that somebody should look at: contradictions first, then what is there twice, then what nearly is, then the
    /// defects of single rows; of each kind the first rows first. A refused row may be among them.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// The rows, ascending; one for a defect of its own, several if they are compared.
    pub rows: Vec<u32>,
    /// Why.
    pub reason: SuspectReason,
}

/// Why somebody should look at a row; the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuspectReason {
    /// Same type, title and options, another answer.
    Contradiction,
    /// Same type, title, options and answer.
    Duplicate,
    /// Title and options differ in a few characters.
    NearDuplicate,
    /// It points at a figure, or links to a picture, that is not in the file.
    FigureMissing,
    /// It holds characters that come from a wrong encoding.
    Mojibake,
    /// What it says of its difficulty is none, so that it has none.
    Difficulty,
    /// For practising, and nearly the same as a question of a set in force.
    NearSet,
}

words!(SuspectReason {
    Contradiction = "contradiction",
    Duplicate = "duplicate",
    NearDuplicate = "near_duplicate",
    FigureMissing = "figure_missing",
    Mojibake = "mojibake",
    Difficulty = "difficulty",
    NearSet = "near_set",
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
                refused.push(Refused { row: raw.row, reason, text: text::shorten(&beginning(raw), SHOWN) });
            }
        }
        suspect.extend(own_defects(raw).map(|reason| Suspect { rows: vec![raw.row], reason }));
    }
    suspect.extend(similar::same(&accepted));
    suspect.extend(similar::near(&accepted));
    suspect.sort_by(|a, b| (a.reason, &a.rows).cmp(&(b.reason, &b.rows)));
    Report { read: rows.len(), accepted, refused, suspect }
}

/// Reads one row.
///
/// # Errors
/// The first [`RefusalReason`] that applies.
pub fn question(raw: &RawRow) -> Result<Question, RefusalReason> {
    if let Some(reason) = raw.refused {
        return Err(reason);
    }
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
        QuestionType::TrueFalse => true_false_options(raw)?,
        QuestionType::Single | QuestionType::Multiple => (options(raw, wanted)?, false),
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
        tags: Tags {
            reason: raw.reason.clone(),
            subject: raw.subject.clone(),
            key_point: raw.key_point.clone(),
            difficulty: Difficulty::from_bank(&raw.difficulty),
        },
        picture: raw.picture.clone(),
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
            SuspectReason::NearDuplicate | SuspectReason::Difficulty | SuspectReason::NearSet => {}
        }
    }
    report.accepted.iter().filter(|(row, _)| !left_out.contains(row)).map(|(_, question)| question).collect()
}

/// Rows of a file that say the same as a question that is there already (`Duplicate`), or the same with another answer
/// (`Contradiction`); the contradictions first.
#[must_use]
pub fn against(there: &[Question], report: &Report) -> Vec<Suspect> {
    similar::against(there, &report.accepted)
}

/// Rows of a file that nearly say the same as a question that is there already, ascending.
#[must_use]
pub fn near_against(there: &[Question], report: &Report) -> Vec<u32> {
    similar::near_against(there, &report.accepted)
}

/// A question as it is written to a bank file: its options in one text, marked `**A、`, or one by one where a text would
/// not be read back as the same options.
#[must_use]
pub fn raw(question: &Question, row: u32, trade: Option<String>) -> RawRow {
    let letters = question.choices().iter().zip('A'..='Z');
    let tags = question.tags();
    let mut raw = RawRow {
        row,
        trade,
        category: question.kind().chinese().to_owned(),
        title: question.title().to_owned(),
        choices: letters.map(|(text, letter)| format!("**{letter}、{text}")).collect(),
        options: None,
        answers: question.answer().letters(),
        reason: tags.reason.clone(),
        subject: tags.subject.clone(),
        key_point: tags.key_point.clone(),
        difficulty: tags.difficulty.map(|d| d.number().to_string()).unwrap_or_default(),
        picture: question.picture().map(str::to_owned),
        refused: None,
    };
    if self::question(&raw).as_ref() != Ok(question) {
        raw.choices.clear();
        raw.options = Some(question.choices().to_vec());
    }
    raw
}

/// What a report shows of a row that is no question.
fn beginning(raw: &RawRow) -> std::borrow::Cow<'_, str> {
    match &raw.options {
        _ if !raw.title.trim().is_empty() => (&raw.title).into(),
        Some(options) => options.join(" ").into(),
        None => (&raw.choices).into(),
    }
}

fn own_defects(raw: &RawRow) -> impl Iterator<Item = SuspectReason> {
    let mut options = raw.options.iter().flatten().chain([&raw.choices]);
    let linked = figure::links_to_picture(&raw.title) || options.clone().any(|o| figure::links_to_picture(o));
    // A picture that is there is what the title points at; a link is one more.
    let pointed = raw.picture.is_none() && figure::points_at_figure(&raw.title);
    let figure = (linked || pointed).then_some(SuspectReason::FigureMissing);
    let garbled = text::is_garbled(&raw.title) || options.any(|o| text::is_garbled(o));
    let judged = !raw.difficulty.trim().is_empty() && Difficulty::from_bank(&raw.difficulty).is_none();
    let garbled = garbled.then_some(SuspectReason::Mojibake);
    figure.into_iter().chain(garbled).chain(judged.then_some(SuspectReason::Difficulty))
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

/// The options of a row; see [`choices::split`] for `wanted`.
fn options(raw: &RawRow, wanted: usize) -> Result<Vec<String>, RefusalReason> {
    match &raw.options {
        Some(options) => Ok(options.iter().map(|option| text::tidy(option)).collect()),
        None => choices::split(&raw.choices, wanted),
    }
}

/// Right and wrong in this order, and whether the row has them the other way round. No options mean the usual ones.
fn true_false_options(raw: &RawRow) -> Result<(Vec<String>, bool), RefusalReason> {
    if raw.options.is_none() && text::tidy(&raw.choices).is_empty() {
        return Ok((vec!["正确".to_owned(), "错误".to_owned()], false));
    }
    let options = options(raw, 2)?;
    if options.iter().any(String::is_empty) {
        return Err(RefusalReason::EmptyOption);
    }
    let truths: Vec<Option<bool>> = options.iter().map(|option| says_true(option)).collect();
    match truths.as_slice() {
        [Some(true), Some(false)] => Ok((options, false)),
        [Some(false), Some(true)] => Ok((options.into_iter().rev().collect(), true)),
        _ => Err(RefusalReason::TrueFalseOptions),
    }
}

/// Whether a text says right (正确, true …) or wrong (错误, false …); nothing for any other.
#[must_use]
pub fn says_true(text: &str) -> Option<bool> {
    truth(&text::fold(text).to_uppercase())
}

/// A for B and B for A.
fn turned(answer: Answer) -> Option<Answer> {
    Answer::from_indices(
        answer.indices().map(|index| 1_usize.checked_sub(index)).collect::<Option<Vec<_>>>()?,
    )
}

#[cfg(test)]
mod tests;
