//! Sessions that are over and whose results are not published, with the working days that the rules leave.

use super::{OverviewError, Titled, titled};
use crate::app::results::{Outcomes, has_practical};
use crate::app::world;
use crate::db::overview as rows;
use crate::db::{Conn, DbError};
use shared::calendar::Calendar;
use shared::time::{Date, Instant};
use std::collections::HashMap;

/// A session whose results are not published.
#[derive(Debug, Clone)]
pub struct Unpublished {
    /// The session.
    pub session: Titled,
    /// Candidates without a result.
    pub pending: i64,
    /// Working days that the rules give.
    pub working_days: u32,
    /// How long there is.
    pub term: Term,
}

/// How long there is for something that has a last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// The last day was before today.
    Over(Date),
    /// The last day, today or later, and the working days after today up to it.
    Until(Date, u32),
    /// The calendar of a year that is needed is not published.
    AwaitsCalendar,
}

impl Term {
    /// Of something that is due so many working days after a day.
    #[must_use]
    pub fn of(calendar: &Calendar, day: Date, working_days: u32, today: Date) -> Self {
        match calendar.add_working_days(day, working_days) {
            Ok(due) if due < today => Self::Over(due),
            // Whoever looks before the day itself has all of it left.
            Ok(due) => calendar
                .working_days_until(today.max(day), due)
                .map_or(Self::AwaitsCalendar, |left| Self::Until(due, left)),
            Err(_) => Self::AwaitsCalendar,
        }
    }

    /// Place in a list: what is over first, what cannot be told last.
    #[must_use]
    pub const fn order(self) -> (u8, Option<Date>) {
        match self {
            Self::Over(due) => (0, Some(due)),
            Self::Until(due, _) => (1, Some(due)),
            Self::AwaitsCalendar => (2, None),
        }
    }
}

/// Sessions in which somebody was enrolled and that are over: those of earlier days, and of today those in which all have
/// ended. The most pressing first.
///
/// # Errors
/// [`OverviewError`] without a database.
pub(super) fn load(
    conn: &mut Conn,
    now: Instant,
    point: Option<&str>,
) -> Result<Vec<Unpublished>, OverviewError> {
    let today = now.date_in_china();
    let sessions = rows::unpublished(conn, &today.to_string(), point)?;
    let ids: Vec<String> = sessions.iter().map(|s| s.id.clone()).collect();
    let outcomes = rows::outcomes(conn, &ids)?;
    let calendar = world::calendar(conn)?;
    let mut allowed: HashMap<String, u32> = HashMap::new();
    let mut lines = Vec::new();
    for session in sessions {
        let counts = outcomes.get(&session.id).cloned().unwrap_or_default();
        let counts = Outcomes::of(&counts, has_practical(conn, &session)?);
        let day = Date::parse(&session.day).map_err(|e| DbError::corrupt("session", e))?;
        let runs = day == today && counts.pending > 0;
        if counts.registered == 0 || runs {
            continue;
        }
        if !allowed.contains_key(&session.rule_set) {
            let rules = world::rule_set(conn, &session.rule_set)?;
            allowed.insert(session.rule_set.clone(), rules.exam.results_working_days);
        }
        let working_days = allowed.get(&session.rule_set).copied().unwrap_or_default();
        let term = Term::of(&calendar, day, working_days, today);
        let session = titled(conn, session)?;
        lines.push(Unpublished { session, pending: counts.pending, working_days, term });
    }
    lines.sort_by_key(|line| line.term.order());
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::calendar::CalendarYear;

    /// October 2026: off from the 1st to the 7th, the 10th is worked.
    fn calendar() -> Calendar {
        let day = |text: &str| Date::parse(text).unwrap();
        let off = (1..=7).map(|n| day(&format!("2026-10-0{n}"))).collect();
        Calendar::new(vec![CalendarYear { year: 2026, off, work: vec![day("2026-10-10")] }])
    }

    #[test]
    fn working_days_are_counted_by_the_official_calendar() {
        let day = |text: &str| Date::parse(text).unwrap();
        let until = |text: &str, left| Term::Until(day(text), left);
        let table = [
            ("2026-09-28", "2026-09-28", until("2026-10-16", 10)),
            ("2026-09-28", "2026-09-30", until("2026-10-16", 8)),
            ("2026-09-28", "2026-10-06", until("2026-10-16", 8)),
            ("2026-09-28", "2026-10-10", until("2026-10-16", 5)),
            ("2026-09-28", "2026-10-16", until("2026-10-16", 0)),
            ("2026-09-28", "2026-10-17", Term::Over(day("2026-10-16"))),
            ("2026-12-25", "2026-12-28", Term::AwaitsCalendar),
            ("2026-12-10", "2027-01-04", Term::Over(day("2026-12-24"))),
            ("2027-01-04", "2027-01-05", Term::AwaitsCalendar),
        ];
        for (exam, today, expected) in table {
            assert_eq!(Term::of(&calendar(), day(exam), 10, day(today)), expected, "{exam} {today}");
        }
    }
}
