//! Projections of accounts.

use super::json;
use crate::db::events::EventRow;
use crate::db::schema::accounts::{self, dsl};
use crate::db::{Conn, DbError, DbResult};
use crate::event::{
    AccountAdded, AccountBlocked, AccountEdited, AccountUnblocked, LoggedIn, PasswordSet, SecondFactorSet,
};
use diesel::prelude::*;

pub fn added(conn: &mut Conn, row: &EventRow, f: &AccountAdded) -> DbResult<()> {
    let body = json(f)?;
    let known: Option<(String, i64)> =
        accounts::table.find(&f.id).select((dsl::role, dsl::era)).first(conn).optional()?;
    let values =
        (dsl::login.eq(&f.login), dsl::role.eq(&f.role), dsl::body.eq(&body), dsl::version.eq(row.seq));
    match known {
        Some((role, era)) => {
            let era = if role == f.role { era } else { row.seq };
            diesel::update(accounts::table.find(&f.id)).set((values, dsl::era.eq(era))).execute(conn)?;
        }
        None => {
            let first = (dsl::id.eq(&f.id), dsl::blocked.eq(false), dsl::era.eq(0));
            diesel::insert_into(accounts::table).values((first, values)).execute(conn)?;
        }
    }
    Ok(())
}

pub fn edited(conn: &mut Conn, row: &EventRow, f: &AccountEdited) -> DbResult<()> {
    let mut account = load(conn, &f.account)?;
    if account.role != f.role {
        era(conn, &f.account, row.seq)?;
    }
    account.display_name.clone_from(&f.display_name);
    account.role.clone_from(&f.role);
    account.staff.clone_from(&f.staff);
    account.organisation.clone_from(&f.organisation);
    account.point.clone_from(&f.point);
    account.holder.clone_from(&f.holder);
    let values = (dsl::role.eq(&f.role), dsl::version.eq(row.seq));
    diesel::update(accounts::table.find(&f.account)).set(values).execute(conn)?;
    store(conn, &account)
}

pub fn blocked(conn: &mut Conn, row: &EventRow, f: &AccountBlocked) -> DbResult<()> {
    let values = (dsl::blocked.eq(true), dsl::version.eq(row.seq), dsl::era.eq(row.seq));
    diesel::update(accounts::table.find(&f.account)).set(values).execute(conn)?;
    Ok(())
}

pub fn unblocked(conn: &mut Conn, row: &EventRow, f: &AccountUnblocked) -> DbResult<()> {
    let values = (dsl::blocked.eq(false), dsl::version.eq(row.seq));
    diesel::update(accounts::table.find(&f.account)).set(values).execute(conn)?;
    Ok(())
}

pub fn password(conn: &mut Conn, row: &EventRow, f: &PasswordSet) -> DbResult<()> {
    let mut account = load(conn, &f.account)?;
    account.password_hash.clone_from(&f.password_hash);
    account.temporary = f.temporary;
    era(conn, &f.account, row.seq)?;
    store(conn, &account)
}

pub fn second_factor(conn: &mut Conn, row: &EventRow, f: &SecondFactorSet) -> DbResult<()> {
    let mut account = load(conn, &f.account)?;
    account.totp = Some(f.totp.clone());
    era(conn, &f.account, row.seq)?;
    store(conn, &account)
}

pub fn logged_in(conn: &mut Conn, row: &EventRow, f: &LoggedIn) -> DbResult<()> {
    diesel::update(accounts::table.find(&f.account)).set(dsl::last_login.eq(row.at)).execute(conn)?;
    Ok(())
}

/// Tokens from before are void.
fn era(conn: &mut Conn, account: &str, seq: i64) -> DbResult<()> {
    diesel::update(accounts::table.find(account)).set(dsl::era.eq(seq)).execute(conn)?;
    Ok(())
}

fn load(conn: &mut Conn, id: &str) -> DbResult<AccountAdded> {
    let body: String = accounts::table.find(id).select(dsl::body).first(conn)?;
    serde_json::from_str(&body).map_err(|e| DbError::corrupt("account", e))
}

fn store(conn: &mut Conn, account: &AccountAdded) -> DbResult<()> {
    diesel::update(accounts::table.find(&account.id)).set(dsl::body.eq(json(account)?)).execute(conn)?;
    Ok(())
}
