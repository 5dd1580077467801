//! The system's packages: which are needed, which are missing, and installing them.

use crate::fail::{Fail, Outcome};
use crate::shell;
use clap::{Args, ValueEnum};
use std::process::Command;

/// What packages are needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Need {
    /// To build.
    Build,
    /// To run.
    Run,
    /// To test.
    Test,
}

/// `cargo xtask setup`
#[derive(Debug, Args)]
pub struct Options {
    /// Only for building, running or testing; all without it.
    #[arg(value_enum)]
    needs: Vec<Need>,
}

/// A Debian package, what it is needed for and why.
const PACKAGES: &[(&str, Need, &str)] = &[
    ("git", Need::Build, "lists the files of the project"),
    ("gcc", Need::Build, "compiles the embedded SQLite"),
    ("libc6-dev", Need::Build, "headers of the C library"),
    ("pkg-config", Need::Build, "finds libraries"),
    ("libpq-dev", Need::Build, "client library of PostgreSQL"),
    ("libclang-dev", Need::Build, "reads the headers of the camera interface"),
    ("fonts-noto-cjk", Need::Run, "Chinese characters on tickets and certificates"),
    ("espeak-ng", Need::Run, "speaks the calls"),
    ("procps", Need::Run, "asks the programs to stop"),
    ("python3", Need::Test, "checks draws by an implementation of another hand"),
    ("python3-venv", Need::Test, "keeps the tool that looks at the API from outside"),
    ("postgresql", Need::Test, "a private PostgreSQL cluster for the tests"),
    ("chromium", Need::Test, "browser tests"),
    ("nodejs", Need::Test, "browser tests"),
    ("npm", Need::Test, "fetches what the browser tests need"),
    ("poppler-utils", Need::Test, "reads PDF files back"),
    ("qpdf", Need::Test, "checks PDF files"),
    ("zbar-tools", Need::Test, "reads QR codes back"),
    ("cups-ipp-utils", Need::Test, "a printer that speaks IPP"),
    ("dbus-daemon", Need::Test, "the private bus on which that printer announces itself"),
];

/// Installs what is missing for all or the given needs.
///
/// # Errors
/// As [`ensure`].
pub fn run(options: &Options) -> Outcome<()> {
    let all = [Need::Build, Need::Run, Need::Test];
    ensure(if options.needs.is_empty() { &all } else { &options.needs })
}

/// Installs what is missing, saying what and why; asks nothing.
///
/// # Errors
/// Exit status 2 with the line to type if we may not install; 1 if the installation fails.
pub fn ensure(needs: &[Need]) -> Outcome<()> {
    if !shell::is_there("dpkg-query") {
        eprintln!("This is no Debian system: make sure that the packages of `cargo xtask setup` are there.");
        return Ok(());
    }
    let missing: Vec<_> =
        PACKAGES.iter().filter(|(name, need, _)| needs.contains(need) && !has(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("Missing on this machine:");
    for (name, _, why) in &missing {
        eprintln!("  {name}: {why}");
    }
    let names: Vec<&str> = missing.iter().map(|(name, ..)| *name).collect();
    let line = format!("apt-get update && apt-get install -y --no-install-recommends {}", names.join(" "));
    if !is_root()? {
        return Err(Fail::call(format!("Install them with:\n  sudo sh -c '{line}'")));
    }
    eprintln!("Installing them: {line}");
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    shell::run(apt().arg("update"))?;
    shell::run(apt().args(["install", "-y", "--no-install-recommends"]).args(&names))
}

/// Whether we are root.
///
/// # Errors
/// If `id` cannot be run.
pub fn is_root() -> Outcome<bool> {
    Ok(shell::ask(Command::new("id").arg("-u"))?.out.trim() == "0")
}

/// Installed as a package, or there as a program of another origin.
fn has(name: &str) -> bool {
    let program = match name {
        "nodejs" => Some("node"),
        "npm" | "chromium" | "gcc" | "git" | "python3" | "pkg-config" => Some(name),
        "procps" => Some("kill"),
        "cups-ipp-utils" => Some("ippeveprinter"),
        "dbus-daemon" => Some(name),
        _ => None,
    };
    if program.is_some_and(shell::is_there) {
        return true;
    }
    if name == "python3-venv" {
        // A Python of another origin brings it along; Debian's own says that it lacks it.
        let mut python = Command::new("python3");
        return shell::ask(python.args(["-m", "ensurepip", "--version"])).is_ok_and(|said| said.ok);
    }
    let mut query = Command::new("dpkg-query");
    query.args(["-W", "-f", "${Status}", name]);
    shell::ask(&mut query).is_ok_and(|said| said.ok && said.out.contains("install ok installed"))
}
