//! Instants and calendar days. There is no `now` here: whoever needs the time is given it.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, Weekday};
use thiserror::Error;

/// Offset of Asia/Shanghai from UTC in seconds; the zone has had no daylight saving time since 1991.
const CHINA_OFFSET_SECONDS: i32 = 8 * 3600;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

/// A day of the Gregorian calendar between the years 1900 and 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

/// Why a text or number is no time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TimeError {
    /// Not a day written `YYYY-MM-DD` between 1900 and 2199.
    #[error("'{0}' is not a day written YYYY-MM-DD between 1900 and 2199")]
    Date(String),
    /// Not a time written as RFC 3339.
    #[error("'{0}' is not a time written as in RFC 3339, like 2026-09-28T09:00:00+08:00")]
    Instant(String),
}

impl Instant {
    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, with any offset.
    ///
    /// # Errors
    /// [`TimeError::Instant`] if the text is not such a time.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        DateTime::parse_from_rfc3339(text)
            .map(|t| Self(t.timestamp_millis()))
            .map_err(|_| TimeError::Instant(text.to_owned()))
    }

    /// This many seconds later (earlier if negative); stops at the ends of the scale.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// This many minutes later (earlier if negative).
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    /// Whole seconds from `earlier` to this instant; negative if this one is the earlier.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0.saturating_sub(earlier.0)) / 1000
    }

    /// The day on the clocks of China at this instant.
    #[must_use]
    pub fn date_in_china(self) -> Date {
        Date(self.in_china().date_naive())
    }

    /// `2026-09-28 09:00`, as shown to people (Asia/Shanghai).
    #[must_use]
    pub fn minute_in_china(self) -> String {
        self.in_china().format("%Y-%m-%d %H:%M").to_string()
    }

    /// `09:00`, as shown to people (Asia/Shanghai).
    #[must_use]
    pub fn time_in_china(self) -> String {
        self.in_china().format("%H:%M").to_string()
    }

    /// RFC 3339 with offset +08:00 and milliseconds.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.in_china().to_rfc3339_opts(chrono::SecondsFormat::Millis, false)
    }

    fn in_china(self) -> DateTime<FixedOffset> {
        let utc = DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        match FixedOffset::east_opt(CHINA_OFFSET_SECONDS) {
            Some(offset) => utc.with_timezone(&offset),
            None => utc.fixed_offset(),
        }
    }
}

impl Date {
    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`TimeError::Date`] if the text is not such a day or lies outside 1900–2199.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let error = || TimeError::Date(text.to_owned());
        if text.len() != 10 {
            return Err(error());
        }
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| error())?;
        Self::from_naive(day).ok_or_else(error)
    }

    /// From year, month (1–12) and day (1–31); `None` if there is no such day or it lies outside 1900–2199.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Self::from_naive)
    }

    /// Calendar year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Month, 1–12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// Day of the month, 1–31.
    #[must_use]
    pub fn day(self) -> u32 {
        self.0.day()
    }

    /// Monday to Friday.
    #[must_use]
    pub fn is_weekday(self) -> bool {
        !matches!(self.0.weekday(), Weekday::Sat | Weekday::Sun)
    }

    /// Number of the day in its week, Monday 1 to Sunday 7 (ISO 8601).
    #[must_use]
    pub fn iso_weekday(self) -> u32 {
        self.0.weekday().number_from_monday()
    }

    /// This many calendar days later; the last representable day at the end of the scale.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        self.0.checked_add_days(Days::new(u64::from(days))).map_or(self, Self)
    }

    /// This many calendar days earlier.
    #[must_use]
    pub fn minus_days(self, days: u32) -> Self {
        self.0.checked_sub_days(Days::new(u64::from(days))).map_or(self, Self)
    }

    /// The same month and day `years` later; 29 February becomes 1 March in a common year.
    #[must_use]
    pub fn plus_years(self, years: i32) -> Self {
        let year = self.0.year().saturating_add(years);
        let same = NaiveDate::from_ymd_opt(year, self.0.month(), self.0.day());
        same.or_else(|| NaiveDate::from_ymd_opt(year, 3, 1)).map_or(self, Self)
    }

    /// Calendar days from `earlier` to this day; negative if this one is the earlier.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.signed_duration_since(earlier.0).num_days()
    }

    /// Midnight of this day on the clocks of China.
    #[must_use]
    pub fn start_in_china(self) -> Instant {
        let utc = self.0.and_hms_opt(0, 0, 0).map_or(0, |t| t.and_utc().timestamp_millis());
        Instant(utc.saturating_sub(i64::from(CHINA_OFFSET_SECONDS) * 1000))
    }

    fn from_naive(day: NaiveDate) -> Option<Self> {
        (1900..=2199).contains(&day.year()).then_some(Self(day))
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_china_starts_eight_hours_before_the_utc_day() {
        let day = Date::parse("2026-09-28").unwrap();
        assert_eq!(day.start_in_china().rfc3339(), "2026-09-28T00:00:00.000+08:00");
        assert_eq!(day.start_in_china().plus_seconds(-1).date_in_china().to_string(), "2026-09-27");
    }

    #[test]
    fn only_iso_days_are_days() {
        for bad in ["2026-2-3", "2026-02-30", "20260203", "2026-13-01", "", "1899-01-01", "2026-02-03x"] {
            assert!(Date::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_leap_day_plus_years_is_the_first_of_march() {
        let day = Date::parse("2024-02-29").unwrap();
        assert_eq!(day.plus_years(6).to_string(), "2030-03-01");
        assert_eq!(day.plus_years(4).to_string(), "2028-02-29");
    }
}
