//! Banks as CSV with the heads of the Chinese workbooks.

use super::{BankFileError, Heads, MAX_ROWS};
use shared::bank::RawRow;
use std::collections::BTreeMap;

/// Reads a table whose first line holds the heads; separated by commas, semicolons or tabs. A row is the line of the
/// sheet that a spreadsheet program would show: a line break inside a field does not count.
pub(super) fn read(text: &str) -> Result<Vec<RawRow>, BankFileError> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut record = ::csv::StringRecord::new();
    let mut heads: Option<Heads> = None;
    let mut rows = Vec::new();
    let mut line = 0_u32;
    let mut inner_breaks = 0_u64;
    while reader.read_record(&mut record)? {
        let shown = record.position().map_or(0, |at| first_line(text, at)).saturating_sub(inner_breaks);
        line = u32::try_from(shown).unwrap_or(u32::MAX).max(line.saturating_add(1));
        inner_breaks = inner_breaks.saturating_add(breaks(&record));
        let Some(heads) = &heads else {
            let found = Heads::of(record.iter().enumerate());
            let missing = found.missing();
            if !missing.is_empty() {
                return Err(BankFileError::NoHeads(missing.join(", ")));
            }
            heads = Some(found);
            continue;
        };
        let mut row = RawRow { row: line, ..RawRow::default() };
        let filled = record.iter().enumerate().filter(|(at, cell)| heads.fill(&mut row, *at, cell)).count();
        if filled == 0 {
            continue;
        }
        if rows.len() >= MAX_ROWS {
            return Err(BankFileError::TooManyRows);
        }
        rows.push(row);
    }
    Ok(heads.unwrap_or_default().finish(rows))
}

/// The lines that are not empty, as [`super::lines`].
pub(super) fn lines(text: &str) -> Result<BTreeMap<u32, BTreeMap<usize, String>>, BankFileError> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut lines = BTreeMap::new();
    for record in reader.records() {
        let record = record?;
        if lines.len() > MAX_ROWS {
            return Err(BankFileError::TooManyRows);
        }
        let line = record.position().map_or(0, |at| first_line(text, at));
        let cells = record.iter().map(str::to_owned).enumerate();
        let cells: BTreeMap<usize, String> = cells.filter(|(_, text)| !text.trim().is_empty()).collect();
        if !cells.is_empty() {
            lines.insert(u32::try_from(line).unwrap_or(u32::MAX), cells);
        }
    }
    Ok(lines)
}

/// The line of the text on which a record begins, from 1. The reader gives the place where it began to look; the empty
/// lines that it passed over from there are counted here.
fn first_line(text: &str, looked_from: &::csv::Position) -> u64 {
    let from = usize::try_from(looked_from.byte()).unwrap_or(usize::MAX);
    let ahead = text.as_bytes().get(from..).unwrap_or_default();
    let empty =
        ahead.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
    looked_from.line().saturating_add(u64::try_from(empty).unwrap_or(u64::MAX))
}

/// What separates the heads.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.contains(',') {
        b','
    } else if first.contains('\t') {
        b'\t'
    } else if first.contains(';') {
        b';'
    } else {
        b','
    }
}

fn breaks(record: &::csv::StringRecord) -> u64 {
    let count: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_carry_the_line_that_a_spreadsheet_shows() {
        let text = "题目答案,题目内容,备注,试题类型,题目选项,作业种类\r\n\
            A,\"问\n题\",x,判断题,,电工\r\n\
            \r\n\
            B,\"含“,”的题\",,单选题,\"**A、铜\n**B、铁\"\r\n\
            ,,备注,,\r\n\
            C,,,单选题\r\n";
        let rows = read(text).unwrap();
        assert_eq!(rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 4, 6]);
        assert_eq!((rows[0].title.as_str(), rows[0].trade.as_deref()), ("问\n题", Some("电工")));
        assert_eq!((rows[1].answers.as_str(), rows[1].choices.as_str()), ("B", "**A、铜\n**B、铁"));
        assert_eq!((rows[2].title.as_str(), rows[2].answers.as_str()), ("", "C"));
    }

    #[test]
    fn semicolons_and_tabs_separate_as_well() {
        for separator in [";", "\t"] {
            let text = ["试题类型", "题目内容", "题目选项", "题目答案"].join(separator)
                + "\n"
                + &["判断题", "问", "", "A"].join(separator);
            assert_eq!(read(&text).unwrap()[0].answers, "A");
        }
    }

    #[test]
    fn a_column_that_is_missing_is_named() {
        let error = read("试题类型,题目内容,题目答案\n").unwrap_err().to_string();
        assert!(error.ends_with("missing: 题目选项"), "{error}");
    }
}
