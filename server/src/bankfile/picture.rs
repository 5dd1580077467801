//! Pictures of questions: PNG or JPEG, kept byte for byte, so that what is exported is what came in.

use image::{ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Largest picture in bytes: a room of examinees loads it at once.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Longest side in pixels.
const MAX_SIDE: u32 = 4_000;

/// Most memory for decoding, in bytes.
const MAX_ALLOC: u64 = 128 * 1024 * 1024;

/// Kind of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl PictureKind {
    /// What HTTP calls it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// How its file's name ends.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }
}

/// What a file is, if it is a picture to the last pixel and no larger than allowed.
#[must_use]
pub fn kind(file: &[u8]) -> Option<PictureKind> {
    if file.len() > MAX_BYTES {
        return None;
    }
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().ok()?;
    let kind = match reader.format()? {
        ImageFormat::Png => PictureKind::Png,
        ImageFormat::Jpeg => PictureKind::Jpeg,
        _ => return None,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    reader.decode().ok().map(|_| kind)
}

/// What a file that was looked at before is, by its first bytes alone.
#[must_use]
pub fn kept_kind(file: &[u8]) -> PictureKind {
    if file.starts_with(b"\x89PNG") { PictureKind::Png } else { PictureKind::Jpeg }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, RgbImage};

    fn picture(format: ImageFormat, side: u32) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(RgbImage::new(side, 1)).write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    #[test]
    fn only_whole_pictures_of_the_two_kinds_are_taken() {
        let png = picture(ImageFormat::Png, 8);
        let table: [(&str, Vec<u8>, Option<PictureKind>); 6] = [
            ("png", png.clone(), Some(PictureKind::Png)),
            ("jpeg", picture(ImageFormat::Jpeg, 8), Some(PictureKind::Jpeg)),
            ("too wide", picture(ImageFormat::Png, MAX_SIDE + 1), None),
            ("half", png[..png.len() / 2].to_vec(), None),
            ("vector drawing", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), None),
            ("nothing", Vec::new(), None),
        ];
        for (what, file, expected) in table {
            assert_eq!(kind(&file), expected, "{what}");
        }
    }
}
