//! Bank files: JSON, XLSX, CSV and QTI to rows and back. What the rows mean is for [`shared::bank::check`] to say.

mod csv;
mod json;
pub mod picture;
mod qti;
mod write;
mod xlsx;

pub use write::{Entry, Format, WriteError, write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use shared::bank::{RawRow, RefusalReason};
use std::collections::BTreeMap;
use std::path::Path;
use thiserror::Error;

/// Largest file in bytes.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Most rows of a file.
pub const MAX_ROWS: usize = 100_000;

/// What was read from a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BankFile {
    /// Its rows.
    pub rows: Vec<RawRow>,
    /// The pictures that the rows name, by the SHA-256 of their content.
    pub pictures: BTreeMap<String, Vec<u8>>,
}

/// Why a file gives no rows. Every message says what to do.
#[derive(Debug, Error)]
pub enum BankFileError {
    /// Nothing in it.
    #[error("the file is empty: choose a bank as JSON, XLSX, CSV or QTI")]
    Empty,
    /// More than [`MAX_BYTES`].
    #[error("the file has {0} bytes; {MAX_BYTES} are allowed: split it into several banks")]
    TooLarge(usize),
    /// More than [`MAX_ROWS`].
    #[error("the file has more than {MAX_ROWS} rows: split it into several banks")]
    TooManyRows,
    /// The old binary format.
    #[error("this is an old Excel file (.xls): save it as .xlsx or .csv")]
    OldExcel,
    /// The name says XLSX, the content does not.
    #[error("the name ends in .xlsx, but the file is no Excel workbook: save it again in Excel as .xlsx")]
    NotXlsx,
    /// Neither UTF-8 nor GB18030.
    #[error("the text is neither UTF-8 nor GB18030 (GBK): save it as UTF-8")]
    Encoding,
    /// Not JSON.
    #[error(
        "the JSON cannot be read ({0}): a bank is an array of objects with category, title, choices and answers"
    )]
    Json(#[from] serde_json::Error),
    /// A row of JSON that is no object, or a field of it that is no text.
    #[error("row {row} of the JSON: {problem}")]
    JsonRow {
        /// Ordinal from 1.
        row: u32,
        /// What is wrong.
        problem: String,
    },
    /// Not a workbook that can be read.
    #[error("the workbook cannot be read ({0}): open it in Excel and save it again as .xlsx")]
    Xlsx(#[from] calamine::XlsxError),
    /// Not CSV.
    #[error("the CSV cannot be read: {0}")]
    Csv(#[from] ::csv::Error),
    /// No line with the heads of the columns.
    #[error(
        "no line has the heads of all columns: 试题类型, 题目内容, 题目选项, 题目答案 are needed in one line; missing: {0}"
    )]
    NoHeads(String),
    /// A package that cannot be read.
    #[error("the QTI package cannot be read: {0}; export it again as QTI 2.2 or 3.0")]
    Package(&'static str),
}

/// Reads the rows of a bank. The content decides about the format, then the ending of `name`.
///
/// # Errors
/// [`BankFileError`] if the file as a whole cannot be read; defects of single rows are not errors.
pub fn read(name: &str, bytes: &[u8]) -> Result<BankFile, BankFileError> {
    const OLD_EXCEL: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];
    if bytes.len() > MAX_BYTES {
        return Err(BankFileError::TooLarge(bytes.len()));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return if qti::is_package(bytes) { qti::read(bytes) } else { xlsx::read(bytes).map(with_pictures) };
    }
    if bytes.starts_with(&OLD_EXCEL) {
        return Err(BankFileError::OldExcel);
    }
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if ending.eq_ignore_ascii_case("xlsx") {
        return Err(BankFileError::NotXlsx);
    }
    let text = decode(bytes)?;
    match text.trim_start().chars().next() {
        None => Err(BankFileError::Empty),
        Some('[' | '{') => json::read(&text).map(with_pictures),
        Some(_) if ending.eq_ignore_ascii_case("json") => json::read(&text).map(with_pictures),
        Some('<') if qti::is_item(&text) => Ok(qti::read_item(&text)),
        Some(_) => csv::read(&text).map(with_pictures),
    }
}

/// Takes the pictures out of the rows that hold them as `data:` addresses, and leaves their names there.
fn with_pictures(rows: Vec<RawRow>) -> BankFile {
    let mut file = BankFile { rows, pictures: BTreeMap::new() };
    for row in &mut file.rows {
        let Some(address) = row.picture.take() else { continue };
        let content = address.trim().strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"));
        let content = content.and_then(|(_, text)| STANDARD.decode(text).ok());
        match content {
            Some(content) if picture::kind(&content).is_some() => {
                let name = hex::encode(Sha256::digest(&content));
                file.pictures.insert(name.clone(), content);
                row.picture = Some(name);
            }
            Some(_) => row.refused = Some(RefusalReason::PictureUnreadable),
            None => row.refused = Some(RefusalReason::PictureMissing),
        }
    }
    file
}

/// A picture as a data address, the form in which the readers take it.
#[must_use]
pub fn data_address(content: &[u8]) -> String {
    format!("data:{};base64,{}", picture::kept_kind(content).media_type(), STANDARD.encode(content))
}

/// The lines of a table, XLSX (its first sheet) or CSV, with their numbers in the file; empty lines are left out.
///
/// # Errors
/// [`BankFileError`] if it cannot be read.
pub fn lines(name: &str, bytes: &[u8]) -> Result<BTreeMap<u32, BTreeMap<usize, String>>, BankFileError> {
    if bytes.len() > MAX_BYTES {
        return Err(BankFileError::TooLarge(bytes.len()));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return xlsx::first_sheet(bytes);
    }
    if name.to_lowercase().ends_with(".xlsx") {
        return Err(BankFileError::NotXlsx);
    }
    csv::lines(&decode(bytes)?)
}

/// Text in the encoding of its byte order mark, else in UTF-8, else in GB18030, without the mark.
fn decode(bytes: &[u8]) -> Result<String, BankFileError> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_with_bom_removal(bytes);
        return if broken { Err(BankFileError::Encoding) } else { Ok(text.into_owned()) };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let (text, broken) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    if broken { Err(BankFileError::Encoding) } else { Ok(text.into_owned()) }
}

/// The columns of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Trade,
    Category,
    Title,
    Choices,
    Answers,
    Reason,
    Subject,
    KeyPoint,
    Difficulty,
    /// A part of a picture's address: a cell of a workbook does not hold all of it.
    Picture,
}

/// Where the columns of a sheet stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Heads {
    columns: Vec<(usize, Column)>,
    /// Whether a number at the head of a title belongs to it.
    verbatim: bool,
}

impl Heads {
    /// Columns in a line of cells, by their Chinese heads. Of two columns with the same head the first counts.
    fn of<'a>(cells: impl IntoIterator<Item = (usize, &'a str)>) -> Self {
        let mut heads = Self::default();
        for (at, cell) in cells {
            let word: String = cell.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect();
            if word == VERBATIM_TITLE {
                heads.verbatim = true;
            }
            let column = match word.as_str() {
                "作业种类" | "作业类别" | "操作项目" => Column::Trade,
                "试题类型" | "题型" => Column::Category,
                "题目内容" | "题目" | VERBATIM_TITLE => Column::Title,
                "题目选项" | "选项" => Column::Choices,
                "题目答案" | "答案" => Column::Answers,
                "答案解析" | "解析" => Column::Reason,
                "科目" | "知识点" | "章节" => Column::Subject,
                "考核要点" => Column::KeyPoint,
                "难度" | "难易度" | "难度系数" => Column::Difficulty,
                word if is_picture_head(word) => Column::Picture,
                _ => continue,
            };
            if column == Column::Picture || !heads.columns.iter().any(|(_, held)| *held == column) {
                heads.columns.push((at, column));
            }
        }
        heads
    }

    /// The heads that must be there and are not.
    fn missing(&self) -> Vec<&'static str> {
        const NEEDED: [(Column, &str); 4] = [
            (Column::Category, "试题类型"),
            (Column::Title, "题目内容"),
            (Column::Choices, "题目选项"),
            (Column::Answers, "题目答案"),
        ];
        let held = |column: Column| self.columns.iter().any(|(_, held)| *held == column);
        NEEDED.into_iter().filter(|(column, _)| !held(*column)).map(|(_, head)| head).collect()
    }

    /// Puts a cell into its field; cells of other columns are passed by. Whether the cell held anything.
    fn fill(&self, row: &mut RawRow, at: usize, cell: &str) -> bool {
        let Some((_, column)) = self.columns.iter().find(|(held, _)| *held == at) else { return false };
        if cell.trim().is_empty() {
            return false;
        }
        let cell = cell.to_owned();
        match column {
            Column::Trade => row.trade = Some(cell.trim().to_owned()),
            Column::Category => row.category = cell,
            Column::Title => row.title = cell,
            Column::Choices => match listed(&cell) {
                Some(options) => row.options = Some(options),
                None => row.choices = cell,
            },
            Column::Answers => row.answers = cell,
            Column::Reason => row.reason = cell,
            Column::Subject => row.subject = cell,
            Column::KeyPoint => row.key_point = cell,
            Column::Difficulty => row.difficulty = cell,
            Column::Picture => row.picture.get_or_insert_default().push_str(cell.trim()),
        }
        true
    }

    /// The rows below these heads, without numbers that were put before the titles.
    fn finish(&self, rows: Vec<RawRow>) -> Vec<RawRow> {
        if self.verbatim { rows } else { without_numbers(rows) }
    }
}

/// Head of a column of titles of which nothing is to be taken off.
const VERBATIM_TITLE: &str = "题目原文";

/// Head of a column with pictures, and of those with what did not fit into it: 图片, 图片2 …
const PICTURE_HEAD: &str = "图片";

fn is_picture_head(word: &str) -> bool {
    word.strip_prefix(PICTURE_HEAD).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
}

/// The options of a cell that holds them as a JSON array: so are written those that no mark could keep apart.
fn listed(cell: &str) -> Option<Vec<String>> {
    let cell = cell.trim();
    if cell.starts_with("[\"") { serde_json::from_str(cell).ok() } else { None }
}

/// Takes the numbers off the titles of a sheet whose questions are numbered (`12、`, `12.`, `12`).
///
/// A sheet counts as numbered if half of its titles begin with a number and a sign. Where it is not clear that a
/// number is one of those (`12.1` may be a quantity, `25` may belong to the sentence), it must follow the one before.
fn without_numbers(mut rows: Vec<RawRow>) -> Vec<RawRow> {
    let numbered =
        rows.iter().filter(|row| Number::of(&row.title).is_some_and(|number| number.clear)).count();
    if numbered.saturating_mul(2) < rows.len() {
        return rows;
    }
    let mut expected: Option<u32> = None;
    for row in &mut rows {
        let number = Number::of(&row.title).filter(|number| number.clear || expected == Some(number.value));
        expected = match number {
            Some(number) => {
                let next = number.value.checked_add(1);
                row.title = number.rest.trim_start_matches('\'').to_owned();
                next
            }
            None => expected.and_then(|value| value.checked_add(1)),
        };
    }
    rows
}

/// A number at the head of a title.
struct Number<'a> {
    value: u32,
    /// Whether a sign follows that a quantity would not have.
    clear: bool,
    rest: &'a str,
}

impl<'a> Number<'a> {
    fn of(title: &'a str) -> Option<Self> {
        let title = title.trim_start();
        let end = title.find(|c: char| !c.is_ascii_digit()).unwrap_or(title.len());
        let (digits, after) = title.split_at_checked(end)?;
        let value = digits.parse().ok().filter(|_| digits.len() <= 5)?;
        let mut rest = after.chars();
        let sign = rest.next();
        let stripped = rest.as_str();
        let (clear, rest) = match sign {
            Some('、' | '，' | '．' | '\t' | '）' | ')') => (true, stripped),
            Some('.' | ',') => (!stripped.starts_with(|c: char| c.is_ascii_digit()), stripped),
            _ => (false, after),
        };
        Some(Self { value, clear, rest: rest.trim_start() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(titles: &[&str]) -> Vec<RawRow> {
        titles.iter().map(|title| RawRow { title: (*title).to_owned(), ..RawRow::default() }).collect()
    }

    #[test]
    fn numbers_are_taken_off_a_numbered_sheet_and_quantities_are_not() {
        let table: [(&[&str], &[&str]); 5] = [
            (&["1、电流", "2.电压", "3\t电阻", "4，功率"], &["电流", "电压", "电阻", "功率"]),
            (&["11、电流", "12.1个大气压", "13电压", "14.'功"], &["电流", "1个大气压", "电压", "功"]),
            (&["11、电流", "3.5V 电池", "100V 以上"], &["11、电流", "3.5V 电池", "100V 以上"]),
            (&["11、电流", "12、电压", "3.5V 电池", "36V 以上"], &["电流", "电压", "3.5V 电池", "36V 以上"]),
            (&["电流", "1、2号开关"], &["电流", "2号开关"]),
        ];
        for (given, expected) in table {
            let rows = without_numbers(titles(given));
            assert_eq!(rows.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn a_file_that_is_no_bank_says_what_to_do() {
        let big = vec![b' '; MAX_BYTES + 1];
        let table: [(&str, &[u8], &str); 9] = [
            ("a.json", b"", "the file is empty"),
            ("a.csv", b" \n", "the file is empty"),
            ("a.csv", &big, "the file has 33554433 bytes"),
            ("a.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1], "this is an old Excel file"),
            ("a.xlsx", b"abc", "the name ends in .xlsx"),
            ("a.xlsx", b"PK\x03\x04abc", "the workbook cannot be read"),
            ("a.csv", &[0xff, 0x41, 0x80], "the text is neither UTF-8 nor GB18030"),
            ("a.json", b"abc", "the JSON cannot be read"),
            ("a.csv", b"abc,def\n", "no line has the heads"),
        ];
        for (name, bytes, expected) in table {
            let error = read(name, bytes).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{name}: {error}");
        }
    }

    #[test]
    fn the_content_decides_about_the_format() {
        let json = "\u{feff}[{\"category\":\"判断题\",\"title\":\"问\",\"choices\":\"\",\"answers\":\"A\"}]";
        assert_eq!(read("bank.txt", json.as_bytes()).unwrap().rows.len(), 1);
        let (gbk, _, _) = encoding_rs::GB18030.encode("试题类型,题目内容,题目选项,题目答案\n判断题,问,,A\n");
        assert_eq!(read("bank", &gbk).unwrap().rows.first().unwrap().category, "判断题");
    }
}
