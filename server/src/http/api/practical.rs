//! The practical examination: sheets, marks, settlements.

use super::world::Items;
use crate::app::App;
use crate::app::practical::{
    self as cases, ExaminedItem, OpenSheet, ScoreAnswer, ScoreOrder, SettleOrder, Settled,
};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list, sheets, score, settle))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/sessions/{session}/practical", web::get().to(list))
        .route("/api/v1/tickets/{ticket}/sheets", web::get().to(sheets))
        .route("/api/v1/tickets/{ticket}/scores", web::post().to(score))
        .route("/api/v1/tickets/{ticket}/settlements", web::post().to(settle));
}

#[utoipa::path(get, path = "/api/v1/sessions/{session}/practical", tag = "practical",
    params(("session" = String, Path)),
    responses((status = 200, body = Items<ExaminedItem>), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn list(
    app: Data<App>,
    caller: Caller,
    session: Path<String>,
) -> Result<Json<Items<ExaminedItem>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || cases::list(&app, &caller.0, &session)).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(get, path = "/api/v1/tickets/{ticket}/sheets", tag = "practical",
    params(("ticket" = String, Path)),
    responses((status = 200, body = Items<OpenSheet>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn sheets(
    app: Data<App>,
    caller: Caller,
    ticket: Path<String>,
) -> Result<Json<Items<OpenSheet>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || cases::sheets(&app, &caller.0, &ticket)).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(post, path = "/api/v1/tickets/{ticket}/scores", tag = "practical", request_body = ScoreOrder,
    params(("ticket" = String, Path)),
    responses((status = 200, body = ScoreAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn score(
    app: Data<App>,
    ticket: Path<String>,
    order: Order<ScoreOrder>,
) -> Result<Json<ScoreAnswer>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::score(&app, &order.person, &ticket, order.body, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/tickets/{ticket}/settlements", tag = "practical", request_body = SettleOrder,
    params(("ticket" = String, Path)),
    responses((status = 200, body = Settled), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn settle(
    app: Data<App>,
    ticket: Path<String>,
    order: Order<SettleOrder>,
) -> Result<Json<Settled>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::settle(&app, &order.person, &ticket, &order.body, order.once)).await?))
}
