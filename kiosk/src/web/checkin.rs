//! The check-in page: used alone, by people who seldom use computers. One thing a screen.

use super::App;
use super::api::{CheckInBody, TicketBody, check_in_with, photograph};
use super::pages::{Frame, PageQuery, Place, frame, html, html_if_changed, number, place, trade};
use super::problem::Problem;
use crate::agent::Reported;
use crate::agent::view::{Look, PersonView};
use crate::core::{Command, Means};
use crate::device::qr;
use crate::text::Texts;
use actix_web::web::{Data, Json, Query, ServiceConfig, block, get, post};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::time::Instant;
use std::collections::BTreeSet;

/// Examinations on the first screen at most.
const SESSIONS_SHOWN: usize = 4;
/// Hints for a better picture at a time: nobody minds more than two.
const HINTS_SHOWN: usize = 2;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(page))
        .route("/part/idle", get().to(idle_part))
        .route("/part/check-in", post().to(check_in_part))
        .route("/part/scan", post().to(scan_part))
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
        /// What could be better, in words; empty for a good picture.
        hints: Vec<String>,
        /// Whether it was tried often enough.
        settled: bool,
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
    let outcome = check_in_with(&app, body.into_inner()).await;
    Ok(html(&ResultPart { result: checked_in(&app, &t, outcome), t }))
}

/// Checks in whoever holds a ticket's QR code before the camera; status 204 while none is seen.
async fn scan_part(app: Data<App>, query: Query<PageQuery>) -> Result<HttpResponse, Problem> {
    let eye = app.eye.clone();
    let seen = block(move || eye.view().and_then(|picture| qr::text_in(&picture))).await;
    let Ok(Some(text)) = seen else { return Ok(HttpResponse::NoContent().finish()) };
    let t = query.texts();
    let outcome = app.command(Command::CheckIn(Means::TicketQr(text))).await.map_err(Problem::from);
    Ok(html(&ResultPart { result: checked_in(&app, &t, outcome), t }))
}

/// The screen after a check-in, said aloud too.
fn checked_in(app: &App, t: &Texts, outcome: Result<Reported, Problem>) -> CheckInResult {
    let result = match outcome {
        Ok(reported) => reported.person.map_or_else(
            || refused(t, Problem::of("unknown_ticket")),
            |person| CheckInResult::CheckedIn(place(t, &person)),
        ),
        Err(problem) => refused(t, problem),
    };
    app.prompt.say(t.lang(), spoken(t, &result));
    result
}

/// What to do now, without names and reasons: others hear it.
fn spoken(t: &Texts, result: &CheckInResult) -> String {
    match result {
        CheckInResult::CheckedIn(_) => t.say("kiosk-next-photo"),
        CheckInResult::Photographed { hints, .. } if hints.is_empty() => t.say("kiosk-photo-check"),
        CheckInResult::Photographed { settled: true, .. } => t.say("kiosk-photo-settled"),
        CheckInResult::Photographed { hints, .. } => hints.join(" "),
        CheckInResult::Progress(p) => match p.stage {
            "waiting" => t.one("kiosk-next-wait", "number", &p.number),
            "called" => t.one("kiosk-next-called", "window", &p.window),
            "admitted" => {
                t.two("kiosk-next-admitted", "room", &p.place.room, "seat", p.place.seat.to_string())
            }
            "photographed" => t.say("kiosk-next-desk"),
            _ => t.say("kiosk-advice-different-person"),
        },
        CheckInResult::Refused { advice, .. } => advice.clone(),
    }
}

async fn photo_part(
    app: Data<App>,
    query: Query<PageQuery>,
    body: Json<TicketBody>,
) -> Result<HttpResponse, Problem> {
    let t = query.texts();
    let result = match photograph(&app, &body.ticket).await {
        Ok(reported) => photographed(&t, &body.ticket, reported.person.as_ref()),
        Err(problem) => {
            // A camera that failed may work the next time, and a disk that was full may have room again.
            let again = matches!(problem.code(), "camera_failed" | "journal_failed");
            refusal(&t, &problem, again.then(|| body.ticket.clone()))
        }
    };
    app.prompt.say(t.lang(), spoken(&t, &result));
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

fn photographed(t: &Texts, ticket: &str, person: Option<&PersonView>) -> CheckInResult {
    let flaws = person.map_or(&[][..], |person| &person.photo_flaws);
    let hint = |code: &&str| t.say(format!("kiosk-photo-do-{}", code.replace('_', "-")));
    CheckInResult::Photographed {
        ticket: ticket.to_owned(),
        photo: person.and_then(|person| person.photo.clone()).unwrap_or_default(),
        hints: flaws.iter().take(HINTS_SHOWN).map(hint).collect(),
        settled: person.is_some_and(|person| person.photo_settled),
    }
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
        wait: person.wait.map(|wait| wait.words(t)),
        window: person.window.clone().unwrap_or_default(),
        place: place(t, person),
    }
}
