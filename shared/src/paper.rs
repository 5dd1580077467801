//! Question sets put together from a bank, and the order in which one candidate sees them.

use crate::bank::QuestionType;
use crate::draw::chacha::{Picker, Seed};
use crate::ids::QuestionId;
use crate::rules::Blueprint;
use std::collections::{BTreeMap, HashSet};
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

/// A question of a bank with what a blueprint asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// The question.
    pub id: QuestionId,
    /// Its type.
    pub kind: QuestionType,
    /// Its subject; empty if it has none.
    pub subject: String,
    /// Its difficulty from 1 to 5; 0 if nobody has judged it.
    pub difficulty: u8,
}

/// A share of a set: so many questions of a type, of a subject and a difficulty if it asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Type.
    pub kind: QuestionType,
    /// Subject; `None` takes any, an empty one those without.
    pub subject: Option<String>,
    /// Difficulty from 1 to 5; `None` takes any, 0 those that nobody has judged.
    pub difficulty: Option<u8>,
    /// How many in a set.
    pub count: u32,
}

/// The questions from which a share is dealt. No question is in two of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// What is asked for.
    pub share: Share,
    /// What there is, in the order of the bank.
    pub questions: Vec<QuestionId>,
}

/// A share that the bank cannot fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// The share.
    pub share: Share,
    /// What it needs and what there is.
    pub supply: Supply,
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
    /// Shares that need more questions than there are; all of them.
    #[error("{}", lacks(.0))]
    Lacking(Vec<Lack>),
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

impl Share {
    fn takes(&self, question: &Tagged) -> bool {
        self.kind == question.kind
            && self.subject.as_ref().is_none_or(|subject| *subject == question.subject)
            && self.difficulty.is_none_or(|difficulty| difficulty == question.difficulty)
    }
}

fn lacks(lacks: &[Lack]) -> String {
    let one = |lack: &Lack| {
        let Share { kind, subject, difficulty, .. } = &lack.share;
        let subject = subject.as_deref().unwrap_or("*");
        let difficulty = difficulty.map_or_else(|| "*".to_owned(), |d| d.to_string());
        let Supply { needed, available } = lack.supply;
        format!("{} '{subject}' {difficulty}: {available} of {needed}", kind.word())
    };
    format!("a share lacks questions: {}", lacks.iter().map(one).collect::<Vec<_>>().join("; "))
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

/// A blueprint as far as a bank for practising reaches: of each type as many as it asks for, or all there are.
#[must_use]
pub fn within(pool: &Pool, blueprint: &Blueprint) -> Blueprint {
    let least =
        |wanted: u32, held: &[QuestionId]| u32::try_from(held.len()).map_or(wanted, |n| wanted.min(n));
    Blueprint {
        true_false: least(blueprint.true_false, &pool.true_false),
        single: least(blueprint.single, &pool.single),
        multiple: least(blueprint.multiple, &pool.multiple),
        points: blueprint.points,
    }
}

/// The questions of a bank by shares: each goes to the first share that takes it. The stocks are in the order of the
/// types, within a type in that of the shares.
#[must_use]
pub fn stocks(pool: &[Tagged], shares: &[Share]) -> Vec<Stock> {
    let mut shares: Vec<&Share> = shares.iter().collect();
    shares.sort_by_key(|share| share.kind);
    let mut stocks: Vec<Stock> =
        shares.iter().map(|share| Stock { share: (*share).clone(), questions: Vec::new() }).collect();
    for question in pool {
        if let Some(stock) = stocks.iter_mut().find(|stock| stock.share.takes(question)) {
            stock.questions.push(question.id.clone());
        }
    }
    stocks
}

/// Shares that give every set the same part of each subject and difficulty, as far as possible in proportion to the
/// bank; of several sets none needs a question again where the bank has enough of its type.
///
/// Question by question, the place goes to the cell of subject and difficulty that lacks most of its part, of several
/// to the first. A cell gives each set no more than its own part of the cell, while the others can fill the rest.
#[must_use]
pub fn in_proportion(pool: &[Tagged], blueprint: &Blueprint, sets: u32) -> Vec<Share> {
    let wanted = [
        (QuestionType::TrueFalse, blueprint.true_false),
        (QuestionType::Single, blueprint.single),
        (QuestionType::Multiple, blueprint.multiple),
    ];
    let mut shares = Vec::new();
    for (kind, count) in wanted.into_iter().filter(|(_, count)| *count > 0) {
        let mut cells: BTreeMap<(&str, u8), u64> = BTreeMap::new();
        for question in pool.iter().filter(|question| question.kind == kind) {
            let size = cells.entry((question.subject.as_str(), question.difficulty)).or_default();
            *size = size.saturating_add(1);
        }
        if cells.len() < 2 {
            shares.push(Share { kind, subject: None, difficulty: None, count });
            continue;
        }
        let sizes: Vec<u64> = cells.values().copied().collect();
        let counts = apportion(&sizes, u64::from(count), u64::from(sets.max(1)));
        let cells = cells.into_keys().zip(counts).filter(|(_, count)| *count > 0);
        shares.extend(cells.map(|((subject, difficulty), count)| Share {
            kind,
            subject: Some(subject.to_owned()),
            difficulty: Some(difficulty),
            count: u32::try_from(count).unwrap_or(u32::MAX),
        }));
    }
    shares
}

fn apportion(sizes: &[u64], count: u64, sets: u64) -> Vec<u64> {
    let all = sizes.iter().fold(0_u64, |sum, size| sum.saturating_add(*size));
    let apart: u64 = sizes.iter().fold(0, |sum, size| sum.saturating_add(size / sets));
    // Where the bank does not suffice for sets that share nothing, a set may take all of a cell.
    let most = |size: u64| if apart >= count { size / sets } else { size };
    let mut given = vec![0_u64; sizes.len()];
    for _ in 0..count {
        let lack = |size: u64, given: u64| {
            i128::from(count) * i128::from(size) - i128::from(given) * i128::from(all)
        };
        let open = given.iter().zip(sizes).enumerate().filter(|(_, (given, size))| **given < most(**size));
        let next = open.max_by_key(|(at, (given, size))| (lack(**size, **given), std::cmp::Reverse(*at)));
        let Some((at, _)) = next else { break };
        if let Some(given) = given.get_mut(at) {
            *given = given.saturating_add(1);
        }
    }
    given
}

/// Puts `sets` question sets together from the stocks of their shares, in the order of the stocks: each share is dealt
/// as [`assemble`] deals a type.
///
/// # Errors
/// [`AssembleError::Lacking`] names every share that needs more questions than there are.
pub fn assemble_stocks(
    stocks: &[Stock],
    sets: u32,
    seed: Seed,
) -> Result<Vec<Vec<QuestionId>>, AssembleError> {
    let mut seen = HashSet::new();
    if let Some(question) = stocks.iter().flat_map(|stock| &stock.questions).find(|q| !seen.insert(*q)) {
        return Err(AssembleError::QuestionTwice(question.clone()));
    }
    let supply = |stock: &Stock| Supply {
        needed: usize::try_from(stock.share.count).unwrap_or(usize::MAX),
        available: stock.questions.len(),
    };
    let lacks = stocks.iter().map(|stock| Lack { share: stock.share.clone(), supply: supply(stock) });
    let lacks: Vec<Lack> = lacks.filter(|lack| lack.supply.is_short()).collect();
    if !lacks.is_empty() {
        return Err(AssembleError::Lacking(lacks));
    }
    if sets == 0 || stocks.iter().all(|stock| stock.share.count == 0) {
        return Err(AssembleError::Nothing);
    }
    let mut picker = Picker::new(seed);
    let mut dealt: Vec<(Stack<'_>, usize)> =
        stocks.iter().map(|stock| (Stack::new(&stock.questions), supply(stock).needed)).collect();
    let mut set = || dealt.iter_mut().flat_map(|(stack, n)| stack.deal(*n, &mut picker)).cloned().collect();
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
    fn a_mock_examination_takes_what_there_is_and_no_more_than_the_blueprint() {
        let table = [
            ((70, 30, 0), (50, 40, 9), (50, 30, 0)),
            ((14, 6, 2), (50, 40, 1), (14, 6, 1)),
            ((1, 1, 1), (0, 0, 0), (0, 0, 0)),
        ];
        for (asked, held, expected) in table {
            let got = within(&pool(held.0, held.1, held.2), &blueprint(asked.0, asked.1, asked.2));
            assert_eq!(got, blueprint(expected.0, expected.1, expected.2), "{asked:?} of {held:?}");
        }
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

    fn tagged(kind: QuestionType, cells: &[(&str, u8, usize)]) -> Vec<Tagged> {
        let cell = |(subject, difficulty, size): &(&str, u8, usize)| {
            let (subject, difficulty, prefix) = ((*subject).to_owned(), *difficulty, kind.word());
            ids(&format!("{prefix}-{subject}{difficulty}-"), *size)
                .into_iter()
                .map(move |id| Tagged { id, kind, subject: subject.clone(), difficulty })
                .collect::<Vec<_>>()
        };
        cells.iter().flat_map(cell).collect()
    }

    #[test]
    fn shares_follow_the_bank_and_sets_need_no_question_again_where_it_suffices() {
        /// Cells of the bank, questions and sets that are wanted, and the shares that follow.
        type Row = (&'static [(&'static str, u8, usize)], u32, u32, &'static [(Option<&'static str>, u32)]);
        let table: [Row; 6] = [
            (&[("a", 0, 50), ("b", 0, 50)], 10, 5, &[(Some("a"), 5), (Some("b"), 5)]),
            (
                &[("a", 0, 70), ("b", 0, 20), ("c", 0, 10)],
                10,
                5,
                &[(Some("a"), 7), (Some("b"), 2), (Some("c"), 1)],
            ),
            // A third of ten would be 3.3 each, the first gets what is left.
            (
                &[("a", 0, 20), ("b", 0, 20), ("c", 0, 20)],
                10,
                5,
                &[(Some("a"), 4), (Some("b"), 3), (Some("c"), 3)],
            ),
            // Four questions cannot give one to each of five sets.
            (&[("a", 0, 56), ("b", 0, 4)], 10, 5, &[(Some("a"), 10)]),
            // Too small a bank for sets that share nothing: in proportion all the same.
            (&[("a", 0, 6), ("b", 0, 4)], 10, 5, &[(Some("a"), 6), (Some("b"), 4)]),
            (&[("a", 3, 20)], 4, 5, &[(None, 4)]),
        ];
        for (cells, count, sets, expected) in table {
            let pool = tagged(QuestionType::Single, cells);
            let shares = in_proportion(&pool, &blueprint(0, count, 0), sets);
            let got: Vec<(Option<&str>, u32)> =
                shares.iter().map(|s| (s.subject.as_deref(), s.count)).collect();
            assert_eq!(got, expected, "{cells:?}");
        }
    }

    #[test]
    fn sets_by_shares_are_parallel() {
        let mut pool = tagged(QuestionType::Single, &[("a", 1, 20), ("a", 3, 30), ("b", 2, 50)]);
        pool.extend(tagged(QuestionType::TrueFalse, &[("a", 1, 30), ("b", 1, 10)]));
        let shares = in_proportion(&pool, &blueprint(8, 10, 0), 5);
        let sets = assemble_stocks(&stocks(&pool, &shares), 5, Seed::of_text("x")).unwrap();
        let cell = |id: &QuestionId| id.as_str().rsplit_once('-').unwrap().0.to_owned();
        let first: Vec<String> = sets[0].iter().map(cell).collect();
        assert_eq!(first.len(), 18);
        assert!(first[..8].iter().all(|cell| cell.starts_with("true_false")));
        for set in &sets {
            assert_eq!(set.iter().map(cell).collect::<Vec<_>>(), first);
        }
        assert_eq!(sets.concat().iter().collect::<HashSet<_>>().len(), 90, "no question in two sets");
    }

    #[test]
    fn a_share_that_cannot_be_met_is_named_with_what_it_lacks() {
        let pool = tagged(QuestionType::Single, &[("a", 1, 3), ("b", 2, 9), ("b", 3, 1)]);
        let share = |subject: Option<&str>, difficulty: Option<u8>, count: u32| Share {
            kind: QuestionType::Single,
            subject: subject.map(str::to_owned),
            difficulty,
            count,
        };
        // Each question belongs to the first share that takes it.
        let shares = [share(Some("a"), None, 4), share(Some("b"), Some(3), 2), share(None, None, 9)];
        let refused = assemble_stocks(&stocks(&pool, &shares), 5, Seed::of_text("")).unwrap_err();
        let lack = |share: &Share, needed, available| Lack {
            share: share.clone(),
            supply: Supply { needed, available },
        };
        assert_eq!(refused, AssembleError::Lacking(vec![lack(&shares[0], 4, 3), lack(&shares[1], 2, 1)]));
        assert_eq!(
            refused.to_string(),
            "a share lacks questions: single 'a' *: 3 of 4; single 'b' 3: 1 of 2"
        );
    }

    #[test]
    fn shares_of_whole_types_deal_as_a_plain_blueprint_does() {
        let whole = |kind, count| Share { kind, subject: None, difficulty: None, count };
        let shares = [whole(QuestionType::TrueFalse, 3), whole(QuestionType::Single, 2)];
        let mut tags = tagged(QuestionType::TrueFalse, &[("", 0, 9)]);
        tags.extend(tagged(QuestionType::Single, &[("", 0, 5)]));
        let of = |kind| tags.iter().filter(|q| q.kind == kind).map(|q| q.id.clone()).collect();
        let plain = Pool {
            true_false: of(QuestionType::TrueFalse),
            single: of(QuestionType::Single),
            multiple: vec![],
        };
        let seed = Seed::of_text("same");
        let expected = assemble(&plain, &blueprint(3, 2, 0), 4, seed);
        assert_eq!(assemble_stocks(&stocks(&tags, &shares), 4, seed), expected);
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
