//! Grading of answer sheets from files.

use super::{Answer, Failure, Outcome};
use clap::Args;
use shared::grading::{KeyRow, SheetRow, grade_sheets};
use std::path::{Path, PathBuf};

/// Arguments of `grade`.
#[derive(Args)]
pub struct Grade {
    /// Key: `set,question,answer,points`; where a key was corrected also `A/C`, `any` or `void` as the answer.
    #[arg(long, value_name = "KEY.csv")]
    key: PathBuf,
    /// Sheets: `sheet,set,answers`.
    #[arg(long, value_name = "SHEETS.csv")]
    sheets: PathBuf,
    /// Where to write `sheet,set,points,passed`.
    #[arg(long, value_name = "RESULTS.csv")]
    out: PathBuf,
    /// Per cent of the points needed to pass.
    #[arg(long, default_value_t = 80)]
    pass_percent: u32,
}

impl Grade {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let (key, sheets) = key_and_sheets(&self.key, &self.sheets)?;
        let since = std::time::Instant::now();
        let results = grade_sheets(&key, &sheets, self.pass_percent)?;
        let seconds = since.elapsed().as_secs_f64();
        let mut text = String::from("sheet,set,points,passed\n");
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        for r in &results {
            let points = r.points.to_string();
            let passed = if r.passed { "true" } else { "false" };
            writer.write_record([r.sheet.as_str(), r.set.as_str(), &points, passed])?;
        }
        let body = writer.into_inner().map_err(|e| Failure::Refused(e.to_string()))?;
        text.push_str(&String::from_utf8_lossy(&body));
        write_whole(&self.out, text.as_bytes())?;
        let passed = results.iter().filter(|r| r.passed).count();
        let count = results.len();
        let speed = if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
        eprintln!("{count} sheets, {passed} passed, {speed:.0} sheets/s");
        Ok(Outcome::Yes)
    }
}

/// Reads a key and the sheets that go with it.
pub(super) fn key_and_sheets(key: &Path, sheets: &Path) -> Result<(Vec<KeyRow>, Vec<SheetRow>), Failure> {
    let key = rows(key, ["set", "question", "answer", "points"], |line, [set, question, answer, points]| {
        KeyRow { line, set, question, answer, points }
    })?;
    let sheets = rows(sheets, ["sheet", "set", "answers"], |line, [sheet, set, answers]| SheetRow {
        line,
        sheet,
        set,
        answers,
    })?;
    Ok((key, sheets))
}

/// Reads a CSV file with exactly these heads; the line of each row is counted from 1 with the header.
fn rows<T, const N: usize>(
    path: &Path,
    heads: [&str; N],
    make: impl Fn(u64, [String; N]) -> T,
) -> Result<Vec<T>, Failure> {
    let name = path.display();
    let wrong = |line: u64, why: &str| Failure::Refused(format!("{name} line {line}: {why}"));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(path)
        .map_err(|e| Failure::Refused(format!("{name} cannot be read: {e}")))?;
    let mut rows = Vec::new();
    let mut headed = false;
    for record in reader.records() {
        let record = record.map_err(|e| {
            let line = e.position().map_or(0, csv::Position::line);
            wrong(line, &format!("not a CSV row in UTF-8 ({e})"))
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        if !headed {
            headed = true;
            let found: Vec<&str> = record.iter().map(|h| h.trim_start_matches('\u{feff}').trim()).collect();
            if found != heads {
                return Err(wrong(line, &format!("the header must be {}", heads.join(","))));
            }
            continue;
        }
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        let cells: [String; N] = cells
            .try_into()
            .map_err(|c: Vec<String>| wrong(line, &format!("{} fields, not {N}", c.len())))?;
        rows.push(make(line, cells));
    }
    if headed { Ok(rows) } else { Err(wrong(1, &format!("the header must be {}", heads.join(",")))) }
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let temporary = path.with_extension("part");
    let written = std::fs::write(&temporary, bytes).and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|e| Failure::Refused(format!("{} cannot be written: {e}", path.display())))
}
