//! The own password.

use super::forms::{Done, Form, Notice, done};
use super::page::{Frame, Visitor, session_cookie};
use crate::app::App;
use crate::app::accounts;
use crate::app::auth::Throttle;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/password", web::get().to(show)).route("/password", web::post().to(change));
}

#[derive(Template)]
#[template(path = "password/index.html")]
struct PasswordPage<'a> {
    frame: &'a Frame,
    notice: Notice,
    temporary: bool,
    login: &'a str,
}

#[derive(Deserialize)]
struct PasswordForm {
    present_password: String,
    new_password: String,
    again_password: String,
}

async fn show(visitor: Visitor, query: Query<Done>) -> Result<HttpResponse, Problem> {
    let notice = Notice::done(&visitor.frame, "page-password-", &["changed"], query.done.as_deref());
    page(&visitor, notice)
}

fn page(visitor: &Visitor, notice: Notice) -> Result<HttpResponse, Problem> {
    let (frame, status) = (&visitor.frame, notice.status());
    let (temporary, login) = (visitor.person.temporary, visitor.person.login.as_str());
    frame.answer(status, &PasswordPage { frame, notice, temporary, login })
}

async fn change(
    request: HttpRequest,
    app: Data<App>,
    throttle: Data<Throttle>,
    visitor: Visitor,
    form: Form<PasswordForm>,
) -> Result<HttpResponse, Problem> {
    let PasswordForm { present_password: present, new_password: new, again_password: again } = form.0;
    if new != again {
        let text = visitor.frame.t("page-password-differs");
        return page(&visitor, Notice::wrong(text, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let work = move || accounts::change_password(&worker, &throttle, &person, (&present, &new));
    match block(work).await {
        Ok((token, _)) => {
            let mut response = done("/password", "changed");
            response.add_cookie(&session_cookie(&request, &token)).map_err(|error| {
                tracing::error!(%error, "a cookie could not be set");
                Problem::new("unavailable", None)
            })?;
            Ok(response)
        }
        Err(problem) => page(&visitor, Notice::refused(&visitor.frame, problem)?),
    }
}
