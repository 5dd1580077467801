//! One session with its candidates.

use super::centre::steps::Steps;
use super::forms::Notice;
use super::page::{Frame, Visitor};
use super::parts::{Segment, segments};
use crate::app::App;
use crate::app::duties::{self as cases, SessionPosts};
use crate::app::overview::file::points;
use crate::app::overview::roster::{Roster, RosterQuery, SortBy, roster};
use crate::app::overview::{STAGES, Stage};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Date;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/sessions/{session}", web::get().to(show));
}

#[derive(Deserialize)]
struct RosterParameters {
    state: Option<String>,
    sort: Option<String>,
    page: Option<usize>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "session/index.html")]
struct SessionPage<'a> {
    steps: Option<Steps>,
    duties: Vec<Post>,
    sealed: bool,
    frame: &'a Frame,
    view: &'a SessionView,
}

/// Who was drawn for one place.
struct Post {
    kind: String,
    place: String,
    names: Vec<String>,
}

#[derive(Template)]
#[template(path = "session/_board.html")]
struct SessionBoard<'a> {
    frame: &'a Frame,
    view: &'a SessionView,
}

struct SessionView {
    roster: Roster,
    query: RosterQuery,
    day: String,
    segments: Vec<Segment>,
    /// Stages by which the table can be filtered, with how many are there.
    filters: Vec<(Stage, usize)>,
    sorts: [SortBy; 3],
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    session: Path<String>,
    query: Query<RosterParameters>,
) -> Result<HttpResponse, Problem> {
    let notice = Steps::done(&visitor.frame, query.done.as_deref());
    let query = RosterQuery {
        stage: query.state.as_deref().and_then(Stage::from_word),
        sort: query.sort.as_deref().and_then(SortBy::from_word).unwrap_or_default(),
        page: query.page.unwrap_or(1),
    };
    answer(app, visitor, &session, query, notice).await
}

/// The page of a session, with a notice of what was done or could not be done.
///
/// # Errors
/// `session-unknown`, also for a session at a point that is not the visitor's.
pub(super) async fn answer(
    app: Data<App>,
    visitor: Visitor,
    session: &str,
    query: RosterQuery,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), session.to_owned());
    let roster = block(move || roster(&worker, &person, &id, query)).await?;
    let status = notice.status();
    let steps = Steps::load(app.get_ref(), &visitor, &roster, notice).await?;
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), session.to_owned());
    let staff = block(move || cases::posts(&worker, &person, &id)).await?;
    let (sealed, duties) = (staff.sealed, posts(staff));
    let frame = &visitor.frame;
    let view = SessionView::of(frame, roster, query);
    let page = SessionPage { steps, duties, sealed, frame, view: &view };
    if status == StatusCode::OK {
        return frame.answer_either(&page, &SessionBoard { frame, view: &view });
    }
    frame.answer(status, &page)
}

/// Those at one place together: the rooms first, then the stations, the lead examiner and the reserves.
fn posts(staff: SessionPosts) -> Vec<Post> {
    let mut posts: Vec<Post> = Vec::new();
    for duty in staff.posts.into_iter().filter(|duty| duty.state != "moved") {
        match posts.iter_mut().find(|p| p.kind == duty.kind && p.place == duty.place) {
            Some(post) => post.names.push(duty.name),
            None => posts.push(Post { kind: duty.kind, place: duty.place, names: vec![duty.name] }),
        }
    }
    posts
}

impl SessionPage<'_> {
    /// What stands between two names.
    fn comma(&self) -> &'static str {
        self.frame.pick("、", ", ")
    }
}

impl SessionView {
    fn of(frame: &Frame, roster: Roster, query: RosterQuery) -> Self {
        let day = &roster.card.session.row.day;
        let day = Date::parse(day).map_or_else(|_| day.clone(), |d| frame.date(&d));
        let counts = &roster.card.counts;
        let filters = STAGES.into_iter().filter_map(|s| counts.get(&s).map(|n| (s, *n))).collect();
        let sorts = [SortBy::Ticket, SortBy::Seat, SortBy::Stage];
        Self { segments: segments(counts), filters, day, query, sorts, roster }
    }

    fn back(&self) -> String {
        format!("/?day={}", self.roster.card.session.row.day)
    }

    /// Address of this table, changed in one thing.
    fn at(&self, stage: Option<&Stage>, sort: &SortBy, page: usize) -> String {
        let mut address = format!("?sort={}", sort.word());
        if let Some(stage) = stage {
            address.push_str(&format!("&state={}", stage.word()));
        }
        if page > 1 {
            address.push_str(&format!("&page={page}"));
        }
        address
    }

    fn filtered(&self, stage: &Stage) -> bool {
        self.query.stage == Some(*stage)
    }

    fn points(&self, hundredths: &i32) -> String {
        points(*hundredths)
    }
}
