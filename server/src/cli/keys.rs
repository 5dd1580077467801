//! Keys: list, rotate, back up.

use super::{Answer, Failure, Outcome, print};
use crate::config::Config;
use crate::keys::{KeyRing, Purpose};
use clap::{Args, Subcommand};
use serde_json::json;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Arguments of `keys`.
#[derive(Args)]
pub struct Keys {
    /// Configuration file.
    #[arg(long, default_value = "kaodian.toml", global = true)]
    config: PathBuf,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the key ids; the last of each purpose is in use.
    List,
    /// Add a new key for a purpose (token, receipt, log, certificate, bundle, data) and use it from the next start on.
    Rotate {
        /// Purpose.
        purpose: String,
    },
    /// Copy the key directory to an empty or new directory, readable by its owner alone.
    Backup {
        /// Where to.
        to: PathBuf,
    },
}

impl Keys {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let config = Config::read(&self.config)?;
        let mut ring = KeyRing::open(&config.keys, &config.key_command)?;
        match self.action {
            Action::List => print(&json!({ "keys": ring.list() })),
            Action::Rotate { purpose } => {
                let known = Purpose::from_word(&purpose)
                    .ok_or_else(|| Failure::Usage(format!("'{purpose}' is not a purpose of a key")))?;
                print(&json!({ "in_use": ring.rotate(known)? }));
                eprintln!("restart the server to use the new key");
            }
            Action::Backup { to } => print(&json!({ "copied": backup(&config.keys, &to)? })),
        }
        Ok(Outcome::Yes)
    }
}

fn backup(from: &Path, to: &Path) -> Result<usize, Failure> {
    if to.exists() && std::fs::read_dir(to)?.next().is_some() {
        return Err(Failure::Refused(format!("{} is not empty", to.display())));
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(to)?;
    let mut copied = 0;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        copied += 1;
    }
    Ok(copied)
}
