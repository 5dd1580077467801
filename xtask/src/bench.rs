//! The benchmarks.

use crate::fail::Outcome;
use crate::shell;
use clap::Args;

/// `cargo xtask bench`
#[derive(Debug, Args)]
pub struct Options {
    /// Only benchmarks whose name contains this.
    name: Option<String>,
}

/// Runs the benchmarks (crate divan) in the bench profile and prints their times.
///
/// # Errors
/// If one cannot be built or fails.
pub fn run(options: &Options) -> Outcome<()> {
    let mut command = shell::cargo();
    command.args(["bench", "--workspace", "--benches", "--"]);
    command.args(&options.name);
    shell::run(&mut command)
}
