//! Why posts cannot be filled.

use super::board::Laid;
use super::matching::{Grid, Matching};
use super::{HardRule, NoAssignment, RuleCount, Shortfall};
use crate::ids::StaffCode;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Names the posts that have too few people in `grid`, and the rules against everyone else. What `grid` forbids
/// beyond `lone` is forbidden because of a pair.
pub(super) fn shortfall(laid: &Laid<'_>, lone: &Grid, grid: &Grid, matching: &Matching) -> NoAssignment {
    let people = &laid.matrix.people;
    let (short, near) = matching.violator(grid);
    let mut against: BTreeMap<HardRule, (usize, Vec<StaffCode>)> = BTreeMap::new();
    for (person, row) in people.iter().enumerate().filter(|(person, _)| !near.contains(person)) {
        // The rules against the person at each post: one that stands alone at some post is all that keeps the person away.
        let mut rules: BTreeMap<HardRule, bool> = BTreeMap::new();
        for post in &short {
            let mut here: BTreeSet<HardRule> = laid.against(*post, person).iter().copied().collect();
            if lone.allows(*post, person) && !grid.allows(*post, person) {
                here.insert(HardRule::SamePairTwice);
            }
            for rule in &here {
                *rules.entry(*rule).or_default() |= here.len() == 1;
            }
        }
        for (rule, is_alone) in rules {
            let (people, alone) = against.entry(rule).or_default();
            *people += 1;
            if is_alone {
                alone.push(row.code.clone());
            }
        }
    }
    let mut against: Vec<RuleCount> =
        against.into_iter().map(|(rule, (people, alone))| RuleCount { rule, people, alone }).collect();
    against.sort_by_key(|count| std::cmp::Reverse((count.alone.len(), count.people)));
    let code = |person: &usize| people.get(*person).map(|row| row.code.clone());
    let post = |post: &usize| laid.posts.get(*post).map(|post| post.code.clone());
    NoAssignment::Short(Shortfall {
        missing: short.len().saturating_sub(near.len()),
        posts: short.iter().filter_map(post).collect(),
        candidates: near.iter().filter_map(code).collect(),
        without: smallest_set(laid, lone, grid),
        against,
    })
}

/// The smallest set of rules without which a complete assignment exists. Sets are tried by size, and of one size in
/// the order of the rules.
fn smallest_set(laid: &Laid<'_>, lone: &Grid, grid: &Grid) -> Vec<HardRule> {
    let kinds = kinds(laid, lone, grid);
    let occurring = kinds.iter().flatten().fold(0, |all, mask| all | mask);
    let rules: Vec<HardRule> = ALL_RULES.into_iter().filter(|rule| occurring & bit(*rule) != 0).collect();
    let fillable = |without: u32| {
        let free = Grid::new(laid.posts.len(), kinds.len(), |post, kind| {
            kinds.get(kind).and_then(|masks| masks.get(post)).is_some_and(|mask| mask & !without == 0)
        });
        Matching::new(&free).complete(&free)
    };
    let mut sets: Vec<Vec<HardRule>> = vec![Vec::new()];
    if !fillable(u32::MAX) {
        return Vec::new();
    }
    while !sets.is_empty() {
        let mut larger = Vec::new();
        for set in &sets {
            for rule in rules.iter().filter(|rule| set.last().is_none_or(|last| last < rule)) {
                let mut one = set.clone();
                one.push(*rule);
                if fillable(one.iter().fold(0, |mask, rule| mask | bit(*rule))) {
                    return one;
                }
                larger.push(one);
            }
        }
        sets = larger;
    }
    Vec::new()
}

/// For each person the rules against each post, as bits. Of people against whom the same stands no more are kept than
/// there are posts.
fn kinds(laid: &Laid<'_>, lone: &Grid, grid: &Grid) -> Vec<Vec<u32>> {
    let mut seen: HashMap<Vec<u32>, usize> = HashMap::new();
    let mut kinds = Vec::new();
    for person in 0..laid.matrix.people.len() {
        let masks: Vec<u32> = (0..laid.posts.len())
            .map(|post| {
                let pair = lone.allows(post, person) && !grid.allows(post, person);
                let mask = laid.against(post, person).iter().fold(0, |mask, rule| mask | bit(*rule));
                mask | if pair { bit(HardRule::SamePairTwice) } else { 0 }
            })
            .collect();
        let count = seen.entry(masks.clone()).or_default();
        if *count < laid.posts.len() {
            *count += 1;
            kinds.push(masks);
        }
    }
    kinds
}

/// In the order of [`HardRule`].
const ALL_RULES: [HardRule; 18] = [
    HardRule::CardMissing,
    HardRule::CardExpired,
    HardRule::CardCategory,
    HardRule::EmployerOfCandidates,
    HardRule::InstitutionOfCandidates,
    HardRule::TaughtAtInstitution,
    HardRule::TrainedCandidate,
    HardRule::Family,
    HardRule::ElsewhereAtThatTime,
    HardRule::NotAvailable,
    HardRule::Barred,
    HardRule::ConflictsIncomplete,
    HardRule::WeeklyLimit,
    HardRule::SamePairTwice,
    HardRule::SamePointTwice,
    HardRule::OtherPool,
    HardRule::Language,
    HardRule::AlreadyInSession,
];

const fn bit(rule: HardRule) -> u32 {
    1 << rule as u32
}
