//! The check-in page: used alone, by people who seldom use computers. One thing a screen.

use super::App;
use super::api::{CheckInBody, TicketBody, check_in_with, photograph};
use super::pages::{Frame, PageQuery, Place, frame, html, html_if_changed, number, place, trade, wait_words};
use super::problem::Problem;
use crate::agent::view::{Look, PersonView};
use crate::text::Texts;
use actix_web::web::{Data, Json, Query, ServiceConfig, get, post};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::time::Instant;
use std::collections::BTreeSet;

/// Examinations on the first screen at most.
const SESSIONS_SHOWN: usize = 4;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(page))
        .route("/part/idle", get().to(idle_part))
        .route("/part/check-in", post().to(check_in_part))
        .route("/part/photo", post().to(photo_part))
        .route("/part/progress", get().to(progress_part));
}

#[derive(Template)]
#[template(path = "checkin.html")]
struct CheckInPage {
    frame: Frame,
    idle: Idle,
}

#[derive(Template)]
#[template(path = "_idle.html")]
struct IdlePart {
    t: Texts,
    idle: Idle,
}

/// The first screen.
struct Idle {
    /// Whether the data of the day are here.
    ready: bool,
    /// Whether nothing can be written at present.
    disk_full: bool,
    /// Whether staff have been asked to come.
    help: bool,
    sessions: Vec<SessionLine>,
}

/// An examination of the day.
struct SessionLine {
    trade: String,
    time: String,
}

#[derive(Template)]
#[template(path = "_result.html")]
struct ResultPart {
    t: Texts,
    result: CheckInResult,
}

enum CheckInResult {
    /// Checked in; the photograph comes next.
    CheckedIn(Place),
    /// The picture that the camera took.
    Photographed {
        ticket: String,
        photo: String,
    },
    /// Photographed: how far the person is, and where to go now.
    Progress(Progress),
    Refused {
        code: &'static str,
        title: String,
        advice: String,
        photo_for: Option<String>,
    },
}

struct Progress {
    ticket: String,
    /// As in [`PersonView::stage`].
    stage: &'static str,
    number: String,
    ahead: usize,
    wait: Option<String>,
    window: String,
    place: Place,
}

async fn page(app: Data<App>, query: Query<PageQuery>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    Ok(html(&CheckInPage { idle: idle(&t, &look), frame: frame(t, &look, "/") }))
}

async fn idle_part(
    app: Data<App>,
    query: Query<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    Ok(html_if_changed(&request, &IdlePart { idle: idle(&t, &look), t }))
}

async fn check_in_part(
    app: Data<App>,
    query: Query<PageQuery>,
    body: Json<CheckInBody>,
) -> Result<HttpResponse, Problem> {
    let t = query.texts();
    let result = match check_in_with(&app, body.into_inner()).await {
        Ok(reported) => reported.person.map_or_else(
            || refused(&t, Problem::of("unknown_ticket")),
            |person| CheckInResult::CheckedIn(place(&t, &person)),
        ),
        Err(problem) => refused(&t, problem),
    };
    Ok(html(&ResultPart { t, result }))
}

async fn photo_part(
    app: Data<App>,
    query: Query<PageQuery>,
    body: Json<TicketBody>,
) -> Result<HttpResponse, Problem> {
    let t = query.texts();
    let result = match photograph(&app, &body.ticket).await {
        Ok(reported) => CheckInResult::Photographed {
            ticket: body.ticket.clone(),
            photo: reported.person.and_then(|person| person.photo).unwrap_or_default(),
        },
        Err(problem) => {
            // A camera that failed may work the next time, and a disk that was full may have room again.
            let again = matches!(problem.code(), "camera_failed" | "journal_failed");
            refusal(&t, &problem, again.then(|| body.ticket.clone()))
        }
    };
    Ok(html(&ResultPart { t, result }))
}

/// How far a person is; the last screen asks for it until he has his number.
async fn progress_part(
    app: Data<App>,
    query: Query<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    let person = query.ticket.as_deref().and_then(|ticket| look.person(ticket));
    let person = person.filter(|person| person.photo.is_some()).ok_or(Problem::of("unknown_ticket"))?;
    let result = CheckInResult::Progress(progress(&t, person));
    Ok(html_if_changed(&request, &ResultPart { t, result }))
}

fn idle(t: &Texts, look: &Look) -> Idle {
    let coming = look.people.iter().filter(|person| person.starts_at >= look.now);
    let times: BTreeSet<_> = coming.map(|person| (person.starts_at, trade(t, person))).collect();
    let line = |(at, trade): (i64, &str)| SessionLine {
        trade: trade.to_owned(),
        time: Instant::from_millis(at).time_in_china(),
    };
    Idle {
        ready: look.day.is_some(),
        disk_full: look.disk_full,
        help: look.help_since.is_some(),
        sessions: times.into_iter().take(SESSIONS_SHOWN).map(line).collect(),
    }
}

/// Who comes back goes on where he stopped: at the photograph, or at the screen that says where to go now.
fn refused(t: &Texts, problem: Problem) -> CheckInResult {
    match (problem.code(), problem.person.as_deref()) {
        ("already_checked_in", Some(person)) if person.stage == "checked_in" => {
            CheckInResult::CheckedIn(place(t, person))
        }
        ("already_checked_in", Some(person)) => CheckInResult::Progress(progress(t, person)),
        _ => refusal(t, &problem, None),
    }
}

fn refusal(t: &Texts, problem: &Problem, photo_for: Option<String>) -> CheckInResult {
    CheckInResult::Refused {
        code: problem.code(),
        title: problem.title(t.lang()),
        advice: problem.advice(t.lang()),
        photo_for,
    }
}

fn progress(t: &Texts, person: &PersonView) -> Progress {
    Progress {
        ticket: person.ticket.clone(),
        stage: person.stage,
        number: number(person),
        ahead: person.ahead.unwrap_or_default(),
        wait: person.wait.map(|range| wait_words(t, range)),
        window: person.window.clone().unwrap_or_default(),
        place: place(t, person),
    }
}
