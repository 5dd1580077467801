//! Numbered blanks of an exam point: stock, shares of the kiosks, what is left.

use super::forms::{self, Done, Fields, Form, Notice};
use super::page::{Frame, Visitor, escape};
use crate::app::App;
use crate::app::blanks::{self as cases, BlanksDesk};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use shared::time::Instant;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/blanks", web::get().to(first))
        .route("/blanks/{point}", web::get().to(show))
        .route("/blanks/{point}", web::post().to(stock))
        .route("/blanks/{point}/shares", web::post().to(allot));
}

#[derive(Template)]
#[template(path = "blanks/index.html")]
struct BlanksPage<'a> {
    frame: &'a Frame,
    desk: &'a BlanksDesk,
    may_change: bool,
    once: String,
    notice: Notice,
}

impl BlanksPage<'_> {
    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }
}

async fn first(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    page(&app, visitor, None, Notice::default()).await
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    point: Path<String>,
    query: Query<Done>,
) -> Result<HttpResponse, Problem> {
    let said = ["stocked", "allotted"];
    let notice = Notice::done(&visitor.frame, "page-blanks-done-", &said, query.done.as_deref());
    page(&app, visitor, Some(point.into_inner()), notice).await
}

async fn stock(
    app: Data<App>,
    visitor: Visitor,
    point: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (point, fields) = (point.into_inner(), form.0);
    let once =
        forms::once(&app, &visitor.person, &fields.text("once"), &address(&point), &forms::said(&fields))?;
    let (worker, person, at) = (app.get_ref().clone(), visitor.person.clone(), point.clone());
    let range = (fields.text("from"), fields.text("to"));
    let outcome = block(move || cases::stock(&worker, &person, &at, (&range.0, &range.1), Some(once))).await;
    answer(&app, visitor, point, outcome.map(|()| "stocked")).await
}

async fn allot(
    app: Data<App>,
    visitor: Visitor,
    point: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (point, fields) = (point.into_inner(), form.0);
    let to = format!("{}/shares", address(&point));
    let once = forms::once(&app, &visitor.person, &fields.text("once"), &to, &forms::said(&fields))?;
    let (worker, person, at) = (app.get_ref().clone(), visitor.person.clone(), point.clone());
    let (kiosk, range) = (fields.text("kiosk"), (fields.text("from"), fields.text("to")));
    let work = move || cases::allot(&worker, &person, (&at, &kiosk), (&range.0, &range.1), Some(once));
    answer(&app, visitor, point, block(work).await.map(|()| "allotted")).await
}

async fn answer(
    app: &Data<App>,
    visitor: Visitor,
    point: String,
    outcome: Result<&'static str, Problem>,
) -> Result<HttpResponse, Problem> {
    match outcome {
        Ok(word) => Ok(forms::done(&address(&point), word)),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            page(app, visitor, Some(point), notice).await
        }
    }
}

async fn page(
    app: &Data<App>,
    visitor: Visitor,
    point: Option<String>,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let application = app.get_ref().clone();
    let may_change = person.role != crate::http::access::Role::Auditor;
    let desk = block(move || cases::show(&application, &person, point.as_deref())).await?;
    let once = forms::key(&frame)?;
    let status = notice.status();
    frame.answer(status, &BlanksPage { frame: &frame, desk: &desk, may_change, once, notice })
}

fn address(point: &str) -> String {
    format!("/blanks/{}", escape(point))
}
