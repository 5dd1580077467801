//! What answer sheets say about questions and sets: how hard, how well they tell the able from the others, how far a
//! result can be trusted, and whether the sets are equally hard.
//!
//! Sums are taken in whole numbers and divided once, so that the order of the sheets changes nothing. Results are
//! floats; [`rounded`] says how they are written. The formulas are those of classical test theory:
//!
//! - facility: those who were right, of all who were asked;
//! - discrimination: facility among the best 27 % less that among the last 27 %, by points of the whole paper;
//! - point-biserial: correlation of the points of the question with those of the rest of the paper;
//! - KR-20 (with unequal points, Cronbach's alpha): k/(k−1) · (1 − Σ variances of questions / variance of totals);
//! - standard error of measurement: sd · √(1 − KR-20), sd with n − 1.

mod drift;

pub use drift::{Difference, Outcomes, SIGNIFICANT, Test, drift, holm};

use crate::bank::{Answer, Right};
use crate::grading::passed;

/// Upper and lower group in per cent of the sheets.
const GROUP_PERCENT: usize = 27;

/// A question of a set as its key has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedQuestion {
    /// Its name.
    pub question: String,
    /// What counts as right.
    pub right: Right,
    /// Points.
    pub points: u32,
}

/// A set with its sheets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetSheets {
    /// Its name.
    pub set: String,
    /// Its questions in order.
    pub questions: Vec<KeyedQuestion>,
    /// Sheets: an answer for each question; `None` is no answer.
    pub sheets: Vec<Vec<Option<Answer>>>,
}

/// What the sheets of a set say.
#[derive(Debug, Clone, PartialEq)]
pub struct SetStatistics {
    /// Its name.
    pub set: String,
    /// Sheets.
    pub sheets: usize,
    /// Those that reach the pass mark.
    pub passed: usize,
    /// Points of the whole set.
    pub total: u64,
    /// Mean of the points reached.
    pub mean: f64,
    /// Standard deviation of the points reached, with n − 1; needs two sheets.
    pub sd: Option<f64>,
    /// Reliability; needs two questions, and sheets that differ.
    pub kr20: Option<f64>,
    /// Standard error of measurement in points.
    pub sem: Option<f64>,
    /// Its questions in order.
    pub questions: Vec<QuestionStatistics>,
    /// Points of each sheet, in the order of the sheets.
    pub points: Vec<u64>,
}

/// What the sheets say about a question.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionStatistics {
    /// Its name.
    pub question: String,
    /// How many were asked it: its exposure.
    pub asked: usize,
    /// How many were right.
    pub right: usize,
    /// Share of those who were right, 0 to 1.
    pub facility: f64,
    /// See the module; needs two sheets.
    pub discrimination: Option<f64>,
    /// Correlation with the rest of the paper; needs both to differ from sheet to sheet.
    pub point_biserial: Option<f64>,
    /// How often each option was chosen, A first, up to the last that was chosen or is right.
    pub options: Vec<usize>,
    /// How many gave no answer.
    pub unanswered: usize,
}

/// A result as it is written: six places behind the point, halves away from zero.
#[must_use]
pub fn rounded(value: f64) -> f64 {
    let scaled = (value * 1e6).round() / 1e6;
    // No minus before a zero.
    if scaled == 0.0 { 0.0 } else { scaled }
}

/// What the sheets of a set say. Sheets of another length than the set are not counted.
#[must_use]
pub fn of_set(of: &SetSheets, pass_percent: u32) -> SetStatistics {
    let sheets: Vec<&Vec<Option<Answer>>> =
        of.sheets.iter().filter(|sheet| sheet.len() == of.questions.len()).collect();
    let columns: Vec<Vec<bool>> =
        (0..of.questions.len()).map(|at| column(&of.questions, &sheets, at)).collect();
    let mut points = vec![0_u64; sheets.len()];
    for (question, hits) in of.questions.iter().zip(&columns) {
        for (sum, hit) in points.iter_mut().zip(hits) {
            *sum = sum.saturating_add(if *hit { u64::from(question.points) } else { 0 });
        }
    }
    let total = of.questions.iter().fold(0_u64, |sum, q| sum.saturating_add(u64::from(q.points)));
    let whole = u32::try_from(total).unwrap_or(u32::MAX);
    let reached = |points: &&u64| passed(u32::try_from(**points).unwrap_or(u32::MAX), whole, pass_percent);
    let moments = Moments::of(points.iter().copied().map(i128::from));
    let sd = moments.sample_variance().map(f64::sqrt);
    let kr20 = reliability(&of.questions, &columns, &moments);
    let groups = Groups::of(&points);
    let questions = of.questions.iter().zip(&columns).enumerate();
    SetStatistics {
        set: of.set.clone(),
        sheets: sheets.len(),
        passed: points.iter().filter(reached).count(),
        total,
        mean: moments.mean(),
        sd,
        kr20,
        // Beyond 1 there is no reliability; below 0 the error is all there is and more.
        sem: sd.zip(kr20).map(|(sd, kr20)| sd * (1.0 - kr20).max(0.0).sqrt()),
        questions: questions
            .map(|(at, (question, hits))| statistics(question, at, hits, (&sheets, &points), &groups))
            .collect(),
        points,
    }
}

fn column(questions: &[KeyedQuestion], sheets: &[&Vec<Option<Answer>>], at: usize) -> Vec<bool> {
    let takes = |given| questions.get(at).is_some_and(|question| question.right.takes(given));
    sheets.iter().map(|sheet| takes(sheet.get(at).copied().flatten())).collect()
}

fn statistics(
    question: &KeyedQuestion,
    at: usize,
    hits: &[bool],
    (sheets, points): (&[&Vec<Option<Answer>>], &[u64]),
    groups: &Option<Groups>,
) -> QuestionStatistics {
    let right = hits.iter().filter(|hit| **hit).count();
    let named = question.right.answers().iter().filter_map(|answer| answer.indices().last()).max();
    let mut options = vec![0_usize; named.map_or(0, |last| last + 1)];
    let mut unanswered = 0;
    for answer in sheets.iter().map(|sheet| sheet.get(at).copied().flatten()) {
        let Some(answer) = answer else {
            unanswered += 1;
            continue;
        };
        for letter in answer.indices() {
            if options.len() <= letter {
                options.resize(letter + 1, 0);
            }
            if let Some(count) = options.get_mut(letter) {
                *count += 1;
            }
        }
    }
    let worth = u64::from(question.points);
    let rest = points.iter().zip(hits).map(|(sum, hit)| sum.saturating_sub(if *hit { worth } else { 0 }));
    QuestionStatistics {
        question: question.question.clone(),
        asked: hits.len(),
        right,
        facility: ratio(right, hits.len()),
        discrimination: groups.as_ref().map(|groups| groups.difference(points, hits)),
        point_biserial: correlation(hits.iter().map(|hit| i128::from(*hit)), rest.map(i128::from)),
        options,
        unanswered,
    }
}

fn reliability(questions: &[KeyedQuestion], columns: &[Vec<bool>], totals: &Moments) -> Option<f64> {
    let count = questions.len();
    let whole = totals.scaled_variance();
    if count < 2 || whole == 0 {
        return None;
    }
    let parts = questions.iter().zip(columns).map(|(question, hits)| {
        let worth = i128::from(question.points);
        Moments::of(hits.iter().map(|hit| if *hit { worth } else { 0 })).scaled_variance()
    });
    let parts: i128 = parts.fold(0, i128::saturating_add);
    let count = count as f64;
    Some(count / (count - 1.0) * (1.0 - parts as f64 / whole as f64))
}

/// Pearson's correlation; nothing if one of the two is the same throughout.
fn correlation(left: impl Iterator<Item = i128>, right: impl Iterator<Item = i128>) -> Option<f64> {
    let (mut n, mut x, mut y, mut xx, mut yy, mut xy) = (0_i128, 0_i128, 0_i128, 0_i128, 0_i128, 0_i128);
    for (a, b) in left.zip(right) {
        n += 1;
        x = x.saturating_add(a);
        y = y.saturating_add(b);
        xx = xx.saturating_add(a.saturating_mul(a));
        yy = yy.saturating_add(b.saturating_mul(b));
        xy = xy.saturating_add(a.saturating_mul(b));
    }
    let spread = |sum: i128, squares: i128| n.saturating_mul(squares).saturating_sub(sum.saturating_mul(sum));
    let (of_x, of_y) = (spread(x, xx), spread(y, yy));
    if of_x <= 0 || of_y <= 0 {
        return None;
    }
    let both = n.saturating_mul(xy).saturating_sub(x.saturating_mul(y));
    Some(both as f64 / ((of_x as f64).sqrt() * (of_y as f64).sqrt()))
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Number, sum and sum of squares.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    n: i128,
    sum: i128,
    squares: i128,
}

impl Moments {
    fn of(values: impl Iterator<Item = i128>) -> Self {
        values.fold(Self::default(), |m, value| Self {
            n: m.n + 1,
            sum: m.sum.saturating_add(value),
            squares: m.squares.saturating_add(value.saturating_mul(value)),
        })
    }

    /// n² times the variance with n.
    const fn scaled_variance(&self) -> i128 {
        self.n.saturating_mul(self.squares).saturating_sub(self.sum.saturating_mul(self.sum))
    }

    fn mean(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.sum as f64 / self.n as f64 }
    }

    fn sample_variance(&self) -> Option<f64> {
        let below = self.n.saturating_mul(self.n - 1);
        (self.n > 1).then(|| self.scaled_variance() as f64 / below as f64)
    }
}

/// Who belongs to the best and to the last 27 %. Of those with the same points at an edge all belong in equal part, so
/// that nobody's place in the file counts.
struct Groups {
    size: usize,
    upper: Edge,
    lower: Edge,
}

/// Points at the edge of a group, and the part with which those who have just these points belong to it.
struct Edge {
    points: u64,
    part: f64,
}

impl Groups {
    fn of(points: &[u64]) -> Option<Self> {
        let size = (points.len() * GROUP_PERCENT + 50) / 100;
        let size = size.max(1);
        if points.len() < 2 {
            return None;
        }
        let mut sorted = points.to_vec();
        sorted.sort_unstable();
        let edge = |at: usize, beyond: &dyn Fn(u64, u64) -> bool| {
            let edge = *sorted.get(at)?;
            let inside = sorted.iter().filter(|p| beyond(**p, edge)).count();
            let on = sorted.iter().filter(|p| **p == edge).count();
            Some(Edge { points: edge, part: ratio(size.saturating_sub(inside), on) })
        };
        let lower = edge(size - 1, &|p, edge| p < edge)?;
        let upper = edge(sorted.len() - size, &|p, edge| p > edge)?;
        Some(Self { size, upper, lower })
    }

    fn difference(&self, points: &[u64], hits: &[bool]) -> f64 {
        let sum = |beyond: &dyn Fn(u64) -> bool, edge: &Edge| {
            let hit = points.iter().zip(hits).filter(|(_, hit)| **hit);
            hit.map(|(p, _)| {
                if beyond(*p) {
                    1.0
                } else if *p == edge.points {
                    edge.part
                } else {
                    0.0
                }
            })
            .sum::<f64>()
        };
        let upper = sum(&|p| p > self.upper.points, &self.upper);
        let lower = sum(&|p| p < self.lower.points, &self.lower);
        (upper - lower) / self.size as f64
    }
}

#[cfg(test)]
mod tests;
