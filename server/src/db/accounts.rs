//! Accounts and revoked tokens.

use super::schema::{accounts, revoked_tokens};
use super::{Conn, DbError, DbResult};
use crate::event::AccountAdded;
use diesel::prelude::*;

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

fn read(body: String) -> DbResult<AccountAdded> {
    serde_json::from_str(&body).map_err(|e| DbError::corrupt("account", e))
}
