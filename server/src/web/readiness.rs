//! The readiness list (开考条件确认单) of an exam point's day: every item looked at, signed, and only then may rooms open.

use super::forms::Form;
use super::page::{Frame, Visitor, escape, see};
use crate::app::App;
use crate::app::auth::Throttle;
use crate::app::once::Once;
use crate::app::readiness::{self as cases, Finding, Readiness};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::text::Lang;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Date;
use std::collections::BTreeMap;

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
    error: Option<String>,
    done: Option<String>,
}

#[derive(Deserialize)]
struct Done {
    done: Option<String>,
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
    let done = query.done.as_deref().filter(|word| matches!(*word, "saved" | "signed"));
    let done = done.map(|word| visitor.frame.t(&format!("page-ready-{word}")));
    page(&app, visitor, place.into_inner(), StatusCode::OK, (None, done)).await
}

/// Each item comes as `verdict-<code>` and `note-<code>`; those that nobody has marked are left out.
async fn look(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    form: Form<BTreeMap<String, String>>,
) -> Result<HttpResponse, Problem> {
    let ((day, point), fields) = (place.into_inner(), form.0);
    let finding = |(name, verdict): (&String, &String)| {
        let item = name.strip_prefix("verdict-")?.to_owned();
        let note = fields.get(&format!("note-{item}")).map(|n| n.trim().to_owned()).unwrap_or_default();
        Some(Finding { item, verdict: verdict.clone(), note })
    };
    let findings: Vec<Finding> = fields.iter().filter_map(finding).collect();
    let content: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let key = fields.get("once").cloned().unwrap_or_default();
    let once =
        Once::new(&visitor.person.account, &key, &address(&day, &point), content.join("\n").as_bytes())?;
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
    let once = Once::new(&visitor.person.account, &once, &format!("{}/sign", address(&day, &point)), b"")?;
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
        Ok(word) => Ok(see(&format!("{}?done={word}", address(&day, &point)))),
        Err(problem) if problem.status < 500 => {
            let said = match visitor.frame.lang {
                Lang::Zh => problem.title.clone(),
                Lang::En => problem.title_en.clone(),
            };
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            page(app, visitor, (day, point), status, (Some(said), None)).await
        }
        Err(problem) => Err(problem),
    }
}

async fn page(
    app: &Data<App>,
    visitor: Visitor,
    (day, point): (String, String),
    status: StatusCode,
    (error, done): (Option<String>, Option<String>),
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let application = app.get_ref().clone();
    let list = block(move || cases::show(&application, &person, &day, &point)).await?;
    let day = Date::parse(&list.day).map_or_else(|_| list.day.clone(), |d| frame.date(&d));
    let once = crate::entropy::new_id("F").map_err(|_| Problem::new("unavailable", None))?;
    frame.answer(status, &ReadinessPage { frame: &frame, list: &list, day, once, error, done })
}

/// Address of the list of a day.
pub(super) fn address(day: &str, point: &str) -> String {
    format!("/readiness/{}/{}", escape(day), escape(point))
}
