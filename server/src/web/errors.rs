//! Pages for what went wrong: what happened, and what to do next.

use super::page::{Frame, escape, wants_fragment};
use crate::app::auth::Person;
use crate::http::problem::Problem;
use crate::text::text;
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

#[derive(Template)]
#[template(path = "error/index.html")]
struct ErrorPage<'a> {
    frame: &'a Frame,
    status: u16,
    title: String,
    what: String,
}

/// A problem as a browser gets it. Who is not logged in is led to the login and from there back.
pub fn response(request: &HttpRequest, problem: &Problem, person: Option<Person>) -> HttpResponse {
    let frame = Frame::of(request, person);
    if problem.status == 401 && !wants_fragment(request) {
        let next = frame.here.as_str();
        let ended = if request.cookie(crate::http::extract::COOKIE).is_some() { "&ended=1" } else { "" };
        let to = format!("/login?next={}{ended}", escape(next));
        return HttpResponse::SeeOther().insert_header((LOCATION, to)).finish();
    }
    if problem.code == "password-change-needed" && !wants_fragment(request) {
        return HttpResponse::SeeOther().insert_header((LOCATION, "/password")).finish();
    }
    let status = problem.status_code();
    let what = frame.said(problem).to_owned();
    // A code whose text has not been written yet must not be shown as a text.
    let known = !what.starts_with("problem-");
    let what = if known { what } else { text(frame.lang, "page-error-general") };
    let page = ErrorPage { status: status.as_u16(), title: title(&frame, status), what, frame: &frame };
    match frame.answer(status, &page) {
        Ok(mut response) => {
            if let Ok(value) = "1".parse()
                && status == StatusCode::SERVICE_UNAVAILABLE
            {
                response.headers_mut().insert(RETRY_AFTER, value);
            }
            response
        }
        Err(problem) => problem.error_response(),
    }
}

fn title(frame: &Frame, status: StatusCode) -> String {
    frame.t(match status.as_u16() {
        401 => "page-error-401",
        403 => "page-error-403",
        404 => "page-error-404",
        400..=499 => "page-error-4xx",
        _ => "page-error-5xx",
    })
}
