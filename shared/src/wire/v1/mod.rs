//! Version 1 of what server, kiosk and other clients say to each other.
//!
//! These are plain records: what they carry is parsed into the types of [`crate`] where it arrives.

pub mod bundle;
pub mod journal;
pub mod kiosk;
pub mod log;
pub mod picture;
pub mod queue;
pub mod receipt;
pub mod seat;
