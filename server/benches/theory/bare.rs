//! The database by itself: the same row written by one statement a transaction, by as many clients as it likes best.

use crate::Outcome;
use crate::ratio::{Side, compare};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Text};
use server::db::Conn;
use server::db::conn::Manager;
use std::error::Error;

/// Clients of PostgreSQL; SQLite has one writer.
const CLIENTS: usize = 32;
/// Rows of a turn.
const ROWS: usize = 8_000;

/// Compares with the server.
pub fn compared(database: &str, url: &str, ours: Side<'_, Box<dyn Error + Send + Sync>>) -> Outcome<()> {
    let manager = Manager::new(url);
    let count = if manager.is_postgres() { CLIENTS } else { 1 };
    let mut clients = (0..count).map(|_| manager.connect()).collect::<Result<Vec<_>, _>>()?;
    let first = clients.first_mut().ok_or("no client")?;
    first.batch_execute(
        "CREATE TABLE bare_answers (ticket TEXT, position INTEGER, choice TEXT, at BIGINT, PRIMARY KEY (ticket, position))",
    )?;
    let name = format!("{database}: bare, a row a transaction, {count} client(s)");
    let mut from = 1_790_553_600_000;
    let turn = || {
        from += i64::try_from(ROWS)?;
        std::thread::scope(|scope| {
            let write = |(number, conn): (usize, &'_ mut Conn)| some(conn, number, ROWS / count, from);
            let all: Vec<_> =
                clients.iter_mut().enumerate().map(|client| scope.spawn(move || write(client))).collect();
            all.into_iter().try_for_each(|client| client.join().map_err(|_| "a client stopped")?)
        })
    };
    compare("answers a second", ours, Side::new(&name, ROWS, turn)).map(drop)
}

/// Writes rows that are there already again, each with another time than before: the same content would not be written.
fn some(conn: &mut Conn, client: usize, rows: usize, from: i64) -> Outcome<()> {
    const UPSERT: &str = "INSERT INTO bare_answers (ticket, position, choice, at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (ticket, position) DO UPDATE SET choice = excluded.choice, at = excluded.at";
    for row in 0..rows {
        sql_query(UPSERT)
            .bind::<Text, _>(format!("20260928-P01-{client:02}-{:04}", row / 100))
            .bind::<Integer, _>(i32::try_from(row % 100)?)
            .bind::<Text, _>("v1.data-1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
            .bind::<BigInt, _>(from + i64::try_from(row)?)
            .execute(conn)?;
    }
    Ok(())
}
