//! The examinee's seat: a page that the script keeps alive through lost lines and reloads. The server sends the frame
//! and every word of it once; the script asks the API for the rest.

use super::page::{Frame, Guest};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/seat", web::get().to(show));
}

/// Where the machine stands; written once into its start page.
#[derive(Deserialize)]
struct Place {
    #[serde(default)]
    room: String,
    #[serde(default)]
    seat: String,
}

#[derive(Template)]
#[template(path = "seat/index.html")]
struct SeatPage<'a> {
    frame: &'a Frame,
    place: &'a Place,
    words: Vec<(&'static str, String)>,
}

/// What the script says, without the `page-seat-` of the message.
const WORDS: [&str; 68] = [
    "wait-title",
    "wait-released",
    "wait-admitted",
    "wait-early",
    "wait-starts",
    "wait-line",
    "offline-enter",
    "question",
    "kind-single",
    "kind-multiple",
    "kind-true-false",
    "hint-single",
    "hint-multiple",
    "saved",
    "saving",
    "kept",
    "answered",
    "open",
    "marked",
    "mark",
    "unmark",
    "previous",
    "next",
    "list",
    "single",
    "left",
    "warn-15",
    "warn-5",
    "palette",
    "hand-in",
    "sure-title",
    "sure-all",
    "sure-open",
    "sure-marked",
    "sure-back",
    "sure-go",
    "sure-unsent",
    "done-title",
    "done-time-title",
    "done-answered",
    "done-next",
    "score-passed",
    "score-failed",
    "next-practical",
    "next-passed",
    "next-failed",
    "slip",
    "removed-title",
    "removed-text",
    "warned",
    "moved-title",
    "moved-text",
    "halted-text",
    "taken-title",
    "taken-text",
    "taken-unsent",
    "again",
    "start",
    "offline",
    "online",
    "time-up-wait",
    "jump",
    "doubt",
    "doubted",
    "doubt-title",
    "doubt-later",
    "close",
    "minutes",
];

async fn show(guest: Guest, place: Query<Place>) -> Result<HttpResponse, Problem> {
    let frame = guest.0;
    let placed = ["n", "of", "time", "place"].map(|name| (name, format!("{{{name}}}")));
    let words = WORDS.iter().map(|word| (*word, frame.with(&format!("page-seat-{word}"), &placed))).collect();
    frame.answer(StatusCode::OK, &SeatPage { frame: &frame, place: &place, words })
}
