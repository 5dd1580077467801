//! Calendars as TOML files (`fixtures/calendar/<year>.toml`).

use crate::calendar::CalendarYear;
use crate::time::{Date, TimeError};
use serde::Deserialize;
use std::collections::BTreeSet;
use thiserror::Error;

/// Why a file is not a calendar.
#[derive(Debug, Error)]
pub enum CalendarFileError {
    /// Not TOML, or a key is missing, unknown or of the wrong type.
    #[error("the calendar cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// A text that is no day.
    #[error("the calendar names no day: {0}")]
    Date(#[from] TimeError),
    /// A day that a notice for this year cannot speak of.
    #[error("{day} does not belong to a calendar of {year}")]
    OutsideYear {
        /// The day.
        day: Date,
        /// The year of the file.
        year: i32,
    },
    /// A day stands twice, in one list or in both.
    #[error("{0} stands twice")]
    Twice(Date),
    /// Days without the notice they come from.
    #[error("the calendar of {0} names no source")]
    NoSource(i32),
}

/// Reads one year. A day may lie in the year itself, or in the December before or the January after it, because a
/// notice can speak of the days around New Year. An empty `off` is a year that is not published.
///
/// # Errors
/// [`CalendarFileError`] names the day and what is wrong.
pub fn parse(text: &str) -> Result<CalendarYear, CalendarFileError> {
    let file: File = toml::from_str(text)?;
    if file.source.trim().is_empty() && !file.off.is_empty() {
        return Err(CalendarFileError::NoSource(file.year));
    }
    let mut seen = BTreeSet::new();
    Ok(CalendarYear {
        year: file.year,
        off: days(file.year, &file.off, &mut seen)?,
        work: days(file.year, &file.work, &mut seen)?,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: i32,
    source: String,
    off: Vec<String>,
    work: Vec<String>,
}

fn days(year: i32, texts: &[String], seen: &mut BTreeSet<Date>) -> Result<Vec<Date>, CalendarFileError> {
    let mut days = Vec::with_capacity(texts.len());
    for text in texts {
        let day = Date::parse(text)?;
        if !belongs(day, year) {
            return Err(CalendarFileError::OutsideYear { day, year });
        }
        if !seen.insert(day) {
            return Err(CalendarFileError::Twice(day));
        }
        days.push(day);
    }
    Ok(days)
}

fn belongs(day: Date, year: i32) -> bool {
    let month_from_january =
        (day.year().saturating_sub(year)).saturating_mul(12) + i32::try_from(day.month()).unwrap_or_default();
    (0..=13).contains(&month_from_january)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Calendar, CalendarError};
    use serde_json::Value;
    use std::path::PathBuf;

    fn testdata() -> Option<PathBuf> {
        let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata");
        let root = std::env::var_os("KAODIAN_TESTDATA").map_or_else(|| default.into(), PathBuf::from);
        let directory = root.join("calendar");
        if directory.is_dir() {
            return Some(directory);
        }
        println!("skipped: no test data in {}", directory.display());
        None
    }

    fn json(path: PathBuf) -> Value {
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn date(value: &Value) -> Date {
        Date::parse(value.as_str().unwrap()).unwrap()
    }

    fn year_from_json(value: &Value) -> CalendarYear {
        let pick = |off: bool| {
            let days = value["days"].as_array().unwrap().iter();
            days.filter(|d| d["isOffDay"] == off).map(|d| date(&d["date"])).collect()
        };
        let year = i32::try_from(value["year"].as_i64().unwrap()).unwrap();
        CalendarYear { year, off: pick(true), work: pick(false) }
    }

    fn fixtures() -> Vec<CalendarYear> {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/calendar");
        let files = std::fs::read_dir(directory).unwrap();
        files.map(|file| parse(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap()).collect()
    }

    fn agrees_with_oracle(calendar: &Calendar, oracle: &Value) {
        for (from, expected) in oracle["plus_3_and_plus_5_working_days"].as_object().unwrap() {
            let from = Date::parse(from).unwrap();
            for (n, expected) in [3, 5].into_iter().zip(expected.as_array().unwrap()) {
                assert_eq!(calendar.add_working_days(from, n), Ok(date(expected)), "{from} + {n}");
            }
        }
        for (year, count) in oracle["working_days_in_year"].as_object().unwrap() {
            let found = calendar.working_days_in_year(year.parse().unwrap()).unwrap();
            assert_eq!(u64::from(found), count.as_u64().unwrap(), "{year}");
        }
        for year in oracle["not_published_yet"].as_array().unwrap() {
            let year = year.as_str().unwrap().parse().unwrap();
            assert_eq!(calendar.working_days_in_year(year), Err(CalendarError::NotPublished { year }));
        }
    }

    #[test]
    fn both_sources_agree_with_the_independent_calculation_and_with_each_other() {
        let Some(directory) = testdata() else { return };
        let oracle = json(directory.join("oracle-2024-2026.json"));
        let years = (2019..=2027).map(|year| year_from_json(&json(directory.join(format!("{year}.json")))));
        let outside = Calendar::new(years.collect());
        let own = Calendar::new(fixtures());
        agrees_with_oracle(&outside, &oracle);
        agrees_with_oracle(&own, &oracle);
        let mut day = Date::parse("2019-01-01").unwrap();
        while day.year() < 2027 {
            assert_eq!(own.is_working_day(day), outside.is_working_day(day), "{day}");
            day = day.plus_days(1);
        }
    }

    #[test]
    fn a_file_must_be_consistent() {
        let file = |off: &str, work: &str| {
            parse(&format!("year = 2026\nsource = \"notice\"\noff = [{off}]\nwork = [{work}]"))
        };
        assert!(file("\"2026-01-01\", \"2025-12-31\", \"2027-01-02\"", "\"2026-01-04\"").is_ok());
        assert!(file("", "").is_ok());
        let table = [
            ("\"2025-11-30\"", "", "2025-11-30 does not belong to a calendar of 2026"),
            ("\"2027-02-01\"", "", "2027-02-01 does not belong to a calendar of 2026"),
            ("\"2026-01-01\"", "\"2026-01-01\"", "2026-01-01 stands twice"),
            ("\"2026-01-01\", \"2026-01-01\"", "", "2026-01-01 stands twice"),
            ("\"2026-02-30\"", "", "the calendar names no day"),
            ("7", "", "the calendar cannot be read"),
        ];
        for (off, work, message) in table {
            let error = file(off, work).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        assert!(parse("year = 2026\nsource = \"\"\noff = [\"2026-01-01\"]\nwork = []").is_err());
        assert!(parse("year = 2026\nsource = \"x\"\noff = []\nwork = []\nwrok = []").is_err());
    }
}
