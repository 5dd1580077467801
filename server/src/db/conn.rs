//! Connections to either database behind one type.
#![expect(missing_docs, reason = "the derive makes undocumented items; ours are documented")]

use super::error::DbError;
use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;
use diesel::{Connection, MultiConnection, PgConnection, SqliteConnection};

/// A connection to PostgreSQL or SQLite.
#[derive(MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Opens connections to one database.
#[derive(Debug, Clone)]
pub struct Manager {
    url: String,
}

impl Manager {
    /// For a path (SQLite) or a URL (`postgres://…` or `postgresql://…`).
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned() }
    }

    /// Whether the database is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres://") || self.url.starts_with("postgresql://")
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = DbError;

    fn connect(&self) -> Result<Conn, DbError> {
        let unreachable = |e: diesel::ConnectionError| DbError::Unreachable(e.to_string());
        if self.is_postgres() {
            return PgConnection::establish(&self.url).map(Conn::Postgres).map_err(unreachable);
        }
        let mut sqlite = SqliteConnection::establish(&self.url).map_err(unreachable)?;
        sqlite.batch_execute(
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = ON;",
        )?;
        // What a savepoint would undo is kept in memory, not in a file that is made and removed with each transaction; 32 MB
        // of pages stay at hand; pages that are written again and again go from the log of 32 MB to the file once (by
        // programs without the thread that does it beside the writer).
        sqlite.batch_execute(
            "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000;",
        )?;
        Ok(Conn::Sqlite(sqlite))
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), DbError> {
        Ok(conn.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, _: &mut Conn) -> bool {
        false
    }
}

/// Runs one body on whichever database it is; for what the common type cannot express.
#[macro_export]
macro_rules! on_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::Conn::Postgres($c) => $body,
            $crate::db::Conn::Sqlite($c) => $body,
        }
    };
}
