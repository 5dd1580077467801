//! Accounts. Two people may change the same one: a change names the version that it was made of (`If-Match`).

use super::world::Items;
use crate::app::App;
use crate::app::accounts::{self as cases, AccountChange, AccountSlip, AccountView, NewAccount};
use crate::app::auth::Throttle;
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::http::header::{ETAG, IF_MATCH};
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list, create, show, change, password, second_factor, own_password))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/accounts", web::get().to(list))
        .route("/api/v1/accounts", web::post().to(create))
        .route("/api/v1/accounts/{account}", web::get().to(show))
        .route("/api/v1/accounts/{account}", web::patch().to(change))
        .route("/api/v1/accounts/{account}/password", web::post().to(password))
        .route("/api/v1/accounts/{account}/second-factor", web::post().to(second_factor))
        .route("/api/v1/me/password", web::post().to(own_password));
}

/// Nothing has to be said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The present password and a new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// Present password.
    present: String,
    /// New password.
    new: String,
}

/// A token in the place of those that are void now.
#[derive(Serialize, ToSchema)]
struct TokenAgain {
    /// Bearer token (JWT).
    token: String,
}

#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts",
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list(app: Data<App>, _caller: Caller) -> Result<Json<Items<AccountView>>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(Items { items: block(move || cases::list(&app)).await? }))
}

#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = NewAccount,
    responses((status = 200, body = AccountSlip), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(app: Data<App>, order: Order<NewAccount>) -> Result<Json<AccountSlip>, Problem> {
    let app = app.get_ref().clone();
    let Order { person, body, once } = order;
    Ok(Json(block(move || cases::create(&app, &person, body, once)).await?))
}

#[utoipa::path(get, path = "/api/v1/accounts/{account}", tag = "accounts", params(("account" = String, Path)),
    responses((status = 200, body = AccountView, headers(("ETag" = String))), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn show(app: Data<App>, _caller: Caller, account: Path<String>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    Ok(tagged(&block(move || cases::show(&app, &account)).await?))
}

#[utoipa::path(patch, path = "/api/v1/accounts/{account}", tag = "accounts",
    params(("account" = String, Path), ("If-Match" = String, Header)), request_body = AccountChange,
    responses((status = 200, body = AccountView, headers(("ETag" = String))), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem)))]
async fn change(
    app: Data<App>,
    request: HttpRequest,
    order: Order<AccountChange>,
    account: Path<String>,
) -> Result<HttpResponse, Problem> {
    let version = seen(&request)?;
    let app = app.get_ref().clone();
    let Order { person, body, once } = order;
    Ok(tagged(&block(move || cases::edit(&app, &person, (&account, version), body, once)).await?))
}

#[utoipa::path(post, path = "/api/v1/accounts/{account}/password", tag = "accounts",
    params(("account" = String, Path)),
    responses((status = 200, body = AccountSlip), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn password(
    app: Data<App>,
    order: Order<Nothing>,
    account: Path<String>,
) -> Result<Json<AccountSlip>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::reset_password(&app, &order.person, &account, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/accounts/{account}/second-factor", tag = "accounts",
    params(("account" = String, Path)),
    responses((status = 200, body = AccountSlip), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn second_factor(
    app: Data<App>,
    order: Order<Nothing>,
    account: Path<String>,
) -> Result<Json<AccountSlip>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || cases::reset_second_factor(&app, &order.person, &account, order.once)).await?))
}

#[utoipa::path(post, path = "/api/v1/me/password", tag = "accounts", request_body = NewPassword,
    responses((status = 200, body = TokenAgain), (status = 401, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
async fn own_password(
    app: Data<App>,
    throttle: Data<Throttle>,
    order: Order<NewPassword>,
) -> Result<Json<TokenAgain>, Problem> {
    let app = app.get_ref().clone();
    let Order { person, body, .. } = order;
    let work = move || cases::change_password(&app, &throttle, &person, (&body.present, &body.new));
    let (token, _) = block(work).await?;
    Ok(Json(TokenAgain { token }))
}

fn tagged(account: &AccountView) -> HttpResponse {
    HttpResponse::Ok().insert_header((ETAG, format!("\"{}\"", account.version))).json(account)
}

/// The version that the caller has seen. A tag that none of ours can be fits nothing.
fn seen(request: &HttpRequest) -> Result<i64, Problem> {
    let header =
        request.headers().get(IF_MATCH).ok_or_else(|| Problem::new("precondition-required", None))?;
    let tag = header.to_str().unwrap_or_default().trim();
    let version = tag.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
    version.ok_or_else(|| Problem::new("precondition-failed", None))
}
