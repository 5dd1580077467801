//! Questions of which examinees say that something is wrong with them.

use super::Names;
use crate::app::App;
use crate::app::theory::{DoubtView, doubts};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::page::{Frame, Visitor};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use askama::Template;
use shared::time::Instant;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/doubts", web::get().to(show));
}

#[derive(Template)]
#[template(path = "centre/doubts.html")]
struct DoubtsPage<'a> {
    frame: &'a Frame,
    names: Names,
    doubts: Vec<DoubtView>,
}

impl DoubtsPage<'_> {
    fn trade<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.trades.iter().find(|t| t.id == id).map_or(id, |t| self.frame.named(t))
    }

    fn minute(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    /// Letters of the options.
    fn options<'a>(&self, doubt: &'a DoubtView) -> impl Iterator<Item = (char, &'a String, bool)> {
        ('A'..='Z').zip(&doubt.choices).map(|(letter, text)| (letter, text, doubt.answer.contains(letter)))
    }
}

async fn show(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let names = Names::load(&app).await?;
    let worker = app.get_ref().clone();
    let doubts = block(move || doubts(&worker)).await?;
    let frame = &visitor.frame;
    frame.answer(StatusCode::OK, &DoubtsPage { frame, names, doubts })
}
