//! Results that candidates asked to have looked at again (复核).

use super::world::Items;
use crate::app::App;
use crate::app::review::{self as cases, AskOrder, CloseOrder, ReviewFile, ReviewLine};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(ask, list, show, close))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/tickets/{ticket}/reviews", web::post().to(ask))
        .route("/api/v1/reviews", web::get().to(list))
        .route("/api/v1/reviews/{review}", web::get().to(show))
        .route("/api/v1/reviews/{review}", web::post().to(close));
}

#[utoipa::path(post, path = "/api/v1/tickets/{ticket}/reviews", tag = "results", request_body = AskOrder,
    params(("ticket" = String, Path)),
    responses((status = 200, body = ReviewLine), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn ask(
    app: Data<App>,
    ticket: Path<String>,
    order: Order<AskOrder>,
) -> Result<Json<ReviewLine>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::ask_for(&app, &order.person, &ticket, &order.body, order.once)).await?))
}

#[utoipa::path(get, path = "/api/v1/reviews", tag = "results",
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list(app: Data<App>, _caller: Caller) -> Result<Json<Items<ReviewLine>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || cases::reviews(&app)).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(get, path = "/api/v1/reviews/{review}", tag = "results", params(("review" = String, Path)),
    responses((status = 200, body = ReviewFile), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn show(app: Data<App>, caller: Caller, review: Path<String>) -> Result<Json<ReviewFile>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::show(&app, &caller.0, &review)).await?))
}

#[utoipa::path(post, path = "/api/v1/reviews/{review}", tag = "results", request_body = CloseOrder,
    params(("review" = String, Path)),
    responses((status = 200, body = ReviewLine), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn close(
    app: Data<App>,
    review: Path<String>,
    order: Order<CloseOrder>,
) -> Result<Json<ReviewLine>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::close(&app, &order.person, &review, &order.body, order.once)).await?))
}
