//! QR codes: reading one from a picture.

use thiserror::Error;

/// Why no QR code was read.
#[derive(Debug, Error)]
pub enum QrError {
    /// Not a picture in PNG or JPEG.
    #[error("the file is not a PNG or JPEG picture: {0}")]
    Picture(#[from] image::ImageError),
    /// None found, or none that can be read.
    #[error("there is no readable QR code in the picture; take it again, straight and sharp")]
    None,
}

/// Text of the first readable QR code in a PNG or JPEG picture.
///
/// # Errors
/// [`QrError`] if it is no picture or holds no readable code.
pub fn read(bytes: &[u8]) -> Result<String, QrError> {
    let grey = image::load_from_memory(bytes)?.to_luma8();
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        let at = |v: usize| u32::try_from(v).unwrap_or(0);
        grey.get_pixel_checked(at(x), at(y)).map_or(255, |p| p.0.first().copied().unwrap_or(255))
    });
    let codes = prepared.detect_grids();
    codes.iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text).ok_or(QrError::None)
}
