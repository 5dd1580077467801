//! The kiosks as whoever looks after devices sees them: where they stand, when they were heard of, what they could not
//! get rid of; and how one is shut out.

use super::App;
use super::auth::Person;
use super::once::{Once, OnceError};
use crate::db::kiosks::{self as rows, KioskRow};
use crate::db::{Conn, DbError, DbResult, events, world};
use crate::event::{Actor, Fact, KioskRevoked};
use serde_json::Value;
use shared::wire::v1::journal::JournalEntry;
use thiserror::Error;

/// Dead letters that are shown.
const DEAD_LETTERS: i64 = 100;

/// Longest reason in characters.
const LONGEST_REASON: usize = 200;

/// A kiosk that was not heard of for so long is silent, in milliseconds.
const SILENT_AFTER: i64 = 5 * 60 * 1000;

/// All devices.
#[derive(Debug, Clone)]
pub struct Devices {
    /// Exam points with their kiosks; every point is there.
    pub points: Vec<PointDevices>,
    /// Journal entries that could not be applied, the newest first.
    pub dead: Vec<DeadLetter>,
}

/// The kiosks of an exam point.
#[derive(Debug, Clone)]
pub struct PointDevices {
    /// Exam point.
    pub point: String,
    /// Chinese and English name.
    pub name: (String, String),
    /// Its kiosks.
    pub kiosks: Vec<Device>,
}

/// A kiosk.
#[derive(Debug, Clone)]
pub struct Device {
    /// Kiosk id.
    pub id: String,
    /// How it stands.
    pub state: DeviceState,
    /// The one-time code can be used until then, epoch milliseconds.
    pub code_until: i64,
    /// When it was last heard of, epoch milliseconds.
    pub last_contact: Option<i64>,
    /// Position of its journal.
    pub position: i64,
    /// Server's clock minus its own as last measured, milliseconds.
    pub clock_difference: Option<i64>,
}

/// How a kiosk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceState {
    /// Its one-time code waits to be used.
    Announced,
    /// Its one-time code was not used in time.
    Expired,
    /// In use, and heard of lately.
    Near,
    /// In use, and silent.
    Silent,
    /// Shut out.
    Revoked,
}

/// A journal entry that could not be applied.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// Kiosk id.
    pub kiosk: String,
    /// Position in its journal.
    pub seq: i64,
    /// When it was written, epoch milliseconds.
    pub at: i64,
    /// What happened.
    pub what: String,
    /// Why it could not be applied: a stable code.
    pub why: String,
}

/// Why a kiosk is not shut out.
#[derive(Debug, Error)]
pub enum DeviceError {
    /// There is no such kiosk.
    #[error("there is no kiosk '{0}'")]
    Unknown(String),
    /// It was shut out before.
    #[error("this kiosk was shut out before")]
    Revoked,
    /// The reason is missing or too long.
    #[error("reason: 1 to {LONGEST_REASON} characters in one line")]
    Reason,
    /// Idempotency.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(DeviceError {
    Self::Unknown(_) => "device-unknown",
    Self::Revoked => "device-revoked",
    Self::Reason => "reason-needed",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Db(_) => "unavailable",
});

impl DeviceState {
    /// Word in language files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Expired => "expired",
            Self::Near => "near",
            Self::Silent => "silent",
            Self::Revoked => "revoked",
        }
    }
}

/// All devices.
///
/// # Errors
/// [`DeviceError::Db`].
pub fn list(app: &App) -> Result<Devices, DeviceError> {
    app.db.read(|conn| {
        let mut points: Vec<PointDevices> = world::points(conn)?
            .into_iter()
            .map(|p| PointDevices { point: p.id, name: (p.name_zh, p.name_en), kiosks: Vec::new() })
            .collect();
        for row in rows::all(conn)? {
            let device = device(app, conn, &row)?;
            if let Some(point) = points.iter_mut().find(|p| p.point == row.point) {
                point.kiosks.push(device);
            }
        }
        let dead = rows::dead_letters(conn, DEAD_LETTERS)?.into_iter().map(dead_letter).collect();
        Ok(Devices { points, dead })
    })
}

/// Shuts a kiosk out: from now on its calls are refused.
///
/// # Errors
/// [`DeviceError`] for a kiosk that is not there or was shut out before, or without a reason.
pub fn revoke(
    app: &App,
    person: &Person,
    kiosk: &str,
    reason: &str,
    once: Option<Once>,
) -> Result<(), DeviceError> {
    let reason = reason.trim().to_owned();
    let long = reason.chars().count() > LONGEST_REASON;
    if reason.is_empty() || long || reason.chars().any(char::is_control) {
        return Err(DeviceError::Reason);
    }
    let (worker, actor, kiosk) = (app.clone(), Actor::Account(person.account.clone()), kiosk.to_owned());
    app.write_once(once, move |conn| {
        let row = rows::find(conn, &kiosk)?.ok_or_else(|| DeviceError::Unknown(kiosk.clone()))?;
        if row.revoked {
            return Err(DeviceError::Revoked);
        }
        let fact = Fact::KioskRevoked(KioskRevoked { kiosk, reason });
        events::append(conn, &worker.event(&actor, fact))?;
        Ok(())
    })
}

fn device(app: &App, conn: &mut Conn, row: &KioskRow) -> DbResult<Device> {
    let now = app.clock.now().millis();
    let heard = app.presence.last(&row.id);
    let last_contact = heard.max(rows::last_event(conn, &row.id)?);
    let entry = rows::last_entry(conn, &row.id)?;
    let entry: Option<JournalEntry> = entry.map(|body| world::json("journal entry", &body)).transpose()?;
    let near = last_contact.is_some_and(|at| now.saturating_sub(at) <= SILENT_AFTER);
    let state = match (row.revoked, row.public_key.is_some()) {
        (true, _) => DeviceState::Revoked,
        (false, true) if near => DeviceState::Near,
        (false, true) => DeviceState::Silent,
        (false, false) if now < row.code_until => DeviceState::Announced,
        (false, false) => DeviceState::Expired,
    };
    Ok(Device {
        id: row.id.clone(),
        state,
        code_until: row.code_until,
        last_contact,
        position: entry.as_ref().map_or(0, |e| i64::try_from(e.seq).unwrap_or(i64::MAX)),
        clock_difference: entry.map(|e| e.offset_ms),
    })
}

fn dead_letter((kiosk, seq, at, body, dead): rows::DeadEntry) -> DeadLetter {
    let entry: Value = serde_json::from_str(&body).unwrap_or_default();
    let what = entry.pointer("/fact/kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    DeadLetter { kiosk, seq, at, what, why: dead.unwrap_or_default() }
}
