//! Ceremonies of draws: commitments, the frozen input, secrets revealed.

use super::world::Items;
use crate::app::App;
use crate::app::ceremony::{
    self as cases, CeremonyView, CommitOrder, FreezeOrder, NumberOrder, RevealOrder, VoidOrder,
};
use crate::http::extract::{Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::Deserialize;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list, show, commit, announce, freeze, reveal, number, give_up))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/ceremonies", web::get().to(list))
        .route("/api/v1/ceremonies/{ceremony}", web::get().to(show))
        .route("/api/v1/ceremonies/{ceremony}/commitments", web::post().to(commit))
        .route("/api/v1/ceremonies/{ceremony}/announcement", web::post().to(announce))
        .route("/api/v1/ceremonies/{ceremony}/freeze", web::post().to(freeze))
        .route("/api/v1/ceremonies/{ceremony}/secrets", web::post().to(reveal))
        .route("/api/v1/ceremonies/{ceremony}/number", web::post().to(number))
        .route("/api/v1/ceremonies/{ceremony}/void", web::post().to(give_up));
}

/// Which ceremonies.
#[derive(Deserialize)]
struct Which {
    subject: Option<String>,
    offset: Option<u32>,
}

type Answer = Result<Json<CeremonyView>, Problem>;

#[utoipa::path(get, path = "/api/v1/ceremonies", tag = "draws",
    params(("subject" = Option<String>, Query), ("offset" = Option<u32>, Query)), responses((status = 200)))]
async fn list(app: Data<App>, which: Query<Which>) -> Result<Json<Items<CeremonyView>>, Problem> {
    let app = app.get_ref().clone();
    let offset = i64::from(which.offset.unwrap_or(0));
    let items = block(move || cases::list(&app, which.subject.as_deref(), offset)).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(get, path = "/api/v1/ceremonies/{ceremony}", tag = "draws", params(("ceremony" = String, Path)),
    responses((status = 200, body = CeremonyView), (status = 404, body = Problem)))]
async fn show(app: Data<App>, ceremony: Path<String>) -> Answer {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::show(&app, &ceremony)).await?))
}

#[utoipa::path(post, path = "/api/v1/ceremonies/{ceremony}/commitments", tag = "draws", request_body = CommitOrder,
    params(("ceremony" = String, Path)),
    responses((status = 200, body = CeremonyView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn commit(app: Data<App>, ceremony: Path<String>, order: Order<CommitOrder>) -> Answer {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::commit(&app, &order.person, &ceremony, order.body, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/ceremonies/{ceremony}/announcement", tag = "draws", request_body = NumberOrder,
    params(("ceremony" = String, Path)),
    responses((status = 200, body = CeremonyView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn announce(app: Data<App>, ceremony: Path<String>, order: Order<NumberOrder>) -> Answer {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::announce(&app, &order.person, &ceremony, order.body, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/ceremonies/{ceremony}/freeze", tag = "draws", request_body = FreezeOrder,
    params(("ceremony" = String, Path)),
    responses((status = 200, body = CeremonyView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn freeze(app: Data<App>, ceremony: Path<String>, order: Order<FreezeOrder>) -> Answer {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::freeze(&app, &order.person, &ceremony, order.body, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/ceremonies/{ceremony}/secrets", tag = "draws", request_body = RevealOrder,
    params(("ceremony" = String, Path)),
    responses((status = 200, body = CeremonyView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn reveal(app: Data<App>, ceremony: Path<String>, order: Order<RevealOrder>) -> Answer {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::reveal(&app, &order.person, &ceremony, order.body, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/ceremonies/{ceremony}/number", tag = "draws", request_body = NumberOrder,
    params(("ceremony" = String, Path)),
    responses((status = 200, body = CeremonyView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn number(app: Data<App>, ceremony: Path<String>, order: Order<NumberOrder>) -> Answer {
    let app = app.get_ref().clone();
    Ok(Json(
        block(move || cases::enter_number(&app, &order.person, &ceremony, order.body, order.once)).await?,
    ))
}

#[utoipa::path(post, path = "/api/v1/ceremonies/{ceremony}/void", tag = "draws", request_body = VoidOrder,
    params(("ceremony" = String, Path)),
    responses((status = 200, body = CeremonyView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn give_up(app: Data<App>, ceremony: Path<String>, order: Order<VoidOrder>) -> Answer {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::give_up(&app, &order.person, &ceremony, order.body, order.once)).await?))
}
