//! What a simulated camera sees: an invented person, the same for the same seed.

use super::DeviceError;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use shared::face;
use std::path::Path;

/// Width of a picture in pixels …
pub const WIDTH: u32 = 300;
/// … and its height.
pub const HEIGHT: u32 = 400;

/// Quality of the JPEG files, 1–100.
const QUALITY: u8 = 88;

/// The person of a seed, as seen today.
#[must_use]
pub fn portrait(seed: &str) -> RgbImage {
    let drawing = RgbImage::from_raw(face::WIDTH, face::HEIGHT, face::today(seed)).unwrap_or_default();
    resize(&drawing, WIDTH, HEIGHT, FilterType::CatmullRom)
}

/// A picture file as a camera gives it. A JPEG is handed on as it is, so that its digest is that of the file; anything
/// else becomes one.
///
/// # Errors
/// [`DeviceError::Broken`] if it cannot be read, [`DeviceError::NoPicture`] if it is none.
pub fn picture_file(path: &Path) -> Result<Vec<u8>, DeviceError> {
    let bytes = std::fs::read(path).map_err(|_| DeviceError::Broken)?;
    let picture = image::load_from_memory(&bytes).map_err(|_| DeviceError::NoPicture)?;
    match image::guess_format(&bytes) {
        Ok(image::ImageFormat::Jpeg) => Ok(bytes),
        _ => jpeg(&picture.to_rgb8()).ok_or(DeviceError::NoPicture),
    }
}

/// A picture as JPEG; `None` if it is too large for the format.
#[must_use]
pub fn jpeg(picture: &RgbImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .write_image(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_portrait_and_another_seed_another() {
        let one = jpeg(&portrait("one")).unwrap();
        assert_eq!(one, jpeg(&portrait("one")).unwrap());
        assert_ne!(one, jpeg(&portrait("two")).unwrap());
        assert!(one.len() < 60_000, "{}", one.len());
    }
}
