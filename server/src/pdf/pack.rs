//! The paper emergency pack of an exam point's day, A4: cover, rosters, seat plans, room records, score sheets.

use super::canvas::Frame;
use super::fonts::Style;
use super::{Canvas, Ink, Paper, PdfError, Rendered};
use crate::text::{Lang, text, text_with};
use shared::practical::Sheet;
use shared::time::Instant;

/// What is in the pack.
#[derive(Debug, Clone)]
pub struct Pack {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Exam point in Chinese and English.
    pub point: (String, String),
    /// Sessions by start.
    pub sessions: Vec<PackSession>,
    /// Score sheets with the name of their trade.
    pub sheets: Vec<(String, Sheet)>,
    /// Who had it printed.
    pub printed_by: String,
    /// When.
    pub printed_at: Instant,
}

/// A session.
#[derive(Debug, Clone)]
pub struct PackSession {
    /// Session id.
    pub session: String,
    /// Trade id.
    pub trade_id: String,
    /// Trade in Chinese.
    pub trade: String,
    /// Start of the theory examination.
    pub starts_at: Instant,
    /// Whether a practical follows.
    pub practical: bool,
    /// Rooms by code; one without a code holds those who have no seat yet.
    pub rooms: Vec<PackRoom>,
}

/// A room with those who sit in it.
#[derive(Debug, Clone)]
pub struct PackRoom {
    /// Code.
    pub code: String,
    /// Name in Chinese.
    pub name: String,
    /// Seats.
    pub seats: u32,
    /// Candidates by seat.
    pub people: Vec<PackPerson>,
}

/// A candidate.
#[derive(Debug, Clone)]
pub struct PackPerson {
    /// Seat from 1.
    pub seat: Option<u32>,
    /// Ticket number.
    pub ticket: String,
    /// Full name: it is compared with the identity card.
    pub name: String,
    /// Masked identity number.
    pub id_masked: String,
}

const LEFT: f32 = 16.0;
const RIGHT: f32 = 194.0;
const WIDTH: f32 = RIGHT - LEFT;

/// Lines of a roster on one page.
const ROWS: usize = 24;

/// Seats side by side on the plan.
const ACROSS: usize = 6;

/// Draws the pack.
///
/// # Errors
/// [`PdfError`] if there is no face to write with.
pub fn render(pack: &Pack) -> Result<Rendered, PdfError> {
    let mut canvas = Canvas::new(Paper::A4)?;
    let pages = page_count(pack);
    let mut number = 1;
    cover(&mut canvas, pack, pages);
    let mut next = |canvas: &mut Canvas| {
        canvas.turn();
        number += 1;
        foot(canvas, pack, number, pages);
    };
    for session in &pack.sessions {
        for room in &session.rooms {
            for (at, people) in room.people.chunks(ROWS).enumerate() {
                next(&mut canvas);
                roster(&mut canvas, pack, (session, room), (at * ROWS, people));
            }
            next(&mut canvas);
            plan(&mut canvas, pack, session, room);
            next(&mut canvas);
            record(&mut canvas, pack, session, room);
        }
    }
    for (trade, sheet) in &pack.sheets {
        next(&mut canvas);
        score(&mut canvas, pack, trade, sheet);
    }
    let title = format!("{} {}", text(Lang::Zh, "pdf-pack-title"), pack.day);
    canvas.finish(&title, pack.printed_at)
}

fn page_count(pack: &Pack) -> usize {
    let rooms = pack.sessions.iter().flat_map(|s| &s.rooms);
    let of_rooms: usize = rooms.map(|r| r.people.len().div_ceil(ROWS) + 2).sum();
    1 + of_rooms + pack.sheets.len()
}

fn foot(canvas: &mut Canvas, pack: &Pack, number: usize, pages: usize) {
    canvas.rule((LEFT, 284.0), (RIGHT, 284.0), 0.4, Ink::PALE);
    let at = pack.printed_at.minute_in_china();
    let args = [("by", pack.printed_by.as_str()), ("at", at.as_str())];
    canvas.text(LEFT, 288.6, 7.5, Style::Body, Ink::GREY, &text_with(Lang::Zh, "pdf-pack-foot", &args));
    canvas.right(RIGHT, 288.6, 8.0, Style::Body, Ink::GREY, &format!("{number} / {pages}"));
}

fn cover(canvas: &mut Canvas, pack: &Pack, pages: usize) {
    canvas.fill(Frame::new(0.0, 0.0, 210.0, 7.0), 0.0, Ink::RED);
    canvas.centred(105.0, 44.0, 26.0, Style::Title, Ink::BLACK, &text(Lang::Zh, "pdf-pack-title"));
    canvas.centred(105.0, 52.0, 11.0, Style::Body, Ink::GREY, &text(Lang::En, "pdf-pack-title"));
    canvas.centred(105.0, 74.0, 17.0, Style::Title, Ink::NAVY, &pack.point.0);
    canvas.centred(105.0, 81.0, 9.0, Style::Body, Ink::GREY, &pack.point.1);
    canvas.centred(105.0, 95.0, 17.0, Style::Title, Ink::NAVY, &pack.day);
    let mut y = 112.0;
    for session in &pack.sessions {
        let people: usize = session.rooms.iter().map(|r| r.people.len()).sum();
        let words = format!("{}  {}", session.starts_at.time_in_china(), session.trade);
        let count = text_with(Lang::Zh, "pdf-pack-people", &[("count", &people.to_string())]);
        canvas.fitted((LEFT + 6.0, y), 11.0, 120.0, Style::Body, Ink::BLACK, &words);
        canvas.right(RIGHT - 6.0, y, 11.0, Style::Body, Ink::BLACK, &count);
        canvas.rule((LEFT + 6.0, y + 2.6), (RIGHT - 6.0, y + 2.6), 0.4, Ink::PALE);
        y += 8.0;
        if y > 176.0 {
            break;
        }
    }
    let box_ = Frame::new(LEFT, 186.0, WIDTH, 84.0);
    canvas.fill(box_, 2.0, Ink::WASH);
    canvas.outline(box_, 2.0, 0.6, Ink::NAVY);
    canvas.text(LEFT + 6.0, 195.0, 12.0, Style::Title, Ink::NAVY, &text(Lang::Zh, "pdf-pack-use"));
    let mut y = 203.0;
    for n in 1..=6 {
        let line = format!("{n}. {}", text(Lang::Zh, &format!("pdf-pack-use-{n}")));
        y = canvas.paragraph((LEFT + 6.0, y), WIDTH - 12.0, 10.0, Ink::BLACK, &line) + 2.2;
    }
    foot(canvas, pack, 1, pages);
}

fn head(canvas: &mut Canvas, pack: &Pack, title: &str, below: &str) {
    canvas.text(LEFT, 19.0, 16.0, Style::Title, Ink::BLACK, title);
    canvas.right(RIGHT, 19.0, 10.0, Style::Body, Ink::NAVY, &format!("{}  {}", pack.point.0, pack.day));
    canvas.fitted((LEFT, 25.5), 10.0, WIDTH, Style::Body, Ink::GREY, below);
    canvas.rule((LEFT, 28.5), (RIGHT, 28.5), 1.0, Ink::NAVY);
}

fn place(session: &PackSession, room: &PackRoom) -> String {
    let room = if room.code.is_empty() {
        text(Lang::Zh, "pdf-not-drawn")
    } else {
        format!("{} {}", room.code, room.name)
    };
    format!("{}  {}  ·  {room}", session.starts_at.minute_in_china(), session.trade)
}

const ROSTER: [(f32, &str); 7] = [
    (16.0, "pdf-pack-seat"),
    (29.0, "pdf-ticket-number"),
    (66.0, "pdf-name"),
    (92.0, "pdf-id-number"),
    (133.0, "pdf-pack-came"),
    (150.0, "pdf-pack-absent"),
    (163.0, "pdf-pack-signature"),
];

fn roster(
    canvas: &mut Canvas,
    pack: &Pack,
    (session, room): (&PackSession, &PackRoom),
    (before, people): (usize, &[PackPerson]),
) {
    let title = text(Lang::Zh, "pdf-pack-roster");
    let of = format!("{}–{} / {}", before + 1, before + people.len(), room.people.len());
    head(canvas, pack, &format!("{title}  {of}"), &place(session, room));
    let top = 33.0;
    let row = 9.4;
    canvas.fill(Frame::new(LEFT, top, WIDTH, row), 0.0, Ink::NAVY);
    for (x, id) in ROSTER {
        canvas.text(x + 1.6, top + 6.0, 9.0, Style::Body, Ink::WHITE, &text(Lang::Zh, id));
    }
    let mut y = top + row;
    for person in people {
        let seat = person.seat.map(|s| s.to_string()).unwrap_or_default();
        canvas.text(LEFT + 1.6, y + 6.2, 11.0, Style::Title, Ink::BLACK, &seat);
        canvas.text(30.6, y + 6.2, 9.5, Style::Body, Ink::BLACK, &person.ticket);
        canvas.fitted((67.6, y + 6.2), 11.0, 23.0, Style::Body, Ink::BLACK, &person.name);
        canvas.text(93.6, y + 6.2, 8.5, Style::Body, Ink::BLACK, &person.id_masked);
        canvas.outline(Frame::new(154.0, y + 2.8, 4.0, 4.0), 0.4, 0.6, Ink::GREY);
        y += row;
        canvas.rule((LEFT, y), (RIGHT, y), 0.4, Ink::PALE);
    }
    for (x, _) in ROSTER.iter().skip(1) {
        canvas.rule((*x, top + row), (*x, y), 0.3, Ink::PALE);
    }
    canvas.outline(Frame::new(LEFT, top, WIDTH, y - top), 0.0, 0.8, Ink::NAVY);
    signatures(canvas, 276.0);
}

/// Two lines for two signatures.
fn signatures(canvas: &mut Canvas, y: f32) {
    for (x, id) in [(LEFT, "pdf-pack-invigilator-1"), (108.0, "pdf-pack-invigilator-2")] {
        canvas.text(x, y, 9.5, Style::Body, Ink::GREY, &text(Lang::Zh, id));
        canvas.rule((x + 26.0, y + 1.0), (x + 80.0, y + 1.0), 0.5, Ink::GREY);
    }
}

fn plan(canvas: &mut Canvas, pack: &Pack, session: &PackSession, room: &PackRoom) {
    head(canvas, pack, &text(Lang::Zh, "pdf-pack-plan"), &place(session, room));
    canvas.fill(Frame::new(65.0, 34.0, 80.0, 8.0), 1.0, Ink::WASH);
    canvas.centred(105.0, 39.6, 10.0, Style::Body, Ink::GREY, &text(Lang::Zh, "pdf-pack-front"));
    let seats = usize::try_from(room.seats).unwrap_or(0).clamp(1, 90);
    let rows = seats.div_ceil(ACROSS);
    let (width, gap) = (WIDTH / ACROSS as f32, 3.0);
    let height = (232.0 / rows as f32).clamp(10.0, 26.0);
    for at in 0..seats {
        let number = u32::try_from(at + 1).unwrap_or(0);
        let x = LEFT + (at % ACROSS) as f32 * width;
        let y = 48.0 + (at / ACROSS) as f32 * height;
        let frame = Frame::new(x + gap / 2.0, y, width - gap, height - gap);
        let person = room.people.iter().find(|p| p.seat == Some(number));
        canvas.outline(frame, 1.2, 0.6, if person.is_some() { Ink::NAVY } else { Ink::PALE });
        canvas.text(x + 3.4, y + 5.0, 10.0, Style::Title, Ink::NAVY, &number.to_string());
        if let Some(person) = person {
            let short = person.ticket.rsplit('-').next().unwrap_or_default();
            canvas.right(x + width - 3.4, y + 5.0, 8.0, Style::Body, Ink::GREY, short);
            let lower = y + (height - gap) * 0.82;
            canvas.fitted((x + 3.4, lower), 11.0, width - 8.0, Style::Body, Ink::BLACK, &person.name);
        }
    }
}

/// The room record: what the invigilators fill in.
fn record(canvas: &mut Canvas, pack: &Pack, session: &PackSession, room: &PackRoom) {
    head(canvas, pack, &text(Lang::Zh, "pdf-pack-record"), &place(session, room));
    let expected = room.people.len().to_string();
    let mut y = 40.0;
    let lines = ["opened", "started", "ended", "present", "absent", "moved", "machines", "network"];
    for id in lines {
        let label = text_with(Lang::Zh, &format!("pdf-pack-record-{id}"), &[("expected", &expected)]);
        canvas.text(LEFT, y, 11.0, Style::Body, Ink::BLACK, &label);
        canvas.rule((LEFT + 58.0, y + 1.2), (RIGHT, y + 1.2), 0.5, Ink::GREY);
        y += 11.0;
    }
    for (id, height) in [("pdf-pack-record-misconduct", 52.0), ("pdf-pack-record-other", 52.0)] {
        canvas.text(LEFT, y, 11.0, Style::Body, Ink::BLACK, &text(Lang::Zh, id));
        canvas.outline(Frame::new(LEFT, y + 3.0, WIDTH, height), 1.0, 0.6, Ink::GREY);
        y += height + 11.0;
    }
    signatures(canvas, 272.0);
}

/// A score sheet to be copied: one candidate, one examiner.
fn score(canvas: &mut Canvas, pack: &Pack, trade: &str, sheet: &Sheet) {
    let minutes = sheet.minutes().to_string();
    let below = text_with(Lang::Zh, "pdf-pack-score-below", &[("trade", trade), ("minutes", &minutes)]);
    let title = format!("{}  {}", text(Lang::Zh, "pdf-pack-score"), sheet.code());
    head(canvas, pack, &title, &below);
    let mut y = canvas.paragraph((LEFT, 35.0), WIDTH, 11.5, Ink::NAVY, sheet.title_zh()) + 3.0;
    for (x, id) in [(LEFT, "pdf-ticket-number"), (108.0, "pdf-name")] {
        canvas.text(x, y, 10.0, Style::Body, Ink::GREY, &text(Lang::Zh, id));
        canvas.rule((x + 22.0, y + 1.2), (x + 80.0, y + 1.2), 0.5, Ink::GREY);
    }
    y += 7.0;
    canvas.rule((LEFT, y - 1.0), (RIGHT, y - 1.0), 0.8, Ink::NAVY);
    for item in sheet.items() {
        let words = format!("{}. {}", item.code, item.text_zh);
        let end = canvas.paragraph((LEFT, y + 4.6), 132.0, 10.0, Ink::BLACK, &words);
        let most = text_with(Lang::Zh, "pdf-pack-score-most", &[("points", &item.points.to_string())]);
        canvas.right(170.0, y + 4.6, 9.5, Style::Body, Ink::GREY, &most);
        canvas.outline(Frame::new(174.0, y + 0.6, 20.0, 8.0), 0.6, 0.6, Ink::GREY);
        y = (end - 2.0).max(y + 10.4);
        canvas.rule((LEFT, y), (RIGHT, y), 0.3, Ink::PALE);
    }
    canvas.text(LEFT, y + 7.0, 11.0, Style::Title, Ink::RED, &text(Lang::Zh, "pdf-pack-score-veto"));
    y += 10.0;
    for veto in sheet.vetoes() {
        let words = format!("{}. {}", veto.code, veto.text_zh);
        let end = canvas.paragraph((LEFT, y + 4.6), 150.0, 10.0, Ink::BLACK, &words);
        canvas.outline(Frame::new(186.0, y + 1.2, 5.0, 5.0), 0.4, 0.6, Ink::RED);
        y = (end - 2.0).max(y + 8.6);
        canvas.rule((LEFT, y), (RIGHT, y), 0.3, Ink::PALE);
    }
    canvas.text(LEFT, 276.0, 9.5, Style::Body, Ink::GREY, &text(Lang::Zh, "pdf-pack-score-total"));
    canvas.rule((LEFT + 22.0, 277.0), (LEFT + 60.0, 277.0), 0.5, Ink::GREY);
    canvas.text(108.0, 276.0, 9.5, Style::Body, Ink::GREY, &text(Lang::Zh, "pdf-pack-examiner"));
    canvas.rule((134.0, 277.0), (188.0, 277.0), 0.5, Ink::GREY);
}
