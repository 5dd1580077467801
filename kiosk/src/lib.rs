//! The exam point's own machine: check-in, photographs, calling, printing.
//!
//! One loop ([`agent`]) owns state, journal and devices. It asks a pure core ([`core`]) what is to be done and does
//! it: first the journal entry on disk, then whatever is shown, called or printed. What the journal holds reaches
//! the server by [`sync`] whenever there is a line, in its own time; nothing at the exam point waits for it.

pub mod agent;
pub mod clock;
pub mod config;
pub mod core;
pub mod device;
pub mod digest;
pub mod doctor;
pub mod files;
pub mod identity;
pub mod journal;
pub mod pictures;
pub mod quality;
pub mod startup;
pub mod sync;
pub mod text;
pub mod voice;
pub mod web;
