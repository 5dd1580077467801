//! What is known about a session and about people, and the hard rules read from it.
//!
//! Sources: seed notices of the project (drawn at random by the system, teaching and examining kept apart, pools with
//! discipline) and practice; each number comes from the rule set.

use super::{Against, BAND_WIDTH, Duty, HardRule, Matrix, Row};
use crate::ids::{CategoryId, OrganisationId, PersonId, PointId, SessionId, StaffCode, TradeId};
use crate::language::Language;
use crate::rules::{CrossPoints, StaffRules};
use crate::time::{Date, Instant};
use std::collections::HashSet;

/// What a draw must know about the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFacts {
    /// The session.
    pub session: SessionId,
    /// First minute of duty.
    pub starts: Instant,
    /// Last minute of duty.
    pub ends: Instant,
    /// The exam day.
    pub date: Date,
    /// The exam point.
    pub point: PointId,
    /// District of the exam point.
    pub district: String,
    /// Language that the candidates need, where one is asked for.
    pub language: Option<Language>,
    /// The trade.
    pub trade: TradeId,
    /// The trade's category.
    pub category: CategoryId,
    /// The candidates.
    pub candidates: Vec<PersonId>,
    /// Training institutions of the candidates.
    pub institutions: Vec<OrganisationId>,
    /// Employers of the candidates.
    pub employers: Vec<OrganisationId>,
}

/// What a draw must know about a person of the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffFacts {
    /// The person.
    pub code: StaffCode,
    /// Where the person is employed.
    pub employer: Option<OrganisationId>,
    /// Where the person teaches or has taught.
    pub taught_at: Vec<OrganisationId>,
    /// Whom the person has trained.
    pub trained: Vec<PersonId>,
    /// Family among those who are examined, as declared.
    pub family: Vec<PersonId>,
    /// Whether all of the above was declared; unknown is not the same as none.
    pub conflicts_complete: bool,
    /// Cards held.
    pub cards: Vec<Card>,
    /// Home district, six digits.
    pub district: String,
    /// Whose pool the person belongs to: the id of an exam point, or the first two to six digits of a district code;
    /// `None` for the pool of all.
    pub pool: Option<String>,
    /// Languages other than Chinese.
    pub languages: Vec<Language>,
    /// Last day of a bar from the pool.
    pub barred_until: Option<Date>,
    /// Days on which the person cannot come.
    pub unavailable: Vec<Date>,
    /// Duties already given, of the year of the exam day and the one before; none of the sessions that are drawn.
    pub booked: Vec<Booking>,
    /// For each draw whose input is frozen and which is not run yet: the sessions for which it may take the person. At
    /// most one of them comes.
    pub pending: Vec<Vec<Booking>>,
    /// Sessions in which the person has a post already, or has given one up.
    pub already_in: Vec<SessionId>,
}

/// What a card is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardKind {
    /// 监考员: any trade.
    Invigilator,
    /// 考评员: the categories on the card.
    Examiner,
}

/// A card that allows a duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What it is for.
    pub kind: CardKind,
    /// Categories an examiner may examine; not read on an invigilator's card.
    pub categories: Vec<CategoryId>,
    /// Last day on which it is valid.
    pub valid_until: Date,
}

/// A duty already given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// The session.
    pub session: SessionId,
    /// The exam point.
    pub point: PointId,
    /// The exam day.
    pub date: Date,
    /// First minute of duty.
    pub starts: Instant,
    /// Last minute of duty.
    pub ends: Instant,
    /// Who else was in the room or at the station; `None` for a duty at the exam point as a whole.
    pub partners: Option<Vec<StaffCode>>,
}

/// Lays out, for each person, session and duty, which hard rules forbid it: all of them, not only the first. The rows
/// are ordered by code. The sessions are of one day; none of them is among the bookings.
#[must_use]
pub fn eligibility(sessions: &[SessionFacts], pool: &[StaffFacts], rules: &StaffRules) -> Matrix {
    let known: Vec<Known<'_>> = sessions.iter().map(Known::new).collect();
    let year = sessions.first().map(|session| session.date.year());
    let start = sessions.iter().map(|session| session.starts).min();
    let row = |person: &StaffFacts| {
        let load = person.booked.iter().filter(|booking| Some(booking.date.year()) == year).count();
        Row {
            code: person.code.clone(),
            load: u32::try_from(load).unwrap_or(u32::MAX),
            sessions: known.iter().map(|session| session.against(person, rules)).collect(),
            last_partners: start.map_or_else(Vec::new, |start| person.last_partners(start)),
        }
    };
    let mut people: Vec<Row> = pool.iter().map(row).collect();
    people.sort_by(|a, b| a.code.cmp(&b.code));
    let sessions = sessions.iter().map(|session| session.session.clone()).collect();
    Matrix { sessions, people, band_width: BAND_WIDTH }
}

/// The session with its lists as sets: they are asked for every person of the pool.
struct Known<'a> {
    session: &'a SessionFacts,
    candidates: HashSet<&'a PersonId>,
    institutions: HashSet<&'a OrganisationId>,
    employers: HashSet<&'a OrganisationId>,
}

impl<'a> Known<'a> {
    fn new(session: &'a SessionFacts) -> Self {
        Self {
            session,
            candidates: session.candidates.iter().collect(),
            institutions: session.institutions.iter().collect(),
            employers: session.employers.iter().collect(),
        }
    }

    fn against(&self, person: &StaffFacts, rules: &StaffRules) -> Against {
        let always = against_any_duty(self, person, rules);
        let with_card = |duty| {
            let mut all: Vec<HardRule> = card_rule(self.session, person, duty).into_iter().collect();
            all.extend(&always);
            all
        };
        Against {
            far: person.district != self.session.district,
            invigilating: with_card(Duty::Invigilating),
            examining: with_card(Duty::Examining),
        }
    }
}

fn against_any_duty(known: &Known<'_>, person: &StaffFacts, rules: &StaffRules) -> Vec<HardRule> {
    let session = known.session;
    let works_at = |set: &HashSet<&OrganisationId>| person.employer.as_ref().is_some_and(|e| set.contains(e));
    let taught =
        person.taught_at.iter().any(|o| known.institutions.contains(o) || known.employers.contains(o));
    let table = [
        (HardRule::EmployerOfCandidates, works_at(&known.employers)),
        (HardRule::InstitutionOfCandidates, works_at(&known.institutions)),
        (HardRule::TaughtAtInstitution, taught),
        (HardRule::TrainedCandidate, person.trained.iter().any(|p| known.candidates.contains(p))),
        (HardRule::Family, person.family.iter().any(|p| known.candidates.contains(p))),
        (HardRule::ElsewhereAtThatTime, person.is_elsewhere(session, rules)),
        (HardRule::NotAvailable, person.unavailable.contains(&session.date)),
        (HardRule::Barred, person.barred_until.is_some_and(|last| session.date <= last)),
        (HardRule::ConflictsIncomplete, !person.conflicts_complete),
        (HardRule::SamePointTwice, person.must_cross_over(session, rules)),
        (HardRule::OtherPool, !person.is_in_pool_of(session, rules)),
        (HardRule::Language, session.language.is_some_and(|l| !person.languages.contains(&l))),
        (HardRule::WeeklyLimit, person.sessions_in_week_of(session.date) >= rules.max_sessions_per_week),
        (HardRule::AlreadyInSession, person.already_in.contains(&session.session)),
    ];
    table.into_iter().filter(|(_, holds)| *holds).map(|(rule, _)| rule).collect()
}

/// The card rule that forbids a duty: the one that the best of the cards fails.
fn card_rule(session: &SessionFacts, person: &StaffFacts, duty: Duty) -> Option<HardRule> {
    let kind = match duty {
        Duty::Invigilating => CardKind::Invigilator,
        Duty::Examining => CardKind::Examiner,
    };
    let of_kind: Vec<&Card> = person.cards.iter().filter(|card| card.kind == kind).collect();
    let fits = |card: &&&Card| kind == CardKind::Invigilator || card.categories.contains(&session.category);
    let fitting: Vec<&&Card> = of_kind.iter().filter(fits).collect();
    if of_kind.is_empty() {
        Some(HardRule::CardMissing)
    } else if fitting.is_empty() {
        Some(HardRule::CardCategory)
    } else if fitting.iter().all(|card| card.valid_until < session.date) {
        Some(HardRule::CardExpired)
    } else {
        None
    }
}

impl StaffFacts {
    /// Duties in the week, Monday to Sunday, of a day. One session is one duty.
    fn sessions_in_week_of(&self, day: Date) -> u32 {
        let monday = day.minus_days(day.iso_weekday().saturating_sub(1));
        let week = monday..=monday.plus_days(6);
        let inside = |booking: &&Booking| week.contains(&booking.date);
        let given = self.booked.iter().filter(inside).count();
        let pending = self.pending.iter().filter(|draw| draw.iter().any(|b| inside(&b))).count();
        u32::try_from(given.saturating_add(pending)).unwrap_or(u32::MAX)
    }

    /// Whether the person is on duty elsewhere at the time of the session, or may still be drawn for that.
    fn is_elsewhere(&self, session: &SessionFacts, rules: &StaffRules) -> bool {
        self.booked.iter().chain(self.pending.iter().flatten()).any(|b| b.collides(session, rules))
    }

    /// Whether the last duty before the session was at its exam point, and the rules ask for another one each time.
    fn must_cross_over(&self, session: &SessionFacts, rules: &StaffRules) -> bool {
        let earlier = self.booked.iter().filter(|booking| booking.starts < session.starts);
        let last = earlier.max_by_key(|booking| booking.starts);
        rules.cross_points == CrossPoints::Required && last.is_some_and(|last| last.point == session.point)
    }

    /// Whether the session is one of the pool that the person belongs to.
    fn is_in_pool_of(&self, session: &SessionFacts, rules: &StaffRules) -> bool {
        let own = self.pool.as_deref();
        match rules.cross_points {
            CrossPoints::OwnPoint => own == Some(session.point.as_str()),
            CrossPoints::Free | CrossPoints::Required => own.is_none_or(|pool| {
                let district = pool.len() >= 2 && pool.bytes().all(|b| b.is_ascii_digit());
                rules.other_pools
                    || pool == session.point.as_str()
                    || district && session.district.starts_with(pool)
            }),
        }
    }

    /// With whom the last duty in a room or at a station before a time was done.
    fn last_partners(&self, before: Instant) -> Vec<StaffCode> {
        let earlier = self.booked.iter().filter(|booking| booking.starts <= before);
        let last = earlier.filter(|booking| booking.partners.is_some()).max_by_key(|booking| booking.starts);
        last.and_then(|booking| booking.partners.clone()).unwrap_or_default()
    }
}

impl Booking {
    /// Whether the duty, with the way, leaves no time for the session. Duties that only touch do not collide.
    fn collides(&self, session: &SessionFacts, rules: &StaffRules) -> bool {
        let way = if self.point == session.point { 0 } else { i64::from(rules.travel_minutes) };
        self.starts.plus_minutes(-way) < session.ends && session.starts < self.ends.plus_minutes(way)
    }
}
