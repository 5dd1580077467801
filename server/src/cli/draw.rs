//! Draws and their transcripts.

use super::{Answer, Failure, Outcome, print, read_text, say};
use clap::Args;
use serde_json::json;
use shared::draw::{self, Method};
use shared::wire::transcript;
use std::path::PathBuf;

/// Arguments of `draw`.
#[derive(Args)]
pub struct Draw {
    /// `rfc3797`, `octo41` or `chacha20`.
    #[arg(long)]
    method: String,
    /// Key text.
    #[arg(long)]
    key: String,
    /// File with a name a line.
    #[arg(long, value_name = "FILE")]
    pool: PathBuf,
    /// Names to draw.
    #[arg(long)]
    count: usize,
}

/// Arguments of `draw-verify`.
#[derive(Args)]
pub struct DrawVerify {
    /// Transcript of a draw (JSON).
    #[arg(value_name = "TRANSCRIPT.json")]
    transcript: PathBuf,
    /// Basis of a draw of staff (JSON), for those who may have it.
    #[arg(long, value_name = "BASIS.json")]
    basis: Option<PathBuf>,
}

impl Draw {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let method = Method::from_word(&self.method).ok_or_else(|| {
            Failure::Usage(format!("'{}' is not a method: rfc3797, octo41 or chacha20", self.method))
        })?;
        let pool: Vec<String> = read_text(&self.pool)?.lines().map(str::to_owned).collect();
        let selected = draw::select(method, &self.key, &pool, self.count)?;
        print(&json!({ "selected": selected }));
        Ok(Outcome::Yes)
    }
}

impl DrawVerify {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let transcript = read_text(&self.transcript)?;
        let verdict = match &self.basis {
            Some(basis) => transcript::verify_basis(&transcript, &read_text(basis)?),
            None => transcript::verify(&transcript),
        };
        say(verdict.json());
        Ok(if verdict.established { Outcome::Yes } else { Outcome::No })
    }
}
