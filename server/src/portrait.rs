//! Portraits: what is taken from outside is checked and encoded anew; invented people get a drawn face.

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, Limits, RgbImage};
use shared::face;
use std::io::Cursor;
use thiserror::Error;

/// Widest portrait that is kept, in pixels.
pub const MAX_WIDTH: u32 = 480;
/// Highest portrait that is kept, in pixels.
pub const MAX_HEIGHT: u32 = 640;
/// Smallest side of a picture on which a face can be told, in pixels.
pub const MIN_SIDE: u32 = 40;

/// Longest side of a picture that is decoded at all: a small file can unfold to a huge picture.
const MAX_SIDE_IN: u32 = 8_000;
/// Most memory for decoding, in bytes.
const MAX_ALLOC: u64 = 256 * 1024 * 1024;
/// Quality of the JPEG that is kept, 1–100.
const QUALITY: u8 = 88;

/// A portrait is the drawing so many times larger: thousands are drawn for a large world, and smoothing costs little.
const ENLARGED: u32 = 2;

/// Why a file is not a portrait.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PortraitError {
    /// Not a JPEG file, or a damaged one.
    #[error("the portrait is not a readable JPEG picture: {0}")]
    Unreadable(String),
    /// Smaller than [`MIN_SIDE`] on a side.
    #[error("the portrait has {0} × {1} pixels; each side needs at least {MIN_SIDE}")]
    TooSmall(u32, u32),
    /// It could not be encoded.
    #[error("the portrait cannot be encoded: {0}")]
    Encode(String),
}

/// Checks a JPEG from outside and encodes it anew: upright, at most [`MAX_WIDTH`] × [`MAX_HEIGHT`], without any
/// metadata (place, device, comments).
///
/// # Errors
/// [`PortraitError`] if it is no picture of a usable size.
pub fn accept(file: &[u8]) -> Result<Vec<u8>, PortraitError> {
    let unreadable = |e: image::ImageError| PortraitError::Unreadable(e.to_string());
    let mut decoder = JpegDecoder::new(Cursor::new(file)).map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if width.min(height) < MIN_SIDE {
        return Err(PortraitError::TooSmall(width, height));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_IN);
    limits.max_image_height = Some(MAX_SIDE_IN);
    limits.max_alloc = Some(MAX_ALLOC);
    decoder.set_limits(limits).map_err(unreadable)?;
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    if picture.width() > MAX_WIDTH || picture.height() > MAX_HEIGHT {
        picture = picture.resize(MAX_WIDTH, MAX_HEIGHT, FilterType::Triangle);
    }
    encode(&picture.into_rgb8())
}

/// A picture as JPEG, without metadata.
///
/// # Errors
/// [`PortraitError::Encode`] if the picture is too large for the format.
pub fn encode(picture: &RgbImage) -> Result<Vec<u8>, PortraitError> {
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
    let (width, height) = picture.dimensions();
    let encoded = encoder.encode(picture.as_raw(), width, height, ExtendedColorType::Rgb8);
    encoded.map_err(|e| PortraitError::Encode(e.to_string()))?;
    Ok(file)
}

/// Draws the portrait of an invented person: a stylised head and shoulders that follows from the seed alone.
#[must_use]
pub fn portrait(seed: &str) -> RgbImage {
    let drawing = RgbImage::from_raw(face::WIDTH, face::HEIGHT, face::portrait(seed)).unwrap_or_default();
    let (width, height) = (face::WIDTH * ENLARGED, face::HEIGHT * ENLARGED);
    DynamicImage::ImageRgb8(drawing).resize_exact(width, height, FilterType::CatmullRom).into_rgb8()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_portrait_follows_from_its_seed() {
        assert_eq!(portrait("one").as_raw(), portrait("one").as_raw());
        assert_ne!(portrait("one").as_raw(), portrait("two").as_raw());
    }

    #[test]
    fn a_large_portrait_is_made_smaller_and_a_small_one_kept() {
        for (size, kept) in [((240, 320), (240, 320)), ((960, 1280), (480, 640)), ((2000, 500), (480, 120))] {
            let file = encode(&RgbImage::new(size.0, size.1)).unwrap();
            let taken = image::load_from_memory(&accept(&file).unwrap()).unwrap();
            assert_eq!((taken.width(), taken.height()), kept, "{size:?}");
        }
    }

    #[test]
    fn what_is_no_portrait_is_refused() {
        let good = encode(&portrait("one")).unwrap();
        let mut png = Cursor::new(Vec::new());
        portrait("one").write_to(&mut png, image::ImageFormat::Png).unwrap();
        let table: [(&str, Vec<u8>); 5] = [
            ("empty", Vec::new()),
            ("text", b"portrait".to_vec()),
            ("png", png.into_inner()),
            ("only the head of a file", good[..20].to_vec()),
            ("tiny", encode(&RgbImage::new(8, 8)).unwrap()),
        ];
        for (what, file) in table {
            assert!(accept(&file).is_err(), "{what}");
        }
    }

    #[test]
    fn metadata_does_not_survive() {
        let mut file = encode(&portrait("one")).unwrap();
        let comment = b"\xff\xfe\x00\x0fmade at home.";
        file.splice(2..2, comment.iter().copied());
        let taken = accept(&file).unwrap();
        assert!(!taken.windows(12).any(|w| w == b"made at home"));
    }
}
