//! Results of a session.

use crate::app::App;
use crate::app::results::{self as cases, Published};
use crate::http::extract::{Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use serde::Deserialize;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(publish))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/sessions/{session}/results", web::post().to(publish));
}

/// Nothing has to be said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/results", tag = "results", params(("session" = String, Path)),
    responses((status = 200, body = Published), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn publish(
    app: Data<App>,
    order: Order<Nothing>,
    session: Path<String>,
) -> Result<Json<Published>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::publish(&app, &order.person, &session, order.once)).await?))
}
