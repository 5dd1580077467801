//! What can go wrong with the database.

use thiserror::Error;

/// Result of a database call.
pub type DbResult<T> = Result<T, DbError>;

/// What can go wrong with the database. Handlers answer it as «try again later»; no detail leaves the server.
#[derive(Debug, Error)]
pub enum DbError {
    /// No connection.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// A statement failed.
    #[error("the database refused a statement: {0}")]
    Statement(#[from] diesel::result::Error),
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date: {0}")]
    Migration(String),
    /// A row holds what it should not; the data was changed from outside.
    #[error("the database holds a {what} that cannot be read: {why}")]
    Corrupt {
        /// Kind of row.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The writer has stopped.
    #[error("the database writer has stopped")]
    WriterGone,
}

impl DbError {
    /// A row that cannot be read.
    pub fn corrupt(what: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Corrupt { what, why: why.to_string() }
    }
}
