//! The page that does a draw again in the browser, as it also lies on a USB stick: three files of `docs/draw-verify`.

use super::page::see;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Path, ServiceConfig};

/// Name, media type, content.
const FILES: [(&str, &str, &str); 3] = [
    ("index.html", "text/html; charset=utf-8", include_str!("../../../docs/draw-verify/index.html")),
    (
        "draw-verify.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../docs/draw-verify/draw-verify.js"),
    ),
    ("draw-verify.css", "text/css; charset=utf-8", include_str!("../../../docs/draw-verify/draw-verify.css")),
];

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/verify-draw", web::get().to(first)).route("/verify-draw/{file}", web::get().to(file));
}

async fn first() -> HttpResponse {
    see("/verify-draw/index.html")
}

async fn file(name: Path<String>) -> Result<HttpResponse, Problem> {
    let found = FILES.iter().find(|(known, _, _)| *known == name.as_str());
    let (_, media, content) = found.ok_or_else(|| Problem::new("not-found", None))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, *media))
        .insert_header((CACHE_CONTROL, "public, no-cache"))
        .body(*content))
}
