//! Question sets put together from a bank, and the order in which one candidate sees them.

use crate::draw::chacha::{Picker, Seed};
use crate::ids::QuestionId;
use crate::rules::Blueprint;
use std::collections::HashSet;
use thiserror::Error;

/// The questions of a bank that may be used, by type. Their order is part of what a seed leads to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pool {
    /// 判断题.
    pub true_false: Vec<QuestionId>,
    /// 单选题.
    pub single: Vec<QuestionId>,
    /// 多选题.
    pub multiple: Vec<QuestionId>,
}

/// Questions of one type that a set needs and that the bank has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supply {
    /// Needed for one set.
    pub needed: usize,
    /// In the bank.
    pub available: usize,
}

/// Why no sets could be put together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AssembleError {
    /// A set would need a question twice. Every type is reported, so that all shortages are seen at once.
    #[error(
        "a set needs {} true/false, {} single and {} multiple choice questions; the bank has {}, {} and {}",
        true_false.needed, single.needed, multiple.needed,
        true_false.available, single.available, multiple.available
    )]
    Short {
        /// 判断题.
        true_false: Supply,
        /// 单选题.
        single: Supply,
        /// 多选题.
        multiple: Supply,
    },
    /// The bank names a question twice.
    #[error("question {0} is in the bank twice")]
    QuestionTwice(QuestionId),
    /// No set or an empty blueprint was asked for.
    #[error("no question is asked for")]
    Nothing,
}

/// A question of a set, as far as its place on a paper goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperQuestion {
    /// Questions of one block stay together; the blocks come in ascending order (判断, 单选, 多选).
    pub block: u32,
    /// How many options it has; singles have two to four.
    pub options: usize,
    /// The options keep their order: 判断 is always 正确, 错误.
    pub options_stay: bool,
}

/// One question on a candidate's paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperItem {
    /// Its place in the question set, from 0.
    pub question: usize,
    /// The options in the order shown: their places in the question, from 0.
    pub options: Vec<usize>,
}

impl Supply {
    const fn is_short(self) -> bool {
        self.available < self.needed
    }
}

/// Puts `sets` question sets together: in each, first the true/false, then the single, then the multiple choice
/// questions, as many as the blueprint says.
///
/// No question is twice in a set. No question is used again while there is one of its type that was used less
/// often: the sets share nothing while the bank suffices, and after that all are used evenly. Within these bounds
/// each question is as likely as the others of its type.
///
/// # Errors
/// [`AssembleError`]; a shortage is reported for all types at once.
pub fn assemble(
    pool: &Pool,
    blueprint: &Blueprint,
    sets: u32,
    seed: Seed,
) -> Result<Vec<Vec<QuestionId>>, AssembleError> {
    let mut seen = HashSet::new();
    let all = pool.true_false.iter().chain(&pool.single).chain(&pool.multiple);
    if let Some(question) = all.into_iter().find(|question| !seen.insert(*question)) {
        return Err(AssembleError::QuestionTwice(question.clone()));
    }
    let supply = |needed: u32, questions: &[QuestionId]| Supply {
        needed: usize::try_from(needed).unwrap_or(usize::MAX),
        available: questions.len(),
    };
    let true_false = supply(blueprint.true_false, &pool.true_false);
    let single = supply(blueprint.single, &pool.single);
    let multiple = supply(blueprint.multiple, &pool.multiple);
    if true_false.is_short() || single.is_short() || multiple.is_short() {
        return Err(AssembleError::Short { true_false, single, multiple });
    }
    if sets == 0 || true_false.needed + single.needed + multiple.needed == 0 {
        return Err(AssembleError::Nothing);
    }
    let mut picker = Picker::new(seed);
    let mut stacks = [
        (Stack::new(&pool.true_false), true_false.needed),
        (Stack::new(&pool.single), single.needed),
        (Stack::new(&pool.multiple), multiple.needed),
    ];
    let mut set = || stacks.iter_mut().flat_map(|(stack, n)| stack.deal(*n, &mut picker)).cloned().collect();
    Ok((0..sets).map(|_| set()).collect())
}

/// The paper of one candidate: the questions of each block in a drawn order, then, question by question as they
/// appear, the options in a drawn order unless they stay. The seed is the candidate's own
/// ([`Seed::seed_for`] his ticket number).
#[must_use]
pub fn shuffle_paper(questions: &[PaperQuestion], seed: Seed) -> Vec<PaperItem> {
    let mut picker = Picker::new(seed);
    let mut blocks: Vec<u32> = questions.iter().map(|question| question.block).collect();
    blocks.sort_unstable();
    blocks.dedup();
    let mut paper = Vec::with_capacity(questions.len());
    for block in blocks {
        let mut own: Vec<(usize, &PaperQuestion)> =
            questions.iter().enumerate().filter(|(_, question)| question.block == block).collect();
        while let Some((question, facts)) = picker.take(&mut own) {
            let options = (0..facts.options).collect();
            paper.push((PaperItem { question, options }, facts.options_stay));
        }
    }
    let drawn = paper.into_iter().map(|(mut item, stay)| {
        if !stay {
            item.options = picker.shuffle(item.options.len());
        }
        item
    });
    drawn.collect()
}

/// Questions of one type, dealt so that none is used again before all others were.
struct Stack<'a> {
    questions: &'a [QuestionId],
    /// Places of those that this round has not used, ascending.
    fresh: Vec<usize>,
}

impl<'a> Stack<'a> {
    fn new(questions: &'a [QuestionId]) -> Self {
        Self { questions, fresh: (0..questions.len()).collect() }
    }

    /// Deals `n` different questions; `n` is at most the number of questions.
    fn deal(&mut self, n: usize, picker: &mut Picker) -> Vec<&'a QuestionId> {
        let mut dealt: Vec<usize> = Vec::with_capacity(n);
        // Dealt to this set at the end of the last round: open again in this round, but only to the next set.
        let mut held = Vec::new();
        while dealt.len() < n {
            if self.fresh.is_empty() {
                self.fresh = (0..self.questions.len()).filter(|place| !dealt.contains(place)).collect();
                held.clone_from(&dealt);
            }
            match picker.take(&mut self.fresh) {
                Some(place) => dealt.push(place),
                None => break,
            }
        }
        self.fresh.extend(held);
        self.fresh.sort_unstable();
        dealt.into_iter().filter_map(|place| self.questions.get(place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn ids(prefix: &str, n: usize) -> Vec<QuestionId> {
        (0..n).map(|i| QuestionId::parse(&format!("{prefix}{i}")).unwrap()).collect()
    }

    fn pool(true_false: usize, single: usize, multiple: usize) -> Pool {
        Pool { true_false: ids("t", true_false), single: ids("s", single), multiple: ids("m", multiple) }
    }

    fn blueprint(true_false: u32, single: u32, multiple: u32) -> Blueprint {
        Blueprint { true_false, single, multiple, points: 1 }
    }

    fn uses(sets: &[Vec<QuestionId>]) -> HashMap<&QuestionId, u32> {
        let mut uses = HashMap::new();
        sets.iter().flatten().for_each(|question| *uses.entry(question).or_default() += 1);
        uses
    }

    #[test]
    fn the_blocks_of_a_set_are_true_false_then_single_then_multiple() {
        let sets = assemble(&pool(9, 8, 7), &blueprint(3, 2, 1), 2, Seed::of_text("b")).unwrap();
        let kinds =
            |set: &Vec<QuestionId>| set.iter().map(|id| id.as_str()[..1].to_owned()).collect::<String>();
        assert_eq!(sets.iter().map(kinds).collect::<Vec<_>>(), ["tttssm", "tttssm"]);
    }

    #[test]
    fn a_shortage_is_reported_for_all_types_at_once() {
        let refused = assemble(&pool(60, 30, 1), &blueprint(70, 30, 2), 5, Seed::of_text("")).unwrap_err();
        let supply = |needed, available| Supply { needed, available };
        let (true_false, single, multiple) = (supply(70, 60), supply(30, 30), supply(2, 1));
        assert_eq!(refused, AssembleError::Short { true_false, single, multiple });
        let text = refused.to_string();
        assert!(text.contains("70 true/false") && text.contains("the bank has 60, 30 and 1"), "{text}");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let mut twice = pool(3, 3, 0);
        twice.single.push(twice.true_false[0].clone());
        let first = twice.true_false[0].clone();
        let seed = Seed::of_text("");
        assert_eq!(assemble(&twice, &blueprint(1, 1, 0), 1, seed), Err(AssembleError::QuestionTwice(first)));
        assert_eq!(assemble(&pool(3, 3, 0), &blueprint(1, 1, 0), 0, seed), Err(AssembleError::Nothing));
        assert_eq!(assemble(&pool(3, 3, 0), &blueprint(0, 0, 0), 1, seed), Err(AssembleError::Nothing));
    }

    #[test]
    fn the_options_of_true_false_questions_stay() {
        let judge = PaperQuestion { block: 0, options: 2, options_stay: true };
        let single = PaperQuestion { block: 1, options: 2, options_stay: false };
        let questions = [vec![single; 40], vec![judge; 40]].concat();
        let paper = shuffle_paper(&questions, Seed::of_text("T0001"));
        assert!(paper[..40].iter().all(|item| item.question >= 40 && item.options == [0, 1]));
        assert!(paper[40..].iter().any(|item| item.options == [1, 0]));
        assert_ne!(paper, shuffle_paper(&questions, Seed::of_text("T0002")));
    }

    proptest! {
        #[test]
        fn no_set_has_a_question_twice_and_all_are_used_evenly(
            need in 1_u32..12, extra in 0_usize..30, sets in 1_u32..8, text in "[a-z]{0,4}",
        ) {
            let pool = pool(need as usize + extra, 1, 0);
            let made = assemble(&pool, &blueprint(need, 0, 0), sets, Seed::of_text(&text)).unwrap();
            prop_assert_eq!(made.len(), sets as usize);
            for set in &made {
                prop_assert_eq!(set.len(), need as usize);
                prop_assert_eq!(set.iter().collect::<HashSet<_>>().len(), set.len());
            }
            let uses = uses(&made);
            let counts: Vec<u32> = pool.true_false.iter().map(|q| uses.get(q).copied().unwrap_or(0)).collect();
            let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
            prop_assert!(most - least <= 1, "{:?}", counts);
        }

        #[test]
        fn a_paper_shows_every_question_and_option_once(
            facts in prop::collection::vec((0_u32..3, 2_usize..5, any::<bool>()), 0..40), text in "[a-z]{0,4}",
        ) {
            let question = |(block, options, options_stay)| PaperQuestion { block, options, options_stay };
            let questions: Vec<PaperQuestion> = facts.into_iter().map(question).collect();
            let paper = shuffle_paper(&questions, Seed::of_text(&text));
            let mut shown: Vec<usize> = paper.iter().map(|item| item.question).collect();
            let blocks: Vec<u32> = shown.iter().map(|place| questions[*place].block).collect();
            prop_assert!(blocks.is_sorted());
            shown.sort_unstable();
            prop_assert_eq!(shown, (0..questions.len()).collect::<Vec<_>>());
            for item in &paper {
                let mut options = item.options.clone();
                prop_assert!(!questions[item.question].options_stay || options.is_sorted());
                options.sort_unstable();
                prop_assert_eq!(options, (0..questions[item.question].options).collect::<Vec<_>>());
            }
        }
    }
}
