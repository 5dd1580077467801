//! The benchmarks.

use crate::fail::{Fail, Outcome};
use crate::postgres::Cluster;
use crate::setup::{self, Need};
use crate::shell;
use clap::Args;

/// `cargo xtask bench`
#[derive(Debug, Args)]
pub struct Options {
    /// Only this benchmark: `draws`, `grading`, `documents` or `writer`.
    name: Option<String>,
    /// Build libraries, too, as they are released. Without it those of the tests serve, which are optimised as well
    /// but check for overflow; our own code is optimised in either case.
    #[arg(long)]
    release: bool,
}

/// Every benchmark.
const BENCHES: [&str; 4] = ["draws", "grading", "documents", "writer"];

/// Builds and runs the benchmarks. What they measure is printed next to a reference of the same run.
///
/// # Errors
/// If one cannot be built or fails, or there is none of the name.
pub fn run(options: &Options) -> Outcome<()> {
    setup::ensure(&[Need::Build, Need::Run, Need::Test])?;
    let wanted = |name: &&str| options.name.as_deref().is_none_or(|word| word == *name);
    let names: Vec<&str> = BENCHES.into_iter().filter(wanted).collect();
    if names.is_empty() {
        return Err(Fail::call(format!("there are the benchmarks {}", BENCHES.join(", "))));
    }
    let cluster = Cluster::start_durable()?;
    for name in names {
        let mut command = shell::cargo();
        command.args(["bench", "--workspace", "--bench", name]);
        if !options.release {
            command.args(["--profile", "dev"]).env("CARGO_PROFILE_DEV_OPT_LEVEL", "3");
        }
        command.env("KAODIAN_BENCH_POSTGRES", cluster.create(&format!("bench_{name}"))?);
        shell::run(&mut command)?;
    }
    Ok(())
}
