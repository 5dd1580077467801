//! Duties after their draw: one's own, those of a day, who did not come, and swaps.

use super::world::Items;
use crate::app::App;
use crate::app::assign::{self, Assigned};
use crate::app::duties::{
    self as cases, Answer, AnswerOrder, DayDuties, DecideOrder, MyDuty, SessionPosts, SwapOrder, SwapView,
};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::Deserialize;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(mine, answer, on_day, posts, absent, supplement, propose, decide))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/me/duties", web::get().to(mine))
        .route("/api/v1/me/duties", web::post().to(answer))
        .route("/api/v1/duties", web::get().to(on_day))
        .route("/api/v1/sessions/{session}/posts", web::get().to(posts))
        .route("/api/v1/sessions/{session}/posts/{post}/absent", web::post().to(absent))
        .route("/api/v1/sessions/{session}/supplement", web::post().to(supplement))
        .route("/api/v1/sessions/{session}/swaps", web::post().to(propose))
        .route("/api/v1/swaps/{swap}", web::post().to(decide));
}

/// Which day.
#[derive(Deserialize)]
struct Which {
    day: String,
}

/// Nothing has to be said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[utoipa::path(get, path = "/api/v1/me/duties", tag = "draws",
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn mine(app: Data<App>, caller: Caller) -> Result<Json<Items<MyDuty>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || cases::mine(&app, &caller.0)).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(post, path = "/api/v1/me/duties", tag = "draws", request_body = AnswerOrder,
    responses((status = 200, body = Answer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn answer(app: Data<App>, order: Order<AnswerOrder>) -> Result<Json<Answer>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::answer(&app, &order.person, order.body, order.once)).await?))
}

#[utoipa::path(get, path = "/api/v1/duties", tag = "draws", params(("day" = String, Query)),
    responses((status = 200, body = DayDuties), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
async fn on_day(app: Data<App>, _caller: Caller, which: Query<Which>) -> Result<Json<DayDuties>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::on_day(&app, &which.day)).await?))
}

#[utoipa::path(get, path = "/api/v1/sessions/{session}/posts", tag = "draws", params(("session" = String, Path)),
    responses((status = 200, body = SessionPosts), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn posts(app: Data<App>, caller: Caller, session: Path<String>) -> Result<Json<SessionPosts>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::posts(&app, &caller.0, &session)).await?))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/posts/{post}/absent", tag = "draws",
    params(("session" = String, Path), ("post" = String, Path)),
    responses((status = 200, body = SessionPosts), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn absent(
    app: Data<App>,
    place: Path<(String, String)>,
    order: Order<Nothing>,
) -> Result<Json<SessionPosts>, Problem> {
    let (app, (session, post)) = (app.get_ref().clone(), place.into_inner());
    Ok(Json(block(move || cases::absent(&app, &order.person, &session, &post, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/supplement", tag = "draws", params(("session" = String, Path)),
    responses((status = 200, body = Assigned), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn supplement(
    app: Data<App>,
    session: Path<String>,
    order: Order<Nothing>,
) -> Result<Json<Assigned>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || assign::supplement(&app, &order.person, &session, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/swaps", tag = "draws", request_body = SwapOrder,
    params(("session" = String, Path)),
    responses((status = 200, body = SwapView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn propose(
    app: Data<App>,
    session: Path<String>,
    order: Order<SwapOrder>,
) -> Result<Json<SwapView>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::propose(&app, &order.person, &session, order.body, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/swaps/{swap}", tag = "draws", request_body = DecideOrder,
    params(("swap" = String, Path)),
    responses((status = 200, body = SwapView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn decide(
    app: Data<App>,
    swap: Path<String>,
    order: Order<DecideOrder>,
) -> Result<Json<SwapView>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::decide(&app, &order.person, &swap, order.body, order.once)).await?))
}
