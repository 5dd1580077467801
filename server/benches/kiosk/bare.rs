//! The database by itself: a journal entry a row, one statement and one transaction each.

use crate::Outcome;
use crate::ratio::{Side, compare};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use server::db::conn::Manager;
use std::error::Error;

/// Rows of a turn.
const ROWS: usize = 2_000;
/// As long as the text of an entry.
const FACT: &str = "{\"kind\":\"checked_in\",\"session\":\"S20260928-P01-01\",\"ticket\":\"20260928-P01-01-0001\",\"by\":\"ticket_qr\"}";

/// Compares with the server.
pub fn compared(
    database: &str,
    url: &str,
    table: &str,
    ours: Side<'_, Box<dyn Error + Send + Sync>>,
) -> Outcome<()> {
    let mut conn = Manager::new(url).connect()?;
    conn.batch_execute(&format!(
        "CREATE TABLE {table} (seq BIGINT PRIMARY KEY, hash TEXT NOT NULL, fact TEXT NOT NULL)"
    ))?;
    let insert = format!("INSERT INTO {table} (seq, hash, fact) VALUES ($1, $2, $3)");
    let mut seq = 0_i64;
    let turn = || {
        for _ in 0..ROWS {
            seq += 1;
            sql_query(&insert)
                .bind::<BigInt, _>(seq)
                .bind::<Text, _>(format!("{seq:064x}"))
                .bind::<Text, _>(FACT)
                .execute(&mut conn)?;
        }
        Ok(())
    };
    let name = format!("{database}: bare, a row a transaction, 1 client");
    compare("check-ins a second", ours, Side::new(&name, ROWS, turn)).map(drop)
}
