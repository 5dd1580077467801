//! Members of the pool: whom they are tied to, and bars.

use crate::app::App;
use crate::app::pools::{self as cases, BarOrder, LiftOrder, TieOrder, Ties};
use crate::http::extract::{Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use serde::Serialize;
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(tie, bar, lift))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/staff/{member}/ties", web::post().to(tie))
        .route("/api/v1/staff/{member}/bar", web::post().to(bar))
        .route("/api/v1/staff/{member}/lift", web::post().to(lift));
}

/// It is done.
#[derive(Serialize, ToSchema)]
struct Noted {
    /// Staff code.
    staff: String,
}

#[utoipa::path(post, path = "/api/v1/staff/{member}/ties", tag = "world", params(("member" = String, Path)),
    request_body = TieOrder,
    responses((status = 200, body = Ties), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn tie(app: Data<App>, member: Path<String>, order: Order<TieOrder>) -> Result<Json<Ties>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::tie(&app, &order.person, &member, order.body, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/staff/{member}/bar", tag = "world", params(("member" = String, Path)),
    request_body = BarOrder,
    responses((status = 200, body = Noted), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn bar(app: Data<App>, member: Path<String>, order: Order<BarOrder>) -> Result<Json<Noted>, Problem> {
    let (app, staff) = (app.get_ref().clone(), member.to_string());
    block(move || cases::bar(&app, &order.person, &member, order.body, order.once)).await?;
    Ok(Json(Noted { staff }))
}

#[utoipa::path(post, path = "/api/v1/staff/{member}/lift", tag = "world", params(("member" = String, Path)),
    request_body = LiftOrder,
    responses((status = 200, body = Noted), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn lift(app: Data<App>, member: Path<String>, order: Order<LiftOrder>) -> Result<Json<Noted>, Problem> {
    let (app, staff) = (app.get_ref().clone(), member.to_string());
    block(move || cases::lift(&app, &order.person, &member, order.body, order.once)).await?;
    Ok(Json(Noted { staff }))
}
