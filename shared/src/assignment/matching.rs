//! Bipartite matching of posts and people by augmenting paths (Berge, Kuhn).
//!
//! Nothing here depends on which of several complete matchings is found: whether one exists, whose choice leaves
//! the rest fillable and which posts violate Hall's condition are properties of the grid (Dulmage and Mendelsohn).

use std::collections::VecDeque;

/// Who may take which post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    rows: Vec<Vec<bool>>,
    people: usize,
}

/// Posts and people paired off so far; people who are taken for good are no longer looked at.
#[derive(Debug, Clone)]
pub(super) struct Matching {
    person_of: Vec<Option<usize>>,
    post_of: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Grid {
    /// Asks `allows(post, person)` for every pair.
    pub fn new(posts: usize, people: usize, allows: impl Fn(usize, usize) -> bool) -> Self {
        let row = |post| (0..people).map(|person| allows(post, person)).collect();
        Self { rows: (0..posts).map(row).collect(), people }
    }

    pub fn allows(&self, post: usize, person: usize) -> bool {
        self.rows.get(post).and_then(|row| row.get(person)).copied().unwrap_or(false)
    }

    pub fn set(&mut self, post: usize, person: usize, allowed: bool) {
        if let Some(cell) = self.rows.get_mut(post).and_then(|row| row.get_mut(person)) {
            *cell = allowed;
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
        let row = self.rows.get(post).map_or(&[][..], Vec::as_slice);
        row.iter().enumerate().filter(|(_, allowed)| **allowed).map(|(person, _)| person)
    }
}

impl Matching {
    pub fn new(grid: &Grid) -> Self {
        Self {
            person_of: vec![None; grid.posts()],
            post_of: vec![None; grid.people()],
            taken: vec![false; grid.people()],
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
        let idle = |person: usize| self.post(person).is_none_or(|other| other == post);
        let mut spare: Vec<bool> = (0..grid.people()).map(|p| !self.is_taken(p) && idle(p)).collect();
        // Whoever holds a post that a spare person may take is spare too; repeat until nothing changes.
        let mut waiting: Vec<(usize, usize)> = self.pairs().filter(|(other, _)| *other != post).collect();
        loop {
            let before = waiting.len();
            waiting.retain(|(other, person)| {
                let can = grid.of_post(*other).any(|p| spare.get(p).copied().unwrap_or(false));
                if can {
                    mark(&mut spare, *person);
                }
                !can
            });
            if waiting.len() == before {
                break;
            }
        }
        let open = |p: &usize| Some(*p) == own || spare.get(*p).copied().unwrap_or(false);
        grid.of_post(post).filter(open).collect()
    }

    /// Gives `post` to one of its [choices](Self::choices) for good and pairs the others off again.
    pub fn fix(&mut self, grid: &Grid, post: usize, person: usize) {
        self.release(post);
        let robbed = self.post(person);
        if let Some(other) = robbed {
            self.release(other);
        }
        mark(&mut self.taken, person);
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
        if let Some(slot) = self.person_of.get_mut(post) {
            *slot = Some(person);
        }
        if let Some(slot) = self.post_of.get_mut(person) {
            *slot = Some(post);
        }
    }

    fn release(&mut self, post: usize) {
        let person = self.person_of.get_mut(post).and_then(Option::take);
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
        self.taken.get(person).copied().unwrap_or(true)
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
