//! All of the database: connections, the one writer, schema, and a file for each aggregate.
//!
//! Reads take a connection from a pool. Writes go to one writer thread that gathers what is waiting, runs each in a
//! savepoint of one transaction and answers after the commit (group commit), on both databases. On PostgreSQL the
//! transaction holds an advisory lock, so that several servers on one database write one after the other and events
//! are numbered in the order in which they are committed.

pub mod accounts;
pub mod answers;
pub mod audit;
pub mod banks;
pub mod blanks;
pub mod ceremonies;
pub mod certificates;
mod checkpoint;
pub mod conn;
pub mod days;
pub mod draws;
pub mod duties;
pub mod error;
pub mod events;
pub mod idempotency;
pub mod kiosks;
pub mod log;
pub mod migrate;
pub mod mine;
pub mod overview;
pub mod paper;
pub mod people;
pub mod practical;
pub mod progress;
pub mod project;
pub mod queues;
pub mod readiness;
pub mod regrade;
pub mod replay;
pub mod review;
pub mod schema;
pub mod schema_blanks;
pub mod schema_results;
pub mod seed;
pub mod sessions;
pub mod statistics;
pub mod theory;
pub mod world;
mod writer;

pub use conn::Conn;
pub use error::{DbError, DbResult};

use diesel::r2d2::Pool;
use std::sync::Arc;

/// The database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: Pool<conn::Manager>,
    writer: Arc<writer::Writer>,
    /// Ends with the last handle.
    _checkpoints: Arc<Option<checkpoint::Checkpoints>>,
}

impl Db {
    /// Opens a database by path (SQLite) or URL (`postgres://…`); the schema must be there, see [`migrate`].
    ///
    /// # Errors
    /// [`DbError`] if it cannot be reached.
    pub fn open(url: &str) -> DbResult<Self> {
        let manager = conn::Manager::new(url);
        // A file does not hang up; whether a server has done so is asked before each use.
        let may_break = manager.is_postgres();
        let writer = writer::Writer::start(manager.clone())?;
        let checkpoints = checkpoint::Checkpoints::start(&manager)?;
        let readers = Pool::builder()
            .max_size(8)
            .min_idle(Some(1))
            .test_on_check_out(may_break)
            .connection_timeout(std::time::Duration::from_secs(10))
            .build(manager)
            .map_err(|e| DbError::Unreachable(e.to_string()))?;
        Ok(Self { readers, writer: Arc::new(writer), _checkpoints: Arc::new(checkpoints) })
    }

    /// Reads; sees what is committed.
    ///
    /// # Errors
    /// What the reading itself answers, or [`DbError`] without a connection.
    pub fn read<T, E: From<DbError>>(&self, read: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = self.readers.get().map_err(|e| DbError::Unreachable(e.to_string()))?;
        read(&mut conn)
    }

    /// Number of the newest event that this server knows of. It is told anew with every event of this server at once,
    /// and with those of other servers on the same database whenever somebody looks ([`Self::look`]).
    #[must_use]
    pub fn newest(&self) -> tokio::sync::watch::Receiver<i64> {
        self.writer.newest()
    }

    /// Looks whether another server or program has written events, if somebody here wants to be told.
    ///
    /// # Errors
    /// [`DbError`] if it cannot be read.
    pub fn look(&self) -> DbResult<()> {
        if self.writer.is_heard() {
            self.writer.tell(self.read(events::newest)?);
        }
        Ok(())
    }

    /// Writes all or nothing, and answers after the commit. An error undoes what the closure did.
    ///
    /// # Errors
    /// What the closure answers, or [`DbError`] if it could not be committed.
    pub fn write<T, E>(&self, write: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.writer.run(write)
    }

    /// Writes in its turn, without waiting for it: for notes whose writing must not be seen from how long it takes.
    ///
    /// # Errors
    /// [`DbError::WriterGone`]; what the closure itself answers is lost.
    pub fn write_later<E>(
        &self,
        write: impl FnOnce(&mut Conn) -> Result<(), E> + Send + 'static,
    ) -> DbResult<()>
    where
        E: From<DbError> + Send + 'static,
    {
        self.writer.post(write)
    }

    /// Writes in its turn without waiting here: `then` is told the answer after the commit, on the thread of the writer,
    /// and must be quick.
    ///
    /// # Errors
    /// [`DbError::WriterGone`]; then nothing is written and `then` is not called.
    pub fn write_then<T, E>(
        &self,
        write: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        then: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> DbResult<()>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.writer.start_one(write, then)
    }
}
