//! Practising, for everybody: at home or at the training institution, on the same paper as at the seat. The script does the
//! rest with the API; nothing of whoever practises comes to the server.

use super::page::{Frame, Guest};
use super::seat::{PAPER_WORDS, words};
use crate::app::App;
use crate::app::practice::{self, Extent, PracticeTrade};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/practice", web::get().to(list)).route("/practice/{trade}", web::get().to(show));
}

#[derive(Template)]
#[template(path = "practice/index.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    trades: Vec<PracticeTrade>,
}

#[derive(Template)]
#[template(path = "practice/trade.html")]
struct TradePage<'a> {
    frame: &'a Frame,
    trade: &'a str,
    name: &'a str,
    questions: String,
    extent: Extent,
    words: Vec<(&'static str, String)>,
    /// Whether questions are spoken here.
    aloud: bool,
    /// Whether the paper is on a seat's screen, and not for practising.
    at_seat: bool,
}

/// What the script says, without the `page-practice-` of the message.
const WORDS: [&str; 24] = [
    "right",
    "wrong",
    "verdict-right",
    "verdict-wrong",
    "verdict-open",
    "answer-is",
    "comma",
    "subject",
    "check",
    "unknown",
    "leave",
    "count-line",
    "progress",
    "go-left",
    "go-wrong",
    "go-all",
    "topic",
    "topic-go",
    "topic-none",
    "weak",
    "mock-passed",
    "mock-failed",
    "menu",
    "offline",
];

async fn list(guest: Guest, app: Data<App>) -> Result<HttpResponse, Problem> {
    let (frame, app) = (guest.0, app.get_ref().clone());
    let trades = block(move || practice::trades(&app)).await?;
    frame.answer(StatusCode::OK, &ListPage { frame: &frame, trades })
}

async fn show(guest: Guest, app: Data<App>, trade: Path<String>) -> Result<HttpResponse, Problem> {
    let (frame, app, id) = (guest.0, app.get_ref().clone(), trade.clone());
    let voice = app.voices.voice.clone();
    let (extent, aloud) =
        block(move || practice::extent(&app, &id).map(|extent| (extent, voice.usable()))).await?;
    let Extent { questions, usual, .. } = extent;
    let questions = if questions < usual {
        frame.t2("page-practice-mock-fewer", "count", questions, "usual", usual)
    } else {
        frame.t1("page-practice-mock-questions", "count", questions)
    };
    let words = [words(&frame, "seat", &PAPER_WORDS), words(&frame, "practice", &WORDS)].concat();
    let name = frame.pick(&extent.name_zh, &extent.name_en);
    let page = TradePage {
        frame: &frame,
        trade: &trade,
        name,
        questions,
        extent: extent.clone(),
        words,
        aloud,
        at_seat: false,
    };
    frame.answer(StatusCode::OK, &page)
}
