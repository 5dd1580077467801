//! Questions that are the same, nearly the same, or contradict one another.

use super::question::{Question, QuestionType, Stem};
use super::{Suspect, SuspectReason};
use std::collections::{BTreeMap, HashMap};

/// Two questions are near duplicates if they share at least 4 of 5 of all their pairs of neighbouring characters
/// (Jaccard index): one character in twenty differs. Tried on two real banks, a higher bar misses twins with one word
/// mistyped, a lower one takes different questions about the same thing for one.
const NEAR: (usize, usize) = (4, 5);

/// No question is compared with more than so many others, so that a file of equal rows can't take for ever.
const MOST_CANDIDATES: usize = 200;

/// Groups of rows with the same title and options: `Duplicate` among those with the same right options,
/// `Contradiction` over all if there are several answers. Rows are in ascending order.
pub(super) fn same(questions: &[(u32, Question)]) -> Vec<Suspect> {
    let mut stems: BTreeMap<_, BTreeMap<Vec<String>, Vec<u32>>> = BTreeMap::new();
    for (row, question) in questions {
        stems.entry(question.stem()).or_default().entry(question.right_texts()).or_default().push(*row);
    }
    let mut found = Vec::new();
    for answers in stems.into_values() {
        let several = answers.len() > 1;
        let mut all = Vec::new();
        for rows in answers.into_values() {
            if several {
                all.extend_from_slice(&rows);
            }
            if rows.len() > 1 {
                found.push(Suspect { rows, reason: SuspectReason::Duplicate });
            }
        }
        if several {
            all.sort_unstable();
            found.push(Suspect { rows: all, reason: SuspectReason::Contradiction });
        }
    }
    found
}

/// Rows that say the same as a question that is there: `Duplicate` with the same right options, else `Contradiction`.
pub(super) fn against(there: &[Question], questions: &[(u32, Question)]) -> Vec<Suspect> {
    let mut known: BTreeMap<Stem, Vec<Vec<String>>> = BTreeMap::new();
    for question in there {
        known.entry(question.stem()).or_default().push(question.right_texts());
    }
    let found = questions.iter().filter_map(|(row, question)| {
        let answers = known.get(&question.stem())?;
        let own = question.right_texts();
        let differs = answers.iter().any(|answer| *answer != own);
        let reason = if differs { SuspectReason::Contradiction } else { SuspectReason::Duplicate };
        Some(Suspect { rows: vec![*row], reason })
    });
    let mut found: Vec<Suspect> = found.collect();
    found.sort_by(|a, b| (a.reason, &a.rows).cmp(&(b.reason, &b.rows)));
    found
}

/// Rows that are nearly the same as a question that is there, ascending.
pub(super) fn near_against(there: &[Question], questions: &[(u32, Question)]) -> Vec<u32> {
    // Rows count from 1, so nought stands for those that are there.
    let mut all: Vec<(u32, Question)> = there.iter().map(|question| (0, question.clone())).collect();
    all.extend_from_slice(questions);
    let groups = near(&all).into_iter().filter(|group| group.rows.contains(&0));
    let mut rows: Vec<u32> = groups.flat_map(|group| group.rows).filter(|row| *row > 0).collect();
    rows.sort_unstable();
    rows
}

/// Groups of rows that are nearly the same and not the same.
///
/// Prefix filtering: with the pairs of each question sorted by rarity, two sets of Jaccard index t or more share one
/// of their first |x| − ⌈t·|x|⌉ + 1 pairs, so that only few others need be looked at.
pub(super) fn near(questions: &[(u32, Question)]) -> Vec<Suspect> {
    let stems: Vec<_> = questions.iter().map(|(_, question)| question.stem()).collect();
    let sets = rarest_first(&stems);
    let mut seen: HashMap<(QuestionType, u32), Vec<usize>> = HashMap::new();
    let mut groups = Groups::new(questions.len());
    for (at, set) in sets.iter().enumerate() {
        let Some(stem) = stems.get(at) else { continue };
        let kept = set.len().saturating_mul(NEAR.0).div_ceil(NEAR.1);
        let prefix = set.len().saturating_sub(kept).saturating_add(1);
        let mut candidates: Vec<usize> = Vec::new();
        for pair in set.iter().take(prefix) {
            let others = seen.entry((stem.kind, *pair)).or_default();
            candidates.extend(others.iter().rev().take(MOST_CANDIDATES));
            others.push(at);
        }
        candidates.sort_unstable();
        candidates.dedup();
        for other in candidates.into_iter().rev().take(MOST_CANDIDATES) {
            let alike = sets.get(other).is_some_and(|other| is_near(set, other));
            let apart = stems.get(other).is_some_and(|other| other != stem && other.picture == stem.picture);
            if alike && apart {
                groups.join(at, other);
            }
        }
    }
    groups.rows(questions)
}

/// The pairs of neighbouring characters of each question as numbers: the rarer in the bank, the smaller.
fn rarest_first(stems: &[Stem]) -> Vec<Vec<u32>> {
    let texts: Vec<Vec<(char, char)>> = stems.iter().map(pairs).collect();
    let mut counts: HashMap<(char, char), u32> = HashMap::new();
    for pair in texts.iter().flatten() {
        let count = counts.entry(*pair).or_default();
        *count = count.saturating_add(1);
    }
    let mut order: Vec<((char, char), u32)> = counts.into_iter().collect();
    order.sort_unstable_by_key(|(pair, count)| (*count, *pair));
    let ranks: HashMap<(char, char), u32> = order.into_iter().map(|(pair, _)| pair).zip(0_u32..).collect();
    let numbers = |text: &Vec<(char, char)>| {
        let mut set: Vec<u32> = text.iter().filter_map(|pair| ranks.get(pair).copied()).collect();
        set.sort_unstable();
        set
    };
    texts.iter().map(numbers).collect()
}

/// The different pairs of neighbouring characters of title and options. Right and wrong are left out.
fn pairs(stem: &Stem) -> Vec<(char, char)> {
    let options = stem.options.iter().filter(|_| stem.kind != QuestionType::TrueFalse);
    let mut found = Vec::new();
    for text in std::iter::once(&stem.title).chain(options) {
        // A frame, so that a text of one character has pairs as well.
        let framed = std::iter::once('\n').chain(text.chars()).chain(['\n']);
        found.extend(framed.clone().zip(framed.skip(1)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn is_near(left: &[u32], right: &[u32]) -> bool {
    let (mut a, mut b) = (left.iter().peekable(), right.iter().peekable());
    let mut shared = 0_usize;
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                shared = shared.saturating_add(1);
                a.next();
                b.next();
            }
        }
    }
    let all = left.len().saturating_add(right.len()).saturating_sub(shared);
    shared.saturating_mul(NEAR.1) >= all.saturating_mul(NEAR.0)
}

/// Disjoint sets of positions.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn head(&mut self, mut at: usize) -> usize {
        while let Some(up) = self.0.get(at).copied().filter(|up| *up != at) {
            // Halving the way keeps later searches short.
            let above = self.0.get(up).copied().unwrap_or(up);
            if let Some(slot) = self.0.get_mut(at) {
                *slot = above;
            }
            at = above;
        }
        at
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.head(left), self.head(right));
        if let Some(slot) = self.0.get_mut(left.max(right)) {
            *slot = left.min(right);
        }
    }

    fn rows(mut self, questions: &[(u32, Question)]) -> Vec<Suspect> {
        let mut groups: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (at, (row, _)) in questions.iter().enumerate() {
            groups.entry(self.head(at)).or_default().push(*row);
        }
        let several = groups.into_values().filter(|rows| rows.len() > 1);
        several.map(|rows| Suspect { rows, reason: SuspectReason::NearDuplicate }).collect()
    }
}
