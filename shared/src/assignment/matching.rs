//! Bipartite matching of posts and people by augmenting paths (Berge, Kuhn).
//!
//! Nothing here depends on which of several complete matchings is found: whether one exists, whose choice leaves
//! the rest fillable and which posts violate Hall's condition are properties of the grid (Dulmage and Mendelsohn).

use std::collections::VecDeque;

/// A set of small numbers, one bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bits(Vec<u64>);

/// Who may take which post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    rows: Vec<Bits>,
    people: usize,
}

/// Posts and people paired off so far; people who are taken for good are no longer looked at.
#[derive(Debug, Clone)]
pub(super) struct Matching {
    person_of: Vec<Option<usize>>,
    post_of: Vec<Option<usize>>,
    /// Neither taken for good nor paired.
    idle: Bits,
    taken: Bits,
}

impl Bits {
    fn none(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    fn all(size: usize) -> Self {
        let mut bits = Self::none(size);
        (0..size).for_each(|place| bits.set(place, true));
        bits
    }

    fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    fn set(&mut self, place: usize, on: bool) {
        if let Some(word) = self.0.get_mut(place / 64) {
            let bit = 1 << (place % 64);
            *word = if on { *word | bit } else { *word & !bit };
        }
    }

    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    /// The numbers that both hold, ascending.
    fn and<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        self.0.iter().zip(&other.0).enumerate().flat_map(|(place, (a, b))| ones(place * 64, a & b))
    }

    /// The numbers, ascending.
    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(place, word)| ones(place * 64, *word))
    }
}

/// Places of the bits of a word, counted from `base`.
fn ones(base: usize, mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (word != 0).then_some(word.trailing_zeros())?;
        word &= word - 1;
        Some(base + usize::try_from(place).ok()?)
    })
}

impl Grid {
    /// Asks `allows(post, person)` for every pair.
    pub fn new(posts: usize, people: usize, allows: impl Fn(usize, usize) -> bool) -> Self {
        let row = |post| {
            let mut bits = Bits::none(people);
            (0..people).filter(|person| allows(post, *person)).for_each(|person| bits.set(person, true));
            bits
        };
        Self { rows: (0..posts).map(row).collect(), people }
    }

    pub fn allows(&self, post: usize, person: usize) -> bool {
        self.rows.get(post).is_some_and(|row| row.has(person))
    }

    pub fn set(&mut self, post: usize, person: usize, allowed: bool) {
        if let Some(row) = self.rows.get_mut(post) {
            row.set(person, allowed);
        }
    }

    pub const fn posts(&self) -> usize {
        self.rows.len()
    }

    pub const fn people(&self) -> usize {
        self.people
    }

    /// Those who may take a post, ascending.
    pub fn of_post(&self, post: usize) -> impl Iterator<Item = usize> + '_ {
        self.rows.get(post).into_iter().flat_map(Bits::iter)
    }
}

impl Matching {
    pub fn new(grid: &Grid) -> Self {
        Self {
            person_of: vec![None; grid.posts()],
            post_of: vec![None; grid.people()],
            idle: Bits::all(grid.people()),
            taken: Bits::none(grid.people()),
        }
    }

    /// Drops pairs that the grid forbids (it may have changed), then pairs off as many posts as can be. True if
    /// every post has a person.
    pub fn complete(&mut self, grid: &Grid) -> bool {
        for post in 0..grid.posts() {
            if self.person(post).is_some_and(|person| !grid.allows(post, person)) {
                self.release(post);
            }
        }
        let mut all = true;
        for post in 0..grid.posts() {
            all &= self.person(post).is_some() || self.augment(grid, post);
        }
        all
    }

    /// The posts that cannot all be filled and the people who may take one of them, ascending. Empty if complete.
    pub fn violator(&self, grid: &Grid) -> (Vec<usize>, Vec<usize>) {
        let mut posts: Vec<bool> = self.person_of.iter().map(Option::is_none).collect();
        let mut people = vec![false; grid.people()];
        let mut queue: VecDeque<usize> = places(&posts).into();
        while let Some(post) = queue.pop_front() {
            for person in grid.of_post(post) {
                mark(&mut people, person);
                if let Some(other) = self.post(person)
                    && mark(&mut posts, other)
                {
                    queue.push_back(other);
                }
            }
        }
        (places(&posts), places(&people))
    }

    /// Those who may take `post` so that all other posts still have people, ascending. The matching is complete but
    /// for posts that were [fixed](Self::fix).
    pub fn choices(&self, grid: &Grid, post: usize) -> Vec<usize> {
        let own = self.person(post);
        let mut spare = self.idle.clone();
        if let Some(own) = own {
            spare.set(own, true);
        }
        // Whoever holds a post that a spare person may take is spare too; repeat until nothing changes.
        let mut waiting: Vec<(&Bits, usize)> = self
            .pairs()
            .filter(|(p, _)| *p != post)
            .filter_map(|(p, q)| Some((grid.rows.get(p)?, q)))
            .collect();
        loop {
            let before = waiting.len();
            waiting.retain(|(row, person)| {
                let can = row.meets(&spare);
                if can {
                    spare.set(*person, true);
                }
                !can
            });
            if waiting.len() == before {
                break;
            }
        }
        grid.rows.get(post).map_or_else(Vec::new, |row| row.and(&spare).collect())
    }

    /// Gives `post` to one of its [choices](Self::choices) for good and pairs the others off again.
    pub fn fix(&mut self, grid: &Grid, post: usize, person: usize) {
        self.release(post);
        let robbed = self.post(person);
        if let Some(other) = robbed {
            self.release(other);
        }
        self.taken.set(person, true);
        self.idle.set(person, false);
        if let Some(other) = robbed {
            self.augment(grid, other);
        }
    }

    /// Looks for a shortest path from an open post over pairs to a person who is free, and turns it round.
    fn augment(&mut self, grid: &Grid, start: usize) -> bool {
        let mut reached_from: Vec<Option<usize>> = vec![None; grid.people()];
        let mut queue = VecDeque::from([start]);
        while let Some(post) = queue.pop_front() {
            for person in grid.of_post(post) {
                let fresh = reached_from.get_mut(person).filter(|from| from.is_none());
                let Some(from) = fresh.filter(|_| !self.is_taken(person)) else { continue };
                *from = Some(post);
                match self.post(person) {
                    Some(other) => queue.push_back(other),
                    None => {
                        self.turn(&reached_from, person);
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Walks a path back from its free end: each post takes the person through whom it was left.
    fn turn(&mut self, reached_from: &[Option<usize>], end: usize) {
        let mut person = end;
        while let Some(post) = reached_from.get(person).copied().flatten() {
            let before = self.person(post);
            self.pair(post, person);
            match before {
                Some(next) => person = next,
                None => break,
            }
        }
    }

    fn pair(&mut self, post: usize, person: usize) {
        self.idle.set(person, false);
        if let Some(slot) = self.person_of.get_mut(post) {
            *slot = Some(person);
        }
        if let Some(slot) = self.post_of.get_mut(person) {
            *slot = Some(post);
        }
    }

    fn release(&mut self, post: usize) {
        let person = self.person_of.get_mut(post).and_then(Option::take);
        if let Some(person) = person.filter(|person| !self.is_taken(*person)) {
            self.idle.set(person, true);
        }
        if let Some(slot) = person.and_then(|person| self.post_of.get_mut(person)) {
            *slot = None;
        }
    }

    fn person(&self, post: usize) -> Option<usize> {
        self.person_of.get(post).copied().flatten()
    }

    fn post(&self, person: usize) -> Option<usize> {
        self.post_of.get(person).copied().flatten()
    }

    fn is_taken(&self, person: usize) -> bool {
        self.taken.has(person)
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.person_of.iter().enumerate().filter_map(|(post, person)| Some((post, (*person)?)))
    }
}

/// Sets a flag; true if it was not set before.
fn mark(flags: &mut [bool], place: usize) -> bool {
    flags.get_mut(place).is_some_and(|flag| !std::mem::replace(flag, true))
}

fn places(flags: &[bool]) -> Vec<usize> {
    flags.iter().enumerate().filter(|(_, flag)| **flag).map(|(place, _)| place).collect()
}
