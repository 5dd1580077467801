//! What is known before staff is drawn: the sessions of a day, the posts that they need, and the pool with all that
//! stands against somebody.

use super::assign::AssignError;
use super::world::rule_set;
use crate::db::sessions::{self as rows, DutyRow, SessionRow};
use crate::db::{Conn, DbError, duties as kept, world};
use crate::event::{PointAdded, StaffAdded};
use shared::assignment::{
    Booking, Card, CardKind, Matrix, Place, Post, PostCode, PostKind, SessionFacts, StaffFacts, eligibility,
};
use shared::ids::{
    CategoryId, IdError, OrganisationId, PersonId, PointId, RoomId, SessionId, StaffCode, StationId,
};
use shared::language::Language;
use shared::rules::{PracticalWeights, RuleSet};
use shared::time::{Date, Instant};
use shared::trade::{ExamKind, Trade};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// Sessions of one day under one rule set, in the order of their start.
pub(super) struct Day {
    /// The rule set.
    pub rules: RuleSet,
    date: Date,
    sessions: Vec<Plan>,
}

/// One of the sessions.
struct Plan {
    session: SessionRow,
    trade: Trade,
    point: PointAdded,
    practical: bool,
}

/// Duties that were given, each with its session.
type Given = Vec<(DutyRow, SessionRow)>;

/// By staff code, for each draw that is frozen and not run yet: the sessions for which it may take the person.
pub(super) type Pending = HashMap<String, Vec<Vec<Booking>>>;

/// What stands for a member of the pool beside the member's own particulars.
#[derive(Default)]
struct Around {
    /// Duties given, by staff code.
    booked: HashMap<String, Vec<Booking>>,
    pending: Pending,
    /// Sessions in which somebody has a post or gave one up, by staff code.
    already: HashMap<String, Vec<SessionId>>,
    /// The candidates by the keyed hash of their identity number.
    candidates: HashMap<String, PersonId>,
}

impl Day {
    /// Loads the sessions.
    ///
    /// # Errors
    /// [`AssignError::SessionUnknown`], or [`AssignError::Field`] if they cannot be drawn together.
    pub fn load(conn: &mut Conn, ids: &BTreeSet<String>) -> Result<Self, AssignError> {
        let mut sessions = ids.iter().map(|id| Plan::load(conn, id)).collect::<Result<Vec<_>, _>>()?;
        sessions.sort_by(|a, b| a.order().cmp(&b.order()));
        let first = &sessions.first().ok_or(AssignError::Field("name at least one session"))?.session;
        if sessions.iter().any(|plan| plan.session.day != first.day) {
            return Err(AssignError::Field("sessions of different days are drawn apart"));
        }
        if sessions.iter().any(|plan| plan.session.rule_set != first.rule_set) {
            return Err(AssignError::Field("sessions under different rule sets are drawn apart"));
        }
        Ok(Self { rules: rule_set(conn, &first.rule_set)?, date: day(&first.day)?, sessions })
    }

    /// Whether all can be drawn at a time.
    ///
    /// # Errors
    /// [`AssignError::SessionState`].
    pub fn check_open(&self, at: Instant) -> Result<(), AssignError> {
        for Plan { session, .. } in &self.sessions {
            if session.staffed {
                return Err(AssignError::SessionState("the staff is drawn already"));
            }
            if !session.seated {
                return Err(AssignError::SessionState(
                    "draw the seats first: the rooms in use follow from them",
                ));
            }
            if session.starts_at <= at.millis() {
                return Err(AssignError::SessionState("the session has started"));
            }
        }
        Ok(())
    }

    /// Whether open posts of a session that is drawn already can be filled at this stage.
    ///
    /// # Errors
    /// [`AssignError::SessionState`].
    pub fn check_supplement(&self, conn: &mut Conn) -> Result<(), AssignError> {
        for Plan { session, .. } in &self.sessions {
            if session.results_at.is_some() {
                return Err(AssignError::SessionState("the results are published"));
            }
            if kept::posts(conn, &session.id)?.iter().all(|post| post.state != "open") {
                return Err(AssignError::SessionState("the staff is drawn already, and no post is open"));
            }
        }
        Ok(())
    }

    /// Whether this is one session whose staff was drawn before: then a draw fills its open posts.
    pub fn is_staffed(&self) -> bool {
        matches!(self.sessions.as_slice(), [only] if only.session.staffed)
    }

    /// What the draw is for: the session, or the day if there are several.
    pub fn subject(&self) -> String {
        match self.sessions.as_slice() {
            [only] => only.session.id.clone(),
            _ => self.date.to_string(),
        }
    }

    /// Ids of the sessions.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.sessions.iter().map(|plan| plan.session.id.as_str())
    }

    /// When the last of the places is told: before that the transcript would tell it.
    pub fn told_at(&self) -> Instant {
        self.sessions.iter().map(|plan| told_at(&plan.session, &self.rules)).max().unwrap_or_default()
    }

    /// The posts of all sessions.
    pub fn posts(&self, conn: &mut Conn) -> Result<Vec<Post>, AssignError> {
        let mut posts = Vec::new();
        for plan in &self.sessions {
            posts.extend(plan.posts(conn, &self.rules, self.sessions.len() > 1)?);
        }
        Ok(posts)
    }

    /// The posts of a session that nobody has, each with those who are at its place.
    pub fn open_posts(&self, conn: &mut Conn) -> Result<Vec<Post>, AssignError> {
        let mut posts = Vec::new();
        for plan in &self.sessions {
            let all = kept::posts(conn, &plan.session.id)?;
            let open = all.iter().filter(|post| post.state == "open");
            for row in open {
                posts.push(open_post(row, &all)?);
            }
        }
        // Reserves come last and in their order: `reserve-examiner-10` after `reserve-examiner-9`.
        posts.sort_by_key(|post| (post.kind, post.code.as_str().len(), post.code.to_string()));
        Ok(posts)
    }

    /// Who may do what, by everything that is known of pool and candidates.
    pub fn matrix(&self, conn: &mut Conn) -> Result<Matrix, AssignError> {
        self.matrix_with(conn, Around::default())
    }

    /// As [`matrix`](Self::matrix), beside draws that are frozen and not run yet.
    pub fn matrix_beside(&self, conn: &mut Conn, pending: Pending) -> Result<Matrix, AssignError> {
        self.matrix_with(conn, Around { pending, ..Around::default() })
    }

    /// As [`matrix_beside`](Self::matrix_beside), for the open posts of sessions whose staff was drawn before.
    pub fn matrix_of_open_posts(&self, conn: &mut Conn, pending: Pending) -> Result<Matrix, AssignError> {
        let mut around = Around { pending, ..Around::default() };
        for plan in &self.sessions {
            let session = id(SessionId::parse, &plan.session.id)?;
            let holders = kept::posts(conn, &plan.session.id)?.into_iter().map(|post| post.staff);
            let left = kept::changes(conn, &plan.session.id)?.into_iter().map(|change| change.left_by);
            for staff in holders.chain(left).collect::<BTreeSet<String>>() {
                around.already.entry(staff).or_default().push(session.clone());
            }
        }
        self.matrix_with(conn, around)
    }

    fn matrix_with(&self, conn: &mut Conn, mut around: Around) -> Result<Matrix, AssignError> {
        let mut sessions = Vec::with_capacity(self.sessions.len());
        for plan in &self.sessions {
            sessions.push(plan.facts(conn, &self.rules, &mut around.candidates)?);
        }
        around.booked = self.booked(conn)?;
        let members = world::staff(conn)?;
        let pool = members.iter().map(|m| member(m, &mut around)).collect::<Result<Vec<_>, _>>()?;
        Ok(eligibility(&sessions, &pool, &self.rules.staff))
    }

    /// The duties of this year and the one before by staff code; those of these sessions left out.
    fn booked(&self, conn: &mut Conn) -> Result<HashMap<String, Vec<Booking>>, AssignError> {
        let year = self.date.year();
        // Two years: the load of this one, and the last duty of those who had none in it yet.
        let (from, to) = (format!("{}-01-01", year - 1), format!("{year}-12-31"));
        let mut given: Given = rows::duties_between(conn, &from, &to)?;
        given.retain(|(_, session)| self.ids().all(|own| own != session.id));
        let minutes = self.minutes(conn, &given)?;
        let mut together: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
        for (duty, session) in given.iter().filter(|(duty, _)| !duty.place.is_empty()) {
            together.entry((&session.id, &duty.place)).or_default().push(&duty.staff);
        }
        let mut booked: HashMap<String, Vec<Booking>> = HashMap::new();
        for (duty, session) in &given {
            let minutes = minutes.get(&(session.trade.as_str(), session.exam_kind.as_str()));
            let (starts, ends) =
                on_duty(&self.rules, session.starts_at, minutes.copied().unwrap_or_default());
            let place = (session.id.as_str(), duty.place.as_str());
            let partners = together.get(&place).map(|all| {
                let others = all.iter().filter(|staff| **staff != duty.staff);
                others.map(|staff| id(StaffCode::parse, staff)).collect::<Result<_, _>>()
            });
            booked.entry(duty.staff.clone()).or_default().push(Booking {
                session: id(SessionId::parse, &session.id)?,
                point: id(PointId::parse, &session.point)?,
                date: day(&session.day)?,
                starts,
                ends,
                partners: partners.transpose()?,
            });
        }
        Ok(booked)
    }

    /// Minutes of the practical after the theory, by trade and kind of examination, under the rules of this day.
    fn minutes<'a>(
        &self,
        conn: &mut Conn,
        given: &'a Given,
    ) -> Result<HashMap<(&'a str, &'a str), u32>, AssignError> {
        let mut minutes = HashMap::new();
        for (_, session) in given {
            let key = (session.trade.as_str(), session.exam_kind.as_str());
            if let Entry::Vacant(entry) = minutes.entry(key) {
                let trade = trade(conn, &session.trade)?;
                let practical = trade.has_practical(kind(&session.exam_kind)?);
                entry.insert(practical_minutes(&self.rules, &trade, practical));
            }
        }
        Ok(minutes)
    }
}

impl Plan {
    fn load(conn: &mut Conn, id: &str) -> Result<Self, AssignError> {
        let session = rows::session(conn, id)?.ok_or_else(|| AssignError::SessionUnknown(id.to_owned()))?;
        let trade = trade(conn, &session.trade)?;
        let point = world::point(conn, &session.point)?;
        let point = point.ok_or_else(|| corrupt("session", &"exam point missing"))?;
        Ok(Self { practical: trade.has_practical(kind(&session.exam_kind)?), session, trade, point })
    }

    fn order(&self) -> (i64, &str) {
        (self.session.starts_at, &self.session.id)
    }

    /// The posts, with the session in their codes where the draw fills several: rooms in use and stations of the trade in the order of the exam point, then the lead, then reserves.
    fn posts(&self, conn: &mut Conn, rules: &RuleSet, several: bool) -> Result<Vec<Post>, AssignError> {
        let staff = &rules.staff;
        let used: BTreeSet<String> =
            rows::candidate_rows(conn, &self.session.id)?.into_iter().filter_map(|c| c.room).collect();
        let mut posts = Posts {
            session: id(SessionId::parse, &self.session.id)?,
            prefix: if several { format!("{}/", self.session.id) } else { String::new() },
            all: Vec::new(),
        };
        for room in self.point.rooms.iter().filter(|room| used.contains(&room.code)) {
            let place = Place::Room(id(RoomId::parse, &room.code)?);
            let name = format!("room-{}", room.code);
            posts.add(staff.invigilators_per_room, &name, PostKind::Invigilator, &place)?;
        }
        if self.practical {
            let of_trade = |trades: &[String]| trades.iter().any(|t| t == self.trade.id.as_str());
            for station in self.point.stations.iter().filter(|s| of_trade(&s.trades)) {
                let place = Place::Station(id(StationId::parse, &station.code)?);
                let name = format!("station-{}", station.code);
                posts.add(staff.examiners_per_station, &name, PostKind::Examiner, &place)?;
            }
            posts.add(1, "lead", PostKind::LeadExaminer, &Place::Point)?;
        }
        let reserves = staff.reserves_invigilators;
        posts.add(reserves, "reserve-invigilator", PostKind::ReserveInvigilator, &Place::Point)?;
        if self.practical {
            let reserves = staff.reserves_examiners;
            posts.add(reserves, "reserve-examiner", PostKind::ReserveExaminer, &Place::Point)?;
        }
        Ok(posts.all)
    }

    /// What is known of the session. Its candidates are added to `known` by the keyed hash of their identity number.
    fn facts(
        &self,
        conn: &mut Conn,
        rules: &RuleSet,
        known: &mut HashMap<String, PersonId>,
    ) -> Result<SessionFacts, AssignError> {
        let minutes = practical_minutes(rules, &self.trade, self.practical);
        let (starts, ends) = on_duty(rules, self.session.starts_at, minutes);
        let candidates = rows::candidates(conn, &self.session.id)?;
        for candidate in &candidates {
            known.insert(candidate.id_index.clone(), id(PersonId::parse, &candidate.row.person)?);
        }
        let ids = |all: BTreeSet<&String>| {
            all.into_iter().map(|o| id(OrganisationId::parse, o)).collect::<Result<Vec<_>, _>>()
        };
        Ok(SessionFacts {
            session: id(SessionId::parse, &self.session.id)?,
            starts,
            ends,
            date: day(&self.session.day)?,
            point: id(PointId::parse, &self.point.id)?,
            district: self.point.district.clone(),
            language: self.session.language.as_deref().map(language).transpose()?,
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
}

/// Posts of a session while they are put together.
struct Posts {
    session: SessionId,
    prefix: String,
    all: Vec<Post>,
}

impl Posts {
    fn add(&mut self, count: u32, name: &str, kind: PostKind, place: &Place) -> Result<(), AssignError> {
        for number in 1..=count {
            let code = PostCode::parse(&format!("{}{name}-{number}", self.prefix));
            let code = code.map_err(|e| corrupt("identifier", &e))?;
            let (session, place) = (self.session.clone(), place.clone());
            self.all.push(Post { code, session, kind, place, beside: Vec::new() });
        }
        Ok(())
    }
}

/// The session as a duty that somebody may have.
pub(super) fn booking(conn: &mut Conn, session: &str) -> Result<Booking, AssignError> {
    let plan = Plan::load(conn, session)?;
    let rules = rule_set(conn, &plan.session.rule_set)?;
    let minutes = practical_minutes(&rules, &plan.trade, plan.practical);
    let (starts, ends) = on_duty(&rules, plan.session.starts_at, minutes);
    Ok(Booking {
        session: id(SessionId::parse, &plan.session.id)?,
        point: id(PointId::parse, &plan.point.id)?,
        date: day(&plan.session.day)?,
        starts,
        ends,
        partners: None,
    })
}

/// A post that nobody has, with those who have another one at its place.
fn open_post(row: &DutyRow, all: &[DutyRow]) -> Result<Post, AssignError> {
    let kind = PostKind::from_word(&row.kind).ok_or_else(|| corrupt("duty", &"unknown kind"))?;
    let place = match kind {
        PostKind::Invigilator => Place::Room(id(RoomId::parse, &row.place)?),
        PostKind::Examiner => Place::Station(id(StationId::parse, &row.place)?),
        PostKind::LeadExaminer | PostKind::ReserveInvigilator | PostKind::ReserveExaminer => Place::Point,
    };
    let held = |other: &&DutyRow| matches!(other.state.as_str(), "drawn" | "confirmed");
    let beside = all.iter().filter(held).filter(|other| place != Place::Point && other.place == row.place);
    Ok(Post {
        code: PostCode::parse(&row.post).map_err(|e| corrupt("duty", &e))?,
        session: id(SessionId::parse, &row.session)?,
        kind,
        beside: beside.map(|other| id(StaffCode::parse, &other.staff)).collect::<Result<_, _>>()?,
        place,
    })
}

fn member(member: &StaffAdded, around: &mut Around) -> Result<StaffFacts, AssignError> {
    let tied = |persons: &[String], index: &[String]| {
        let known = index.iter().filter_map(|hash| around.candidates.get(hash).cloned());
        Ok::<_, AssignError>(ids(PersonId::parse, persons)?.into_iter().chain(known).collect())
    };
    Ok(StaffFacts {
        code: id(StaffCode::parse, &member.code)?,
        employer: member.employer.as_deref().map(|o| id(OrganisationId::parse, o)).transpose()?,
        taught_at: ids(OrganisationId::parse, &member.taught_at)?,
        trained: tied(&member.trained, &member.trained_index)?,
        family: tied(&member.family, &member.family_index)?,
        conflicts_complete: member.conflicts_complete,
        cards: cards(member)?,
        district: member.district.clone(),
        pool: member.pool.clone(),
        languages: member.languages.iter().filter_map(|text| Language::from_text(text)).collect(),
        barred_until: member.barred_until.as_deref().map(day).transpose()?,
        unavailable: member.unavailable.iter().map(|text| day(text)).collect::<Result<_, _>>()?,
        booked: around.booked.remove(&member.code).unwrap_or_default(),
        pending: around.pending.remove(&member.code).unwrap_or_default(),
        already_in: around.already.remove(&member.code).unwrap_or_default(),
    })
}

fn trade(conn: &mut Conn, id: &str) -> Result<Trade, AssignError> {
    world::trade(conn, id)?.ok_or_else(|| corrupt("session", &"trade missing"))
}

fn kind(word: &str) -> Result<ExamKind, AssignError> {
    ExamKind::from_word(word).ok_or_else(|| corrupt("session", &"unknown kind"))
}

/// Minutes of the practical that follows the theory; 0 without one.
fn practical_minutes(rules: &RuleSet, trade: &Trade, practical: bool) -> u32 {
    let weights: Option<PracticalWeights> = rules.practical.weights(&trade.id).filter(|_| practical);
    weights.map_or(0, |weights| weights.minutes)
}

/// First and last minute of duty of a session that starts then, with so many minutes of practical.
fn on_duty(rules: &RuleSet, starts_at: i64, practical: u32) -> (Instant, Instant) {
    let (theory, start) = (&rules.theory, Instant::from_millis(starts_at));
    let after = theory.minutes.saturating_add(theory.late_minutes).saturating_add(practical);
    (start.plus_minutes(-i64::from(theory.enter_early_minutes)), start.plus_minutes(i64::from(after)))
}

/// When the places of a session are told.
pub(super) fn told_at(session: &SessionRow, rules: &RuleSet) -> Instant {
    let hours = i64::from(rules.staff.place_told_hours_before);
    Instant::from_millis(session.starts_at).plus_minutes(-60 * hours)
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

/// Room or station code of a place; empty for the exam point as a whole.
pub(super) fn place_code(place: &Place) -> String {
    match place {
        Place::Room(room) => room.to_string(),
        Place::Station(station) => station.to_string(),
        Place::Point => String::new(),
    }
}

fn language(word: &str) -> Result<Language, AssignError> {
    Language::from_word(word).ok_or_else(|| corrupt("session", &"unknown language"))
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
