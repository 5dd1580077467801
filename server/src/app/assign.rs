//! Invigilators and examiners of one or more sessions of a day: the pool as it is known now, the posts that the
//! sessions need, and a draw that is written down with both.

use super::App;
use super::auth::Person;
use super::ceremony::{Hall, Hold, HoldError};
use super::draws::{RunError, draw_id, hash_of};
use super::duties::is_sealed;
use super::once::{Once, OnceError};
use super::refusal::Reason;
use super::salts;
use super::staffing::{Day, Pending, booking, place_code};
use super::world::WorldError;
use crate::db::sessions::{self as rows, DutyRow};
use crate::db::{Conn, DbError, banks, ceremonies, events, world};
use crate::event::{Actor, DutiesFilled, DutyRecord, Event, Fact, InputHash, StaffDrawn};
use crate::seal::{SealError, Sealer};
use serde::{Deserialize, Serialize};
use shared::assignment::{Assignment, NoAssignment};
use shared::draw::ceremony::Stage;
use shared::wire::transcript::{BuildError, InputError, Purpose, StaffBasis, StaffInput};
use std::collections::{BTreeMap, BTreeSet};
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

/// Draws staff for the open posts of a session: those that reserves could not take. By the same ceremony and rules;
/// who has a post there, or gave one up, is not drawn.
///
/// # Errors
/// [`AssignError::SessionState`] if no post is open, [`AssignError::NoAssignment`] as for [`assign_day`].
pub fn supplement(
    app: &App,
    person: &Person,
    session: &str,
    once: Option<Once>,
) -> Result<Assigned, AssignError> {
    let (hall, session) = (Hall::of(app, Actor::Account(person.account.clone())), session.to_owned());
    app.write_once(once, move |conn| {
        let row = rows::session(conn, &session)?;
        let row = row.ok_or_else(|| AssignError::SessionUnknown(session.clone()))?;
        if !row.staffed {
            return Err(AssignError::SessionState("the staff of the session is not drawn yet"));
        }
        let AssignedDay { draw, sessions } = draw_alone(conn, &hall, vec![session.clone()])?;
        Ok(Assigned { draw, duties: sessions.into_iter().flat_map(|session| session.duties).collect() })
    })
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
        for session in &order.sessions {
            if rows::session(conn, session)?.is_some_and(|row| row.staffed) {
                return Err(AssignError::SessionState("the staff is drawn already"));
            }
        }
        draw_alone(conn, &hall, order.sessions)
    })
}

/// Freezes and draws by one order of the centre.
fn draw_alone(conn: &mut Conn, hall: &Hall, sessions: Vec<String>) -> Result<AssignedDay, AssignError> {
    let input = freeze(conn, hall, sessions)?;
    let first = input.sessions.first().cloned().unwrap_or_default();
    let ceremony = hall.alone(conn, Stage::Staff, &first)?;
    let frozen = ceremony.freeze(conn, hall, input.sessions.clone(), (input.hashes()?, &input))?;
    draw(conn, hall, &frozen)
}

/// Everything that a draw of staff follows from beside the seed.
#[derive(Serialize, Deserialize)]
pub(super) struct Frozen {
    /// The sessions drawn for, in the order of their start.
    pub sessions: Vec<String>,
    basis: StaffBasis,
    /// Whether the open posts of one session are filled, whose staff was drawn before.
    #[serde(default)]
    supplement: bool,
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
    if day.is_staffed() {
        day.check_supplement(conn)?;
    } else {
        day.check_open(hall.at)?;
    }
    let (pending, other) = pending(conn, &hall.sealer)?;
    let frozen = day.freeze(conn, hall, pending)?;
    let Some(other) = other else { return Ok(frozen) };
    // Others wait for the same people: if only that stands against it, it is said.
    if let Err(BuildError::Input(InputError::Staff(NoAssignment::Short(_)))) = frozen.basis.publish()
        && day.freeze(conn, hall, Pending::new())?.basis.publish().is_ok()
    {
        return Err(HoldError::InTheWay(other).into());
    }
    Ok(frozen)
}

impl Day {
    fn freeze(&self, conn: &mut Conn, hall: &Hall, pending: Pending) -> Result<Frozen, AssignError> {
        let supplement = self.is_staffed();
        let (matrix, posts) = if supplement {
            (self.matrix_of_open_posts(conn, pending)?, self.open_posts(conn)?)
        } else {
            (self.matrix_beside(conn, pending)?, self.posts(conn)?)
        };
        let draw = self.next_draw(conn)?;
        let codes = matrix.people.iter().map(|row| row.code.as_str());
        let basis = StaffBasis::new(&draw, &matrix, &posts, &salts::of(conn, hall, codes)?);
        Ok(Frozen { sessions: self.ids().map(str::to_owned).collect(), basis, supplement })
    }

    /// Id of the next draw of staff for these sessions.
    pub(super) fn next_draw(&self, conn: &mut Conn) -> Result<String, AssignError> {
        let number = banks::next_draw_number(conn, &self.subject(), StaffInput::WORD)?;
        Ok(draw_id(&self.subject(), StaffInput::WORD, number))
    }
}

/// Whom the draws that are frozen and not run yet may take, and for which sessions; with the id of one of their
/// ceremonies, if there is any.
pub(super) fn pending(conn: &mut Conn, sealer: &Sealer) -> Result<(Pending, Option<String>), AssignError> {
    let (mut pending, mut other) = (Pending::new(), None);
    for row in ceremonies::frozen(conn, Stage::Staff.word())? {
        let Some(ceremony) = Hold::load(conn, &row.id)? else { continue };
        let Frozen { sessions, basis, .. } = ceremony.input(sealer)?;
        let mut bookings = BTreeMap::new();
        for session in sessions {
            let booking = booking(conn, &session)?;
            bookings.insert(session, booking);
        }
        let input = basis.publish()?;
        let mut of_person: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (post, codes) in input.posts.iter().zip(&input.eligible) {
            for staff in codes.iter().filter_map(|code| basis.staff_of(code)) {
                of_person.entry(staff).or_default().insert(&post.session);
            }
        }
        for (staff, sessions) in of_person {
            let may = sessions.into_iter().filter_map(|session| bookings.get(session).cloned()).collect();
            pending.entry(staff.to_owned()).or_default().push(may);
        }
        other = Some(row.id);
    }
    Ok((pending, other))
}

/// Runs the draw of a ceremony that is complete and writes it down.
///
/// # Errors
/// [`AssignError`].
pub(super) fn draw(conn: &mut Conn, hall: &Hall, ceremony: &Hold) -> Result<AssignedDay, AssignError> {
    let frozen: Frozen = ceremony.input(&hall.sealer)?;
    let (sessions, basis) = (&frozen.sessions, &frozen.basis);
    let day = Day::load(conn, &sessions.iter().cloned().collect())?;
    frozen.check(conn, hall, &day)?;
    let rule_set = day.rules.id.clone();
    let draws = ceremony.draws(conn, hall, day.subject(), rule_set.clone())?;
    let mut run = draws.run(conn, basis.publish()?, day.told_at())?;
    let text = serde_json::to_string(basis).map_err(|e| DbError::corrupt("basis", e))?;
    run.made.basis = Some(hall.sealer.seal("draw.basis", &text)?);
    let draw = run.made.draw.clone();
    let mut facts = vec![Fact::DrawMade(run.made)];
    for session in sessions {
        let (session, duties, draw) = (session.clone(), frozen.duties(session, &run.drawn)?, draw.clone());
        facts.push(if frozen.supplement {
            Fact::DutiesFilled(DutiesFilled { session, draw, duties })
        } else {
            Fact::StaffDrawn(StaffDrawn { session, draw, duties })
        });
    }
    for fact in facts {
        events::append(conn, &Event::new(hall.at, hall.actor.clone(), fact).under(rule_set.as_str()))?;
    }
    let posts: BTreeSet<String> =
        basis.read_posts()?.into_iter().map(|post| post.code.in_session().to_owned()).collect();
    let mut answer = Vec::with_capacity(sessions.len());
    for session in sessions.clone() {
        let mut kept = rows::duties(conn, &session)?;
        kept.retain(|duty| !frozen.supplement || posts.contains(&duty.post));
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

    /// That the draw can still be run: nothing that it fills was filled since.
    fn check(&self, conn: &mut Conn, hall: &Hall, day: &Day) -> Result<(), AssignError> {
        if !self.supplement {
            return day.check_open(hall.at);
        }
        day.check_supplement(conn)?;
        let open: BTreeSet<_> = day.open_posts(conn)?.into_iter().map(|post| post.code).collect();
        if self.basis.read_posts()?.iter().all(|post| open.contains(&post.code)) {
            Ok(())
        } else {
            Err(AssignError::SessionState("a post was filled since; open a new ceremony"))
        }
    }

    /// Who has which post of a session by the draw.
    fn duties(&self, session: &str, drawn: &Assignment) -> Result<Vec<DutyRecord>, AssignError> {
        let posts = self.basis.read_posts()?;
        let of_session = posts.iter().filter(|post| post.session.as_str() == session);
        let duties = of_session.map(|post| {
            let code = drawn.person_at(&post.code);
            let staff = code.and_then(|code| self.basis.staff_of(code.as_str()));
            let staff = staff.ok_or_else(|| DbError::corrupt("draw", "a post is empty"))?;
            Ok(DutyRecord {
                post: post.code.in_session().to_owned(),
                post_kind: post.kind.word().to_owned(),
                place: place_code(&post.place),
                staff: staff.to_owned(),
            })
        });
        Ok(duties.collect::<Result<_, DbError>>()?)
    }
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
