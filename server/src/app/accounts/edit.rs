//! Changes of an account. Two people may look at the same one: a change names the version that it was made of, and is
//! refused if that is not the one that stands.

use super::make::{filled, lacks_second_factor};
use super::{
    AccountError, AccountView, found, holder, one, one_is_left, parse_name, parse_role, placed, still_may,
};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::once::Once;
use crate::db::accounts::Account;
use crate::db::{Conn, events};
use crate::event::{AccountAdded, AccountBlocked, AccountEdited, AccountUnblocked, Actor, Fact};
use crate::http::access::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest reason in characters.
const LONGEST_REASON: usize = 200;

/// What is to be changed; what is not given stays. With a new role the place is the one given here, or none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Name shown.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Role.
    #[serde(default)]
    pub role: Option<String>,
    /// Staff code of an invigilator or examiner.
    #[serde(default)]
    pub staff: Option<String>,
    /// Organisation of a training institution or enterprise.
    #[serde(default)]
    pub organisation: Option<String>,
    /// Exam point of its staff.
    #[serde(default)]
    pub point: Option<String>,
    /// Identity number of whoever administers from now on.
    #[serde(default)]
    pub holder_number: Option<String>,
    /// True: nobody logs in with it any more; false: it may be used again.
    #[serde(default)]
    pub blocked: Option<bool>,
    /// Why it is blocked.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Changes an account, if it still has the version that whoever changes it has seen.
///
/// # Errors
/// [`AccountError::Stale`] if somebody else changed it meanwhile; [`AccountError`] for what may not be.
pub fn edit(
    app: &App,
    person: &Person,
    (id, version): (&str, i64),
    change: AccountChange,
    once: Option<Once>,
) -> Result<AccountView, AccountError> {
    let new_holder = holder(app, change.holder_number.as_deref())?;
    let (worker, person, id) = (app.clone(), person.clone(), id.to_owned());
    app.write_once(once, move |conn| {
        still_may(conn, &person)?;
        let known = found(conn, &id)?;
        if known.version != version {
            return Err(AccountError::Stale(known.version));
        }
        let actor = Actor::Account(person.account.clone());
        let mut facts = Vec::new();
        facts.extend(profile(conn, &person, &known, &change, new_holder)?);
        facts.extend(standing(conn, &person, &known, &change)?);
        for fact in facts {
            events::append(conn, &worker.event(&actor, fact))?;
        }
        one(conn, &id)
    })
}

/// The new profile, if it is another one.
fn profile(
    conn: &mut Conn,
    person: &Person,
    known: &Account,
    change: &AccountChange,
    new_holder: Option<String>,
) -> Result<Option<Fact>, AccountError> {
    let old = &known.record;
    let mut new = AccountAdded { holder: new_holder.or_else(|| old.holder.clone()), ..old.clone() };
    if let Some(name) = &change.display_name {
        new.display_name = parse_name(name)?;
    }
    if let Some(role) = change.role.as_ref().filter(|role| **role != old.role) {
        change_role(conn, person, old, parse_role(role)?)?;
        new.role.clone_from(role);
        (new.staff, new.organisation, new.point) = (None, None, None);
        if lacks_second_factor(&new) {
            return Err(AccountError::NoSecondFactor);
        }
    }
    for (place, wanted) in [
        (&mut new.staff, &change.staff),
        (&mut new.organisation, &change.organisation),
        (&mut new.point, &change.point),
    ] {
        if let Some(wanted) = filled(wanted.clone()) {
            *place = Some(wanted);
        }
    }
    let same = (&new.display_name, &new.role, &new.holder) == (&old.display_name, &old.role, &old.holder)
        && (&new.staff, &new.organisation, &new.point) == (&old.staff, &old.organisation, &old.point);
    if same {
        return Ok(None);
    }
    placed(conn, &new)?;
    Ok(Some(Fact::AccountEdited(AccountEdited {
        account: new.id,
        display_name: new.display_name,
        role: new.role,
        staff: new.staff,
        organisation: new.organisation,
        point: new.point,
        holder: new.holder,
    })))
}

/// Who has one of the administrators' roles does not go on to another of them.
fn change_role(conn: &mut Conn, person: &Person, old: &AccountAdded, new: Role) -> Result<(), AccountError> {
    let before = parse_role(&old.role)?;
    if old.id == person.account {
        return Err(AccountError::Oneself);
    }
    if before.administers() && new.administers() {
        return Err(AccountError::TwoRoles);
    }
    if before == Role::SecurityAdministrator {
        one_is_left(conn, &old.id)?;
    }
    Ok(())
}

/// Blocked or not, if that is another state.
fn standing(
    conn: &mut Conn,
    person: &Person,
    known: &Account,
    change: &AccountChange,
) -> Result<Option<Fact>, AccountError> {
    let account = known.record.id.clone();
    match change.blocked.filter(|blocked| *blocked != known.blocked) {
        None => Ok(None),
        Some(_) if account == person.account => Err(AccountError::Oneself),
        Some(true) => {
            if known.record.role == Role::SecurityAdministrator.word() {
                one_is_left(conn, &account)?;
            }
            let reason = change.reason.as_deref().unwrap_or_default().trim().to_owned();
            if reason.is_empty()
                || reason.chars().count() > LONGEST_REASON
                || reason.chars().any(char::is_control)
            {
                return Err(super::field("reason", "1 to 200 characters in one line"));
            }
            Ok(Some(Fact::AccountBlocked(AccountBlocked { account, reason })))
        }
        Some(false) => Ok(Some(Fact::AccountUnblocked(AccountUnblocked { account }))),
    }
}
