//! The admission ticket as a document.

use crate::app::App;
use crate::app::tickets as cases;
use crate::http::extract::{Caller, block};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, ServiceConfig};

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(pdf))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/tickets/{ticket}/pdf", web::get().to(pdf));
}

/// An answer that is a PDF.
#[must_use]
pub fn document(bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/pdf").body(bytes)
}

#[utoipa::path(get, path = "/api/v1/tickets/{ticket}/pdf", tag = "tickets", params(("ticket" = String, Path)),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn pdf(app: Data<App>, caller: Caller, ticket: Path<String>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let rendered = block(move || cases::pdf(&app, &caller.0, &ticket)).await?;
    Ok(document(rendered.bytes))
}
