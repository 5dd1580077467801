//! Invigilators and examiners of one or more sessions of a day: the pool as it is known now, the posts that the
//! sessions need, and a draw that is written down with both.

use super::App;
use super::auth::Person;
use super::ceremony::{Hall, Hold, HoldError};
use super::draws::{RunError, draw_id, hash_of};
use super::duties::{is_sealed, sealed_now};
use super::once::{Once, OnceError};
use super::refusal::Reason;
use super::staffing::{Day, place_code};
use super::world::WorldError;
use crate::db::sessions::{self as rows, DutyRow};
use crate::db::{Conn, DbError, banks, draws as draw_rows, events, world};
use crate::event::{Actor, DutyRecord, Event, Fact, InputHash, Sealed, StaffDrawn, StaffSalted};
use crate::http::access::Role;
use crate::seal::SealError;
use serde::{Deserialize, Serialize};
use shared::assignment::NoAssignment;
use shared::draw::ceremony::Stage;
use shared::wire::transcript::{BuildError, InputError, Purpose, StaffBasis, StaffInput};
use std::collections::BTreeMap;
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
    /// Room or station code; empty for those of the point as a whole.
    pub place: String,
    /// Staff code; empty until it is told who has which post.
    pub staff: String,
    /// Name; empty until then.
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
    /// The ceremony of the draw.
    #[error(transparent)]
    Hold(#[from] HoldError),
}

crate::refusal!(AssignError {
    Self::Hold(HoldError::Others(_)) => "ceremony-others",
    Self::Hold(HoldError::InTheWay(_)) => "ceremony-in-the-way",
    Self::Hold(HoldError::Refused(_)) => "ceremony-state",
    Self::SessionUnknown(_) => "session-unknown",
    Self::Field(_) => "field-invalid",
    Self::SessionState(_) => "session-state",
    Self::NoAssignment(_) => "no-assignment",
    Self::NoDuty(_) => "no-duty",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Draw(_) | Self::World(_) | Self::Db(_) | Self::Seal(_) | Self::Hold(_) => "unavailable",
} reasons Self::against);

impl DutyView {
    /// Leaves out who has the duty.
    fn seal(&mut self) {
        self.staff.clear();
        self.name.clear();
    }
}

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
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    app.write_once(once, move |conn| {
        let input = freeze(conn, &hall, order.sessions)?;
        let first = input.sessions.first().cloned().unwrap_or_default();
        let ceremony = hall.alone(conn, Stage::Staff, &first)?;
        let frozen = ceremony.freeze(conn, &hall, input.sessions.clone(), (input.hashes()?, &input))?;
        draw(conn, &hall, &frozen)
    })
}

/// Everything that a draw of staff follows from beside the seed.
#[derive(Serialize, Deserialize)]
pub(super) struct Frozen {
    /// The sessions drawn for, in the order of their start.
    pub sessions: Vec<String>,
    basis: StaffBasis,
}

/// The input as it is now.
///
/// # Errors
/// [`AssignError`] says what is missing.
pub(super) fn freeze(conn: &mut Conn, hall: &Hall, sessions: Vec<String>) -> Result<Frozen, AssignError> {
    if sessions.len() > MOST_SESSIONS {
        return Err(AssignError::Field("at most 100 sessions are drawn together"));
    }
    let day = Day::load(conn, &sessions.into_iter().collect())?;
    day.check_open(hall.at)?;
    let (matrix, posts) = (day.matrix(conn)?, day.posts(conn)?);
    let number = banks::next_draw_number(conn, &day.subject(), StaffInput::WORD)?;
    let draw = draw_id(&day.subject(), StaffInput::WORD, number);
    let codes = matrix.people.iter().map(|row| row.code.as_str());
    let basis = StaffBasis::new(&draw, &matrix, &posts, &salts(conn, hall, codes)?);
    Ok(Frozen { sessions: day.ids().map(str::to_owned).collect(), basis })
}

/// Runs the draw of a ceremony that is complete and writes it down.
///
/// # Errors
/// [`AssignError`].
pub(super) fn draw(conn: &mut Conn, hall: &Hall, ceremony: &Hold) -> Result<AssignedDay, AssignError> {
    let Frozen { sessions, basis } = ceremony.input(&hall.sealer)?;
    let day = Day::load(conn, &sessions.iter().cloned().collect())?;
    day.check_open(hall.at)?;
    let (rule_set, posts) = (day.rules.id.clone(), basis.read_posts()?);
    let draws = ceremony.draws(conn, hall, day.subject(), rule_set.clone())?;
    let mut run = draws.run(conn, basis.publish()?, day.told_at())?;
    let text = serde_json::to_string(&basis).map_err(|e| DbError::corrupt("basis", e))?;
    run.made.basis = Some(hall.sealer.seal("draw.basis", &text)?);
    let draw = run.made.draw.clone();
    let mut facts = vec![Fact::DrawMade(run.made)];
    for session in &sessions {
        let of_session = posts.iter().filter(|post| post.session.as_str() == session);
        let duties = of_session.map(|post| {
            let code = run.drawn.person_at(&post.code);
            let staff = code.and_then(|code| basis.staff_of(code.as_str()));
            let staff = staff.ok_or_else(|| DbError::corrupt("draw", "a post is empty"))?;
            Ok(DutyRecord {
                post: post.code.in_session().to_owned(),
                post_kind: post.kind.word().to_owned(),
                place: place_code(&post.place),
                staff: staff.to_string(),
            })
        });
        let duties = duties.collect::<Result<_, DbError>>()?;
        facts.push(Fact::StaffDrawn(StaffDrawn { session: session.clone(), draw: draw.clone(), duties }));
    }
    for fact in facts {
        events::append(conn, &Event::new(hall.at, hall.actor.clone(), fact).under(rule_set.as_str()))?;
    }
    let mut answer = Vec::with_capacity(sessions.len());
    for session in sessions {
        let kept = rows::duties(conn, &session)?;
        let mut duties = views(conn, kept)?;
        if let Some(row) = rows::session(conn, &session)?
            && is_sealed(&row, &day.rules, hall.at)
        {
            duties.iter_mut().for_each(DutyView::seal);
        }
        answer.push(AssignedSession { session, duties });
    }
    Ok(AssignedDay { draw, sessions: answer })
}

impl Frozen {
    /// The hash that is published.
    ///
    /// # Errors
    /// [`AssignError::Draw`], which no input of ours leads to.
    pub fn hashes(&self) -> Result<Vec<InputHash>, AssignError> {
        Ok(vec![hash_of(&self.basis.publish()?).map_err(AssignError::Draw)?])
    }
}

/// Duties of a session. Until the rule set's time nobody learns who has them; from then on invigilators and examiners see
/// those of sessions in which they have one themselves.
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
        if sealed_now(conn, &row, now)? {
            views.iter_mut().for_each(DutyView::seal);
        }
        if matches!(person.role, Role::Invigilator | Role::Examiner)
            && !views.iter().any(|d| Some(&d.staff) == person.staff.as_ref())
        {
            return Err(AssignError::NoDuty(session.to_owned()));
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

/// The salts of these people; who has none gets one.
fn salts<'a>(
    conn: &mut Conn,
    hall: &Hall,
    people: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, Vec<u8>>, AssignError> {
    let known = draw_rows::salts(conn)?;
    let mut salts = BTreeMap::new();
    for staff in people {
        let salt = match known.get(staff) {
            Some(sealed) => {
                let text = hall.sealer.open("staff.salt", &Sealed(sealed.clone()))?;
                hex::decode(text).map_err(|e| DbError::corrupt("salt", e))?
            }
            None => {
                let salt =
                    hall.entropy.draw_secret(&format!("staff-salt-{staff}")).map_err(HoldError::from)?;
                let sealed = hall.sealer.seal("staff.salt", &hex::encode(salt))?;
                let fact = StaffSalted { staff: staff.to_owned(), salt: sealed };
                hall.append(conn, Fact::StaffSalted(fact))?;
                salt.to_vec()
            }
        };
        salts.insert(staff.to_owned(), salt);
    }
    Ok(salts)
}

impl From<InputError> for AssignError {
    fn from(error: InputError) -> Self {
        RunError::Build(BuildError::Input(error)).into()
    }
}

impl From<BuildError> for AssignError {
    fn from(error: BuildError) -> Self {
        RunError::Build(error).into()
    }
}

impl From<RunError> for AssignError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Build(BuildError::Input(InputError::Staff(short))) => Self::NoAssignment(short),
            RunError::Build(other) => Self::Draw(other),
            RunError::Db(e) => Self::Db(e),
            RunError::Seal(e) => Self::Seal(e),
        }
    }
}
