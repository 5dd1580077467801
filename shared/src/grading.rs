//! Grading of theory papers: all or nothing for each question, as the command `grade` does it.

pub mod bulk;

use crate::bank::{Answer, Right};
use crate::statistics::{KeyedQuestion, SetSheets};
use std::collections::{HashMap, HashSet};
use thiserror::Error;

/// What a paper was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// Points reached.
    pub points: u32,
    /// Points of the whole paper.
    pub total: u32,
    /// Questions whose points were given.
    pub right: u32,
    /// Questions answered at all.
    pub answered: u32,
}

/// Why a paper cannot be graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GradingError {
    /// Key and paper do not belong together.
    #[error("the paper has {given} answers, the key {expected} questions")]
    Count {
        /// Questions of the key.
        expected: usize,
        /// Answers of the paper.
        given: usize,
    },
    /// The points of all questions do not fit into 32 bits.
    #[error("the points of the key add up to more than {}", u32::MAX)]
    Total,
}

/// One row of a key file, as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyRow {
    /// Line of the file; the header is line 1.
    pub line: u64,
    /// Name of the question set.
    pub set: String,
    /// Name of the question, once in a set.
    pub question: String,
    /// The right letters in ascending order, like `A` or `ACD`; of a key that was corrected also `A/C` where either counts,
    /// `any` where every answer does, and `void` where everybody gets the points.
    pub answer: String,
    /// Points, an integer.
    pub points: String,
}

/// One row of a file of answer sheets, as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetRow {
    /// Line of the file; the header is line 1.
    pub line: u64,
    /// Name of the sheet, once in a file.
    pub sheet: String,
    /// Name of the question set.
    pub set: String,
    /// One answer for each question of the set, joined by `|`; nothing for no answer.
    pub answers: String,
}

/// One row of a file of results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// Name of the sheet.
    pub sheet: String,
    /// Name of the question set.
    pub set: String,
    /// Points reached.
    pub points: u32,
    /// See [`passed`].
    pub passed: bool,
}

/// Why files cannot be graded: the first bad line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file} line {line}: {problem}")]
pub struct GradeError {
    /// Which file.
    pub file: GradeFile,
    /// Its line; the header is line 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: GradeProblem,
}

/// Which of the files of [`grade_sheets`] is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GradeFile {
    /// The key.
    Key,
    /// The answer sheets.
    Sheets,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GradeProblem {
    /// A field that must not be empty is.
    #[error("'{0}' is empty")]
    Empty(&'static str),
    /// The answer of a key is not letters in ascending order.
    #[error(
        "'{0}' is no answer: write the right letters in ascending order, like A or ACD; A/C, any or void"
    )]
    KeyAnswer(String),
    /// The answer of a sheet is not letters.
    #[error("answer {0} ('{1}') is none: write letters, like A or AC, or nothing")]
    SheetAnswer(usize, String),
    /// The points are no whole number.
    #[error("'{0}' is no whole number of points")]
    Points(String),
    /// A set has the same question twice.
    #[error("question '{0}' is in the set twice")]
    QuestionTwice(String),
    /// No row of the key has the set.
    #[error("the key has no set '{0}'")]
    UnknownSet(String),
    /// The sheet was there before.
    #[error("sheet '{0}' is there twice")]
    SheetTwice(String),
    /// Answers and questions do not match.
    #[error(transparent)]
    Grading(#[from] GradingError),
}

/// Grades one paper. A question gives all of its points where its key takes the answer, else nothing.
///
/// `key` and `given` are in the same order; `None` is no answer.
///
/// # Errors
/// [`GradingError::Count`] if the lengths differ, [`GradingError::Total`] if the points overflow.
pub fn grade(key: &[(Right, u32)], given: &[Option<Answer>]) -> Result<Score, GradingError> {
    if key.len() != given.len() {
        return Err(GradingError::Count { expected: key.len(), given: given.len() });
    }
    let mut score = Score::default();
    for ((right, points), answer) in key.iter().zip(given) {
        score.total = score.total.checked_add(*points).ok_or(GradingError::Total)?;
        let hit = right.takes(*answer);
        // Neither can overflow: points stay below the total, and a paper has fewer questions than 2^32.
        score.points = score.points.saturating_add(if hit { *points } else { 0 });
        score.right = score.right.saturating_add(u32::from(hit));
        score.answered = score.answered.saturating_add(u32::from(answer.is_some()));
    }
    Ok(score)
}

/// Points that are needed, out of the points of a full paper by the rules; a paper may be worth another sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassMark {
    /// Points needed.
    pub mark: u32,
    /// Points of a full paper.
    pub of: u32,
}

impl PassMark {
    /// Whether so many points of a total are a pass, in whole numbers: points × full ≥ mark × total.
    #[must_use]
    pub fn is_reached(self, points: u32, total: u32) -> bool {
        u64::from(points).saturating_mul(u64::from(self.of))
            >= u64::from(self.mark).saturating_mul(u64::from(total))
    }
}

/// Whether so many points of a total reach a pass mark in per cent, in whole numbers: points × 100 ≥ percent × total.
#[must_use]
pub fn passed(points: u32, total: u32, pass_percent: u32) -> bool {
    u64::from(points).saturating_mul(100) >= u64::from(pass_percent).saturating_mul(u64::from(total))
}

/// Grades sheets against the keys of their sets; results are in the order of the sheets.
///
/// # Errors
/// [`GradeError`] names the first line that is wrong; then there are no results at all.
pub fn grade_sheets(
    key: &[KeyRow],
    sheets: &[SheetRow],
    pass_percent: u32,
) -> Result<Vec<ResultRow>, GradeError> {
    let keys = keys(key)?;
    let mut names = HashSet::with_capacity(sheets.len());
    let mut results = Vec::with_capacity(sheets.len());
    let mut given = Vec::new();
    for row in sheets {
        let fail = |problem| GradeError { file: GradeFile::Sheets, line: row.line, problem };
        if row.sheet.is_empty() {
            return Err(fail(GradeProblem::Empty("sheet")));
        }
        let Some(key) = keys.get(row.set.as_str()) else {
            return Err(fail(GradeProblem::UnknownSet(row.set.clone())));
        };
        if !names.insert(row.sheet.as_str()) {
            return Err(fail(GradeProblem::SheetTwice(row.sheet.clone())));
        }
        answers(&row.answers, &mut given).map_err(fail)?;
        let score = grade(key, &given).map_err(|error| fail(error.into()))?;
        results.push(ResultRow {
            sheet: row.sheet.clone(),
            set: row.set.clone(),
            points: score.points,
            passed: passed(score.points, score.total, pass_percent),
        });
    }
    Ok(results)
}

/// The sets of a key with the answers of their sheets, in the order of the key; for statistics.
///
/// # Errors
/// As [`grade_sheets`].
pub fn sets_with_sheets(key: &[KeyRow], sheets: &[SheetRow]) -> Result<Vec<SetSheets>, GradeError> {
    // Whatever cannot be graded is refused by the same rules.
    grade_sheets(key, sheets, 0)?;
    let keys = keys(key)?;
    let mut sets: Vec<SetSheets> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for row in key {
        let at = *places.entry(&row.set).or_insert(sets.len());
        if at == sets.len() {
            sets.push(SetSheets { set: row.set.clone(), questions: Vec::new(), sheets: Vec::new() });
        }
        let Some(set) = sets.get_mut(at) else { continue };
        if let Some((right, points)) = keys.get(row.set.as_str()).and_then(|of| of.get(set.questions.len())) {
            let (question, right, points) = (row.question.clone(), right.clone(), *points);
            set.questions.push(KeyedQuestion { question, right, points });
        }
    }
    for row in sheets {
        let mut given = Vec::new();
        let fail = |problem| GradeError { file: GradeFile::Sheets, line: row.line, problem };
        answers(&row.answers, &mut given).map_err(fail)?;
        if let Some(set) = places.get(row.set.as_str()).and_then(|at| sets.get_mut(*at)) {
            set.sheets.push(given);
        }
    }
    Ok(sets)
}

/// Right answers and points by set, questions in the order of their rows.
type Keys<'a> = HashMap<&'a str, Vec<(Right, u32)>>;

/// Reads the keys of all sets.
fn keys(rows: &[KeyRow]) -> Result<Keys<'_>, GradeError> {
    let mut keys = Keys::new();
    let mut totals: HashMap<&str, u32> = HashMap::new();
    let mut questions = HashSet::with_capacity(rows.len());
    for row in rows {
        let fail = |problem| GradeError { file: GradeFile::Key, line: row.line, problem };
        for (name, text) in [("set", &row.set), ("question", &row.question)] {
            if text.is_empty() {
                return Err(fail(GradeProblem::Empty(name)));
            }
        }
        if !questions.insert((row.set.as_str(), row.question.as_str())) {
            return Err(fail(GradeProblem::QuestionTwice(row.question.clone())));
        }
        let answer = Right::parse(&row.answer).ok().filter(|right| right.to_string() == row.answer);
        let answer = answer.ok_or_else(|| fail(GradeProblem::KeyAnswer(row.answer.clone())))?;
        // A sign would be read as well, but is no way to write points.
        let digits = row.points.bytes().all(|byte| byte.is_ascii_digit());
        let points = row.points.parse::<u32>().ok().filter(|_| digits);
        let points = points.ok_or_else(|| fail(GradeProblem::Points(row.points.clone())))?;
        let total = totals.entry(&row.set).or_default();
        *total = total.checked_add(points).ok_or_else(|| fail(GradingError::Total.into()))?;
        keys.entry(&row.set).or_default().push((answer, points));
    }
    Ok(keys)
}

fn answers(text: &str, into: &mut Vec<Option<Answer>>) -> Result<(), GradeProblem> {
    into.clear();
    for (part, number) in text.split('|').zip(1_usize..) {
        let answer = match part {
            "" => None,
            part => {
                Some(Answer::parse(part).map_err(|_| GradeProblem::SheetAnswer(number, part.to_owned()))?)
            }
        };
        into.push(answer);
    }
    Ok(())
}

impl std::fmt::Display for GradeFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key => "key",
            Self::Sheets => "sheets",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(rows: &[(&str, &str, &str, &str)]) -> Vec<KeyRow> {
        let row = |((set, question, answer, points), line): (&(&str, &str, &str, &str), u64)| KeyRow {
            line,
            set: (*set).to_owned(),
            question: (*question).to_owned(),
            answer: (*answer).to_owned(),
            points: (*points).to_owned(),
        };
        rows.iter().zip(2..).map(row).collect()
    }

    fn sheets(rows: &[(&str, &str, &str)]) -> Vec<SheetRow> {
        let row = |((sheet, set, answers), line): (&(&str, &str, &str), u64)| SheetRow {
            line,
            sheet: (*sheet).to_owned(),
            set: (*set).to_owned(),
            answers: (*answers).to_owned(),
        };
        rows.iter().zip(2..).map(row).collect()
    }

    #[test]
    fn a_question_gives_all_of_its_points_or_none() {
        let key =
            [("A", 2), ("AC", 3), ("B", 5)].map(|(letters, points)| (Right::parse(letters).unwrap(), points));
        let table: [([&str; 3], Score); 5] = [
            (["A", "AC", "B"], Score { points: 10, total: 10, right: 3, answered: 3 }),
            (["A", "CA", ""], Score { points: 5, total: 10, right: 2, answered: 2 }),
            (["B", "A", "B"], Score { points: 5, total: 10, right: 1, answered: 3 }),
            (["", "ABC", ""], Score { points: 0, total: 10, right: 0, answered: 1 }),
            (["", "", ""], Score { points: 0, total: 10, right: 0, answered: 0 }),
        ];
        for (letters, expected) in table {
            let given = letters.map(|letters| Answer::parse(letters).ok());
            assert_eq!(grade(&key, &given), Ok(expected), "{letters:?}");
        }
        assert_eq!(grade(&key, &[None]), Err(GradingError::Count { expected: 3, given: 1 }));
        let answer = || key[0].0.clone();
        assert_eq!(grade(&[(answer(), u32::MAX), (answer(), 1)], &[None, None]), Err(GradingError::Total));
    }

    #[test]
    fn the_pass_mark_itself_is_a_pass() {
        let table = [
            (80, 100, 80, true),
            (79, 100, 80, false),
            (8, 10, 80, true),
            (2, 3, 67, false),
            (1, 3, 33, true),
            (0, 100, 0, true),
            (u32::MAX, u32::MAX, 100, true),
        ];
        for (points, total, percent, expected) in table {
            assert_eq!(passed(points, total, percent), expected, "{points} of {total} at {percent}");
        }
    }

    #[test]
    fn sheets_are_graded_in_their_order_each_by_its_own_set() {
        let key = key(&[("S1", "q1", "A", "50"), ("S2", "q1", "ACD", "1"), ("S1", "q2", "B", "50")]);
        let sheets = sheets(&[("b", "S1", "A|B"), ("a", "S2", "ADC"), ("c", "S1", "A|"), ("d", "S2", "")]);
        let results = grade_sheets(&key, &sheets, 80).unwrap();
        let brief: Vec<_> =
            results.iter().map(|r| (r.sheet.as_str(), r.set.as_str(), r.points, r.passed)).collect();
        let expected =
            [("b", "S1", 100, true), ("a", "S2", 1, true), ("c", "S1", 50, false), ("d", "S2", 0, false)];
        assert_eq!(brief, expected);
        assert!(grade_sheets(&key, &sheets, 50).unwrap()[2].passed);
    }

    #[test]
    fn a_corrected_key_is_graded_from_a_file_as_well() {
        let key = key(&[("S", "q1", "A/C", "1"), ("S", "q2", "any", "1"), ("S", "q3", "void", "1")]);
        let sheets = sheets(&[("a", "S", "C|D|"), ("b", "S", "B||B"), ("c", "S", "A|A|A")]);
        let points: Vec<u32> = grade_sheets(&key, &sheets, 80).unwrap().iter().map(|r| r.points).collect();
        assert_eq!(points, [3, 1, 3]);
    }

    #[test]
    fn the_pass_mark_of_the_rules_is_scaled_to_the_paper() {
        let table = [(80, 100, true), (79, 100, false), (16, 20, true), (15, 20, false), (0, 0, true)];
        for (points, total, expected) in table {
            assert_eq!(
                PassMark { mark: 80, of: 100 }.is_reached(points, total),
                expected,
                "{points} of {total}"
            );
        }
    }

    #[test]
    fn the_first_bad_line_is_named() {
        let good_key = [("S", "q1", "A", "1"), ("S", "q2", "AB", "1")];
        let good = ("a", "S", "A|B");
        type Case<'a> =
            (&'a [(&'a str, &'a str, &'a str, &'a str)], &'a [(&'a str, &'a str, &'a str)], &'a str);
        let cases: [Case<'_>; 14] = [
            (&[("", "q", "A", "1")], &[], "key line 2: 'set' is empty"),
            (&[("S", "", "A", "1")], &[], "key line 2: 'question' is empty"),
            (
                &[("S", "q", "A", "1"), ("S", "q", "B", "1")],
                &[],
                "key line 3: question 'q' is in the set twice",
            ),
            (&[("S", "q", "BA", "1")], &[], "key line 2: 'BA' is no answer"),
            (&[("S", "q", "", "1")], &[], "key line 2: '' is no answer"),
            (&[("S", "q", "A", "1.5")], &[], "key line 2: '1.5' is no whole number"),
            (&[("S", "q", "A", "+1")], &[], "key line 2: '+1' is no whole number"),
            (
                &[("S", "q", "A", "4294967295"), ("S", "r", "A", "1")],
                &[],
                "key line 3: the points of the key add up",
            ),
            (&good_key, &[good, ("", "S", "A|B")], "sheets line 3: 'sheet' is empty"),
            (&good_key, &[good, ("b", "T", "A|B")], "sheets line 3: the key has no set 'T'"),
            (&good_key, &[good, good], "sheets line 3: sheet 'a' is there twice"),
            (&good_key, &[("b", "S", "A")], "sheets line 2: the paper has 1 answers, the key 2 questions"),
            (&good_key, &[("b", "S", "A|B|")], "sheets line 2: the paper has 3 answers, the key 2 questions"),
            (&good_key, &[("b", "S", "A|b")], "sheets line 2: answer 2 ('b') is none"),
        ];
        for (key_rows, sheet_rows, expected) in cases {
            let error = grade_sheets(&key(key_rows), &sheets(sheet_rows), 80).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    fn answer() -> impl Strategy<Value = Option<Answer>> {
        (0_u32..16).prop_map(|bits| Answer::from_indices((0..4_usize).filter(|i| bits & (1 << i) != 0)))
    }

    proptest! {
        #[test]
        fn a_score_stays_within_its_bounds(
            rows in proptest::collection::vec((answer(), 0_u32..50, answer()), 0..120),
        ) {
            let rows: Vec<_> = rows.into_iter().filter_map(|(k, p, g)| k.map(|k| ((Right::One(k), p), g))).collect();
            let (key, given): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            let score = grade(&key, &given).unwrap();
            prop_assert!(score.points <= score.total);
            prop_assert!(score.right <= score.answered && score.answered as usize <= key.len());
            let all: Vec<_> = key.iter().map(|(right, _)| right.answers().first().copied()).collect();
            let full = grade(&key, &all).unwrap();
            prop_assert_eq!((full.points, full.right as usize), (score.total, key.len()));
        }

        #[test]
        fn one_more_right_answer_never_costs_a_point(
            rows in proptest::collection::vec((answer(), 1_u32..50, answer()), 1..40), at in 0_usize..40,
        ) {
            let rows: Vec<_> = rows.into_iter().filter_map(|(k, p, g)| k.map(|k| ((Right::One(k), p), g))).collect();
            let (key, mut given): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            prop_assume!(at < key.len());
            let before = grade(&key, &given).unwrap();
            given[at] = key[at].0.answers().first().copied();
            let after = grade(&key, &given).unwrap();
            prop_assert!(after.points >= before.points);
            for percent in [0, 60, 80, 100] {
                prop_assert!(!passed(before.points, before.total, percent) || passed(after.points, after.total, percent));
            }
        }
    }
}
