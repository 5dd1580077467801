//! People: the registrations, one search for all that has a number or a name, and the file of one person.

use super::Names;
use crate::app::App;
use crate::app::find::{self, Hit, MOST_HITS, PersonFile};
use crate::app::overview::Named;
use crate::app::people::{RegistrationView, registrations};
use crate::app::registering::tickets;
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::page::{Frame, Visitor, escape};
use crate::web::parts::pages_of;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Date;
use std::collections::HashMap;

/// Registrations on one page.
const PAGE: i64 = 25;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/search", web::get().to(search))
        .route("/people", web::get().to(list))
        .route("/people/{person}", web::get().to(file));
}

#[derive(Deserialize)]
struct SearchQuery {
    q: Option<String>,
}

#[derive(Deserialize)]
struct ListQuery {
    trade: Option<String>,
    page: Option<i64>,
}

#[derive(Template)]
#[template(path = "centre/search.html")]
struct SearchPage<'a> {
    frame: &'a Frame,
    text: String,
    hits: Vec<Hit>,
}

#[derive(Template)]
#[template(path = "centre/people.html")]
struct PeoplePage<'a> {
    frame: &'a Frame,
    names: Names,
    trade: String,
    lines: Vec<RegistrationView>,
    /// Tickets by registration.
    tickets: HashMap<String, Vec<String>>,
    total: i64,
    page: i64,
    pages: i64,
}

#[derive(Template)]
#[template(path = "centre/person.html")]
struct PersonPage<'a> {
    frame: &'a Frame,
    names: Names,
    file: PersonFile,
}

/// Name of a trade in the page's language; its id where there is none.
fn named<'a>(frame: &Frame, all: &'a [Named], id: &'a str) -> &'a str {
    all.iter().find(|n| n.id == id).map_or(id, |n| frame.named(n))
}

fn dated(frame: &Frame, day: &str) -> String {
    Date::parse(day).map_or_else(|_| day.to_owned(), |d| frame.date(&d))
}

impl SearchPage<'_> {
    fn is_cut(&self) -> bool {
        self.hits.len() >= MOST_HITS
    }
}

impl PeoplePage<'_> {
    fn trade<'a>(&'a self, id: &'a str) -> &'a str {
        named(self.frame, &self.names.trades, id)
    }

    fn tickets(&self, line: &RegistrationView) -> &[String] {
        self.tickets.get(&line.registration).map_or(&[], Vec::as_slice)
    }

    /// How many there are; an institution sees its own alone.
    fn what(&self) -> String {
        let all = self.frame.reads("/people/{person}");
        self.frame.t1(if all { "page-people-what" } else { "page-people-own" }, "count", self.total)
    }

    fn at(&self, page: i64) -> String {
        format!("?trade={}&page={page}", escape(&self.trade))
    }
}

impl PersonPage<'_> {
    fn trade<'a>(&'a self, id: &'a str) -> &'a str {
        named(self.frame, &self.names.trades, id)
    }

    fn day(&self, day: &str) -> String {
        dated(self.frame, day)
    }

    fn outcome(&self, word: &str) -> String {
        self.frame.t(&format!("page-outcome-{}", word.replace('_', "-")))
    }
}

async fn search(
    app: Data<App>,
    visitor: Visitor,
    query: Query<SearchQuery>,
) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let text = query.into_inner().q.unwrap_or_default().trim().to_owned();
    let wanted = text.clone();
    let hits = block(move || find::search(&app, &wanted)).await?;
    let frame = &visitor.frame;
    frame.answer(StatusCode::OK, &SearchPage { frame, text, hits })
}

async fn list(app: Data<App>, visitor: Visitor, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    let names = Names::load(&app).await?;
    let trade = query.trade.clone().unwrap_or_default();
    let page = query.page.unwrap_or(1).clamp(1, 100_000);
    let wanted = Some(trade.clone()).filter(|t| !t.is_empty());
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let range = ((page - 1) * PAGE, PAGE);
    let (lines, total) = block(move || registrations(&worker, &person, wanted, range)).await?;
    let pages = pages_of(total, PAGE);
    let worker = app.get_ref().clone();
    let (lines, tickets) = block(move || tickets(&worker, &lines).map(|found| (lines, found))).await?;
    let frame = &visitor.frame;
    frame.answer(StatusCode::OK, &PeoplePage { frame, names, trade, lines, tickets, total, page, pages })
}

async fn file(app: Data<App>, visitor: Visitor, person: Path<String>) -> Result<HttpResponse, Problem> {
    let names = Names::load(&app).await?;
    let app = app.get_ref().clone();
    let file = block(move || find::person_file(&app, &person)).await?;
    let frame = &visitor.frame;
    frame.answer(StatusCode::OK, &PersonPage { frame, names, file })
}
