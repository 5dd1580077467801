//! Printed documents: admission ticket, certificate, page of the day, record of a room, hand-in
//! slip, paper emergency pack.
//!
//! A document is drawn on a [`Canvas`] in millimetres from the upper left corner. Characters that no installed face has
//! become a box with their number, and whoever asked for the document is told.

pub mod canvas;
pub mod certificate;
pub mod day;
pub mod evidence;
pub mod fonts;
pub mod pack;
pub mod room;
pub mod slip;
pub mod ticket;

pub use canvas::{Canvas, Ink, Paper};

use thiserror::Error;

/// A document.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// PDF.
    pub bytes: Vec<u8>,
    /// Characters for which no installed face has a glyph; they are boxes in the document.
    pub missing: Vec<char>,
}

/// Why a document cannot be made.
#[derive(Debug, Clone, Error)]
pub enum PdfError {
    /// No face to write with.
    #[error(transparent)]
    Font(#[from] fonts::FontError),
    /// The portrait cannot be read.
    #[error("the portrait is no picture that can be read: {0}")]
    Picture(String),
    /// The text is too long for a QR code.
    #[error("the text does not fit into a QR code: {0}")]
    Qr(String),
    /// The library refused.
    #[error("the document cannot be written: {0}")]
    Library(String),
}

impl Rendered {
    /// Code points of the characters without a glyph, as `U+20BB7 U+…`; empty if all are there.
    #[must_use]
    pub fn missing_text(&self) -> String {
        let numbers: Vec<String> = self.missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        numbers.join(" ")
    }
}
