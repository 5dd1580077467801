//! Keys that were wrong: proposed, approved by a second person, and whom it concerned.

use super::world::Items;
use crate::app::App;
use crate::app::regrade::{
    self as cases, CorrectionLine, CorrectionView, DecideOrder, Decided, KeyOrder, SettleOrder, Settled,
};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(propose, list, show, decide, settle))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/banks/{bank}/questions/{question}/corrections", web::post().to(propose))
        .route("/api/v1/corrections", web::get().to(list))
        .route("/api/v1/corrections/{correction}", web::get().to(show))
        .route("/api/v1/corrections/{correction}", web::post().to(decide))
        .route("/api/v1/corrections/{correction}/tickets/{ticket}", web::post().to(settle));
}

#[utoipa::path(post, path = "/api/v1/banks/{bank}/questions/{question}/corrections", tag = "results",
    request_body = KeyOrder, params(("bank" = String, Path), ("question" = String, Path)),
    responses((status = 200, body = Decided), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn propose(
    app: Data<App>,
    place: Path<(String, String)>,
    order: Order<KeyOrder>,
) -> Result<Json<Decided>, Problem> {
    let (app, (bank, question)) = (app.get_ref().clone(), place.into_inner());
    let propose = move || cases::propose(&app, &order.person, (&bank, &question), &order.body, order.once);
    Ok(Json(block(propose).await?))
}

#[utoipa::path(get, path = "/api/v1/corrections", tag = "results",
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list(app: Data<App>, _caller: Caller) -> Result<Json<Items<CorrectionLine>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || cases::corrections(&app)).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(get, path = "/api/v1/corrections/{correction}", tag = "results", params(("correction" = String, Path)),
    responses((status = 200, body = CorrectionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn show(
    app: Data<App>,
    caller: Caller,
    correction: Path<String>,
) -> Result<Json<CorrectionView>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::show(&app, &caller.0, &correction)).await?))
}

#[utoipa::path(post, path = "/api/v1/corrections/{correction}", tag = "results", request_body = DecideOrder,
    params(("correction" = String, Path)),
    responses((status = 200, body = Decided), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn decide(
    app: Data<App>,
    correction: Path<String>,
    order: Order<DecideOrder>,
) -> Result<Json<Decided>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::decide(&app, &order.person, &correction, &order.body, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/corrections/{correction}/tickets/{ticket}", tag = "results",
    request_body = SettleOrder, params(("correction" = String, Path), ("ticket" = String, Path)),
    responses((status = 200, body = Settled), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn settle(
    app: Data<App>,
    place: Path<(String, String)>,
    order: Order<SettleOrder>,
) -> Result<Json<Settled>, Problem> {
    let (app, (correction, ticket)) = (app.get_ref().clone(), place.into_inner());
    let settle = move || cases::settle(&app, &order.person, (&correction, &ticket), &order.body, order.once);
    Ok(Json(block(settle).await?))
}
