//! After the draw: who steps in for somebody who does not come, and who may exchange posts.
//!
//! Nobody is chosen. Whoever leaves a post is followed by the first reserve, in the order in which the reserves were
//! drawn, whom no hard rule keeps from the post. An exchange by hand is bound by the same rules.

use super::{Duty, HardRule, Matrix, PostCode, PostKind};
use crate::ids::{SessionId, StaffCode};
use thiserror::Error;

/// A post of a session as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its code.
    pub post: PostCode,
    /// What it is for.
    pub kind: PostKind,
    /// Code of the room or station; none for those of the exam point as a whole.
    pub place: Option<String>,
    /// Who has it, or had it last.
    pub staff: StaffCode,
    /// Whether somebody has it: not open, and no reserve's who has stepped in somewhere else.
    pub held: bool,
}

/// Why two people may not exchange their posts.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoSwap {
    /// There is no such post, or nobody has it.
    #[error("nobody has the post {0}")]
    NobodyThere(PostCode),
    /// Both posts are the same or of the same person.
    #[error("the two posts are the same")]
    Same,
    /// A hard rule stands against it.
    #[error("{} keeps {staff} from the post {post}", .rule.word())]
    Rule {
        /// Who may not take the post.
        staff: StaffCode,
        /// The post.
        post: PostCode,
        /// The rule.
        rule: HardRule,
    },
}

/// The post of the reserve who takes over `left`: the first in drawn order whom no hard rule keeps from it. None if no
/// reserve is left, or if `left` is a reserve's post itself.
#[must_use]
pub fn successor<'a>(
    matrix: &Matrix,
    session: &SessionId,
    posts: &'a [Standing],
    left: &Standing,
) -> Option<&'a Standing> {
    let reserve = match left.kind {
        PostKind::Invigilator => PostKind::ReserveInvigilator,
        PostKind::Examiner | PostKind::LeadExaminer => PostKind::ReserveExaminer,
        PostKind::ReserveInvigilator | PostKind::ReserveExaminer => return None,
    };
    let mut reserves: Vec<&Standing> = posts.iter().filter(|p| p.held && p.kind == reserve).collect();
    // `reserve-examiner-10` comes after `reserve-examiner-9`.
    reserves.sort_by_key(|p| (p.post.as_str().len(), p.post.as_str()));
    reserves.into_iter().find(|p| against(matrix, session, posts, (&p.staff, left, &[&left.post])).is_none())
}

/// Whether two people may exchange the posts that they have.
///
/// # Errors
/// [`NoSwap`] names what stands against it.
pub fn may_swap(
    matrix: &Matrix,
    session: &SessionId,
    posts: &[Standing],
    (one, other): (&PostCode, &PostCode),
) -> Result<(), NoSwap> {
    let held = |code: &PostCode| {
        let found = posts.iter().find(|p| p.post == *code && p.held);
        found.ok_or_else(|| NoSwap::NobodyThere(code.clone()))
    };
    let (one, other) = (held(one)?, held(other)?);
    if one.post == other.post || one.staff == other.staff {
        return Err(NoSwap::Same);
    }
    let both = [&one.post, &other.post];
    for (staff, to) in [(&one.staff, other), (&other.staff, one)] {
        if let Some(rule) = against(matrix, session, posts, (staff, to, &both)) {
            return Err(NoSwap::Rule { staff: staff.clone(), post: to.post.clone(), rule });
        }
    }
    Ok(())
}

/// The rule that keeps somebody from a post, if there is one. `changing` are the posts whose holders go: they are no
/// partners any more.
fn against(
    matrix: &Matrix,
    session: &SessionId,
    posts: &[Standing],
    (staff, post, changing): (&StaffCode, &Standing, &[&PostCode]),
) -> Option<HardRule> {
    let column = matrix.sessions.iter().position(|s| s == session);
    let row = |code: &StaffCode| matrix.people.iter().find(|row| row.code == *code);
    // Who has left the pool since the draw has no row, and no card in it.
    let Some(own) = row(staff) else { return Some(HardRule::CardMissing) };
    let Some(standing) = column.and_then(|c| own.sessions.get(c)) else { return Some(HardRule::CardMissing) };
    let duty: Duty = post.kind.duty();
    if let Some(rule) = standing.forbids(duty).first() {
        return Some(*rule);
    }
    let beside = |p: &&Standing| {
        p.held
            && p.place.is_some()
            && p.place == post.place
            && p.post != post.post
            && !changing.contains(&&p.post)
    };
    let twice = |p: &Standing| {
        own.last_partners.contains(&p.staff)
            && row(&p.staff).is_some_and(|other| other.last_partners.contains(staff))
    };
    posts.iter().filter(beside).any(twice).then_some(HardRule::SamePairTwice)
}
