//! Answers that were given, kept for requests that are repeated.

use super::schema::idempotency;
use super::{Conn, DbResult};
use diesel::prelude::*;

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Answer {
    /// SHA-256 of the request, hexadecimal.
    pub request_hash: String,
    /// The answer as JSON.
    pub body: String,
}

/// The answer to a caller's key.
///
/// # Errors
/// [`super::DbError`] if it cannot be read.
pub fn find(conn: &mut Conn, caller: &str, key: &str) -> DbResult<Option<Answer>> {
    let row = idempotency::table.find((caller, key));
    Ok(row.select((idempotency::request_hash, idempotency::body)).first(conn).optional()?)
}

/// Keeps an answer to a caller's key, given at `at` (epoch milliseconds).
///
/// # Errors
/// [`super::DbError`] if it cannot be written.
pub fn store(conn: &mut Conn, caller: &str, key: &str, answer: &Answer, at: i64) -> DbResult<()> {
    let values = (
        idempotency::caller.eq(caller),
        idempotency::key.eq(key),
        idempotency::request_hash.eq(&answer.request_hash),
        idempotency::status.eq(200),
        idempotency::body.eq(&answer.body),
        idempotency::at.eq(at),
    );
    diesel::insert_into(idempotency::table).values(values).execute(conn)?;
    Ok(())
}
