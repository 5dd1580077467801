//! New accounts, and new passwords and second factors for those that there are. What is secret is shown once, to who made
//! it; the owner changes the password before anything else.

use super::{AccountError, field, found, holder, parse_name, parse_role, placed, still_may};
use crate::app::App;
use crate::app::auth::{Person, hash_password};
use crate::app::once::Once;
use crate::db::accounts as rows;
use crate::db::events;
use crate::entropy::{NoEntropy, new_id, random};
use crate::event::{AccountAdded, Actor, Fact, PasswordSet, Sealed, SecondFactorSet};
use crate::http::access::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Digits and letters that are not mistaken for one another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters of a one-time password: 60 bits.
const PASSWORD: usize = 12;

/// Bytes of a second factor's secret (RFC 4226: 160 bits are recommended).
const SECRET: usize = 20;

/// An account to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Login name: 3 to 40 small letters, digits, `.`, `_` and `-`, beginning with a letter.
    pub login: String,
    /// Role.
    pub role: String,
    /// Name shown.
    pub display_name: String,
    /// Staff code of an invigilator or examiner.
    #[serde(default)]
    pub staff: Option<String>,
    /// Organisation of a training institution or enterprise.
    #[serde(default)]
    pub organisation: Option<String>,
    /// Exam point of its staff.
    #[serde(default)]
    pub point: Option<String>,
    /// Identity number of whoever administers; only its keyed hash is kept.
    #[serde(default)]
    pub holder_number: Option<String>,
}

/// What is told once about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountSlip {
    /// Account id.
    pub account: String,
    /// Login name.
    pub login: String,
    /// One-time password; it has to be changed at the first login.
    pub password: Option<String>,
    /// Secret of the second factor, base32, for the authenticator.
    pub second_factor: Option<String>,
}

/// As kept for a repeated request: what is secret is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    account: String,
    login: String,
    password: Option<Sealed>,
    second_factor: Option<Sealed>,
}

/// Makes an account with a one-time password and, for who administers, a second factor.
///
/// # Errors
/// [`AccountError`]: a field, a taken login name, a person who would have two of the administrators' roles.
pub fn create(
    app: &App,
    person: &Person,
    order: NewAccount,
    once: Option<Once>,
) -> Result<AccountSlip, AccountError> {
    let login = parse_login(&order.login)?;
    let role = parse_role(&order.role)?;
    let password = new_password()?;
    let secret = role.administers().then(new_secret).transpose()?;
    let account = AccountAdded {
        id: new_id("acc")?,
        login,
        role: order.role,
        display_name: parse_name(&order.display_name)?,
        password_hash: hash_password(&password)?,
        totp: secret.as_ref().map(|s| app.sealer.seal("account.totp", s)).transpose()?,
        staff: filled(order.staff),
        organisation: filled(order.organisation),
        point: filled(order.point),
        holder: holder(app, order.holder_number.as_deref())?,
        temporary: true,
    };
    let kept = keep(app, (&account.id, &account.login), Some(&password), secret.as_deref())?;
    let (worker, person) = (app.clone(), person.clone());
    let kept = app.write_once(once, move |conn| {
        still_may(conn, &person)?;
        if rows::by_login(conn, &account.login)?.is_some() {
            return Err(AccountError::Taken(account.login));
        }
        placed(conn, &account)?;
        let actor = Actor::Account(person.account);
        events::append(conn, &worker.event(&actor, Fact::AccountAdded(account)))?;
        Ok(kept)
    })?;
    open(app, kept)
}

/// Gives an account a new one-time password; who is logged in with it is logged out.
///
/// # Errors
/// [`AccountError::Unknown`]; [`AccountError::Oneself`]: the own password is changed by its owner alone.
pub fn reset_password(
    app: &App,
    person: &Person,
    id: &str,
    once: Option<Once>,
) -> Result<AccountSlip, AccountError> {
    if id == person.account {
        return Err(AccountError::Oneself);
    }
    let account = app.db.read(|conn| found(conn, id))?.record;
    let password = new_password()?;
    let password_hash = hash_password(&password)?;
    let kept = keep(app, (&account.id, &account.login), Some(&password), None)?;
    let (worker, person) = (app.clone(), person.clone());
    let kept = app.write_once(once, move |conn| {
        still_may(conn, &person)?;
        let fact = PasswordSet { account: account.id, password_hash, temporary: true };
        let event = worker.event(&Actor::Account(person.account), Fact::PasswordSet(fact));
        events::append(conn, &event)?;
        Ok::<_, AccountError>(kept)
    })?;
    open(app, kept)
}

/// Gives an account a new second factor; who is logged in with it is logged out.
///
/// # Errors
/// [`AccountError::Unknown`], [`AccountError::Oneself`].
pub fn reset_second_factor(
    app: &App,
    person: &Person,
    id: &str,
    once: Option<Once>,
) -> Result<AccountSlip, AccountError> {
    if id == person.account {
        return Err(AccountError::Oneself);
    }
    let account = app.db.read(|conn| found(conn, id))?.record;
    let secret = new_secret()?;
    let totp = app.sealer.seal("account.totp", &secret)?;
    let kept = keep(app, (&account.id, &account.login), None, Some(&secret))?;
    let (worker, person) = (app.clone(), person.clone());
    let kept = app.write_once(once, move |conn| {
        still_may(conn, &person)?;
        let fact = SecondFactorSet { account: account.id, totp };
        let event = worker.event(&Actor::Account(person.account), Fact::SecondFactorSet(fact));
        events::append(conn, &event)?;
        Ok::<_, AccountError>(kept)
    })?;
    open(app, kept)
}

/// Whether a role needs a second factor that the account has not.
pub(super) fn lacks_second_factor(account: &AccountAdded) -> bool {
    account.totp.is_none() && Role::from_word(&account.role).is_some_and(Role::administers)
}

pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

fn keep(
    app: &App,
    (account, login): (&str, &str),
    password: Option<&str>,
    secret: Option<&str>,
) -> Result<Kept, AccountError> {
    Ok(Kept {
        account: account.to_owned(),
        login: login.to_owned(),
        password: password.map(|p| app.sealer.seal("account.slip", p)).transpose()?,
        second_factor: secret.map(|s| app.sealer.seal("account.slip", s)).transpose()?,
    })
}

fn open(app: &App, kept: Kept) -> Result<AccountSlip, AccountError> {
    let open = |sealed: Option<Sealed>| sealed.map(|s| app.sealer.open("account.slip", &s)).transpose();
    Ok(AccountSlip {
        account: kept.account,
        login: kept.login,
        password: open(kept.password)?,
        second_factor: open(kept.second_factor)?,
    })
}

fn parse_login(text: &str) -> Result<String, AccountError> {
    let login = text.trim();
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
    let fits = (3..=40).contains(&login.len())
        && login.bytes().all(allowed)
        && login.starts_with(|c: char| c.is_ascii_lowercase());
    if fits {
        Ok(login.to_owned())
    } else {
        Err(field("login", "3 to 40 small letters, digits, '.', '_' and '-', beginning with a letter"))
    }
}

/// Three groups of four, as they are read out.
fn new_password() -> Result<String, NoEntropy> {
    let bytes: [u8; PASSWORD] = random()?;
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.extend(ALPHABET.get(usize::from(byte & 31)).map(|b| char::from(*b)));
    }
    Ok(text)
}

fn new_secret() -> Result<String, NoEntropy> {
    let bytes: [u8; SECRET] = random()?;
    Ok(totp_rs::Secret::new(Box::from(bytes)).to_base32())
}
