//! The planning board: before the staff of a day is drawn, who may take what and why not, how likely each pairing is,
//! and what would widen the pool.

use super::App;
use super::assign::{AssignError, pending};
use super::draw_desk::May;
use super::overview::{Titled, titled};
use super::salts;
use super::staffing::Day;
use crate::db::{sessions as rows, world};
use shared::assignment::{Board, Duty, Limits, Matrix, NoAssignment, Post, Row, widening};
use shared::time::Date;
use shared::wire::transcript::StaffBasis;
use std::collections::{BTreeSet, HashMap};

/// Trial draws of a board.
pub const TRIALS: u32 = 1000;

/// A day to be planned.
#[derive(Debug)]
pub struct PlanBoard {
    /// All sessions of the day.
    pub sessions: Vec<Titled>,
    /// Those that can be drawn now, in the order of their start.
    pub open: Vec<String>,
    /// The posts that they need.
    pub posts: Vec<PostPlan>,
    /// Everybody in the pool.
    pub people: Vec<PersonPlan>,
    /// The load band that is needed.
    pub limits: Limits,
    /// The rule set's cap in percent.
    pub cap: u32,
    /// Why no complete assignment exists, if so.
    pub refused: Option<AssignError>,
}

/// A post that is to be filled.
#[derive(Debug, Clone)]
pub struct PostPlan {
    /// Its code in the session.
    pub code: String,
    /// Its session.
    pub session: String,
    /// Word of its kind.
    pub kind: &'static str,
    /// How many may take it; none without a complete assignment.
    pub eligible: Option<usize>,
    /// Name of whoever gets it in more of the trial draws than the cap, with the share in percent.
    pub likely: Vec<(String, u32)>,
    /// What would widen the pool, where the post cannot be filled or a pairing is likely: word of the rule, and how many
    /// people it alone keeps away.
    pub widen: Vec<(&'static str, usize)>,
}

/// A person with what may be done in each open session.
#[derive(Debug, Clone)]
pub struct PersonPlan {
    /// Code and name.
    pub staff: (String, String),
    /// Duties this year.
    pub load: u32,
    /// For each open session: invigilating, examining.
    pub may: Vec<[May; 2]>,
}

/// The board of a day. Sessions that are not seated, have begun or are drawn are left out of it.
///
/// # Errors
/// [`AssignError`] for what makes no board at all, like sessions under different rule sets.
pub fn board(app: &App, day: Date) -> Result<PlanBoard, AssignError> {
    let now = app.clock.now().millis();
    let (sessions, loaded) = app.db.read(|conn| {
        let all = rows::sessions(conn, Some(&day.to_string()), None)?;
        let can = all.iter().filter(|s| s.seated && !s.staffed && s.starts_at > now);
        let open: BTreeSet<String> = can.map(|s| s.id.clone()).collect();
        let sessions = all.into_iter().map(|s| titled(conn, s)).collect::<Result<Vec<_>, _>>()?;
        if open.is_empty() {
            return Ok((sessions, None));
        }
        let day = Day::load(conn, &open)?;
        let (pending, _) = pending(conn, &app.sealer)?;
        let (matrix, posts) = (day.matrix_beside(conn, pending)?, day.posts(conn)?);
        let (draw, salts) = (day.next_draw(conn)?, salts::known(conn, &app.sealer)?);
        let basis = StaffBasis::new(&draw, &matrix, &posts, &salts);
        let names = world::staff(conn)?.into_iter().map(|s| (s.code, s.name)).collect();
        let open = day.ids().map(str::to_owned).collect();
        let cap = day.rules.staff.pairing_cap_percent;
        Ok::<_, AssignError>((sessions, Some(Loaded { open, matrix, posts, basis, names, cap })))
    })?;
    match loaded {
        Some(loaded) => loaded.board(sessions),
        None => Ok(PlanBoard {
            sessions,
            open: Vec::new(),
            posts: Vec::new(),
            people: Vec::new(),
            limits: Limits::default(),
            cap: 0,
            refused: None,
        }),
    }
}

/// What a board follows from.
struct Loaded {
    open: Vec<String>,
    matrix: Matrix,
    posts: Vec<Post>,
    /// What would be frozen now.
    basis: StaffBasis,
    names: HashMap<String, String>,
    cap: u32,
}

impl Loaded {
    fn board(self, sessions: Vec<Titled>) -> Result<PlanBoard, AssignError> {
        let widening = widening(&self.matrix, &self.posts).map_err(AssignError::NoAssignment)?;
        let (board, refused) = match Board::new(&self.matrix, &self.posts) {
            Ok(board) => (Some(board), None),
            Err(error) => (None, Some(error)),
        };
        let short = |post: &Post| match &refused {
            Some(NoAssignment::Short(short)) => short.posts.contains(&post.code),
            _ => false,
        };
        // Of the input as it would be frozen: the seeds follow from its hash, and the transcript shows it to everybody.
        let trial = board.as_ref().map(|_| self.basis.publish()?.trial(TRIALS)).transpose()?;
        let eligible = board.as_ref().map(Board::eligible);
        let posts = self.posts.iter().zip(widening).enumerate().map(|(number, (post, widening))| {
            let above = trial.iter().flat_map(|trial| trial.above(self.cap)).filter(|s| s.post == post.code);
            let likely: Vec<(String, u32)> =
                above.map(|s| (self.name_behind(s.person.as_str()), s.times * 100 / TRIALS)).collect();
            let widen = !likely.is_empty() || short(post);
            let widen = widening.into_iter().filter(|_| widen).map(|w| (w.rule.word(), w.people.len()));
            PostPlan {
                code: post.code.in_session().to_owned(),
                session: post.session.to_string(),
                kind: post.kind.word(),
                eligible: eligible.as_ref().and_then(|all| all.get(number)).map(Vec::len),
                widen: widen.collect(),
                likely,
            }
        });
        let posts = posts.collect();
        let limits = board.as_ref().map(Board::limits).unwrap_or_default();
        let people = self.people(eligible.as_deref());
        let refused = refused.map(AssignError::NoAssignment);
        Ok(PlanBoard { sessions, posts, people, limits, cap: self.cap, refused, open: self.open })
    }

    /// Name of whoever has a code of the draw.
    fn name_behind(&self, code: &str) -> String {
        self.name(self.basis.staff_of(code).unwrap_or(code))
    }

    fn name(&self, code: &str) -> String {
        self.names.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// Everybody, with what may be done in each session. Where nothing can be drawn the rules alone say who may.
    fn people(&self, eligible: Option<&[Vec<usize>]>) -> Vec<PersonPlan> {
        let rows = self.matrix.people.iter().enumerate();
        let person = |(number, row): (usize, &Row)| PersonPlan {
            staff: (row.code.to_string(), self.name(row.code.as_str())),
            load: row.load,
            may: (0..self.matrix.sessions.len())
                .map(|at| {
                    [Duty::Invigilating, Duty::Examining]
                        .map(|duty| self.may((number, row), (at, duty), eligible))
                })
                .collect(),
        };
        rows.map(person).collect()
    }

    fn may(
        &self,
        (number, row): (usize, &Row),
        (at, duty): (usize, Duty),
        eligible: Option<&[Vec<usize>]>,
    ) -> May {
        let session = self.matrix.sessions.get(at);
        let posts = self.posts.iter().enumerate();
        let mut posts =
            posts.filter(|(_, p)| Some(&p.session) == session && p.kind.duty() == duty).peekable();
        if posts.peek().is_none() {
            return May::NoPost;
        }
        let rules = row.sessions.get(at).map_or(&[][..], |against| against.forbids(duty));
        if !rules.is_empty() {
            return May::Forbidden(rules.iter().map(|rule| rule.word().to_owned()).collect());
        }
        let on_board = |all: &[Vec<usize>]| {
            posts.any(|(post, _)| all.get(post).is_some_and(|people| people.contains(&number)))
        };
        if eligible.is_none_or(on_board) { May::Yes } else { May::LeftOut }
    }
}
