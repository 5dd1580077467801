//! Question banks: check and import.

use super::{Answer, Failure, Outcome, print, read};
use crate::app::App;
use crate::app::banks::{self, ReportAnswer};
use crate::config::Config;
use crate::event::Actor;
use clap::Args;
use shared::bank;
use std::path::PathBuf;

/// Arguments of `import-bank`.
#[derive(Args)]
pub struct ImportBank {
    /// Bank: XLSX, CSV or JSON.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Trade: id or full Chinese name.
    #[arg(long, value_name = "NAME-OR-ID")]
    trade: String,
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
        let rows = crate::bankfile::read(&name, &bytes)?;
        let report = bank::check(&rows);
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
            let imported =
                banks::import_as(&app, &Actor::System("import-bank"), &trade, &name, &bytes, None)?;
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
