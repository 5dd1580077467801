//! `kaodian-server …`: one file a group of commands.
//!
//! Answers go to standard output, one JSON document or plain line; what is for people goes to standard error. Exit
//! status: 0 yes or done, 1 no or refused, 2 the call was wrong.

mod bank;
mod certificate;
mod dates;
mod draw;
mod evidence;
mod grade;
mod keys;
mod log;
mod run;
mod statistics;
mod tls;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The examination centre's server.
#[derive(Parser)]
#[command(
    name = "kaodian-server",
    version,
    about = "考点 · the examination centre's server",
    max_term_width = 110
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server until it is told to stop.
    Serve(run::Serve),
    /// Bring the database schema up to date.
    Migrate(run::Migrate),
    /// Load rule sets, trades, calendars, sheets, banks and a world from files.
    Seed(run::Seed),
    /// Make every projection again from the events.
    Rebuild(run::Rebuild),
    /// Print the second-factor code of an account that administers.
    Totp(run::Totp),
    /// Print the OpenAPI 3.1 description of the API.
    Openapi,
    /// List, rotate or back up keys.
    Keys(keys::Keys),
    /// Make a local certificate authority and TLS certificates.
    Tls(tls::Tls),
    /// Check and import a question bank.
    ImportBank(bank::ImportBank),
    /// Write a bank of the database as a file.
    ExportBank(bank::ExportBank),
    /// Write the questions of a bank file in another form; needs no database.
    ConvertBank(bank::ConvertBank),
    /// Draw names from a pool by a key text.
    Draw(draw::Draw),
    /// Check the transcript of a draw.
    DrawVerify(draw::DrawVerify),
    /// Judge proofs of the log: that an entry is in it, that it only grew.
    LogProof(log::LogProof),
    /// Print the public key of the log.
    LogKey(log::LogKey),
    /// Check the log: events, leaves, checkpoints and projections; or the files of a day.
    LogVerify(log::LogVerify),
    /// Write a day of the log as files that are checked without the server.
    LogExport(log::LogExport),
    /// Check an evidence package: its files, its events and their proofs, its draws.
    EvidenceVerify(evidence::EvidenceVerify),
    /// Grade answer sheets by a key.
    Grade(grade::Grade),
    /// What answer sheets say about questions and sets, and whether the sets are equally hard.
    ItemStatistics(statistics::ItemStatistics),
    /// Check the code of a certificate with the public keys alone.
    CertVerify(certificate::CertVerify),
    /// The dates of a certificate.
    CertificateDates(certificate::CertificateDates),
    /// The day so many working days after another.
    Workday(dates::Workday),
    /// The month in which somebody reaches the statutory retirement age.
    Retirement(dates::Retirement),
    /// What an identity number says.
    Idnumber(dates::Idnumber),
}

/// How a command ended when it did not fail.
enum Outcome {
    /// Exit status 0.
    Yes,
    /// Exit status 1; the document on standard output says why.
    No,
}

/// Why a command failed: said on standard error.
enum Failure {
    /// Exit status 1.
    Refused(String),
    /// Exit status 2.
    Usage(String),
}

type Answer = Result<Outcome, Failure>;

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Refused(error.to_string())
    }
}

/// Reads the arguments, runs the command and answers its exit status.
#[must_use]
pub fn run() -> ExitCode {
    let answer = match Cli::parse().command {
        Command::Serve(c) => c.run(),
        Command::Migrate(c) => c.run(),
        Command::Seed(c) => c.run(),
        Command::Rebuild(c) => c.run(),
        Command::Totp(c) => c.run(),
        Command::Openapi => run::openapi(),
        Command::Keys(c) => c.run(),
        Command::Tls(c) => c.run(),
        Command::ImportBank(c) => c.run(),
        Command::ExportBank(c) => c.run(),
        Command::ConvertBank(c) => c.run(),
        Command::Draw(c) => c.run(),
        Command::DrawVerify(c) => c.run(),
        Command::LogProof(c) => c.run(),
        Command::LogKey(c) => c.run(),
        Command::LogVerify(c) => c.run(),
        Command::LogExport(c) => c.run(),
        Command::EvidenceVerify(c) => c.run(),
        Command::Grade(c) => c.run(),
        Command::ItemStatistics(c) => c.run(),
        Command::CertVerify(c) => c.run(),
        Command::CertificateDates(c) => c.run(),
        Command::Workday(c) => c.run(),
        Command::Retirement(c) => c.run(),
        Command::Idnumber(c) => c.run(),
    };
    match answer {
        Ok(Outcome::Yes) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        Err(Failure::Refused(why)) => {
            eprintln!("{why}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(why)) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

/// Prints one JSON document on a line.
fn print(value: &serde_json::Value) {
    say(value);
}

/// Prints a line. A reader that has gone away (`| head`) is no reason to break off.
fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Answers each line of standard input by a line.
fn each_line(answer: impl Fn(&str) -> String) -> Answer {
    use std::io::{BufRead, Write};
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        writeln!(out, "{}", answer(line?.trim_end_matches('\r')))?;
    }
    out.flush()?;
    Ok(Outcome::Yes)
}

/// Reads a whole file; the error names it.
fn read(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| Failure::Refused(format!("{} cannot be read: {e}", path.display())))
}

/// Reads a whole UTF-8 file; the error names it.
fn read_text(path: &std::path::Path) -> Result<String, Failure> {
    let not_text = |_| Failure::Refused(format!("{} is not UTF-8 text", path.display()));
    String::from_utf8(read(path)?).map_err(not_text)
}
