//! Judges pictures as they come from the camera: decodes, looks for faces, measures.

use crate::quality::{self, Face};
use image::GrayImage;
use image::imageops::{FilterType, resize};
use rustface::{Detector, ImageData};
use shared::wire::v1::picture::Judgement;

/// The detector's model (SeetaFace, frontal faces), out of the package of `rustface`; see `build.rs`.
const MODEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/faces.bin"));
/// Pictures are judged at this length of their longer side: a fifth of a second, and a face at two metres is found.
const LONGER_SIDE: u32 = 640;
/// Smallest face that is looked for, in pixels of the smaller picture.
const SMALLEST_FACE: u32 = 40;
/// The detector's own scale; its authors take 2.0 for faces in photographs.
const LEAST_SCORE: f64 = 2.0;

/// Judges pictures.
pub struct Judge {
    detector: Option<Box<dyn Detector>>,
}

impl Judge {
    /// A judge that looks for faces or leaves it.
    #[must_use]
    pub fn new(faces: bool) -> Self {
        let detector = faces.then(|| rustface::read_model(MODEL)).and_then(|model| {
            model.inspect_err(|error| tracing::error!(%error, "faces cannot be looked for")).ok()
        });
        Self { detector: detector.map(detector_with) }
    }

    /// Judges a picture file; `None` if it is no picture.
    pub fn judge(&mut self, file: &[u8]) -> Option<Judgement> {
        let picture = smaller(&image::load_from_memory(file).ok()?.into_luma8());
        let faces = self.detector.as_mut().map(|detector| faces(detector.as_mut(), &picture));
        Some(quality::judge(&picture, faces.as_deref()))
    }
}

fn detector_with(model: rustface::Model) -> Box<dyn Detector> {
    let mut detector = rustface::create_detector_with_model(model);
    detector.set_min_face_size(SMALLEST_FACE);
    detector.set_score_thresh(LEAST_SCORE);
    detector.set_pyramid_scale_factor(0.8);
    detector.set_slide_window_step(4, 4);
    detector
}

fn faces(detector: &mut dyn Detector, picture: &GrayImage) -> Vec<Face> {
    let (width, height) = picture.dimensions();
    if width.min(height) < SMALLEST_FACE {
        return Vec::new();
    }
    let found = detector.detect(&ImageData::new(picture.as_raw(), width, height));
    let face = |bbox: &rustface::Rectangle| Face {
        x: bbox.x(),
        y: bbox.y(),
        width: bbox.width(),
        height: bbox.height(),
    };
    found.iter().map(|info| face(info.bbox())).collect()
}

fn smaller(picture: &GrayImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    if longer <= LONGER_SIDE {
        return picture.clone();
    }
    let scaled = |side: u32| (side.saturating_mul(LONGER_SIDE) / longer).max(1);
    resize(picture, scaled(width), scaled(height), FilterType::Triangle)
}

#[cfg(test)]
mod tests {
    use super::super::portrait::{jpeg, portrait};
    use super::*;

    #[test]
    fn a_picture_is_judged_with_and_without_looking_for_faces_and_what_is_none_is_not() {
        let picture = jpeg(&portrait("one")).unwrap();
        for faces in [true, false] {
            let judged = Judge::new(faces).judge(&picture).unwrap();
            assert_eq!(judged.faces.is_some(), faces, "{judged:?}");
            println!("{judged:?}");
        }
        assert_eq!(Judge::new(false).judge(b"no picture"), None);
    }
}
