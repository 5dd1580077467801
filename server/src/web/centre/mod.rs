//! Pages of the staff of the centre: planning, the steps of a session, finding people, certificates that are due.

mod banks;
mod browser;
mod certificates;
pub(super) mod corrections;
mod doubts;
mod draws;
mod people;
mod plan;
mod plan_board;
mod pools;
mod questions;
mod register;
pub(super) mod reviews;
mod rules;
mod statistics;
pub(super) mod steps;
mod tickets;

use crate::app::overview::Named;
use crate::app::{App, world::WorldError};
use crate::db::world as tables;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::web::ServiceConfig;

pub(super) fn routes(config: &mut ServiceConfig) {
    plan::routes(config);
    plan_board::routes(config);
    pools::routes(config);
    steps::routes(config);
    browser::routes(config);
    // Before the file of a person, whose address would take `new` for an id.
    register::routes(config);
    people::routes(config);
    certificates::routes(config);
    doubts::routes(config);
    banks::routes(config);
    corrections::routes(config);
    reviews::routes(config);
    questions::routes(config);
    statistics::routes(config);
    draws::routes(config);
    rules::routes(config);
    tickets::routes(config);
}

/// Names of trades and exam points.
pub(super) struct Names {
    pub(super) trades: Vec<Named>,
    points: Vec<Named>,
    rule_sets: Vec<String>,
}

impl Names {
    pub(super) async fn load(app: &App) -> Result<Self, Problem> {
        let app = app.clone();
        block(move || {
            app.db.read(|conn| {
                let trades = tables::trades(conn)?.into_iter();
                let points = tables::points(conn)?.into_iter();
                Ok::<_, WorldError>(Self {
                    trades: trades.map(|t| Named { id: t.id, zh: t.name_zh, en: t.name_en }).collect(),
                    points: points.map(|p| Named { id: p.id, zh: p.name_zh, en: p.name_en }).collect(),
                    rule_sets: tables::rule_sets(conn)?.into_iter().map(|r| r.id).collect(),
                })
            })
        })
        .await
    }
}
