//! The page that closes a day of an exam point (日清日结), A4.

use super::canvas::Frame;
use super::fonts::Style;
use super::{Canvas, Ink, Paper, PdfError, Rendered};
use crate::text::{Lang, text, text_with};
use shared::time::Instant;

/// What the page says.
#[derive(Debug, Clone)]
pub struct DayPage {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Point id.
    pub point: String,
    /// Exam point in Chinese and English.
    pub point_names: (String, String),
    /// One line a session: its words, then registered, absent, failed, passed, removed.
    pub sessions: Vec<DaySession>,
    /// The same numbers of the day.
    pub totals: [i64; 5],
    /// Certificates issued and printed.
    pub certificates: (i64, i64),
    /// Certificates not yet printed by the last day of issue; `None` while the calendar is not published.
    pub due: Vec<(Option<String>, i64)>,
    /// Certificate blanks as stated: received, used, spoiled, left.
    pub blanks: [u32; 4],
    /// Blanks as the system counted them: used, spoiled.
    pub blanks_counted: [u32; 2],
    /// Whether the recordings are there.
    pub recordings: bool,
    /// Whether the paper is entered and locked away.
    pub paper: bool,
    /// Why something does not agree; empty if everything does.
    pub explanation: String,
    /// Name of the person who closes the day.
    pub closed_by: String,
    /// When.
    pub closed_at: Instant,
    /// Signature, base64url.
    pub signature: String,
    /// Key id.
    pub kid: String,
    /// SHA-256 of the signed counts, hexadecimal.
    pub counts_hash: String,
}

/// One session on the page.
#[derive(Debug, Clone)]
pub struct DaySession {
    /// Session id.
    pub session: String,
    /// Trade in Chinese.
    pub trade: String,
    /// `09:00`.
    pub time: String,
    /// Registered, absent, failed, passed, removed.
    pub counts: [i64; 5],
}

const LEFT: f32 = 18.0;
const RIGHT: f32 = 192.0;
const ROW: f32 = 8.6;
const COLUMNS: [f32; 5] = [121.0, 137.0, 153.0, 169.0, 185.0];
const HEADS: [&str; 5] =
    ["pdf-day-registered", "pdf-day-absent", "pdf-day-failed", "pdf-day-passed", "pdf-day-removed"];

/// Sessions that fit on the page; the others are in the totals and in the signed counts.
const MOST_SESSIONS: usize = 12;

/// Characters of the explanation that fit on the page; the whole text is in the signed counts.
const MOST_EXPLAINED: usize = 180;

/// Draws the page.
///
/// # Errors
/// [`PdfError`] if there is no face to write with.
pub fn render(page: &DayPage) -> Result<Rendered, PdfError> {
    let mut canvas = Canvas::new(Paper::A4)?;
    head(&mut canvas, page);
    let y = sessions(&mut canvas, page);
    let y = certificates(&mut canvas, page, y + 10.0);
    let y = things(&mut canvas, page, y + 4.0);
    people(&mut canvas, page, y + 8.0);
    signature(&mut canvas, page);
    let title = format!("{} {} {}", text(Lang::Zh, "pdf-day-title"), page.point, page.day);
    canvas.finish(&title, page.closed_at)
}

fn head(canvas: &mut Canvas, page: &DayPage) {
    canvas.fill(Frame::new(0.0, 0.0, 210.0, 7.0), 0.0, Ink::NAVY);
    canvas.centred(105.0, 25.0, 20.0, Style::Title, Ink::BLACK, &text(Lang::Zh, "pdf-day-title"));
    canvas.centred(105.0, 32.0, 9.5, Style::Body, Ink::GREY, &text(Lang::En, "pdf-day-title"));
    canvas.rule((LEFT, 36.5), (RIGHT, 36.5), 1.2, Ink::NAVY);
    canvas.fitted((LEFT, 44.0), 12.0, 130.0, Style::Title, Ink::BLACK, &page.point_names.0);
    canvas.fitted((LEFT, 48.8), 8.0, 130.0, Style::Body, Ink::GREY, &page.point_names.1);
    canvas.right(RIGHT, 44.0, 13.0, Style::Title, Ink::NAVY, &page.day);
    canvas.right(RIGHT, 48.8, 8.0, Style::Body, Ink::GREY, &page.point);
}

fn sessions(canvas: &mut Canvas, page: &DayPage) -> f32 {
    let top = 54.0;
    canvas.fill(Frame::new(LEFT, top, RIGHT - LEFT, 11.0), 0.0, Ink::NAVY);
    canvas.text(LEFT + 3.0, top + 5.0, 9.0, Style::Body, Ink::WHITE, &text(Lang::Zh, "pdf-day-session"));
    canvas.text(LEFT + 3.0, top + 9.0, 6.5, Style::Body, Ink::WHITE, &text(Lang::En, "pdf-day-session"));
    for (x, head) in COLUMNS.iter().zip(HEADS) {
        canvas.centred(*x, top + 5.0, 9.0, Style::Body, Ink::WHITE, &text(Lang::Zh, head));
        canvas.centred(*x, top + 9.0, 6.5, Style::Body, Ink::WHITE, &text(Lang::En, head));
    }
    let mut y = top + 11.0;
    for session in page.sessions.iter().take(MOST_SESSIONS) {
        let words = format!("{}  {}", session.time, session.trade);
        canvas.fitted((LEFT + 3.0, y + 4.2), 9.5, 88.0, Style::Body, Ink::BLACK, &words);
        canvas.fitted((LEFT + 3.0, y + 7.2), 6.0, 88.0, Style::Body, Ink::GREY, &session.session);
        counts(canvas, y, session.counts, Style::Body);
        y += ROW;
        canvas.rule((LEFT, y), (RIGHT, y), 0.4, Ink::PALE);
    }
    if page.sessions.len() > MOST_SESSIONS {
        let more = (page.sessions.len() - MOST_SESSIONS).to_string();
        let more = text_with(Lang::Zh, "pdf-day-more", &[("count", &more)]);
        canvas.text(LEFT + 3.0, y + 5.4, 8.0, Style::Body, Ink::GREY, &more);
        y += ROW;
    }
    canvas.fill(Frame::new(LEFT, y, RIGHT - LEFT, ROW), 0.0, Ink::WASH);
    let total = format!("{} {}", text(Lang::Zh, "pdf-day-total"), text(Lang::En, "pdf-day-total"));
    canvas.text(LEFT + 3.0, y + 5.8, 10.0, Style::Title, Ink::BLACK, &total);
    counts(canvas, y, page.totals, Style::Title);
    canvas.outline(Frame::new(LEFT, top, RIGHT - LEFT, y + ROW - top), 0.0, 0.8, Ink::NAVY);
    y + ROW
}

fn counts(canvas: &mut Canvas, y: f32, counts: [i64; 5], style: Style) {
    for (x, count) in COLUMNS.iter().zip(counts) {
        canvas.centred(*x, y + 5.8, 11.0, style, Ink::BLACK, &count.to_string());
    }
}

fn certificates(canvas: &mut Canvas, page: &DayPage, y: f32) -> f32 {
    let (issued, printed) = (page.certificates.0.to_string(), page.certificates.1.to_string());
    let args = [("issued", issued.as_str()), ("printed", printed.as_str())];
    canvas.text(LEFT, y, 10.5, Style::Title, Ink::NAVY, &text(Lang::Zh, "pdf-day-certificates"));
    canvas.text(LEFT, y + 6.4, 10.0, Style::Body, Ink::BLACK, &text_with(Lang::Zh, "pdf-day-issued", &args));
    canvas.text(LEFT, y + 10.6, 7.4, Style::Body, Ink::GREY, &text_with(Lang::En, "pdf-day-issued", &args));
    let mut y = y + 17.0;
    for (due, count) in page.due.iter().take(5) {
        let count = count.to_string();
        let line = |lang| match due {
            Some(day) => text_with(lang, "pdf-day-due", &[("day", day.as_str()), ("count", count.as_str())]),
            None => text_with(lang, "pdf-day-due-awaiting", &[("count", count.as_str())]),
        };
        canvas.text(LEFT, y, 9.0, Style::Body, Ink::BLACK, &line(Lang::Zh));
        canvas.right(RIGHT, y, 7.4, Style::Body, Ink::GREY, &line(Lang::En));
        y += 5.6;
    }
    y
}

/// Blanks, recordings and paper, as the person who closes the day stated them.
fn things(canvas: &mut Canvas, page: &DayPage, y: f32) -> f32 {
    canvas.text(LEFT, y, 10.5, Style::Title, Ink::NAVY, &text(Lang::Zh, "pdf-day-things"));
    let [received, used, spoiled, left] = page.blanks.map(|n| n.to_string());
    let [counted_used, counted_spoiled] = page.blanks_counted.map(|n| n.to_string());
    let blanks = [
        ("received", received.as_str()),
        ("used", used.as_str()),
        ("spoiled", spoiled.as_str()),
        ("left", left.as_str()),
        ("counted_used", counted_used.as_str()),
        ("counted_spoiled", counted_spoiled.as_str()),
    ];
    let seen = |right: bool, id: &str| format!("{id}-{}", if right { "yes" } else { "no" });
    let recordings = seen(page.recordings, "pdf-day-recordings");
    let paper = seen(page.paper, "pdf-day-paper");
    let mut y = y + 6.0;
    for line in [
        text_with(Lang::Zh, "pdf-day-blanks", &blanks),
        format!("{}  {}", text(Lang::Zh, &recordings), text(Lang::Zh, &paper)),
    ] {
        canvas.fitted((LEFT, y), 9.5, RIGHT - LEFT, Style::Body, Ink::BLACK, &line);
        y += 5.4;
    }
    if page.explanation.is_empty() {
        return y;
    }
    let why = page.explanation.replace('\n', " ");
    let why: String = match why.char_indices().nth(MOST_EXPLAINED) {
        Some((at, _)) => format!("{} …", why.get(..at).unwrap_or_default()),
        None => why,
    };
    let why = text_with(Lang::Zh, "pdf-day-explanation", &[("text", &why)]);
    canvas.paragraph((LEFT, y), RIGHT - LEFT, 9.0, Ink::BLACK, &why)
}

fn people(canvas: &mut Canvas, page: &DayPage, y: f32) {
    let at = page.closed_at.minute_in_china();
    let labels = [("pdf-day-closed-by", page.closed_by.as_str()), ("pdf-day-closed-at", at.as_str())];
    for (x, (label, value)) in [LEFT, LEFT + 90.0].iter().zip(labels) {
        canvas.text(*x, y, 9.0, Style::Body, Ink::GREY, &text(Lang::Zh, label));
        canvas.text(*x, y + 3.8, 6.5, Style::Body, Ink::GREY, &text(Lang::En, label));
        canvas.fitted((*x + 26.0, y + 1.8), 11.0, 56.0, Style::Body, Ink::BLACK, value);
        canvas.rule((*x + 24.0, y + 4.6), (*x + 84.0, y + 4.6), 0.4, Ink::GREY);
    }
}

fn signature(canvas: &mut Canvas, page: &DayPage) {
    let box_ = Frame::new(LEFT, 236.0, RIGHT - LEFT, 46.0);
    canvas.fill(box_, 2.0, Ink::WASH);
    canvas.outline(box_, 2.0, 0.6, Ink::NAVY);
    let x = LEFT + 5.0;
    canvas.text(x, 243.0, 10.0, Style::Title, Ink::NAVY, &text(Lang::Zh, "pdf-day-signature"));
    let mut y = 248.6;
    y = canvas.paragraph((x, y), 164.0, 7.8, Ink::BLACK, &text(Lang::Zh, "pdf-day-signature-text"));
    y = canvas.paragraph((x, y - 0.4), 164.0, 6.6, Ink::GREY, &text(Lang::En, "pdf-day-signature-text"))
        + 1.6;
    let lines = [("kid", &page.kid), ("SHA-256", &page.counts_hash), ("Ed25519", &page.signature)];
    for (label, value) in lines {
        canvas.text(x, y, 7.0, Style::Body, Ink::GREY, label);
        canvas.fitted((x + 18.0, y), 8.0, 146.0, Style::Body, Ink::BLACK, value);
        y += 5.2;
    }
}
