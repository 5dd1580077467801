//! The readiness list as a TOML file (`fixtures/readiness.toml`).

use crate::readiness::{Group, Item};
use serde::Deserialize;
use std::collections::HashSet;
use thiserror::Error;

/// Why a file is no readiness list.
#[derive(Debug, Error)]
pub enum ReadinessError {
    /// Not TOML, or a key is missing, unknown or of the wrong type.
    #[error("the readiness list cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// A code stands twice.
    #[error("'{0}' stands twice")]
    Twice(String),
    /// A code, a name or what to look at is empty.
    #[error("'{0}' says nothing")]
    Empty(String),
    /// The group is not known.
    #[error("'{0}': the group '{1}' is not known")]
    UnknownGroup(String, String),
    /// Nothing says how sure an item is.
    #[error("'{0}': the trust is H, M or L")]
    Trust(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    item: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    group: String,
    name_zh: String,
    name_en: String,
    look_zh: String,
    look_en: String,
    source: String,
    trust: String,
}

/// Reads a list in the order of the file.
///
/// # Errors
/// [`ReadinessError`] names the item and what is wrong.
pub fn parse(text: &str) -> Result<Vec<Item>, ReadinessError> {
    let file: File = toml::from_str(text)?;
    let mut seen = HashSet::new();
    file.item
        .into_iter()
        .map(|row| {
            if !seen.insert(row.code.clone()) {
                return Err(ReadinessError::Twice(row.code));
            }
            item(row)
        })
        .collect()
}

fn item(row: Row) -> Result<Item, ReadinessError> {
    let texts = [&row.code, &row.name_zh, &row.name_en, &row.look_zh, &row.look_en, &row.source];
    if texts.iter().any(|text| text.trim().is_empty()) {
        return Err(ReadinessError::Empty(row.code));
    }
    if !matches!(row.trust.as_str(), "H" | "M" | "L") {
        return Err(ReadinessError::Trust(row.code));
    }
    let Some(group) = Group::from_word(&row.group) else {
        return Err(ReadinessError::UnknownGroup(row.code, row.group));
    };
    Ok(Item { code: row.code, group, name: (row.name_zh, row.name_en), look: (row.look_zh, row.look_en) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = "[[item]]\ncode = \"ups\"\ngroup = \"rooms\"\nname_zh = \"电源\"\nname_en = \"Power\"\n\
        look_zh = \"试过\"\nlook_en = \"Tested\"\nsource = \"practice\"\ntrust = \"L\"\n";

    #[test]
    fn a_list_is_read_and_a_broken_one_is_refused() {
        assert_eq!(parse(ROW).unwrap().first().unwrap().code, "ups");
        let table = [
            ROW.repeat(2),
            ROW.replace("rooms", "garden"),
            ROW.replace("试过", " "),
            ROW.replace("\"L\"", "\"sure\""),
            ROW.replace("source", "origin"),
        ];
        for text in table {
            assert!(parse(&text).is_err(), "{text}");
        }
    }
}
