//! Under which browser a session is sat, and the file that opens it.

use crate::app::App;
use crate::app::browser::{BrowserOrder, BrowserView, demand, file, shown};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::{self, Form, Notice};
use crate::web::page::{Frame, Visitor, escape, site};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/sessions/{session}/browser", web::get().to(show))
        .route("/sessions/{session}/browser", web::post().to(set))
        .route("/sessions/{session}/exam.seb", web::get().to(settings));
}

#[derive(Template)]
#[template(path = "centre/browser.html")]
struct BrowserPage<'a> {
    frame: &'a Frame,
    session: &'a str,
    view: Option<BrowserView>,
    typed: Typed,
    notice: Notice,
    once: String,
}

/// What was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    once: String,
    demanded: String,
    site: String,
    quit_password: String,
    exam_keys: String,
}

#[derive(Deserialize)]
struct Said {
    done: Option<String>,
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    visitor: Visitor,
    session: Path<String>,
    said: Query<Said>,
) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-browser-done-", &["set"], said.done.as_deref());
    page(&request, &app, &visitor, &session, None, notice).await
}

/// The page, with what was typed and refused, or with what is set.
async fn page(
    request: &HttpRequest,
    app: &Data<App>,
    visitor: &Visitor,
    session: &str,
    typed: Option<Typed>,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let (worker, id) = (app.get_ref().clone(), session.to_owned());
    let view = block(move || shown(&worker, &id)).await?;
    let typed = typed.unwrap_or_else(|| match &view {
        Some(view) => Typed {
            demanded: if view.demanded { "yes".to_owned() } else { String::new() },
            site: view.site.clone(),
            exam_keys: view.exam_keys.join("\n"),
            ..Typed::default()
        },
        None => Typed { site: site(request), ..Typed::default() },
    });
    let frame = &visitor.frame;
    let once = forms::key(frame)?;
    let status = notice.status();
    let view = view.filter(|view| view.demanded);
    frame.answer(status, &BrowserPage { frame, session, view, typed, notice, once })
}

async fn set(
    request: HttpRequest,
    app: Data<App>,
    visitor: Visitor,
    session: Path<String>,
    typed: Form<Typed>,
) -> Result<HttpResponse, Problem> {
    let typed = typed.0;
    let address = format!("/sessions/{}/browser", escape(&session));
    let content = format!("{}\n{}\n{}", typed.demanded, typed.site, typed.exam_keys);
    let once = forms::once(&app, &visitor.person, &typed.once, &address, &content)?;
    let order = BrowserOrder {
        demanded: !typed.demanded.is_empty(),
        site: typed.site.trim().trim_end_matches('/').to_owned(),
        quit_password: typed.quit_password.clone(),
        exam_keys: typed.exam_keys.split_whitespace().map(str::to_owned).collect(),
    };
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), session.to_string());
    match block(move || demand(&worker, &person, &id, order, Some(once))).await {
        Ok(_) => Ok(forms::done(&address, "set")),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            page(&request, &app, &visitor, &session, Some(typed), notice).await
        }
    }
}

/// The file that opens the browser; a seat has no login yet when it takes it.
async fn settings(app: Data<App>, session: Path<String>) -> Result<HttpResponse, Problem> {
    let (worker, id) = (app.get_ref().clone(), session.to_string());
    let found = block(move || file(&worker, &id)).await?.ok_or_else(|| Problem::new("not-found", None))?;
    let name = format!("attachment; filename=\"{}.seb\"", escape(&session));
    Ok(HttpResponse::build(StatusCode::OK)
        .content_type("application/seb")
        .insert_header(("Content-Disposition", name))
        .body(found))
}
