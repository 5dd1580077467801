//! Accounts and revoked tokens.

use super::events::EventRow;
use super::schema::{accounts, events, revoked_tokens};
use super::{Conn, DbError, DbResult};
use crate::event::AccountAdded;
use diesel::prelude::*;

/// An account with how it stands.
#[derive(Debug, Clone)]
pub struct Account {
    /// What it is.
    pub record: AccountAdded,
    /// Position of the event that last changed name, role, place, or whether it is blocked.
    pub version: i64,
    /// Nobody logs in with it.
    pub blocked: bool,
    /// Position of the event that made all earlier tokens void; 0 if none did.
    pub era: i64,
    /// When its owner last logged in, epoch milliseconds.
    pub last_login: Option<i64>,
}

type Columns = (String, i64, bool, i64, Option<i64>);

const COLUMNS: (accounts::body, accounts::version, accounts::blocked, accounts::era, accounts::last_login) =
    (accounts::body, accounts::version, accounts::blocked, accounts::era, accounts::last_login);

/// An account and how it stands, by its id.
///
/// # Errors
/// [`DbError`].
pub fn find(conn: &mut Conn, id: &str) -> DbResult<Option<Account>> {
    let row: Option<Columns> = accounts::table.find(id).select(COLUMNS).first(conn).optional()?;
    row.map(account).transpose()
}

/// An account and how it stands, by its login name.
///
/// # Errors
/// [`DbError`].
pub fn find_login(conn: &mut Conn, login: &str) -> DbResult<Option<Account>> {
    let of = accounts::table.filter(accounts::login.eq(login));
    let row: Option<Columns> = of.select(COLUMNS).first(conn).optional()?;
    row.map(account).transpose()
}

/// All accounts and how they stand, by login name.
///
/// # Errors
/// [`DbError`].
pub fn list(conn: &mut Conn) -> DbResult<Vec<Account>> {
    let rows: Vec<Columns> = accounts::table.order(accounts::login).select(COLUMNS).load(conn)?;
    rows.into_iter().map(account).collect()
}

/// The events of some kinds that name an account, in order.
///
/// # Errors
/// [`DbError`].
pub fn events_of(conn: &mut Conn, id: &str, kinds: &[&str]) -> DbResult<Vec<EventRow>> {
    let kinds: Vec<String> = kinds.iter().map(|k| (*k).to_owned()).collect();
    let of = events::table
        .filter(events::kind.eq_any(kinds))
        .filter(events::body.like(format!("%\"{id}\"%")))
        .order(events::seq);
    Ok(of.select(EventRow::as_select()).load(conn)?)
}

/// An account by its login name.
///
/// # Errors
/// [`DbError`].
pub fn by_login(conn: &mut Conn, login: &str) -> DbResult<Option<AccountAdded>> {
    let body =
        accounts::table.filter(accounts::login.eq(login)).select(accounts::body).first(conn).optional()?;
    body.map(read).transpose()
}

/// An account by its id.
///
/// # Errors
/// [`DbError`].
pub fn by_id(conn: &mut Conn, id: &str) -> DbResult<Option<AccountAdded>> {
    let body = accounts::table.find(id).select(accounts::body).first(conn).optional()?;
    body.map(read).transpose()
}

/// All accounts by login name.
///
/// # Errors
/// [`DbError`].
pub fn all(conn: &mut Conn) -> DbResult<Vec<AccountAdded>> {
    let bodies: Vec<String> = accounts::table.order(accounts::login).select(accounts::body).load(conn)?;
    bodies.into_iter().map(read).collect()
}

/// Whether a token was revoked.
///
/// # Errors
/// [`DbError`].
pub fn is_revoked(conn: &mut Conn, jti: &str) -> DbResult<bool> {
    let found: i64 = revoked_tokens::table.filter(revoked_tokens::jti.eq(jti)).count().get_result(conn)?;
    Ok(found > 0)
}

/// Revokes a token up to its end (epoch milliseconds). Revoking twice is no error.
///
/// # Errors
/// [`DbError`].
pub fn revoke(conn: &mut Conn, jti: &str, until: i64) -> DbResult<()> {
    if !is_revoked(conn, jti)? {
        let values = (revoked_tokens::jti.eq(jti), revoked_tokens::until.eq(until));
        diesel::insert_into(revoked_tokens::table).values(values).execute(conn)?;
    }
    Ok(())
}

fn account((body, version, blocked, era, last_login): Columns) -> DbResult<Account> {
    Ok(Account { record: read(body)?, version, blocked, era, last_login })
}

fn read(body: String) -> DbResult<AccountAdded> {
    serde_json::from_str(&body).map_err(|e| DbError::corrupt("account", e))
}
