//! `kaodian-kiosk`: the kiosk's program.

use clap::{Parser, Subcommand};
use kiosk::config::{Config, ConfigError, checked_server};
use kiosk::device::sam::decode::decode;
use kiosk::doctor;
use kiosk::journal;
use kiosk::startup::{Kiosk, StartError, enrol};
use kiosk::text::Lang;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// Check-in, photographs, calling and printing at an exam point.
#[derive(Parser)]
#[command(name = "kaodian-kiosk", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the kiosk until it is told to stop (SIGTERM); prints `ready URL` when its pages can be opened.
    Run {
        /// Configuration file (TOML).
        #[arg(long)]
        config: PathBuf,
        /// Open the check-in page in Chromium's kiosk mode.
        #[arg(long)]
        open: bool,
        /// One-time code with which the kiosk is enrolled first, if it isn't yet.
        #[arg(long)]
        enrol_code: Option<String>,
        /// Address of the server; goes before that of the configuration.
        #[arg(long)]
        server: Option<String>,
    },
    /// Enrol the kiosk at its server with a one-time code.
    Enrol {
        /// Configuration file (TOML).
        #[arg(long)]
        config: PathBuf,
        /// Address of the server; goes before that of the configuration.
        #[arg(long)]
        server: Option<String>,
        /// One-time code that the centre gave out.
        #[arg(long)]
        code: String,
    },
    /// List every device, what was found, and how to mend what wasn't; exit status 1 if anything is missing.
    Doctor {
        /// Configuration file (TOML).
        #[arg(long, default_value = "kiosk.toml")]
        config: PathBuf,
        /// As one JSON document on standard output.
        #[arg(long)]
        json: bool,
        /// Language of the words: zh or en.
        #[arg(long, default_value = "zh")]
        lang: String,
    },
    /// Show what a reader of identity cards replied: the fields of the card, or why there is none (exit status 1).
    DecodeCard {
        /// File with the reply to the order "read": its bytes, or the same in hexadecimal.
        file: PathBuf,
    },
    /// Verify a journal file: every entry, its position and its chain; exit status 1 if it is broken.
    JournalVerify {
        /// The file, for example /var/lib/kaodian-kiosk/journal.db.
        file: PathBuf,
    },
}

/// What a command ends with: 1 refused or failed, 2 called wrongly.
enum Failed {
    Refused(String),
    Called(String),
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let result = match Cli::parse().command {
        Task::Run { config, open, enrol_code, server } => run(&config, open, enrol_code.as_deref(), server),
        Task::Enrol { config, server, code } => enrol_command(&config, server, &code),
        Task::Doctor { config, json, lang } => doctor_command(&config, json, &lang),
        Task::DecodeCard { file } => decode_card(&file),
        Task::JournalVerify { file } => journal_verify(&file),
    };
    match result {
        Ok(code) => code,
        Err(Failed::Refused(why)) => {
            eprintln!("error: {why}");
            ExitCode::from(1)
        }
        Err(Failed::Called(why)) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

fn run(path: &Path, open: bool, code: Option<&str>, server: Option<String>) -> Result<ExitCode, Failed> {
    let config = Config::load(path)?;
    let server = server.map(|text| checked_server(&text)).transpose()?;
    actix_web::rt::System::new().block_on(async move {
        let kiosk = Kiosk::start(&config, code.map(|code| (server.as_deref(), code)))?;
        let url = format!("http://{}", kiosk.address());
        println!("ready {url}");
        // Whoever reads the line through a pipe must have it now; if nobody reads, that is no reason to stop.
        let _ = std::io::stdout().flush();
        if open {
            open_browser(&url);
        }
        kiosk.run_until_stopped().await.map_err(|e| Failed::Refused(e.to_string()))?;
        Ok(ExitCode::SUCCESS)
    })
}

fn enrol_command(path: &Path, server: Option<String>, code: &str) -> Result<ExitCode, Failed> {
    let config = Config::load(path)?;
    let server = server.map(|text| checked_server(&text)).transpose()?;
    let enrolment = enrol(&config, server.as_deref(), code)?;
    eprintln!("enrolled as {} at {}", enrolment.kiosk, enrolment.point);
    Ok(ExitCode::SUCCESS)
}

fn doctor_command(path: &Path, json: bool, lang: &str) -> Result<ExitCode, Failed> {
    let config = Config::load(path)?;
    let report = doctor::examine(&config).map_err(|e| Failed::Called(e.to_string()))?;
    if json {
        print_json(&report)?;
    } else {
        print!("{}", doctor::in_words(&report, Lang::from_word(lang)));
    }
    Ok(if report.healthy { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn journal_verify(path: &Path) -> Result<ExitCode, Failed> {
    if !path.is_file() {
        return Err(Failed::Called(format!("{} is no file", path.display())));
    }
    let report = journal::verify_file(path).map_err(|e| Failed::Refused(e.to_string()))?;
    print_json(&report)?;
    Ok(if report.first_bad.is_none() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn decode_card(path: &Path) -> Result<ExitCode, Failed> {
    let file = std::fs::read(path).map_err(|e| Failed::Called(format!("{}: {e}", path.display())))?;
    match decode(&file) {
        Ok(card) => {
            print_json(&serde_json::json!({
                "name": card.name, "sex": card.sex, "nation": card.nation, "birth": card.birth.to_string(),
                "address": card.address, "number": card.number.as_str(), "authority": card.authority,
                "valid_from": card.valid_from.to_string(),
                "valid_until": card.valid_until.map(|day| day.to_string()),
            }))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            print_json(&serde_json::json!({"reason": why.code(), "text": why.to_string()}))?;
            Ok(ExitCode::from(1))
        }
    }
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Failed> {
    let text = serde_json::to_string(value).map_err(|e| Failed::Refused(e.to_string()))?;
    println!("{text}");
    Ok(())
}

fn open_browser(url: &str) {
    let started = Command::new(kiosk::web::BROWSER)
        .args(["--kiosk", "--no-first-run", "--disable-background-networking"])
        // The calling board speaks without anybody having touched it first.
        .args(["--autoplay-policy=no-user-gesture-required", url])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        tracing::warn!(%error, url, "the browser does not start; open the page by hand");
    }
}

impl From<ConfigError> for Failed {
    fn from(error: ConfigError) -> Self {
        Self::Called(error.to_string())
    }
}

impl From<StartError> for Failed {
    fn from(error: StartError) -> Self {
        match error {
            StartError::NoServer | StartError::Device(_) => Self::Called(error.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}
