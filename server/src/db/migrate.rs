//! Brings the schema up to date. The steps of both databases have the same names, and a test compares what they make.

use super::conn::{Conn, Manager};
use super::error::{DbError, DbResult};
use diesel::r2d2::ManageConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Runs the steps that are missing and answers their names.
///
/// # Errors
/// [`DbError`] if the database cannot be reached or a step fails.
pub fn migrate(url: &str) -> DbResult<Vec<String>> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| DbError::Migration(e.to_string());
    let done = match Manager::new(url).connect()? {
        Conn::Sqlite(mut c) => c.run_pending_migrations(SQLITE).map(names).map_err(failed)?,
        Conn::Postgres(mut c) => c.run_pending_migrations(POSTGRES).map(names).map_err(failed)?,
    };
    Ok(done)
}

fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}
