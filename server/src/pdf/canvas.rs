//! Drawing on the pages of a PDF.

use super::fonts::{self, Fonts, Run, Style};
use super::{PdfError, Rendered};
use crate::text::{Lang, text};
use printpdf::{
    Color, FontId, ImageCompression, ImageOptimizationOptions, Line, LinePoint, Mm, Op, PaintMode,
    PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Polygon, PolygonRing, Pt, RawImage, Rgb,
    TextItem, WindingOrder, XObject, XObjectId, XObjectTransform,
};
use qrcode::{Color as Module, EcLevel, QrCode};
use shared::time::Instant;
use std::collections::BTreeSet;

/// Millimetres of a typographic point.
const POINT_MM: f32 = 25.4 / 72.0;

/// Pixels to the inch at which portraits are embedded.
const PORTRAIT_DPI: f32 = 220.0;

/// Size of a page in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paper {
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink(pub f32, pub f32, pub f32);

/// A frame on the page in millimetres, from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// From the left edge.
    pub x: f32,
    /// From the upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// The page that is being drawn, and those before it.
pub struct Canvas {
    paper: Paper,
    fonts: &'static Fonts,
    doc: PdfDocument,
    pages: Vec<PdfPage>,
    ops: Vec<Op>,
    faces: BTreeSet<usize>,
    missing: BTreeSet<char>,
}

impl Paper {
    /// ISO 216 A4, upright.
    pub const A4: Self = Self { width: 210.0, height: 297.0 };
}

impl Ink {
    /// Black.
    pub const BLACK: Self = Self(0.0, 0.0, 0.0);
    /// White.
    pub const WHITE: Self = Self(1.0, 1.0, 1.0);
    /// For labels and small print.
    pub const GREY: Self = Self(0.35, 0.37, 0.4);
    /// For hairlines.
    pub const PALE: Self = Self(0.72, 0.75, 0.79);
    /// For bands and headings.
    pub const NAVY: Self = Self(0.07, 0.2, 0.4);
    /// For the ground of a table's head.
    pub const WASH: Self = Self(0.93, 0.95, 0.98);
    /// For what must not be overlooked.
    pub const RED: Self = Self(0.68, 0.09, 0.11);
}

impl Frame {
    /// A frame.
    #[must_use]
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }
}

impl Canvas {
    /// An empty page.
    ///
    /// # Errors
    /// [`PdfError::Font`] if there is no face to write with.
    pub fn new(paper: Paper) -> Result<Self, PdfError> {
        Ok(Self {
            paper,
            fonts: fonts::fonts()?,
            doc: PdfDocument::new(""),
            pages: Vec::new(),
            ops: Vec::new(),
            faces: BTreeSet::new(),
            missing: BTreeSet::new(),
        })
    }

    /// Width of a text in millimetres at a size in points.
    #[must_use]
    pub fn width(&self, style: Style, size: f32, text: &str) -> f32 {
        self.fonts.width(style, text) * size * POINT_MM
    }

    /// Writes a text with its base line at `y`.
    pub fn text(&mut self, x: f32, y: f32, size: f32, style: Style, ink: Ink, text: &str) {
        let mut pen = x;
        for run in self.fonts.runs(style, text) {
            let width = run.width() * size * POINT_MM;
            match run {
                Run::Text(face, text, _) => self.run(pen, y, size, ink, face, text),
                Run::Missing(c) => self.missing_box(pen, y, size, c),
            }
            pen += width;
        }
    }

    /// Writes a text, smaller if it would be wider than `most` millimetres.
    pub fn fitted(&mut self, (x, y): (f32, f32), size: f32, most: f32, style: Style, ink: Ink, text: &str) {
        let width = self.width(style, size, text);
        let size = if width > most { size * most / width } else { size };
        self.text(x, y, size, style, ink, text);
    }

    /// Writes a text around `x`.
    pub fn centred(&mut self, x: f32, y: f32, size: f32, style: Style, ink: Ink, text: &str) {
        let width = self.width(style, size, text);
        self.text(x - width / 2.0, y, size, style, ink, text);
    }

    /// Writes a text that ends at `x`.
    pub fn right(&mut self, x: f32, y: f32, size: f32, style: Style, ink: Ink, text: &str) {
        let width = self.width(style, size, text);
        self.text(x - width, y, size, style, ink, text);
    }

    /// Writes a text in lines of `width` millimetres and answers the base line after the last one.
    pub fn paragraph(&mut self, (x, y): (f32, f32), width: f32, size: f32, ink: Ink, text: &str) -> f32 {
        let mut y = y;
        for line in self.lines(width, size, text) {
            self.text(x, y, size, Style::Body, ink, &line);
            y += size * POINT_MM * 1.45;
        }
        y
    }

    /// A straight line; `weight` in points.
    pub fn rule(&mut self, from: (f32, f32), to: (f32, f32), weight: f32, ink: Ink) {
        let points = [from, to].iter().map(|p| self.corner(*p)).collect();
        self.stroke(weight, ink);
        self.ops.push(Op::DrawLine { line: Line { points, is_closed: false } });
    }

    /// The outline of a frame with round corners; `weight` in points.
    pub fn outline(&mut self, frame: Frame, radius: f32, weight: f32, ink: Ink) {
        let points = self.rounded(frame, radius);
        self.stroke(weight, ink);
        self.ops.push(Op::DrawLine { line: Line { points, is_closed: true } });
    }

    /// A filled frame with round corners.
    pub fn fill(&mut self, frame: Frame, radius: f32, ink: Ink) {
        let points = self.rounded(frame, radius);
        self.ops.push(Op::SetFillColor { col: color(ink) });
        self.polygon(vec![PolygonRing { points }]);
    }

    /// A JPEG, cut to the shape of the frame around its centre.
    ///
    /// # Errors
    /// [`PdfError::Picture`] if it cannot be read.
    pub fn picture(&mut self, frame: Frame, jpeg: &[u8]) -> Result<(), PdfError> {
        let picture = image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg)
            .map_err(|e| PdfError::Picture(e.to_string()))?;
        let pixels = |mm: f32| (mm / 25.4 * PORTRAIT_DPI).round().clamp(1.0, 2000.0) as u32;
        let picture = picture.resize_to_fill(
            pixels(frame.width),
            pixels(frame.height),
            image::imageops::FilterType::Triangle,
        );
        let (width, height) = (picture.width(), picture.height());
        let raw = RawImage::from_dynamic_image(image::DynamicImage::ImageRgb8(picture.to_rgb8()));
        let id = XObjectId(format!("X{}", self.doc.resources.xobjects.map.len()));
        self.doc.resources.xobjects.map.insert(id.clone(), XObject::Image(raw.map_err(PdfError::Picture)?));
        let natural = |pixels: u32| pixels as f32 / PORTRAIT_DPI * 25.4;
        let transform = XObjectTransform {
            translate_x: Some(Mm(frame.x).into()),
            translate_y: Some(Mm(self.paper.height - frame.y - frame.height).into()),
            scale_x: Some(frame.width / natural(width)),
            scale_y: Some(frame.height / natural(height)),
            dpi: Some(PORTRAIT_DPI),
            ..XObjectTransform::default()
        };
        self.ops.push(Op::UseXobject { id, transform });
        Ok(())
    }

    /// A QR code of a text, drawn as squares, with the quiet zone of four modules inside the side given.
    ///
    /// # Errors
    /// [`PdfError::Qr`] if the text is too long.
    pub fn qr(&mut self, (x, y): (f32, f32), side: f32, text: &str) -> Result<(), PdfError> {
        let code =
            QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| PdfError::Qr(e.to_string()))?;
        let width = code.width();
        let module = side / (width as f32 + 8.0);
        let mut rings = Vec::new();
        for (row, line) in code.to_colors().chunks(width).enumerate() {
            for (start, length) in dark_runs(line) {
                let left = x + (start as f32 + 4.0) * module;
                let top = y + (row as f32 + 4.0) * module;
                let points = self.square(Frame::new(left, top, length as f32 * module, module));
                rings.push(PolygonRing { points });
            }
        }
        self.ops.push(Op::SetFillColor { col: color(Ink::BLACK) });
        self.polygon(rings);
        Ok(())
    }

    /// Ends the page and begins an empty one of the same size.
    pub fn turn(&mut self) {
        let ops = std::mem::take(&mut self.ops);
        self.pages.push(PdfPage::new(Mm(self.paper.width), Mm(self.paper.height), ops));
    }

    /// The document.
    ///
    /// # Errors
    /// [`PdfError::Library`] if the faces could not be embedded as subsets.
    pub fn finish(mut self, title: &str, at: Instant) -> Result<Rendered, PdfError> {
        for number in &self.faces {
            if let Some(font) = self.fonts.face(*number) {
                let font = printpdf::PdfFont::new(font.clone());
                self.doc.resources.fonts.map.insert(face_id(*number), font);
            }
        }
        let info = &mut self.doc.metadata.info;
        title.clone_into(&mut info.document_title);
        info.creator = text(Lang::Zh, "pdf-creator");
        "Kaodian".clone_into(&mut info.producer);
        if let Ok(at) = printpdf::OffsetDateTime::from_unix_timestamp(at.millis() / 1000) {
            (info.creation_date, info.modification_date, info.metadata_date) = (at, at, at);
        }
        self.turn();
        self.doc.pages = std::mem::take(&mut self.pages);
        let mut warnings = Vec::new();
        let bytes = self.doc.save(&options(), &mut warnings);
        if let Some(error) = warnings.iter().find(|w| w.severity == printpdf::PdfParseErrorSeverity::Error) {
            return Err(PdfError::Library(error.msg.clone()));
        }
        Ok(Rendered { bytes, missing: self.missing.into_iter().collect() })
    }

    /// Cuts a text into lines of a width: between Chinese characters anywhere, between other words at blanks, and no
    /// line begins with a closing mark.
    #[must_use]
    pub fn lines(&self, width: f32, size: f32, text: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in words(text) {
            let longer = format!("{line}{word}");
            if line.is_empty() || self.width(Style::Body, size, longer.trim_end()) <= width {
                line = longer;
            } else {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                word.trim_start().clone_into(&mut line);
            }
        }
        lines.push(line.trim_end().to_owned());
        lines
    }

    fn run(&mut self, x: f32, y: f32, size: f32, ink: Ink, face: usize, text: String) {
        self.faces.insert(face);
        let font = PdfFontHandle::External(face_id(face));
        self.ops.extend([
            Op::StartTextSection,
            Op::SetFillColor { col: color(ink) },
            Op::SetTextCursor { pos: self.point((x, y)) },
            Op::SetFont { font, size: Pt(size) },
            Op::ShowText { items: vec![TextItem::Text(text)] },
            Op::EndTextSection,
        ]);
    }

    /// A box with the number of the character: the reader sees that something is missing, and what.
    fn missing_box(&mut self, x: f32, y: f32, size: f32, c: char) {
        self.missing.insert(c);
        let em = size * POINT_MM;
        let frame = Frame::new(x + em * 0.05, y - em * 0.82, em * 0.9, em * 0.92);
        self.outline(frame, 0.0, 0.5, Ink::RED);
        let number = format!("{:X}", u32::from(c));
        let width = self.width(Style::Body, 1.0, &number);
        let small = (em * 0.8 / width).min(size * 0.4);
        for run in self.fonts.runs(Style::Body, &number) {
            if let Run::Text(face, text, _) = run {
                self.run(x + em * 0.1, y - em * 0.26, small, Ink::RED, face, text);
            }
        }
    }

    fn stroke(&mut self, weight: f32, ink: Ink) {
        self.ops.push(Op::SetOutlineThickness { pt: Pt(weight) });
        self.ops.push(Op::SetOutlineColor { col: color(ink) });
    }

    fn polygon(&mut self, rings: Vec<PolygonRing>) {
        let polygon = Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero };
        self.ops.push(Op::DrawPolygon { polygon });
    }

    fn point(&self, (x, y): (f32, f32)) -> Point {
        Point { x: Mm(x).into(), y: Mm(self.paper.height - y).into() }
    }

    fn corner(&self, at: (f32, f32)) -> LinePoint {
        LinePoint { p: self.point(at), bezier: false }
    }

    fn square(&self, f: Frame) -> Vec<LinePoint> {
        let (right, lower) = (f.x + f.width, f.y + f.height);
        [(f.x, f.y), (right, f.y), (right, lower), (f.x, lower)].iter().map(|p| self.corner(*p)).collect()
    }

    fn rounded(&self, f: Frame, radius: f32) -> Vec<LinePoint> {
        if radius <= 0.0 {
            return self.square(f);
        }
        // Control points of a quarter circle lie at 0.5523 of the radius.
        let (r, k) = (radius, radius * 0.4477);
        let (right, lower) = (f.x + f.width, f.y + f.height);
        let path = [
            ((f.x + r, f.y), false),
            ((right - r, f.y), false),
            ((right - k, f.y), true),
            ((right, f.y + k), true),
            ((right, f.y + r), false),
            ((right, lower - r), false),
            ((right, lower - k), true),
            ((right - k, lower), true),
            ((right - r, lower), false),
            ((f.x + r, lower), false),
            ((f.x + k, lower), true),
            ((f.x, lower - k), true),
            ((f.x, lower - r), false),
            ((f.x, f.y + r), false),
            ((f.x, f.y + k), true),
            ((f.x + k, f.y), true),
            ((f.x + r, f.y), false),
        ];
        path.iter().map(|(p, bezier)| LinePoint { p: self.point(*p), bezier: *bezier }).collect()
    }
}

fn color(Ink(r, g, b): Ink) -> Color {
    Color::Rgb(Rgb { r, g, b, icc_profile: None })
}

fn face_id(number: usize) -> FontId {
    FontId(format!("F{number}"))
}

fn options() -> PdfSaveOptions {
    let pictures = ImageOptimizationOptions {
        quality: Some(0.85),
        format: Some(ImageCompression::Jpeg),
        auto_optimize: Some(false),
        ..ImageOptimizationOptions::default()
    };
    PdfSaveOptions { image_optimization: Some(pictures), ..PdfSaveOptions::default() }
}

/// Start and length of each row of dark modules in a line.
fn dark_runs(line: &[Module]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (column, module) in line.iter().enumerate() {
        match runs.last_mut() {
            _ if *module == Module::Light => {}
            Some((start, length)) if *start + *length == column => *length += 1,
            _ => runs.push((column, 1)),
        }
    }
    runs
}

/// Pieces between which a line may be broken.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut opening, mut latin) = (false, false);
    for c in text.chars() {
        let wide = u32::from(c) >= 0x2E80;
        let closing = matches!(c, '，' | '。' | '；' | '：' | '、' | '）' | '》' | '”' | '？' | '！' | '．');
        match words.last_mut() {
            Some(last) if closing || opening || (latin && !wide) => last.push(c),
            _ => words.push(c.to_string()),
        }
        // An opening mark stays with what follows it.
        opening = matches!(c, '（' | '《' | '“');
        latin = !wide && c != ' ';
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_where_readers_expect_it() {
        let table = [
            ("考生须凭证。", vec!["考", "生", "须", "凭", "证。"]),
            ("Bring your ticket", vec!["Bring ", "your ", "ticket"]),
            ("第 15 条", vec!["第", " ", "15 ", "条"]),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn dark_modules_side_by_side_are_one_run() {
        let (d, l) = (Module::Dark, Module::Light);
        assert_eq!(dark_runs(&[d, d, l, d, l, l, d, d, d]), [(0, 2), (3, 1), (6, 3)]);
        assert_eq!(dark_runs(&[l, l]), []);
    }
}
