//! What the pages share: the frame around them, pictures, and how a part of a page is sent. Parts that change are
//! rendered here too and fetched by the pages' scripts, so that every text comes from the language files.

use super::problem::Problem;
use super::{App, board, checkin, desk, preview};
use crate::agent::view::{Look, PersonView};
use crate::digest::Digest;
use crate::text::{Lang, Texts};
use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::web::{Data, Path, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use shared::time::Instant;

pub(super) fn routes(config: &mut ServiceConfig) {
    checkin::routes(config);
    board::routes(config);
    desk::routes(config);
    preview::routes(config);
    config.route("/pictures/{digest}", get().to(picture));
}

/// `?lang=`, and what else a page may be asked for.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    lang: Option<String>,
    /// A person.
    pub(super) ticket: Option<String>,
    /// A part of the desk.
    pub(super) tab: Option<String>,
}

impl PageQuery {
    pub(super) fn texts(&self) -> Texts {
        Texts::new(Lang::from_word(self.lang.as_deref().unwrap_or_default()))
    }
}

/// What every page shows at its top.
pub(super) struct Frame {
    pub(super) t: Texts,
    pub(super) point: String,
    pub(super) controlled_clock: bool,
    pub(super) path: &'static str,
}

/// Where a person sits.
pub(super) struct Place {
    pub(super) ticket: String,
    pub(super) name: String,
    pub(super) trade: String,
    pub(super) room: String,
    pub(super) seat: u32,
    pub(super) time: String,
}

/// Pictures of people of the day, and no others.
async fn picture(app: Data<App>, digest: Path<String>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let digest = Digest::parse(&digest).map_err(|_| Problem::of("not_found"))?;
    if !look.shows(&digest.to_string()) {
        return Err(Problem::of("not_found"));
    }
    let pictures = app.pictures.clone();
    let bytes = actix_web::web::block(move || pictures.take(digest)).await;
    match bytes {
        Ok(Ok(Some(bytes))) => Ok(HttpResponse::Ok().content_type("image/jpeg").body(bytes)),
        _ => Err(Problem::of("not_found")),
    }
}

pub(super) fn frame(t: Texts, look: &Look, path: &'static str) -> Frame {
    let point = look.day.as_ref().map(|day| in_language(&t, &day.point_zh, &day.point_en).to_owned());
    Frame {
        t,
        point: point.unwrap_or_default(),
        controlled_clock: look.day.as_ref().is_some_and(|day| day.controlled_clock),
        path,
    }
}

pub(super) fn in_language<'a>(t: &Texts, zh: &'a str, en: &'a str) -> &'a str {
    if t.lang() == Lang::En { en } else { zh }
}

pub(super) fn trade<'a>(t: &Texts, person: &'a PersonView) -> &'a str {
    in_language(t, &person.trade_zh, &person.trade_en)
}

pub(super) fn place(t: &Texts, person: &PersonView) -> Place {
    Place {
        ticket: person.ticket.clone(),
        name: person.name.clone(),
        trade: trade(t, person).to_owned(),
        room: in_language(t, &person.room_zh, &person.room_en).to_owned(),
        seat: person.seat,
        time: Instant::from_millis(person.starts_at).time_in_china(),
    }
}

/// A queue number as it is shown everywhere: three digits at least.
pub(super) fn number(person: &PersonView) -> String {
    person.number.map_or_else(String::new, |number| format!("{number:03}"))
}

pub(super) fn html(page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(text) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(text),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            Problem::of("stopping").response()
        }
    }
}

/// The part, or status 304 if whoever asks has it already.
pub(super) fn html_if_changed(request: &HttpRequest, part: &impl Template) -> HttpResponse {
    let Ok(text) = part.render() else { return html(part) };
    let tag = format!("\"{}\"", Digest::of(text.as_bytes()));
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(tag.as_str()) {
        return HttpResponse::NotModified().finish();
    }
    HttpResponse::Ok().content_type("text/html; charset=utf-8").insert_header((ETAG, tag)).body(text)
}
