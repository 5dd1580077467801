//! Questions as a file that is read back as the same questions.

use super::{PICTURE_HEAD, VERBATIM_TITLE, data_address, qti, without_numbers};
use rust_xlsxwriter::{Format as Cells, FormatAlign, Workbook, XlsxError};
use serde_json::json;
use shared::bank::{Question, RawRow, raw};
use std::collections::BTreeMap;
use thiserror::Error;

/// The heads, in the order in which they are written; pictures follow where there are any.
const HEADS: [&str; 9] =
    ["作业种类", "试题类型", "题目内容", "题目选项", "题目答案", "答案解析", "科目", "考核要点", "难度"];

/// Widths of the columns in characters.
const WIDTHS: [u16; 9] = [16, 10, 60, 50, 10, 40, 20, 20, 8];

/// Where the title stands among the heads.
const TITLE: usize = 2;

/// Most characters of a picture's address in one cell of a workbook.
const CELL: usize = 32_000;

/// A form in which a bank is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Excel workbook.
    Xlsx,
    /// QTI 3.0 package.
    Qti3,
    /// JSON, an array of objects.
    Json,
    /// CSV in UTF-8.
    Csv,
}

/// A question that is written.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The question.
    pub question: &'a Question,
    /// Chinese name of its trade.
    pub trade: Option<&'a str>,
}

/// Why no file was made.
#[derive(Debug, Error)]
pub enum WriteError {
    /// A question names a picture that is not there.
    #[error("picture {0} of a question is not there")]
    Picture(String),
    /// The file cannot be made.
    #[error("the file cannot be made: {0}")]
    File(String),
}

impl Format {
    /// All of them, the usual ones first.
    pub const ALL: [Self; 4] = [Self::Xlsx, Self::Qti3, Self::Json, Self::Csv];

    /// The word for it in commands and addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Qti3 => "qti3",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    /// How the file's name ends.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Qti3 => "zip",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// What HTTP calls it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Qti3 => "application/zip",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

macro_rules! file_errors {
    ($($error:ty),*) => {$(
        impl From<$error> for WriteError {
            fn from(error: $error) -> Self {
                Self::File(error.to_string())
            }
        }
    )*};
}

file_errors!(
    XlsxError,
    serde_json::Error,
    ::csv::Error,
    std::io::Error,
    std::fmt::Error,
    zip::result::ZipError
);

/// Writes questions with the pictures that they name, by SHA-256.
///
/// # Errors
/// [`WriteError`] if a picture is not there, or the file cannot be made.
pub fn write(
    format: Format,
    entries: &[Entry<'_>],
    pictures: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<u8>, WriteError> {
    if format == Format::Qti3 {
        return qti::write_package(entries, pictures);
    }
    let rows = (1..).zip(entries).map(|(row, entry)| {
        let mut row = raw(entry.question, row, entry.trade.map(str::to_owned));
        if let Some(name) = row.picture.take() {
            let content = pictures.get(&name).ok_or(WriteError::Picture(name))?;
            row.picture = Some(data_address(content));
        }
        Ok(row)
    });
    let rows: Vec<RawRow> = rows.collect::<Result<_, WriteError>>()?;
    match format {
        Format::Json => json_text(&rows),
        Format::Csv => csv_text(&rows),
        Format::Xlsx | Format::Qti3 => workbook(&rows),
    }
}

fn json_text(rows: &[RawRow]) -> Result<Vec<u8>, WriteError> {
    let objects = rows.iter().map(|row| {
        let mut object = json!({
            "category": row.category,
            "title": row.title,
            "choices": row.options.as_ref().map_or_else(|| json!(row.choices), |options| json!(options)),
            "answers": row.answers,
        });
        let further = [
            ("trade", row.trade.as_deref()),
            ("reason", Some(row.reason.as_str())),
            ("subject", Some(row.subject.as_str())),
            ("key_point", Some(row.key_point.as_str())),
            ("difficulty", Some(row.difficulty.as_str())),
            ("picture", row.picture.as_deref()),
        ];
        for (name, value) in further {
            if let (Some(value), Some(object)) = (value.filter(|v| !v.is_empty()), object.as_object_mut()) {
                object.insert(name.to_owned(), json!(value));
            }
        }
        object
    });
    let mut text = serde_json::to_vec_pretty(&objects.collect::<Vec<_>>())?;
    text.push(b'\n');
    Ok(text)
}

fn csv_text(rows: &[RawRow]) -> Result<Vec<u8>, WriteError> {
    let pictured = rows.iter().any(|row| row.picture.is_some());
    // Excel takes a file without the mark for one in the system's encoding.
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let picture_head = pictured.then(|| PICTURE_HEAD.to_owned());
    writer.write_record(heads(rows).into_iter().map(str::to_owned).chain(picture_head))?;
    for row in rows {
        let picture = pictured.then(|| row.picture.clone().unwrap_or_default());
        writer.write_record(cells(row)?.into_iter().chain(picture))?;
    }
    writer.into_inner().map_err(|e| WriteError::File(e.to_string()))
}

fn workbook(rows: &[RawRow]) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    let wrapped = Cells::new().set_text_wrap().set_align(FormatAlign::Top);
    let head = Cells::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    let widths = WIDTHS.into_iter().chain(std::iter::repeat(12));
    for ((column, word), width) in (0_u16..).zip(heads(rows)).zip(widths) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, word, &head)?;
    }
    let mut picture_columns = 0_usize;
    for (line, row) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells(row)?).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string_with_format(line, column, &cell, &wrapped)?;
        }
        let parts = parts(row.picture.as_deref().unwrap_or_default());
        picture_columns = picture_columns.max(parts.len());
        for (column, part) in (first_picture()..).zip(parts) {
            sheet.write_string(line, column, part)?;
        }
    }
    for (column, number) in (first_picture()..).zip(1..=picture_columns) {
        let word = if number == 1 { PICTURE_HEAD.to_owned() } else { format!("{PICTURE_HEAD}{number}") };
        sheet.write_string_with_format(0, column, word, &head)?;
    }
    Ok(book.save_to_buffer()?)
}

fn first_picture() -> u16 {
    u16::try_from(HEADS.len()).unwrap_or(u16::MAX)
}

/// An address in parts that fit into cells; it is ASCII.
fn parts(address: &str) -> Vec<&str> {
    let mut rest = address;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (part, after) = rest.split_at_checked(CELL.min(rest.len())).unwrap_or((rest, ""));
        parts.push(part);
        rest = after;
    }
    parts
}

/// The heads. If the titles look numbered, the one that says that nothing is to be taken off them.
fn heads(rows: &[RawRow]) -> [&'static str; 9] {
    let mut heads = HEADS;
    if without_numbers(rows.to_vec()) != rows
        && let Some(title) = heads.get_mut(TITLE)
    {
        *title = VERBATIM_TITLE;
    }
    heads
}

fn cells(row: &RawRow) -> Result<[String; 9], WriteError> {
    let choices = match &row.options {
        Some(options) => serde_json::to_string(options)?,
        None => row.choices.clone(),
    };
    Ok([
        row.trade.clone().unwrap_or_default(),
        row.category.clone(),
        row.title.clone(),
        choices,
        row.answers.clone(),
        row.reason.clone(),
        row.subject.clone(),
        row.key_point.clone(),
        row.difficulty.clone(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bankfile::read;
    use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};
    use shared::bank::{Answer, Difficulty, Draft, QuestionType, Tags, check};
    use std::io::Cursor;

    fn picture(shade: u8) -> (String, Vec<u8>) {
        let mut file = Cursor::new(Vec::new());
        // Noise does not shrink: one of these needs several cells of a workbook.
        let noise = |x: u32, y: u32| {
            Rgb([shade ^ (x * 7 + y * 13).to_le_bytes()[0], (x * y).to_le_bytes()[0], shade])
        };
        let side = if shade == 0 { 160 } else { 3 };
        DynamicImage::ImageRgb8(RgbImage::from_fn(side, side, noise))
            .write_to(&mut file, ImageFormat::Png)
            .unwrap();
        let file = file.into_inner();
        (hex::encode(Sha256::digest(&file)), file)
    }

    /// What comes back when questions are written and read again.
    fn again(format: Format, questions: &[Question], pictures: &BTreeMap<String, Vec<u8>>) -> Vec<Question> {
        let entries: Vec<Entry<'_>> =
            questions.iter().map(|question| Entry { question, trade: Some("低压电工作业") }).collect();
        let file = write(format, &entries, pictures).unwrap();
        let read = read(&format!("bank.{}", format.ending()), &file).unwrap();
        assert!(read.rows.iter().all(|row| row.trade.as_deref() == Some("低压电工作业")));
        let report = check(&read.rows);
        assert_eq!(report.refused, [], "{format:?}");
        for name in report.accepted.iter().filter_map(|(_, question)| question.picture()) {
            assert_eq!(read.pictures.get(name), pictures.get(name));
        }
        report.accepted.into_iter().map(|(_, question)| question).collect()
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[一-龥、，。()*A-D0-9 .<>&\"'=+-]{1,24}",
            "[ -~]{1,30}",
            "(12、|3\\.|7)[一-龥]{1,6}",
            r#"\["[a-z]"\]|_x0041_|\*\*A、铜\*\*B、铁|=1\+1|data:image/png;base64,AA"#,
            "[𠀀-𠀐€é😀]{1,4}",
        ]
    }

    fn question() -> impl Strategy<Value = Question> {
        let tags = (text(), text(), text(), 0_u8..6, any::<bool>());
        let parts = (0..3_u8, text(), proptest::collection::vec(text(), 2..7), 1_u32..128, tags, 0_u8..4);
        parts.prop_filter_map("no question", |(kind, title, choices, bits, tags, shade)| {
            let (kind, choices, bits) = match kind {
                0 => (QuestionType::TrueFalse, vec!["正确".to_owned(), "错误".to_owned()], 1 << (bits % 2)),
                1 => (
                    QuestionType::Single,
                    choices.clone(),
                    1 << (bits % 7).min(u32::try_from(choices.len()).unwrap_or(1) - 1),
                ),
                _ => (QuestionType::Multiple, choices, bits),
            };
            let held = (0..choices.len()).filter(|at| bits & (1 << at) != 0);
            let answer = Answer::from_indices(held)?;
            let (reason, subject, key_point, difficulty, said) = tags;
            let tags = Tags { reason, subject, key_point, difficulty: Difficulty::new(difficulty) };
            let tags = if said { tags } else { Tags::default() };
            let picture = (shade < 2).then(|| picture(shade).0);
            Question::new(Draft { kind, title, choices, answer, tags, picture }).ok()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_is_exported_comes_back_the_same(questions in proptest::collection::vec(question(), 1..12)) {
            let pictures: BTreeMap<String, Vec<u8>> = [picture(0), picture(1)].into();
            for format in Format::ALL {
                prop_assert_eq!(&again(format, &questions, &pictures), &questions, "{:?}", format);
            }
        }
    }

    #[test]
    fn the_banks_of_the_fixtures_and_real_ones_come_back_the_same() {
        let testdata = std::env::var("KAODIAN_TESTDATA")
            .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata").to_owned());
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/banks");
        for folder in [own.to_owned(), format!("{testdata}/banks")] {
            let Ok(files) = std::fs::read_dir(&folder) else {
                println!("skipped: no {folder}");
                continue;
            };
            for file in files.map(|file| file.unwrap().path()) {
                let name = file.file_name().unwrap().to_string_lossy().into_owned();
                let report = check(&read(&name, &std::fs::read(&file).unwrap()).unwrap().rows);
                let questions: Vec<Question> =
                    report.accepted.into_iter().map(|(_, question)| question).collect();
                assert!(questions.len() > 100, "{name}");
                for format in Format::ALL {
                    assert!(again(format, &questions, &BTreeMap::new()) == questions, "{name} as {format:?}");
                }
            }
        }
    }

    #[test]
    fn the_same_questions_give_the_same_package() {
        let question = Question::new(Draft {
            kind: QuestionType::Single,
            title: "问".to_owned(),
            choices: vec!["甲".to_owned(), "乙".to_owned()],
            answer: Answer::one(0).unwrap(),
            tags: Tags::default(),
            picture: Some(picture(1).0),
        })
        .unwrap();
        let entries = [Entry { question: &question, trade: None }];
        let made = || write(Format::Qti3, &entries, &[picture(1)].into()).unwrap();
        assert_eq!(made(), made());
        assert!(matches!(write(Format::Json, &entries, &BTreeMap::new()), Err(WriteError::Picture(_))));
    }
}
