//! Draws and their transcripts.

use super::world::Items;
use crate::app::App;
use crate::app::assign::{self, AssignOrder, AssignedDay};
use crate::app::draws::{self as cases, DrawView, OwnCode};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::Deserialize;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list, assign_staff, transcript, basis, own))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/draws", web::get().to(list))
        .route("/api/v1/draws/staff", web::post().to(assign_staff))
        .route("/api/v1/draws/{draw}", web::get().to(transcript))
        .route("/api/v1/draws/{draw}/basis", web::get().to(basis))
        .route("/api/v1/draws/{draw}/own", web::get().to(own));
}

/// Which draws.
#[derive(Deserialize)]
struct Which {
    subject: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/draws", tag = "draws", params(("subject" = Option<String>, Query)),
    responses((status = 200), (status = 401, body = Problem)))]
async fn list(
    app: Data<App>,
    _caller: Caller,
    which: Query<Which>,
) -> Result<Json<Items<DrawView>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || cases::list(&app, which.subject.as_deref())).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(post, path = "/api/v1/draws/staff", tag = "draws", request_body = AssignOrder,
    responses((status = 200, body = AssignedDay), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn assign_staff(app: Data<App>, order: Order<AssignOrder>) -> Result<Json<AssignedDay>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || assign::assign_day(&app, &order.person, order.body, order.once)).await?))
}

#[utoipa::path(get, path = "/api/v1/draws/{draw}", tag = "draws", params(("draw" = String, Path)),
    responses((status = 200, description = "The transcript, to be verified byte for byte"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn transcript(app: Data<App>, _caller: Caller, draw: Path<String>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let text = block(move || cases::transcript(&app, &draw)).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

#[utoipa::path(get, path = "/api/v1/draws/{draw}/basis", tag = "draws", params(("draw" = String, Path)),
    responses((status = 200, description = "What a draw of staff follows from"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn basis(app: Data<App>, caller: Caller, draw: Path<String>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let text = block(move || cases::basis(&app, &caller.0, &draw)).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

#[utoipa::path(get, path = "/api/v1/draws/{draw}/own", tag = "draws", params(("draw" = String, Path)),
    responses((status = 200, body = OwnCode), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn own(app: Data<App>, caller: Caller, draw: Path<String>) -> Result<Json<OwnCode>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::own(&app, &caller.0, &draw)).await?))
}
