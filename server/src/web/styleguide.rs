//! The style guide: every token and component as the pages use them.

use super::candidate::{StepLine, lines};
use super::page::{Frame, Guest, logged_in};
use super::parts::{Segment, segments};
use crate::app::overview::file::{Step, Tone, When};
use crate::app::overview::{STAGES, Stage, StageCounts};
use crate::http::problem::Problem;
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

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
}

impl StyleGuide<'_> {
    fn stop(&self, word: &str) -> String {
        self.frame.t(&format!("page-my-stop-{word}"))
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
    };
    frame.answer(StatusCode::OK, &page)
}

/// Some moments of an invented day.
fn example() -> Vec<Step> {
    let at = |minutes: i64| When::At(1_790_553_600_000 + minutes * 60_000);
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
