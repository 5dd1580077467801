//! Tests of the whole server, on SQLite and on PostgreSQL.

mod access;
mod harness;
mod rebuild;
mod schema;
mod writer;
//! Tests of the use cases on both databases, in one binary.

mod exam;
mod practical;
mod theory;
