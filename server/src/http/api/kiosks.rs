//! Kiosks: announced by people, then speaking for themselves.

use crate::app::App;
use crate::app::kiosks as cases;
use crate::app::log as witnessed;
use crate::http::extract::{KioskCall, Order, block, parse};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, Json, Path, Query, ServiceConfig};
use serde::{Deserialize, Serialize};
use shared::wire::v1::bundle::SignedBundle;
use shared::wire::v1::journal::JournalAnswer;
use shared::wire::v1::kiosk::EnrolAnswer;
use shared::wire::v1::log::{Cosigned, LogAnswer};
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(announce, enrol, bundle, head, journal, log, cosign, attachment, keep))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/points/{point}/kiosks", web::post().to(announce))
        .route("/api/v1/kiosk/enrol", web::post().to(enrol))
        .route("/api/v1/kiosk/bundle", web::get().to(bundle))
        .route("/api/v1/kiosk/journal", web::get().to(head))
        .route("/api/v1/kiosk/journal", web::post().to(journal))
        .route("/api/v1/kiosk/log", web::get().to(log))
        .route("/api/v1/kiosk/log", web::post().to(cosign))
        .route("/api/v1/kiosk/blobs/{sha256}", web::get().to(attachment))
        .route("/api/v1/kiosk/blobs/{sha256}", web::put().to(keep));
}

/// Nothing has to be said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Which day.
#[derive(Deserialize)]
struct Which {
    day: Option<String>,
}

/// How many entries the log had that a witness saw.
#[derive(Deserialize)]
struct LastSeen {
    seen: u64,
}

/// An announced kiosk.
#[derive(Serialize, ToSchema)]
pub struct AnnounceAnswer {
    /// Kiosk id.
    kiosk: String,
    /// One-time code; shown once.
    code: String,
    /// It can be used until then, epoch milliseconds.
    code_until: i64,
}

#[utoipa::path(post, path = "/api/v1/points/{point}/kiosks", tag = "kiosks", params(("point" = String, Path)),
    responses((status = 200, body = AnnounceAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
async fn announce(
    app: Data<App>,
    order: Order<Nothing>,
    point: Path<String>,
) -> Result<Json<AnnounceAnswer>, Problem> {
    let app = app.get_ref().clone();
    let announced = block(move || cases::announce(&app, &order.person, &point, order.once)).await?;
    let cases::Announced { kiosk, code, code_until } = announced;
    Ok(Json(AnnounceAnswer { kiosk, code, code_until }))
}

#[utoipa::path(post, path = "/api/v1/kiosk/enrol", tag = "kiosks", request_body = Object,
    responses((status = 200), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 422, body = Problem)))]
async fn enrol(app: Data<App>, body: Bytes) -> Result<Json<EnrolAnswer>, Problem> {
    let (app, request) = (app.get_ref().clone(), parse(&body)?);
    Ok(Json(block(move || cases::enrol(&app, &request)).await?))
}

#[utoipa::path(get, path = "/api/v1/kiosk/bundle", tag = "kiosks", params(("day" = Option<String>, Query)),
    responses((status = 200), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn bundle(app: Data<App>, call: KioskCall, which: Query<Which>) -> Result<Json<SignedBundle>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::bundle(&app, &call.kiosk, which.day.as_deref())).await?))
}

#[utoipa::path(get, path = "/api/v1/kiosk/journal", tag = "kiosks",
    responses((status = 200), (status = 401, body = Problem)))]
async fn head(app: Data<App>, call: KioskCall) -> Result<Json<JournalAnswer>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::head(&app, &call.kiosk)).await?))
}

#[utoipa::path(post, path = "/api/v1/kiosk/journal", tag = "kiosks",
    responses((status = 200), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem)))]
async fn journal(app: Data<App>, call: KioskCall) -> Result<Json<JournalAnswer>, Problem> {
    let (app, post) = (app.get_ref().clone(), call.json()?);
    Ok(Json(block(move || cases::take(&app, &call.kiosk, post)).await?))
}

#[utoipa::path(get, path = "/api/v1/kiosk/log", tag = "kiosks", params(("seen" = u64, Query)),
    responses((status = 200), (status = 401, body = Problem)))]
async fn log(app: Data<App>, _: KioskCall, last: Query<LastSeen>) -> Result<Json<LogAnswer>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || witnessed::for_witness(&app, last.seen)).await?))
}

#[utoipa::path(post, path = "/api/v1/kiosk/log", tag = "kiosks",
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 422, body = Problem)))]
async fn cosign(app: Data<App>, call: KioskCall) -> Result<HttpResponse, Problem> {
    let (app, cosigned) = (app.get_ref().clone(), call.json::<Cosigned>()?);
    block(move || witnessed::cosign(&app, &call.kiosk, &cosigned.note)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[utoipa::path(get, path = "/api/v1/kiosk/blobs/{sha256}", tag = "kiosks", params(("sha256" = String, Path)),
    responses((status = 200), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn attachment(app: Data<App>, call: KioskCall, name: Path<String>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let (content, media) = block(move || cases::attachment(&app, &call.kiosk, &name)).await?;
    Ok(HttpResponse::Ok().content_type(media).body(content))
}

#[utoipa::path(put, path = "/api/v1/kiosk/blobs/{sha256}", tag = "kiosks", params(("sha256" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem)))]
async fn keep(app: Data<App>, call: KioskCall, name: Path<String>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    block(move || cases::keep_capture(&app, &name, &call.body)).await?;
    Ok(HttpResponse::NoContent().finish())
}
