//! The theory examination: rooms, seats, answers.

use crate::app::App;
use crate::app::auth::Throttle;
use crate::app::browser::admit;
use crate::app::theory::{
    self as cases, AnswerOrder, Done, DoubtOrder, Entered, Finished, HaltOrder, HandedIn, LeftOrder, Merged,
    MisconductOrder, MoveOrder, Opened, Released, Saved, Seat, SeatState, SitOrder, TimeOrder,
};
use crate::app::voices;
use crate::http::api::browser::shown;
use crate::http::extract::{Order, SeatCall, block, parse};
use crate::http::problem::Problem;
use actix_web::http::header::ContentEncoding;
use actix_web::web::{self, Bytes, Data, Json, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    release,
    halt,
    resume,
    give_time,
    enter,
    open,
    photo,
    voice,
    state,
    save_answer,
    line,
    left,
    doubt,
    hand_in,
    move_seat,
    misconduct,
    finish
))]
pub struct Doc;

/// Registers the routes of the seats. Routes are tried one after the other, and these are called by the thousand a second:
/// they stand before all others.
pub fn seats(config: &mut ServiceConfig) {
    config
        .route("/api/v1/seat/answers/{position}", web::put().to(save_answer))
        .route("/api/v1/seat/line/{position}", web::put().to(line))
        .route("/api/v1/seat/state", web::get().to(state))
        .route("/api/v1/seat/open", web::post().to(open))
        .route("/api/v1/seat/hand-in", web::post().to(hand_in))
        .route("/api/v1/seat/enter", web::post().to(enter))
        .route("/api/v1/seat/photo", web::get().to(photo))
        .route("/api/v1/seat/voice/{text}", web::get().to(voice))
        .route("/api/v1/seat/doubts/{position}", web::post().to(doubt))
        .route("/api/v1/seat/left", web::post().to(left));
}

/// Registers the other routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/sessions/{session}/rooms/{room}/release", web::post().to(release))
        .route("/api/v1/sessions/{session}/rooms/{room}/halt", web::post().to(halt))
        .route("/api/v1/sessions/{session}/rooms/{room}/resume", web::post().to(resume))
        .route("/api/v1/sessions/{session}/rooms/{room}/time", web::post().to(give_time))
        .route("/api/v1/sessions/{session}/theory/finish", web::post().to(finish))
        .route("/api/v1/tickets/{ticket}/move", web::post().to(move_seat))
        .route("/api/v1/tickets/{ticket}/misconduct", web::post().to(misconduct));
}

/// Nothing has to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// What a seat has already.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct StateQuery {
    /// Answers saved that it knows of: if there are no more, they are not told again.
    has: Option<i64>,
}

/// A paper is to be handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandInBody {
    /// Answers that the seat has sent.
    last_seq: i64,
}

/// What an answer would look like came through; nothing was saved.
#[derive(Serialize, ToSchema)]
pub struct LineAnswer {
    /// As it was sent.
    seq: i64,
    /// As it was sent.
    position: u32,
    /// Server's time, epoch milliseconds.
    server_time: i64,
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

#[utoipa::path(post, path = "/api/v1/sessions/{session}/rooms/{room}/halt", tag = "theory",
    params(("session" = String, Path), ("room" = String, Path)), request_body = HaltOrder,
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn halt(
    app: Data<App>,
    path: Path<(String, String)>,
    order: Order<HaltOrder>,
) -> Result<Json<Done>, Problem> {
    let app = app.get_ref().clone();
    let work = move || cases::halt(&app, &order.person, (&path.0, &[&path.1]), &order.body, order.once);
    Ok(Json(block(work).await?))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/rooms/{room}/resume", tag = "theory",
    params(("session" = String, Path), ("room" = String, Path)), request_body = HaltOrder,
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn resume(
    app: Data<App>,
    path: Path<(String, String)>,
    order: Order<HaltOrder>,
) -> Result<Json<Done>, Problem> {
    let app = app.get_ref().clone();
    let work = move || cases::resume(&app, &order.person, (&path.0, &[&path.1]), &order.body, order.once);
    Ok(Json(block(work).await?))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/rooms/{room}/time", tag = "theory",
    params(("session" = String, Path), ("room" = String, Path)), request_body = TimeOrder,
    responses((status = 200, body = Done), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
async fn give_time(
    app: Data<App>,
    throttle: Data<Throttle>,
    path: Path<(String, String)>,
    order: Order<TimeOrder>,
) -> Result<Json<Done>, Problem> {
    let app = app.get_ref().clone();
    let place = path.into_inner();
    let work = move || {
        let rooms = [place.1.as_str()];
        cases::give_time(&app, &throttle, &order.person, (&place.0, &rooms), &order.body, order.once)
    };
    Ok(Json(block(work).await?))
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

#[utoipa::path(post, path = "/api/v1/seat/open", tag = "seat",
    responses((status = 200, body = Opened), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
async fn open(request: HttpRequest, app: Data<App>, call: SeatCall) -> Result<Json<Opened>, Problem> {
    let (app, shown) = (app.get_ref().clone(), shown(&request));
    let work = move || -> Result<_, Problem> {
        admit(&app, &call.ticket, &shown)?;
        Ok(cases::open(&app, &seat(call))?)
    };
    Ok(Json(block(work).await?))
}

#[utoipa::path(get, path = "/api/v1/seat/photo", tag = "seat",
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
async fn photo(app: Data<App>, call: SeatCall) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let picture = block(move || cases::photo(&app, &seat(call))).await?;
    Ok(HttpResponse::Ok().content_type("image/jpeg").body(picture))
}

#[utoipa::path(get, path = "/api/v1/seat/voice/{text}", tag = "seat",
    params(("text" = String, Path, description = "SHA-256 of a text of the paper, hexadecimal")),
    responses((status = 200, content_type = "audio/wav", body = Vec<u8>), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn voice(app: Data<App>, call: SeatCall, text: Path<String>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let sound = block(move || voices::of_seat(&app, &seat(call), &text)).await?;
    Ok(HttpResponse::Ok().content_type("audio/wav").body(sound))
}

#[utoipa::path(get, path = "/api/v1/seat/state", tag = "seat", params(StateQuery),
    responses((status = 200, body = SeatState), (status = 401, body = Problem)))]
async fn state(app: Data<App>, call: SeatCall, query: Query<StateQuery>) -> Result<Json<SeatState>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::state(&app, &seat(call), query.has)).await?))
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
) -> Result<HttpResponse, Problem> {
    let order: AnswerOrder = parse(&body)?;
    let seat = seat(call);
    let sheet = match cases::sheet(&app, &seat) {
        Some(known) => known,
        None => {
            let (app, seat) = (app.get_ref().clone(), seat.clone());
            block(move || cases::learn(&app, &seat)).await?
        }
    };
    // No thread waits with the seat: thousands of answers may be on their way. What is told is hashes, which no
    // compression makes shorter.
    let pending = cases::offer(&app, seat, &sheet, *position, &order)?;
    let saved = pending.saved().await?;
    Ok(HttpResponse::Ok().insert_header(ContentEncoding::Identity).json(saved))
}

#[utoipa::path(put, path = "/api/v1/seat/line/{position}", tag = "seat", request_body = AnswerOrder,
    params(("position" = u32, Path)),
    responses((status = 200, body = LineAnswer), (status = 400, body = Problem), (status = 401, body = Problem)))]
async fn line(
    app: Data<App>,
    call: SeatCall,
    position: Path<u32>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let order: AnswerOrder = parse(&body)?;
    app.presence.heard(&call.ticket, app.clock.now());
    let answer = LineAnswer { seq: order.seq, position: *position, server_time: app.clock.now().millis() };
    Ok(HttpResponse::Ok().insert_header(ContentEncoding::Identity).json(answer))
}

#[utoipa::path(post, path = "/api/v1/seat/doubts/{position}", tag = "seat", request_body = DoubtOrder,
    params(("position" = u32, Path)),
    responses((status = 200, body = Done), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn doubt(
    app: Data<App>,
    call: SeatCall,
    position: Path<u32>,
    body: Bytes,
) -> Result<Json<Done>, Problem> {
    let order: DoubtOrder = parse(&body)?;
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::doubt(&app, &seat(call), *position, &order)).await?))
}

#[utoipa::path(post, path = "/api/v1/seat/left", tag = "seat", request_body = LeftOrder,
    responses((status = 200, body = Merged), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn left(app: Data<App>, call: SeatCall, body: Bytes) -> Result<Json<Merged>, Problem> {
    let order: LeftOrder = parse(&body)?;
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::merge(&app, &seat(call), &order)).await?))
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
