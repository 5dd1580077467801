//! The API looked at by a program of other hands: schemathesis reads the served description and sends what it says,
//! and what it does not say.

use super::counts::Counts;
use crate::fail::{Context, Outcome};
use crate::{demo, shell};
use std::path::PathBuf;
use std::process::Command;

/// The tool and its version: another one may look for other things.
const TOOL: &str = "schemathesis==4.32.5";
/// As whom the API is called, by the word of the role; the first of each in the demo world. Empty: as nobody.
const CALLERS: [&str; 4] = ["", "centre_staff", "point_staff", "auditor"];
/// What an answer must not be, whatever was sent.
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// Requests tried for each endpoint and caller by chance, beside those that follow from the description.
const EXAMPLES: usize = 5;
/// The same with `--soak`.
const SOAK_EXAMPLES: usize = 400;

/// Calls the API of a demo as each of the callers.
///
/// # Errors
/// If the tool cannot be fetched or the demo does not start.
pub fn check(soak: bool) -> Outcome<Counts> {
    let tool = python(TOOL, "schemathesis")?;
    let demo = demo::Demo::start(&demo::Place::for_tests()?)?;
    let mut counts = Counts::default();
    for caller in CALLERS {
        eprintln!("as {}", if caller.is_empty() { "nobody" } else { caller });
        let mut command = Command::new(&tool);
        command.arg("run").arg(format!("{}/api/v1/openapi.json", demo.server()));
        command.args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--mode", "all"]);
        command.args(["--seed", "1", "--max-examples"]);
        command.arg(if soak { SOAK_EXAMPLES } else { EXAMPLES }.to_string());
        // Logging out would end the walk of this caller.
        command.args(["--exclude-path", "/api/v1/auth/logout", "--warnings", "off", "--no-color"]);
        command.args(["--generation-database", ":memory:", "--continue-on-failure"]);
        command.current_dir(shell::target());
        if !caller.is_empty() {
            command.args(["--header", &format!("Authorization: Bearer {}", demo.token(caller)?)]);
        }
        counts = counts.plus(Counts::one(shell::tee(&mut command)?.ok));
    }
    demo.stop()?;
    Ok(counts)
}

/// A program of a Python package, which is fetched into an environment below the build directory if it is not there yet.
///
/// # Errors
/// If it cannot be fetched.
pub fn python(package: &str, program: &str) -> Outcome<PathBuf> {
    let place = shell::target().join("outside").join(package);
    let program = place.join("bin").join(program);
    let fetched = place.join("fetched");
    if !fetched.is_file() {
        std::fs::create_dir_all(&place).or_fail(place.display())?;
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
        let mut fetch = Command::new(place.join("bin/pip"));
        shell::run(fetch.args(["install", "--quiet", "--disable-pip-version-check", package]))?;
        std::fs::write(&fetched, "").or_fail(fetched.display())?;
    }
    Ok(program)
}
