//! The live view of the camera: what it sees now, small, only while somebody is being photographed. Nothing is kept of it.

use super::App;
use super::problem::Problem;
use crate::device::portrait::jpeg;
use actix_web::HttpResponse;
use actix_web::web::{Data, Query, ServiceConfig, block, get};
use serde::Deserialize;

/// Height of the live view in pixels; the check-in screen shows it a little larger.
const HEIGHT: u32 = 480;
/// Stages in which a person may be photographed.
const PHOTOGRAPHING: [&str; 3] = ["checked_in", "photographed", "different"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/preview", get().to(preview));
}

#[derive(Deserialize)]
struct Whom {
    ticket: String,
}

/// The latest picture, or status 204 while there is none.
async fn preview(app: Data<App>, whom: Query<Whom>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let person = look.person(&whom.ticket).ok_or(Problem::of("unknown_ticket"))?;
    if !PHOTOGRAPHING.contains(&person.stage) {
        return Err(Problem::of("not_found"));
    }
    let eye = app.eye.clone();
    let small = block(move || eye.view().and_then(|picture| small(&picture))).await;
    Ok(match small {
        Ok(Some(picture)) => HttpResponse::Ok().content_type("image/jpeg").body(picture),
        _ => HttpResponse::NoContent().finish(),
    })
}

fn small(picture: &[u8]) -> Option<Vec<u8>> {
    let picture = image::load_from_memory(picture).ok()?;
    let width = picture.width().saturating_mul(HEIGHT) / picture.height().max(1);
    let small = if picture.height() > HEIGHT { picture.thumbnail(width, HEIGHT) } else { picture };
    jpeg(&small.into_rgb8())
}
