//! HTML for people: the same use cases, other rendering. A page is one file here and one directory of templates; a
//! template that begins with `_` is a part of a page.

mod about;
mod accounts;
mod again;
pub mod assets;
mod audit;
mod blanks;
mod candidate;
mod centre;
mod ceremony;
mod close;
mod day;
mod duties;
mod errors;
mod evidence;
mod forms;
mod holder;
mod home;
mod inspect;
mod live;
mod log;
mod log_path;
mod login;
mod look;
mod my;
mod nav;
pub mod page;
mod paper;
mod parts;
mod password;
mod plot;
mod practice;
mod progress;
mod qr;
mod readiness;
mod room;
mod rooms;
mod seat;
mod session;
mod settings;
mod slip;
mod station;
mod styleguide;
mod upload;
mod verify;

pub use forms::MOST as MOST_FORM;

use crate::http::problem::Problem;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::ServiceConfig;
use actix_web::{Error, ResponseError};

/// All pages.
pub fn routes(config: &mut ServiceConfig) {
    accounts::routes(config);
    assets::routes(config);
    audit::routes(config);
    login::routes(config);
    look::routes(config);
    home::routes(config);
    inspect::routes(config);
    live::routes(config);
    log::routes(config);
    evidence::routes(config);
    room::routes(config);
    rooms::routes(config);
    seat::routes(config);
    practice::routes(config);
    session::routes(config);
    password::routes(config);
    settings::routes(config);
    candidate::routes(config);
    station::routes(config);
    styleguide::routes(config);
    about::routes(config);
    blanks::routes(config);
    readiness::routes(config);
    close::routes(config);
    duties::routes(config);
    paper::routes(config);
    my::routes(config);
    verify::routes(config);
    slip::routes(config);
    ceremony::routes(config);
    centre::routes(config);
}

/// Gives answers to browsers what all pages have in common: a problem becomes a page, a login that is half over is
/// renewed, and nothing is kept in caches unless the answer itself says so. The API is left as it is.
///
/// # Errors
/// Those of the service behind it.
pub async fn dress(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let api = request.path().starts_with("/api/");
    let answer = next.call(request).await?.map_into_boxed_body();
    if api {
        return Ok(answer);
    }
    let (request, mut response) = answer.into_parts();
    let problem = response.error().and_then(|e| e.as_error::<Problem>()).cloned();
    if let Some(problem) = problem
        && page::wants_html(&request)
    {
        let person = page::logged_in(&request).await.ok();
        response = if problem.status == 401 && request.method() == Method::POST {
            let late = again::late(&request).await;
            login::ended(&request, &late).unwrap_or_else(|problem| problem.error_response())
        } else {
            errors::response(&request, &problem, person)
        };
    }
    if let Some(cookie) = page::renewed(&request) {
        response.add_cookie(&cookie)?;
    }
    if !response.headers().contains_key(CACHE_CONTROL) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(ServiceResponse::new(request, response))
}
