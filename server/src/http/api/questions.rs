//! Questions of banks: a bank as a file, and the pictures of a paper.

use crate::app::App;
use crate::app::bank_export;
use crate::app::pictures;
use crate::app::theory::Seat;
use crate::bankfile::picture;
use crate::http::extract::{Caller, SeatCall, block};
use crate::http::problem::Problem;
use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{Error, HttpResponse};
use serde::Deserialize;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(export, seat_picture))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/banks/{bank}/export", web::get().to(export))
        .route("/api/v1/seat/pictures/{position}", web::get().to(seat_picture));
}

/// The form of the file.
#[derive(Deserialize)]
struct ExportQuery {
    format: String,
}

#[utoipa::path(get, path = "/api/v1/banks/{bank}/export", tag = "banks",
    params(("bank" = String, Path), ("format" = String, Query, description = "xlsx, qti3, json or csv")),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn export(
    app: Data<App>,
    caller: Caller,
    bank: Path<String>,
    query: Result<Query<ExportQuery>, Error>,
) -> Result<HttpResponse, Error> {
    let (app, format) = (app.get_ref().clone(), query?.into_inner().format);
    let file = block(move || bank_export::export(&app, &caller.0, &bank, &format)).await?;
    Ok(attached(file))
}

/// A bank as a download.
pub fn attached(file: bank_export::Exported) -> HttpResponse {
    let name = DispositionParam::Filename(file.name);
    let disposition = ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![name] };
    HttpResponse::Ok()
        .content_type(file.format.media_type())
        .insert_header(("cache-control", "no-store"))
        .insert_header(disposition)
        .body(file.bytes)
}

#[utoipa::path(get, path = "/api/v1/seat/pictures/{position}", tag = "seat", params(("position" = u32, Path)),
    responses((status = 200, content_type = "image/*", body = Vec<u8>), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn seat_picture(app: Data<App>, call: SeatCall, position: Path<u32>) -> Result<HttpResponse, Problem> {
    let (app, seat) = (app.get_ref().clone(), Seat { ticket: call.ticket, token: call.token });
    let content = block(move || pictures::of_seat(&app, &seat, *position)).await?;
    let kind = picture::kept_kind(&content);
    Ok(HttpResponse::Ok().content_type(kind.media_type()).body(content))
}
