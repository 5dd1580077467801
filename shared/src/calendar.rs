//! Working days as the State Council publishes them, year by year.
//!
//! A day off on a weekday and a worked day on a weekend come from the notice; every other day follows its week. A year
//! without a notice is refused, never guessed.

use crate::time::Date;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// What the notice for one year says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarYear {
    /// The year of the notice.
    pub year: i32,
    /// Days off (放假), weekends among them or not. Empty: the year is not published.
    pub off: Vec<Date>,
    /// Weekend days that are worked (调休上班).
    pub work: Vec<Date>,
}

/// The published years together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    published: BTreeSet<i32>,
    /// Whether a day that is named in a notice is worked.
    named: BTreeMap<Date, bool>,
}

/// Why a working day cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// A day of this year is needed, and its calendar is not published.
    #[error("the working days of {year} are not published")]
    NotPublished {
        /// The year.
        year: i32,
    },
}

impl Calendar {
    /// Puts the years together. A notice may name days of the neighbouring years; where two notices name the same day, the
    /// later year's, which is also the later notice, holds. An empty year counts as not published.
    #[must_use]
    pub fn new(mut years: Vec<CalendarYear>) -> Self {
        years.sort_by_key(|year| year.year);
        let mut calendar = Self::default();
        for year in years.iter().filter(|year| !year.off.is_empty()) {
            calendar.published.insert(year.year);
            calendar.named.extend(year.off.iter().map(|day| (*day, false)));
            calendar.named.extend(year.work.iter().map(|day| (*day, true)));
        }
        calendar
    }

    /// Whether this day is worked.
    ///
    /// # Errors
    /// [`CalendarError::NotPublished`] if the year of the day has no calendar.
    pub fn is_working_day(&self, day: Date) -> Result<bool, CalendarError> {
        self.require(day.year())?;
        Ok(self.named.get(&day).copied().unwrap_or_else(|| day.is_weekday()))
    }

    /// The `n`th working day after `from`. The start day is never counted; `n` = 0 is the start day itself, worked or not.
    ///
    /// # Errors
    /// [`CalendarError::NotPublished`] if a day that has to be looked at lies in a year without a calendar.
    pub fn add_working_days(&self, from: Date, n: u32) -> Result<Date, CalendarError> {
        let mut day = from;
        let mut left = n;
        while left > 0 {
            day = day.plus_days(1);
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// Working days after one day up to another and with it: those that are left from `after` to `until`. None if `until` is
    /// not later.
    ///
    /// # Errors
    /// [`CalendarError::NotPublished`] if a day that has to be looked at lies in a year without a calendar.
    pub fn working_days_until(&self, after: Date, until: Date) -> Result<u32, CalendarError> {
        let (mut day, mut count) = (after, 0);
        while day < until {
            day = day.plus_days(1);
            count += u32::from(self.is_working_day(day)?);
        }
        Ok(count)
    }

    /// Number of working days in a year.
    ///
    /// # Errors
    /// [`CalendarError::NotPublished`] if the year has no calendar.
    pub fn working_days_in_year(&self, year: i32) -> Result<u32, CalendarError> {
        let mut day = Date::from_ymd(year, 1, 1).ok_or(CalendarError::NotPublished { year })?;
        let mut count = 0;
        while day.year() == year {
            count += u32::from(self.is_working_day(day)?);
            day = day.plus_days(1);
        }
        Ok(count)
    }

    /// The years that are published, ascending.
    pub fn published_years(&self) -> impl Iterator<Item = i32> + '_ {
        self.published.iter().copied()
    }

    fn require(&self, year: i32) -> Result<(), CalendarError> {
        if self.published.contains(&year) { Ok(()) } else { Err(CalendarError::NotPublished { year }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    /// Days from `first` to `last` of month `month` in 2026.
    fn days(month: u32, first: u32, last: u32) -> impl Iterator<Item = Date> {
        (first..=last).map(move |d| Date::from_ymd(2026, month, d).unwrap())
    }

    fn year_2026() -> CalendarYear {
        let spans = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)];
        let off = spans.into_iter().flat_map(|(month, first, last)| days(month, first, last)).collect();
        let work = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"];
        CalendarYear { year: 2026, off, work: work.map(day).to_vec() }
    }

    #[test]
    fn a_start_day_is_never_counted() {
        let calendar = Calendar::new(vec![year_2026()]);
        let table = [
            ("2026-09-30", 0, "2026-09-30"),
            ("2026-10-01", 0, "2026-10-01"),
            ("2026-09-30", 1, "2026-10-08"),
            ("2026-09-30", 3, "2026-10-10"),
            ("2026-09-30", 5, "2026-10-13"),
            ("2026-10-01", 1, "2026-10-08"),
            ("2026-02-12", 3, "2026-02-24"),
            ("2026-09-18", 1, "2026-09-20"),
        ];
        for (from, n, expected) in table {
            assert_eq!(calendar.add_working_days(day(from), n), Ok(day(expected)), "{from} + {n}");
        }
        assert_eq!(calendar.working_days_in_year(2026), Ok(248));
    }

    #[test]
    fn an_unpublished_year_is_refused_never_guessed() {
        let empty = CalendarYear { year: 2027, off: vec![], work: vec![] };
        let calendar = Calendar::new(vec![year_2026(), empty]);
        let refused = Err(CalendarError::NotPublished { year: 2027 });
        assert_eq!(calendar.add_working_days(day("2026-12-31"), 1), refused);
        assert_eq!(calendar.add_working_days(day("2026-12-28"), 4), refused);
        assert_eq!(calendar.add_working_days(day("2026-12-28"), 3), Ok(day("2026-12-31")));
        assert_eq!(calendar.working_days_in_year(2027).map(|_| ()), refused.map(|_| ()));
        assert_eq!(
            calendar.is_working_day(day("2025-12-31")),
            Err(CalendarError::NotPublished { year: 2025 })
        );
        assert_eq!(calendar.published_years().collect::<Vec<_>>(), [2026]);
    }

    #[test]
    fn a_notice_may_name_days_of_the_year_before() {
        let first = CalendarYear { year: 2026, off: vec![day("2027-01-01")], work: vec![] };
        let second = CalendarYear { year: 2027, off: vec![day("2026-12-31")], work: vec![day("2027-01-01")] };
        let calendar = Calendar::new(vec![second, first]);
        assert_eq!(calendar.is_working_day(day("2026-12-31")), Ok(false));
        assert_eq!(calendar.is_working_day(day("2027-01-01")), Ok(true));
    }

    proptest! {
        #[test]
        fn two_steps_are_one(start in 0u32..200, a in 0u32..60, b in 0u32..60) {
            let calendar = Calendar::new(vec![year_2026()]);
            let from = day("2026-01-01").plus_days(start);
            let once = calendar.add_working_days(from, a + b);
            let twice = calendar.add_working_days(from, a).and_then(|mid| calendar.add_working_days(mid, b));
            prop_assert_eq!(once, twice);
        }
    }
}
