//! Certificates with their last days: what is late, due today, due next; and when each was issued and printed.

use super::Names;
use crate::app::App;
use crate::app::certificates::{Listed, list};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::page::{Frame, Visitor};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::{Date, Instant};

/// Certificates on one page.
const PAGE: i64 = 100;

/// Days ahead within which every last day lies that is known.
const AHEAD_DAYS: u32 = 400;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/certificates", web::get().to(show));
}

#[derive(Deserialize)]
struct BoardQuery {
    show: Option<String>,
}

#[derive(Template)]
#[template(path = "centre/certificates.html")]
struct CertificatesPage<'a> {
    frame: &'a Frame,
    names: Names,
    all: bool,
    today: Date,
    lines: Vec<Listed>,
    total: i64,
}

impl CertificatesPage<'_> {
    fn trade<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.trades.iter().find(|t| t.id == id).map_or(id, |t| self.frame.named(t))
    }

    /// Tone, icon and word of how pressing a certificate is.
    fn urgency(&self, line: &Listed) -> (&'static str, &'static str, String) {
        if line.printed_at.is_some() {
            return ("good", "check", self.frame.t("page-certificates-done"));
        }
        match line.due.as_deref().map(Date::parse) {
            Some(Ok(day)) if day < self.today => ("bad", "alert", self.frame.t("page-overdue")),
            Some(Ok(day)) if day == self.today => ("warn", "clock", self.frame.t("page-today")),
            Some(Ok(_)) => ("info", "clock", self.frame.t("page-certificates-ahead")),
            _ => ("warn", "alert", self.frame.t("page-calendar-missing")),
        }
    }

    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }
}

async fn show(app: Data<App>, visitor: Visitor, query: Query<BoardQuery>) -> Result<HttpResponse, Problem> {
    let names = Names::load(&app).await?;
    let all = query.show.as_deref() == Some("all");
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let frame = &visitor.frame;
    let today = frame.now.date_in_china();
    let until = (!all).then(|| today.plus_days(AHEAD_DAYS).to_string());
    let (lines, total) = block(move || list(&worker, &person, until.as_deref(), (0, PAGE))).await?;
    frame.answer(StatusCode::OK, &CertificatesPage { frame, names, all, today, lines, total })
}
