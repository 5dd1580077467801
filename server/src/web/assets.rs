//! Style sheet, script and icons, from memory. Their addresses hold a digest of the content, so that browsers keep
//! them for good and still get a new one at once.

use crate::http::problem::Problem;
use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, ContentEncoding, ETAG, Encoding, Header, IF_NONE_MATCH, VARY,
};
use actix_web::web::{self, Bytes, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::OnceLock;

/// Name, media type, content.
const FILES: [(&str, &str, &str); 14] = [
    (
        "kaodian.css",
        "text/css; charset=utf-8",
        // In the order in which they apply; an area's own file comes after the common ones.
        concat!(
            include_str!("../../../shared/assets/tokens.css"),
            include_str!("../../../shared/assets/parts.css"),
            include_str!("../../assets/css/base.css"),
            include_str!("../../assets/css/components.css"),
            include_str!("../../assets/css/parts.css"),
            include_str!("../../assets/css/pages.css"),
            include_str!("../../../shared/assets/pad.css"),
            include_str!("../../assets/css/small.css"),
            include_str!("../../assets/css/print.css"),
            include_str!("../../assets/css/my.css"),
            include_str!("../../assets/css/centre.css"),
            include_str!("../../assets/css/room.css"),
            include_str!("../../assets/css/ready.css"),
            include_str!("../../assets/css/admin.css"),
            include_str!("../../assets/css/desk.css"),
            include_str!("../../assets/css/questions.css"),
            include_str!("../../assets/css/draw.css"),
            include_str!("../../assets/css/point.css"),
        ),
    ),
    (
        "kaodian.js",
        "text/javascript; charset=utf-8",
        concat!(
            include_str!("../../assets/js/menu.js"),
            include_str!("../../assets/js/ending.js"),
            include_str!("../../assets/js/busy.js"),
            include_str!("../../assets/js/board.js"),
            include_str!("../../assets/js/keys.js"),
            include_str!("../../assets/js/check.js"),
            include_str!("../../assets/js/secret.js"),
        ),
    ),
    ("register.js", "text/javascript; charset=utf-8", include_str!("../../assets/register.js")),
    ("seat.css", "text/css; charset=utf-8", include_str!("../../assets/css/seat.css")),
    (
        "seat.js",
        "text/javascript; charset=utf-8",
        // The paper, and its line to the server.
        concat!(
            include_str!("../../assets/js/seat-store.js"),
            include_str!("../../assets/seat.js"),
            include_str!("../../assets/seat-picture.js"),
            include_str!("../../assets/js/seat-voice.js"),
            include_str!("../../assets/js/seat-line.js"),
        ),
    ),
    ("practice.css", "text/css; charset=utf-8", include_str!("../../assets/css/practice.css")),
    (
        "practice.js",
        "text/javascript; charset=utf-8",
        // The same paper, and the line for practising.
        concat!(
            include_str!("../../assets/seat.js"),
            include_str!("../../assets/seat-picture.js"),
            include_str!("../../assets/js/seat-voice.js"),
            include_str!("../../assets/js/practice.js"),
        ),
    ),
    ("station.js", "text/javascript; charset=utf-8", include_str!("../../assets/station.js")),
    ("icons.svg", "image/svg+xml", include_str!("../../assets/icons.svg")),
    ("draw.md", "text/markdown; charset=utf-8", include_str!("../../../docs/draw.md")),
    ("draw_check.py", "text/plain; charset=utf-8", include_str!("../../../docs/draw_check.py")),
    ("log.md", "text/markdown; charset=utf-8", include_str!("../../../docs/log.md")),
    ("log_check.py", "text/plain; charset=utf-8", include_str!("../../../docs/log_check.py")),
    ("mark.svg", "image/svg+xml", include_str!("../../assets/mark.svg")),
];

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/assets/{file}", web::get().to(asset));
}

/// Digest over all files: they change together, with the program.
#[must_use]
pub fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut hasher = Sha256::new();
        FILES.iter().for_each(|(_, _, content)| hasher.update(content.as_bytes()));
        let digest = hex::encode(hasher.finalize());
        digest.chars().take(12).collect()
    })
}

/// Address of a file with its version.
#[must_use]
pub fn url(name: &str) -> String {
    format!("/assets/{name}?v={}", version())
}

/// Each file packed as small as it goes, once: a page is painted only when its style sheet is there.
fn packed(name: &str) -> Option<&'static Bytes> {
    static PACKED: OnceLock<Vec<(&str, Bytes)>> = OnceLock::new();
    let pack = |name: &str, content: &str| {
        let content = if name.ends_with(".css") { bare(content) } else { content.to_owned() };
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(content.as_bytes()).ok()?;
        packed.finish().ok()
    };
    let all = PACKED.get_or_init(|| {
        FILES.iter().filter_map(|(name, _, content)| Some((*name, pack(name, content)?.into()))).collect()
    });
    all.iter().find(|(n, _)| *n == name).map(|(_, packed)| packed)
}

/// A style sheet without its comments.
fn bare(css: &str) -> String {
    let mut parts = css.split("/*");
    let first = parts.next().unwrap_or_default();
    let rest = parts.filter_map(|part| part.split_once("*/")).map(|(_, rules)| rules);
    std::iter::once(first).chain(rest).collect()
}

async fn asset(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let found = FILES.iter().find(|(n, _, _)| *n == name.as_str());
    let (_, media, content) = found.ok_or_else(|| Problem::new("not-found", None))?;
    let tag = format!("\"{}\"", version());
    // Without the version in its address a file has to be asked for again; the tag makes that cheap.
    let versioned = request.query_string() == format!("v={}", version());
    let keep = if versioned { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let known = request.headers().get(IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|k| k.contains(&tag)) {
        return Ok(HttpResponse::NotModified()
            .insert_header((ETAG, tag))
            .insert_header((CACHE_CONTROL, keep))
            .finish());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, keep));
    response.content_type(*media).insert_header((VARY, "accept-encoding"));
    let taken = AcceptEncoding::parse(&request).ok().and_then(|a| a.negotiate([Encoding::gzip()].iter()));
    Ok(match packed(&name).filter(|_| taken == Some(Encoding::gzip())) {
        Some(packed) => response.insert_header(ContentEncoding::Gzip).body(packed.clone()),
        None => response.body(*content),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_loses_its_comments_and_nothing_else() {
        assert_eq!(bare("/* a */\nb { c: d; } /* e\n f */ g { h: i; }"), "\nb { c: d; }  g { h: i; }");
        assert_eq!(bare("b { c: d; }"), "b { c: d; }");
    }
}
