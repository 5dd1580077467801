//! What the board page plays: it asks for the next call, plays its sound, and tells when it began and ended.

use super::App;
use super::problem::Problem;
use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, resource};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// Longest name that a board page gives itself.
const LONGEST_NAME: usize = 64;

pub(super) fn routes(config: &mut ServiceConfig) {
    let not_found = || web::to(super::problem::not_found);
    let mut route = |path: &str, route: actix_web::Route| {
        config.service(resource(path).route(route).default_service(not_found()));
    };
    route("/api/voice/next", post().to(next));
    route("/api/voice/playing", post().to(playing));
    route("/api/voice/ended", post().to(ended));
    route("/voice/{id}.wav", get().to(sound));
}

/// A board page by the name that it has given itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoardBody {
    board: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlayBody {
    board: String,
    id: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndedBody {
    board: String,
    id: u64,
    /// False if the page could not play it.
    heard: bool,
}

/// The call that this page plays now; nothing while there is none, or another page plays.
async fn next(app: Data<App>, body: Json<BoardBody>) -> HttpResponse {
    if body.board.chars().count() > LONGEST_NAME {
        return super::problem::malformed("the name of the board is too long").response();
    }
    match app.voice.next(&body.board) {
        Some(given) => HttpResponse::Ok().json(given),
        None => HttpResponse::NoContent().finish(),
    }
}

async fn playing(app: Data<App>, body: Json<PlayBody>) -> HttpResponse {
    app.voice.playing(&body.board, body.id);
    HttpResponse::NoContent().finish()
}

async fn ended(app: Data<App>, body: Json<EndedBody>) -> HttpResponse {
    app.voice.ended(&body.board, body.id, body.heard);
    HttpResponse::NoContent().finish()
}

async fn sound(app: Data<App>, id: Path<u64>) -> Result<HttpResponse, Problem> {
    let sound = app.voice.sound(id.into_inner()).ok_or(Problem::of("not_found"))?;
    Ok(HttpResponse::Ok().content_type("audio/wav").body(Vec::clone(&sound)))
}
