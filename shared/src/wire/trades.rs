//! The trades as a TOML file (`fixtures/trades.toml`).

use crate::ids::{CategoryId, IdError, TradeId};
use crate::trade::{Category, Education, Trade, TradeKind};
use serde::Deserialize;
use std::collections::HashSet;
use thiserror::Error;

/// Why a file is not a list of trades.
#[derive(Debug, Error)]
pub enum TradesError {
    /// Not TOML, or a key is missing, unknown or of the wrong type.
    #[error("the trades cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// An id that is none.
    #[error("'{0}': {1}")]
    Id(String, IdError),
    /// An id, or the number of a category, stands twice.
    #[error("'{0}' stands twice")]
    Twice(String),
    /// A trade names a category that the file does not have.
    #[error("trade '{trade}' names the unknown category '{category}'")]
    UnknownCategory {
        /// The trade.
        trade: String,
        /// Its category.
        category: String,
    },
    /// `kind` or `min_education` is a word that is not known.
    #[error("trade '{trade}': '{word}' is not known")]
    UnknownWord {
        /// The trade.
        trade: String,
        /// The word.
        word: String,
    },
    /// A name is empty.
    #[error("'{0}' has an empty name")]
    EmptyName(String),
    /// Theory and practical hours do not add up to the total, or one of them is more than it.
    #[error("trade '{0}': theory and practical hours do not make up the total")]
    Hours(String),
    /// A manager's trade with a practical examination.
    #[error("trade '{0}': managers have no practical examination")]
    ManagersPractical(String),
}

/// Reads categories and trades, each in the order of the file.
///
/// # Errors
/// [`TradesError`] names the row and what is wrong.
pub fn parse(text: &str) -> Result<(Vec<Category>, Vec<Trade>), TradesError> {
    let file: File = toml::from_str(text)?;
    let categories = file.category.into_iter().map(CategoryRow::into_category);
    let categories = categories.collect::<Result<Vec<_>, _>>()?;
    let trades = file.trade.into_iter().map(TradeRow::into_trade).collect::<Result<Vec<_>, _>>()?;

    unique(categories.iter().map(|category| category.id.as_str()))?;
    unique(categories.iter().map(|category| category.number.to_string()))?;
    unique(trades.iter().map(|trade| trade.id.as_str()))?;
    let known: HashSet<&CategoryId> = categories.iter().map(|category| &category.id).collect();
    if let Some(trade) = trades.iter().find(|trade| !known.contains(&trade.category)) {
        let (trade, category) = (trade.id.to_string(), trade.category.to_string());
        return Err(TradesError::UnknownCategory { trade, category });
    }
    Ok((categories, trades))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    category: Vec<CategoryRow>,
    trade: Vec<TradeRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryRow {
    id: String,
    number: u32,
    name_zh: String,
    name_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TradeRow {
    id: String,
    category: String,
    name_zh: String,
    name_en: String,
    kind: String,
    #[serde(default)]
    national_system: bool,
    min_education: String,
    total_hours: Option<u32>,
    theory_hours: Option<u32>,
    practical_hours: Option<u32>,
    review_hours: u32,
    practical: bool,
}

impl CategoryRow {
    fn into_category(self) -> Result<Category, TradesError> {
        let id = CategoryId::parse(&self.id).map_err(|error| TradesError::Id(self.id.clone(), error))?;
        check_names(&self.id, &self.name_zh, &self.name_en)?;
        Ok(Category { id, number: self.number, name_zh: self.name_zh, name_en: self.name_en })
    }
}

impl TradeRow {
    fn into_trade(self) -> Result<Trade, TradesError> {
        let id = TradeId::parse(&self.id).map_err(|error| TradesError::Id(self.id.clone(), error))?;
        let category = CategoryId::parse(&self.category);
        let category = category.map_err(|error| TradesError::Id(self.category.clone(), error))?;
        check_names(&self.id, &self.name_zh, &self.name_en)?;
        let unknown = |word: &str| TradesError::UnknownWord { trade: self.id.clone(), word: word.to_owned() };
        let kind = TradeKind::from_word(&self.kind).ok_or_else(|| unknown(&self.kind))?;
        let min_education =
            Education::from_word(&self.min_education).ok_or_else(|| unknown(&self.min_education))?;
        if !hours_agree(self.total_hours, self.theory_hours, self.practical_hours) {
            return Err(TradesError::Hours(self.id));
        }
        if kind == TradeKind::Managers && self.practical {
            return Err(TradesError::ManagersPractical(self.id));
        }
        Ok(Trade {
            id,
            category,
            name_zh: self.name_zh,
            name_en: self.name_en,
            kind,
            national_system: self.national_system,
            min_education,
            total_hours: self.total_hours,
            theory_hours: self.theory_hours,
            practical_hours: self.practical_hours,
            review_hours: self.review_hours,
            practical: self.practical,
        })
    }
}

fn check_names(id: &str, zh: &str, en: &str) -> Result<(), TradesError> {
    if zh.trim().is_empty() || en.trim().is_empty() {
        return Err(TradesError::EmptyName(id.to_owned()));
    }
    Ok(())
}

fn hours_agree(total: Option<u32>, theory: Option<u32>, practical: Option<u32>) -> bool {
    let Some(total) = total else { return true };
    let parts = theory.unwrap_or(0).saturating_add(practical.unwrap_or(0));
    if theory.is_some() && practical.is_some() { parts == total } else { parts <= total }
}

fn unique<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> Result<(), TradesError> {
    let mut seen = HashSet::new();
    for text in texts {
        if !seen.insert(text.as_ref().to_owned()) {
            return Err(TradesError::Twice(text.as_ref().to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture() -> String {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/trades.toml");
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn the_catalogue_has_11_categories_and_54_operation_items() {
        let (categories, trades) = parse(&fixture()).unwrap();
        assert_eq!(categories.len(), 11);
        let operations = trades.iter().filter(|trade| trade.kind == TradeKind::Operation);
        assert_eq!(operations.count(), 54);
        let coal = |trade: &&Trade| trade.category.as_str() == "coal" && trade.kind == TradeKind::Operation;
        assert_eq!(trades.iter().filter(coal).count(), 10);
        assert!(trades.iter().filter(coal).all(|trade| trade.may_be_examined_here().is_err()));
        let low = trades.iter().find(|trade| trade.name_zh == "低压电工作业").unwrap();
        assert_eq!((low.total_hours, low.theory_hours, low.practical_hours), (Some(148), Some(88), Some(60)));
    }

    #[test]
    fn a_file_must_be_consistent() {
        const GOOD: &str = r#"
[[category]]
id = "c"
number = 1
name_zh = "类"
name_en = "Category"
[[trade]]
id = "t"
category = "c"
name_zh = "项"
name_en = "Item"
kind = "operation"
min_education = "junior"
total_hours = 10
theory_hours = 6
practical_hours = 4
review_hours = 8
practical = true
"#;
        assert!(parse(GOOD).is_ok());
        let table = [
            ("id = \"t\"", "id = \"t t\"", "'t t': "),
            ("category = \"c\"", "category = \"d\"", "trade 't' names the unknown category 'd'"),
            ("\"operation\"", "\"operator\"", "trade 't': 'operator' is not known"),
            ("\"junior\"", "\"none\"", "trade 't': 'none' is not known"),
            ("\"Item\"", "\" \"", "'t' has an empty name"),
            ("theory_hours = 6", "theory_hours = 7", "trade 't': theory and practical hours"),
            ("\"operation\"", "\"managers\"", "trade 't': managers have no practical"),
            ("review_hours", "rewiev_hours", "the trades cannot be read"),
        ];
        for (from, to, message) in table {
            let error = parse(&GOOD.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let twice = format!("{GOOD}{}", GOOD.split_at(GOOD.find("[[trade]]").unwrap()).1);
        assert!(matches!(parse(&twice), Err(TradesError::Twice(id)) if id == "t"));
    }
}
