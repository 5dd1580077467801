//! The theory examination: rooms, seats, answers.

use crate::app::App;
use crate::app::auth::Throttle;
use crate::app::theory::{
    self as cases, AnswerOrder, Done, Entered, Finished, HandedIn, MisconductOrder, MoveOrder, Released,
    Saved, Seat, SeatState, SitOrder,
};
use crate::http::extract::{Order, SeatCall, block, parse};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, Json, Path, ServiceConfig};
use serde::Deserialize;
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(release, enter, photo, state, save_answer, hand_in, move_seat, misconduct, finish))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/sessions/{session}/rooms/{room}/release", web::post().to(release))
        .route("/api/v1/sessions/{session}/theory/finish", web::post().to(finish))
        .route("/api/v1/seat/enter", web::post().to(enter))
        .route("/api/v1/seat/photo", web::get().to(photo))
        .route("/api/v1/seat/state", web::get().to(state))
        .route("/api/v1/seat/answers/{position}", web::put().to(save_answer))
        .route("/api/v1/seat/hand-in", web::post().to(hand_in))
        .route("/api/v1/tickets/{ticket}/move", web::post().to(move_seat))
        .route("/api/v1/tickets/{ticket}/misconduct", web::post().to(misconduct));
}

/// Nothing has to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A paper is to be handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandInBody {
    /// Answers that the seat has sent.
    last_seq: i64,
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/rooms/{room}/release", tag = "theory",
    params(("session" = String, Path), ("room" = String, Path)),
    responses((status = 200, body = Released), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn release(
    app: Data<App>,
    path: Path<(String, String)>,
    order: Order<Nothing>,
) -> Result<Json<Released>, Problem> {
    let app = app.get_ref().clone();
    let (session, room) = path.into_inner();
    Ok(Json(block(move || cases::release(&app, &order.person, &session, &room, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/theory/finish", tag = "theory",
    params(("session" = String, Path)),
    responses((status = 200, body = Finished), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn finish(
    app: Data<App>,
    session: Path<String>,
    order: Order<Nothing>,
) -> Result<Json<Finished>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::finish(&app, &order.person, &session)).await?))
}

#[utoipa::path(post, path = "/api/v1/seat/enter", tag = "seat", request_body = SitOrder,
    responses((status = 200, body = Entered), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem)))]
async fn enter(app: Data<App>, throttle: Data<Throttle>, body: Bytes) -> Result<Json<Entered>, Problem> {
    let order: SitOrder = parse(&body)?;
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::sit(&app, &throttle, order)).await?))
}

#[utoipa::path(get, path = "/api/v1/seat/photo", tag = "seat",
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
async fn photo(app: Data<App>, call: SeatCall) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let picture = block(move || cases::photo(&app, &seat(call))).await?;
    Ok(HttpResponse::Ok().content_type("image/jpeg").body(picture))
}

#[utoipa::path(get, path = "/api/v1/seat/state", tag = "seat",
    responses((status = 200, body = SeatState), (status = 401, body = Problem)))]
async fn state(app: Data<App>, call: SeatCall) -> Result<Json<SeatState>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::state(&app, &seat(call))).await?))
}

#[utoipa::path(put, path = "/api/v1/seat/answers/{position}", tag = "seat", request_body = AnswerOrder,
    params(("position" = u32, Path)),
    responses((status = 200, body = Saved), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn save_answer(
    app: Data<App>,
    call: SeatCall,
    position: Path<u32>,
    body: Bytes,
) -> Result<Json<Saved>, Problem> {
    let order: AnswerOrder = parse(&body)?;
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::save_answer(&app, &seat(call), *position, &order)).await?))
}

#[utoipa::path(post, path = "/api/v1/seat/hand-in", tag = "seat", request_body = HandInBody,
    responses((status = 200, body = HandedIn), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem)))]
async fn hand_in(app: Data<App>, call: SeatCall, body: Bytes) -> Result<Json<HandedIn>, Problem> {
    let order: HandInBody = parse(&body)?;
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::hand_in(&app, &seat(call), order.last_seq)).await?))
}

#[utoipa::path(post, path = "/api/v1/tickets/{ticket}/move", tag = "theory", request_body = MoveOrder,
    params(("ticket" = String, Path)),
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn move_seat(
    app: Data<App>,
    ticket: Path<String>,
    order: Order<MoveOrder>,
) -> Result<Json<Done>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::move_seat(&app, &order.person, &ticket, &order.body, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/tickets/{ticket}/misconduct", tag = "theory", request_body = MisconductOrder,
    params(("ticket" = String, Path)),
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
async fn misconduct(
    app: Data<App>,
    throttle: Data<Throttle>,
    ticket: Path<String>,
    order: Order<MisconductOrder>,
) -> Result<Json<Done>, Problem> {
    let app = app.get_ref().clone();
    let record = move || cases::misconduct(&app, &throttle, &order.person, &ticket, &order.body, order.once);
    Ok(Json(block(record).await?))
}

fn seat(call: SeatCall) -> Seat {
    Seat { ticket: call.ticket, token: call.token }
}
