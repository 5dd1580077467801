//! What the examination is and how to apply for it, for everybody; the numbers come from the rule set in force.

use super::page::{Frame, Guest};
use crate::app::App;
use crate::app::world::{self, WorldError};
use crate::db::world as tables;
use crate::event::TradeLoaded;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use askama::Template;
use shared::rules::RuleSet;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/about", web::get().to(show));
}

#[derive(Template)]
#[template(path = "about/index.html")]
struct AboutPage<'a> {
    frame: &'a Frame,
    steps: Vec<(String, String)>,
    bring: Vec<String>,
    categories: Vec<Category>,
    rules: Option<String>,
}

/// The trades of one category.
struct Category {
    name: String,
    trades: Vec<TradeLine>,
}

struct TradeLine {
    name: String,
    hours: Option<u32>,
    national: bool,
}

async fn show(guest: Guest, app: Data<App>) -> Result<HttpResponse, Problem> {
    let (frame, app) = (guest.0, app.get_ref().clone());
    let today = frame.now.date_in_china();
    let (trades, rules) = block(move || {
        app.db.read(|conn| {
            let rules = match world::rule_set_for(conn, None, today) {
                Ok(rules) => Some(rules),
                Err(WorldError::NoneInForce(_)) => None,
                Err(other) => return Err(other),
            };
            Ok::<_, WorldError>((tables::trades(conn)?, rules))
        })
    })
    .await?;
    let page = AboutPage {
        steps: steps(&frame, rules.as_ref()),
        bring: (1..=3).map(|n| frame.t(&format!("page-exam-bring-{n}"))).collect(),
        categories: categories(&frame, trades),
        rules: rules.map(|r| frame.pick(&r.name_zh, &r.name_en).to_owned()),
        frame: &frame,
    };
    frame.answer(StatusCode::OK, &page)
}

fn steps(frame: &Frame, rules: Option<&RuleSet>) -> Vec<(String, String)> {
    let Some(rules) = rules else { return Vec::new() };
    let variables = [
        ("age", rules.eligibility.min_age.to_string()),
        ("days", rules.exam.application_to_session_days.to_string()),
        ("early", rules.theory.enter_early_minutes.to_string()),
        ("late", rules.theory.late_minutes.to_string()),
        ("minutes", rules.theory.minutes.to_string()),
        ("pass", rules.theory.pass_mark.to_string()),
        ("total", rules.theory.total.to_string()),
        ("sets", rules.theory.sets.to_string()),
        ("practical", rules.practical.pass_mark.to_string()),
        ("results", rules.exam.results_working_days.to_string()),
        ("resits", rules.exam.resits.to_string()),
        ("first", rules.certificate.first_working_days.to_string()),
        ("review", rules.certificate.review_working_days.to_string()),
        ("years", rules.certificate.valid_years.to_string()),
    ];
    ["apply", "ticket", "theory", "practical", "result", "certificate"]
        .iter()
        .map(|word| {
            (frame.t(&format!("page-exam-{word}")), frame.with(&format!("page-exam-{word}-text"), &variables))
        })
        .collect()
}

fn categories(frame: &Frame, trades: Vec<TradeLoaded>) -> Vec<Category> {
    let mut all: Vec<Category> = Vec::new();
    for trade in trades {
        let name = frame.pick(&trade.category_zh, &trade.category_en).to_owned();
        let line = TradeLine {
            name: frame.pick(&trade.name_zh, &trade.name_en).to_owned(),
            hours: trade.theory_hours.zip(trade.practical_hours).map(|(t, p)| t + p),
            national: trade.national_system,
        };
        match all.iter_mut().find(|c| c.name == name) {
            Some(category) => category.trades.push(line),
            None => all.push(Category { name, trades: vec![line] }),
        }
    }
    all
}
