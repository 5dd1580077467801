//! Days of an exam point, and the events for the auditor.

use super::tickets::document;
use super::world::Page;
use crate::app::App;
use crate::app::auth::Throttle;
use crate::app::days::{self as cases, CloseOrder, Closed, Summary};
use crate::app::events_page::{self, EventShown};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::Deserialize;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(summary, close, page, events))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/days/{day}/points/{point}", web::get().to(summary))
        .route("/api/v1/days/{day}/points/{point}/close", web::post().to(close))
        .route("/api/v1/days/{day}/points/{point}/page", web::get().to(page))
        .route("/api/v1/events", web::get().to(events));
}

/// Which events.
#[derive(Deserialize)]
struct Range {
    from: Option<i64>,
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/days/{day}/points/{point}", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)),
    responses((status = 200, body = Summary), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn summary(
    app: Data<App>,
    caller: Caller,
    at: Path<(String, String)>,
) -> Result<Json<Summary>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::summary(&app, &caller.0, &at.0, &at.1)).await?))
}

#[utoipa::path(post, path = "/api/v1/days/{day}/points/{point}/close", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)), request_body = CloseOrder,
    responses((status = 200, body = Closed), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
async fn close(
    app: Data<App>,
    throttle: Data<Throttle>,
    order: Order<CloseOrder>,
    at: Path<(String, String)>,
) -> Result<Json<Closed>, Problem> {
    let app = app.get_ref().clone();
    let Order { person, body, once } = order;
    Ok(Json(block(move || cases::close(&app, &throttle, &person, (&at.0, &at.1), &body, once)).await?))
}

#[utoipa::path(get, path = "/api/v1/days/{day}/points/{point}/page", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn page(app: Data<App>, caller: Caller, at: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    Ok(document(block(move || cases::page(&app, &caller.0, &at.0, &at.1)).await?))
}

#[utoipa::path(get, path = "/api/v1/events", tag = "server",
    params(("from" = Option<i64>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn events(
    app: Data<App>,
    _caller: Caller,
    range: Query<Range>,
) -> Result<Json<Page<EventShown>>, Problem> {
    let app = app.get_ref().clone();
    let (from, limit) = (range.from.unwrap_or(1), range.limit.unwrap_or(100));
    let (items, total) = block(move || events_page::page(&app, from, limit)).await?;
    Ok(Json(Page { items, total }))
}
