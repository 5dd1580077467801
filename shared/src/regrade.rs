//! Grading again after a key was corrected: whose points change, and what follows.
//!
//! No text of the law says what becomes of a result when the key was wrong. Points therefore follow the corrected key in
//! both directions and for everybody alike. A verdict that gets better takes effect at once. One that gets worse takes
//! effect at once only where nothing was built on it and nobody was told of it; else a person decides, because whoever
//! relied on a decision of an authority is protected (Administrative Licensing Law, articles 8 and 69), and nothing is ever
//! revoked by a machine.

use crate::bank::{Answer, Right};
use crate::grading::{GradingError, PassMark, grade};
use crate::trade::words;
use std::collections::BTreeMap;

/// A paper that was graded and is graded again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its name.
    pub name: String,
    /// What counts now, with the points of each question, in the order of the paper.
    pub key: Vec<(Right, u32)>,
    /// The answers in the same order; `None` is no answer.
    pub given: Vec<Option<Answer>>,
    /// Points that are needed.
    pub mark: PassMark,
    /// As it stands.
    pub before: Verdict,
}

/// Points of a paper and whether they are a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Points reached.
    pub points: u32,
    /// Whether it is a pass.
    pub passed: bool,
}

/// A paper whose result changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub paper: String,
    /// As it stood.
    pub before: Verdict,
    /// By the key that counts now.
    pub after: Verdict,
    /// Points of the whole paper.
    pub total: u32,
}

/// How a candidate stands when the paper is graded again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether a practical follows a pass.
    pub practical_follows: bool,
    /// Whether anything of the practical was scored.
    pub practical_begun: bool,
    /// Whether the results of the session are published.
    pub told: bool,
    /// Whether a certificate was issued.
    pub certified: bool,
}

/// What follows a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Follows {
    /// A pass has become a fail, and something was built on it or the person was told: a person decides; until then the
    /// verdict stays.
    Decide,
    /// A fail has become a pass, and a practical is to be arranged.
    Practical,
    /// A fail has become a pass, and nothing more is to be examined.
    Certificate,
    /// A pass has become a fail, nobody was told and nothing was built on it.
    Fails,
    /// The verdict stays.
    Nothing,
}

words!(Follows {
    Decide = "decide",
    Practical = "practical",
    Certificate = "certificate",
    Fails = "fails",
    Nothing = "nothing",
});

/// What counts for each question, by its name, with corrections put over it in the order in which they were made: of
/// several for one question the last counts. A correction for another question changes nothing.
pub fn correct(key: &mut BTreeMap<String, Right>, corrections: impl IntoIterator<Item = (String, Right)>) {
    for (question, right) in corrections {
        if let Some(entry) = key.get_mut(&question) {
            *entry = right;
        }
    }
}

/// The papers whose points or verdict change by the keys that count now: those whose verdict changes first, then by name.
///
/// # Errors
/// [`GradingError`] if key and answers of a paper do not belong together.
pub fn regrade(papers: &[Paper]) -> Result<Vec<Change>, GradingError> {
    let mut changes = Vec::new();
    for paper in papers {
        let score = grade(&paper.key, &paper.given)?;
        let passed = paper.mark.is_reached(score.points, score.total);
        let after = Verdict { points: score.points, passed };
        if after != paper.before {
            let (paper, before) = (paper.name.clone(), paper.before);
            changes.push(Change { paper, before, after, total: score.total });
        }
    }
    changes.sort_by(|a, b| a.order().cmp(&b.order()));
    Ok(changes)
}

impl Change {
    /// Whether a pass has become a fail or a fail a pass.
    #[must_use]
    pub const fn is_of_verdict(&self) -> bool {
        self.before.passed != self.after.passed
    }

    /// What follows for somebody who stands so.
    #[must_use]
    pub const fn follows(&self, standing: Standing) -> Follows {
        match (self.before.passed, self.after.passed) {
            (false, true) if standing.practical_follows => Follows::Practical,
            (false, true) => Follows::Certificate,
            (true, false) if standing.told || standing.practical_begun || standing.certified => {
                Follows::Decide
            }
            (true, false) => Follows::Fails,
            _ => Follows::Nothing,
        }
    }

    /// The verdict that counts from now on, until a person has decided.
    #[must_use]
    pub const fn counts(&self, follows: Follows) -> bool {
        self.after.passed || matches!(follows, Follows::Decide)
    }

    fn order(&self) -> (bool, &str) {
        (!self.is_of_verdict(), self.paper.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MARK: PassMark = PassMark { mark: 80, of: 100 };

    /// A paper of five questions at 20 points; the answers one letter each, `-` for none.
    fn paper(name: &str, keys: [&str; 5], given: &str, points: u32) -> Paper {
        let key = keys.map(|key| (Right::parse(key).unwrap(), 20)).to_vec();
        let given = given.chars().map(|letter| Answer::parse(&letter.to_string()).ok()).collect();
        Paper {
            name: name.to_owned(),
            key,
            given,
            mark: MARK,
            before: Verdict { points, passed: points >= 80 },
        }
    }

    #[test]
    fn a_corrected_key_changes_the_points_of_those_whom_it_concerns() {
        // The first question was keyed A when the papers were graded.
        let table = [
            ("another letter, gained", "B", "BAAAA", 80, Some((100, true))),
            ("another letter, lost", "B", "AAAAA", 100, Some((80, true))),
            ("another letter, neither", "B", "CAAAA", 80, None),
            ("the loser falls below the mark", "B", "AAAA-", 80, Some((60, false))),
            ("the winner reaches the mark", "B", "BAAA-", 60, Some((80, true))),
            ("either counts", "A/B", "BAAAA", 80, Some((100, true))),
            ("either counts, had it already", "A/B", "AAAAA", 100, None),
            ("every answer counts", "any", "CAAA-", 60, Some((80, true))),
            ("every answer counts, none was given", "any", "-AAA-", 60, None),
            ("void gives to all", "void", "-AAA-", 60, Some((80, true))),
            ("void takes from nobody", "void", "AAAAA", 100, None),
        ];
        for (what, key, given, points, expected) in table {
            let changes = regrade(&[paper("p", [key, "A", "A", "A", "A"], given, points)]).unwrap();
            let after = changes.first().map(|change| (change.after.points, change.after.passed));
            assert_eq!(after, expected, "{what}");
        }
    }

    #[test]
    fn those_whose_verdict_changes_come_first() {
        let keys = ["B", "A", "A", "A", "A"];
        let papers = [
            paper("c", keys, "BAAAA", 80),
            paper("b", keys, "AAAA-", 80),
            paper("a", keys, "AAAAA", 100),
            paper("d", keys, "CAAAA", 80),
        ];
        let names: Vec<String> = regrade(&papers).unwrap().into_iter().map(|change| change.paper).collect();
        assert_eq!(names, ["b", "a", "c"]);
    }

    #[test]
    fn what_follows_depends_on_what_was_built_on_the_verdict() {
        let told = Standing { told: true, ..Standing::default() };
        let begun = Standing { practical_begun: true, ..Standing::default() };
        let certified = Standing { certified: true, ..Standing::default() };
        let practical = Standing { practical_follows: true, told: true, ..Standing::default() };
        let table = [
            (false, true, Standing::default(), Follows::Certificate, true),
            (false, true, practical, Follows::Practical, true),
            (true, false, Standing::default(), Follows::Fails, false),
            (true, false, told, Follows::Decide, true),
            (true, false, begun, Follows::Decide, true),
            (true, false, certified, Follows::Decide, true),
            (true, true, certified, Follows::Nothing, true),
            (false, false, told, Follows::Nothing, false),
        ];
        for (before, after, standing, expected, counts) in table {
            let verdict = |passed| Verdict { points: 0, passed };
            let (before, after) = (verdict(before), verdict(after));
            let change = Change { paper: String::new(), before, after, total: 100 };
            let follows = change.follows(standing);
            assert_eq!(
                (follows, change.counts(follows)),
                (expected, counts),
                "{before:?} {after:?} {standing:?}"
            );
        }
    }

    fn right() -> impl Strategy<Value = Right> {
        prop::sample::select(vec!["A", "B", "C", "AB", "A/B", "B/C/D", "any", "void"])
            .prop_map(|text| Right::parse(text).unwrap())
    }

    fn given() -> impl Strategy<Value = Option<Answer>> {
        prop::sample::select(vec!["", "A", "B", "C", "AB", "D"]).prop_map(|text| Answer::parse(text).ok())
    }

    /// Keys with points, and the answers of one paper.
    fn sheet() -> impl Strategy<Value = Vec<(Right, u32, Option<Answer>)>> {
        prop::collection::vec((right(), 1_u32..10, given()), 1..30)
    }

    fn graded(sheet: &[(Right, u32, Option<Answer>)]) -> Paper {
        let key: Vec<_> = sheet.iter().map(|(right, points, _)| (right.clone(), *points)).collect();
        let given: Vec<_> = sheet.iter().map(|(.., given)| *given).collect();
        let score = grade(&key, &given).unwrap();
        let before = Verdict { points: score.points, passed: MARK.is_reached(score.points, score.total) };
        Paper { name: "p".to_owned(), key, given, mark: MARK, before }
    }

    fn after(paper: &Paper, corrections: &[(usize, Right)]) -> Verdict {
        let name = |at: usize| format!("q{at:02}");
        let mut key: BTreeMap<String, Right> =
            paper.key.iter().enumerate().map(|(at, (right, _))| (name(at), right.clone())).collect();
        correct(&mut key, corrections.iter().map(|(at, right)| (name(*at), right.clone())));
        let points = paper.key.iter().map(|(_, points)| *points);
        let again = Paper { key: key.into_values().zip(points).collect(), ..paper.clone() };
        regrade(&[again]).unwrap().first().map_or(paper.before, |change| change.after)
    }

    proptest! {
        #[test]
        fn the_same_key_changes_nothing(sheet in sheet()) {
            prop_assert_eq!(regrade(&[graded(&sheet)]).unwrap(), []);
        }

        #[test]
        fn the_order_of_corrections_for_different_questions_does_not_matter(
            sheet in sheet(), first in right(), second in right(), at in (0_usize..30, 0_usize..30),
        ) {
            prop_assume!(at.0 != at.1);
            let paper = graded(&sheet);
            let there = after(&paper, &[(at.0, first.clone()), (at.1, second.clone())]);
            prop_assert_eq!(there, after(&paper, &[(at.1, second), (at.0, first)]));
        }

        #[test]
        fn a_correction_that_is_made_twice_counts_once(sheet in sheet(), right in right(), at in 0_usize..30) {
            let paper = graded(&sheet);
            let once = after(&paper, &[(at, right.clone())]);
            prop_assert_eq!(once, after(&paper, &[(at, right.clone()), (at, right)]));
        }

        #[test]
        fn a_question_that_is_void_costs_nobody_a_point(sheet in sheet(), at in 0_usize..30) {
            let paper = graded(&sheet);
            let after = after(&paper, &[(at, Right::Void)]);
            prop_assert!(after.points >= paper.before.points && (after.passed || !paper.before.passed));
        }
    }
}
