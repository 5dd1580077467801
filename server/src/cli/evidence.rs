//! Evidence packages: checking one.

use super::{Answer, Failure, Outcome, print, read};
use crate::app::evidence;
use clap::Args;
use shared::log::note::Verifier;
use std::path::PathBuf;

/// Arguments of `evidence-verify`.
#[derive(Args)]
pub struct EvidenceVerify {
    /// The package.
    #[arg(value_name = "FILE.zip")]
    file: PathBuf,
    /// The key of the log, as `log-key` prints it; without it the one in the package is believed, and that is said.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

impl EvidenceVerify {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let key = self.key.as_deref().map(Verifier::parse).transpose();
        let key = key.map_err(|e| Failure::Usage(e.to_string()))?;
        let verdict = evidence::check::check(&read(&self.file)?, key.as_ref());
        print(&serde_json::to_value(&verdict)?);
        Ok(if verdict.verdict == "established" { Outcome::Yes } else { Outcome::No })
    }
}
