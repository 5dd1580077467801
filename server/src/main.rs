//! Entry point of `kaodian-server`.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Thousands of seats make many small things on one thread that another throws away.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    server::cli::run()
}
