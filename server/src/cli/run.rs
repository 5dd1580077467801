//! Running the server and looking after its database.

use super::{Answer, Failure, Outcome, print, say};
use crate::app::{App, auth};
use crate::config::Config;
use crate::db::{DbError, accounts, events};
use crate::http::Application;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

/// Arguments of `serve`.
#[derive(Args)]
pub struct Serve {
    /// Configuration file.
    #[arg(long, default_value = "kaodian.toml")]
    config: PathBuf,
    /// Database instead of the configured one: a path (SQLite) or postgres://….
    #[arg(long)]
    database: Option<String>,
}

/// Arguments of `migrate`.
#[derive(Args)]
pub struct Migrate {
    /// Database: a path (SQLite) or postgres://….
    #[arg(long)]
    database: String,
}

/// Arguments of `seed`.
#[derive(Args)]
pub struct Seed {
    /// Configuration file.
    #[arg(long, default_value = "kaodian.toml")]
    config: PathBuf,
    /// Database instead of the configured one.
    #[arg(long)]
    database: Option<String>,
    /// Directory with trades, calendars, rule sets, sheets and banks.
    #[arg(long, default_value = "fixtures")]
    fixtures: PathBuf,
    /// World file: organisations, points, staff, accounts, candidates.
    #[arg(long)]
    world: PathBuf,
}

/// Arguments of `rebuild`.
#[derive(Args)]
pub struct Rebuild {
    /// Configuration file.
    #[arg(long, default_value = "kaodian.toml")]
    config: PathBuf,
}

/// Arguments of `totp`.
#[derive(Args)]
pub struct Totp {
    /// Configuration file; it must be that of a demo world.
    #[arg(long, default_value = "kaodian.toml")]
    config: PathBuf,
    /// Login name.
    login: String,
}

impl Serve {
    /// Runs the command.
    pub fn run(self) -> Answer {
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
            .with_writer(std::io::stderr)
            .init();
        let config = configured(&self.config, self.database)?;
        let app = App::open(&config)?;
        if let Some(demo) = &config.demo {
            app.clock.serve(&demo.clock_socket)?;
        }
        let jobs = crate::jobs::start(app.clone())?;
        let served = actix_web::rt::System::new().block_on(async {
            let application = Application::build(&config, app)?;
            let scheme = if config.tls.is_some() { "https" } else { "http" };
            say(format_args!("ready {scheme}://{}", application.address()));
            application.run_until_stopped().await
        });
        drop(jobs);
        served?;
        Ok(Outcome::Yes)
    }
}

impl Migrate {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let steps = crate::db::migrate::migrate(&self.database)?;
        print(&json!({ "applied": steps }));
        Ok(Outcome::Yes)
    }
}

impl Seed {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let config = configured(&self.config, self.database)?;
        let app = App::open(&config)?;
        let style = ProgressStyle::with_template("{msg:30} {bar:40} {pos}/{len}");
        let bar = ProgressBar::new(1).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let progress = |what: &str, done: u64, all: u64| {
            bar.set_length(all);
            bar.set_position(done);
            bar.set_message(what.to_owned());
        };
        let report = crate::app::seed::seed(&app, &self.fixtures, &self.world, &progress)?;
        bar.finish_and_clear();
        print(&serde_json::to_value(report)?);
        Ok(Outcome::Yes)
    }
}

impl Rebuild {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let app = App::open(&Config::read(&self.config)?)?;
        let replayed: i64 = app.db.write(|conn| events::rebuild(conn).map_err(Rebuilding))?;
        print(&json!({ "events": replayed }));
        Ok(Outcome::Yes)
    }
}

impl Totp {
    /// Runs the command. Whoever can read the keys can make the codes anyway, but a normal world has no use for it.
    pub fn run(self) -> Answer {
        let config = Config::read(&self.config)?;
        let Some(demo) = &config.demo else {
            return Err(Failure::Refused("codes are printed in demo worlds only".to_owned()));
        };
        let app = App::open(&config)?;
        let account = app.db.read(|conn| accounts::by_login(conn, &self.login))?;
        let sealed = account.and_then(|a| a.totp).ok_or_else(|| {
            Failure::Refused(format!("there is no account '{}' with a second factor", self.login))
        })?;
        let now = crate::clock::ask(&demo.clock_socket).unwrap_or_else(|| app.clock.now());
        let secret = app.sealer.open("account.totp", &sealed)?;
        say(auth::totp_codes(&secret, now)?.first().cloned().unwrap_or_default());
        Ok(Outcome::Yes)
    }
}

/// Prints the description of the API.
pub fn openapi() -> Answer {
    say(crate::http::api::openapi::description().to_pretty_json()?);
    Ok(Outcome::Yes)
}

fn configured(path: &std::path::Path, database: Option<String>) -> Result<Config, Failure> {
    let mut config = Config::read(path)?;
    if let Some(database) = database {
        config.database = database;
    }
    Ok(config)
}

/// A rebuild that failed and changed nothing.
#[derive(Debug, thiserror::Error)]
#[error("the projections could not be rebuilt: {0}")]
struct Rebuilding(#[from] DbError);
