//! What is written to files and said between programs: the only place with serde.

pub mod calendar;
pub mod keys;
pub mod logged;
pub mod proofs;
pub mod readiness;
pub mod rule_notes;
pub mod ruleset;
pub mod sheets;
pub mod trades;
pub mod transcript;
pub mod v1;
