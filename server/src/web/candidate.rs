//! One candidate: card, picture, timeline.

use super::page::{Frame, Visitor};
use crate::app::App;
use crate::app::overview::file::{File, Picture, Step, When, file, picture};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::{Date, Instant};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/candidates/{ticket}", web::get().to(show))
        .route("/candidates/{ticket}/photo", web::get().to(photo));
}

#[derive(Template)]
#[template(path = "candidate/index.html")]
struct CandidatePage<'a> {
    frame: &'a Frame,
    file: &'a File,
    day: String,
    steps: Vec<StepLine>,
    /// Whether whoever looks may open the admission ticket.
    ticket: bool,
}

/// A point of the timeline in words.
pub(super) struct StepLine {
    /// The day, where it begins.
    pub(super) day: Option<String>,
    /// Clock time, where it is known.
    pub(super) time: String,
    /// Word of the tone.
    pub(super) tone: &'static str,
    /// Name of the icon.
    pub(super) icon: &'static str,
    /// What happened.
    pub(super) text: String,
}

#[derive(Deserialize)]
struct WhichPicture {
    of: Option<String>,
}

async fn show(app: Data<App>, visitor: Visitor, ticket: Path<String>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let Visitor { person, frame } = visitor;
    let opens_ticket = frame.reads("/api/v1/tickets/{ticket}/pdf");
    let file = block(move || file(&app, &person, &ticket)).await?;
    let day =
        Date::parse(&file.session.row.day).map_or_else(|_| file.session.row.day.clone(), |d| frame.date(&d));
    let steps = lines(&frame, &file.steps);
    frame.answer(
        StatusCode::OK,
        &CandidatePage { frame: &frame, file: &file, day, steps, ticket: opens_ticket },
    )
}

async fn photo(
    app: Data<App>,
    visitor: Visitor,
    ticket: Path<String>,
    query: Query<WhichPicture>,
) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let which = match query.of.as_deref() {
        None | Some("portrait") => Picture::Portrait,
        Some("capture") => Picture::Capture,
        Some(_) => return Err(Problem::new("not-found", None)),
    };
    let content = block(move || picture(&app, &visitor.person, &ticket, which)).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "no-store, private"));
    Ok(response.content_type("image/jpeg").body(content))
}

/// The steps in words; a day is written where it begins.
pub(super) fn lines(frame: &Frame, steps: &[Step]) -> Vec<StepLine> {
    let mut last = None;
    let mut lines = Vec::with_capacity(steps.len());
    for step in steps {
        let day = match step.when {
            When::At(at) => Some(Instant::from_millis(at).date_in_china()),
            When::On(day) => Some(day),
            When::Unknown => None,
        };
        let begins = day.filter(|d| last != Some(*d));
        last = day.or(last);
        lines.push(StepLine {
            day: begins.map(|d| frame.short_date(&d)),
            time: if let When::At(at) = step.when { frame.time(&at) } else { String::new() },
            tone: step.tone.word(),
            icon: match step.tone.word() {
                "good" => "check",
                "bad" => "alert",
                "next" => "clock",
                _ => "dot",
            },
            text: frame.with(&format!("page-step-{}", step.what), &step.with),
        });
    }
    lines
}
