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
    /// Whether the paper is on a seat's screen, and not for practising.
    at_seat: bool,
}

/// What the paper on the screen says, at the seat and for practising, without the `page-seat-` of the message.
pub(super) const PAPER_WORDS: [&str; 31] = [
    "question",
    "kind-single",
    "kind-multiple",
    "kind-true-false",
    "hint-single",
    "hint-multiple",
    "answered",
    "open",
    "marked",
    "mark",
    "unmark",
    "previous",
    "next",
    "warn-15",
    "warn-5",
    "minutes",
    "hand-in",
    "sure-all",
    "sure-open",
    "sure-marked",
    "jump",
    "done-title",
    "done-time-title",
    "done-answered",
    "score-passed",
    "score-failed",
    "time-up-wait",
    "read",
    "stop",
    "option",
    "read-not",
];

/// What the seat's line to the server says besides.
const LINE_WORDS: [&str; 29] = [
    "wait-released",
    "wait-admitted",
    "wait-early",
    "wait-starts",
    "offline-enter",
    "sure-unsent",
    "done-next",
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
    "doubt",
    "doubted",
    "doubt-title",
    "doubt-later",
    "saved",
    "saving",
    "kept",
];

/// Words for a script, with their places left open as `{n}`, `{of}`, `{time}` and `{place}`.
pub(super) fn words(frame: &Frame, area: &str, words: &[&'static str]) -> Vec<(&'static str, String)> {
    let placed = ["n", "of", "time", "place"].map(|name| (name, format!("{{{name}}}")));
    words.iter().map(|word| (*word, frame.with(&format!("page-{area}-{word}"), &placed))).collect()
}

async fn show(guest: Guest, place: Query<Place>) -> Result<HttpResponse, Problem> {
    let frame = guest.0;
    let words = [words(&frame, "seat", &PAPER_WORDS), words(&frame, "seat", &LINE_WORDS)].concat();
    frame.answer(StatusCode::OK, &SeatPage { frame: &frame, place: &place, words, at_seat: true })
}
