//! The pages: check-in, board, desk. Parts that change are rendered here too and fetched by the pages' scripts, so that
//! every text comes from the language files.

use super::App;
use super::api::{CheckInBody, TicketBody, check_in_with, clock_warning, photograph};
use super::problem::Problem;
use crate::agent::view::{CertificateView, Counts, Look, PersonView};
use crate::digest::Digest;
use crate::sync::SyncStatus;
use crate::text::{Lang, Texts};
use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::web::{Data, Json, Path, Query, ServiceConfig, get, post};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use shared::time::Instant;
use std::collections::BTreeMap;

/// A call is shown as new for so long.
const FRESH_MS: i64 = 15_000;
/// Called numbers on the board at most; the latest come first.
const CALLED_SHOWN: usize = 6;
/// Waiting numbers on the board at most.
const WAITING_SHOWN: usize = 12;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(check_in_page))
        .route("/board", get().to(board_page))
        .route("/desk", get().to(desk_page))
        .route("/part/check-in", post().to(check_in_part))
        .route("/part/photo", post().to(photo_part))
        .route("/part/board", get().to(board_part))
        .route("/part/desk", get().to(desk_part))
        .route("/pictures/{digest}", get().to(picture));
}

#[derive(Deserialize)]
struct LangQuery {
    lang: Option<String>,
    /// Selected ticket at the desk.
    ticket: Option<String>,
}

impl LangQuery {
    fn texts(&self) -> Texts {
        Texts::new(Lang::from_word(self.lang.as_deref().unwrap_or_default()))
    }
}

/// What every page shows at its top.
struct Frame {
    t: Texts,
    point: String,
    controlled_clock: bool,
    path: &'static str,
}

#[derive(Template)]
#[template(path = "checkin.html")]
struct CheckInPage {
    frame: Frame,
    ready: bool,
    sessions: Vec<SessionLine>,
}

/// An examination of the day, on the idle screen.
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
    CheckedIn(Place),
    Photographed { ticket: String, photo: String },
    Refused { code: &'static str, title: String, advice: String, photo_for: Option<String> },
}

/// Where a person sits.
struct Place {
    ticket: String,
    name: String,
    trade: String,
    room: String,
    seat: u32,
    time: String,
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    frame: Frame,
    board: Board,
}

#[derive(Template)]
#[template(path = "_board.html")]
struct BoardPart {
    t: Texts,
    board: Board,
}

struct Board {
    time: String,
    called: Vec<CalledLine>,
    waiting: Vec<WaitingLine>,
    more: usize,
}

struct CalledLine {
    number: String,
    name: String,
    window: String,
    fresh: bool,
    again: bool,
}

struct WaitingLine {
    number: String,
    name: String,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    frame: Frame,
    desk: Desk,
}

#[derive(Template)]
#[template(path = "_desk.html")]
struct DeskPart {
    t: Texts,
    desk: Desk,
}

struct Desk {
    counts: Counts,
    sync: SyncStatus,
    clock_warning: bool,
    last_contact: Option<String>,
    to_compare: Vec<PersonView>,
    selected: Option<PersonView>,
    selected_place: Option<Place>,
    called: Vec<PersonView>,
    waiting: Vec<PersonView>,
    certificates: Vec<CertificateView>,
}

async fn check_in_page(app: Data<App>, query: Query<LangQuery>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    let mut times = BTreeMap::new();
    for person in &look.people {
        if person.starts_at >= look.now {
            times.entry((person.starts_at, trade(&t, person).to_owned())).or_insert(());
        }
    }
    let sessions = times
        .into_keys()
        .take(4)
        .map(|(at, trade)| SessionLine { trade, time: Instant::from_millis(at).time_in_china() })
        .collect();
    let page = CheckInPage { frame: frame(t, &look, "/"), ready: look.day.is_some(), sessions };
    Ok(html(&page))
}

async fn check_in_part(
    app: Data<App>,
    query: Query<LangQuery>,
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
    query: Query<LangQuery>,
    body: Json<TicketBody>,
) -> Result<HttpResponse, Problem> {
    let t = query.texts();
    let result = match photograph(&app, &body.ticket).await {
        Ok(reported) => CheckInResult::Photographed {
            ticket: body.ticket.clone(),
            photo: reported.person.and_then(|person| person.photo).unwrap_or_default(),
        },
        Err(mut problem) => {
            // A camera that failed may work the next time.
            let again = (problem.code() == "camera_failed").then(|| body.ticket.clone());
            problem.person = None;
            match refused(&t, problem) {
                CheckInResult::Refused { code, title, advice, .. } => {
                    CheckInResult::Refused { code, title, advice, photo_for: again }
                }
                other => other,
            }
        }
    };
    Ok(html(&ResultPart { t, result }))
}

async fn board_page(app: Data<App>, query: Query<LangQuery>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    Ok(html(&BoardPage { frame: frame(t, &look, "/board"), board: board(&look) }))
}

async fn board_part(
    app: Data<App>,
    query: Query<LangQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    Ok(html_if_changed(&request, &BoardPart { t: query.texts(), board: board(&look) }))
}

async fn desk_page(app: Data<App>, query: Query<LangQuery>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    let desk = desk(&t, &look, app.sync.status(), query.ticket.as_deref());
    Ok(html(&DeskPage { frame: frame(t, &look, "/desk"), desk }))
}

async fn desk_part(
    app: Data<App>,
    query: Query<LangQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let t = query.texts();
    let desk = desk(&t, &look, app.sync.status(), query.ticket.as_deref());
    Ok(html_if_changed(&request, &DeskPart { t, desk }))
}

/// Pictures of people of the day, and no others.
async fn picture(app: Data<App>, digest: Path<String>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let digest = Digest::parse(&digest).map_err(|_| Problem::of("not_found"))?;
    if !look.shows(&digest.to_string()) {
        return Err(Problem::of("not_found"));
    }
    let pictures = app.pictures.clone();
    let bytes = actix_web::web::block(move || pictures.take(digest)).await;
    match bytes {
        Ok(Ok(Some(bytes))) => Ok(HttpResponse::Ok().content_type("image/jpeg").body(bytes)),
        _ => Err(Problem::of("not_found")),
    }
}

fn frame(t: Texts, look: &Look, path: &'static str) -> Frame {
    let point = look.day.as_ref().map(|day| match t.lang() {
        Lang::Zh => day.point_zh.clone(),
        Lang::En => day.point_en.clone(),
    });
    Frame {
        t,
        point: point.unwrap_or_default(),
        controlled_clock: look.day.as_ref().is_some_and(|day| day.controlled_clock),
        path,
    }
}

fn trade<'a>(t: &Texts, person: &'a PersonView) -> &'a str {
    if t.lang() == Lang::En { &person.trade_en } else { &person.trade_zh }
}

fn place(t: &Texts, person: &PersonView) -> Place {
    Place {
        ticket: person.ticket.clone(),
        name: person.name.clone(),
        trade: trade(t, person).to_owned(),
        room: if t.lang() == Lang::En { person.room_en.clone() } else { person.room_zh.clone() },
        seat: person.seat,
        time: Instant::from_millis(person.starts_at).time_in_china(),
    }
}

/// Who came back before he was photographed goes on where he stopped.
fn refused(t: &Texts, problem: Problem) -> CheckInResult {
    let unfinished = problem.person.as_ref().filter(|person| person.stage == "checked_in");
    match (problem.code(), unfinished) {
        ("already_checked_in", Some(person)) => CheckInResult::CheckedIn(place(t, person)),
        (code, _) => CheckInResult::Refused {
            code,
            title: problem.title(t.lang()),
            advice: problem.advice(t.lang()),
            photo_for: None,
        },
    }
}

fn board(look: &Look) -> Board {
    let people = |tickets: &[String]| -> Vec<PersonView> {
        tickets.iter().filter_map(|ticket| look.person(ticket).cloned()).collect()
    };
    let called = people(&look.called).into_iter().take(CALLED_SHOWN).map(|person| CalledLine {
        number: number(&person),
        fresh: person.called_at.is_some_and(|at| look.now.saturating_sub(at) < FRESH_MS),
        again: person.calls > 1,
        window: person.window.unwrap_or_default(),
        name: person.name,
    });
    let waiting = people(&look.waiting).into_iter().take(WAITING_SHOWN);
    Board {
        time: Instant::from_millis(look.now).time_in_china(),
        called: called.collect(),
        waiting: waiting.map(|person| WaitingLine { number: number(&person), name: person.name }).collect(),
        more: look.waiting.len().saturating_sub(WAITING_SHOWN),
    }
}

fn desk(t: &Texts, look: &Look, sync: SyncStatus, selected: Option<&str>) -> Desk {
    let mut to_compare: Vec<_> = look.people.iter().filter(|p| p.stage == "photographed").cloned().collect();
    to_compare.sort_by_key(|person| person.checked_in_at);
    let of = |tickets: &[String]| -> Vec<PersonView> {
        tickets.iter().filter_map(|ticket| look.person(ticket).cloned()).collect()
    };
    let asked = selected.and_then(|ticket| look.person(ticket)).filter(|p| p.stage == "photographed");
    let selected = asked.cloned().or_else(|| to_compare.first().cloned());
    Desk {
        counts: look.counts,
        clock_warning: clock_warning(&sync),
        last_contact: sync.last_contact.map(|at| Instant::from_millis(at).time_in_china()),
        sync,
        selected_place: selected.as_ref().map(|person| place(t, person)),
        selected,
        to_compare,
        called: of(&look.called),
        waiting: of(&look.waiting),
        certificates: look.certificates.clone(),
    }
}

fn number(person: &PersonView) -> String {
    person.number.map_or_else(String::new, |number| format!("{number:03}"))
}

fn html(page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(text) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(text),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            Problem::of("stopping").response()
        }
    }
}

/// The part, or status 304 if whoever asks has it already.
fn html_if_changed(request: &HttpRequest, part: &impl Template) -> HttpResponse {
    let Ok(text) = part.render() else { return html(part) };
    let tag = format!("\"{}\"", Digest::of(text.as_bytes()));
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(tag.as_str()) {
        return HttpResponse::NotModified().finish();
    }
    HttpResponse::Ok().content_type("text/html; charset=utf-8").insert_header((ETAG, tag)).body(text)
}
