//! People and their registrations.

use super::world::{Page, PageQuery};
use crate::app::App;
use crate::app::people::{self, RegistrationAnswer, RegistrationOrder, RegistrationView};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Query, ServiceConfig};
use serde::Deserialize;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(register, registrations))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/registrations", web::post().to(register))
        .route("/api/v1/registrations", web::get().to(registrations));
}

/// Which registrations.
#[derive(Deserialize)]
struct RegistrationsQuery {
    trade: Option<String>,
    page: Option<u32>,
    per_page: Option<u32>,
}

#[utoipa::path(post, path = "/api/v1/registrations", tag = "people", request_body = RegistrationOrder,
    responses((status = 200, body = RegistrationAnswer), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn register(
    app: Data<App>,
    order: Order<RegistrationOrder>,
) -> Result<Json<RegistrationAnswer>, Problem> {
    let app = app.get_ref().clone();
    let answer = block(move || people::register(&app, &order.person, &order.body, order.once)).await?;
    Ok(Json(answer))
}

#[utoipa::path(get, path = "/api/v1/registrations", tag = "people",
    params(("trade" = Option<String>, Query), ("page" = Option<u32>, Query), ("per_page" = Option<u32>, Query)),
    responses((status = 200, body = Page<RegistrationView>), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn registrations(
    app: Data<App>,
    caller: Caller,
    query: Query<RegistrationsQuery>,
) -> Result<Json<Page<RegistrationView>>, Problem> {
    let app = app.get_ref().clone();
    let RegistrationsQuery { trade, page, per_page } = query.into_inner();
    let range = PageQuery::new(page, per_page).range();
    let (items, total) = block(move || people::registrations(&app, &caller.0, trade, range)).await?;
    Ok(Json(Page { items, total }))
}
