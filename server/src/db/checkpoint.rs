//! SQLite's log is carried over into the file on a thread of its own: whoever commits at that moment would wait for it
//! otherwise, a tenth of a second now and then.

use super::conn::{Conn, Manager};
use super::error::{DbError, DbResult};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_query;
use diesel::sql_types::Integer;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Between two turns. What is carried over at once is what was written meanwhile.
const PAUSE: Duration = Duration::from_secs(1);

/// Pages of 4 KiB in the log from which it is begun anew; until then it grows behind what was carried over.
const MANY: i32 = 8_000;

/// A thread that ends with this.
pub struct Checkpoints {
    _ends: Sender<()>,
}

/// What SQLite says of a turn.
#[derive(QueryableByName)]
struct Turn {
    /// Pages in the log; -1 where there is none.
    #[diesel(sql_type = Integer)]
    log: i32,
}

impl Checkpoints {
    /// Starts the thread; none for PostgreSQL, which does this itself.
    pub fn start(manager: &Manager) -> DbResult<Option<Self>> {
        let Conn::Sqlite(mut conn) = manager.connect()? else { return Ok(None) };
        // Whoever reads for long keeps the log from being begun anew; nobody waits for that.
        conn.batch_execute("PRAGMA busy_timeout = 20; PRAGMA cache_size = -2000;")?;
        let (ends, ended) = channel();
        std::thread::Builder::new()
            .name("db-checkpoint".to_owned())
            .spawn(move || serve(&mut conn, &ended))
            .map_err(|e| DbError::Unreachable(e.to_string()))?;
        Ok(Some(Self { _ends: ends }))
    }
}

fn serve(conn: &mut SqliteConnection, ended: &Receiver<()>) {
    while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        if let Err(error) = turn(conn) {
            tracing::debug!(%error, "the log was not carried over; the next turn does it");
        }
    }
}

fn turn(conn: &mut SqliteConnection) -> QueryResult<()> {
    let done: Turn = sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(conn)?;
    if done.log >= MANY {
        // Almost everything is over there by now, so that writers wait for a moment only.
        sql_query("PRAGMA wal_checkpoint(RESTART)").get_result::<Turn>(conn)?;
    }
    Ok(())
}
