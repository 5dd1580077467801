//! The figures of a day: what happened by the quarter hour, how long the queue was, and how the last sessions ended.

use super::{OverviewError, Stage, Titled, titled};
use crate::app::results::{Outcomes, has_practical};
use crate::db::sessions::Candidate;
use crate::db::{Conn, overview as rows};
use shared::time::{Date, Instant};

/// Milliseconds of a quarter of an hour.
const QUARTER: i64 = 15 * 60 * 1000;
/// Most quarters of an hour on one figure: a day from six to ten in the evening.
const MOST_QUARTERS: i64 = 64;
/// Sessions whose pass rate is shown.
const RATED: usize = 8;
/// Days back in which they are looked for.
const RATED_DAYS: u32 = 180;

/// When a candidate was where, epoch milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moments {
    /// Checked in.
    pub came: Option<i64>,
    /// Called in, or seated.
    pub went_in: Option<i64>,
    /// The paper was handed in.
    pub handed_in: Option<i64>,
    /// The practical was complete.
    pub practical: Option<i64>,
}

/// A day by the quarter hour.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// Begin of each quarter hour.
    pub quarters: Vec<Instant>,
    /// How many checked in.
    pub came: Vec<i64>,
    /// How many handed in the paper.
    pub handed_in: Vec<i64>,
    /// How many completed the practical.
    pub practical: Vec<i64>,
    /// How many had come and were not called in at the end of the quarter hour.
    pub queue: Vec<i64>,
}

/// How a session ended.
#[derive(Debug, Clone)]
pub struct Rate {
    /// The session.
    pub session: Titled,
    /// Who came.
    pub came: i64,
    /// Who passed.
    pub passed: i64,
}

impl Rate {
    /// Passed of those who came, in percent.
    #[must_use]
    pub fn percent(&self) -> i64 {
        percent(self.passed, self.came)
    }
}

impl Moments {
    /// The moments of a candidate. Whose examination is over without an entry waited until nobody was let in any more.
    #[must_use]
    pub fn of(candidate: &Candidate, stage: Stage, starts_at: i64) -> Self {
        let seated = candidate.sitting.as_ref().map(|s| s.entered_at);
        let called = candidate.check_in.as_ref().and_then(|c| c.admitted_at);
        Self {
            came: candidate.check_in.as_ref().map(|c| c.checked_in_at),
            went_in: called.or(seated).or(stage.is_end().then_some(starts_at + 2 * QUARTER)),
            handed_in: candidate.sitting.as_ref().and_then(|s| s.ended_at),
            practical: candidate.practical.as_ref().map(|p| p.ended_at),
        }
    }

    fn all(&self) -> impl Iterator<Item = i64> {
        [self.came, self.handed_in, self.practical].into_iter().flatten()
    }

    fn waits_at(&self, moment: i64) -> bool {
        self.came.is_some_and(|came| came <= moment) && self.went_in.is_none_or(|at| at > moment)
    }
}

/// A day by the quarter hour, from the first to the last thing that happened, and not beyond `now`.
#[must_use]
pub fn flow(people: &[Moments], now: Instant) -> Flow {
    let moments = || people.iter().flat_map(Moments::all);
    let (Some(first), Some(last)) = (moments().min(), moments().max()) else { return Flow::default() };
    let from = first.div_euclid(QUARTER);
    // The queue of today lasts until now, whatever happened last.
    let waits = people.iter().any(|p| p.waits_at(now.millis()));
    let same_day = Instant::from_millis(first).date_in_china() == now.date_in_china();
    let until = if waits && same_day { last.max(now.millis()) } else { last }.div_euclid(QUARTER);
    let count = (until - from + 1).clamp(1, MOST_QUARTERS);
    let begins: Vec<i64> = (0..count).map(|n| (from + n) * QUARTER).collect();
    let within = |of: fn(&Moments) -> Option<i64>| -> Vec<i64> {
        let in_quarter = |begin: &i64| {
            people.iter().filter_map(of).filter(|at| (*begin..begin + QUARTER).contains(at)).count()
        };
        begins.iter().map(|begin| long(in_quarter(begin))).collect()
    };
    let queue = |begin: &i64| {
        let end = (begin + QUARTER - 1).min(now.millis().max(*begin));
        long(people.iter().filter(|p| p.waits_at(end)).count())
    };
    Flow {
        came: within(|m| m.came),
        handed_in: within(|m| m.handed_in),
        practical: within(|m| m.practical),
        queue: begins.iter().map(queue).collect(),
        quarters: begins.into_iter().map(Instant::from_millis).collect(),
    }
}

/// The last sessions up to a day whose results are published, by start.
///
/// # Errors
/// [`OverviewError`] without a database.
pub(super) fn rates(conn: &mut Conn, day: Date, point: Option<&str>) -> Result<Vec<Rate>, OverviewError> {
    let from = day.minus_days(RATED_DAYS).to_string();
    let mut known = rows::sessions_between(conn, &from, &day.to_string(), point)?;
    known.retain(|s| s.results_at.is_some());
    let last = known.split_off(known.len().saturating_sub(RATED));
    let ids: Vec<String> = last.iter().map(|s| s.id.clone()).collect();
    let counts = rows::outcomes(conn, &ids)?;
    let mut rates = Vec::with_capacity(last.len());
    for session in last {
        let practical = has_practical(conn, &session)?;
        let of = Outcomes::of(&counts.get(&session.id).cloned().unwrap_or_default(), practical);
        let came = of.registered - of.absent;
        rates.push(Rate { session: titled(conn, session)?, came, passed: of.passed });
    }
    rates.retain(|r| r.came > 0);
    Ok(rates)
}

/// A part in percent, rounded; nothing of nothing is nothing.
#[must_use]
pub fn percent(part: i64, whole: i64) -> i64 {
    if whole <= 0 { 0 } else { (part * 200 + whole) / (whole * 2) }
}

fn long(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> i64 {
        Instant::parse(&format!("2026-09-28T{time}:00+08:00")).unwrap().millis()
    }

    fn someone(came: Option<&str>, went_in: Option<&str>, handed_in: Option<&str>) -> Moments {
        Moments {
            came: came.map(at),
            went_in: went_in.map(at),
            handed_in: handed_in.map(at),
            practical: None,
        }
    }

    #[test]
    fn each_moment_is_counted_in_its_quarter_hour() {
        let people = [
            someone(Some("08:01"), Some("08:20"), Some("09:00")),
            someone(Some("08:14"), Some("08:31"), None),
            someone(Some("08:15"), None, None),
            someone(None, None, None),
        ];
        let flow = flow(&people, Instant::from_millis(at("09:05")));
        assert_eq!(flow.quarters.first().unwrap().time_in_china(), "08:00");
        assert_eq!(flow.came, [2, 1, 0, 0, 0]);
        assert_eq!(flow.handed_in, [0, 0, 0, 0, 1]);
        assert_eq!(flow.queue, [2, 2, 1, 1, 1]);
    }

    #[test]
    fn a_day_on_which_nothing_happened_has_no_flow_and_a_long_one_ends() {
        assert_eq!(flow(&[Moments::default()], Instant::from_millis(0)), Flow::default());
        let long = [Moments { came: Some(at("00:01")), handed_in: Some(at("23:59")), ..Moments::default() }];
        assert_eq!(flow(&long, Instant::from_millis(at("23:59"))).quarters.len(), 64);
    }

    #[test]
    fn a_share_is_rounded() {
        for (part, whole, expected) in [(0, 0, 0), (1, 3, 33), (2, 3, 67), (1, 2, 50), (3, 3, 100)] {
            assert_eq!(percent(part, whole), expected);
        }
    }
}
