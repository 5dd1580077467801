//! The faces of printed documents: found on the machine, parsed once, embedded as subsets.

use printpdf::ParsedFont;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use thiserror::Error;

/// Environment variable with the path of another face for texts; a face of a collection is named as `path#index`.
pub const FONT_VARIABLE: &str = "KAODIAN_FONT";

/// The package that has the faces on Debian.
pub const PACKAGE: &str = "fonts-noto-cjk";

const NOTO: &str = "/usr/share/fonts/opentype/noto";

/// Face of a Noto CJK collection with the forms of simplified Chinese.
const SIMPLIFIED: usize = 2;

/// Faces that are asked for characters that the first face lacks, if they are installed.
const FALLBACKS: [&str; 5] = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc#2",
    "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc#0",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
];

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Body: a face without serifs.
    Body,
    /// Headings: a bold face with serifs, or the body's where it is not installed.
    Title,
}

/// Why there is no face to write with.
#[derive(Debug, Clone, Error)]
pub enum FontError {
    /// The file is not there.
    #[error("the font {0} cannot be read ({1}): install the package {PACKAGE} or set {FONT_VARIABLE}")]
    Missing(PathBuf, String),
    /// The file is no font, or has no such face.
    #[error("{0} is not a usable font: install the package {PACKAGE} or set {FONT_VARIABLE} to another one")]
    Unusable(PathBuf),
}

/// The faces, in the order in which they are asked for a character.
pub struct Fonts {
    faces: Vec<Face>,
    body: Vec<usize>,
    title: Vec<usize>,
}

/// One face.
pub struct Face {
    font: ParsedFont,
    units: f32,
}

/// A piece of a text: characters that one face has, or a single one that none has.
#[derive(Debug, Clone, PartialEq)]
pub enum Run {
    /// Number of the face, text, width in em.
    Text(usize, String, f32),
    /// A character without a glyph.
    Missing(char),
}

/// Width of a character without a glyph in em: a box of the size of a Chinese character.
pub const MISSING_WIDTH: f32 = 1.0;

/// The faces of this machine; read and parsed at the first call.
///
/// # Errors
/// [`FontError`] names the file and what to do.
pub fn fonts() -> Result<&'static Fonts, FontError> {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    if let Some(fonts) = FONTS.get() {
        return Ok(fonts);
    }
    let body = std::env::var(FONT_VARIABLE).ok().filter(|path| !path.is_empty());
    let fonts = Fonts::open(&body.unwrap_or_else(|| format!("{NOTO}/NotoSansCJK-Regular.ttc")))?;
    Ok(FONTS.get_or_init(|| fonts))
}

impl Fonts {
    /// Opens a face for texts, and what else is installed.
    ///
    /// # Errors
    /// [`FontError`] if the face for texts cannot be used; the others may be missing.
    pub fn open(body: &str) -> Result<Self, FontError> {
        let mut faces = vec![Face::open(body)?];
        let title = Face::open(&format!("{NOTO}/NotoSerifCJK-Bold.ttc")).ok();
        let title = title.map(|face| push(&mut faces, face));
        let spare: Vec<usize> = FALLBACKS
            .iter()
            .filter_map(|path| Face::open(path).ok())
            .map(|face| push(&mut faces, face))
            .collect();
        let body: Vec<usize> = std::iter::once(0).chain(spare).collect();
        let title = title.into_iter().chain(body.iter().copied()).collect();
        Ok(Self { faces, body, title })
    }

    /// A face by its number.
    #[must_use]
    pub fn face(&self, number: usize) -> Option<&ParsedFont> {
        self.faces.get(number).map(|face| &face.font)
    }

    /// Cuts a text into runs by the faces that have its characters.
    #[must_use]
    pub fn runs(&self, style: Style, text: &str) -> Vec<Run> {
        let order = match style {
            Style::Body => &self.body,
            Style::Title => &self.title,
        };
        let mut runs: Vec<Run> = Vec::new();
        for c in text.chars() {
            let found = order.iter().find_map(|n| Some((*n, self.faces.get(*n)?.advance(c)?)));
            match (found, runs.last_mut()) {
                (Some((face, width)), Some(Run::Text(last, text, sum))) if *last == face => {
                    text.push(c);
                    *sum += width;
                }
                (Some((face, width)), _) => runs.push(Run::Text(face, c.to_string(), width)),
                (None, _) => runs.push(Run::Missing(c)),
            }
        }
        runs
    }

    /// Width of a text in em.
    #[must_use]
    pub fn width(&self, style: Style, text: &str) -> f32 {
        self.runs(style, text).iter().map(Run::width).sum()
    }
}

impl Run {
    /// Width in em.
    #[must_use]
    pub const fn width(&self) -> f32 {
        match self {
            Self::Text(_, _, width) => *width,
            Self::Missing(_) => MISSING_WIDTH,
        }
    }
}

impl Face {
    fn open(name: &str) -> Result<Self, FontError> {
        let (path, index) = split(name);
        let bytes = std::fs::read(path).map_err(|e| FontError::Missing(path.to_owned(), e.to_string()))?;
        let font = ParsedFont::from_bytes(&bytes, index, &mut Vec::new());
        let font = font.ok_or_else(|| FontError::Unusable(path.to_owned()))?;
        let units = f32::from(font.font_metrics.units_per_em);
        let face = Self { font, units };
        // Digits are on every document; a face without them was not read as it should be.
        if units > 0.0 && face.advance('0').is_some() {
            Ok(face)
        } else {
            Err(FontError::Unusable(path.to_owned()))
        }
    }

    /// Width of a character in em, if the face has it.
    fn advance(&self, c: char) -> Option<f32> {
        let glyph = self.font.lookup_glyph_index(u32::from(c)).filter(|glyph| *glyph != 0)?;
        Some(f32::from(self.font.get_horizontal_advance(glyph)) / self.units)
    }
}

fn push(faces: &mut Vec<Face>, face: Face) -> usize {
    faces.push(face);
    faces.len() - 1
}

fn split(name: &str) -> (&Path, usize) {
    let noto = |path: &str| path.contains("CJK") && path.ends_with(".ttc");
    match name.rsplit_once('#').map(|(path, index)| (path, index.parse())) {
        Some((path, Ok(index))) => (Path::new(path), index),
        _ => (Path::new(name), if noto(name) { SIMPLIFIED } else { 0 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_font_names_the_package() {
        let error = Fonts::open("/nowhere/NoSuchFont.ttf").err().unwrap().to_string();
        assert!(error.contains(PACKAGE) && error.contains(FONT_VARIABLE), "{error}");
    }

    #[test]
    fn a_face_of_a_collection_is_named_by_its_number() {
        let table =
            [("/a/b.ttf", "/a/b.ttf", 0), ("/a/NotoSansCJK-Regular.ttc", "/a/NotoSansCJK-Regular.ttc", 2)];
        for (name, path, index) in table {
            assert_eq!(split(name), (Path::new(path), index));
        }
        assert_eq!(split("/a/c.ttc#1"), (Path::new("/a/c.ttc"), 1));
    }
}
