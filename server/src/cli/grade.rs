//! Grading of answer sheets from files.

use super::{Answer, Failure, Outcome};
use clap::Args;
use shared::grading::bulk::{Bulk, Graded};
use shared::grading::{KeyRow, SheetRow, grade_sheets};
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
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
        let since = std::time::Instant::now();
        let key = key_rows(&self.key)?;
        let graded = match in_bulk(&key, &self.sheets, self.pass_percent)? {
            Some(graded) => graded,
            None => by_rows(&key, &sheet_rows(&self.sheets)?, self.pass_percent)?,
        };
        write_whole(&self.out, &graded)?;
        let (count, passed): (usize, usize) = graded
            .iter()
            .fold((0, 0), |(count, passed), part| (count + part.names.len(), passed + part.passed));
        let seconds = since.elapsed().as_secs_f64();
        let speed = if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
        eprintln!("{count} sheets, {passed} passed, {speed:.0} sheets/s");
        Ok(Outcome::Yes)
    }
}

/// Bytes that a thread reads at once: they stay in its cache.
const BLOCK: usize = 256 * 1024;

/// The head of a plain file of sheets.
const HEAD: &[u8] = b"sheet,set,answers\n";

/// A plain file, in as many parts as there are cores. `None`: it is not plain, or something is wrong with a line; then the rows
/// are read one by one, which tells what.
fn in_bulk(key: &[KeyRow], path: &Path, pass_percent: u32) -> Result<Option<Vec<Graded>>, Failure> {
    let bulk = Bulk::new(key, pass_percent)?;
    let Ok(Some(bounds)) = File::open(path).and_then(|file| bounds(&file)) else { return Ok(None) };
    let parts: Vec<Option<Graded>> = std::thread::scope(|scope| {
        let bulk = &bulk;
        let parts: Vec<_> = bounds
            .iter()
            .zip(bounds.iter().skip(1))
            .map(|(from, to)| scope.spawn(move || part(path, (*from, *to), bulk).ok().flatten()))
            .collect();
        parts.into_iter().map(|part| part.join().ok().flatten()).collect()
    });
    let parts: Option<Vec<Graded>> = parts.into_iter().collect();
    Ok(parts.filter(|parts| {
        let mut names: Vec<u64> = parts.iter().flat_map(|part| part.names.iter().copied()).collect();
        names.sort_unstable();
        names.windows(2).all(|pair| matches!(pair, [one, other] if one != other))
    }))
}

/// Where the parts of a plain file begin, behind its head and always behind a line feed, and where the last ends.
fn bounds(file: &File) -> std::io::Result<Option<Vec<u64>>> {
    let length = file.metadata()?.len();
    let mut head = [0; HEAD.len()];
    let begin = head.len() as u64;
    if length < begin || file.read_exact_at(&mut head, 0).is_err() || head != *HEAD {
        return Ok(None);
    }
    let parts = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let mut bounds = vec![begin];
    for part in 1..parts {
        let (mut at, mut block) = (begin + (length - begin) * part / parts, [0; 4096]);
        let next = loop {
            match file.read_at(&mut block, at)? {
                0 => break length,
                read => {
                    let here = block.iter().take(read).position(|byte| *byte == b'\n');
                    if let Some(here) = here {
                        break at + here as u64 + 1;
                    }
                    at += read as u64;
                }
            }
        };
        bounds.push(next.max(bounds.last().copied().unwrap_or(begin)));
    }
    bounds.push(length);
    Ok(Some(bounds))
}

/// Grades the lines between two places of a file.
fn part(path: &Path, (mut at, to): (u64, u64), bulk: &Bulk) -> std::io::Result<Option<Graded>> {
    let file = File::open(path)?;
    let mut graded = Graded::default();
    let (mut text, mut block) = (Vec::new(), vec![0; BLOCK]);
    while at < to {
        let wanted = usize::try_from(to - at).unwrap_or(BLOCK).min(BLOCK);
        let read = file.read_at(block.get_mut(..wanted).unwrap_or_default(), at)?;
        if read == 0 {
            return Ok(None);
        }
        at += read as u64;
        text.extend_from_slice(block.get(..read).unwrap_or_default());
        if at >= to && text.last() != Some(&b'\n') {
            text.push(b'\n');
        }
        let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        if bulk.lines(text.get(..end).unwrap_or_default(), &mut graded).is_none() {
            return Ok(None);
        }
        text.drain(..end);
    }
    Ok(Some(graded))
}

/// Whatever a CSV reader understands.
fn by_rows(key: &[KeyRow], sheets: &[SheetRow], pass_percent: u32) -> Result<Vec<Graded>, Failure> {
    let results = grade_sheets(key, sheets, pass_percent)?;
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    for r in &results {
        let points = r.points.to_string();
        let passed = if r.passed { "true" } else { "false" };
        writer.write_record([r.sheet.as_str(), r.set.as_str(), &points, passed])?;
    }
    let passed = results.iter().filter(|r| r.passed).count();
    let results_text = writer.into_inner().map_err(|e| Failure::Refused(e.to_string()))?;
    Ok(vec![Graded { results: results_text, names: vec![0; results.len()], passed }])
}

/// Reads a key and the sheets that go with it.
pub(super) fn key_and_sheets(key: &Path, sheets: &Path) -> Result<(Vec<KeyRow>, Vec<SheetRow>), Failure> {
    Ok((key_rows(key)?, sheet_rows(sheets)?))
}

fn key_rows(key: &Path) -> Result<Vec<KeyRow>, Failure> {
    rows(key, ["set", "question", "answer", "points"], |line, [set, question, answer, points]| KeyRow {
        line,
        set,
        question,
        answer,
        points,
    })
}

fn sheet_rows(sheets: &Path) -> Result<Vec<SheetRow>, Failure> {
    rows(sheets, ["sheet", "set", "answers"], |line, [sheet, set, answers]| SheetRow {
        line,
        sheet,
        set,
        answers,
    })
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

/// Writes the results whole or not at all.
fn write_whole(path: &Path, parts: &[Graded]) -> Result<(), Failure> {
    let temporary = path.with_extension("part");
    let written = File::create(&temporary).and_then(|mut file| {
        file.write_all(b"sheet,set,points,passed\n")?;
        parts.iter().try_for_each(|part| file.write_all(&part.results))
    });
    let written = written.and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|e| Failure::Refused(format!("{} cannot be written: {e}", path.display())))
}
