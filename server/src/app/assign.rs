//! Invigilators and examiners of a session: the pool as it is known now, the posts that the session needs, and a draw
//! that is written down with both.

use super::App;
use super::auth::Person;
use super::ceremony::{Hall, Hold, HoldError};
use super::draws::{RunError, hash_of};
use super::once::{Once, OnceError};
use super::refusal::Reason;
use super::world::{WorldError, rule_set};
use crate::db::sessions::{self as rows, DutyRow, SessionRow};
use crate::db::{Conn, DbError, events, world};
use crate::event::{Actor, DutyRecord, Event, Fact, InputHash, PointAdded, StaffAdded, StaffDrawn};
use crate::http::access::Role;
use crate::seal::SealError;
use serde::{Deserialize, Serialize};
use shared::assignment::{
    Booking, Card, CardKind, Matrix, NoAssignment, Place, Post, PostCode, PostKind, SessionFacts, StaffFacts,
    eligibility,
};
use shared::draw::ceremony::Stage;
use shared::ids::{
    CategoryId, IdError, OrganisationId, PersonId, PointId, RoomId, SessionId, StaffCode, StationId,
};
use shared::rules::RuleSet;
use shared::time::{Date, Instant};
use shared::trade::{ExamKind, Trade};
use shared::wire::transcript::{BuildError, InputError, StaffInput};
use std::collections::{BTreeSet, HashMap};
use thiserror::Error;
use utoipa::ToSchema;

/// The staff of a session was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assigned {
    /// Draw id.
    pub draw: String,
    /// Who has which duty.
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
    Self::SessionState(_) => "session-state",
    Self::NoAssignment(_) => "no-assignment",
    Self::NoDuty(_) => "no-duty",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Draw(_) | Self::World(_) | Self::Db(_) | Self::Seal(_) | Self::Hold(_) => "unavailable",
} reasons Self::against);

impl AssignError {
    /// The posts that cannot be filled, then each rule, the one that alone stands against most people first.
    fn against(&self) -> Vec<Reason> {
        let Self::NoAssignment(NoAssignment::Short(short)) = self else { return Vec::new() };
        let posts = short.posts.iter().map(ToString::to_string).collect();
        let posts = Reason::Posts { posts, missing: short.missing };
        let rules = short.against.iter().map(|count| Reason::Rule {
            rule: count.rule.word(),
            people: count.people,
            alone: count.alone.len(),
        });
        std::iter::once(posts).chain(rules).collect()
    }
}

/// Draws the staff of a session that is seated.
///
/// # Errors
/// [`AssignError::NoAssignment`] names the posts that cannot be filled and the rules that stand against it.
pub fn assign(
    app: &App,
    person: &Person,
    session: &str,
    once: Option<Once>,
) -> Result<Assigned, AssignError> {
    let (session, hall) = (session.to_owned(), Hall::of(app, Actor::Account(person.account.clone())));
    app.write_once(once, move |conn| {
        let input = freeze(conn, vec![session.clone()], hall.at)?;
        let ceremony = hall.alone(conn, Stage::Staff, &session)?;
        let frozen = ceremony.freeze(conn, &hall, input.sessions.clone(), (input.hashes()?, &input))?;
        draw(conn, &hall, &frozen)
    })
}

/// Everything that a draw of staff follows from beside the seed.
#[derive(Serialize, Deserialize)]
pub(super) struct Frozen {
    /// The sessions drawn for.
    pub sessions: Vec<String>,
    input: StaffInput,
}

/// The input as it is now.
///
/// # Errors
/// [`AssignError`] says what is missing.
pub(super) fn freeze(conn: &mut Conn, sessions: Vec<String>, at: Instant) -> Result<Frozen, AssignError> {
    let [session] = sessions.as_slice() else {
        return Err(AssignError::SessionState("one session at a time"));
    };
    let plan = Plan::load(conn, session, at)?;
    let (matrix, posts) = (plan.matrix(conn)?, plan.posts(conn)?);
    let input = StaffInput::new(&matrix, &posts).map_err(AssignError::NoAssignment)?;
    Ok(Frozen { sessions, input })
}

/// Runs the draw of a ceremony that is complete and writes it down.
///
/// # Errors
/// [`AssignError`].
pub(super) fn draw(conn: &mut Conn, hall: &Hall, ceremony: &Hold) -> Result<Assigned, AssignError> {
    let Frozen { sessions: _, input } = ceremony.input(&hall.sealer)?;
    let session = ceremony.row.subject.clone();
    let plan = Plan::load(conn, &session, hall.at)?;
    let rule_set = plan.rules.id.clone();
    let posts = input.read_posts()?;
    let draws = ceremony.draws(conn, hall, session.clone(), rule_set.clone())?;
    let run = draws.run(conn, input, plan.told_at())?;
    let mut duties = Vec::with_capacity(posts.len());
    for post in &posts {
        let staff = run.drawn.person_at(&post.code).ok_or_else(|| corrupt("draw", &"a post is empty"))?;
        duties.push(DutyRecord {
            post: post.code.to_string(),
            post_kind: post.kind.word().to_owned(),
            place: place_code(&post.place),
            staff: staff.to_string(),
        });
    }
    let draw = run.made.draw.clone();
    let drawn = StaffDrawn { session: session.clone(), draw: draw.clone(), duties };
    for fact in [Fact::DrawMade(run.made), Fact::StaffDrawn(drawn)] {
        events::append(conn, &Event::new(hall.at, hall.actor.clone(), fact).under(rule_set.as_str()))?;
    }
    let rows = rows::duties(conn, &session)?;
    Ok(Assigned { draw, duties: views(conn, rows)? })
}

impl Frozen {
    /// The hash that is published.
    ///
    /// # Errors
    /// [`AssignError::Draw`], which no input of ours leads to.
    pub fn hashes(&self) -> Result<Vec<InputHash>, AssignError> {
        Ok(vec![hash_of(&self.input).map_err(AssignError::Draw)?])
    }
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

/// What a draw of staff follows from.
struct Plan {
    session: SessionRow,
    rules: RuleSet,
    trade: Trade,
    point: PointAdded,
    day: Date,
    practical: bool,
}

impl Plan {
    fn load(conn: &mut Conn, id: &str, at: Instant) -> Result<Self, AssignError> {
        let session = rows::session(conn, id)?.ok_or_else(|| AssignError::SessionUnknown(id.to_owned()))?;
        if session.staffed {
            return Err(AssignError::SessionState("the staff is drawn already"));
        }
        if !session.seated {
            return Err(AssignError::SessionState("draw the seats first: the rooms in use follow from them"));
        }
        if session.starts_at <= at.millis() {
            return Err(AssignError::SessionState("the session has started"));
        }
        let missing = |what: &'static str| corrupt("session", &what);
        let trade = world::trade(conn, &session.trade)?.ok_or_else(|| missing("trade missing"))?;
        let point = world::point(conn, &session.point)?.ok_or_else(|| missing("exam point missing"))?;
        let kind = ExamKind::from_word(&session.exam_kind).ok_or_else(|| missing("unknown kind"))?;
        let day = Date::parse(&session.day).map_err(|e| corrupt("session", &e))?;
        let rules = rule_set(conn, &session.rule_set)?;
        Ok(Self { practical: trade.has_practical(kind), session, rules, trade, point, day })
    }

    fn told_at(&self) -> Instant {
        told_at(&self.session, &self.rules)
    }

    /// First and last minute of duty of a session that starts then.
    fn duty(&self, starts_at: i64) -> (Instant, Instant) {
        let (theory, start) = (&self.rules.theory, Instant::from_millis(starts_at));
        let practical = self.rules.practical.weights(&self.trade.id).filter(|_| self.practical);
        let practical = practical.map_or(0, |weights| weights.minutes);
        let after = theory.minutes.saturating_add(theory.late_minutes).saturating_add(practical);
        (start.plus_minutes(-i64::from(theory.enter_early_minutes)), start.plus_minutes(i64::from(after)))
    }

    /// The posts: rooms in use and stations of the trade in the order of the exam point, then the lead, then reserves.
    fn posts(&self, conn: &mut Conn) -> Result<Vec<Post>, AssignError> {
        let staff = &self.rules.staff;
        let used: BTreeSet<String> =
            rows::candidate_rows(conn, &self.session.id)?.into_iter().filter_map(|c| c.room).collect();
        let mut posts = Vec::new();
        for room in self.point.rooms.iter().filter(|room| used.contains(&room.code)) {
            let place = Place::Room(id(RoomId::parse, &room.code)?);
            let name = format!("room-{}", room.code);
            add(&mut posts, staff.invigilators_per_room, &name, PostKind::Invigilator, &place)?;
        }
        if self.practical {
            let of_trade = |trades: &[String]| trades.iter().any(|t| t == self.trade.id.as_str());
            for station in self.point.stations.iter().filter(|s| of_trade(&s.trades)) {
                let place = Place::Station(id(StationId::parse, &station.code)?);
                let name = format!("station-{}", station.code);
                add(&mut posts, staff.examiners_per_station, &name, PostKind::Examiner, &place)?;
            }
            add(&mut posts, 1, "lead", PostKind::LeadExaminer, &Place::Point)?;
        }
        let reserves = staff.reserves_invigilators;
        add(&mut posts, reserves, "reserve-invigilator", PostKind::ReserveInvigilator, &Place::Point)?;
        if self.practical {
            let reserves = staff.reserves_examiners;
            add(&mut posts, reserves, "reserve-examiner", PostKind::ReserveExaminer, &Place::Point)?;
        }
        Ok(posts)
    }

    /// Who may do what, by everything that is known of pool and candidates.
    fn matrix(&self, conn: &mut Conn) -> Result<Matrix, AssignError> {
        let year = self.day.year();
        // Two years: the load of this one, and the last duty of those who had none in it yet.
        let (from, to) = (format!("{}-01-01", year - 1), format!("{year}-12-31"));
        let given = rows::duties_between(conn, &from, &to)?;
        let given = given.iter().filter(|(_, session)| session.id != self.session.id);
        let mut by_staff: HashMap<&str, Vec<&(DutyRow, SessionRow)>> = HashMap::new();
        let mut together: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
        for both in given {
            let (duty, session) = both;
            by_staff.entry(&duty.staff).or_default().push(both);
            if !duty.place.is_empty() {
                together.entry((&session.id, &duty.place)).or_default().push(&duty.staff);
            }
        }
        let mut pool = Vec::new();
        for member in world::staff(conn)? {
            let given = by_staff.get(member.code.as_str()).map_or(&[][..], Vec::as_slice);
            pool.push(self.member(&member, given, &together)?);
        }
        Ok(eligibility(&self.facts(conn)?, &pool, &self.rules.staff))
    }

    fn facts(&self, conn: &mut Conn) -> Result<SessionFacts, AssignError> {
        let (starts, ends) = self.duty(self.session.starts_at);
        let candidates = rows::candidates(conn, &self.session.id)?;
        let ids = |all: BTreeSet<&String>| {
            all.into_iter().map(|o| id(OrganisationId::parse, o)).collect::<Result<Vec<_>, _>>()
        };
        Ok(SessionFacts {
            session: id(SessionId::parse, &self.session.id)?,
            starts,
            ends,
            date: self.day,
            point: id(PointId::parse, &self.point.id)?,
            district: self.point.district.clone(),
            trade: self.trade.id.clone(),
            category: self.trade.category.clone(),
            institutions: ids(candidates.iter().map(|c| &c.institution).collect())?,
            employers: ids(candidates.iter().filter_map(|c| c.employer.as_ref()).collect())?,
            candidates: candidates
                .iter()
                .map(|c| id(PersonId::parse, &c.row.person))
                .collect::<Result<_, _>>()?,
        })
    }

    /// One person of the pool with the duties given by now, in the order of their start.
    fn member(
        &self,
        member: &StaffAdded,
        given: &[&(DutyRow, SessionRow)],
        together: &HashMap<(&str, &str), Vec<&str>>,
    ) -> Result<StaffFacts, AssignError> {
        let booked = given.iter().map(|(_, session)| {
            let (starts, ends) = self.duty(session.starts_at);
            let travel_minutes =
                if session.point == self.session.point { 0 } else { self.rules.staff.travel_minutes };
            Booking { starts, ends, travel_minutes }
        });
        let monday = self.day.minus_days(self.day.iso_weekday().saturating_sub(1));
        let week = monday.to_string()..=monday.plus_days(6).to_string();
        let this_week: BTreeSet<&str> =
            given.iter().filter(|(_, s)| week.contains(&s.day)).map(|(_, s)| s.id.as_str()).collect();
        let year = self.day.year().to_string();
        let load = given.iter().filter(|(_, s)| s.day.starts_with(&year)).count();
        Ok(StaffFacts {
            code: id(StaffCode::parse, &member.code)?,
            employer: member.employer.as_deref().map(|o| id(OrganisationId::parse, o)).transpose()?,
            taught_at: ids(OrganisationId::parse, &member.taught_at)?,
            trained: ids(PersonId::parse, &member.trained)?,
            family: ids(PersonId::parse, &member.family)?,
            conflicts_complete: member.conflicts_complete,
            cards: cards(member)?,
            district: member.district.clone(),
            barred_until: member.barred_until.as_deref().map(day).transpose()?,
            unavailable: member.unavailable.iter().map(|text| day(text)).collect::<Result<_, _>>()?,
            booked: booked.collect(),
            sessions_this_week: u32::try_from(this_week.len()).unwrap_or(u32::MAX),
            load_this_year: u32::try_from(load).unwrap_or(u32::MAX),
            last_partners: self.last_partners(&member.code, given, together)?,
        })
    }

    /// With whom the person worked last before this session, in one room or at one station.
    fn last_partners(
        &self,
        code: &str,
        given: &[&(DutyRow, SessionRow)],
        together: &HashMap<(&str, &str), Vec<&str>>,
    ) -> Result<Vec<StaffCode>, AssignError> {
        let before =
            given.iter().filter(|(d, s)| s.starts_at <= self.session.starts_at && !d.place.is_empty());
        let Some((duty, session)) = before.max_by_key(|(_, s)| s.starts_at) else { return Ok(Vec::new()) };
        let all = together.get(&(session.id.as_str(), duty.place.as_str())).map_or(&[][..], Vec::as_slice);
        all.iter().filter(|staff| **staff != code).map(|staff| id(StaffCode::parse, staff)).collect()
    }
}

/// When the places of a session are told.
fn told_at(session: &SessionRow, rules: &RuleSet) -> Instant {
    let hours = i64::from(rules.staff.place_told_hours_before);
    Instant::from_millis(session.starts_at).plus_minutes(-60 * hours)
}

fn add(
    posts: &mut Vec<Post>,
    count: u32,
    name: &str,
    kind: PostKind,
    place: &Place,
) -> Result<(), AssignError> {
    for number in 1..=count {
        let code = id(PostCode::parse, &format!("{name}-{number}"))?;
        posts.push(Post { code, kind, place: place.clone() });
    }
    Ok(())
}

fn cards(member: &StaffAdded) -> Result<Vec<Card>, AssignError> {
    let mut cards = Vec::new();
    if let Some(until) = &member.invigilator_until {
        let valid_until = day(until)?;
        cards.push(Card { kind: CardKind::Invigilator, categories: Vec::new(), valid_until });
    }
    if let Some(until) = &member.examiner_until {
        let categories = ids(CategoryId::parse, &member.examiner_categories)?;
        cards.push(Card { kind: CardKind::Examiner, categories, valid_until: day(until)? });
    }
    Ok(cards)
}

fn place_code(place: &Place) -> String {
    match place {
        Place::Room(room) => room.to_string(),
        Place::Station(station) => station.to_string(),
        Place::Point => String::new(),
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

fn day(text: &str) -> Result<Date, AssignError> {
    Date::parse(text).map_err(|e| corrupt("staff", &e))
}

fn id<T>(parse: fn(&str) -> Result<T, IdError>, text: &str) -> Result<T, AssignError> {
    parse(text).map_err(|e| corrupt("identifier", &e))
}

fn ids<T>(parse: fn(&str) -> Result<T, IdError>, texts: &[String]) -> Result<Vec<T>, AssignError> {
    texts.iter().map(|text| id(parse, text)).collect()
}

fn corrupt(what: &'static str, why: &dyn std::fmt::Display) -> AssignError {
    DbError::corrupt(what, why).into()
}

impl From<InputError> for AssignError {
    fn from(error: InputError) -> Self {
        Self::Draw(BuildError::Input(error))
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
