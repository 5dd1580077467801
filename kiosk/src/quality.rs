//! How good a photograph is: plain measures of a grey picture and of the faces that were found in it.
//!
//! The judgement helps whoever stands before the camera to a better picture; it keeps nobody out. After three poor ones
//! the best is taken, and a member of staff compares as always. Every threshold here is an estimate from a handful of
//! pictures, chosen so that an ordinary picture in an ordinary room passes.

use image::GrayImage;
use image::imageops::{FilterType, crop_imm, resize};
use shared::wire::v1::picture::{Flaw, Judgement};

/// A photograph is offered to be taken again so often in all; then the best of them is taken.
pub const TRIES: usize = 3;

/// A mean brightness below this is too dark …
const DARKEST: f64 = 55.0;
/// … and one above this too bright (0–255).
const BRIGHTEST: f64 = 215.0;
/// A standard deviation below this is fog or a finger on the lens.
const FLATTEST: f64 = 10.0;
/// A variance of the Laplacian below this is not sharp, measured on a face of [`SHARP_WIDTH`] pixels.
const BLURRED: f64 = 25.0;
/// A face is made so wide before its sharpness is measured: a large blurred face would else look like a small sharp one.
const SHARP_WIDTH: u32 = 160;
/// A face lower than so many per cent of the picture is too far away …
const FARTHEST: u32 = 18;
/// … and one higher than this too near.
const NEAREST: u32 = 75;
/// The halves of a face, one mirrored, agree at least so well (correlation, -1 to 1) when it looks into the camera.
const LEAST_SYMMETRY: f64 = 0.15;
/// Faces are compared with their mirror image at this width and height.
const SYMMETRY_SIZE: u32 = 48;
/// Somebody whose face has less than a fourth of the area of the largest one stands in the background.
const BACKGROUND: u64 = 4;

/// A face in a picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// Left edge; negative if the face is cut there.
    pub x: i32,
    /// Upper edge; negative if the face is cut there.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// Judges a picture. `faces` is `None` where faces are not looked for.
#[must_use]
pub fn judge(picture: &GrayImage, faces: Option<&[Face]>) -> Judgement {
    let near = faces.map(foreground);
    let face = match near.as_deref() {
        Some([only]) => Some(*only),
        _ => None,
    };
    let region = part(picture, face);
    let (brightness, contrast) = light(&region);
    let sharpness = sharpness(&region);
    let mut flaws = Vec::new();
    if brightness < DARKEST {
        flaws.push(Flaw::TooDark);
    } else if brightness > BRIGHTEST {
        flaws.push(Flaw::TooBright);
    }
    match (near.as_deref(), face) {
        (_, Some(face)) => flaws.extend(flaws_of_face(picture, &region, face)),
        (Some([]), _) => flaws.push(Flaw::NoFace),
        (Some(_), _) => flaws.push(Flaw::TwoFaces),
        (None, _) => {}
    }
    // Without light nothing is sharp; more light is asked for first.
    if flaws.is_empty() && (sharpness < BLURRED || contrast < FLATTEST) {
        flaws.push(Flaw::Blurred);
    }
    Judgement {
        flaws,
        faces: faces.map(|all| count(all.len())),
        face_percent: face.map_or(0, |face| percent(face, picture)),
        brightness: whole(brightness),
        contrast: whole(contrast),
        sharpness: whole(sharpness),
    }
}

/// The better of pictures has the lesser rank: few and light flaws first, then sharpness.
#[must_use]
pub fn rank(judged: Option<&Judgement>) -> (u32, std::cmp::Reverse<u32>) {
    let weight = |flaw: &Flaw| match flaw {
        Flaw::NoFace => 100,
        Flaw::TwoFaces => 50,
        Flaw::TooDark | Flaw::TooBright => 20,
        Flaw::TurnedAway => 12,
        Flaw::Blurred => 10,
        Flaw::TooFar | Flaw::TooNear => 5,
    };
    let flaws = judged.map_or(0, |judged| judged.flaws.iter().map(weight).sum());
    (flaws, std::cmp::Reverse(judged.map_or(0, |judged| judged.sharpness)))
}

/// The faces that are not in the background, the largest first.
fn foreground(faces: &[Face]) -> Vec<Face> {
    let area = |face: &Face| u64::from(face.width).saturating_mul(u64::from(face.height));
    let mut near = faces.to_vec();
    near.sort_by_key(|face| std::cmp::Reverse(area(face)));
    let largest = near.first().map_or(0, area);
    near.retain(|face| area(face).saturating_mul(BACKGROUND) >= largest);
    near
}

fn flaws_of_face(picture: &GrayImage, region: &GrayImage, face: Face) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let high = percent(face, picture);
    let within =
        |from: i32, size: u32, of: u32| from >= 0 && i64::from(from) + i64::from(size) <= i64::from(of);
    let cut = !within(face.x, face.width, picture.width()) || !within(face.y, face.height, picture.height());
    if high < FARTHEST {
        flaws.push(Flaw::TooFar);
    } else if high > NEAREST || cut {
        flaws.push(Flaw::TooNear);
    }
    if symmetry(region) < LEAST_SYMMETRY {
        flaws.push(Flaw::TurnedAway);
    }
    flaws
}

/// The face, or the middle of the picture where the face should be.
fn part(picture: &GrayImage, face: Option<Face>) -> GrayImage {
    let (width, height) = picture.dimensions();
    let (x, y, wide, high) = match face {
        None => (width / 3, height / 4, width / 3, height / 2),
        Some(face) => {
            let clipped = |from: i32, size: u32, of: u32| {
                let start = u32::try_from(from).unwrap_or(0).min(of);
                let lost = u32::try_from(from.saturating_neg()).unwrap_or(0);
                (start, size.saturating_sub(lost).min(of - start))
            };
            let ((x, wide), (y, high)) =
                (clipped(face.x, face.width, width), clipped(face.y, face.height, height));
            (x, y, wide, high)
        }
    };
    crop_imm(picture, x, y, wide, high).to_image()
}

/// Mean and standard deviation of the brightness.
fn light(region: &GrayImage) -> (f64, f64) {
    spread(region.as_raw().iter().map(|value| f64::from(*value)))
}

/// Variance of the Laplacian: how much the brightness bends from one pixel to the next.
fn sharpness(region: &GrayImage) -> f64 {
    let (width, height) = region.dimensions();
    let smaller = (width > SHARP_WIDTH).then(|| {
        let high = height.saturating_mul(SHARP_WIDTH) / width.max(1);
        resize(region, SHARP_WIDTH, high.max(1), FilterType::Triangle)
    });
    let region = smaller.as_ref().unwrap_or(region);
    let (width, height) = region.dimensions();
    let at = |x: u32, y: u32| f64::from(region.get_pixel(x, y).0[0]);
    let inner = (1..height.saturating_sub(1)).flat_map(|y| (1..width.saturating_sub(1)).map(move |x| (x, y)));
    let bends =
        inner.map(|(x, y)| at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y));
    let (_, deviation) = spread(bends);
    deviation * deviation
}

/// How well the left half of a face agrees with its mirrored right half. A lamp at one side brightens one half evenly and
/// changes little.
fn symmetry(face: &GrayImage) -> f64 {
    if face.width() == 0 || face.height() == 0 {
        return 0.0;
    }
    let face = resize(face, SYMMETRY_SIZE, SYMMETRY_SIZE, FilterType::Triangle);
    let half = SYMMETRY_SIZE / 2;
    let places = (0..SYMMETRY_SIZE).flat_map(|y| (0..half).map(move |x| (x, y)));
    let at = |x: u32, y: u32| f64::from(face.get_pixel(x, y).0[0]);
    let pairs: Vec<_> = places.map(|(x, y)| (at(x, y), at(SYMMETRY_SIZE - 1 - x, y))).collect();
    let (left, left_spread) = spread(pairs.iter().map(|pair| pair.0));
    let (right, right_spread) = spread(pairs.iter().map(|pair| pair.1));
    let together = pairs.iter().map(|(one, other)| (one - left) * (other - right)).sum::<f64>();
    let norm = left_spread * right_spread * f64::from(SYMMETRY_SIZE * half);
    if norm > 0.0 { together / norm } else { 0.0 }
}

/// Mean and standard deviation; zeros of nothing.
fn spread(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for value in values {
        count += 1.0;
        sum += value;
        squares += value * value;
    }
    if count == 0.0 {
        return (0.0, 0.0);
    }
    let mean: f64 = sum / count;
    (mean, (squares / count - mean * mean).max(0.0).sqrt())
}

fn percent(face: Face, picture: &GrayImage) -> u32 {
    face.height.saturating_mul(100) / picture.height().max(1)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A measure as a whole number; measures are never negative and far below the range of `u32`.
fn whole(measure: f64) -> u32 {
    measure.clamp(0.0, f64::from(u32::MAX)).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;
    use image::imageops::blur;

    /// Name, picture, faces in it, and what is found.
    type Case<'a> = (&'a str, GrayImage, Option<&'a [Face]>, &'a [Flaw]);

    const FACE: Face = Face { x: 220, y: 120, width: 200, height: 240 };

    /// A picture of 640×480 with a thing in it that is as symmetric and as sharp as a face.
    fn picture() -> GrayImage {
        GrayImage::from_fn(640, 480, |x, y| {
            let aside = x.abs_diff(320);
            let eye = aside.abs_diff(45) < 18 && y.abs_diff(200) < 9;
            let mouth = aside < 40 && y.abs_diff(310) < 8;
            let head = aside < 90 && y.abs_diff(240) < 115;
            let grain = (x * 7 + y * 13) % 11;
            let light = if eye || mouth {
                40
            } else if head {
                170
            } else {
                110
            };
            Luma([u8::try_from(light + grain).unwrap()])
        })
    }

    fn changed(change: impl Fn(f64) -> f64) -> GrayImage {
        let mut picture = picture();
        picture
            .pixels_mut()
            .for_each(|pixel| pixel.0[0] = whole(change(f64::from(pixel.0[0]))).min(255) as u8);
        picture
    }

    fn far(place: Face) -> GrayImage {
        let face = crop_imm(&picture(), 220, 120, 200, 240).to_image();
        let face = resize(&face, place.width, place.height, FilterType::Triangle);
        let mut picture = GrayImage::from_pixel(640, 480, Luma([110]));
        image::imageops::replace(&mut picture, &face, place.x.into(), place.y.into());
        picture
    }

    fn cut_off() -> GrayImage {
        crop_imm(&picture(), 224, 0, 416, 480).to_image()
    }

    fn turned() -> GrayImage {
        let face = crop_imm(&picture(), 220, 120, 200, 240).to_image();
        // One eye and half a mouth: the rest is the side of the head.
        let mut picture = picture();
        for (x, y, pixel) in face.enumerate_pixels() {
            let light = if x < 110 { pixel.0[0] } else { u8::try_from(60 + y / 2).unwrap() };
            picture.put_pixel(220 + x, 120 + y, Luma([light]));
        }
        picture
    }

    #[test]
    fn each_flaw_is_found_and_a_good_picture_has_none() {
        let good = picture();
        let small = Face { x: 290, y: 200, width: 60, height: 72 };
        let large = Face { x: 120, y: 20, width: 400, height: 440 };
        // The edge of the picture lies a little within the face.
        let cut = Face { x: -4, y: 120, width: 200, height: 240 };
        let other = Face { x: 20, ..FACE };
        let behind = Face { x: 20, y: 20, width: 60, height: 72 };
        let cases: [Case<'_>; 13] = [
            ("good", good.clone(), Some(&[FACE]), &[]),
            ("good without looking for faces", good.clone(), None, &[]),
            ("dark", changed(|v| v * 0.2), Some(&[FACE]), &[Flaw::TooDark]),
            ("bright", changed(|v| v * 0.2 + 215.0), Some(&[FACE]), &[Flaw::TooBright]),
            ("dark and nobody found", changed(|v| v * 0.2), Some(&[]), &[Flaw::TooDark, Flaw::NoFace]),
            ("nobody", good.clone(), Some(&[]), &[Flaw::NoFace]),
            ("two", good.clone(), Some(&[other, FACE]), &[Flaw::TwoFaces]),
            ("somebody in the background", good.clone(), Some(&[behind, FACE]), &[]),
            ("far", far(small), Some(&[small]), &[Flaw::TooFar]),
            ("near", good.clone(), Some(&[large]), &[Flaw::TooNear]),
            ("cut by the edge", cut_off(), Some(&[cut]), &[Flaw::TooNear]),
            ("turned", turned(), Some(&[FACE]), &[Flaw::TurnedAway]),
            ("blurred", blur(&good, 6.0), Some(&[FACE]), &[Flaw::Blurred]),
        ];
        for (name, picture, faces, expected) in cases {
            let judged = judge(&picture, faces);
            assert_eq!(judged.flaws, expected, "{name}: {judged:?}");
        }
    }

    #[test]
    fn fog_is_not_sharp_and_an_empty_picture_stops_nothing() {
        assert_eq!(judge(&GrayImage::from_pixel(640, 480, Luma([128])), None).flaws, [Flaw::Blurred]);
        let odd = Face { x: -700, y: 900, width: 10, height: 10 };
        for (width, height) in [(0, 0), (1, 1), (2, 640)] {
            let _ = judge(&GrayImage::new(width, height), Some(&[odd]));
            let _ = judge(&GrayImage::new(width, height), None);
        }
    }

    #[test]
    fn the_best_has_the_lightest_flaws_and_then_the_greatest_sharpness() {
        let judged = |flaws: &[Flaw], sharpness| {
            let mut judged = judge(&picture(), None);
            (judged.flaws, judged.sharpness) = (flaws.to_vec(), sharpness);
            judged
        };
        let order = [
            judged(&[], 300),
            judged(&[], 200),
            judged(&[Flaw::TooFar], 900),
            judged(&[Flaw::Blurred], 20),
            judged(&[Flaw::TooDark], 900),
            judged(&[Flaw::TooDark, Flaw::TurnedAway], 900),
            judged(&[Flaw::TwoFaces], 900),
            judged(&[Flaw::NoFace], 900),
        ];
        assert!(order.is_sorted_by_key(|judged| rank(Some(judged))));
    }
}
