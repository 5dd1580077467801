//! Certificates and their verification.

use super::tickets::document;
use super::world::{Page, PageQuery};
use crate::app::App;
use crate::app::certificates::{self as cases, CertificateError, Listed, Report};
use crate::http::extract::{Caller, Order, block, parse};
use crate::http::problem::Problem;
use crate::keys::Purpose;
use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, Json, Path, Query, ServiceConfig};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(issue, list, show, pdf, verify, keys))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/sessions/{session}/certificates", web::post().to(issue))
        .route("/api/v1/certificates", web::get().to(list))
        .route("/api/v1/certificates/{certificate}", web::get().to(show))
        .route("/api/v1/certificates/{certificate}/pdf", web::get().to(pdf))
        .route("/api/v1/verify", web::post().to(verify))
        .route("/api/v1/keys.json", web::get().to(keys));
}

/// Nothing has to be said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Which certificates.
#[derive(Deserialize)]
struct Which {
    due_until: Option<String>,
}

/// A text to check.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyBody {
    /// Text of a certificate's QR code.
    text: String,
}

/// One certificate with its code.
#[derive(Serialize, ToSchema)]
pub struct CertificateAnswer {
    /// As lists show it.
    #[serde(flatten)]
    certificate: Listed,
    /// Text of the QR code.
    code: String,
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/certificates", tag = "certificates",
    params(("session" = String, Path)),
    responses((status = 200, body = Report), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn issue(
    app: Data<App>,
    order: Order<Nothing>,
    session: Path<String>,
) -> Result<Json<Report>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::issue(&app, &order.person, &session, order.once)).await?))
}

#[utoipa::path(get, path = "/api/v1/certificates", tag = "certificates",
    params(("due_until" = Option<String>, Query), ("page" = Option<u32>, Query), ("per_page" = Option<u32>, Query)),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
async fn list(
    app: Data<App>,
    caller: Caller,
    which: Query<Which>,
    page: Query<PageQuery>,
) -> Result<Json<Page<Listed>>, Problem> {
    let app = app.get_ref().clone();
    let (items, total) =
        block(move || cases::list(&app, &caller.0, which.due_until.as_deref(), page.range())).await?;
    Ok(Json(Page { items, total }))
}

#[utoipa::path(get, path = "/api/v1/certificates/{certificate}", tag = "certificates",
    params(("certificate" = String, Path)),
    responses((status = 200, body = CertificateAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn show(app: Data<App>, caller: Caller, id: Path<String>) -> Result<Json<CertificateAnswer>, Problem> {
    let app = app.get_ref().clone();
    let (certificate, code) = block(move || cases::show(&app, &caller.0, &id)).await?;
    Ok(Json(CertificateAnswer { certificate, code }))
}

#[utoipa::path(get, path = "/api/v1/certificates/{certificate}/pdf", tag = "certificates",
    params(("certificate" = String, Path)),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn pdf(app: Data<App>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    Ok(document(block(move || cases::pdf(&app, &caller.0, &id)).await?))
}

#[utoipa::path(post, path = "/api/v1/verify", tag = "certificates", request_body = VerifyBody,
    responses((status = 200), (status = 400, body = Problem)))]
async fn verify(app: Data<App>, body: Bytes) -> Result<Json<Value>, Problem> {
    let (app, body): (App, VerifyBody) = (app.get_ref().clone(), parse(&body)?);
    let opened = block(move || cases::verify(&app, &body.text)).await?;
    Ok(Json(crate::certificate_json::opened(&opened)))
}

#[utoipa::path(get, path = "/api/v1/keys.json", tag = "certificates", responses((status = 200)))]
async fn keys(app: Data<App>) -> Result<HttpResponse, Problem> {
    let keys = cases::key_set(&app, &[Purpose::Certificate]).map_err(CertificateError::from)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(shared::wire::keys::write(&keys)))
}
