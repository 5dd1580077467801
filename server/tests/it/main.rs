//! Tests of the whole server, on SQLite and on PostgreSQL, in one binary.

mod access;
mod assign;
mod exam;
mod harness;
mod practical;
mod rebuild;
mod schema;
mod sessions;
mod theory;
mod writer;
