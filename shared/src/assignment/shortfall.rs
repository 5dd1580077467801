//! Why posts cannot be filled.

use super::board::Laid;
use super::matching::{Grid, Matching};
use super::{HardRule, NoAssignment, RuleCount, Shortfall};
use crate::ids::StaffCode;
use std::collections::{BTreeMap, BTreeSet};

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
        against,
    })
}
