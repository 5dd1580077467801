//! Banks as Excel workbooks.

use super::{BankFileError, Heads, MAX_ROWS};
use calamine::{DataRef, Reader, Xlsx, XlsxError};
use shared::bank::RawRow;
use std::collections::BTreeMap;
use std::io::Cursor;

/// The heads stand in one of so many first lines.
const HEAD_LINES: usize = 20;

/// Cells of one line by column, both from 0.
type Line = BTreeMap<usize, String>;

/// Reads the first sheet that has the heads of the columns. A row is its line in the sheet.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<RawRow>, BankFileError> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes))?;
    let mut closest: Option<Vec<&'static str>> = None;
    for name in book.sheet_names() {
        let lines = match lines(&mut book, &name) {
            Ok(lines) => lines,
            // A chart has no cells.
            Err(BankFileError::Xlsx(XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_))) => {
                continue;
            }
            Err(error) => return Err(error),
        };
        let mut ahead = lines.iter().take(HEAD_LINES);
        let found = ahead.find_map(|(at, line)| {
            let heads = Heads::of(line.iter().map(|(column, cell)| (*column, cell.as_str())));
            let missing = heads.missing();
            if missing.is_empty() {
                return Some((*at, heads));
            }
            if closest.as_ref().is_none_or(|closest| missing.len() < closest.len()) {
                closest = Some(missing);
            }
            None
        });
        if let Some((head_line, heads)) = found {
            return rows(&lines, head_line, &heads);
        }
    }
    let missing = closest.unwrap_or_else(|| Heads::default().missing());
    Err(BankFileError::NoHeads(missing.join(", ")))
}

/// The lines of the first sheet, numbered from 1.
pub(super) fn first_sheet(bytes: &[u8]) -> Result<BTreeMap<u32, Line>, BankFileError> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes))?;
    let name = book.sheet_names().into_iter().next().ok_or(BankFileError::Empty)?;
    Ok(lines(&mut book, &name)?.into_iter().map(|(at, line)| (at.saturating_add(1), line)).collect())
}

fn rows(lines: &BTreeMap<u32, Line>, head_line: u32, heads: &Heads) -> Result<Vec<RawRow>, BankFileError> {
    let mut rows = Vec::new();
    for (at, line) in lines.range(head_line.saturating_add(1)..) {
        let mut row = RawRow { row: at.saturating_add(1), ..RawRow::default() };
        let filled = line.iter().filter(|(column, cell)| heads.fill(&mut row, **column, cell)).count();
        if filled == 0 {
            continue;
        }
        if rows.len() >= MAX_ROWS {
            return Err(BankFileError::TooManyRows);
        }
        rows.push(row);
    }
    Ok(heads.finish(rows))
}

/// The cells that are there, one by one: a table from the first to the last cell would fill the memory if somebody put
/// a stray cell into the last corner of the sheet.
fn lines(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<BTreeMap<u32, Line>, BankFileError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
    while let Some(cell) = reader.next_cell()? {
        let text = text(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let (line, column) = cell.get_position();
        if lines.len() > MAX_ROWS.saturating_add(HEAD_LINES) {
            return Err(BankFileError::TooManyRows);
        }
        lines.entry(line).or_default().insert(usize::try_from(column).unwrap_or(usize::MAX), text);
    }
    Ok(lines)
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // Whole numbers are stored as floats and shown without a point.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(time) => time.to_string(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use shared::bank::{QuestionType, RefusalReason, SuspectReason, check};

    #[test]
    fn the_report_on_a_real_workbook_names_its_defects() {
        let base = std::env::var("KAODIAN_TESTDATA")
            .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata").to_owned());
        let Ok(bytes) = std::fs::read(format!("{base}/banks/welding-national-2018.xlsx")) else {
            println!("skipped: no welding-national-2018.xlsx in {base}/banks");
            return;
        };
        let rows = crate::bankfile::read("welding-national-2018.xlsx", &bytes).unwrap().rows;
        assert_eq!(rows.len(), 1_303);
        assert_eq!((rows.first().unwrap().row, rows.last().unwrap().row), (2, 1_304));
        assert!(rows.iter().all(|row| row.trade.as_deref() == Some("电焊")));
        let of =
            |kind| rows.iter().filter(|row| QuestionType::from_bank(&row.category) == Some(kind)).count();
        assert_eq!((of(QuestionType::TrueFalse), of(QuestionType::Single)), (709, 594));
        // What is left at the head of these is a quantity.
        let with_number =
            rows.iter().filter(|row| row.title.starts_with(|c: char| c.is_ascii_digit() || c == '\''));
        assert_eq!(with_number.map(|row| row.row).collect::<Vec<_>>(), [8, 9, 722]);
        let report = check(&rows);
        let refused: Vec<(u32, RefusalReason)> = report.refused.iter().map(|r| (r.row, r.reason)).collect();
        let of = |reason| {
            let those = report.suspect.iter().filter(|suspect| suspect.reason == reason);
            those.map(|suspect| suspect.rows.clone()).collect::<Vec<_>>()
        };
        let letters = [782, 796, 851].map(|row| (row, RefusalReason::OptionLetters));
        let others = [(880, RefusalReason::NoOptions), (1_160, RefusalReason::AnswerNotAnOption)];
        assert_eq!(refused, [letters.as_slice(), &others].concat());
        assert_eq!(of(SuspectReason::FigureMissing), [[722]]);
        for reason in [SuspectReason::Duplicate, SuspectReason::Contradiction, SuspectReason::Mojibake] {
            assert_eq!(of(reason), Vec::<Vec<u32>>::new(), "{reason:?}");
        }
        // Marks without stars are found, and options that stand out of order are put in order.
        let question =
            |row| report.accepted.iter().find(|(at, _)| *at == row).map(|(_, question)| question).unwrap();
        for row in [743, 785, 1_180, 1_250, 1_276] {
            assert_eq!(question(row).choices().len(), 3, "row {row}");
        }
        assert_eq!(question(759).choices().len(), 2);
    }
}
