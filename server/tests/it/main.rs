//! Tests of the whole server, on SQLite and on PostgreSQL, in one binary.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test calls may fail as the test itself may"
)]

mod access;
mod accounts;
mod assign;
mod audit;
mod auth;
mod banks;
#[cfg(test)]
mod blanks;
mod blobs;
mod bodies;
mod browser;
mod ceremony;
mod certificates;
mod commands;
mod cut;
mod days;
mod devices;
mod duties;
#[cfg(test)]
mod evidence;
mod exam;
mod halt;
mod harness;
mod held;
mod killed;
mod killed_seats;
mod kiosk;
mod log;
mod log_export;
mod mine;
mod mutated;
mod open_posts;
mod pages;
mod paper;
mod pdf;
mod people;
mod pool;
#[cfg(test)]
mod practical;
mod practice;
#[cfg(test)]
mod progress;
mod questions;
#[cfg(test)]
mod readiness;
mod rebuild;
mod receipts;
mod regrade;
mod review;
mod schema;
mod seed;
mod sessions;
mod slips;
mod small;
#[cfg(test)]
mod theory;
mod tls;
mod voices;
mod writer;
