//! Accounts of a world: passwords are hashed, second factors made and sealed.

use super::world_file::Account;
use super::{Progress, SeedError, SeedReport, actor, size};
use crate::app::App;
use crate::app::auth::{AuthError, hash_password};
use crate::db::{accounts as tables, events};
use crate::event::{AccountAdded, Event, Fact};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Bytes of a second factor's secret (RFC 4226: 160 bits are recommended).
const SECRET: usize = 20;

/// Adds accounts that are not there. Of one that is there the profile follows the file; its password and second
/// factor stay, for their owner may have changed them.
pub fn add(
    app: &App,
    accounts: &[Account],
    report: &mut SeedReport,
    progress: Progress<'_>,
) -> Result<(), SeedError> {
    let all = size(accounts.len());
    let (mut facts, mut unchanged) = (Vec::new(), 0);
    let mut hashes = HashMap::new();
    for (done, account) in (1..).zip(accounts) {
        let known = app.db.read(|conn| tables::by_login(conn, &account.login))?;
        match known {
            None => facts.push(new(app, account, &mut hashes, report)?),
            Some(known) if is_same(&known, account) => unchanged += 1,
            Some(known) => facts.push(profile(account, known)),
        }
        progress("accounts", done, all);
    }
    report.count("accounts", size(facts.len()), unchanged);
    let at = app.clock.now();
    app.db.write(move |conn| {
        for fact in facts {
            events::append(conn, &Event::new(at, actor(), Fact::AccountAdded(fact)))?;
        }
        Ok(())
    })
}

/// A password that several accounts have is hashed once: it stands in the world's file for everybody to read.
fn new<'a>(
    app: &App,
    account: &'a Account,
    hashes: &mut HashMap<&'a str, String>,
    report: &mut SeedReport,
) -> Result<AccountAdded, SeedError> {
    let password_hash = match hashes.entry(account.password.as_str()) {
        Entry::Occupied(known) => known.get().clone(),
        Entry::Vacant(unknown) => unknown.insert(hash_password(&account.password)?).clone(),
    };
    let mut totp = None;
    if account.totp {
        let secret =
            app.entropy.draw_secret(&format!("account-totp-{}", account.login)).map_err(AuthError::from)?;
        let bytes: Box<[u8]> = secret.into_iter().take(SECRET).collect();
        let text = totp_rs::Secret::new(bytes).to_base32();
        totp = Some(app.sealer.seal("account.totp", &text).map_err(AuthError::from)?);
        report.second_factors.push((account.login.clone(), text));
    }
    let bare = AccountAdded {
        id: account.login.clone(),
        login: account.login.clone(),
        role: String::new(),
        display_name: String::new(),
        password_hash,
        totp,
        staff: None,
        organisation: None,
        point: None,
        holder: None,
        temporary: false,
    };
    Ok(profile(account, bare))
}

fn profile(account: &Account, known: AccountAdded) -> AccountAdded {
    AccountAdded {
        role: account.role.clone(),
        display_name: account.display_name.clone(),
        staff: account.staff.clone(),
        organisation: account.organisation.clone(),
        point: account.point.clone(),
        ..known
    }
}

fn is_same(known: &AccountAdded, account: &Account) -> bool {
    known.role == account.role
        && known.display_name == account.display_name
        && known.staff == account.staff
        && known.organisation == account.organisation
        && known.point == account.point
}
