//! What is public and the same everywhere: rule sets, trades, calendars, practical sheets.

use super::{SeedError, files, read};
use crate::event::{CalendarLoaded, Fact, RuleSetLoaded, SheetsLoaded, TradeLoaded};
use sha2::{Digest, Sha256};
use shared::trade::{Category, Trade};
use std::path::Path;

/// Every public file of a directory as a fact: rule sets, trades, calendars, sheets, in this order.
pub fn facts(fixtures: &Path) -> Result<Vec<Fact>, SeedError> {
    let mut facts = rule_sets(&fixtures.join("rules"))?;
    facts.extend(trades(&fixtures.join("trades.toml"))?);
    facts.extend(calendars(&fixtures.join("calendar"))?);
    facts.extend(sheets(&fixtures.join("practical"))?);
    Ok(facts)
}

fn rule_sets(dir: &Path) -> Result<Vec<Fact>, SeedError> {
    let facts = files(dir, "toml")?.into_iter().map(|path| {
        let toml = read(&path)?;
        let rules = shared::wire::ruleset::parse(&toml).map_err(|e| SeedError::file(&path, e))?;
        Ok(Fact::RuleSetLoaded(RuleSetLoaded {
            id: rules.id.to_string(),
            in_force_from: rules.in_force_from.to_string(),
            hash: hex::encode(Sha256::digest(&toml)),
            toml,
        }))
    });
    facts.collect()
}

fn trades(path: &Path) -> Result<Vec<Fact>, SeedError> {
    let (categories, trades) =
        shared::wire::trades::parse(&read(path)?).map_err(|e| SeedError::file(path, e))?;
    let facts = trades.into_iter().map(|trade| {
        let category = categories.iter().find(|c| c.id == trade.category);
        let category =
            category.ok_or_else(|| SeedError::file(path, format!("{} has no category", trade.id)))?;
        Ok(Fact::TradeLoaded(record(category, trade)))
    });
    facts.collect()
}

fn record(category: &Category, trade: Trade) -> TradeLoaded {
    TradeLoaded {
        id: trade.id.to_string(),
        category: category.id.to_string(),
        category_zh: category.name_zh.clone(),
        category_en: category.name_en.clone(),
        name_zh: trade.name_zh,
        name_en: trade.name_en,
        trade_kind: trade.kind.word().to_owned(),
        national_system: trade.national_system,
        min_education: trade.min_education.word().to_owned(),
        theory_hours: trade.theory_hours,
        practical_hours: trade.practical_hours,
        total_hours: trade.total_hours,
        review_hours: trade.review_hours,
        practical: trade.practical,
    }
}

fn calendars(dir: &Path) -> Result<Vec<Fact>, SeedError> {
    let facts = files(dir, "toml")?.into_iter().map(|path| {
        let toml = read(&path)?;
        let year = shared::wire::calendar::parse(&toml).map_err(|e| SeedError::file(&path, e))?.year;
        Ok(Fact::CalendarLoaded(CalendarLoaded { year, toml }))
    });
    facts.collect()
}

fn sheets(dir: &Path) -> Result<Vec<Fact>, SeedError> {
    let facts = files(dir, "toml")?.into_iter().map(|path| {
        let toml = read(&path)?;
        let (trade, _) = shared::wire::sheets::parse(&toml).map_err(|e| SeedError::file(&path, e))?;
        Ok(Fact::SheetsLoaded(SheetsLoaded { trade: trade.to_string(), toml }))
    });
    facts.collect()
}
