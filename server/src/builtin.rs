//! Public facts that every installation starts with, built into the program: the official calendar, the
//! trades, and the readiness list.

use shared::calendar::Calendar;
use shared::readiness::Item;
use shared::trade::Trade;
use thiserror::Error;

/// TOML texts of the published calendar years.
pub const CALENDARS: [&str; 8] = [
    include_str!("../../fixtures/calendar/2019.toml"),
    include_str!("../../fixtures/calendar/2020.toml"),
    include_str!("../../fixtures/calendar/2021.toml"),
    include_str!("../../fixtures/calendar/2022.toml"),
    include_str!("../../fixtures/calendar/2023.toml"),
    include_str!("../../fixtures/calendar/2024.toml"),
    include_str!("../../fixtures/calendar/2025.toml"),
    include_str!("../../fixtures/calendar/2026.toml"),
];

/// TOML text of the trades.
pub const TRADES: &str = include_str!("../../fixtures/trades.toml");

/// TOML text of the readiness list.
pub const READINESS: &str = include_str!("../../fixtures/readiness.toml");

/// A built-in file cannot be read; a test makes sure that none is like that.
#[derive(Debug, Error)]
#[error("a built-in file cannot be read: {0}")]
pub struct BuiltinError(String);

/// The official calendar as far as it is built in.
///
/// # Errors
/// [`BuiltinError`].
pub fn calendar() -> Result<Calendar, BuiltinError> {
    let years = CALENDARS.iter().map(|text| shared::wire::calendar::parse(text));
    let years = years.collect::<Result<Vec<_>, _>>().map_err(|e| BuiltinError(e.to_string()))?;
    Ok(Calendar::new(years))
}

/// The built-in trades.
///
/// # Errors
/// [`BuiltinError`].
pub fn trades() -> Result<Vec<Trade>, BuiltinError> {
    shared::wire::trades::parse(TRADES).map(|(_, trades)| trades).map_err(|e| BuiltinError(e.to_string()))
}

/// The built-in readiness list.
///
/// # Errors
/// [`BuiltinError`].
pub fn readiness() -> Result<Vec<Item>, BuiltinError> {
    shared::wire::readiness::parse(READINESS).map_err(|e| BuiltinError(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_files_are_read_and_hold_all_54_operation_items() {
        assert!(calendar().is_ok());
        assert!(readiness().unwrap().len() >= 10);
        let operations =
            trades().unwrap().into_iter().filter(|t| t.kind == shared::trade::TradeKind::Operation);
        assert_eq!(operations.count(), 54);
    }
}
