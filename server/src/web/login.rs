//! Logging in and out.

use super::again::{self, Late};
use super::forms::{self, Button, Form};
use super::page::{Frame, Guest, Visitor, add, ended_cookie, local, logged_in, see, session_cookie};
use crate::app::App;
use crate::app::auth::{self, AuthError, Throttle};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/login")
                // A form that waits for the login comes along, sealed.
                .app_data(web::FormConfig::default().limit(2 * forms::MOST))
                .route(web::get().to(show))
                .route(web::post().to(login)),
        )
        .route("/logout", web::post().to(logout))
        .route("/stay", web::post().to(stay));
}

#[derive(Template)]
#[template(path = "login/index.html")]
struct LoginPage<'a> {
    frame: &'a Frame,
    next: String,
    /// A form that waits for the login.
    carried: &'a str,
    login: String,
    notice: Option<String>,
    error: Option<LoginError>,
}

/// What is wrong and at which field it is shown.
struct LoginError {
    text: String,
    at_totp: bool,
}

#[derive(Deserialize)]
struct LoginQuery {
    next: Option<String>,
    /// The login had ended.
    ended: Option<String>,
    /// The person logged out.
    out: Option<String>,
}

#[derive(Deserialize)]
struct LoginForm {
    login: String,
    password: String,
    #[serde(default)]
    totp: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    carried: String,
}

async fn show(request: HttpRequest, guest: Guest, query: Query<LoginQuery>) -> Result<HttpResponse, Problem> {
    let next = local(query.next.as_deref().unwrap_or("/")).to_owned();
    if logged_in(&request).await.is_ok() {
        return Ok(see(&next));
    }
    let frame = &guest.0;
    let notice = match (&query.ended, &query.out) {
        (Some(_), _) => Some(frame.t("page-login-ended")),
        (None, Some(_)) => Some(frame.t("page-login-out")),
        (None, None) => None,
    };
    let page = LoginPage { frame, next, carried: "", login: String::new(), notice, error: None };
    frame.answer(StatusCode::OK, &page)
}

/// The login page for somebody whose form came after the login had ended.
///
/// # Errors
/// `unavailable` if the template fails.
pub(super) fn ended(request: &HttpRequest, late: &Late) -> Result<HttpResponse, Problem> {
    let frame = &Frame::of(request, None);
    let (carried, words) = match late {
        Late::Nothing => ("", "page-login-ended"),
        Late::Lost => ("", "page-login-ended-lost"),
        Late::Kept(carried) => (carried.as_str(), "page-login-ended-kept"),
    };
    let (notice, next) = (Some(frame.t(words)), "/".to_owned());
    let page = LoginPage { frame, next, carried, login: String::new(), notice, error: None };
    frame.answer(StatusCode::UNAUTHORIZED, &page)
}

async fn login(
    request: HttpRequest,
    guest: Guest,
    app: Data<App>,
    throttle: Data<Throttle>,
    form: Form<LoginForm>,
) -> Result<HttpResponse, Problem> {
    let (frame, form) = (guest.0, form.0);
    let worker = app.get_ref().clone();
    let login = form.login.trim().to_owned();
    let digits: String = form.totp.chars().filter(|c| !c.is_whitespace()).collect();
    let (name, password) = (login.clone(), form.password);
    let outcome = block(move || -> Result<_, AuthError> {
        match auth::login(&worker, &throttle, &name, &password, Some(&digits)) {
            Ok(entered) => Ok(Ok(entered)),
            Err(refused @ (AuthError::Credentials | AuthError::SecondFactorNeeded))
            | Err(refused @ (AuthError::SecondFactorWrong | AuthError::Throttled | AuthError::Blocked)) => {
                Ok(Err(refused))
            }
            Err(other) => Err(other),
        }
    })
    .await?;
    let next = local(&form.next).to_owned();
    match outcome {
        Ok((token, person)) => {
            // Somebody else does not learn that there was a form.
            let mut response = match again::opened(&app, &person.account, &form.carried) {
                Some(late) => again::page(&Frame::of(&request, Some(person)), late)?,
                None => see(&next),
            };
            add(&mut response, &session_cookie(&request, &token));
            Ok(response)
        }
        Err(refused) => {
            let at_totp = matches!(refused, AuthError::SecondFactorNeeded | AuthError::SecondFactorWrong);
            let problem = Problem::from(refused);
            let error = Some(LoginError { text: frame.said(&problem).to_owned(), at_totp });
            let carried = form.carried.as_str();
            let page = LoginPage { frame: &frame, next, carried, login, notice: None, error };
            frame.answer(problem.status_code(), &page)
        }
    }
}

/// Whoever is asked whether he is still there says so; the extractor renews the login.
async fn stay(_visitor: Visitor) -> HttpResponse {
    HttpResponse::NoContent().finish()
}

async fn logout(
    request: HttpRequest,
    app: Data<App>,
    _button: Form<Button>,
) -> Result<HttpResponse, Problem> {
    if let Ok(person) = logged_in(&request).await {
        let app = app.get_ref().clone();
        block(move || auth::logout(&app, &person)).await?;
    }
    let mut response = see("/login?out=1");
    add(&mut response, &ended_cookie(&request));
    Ok(response)
}
