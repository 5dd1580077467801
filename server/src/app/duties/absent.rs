//! Somebody who was drawn did not come: the exam point says so, and the next reserve has the post.

use super::{DutyError, SessionPosts, Table, posts::state_of};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::ceremony::Hall;
use crate::app::once::Once;
use crate::event::Actor;
use shared::time::{Date, Instant};

/// Records that whoever has a post did not come. The person is barred from the pool for as long as the rule set says.
///
/// # Errors
/// [`DutyError::PostUnknown`], [`DutyError::State`] before the doors open or once results are published.
pub fn absent(
    app: &App,
    person: &Person,
    session: &str,
    post: &str,
    once: Option<Once>,
) -> Result<SessionPosts, DutyError> {
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    let now = hall.at;
    let (person, session, post) = (person.clone(), session.to_owned(), post.to_owned());
    app.write_once(once, move |conn| {
        let table = Table::load(conn, &session)?;
        table.admit(&person)?;
        let early = i64::from(table.rules.theory.enter_early_minutes);
        if now < Instant::from_millis(table.session.starts_at).plus_minutes(-early) {
            return Err(DutyError::State("nobody is late before the doors open"));
        }
        if table.session.results_at.is_some() {
            return Err(DutyError::State("the results are published"));
        }
        let day = Date::parse(&table.session.day).map_err(|e| crate::db::DbError::corrupt("session", e))?;
        let until = day.plus_days(table.rules.staff.no_show_bar_days).to_string();
        table.pass(conn, &hall, &post, ("absent", Some(until)))?;
        state_of(conn, &session, now)
    })
}
