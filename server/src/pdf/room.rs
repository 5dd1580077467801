//! The record of a room (考场记录), A4, as many pages as it needs.

use super::canvas::Frame;
use super::fonts::Style;
use super::{Canvas, Ink, Paper, PdfError, Rendered};
use crate::text::{Lang, text, text_with};
use shared::time::Instant;

/// What the record says.
#[derive(Debug, Clone)]
pub struct RoomRecord {
    /// Exam point in Chinese and English.
    pub point: (String, String),
    /// Session id.
    pub session: String,
    /// Trade in Chinese.
    pub trade: String,
    /// Code and name of the room.
    pub room: String,
    /// Start of the examination.
    pub starts_at: Instant,
    /// When the room was released.
    pub released_at: Option<Instant>,
    /// End of the examination.
    pub deadline: Instant,
    /// Expected, present, absent, removed.
    pub counts: [usize; 4],
    /// Names of the invigilators.
    pub invigilators: Vec<String>,
    /// What happened, in the order of time.
    pub lines: Vec<Line>,
    /// Name of the person who had it made.
    pub made_by: String,
    /// When.
    pub made_at: Instant,
    /// The log's last checkpoint then: its name, entries and root.
    pub checkpoint: Option<(String, u64, String)>,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Line {
    /// When.
    pub at: Instant,
    /// What, with what was written down of it.
    pub what: String,
    /// Ticket number and masked name of whom it concerns.
    pub whom: Option<(String, String)>,
    /// Who did or signed it.
    pub by: String,
}

const LEFT: f32 = 16.0;
const RIGHT: f32 = 194.0;
const WIDTH: f32 = RIGHT - LEFT;

/// Where the columns begin, and their heads.
const COLUMNS: [(f32, &str); 4] =
    [(LEFT, "pdf-room-time"), (32.0, "pdf-room-what"), (118.0, "pdf-room-whom"), (156.0, "pdf-room-by")];

/// Lower edge of the table, above the signatures.
const BOTTOM: f32 = 252.0;

/// Draws the record.
///
/// # Errors
/// [`PdfError`] if there is no face to write with.
pub fn render(record: &RoomRecord) -> Result<Rendered, PdfError> {
    let mut canvas = Canvas::new(Paper::A4)?;
    let mut number = 1;
    head(&mut canvas, record, number);
    let top = facts(&mut canvas, record);
    let mut y = columns(&mut canvas, top);
    for line in &record.lines {
        if y + height(&canvas, line) > BOTTOM {
            foot(&mut canvas, record);
            canvas.turn();
            number += 1;
            head(&mut canvas, record, number);
            y = columns(&mut canvas, 34.0);
        }
        y = happened(&mut canvas, line, y);
    }
    if record.lines.is_empty() {
        canvas.text(LEFT + 1.6, y + 7.0, 10.0, Style::Body, Ink::GREY, &text(Lang::Zh, "pdf-room-nothing"));
    }
    foot(&mut canvas, record);
    let title = format!("{} {} {}", text(Lang::Zh, "pdf-room-title"), record.session, record.room);
    canvas.finish(&title, record.made_at)
}

fn head(canvas: &mut Canvas, record: &RoomRecord, number: u32) {
    canvas.text(LEFT, 19.0, 17.0, Style::Title, Ink::BLACK, &text(Lang::Zh, "pdf-room-title"));
    canvas.right(RIGHT, 19.0, 10.0, Style::Body, Ink::NAVY, &format!("{}  {number}", record.session));
    let place = format!("{}  ·  {}  ·  {}", record.point.0, record.room, record.trade);
    canvas.fitted((LEFT, 25.5), 10.0, WIDTH, Style::Body, Ink::GREY, &place);
    canvas.rule((LEFT, 28.5), (RIGHT, 28.5), 1.0, Ink::NAVY);
}

/// Times, numbers and the invigilators.
fn facts(canvas: &mut Canvas, record: &RoomRecord) -> f32 {
    let [expected, present, absent, removed] = record.counts.map(|n| n.to_string());
    let (start, end) = (record.starts_at.minute_in_china(), record.deadline.time_in_china());
    let released = record.released_at.map_or_else(|| text(Lang::Zh, "page-none"), |at| at.time_in_china());
    let numbers = [
        ("expected", expected.as_str()),
        ("present", present.as_str()),
        ("absent", absent.as_str()),
        ("removed", removed.as_str()),
    ];
    let times = [("start", start.as_str()), ("released", released.as_str()), ("end", end.as_str())];
    let who = record.invigilators.join("、");
    let mut y = 36.0;
    for line in [
        text_with(Lang::Zh, "pdf-room-times", &times),
        text_with(Lang::Zh, "pdf-room-numbers", &numbers),
        text_with(Lang::Zh, "pdf-room-invigilators", &[("names", who.as_str())]),
    ] {
        canvas.fitted((LEFT, y), 10.5, WIDTH, Style::Body, Ink::BLACK, &line);
        y += 6.4;
    }
    y
}

fn columns(canvas: &mut Canvas, y: f32) -> f32 {
    canvas.fill(Frame::new(LEFT, y, WIDTH, 8.0), 0.0, Ink::NAVY);
    for (x, id) in COLUMNS {
        canvas.text(x + 1.6, y + 5.4, 9.0, Style::Body, Ink::WHITE, &text(Lang::Zh, id));
    }
    y + 8.0
}

const SIZE: f32 = 9.5;
const ROW: f32 = 4.86;

/// Width of the words of a column.
const WHAT: f32 = 82.0;
const BY: f32 = 36.0;

fn height(canvas: &Canvas, line: &Line) -> f32 {
    let most = canvas.lines(WHAT, SIZE, &line.what).len().max(canvas.lines(BY, SIZE, &line.by).len());
    let rows = most.max(if line.whom.is_some() { 2 } else { 1 });
    u16::try_from(rows).map_or(0.0, f32::from) * ROW + 3.4
}

fn happened(canvas: &mut Canvas, line: &Line, y: f32) -> f32 {
    let end = y + height(canvas, line);
    let base = y + 5.2;
    canvas.text(LEFT + 1.6, base, SIZE, Style::Body, Ink::BLACK, &line.at.time_in_china());
    canvas.paragraph((33.6, base), WHAT, SIZE, Ink::BLACK, &line.what);
    if let Some((ticket, name)) = &line.whom {
        canvas.fitted((119.6, base), SIZE, 34.0, Style::Body, Ink::BLACK, name);
        canvas.fitted((119.6, base + ROW), 8.0, 34.0, Style::Body, Ink::GREY, ticket);
    }
    canvas.paragraph((157.6, base), BY, SIZE, Ink::BLACK, &line.by);
    canvas.rule((LEFT, end), (RIGHT, end), 0.4, Ink::PALE);
    end
}

/// Two signatures, and who had the page made.
fn foot(canvas: &mut Canvas, record: &RoomRecord) {
    for (x, id) in [(LEFT, "pdf-room-first"), (110.0, "pdf-room-second")] {
        canvas.text(x, 268.0, 10.0, Style::Body, Ink::GREY, &text(Lang::Zh, id));
        canvas.rule((x + 30.0, 269.2), (x + 82.0, 269.2), 0.5, Ink::GREY);
    }
    let at = record.made_at.minute_in_china();
    let made = text_with(Lang::Zh, "pdf-room-made", &[("name", record.made_by.as_str()), ("time", &at)]);
    canvas.fitted((LEFT, 280.0), 8.0, WIDTH, Style::Body, Ink::GREY, &made);
    let checkpoint = match &record.checkpoint {
        Some((name, size, root)) => {
            let facts = [("name", name.as_str()), ("size", &size.to_string()), ("root", root.as_str())];
            text_with(Lang::Zh, "pdf-room-checkpoint", &facts)
        }
        None => text(Lang::Zh, "pdf-room-no-checkpoint"),
    };
    canvas.fitted((LEFT, 284.6), 8.0, WIDTH, Style::Body, Ink::GREY, &checkpoint);
}
