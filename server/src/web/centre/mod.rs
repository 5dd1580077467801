//! Pages of the staff of the centre: planning, the steps of a session, finding people, certificates that are due.

mod banks;
mod certificates;
mod draws;
mod people;
mod plan;
mod register;
mod rules;
pub(super) mod steps;
mod tickets;

use crate::app::auth::Person;
use crate::app::once::{Once, OnceError};
use crate::app::overview::Named;
use crate::app::{App, world::WorldError};
use crate::db::world as tables;
use crate::entropy::new_id;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::web::ServiceConfig;

pub(super) fn routes(config: &mut ServiceConfig) {
    plan::routes(config);
    steps::routes(config);
    // Before the file of a person, whose address would take `new` for an id.
    register::routes(config);
    people::routes(config);
    certificates::routes(config);
    banks::routes(config);
    draws::routes(config);
    rules::routes(config);
    tickets::routes(config);
}

/// A key for a form, so that sending it twice does the thing once.
fn form_key() -> Result<String, Problem> {
    new_id("form").map_err(|_| Problem::new("unavailable", None))
}

/// The key that came back with a form.
fn once(person: &Person, key: &str, route: &str, said: &str) -> Result<Once, OnceError> {
    Once::new(&person.account, key, route, said.as_bytes())
}

/// Names of trades and exam points.
struct Names {
    trades: Vec<Named>,
    points: Vec<Named>,
    rule_sets: Vec<String>,
}

impl Names {
    async fn load(app: &App) -> Result<Self, Problem> {
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
