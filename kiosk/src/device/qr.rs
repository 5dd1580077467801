//! The QR code of an admission ticket that somebody holds before the camera.

use image::imageops::{FilterType, resize};
use rqrr::PreparedImage;

/// Pictures are searched at this length of their longer side: a code of three centimetres is read at half a metre.
const LONGER_SIDE: u32 = 1280;
/// Longest text that is handed on, in bytes. That of a ticket is far shorter; other people's codes are none of ours.
const LONGEST: usize = 300;

/// The text of the first code in a picture file that can be read.
#[must_use]
pub fn text_in(file: &[u8]) -> Option<String> {
    let picture = image::load_from_memory(file).ok()?.into_luma8();
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    let scaled = |side: u32| (side.saturating_mul(LONGER_SIDE) / longer.max(1)).max(1);
    let picture = if longer > LONGER_SIDE {
        resize(&picture, scaled(width), scaled(height), FilterType::Triangle)
    } else {
        picture
    };
    let (width, height) = (usize::try_from(picture.width()).ok()?, usize::try_from(picture.height()).ok()?);
    let at = |x: usize, y: usize| picture.as_raw().get(y * width + x).copied().unwrap_or(u8::MAX);
    let mut prepared = PreparedImage::prepare_from_greyscale(width, height, at);
    let texts = prepared.detect_grids().into_iter().filter_map(|grid| grid.decode().ok());
    texts.map(|(_, text)| text).find(|text| !text.is_empty() && text.len() <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::super::portrait::{jpeg, portrait};
    use super::*;
    use image::{Rgb, RgbImage};
    use qrcode::{Color, QrCode};

    /// A picture with a code on a white ticket in the middle of a grey room.
    fn held(text: &str, module: u32) -> Vec<u8> {
        let code = QrCode::new(text).unwrap();
        let width = u32::try_from(code.width()).unwrap();
        let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        let side = (width + 8) * module;
        let picture = RgbImage::from_fn(1920, 1080, |x, y| {
            let (x, y) = (x.wrapping_sub(700), y.wrapping_sub(300));
            if x >= side || y >= side {
                return Rgb([120; 3]);
            }
            let (x, y) = ((x / module).wrapping_sub(4), (y / module).wrapping_sub(4));
            let inside = x < width && y < width && dark[usize::try_from(y * width + x).unwrap()];
            Rgb([if inside { 30 } else { 230 }; 3])
        });
        jpeg(&picture).unwrap()
    }

    #[test]
    fn a_code_held_before_the_camera_is_read_and_anything_else_is_nothing() {
        for module in [5, 9] {
            assert_eq!(
                text_in(&held("secret-of-candidate-1", module)).as_deref(),
                Some("secret-of-candidate-1")
            );
        }
        assert_eq!(text_in(&held(&"x".repeat(LONGEST + 1), 9)), None);
        assert_eq!(text_in(&jpeg(&portrait("nobody")).unwrap()), None);
        assert_eq!(text_in(b"no picture"), None);
    }
}
