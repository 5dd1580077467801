//! Practical score sheets of one trade as a TOML file (`fixtures/practical/<trade>.toml`).

use crate::ids::{IdError, SheetCode, TradeId};
use crate::practical::{Item, KPart, Sheet, SheetError, SheetParts, Veto};
use serde::Deserialize;
use std::collections::HashSet;
use thiserror::Error;

/// Why a file holds no score sheets.
#[derive(Debug, Error)]
pub enum SheetsError {
    /// Not TOML, or a key is missing, unknown or of the wrong type.
    #[error("the score sheets cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// An id that is none.
    #[error("'{0}': {1}")]
    Id(String, IdError),
    /// A part that is not K1, K2, K3 or K4.
    #[error("sheet {0}: part '{1}' is not K1, K2, K3 or K4")]
    Part(String, String),
    /// A sheet that contradicts itself.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// The code of a sheet stands twice.
    #[error("sheet {0} stands twice")]
    Twice(SheetCode),
    /// A part has no sheet.
    #[error("there is no sheet for {}", .0.word())]
    NoSheet(KPart),
}

/// Reads the score sheets of a trade and checks them: codes once, at least one sheet for each of K1–K4.
///
/// # Errors
/// [`SheetsError`] names the sheet and what is wrong.
pub fn parse(text: &str) -> Result<(TradeId, Vec<Sheet>), SheetsError> {
    let file: File = toml::from_str(text)?;
    let trade = TradeId::parse(&file.trade).map_err(|error| SheetsError::Id(file.trade, error))?;
    let sheets = file.sheet.into_iter().map(SheetRow::into_sheet).collect::<Result<Vec<_>, _>>()?;
    let mut codes = HashSet::new();
    for sheet in &sheets {
        if !codes.insert(sheet.code()) {
            return Err(SheetsError::Twice(sheet.code().clone()));
        }
    }
    for part in KPart::ALL {
        if !sheets.iter().any(|sheet| sheet.part() == part) {
            return Err(SheetsError::NoSheet(part));
        }
    }
    Ok((trade, sheets))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    trade: String,
    sheet: Vec<SheetRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SheetRow {
    code: String,
    part: String,
    title_zh: String,
    title_en: String,
    minutes: u32,
    item: Vec<ItemRow>,
    #[serde(default)]
    veto: Vec<VetoRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemRow {
    code: String,
    text_zh: String,
    text_en: String,
    points: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VetoRow {
    code: String,
    text_zh: String,
    text_en: String,
}

impl SheetRow {
    fn into_sheet(self) -> Result<Sheet, SheetsError> {
        let code = SheetCode::parse(&self.code).map_err(|error| SheetsError::Id(self.code.clone(), error))?;
        let part = KPart::from_word(&self.part).ok_or(SheetsError::Part(self.code, self.part))?;
        let items = self.item.into_iter();
        let vetoes = self.veto.into_iter();
        Ok(Sheet::new(SheetParts {
            code,
            part,
            title_zh: self.title_zh,
            title_en: self.title_en,
            minutes: self.minutes,
            items: items
                .map(|i| Item { code: i.code, text_zh: i.text_zh, text_en: i.text_en, points: i.points })
                .collect(),
            vetoes: vetoes.map(|v| Veto { code: v.code, text_zh: v.text_zh, text_en: v.text_en }).collect(),
        })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(code: &str, part: &str, points: u32) -> String {
        format!(
            "[[sheet]]\ncode = \"{code}\"\npart = \"{part}\"\ntitle_zh = \"题\"\ntitle_en = \"title\"\nminutes = 10\n\
             [[sheet.item]]\ncode = \"1\"\ntext_zh = \"步骤\"\ntext_en = \"step\"\npoints = {points}\n\
             [[sheet.veto]]\ncode = \"V1\"\ntext_zh = \"否决\"\ntext_en = \"veto\"\n"
        )
    }

    fn file(sheets: &[String]) -> String {
        format!("trade = \"electrician-low-voltage\"\n{}", sheets.concat())
    }

    #[test]
    fn a_file_has_sheets_for_all_four_parts() {
        let all = ["K1", "K2", "K3", "K4"].map(|part| sheet(&format!("{part}-1"), part, 100));
        let (trade, sheets) = parse(&file(&all)).unwrap();
        assert_eq!(trade.as_str(), "electrician-low-voltage");
        assert_eq!(sheets.iter().map(Sheet::part).collect::<Vec<_>>(), KPart::ALL);
        assert_eq!(sheets[0].vetoes().len(), 1);
    }

    #[test]
    fn what_is_wrong_is_named_with_the_sheet() {
        let table = [
            (file(&[sheet("K1-1", "K1", 100)]), "there is no sheet for K2"),
            (file(&[sheet("K1-1", "K1", 90)]), "sheet K1-1: the items add up to 90 points, not to 100"),
            (file(&[sheet("K1-1", "K5", 100)]), "sheet K1-1: part 'K5' is not K1, K2, K3 or K4"),
            (file(&[sheet("K1-1", "K1", 100), sheet("K1-1", "K2", 100)]), "sheet K1-1 stands twice"),
            (file(&[sheet("K1 1", "K1", 100)]), "'K1 1': an identifier may only hold"),
            (file(&[]), "the score sheets cannot be read"),
            ("trade = 1".to_owned(), "the score sheets cannot be read"),
        ];
        for (text, expected) in table {
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn the_sheets_of_the_fixtures_can_be_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/practical");
        let Ok(entries) = std::fs::read_dir(folder) else {
            println!("skipped: no {folder}");
            return;
        };
        for path in entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        {
            let (trade, sheets) = parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some(trade.as_str()));
            assert!(sheets.len() >= 4);
        }
    }
}
