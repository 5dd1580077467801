//! The own password.

use super::AccountError;
use crate::app::App;
use crate::app::auth::{self, Person, Throttle, hash_password};
use crate::db::events;
use crate::event::{Actor, Fact, PasswordSet};

/// Fewest characters of a password.
pub const LEAST_PASSWORD: usize = 10;

/// Most characters of a password.
const MOST_PASSWORD: usize = 200;

/// Changes the own password; every other login of the account ends. Answers a token for the login that goes on.
///
/// # Errors
/// [`AccountError::Password`] if the present one is wrong, [`AccountError::Weak`] for the new one.
pub fn change_password(
    app: &App,
    throttle: &Throttle,
    person: &Person,
    (present, new): (&str, &str),
) -> Result<(String, Person), AccountError> {
    let (account, tried) = auth::known(app, throttle, &person.login, present)?;
    tried.right();
    let length = new.chars().count();
    let named = new.to_lowercase().contains(&person.login.to_lowercase());
    if !(LEAST_PASSWORD..=MOST_PASSWORD).contains(&length) || named || new == present {
        return Err(AccountError::Weak);
    }
    let (id, password_hash) = (account.record.id, hash_password(new)?);
    let fact = PasswordSet { account: id.clone(), password_hash, temporary: false };
    let event = app.event(&Actor::Account(id), Fact::PasswordSet(fact));
    let era = app.db.write(move |conn| events::append(conn, &event).map_err(AccountError::from))?;
    let person = Person { era, temporary: false, ..person.clone() };
    Ok((auth::renew(app, &person)?, person))
}
