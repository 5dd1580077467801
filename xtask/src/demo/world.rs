//! What the demo needs of its world's file.

use crate::exam_day::people::Invented;
use crate::fail::{Context, Outcome};
use crate::shell;
use serde::Deserialize;
use std::path::PathBuf;

/// The world's file.
#[derive(Debug, Deserialize)]
pub(super) struct World {
    pub(super) account: Vec<Account>,
    pub(super) candidate: Vec<Invented>,
    pub(super) staff: Vec<Staff>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
    pub(super) role: String,
    pub(super) display_name: String,
    pub(super) password: String,
    #[serde(default)]
    pub(super) totp: bool,
    pub(super) staff: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Staff {
    pub(super) code: String,
    #[serde(default)]
    barred_until: Option<String>,
    conflicts_complete: bool,
}

impl World {
    pub(super) fn read() -> Outcome<Self> {
        let path = file();
        let text = std::fs::read_to_string(&path).or_fail(path.display())?;
        toml::from_str(&text).or_fail(path.display())
    }

    /// The password of every account, and of whoever is drawn.
    pub(super) fn password(&self) -> Outcome<&str> {
        self.account.first().map(|a| a.password.as_str()).or_fail("no account in the demo world")
    }
}

impl Staff {
    /// Whether nobody may draw this one on a day, whatever the candidates.
    pub(super) fn is_barred(&self, day: &str) -> bool {
        !self.conflicts_complete || self.barred_until.as_deref().is_some_and(|until| day <= until)
    }
}

/// The login with which somebody of the pool does a duty.
pub(super) fn login_of(staff: &str, kind: &str) -> String {
    let place = if kind.ends_with("invigilator") { "room" } else { "station" };
    format!("{}-{place}", staff.to_lowercase())
}

/// Where it lies.
pub(super) fn file() -> PathBuf {
    shell::root().join("fixtures/worlds/demo/world.toml")
}
