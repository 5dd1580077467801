//! Question banks: check and import, export, and from one form to another.

use super::{Answer, Failure, Outcome, print, read};
use crate::app::App;
use crate::app::bank_export;
use crate::app::banks::{self, Incoming, ReportAnswer};
use crate::bankfile::{Entry, Format};
use crate::config::Config;
use crate::event::Actor;
use clap::Args;
use shared::bank;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Arguments of `import-bank`.
#[derive(Args)]
pub struct ImportBank {
    /// Bank: XLSX, CSV, JSON or QTI.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Trade: id or full Chinese name.
    #[arg(long, value_name = "NAME-OR-ID")]
    trade: String,
    /// For practising: everybody reads its questions with their answers, and no set is drawn from it.
    #[arg(long)]
    practice: bool,
    /// Check only; needs no database.
    #[arg(long)]
    dry_run: bool,
    /// `json` prints the whole report on standard output, `text` a summary.
    #[arg(long, default_value = "text", value_parser = ["json", "text"])]
    report: String,
    /// Configuration file of the server whose database takes the bank.
    #[arg(long, default_value = "kaodian.toml")]
    config: PathBuf,
}

impl ImportBank {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let name = self.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = read(&self.file)?;
        let trade = self.trade()?;
        let read = crate::bankfile::read(&name, &bytes)?;
        let report = bank::check(&read.rows);
        let view = ReportAnswer::of(&report);
        if self.report == "json" {
            print(&serde_json::to_value(&view)?);
        } else {
            summary(&report);
        }
        if report.accepted.is_empty() {
            return Ok(Outcome::No);
        }
        if !self.dry_run {
            let app = App::open(&Config::read(&self.config)?)?;
            let incoming =
                Incoming { trade: &trade, file_name: &name, file: &bytes, practice: self.practice };
            let imported = banks::take_in(&app, &Actor::System("import-bank"), incoming, None)?;
            eprintln!("bank {}", imported.bank);
        }
        Ok(Outcome::Yes)
    }

    fn trade(&self) -> Result<String, Failure> {
        let known = crate::builtin::trades()?;
        let found = known.iter().find(|t| t.id.as_str() == self.trade || t.name_zh == self.trade);
        let found = found.ok_or_else(|| Failure::Refused(format!("there is no trade '{}'", self.trade)))?;
        Ok(found.id.to_string())
    }
}

/// Arguments of `export-bank`.
#[derive(Args)]
pub struct ExportBank {
    /// Bank id.
    #[arg(value_name = "BANK")]
    bank: String,
    /// Form of the file.
    #[arg(long, default_value = "xlsx", value_parser = ["xlsx", "qti3", "json", "csv"])]
    format: String,
    /// The file that is written.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Configuration file of the server whose database has the bank.
    #[arg(long, default_value = "kaodian.toml")]
    config: PathBuf,
}

impl ExportBank {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let app = App::open(&Config::read(&self.config)?)?;
        let actor = Actor::System("export-bank");
        let file = bank_export::export_as(&app, &actor, &self.bank, &self.format)?;
        write(&self.out, &file.bytes)?;
        eprintln!("{} questions", file.questions);
        Ok(Outcome::Yes)
    }
}

/// Arguments of `convert-bank`.
#[derive(Args)]
pub struct ConvertBank {
    /// Bank: XLSX, CSV, JSON or QTI.
    #[arg(value_name = "IN")]
    file: PathBuf,
    /// Form of the new file.
    #[arg(long, value_parser = ["xlsx", "qti3", "json", "csv"])]
    to: String,
    /// The file that is written.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl ConvertBank {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let name = self.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let read = crate::bankfile::read(&name, &super::read(&self.file)?)?;
        let report = bank::check(&read.rows);
        let trades: BTreeMap<u32, &str> =
            read.rows.iter().filter_map(|row| Some((row.row, row.trade.as_deref()?))).collect();
        let entries = report.accepted.iter();
        let entries: Vec<Entry<'_>> =
            entries.map(|(row, question)| Entry { question, trade: trades.get(row).copied() }).collect();
        let format = Format::from_word(&self.to)
            .ok_or_else(|| Failure::Usage(format!("there is no form '{}'", self.to)))?;
        for r in &report.refused {
            eprintln!("row {} is left out: {} — {}", r.row, r.reason.word(), r.text);
        }
        if entries.is_empty() {
            return Err(Failure::Refused(format!("none of the {} rows is a question", report.read)));
        }
        write(&self.out, &crate::bankfile::write(format, &entries, &read.pictures)?)?;
        eprintln!("{} of {} rows", entries.len(), report.read);
        Ok(Outcome::Yes)
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| Failure::Refused(format!("{}: {e}", path.display())))
}

fn summary(report: &bank::Report) {
    let (accepted, refused) = (report.accepted.len(), report.refused.len());
    eprintln!(
        "read {}, accepted {accepted}, refused {refused}, suspect {}",
        report.read,
        report.suspect.len()
    );
    for r in &report.refused {
        eprintln!("  row {}: {} — {}", r.row, r.reason.word(), r.text);
    }
    for s in &report.suspect {
        let rows: Vec<String> = s.rows.iter().map(ToString::to_string).collect();
        eprintln!("  rows {}: {}", rows.join(", "), s.reason.word());
    }
}
