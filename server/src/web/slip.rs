//! The hand-in slip: its QR code at the seat, the document, and for anybody who has one what the log has of it.

use super::page::{Frame, Guest, site};
use super::parts::pdf;
use super::qr;
use super::verify::Lines;
use crate::app::App;
use crate::app::theory::{Proven, prove, slip_pdf};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use shared::time::Instant;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/slip", web::get().to(show))
        .route("/slip.pdf", web::get().to(document))
        .route("/slip.svg", web::get().to(code));
}

/// What stands on a slip.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Printed {
    ticket: String,
    hash: String,
}

#[derive(Template)]
#[template(path = "slip/index.html")]
struct SlipPage<'a> {
    frame: &'a Frame,
    printed: &'a Printed,
    answer: Option<Lines>,
    proven: Option<&'a Proven>,
}

async fn show(guest: Guest, app: Data<App>, printed: Query<Printed>) -> Result<HttpResponse, Problem> {
    let (frame, app) = (guest.0, app.get_ref().clone());
    let printed =
        Printed { ticket: printed.ticket.trim().to_owned(), hash: printed.hash.replace(['-', ' '], "") };
    let (ticket, hash) = (printed.ticket.clone(), printed.hash.clone());
    let asked = !ticket.is_empty() || !hash.is_empty();
    let proven = block(move || prove(&app, &ticket, &hash)).await?;
    let answer = asked.then(|| match &proven {
        Some(proven) => Lines {
            tone: "good",
            icon: "check",
            title: frame.t("page-handin-good"),
            text: frame.t(if proven.in_the_log {
                "page-handin-good-text"
            } else {
                "page-handin-waiting-text"
            }),
            facts: vec![
                (frame.t("page-handin-ticket"), proven.ticket.clone()),
                (frame.t("page-handin-ended"), Instant::from_millis(proven.ended_at).minute_in_china()),
                (frame.t("page-handin-answered"), proven.answered.to_string()),
                (frame.t("page-handin-event"), proven.event.to_string()),
                (frame.t("page-handin-hash"), printed.hash.to_lowercase()),
            ],
        },
        None => Lines {
            tone: "bad",
            icon: "alert",
            title: frame.t("page-handin-bad"),
            text: frame.t("page-handin-bad-text"),
            facts: Vec::new(),
        },
    });
    let page = SlipPage { frame: &frame, printed: &printed, answer, proven: proven.as_ref() };
    frame.answer(StatusCode::OK, &page)
}

async fn document(
    request: HttpRequest,
    app: Data<App>,
    printed: Query<Printed>,
) -> Result<HttpResponse, Problem> {
    let (site, app, printed) = (site(&request), app.get_ref().clone(), printed.into_inner());
    let name = format!("slip-{}", plain(&printed.ticket));
    let made = block(move || slip_pdf(&app, &printed.ticket, &printed.hash, &site)).await?;
    let made = made.ok_or_else(|| Problem::new("not-found", None))?;
    Ok(pdf(&name, made.bytes))
}

/// The QR code of a slip; it says no more than who asks for it.
async fn code(request: HttpRequest, printed: Query<Printed>) -> Result<HttpResponse, Problem> {
    let text =
        format!("{}/slip?ticket={}&hash={}", site(&request), plain(&printed.ticket), plain(&printed.hash));
    let picture = qr::file(&text).ok_or_else(|| Problem::new("not-found", None))?;
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(picture))
}

/// Of what was typed, what a ticket number or a hash can hold.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(80).collect()
}
