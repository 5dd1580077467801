//! `cargo xtask screenshots`: pictures of the pages at device sizes.

use crate::fail::{Fail, Outcome};
use crate::setup::{self, Need};
use crate::{demo, shell, test};
use clap::Args;
use std::process::Command;

/// `cargo xtask screenshots`
#[derive(Debug, Args)]
pub struct Options {
    /// Renew the pictures that the README shows, in docs/screenshots.
    #[arg(long)]
    docs: bool,
    /// Take the programs as they were built last, without set-up.
    #[arg(long)]
    no_build: bool,
}

/// Starts a demo of its own, takes the pictures and writes them to target/screenshots.
///
/// # Errors
/// What does not work.
pub fn run(options: &Options) -> Outcome<()> {
    if !options.no_build {
        setup::ensure(&[Need::Build, Need::Run, Need::Test])?;
        shell::build_programs()?;
    }
    let scripts = test::browser_scripts()?;
    let demo = demo::Demo::start_lived(&demo::Place::for_tests()?)?;
    let mut command = Command::new("node");
    command.current_dir(&scripts).arg("screenshots.mjs");
    if options.docs {
        command.env("KAODIAN_DOCS", shell::root().join("docs/screenshots"));
    }
    demo.describe(&mut command)?;
    let said = shell::tee(&mut command)?;
    demo.stop()?;
    if !said.ok {
        return Err(Fail::new("the pictures could not be taken"));
    }
    eprintln!("Pictures are in {}", shell::target().join("screenshots").display());
    Ok(())
}
