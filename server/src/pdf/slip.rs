//! The hand-in slip (交卷单), A4: what was handed in, and how anybody finds it in the log.

use super::canvas::Frame;
use super::fonts::Style;
use super::{Canvas, Ink, Paper, PdfError, Rendered};
use crate::text::{Lang, text, text_with};
use shared::time::Instant;

/// What a hand-in slip says. The score is not on it: whoever finds a lost slip learns nothing of it.
#[derive(Debug, Clone)]
pub struct Slip {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name_masked: String,
    /// Masked identity number.
    pub id_masked: String,
    /// Trade in Chinese and English.
    pub trade: (String, String),
    /// Session id.
    pub session: String,
    /// Exam point in Chinese and English.
    pub point: (String, String),
    /// Room code.
    pub room: String,
    /// Seat from 1.
    pub seat: Option<u32>,
    /// First entry.
    pub entered_at: Instant,
    /// End.
    pub ended_at: Instant,
    /// Whether the clock handed it in.
    pub timed_out: bool,
    /// Questions answered.
    pub answered: u32,
    /// SHA-256 over the answers that are graded, hexadecimal.
    pub hash: String,
    /// Number of the event in which it stands.
    pub event: i64,
    /// Address of the page that shows what the log has: text of the QR code.
    pub address: String,
}

const LEFT: f32 = 18.0;
const RIGHT: f32 = 192.0;
const ROW: f32 = 11.6;

/// Draws the slip.
///
/// # Errors
/// [`PdfError`] if there is no face to write with.
pub fn render(slip: &Slip) -> Result<Rendered, PdfError> {
    let mut canvas = Canvas::new(Paper::A4)?;
    canvas.fill(Frame::new(0.0, 0.0, 210.0, 7.0), 0.0, Ink::NAVY);
    canvas.centred(105.0, 22.0, 12.0, Style::Title, Ink::NAVY, &text(Lang::Zh, "pdf-exam-name"));
    canvas.centred(105.0, 33.0, 22.0, Style::Title, Ink::BLACK, &text(Lang::Zh, "pdf-slip-title"));
    canvas.centred(105.0, 39.5, 10.0, Style::Body, Ink::GREY, &text(Lang::En, "pdf-slip-title"));
    canvas.rule((LEFT, 44.0), (RIGHT, 44.0), 1.2, Ink::NAVY);
    let y = fields(&mut canvas, slip);
    proof(&mut canvas, slip, y + 8.0)?;
    canvas.finish(&format!("{} {}", text(Lang::Zh, "pdf-slip-title"), slip.ticket), slip.ended_at)
}

fn fields(canvas: &mut Canvas, slip: &Slip) -> f32 {
    let seat = slip.seat.map_or_else(|| text(Lang::Zh, "page-none"), |seat| seat.to_string());
    let how = if slip.timed_out { "pdf-slip-by-clock" } else { "pdf-slip-by-person" };
    let count = [("count", &*slip.answered.to_string())];
    let answered =
        (text_with(Lang::Zh, "pdf-slip-count", &count), text_with(Lang::En, "pdf-slip-count", &count));
    let ended = slip.ended_at.minute_in_china();
    let rows = [
        ("pdf-ticket-number", slip.ticket.clone(), String::new()),
        ("pdf-name", slip.name_masked.clone(), String::new()),
        ("pdf-id-number", slip.id_masked.clone(), String::new()),
        ("pdf-trade", slip.trade.0.clone(), slip.trade.1.clone()),
        ("pdf-point", slip.point.0.clone(), slip.point.1.clone()),
        ("pdf-seat", format!("{}  ·  {seat}", slip.room), String::new()),
        ("pdf-slip-entered", slip.entered_at.minute_in_china(), String::new()),
        ("pdf-slip-ended", format!("{ended}  {}", text(Lang::Zh, how)), text(Lang::En, how)),
        ("pdf-slip-answered", answered.0, answered.1),
    ];
    let mut y = 50.0;
    for (label, zh, en) in rows {
        canvas.text(LEFT, y + 5.2, 9.5, Style::Body, Ink::GREY, &text(Lang::Zh, label));
        canvas.text(LEFT, y + 8.8, 6.5, Style::Body, Ink::GREY, &text(Lang::En, label));
        let base = if en.is_empty() { y + 6.8 } else { y + 5.4 };
        canvas.fitted((LEFT + 40.0, base), 12.5, RIGHT - LEFT - 40.0, Style::Body, Ink::BLACK, &zh);
        canvas.fitted((LEFT + 40.0, y + 9.2), 7.5, RIGHT - LEFT - 40.0, Style::Body, Ink::GREY, &en);
        canvas.rule((LEFT, y + ROW - 0.6), (RIGHT, y + ROW - 0.6), 0.4, Ink::PALE);
        y += ROW;
    }
    y
}

/// The hash, the event, and the QR code that leads to what the log has of them.
fn proof(canvas: &mut Canvas, slip: &Slip, y: f32) -> Result<(), PdfError> {
    canvas.text(LEFT, y + 4.0, 11.0, Style::Title, Ink::NAVY, &text(Lang::Zh, "pdf-slip-proof"));
    let mut line = y + 11.0;
    let (first, second) = slip.hash.split_at_checked(32).unwrap_or((&slip.hash, ""));
    for part in [first, second] {
        canvas.text(LEFT, line, 10.5, Style::Body, Ink::BLACK, part);
        line += 5.4;
    }
    let event = [("event", &*slip.event.to_string())];
    for lang in [Lang::Zh, Lang::En] {
        let (size, ink) = if matches!(lang, Lang::Zh) { (9.5, Ink::BLACK) } else { (7.5, Ink::GREY) };
        line =
            canvas.paragraph((LEFT, line + 2.0), 118.0, size, ink, &text_with(lang, "pdf-slip-how", &event));
    }
    canvas.outline(Frame::new(148.0, y, 44.0, 44.0), 2.0, 0.8, Ink::NAVY);
    canvas.qr((149.0, y + 1.0), 42.0, &slip.address)?;
    canvas.centred(170.0, y + 49.0, 8.5, Style::Body, Ink::BLACK, &text(Lang::Zh, "pdf-slip-qr"));
    canvas.centred(170.0, y + 53.0, 6.8, Style::Body, Ink::GREY, &text(Lang::En, "pdf-slip-qr"));
    Ok(())
}
