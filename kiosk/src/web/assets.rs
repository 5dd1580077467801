//! Style sheets and scripts; they are part of the program, so that there is nothing to install.

use actix_web::HttpResponse;
use actix_web::web::{Path, ServiceConfig, get};

const ASSETS: [(&str, &str, &str); 9] = [
    (
        "shared.css",
        CSS,
        concat!(
            include_str!("../../../shared/assets/tokens.css"),
            include_str!("../../../shared/assets/parts.css")
        ),
    ),
    ("kiosk.css", CSS, include_str!("../../assets/kiosk.css")),
    (
        "checkin.css",
        CSS,
        concat!(include_str!("../../../shared/assets/pad.css"), include_str!("../../assets/checkin.css")),
    ),
    ("board.css", CSS, include_str!("../../assets/board.css")),
    ("desk.css", CSS, include_str!("../../assets/desk.css")),
    ("kiosk.js", SCRIPT, include_str!("../../assets/kiosk.js")),
    ("checkin.js", SCRIPT, include_str!("../../assets/checkin.js")),
    ("board.js", SCRIPT, include_str!("../../assets/board.js")),
    (
        "desk.js",
        SCRIPT,
        concat!(include_str!("../../assets/desk.js"), include_str!("../../assets/receipt.js")),
    ),
];
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/assets/{name}", get().to(asset));
}

async fn asset(name: Path<String>) -> HttpResponse {
    match ASSETS.iter().find(|(known, _, _)| *known == name.as_str()) {
        Some((_, kind, text)) => HttpResponse::Ok().content_type(*kind).body(*text),
        None => super::problem::Problem::of("not_found").response(),
    }
}
