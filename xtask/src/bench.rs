//! The benchmarks.

use crate::demo::{Demo, Place};
use crate::fail::{Fail, Outcome};
use crate::postgres::Cluster;
use crate::setup::{self, Need};
use crate::{shell, test};
use clap::Args;
use std::process::Command;

/// `cargo xtask bench`
#[derive(Debug, Args)]
pub struct Options {
    /// Only this benchmark: `assignment`, `draws`, `grading`, `bulk`, `documents`, `writer`, `log`, `theory`, `kiosk` or `pages`.
    name: Option<String>,
    /// Build libraries, too, as they are released. Without it those of the tests serve, which are optimised as well
    /// but check for overflow; our own code is optimised in either case.
    #[arg(long)]
    release: bool,
}

/// The exact solver that says how even a year's load can be.
const SOLVER: &str = "ortools==9.15.6755";

/// What grading in memory is measured next to.
const NUMPY: &str = "numpy==2.4.6";

/// Every benchmark of the programs.
const BENCHES: [&str; 9] =
    ["assignment", "draws", "grading", "bulk", "documents", "writer", "log", "theory", "kiosk"];

/// The benchmark in the browser.
const PAGES: &str = "pages";

/// Builds and runs the benchmarks. What they measure is printed next to a reference of the same run.
///
/// # Errors
/// If one cannot be built or fails, or there is none of the name.
pub fn run(options: &Options) -> Outcome<()> {
    setup::ensure(&[Need::Build, Need::Run, Need::Test])?;
    let wanted = |name: &&str| options.name.as_deref().is_none_or(|word| word == *name);
    let names: Vec<&str> = BENCHES.into_iter().filter(wanted).collect();
    let pages = wanted(&PAGES);
    if names.is_empty() && !pages {
        return Err(Fail::call(format!("there are the benchmarks {} and {PAGES}", BENCHES.join(", "))));
    }
    if !names.is_empty() {
        in_programs(&names, options.release)?;
    }
    if pages { in_the_browser() } else { Ok(()) }
}

fn in_programs(names: &[&str], release: bool) -> Outcome<()> {
    let cluster = Cluster::start_durable()?;
    for name in names {
        let mut command = shell::cargo();
        command.args(["bench", "--workspace", "--bench", name]);
        if !release {
            command.args(["--profile", "dev"]).env("CARGO_PROFILE_DEV_OPT_LEVEL", "3");
        }
        command.env("KAODIAN_BENCH_POSTGRES", cluster.create(&format!("bench_{name}"))?);
        let flow = shell::target().join("bench-assignment.txt");
        command.env("KAODIAN_BENCH_FLOW", &flow);
        if *name == "bulk" {
            command.env("KAODIAN_BENCH_NUMPY", test::python(NUMPY, "python3")?);
        }
        if *name == "kiosk" {
            command.env("KAODIAN_BENCH_KIOSK", kiosk(release)?);
        }
        shell::run(&mut command)?;
        if *name == "assignment" {
            let program = test::python(SOLVER, "python3")?;
            let script = shell::root().join("xtask/src/even_load.py");
            shell::run(Command::new(program).arg(script).arg(flow))?;
        }
    }
    Ok(())
}

/// The kiosk's program, optimised as the benchmarks are; together with one of them, because the libraries of programs alone
/// would be others.
fn kiosk(release: bool) -> Outcome<std::path::PathBuf> {
    let mut command = shell::cargo();
    command.args(["build", "--workspace", "--bin", "kaodian-kiosk", "--bench", "kiosk"]);
    if release {
        command.arg("--release");
    } else {
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "3");
    }
    shell::run(&mut command)?;
    Ok(shell::target().join(if release { "release" } else { "debug" }).join("kaodian-kiosk"))
}

/// First paint of every page on a slow line, against a demo of its own.
fn in_the_browser() -> Outcome<()> {
    shell::build_programs()?;
    let scripts = test::browser_scripts()?;
    let demo = Demo::start(&Place::for_tests()?)?;
    let mut command = Command::new("node");
    command.current_dir(&scripts).arg("bench-pages.mjs");
    demo.describe(&mut command)?;
    let said = shell::tee(&mut command)?;
    demo.stop()?;
    if said.ok { Ok(()) } else { Err(Fail::new("the pages could not be measured")) }
}
