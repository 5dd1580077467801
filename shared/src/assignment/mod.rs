//! Who invigilates and who examines: drawn at random under the hard rules, and provably so.
//!
//! Three steps, each a function of values:
//! 1. [`eligibility`] turns what is known about people and the sessions of a day into a [`Matrix`]: for each person
//!    and session the rules that forbid a duty, the load, and with whom the last duty was done. It holds codes only.
//! 2. [`Board::new`] lays the posts on it, without chance: who may take which post, after the rule on pairs and the
//!    load band. On the board no complete assignment is missed.
//! 3. [`lottery::draw`] fills the posts from board and seed alone.
//!
//! `docs/draw.md` spells out the second and the third step for other languages.

pub mod board;
pub mod facts;
pub mod lottery;
mod matching;
mod shortfall;
pub mod standin;

pub use board::{Board, Limits, Widening, widening};
pub use facts::{Booking, Card, CardKind, SessionFacts, StaffFacts, eligibility};

use crate::draw::chacha::Seed;
use crate::ids::{IdError, RoomId, SessionId, StaffCode, StationId};
use crate::trade::words;
use thiserror::Error;

/// Duties above the least loaded person's that still count as an even load. Wider means less predictable, narrower
/// means more even: over a year of 2,000 sessions and 5,000 people, 2 leaves one in nine without a duty and gives one in
/// eight three, 1 leaves one in a hundred without and gives one in thirty three.
pub const BAND_WIDTH: u32 = 1;

/// Whoever comes from another district counts as having so many duties more: near first, but not near only.
pub const FAR_BURDEN: u32 = 1;

/// What a post is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PostKind {
    /// Watches over a theory room.
    Invigilator,
    /// Scores at a practical station.
    Examiner,
    /// Settles what two examiners see differently.
    LeadExaminer,
    /// Steps in for an invigilator, in the order drawn.
    ReserveInvigilator,
    /// Steps in for an examiner, in the order drawn.
    ReserveExaminer,
}

/// What one must be allowed to do to take a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Duty {
    /// Theory rooms.
    Invigilating,
    /// Practical stations.
    Examining,
}

/// The code of a post in a draw, for example `room-R1-2`; where a draw fills several sessions, with the session before
/// it: `S-2026-0928-1/room-R1-2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostCode(String);

/// Where a post is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A theory room.
    Room(RoomId),
    /// A practical station.
    Station(StationId),
    /// The exam point as a whole: lead examiners and reserves.
    Point,
}

/// A post to be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its code, unique in the draw.
    pub code: PostCode,
    /// The session that needs it.
    pub session: SessionId,
    /// What it is for.
    pub kind: PostKind,
    /// Where it is; those of one session in the same room or at the same station work as a pair.
    pub place: Place,
    /// Who has a post at the same place that is not drawn now: whoever comes works with them.
    pub beside: Vec<StaffCode>,
}

/// A rule that keeps a person from a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HardRule {
    /// Holds no card for the duty.
    CardMissing,
    /// The card is not valid on the day any more.
    CardExpired,
    /// The card is not for the category of the trade.
    CardCategory,
    /// Employed by a candidate's employer.
    EmployerOfCandidates,
    /// Employed by a candidate's training institution.
    InstitutionOfCandidates,
    /// Taught at a candidate's training institution or employer.
    TaughtAtInstitution,
    /// Trained one of the candidates.
    TrainedCandidate,
    /// Declared as family of one of the candidates.
    Family,
    /// On duty elsewhere at the time, with the way there and back.
    ElsewhereAtThatTime,
    /// Not available on the day, as said beforehand.
    NotAvailable,
    /// Barred from the pool.
    Barred,
    /// The declaration of conflicts is not complete, so nobody can know.
    ConflictsIncomplete,
    /// Has as many sessions this week as are allowed.
    WeeklyLimit,
    /// Would work with the partner of the last duty again.
    SamePairTwice,
    /// Worked at this exam point last, and the rule set asks for crossing over.
    SamePointTwice,
    /// Belongs to the pool of another exam point, district or city.
    OtherPool,
    /// Does not speak the language that the session asks for.
    Language,
    /// Has a post of the session already, or has given one up.
    AlreadyInSession,
}

/// What is known before the draw about who may do what; codes only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The sessions of the draw, all on one day.
    pub sessions: Vec<SessionId>,
    /// One row for each person, ordered by code.
    pub people: Vec<Row>,
    /// Width of the load band; see [`BAND_WIDTH`].
    pub band_width: u32,
}

/// One person's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The person.
    pub code: StaffCode,
    /// Duties this year.
    pub load: u32,
    /// What stands against each session of the matrix, in their order.
    pub sessions: Vec<Against>,
    /// With whom the last duty was done.
    pub last_partners: Vec<StaffCode>,
}

/// How a person stands to a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Against {
    /// Comes from another district than the exam point's.
    pub far: bool,
    /// Rules against invigilating; empty: may.
    pub invigilating: Vec<HardRule>,
    /// Rules against examining; empty: may.
    pub examining: Vec<HardRule>,
}

/// A filled post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The post.
    pub post: PostCode,
    /// Who takes it.
    pub person: StaffCode,
    /// From how many it was drawn.
    pub among: usize,
}

/// All posts filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// In the order drawn; reserves last, in their order.
    pub filled: Vec<Filled>,
    /// The load band that was needed.
    pub limits: Limits,
}

/// Why there is no assignment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoAssignment {
    /// Some posts have fewer people than posts.
    #[error("{0}")]
    Short(Shortfall),
    /// The pool names a person twice.
    #[error("{0} is in the pool twice")]
    PersonTwice(StaffCode),
    /// A post is named twice.
    #[error("post {0} is named twice")]
    PostTwice(PostCode),
    /// A session is named twice.
    #[error("session {0} is named twice")]
    SessionTwice(SessionId),
    /// A post belongs to no session of the matrix.
    #[error("post {0} belongs to no session of the draw")]
    PostApart(PostCode),
    /// A row does not say how the person stands to every session.
    #[error("the row of {0} does not speak of every session")]
    RowLength(StaffCode),
}

/// Posts that together have too few people (a violator of Hall's condition), and what stands against the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// The posts.
    pub posts: Vec<PostCode>,
    /// All who may take one of them: fewer than the posts.
    pub candidates: Vec<StaffCode>,
    /// So many people are missing.
    pub missing: usize,
    /// The rules that keep the rest of the pool away, the one that alone stands against most people first.
    pub against: Vec<RuleCount>,
    /// The smallest set of rules without which all posts could be filled, the first of several in the order of
    /// [`HardRule`]; empty if the pool is too small whatever the rules say.
    pub without: Vec<HardRule>,
}

/// How many people a rule keeps from the posts of a [`Shortfall`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule.
    pub rule: HardRule,
    /// People it keeps away.
    pub people: usize,
    /// Those whom nothing else keeps from one of the posts: who could be added.
    pub alone: Vec<StaffCode>,
}

words!(PostKind {
    Invigilator = "invigilator",
    Examiner = "examiner",
    LeadExaminer = "lead_examiner",
    ReserveInvigilator = "reserve_invigilator",
    ReserveExaminer = "reserve_examiner",
});

words!(HardRule {
    CardMissing = "card_missing",
    CardExpired = "card_expired",
    CardCategory = "card_category",
    EmployerOfCandidates = "employer_of_candidates",
    InstitutionOfCandidates = "institution_of_candidates",
    TaughtAtInstitution = "taught_at_institution",
    TrainedCandidate = "trained_candidate",
    Family = "family",
    ElsewhereAtThatTime = "elsewhere_at_that_time",
    NotAvailable = "not_available",
    Barred = "barred",
    ConflictsIncomplete = "conflicts_incomplete",
    WeeklyLimit = "weekly_limit",
    SamePairTwice = "same_pair_twice",
    SamePointTwice = "same_point_twice",
    OtherPool = "other_pool",
    Language = "language",
    AlreadyInSession = "already_in_session",
});

/// Draws who takes which post: [`Board::new`], then [`lottery::draw`].
///
/// # Errors
/// [`NoAssignment`] names the posts that cannot be filled and the rules that stand against it.
pub fn assign(matrix: &Matrix, posts: &[Post], seed: Seed) -> Result<Assignment, NoAssignment> {
    Ok(lottery::draw(&Board::new(matrix, posts)?, seed))
}

impl PostKind {
    /// What one must be allowed to do.
    #[must_use]
    pub const fn duty(self) -> Duty {
        match self {
            Self::Invigilator | Self::ReserveInvigilator => Duty::Invigilating,
            Self::Examiner | Self::LeadExaminer | Self::ReserveExaminer => Duty::Examining,
        }
    }

    /// Reserves are drawn after all others, in their order.
    #[must_use]
    pub const fn is_reserve(self) -> bool {
        matches!(self, Self::ReserveInvigilator | Self::ReserveExaminer)
    }
}

impl PostCode {
    /// Checks the text: an identifier, or two of them joined by `/`.
    ///
    /// # Errors
    /// [`IdError`] names what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let (session, post) = text.split_once('/').map_or((None, text), |(s, p)| (Some(s), p));
        session.map(SessionId::parse).transpose()?;
        StaffCode::parse(post)?;
        Ok(Self(text.to_owned()))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code without the session before it.
    #[must_use]
    pub fn in_session(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, post)| post)
    }
}

impl std::fmt::Display for PostCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Against {
    /// The rules against a duty; empty if there are none.
    #[must_use]
    pub fn forbids(&self, duty: Duty) -> &[HardRule] {
        match duty {
            Duty::Invigilating => &self.invigilating,
            Duty::Examining => &self.examining,
        }
    }

    /// What the load band compares: duties this year, and [`FAR_BURDEN`] for those from another district.
    #[must_use]
    pub const fn burden(&self, load: u32) -> u32 {
        load.saturating_add(if self.far { FAR_BURDEN } else { 0 })
    }
}

impl Assignment {
    /// Who takes a post.
    #[must_use]
    pub fn person_at(&self, post: &PostCode) -> Option<&StaffCode> {
        self.filled.iter().find(|filled| filled.post == *post).map(|filled| &filled.person)
    }
}

impl std::fmt::Display for Shortfall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let posts: Vec<&str> = self.posts.iter().map(PostCode::as_str).collect();
        let (posts, people) = (posts.join(", "), self.candidates.len());
        write!(f, "{} people are missing: only {people} may take the posts {posts}", self.missing)?;
        for count in &self.against {
            write!(
                f,
                "; {} keeps {} away, {} of them alone",
                count.rule.word(),
                count.people,
                count.alone.len()
            )?;
        }
        if !self.without.is_empty() {
            let rules: Vec<&str> = self.without.iter().map(|rule| rule.word()).collect();
            write!(f, "; without {} all posts could be filled", rules.join(" and "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
