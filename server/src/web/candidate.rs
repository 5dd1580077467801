//! One candidate: card, picture, timeline.

use super::forms::{self, Notice};
use super::page::{Frame, Visitor};
use crate::app::App;
use crate::app::overview::OverviewError;
use crate::app::overview::file::{File, Picture, Step, When, file, picture};
use crate::app::review::{self, Standing};
use crate::db::DbError;
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
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
    /// Whether whoever looks may ask for a review of the result, and up to which day.
    review: Option<String>,
    notice: Notice,
    once: String,
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

async fn show(
    app: Data<App>,
    visitor: Visitor,
    ticket: Path<String>,
    done: Query<forms::Done>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-reviews-done-", &["review"], done.done.as_deref());
    one(&app, visitor, &ticket, notice).await
}

/// The page of a candidate.
pub(super) async fn one(
    app: &Data<App>,
    visitor: Visitor,
    ticket: &str,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let (worker, ticket) = (app.get_ref().clone(), ticket.to_owned());
    let Visitor { person, frame } = visitor;
    let opens_ticket = frame.reads("/api/v1/tickets/{ticket}/pdf");
    let asks = matches!(person.role, Role::CentreStaff | Role::PointStaff);
    let (file, standing) = block(move || {
        let file = file(&worker, &person, &ticket)?;
        let standing = worker.db.read(|conn| review::standing(&worker, conn, &ticket));
        Ok::<_, OverviewError>((file, standing.map_err(|e| DbError::corrupt("review", e))?))
    })
    .await?;
    let day =
        Date::parse(&file.session.row.day).map_or_else(|_| file.session.row.day.clone(), |d| frame.date(&d));
    let steps = lines(&frame, &file.steps);
    let review = match standing {
        Standing::May(until) if asks => Some(until_words(&frame, until)),
        _ => None,
    };
    let (once, status) = (forms::key(&frame)?, notice.status());
    let page =
        CandidatePage { frame: &frame, file: &file, day, steps, ticket: opens_ticket, review, notice, once };
    frame.answer(status, &page)
}

/// Up to when a review may be asked for.
pub(super) fn until_words(frame: &Frame, until: Option<Date>) -> String {
    match until {
        Some(day) => frame.t1("page-reviews-until", "day", frame.date(&day)),
        None => frame.t("page-reviews-until-unknown"),
    }
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
