//! The first page of each role: the exam day for those who look after it, for everybody else what is theirs.

use super::forms::Notice;
use super::page::{Frame, Visitor};
use super::{accounts, audit, day, duties, inspect, progress, settings};
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
    step: Option<String>,
    page: Option<usize>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "home/index.html")]
struct HomePage<'a> {
    frame: &'a Frame,
    role: Role,
    name: &'a str,
    here: String,
    sessions: Vec<ComingLine>,
}

/// A session that is to come.
struct ComingLine {
    session: Titled,
    day: String,
}

async fn first(
    app: Data<App>,
    visitor: Visitor,
    query: Query<DayParameters>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let done = query.done.clone();
    let asked = progress::Asked { step: query.step, page: query.page };
    let query = DayQuery { day: query.day, point: query.point };
    match visitor.person.role {
        Role::CentreStaff | Role::PointStaff => day::show(app, visitor, query).await,
        Role::TrainingInstitution | Role::Enterprise => progress::home(app, visitor, asked).await,
        Role::Inspector => inspect::home(app, visitor).await,
        Role::Auditor => audit::home(app, visitor).await,
        Role::SecurityAdministrator => accounts::list_page(app, visitor, "", None).await,
        Role::Invigilator | Role::Examiner => duties::mine(app, visitor, done).await,
        Role::SystemAdministrator => settings::page(app, visitor, Notice::default()).await,
        _ => plain(app, visitor).await,
    }
}

async fn plain(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let Visitor { person, frame } = visitor;
    let found = block(move || coming(&app)).await?;
    let sessions = found.into_iter().map(|session| line(&frame, session)).collect();
    let page = HomePage {
        role: person.role,
        name: &person.display_name,
        here: frame.t(&format!("page-home-{}", person.role.word().replace('_', "-"))),
        sessions,
        frame: &frame,
    };
    frame.answer(StatusCode::OK, &page)
}

fn line(frame: &Frame, session: Titled) -> ComingLine {
    let day = Date::parse(&session.row.day).map_or_else(|_| session.row.day.clone(), |d| frame.date(&d));
    ComingLine { session, day }
}
