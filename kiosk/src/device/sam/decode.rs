//! A reply of a reader as a file, in words: for whoever sets up a reader and wants to see what it says.

use super::card::{self, CardText, NotACard};
use super::frame::{Decoder, Fault, Outcome};
use thiserror::Error;

/// Why a file shows no card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotShown {
    /// There is no whole frame with a right check in it.
    #[error("there is no whole frame with a right check")]
    NoFrame,
    /// The frame says that something went wrong.
    #[error("the reader says: {0}")]
    Fault(#[from] Fault),
    /// The frame is the answer to another order.
    #[error("the frame holds no card")]
    OtherFrame,
    /// The frame holds something else.
    #[error("{0}")]
    NotACard(#[from] NotACard),
}

/// Reads the first whole frame of a file: its bytes as they are, or written in hexadecimal with blanks as one likes.
///
/// # Errors
/// [`NotShown`].
pub fn decode(file: &[u8]) -> Result<CardText, NotShown> {
    let written: Option<String> =
        std::str::from_utf8(file).ok().map(|text| text.split_whitespace().collect());
    let bytes = written.and_then(|text| hex::decode(text).ok()).unwrap_or_else(|| file.to_vec());
    let mut decoder = Decoder::default();
    decoder.push(&bytes);
    let reply = decoder.take().ok_or(NotShown::NoFrame)?;
    match reply.outcome {
        Outcome::Fault(fault) => Err(fault.into()),
        Outcome::Done => Ok(card::parse(&reply.data)?),
        Outcome::Found => Err(NotShown::OtherFrame),
    }
}

impl NotShown {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoFrame => "no_frame",
            Self::Fault(_) => "fault",
            Self::OtherFrame => "other_frame",
            Self::NotACard(NotACard::Short) => "short",
            Self::NotACard(NotACard::Lengths(_)) => "lengths",
            Self::NotACard(NotACard::Text(_)) => "text",
            Self::NotACard(NotACard::Empty(_)) => "empty",
            Self::NotACard(NotACard::Day(_)) => "day",
            Self::NotACard(NotACard::Number) => "number",
        }
    }
}
