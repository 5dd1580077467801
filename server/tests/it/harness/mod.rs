//! What the tests share: an application on either database, a clock that the test moves, a small world, a client.

mod app;
mod client;
mod clock;
mod db;
mod kiosk;
mod world;

pub use app::{TestApp, on_both, on_both_with};
pub use client::{Answer, Client};
pub use db::Backend;
pub use kiosk::{Kiosk, enrol_request};
pub use world::{PASSWORD, actor, code, load as world_of_demo, login_of, person};

use server::db::project;
use server::event::{Fact, ReadinessChecked, ReadinessSigned};

/// Builds every projection again from the events and makes sure that nothing in them changed.
pub fn assert_rebuilds(app: &TestApp) {
    let before = app.dump_projections();
    let events = app.db.write(server::db::events::rebuild).unwrap();
    assert_eq!(events, app.db.read(server::db::events::count).unwrap(), "every event is applied");
    for ((table, before), (_, after)) in before.iter().zip(app.dump_projections()) {
        assert_eq!(*before, after, "table {table} is not what the events say");
    }
}

/// An exam point's readiness list, all confirmed and signed: its rooms may open on that day.
pub fn ready(point: &str, day: &str) -> Vec<Fact> {
    let items: Vec<String> =
        server::builtin::readiness().unwrap().into_iter().map(|item| item.code).collect();
    let (point, day, by) = (point.to_owned(), day.to_owned(), "test".to_owned());
    let checked = items.iter().map(|item| {
        Fact::ReadinessChecked(ReadinessChecked {
            point: point.clone(),
            day: day.clone(),
            item: item.clone(),
            verdict: "confirmed".to_owned(),
            note: String::new(),
            by: by.clone(),
        })
    });
    let mut facts: Vec<Fact> = checked.collect();
    facts.push(Fact::ReadinessSigned(ReadinessSigned { point, day, items, by }));
    facts
}

/// Tables that are projections.
pub fn projections() -> impl Iterator<Item = &'static str> {
    project::TABLES.into_iter().filter(|t| !project::NOT_PROJECTED.contains(t))
}
