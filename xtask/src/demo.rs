//! Stub.
use crate::fail::Outcome;
/// Options.
#[derive(Debug, clap::Args)]
pub struct Options {}
/// Runs.
pub fn run(_: &Options) -> Outcome<()> { Ok(()) }
