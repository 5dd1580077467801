//! Running other programs.

use crate::fail::{Context, Fail, Outcome};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a program said.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Whether it ended with status 0.
    pub ok: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// The top of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The directory in which cargo builds.
#[must_use]
pub fn target() -> PathBuf {
    let given = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    given.map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A program that has been built in the dev profile.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// cargo, as it called us, without what it told us about ourselves: build scripts that look at that (ring's does) would be
/// run again, with all that follows, whenever a person calls cargo without us.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    let about_us = |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|part| name.starts_with(part));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(about_us)) {
        command.env_remove(name);
    }
    command
}

/// Builds every program of the project.
///
/// The smallest of the tests is built with them, because cargo gives libraries the features that only tests ask for as
/// soon as one test is among what it builds: without it, `demo` after `test` would build half of the libraries again.
///
/// # Errors
/// If it cannot be built.
pub fn build_programs() -> Outcome<()> {
    eprintln!("Building server and kiosk …");
    run(cargo().args(["build", "--workspace", "--bins", "--test", "setup"]))
}

/// Whether a program can be found.
#[must_use]
pub fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

/// Runs quietly and answers what was said.
///
/// # Errors
/// If the program cannot be started.
pub fn ask(command: &mut Command) -> Outcome<Said> {
    let output = command.stdin(Stdio::null()).output().or_fail(name(command))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Said { ok: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) })
}

/// Runs with its output on our standard error; it must end well.
///
/// # Errors
/// If it cannot be started or ends with another status than 0.
pub fn run(command: &mut Command) -> Outcome<()> {
    let said = tee(command)?;
    if said.ok { Ok(()) } else { Err(Fail::new(format!("{} failed", name(command)))) }
}

/// Runs with its output on our standard error and keeps what was said.
///
/// # Errors
/// If it cannot be started.
pub fn tee(command: &mut Command) -> Outcome<Said> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .or_fail(name(command))?;
    let out = child.stdout.take().or_fail("no pipe")?;
    let err = child.stderr.take().or_fail("no pipe")?;
    let reader = std::thread::spawn(move || copy(out));
    let err = copy(err);
    let out = reader.join().unwrap_or_default();
    let status = child.wait().or_fail(name(command))?;
    Ok(Said { ok: status.success(), out, err })
}

/// The same, but it steps back for whatever else runs.
#[must_use]
pub fn patient(command: &Command) -> Command {
    let mut patient = Command::new("nice");
    patient.args(["-n", "15"]).arg(command.get_program()).args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        patient.current_dir(directory);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => patient.env(name, value),
            None => patient.env_remove(name),
        };
    }
    patient
}

/// The program and its arguments, for messages.
#[must_use]
pub fn name(command: &Command) -> String {
    let arguments = command.get_args().map(|a| a.to_string_lossy().into_owned());
    let program =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn copy(from: impl std::io::Read) -> String {
    let mut kept = String::new();
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line), Ok(1..)) {
        // Nobody may be listening; what was said is kept all the same.
        let _ = std::io::stderr().write_all(&line);
        kept.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    kept
}
