//! What is shown while the day is played, and what is left of it.

use super::cast::Ending;
use crate::fail::{Context, Outcome};
use comfy_table::{CellAlignment, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// One step of the day.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// What was done.
    pub step: String,
    /// How many of them.
    pub count: usize,
    /// How long it took, in milliseconds of real time.
    pub milliseconds: u64,
}

/// report.json
#[derive(Debug, Serialize)]
pub struct Report {
    /// Candidates.
    pub examinees: usize,
    /// Seed of the day.
    pub seed: String,
    /// Question bank.
    pub bank: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Steps in order.
    pub steps: Vec<Step>,
    /// Candidates by outcome.
    pub outcomes: BTreeMap<String, usize>,
    /// Calls to server and kiosk, and how many had to be repeated.
    pub calls: u64,
    /// Repeated calls.
    pub repeats: u64,
    /// Kills of the server and of the kiosk.
    pub kills: (usize, usize),
}

/// A row of results.csv.
#[derive(Debug, Clone, Serialize)]
pub struct ResultRow {
    /// Ticket number.
    pub ticket: String,
    /// Points of the theory examination; empty if there are none.
    pub theory: String,
    /// Points of the practical with two decimals; empty if there was none.
    pub practical: String,
    /// `absent`, `failed`, `passed`, `removed` or `pending`.
    pub outcome: String,
}

/// A step that is being carried out.
#[derive(Debug)]
pub struct Running {
    name: String,
    since: Instant,
    bar: ProgressBar,
}

impl Running {
    /// Begins a step of so many parts; 0 if that isn't known.
    #[must_use]
    pub fn begin(name: &str, parts: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(parts).unwrap_or(0));
        let template =
            if parts == 0 { "{spinner} {msg}" } else { "{spinner} {msg} {wide_bar} {pos}/{len} {eta}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(name.to_owned());
        Self { name: name.to_owned(), since: Instant::now(), bar }
    }

    /// Another part is done.
    pub fn tick(&self) {
        self.bar.inc(1);
    }

    /// Ends the step without a word.
    pub fn clear(self) {
        self.bar.finish_and_clear();
    }

    /// Ends the step.
    #[must_use]
    pub fn end(self, count: usize) -> Step {
        self.bar.finish_and_clear();
        let milliseconds = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        eprintln!("  {:<52} {count:>6}  {:>8.1} s", self.name, self.since.elapsed().as_secs_f64());
        Step { step: self.name, count, milliseconds }
    }
}

impl Report {
    /// The table that is printed at the end.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["step", "count", "seconds"]);
        for step in &self.steps {
            let seconds = format!("{}.{:03}", step.milliseconds / 1000, step.milliseconds % 1000);
            table.add_row([step.step.clone(), step.count.to_string(), seconds]);
        }
        for at in [1, 2] {
            if let Some(column) = table.column_mut(at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    /// Outcomes as one line.
    #[must_use]
    pub fn outcomes_line(&self) -> String {
        let order = [Ending::Absent, Ending::Failed, Ending::Passed, Ending::Removed];
        let count = |word: &str| self.outcomes.get(word).copied().unwrap_or(0);
        let parts: Vec<_> = order.iter().map(|e| format!("{} {}", count(e.word()), e.word())).collect();
        format!("{} registered = {} + {} pending", self.examinees, parts.join(" + "), count("pending"))
    }

    /// Writes report.json.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, directory: &Path) -> Outcome<()> {
        let text = serde_json::to_string_pretty(self).or_fail("report.json")?;
        std::fs::write(directory.join("report.json"), text + "\n").or_fail("report.json")
    }
}

/// Writes results.csv.
///
/// # Errors
/// If the file cannot be written.
pub fn write_results(directory: &Path, rows: &[ResultRow]) -> Outcome<()> {
    let mut writer = csv::Writer::from_path(directory.join("results.csv")).or_fail("results.csv")?;
    for row in rows {
        writer.serialize(row).or_fail("results.csv")?;
    }
    writer.flush().or_fail("results.csv")
}
