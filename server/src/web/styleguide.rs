//! The style guide: every token and component as the pages use them.

use super::candidate::{StepLine, lines};
use super::day::figures;
use super::forms::Notice;
use super::page::{Frame, Guest, logged_in};
use super::parts::{Segment, segments};
use super::plot::Plot;
use super::verify::Lines;
use crate::app::overview::figures::Flow;
use crate::app::overview::file::{Step, Tone, When};
use crate::app::overview::{STAGES, Stage, StageCounts};
use crate::app::refusal::Reason;
use crate::http::problem::Problem;
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::assignment::HardRule;
use shared::time::Instant;

/// Start of the invented day: 28 September 2026, 08:00 in China.
const START: i64 = 1_790_553_600_000;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/styleguide", web::get().to(show));
}

#[derive(Template)]
#[template(path = "styleguide/index.html")]
struct StyleGuide<'a> {
    frame: &'a Frame,
    stages: [Stage; 11],
    tones: [&'static str; 5],
    colours: [&'static str; 7],
    sizes: [&'static str; 6],
    spaces: [&'static str; 7],
    segments: Vec<Segment>,
    counts: StageCounts,
    steps: Vec<StepLine>,
    notice: Notice,
    answer: Option<Lines>,
    plots: [Plot; 2],
    page: i64,
    pages: i64,
}

impl StyleGuide<'_> {
    fn stop(&self, word: &str) -> String {
        self.frame.t(&format!("page-my-stop-{word}"))
    }

    fn course(&self, word: &str) -> String {
        self.frame.t(&format!("page-course-point-{word}"))
    }

    fn alarm(&self, word: &str) -> String {
        self.frame.t(&format!("page-alarm-{word}"))
    }

    /// Where the pager leads.
    fn at(&self, page: i64) -> String {
        format!("?page={page}#g-table")
    }
}

async fn show(request: HttpRequest, guest: Guest) -> Result<HttpResponse, Problem> {
    let frame = match logged_in(&request).await {
        Ok(person) => Frame::of(&request, Some(person)),
        Err(_) => guest.0,
    };
    let counts: StageCounts = STAGES.into_iter().zip([4, 2, 5, 1, 9, 3, 2, 8, 2, 1, 1]).collect();
    let page = StyleGuide {
        frame: &frame,
        stages: STAGES,
        tones: ["neutral", "info", "good", "warn", "bad"],
        colours: ["ground", "surface", "sunken", "accent", "accent-soft", "line", "line-strong"],
        sizes: ["s", "m", "l", "xl", "2xl", "3xl"],
        spaces: ["1", "2", "3", "4", "5", "6", "7"],
        segments: segments(&counts),
        counts,
        steps: lines(&frame, &example()),
        notice: refusal(&frame)?,
        answer: Some(verdict(&frame)),
        plots: figures::course(&frame, &flow()),
        page: 2,
        pages: 3,
    };
    frame.answer(StatusCode::OK, &page)
}

/// Some moments of an invented day.
fn example() -> Vec<Step> {
    let at = |minutes: i64| When::At(START + minutes * 60_000);
    let step = |when, what, tone, with| Step { when, what, with, tone };
    vec![
        step(at(0), "checked-in", Tone::Done, vec![("by", "card".to_owned())]),
        step(at(2), "compared-same", Tone::Good, vec![]),
        step(
            at(160),
            "theory-failed",
            Tone::Bad,
            vec![("points", "76".to_owned()), ("total", "100".to_owned())],
        ),
        step(When::Unknown, "next-practical", Tone::Next, vec![]),
    ]
}

/// A refusal with all that stands against it.
fn refusal(frame: &Frame) -> Result<Notice, Problem> {
    let reasons = [
        Reason::Posts { posts: vec!["R1-1".to_owned(), "R1-2".to_owned()], missing: 1 },
        Reason::Rule { rule: HardRule::TaughtAtInstitution.word(), people: 3, alone: 2 },
    ];
    let mut problem = Problem::new("no-assignment", None);
    problem.reasons = reasons.iter().map(Into::into).collect();
    Notice::refused(frame, problem)
}

/// What is found out about an invented certificate.
fn verdict(frame: &Frame) -> Lines {
    Lines {
        tone: "good",
        icon: "check",
        title: frame.t("page-verify-valid"),
        text: frame.t("page-verify-valid-text"),
        facts: vec![(frame.t("page-verify-name"), "王*明".to_owned())],
    }
}

/// A morning by the quarter hour.
fn flow() -> Flow {
    let quarters = (0..12).map(|n| Instant::from_millis(START).plus_minutes(n * 15));
    Flow {
        quarters: quarters.collect(),
        came: vec![3, 9, 14, 6, 1, 0, 0, 0, 0, 0, 0, 0],
        handed_in: vec![0, 0, 0, 0, 0, 0, 2, 5, 9, 11, 4, 1],
        practical: vec![0, 0, 0, 0, 0, 0, 0, 0, 3, 6, 8, 5],
        queue: vec![3, 8, 12, 7, 2, 0, 0, 0, 0, 0, 0, 0],
    }
}
