//! Tests of the whole server, on SQLite and on PostgreSQL, in one binary.

mod access;
mod exam;
mod harness;
mod practical;
mod rebuild;
mod schema;
mod theory;
mod writer;
