//! Logging in and out.

use crate::app::App;
use crate::app::auth::{self, Person, Throttle};
use crate::http::extract::{Caller, block, parse};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, Json, ServiceConfig};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(login, renew, logout, me))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/auth/login", web::post().to(login))
        .route("/api/v1/auth/renew", web::post().to(renew))
        .route("/api/v1/auth/logout", web::post().to(logout))
        .route("/api/v1/me", web::get().to(me));
}

/// What somebody types to log in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    /// Login name.
    login: String,
    /// Password.
    password: String,
    /// Six digits of the second factor, for those who administer.
    totp: Option<String>,
}

/// A token and whose it is.
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// Bearer token (JWT).
    token: String,
    /// End of the token, epoch milliseconds.
    expires_at: i64,
    /// Role.
    role: String,
    /// Name shown.
    display_name: String,
}

/// Somebody with an account.
#[derive(Serialize, ToSchema)]
pub struct MeAnswer {
    /// Account id.
    account: String,
    /// Login name.
    login: String,
    /// Role.
    role: String,
    /// Name shown.
    display_name: String,
    /// Staff code.
    staff: Option<String>,
    /// Organisation.
    organisation: Option<String>,
    /// Exam point.
    point: Option<String>,
}

#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = LoginBody,
    responses((status = 200, body = TokenAnswer), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn login(app: Data<App>, throttle: Data<Throttle>, body: Bytes) -> Result<Json<TokenAnswer>, Problem> {
    let body: LoginBody = parse(&body)?;
    let app = app.get_ref().clone();
    let (token, person) =
        block(move || auth::login(&app, &throttle, &body.login, &body.password, body.totp.as_deref()))
            .await?;
    Ok(Json(answer(token, &person)))
}

#[utoipa::path(post, path = "/api/v1/auth/renew", tag = "auth",
    responses((status = 200, body = TokenAnswer), (status = 401, body = Problem)))]
async fn renew(app: Data<App>, caller: Caller) -> Result<Json<TokenAnswer>, Problem> {
    let mut person = caller.0;
    let token = auth::renew(&app, &person)?;
    person.exp = app.clock.now().millis() / 1000 + auth::PERSON_SECONDS;
    Ok(Json(answer(token, &person)))
}

#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth",
    responses((status = 204), (status = 401, body = Problem)))]
async fn logout(app: Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    block(move || auth::logout(&app, &caller.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[utoipa::path(get, path = "/api/v1/me", tag = "auth",
    responses((status = 200, body = MeAnswer), (status = 401, body = Problem)))]
async fn me(caller: Caller) -> Json<MeAnswer> {
    let p = caller.0;
    Json(MeAnswer {
        account: p.account,
        login: p.login,
        role: p.role.word().to_owned(),
        display_name: p.display_name,
        staff: p.staff,
        organisation: p.organisation,
        point: p.point,
    })
}

fn answer(token: String, person: &Person) -> TokenAnswer {
    TokenAnswer {
        token,
        expires_at: person.exp.saturating_mul(1000),
        role: person.role.word().to_owned(),
        display_name: person.display_name.clone(),
    }
}
