//! `cargo xtask …`: what the project does to itself.

pub mod bench;
pub mod client;
pub mod demo;
pub mod exam_day;
pub mod fail;
pub mod postgres;
pub mod process;
pub mod random;
pub mod screenshots;
pub mod setup;
pub mod shell;
pub mod test;
pub mod tidy;
pub mod tidy_up;
pub mod wait;
pub mod words;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// What the project does to itself: demo, tests, an exam day, benchmarks, tidiness.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install what is missing, build, and run a server and a kiosk on the demo world.
    Demo(demo::Options),
    /// Install what is missing and run every test.
    Test(test::Options),
    /// Play a whole exam day against a real server and a real kiosk.
    ExamDay(exam_day::Options),
    /// Run the benchmarks whose name contains NAME.
    Bench(bench::Options),
    /// Take pictures of the pages at device sizes.
    Screenshots(screenshots::Options),
    /// Look for what does not belong into the project.
    Tidy,
    /// Print every message in both languages as CSV.
    Words,
    /// Install the system's packages that are missing.
    Setup(setup::Options),
}

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let task = Arguments::parse().task;
    let outcome = tidy_up::listen().and_then(|()| match task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::ExamDay(options) => exam_day::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Screenshots(options) => screenshots::run(&options),
        Task::Tidy => tidy::run(),
        Task::Words => words::run(),
        Task::Setup(options) => setup::run(&options),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            eprintln!("{fail}");
            ExitCode::from(fail.exit())
        }
    }
}
