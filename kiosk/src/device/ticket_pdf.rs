//! Queue tickets as PDF files, for an exam point without a thermal printer.

use super::Finding;
use super::escpos::Slip;
use super::ticket::{TicketFault, TicketPrinter};
use crate::files;
use printpdf::{
    FontId, LinePoint, Mm, Op, PaintMode, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage,
    PdfSaveOptions, Point, Polygon, PolygonRing, Pt, TextItem, WindingOrder,
};
use qrcode::{Color, EcLevel, QrCode};
use std::path::{Path, PathBuf};

/// The face, and its number in the collection: simplified Chinese.
const FACE: (&str, usize) = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2);
/// Paper of a thermal printer, in millimetres.
const WIDTH: f32 = 80.0;
const HEIGHT: f32 = 130.0;
/// Side of the QR code in millimetres.
const CODE: f32 = 36.0;

/// Writes `NUMBER-N.pdf` into a directory, whole or not at all; N counts what this run has written.
pub struct PdfTickets {
    dir: PathBuf,
    face: Option<ParsedFont>,
    written: u32,
}

impl PdfTickets {
    /// Into this directory, which is made when it is needed.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        let face = std::fs::read(FACE.0).ok();
        let face = face.and_then(|bytes| ParsedFont::from_bytes(&bytes, FACE.1, &mut Vec::new()));
        Self { dir: dir.to_owned(), face, written: 0 }
    }
}

impl TicketPrinter for PdfTickets {
    fn print(&mut self, slip: &Slip) -> Result<(), TicketFault> {
        let face = self.face.clone().ok_or(TicketFault::Offline)?;
        self.written = self.written.saturating_add(1);
        let path = self.dir.join(format!("{}-{}.pdf", slip.number, self.written));
        let bytes = pdf(slip, face);
        files::private_dir(&self.dir).and_then(|()| files::write_whole(&path, &bytes)).map_err(|error| {
            tracing::warn!(%error, "a queue ticket cannot be written");
            TicketFault::Offline
        })
    }

    fn probe(&mut self) -> Finding {
        let shown = self.dir.display();
        match (files::private_dir(&self.dir), &self.face) {
            (Err(error), _) => Finding::unusable(
                format!("directory {shown}: {error}"),
                "kiosk-doctor-mend-printer-directory",
            ),
            (Ok(()), None) => Finding::unusable(FACE.0, "kiosk-doctor-mend-fonts"),
            (Ok(()), Some(_)) => Finding::usable(format!("directory {shown}")),
        }
    }
}

fn pdf(slip: &Slip, face: ParsedFont) -> Vec<u8> {
    let mut doc = PdfDocument::new(&slip.number);
    let font = FontId("F0".to_owned());
    doc.resources.fonts.map.insert(font.clone(), PdfFont::new(face));
    let mut ops = Vec::new();
    let mut y = 12.0;
    line(&mut ops, &font, y, 12.0, &slip.head);
    y += 20.0;
    line(&mut ops, &font, y, 48.0, &slip.number);
    for text in &slip.lines {
        y += 6.5;
        line(&mut ops, &font, y, 11.0, text);
    }
    if let Some(link) = &slip.link {
        code(&mut ops, y + 4.0, link);
        line(&mut ops, &font, y + CODE + 9.0, 9.0, &slip.link_words);
    }
    doc.pages = vec![PdfPage::new(Mm(WIDTH), Mm(HEIGHT), ops)];
    doc.save(&PdfSaveOptions::default(), &mut Vec::new())
}

fn point(x: f32, y: f32) -> Point {
    Point { x: Mm(x).into(), y: Mm(HEIGHT - y).into() }
}

fn line(ops: &mut Vec<Op>, font: &FontId, y: f32, size: f32, text: &str) {
    ops.extend([
        Op::StartTextSection,
        Op::SetTextCursor { pos: point(6.0, y) },
        Op::SetFont { font: PdfFontHandle::External(font.clone()), size: Pt(size) },
        Op::ShowText { items: vec![TextItem::Text(text.to_owned())] },
        Op::EndTextSection,
    ]);
}

/// One square a module; a text that fits into no code leaves it out.
fn code(ops: &mut Vec<Op>, top: f32, text: &str) {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return };
    let across = code.width();
    let module = CODE / across as f32;
    let corner = |x: f32, y: f32| LinePoint { p: point(x, y), bezier: false };
    let modules = code.to_colors();
    let dark = modules.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
    let rings = dark
        .map(|(at, _)| {
            let (x, y) = (6.0 + (at % across) as f32 * module, top + (at / across) as f32 * module);
            let (right, lower) = (x + module, y + module);
            let points = vec![corner(x, y), corner(right, y), corner(right, lower), corner(x, lower)];
            PolygonRing { points }
        })
        .collect();
    let polygon = Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero };
    ops.push(Op::DrawPolygon { polygon });
}
