//! How many events a second the one writer commits, next to a bare connection to the same kind of database:
//! `cargo xtask bench writer`. SQLite always; PostgreSQL where `KAODIAN_BENCH_POSTGRES` names an empty database.

#[path = "../../shared/benches/ratio/mod.rs"]
mod ratio;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use ratio::{Side, compare};
use server::db::conn::Manager;
use server::db::{Db, DbError, events, migrate};
use server::event::{Actor, Event, Fact, PersonalDataRead};
use shared::time::Instant;

/// Callers that wait for their commit at the same time, as seats that save answers do.
const CALLERS: usize = 32;
/// Events of each caller in a turn.
const EACH: usize = 25;
/// Rows that the bare connection commits together: what the writer gathers from so many callers.
const TOGETHER: usize = CALLERS;

fn main() -> Result<(), DbError> {
    let directory = tempfile::tempdir().map_err(|e| DbError::Unreachable(e.to_string()))?;
    let path = directory.path().join("writer.db").to_string_lossy().into_owned();
    on("SQLite", &path)?;
    match std::env::var("KAODIAN_BENCH_POSTGRES") {
        Ok(url) => on("PostgreSQL", &url),
        Err(_) => {
            println!("PostgreSQL: skipped, KAODIAN_BENCH_POSTGRES names no empty database");
            Ok(())
        }
    }
}

fn on(database: &str, url: &str) -> Result<(), DbError> {
    migrate::migrate(url)?;
    let db = Db::open(url)?;
    let manager = Manager::new(url);
    let mut conn = manager.connect()?;
    conn.batch_execute(
        "CREATE TABLE bare (seq BIGINT PRIMARY KEY, at BIGINT, actor TEXT, kind TEXT, body TEXT)",
    )?;
    let count = CALLERS * EACH;
    let mut seq = 0;
    let name = format!("{database}: the writer, {CALLERS} callers");
    let bare = format!("{database}: bare, {TOGETHER} rows a transaction");
    compare(
        "committed events a second",
        Side::new(&name, count, || many(&db)),
        Side::new(&bare, count, || {
            for _ in 0..count / TOGETHER {
                conn.batch_execute("BEGIN")?;
                for _ in 0..TOGETHER {
                    seq += 1;
                    insert_bare(&mut conn, seq)?;
                }
                conn.batch_execute("COMMIT")?;
            }
            Ok(())
        }),
    )?;
    Ok(())
}

/// Every caller writes its events one after the other, and all callers at the same time.
fn many(db: &Db) -> Result<(), DbError> {
    let one = || {
        for _ in 0..EACH {
            let event = event();
            db.write(move |conn| events::append(conn, &event))?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(one)).collect();
        callers.into_iter().try_for_each(|caller| caller.join().unwrap_or(Err(DbError::WriterGone)))
    })
}

fn event() -> Event {
    let read = PersonalDataRead { subject: "20260928-P01-01-0001".to_owned(), what: "portrait".to_owned() };
    Event::new(Instant::from_millis(1_790_553_600_000), Actor::System("bench"), Fact::PersonalDataRead(read))
}

/// The same bytes as an event, with nothing around them.
fn insert_bare(conn: &mut server::db::Conn, seq: i64) -> Result<(), DbError> {
    let insert = sql_query("INSERT INTO bare (seq, at, actor, kind, body) VALUES ($1, $2, $3, $4, $5)");
    insert
        .bind::<BigInt, _>(seq)
        .bind::<BigInt, _>(1_790_553_600_000)
        .bind::<Text, _>("system:bench")
        .bind::<Text, _>("personal_data_read")
        .bind::<Text, _>(
            r#"{"kind":"personal_data_read","subject":"20260928-P01-01-0001","what":"portrait"}"#,
        )
        .execute(conn)?;
    Ok(())
}
