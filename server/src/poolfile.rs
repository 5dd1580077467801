//! Lists of invigilators and examiners as XLSX or CSV, with Chinese heads.

use crate::bankfile::{self, BankFileError};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use shared::time::Date;

/// The heads, in the order of the template. The last two may be left out.
pub const HEADS: [&str; 14] = [
    "编号",
    "姓名",
    "单位",
    "任教机构",
    "所属",
    "区县",
    "监考证有效期至",
    "考评员证有效期至",
    "准考类别",
    "语种",
    "不可用日期",
    "冲突申报完整",
    FAMILY,
    TRAINED,
];

/// Head of the column of identity numbers of family.
const FAMILY: &str = "亲属身份证号";

/// Head of the column of identity numbers of people trained.
const TRAINED: &str = "培训过的学员身份证号";

/// Heads that lists of before do not have.
const OPTIONAL: [&str; 2] = [FAMILY, TRAINED];

/// Most rows of a list.
const MAX_ROWS: usize = 20_000;

/// A row as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Code in the pool.
    pub code: String,
    /// Name.
    pub name: String,
    /// Employer, by id or Chinese name; may be empty.
    pub employer: String,
    /// Institutions taught at, by id or Chinese name.
    pub taught_at: Vec<String>,
    /// Point or first digits of a district; may be empty.
    pub pool: String,
    /// District, six digits.
    pub district: String,
    /// Last day of the invigilator's card; may be empty.
    pub invigilator_until: String,
    /// Last day of the examiner's card; may be empty.
    pub examiner_until: String,
    /// Categories of the examiner's card, by id or Chinese name.
    pub categories: Vec<String>,
    /// Languages.
    pub languages: Vec<String>,
    /// Days not available.
    pub unavailable: Vec<String>,
    /// Whether employer, teaching and family ties were all declared.
    pub conflicts_complete: bool,
    /// Identity numbers of family, beside those that are known.
    pub family: Vec<String>,
    /// Identity numbers of people trained, beside those that are known.
    pub trained: Vec<String>,
}

/// An empty list that a spreadsheet program opens: CSV in UTF-8 with a byte order mark.
#[must_use]
pub fn template() -> String {
    format!("\u{feff}{}\r\n", HEADS.join(","))
}

/// The same as a workbook. Its cells are text, so that a spreadsheet program keeps every digit of an identity number.
///
/// # Errors
/// [`XlsxError`] if it cannot be written.
pub fn workbook() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (head, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    for (column, name) in (0_u16..).zip(HEADS) {
        sheet.set_column_format(column, &text)?;
        sheet.set_column_width(column, 18)?;
        sheet.write_with_format(0, column, name, &head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

/// Reads the rows of a list with their numbers in the file.
///
/// # Errors
/// [`BankFileError`] if it is no list.
pub fn read(name: &str, bytes: &[u8]) -> Result<Vec<(u32, Row)>, BankFileError> {
    let lines = bankfile::lines(name, bytes)?;
    let mut lines = lines.into_iter();
    let Some((_, heads)) = lines.next() else { return Err(BankFileError::Empty) };
    let column = |head: &str| heads.iter().find(|(_, text)| text.trim() == head).map(|(at, _)| *at);
    let columns = HEADS.map(column);
    let missing: Vec<&str> = HEADS
        .iter()
        .zip(&columns)
        .filter(|(head, at)| at.is_none() && !OPTIONAL.contains(head))
        .map(|(head, _)| *head)
        .collect();
    if !missing.is_empty() {
        return Err(BankFileError::NoHeads(missing.join("、")));
    }
    let mut rows = Vec::new();
    for (number, line) in lines {
        let cell = |head: &str| -> String {
            let at = HEADS.iter().position(|h| *h == head).and_then(|at| columns.get(at).copied().flatten());
            at.and_then(|at| line.get(&at)).map(|text| text.trim().to_owned()).unwrap_or_default()
        };
        if rows.len() >= MAX_ROWS {
            return Err(BankFileError::TooManyRows);
        }
        rows.push((
            number,
            Row {
                code: cell("编号"),
                name: cell("姓名"),
                employer: cell("单位"),
                taught_at: several(&cell("任教机构")),
                pool: cell("所属"),
                district: cell("区县"),
                invigilator_until: cell("监考证有效期至"),
                examiner_until: cell("考评员证有效期至"),
                categories: several(&cell("准考类别")),
                languages: several(&cell("语种")),
                unavailable: several(&cell("不可用日期")),
                conflicts_complete: cell("冲突申报完整") == "是",
                family: several(&cell(FAMILY)),
                trained: several(&cell(TRAINED)),
            },
        ));
    }
    Ok(rows)
}

/// Several values in one cell.
#[must_use]
pub fn several(text: &str) -> Vec<String> {
    let parts = text.split([',', '，', '、', ';', '；', '\n', ' ']);
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no day: write it as YYYY-MM-DD")]
pub struct NoDay;

/// A day, or none: `2026-09-28`, or the number that a spreadsheet keeps for a day.
///
/// # Errors
/// [`NoDay`] if it is neither.
pub fn date(text: &str) -> Result<Option<String>, NoDay> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(day) = Date::parse(text) {
        return Ok(Some(day.to_string()));
    }
    // Days since 1899-12-30, as spreadsheets count them; 1900-01-01 is 2.
    let number: u32 = text.parse().map_err(|_| NoDay)?;
    let start = Date::from_ymd(1900, 1, 1).ok_or(NoDay)?;
    if !(2..110_000).contains(&number) {
        return Err(NoDay);
    }
    Ok(Some(start.plus_days(number - 2).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_out_or_counted_as_spreadsheets_do() {
        let table = [
            ("2026-09-28", Ok(Some("2026-09-28"))),
            ("46293", Ok(Some("2026-09-28"))),
            ("", Ok(None)),
            ("28.9.2026", Err(NoDay)),
            ("0", Err(NoDay)),
        ];
        for (text, expected) in table {
            assert_eq!(date(text), expected.map(|day| day.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn the_template_is_an_empty_list() {
        assert_eq!(read("template.csv", template().as_bytes()).unwrap(), []);
        assert_eq!(read("template.xlsx", &workbook().unwrap()).unwrap(), []);
        let refused = read("x.csv", "编号,姓名\r\n".as_bytes()).unwrap_err().to_string();
        assert!(refused.contains("区县"), "{refused}");
    }
}
