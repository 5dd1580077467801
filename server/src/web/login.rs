//! Logging in and out, and the choice of the language.

use super::forms::{Button, Form};
use super::page::{Frame, Guest, ended_cookie, lang_cookie, local, logged_in, see, session_cookie};
use crate::app::App;
use crate::app::auth::{self, AuthError, Throttle};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::text::Lang;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/login", web::get().to(show))
        .route("/login", web::post().to(login))
        .route("/logout", web::post().to(logout))
        .route("/lang/{lang}", web::get().to(language));
}

#[derive(Template)]
#[template(path = "login/index.html")]
struct LoginPage<'a> {
    frame: &'a Frame,
    next: String,
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
}

#[derive(Deserialize)]
struct Back {
    back: Option<String>,
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
    frame.answer(StatusCode::OK, &LoginPage { frame, next, login: String::new(), notice, error: None })
}

async fn login(
    request: HttpRequest,
    guest: Guest,
    app: Data<App>,
    throttle: Data<Throttle>,
    form: Form<LoginForm>,
) -> Result<HttpResponse, Problem> {
    let (frame, form) = (guest.0, form.0);
    let app = app.get_ref().clone();
    let login = form.login.trim().to_owned();
    let digits: String = form.totp.chars().filter(|c| !c.is_whitespace()).collect();
    let (name, password) = (login.clone(), form.password);
    let outcome = block(move || -> Result<_, AuthError> {
        match auth::login(&app, &throttle, &name, &password, Some(&digits)) {
            Ok((token, _)) => Ok(Ok(token)),
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
        Ok(token) => {
            let mut response = see(&next);
            add(&mut response, &session_cookie(&request, &token));
            Ok(response)
        }
        Err(refused) => {
            let at_totp = matches!(refused, AuthError::SecondFactorNeeded | AuthError::SecondFactorWrong);
            let problem = Problem::from(refused);
            let error = Some(LoginError { text: frame.said(&problem).to_owned(), at_totp });
            frame
                .answer(problem.status_code(), &LoginPage { frame: &frame, next, login, notice: None, error })
        }
    }
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

async fn language(
    request: HttpRequest,
    lang: Path<String>,
    query: Query<Back>,
) -> Result<HttpResponse, Problem> {
    if Lang::from_word(&lang).is_none() {
        return Err(Problem::new("not-found", None));
    }
    // Letters only, so that nothing else gets into the cookie.
    let word = if lang.starts_with("en") { "en" } else { "zh" };
    let mut response = see(local(query.back.as_deref().unwrap_or("/")));
    add(&mut response, &lang_cookie(&request, word));
    Ok(response)
}

fn add(response: &mut HttpResponse, cookie: &actix_web::cookie::Cookie<'_>) {
    if let Err(error) = response.add_cookie(cookie) {
        tracing::error!(%error, "a cookie could not be set");
    }
}
