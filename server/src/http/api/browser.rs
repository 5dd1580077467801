//! Under which browser a session is sat.

use crate::app::App;
use crate::app::browser::{self as cases, BrowserOrder, BrowserView, Shown};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::HttpRequest;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use shared::seb::{CONFIG_HEADER, EXAM_HEADER};

/// Header in which our own page says what the browser told it: the two keys hashed with the page's address, and the address,
/// with a blank between them; `-` for a key that it was not told.
const PAGE_HEADER: &str = "x-kaodian-browser";

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(show, demand))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/sessions/{session}/browser", web::get().to(show))
        .route("/api/v1/sessions/{session}/browser", web::post().to(demand));
}

#[utoipa::path(get, path = "/api/v1/sessions/{session}/browser", tag = "sessions",
    params(("session" = String, Path)),
    responses((status = 200, body = Option<BrowserView>), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn show(
    app: Data<App>,
    _caller: Caller,
    session: Path<String>,
) -> Result<Json<Option<BrowserView>>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::shown(&app, &session)).await?))
}

#[utoipa::path(post, path = "/api/v1/sessions/{session}/browser", tag = "sessions",
    params(("session" = String, Path)), request_body = BrowserOrder,
    responses((status = 200, body = BrowserView), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn demand(
    app: Data<App>,
    session: Path<String>,
    order: Order<BrowserOrder>,
) -> Result<Json<BrowserView>, Problem> {
    let app = app.get_ref().clone();
    let work = move || cases::demand(&app, &order.person, &session, order.body, order.once);
    Ok(Json(block(work).await?))
}

/// What a request shows of the browser that sent it.
pub(super) fn shown(request: &HttpRequest) -> Shown {
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let page = header(PAGE_HEADER).and_then(|text| {
        let mut parts = text.splitn(3, ' ').map(str::to_owned);
        Some((parts.next()?, parts.next()?, parts.next()?))
    });
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    Shown { path, config: header(CONFIG_HEADER), exam: header(EXAM_HEADER), page }
}
