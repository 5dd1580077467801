//! Readers of second-generation identity cards that speak the public serial protocol of the card's security module (SAM).
//!
//! The host asks, the reader answers: is there a card, select it, read it. The text of the card comes in the clear. Its
//! picture comes compressed in a form that only the licensed driver of the module's maker decodes; this program has
//! none, so that the picture is dropped unread: a member of staff compares the person with the card in the hand.

pub mod card;
pub mod decode;
pub mod frame;
mod line;
mod reader;
mod watch;

pub use reader::{Port, SerialReader};
