//! The report of an evidence package, A4, as many pages as it needs.

use super::canvas::Frame;
use super::fonts::Style;
use super::{Canvas, Ink, Paper, PdfError, Rendered};
use crate::text::{Lang, text, text_with};
use shared::time::Instant;

/// What the report says, in words.
#[derive(Debug, Clone)]
pub struct EvidenceReport {
    /// Language.
    pub lang: Lang,
    /// Ticket or session.
    pub subject: String,
    /// Labels and values about the session and the package.
    pub facts: Vec<(String, String)>,
    /// What was checked, and whether it holds.
    pub checks: Vec<(bool, String)>,
    /// Candidates.
    pub parts: Vec<Part>,
    /// When it was made.
    pub made_at: Instant,
}

/// One candidate.
#[derive(Debug, Clone)]
pub struct Part {
    /// Ticket number.
    pub ticket: String,
    /// Name.
    pub name: String,
    /// Labels and values.
    pub facts: Vec<(String, String)>,
    /// Portrait of the registration (JPEG).
    pub portrait: Option<Vec<u8>>,
    /// Picture taken at check-in (JPEG).
    pub capture: Option<Vec<u8>>,
    /// When, and what.
    pub timeline: Vec<(String, String)>,
    /// Questions and answers.
    pub answers: Vec<Answer>,
    /// Marks of the practical, a line each.
    pub scores: Vec<String>,
}

/// A question with what was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Position from 1.
    pub position: u32,
    /// The question; empty where the letters alone are shown.
    pub question: String,
    /// Its options with their letters.
    pub options: Vec<String>,
    /// Letters chosen; empty for none.
    pub given: String,
    /// Letters that are right.
    pub right: String,
    /// Points.
    pub points: u32,
}

const LEFT: f32 = 18.0;
const RIGHT: f32 = 192.0;
const WIDTH: f32 = RIGHT - LEFT;
const TOP: f32 = 34.0;
const BOTTOM: f32 = 278.0;
/// Millimetres of a line of 9.5 points.
const ROW: f32 = 4.86;
const SIZE: f32 = 9.5;
/// Where values begin behind their labels, and what happened behind its time.
const VALUE: f32 = 60.0;
/// Answers of many candidates: columns and their width.
const COLUMNS: u32 = 5;
const COLUMN: f32 = WIDTH / 5.0;

/// Draws the report.
///
/// # Errors
/// [`PdfError`] if there is no face to write with, or a picture cannot be read.
pub fn render(report: &EvidenceReport) -> Result<Rendered, PdfError> {
    let mut sheet = Sheet { canvas: Canvas::new(Paper::A4)?, report, y: 0.0, number: 0 };
    sheet.begin();
    sheet.facts(&report.facts);
    sheet.heading("pdf-evidence-checks");
    for (ok, words) in &report.checks {
        let (mark, ink) = if *ok { ("✓", Ink::NAVY) } else { ("✗", Ink::RED) };
        sheet.line(mark, words, LEFT + 6.0, ink);
    }
    sheet.line("", &text(report.lang, "pdf-evidence-open"), LEFT + 6.0, Ink::GREY);
    for part in &report.parts {
        sheet.part(part)?;
    }
    sheet.foot();
    let title = format!("{} {}", text(report.lang, "pdf-evidence-title"), report.subject);
    sheet.canvas.finish(&title, report.made_at)
}

/// The page that is being written.
struct Sheet<'a> {
    canvas: Canvas,
    report: &'a EvidenceReport,
    y: f32,
    number: u32,
}

impl Sheet<'_> {
    fn words(&self, id: &str) -> String {
        text(self.report.lang, id)
    }

    fn begin(&mut self) {
        self.number += 1;
        let title = self.words("pdf-evidence-title");
        self.canvas.text(LEFT, 19.0, 16.0, Style::Title, Ink::BLACK, &title);
        self.canvas.right(RIGHT, 19.0, 10.0, Style::Body, Ink::NAVY, &self.report.subject);
        self.canvas.rule((LEFT, 23.5), (RIGHT, 23.5), 1.0, Ink::NAVY);
        self.y = TOP;
    }

    fn foot(&mut self) {
        let number = self.number.to_string();
        let words = text_with(self.report.lang, "pdf-evidence-page", &[("number", number.as_str())]);
        self.canvas.rule((LEFT, 282.0), (RIGHT, 282.0), 0.4, Ink::PALE);
        let hint = self.words("pdf-evidence-foot");
        self.canvas.fitted((LEFT, 286.5), 7.5, 140.0, Style::Body, Ink::GREY, &hint);
        self.canvas.right(RIGHT, 286.5, 7.5, Style::Body, Ink::GREY, &words);
    }

    /// Turns the page if so much does not fit on it.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.foot();
        self.canvas.turn();
        self.begin();
    }

    fn heading(&mut self, id: &str) {
        self.need(ROW * 4.0);
        self.y += 4.0;
        let words = self.words(id);
        self.canvas.text(LEFT, self.y, 11.5, Style::Title, Ink::NAVY, &words);
        self.y += 7.0;
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        for (label, value) in facts {
            self.line(label, value, VALUE, Ink::BLACK);
        }
    }

    /// A label, and words from `x` on in as many lines as they need.
    fn line(&mut self, label: &str, words: &str, x: f32, ink: Ink) {
        let lines = self.canvas.lines(RIGHT - x, SIZE, words);
        self.need(ROW * 1.5);
        let label_ink = if ink == Ink::RED { Ink::RED } else { Ink::GREY };
        self.canvas.fitted((LEFT, self.y), SIZE, x - LEFT - 2.0, Style::Body, label_ink, label);
        for line in &lines {
            self.need(ROW);
            self.canvas.text(x, self.y, SIZE, Style::Body, ink, line);
            self.y += ROW;
        }
        self.y += 0.6;
    }

    fn part(&mut self, part: &Part) -> Result<(), PdfError> {
        self.turn();
        let head = format!("{}  ·  {}", part.name, part.ticket);
        self.canvas.text(LEFT, self.y, 14.0, Style::Title, Ink::BLACK, &head);
        self.y += 9.0;
        self.facts(&part.facts);
        self.pictures(part)?;
        self.heading("page-timeline");
        for (when, what) in &part.timeline {
            self.line(when, what, VALUE, Ink::BLACK);
        }
        if !part.scores.is_empty() {
            self.heading("pdf-evidence-scores");
            part.scores.iter().for_each(|score| self.line("", score, LEFT, Ink::BLACK));
        }
        if !part.answers.is_empty() {
            self.heading("pdf-evidence-answers");
            self.answers(&part.answers);
        }
        Ok(())
    }

    /// Portrait and picture of the check-in side by side.
    fn pictures(&mut self, part: &Part) -> Result<(), PdfError> {
        let pictures = [("page-portrait", &part.portrait), ("page-capture", &part.capture)];
        if pictures.iter().all(|(_, picture)| picture.is_none()) {
            return Ok(());
        }
        self.need(52.0);
        let mut x = LEFT;
        for (label, picture) in pictures {
            if let Some(jpeg) = picture {
                self.canvas.picture(Frame::new(x, self.y, 30.0, 40.0), jpeg)?;
                let words = self.words(label);
                self.canvas.fitted((x, self.y + 44.5), 8.0, 30.0, Style::Body, Ink::GREY, &words);
                x += 36.0;
            }
        }
        self.y += 50.0;
        Ok(())
    }

    fn answers(&mut self, answers: &[Answer]) {
        let short = answers.iter().all(|answer| answer.question.is_empty());
        if short {
            self.letters(answers);
            return;
        }
        for answer in answers {
            // A question stays on one page with its options, unless it is very long.
            let rows = u16::try_from(answer.options.len()).unwrap_or(0) + 3;
            self.need(ROW * f32::from(rows.min(12)));
            let question = format!("{}. {}", answer.position, answer.question);
            self.line("", &question, LEFT, Ink::BLACK);
            for option in &answer.options {
                self.line("", option, LEFT + 6.0, Ink::GREY);
            }
            let (words, ink) = self.judged(answer);
            self.line("", &words, LEFT + 6.0, ink);
            self.y += 1.4;
        }
    }

    /// The letters alone, in columns.
    fn letters(&mut self, answers: &[Answer]) {
        for (place, answer) in (0..).zip(answers) {
            let column = place % COLUMNS;
            if column == 0 {
                self.need(ROW);
            }
            let given = if answer.given.is_empty() { "–" } else { &answer.given };
            let right = answer.given == answer.right;
            let mark = if right { "✓" } else { "✗" };
            let words =
                format!("{}. {given} {mark} {}", answer.position, if right { "" } else { &answer.right });
            let x = LEFT + f32::from(u16::try_from(column).unwrap_or(0)) * COLUMN;
            let ink = if right { Ink::BLACK } else { Ink::RED };
            self.canvas.fitted((x, self.y), SIZE, COLUMN - 2.0, Style::Body, ink, &words);
            if column == COLUMNS - 1 {
                self.y += ROW;
            }
        }
        self.y += ROW;
    }

    fn judged(&self, answer: &Answer) -> (String, Ink) {
        let points = answer.points.to_string();
        let with = [("given", &*answer.given), ("right", &*answer.right), ("points", &*points)];
        let (id, ink) = if answer.given == answer.right {
            ("pdf-evidence-right", Ink::NAVY)
        } else if answer.given.is_empty() {
            ("pdf-evidence-blank", Ink::RED)
        } else {
            ("pdf-evidence-wrong", Ink::RED)
        };
        (text_with(self.report.lang, id, &with), ink)
    }
}
