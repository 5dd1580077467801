//! Tests of the whole server, on SQLite and on PostgreSQL.

mod access;
mod harness;
mod rebuild;
mod schema;
mod writer;
