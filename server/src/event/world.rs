//! Facts about the world in which examinations are held.

use super::Sealed;
use serde::{Deserialize, Serialize};

/// A rule set came in; it is never changed afterwards.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RuleSetLoaded {
    /// `place@version`.
    pub id: String,
    /// First day in force, `YYYY-MM-DD`.
    pub in_force_from: String,
    /// SHA-256 of the TOML text, hexadecimal.
    pub hash: String,
    /// The TOML text.
    pub toml: String,
}

/// A trade came in, or came in again with other words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TradeLoaded {
    /// Trade id.
    pub id: String,
    /// Category id.
    pub category: String,
    /// Category in Chinese.
    pub category_zh: String,
    /// Category in English.
    pub category_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// `operation` or `managers`.
    pub trade_kind: String,
    /// Coal mine trades belong to the national system.
    pub national_system: bool,
    /// `primary`, `junior`, `senior` or `college`.
    pub min_education: String,
    /// Theory hours of the first training.
    pub theory_hours: Option<u32>,
    /// Practical hours of the first training.
    pub practical_hours: Option<u32>,
    /// Hours of the first training in all, where only the sum is given.
    #[serde(default)]
    pub total_hours: Option<u32>,
    /// Hours of the training for review and renewal.
    pub review_hours: u32,
    /// Whether a practical follows.
    pub practical: bool,
}

/// The State Council's holidays of a year.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CalendarLoaded {
    /// Calendar year.
    pub year: i32,
    /// The TOML text.
    pub toml: String,
}

/// Practical score sheets of a trade.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SheetsLoaded {
    /// Trade id.
    pub trade: String,
    /// The TOML text.
    pub toml: String,
}

/// A training institution, an employer or an authority.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrganisationAdded {
    /// Organisation id.
    pub id: String,
    /// `training`, `employer` or `authority`.
    pub organisation_kind: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
}

/// An exam point with its rooms and stations.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PointAdded {
    /// Point id.
    pub id: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Administrative division code, six digits.
    pub district: String,
    /// Address.
    pub address_zh: String,
    /// Theory rooms.
    pub rooms: Vec<RoomRecord>,
    /// Practical stations.
    pub stations: Vec<StationRecord>,
}

/// A theory room.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomRecord {
    /// Room code, unique at the point.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Seats, numbered from 1.
    pub seats: u32,
}

/// A practical station.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StationRecord {
    /// Station code, unique at the point.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Trades that can be examined there.
    pub trades: Vec<String>,
}

/// An invigilator or examiner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaffAdded {
    /// Code in the pool.
    pub code: String,
    /// Name.
    pub name: String,
    /// Employer (organisation id).
    pub employer: Option<String>,
    /// Training institutions at which the person teaches or taught.
    pub taught_at: Vec<String>,
    /// Persons whom the person has trained (person ids).
    pub trained: Vec<String>,
    /// Declared as family (person ids).
    #[serde(default)]
    pub family: Vec<String>,
    /// Days on which the person said beforehand not to be available, `YYYY-MM-DD`.
    #[serde(default)]
    pub unavailable: Vec<String>,
    /// District, six digits.
    pub district: String,
    /// Whose pool: the id of an exam point or the first digits of a district; none for the pool of all.
    #[serde(default)]
    pub pool: Option<String>,
    /// Languages other than Chinese.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Last day of the invigilator's card, `YYYY-MM-DD`.
    pub invigilator_until: Option<String>,
    /// Categories of the examiner's card.
    pub examiner_categories: Vec<String>,
    /// Last day of the examiner's card.
    pub examiner_until: Option<String>,
    /// Barred up to and including this day.
    pub barred_until: Option<String>,
    /// Keyed hashes of the identity numbers of family; they may never have registered.
    #[serde(default)]
    pub family_index: Vec<String>,
    /// Keyed hashes of the identity numbers of people whom the person has trained.
    #[serde(default)]
    pub trained_index: Vec<String>,
    /// Whether employer, teaching and family ties were all declared.
    pub conflicts_complete: bool,
}

/// An invigilator or examiner may not be drawn for some time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaffBarred {
    /// Code in the pool.
    pub staff: String,
    /// Up to and including this day, `YYYY-MM-DD`.
    pub until: String,
    /// Why.
    pub reason: String,
    /// The session that it is about, if any.
    pub session: Option<String>,
}

/// A bar was lifted before its last day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaffUnbarred {
    /// Code in the pool.
    pub staff: String,
    /// Why.
    pub reason: String,
}

/// An account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountAdded {
    /// Account id.
    pub id: String,
    /// Login name.
    pub login: String,
    /// Role; see [`crate::http::access::Role`].
    pub role: String,
    /// Name shown.
    pub display_name: String,
    /// Password as argon2id in PHC form.
    pub password_hash: String,
    /// Second factor (TOTP secret, base32), for those who administer.
    pub totp: Option<Sealed>,
    /// Staff code of an invigilator or examiner.
    pub staff: Option<String>,
    /// Organisation of a training institution or enterprise.
    pub organisation: Option<String>,
    /// Exam point of its staff.
    pub point: Option<String>,
    /// Keyed hash of the identity number of whoever administers, so that nobody has two of these roles.
    #[serde(default)]
    pub holder: Option<String>,
    /// Whether somebody else knows the password, so that the owner has to change it before anything else.
    #[serde(default)]
    pub temporary: bool,
}

/// A kiosk was announced.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KioskAnnounced {
    /// Kiosk id.
    pub kiosk: String,
    /// Exam point.
    pub point: String,
    /// SHA-256 of the one-time code, hexadecimal.
    pub code_hash: String,
    /// The code can be used until then, epoch milliseconds.
    pub code_until: i64,
}

/// A kiosk enrolled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KioskEnrolled {
    /// Kiosk id.
    pub kiosk: String,
    /// Ed25519 public key, base64url.
    pub public_key: String,
}

/// A kiosk was shut out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KioskRevoked {
    /// Kiosk id.
    pub kiosk: String,
    /// Why.
    pub reason: String,
}
