//! Accounts: who may log in, in which role and where. The three administrators (系统管理员, 安全管理员, 审计员) are three
//! separate people; nobody takes the own rights away, and one security administrator is always left.

mod edit;
mod history;
mod make;
mod own;
mod place;

pub use edit::{AccountChange, edit};
pub(super) use history::actor_name;
pub use history::{Difference, changes_since};
pub use make::{AccountSlip, NewAccount, create, reset_password, reset_second_factor};
pub use own::{LEAST_PASSWORD, change_password};
pub use place::{Choice, PlaceKind, choices};

use super::App;
use super::auth::{AuthError, Person};
use super::once::OnceError;
use crate::db::accounts::{self as rows, Account};
use crate::db::{Conn, DbError};
use crate::entropy::NoEntropy;
use crate::event::AccountAdded;
use crate::http::access::Role;
use crate::seal::SealError;
use serde::{Deserialize, Serialize};
use shared::idnumber::IdNumber;
use thiserror::Error;
use utoipa::ToSchema;

/// Longest name shown, in characters.
const LONGEST_NAME: usize = 60;

/// An account as those see it who look after accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// Account id.
    pub account: String,
    /// Login name.
    pub login: String,
    /// Role.
    pub role: String,
    /// Name shown.
    pub display_name: String,
    /// Staff code of an invigilator or examiner.
    pub staff: Option<String>,
    /// Organisation of a training institution or enterprise.
    pub organisation: Option<String>,
    /// Exam point of its staff.
    pub point: Option<String>,
    /// Name of the place in Chinese.
    pub place_zh: Option<String>,
    /// Name of the place in English.
    pub place_en: Option<String>,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
    /// Whether the identity number of the holder is known, as it is to be of who administers.
    pub holder: bool,
    /// Whether the owner has to change the password at the next login.
    pub temporary: bool,
    /// Nobody logs in with it.
    pub blocked: bool,
    /// When its owner last logged in, epoch milliseconds.
    pub last_login: Option<i64>,
    /// Version for `If-Match`; it changes with name, role, place, and whether the account is blocked.
    pub version: i64,
}

/// Why an account is not shown or changed.
#[derive(Debug, Error)]
pub enum AccountError {
    /// There is no such account.
    #[error("there is no account '{0}'")]
    Unknown(String),
    /// A field cannot stay as it is.
    #[error("{field}: {why}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The login name is taken.
    #[error("the login name '{0}' is taken")]
    Taken(String),
    /// Somebody changed it in the meantime.
    #[error("the account has version {0} now")]
    Stale(i64),
    /// Nobody takes the own rights away.
    #[error("nobody blocks himself or changes the own role")]
    Oneself,
    /// There would be no security administrator.
    #[error("this is the last security administrator")]
    Last,
    /// One person would have two of the three administrators' roles.
    #[error("system administrator, security administrator and auditor are three separate people")]
    TwoRoles,
    /// Whoever administers is known by the identity number.
    #[error("the identity number of the holder is needed for an administrator")]
    Holder,
    /// Whoever administers has a second factor.
    #[error("an administrator has a second factor: give the account one first")]
    NoSecondFactor,
    /// The new password is too easy.
    #[error(
        "a password has {LEAST_PASSWORD} to 200 characters, is another one than before, and does not hold the login name"
    )]
    Weak,
    /// The present password is wrong.
    #[error("the present password is wrong")]
    Password,
    /// Too many wrong passwords.
    #[error("too many failed tries; wait five minutes")]
    Throttled,
    /// The caller lost the right in the meantime.
    #[error("not logged in, or the login has ended")]
    Gone,
    /// Idempotency.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// Passwords and tokens.
    #[error(transparent)]
    Auth(AuthError),
}

crate::refusal!(AccountError {
    Self::Unknown(_) => "account-unknown",
    Self::Field { .. } => "field-invalid",
    Self::Taken(_) => "login-taken",
    Self::Stale(_) => "precondition-failed",
    Self::Oneself => "account-oneself",
    Self::Last => "last-security-administrator",
    Self::TwoRoles => "administrators-separate",
    Self::Holder => "holder-needed",
    Self::NoSecondFactor => "second-factor-missing",
    Self::Weak => "password-weak",
    Self::Password => "password-wrong",
    Self::Throttled => "login-throttled",
    Self::Gone => "not-logged-in",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Db(_) | Self::Seal(_) | Self::Entropy(_) | Self::Auth(_) => "unavailable",
});

impl From<AuthError> for AccountError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Credentials => Self::Password,
            AuthError::Throttled => Self::Throttled,
            other => Self::Auth(other),
        }
    }
}

/// All accounts by login name.
///
/// # Errors
/// [`AccountError::Db`].
pub fn list(app: &App) -> Result<Vec<AccountView>, AccountError> {
    app.db.read(|conn| {
        let names = place::names(conn)?;
        Ok(rows::list(conn)?.into_iter().map(|account| view(account, &names)).collect())
    })
}

/// One account.
///
/// # Errors
/// [`AccountError::Unknown`].
pub fn show(app: &App, id: &str) -> Result<AccountView, AccountError> {
    app.db.read(|conn| one(conn, id))
}

fn one(conn: &mut Conn, id: &str) -> Result<AccountView, AccountError> {
    let account = found(conn, id)?;
    Ok(view(account, &place::names(conn)?))
}

fn found(conn: &mut Conn, id: &str) -> Result<Account, AccountError> {
    rows::find(conn, id)?.ok_or_else(|| AccountError::Unknown(id.to_owned()))
}

fn view(account: Account, names: &place::Names) -> AccountView {
    let Account { record: r, version, blocked, last_login, .. } = account;
    let name = place::of(&r).and_then(|(kind, id)| names.get(&(kind, id.to_owned())).cloned());
    let (place_zh, place_en) = name.map_or((None, None), |(zh, en)| (Some(zh), Some(en)));
    AccountView {
        account: r.id,
        login: r.login,
        role: r.role,
        display_name: r.display_name,
        staff: r.staff,
        organisation: r.organisation,
        point: r.point,
        place_zh,
        place_en,
        second_factor: r.totp.is_some(),
        holder: r.holder.is_some(),
        temporary: r.temporary,
        blocked,
        last_login,
        version,
    }
}

/// Whoever changes accounts may still do so at this moment.
fn still_may(conn: &mut Conn, person: &Person) -> Result<(), AccountError> {
    let account = rows::find(conn, &person.account)?;
    let may = account.is_some_and(|a| !a.blocked && a.record.role == person.role.word());
    if may { Ok(()) } else { Err(AccountError::Gone) }
}

fn parse_role(word: &str) -> Result<Role, AccountError> {
    let role = Role::from_word(word).filter(|r| !matches!(r, Role::Examinee | Role::Kiosk));
    role.ok_or_else(|| field("role", "no such role"))
}

fn parse_name(text: &str) -> Result<String, AccountError> {
    let name = text.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(field("display_name", "1 to 60 characters in one line")) }
}

/// Keyed hash of the identity number of whoever administers.
fn holder(app: &App, number: Option<&str>) -> Result<Option<String>, AccountError> {
    let Some(number) = number.map(str::trim).filter(|n| !n.is_empty()) else { return Ok(None) };
    let number = IdNumber::parse(number).map_err(|e| field("holder_number", &e.to_string()))?;
    Ok(Some(app.sealer.index("account_holder", number.as_str())))
}

/// Refuses an administrator whose holder is not known, or has another of the three roles: by the identity number; where
/// that of one of them is not known, by the name.
fn separate(conn: &mut Conn, account: &AccountAdded) -> Result<(), AccountError> {
    if !Role::from_word(&account.role).is_some_and(Role::administers) {
        return Ok(());
    }
    if account.holder.is_none() {
        return Err(AccountError::Holder);
    }
    let others = rows::list(conn)?.into_iter().map(|a| a.record).filter(|a| a.id != account.id);
    let mut others =
        others.filter(|a| a.role != account.role && Role::from_word(&a.role).is_some_and(Role::administers));
    if others.any(|other| is_same_person(&other, account)) { Err(AccountError::TwoRoles) } else { Ok(()) }
}

fn is_same_person(a: &AccountAdded, b: &AccountAdded) -> bool {
    match (&a.holder, &b.holder) {
        (Some(a), Some(b)) => a == b,
        _ => bare_name(&a.display_name) == bare_name(&b.display_name),
    }
}

/// The name alone: what stands behind the last blank, where an office stands before it.
fn bare_name(name: &str) -> &str {
    name.split_whitespace().last().unwrap_or_default()
}

/// Refuses to take the last security administrator away.
fn one_is_left(conn: &mut Conn, without: &str) -> Result<(), AccountError> {
    let word = Role::SecurityAdministrator.word();
    let left = rows::list(conn)?;
    let left = left.iter().any(|a| a.record.id != without && a.record.role == word && !a.blocked);
    if left { Ok(()) } else { Err(AccountError::Last) }
}

fn field(field: &'static str, why: &str) -> AccountError {
    AccountError::Field { field, why: why.to_owned() }
}

/// The accounts of a role and place that an order describes.
fn placed(conn: &mut Conn, account: &AccountAdded) -> Result<(), AccountError> {
    place::check(conn, account)?;
    separate(conn, account)
}
