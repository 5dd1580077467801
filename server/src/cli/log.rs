//! The log: proofs, its key, and checking it against the database.

use super::{Answer, Failure, Outcome, each_line, print, read_text, say};
use crate::app::App;
use crate::app::log::verify::{self, Trust};
use crate::app::log::{self, export, offline};
use crate::config::Config;
use crate::db::Db;
use crate::entropy::new_id;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use shared::log::note::{Note, Verifier};
use shared::time::Date;
use shared::wire::proofs::Claim;
use std::path::PathBuf;

/// Arguments of `log-proof`.
#[derive(Args)]
pub struct LogProof {
    /// Read a JSON document a line (a claim and its proof) and answer each by `valid` or `invalid`.
    #[arg(long, required = true)]
    stdin: bool,
}

/// Arguments of `log-key`.
#[derive(Args)]
pub struct LogKey {
    /// Configuration file.
    #[arg(long, default_value = "kaodian.toml")]
    config: PathBuf,
}

/// Arguments of `log-verify`.
#[derive(Args)]
pub struct LogVerify {
    /// Database: a path (SQLite) or postgres://….
    #[arg(long, required_unless_present = "export")]
    database: Option<String>,
    /// The files of a day that `log-export` wrote, instead of a database.
    #[arg(long, value_name = "DIR", conflicts_with = "database")]
    export: Option<PathBuf>,
    /// The key of the log, as `log-key` prints it; without it nothing is said about who signed.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// A checkpoint that was kept elsewhere, for example on a kiosk or printed on a room record: the log must contain it.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

/// Arguments of `log-export`.
#[derive(Args)]
pub struct LogExport {
    /// Day in China, YYYY-MM-DD.
    #[arg(long)]
    day: String,
    /// Configuration file.
    #[arg(long, default_value = "kaodian.toml")]
    config: PathBuf,
    /// Empty or new directory, for example on a USB stick.
    #[arg(long)]
    out: PathBuf,
}

impl LogExport {
    /// Runs the command. The server may be running.
    pub fn run(self) -> Answer {
        let day = Date::parse(&self.day).map_err(|e| Failure::Usage(format!("--day: {e}")))?;
        let app = App::open(&Config::read(&self.config)?)?;
        print(&serde_json::to_value(export::export(&app, day, &self.out)?)?);
        Ok(Outcome::Yes)
    }
}

impl LogProof {
    /// Runs the command. What is no claim proves nothing.
    pub fn run(self) -> Answer {
        each_line(|line| {
            let holds = serde_json::from_str::<Claim>(line).is_ok_and(|claim| claim.holds());
            (if holds { "valid" } else { "invalid" }).to_owned()
        })
    }
}

impl LogKey {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let app = App::open(&Config::read(&self.config)?)?;
        say(log::key(&app)?);
        Ok(Outcome::Yes)
    }
}

impl LogVerify {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let key = self
            .key
            .as_deref()
            .map(Verifier::parse)
            .transpose()
            .map_err(|e| Failure::Usage(e.to_string()))?;
        let kept = match &self.checkpoint {
            Some(path) => Some(Note::parse(&read_text(path)?).map_err(|e| Failure::Usage(e.to_string()))?),
            None => None,
        };
        if let Some(dir) = &self.export {
            let report = offline::check(dir, &offline::Trust { key: key.as_ref(), kept: kept.as_ref() });
            print(&serde_json::to_value(&report)?);
            return Ok(if report.wrong.is_none() { Outcome::Yes } else { Outcome::No });
        }
        let database = self.database.as_deref().unwrap_or_default();
        let db = Db::open(database)?;
        let directory = std::env::temp_dir().join(new_id("kaodian-log-verify")?);
        std::fs::create_dir(&directory)?;
        let style = ProgressStyle::with_template("{msg:12} {pos} {spinner}");
        let bar =
            ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        let progress = |what: &str, done: i64| {
            bar.set_message(what.to_owned());
            bar.set_position(done.unsigned_abs());
        };
        let scratch = directory.join("anew.db");
        let trust = Trust { key: key.as_ref(), kept: kept.as_ref(), scratch: Some(&scratch) };
        let verdict = verify::verify(&db, &trust, &progress);
        bar.finish_and_clear();
        std::fs::remove_dir_all(&directory)?;
        let verdict = verdict?;
        let intact = verdict.first_bad.is_none();
        print(&json!({
            "verdict": if intact { "intact" } else { "broken" },
            "size": verdict.size,
            "root": verdict.root,
            "first_bad": verdict.first_bad.as_ref().map(Value::from),
            "checkpoints": verdict.checkpoints,
            "waiting": verdict.waiting,
            "not_established": self.not_established(),
        }));
        Ok(if intact { Outcome::Yes } else { Outcome::No })
    }

    /// What a verdict cannot say without more than the database.
    fn not_established(&self) -> Vec<&'static str> {
        let mut open =
            vec!["that the events say what happened", "anything about the events that wait for their place"];
        if self.key.is_none() {
            open.push("who signed the checkpoints: give --key");
        }
        if self.checkpoint.is_none() {
            open.push("that nothing was cut off at the end, or all signed anew: give a --checkpoint that was kept elsewhere");
        }
        open
    }
}
