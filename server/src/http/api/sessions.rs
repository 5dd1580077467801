//! Sessions, their candidates, seats and staff.

use super::world::{Items, Page, PageQuery};
use crate::app::App;
use crate::app::assign::{self, Assigned};
use crate::app::seating::{self, Seated};
use crate::app::sessions::{
    self as cases, CandidateView, EnrolAnswer, EnrolOrder, OpenOrder, Opened, SessionView,
};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(open, list, show, enrol, candidates, seat, assign_staff, ticket, secret))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/sessions", web::post().to(open))
        .route("/api/v1/sessions", web::get().to(list))
        .route("/api/v1/sessions/{session}", web::get().to(show))
        .route("/api/v1/sessions/{session}/candidates", web::post().to(enrol))
        .route("/api/v1/sessions/{session}/candidates", web::get().to(candidates))
        .route("/api/v1/sessions/{session}/seating", web::post().to(seat))
        .route("/api/v1/sessions/{session}/staff", web::post().to(assign_staff))
        .route("/api/v1/tickets/{ticket}", web::get().to(ticket))
        .route("/api/v1/tickets/{ticket}/secret", web::get().to(secret));
}

/// Which sessions.
#[derive(Deserialize)]
struct Which {
    day: Option<String>,
    point: Option<String>,
}

/// Nothing has to be said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The secret of a ticket.
#[derive(Serialize, ToSchema)]
pub struct SecretAnswer {
    /// Text of the QR.
    secret: String,
}

#[utoipa::path(post, path = "/api/v1/sessions", tag = "sessions", request_body = OpenOrder,
    responses((status = 200, body = Opened), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
async fn open(app: Data<App>, order: Order<OpenOrder>) -> Result<Json<Opened>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::open(&app, &order.person, order.body, order.once)).await?))
}

#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions",
    params(("day" = Option<String>, Query), ("point" = Option<String>, Query)),
    responses((status = 200), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn list(
    app: Data<App>,
    _caller: Caller,
    which: Query<Which>,
) -> Result<Json<Items<SessionView>>, Problem> {
    let app = app.get_ref().clone();
    let items = block(move || cases::list(&app, which.day.as_deref(), which.point.as_deref())).await?;
    Ok(Json(Items { items }))
}

#[utoipa::path(get, path = "/api/v1/sessions/{session}", tag = "sessions", params(("session" = String, Path)),
    responses((status = 200, body = SessionView), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn show(app: Data<App>, _caller: Caller, session: Path<String>) -> Result<Json<SessionView>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::show(&app, &session)).await?))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/candidates", tag = "sessions", request_body = EnrolOrder,
    params(("session" = String, Path)),
    responses((status = 200, body = EnrolAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn enrol(
    app: Data<App>,
    session: Path<String>,
    order: Order<EnrolOrder>,
) -> Result<Json<EnrolAnswer>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::enrol(&app, &order.person, &session, order.body, order.once)).await?))
}

#[utoipa::path(get, path = "/api/v1/sessions/{session}/candidates", tag = "sessions",
    params(("session" = String, Path), ("page" = Option<u32>, Query), ("per_page" = Option<u32>, Query)),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn candidates(
    app: Data<App>,
    caller: Caller,
    session: Path<String>,
    page: Query<PageQuery>,
) -> Result<Json<Page<CandidateView>>, Problem> {
    let app = app.get_ref().clone();
    let (items, total) = block(move || cases::candidates(&app, &caller.0, &session, page.range())).await?;
    Ok(Json(Page { items, total }))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/seating", tag = "draws", params(("session" = String, Path)),
    responses((status = 200, body = Seated), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn seat(app: Data<App>, session: Path<String>, order: Order<Nothing>) -> Result<Json<Seated>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || seating::seat(&app, &order.person, &session, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/staff", tag = "draws", params(("session" = String, Path)),
    responses((status = 200, body = Assigned), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn assign_staff(
    app: Data<App>,
    session: Path<String>,
    order: Order<Nothing>,
) -> Result<Json<Assigned>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || assign::assign(&app, &order.person, &session, order.once)).await?))
}

#[utoipa::path(get, path = "/api/v1/tickets/{ticket}", tag = "sessions", params(("ticket" = String, Path)),
    responses((status = 200, body = CandidateView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn ticket(
    app: Data<App>,
    caller: Caller,
    ticket: Path<String>,
) -> Result<Json<CandidateView>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::ticket(&app, &caller.0, &ticket)).await?))
}

#[utoipa::path(get, path = "/api/v1/tickets/{ticket}/secret", tag = "sessions", params(("ticket" = String, Path)),
    responses((status = 200, body = SecretAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn secret(app: Data<App>, caller: Caller, ticket: Path<String>) -> Result<Json<SecretAnswer>, Problem> {
    let app = app.get_ref().clone();
    let secret = block(move || cases::secret(&app, &caller.0, &ticket)).await?;
    Ok(Json(SecretAnswer { secret }))
}
