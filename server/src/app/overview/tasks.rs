//! What the staff of exam points have to do now: each thing once, the most pressing first.

use super::{Named, OverviewError, titled};
use crate::app::results::{Outcomes, has_practical};
use crate::app::{closing, readiness, world};
use crate::db::overview::{self as rows, CertificateCounts};
use crate::db::sessions::SessionRow;
use crate::db::{Conn, DbError, duties, paper};
use shared::time::{Date, Instant};
use std::collections::{BTreeMap, HashMap};

/// Days back in which a day that is not closed is still called for.
const BACK_DAYS: u32 = 14;
/// Minutes before the start at which a room should open.
const DOORS_MINUTES: i64 = 15;
/// Minutes before the first start at which the readiness list should be signed.
const READY_MINUTES: i64 = 60;
/// Hour of the afternoon from which the pack of the next day is to be printed.
const EVENING_HOUR: i64 = 15;

/// A day of an exam point, as far as something may have to be done.
#[derive(Debug, Clone)]
pub struct PointDay {
    /// The day.
    pub day: Date,
    /// Exam point.
    pub point: Named,
    /// Whether rooms may open.
    pub ready: bool,
    /// Whether the paper pack was printed.
    pub pack: bool,
    /// Whether the day is closed.
    pub closed: bool,
    /// Sessions by start.
    pub sessions: Vec<SessionState>,
}

/// A session of such a day.
#[derive(Debug, Clone)]
pub struct SessionState {
    /// Session id.
    pub id: String,
    /// Trade.
    pub trade: Named,
    /// Start of the theory.
    pub starts_at: Instant,
    /// End of the theory.
    pub ends_at: Instant,
    /// Whether seats are drawn.
    pub seated: bool,
    /// Rooms in which somebody has a seat and that are not opened.
    pub shut: Vec<String>,
    /// Candidates.
    pub total: i64,
    /// Of these without a result.
    pub pending: i64,
    /// Certificates.
    pub certificates: CertificateCounts,
    /// Posts that nobody has.
    pub open_posts: i64,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// How pressing it is.
    pub urgency: Urgency,
    /// What.
    pub what: What,
    /// For which day.
    pub day: Date,
    /// At which exam point.
    pub point: Named,
    /// In which session, where it is about one: id and trade.
    pub session: Option<(String, Named)>,
}

/// How pressing something is, the most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// It should be done already.
    Late,
    /// Now.
    Now,
    /// In the course of the day.
    Soon,
}

/// Kinds of things to be done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The readiness list is not signed.
    Readiness,
    /// Posts that nobody has and no reserve could take: how many.
    Posts(i64),
    /// A room is not opened: its code.
    Room(String),
    /// The paper pack is not printed.
    Pack,
    /// Certificates are issued and not printed: how many.
    Print(i64),
    /// The day is not closed.
    Close,
}

impl What {
    /// Word in language files.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Readiness => "readiness",
            Self::Posts(_) => "posts",
            Self::Room(_) => "room",
            Self::Pack => "pack",
            Self::Print(_) => "print",
            Self::Close => "close",
        }
    }
}

/// Everything that has to be done now, the most pressing first.
#[must_use]
pub fn tasks(days: &[PointDay], now: Instant) -> Vec<Task> {
    let mut all: Vec<Task> = days.iter().flat_map(|day| of_day(day, now)).collect();
    all.sort_by(|a, b| {
        (a.urgency, a.day, &a.what, &a.session_id()).cmp(&(b.urgency, b.day, &b.what, &b.session_id()))
    });
    all
}

impl Task {
    fn session_id(&self) -> Option<&str> {
        self.session.as_ref().map(|(id, _)| id.as_str())
    }
}

fn of_day(day: &PointDay, now: Instant) -> Vec<Task> {
    let whole = [readiness_of(day, now), pack_of(day, now), close_of(day, now)];
    let mut found: Vec<Task> =
        whole.into_iter().flatten().map(|(what, urgency)| day.task(what, urgency, None)).collect();
    for session in &day.sessions {
        let about = || Some((session.id.clone(), session.trade.clone()));
        if let Some(urgency) = room_urgency(session, now) {
            found
                .extend(session.shut.iter().map(|room| day.task(What::Room(room.clone()), urgency, about())));
        }
        if session.open_posts > 0 && session.pending > 0 {
            let urgency = if day.day > now.date_in_china() { Urgency::Now } else { Urgency::Late };
            found.push(day.task(What::Posts(session.open_posts), urgency, about()));
        }
        let unprinted = session.certificates.issued - session.certificates.printed;
        if unprinted > 0 {
            found.push(day.task(What::Print(unprinted), Urgency::Now, about()));
        }
    }
    found
}

impl PointDay {
    fn task(&self, what: What, urgency: Urgency, session: Option<(String, Named)>) -> Task {
        Task { urgency, what, day: self.day, point: self.point.clone(), session }
    }

    fn people(&self) -> i64 {
        self.sessions.iter().map(|s| s.total).sum()
    }

    /// Start of the first session in which there is anybody.
    fn first(&self) -> Option<Instant> {
        self.sessions.iter().filter(|s| s.total > 0).map(|s| s.starts_at).min()
    }

    /// End of the last session's theory.
    fn last(&self) -> Option<Instant> {
        self.sessions.iter().filter(|s| s.total > 0).map(|s| s.ends_at).max()
    }
}

fn readiness_of(day: &PointDay, now: Instant) -> Option<(What, Urgency)> {
    let (first, last) = (day.first()?, day.last()?);
    if day.ready || day.closed || day.day != now.date_in_china() || now >= last {
        return None;
    }
    let urgency = match now {
        now if now >= first.plus_minutes(-DOORS_MINUTES) => Urgency::Late,
        now if now >= first.plus_minutes(-READY_MINUTES) => Urgency::Now,
        _ => Urgency::Soon,
    };
    Some((What::Readiness, urgency))
}

fn pack_of(day: &PointDay, now: Instant) -> Option<(What, Urgency)> {
    let seated = day.sessions.iter().any(|s| s.seated && s.total > 0);
    if day.pack || day.closed || !seated {
        return None;
    }
    let today = now.date_in_china();
    let evening = today.start_in_china().plus_minutes(EVENING_HOUR * 60);
    if day.day == today && now < day.last()? {
        Some((What::Pack, Urgency::Late))
    } else if day.day == today.plus_days(1) && now >= evening {
        Some((What::Pack, Urgency::Now))
    } else {
        None
    }
}

fn close_of(day: &PointDay, now: Instant) -> Option<(What, Urgency)> {
    if day.closed || day.people() == 0 {
        return None;
    }
    let today = now.date_in_china();
    let ended = day.sessions.iter().all(|s| s.pending == 0);
    match day.day {
        before if before < today => Some((What::Close, Urgency::Late)),
        same if same == today && ended => Some((What::Close, Urgency::Now)),
        _ => None,
    }
}

fn room_urgency(session: &SessionState, now: Instant) -> Option<Urgency> {
    let doors = session.starts_at.plus_minutes(-DOORS_MINUTES);
    if !session.seated || now < doors || now >= session.ends_at {
        return None;
    }
    Some(if now >= session.starts_at { Urgency::Late } else { Urgency::Now })
}

/// The days of exam points around today that may call for something, and the day that is looked at.
///
/// # Errors
/// [`OverviewError`] without a database.
pub(super) fn load(
    conn: &mut Conn,
    now: Instant,
    looked_at: Date,
    point: Option<&str>,
) -> Result<Vec<PointDay>, OverviewError> {
    let (open, closed) = open_days(conn, now, looked_at, point)?;
    let ids: Vec<String> = open.iter().map(|s| s.id.clone()).collect();
    let outcomes = rows::outcomes(conn, &ids)?;
    let certificates = rows::certificate_counts(conn, &ids)?;
    let mut shut = rows::shut_rooms(conn, &ids)?;
    let open_posts = duties::open_counts(conn, &ids)?;
    let mut minutes = HashMap::new();
    let mut days: BTreeMap<(Date, String), PointDay> = BTreeMap::new();
    for session in open {
        let practical = has_practical(conn, &session)?;
        let counts = outcomes.get(&session.id).cloned().unwrap_or_default();
        let counts = Outcomes::of(&counts, practical);
        if !minutes.contains_key(&session.rule_set) {
            let rules = world::rule_set(conn, &session.rule_set)?;
            minutes.insert(session.rule_set.clone(), i64::from(rules.theory.minutes));
        }
        let length = minutes.get(&session.rule_set).copied().unwrap_or_default();
        let day = Date::parse(&session.day).map_err(|e| DbError::corrupt("session", e))?;
        let title = titled(conn, session)?;
        let key = (day, title.row.point.clone());
        if !days.contains_key(&key) {
            let of = (title.row.day.as_str(), title.row.point.as_str());
            let state = PointDay {
                day,
                point: title.point.clone(),
                ready: readiness::blocks(conn, of.0, of.1)
                    .map_err(|e| DbError::corrupt("readiness", e))?
                    .is_none(),
                pack: paper::pack(conn, of.1, of.0)?.is_some(),
                closed: closed.contains_key(&(title.row.point.clone(), title.row.day.clone())),
                sessions: Vec::new(),
            };
            days.insert(key.clone(), state);
        }
        let starts_at = Instant::from_millis(title.row.starts_at);
        let state = SessionState {
            trade: title.trade,
            starts_at,
            ends_at: starts_at.plus_minutes(length),
            seated: title.row.seated,
            shut: shut.remove(&title.row.id).unwrap_or_default(),
            total: counts.registered,
            pending: counts.pending,
            certificates: certificates.get(&title.row.id).copied().unwrap_or_default(),
            open_posts: open_posts.get(&title.row.id).copied().unwrap_or_default(),
            id: title.row.id,
        };
        if let Some(day) = days.get_mut(&key) {
            day.sessions.push(state);
        }
    }
    Ok(days.into_values().collect())
}

/// Sessions that may call for something, and the days that are closed.
type OpenDays = (Vec<SessionRow>, HashMap<(String, String), i64>);

fn open_days(
    conn: &mut Conn,
    now: Instant,
    looked_at: Date,
    point: Option<&str>,
) -> Result<OpenDays, OverviewError> {
    let today = now.date_in_china();
    let (from, to) = (today.minus_days(BACK_DAYS), today.plus_days(1));
    let mut all = rows::sessions_between(conn, &from.to_string(), &to.to_string(), point)?;
    let (today, day) = (today.to_string(), looked_at.to_string());
    if looked_at < from || looked_at > to {
        all.extend(rows::sessions_between(conn, &day, &day, point)?);
    }
    let closed = closing::closed_days(conn, &all)?;
    // A past day that is closed calls for nothing but its certificates, which the list of deadlines has.
    let is_closed = |s: &SessionRow| closed.contains_key(&(s.point.clone(), s.day.clone()));
    all.retain(|s| s.day >= today || s.day == day || !is_closed(s));
    Ok((all, closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(id: &str) -> Named {
        Named { id: id.into(), zh: id.into(), en: id.into() }
    }

    fn at(text: &str) -> Instant {
        Instant::parse(&format!("{text}:00+08:00")).unwrap()
    }

    /// A day with one session at nine o'clock.
    fn day(change: impl Fn(&mut PointDay)) -> PointDay {
        let session = SessionState {
            id: "S1".into(),
            trade: name("low"),
            starts_at: at("2026-09-28T09:00"),
            ends_at: at("2026-09-28T11:00"),
            seated: true,
            shut: vec!["R1".into()],
            total: 3,
            pending: 3,
            certificates: CertificateCounts::default(),
            open_posts: 0,
        };
        let day = Date::parse("2026-09-28").unwrap();
        let mut day = PointDay {
            day,
            point: name("P01"),
            ready: false,
            pack: false,
            closed: false,
            sessions: vec![session],
        };
        change(&mut day);
        day
    }

    fn found(day: PointDay, now: &str) -> Vec<(&'static str, Urgency)> {
        tasks(&[day], at(now)).iter().map(|t| (t.what.word(), t.urgency)).collect()
    }

    #[test]
    fn each_thing_is_called_for_in_its_time() {
        use Urgency::{Late, Now, Soon};
        let nothing = |_: &mut PointDay| {};
        assert_eq!(found(day(nothing), "2026-09-27T10:00"), []);
        assert_eq!(found(day(nothing), "2026-09-27T16:00"), [("pack", Now)]);
        assert_eq!(found(day(nothing), "2026-09-28T07:00"), [("pack", Late), ("readiness", Soon)]);
        assert_eq!(found(day(nothing), "2026-09-28T08:10"), [("pack", Late), ("readiness", Now)]);
        let printed = |d: &mut PointDay| d.pack = true;
        assert_eq!(found(day(printed), "2026-09-28T08:50"), [("readiness", Late), ("room", Now)]);
        let ready = |d: &mut PointDay| (d.pack, d.ready) = (true, true);
        assert_eq!(found(day(ready), "2026-09-28T08:40"), []);
        assert_eq!(found(day(ready), "2026-09-28T09:05"), [("room", Late)]);
        assert_eq!(found(day(ready), "2026-09-28T12:00"), [], "somebody has no result yet");
        let ended = |d: &mut PointDay| {
            d.sessions[0].pending = 0;
            d.sessions[0].certificates = CertificateCounts { issued: 2, printed: 1 };
        };
        assert_eq!(found(day(ended), "2026-09-28T18:00"), [("print", Now), ("close", Now)]);
        assert_eq!(found(day(ended), "2026-09-29T08:00"), [("close", Late), ("print", Now)]);
        let closed = |d: &mut PointDay| d.closed = true;
        assert_eq!(found(day(closed), "2026-09-29T08:00"), []);
    }

    #[test]
    fn a_day_without_people_calls_for_nothing() {
        let empty = day(|d| d.sessions[0].total = 0);
        for now in ["2026-09-27T16:00", "2026-09-28T08:00", "2026-09-29T08:00"] {
            assert_eq!(found(empty.clone(), now), [], "{now}");
        }
    }
}
