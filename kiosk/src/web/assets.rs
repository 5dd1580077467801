//! Style sheets and scripts; they are part of the program, so that there is nothing to install.

use actix_web::HttpResponse;
use actix_web::web::{Path, ServiceConfig, get};

const ASSETS: [(&str, &str, &str); 5] = [
    ("kiosk.css", "text/css; charset=utf-8", include_str!("../../assets/kiosk.css")),
    ("kiosk.js", "text/javascript; charset=utf-8", include_str!("../../assets/kiosk.js")),
    ("checkin.js", "text/javascript; charset=utf-8", include_str!("../../assets/checkin.js")),
    ("board.js", "text/javascript; charset=utf-8", include_str!("../../assets/board.js")),
    ("desk.js", "text/javascript; charset=utf-8", include_str!("../../assets/desk.js")),
];

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/assets/{name}", get().to(asset));
}

async fn asset(name: Path<String>) -> HttpResponse {
    match ASSETS.iter().find(|(known, _, _)| *known == name.as_str()) {
        Some((_, kind, text)) => HttpResponse::Ok().content_type(*kind).body(*text),
        None => super::problem::Problem::of("not_found").response(),
    }
}
