//! The world: rule sets, trades, calendars, points. Loaded from files by `seed`, read by every other use case.

use super::App;
use crate::db::{Conn, DbError, world as tables};
use shared::calendar::{Calendar, CalendarError};
use shared::rules::RuleSet;
use shared::time::{Date, TimeError};
use thiserror::Error;

/// Why the world does not hold what is asked for.
#[derive(Debug, Error)]
pub enum WorldError {
    /// No such rule set.
    #[error("there is no rule set '{0}'")]
    RuleSetUnknown(String),
    /// No rule set is in force on that day.
    #[error("no rule set is in force on {0}")]
    NoneInForce(Date),
    /// The calendar of a year is not published.
    #[error("{0}")]
    Calendar(#[from] CalendarError),
    /// Not a day.
    #[error("{0}")]
    Time(#[from] TimeError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(WorldError {
    Self::RuleSetUnknown(_) => "rule-set-unknown",
    Self::NoneInForce(_) => "rule-set-not-in-force",
    Self::Calendar(_) => "calendar-not-published",
    Self::Time(_) => "field-invalid",
    Self::Db(_) => "unavailable",
});

/// A rule set by its id.
///
/// # Errors
/// [`WorldError::RuleSetUnknown`].
pub fn rule_set(conn: &mut Conn, id: &str) -> Result<RuleSet, WorldError> {
    let row = tables::rule_set_row(conn, id)?.ok_or_else(|| WorldError::RuleSetUnknown(id.to_owned()))?;
    shared::wire::ruleset::parse(&row.toml).map_err(|e| DbError::corrupt("rule set", e).into())
}

/// The rule set for an exam day: the one named, if it is in force by then; else the place's, the newest in force.
///
/// # Errors
/// [`WorldError`] if it is unknown or none is in force.
pub fn rule_set_for(conn: &mut Conn, wanted: Option<&str>, day: Date) -> Result<RuleSet, WorldError> {
    if let Some(id) = wanted {
        let rules = rule_set(conn, id)?;
        return if rules.in_force_from <= day { Ok(rules) } else { Err(WorldError::NoneInForce(day)) };
    }
    let mut rows = tables::rule_sets(conn)?;
    rows.retain(|r| r.id.starts_with("national@") && r.in_force_from.as_str() <= day.to_string().as_str());
    rows.sort_by(|a, b| a.in_force_from.cmp(&b.in_force_from));
    let newest = rows.pop().ok_or(WorldError::NoneInForce(day))?;
    rule_set(conn, &newest.id)
}

/// The official calendar, as far as it is published.
///
/// # Errors
/// [`WorldError::Db`].
pub fn calendar(conn: &mut Conn) -> Result<Calendar, WorldError> {
    let mut years = Vec::new();
    for toml in tables::calendar_years(conn)? {
        years.push(shared::wire::calendar::parse(&toml).map_err(|e| DbError::corrupt("calendar", e))?);
    }
    Ok(Calendar::new(years))
}

/// The day so many working days after another.
///
/// # Errors
/// [`WorldError`] if the text is no day or a calendar is missing.
pub fn workday(app: &App, from: &str, add: u32) -> Result<Date, WorldError> {
    let from = Date::parse(from)?;
    let calendar = app.db.read(calendar)?;
    Ok(calendar.add_working_days(from, add)?)
}
