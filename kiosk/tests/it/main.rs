//! Tests of the kiosk as a whole: real files, real HTTP, the real program.
//!
//! The modules say `cfg(test)` so that what clippy allows in tests is allowed in their helpers too.

#[cfg(test)]
mod centre;
#[cfg(test)]
mod core;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod ipp;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod printer;
#[cfg(test)]
mod program;
#[cfg(test)]
mod site;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod tickets;
#[cfg(test)]
mod world;
