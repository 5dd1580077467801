//! Grading by the million: plain files of sheets without a reader between, and packed papers in memory.

use super::{GradeError, KeyRow, keys, passed};
use crate::bank::{Answer, Right};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;

/// Keys of sets, ready for plain files: lines `sheet,set,answers` without quotes, each with a line feed. Whatever is not
/// plain, and whatever is wrong, is left to [`super::grade_sheets`], which says what it is.
pub struct Bulk {
    sets: HashMap<Vec<u8>, Set>,
    pass_percent: u32,
}

struct Set {
    questions: Vec<Question>,
    total: u32,
}

/// Stands for a question of which several letters together are right: no single one is.
const SEVERAL: u8 = b'+';
/// Stands for a question whose key was corrected to more than one answer.
const CORRECTED: u8 = b'/';

struct Question {
    /// The letter, where one alone is right; [`SEVERAL`] or [`CORRECTED`] else.
    letter: u8,
    right: Right,
    points: u32,
}

/// What was made of some lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graded {
    /// Lines `sheet,set,points,passed`.
    pub results: Vec<u8>,
    /// A hash of each sheet's name: two that are the same may be one sheet that is there twice.
    pub names: Vec<u64>,
    /// Sheets that passed.
    pub passed: usize,
}

impl Bulk {
    /// Reads the keys of all sets.
    ///
    /// # Errors
    /// As [`super::grade_sheets`].
    pub fn new(key: &[KeyRow], pass_percent: u32) -> Result<Self, GradeError> {
        let sets = keys(key)?.into_iter().map(|(name, key)| {
            let question = |(right, points): (Right, u32)| {
                let letters = right.to_string();
                let letter = match (&right, letters.as_bytes()) {
                    (Right::One(_), [alone]) => *alone,
                    (Right::One(_), _) => SEVERAL,
                    _ => CORRECTED,
                };
                Question { letter, right, points }
            };
            let questions: Vec<Question> = key.into_iter().map(question).collect();
            let total = questions.iter().map(|question| question.points).sum();
            (name.as_bytes().to_vec(), Set { questions, total })
        });
        Ok(Self { sets: sets.collect(), pass_percent })
    }

    /// Grades whole lines. `None`: a line is not plain or is wrong.
    #[must_use]
    pub fn lines(&self, mut text: &[u8], into: &mut Graded) -> Option<()> {
        while !text.is_empty() {
            text = self.line(text, into)?;
        }
        Some(())
    }

    /// Grades one line and answers what follows it.
    fn line<'t>(&self, text: &'t [u8], into: &mut Graded) -> Option<&'t [u8]> {
        let (sheet, text) = name(text)?;
        let (set_name, text) = name(text)?;
        let set = self.sets.get(set_name)?;
        let (points, text) = set.points(text)?;
        let good = passed(points, set.total, self.pass_percent);
        let mut hasher = DefaultHasher::new();
        sheet.hash(&mut hasher);
        into.names.push(hasher.finish());
        into.passed = into.passed.saturating_add(usize::from(good));
        let out = &mut into.results;
        out.extend_from_slice(sheet);
        out.push(b',');
        out.extend_from_slice(set_name);
        // A vector takes whatever is written.
        let _ = writeln!(out, ",{points},{good}");
        Some(text)
    }
}

/// A name up to the comma behind it, and what follows that.
fn name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b',')?;
    let (name, rest) = text.split_at_checked(end)?;
    let plain = !name.is_empty() && !name.iter().any(|byte| matches!(byte, b'"' | b'\r' | b'\n'));
    std::str::from_utf8(name).ok().filter(|_| plain)?;
    Some((name, rest.split_first()?.1))
}

impl Set {
    /// Points of the answers up to the line feed, and what follows it.
    fn points<'t>(&self, mut text: &'t [u8]) -> Option<(u32, &'t [u8])> {
        let mut points = 0_u32;
        let mut questions = self.questions.iter();
        loop {
            let question = questions.next()?;
            let (hit, end, rest) = match text {
                [letter @ b'A'..=b'Z', end @ (b'|' | b'\n'), rest @ ..] if question.letter != CORRECTED => {
                    (*letter == question.letter, *end, rest)
                }
                [end @ (b'|' | b'\n'), rest @ ..] => (question.right.takes(None), *end, rest),
                _ => {
                    let length = text.iter().position(|byte| matches!(byte, b'|' | b'\n'))?;
                    let (letters, rest) = text.split_at_checked(length)?;
                    let answer = Answer::parse(std::str::from_utf8(letters).ok()?).ok()?;
                    let (end, rest) = rest.split_first()?;
                    (question.right.takes(Some(answer)), *end, rest)
                }
            };
            // The total of a key fits.
            points = points.saturating_add(if hit { question.points } else { 0 });
            text = rest;
            if end == b'\n' {
                return questions.next().is_none().then_some((points, text));
            }
        }
    }
}

/// Letters of a packed answer at most.
pub const PACKED_LETTERS: usize = 8;

/// The key of a set whose answers are packed, a byte each: bit n for the letter at n, none for no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedKey {
    answers: Vec<u8>,
    points: Vec<u8>,
    most: usize,
}

/// Answers compared in one step.
const LANES: usize = 32;

impl PackedKey {
    /// Packs a key. `None`: a letter beyond H, a question of more than 255 points, or no question.
    #[must_use]
    pub fn new(key: &[(Answer, u32)]) -> Option<Self> {
        let answers = key.iter().map(|(answer, _)| packed(Some(*answer))).collect::<Option<Vec<u8>>>()?;
        let points = key.iter().map(|(_, points)| u8::try_from(*points).ok()).collect::<Option<Vec<u8>>>()?;
        let most = points.iter().copied().max().map(usize::from)?;
        Some(Self { answers, points, most })
    }

    /// Points of papers that stand one behind the other, each with an answer for every question; what is left over at the end
    /// is no whole paper and is not graded.
    #[must_use]
    pub fn points(&self, papers: &[u8]) -> Vec<u32> {
        let count = self.answers.len();
        let steps = count / LANES + 1;
        // So many steps may add their points in one byte.
        let narrow = steps.saturating_mul(self.most) <= usize::from(u8::MAX);
        let of = |paper| if narrow { self.by_lanes(paper) } else { self.one_by_one(paper) };
        papers.chunks_exact(count).map(of).collect()
    }

    fn by_lanes(&self, paper: &[u8]) -> u32 {
        let mut lanes = [0_u8; LANES];
        let (given, given_rest) = paper.as_chunks::<LANES>();
        let (right, right_rest) = self.answers.as_chunks::<LANES>();
        let (points, points_rest) = self.points.as_chunks::<LANES>();
        for ((given, right), points) in given.iter().zip(right).zip(points) {
            for (((lane, given), right), points) in lanes.iter_mut().zip(given).zip(right).zip(points) {
                *lane = lane.wrapping_add(if given == right { *points } else { 0 });
            }
        }
        let rest = given_rest.iter().zip(right_rest).zip(points_rest);
        let rest: u32 = rest.map(|((given, right), points)| worth(*given, *right, *points)).sum();
        lanes.iter().map(|lane| u32::from(*lane)).sum::<u32>().saturating_add(rest)
    }

    fn one_by_one(&self, paper: &[u8]) -> u32 {
        let all = paper.iter().zip(&self.answers).zip(&self.points);
        all.map(|((given, right), points)| worth(*given, *right, *points)).sum()
    }
}

fn worth(given: u8, right: u8, points: u8) -> u32 {
    if given == right { u32::from(points) } else { 0 }
}

/// An answer as a byte; `None` for a letter beyond H.
#[must_use]
pub fn packed(answer: Option<Answer>) -> Option<u8> {
    let Some(answer) = answer else { return Some(0) };
    answer.indices().try_fold(0_u8, |bits, index| (index < PACKED_LETTERS).then_some(bits | 1 << index))
}

#[cfg(test)]
mod tests {
    use super::super::{SheetRow, grade, grade_sheets};
    use super::*;
    use proptest::prelude::*;

    fn key() -> Vec<KeyRow> {
        let row = |(n, (set, answer, points)): (usize, &(&str, &str, &str))| KeyRow {
            line: 0,
            set: (*set).to_owned(),
            question: format!("q{n}"),
            answer: (*answer).to_owned(),
            points: (*points).to_owned(),
        };
        let rows = [
            ("一", "A", "1"),
            ("一", "BD", "2"),
            ("一", "C", "1"),
            ("s2", "B", "3"),
            ("s2", "ACD", "4"),
            ("s3", "A/C", "1"),
            ("s3", "any", "1"),
            ("s3", "void", "2"),
        ];
        rows.iter().enumerate().map(row).collect()
    }

    /// What the reader of rows makes of the same.
    fn by_rows(text: &str) -> Option<String> {
        let row = |line: &str| {
            let mut parts = line.splitn(3, ',').map(str::to_owned);
            Some(SheetRow { line: 0, sheet: parts.next()?, set: parts.next()?, answers: parts.next()? })
        };
        let rows = text.lines().map(row).collect::<Option<Vec<_>>>()?;
        let results = grade_sheets(&key(), &rows, 60).ok()?;
        let line = |r: &super::super::ResultRow| format!("{},{},{},{}\n", r.sheet, r.set, r.points, r.passed);
        Some(results.iter().map(line).collect())
    }

    fn by_lines(text: &str) -> Option<String> {
        let mut graded = Graded::default();
        Bulk::new(&key(), 60).unwrap().lines(text.as_bytes(), &mut graded)?;
        Some(String::from_utf8(graded.results).unwrap())
    }

    #[test]
    fn plain_lines_give_what_rows_give_and_others_are_left_to_them() {
        let table = [
            ("all right", "a,一,A|BD|C\n", true),
            ("several sheets and sets", "a,一,A|BD|C\nb,s2,B|ACD\nc,s2,B|\n", true),
            ("letters in another order", "a,一,A|DB|C\n", true),
            ("nothing answered", "a,一,||\n", true),
            ("corrected keys", "a,s3,C|B|A\nb,s3,B||\nc,s3,AC|AB|\n", true),
            ("nothing at all", "", true),
            ("too few answers", "a,一,A|BD\n", false),
            ("too many answers", "a,一,A|BD|C|A\n", false),
            ("an unknown set", "a,s4,A\n", false),
            ("no sheet", ",一,A|BD|C\n", false),
            ("no answers at all", "a,一\nb,一,A|BD|C\n", false),
            ("a small letter", "a,一,a|BD|C\n", false),
            ("a letter twice", "a,一,A|BB|C\n", false),
            ("a quote", "\"a\",一,A|BD|C\n", false),
            ("a carriage return", "a,一,A|BD|C\r\n", false),
            ("an empty line", "a,一,A|BD|C\n\n", false),
            ("no line feed at the end", "a,一,A|BD|C", false),
        ];
        for (what, text, plain) in table {
            let lines = by_lines(text);
            assert_eq!(lines.is_some(), plain, "{what}");
            if plain {
                assert_eq!(lines, by_rows(text), "{what}");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_plain_is_graded_as_rows_are(
            sheets in prop::collection::vec(("[a-z0-9]{1,6}", prop::bool::ANY, prop::collection::vec("[A-D]{0,2}", 1..5)), 0..20)
        ) {
            let line = |(at, (name, first, answers)): (usize, &(String, bool, Vec<String>))| {
                format!("{name}-{at},{},{}\n", if *first { "一" } else { "s2" }, answers.join("|"))
            };
            let text: String = sheets.iter().enumerate().map(line).collect();
            prop_assert_eq!(by_lines(&text), by_rows(&text));
        }

        #[test]
        fn packed_papers_get_the_points_of_the_paper(
            key in prop::collection::vec((1_usize..256, 0_u32..256), 1..150),
            papers in prop::collection::vec(prop::collection::vec(0_usize..256, 150), 0..4),
            right in 0_usize..4,
        ) {
            let answer = |bits: usize| Answer::from_indices((0..8).filter(move |at| bits >> at & 1 == 1));
            let key: Vec<(Answer, u32)> = key.into_iter().map(|(bits, points)| (answer(bits).unwrap(), points)).collect();
            let given = |paper: &Vec<usize>| -> Vec<Option<Answer>> {
                let whole = paper.iter().zip(&key).enumerate();
                whole.map(|(at, (bits, (right_one, _)))| if at % 4 == right { Some(*right_one) } else { answer(*bits) }).collect()
            };
            let papers: Vec<Vec<Option<Answer>>> = papers.iter().map(given).collect();
            let bytes: Vec<u8> = papers.iter().flatten().map(|answer| packed(*answer).unwrap()).collect();
            let rights: Vec<(Right, u32)> = key.iter().map(|(answer, points)| ((*answer).into(), *points)).collect();
            let expected: Vec<u32> = papers.iter().map(|paper| grade(&rights, paper).unwrap().points).collect();
            prop_assert_eq!(PackedKey::new(&key).unwrap().points(&bytes), expected);
        }
    }
}
