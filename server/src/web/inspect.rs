//! The inspector's page: check a certificate by its number or its code, and search the list. Nothing else.

use super::centre::Names;
use super::forms::{self, Form};
use super::page::{Frame, Visitor, escape};
use super::verify::{self, Lines};
use crate::app::App;
use crate::app::certificates::inspect::{self, Search};
use crate::app::certificates::public::{Answer, Checked, check_code};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;

/// Certificates on one page.
const PAGE: usize = 25;

/// Words of how a certificate stands, among which one is chosen.
const STANDINGS: [&str; 4] = ["valid", "review-overdue", "expired", "not-yet"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/check", web::get().to(show)).route("/check", web::post().to(check));
}

#[derive(Template)]
#[template(path = "inspect/index.html")]
struct CheckPage<'a> {
    frame: &'a Frame,
    once: String,
    names: Names,
    typed: CheckForm,
    answer: Option<Lines>,
    asked: &'a ListQuery,
    lines: Vec<Checked>,
    total: usize,
    page: usize,
    pages: usize,
}

#[derive(Deserialize, Default)]
struct CheckForm {
    #[serde(default)]
    number: String,
    #[serde(default)]
    code: String,
}

/// Which certificates are listed.
#[derive(Debug, Clone, Deserialize, Default)]
pub(super) struct ListQuery {
    #[serde(default)]
    find: String,
    #[serde(default)]
    trade: String,
    #[serde(default)]
    state: String,
    page: Option<usize>,
}

impl CheckPage<'_> {
    /// Words of how a certificate may stand, with the one that is chosen.
    fn standings(&self) -> Vec<(&'static str, String, bool)> {
        let text = |word: &str| self.frame.t(&format!("page-standing-{word}"));
        STANDINGS.iter().map(|word| (*word, text(word), self.asked.state == *word)).collect()
    }

    fn standing(&self, line: &Checked) -> (&'static str, &'static str, String) {
        let word = line.standing.word();
        let text = self.frame.t(&format!("page-standing-{word}"));
        match word {
            "valid" => ("good", "check", text),
            "not-yet" => ("warn", "clock", text),
            _ => ("bad", "alert", text),
        }
    }

    fn review(&self, line: &Checked) -> String {
        line.review_due.map_or_else(|| self.frame.t("page-none"), |day| day.to_string())
    }

    fn at(&self, page: usize) -> String {
        let ListQuery { find, trade, state, .. } = self.asked;
        let (find, trade, state) = (escape(find), escape(trade), escape(state));
        format!("/check?find={find}&trade={trade}&state={state}&page={page}")
    }
}

async fn show(app: Data<App>, visitor: Visitor, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    page(app, visitor, query.into_inner(), CheckForm::default(), None).await
}

/// The inspector's first page.
pub(super) async fn home(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    page(app, visitor, ListQuery::default(), CheckForm::default(), None).await
}

/// A look-up by POST: numbers are in no address and no log.
async fn check(app: Data<App>, visitor: Visitor, form: Form<CheckForm>) -> Result<HttpResponse, Problem> {
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let (number, code) = (form.0.number.clone(), form.0.code.clone());
    let answer = block(move || {
        if code.trim().is_empty() {
            inspect::check(&worker, &person, &number)
        } else {
            check_code(&worker, &code)
        }
    })
    .await?;
    let unknown = matches!(answer, Answer::NotFound);
    let mut lines = verify::lines(&visitor.frame, answer);
    if unknown {
        lines.text = visitor.frame.t("page-inspect-not-found");
    }
    page(app, visitor, ListQuery::default(), form.0, Some(lines)).await
}

async fn page(
    app: Data<App>,
    visitor: Visitor,
    asked: ListQuery,
    typed: CheckForm,
    answer: Option<Lines>,
) -> Result<HttpResponse, Problem> {
    let number = asked.page.unwrap_or(1).clamp(1, 100_000);
    let wanted =
        Search { number: asked.find.clone(), trade: asked.trade.clone(), standing: asked.state.clone() };
    let worker = app.get_ref().clone();
    let (lines, total) =
        block(move || inspect::search(&worker, &wanted, ((number - 1) * PAGE, PAGE))).await?;
    let names = Names::load(&app).await?;
    let (frame, pages) = (&visitor.frame, total.max(1).div_ceil(PAGE));
    let page = CheckPage {
        frame,
        once: forms::key(frame)?,
        names,
        typed,
        answer,
        asked: &asked,
        lines,
        total,
        page: number,
        pages,
    };
    frame.answer(StatusCode::OK, &page)
}
