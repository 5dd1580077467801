//! Question banks and question sets.

use super::world::Items;
use crate::app::App;
use crate::app::banks::{self, BankView, ImportAnswer, Incoming};
use crate::app::sets::{self, PublishAnswer, SetView, SetsAnswer, SetsOrder};
use crate::event::Actor;
use crate::http::extract::{Caller, Order, block, once};
use crate::http::problem::Problem;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Json, Path, Query, ServiceConfig};
use actix_web::{Error, HttpRequest};
use serde::Deserialize;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(import, list, assemble, publish, list_sets))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/trades/{trade}/banks", web::post().to(import))
        .route("/api/v1/trades/{trade}/banks", web::get().to(list))
        .route("/api/v1/trades/{trade}/sets", web::post().to(assemble))
        .route("/api/v1/trades/{trade}/sets", web::get().to(list_sets))
        .route("/api/v1/trades/{trade}/sets/{draw}/publish", web::post().to(publish));
}

/// Name of the file that is sent, and whether it is for practising.
#[derive(Deserialize)]
struct ImportQuery {
    name: String,
    #[serde(default)]
    practice: bool,
}

/// An order without content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[utoipa::path(post, path = "/api/v1/trades/{trade}/banks", tag = "banks",
    params(("trade" = String, Path), ("name" = String, Query),
        ("practice" = Option<bool>, Query, description = "Everybody reads its questions, and no set is drawn from it")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "The file: JSON, XLSX or CSV"),
    responses((status = 200, body = ImportAnswer), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn import(
    app: Data<App>,
    request: HttpRequest,
    caller: Caller,
    trade: Path<String>,
    query: Result<Query<ImportQuery>, Error>,
    file: Result<Bytes, Error>,
) -> Result<Json<ImportAnswer>, Error> {
    // Who may not import learns nothing about what is wrong with the rest, so both are looked at after the caller.
    let (query, file) = (query?, file.map_err(|e| unreadable(&e))?);
    let app = app.get_ref().clone();
    let once = once(&request, &caller.0.account, &file)?;
    let actor = Actor::Account(caller.0.account.clone());
    let import = move || {
        let incoming =
            Incoming { trade: &trade, file_name: &query.name, file: &file, practice: query.practice };
        banks::take_in(&app, &actor, incoming, once)
    };
    let answer = block(import).await?;
    Ok(Json(answer))
}

#[utoipa::path(get, path = "/api/v1/trades/{trade}/banks", tag = "banks", params(("trade" = String, Path)),
    responses((status = 200, body = Items<BankView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
async fn list(
    app: Data<App>,
    _caller: Caller,
    trade: Path<String>,
) -> Result<Json<Items<BankView>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || banks::banks(&app, &trade)).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(post, path = "/api/v1/trades/{trade}/sets", tag = "banks", params(("trade" = String, Path)),
    request_body = SetsOrder,
    responses((status = 200, body = SetsAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn assemble(
    app: Data<App>,
    trade: Path<String>,
    order: Order<SetsOrder>,
) -> Result<Json<SetsAnswer>, Problem> {
    let app = app.get_ref().clone();
    let answer = block(move || sets::assemble(&app, &order.person, &trade, order.body, order.once)).await?;
    Ok(Json(answer))
}

#[utoipa::path(post, path = "/api/v1/trades/{trade}/sets/{draw}/publish", tag = "banks",
    params(("trade" = String, Path), ("draw" = String, Path)),
    responses((status = 200, body = PublishAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn publish(
    app: Data<App>,
    path: Path<(String, String)>,
    order: Order<Nothing>,
) -> Result<Json<PublishAnswer>, Problem> {
    let app = app.get_ref().clone();
    let (trade, draw) = path.into_inner();
    let answer = block(move || sets::publish(&app, &order.person, &trade, &draw, order.once)).await?;
    Ok(Json(answer))
}

#[utoipa::path(get, path = "/api/v1/trades/{trade}/sets", tag = "banks", params(("trade" = String, Path)),
    responses((status = 200, body = Items<SetView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
async fn list_sets(
    app: Data<App>,
    _caller: Caller,
    trade: Path<String>,
) -> Result<Json<Items<SetView>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || sets::sets(&app, &trade)).await?;
    Ok(Json(Items { items }))
}

fn unreadable(error: &Error) -> Problem {
    let too_large = error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE;
    Problem::new(if too_large { "body-too-large" } else { "body-unreadable" }, Some(error.to_string()))
}
