//! Posts laid on the matrix: who may take which post, before any chance.
//!
//! Two rules are not about one person alone, and are settled here in the open so that the draw itself only needs a
//! table of posts and people:
//! - **Pairs.** Two people whose last duty was the same one (each names the other) must not share a room or station
//!   again. Such a group is kept apart by one of several ways: all its people may only take the same chair
//!   of a place (first, second, …), which no two can share; or each may only take every n-th place; or all but one
//!   stay out.
//! - **Load.** Who has more duties than the least loaded person plus the width of the band stays out, unless
//!   that leaves posts empty: then the band is widened for those posts alone, one step at a time, and first where
//!   the step lets in whoever has least.

use super::matching::{Grid, Matching};
use super::shortfall::shortfall;
use super::{Against, Duty, HardRule, Matrix, NoAssignment, Place, Post, Row};
use crate::ids::{SessionId, StaffCode};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

/// The heaviest burden that was let in for each duty; `None` if there is no post of the duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Theory rooms.
    pub invigilating: Option<u32>,
    /// Practical stations.
    pub examining: Option<u32>,
}

/// Posts, people and who may take which post; a complete assignment exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    posts: Vec<Post>,
    people: Vec<StaffCode>,
    grid: Grid,
    limits: Limits,
}

/// What would let more people take a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Widening {
    /// The rule.
    pub rule: HardRule,
    /// Those whom it alone keeps from the post.
    pub people: Vec<StaffCode>,
}

/// For each post the rules that alone keep somebody from it, the one that keeps most people first.
///
/// # Errors
/// [`NoAssignment`] if matrix and posts do not fit each other.
pub fn widening(matrix: &Matrix, posts: &[Post]) -> Result<Vec<Vec<Widening>>, NoAssignment> {
    let laid = Laid::new(matrix, posts)?;
    let of_post = |post: usize| {
        let mut rules: BTreeMap<HardRule, Vec<StaffCode>> = BTreeMap::new();
        for (person, row) in matrix.people.iter().enumerate() {
            if let [rule] = laid.against(post, person).as_ref() {
                rules.entry(*rule).or_default().push(row.code.clone());
            }
        }
        let mut all: Vec<Widening> =
            rules.into_iter().map(|(rule, people)| Widening { rule, people }).collect();
        all.sort_by_key(|widening| std::cmp::Reverse(widening.people.len()));
        all
    };
    Ok((0..posts.len()).map(of_post).collect())
}

/// Posts and matrix as given, and to which session of the matrix each post belongs.
pub(super) struct Laid<'a> {
    pub matrix: &'a Matrix,
    pub posts: &'a [Post],
    session_of: Vec<usize>,
}

/// A way to keep a group apart.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// All may only take this chair.
    Chair(usize),
    /// The k-th of the group may only take the places whose number leaves k + this modulo the size of the group.
    Places(usize),
    /// All stay out but this one.
    Only(usize),
}

impl Board {
    /// Lays the posts on the matrix.
    ///
    /// # Errors
    /// [`NoAssignment`] if no complete assignment exists under the hard rules, or a person or post is named twice.
    pub fn new(matrix: &Matrix, posts: &[Post]) -> Result<Self, NoAssignment> {
        let laid = Laid::new(matrix, posts)?;
        let lone = laid.lone_rules();
        let mut matching = Matching::new(&lone);
        if !matching.complete(&lone) {
            return Err(shortfall(&laid, &lone, &lone, &matching));
        }
        let apart = keep_pairs_apart(&laid, &lone, &mut matching)?;
        let (grid, limits) = narrow_to_band(&laid, &apart);
        let people = matrix.people.iter().map(|row| row.code.clone()).collect();
        Ok(Self { posts: posts.to_vec(), people, grid, limits })
    }

    /// A table as it was published: for each post the places in `people` of those who may take it. `None` if it has
    /// not one row a post, or the posts cannot all be filled.
    #[must_use]
    pub fn of_table(
        posts: Vec<Post>,
        people: Vec<StaffCode>,
        eligible: &[Vec<usize>],
        limits: Limits,
    ) -> Option<Self> {
        let allows = |post: usize, person: usize| eligible.get(post).is_some_and(|row| row.contains(&person));
        let grid = Grid::new(posts.len(), people.len(), allows);
        let unique = twice(posts.iter().map(|post| &post.code)).is_none();
        let filled = eligible.len() == posts.len() && Matching::new(&grid).complete(&grid);
        (unique && filled).then_some(Self { posts, people, grid, limits })
    }

    /// The posts, as given.
    #[must_use]
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// The people, as in the matrix.
    #[must_use]
    pub fn people(&self) -> &[StaffCode] {
        &self.people
    }

    /// The load band that was needed.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// For each post the places in [`people`](Self::people) of those who may take it, ascending.
    #[must_use]
    pub fn eligible(&self) -> Vec<Vec<usize>> {
        (0..self.posts.len()).map(|post| self.grid.of_post(post).collect()).collect()
    }

    pub(super) const fn grid(&self) -> &Grid {
        &self.grid
    }
}

impl Limits {
    const fn of(self, duty: Duty) -> Option<u32> {
        match duty {
            Duty::Invigilating => self.invigilating,
            Duty::Examining => self.examining,
        }
    }

    const fn set(&mut self, duty: Duty, limit: u32) {
        match duty {
            Duty::Invigilating => self.invigilating = Some(limit),
            Duty::Examining => self.examining = Some(limit),
        }
    }
}

impl<'a> Laid<'a> {
    fn new(matrix: &'a Matrix, posts: &'a [Post]) -> Result<Self, NoAssignment> {
        if let Some(session) = twice(&matrix.sessions) {
            return Err(NoAssignment::SessionTwice(session.clone()));
        }
        if let Some(code) = twice(matrix.people.iter().map(|row| &row.code)) {
            return Err(NoAssignment::PersonTwice(code.clone()));
        }
        if let Some(code) = twice(posts.iter().map(|post| &post.code)) {
            return Err(NoAssignment::PostTwice(code.clone()));
        }
        if let Some(row) = matrix.people.iter().find(|row| row.sessions.len() != matrix.sessions.len()) {
            return Err(NoAssignment::RowLength(row.code.clone()));
        }
        let place = |session: &SessionId| matrix.sessions.iter().position(|known| known == session);
        let of = |post: &Post| place(&post.session).ok_or_else(|| NoAssignment::PostApart(post.code.clone()));
        let session_of = posts.iter().map(of).collect::<Result<_, _>>()?;
        Ok(Self { matrix, posts, session_of })
    }

    /// The duty of a post, and how a person stands to its session.
    fn at(&self, post: usize, person: usize) -> Option<(Duty, &'a Row, &'a Against)> {
        let duty = self.posts.get(post)?.kind.duty();
        let row = self.matrix.people.get(person)?;
        Some((duty, row, row.sessions.get(*self.session_of.get(post)?)?))
    }

    /// The rules that keep a person from a post, whoever else is drawn.
    pub fn against(&self, post: usize, person: usize) -> Cow<'a, [HardRule]> {
        let Some((duty, row, against)) = self.at(post, person) else { return Cow::Borrowed(&[]) };
        let rules = against.forbids(duty);
        if !self.meets_again(post, row) {
            return Cow::Borrowed(rules);
        }
        Cow::Owned(rules.iter().copied().chain([HardRule::SamePairTwice]).collect())
    }

    /// Whether a person would work with the partner of the last duty again, who is at the place already.
    fn meets_again(&self, post: usize, row: &Row) -> bool {
        let beside = self.posts.get(post).map_or(&[][..], |post| &post.beside);
        beside.iter().filter(|other| row.last_partners.contains(other)).any(|other| {
            let found = self.matrix.people.binary_search_by(|known| known.code.cmp(other)).ok();
            let other = found.and_then(|place| self.matrix.people.get(place));
            other.is_some_and(|other| other.last_partners.contains(&row.code))
        })
    }

    fn burden(&self, post: usize, person: usize) -> Option<u32> {
        self.at(post, person).map(|(_, row, against)| against.burden(row.load))
    }

    /// The rules that ask for one person only.
    fn lone_rules(&self) -> Grid {
        Grid::new(self.posts.len(), self.matrix.people.len(), |post, person| {
            self.at(post, person).is_some_and(|(duty, row, against)| {
                against.forbids(duty).is_empty() && !self.meets_again(post, row)
            })
        })
    }
}

/// The first that comes a second time.
fn twice<'a, T: Eq + Hash>(all: impl IntoIterator<Item = &'a T>) -> Option<&'a T> {
    let mut seen = HashSet::new();
    all.into_iter().find(|one| !seen.insert(*one))
}

/// Where a post is among those that work together: number of the place and of the chair in it. Posts alone at
/// their place, and those of the point as a whole, have none.
fn chairs(posts: &[Post]) -> Vec<Option<(usize, usize)>> {
    type Where<'a> = (&'a SessionId, &'a Place);
    let mut sizes: HashMap<Where<'_>, usize> = HashMap::new();
    for post in posts.iter().filter(|post| post.place != Place::Point) {
        *sizes.entry((&post.session, &post.place)).or_default() += 1;
    }
    let mut numbers: HashMap<Where<'_>, (usize, usize)> = HashMap::new();
    let mut chairs = Vec::with_capacity(posts.len());
    for post in posts {
        let place = (&post.session, &post.place);
        let shared = sizes.get(&place).is_some_and(|size| *size > 1);
        let next = numbers.len();
        chairs.push(shared.then(|| {
            let (place, taken) = numbers.entry(place).or_insert((next, 0));
            *taken += 1;
            (*place, *taken - 1)
        }));
    }
    chairs
}

/// People (their places in the matrix) whose last duty was the same one: each names the other, directly or through
/// others of the group. Groups and members ascend.
fn groups(people: &[Row], grid: &Grid) -> Vec<Vec<usize>> {
    let can: Vec<bool> =
        (0..people.len()).map(|p| (0..grid.posts()).any(|post| grid.allows(post, p))).collect();
    let place: HashMap<&StaffCode, usize> =
        people.iter().enumerate().map(|(p, row)| (&row.code, p)).collect();
    let named: Vec<BTreeSet<usize>> = people
        .iter()
        .map(|row| row.last_partners.iter().filter_map(|code| place.get(code).copied()).collect())
        .collect();
    let names = |a: usize, b: usize| named.get(a).is_some_and(|set| set.contains(&b));
    let mut group_of: Vec<Option<usize>> = vec![None; people.len()];
    let mut groups = Vec::new();
    for start in 0..people.len() {
        if group_of.get(start).copied().flatten().is_some() {
            continue;
        }
        let mut group = vec![start];
        let mut next = 0;
        while let Some(member) = group.get(next).copied() {
            next += 1;
            if let Some(slot) = group_of.get_mut(member) {
                *slot = Some(groups.len());
            }
            let partners = named.get(member).into_iter().flatten();
            let new: Vec<usize> =
                partners.copied().filter(|p| names(*p, member) && !group.contains(p)).collect();
            group.extend(new);
        }
        groups.push(group);
    }
    for group in &mut groups {
        group.retain(|member| can.get(*member).copied().unwrap_or(false));
        group.sort_unstable();
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Takes away, group by group, what would let two of a group work together. The matching stays complete: of the ways
/// to keep a group apart the first that leaves all posts fillable is taken.
fn keep_pairs_apart(laid: &Laid<'_>, lone: &Grid, matching: &mut Matching) -> Result<Grid, NoAssignment> {
    let chairs = chairs(laid.posts);
    let count = chairs.iter().flatten().map(|(_, chair)| chair + 1).max().unwrap_or(0);
    let mut grid = lone.clone();
    if count == 0 {
        return Ok(grid);
    }
    for (number, group) in groups(&laid.matrix.people, lone).iter().enumerate() {
        // The first chair tried goes round, so that the groups do not crowd one chair.
        let by_chair = (0..count).map(|chair| Way::Chair((number + chair) % count));
        let by_place = (0..group.len()).map(Way::Places);
        let by_staying_out = (0..group.len()).map(Way::Only);
        let mut apart = false;
        for way in by_chair.chain(by_place).chain(by_staying_out) {
            let cells = way.forbids(&grid, group, &chairs);
            cells.iter().for_each(|(post, person)| grid.set(*post, *person, false));
            apart = matching.complete(&grid);
            if apart {
                break;
            }
            cells.iter().for_each(|(post, person)| grid.set(*post, *person, true));
        }
        if !apart {
            // The last way tried shows what is short.
            let last = Way::Only(group.len().saturating_sub(1)).forbids(&grid, group, &chairs);
            last.iter().for_each(|(post, person)| grid.set(*post, *person, false));
            matching.complete(&grid);
            return Err(shortfall(laid, lone, &grid, matching));
        }
    }
    Ok(grid)
}

impl Way {
    /// What the way takes away from the grid: posts and people.
    fn forbids(self, grid: &Grid, group: &[usize], chairs: &[Option<(usize, usize)>]) -> Vec<(usize, usize)> {
        let mut cells = Vec::new();
        for (k, member) in group.iter().enumerate() {
            for (post, chair) in chairs.iter().enumerate() {
                let Some((place, chair)) = *chair else { continue };
                let keeps = match self {
                    Self::Chair(own) => chair == own,
                    Self::Places(turn) => place % group.len() == (k + turn) % group.len(),
                    Self::Only(one) => k == one,
                };
                if !keeps && grid.allows(post, *member) {
                    cells.push((post, *member));
                }
            }
        }
        cells
    }
}

/// Leaves out whoever is above the band, and widens it for the posts that would stay empty. The grid is fillable.
fn narrow_to_band(laid: &Laid<'_>, grid: &Grid) -> (Grid, Limits) {
    // Burdens of those who may take each post, and the least of each duty.
    let burdens: Vec<BTreeSet<u32>> = (0..laid.posts.len())
        .map(|post| grid.of_post(post).filter_map(|person| laid.burden(post, person)).collect())
        .collect();
    let mut least: BTreeMap<Duty, u32> = BTreeMap::new();
    for (post, set) in laid.posts.iter().zip(&burdens) {
        let of_post = set.first().copied().unwrap_or(u32::MAX);
        least.entry(post.kind.duty()).and_modify(|least| *least = (*least).min(of_post)).or_insert(of_post);
    }
    let within = |post: &Post| {
        least.get(&post.kind.duty()).copied().unwrap_or(0).saturating_add(laid.matrix.band_width)
    };
    let mut limits: Vec<u32> = laid.posts.iter().map(within).collect();
    let mut matching = Matching::new(grid);
    loop {
        let inside = |post: usize, person: usize| {
            laid.burden(post, person).zip(limits.get(post)).is_some_and(|(burden, limit)| burden <= *limit)
        };
        let narrowed = Grid::new(laid.posts.len(), laid.matrix.people.len(), |post, person| {
            grid.allows(post, person) && inside(post, person)
        });
        if matching.complete(&narrowed) {
            return (narrowed, heaviest(laid, &limits));
        }
        // Of the posts that stand in each other's way, those are opened first to whom the least burdened come: opening
        // another one as well would ask somebody who has more duties without need.
        let (short, _) = matching.violator(&narrowed);
        let next = |post: &usize| {
            let above = limits.get(*post)?.checked_add(1)?;
            burdens.get(*post)?.range(above..).next().copied()
        };
        let Some(step) = short.iter().filter_map(next).min() else {
            // Nobody is left to let in, so the grid was not fillable; its caller has checked that it is.
            return (grid.clone(), heaviest(laid, &limits));
        };
        let opened: Vec<usize> = short.into_iter().filter(|post| next(post) == Some(step)).collect();
        for post in opened {
            if let Some(limit) = limits.get_mut(post) {
                *limit = step;
            }
        }
    }
}

/// The heaviest limit among the posts of each duty.
fn heaviest(laid: &Laid<'_>, limits: &[u32]) -> Limits {
    let mut all = Limits::default();
    for (post, limit) in laid.posts.iter().zip(limits) {
        let duty = post.kind.duty();
        all.set(duty, all.of(duty).map_or(*limit, |known| known.max(*limit)));
    }
    all
}
