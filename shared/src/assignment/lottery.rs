//! The choice itself: from board and seed alone; and how likely each pairing is, by doing it with many seeds.

use super::matching::Matching;
use super::{Assignment, Board, Filled, PostCode};
use crate::draw::chacha::{Picker, Seed};
use crate::ids::StaffCode;

/// Fills every post of the board.
///
/// The posts that are no reserves are put in a drawn order; the reserves follow in the order of the board. Each post
/// in turn goes to one of those who leave all later posts fillable, all as likely; the choices are counted in the
/// order of the board's people.
#[must_use]
pub fn draw(board: &Board, seed: Seed) -> Assignment {
    let mut filled = Vec::with_capacity(board.posts().len());
    run(board, &complete(board), seed, |post, person, among| {
        if let (Some(post), Some(code)) = (board.posts().get(post), board.people().get(person)) {
            filled.push(Filled { post: post.code.clone(), person: code.clone(), among });
        }
    });
    Assignment { filled, limits: board.limits() }
}

/// A complete matching of the board; which one decides nothing.
fn complete(board: &Board) -> Matching {
    let mut matching = Matching::new(board.grid());
    matching.complete(board.grid());
    matching
}

/// Runs the draw and tells each choice: post, person, from how many.
fn run(board: &Board, complete: &Matching, seed: Seed, mut tell: impl FnMut(usize, usize, usize)) {
    let mut picker = Picker::new(seed);
    let (reserves, main): (Vec<usize>, Vec<usize>) = (0..board.posts().len())
        .partition(|post| board.posts().get(*post).is_some_and(|p| p.kind.is_reserve()));
    let drawn = picker.shuffle(main.len());
    let order = drawn.into_iter().filter_map(|place| main.get(place)).chain(&reserves);
    let mut matching = complete.clone();
    for post in order.copied() {
        let choices = matching.choices(board.grid(), post);
        let Some(person) = picker.choose(&choices).copied() else { continue };
        matching.fix(board.grid(), post, person);
        tell(post, person, choices.len());
    }
}

/// How often a person gets a post in [trial draws](trial).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The post.
    pub post: PostCode,
    /// The person.
    pub person: StaffCode,
    /// In so many of the draws.
    pub times: u32,
    /// How many may take the post by the board.
    pub eligible: usize,
}

/// Trial draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// How many.
    pub draws: u32,
    /// Each pairing that came up, by post in the order of the board and then by person.
    pub shares: Vec<Share>,
}

/// Seeds for trial draws: sub-seeds `trial/0001`, `trial/0002`, … of SHA-256 of the hash of the input, as its digits are
/// written. Nobody chooses them, and whoever has the input can try again.
pub fn trial_seeds(input_hash: &str, draws: u32) -> impl Iterator<Item = Seed> + use<> {
    let root = Seed::of_text(input_hash);
    (1..=draws).map(move |number| root.seed_for(&format!("trial/{number:04}")))
}

/// Draws once with each seed, and counts who gets which post.
#[must_use]
pub fn trial(board: &Board, seeds: impl IntoIterator<Item = Seed>) -> Trial {
    let complete = complete(board);
    let mut counts = vec![vec![0_u32; board.people().len()]; board.posts().len()];
    let mut draws = 0;
    for seed in seeds {
        draws += 1;
        run(board, &complete, seed, |post, person, _| {
            if let Some(count) = counts.get_mut(post).and_then(|row| row.get_mut(person)) {
                *count += 1;
            }
        });
    }
    let mut shares = Vec::new();
    for ((number, post), row) in board.posts().iter().enumerate().zip(&counts) {
        let eligible = board.grid().of_post(number).count();
        for (person, times) in board.people().iter().zip(row).filter(|(_, times)| **times > 0) {
            let (post, person) = (post.code.clone(), person.clone());
            shares.push(Share { post, person, times: *times, eligible });
        }
    }
    Trial { draws, shares }
}

impl Trial {
    /// The pairings more likely than a cap in percent, where the pool leaves a choice: posts that two or more may take.
    pub fn above(&self, cap_percent: u32) -> impl Iterator<Item = &Share> {
        let draws = u64::from(self.draws);
        self.shares.iter().filter(move |share| {
            share.eligible > 1 && u64::from(share.times) * 100 > draws * u64::from(cap_percent)
        })
    }
}
