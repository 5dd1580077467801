//! The choice itself: from board and seed alone.

use super::matching::Matching;
use super::{Assignment, Board, Filled};
use crate::draw::chacha::{Picker, Seed};

/// Fills every post of the board.
///
/// The posts that are no reserves are put in a drawn order; the reserves follow in the order of the board. Each post
/// in turn goes to one of those who leave all later posts fillable, all as likely; the choices are counted in the
/// order of the board's people.
#[must_use]
pub fn draw(board: &Board, seed: Seed) -> Assignment {
    let mut picker = Picker::new(seed);
    let (reserves, main): (Vec<usize>, Vec<usize>) = (0..board.posts().len())
        .partition(|post| board.posts().get(*post).is_some_and(|p| p.kind.is_reserve()));
    let drawn = picker.shuffle(main.len());
    let order = drawn.into_iter().filter_map(|place| main.get(place)).chain(&reserves);
    let mut matching = Matching::new(board.grid());
    matching.complete(board.grid());
    let mut filled = Vec::with_capacity(board.posts().len());
    for post in order.copied() {
        let choices = matching.choices(board.grid(), post);
        let Some(person) = picker.choose(&choices).copied() else { continue };
        matching.fix(board.grid(), post, person);
        if let (Some(post), Some(code)) = (board.posts().get(post), board.people().get(person)) {
            filled.push(Filled { post: post.code.clone(), person: code.clone(), among: choices.len() });
        }
    }
    Assignment { filled, limits: board.limits() }
}
