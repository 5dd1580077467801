//! Entry point of `kaodian-server`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::run()
}
