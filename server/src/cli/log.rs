//! The log: proofs.

use super::{Answer, each_line};
use clap::Args;
use shared::wire::proofs::Claim;

/// Arguments of `log-proof`.
#[derive(Args)]
pub struct LogProof {
    /// Read a JSON document a line (a claim and its proof) and answer each by `valid` or `invalid`.
    #[arg(long, required = true)]
    stdin: bool,
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
