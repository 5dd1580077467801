//! The admission ticket (准考证), A4.

use super::canvas::Frame;
use super::fonts::Style;
use super::{Canvas, Ink, Paper, PdfError, Rendered};
use crate::text::{Lang, text, text_with};
use shared::time::Instant;

/// What an admission ticket says.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Ticket number.
    pub number: String,
    /// Full name: the ticket is for the person it names.
    pub name: String,
    /// Masked identity number.
    pub id_masked: String,
    /// Portrait, JPEG.
    pub portrait: Vec<u8>,
    /// Trade in Chinese and English.
    pub trade: (String, String),
    /// Kind of the examination, a word of [`shared::trade::ExamKind`].
    pub exam_kind: String,
    /// Session id.
    pub session: String,
    /// Start of the theory examination.
    pub starts_at: Instant,
    /// Exam point in Chinese and English.
    pub point: (String, String),
    /// Its address.
    pub address: String,
    /// Room in Chinese and English; none before the seats are drawn.
    pub room: Option<(String, String)>,
    /// Seat from 1.
    pub seat: Option<u32>,
    /// Text of the QR code.
    pub secret: String,
    /// The part of it that is printed for typing.
    pub code: String,
    /// Length of the theory examination in minutes.
    pub minutes: u32,
    /// Entry opens so many minutes before the start.
    pub enter_early_minutes: u32,
    /// No entry later than so many minutes after the start.
    pub late_minutes: u32,
    /// Nobody leaves earlier than so many minutes after the start.
    pub leave_after_minutes: u32,
    /// When it was made.
    pub printed_at: Instant,
}

const LEFT: f32 = 18.0;
const RIGHT: f32 = 192.0;
const ROW: f32 = 12.4;
const PHOTO: Frame = Frame::new(152.0, 52.0, 40.0, 53.0);

/// Draws the ticket.
///
/// # Errors
/// [`PdfError`] if there is no face to write with or the portrait cannot be read.
pub fn render(ticket: &Ticket) -> Result<Rendered, PdfError> {
    let mut canvas = Canvas::new(Paper::A4)?;
    draw(&mut canvas, ticket)?;
    let title = format!("{} {}", text(Lang::Zh, "pdf-ticket-title"), ticket.number);
    canvas.finish(&title, ticket.printed_at)
}

/// Draws tickets of one session, a page each.
///
/// # Errors
/// As [`render`].
pub fn render_all(tickets: &[Ticket]) -> Result<Rendered, PdfError> {
    let mut canvas = Canvas::new(Paper::A4)?;
    for (at, ticket) in tickets.iter().enumerate() {
        if at > 0 {
            canvas.turn();
        }
        draw(&mut canvas, ticket)?;
    }
    let first = tickets.first();
    let session = first.map(|t| t.session.as_str()).unwrap_or_default();
    let title = format!("{} {session}", text(Lang::Zh, "pdf-ticket-title"));
    canvas.finish(&title, first.map_or(Instant::from_millis(0), |t| t.printed_at))
}

fn draw(canvas: &mut Canvas, ticket: &Ticket) -> Result<(), PdfError> {
    head(canvas, ticket);
    canvas.picture(PHOTO, &ticket.portrait)?;
    canvas.outline(PHOTO, 0.0, 0.6, Ink::PALE);
    let y = fields(canvas, ticket);
    let y = rules(canvas, ticket, y + 6.0);
    foot(canvas, ticket, y)
}

fn head(canvas: &mut Canvas, ticket: &Ticket) {
    canvas.fill(Frame::new(0.0, 0.0, 210.0, 7.0), 0.0, Ink::NAVY);
    canvas.centred(105.0, 23.0, 12.0, Style::Title, Ink::NAVY, &text(Lang::Zh, "pdf-exam-name"));
    canvas.centred(105.0, 34.5, 24.0, Style::Title, Ink::BLACK, &text(Lang::Zh, "pdf-ticket-title"));
    canvas.centred(105.0, 41.0, 10.0, Style::Body, Ink::GREY, &text(Lang::En, "pdf-ticket-title"));
    canvas.rule((LEFT, 45.5), (RIGHT, 45.5), 1.2, Ink::NAVY);
    canvas.centred(172.0, 111.0, 7.5, Style::Body, Ink::GREY, &ticket.session);
}

fn fields(canvas: &mut Canvas, ticket: &Ticket) -> f32 {
    let unseated = || (text(Lang::Zh, "pdf-not-drawn"), text(Lang::En, "pdf-not-drawn"));
    let room = ticket.room.clone().unwrap_or_else(unseated);
    let seat = ticket.seat.map_or_else(|| text(Lang::Zh, "pdf-not-drawn"), |seat| seat.to_string());
    let kind = format!("pdf-exam-kind-{}", ticket.exam_kind);
    let minutes = text_with(Lang::Zh, "pdf-minutes", &[("minutes", &ticket.minutes.to_string())]);
    let rows = [
        ("pdf-ticket-number", ticket.number.clone(), String::new()),
        ("pdf-name", ticket.name.clone(), String::new()),
        ("pdf-id-number", ticket.id_masked.clone(), String::new()),
        ("pdf-trade", ticket.trade.0.clone(), ticket.trade.1.clone()),
        ("pdf-exam-kind", text(Lang::Zh, &kind), text(Lang::En, &kind)),
        ("pdf-starts", format!("{}（{minutes}）", ticket.starts_at.minute_in_china()), String::new()),
        ("pdf-point", ticket.point.0.clone(), ticket.point.1.clone()),
        ("pdf-address", ticket.address.clone(), String::new()),
        ("pdf-room", room.0, room.1),
        ("pdf-seat", seat, String::new()),
    ];
    let mut y = 52.0;
    for (label, zh, en) in rows {
        let right = if y < 110.0 { PHOTO.x - 6.0 } else { RIGHT };
        canvas.text(LEFT, y + 5.4, 9.5, Style::Body, Ink::GREY, &text(Lang::Zh, label));
        canvas.text(LEFT, y + 9.2, 6.5, Style::Body, Ink::GREY, &text(Lang::En, label));
        let most = right - LEFT - 34.0;
        let base = if en.is_empty() { y + 7.4 } else { y + 5.8 };
        canvas.fitted((LEFT + 34.0, base), 12.5, most, Style::Body, Ink::BLACK, &zh);
        canvas.fitted((LEFT + 34.0, y + 9.8), 7.5, most, Style::Body, Ink::GREY, &en);
        canvas.rule((LEFT, y + ROW - 0.6), (right, y + ROW - 0.6), 0.4, Ink::PALE);
        y += ROW;
    }
    y
}

fn rules(canvas: &mut Canvas, ticket: &Ticket, y: f32) -> f32 {
    let numbers = [
        ("early", ticket.enter_early_minutes.to_string()),
        ("late", ticket.late_minutes.to_string()),
        ("leave", ticket.leave_after_minutes.to_string()),
    ];
    let args: Vec<(&'static str, &str)> =
        numbers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    canvas.text(LEFT, y + 2.0, 11.0, Style::Title, Ink::NAVY, &text(Lang::Zh, "pdf-ticket-rules"));
    canvas.text(LEFT + 24.0, y + 2.0, 8.0, Style::Body, Ink::GREY, &text(Lang::En, "pdf-ticket-rules"));
    let mut y = y + 8.0;
    for number in 1..=5 {
        let id = format!("pdf-ticket-rule-{number}");
        canvas.text(LEFT, y, 9.0, Style::Body, Ink::NAVY, &format!("{number}."));
        y = canvas.paragraph((LEFT + 6.0, y), 116.0, 9.0, Ink::BLACK, &text_with(Lang::Zh, &id, &args));
        y = canvas.paragraph((LEFT + 6.0, y - 0.4), 116.0, 7.2, Ink::GREY, &text_with(Lang::En, &id, &args))
            + 1.2;
    }
    y
}

fn foot(canvas: &mut Canvas, ticket: &Ticket, rules_end: f32) -> Result<(), PdfError> {
    let top = 188.0;
    canvas.outline(Frame::new(148.0, top, 44.0, 44.0), 2.0, 0.8, Ink::NAVY);
    canvas.qr((149.0, top + 1.0), 42.0, &ticket.secret)?;
    canvas.centred(170.0, top + 49.0, 8.5, Style::Body, Ink::BLACK, &text(Lang::Zh, "pdf-ticket-qr"));
    canvas.centred(170.0, top + 53.0, 6.8, Style::Body, Ink::GREY, &text(Lang::En, "pdf-ticket-qr"));
    let code = [("code", ticket.code.as_str())];
    canvas.centred(
        170.0,
        top + 59.0,
        9.5,
        Style::Title,
        Ink::NAVY,
        &text_with(Lang::Zh, "pdf-ticket-code", &code),
    );
    canvas.centred(
        170.0,
        top + 63.0,
        6.8,
        Style::Body,
        Ink::GREY,
        &text_with(Lang::En, "pdf-ticket-code", &code),
    );
    let y = (rules_end + 4.0).max(278.0);
    canvas.rule((LEFT, y), (RIGHT, y), 0.4, Ink::PALE);
    let at = ticket.printed_at.minute_in_china();
    canvas.text(
        LEFT,
        y + 5.0,
        7.5,
        Style::Body,
        Ink::GREY,
        &text_with(Lang::Zh, "pdf-printed", &[("at", &at)]),
    );
    canvas.right(
        RIGHT,
        y + 5.0,
        7.5,
        Style::Body,
        Ink::GREY,
        &text_with(Lang::En, "pdf-printed", &[("at", &at)]),
    );
    Ok(())
}
