//! Tests of the whole server, on SQLite and on PostgreSQL, in one binary.

mod access;
mod assign;
mod banks;
mod exam;
mod harness;
mod pages;
mod pdf;
mod people;
mod practical;
mod rebuild;
mod schema;
mod sessions;
mod seed;
mod small;
mod theory;
mod writer;
