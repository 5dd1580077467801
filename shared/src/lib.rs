//! The rules of the examination.
//!
//! This crate knows no clock, no random source, no file, no socket and no database: time, seeds and data come in
//! as arguments, and every decision is a function from values to a value. Server and kiosk decide with the same
//! functions, so that a kiosk that is cut off decides as the server would.

pub mod assignment;
pub mod bank;
pub mod blanks;
pub mod calendar;
pub mod certificate;
pub mod closing;
pub mod double_entry;
pub mod draw;
pub mod eligibility;
pub mod face;
pub mod grading;
pub mod idnumber;
pub mod ids;
pub mod language;
pub mod log;
pub mod paper;
pub mod person;
pub mod practical;
pub mod prints;
pub mod queue;
pub mod readiness;
pub mod regrade;
pub mod retirement;
pub mod rules;
pub mod seating;
pub mod seb;
pub mod statistics;
pub mod time;
pub mod trade;
pub mod wire;
