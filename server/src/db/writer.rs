//! The one writer: gathers what is waiting and commits it together.

use super::conn::{Conn, Manager};
use super::error::{DbError, DbResult};
use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;
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
    /// Counts the commits by which something was written.
    commits: watch::Receiver<u64>,
}

impl Writer {
    /// Connects and starts the thread.
    pub fn start(manager: Manager) -> DbResult<Self> {
        let (jobs, waiting) = channel();
        let conn = manager.connect()?;
        let (count, commits) = watch::channel(0);
        std::thread::Builder::new()
            .name("db-writer".to_owned())
            .spawn(move || serve(&manager, conn, &waiting, &count))
            .map_err(|e| DbError::Unreachable(e.to_string()))?;
        Ok(Self { jobs, commits })
    }

    /// Tells of every commit after this call by which something was written.
    pub fn commits(&self) -> watch::Receiver<u64> {
        let mut commits = self.commits.clone();
        commits.mark_unchanged();
        commits
    }

    /// Runs one write and waits for its commit.
    pub fn run<T, E>(&self, write: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (tell, told) = sync_channel(1);
        let job = Once { write: Some(write), outcome: None, tell };
        self.jobs.send(Box::new(job)).map_err(|_| DbError::WriterGone)?;
        told.recv().map_err(|_| DbError::WriterGone)?
    }

    /// Runs one write and does not wait for it.
    pub fn post<E>(&self, write: impl FnOnce(&mut Conn) -> Result<(), E> + Send + 'static) -> DbResult<()>
    where
        E: From<DbError> + Send + 'static,
    {
        // Room for the answer that nobody fetches.
        let (tell, _) = sync_channel(1);
        let job = Once { write: Some(write), outcome: None, tell };
        self.jobs.send(Box::new(job)).map_err(|_| DbError::WriterGone)
    }
}

struct Once<W, T, E> {
    write: Option<W>,
    outcome: Option<Result<T, E>>,
    tell: std::sync::mpsc::SyncSender<Result<T, E>>,
}

impl<W, T, E> Job for Once<W, T, E>
where
    W: FnOnce(&mut Conn) -> Result<T, E> + Send,
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
        // The caller may have gone away; the write stands all the same.
        let _ = self.tell.send(outcome);
    }
}

fn serve(manager: &Manager, mut conn: Conn, waiting: &Receiver<Box<dyn Job>>, count: &watch::Sender<u64>) {
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH {
            let Ok(next) = waiting.try_recv() else { break };
            batch.push(next);
        }
        let committed = commit_together(&mut conn, &mut batch).map_err(|e| e.to_string());
        if committed.is_err() {
            // A lost connection cannot be told from a failed commit; a new one is right in both cases.
            if let Ok(new) = manager.connect() {
                conn = new;
            }
        }
        let written = matches!(committed, Ok(true));
        for job in batch {
            job.finish(committed.clone().map(drop));
        }
        if written {
            count.send_modify(|n| *n = n.wrapping_add(1));
        }
    }
}

/// Whether something of it was kept.
fn commit_together(conn: &mut Conn, batch: &mut [Box<dyn Job>]) -> DbResult<bool> {
    begin(conn)?;
    let mut kept = false;
    for job in batch {
        conn.batch_execute("SAVEPOINT job")?;
        if job.run(conn) {
            kept = true;
            conn.batch_execute("RELEASE SAVEPOINT job")?;
        } else {
            conn.batch_execute("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job")?;
        }
    }
    conn.batch_execute("COMMIT")?;
    Ok(kept)
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
