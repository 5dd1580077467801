//! Evidence packages of a candidate or a session.

use crate::app::App;
use crate::app::evidence::{self as cases, Package, Subject};
use crate::http::extract::{Order, block};
use crate::http::problem::Problem;
use crate::text::Lang;
use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(make), components(schemas(EvidenceOrder)))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/evidence", web::post().to(make));
}

/// Whom the package is about: a ticket or a session, not both.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceOrder {
    /// Ticket number of a candidate.
    pub ticket: Option<String>,
    /// Session id.
    pub session: Option<String>,
    /// Language of the report: `zh` (the default) or `en`.
    pub lang: Option<String>,
}

#[utoipa::path(post, path = "/api/v1/evidence", tag = "log", request_body = EvidenceOrder,
    responses((status = 200, content_type = "application/zip"), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn make(app: Data<App>, order: Order<EvidenceOrder>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let package = block(move || {
        let EvidenceOrder { ticket, session, lang } = order.body;
        let subject = Subject::of(ticket.as_deref(), session.as_deref())?;
        let lang = lang.as_deref().and_then(Lang::from_word).unwrap_or_default();
        cases::make(&app, &order.person, &subject, lang)
    })
    .await?;
    Ok(download(package))
}

/// The package as a file that nobody keeps on the way.
pub fn download(package: Package) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CACHE_CONTROL, "no-store, private"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", package.name)))
        .body(package.bytes)
}
