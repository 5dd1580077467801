//! Tests of the kiosk as a whole: real files, real HTTP, the real program.

mod centre;
mod core;
mod journal;
mod program;
mod site;
mod sync;
mod texts;
mod world;
