//! Duties after their draw: each person learns the day early and the place late, confirms or cannot come; reserves step
//! in by their order; two people may exchange posts if a second person of the staff agrees. All of it is on record.

mod absent;
mod day;
mod mine;
mod posts;
mod swap;

pub use absent::absent;
pub use day::{DayDuties, OnDuty, OpenPost, on_day};
pub use mine::{Answer, AnswerOrder, MyDuty, answer, mine};
pub use posts::{Change, PostState, PublicChange, SessionPosts, Swap, posts, public_changes};
pub use swap::{DecideOrder, SwapOrder, SwapView, decide, propose};

use super::assign::AssignError;
use super::auth::Person;
use super::ceremony::{Hall, HoldError};
use super::once::OnceError;
use super::staffing::{Day, told_at};
use super::world::{WorldError, rule_set};
use crate::db::sessions::{self as rows, DutyRow, SessionRow};
use crate::db::{Conn, DbError, duties as kept, events};
use crate::entropy::NoEntropy;
use crate::event::{Event, Fact};
use crate::http::access::Role;
use shared::assignment::standin::{NoSwap, Standing};
use shared::assignment::{Matrix, PostCode, PostKind};
use shared::draw::ceremony::Stage;
use shared::ids::{SessionId, StaffCode};
use shared::rules::RuleSet;
use shared::time::Instant;
use std::collections::BTreeSet;
use thiserror::Error;

/// Longest reason in characters.
const MAX_REASON: usize = 200;

/// Why something about a duty is refused. Nothing was changed.
#[derive(Debug, Error)]
pub enum DutyError {
    /// No such session, or not at the caller's exam point.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// The caller has no duty then.
    #[error("no duty begins then")]
    NoDuty,
    /// No such post, or nobody has it.
    #[error("nobody has the post '{0}'")]
    PostUnknown(String),
    /// No such swap.
    #[error("there is no swap '{0}'")]
    SwapUnknown(String),
    /// It is too early or too late, or was decided before.
    #[error("{0}")]
    State(&'static str),
    /// Who proposed a swap cannot agree to it.
    #[error("another person has to agree to a swap that you proposed")]
    SamePerson,
    /// The rules keep the two from exchanging their posts.
    #[error(transparent)]
    Swap(#[from] NoSwap),
    /// A field.
    #[error("{field}: {why}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// What the pool looks like.
    #[error(transparent)]
    Pool(#[from] AssignError),
    /// Rule set.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// The ceremony of a supplementary draw.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

crate::refusal!(DutyError {
    Self::SessionUnknown(_) => "session-unknown",
    Self::NoDuty => "no-duty",
    Self::PostUnknown(_) | Self::SwapUnknown(_) => "not-found",
    Self::State(_) => "duty-state",
    Self::SamePerson => "swap-same-person",
    Self::Swap(_) => "swap-refused",
    Self::Field { .. } => "field-invalid",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Pool(_) | Self::World(_) | Self::Hold(_) | Self::Db(_) | Self::Entropy(_) => "unavailable",
});

/// Whether it is still sealed who has which post of a session, as the rule set says: nobody reads it before.
pub(super) fn is_sealed(session: &SessionRow, rules: &RuleSet, now: Instant) -> bool {
    now < told_at(session, rules)
}

/// As [`is_sealed`], for a session whose rule set is not loaded yet.
///
/// # Errors
/// [`WorldError`] without rule set.
pub(super) fn sealed_now(conn: &mut Conn, session: &SessionRow, now: Instant) -> Result<bool, WorldError> {
    Ok(is_sealed(session, &rule_set(conn, &session.rule_set)?, now))
}

/// The duties that a member of staff has in a session, once they are told; before that nobody is admitted by them.
///
/// # Errors
/// [`WorldError`] without session or rule set.
pub(super) fn of(conn: &mut Conn, id: &str, staff: &str, now: Instant) -> Result<Vec<DutyRow>, WorldError> {
    let mut duties = told(conn, id, now)?;
    duties.retain(|duty| duty.staff == staff);
    Ok(duties)
}

/// The duties of a session once they are told, nothing before.
///
/// # Errors
/// [`WorldError`] without rule set.
pub(super) fn told(conn: &mut Conn, id: &str, now: Instant) -> Result<Vec<DutyRow>, WorldError> {
    let Some(session) = rows::session(conn, id)? else { return Ok(Vec::new()) };
    if is_sealed(&session, &rule_set(conn, &session.rule_set)?, now) {
        return Ok(Vec::new());
    }
    Ok(rows::duties(conn, id)?)
}

/// A session with its posts, and what the rules say of the pool for it.
struct Table {
    session: SessionRow,
    rules: RuleSet,
    posts: Vec<(DutyRow, Standing)>,
    matrix: Matrix,
    id: SessionId,
}

impl Table {
    fn load(conn: &mut Conn, id: &str) -> Result<Self, DutyError> {
        let unknown = || DutyError::SessionUnknown(id.to_owned());
        let session = rows::session(conn, id)?.ok_or_else(unknown)?;
        let day = Day::load(conn, &BTreeSet::from([id.to_owned()]))?;
        let matrix = day.matrix(conn)?;
        let posts = kept::posts(conn, id)?.into_iter().map(standing).collect::<Result<_, _>>()?;
        let id = SessionId::parse(id).map_err(|e| DbError::corrupt("session", e))?;
        Ok(Self { session, rules: day.rules, posts, matrix, id })
    }

    /// Writes down that somebody leaves a post. If it stays open, the centre commits to a secret for a supplementary draw.
    fn pass(
        &self,
        conn: &mut Conn,
        hall: &Hall,
        post: &str,
        (why, barred_until): (&str, Option<String>),
    ) -> Result<(), DutyError> {
        let passed = self.passed(post, why, barred_until)?;
        let open = passed.to.is_none();
        let event = Event::new(hall.at, hall.actor.clone(), Fact::DutyPassed(passed));
        events::append(conn, &event.under(self.rules.id.as_str()))?;
        if open {
            hall.open_unless_under_way(conn, Stage::Staff, self.id.as_str())?;
        }
        Ok(())
    }

    /// The post of that code that somebody has.
    fn held(&self, post: &str) -> Result<&(DutyRow, Standing), DutyError> {
        let found = self.posts.iter().find(|(row, standing)| row.post == post && standing.held);
        found.ok_or_else(|| DutyError::PostUnknown(post.to_owned()))
    }

    fn standings(&self) -> Vec<Standing> {
        self.posts.iter().map(|(_, standing)| standing.clone()).collect()
    }

    /// The centre looks after every session, the staff of an exam point after those there.
    fn admit(&self, person: &Person) -> Result<(), DutyError> {
        if person.role == Role::PointStaff && person.point.as_ref() != Some(&self.session.point) {
            return Err(DutyError::SessionUnknown(self.session.id.clone()));
        }
        Ok(())
    }
}

fn standing(row: DutyRow) -> Result<(DutyRow, Standing), DbError> {
    let corrupt = |why: &dyn std::fmt::Display| DbError::corrupt("duty", why);
    let standing = Standing {
        post: PostCode::parse(&row.post).map_err(|e| corrupt(&e))?,
        kind: PostKind::from_word(&row.kind).ok_or_else(|| corrupt(&"unknown kind"))?,
        place: Some(row.place.clone()).filter(|place| !place.is_empty()),
        staff: StaffCode::parse(&row.staff).map_err(|e| corrupt(&e))?,
        held: matches!(row.state.as_str(), "drawn" | "confirmed"),
    };
    Ok((row, standing))
}

/// A reason that somebody has to give: not empty, and not too long.
fn reason(text: &str) -> Result<String, DutyError> {
    let text = text.trim();
    let wrong = |why| DutyError::Field { field: "reason", why };
    if text.is_empty() {
        return Err(wrong("give a reason"));
    }
    if text.chars().count() > MAX_REASON {
        return Err(wrong("a reason has at most 200 characters"));
    }
    Ok(text.to_owned())
}
