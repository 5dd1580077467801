//! Portraits: what is taken from outside is checked and encoded anew; invented people get a drawn face.

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, Limits, Rgb, RgbImage};
use sha2::{Digest, Sha256};
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

/// Width of a drawing in pixels; a fourth less than its height, as on an identity photo.
const DRAWN_WIDTH: u32 = 120;
/// Height of a drawing in pixels.
const DRAWN_HEIGHT: u32 = 160;
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
    let look = Look::new(seed);
    let drawing = RgbImage::from_fn(DRAWN_WIDTH, DRAWN_HEIGHT, |x, y| Rgb(look.colour(Spot::new(x, y))));
    let (width, height) = (DRAWN_WIDTH * ENLARGED, DRAWN_HEIGHT * ENLARGED);
    DynamicImage::ImageRgb8(drawing).resize_exact(width, height, FilterType::CatmullRom).into_rgb8()
}

type Colour = [u8; 3];

const BACKDROPS: [Colour; 4] = [[88, 142, 205], [236, 240, 244], [178, 66, 64], [150, 188, 214]];
const SKINS: [Colour; 5] =
    [[247, 217, 192], [238, 202, 172], [225, 184, 150], [205, 160, 124], [184, 138, 104]];
const HAIRS: [Colour; 5] = [[26, 22, 22], [44, 34, 30], [66, 48, 38], [96, 92, 90], [150, 148, 146]];
const CLOTHES: [Colour; 6] =
    [[38, 52, 84], [72, 78, 86], [44, 92, 78], [118, 62, 54], [96, 84, 120], [206, 140, 44]];
const SCLERA: Colour = [250, 250, 247];
const INK: Colour = [30, 26, 26];
const LIPS: Colour = [176, 92, 88];
const SHIRT: Colour = [244, 244, 240];

/// A place on the picture: 0 to 1 across, and down in the same unit.
#[derive(Clone, Copy)]
struct Spot {
    x: f32,
    y: f32,
}

/// What a face looks like; lengths in widths of the picture.
struct Look {
    backdrop: Colour,
    skin: Colour,
    hair: Colour,
    cloth: Colour,
    head_wide: f32,
    head_high: f32,
    eye_apart: f32,
    eye_open: f32,
    brow_lift: f32,
    nose_long: f32,
    mouth_wide: f32,
    smile: f32,
    fringe: f32,
    parting: f32,
    long_hair: bool,
    glasses: bool,
}

impl Spot {
    fn new(x: u32, y: u32) -> Self {
        let unit = f32::from(u16::try_from(DRAWN_WIDTH).unwrap_or(u16::MAX));
        let scaled = |v: u32| (f32::from(u16::try_from(v).unwrap_or(u16::MAX)) + 0.5) / unit;
        Self { x: scaled(x), y: scaled(y) }
    }

    /// 1 on the edge of an ellipse around a centre, less inside, more outside.
    fn around(self, x: f32, y: f32, wide: f32, high: f32) -> f32 {
        let (across, down) = ((self.x - x) / wide, (self.y - y) / high);
        across.mul_add(across, down * down)
    }

    /// The same place seen from the middle line, so that both halves are drawn as one.
    fn folded(self) -> Self {
        Self { x: (self.x - 0.5).abs(), y: self.y }
    }
}

impl Look {
    fn new(seed: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(seed.as_bytes()).into();
        let mut bytes = digest.into_iter();
        let mut byte = || bytes.next().unwrap_or_default();
        let (backdrop, skin) = (choose(&BACKDROPS, byte()), choose(&SKINS, byte()));
        let (hair, cloth) = (choose(&HAIRS, byte()), choose(&CLOTHES, byte()));
        let mut between = |low: f32, high: f32| low + (high - low) * f32::from(byte()) / 255.0;
        Self {
            backdrop,
            skin,
            hair,
            cloth,
            head_wide: between(0.185, 0.225),
            head_high: between(0.245, 0.285),
            eye_apart: between(0.075, 0.095),
            eye_open: between(0.014, 0.022),
            brow_lift: between(0.042, 0.060),
            nose_long: between(0.070, 0.100),
            mouth_wide: between(0.055, 0.085),
            smile: between(-0.15, 0.45),
            fringe: between(0.08, 0.17),
            parting: between(-0.6, 0.6),
            long_hair: between(0.0, 1.0) > 0.55,
            glasses: between(0.0, 1.0) > 0.7,
        }
    }

    /// The foremost thing at a place.
    fn colour(&self, at: Spot) -> Colour {
        let side = at.folded();
        let before_the_head = || {
            let eyes = self.glasses_at(side).or_else(|| self.eye_at(side)).or_else(|| self.brow_at(side));
            let middle = || self.nose_at(at).or_else(|| self.mouth_at(at)).or_else(|| self.fringe_at(at));
            eyes.or_else(middle)
        };
        let cap = side.around(0.0, Self::HEAD, self.head_wide + 0.03, self.head_high + 0.04) <= 1.0;
        let face = if cap { before_the_head().or_else(|| self.head_at(side)) } else { self.head_at(side) };
        face.or_else(|| self.neck_at(side))
            .or_else(|| self.body_at(side))
            .or_else(|| self.long_hair_at(side))
            .unwrap_or_else(|| self.backdrop_at(at))
    }

    /// Height of the eyes.
    const EYES: f32 = 0.56;
    /// Middle of the head.
    const HEAD: f32 = 0.56;

    fn glasses_at(&self, side: Spot) -> Option<Colour> {
        let rim = side.around(self.eye_apart, Self::EYES, 0.062, 0.048);
        let bridge = side.x < self.eye_apart - 0.058 && (side.y - Self::EYES).abs() < 0.006;
        (self.glasses && (bridge || (0.78..1.1).contains(&rim))).then_some(INK)
    }

    fn eye_at(&self, side: Spot) -> Option<Colour> {
        let white = side.around(self.eye_apart, Self::EYES, 0.036, self.eye_open) <= 1.0;
        let iris = side.around(self.eye_apart, Self::EYES, 0.013, 0.016) <= 1.0;
        white.then_some(if iris { INK } else { SCLERA })
    }

    fn brow_at(&self, side: Spot) -> Option<Colour> {
        let (x, y) = (self.eye_apart, Self::EYES - self.brow_lift);
        (side.around(x, y, 0.046, 0.009) <= 1.0).then_some(self.hair)
    }

    fn nose_at(&self, at: Spot) -> Option<Colour> {
        let tip = Self::EYES + self.nose_long;
        let bridge = (at.x - 0.512).abs() < 0.006 && (Self::EYES..tip).contains(&at.y);
        let wings = at.around(0.5, tip, 0.026, 0.011) <= 1.0;
        (bridge || wings).then(|| shade(self.skin, 0.88))
    }

    fn mouth_at(&self, at: Spot) -> Option<Colour> {
        let across = (at.x - 0.5) / self.mouth_wide;
        let middle = Self::EYES + self.nose_long + 0.062 - self.smile * 0.03 * across * across;
        (across.abs() <= 1.0 && (at.y - middle).abs() < 0.011 * (1.2 - across.abs())).then_some(LIPS)
    }

    fn fringe_at(&self, at: Spot) -> Option<Colour> {
        let cap = at.around(0.5, Self::HEAD - 0.012, self.head_wide + 0.018, self.head_high + 0.022) <= 1.0;
        let slope = (at.x - 0.5) * self.parting * 0.5;
        let edge = Self::HEAD - self.head_high + self.fringe + slope;
        (cap && at.y < edge).then_some(self.hair)
    }

    fn head_at(&self, side: Spot) -> Option<Colour> {
        let face = side.around(0.0, Self::HEAD, self.head_wide, self.head_high);
        let ear = side.around(self.head_wide, Self::HEAD + 0.01, 0.022, 0.045);
        if face <= 1.0 {
            // A little darker towards the edge, so that the head looks round.
            return Some(shade(self.skin, 1.0 - 0.10 * face));
        }
        (ear <= 1.0).then(|| shade(self.skin, 0.92))
    }

    fn neck_at(&self, side: Spot) -> Option<Colour> {
        let chin = Self::HEAD + self.head_high;
        (side.x < 0.085 && (chin - 0.08..chin + 0.11).contains(&side.y)).then(|| shade(self.skin, 0.84))
    }

    fn body_at(&self, side: Spot) -> Option<Colour> {
        let top = Self::HEAD + self.head_high + 0.06;
        let depth = side.y - top;
        if depth > 0.0 && side.x < 0.115 - depth * 0.5 {
            return Some(SHIRT);
        }
        (side.around(0.0, 1.42, 0.44, 1.42 - top) <= 1.0).then_some(self.cloth)
    }

    fn long_hair_at(&self, side: Spot) -> Option<Colour> {
        let fall = side.x < self.head_wide + 0.045 && (Self::HEAD..0.98).contains(&side.y);
        let crown = side.around(0.0, Self::HEAD, self.head_wide + 0.045, self.head_high + 0.03) <= 1.0;
        (self.long_hair && (fall || crown)).then(|| shade(self.hair, 0.9))
    }

    fn backdrop_at(&self, at: Spot) -> Colour {
        shade(self.backdrop, 1.04 - 0.10 * at.y)
    }
}

fn choose<const N: usize>(colours: &[Colour; N], byte: u8) -> Colour {
    colours.iter().cycle().nth(usize::from(byte)).copied().unwrap_or_default()
}

fn shade(colour: Colour, by: f32) -> Colour {
    colour.map(|part| {
        // A part lies between 0 and 255 after the clamp, so that the cast keeps its value.
        let value = (f32::from(part) * by).round().clamp(0.0, 255.0);
        value as u8
    })
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
