//! The posts of a session as whoever looks after it may see them: names only once they are told.

use super::{DutyError, sealed_now};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::overview::sees;
use crate::db::sessions as rows;
use crate::db::{Conn, DbResult, duties as kept, world};
use crate::http::access::Role;
use serde::{Deserialize, Serialize};
use shared::time::Instant;
use std::collections::HashMap;
use utoipa::ToSchema;

/// The posts of a session and what changed since the draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionPosts {
    /// Whether it is sealed who has which post: then posts have no names, and nothing is told of changes.
    pub sealed: bool,
    /// Posts nobody has.
    pub open: usize,
    /// The posts: rooms, stations, lead examiner, reserves.
    pub posts: Vec<PostState>,
    /// What changed, in order.
    pub changes: Vec<Change>,
    /// Swaps that wait for a second person.
    pub swaps: Vec<Swap>,
}

/// A post as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostState {
    /// Post code.
    pub post: String,
    /// Word of its kind.
    pub kind: String,
    /// Room or station code; empty for those of the point as a whole.
    pub place: String,
    /// `drawn`, `confirmed`, `moved` (a reserve who has stepped in) or `open`.
    pub state: String,
    /// Staff code; empty while it is sealed, and of an open post.
    pub staff: String,
    /// Name; empty likewise.
    pub name: String,
}

/// A post that changed hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// When, epoch milliseconds.
    pub at: i64,
    /// Post code.
    pub post: String,
    /// `declined`, `absent`, `swapped` or `drawn` (by a supplementary draw).
    pub why: String,
    /// Name of who left.
    pub left: String,
    /// Name of who came; nobody if the post is open.
    pub taken: Option<String>,
    /// The reason of a swap.
    pub reason: String,
}

/// A swap that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Swap {
    /// Its id.
    pub swap: String,
    /// The two posts.
    pub posts: [String; 2],
    /// Names of who has them.
    pub names: [String; 2],
    /// Why.
    pub reason: String,
    /// Account id of who proposed it.
    pub by: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// The posts of a session. Invigilators and examiners see those of sessions in which they have one themselves, once it is
/// told.
///
/// # Errors
/// [`DutyError::SessionUnknown`], also for a session at a point that is not the caller's; [`DutyError::NoDuty`].
pub fn posts(app: &App, person: &Person, session: &str) -> Result<SessionPosts, DutyError> {
    let now = app.clock.now();
    app.db.read(|conn| {
        let row = rows::session(conn, session)?.filter(|s| sees(person, &s.point));
        row.ok_or_else(|| DutyError::SessionUnknown(session.to_owned()))?;
        let state = state_of(conn, session, now)?;
        let own = state.posts.iter().any(|post| Some(&post.staff) == person.staff.as_ref());
        if matches!(person.role, Role::Invigilator | Role::Examiner) && !own {
            return Err(DutyError::NoDuty);
        }
        Ok(state)
    })
}

/// What everybody may read of a post that changed hands: no names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicChange {
    /// When, epoch milliseconds.
    pub at: i64,
    /// Session id.
    pub session: String,
    /// Post code.
    pub post: String,
    /// `declined`, `absent`, `swapped` or `drawn` (by a supplementary draw).
    pub why: String,
    /// Whether somebody has it now.
    pub taken: bool,
    /// The reason of a swap.
    pub reason: String,
}

/// What changed in sessions since their staff was drawn, for everybody; of a session nothing before its posts are told.
///
/// # Errors
/// [`DutyError::Db`].
pub fn public_changes(app: &App, sessions: &[String]) -> Result<Vec<PublicChange>, DutyError> {
    let now = app.clock.now();
    app.db.read(|conn| {
        let mut all = Vec::new();
        for id in sessions {
            let Some(row) = rows::session(conn, id)? else { continue };
            if sealed_now(conn, &row, now)? {
                continue;
            }
            all.extend(kept::changes(conn, id)?.into_iter().map(|change| PublicChange {
                at: change.at,
                session: change.session,
                post: change.post,
                why: change.why,
                taken: change.taken_by.is_some(),
                reason: change.reason,
            }));
        }
        Ok(all)
    })
}

/// As [`posts`], within a transaction.
pub(super) fn state_of(conn: &mut Conn, session: &str, now: Instant) -> Result<SessionPosts, DutyError> {
    let row = rows::session(conn, session)?;
    let row = row.ok_or_else(|| DutyError::SessionUnknown(session.to_owned()))?;
    let sealed = sealed_now(conn, &row, now)?;
    let mut names = Names::default();
    let mut posts = Vec::new();
    for duty in kept::posts(conn, session)? {
        let told = !sealed && duty.state != "open";
        posts.push(PostState {
            name: if told { names.of(conn, &duty.staff)? } else { String::new() },
            staff: if told { duty.staff } else { String::new() },
            post: duty.post,
            kind: duty.kind,
            place: duty.place,
            state: duty.state,
        });
    }
    posts.sort_by(|a, b| {
        (rank(a), &a.place, a.post.len(), &a.post).cmp(&(rank(b), &b.place, b.post.len(), &b.post))
    });
    let open = posts.iter().filter(|p| p.state == "open").count();
    let (mut changes, mut swaps) = (Vec::new(), Vec::new());
    if !sealed {
        for change in kept::changes(conn, session)? {
            changes.push(Change {
                at: change.at,
                post: change.post,
                why: change.why,
                left: names.of(conn, &change.left_by)?,
                taken: change.taken_by.map(|code| names.of(conn, &code)).transpose()?,
                reason: change.reason,
            });
        }
        for swap in kept::swaps(conn, session)?.into_iter().filter(|s| s.state == "proposed") {
            swaps.push(Swap {
                names: [names.of(conn, &swap.staff_a)?, names.of(conn, &swap.staff_b)?],
                swap: swap.id,
                posts: [swap.post_a, swap.post_b],
                reason: swap.reason,
                by: swap.proposed_by,
                at: swap.at,
            });
        }
    }
    Ok(SessionPosts { sealed, open, posts, changes, swaps })
}

/// Rooms first, then stations, the lead examiner, reserves.
fn rank(post: &PostState) -> Option<usize> {
    let order = ["invigilator", "examiner", "lead_examiner", "reserve_invigilator", "reserve_examiner"];
    order.iter().position(|kind| *kind == post.kind)
}

/// Names of the staff by code, each read once.
#[derive(Default)]
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) fn of(&mut self, conn: &mut Conn, code: &str) -> DbResult<String> {
        if let Some(name) = self.0.get(code) {
            return Ok(name.clone());
        }
        let name = world::staff_name(conn, code)?.unwrap_or_else(|| code.to_owned());
        self.0.insert(code.to_owned(), name.clone());
        Ok(name)
    }
}
