//! What the tests share: an application on either database, a clock that the test moves, a small world, a client.

mod app;
mod client;
mod clock;
mod db;
mod world;

pub use app::{TestApp, on_both, on_both_with};
pub use client::Client;
pub use db::Backend;
pub use world::{PASSWORD, actor, code, load as world_of_demo, login_of, person};

use server::db::project;

/// Builds every projection again from the events and makes sure that nothing in them changed.
pub fn assert_rebuilds(app: &TestApp) {
    let before = app.dump_projections();
    let events = app.db.write(server::db::events::rebuild).unwrap();
    assert_eq!(events, app.db.read(server::db::events::count).unwrap(), "every event is applied");
    for ((table, before), (_, after)) in before.iter().zip(app.dump_projections()) {
        assert_eq!(*before, after, "table {table} is not what the events say");
    }
}

/// Tables that are projections.
pub fn projections() -> impl Iterator<Item = &'static str> {
    project::TABLES.into_iter().filter(|t| !project::NOT_PROJECTED.contains(t))
}
