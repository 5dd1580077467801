//! Facts about accounts: who may log in, as what, and who did.

use super::Sealed;
use serde::{Deserialize, Serialize};

/// Name, role or place of an account were changed; all of them as they are now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountEdited {
    /// Account id.
    pub account: String,
    /// Name shown.
    pub display_name: String,
    /// Role.
    pub role: String,
    /// Staff code of an invigilator or examiner.
    pub staff: Option<String>,
    /// Organisation of a training institution or enterprise.
    pub organisation: Option<String>,
    /// Exam point of its staff.
    pub point: Option<String>,
    /// Keyed hash of the identity number of whoever administers.
    pub holder: Option<String>,
}

/// Nobody logs in with the account any more; its tokens are void.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountBlocked {
    /// Account id.
    pub account: String,
    /// Why.
    pub reason: String,
}

/// The account may be used again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountUnblocked {
    /// Account id.
    pub account: String,
}

/// A password was set; earlier tokens are void.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PasswordSet {
    /// Account id.
    pub account: String,
    /// Password as argon2id in PHC form.
    pub password_hash: String,
    /// Whether somebody else knows it, so that the owner has to change it before anything else.
    pub temporary: bool,
}

/// A second factor was set; earlier tokens are void.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecondFactorSet {
    /// Account id.
    pub account: String,
    /// TOTP secret, base32.
    pub totp: Sealed,
}

/// Somebody logged in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LoggedIn {
    /// Account id.
    pub account: String,
}

/// Somebody tried to log in with an account and was refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LoginRefused {
    /// Account id.
    pub account: String,
    /// `password`, `second_factor` or `blocked`.
    pub why: String,
}
