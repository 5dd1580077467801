//! What the kiosk and the server tell each other, whenever there is a line.

pub mod backoff;
pub mod client;
pub mod plan;
pub mod witness;
mod worker;

pub use worker::{Start, Sync, SyncStatus, Wish, spawn};
