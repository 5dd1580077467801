//! Invigilators and examiners of one or more sessions of a day: the pool as it is known now, the posts that the
//! sessions need, and a draw that is written down with both.

use super::App;
use super::auth::Person;
use super::draws::{Draws, RunError};
use super::once::{Once, OnceError};
use super::refusal::Reason;
use super::staffing::{Day, place_code, told_at};
use super::world::{WorldError, rule_set};
use crate::db::sessions::{self as rows, DutyRow};
use crate::db::{Conn, DbError, events, world};
use crate::entropy::NoEntropy;
use crate::event::{Actor, DutyRecord, Event, Fact, StaffDrawn};
use crate::http::access::Role;
use crate::seal::SealError;
use serde::{Deserialize, Serialize};
use shared::assignment::NoAssignment;
use shared::wire::transcript::{BuildError, InputError, StaffInput};
use std::collections::BTreeSet;
use thiserror::Error;
use utoipa::ToSchema;

/// Sessions that one draw may fill.
const MOST_SESSIONS: usize = 100;

/// The staff of a session was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assigned {
    /// Draw id.
    pub draw: String,
    /// Who has which duty.
    pub duties: Vec<DutyView>,
}

/// The staff of several sessions is to be drawn in one draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignOrder {
    /// Session ids, 1 to 100, all of one day and under one rule set.
    pub sessions: Vec<String>,
}

/// The staff of several sessions was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssignedDay {
    /// Draw id.
    pub draw: String,
    /// The sessions in the order of their start.
    pub sessions: Vec<AssignedSession>,
}

/// Who has which duty in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssignedSession {
    /// Session id.
    pub session: String,
    /// Its duties.
    pub duties: Vec<DutyView>,
}

/// A duty as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DutyView {
    /// Post code.
    pub post: String,
    /// `invigilator`, `examiner`, `lead_examiner`, `reserve_invigilator` or `reserve_examiner`.
    pub kind: String,
    /// Room or station code; empty for those of the point as a whole, and for staff themselves until they are told.
    pub place: String,
    /// Staff code.
    pub staff: String,
    /// Name.
    pub name: String,
}

/// Why no staff was drawn or is shown. Nothing was changed.
#[derive(Debug, Error)]
pub enum AssignError {
    /// No such session.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// The sessions cannot be drawn together.
    #[error("sessions: {0}")]
    Field(&'static str),
    /// The session is not in the state for this.
    #[error("{0}")]
    SessionState(&'static str),
    /// The posts cannot be filled under the rules.
    #[error("{0}")]
    NoAssignment(NoAssignment),
    /// The caller has no duty in the session.
    #[error("no duty in session {0}")]
    NoDuty(String),
    /// The draw could not be run.
    #[error("the draw cannot be run: {0}")]
    Draw(BuildError),
    /// Rule set.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

crate::refusal!(AssignError {
    Self::SessionUnknown(_) => "session-unknown",
    Self::Field(_) => "field-invalid",
    Self::SessionState(_) => "session-state",
    Self::NoAssignment(_) => "no-assignment",
    Self::NoDuty(_) => "no-duty",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Draw(_) | Self::World(_) | Self::Db(_) | Self::Seal(_) | Self::Entropy(_) => "unavailable",
} reasons Self::against);

impl AssignError {
    /// The posts that cannot be filled, then each rule, the one that alone stands against most people first, then the
    /// smallest set of rules that stands against it.
    fn against(&self) -> Vec<Reason> {
        let Self::NoAssignment(NoAssignment::Short(short)) = self else { return Vec::new() };
        let posts = short.posts.iter().map(ToString::to_string).collect();
        let posts = Reason::Posts { posts, missing: short.missing };
        let rules = short.against.iter().map(|count| Reason::Rule {
            rule: count.rule.word(),
            people: count.people,
            alone: count.alone.len(),
        });
        let without: Vec<&str> = short.without.iter().map(|rule| rule.word()).collect();
        let without = Some(without).filter(|rules| !rules.is_empty()).map(Reason::Without);
        std::iter::once(posts).chain(rules).chain(without).collect()
    }
}

/// Draws the staff of a session that is seated.
///
/// # Errors
/// As [`assign_day`].
pub fn assign(
    app: &App,
    person: &Person,
    session: &str,
    once: Option<Once>,
) -> Result<Assigned, AssignError> {
    let order = AssignOrder { sessions: vec![session.to_owned()] };
    let AssignedDay { draw, sessions } = assign_day(app, person, order, once)?;
    let duties = sessions.into_iter().flat_map(|session| session.duties).collect();
    Ok(Assigned { draw, duties })
}

/// Draws the staff of sessions of one day that are seated, all in one draw.
///
/// # Errors
/// [`AssignError::NoAssignment`] names the posts that cannot be filled and the rules that stand against it.
pub fn assign_day(
    app: &App,
    person: &Person,
    order: AssignOrder,
    once: Option<Once>,
) -> Result<AssignedDay, AssignError> {
    if order.sessions.len() > MOST_SESSIONS {
        return Err(AssignError::Field("at most 100 sessions are drawn together"));
    }
    let ids: BTreeSet<String> = order.sessions.into_iter().collect();
    let (at, actor) = (app.clock.now(), Actor::Account(person.account.clone()));
    let (sealer, entropy) = (app.sealer.clone(), app.entropy.clone());
    app.write_once(once, move |conn| {
        let day = Day::load(conn, &ids)?;
        day.check_open(at)?;
        let rule_set = day.rules.id.clone();
        let (matrix, posts) = (day.matrix(conn)?, day.posts(conn)?);
        let input = StaffInput::new(&matrix, &posts).map_err(AssignError::NoAssignment)?;
        let draws = Draws { subject: day.subject(), rule_set: rule_set.clone(), at, entropy, sealer };
        let run = draws.run(conn, input, day.told_at())?;
        let draw = run.made.draw.clone();
        let mut facts = vec![Fact::DrawMade(run.made)];
        for session in day.ids() {
            let of_session = posts.iter().filter(|post| post.session.as_str() == session);
            let duties = of_session.map(|post| {
                let staff = run.drawn.person_at(&post.code);
                let staff = staff.ok_or_else(|| DbError::corrupt("draw", "a post is empty"))?;
                Ok(DutyRecord {
                    post: post.code.in_session().to_owned(),
                    post_kind: post.kind.word().to_owned(),
                    place: place_code(&post.place),
                    staff: staff.to_string(),
                })
            });
            let duties = duties.collect::<Result<_, DbError>>()?;
            facts.push(Fact::StaffDrawn(StaffDrawn {
                session: session.to_owned(),
                draw: draw.clone(),
                duties,
            }));
        }
        for fact in facts {
            events::append(conn, &Event::new(at, actor.clone(), fact).under(rule_set.as_str()))?;
        }
        let mut sessions = Vec::new();
        for session in day.ids() {
            let rows = rows::duties(conn, session)?;
            sessions.push(AssignedSession { session: session.to_owned(), duties: views(conn, rows)? });
        }
        Ok(AssignedDay { draw, sessions })
    })
}

/// Duties of a session. An invigilator or examiner sees those of sessions in which he has one himself, and the places
/// once they are told.
///
/// # Errors
/// [`AssignError::SessionUnknown`] or [`AssignError::NoDuty`].
pub fn duties(app: &App, person: &Person, session: &str) -> Result<Vec<DutyView>, AssignError> {
    let now = app.clock.now();
    app.db.read(|conn| {
        let unknown = || AssignError::SessionUnknown(session.to_owned());
        let row = rows::session(conn, session)?.ok_or_else(unknown)?;
        if person.role == Role::PointStaff && person.point.as_ref() != Some(&row.point) {
            return Err(unknown());
        }
        let duties = rows::duties(conn, session)?;
        let mut views = views(conn, duties)?;
        if matches!(person.role, Role::Invigilator | Role::Examiner) {
            if !views.iter().any(|d| Some(&d.staff) == person.staff.as_ref()) {
                return Err(AssignError::NoDuty(session.to_owned()));
            }
            let rules = rule_set(conn, &row.rule_set)?;
            if now < told_at(&row, &rules) {
                views.iter_mut().for_each(|d| d.place.clear());
            }
        }
        Ok(views)
    })
}

fn views(conn: &mut Conn, duties: Vec<DutyRow>) -> Result<Vec<DutyView>, AssignError> {
    let mut views = Vec::with_capacity(duties.len());
    for duty in duties {
        let name = world::staff_name(conn, &duty.staff)?.unwrap_or_default();
        let DutyRow { post, kind, place, staff, .. } = duty;
        views.push(DutyView { post, kind, place, staff, name });
    }
    Ok(views)
}

impl From<RunError> for AssignError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Build(BuildError::Input(InputError::Staff(short))) => Self::NoAssignment(short),
            RunError::Build(other) => Self::Draw(other),
            RunError::Db(e) => Self::Db(e),
            RunError::Seal(e) => Self::Seal(e),
            RunError::Entropy(e) => Self::Entropy(e),
        }
    }
}
