//! The one writer: gathers what is waiting and commits it together.

use super::conn::{Conn, Manager};
use super::error::{DbError, DbResult};
use super::events;
use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use tokio::sync::watch;

/// Jobs committed together at most.
const BATCH: usize = 256;

/// Number of the advisory lock that writers on PostgreSQL hold, the same in every server.
const ADVISORY_LOCK: i64 = 0x6b61_6f64_6961_6e31;

/// One write. It runs in a savepoint; what it answers is told to the caller after the commit.
trait Job: Send {
    /// Runs; false: undo the savepoint.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Tells the caller, after the commit or with the reason why there was none.
    fn finish(self: Box<Self>, commit: Result<(), String>);
}

/// A handle on the writer thread, which ends with it.
pub struct Writer {
    jobs: Sender<Box<dyn Job>>,
    /// Number of the newest event that this server knows of.
    newest: Arc<watch::Sender<i64>>,
}

impl Writer {
    /// Connects and starts the thread.
    pub fn start(manager: Manager) -> DbResult<Self> {
        let (jobs, waiting) = channel();
        let mut conn = connect(&manager)?;
        // Before the schema is there nothing is.
        let newest = Arc::new(watch::Sender::new(events::newest(&mut conn).unwrap_or(0)));
        let told = newest.clone();
        std::thread::Builder::new()
            .name("db-writer".to_owned())
            .spawn(move || serve(&manager, conn, &waiting, &told))
            .map_err(|e| DbError::Unreachable(e.to_string()))?;
        Ok(Self { jobs, newest })
    }

    /// Number of the newest event that this server knows of, told anew whenever there is a newer one.
    pub fn newest(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }

    /// Whether somebody wants to be told.
    pub fn is_heard(&self) -> bool {
        self.newest.receiver_count() > 0
    }

    /// Tells that there is an event of this number.
    pub fn tell(&self, seq: i64) {
        tell(&self.newest, seq);
    }

    /// Runs one write and waits for its commit.
    pub fn run<T, E>(&self, write: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (tell, told) = sync_channel(1);
        // The caller may have gone away; the write stands all the same.
        self.start_one(write, move |outcome| drop(tell.send(outcome)))?;
        told.recv().map_err(|_| DbError::WriterGone)?
    }

    /// Runs one write and does not wait for it.
    pub fn post<E>(&self, write: impl FnOnce(&mut Conn) -> Result<(), E> + Send + 'static) -> DbResult<()>
    where
        E: From<DbError> + Send + 'static,
    {
        self.start_one(write, drop)
    }

    /// Runs one write, and `then` with what it answers after its commit, on the thread of the writer.
    pub fn start_one<T, E>(
        &self,
        write: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        then: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> DbResult<()>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let job = Once { write: Some(write), outcome: None, then };
        self.jobs.send(Box::new(job)).map_err(|_| DbError::WriterGone)
    }
}

struct Once<W, F, T, E> {
    write: Option<W>,
    outcome: Option<Result<T, E>>,
    then: F,
}

impl<W, F, T, E> Job for Once<W, F, T, E>
where
    W: FnOnce(&mut Conn) -> Result<T, E> + Send,
    F: FnOnce(Result<T, E>) + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn run(&mut self, conn: &mut Conn) -> bool {
        let Some(write) = self.write.take() else { return false };
        let outcome = write(conn);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn finish(self: Box<Self>, commit: Result<(), String>) {
        let outcome = match (self.outcome, commit) {
            (Some(Err(refused)), _) => Err(refused),
            (Some(Ok(_)) | None, Err(why)) => Err(DbError::Unreachable(why).into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(DbError::WriterGone.into()),
        };
        (self.then)(outcome);
    }
}

/// The log of SQLite is carried over on another thread; the writer does it only should that one have stopped long ago.
fn connect(manager: &Manager) -> DbResult<Conn> {
    let mut conn = manager.connect()?;
    if let Conn::Sqlite(conn) = &mut conn {
        conn.batch_execute("PRAGMA wal_autocheckpoint = 100000")?;
    }
    Ok(conn)
}

fn serve(manager: &Manager, mut conn: Conn, waiting: &Receiver<Box<dyn Job>>, newest: &watch::Sender<i64>) {
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH {
            let Ok(next) = waiting.try_recv() else { break };
            batch.push(next);
        }
        let committed = commit_together(&mut conn, &mut batch).map_err(|e| e.to_string());
        if committed.is_err() {
            // A lost connection cannot be told from a failed commit; a new one is right in both cases.
            if let Ok(new) = connect(manager) {
                conn = new;
            }
        }
        for job in batch {
            job.finish(committed.clone().map(drop));
        }
        if let Ok(seq) = committed {
            tell(newest, seq);
        }
    }
}

fn tell(newest: &watch::Sender<i64>, seq: i64) {
    newest.send_if_modified(|known| {
        let newer = seq > *known;
        *known = seq.max(*known);
        newer
    });
}

/// Number of the newest event of it that was kept; 0 without any.
fn commit_together(conn: &mut Conn, batch: &mut [Box<dyn Job>]) -> DbResult<i64> {
    begin(conn)?;
    if let [alone] = batch {
        return commit_alone(conn, alone.as_mut());
    }
    let mut newest = 0;
    for job in batch {
        conn.batch_execute("SAVEPOINT job")?;
        let kept = job.run(conn);
        let appended = events::take_appended();
        if kept {
            newest = newest.max(appended);
            conn.batch_execute("RELEASE SAVEPOINT job")?;
        } else {
            conn.batch_execute("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job")?;
        }
    }
    conn.batch_execute("COMMIT")?;
    Ok(newest)
}

/// A job that nothing stands or falls with needs no savepoint: what it is undone by is the transaction itself.
fn commit_alone(conn: &mut Conn, job: &mut dyn Job) -> DbResult<i64> {
    let kept = job.run(conn);
    let appended = events::take_appended();
    conn.batch_execute(if kept { "COMMIT" } else { "ROLLBACK" })?;
    Ok(if kept { appended } else { 0 })
}

fn begin(conn: &mut Conn) -> DbResult<()> {
    match conn {
        Conn::Sqlite(c) => c.batch_execute("BEGIN IMMEDIATE")?,
        Conn::Postgres(c) => {
            c.batch_execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))?;
        }
    }
    Ok(())
}
