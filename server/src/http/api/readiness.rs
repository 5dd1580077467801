//! The readiness list of an exam point's day.

use crate::app::App;
use crate::app::auth::Throttle;
use crate::app::readiness::{self as cases, Finding, Readiness};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use serde::Deserialize;
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(show, check, sign))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/days/{day}/points/{point}/readiness", web::get().to(show))
        .route("/api/v1/days/{day}/points/{point}/readiness", web::post().to(check))
        .route("/api/v1/days/{day}/points/{point}/readiness/sign", web::post().to(sign));
}

/// What was found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Findings {
    /// One for each item that somebody looked at.
    findings: Vec<Finding>,
}

/// The list is signed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Signature {
    /// Password of the caller.
    password: String,
}

#[utoipa::path(get, path = "/api/v1/days/{day}/points/{point}/readiness", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)),
    responses((status = 200, body = Readiness), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn show(
    app: Data<App>,
    caller: Caller,
    at: Path<(String, String)>,
) -> Result<Json<Readiness>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::show(&app, &caller.0, &at.0, &at.1)).await?))
}

#[utoipa::path(post, path = "/api/v1/days/{day}/points/{point}/readiness", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)), request_body = Findings,
    responses((status = 200, body = Readiness), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn check(
    app: Data<App>,
    order: Order<Findings>,
    at: Path<(String, String)>,
) -> Result<Json<Readiness>, Problem> {
    let app = app.get_ref().clone();
    let Order { person, body, once } = order;
    Ok(Json(block(move || cases::check(&app, &person, (&at.0, &at.1), body.findings, once)).await?))
}

#[utoipa::path(post, path = "/api/v1/days/{day}/points/{point}/readiness/sign", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)), request_body = Signature,
    responses((status = 200, body = Readiness), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
async fn sign(
    app: Data<App>,
    throttle: Data<Throttle>,
    order: Order<Signature>,
    at: Path<(String, String)>,
) -> Result<Json<Readiness>, Problem> {
    let app = app.get_ref().clone();
    let Order { person, body, once } = order;
    let work = move || cases::sign(&app, &throttle, &person, (&at.0, &at.1), &body.password, once);
    Ok(Json(block(work).await?))
}
