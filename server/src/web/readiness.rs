//! The readiness list (开考条件确认单) of an exam point's day: every item looked at, signed, and only then may rooms open.

use super::forms::{self, Done, Fields, Form, Notice};
use super::page::{Frame, Visitor, escape};
use crate::app::App;
use crate::app::auth::Throttle;
use crate::app::readiness::{self as cases, Finding, Readiness};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Date;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/readiness/{day}/{point}", web::get().to(show))
        .route("/readiness/{day}/{point}", web::post().to(look))
        .route("/readiness/{day}/{point}/sign", web::post().to(sign));
}

#[derive(Template)]
#[template(path = "readiness/index.html")]
struct ReadinessPage<'a> {
    frame: &'a Frame,
    list: &'a Readiness,
    day: String,
    once: String,
    notice: Notice,
}

#[derive(Deserialize)]
struct SignForm {
    once: String,
    password: String,
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    query: Query<Done>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-ready-", &["saved", "signed"], query.done.as_deref());
    page(&app, visitor, place.into_inner(), notice).await
}

/// Each item comes as `verdict-<code>` and `note-<code>`; those that nobody has marked are left out.
async fn look(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let ((day, point), fields) = (place.into_inner(), form.0);
    let finding = |(name, verdict): (&String, &String)| {
        let item = name.strip_prefix("verdict-")?.to_owned();
        let note = fields.text(&format!("note-{item}"));
        Some(Finding { item, verdict: verdict.clone(), note })
    };
    let findings: Vec<Finding> = fields.iter().filter_map(finding).collect();
    let key = fields.text("once");
    let once = forms::once(&app, &visitor.person, &key, &address(&day, &point), &forms::said(&fields))?;
    let (application, person, to) =
        (app.get_ref().clone(), visitor.person.clone(), (day.clone(), point.clone()));
    let outcome =
        block(move || cases::check(&application, &person, (&to.0, &to.1), findings, Some(once))).await;
    answer(&app, visitor, (day, point), outcome.map(|_| "saved")).await
}

async fn sign(
    app: Data<App>,
    throttle: Data<Throttle>,
    visitor: Visitor,
    place: Path<(String, String)>,
    form: Form<SignForm>,
) -> Result<HttpResponse, Problem> {
    let ((day, point), SignForm { once, password }) = (place.into_inner(), form.0);
    let once = forms::once(&app, &visitor.person, &once, &format!("{}/sign", address(&day, &point)), "")?;
    let (application, person, to) =
        (app.get_ref().clone(), visitor.person.clone(), (day.clone(), point.clone()));
    let outcome =
        block(move || cases::sign(&application, &throttle, &person, (&to.0, &to.1), &password, Some(once)))
            .await;
    answer(&app, visitor, (day, point), outcome.map(|_| "signed")).await
}

async fn answer(
    app: &Data<App>,
    visitor: Visitor,
    (day, point): (String, String),
    outcome: Result<&'static str, Problem>,
) -> Result<HttpResponse, Problem> {
    match outcome {
        Ok(word) => Ok(forms::done(&address(&day, &point), word)),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            page(app, visitor, (day, point), notice).await
        }
    }
}

async fn page(
    app: &Data<App>,
    visitor: Visitor,
    (day, point): (String, String),
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let application = app.get_ref().clone();
    let list = block(move || cases::show(&application, &person, &day, &point)).await?;
    let day = Date::parse(&list.day).map_or_else(|_| list.day.clone(), |d| frame.date(&d));
    let once = forms::key(&frame)?;
    frame.answer(notice.status(), &ReadinessPage { frame: &frame, list: &list, day, once, notice })
}

/// Address of the list of a day.
pub(super) fn address(day: &str, point: &str) -> String {
    format!("/readiness/{}/{}", escape(day), escape(point))
}
