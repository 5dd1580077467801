//! The first page of each role: the exam day for those who look after it, for everybody else what is theirs.

use super::day;
use super::page::{Frame, Visitor};
use crate::app::App;
use crate::app::overview::Titled;
use crate::app::overview::day::{DayQuery, coming};
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Date;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/", web::get().to(first));
}

#[derive(Deserialize)]
struct DayParameters {
    day: Option<String>,
    point: Option<String>,
}

#[derive(Template)]
#[template(path = "home/index.html")]
struct HomePage<'a> {
    frame: &'a Frame,
    role: Role,
    name: &'a str,
    here: String,
    own: bool,
    sessions: Vec<ComingLine>,
}

/// A session that is to come.
struct ComingLine {
    session: Titled,
    day: String,
    duties: Vec<String>,
}

async fn first(
    app: Data<App>,
    visitor: Visitor,
    query: Query<DayParameters>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let query = DayQuery { day: query.day, point: query.point };
    match visitor.person.role {
        Role::CentreStaff | Role::PointStaff => day::show(app, visitor, query).await,
        _ => plain(app, visitor).await,
    }
}

async fn plain(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let Visitor { person, frame } = visitor;
    let asker = person.clone();
    let found = block(move || coming(&app, &asker)).await?;
    let sessions = found.into_iter().map(|(session, kinds)| line(&frame, session, &kinds)).collect();
    let page = HomePage {
        role: person.role,
        name: &person.display_name,
        here: frame.t(&format!("page-home-{}", person.role.word().replace('_', "-"))),
        own: matches!(person.role, Role::Invigilator | Role::Examiner),
        sessions,
        frame: &frame,
    };
    frame.answer(StatusCode::OK, &page)
}

fn line(frame: &Frame, session: Titled, kinds: &[String]) -> ComingLine {
    let day = Date::parse(&session.row.day).map_or_else(|_| session.row.day.clone(), |d| frame.date(&d));
    let duties = kinds.iter().map(|k| frame.duty(k)).collect();
    ComingLine { session, day, duties }
}
