//! Practising, for everybody.

use super::theory::Nothing;
use super::world::Items;
use crate::app::App;
use crate::app::practice::{self, Mock, MockOrder, MockResult, PracticeBank, PracticeTrade};
use crate::app::voices;
use crate::bankfile::picture as pictures;
use crate::http::extract::{block, parse};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, Json, Path, ServiceConfig};

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(trades, questions, picture, voice, mock, hand_in))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/practice", web::get().to(trades))
        .route("/api/v1/practice/{trade}", web::get().to(questions))
        .route("/api/v1/practice/{trade}/pictures/{picture}", web::get().to(picture))
        .route("/api/v1/practice/{trade}/voice/{text}", web::get().to(voice))
        .route("/api/v1/practice/{trade}/mock", web::post().to(mock))
        .route("/api/v1/practice/{trade}/mock/hand-in", web::post().to(hand_in));
}

#[utoipa::path(get, path = "/api/v1/practice", tag = "practice",
    responses((status = 200, body = Items<PracticeTrade>)))]
async fn trades(app: Data<App>) -> Result<Json<Items<PracticeTrade>>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(Items { items: block(move || practice::trades(&app)).await? }))
}

#[utoipa::path(get, path = "/api/v1/practice/{trade}", tag = "practice", params(("trade" = String, Path)),
    responses((status = 200, body = PracticeBank), (status = 404, body = Problem)))]
async fn questions(app: Data<App>, trade: Path<String>) -> Result<Json<PracticeBank>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(block(move || practice::questions(&app, &trade)).await?))
}

#[utoipa::path(get, path = "/api/v1/practice/{trade}/pictures/{picture}", tag = "practice",
    params(("trade" = String, Path), ("picture" = String, Path)),
    responses((status = 200, content_type = "image/*", body = Vec<u8>), (status = 404, body = Problem)))]
async fn picture(app: Data<App>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let content = block(move || practice::picture(&app, &path.0, &path.1)).await?;
    let kind = pictures::kept_kind(&content);
    Ok(HttpResponse::Ok().content_type(kind.media_type()).body(content))
}

#[utoipa::path(get, path = "/api/v1/practice/{trade}/voice/{text}", tag = "practice",
    params(("trade" = String, Path), ("text" = String, Path, description = "SHA-256 of the text, hexadecimal")),
    responses((status = 200, content_type = "audio/wav", body = Vec<u8>), (status = 404, body = Problem)))]
async fn voice(app: Data<App>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let sound = block(move || voices::of_practice(&app, &path.0, &path.1)).await?;
    Ok(HttpResponse::Ok().content_type("audio/wav").body(sound))
}

#[utoipa::path(post, path = "/api/v1/practice/{trade}/mock", tag = "practice", params(("trade" = String, Path)),
    request_body = Nothing,
    responses((status = 200, body = Mock), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn mock(app: Data<App>, trade: Path<String>, body: Bytes) -> Result<Json<Mock>, Problem> {
    let Nothing {} = parse(&body)?;
    let app = app.get_ref().clone();
    Ok(Json(block(move || practice::mock(&app, &trade)).await?))
}

#[utoipa::path(post, path = "/api/v1/practice/{trade}/mock/hand-in", tag = "practice",
    params(("trade" = String, Path)), request_body = MockOrder,
    responses((status = 200, body = MockResult), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
async fn hand_in(app: Data<App>, trade: Path<String>, body: Bytes) -> Result<Json<MockResult>, Problem> {
    let order: MockOrder = parse(&body)?;
    let app = app.get_ref().clone();
    Ok(Json(block(move || practice::hand_in(&app, &trade, &order)).await?))
}
