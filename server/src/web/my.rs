//! The examinee's own page, for the phone: where everything stands, who is at it, and what comes next.

use super::candidate::{StepLine, lines, until_words};
use super::forms::{Button, Fields, Form};
use super::holder::{self, holder};
use super::page::{Frame, Guest, see};
use super::parts::{Html, pdf};
use super::qr;
use crate::app::App;
use crate::app::auth::{self, AuthError, Holder, Throttle};
use crate::app::mine::{self, Mine, MyResult, StopState, enter, typed_code};
use crate::app::overview::file::points;
use crate::app::overview::{Named, Stage};
use crate::app::queues::OwnPlace;
use crate::app::review::{self, AskOrder, Standing};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use shared::queue::{QueueState, WaitRange};
use shared::time::{Date, Instant};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/my", web::get().to(show))
        .route("/my/enter", web::post().to(come_in))
        .route("/my/leave", web::post().to(leave))
        .route("/my/review", web::post().to(ask))
        .route("/my/ticket.pdf", web::get().to(ticket))
        .route("/my/certificate.pdf", web::get().to(certificate));
}

#[derive(Template)]
#[template(path = "my/enter.html")]
struct EnterPage<'a> {
    frame: &'a Frame,
    ticket: &'a str,
    notice: Option<String>,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "my/index.html")]
struct MyPage<'a> {
    frame: &'a Frame,
    my: &'a View,
}

#[derive(Template)]
#[template(path = "my/_board.html")]
struct MyBoard<'a> {
    frame: &'a Frame,
    my: &'a View,
}

/// What the page says, in words.
struct View {
    mine: Mine,
    day: String,
    now: Now,
    stops: Vec<StopLine>,
    result: Option<ResultLines>,
    /// What is said of the review of the result.
    review: Option<Vec<String>>,
    /// Up to when it may be asked for.
    review_until: Option<String>,
    certificate: Option<CertificateLines>,
    steps: Vec<StepLine>,
    qr: Option<Html>,
    code: String,
}

/// The one thing that matters now.
struct Now {
    icon: &'static str,
    tone: &'static str,
    title: String,
    text: String,
    number: Option<String>,
    /// How long the wait is, as far as the day has shown.
    wait: Option<String>,
}

struct StopLine {
    state: &'static str,
    icon: &'static str,
    name: String,
    who: String,
    when: String,
}

struct ResultLines {
    good: bool,
    title: String,
    parts: Vec<String>,
    next: Vec<String>,
}

struct CertificateLines {
    text: String,
    facts: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct EnterQuery {
    ended: Option<String>,
    out: Option<String>,
}

#[derive(Deserialize)]
struct EnterForm {
    ticket: String,
    code: String,
}

async fn show(
    request: HttpRequest,
    guest: Guest,
    app: Data<App>,
    query: Query<EnterQuery>,
) -> Result<HttpResponse, Problem> {
    let frame = guest.0;
    let had_one = request.cookie(holder::COOKIE).is_some();
    let Ok(holder) = holder(&request).await else {
        let notice = if query.out.is_some() {
            Some(frame.t("page-my-out"))
        } else if had_one || query.ended.is_some() {
            Some(frame.t("page-my-ended"))
        } else {
            None
        };
        let page = EnterPage { frame: &frame, ticket: "", notice, error: None };
        return frame.answer(StatusCode::OK, &page);
    };
    let app = app.get_ref().clone();
    let mine = block(move || mine::mine(&app, &holder.ticket)).await?;
    let view = View::of(&frame, mine);
    frame.answer_either(&MyPage { frame: &frame, my: &view }, &MyBoard { frame: &frame, my: &view })
}

async fn come_in(
    request: HttpRequest,
    guest: Guest,
    app: Data<App>,
    throttle: Data<Throttle>,
    form: Form<EnterForm>,
) -> Result<HttpResponse, Problem> {
    let (frame, EnterForm { ticket, code }) = (guest.0, form.0);
    let (app, number) = (app.get_ref().clone(), ticket.clone());
    let outcome = block(move || match enter(&app, &throttle, &number, &code) {
        Ok(token) => Ok(Ok(token)),
        Err(refused @ (AuthError::Credentials | AuthError::Throttled)) => Ok(Err(refused)),
        Err(other) => Err(other),
    })
    .await?;
    match outcome {
        Ok(token) => {
            let mut response = see("/my");
            response
                .add_cookie(&holder::given(&request, &token))
                .map_err(|_| Problem::new("unavailable", None))?;
            Ok(response)
        }
        Err(refused) => {
            let error = match refused {
                AuthError::Throttled => frame.t("page-my-throttled"),
                _ => frame.t("page-my-wrong"),
            };
            let page = EnterPage { frame: &frame, ticket: &ticket, notice: None, error: Some(error) };
            frame.answer(StatusCode::UNAUTHORIZED, &page)
        }
    }
}

async fn leave(request: HttpRequest, app: Data<App>, _button: Form<Button>) -> Result<HttpResponse, Problem> {
    if let Ok(holder) = holder(&request).await {
        let app = app.get_ref().clone();
        block(move || auth::leave(&app, &holder)).await?;
    }
    let mut response = see("/my?out=1");
    response.add_cookie(&holder::taken(&request)).map_err(|_| Problem::new("unavailable", None))?;
    Ok(response)
}

async fn ask(app: Data<App>, holder: Holder, form: Form<Fields>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let order = AskOrder { text: form.0.text("text") };
    let asked = block(move || review::ask_own(&app, &holder.ticket, &order)).await;
    match asked {
        // Pressed twice: it stands there already.
        Err(problem) if problem.code != "review-asked" => Err(problem),
        _ => Ok(see("/my#review")),
    }
}

async fn ticket(app: Data<App>, holder: Holder) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let number = holder.ticket.clone();
    let rendered = block(move || mine::ticket_pdf(&app, &holder.ticket)).await?;
    Ok(pdf(&number, rendered.bytes))
}

async fn certificate(app: Data<App>, holder: Holder) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let name = format!("certificate-{}", holder.ticket);
    Ok(pdf(&name, block(move || mine::certificate_pdf(&app, &holder.ticket)).await?))
}

impl View {
    fn of(frame: &Frame, mine: Mine) -> Self {
        let day = day(frame, &mine.session.row.day);
        Self {
            now: now(frame, &mine),
            stops: stops(frame, &mine),
            result: mine.result.as_ref().map(|r| result(frame, r)),
            review: review_lines(frame, &mine),
            review_until: match mine.review {
                Standing::May(until) => Some(until_words(frame, until)),
                _ => None,
            },
            certificate: certificate_lines(frame, &mine),
            steps: lines(frame, &mine.steps),
            qr: qr::svg(&mine.secret, &frame.t("page-my-qr-label")),
            code: typed_code(&mine.secret),
            day,
            mine,
        }
    }
}

fn day(frame: &Frame, text: &str) -> String {
    Date::parse(text).map_or_else(|_| text.to_owned(), |d| frame.date(&d))
}

/// What to do now, in one sentence, by how far he has come.
fn now(frame: &Frame, mine: &Mine) -> Now {
    let start = Instant::from_millis(mine.session.row.starts_at);
    let (early, late) = mine.entry_minutes;
    let told = mine.result.as_ref().map(|r| r.outcome.as_str());
    let queued = mine.queue.as_ref().and_then(in_queue);
    let (word, tone, icon) = match (mine.stage, told) {
        (Stage::Expected, _) if mine.place.is_none() => ("not-seated", "plain", "clock"),
        (Stage::Expected, _) => ("expected", "act", "door"),
        (Stage::CheckedIn, _) => ("checked-in", "act", "scan"),
        // Also between theory and practical, when he queues at a station.
        (Stage::Waiting | Stage::Admitted | Stage::TheoryDone | Stage::Practical, None)
            if queued.is_some() =>
        {
            queued.unwrap_or_default()
        }
        (Stage::Waiting, _) => ("waiting", "act", "queue"),
        (Stage::Admitted, _) => ("admitted", "act", "door"),
        (Stage::InRoom, _) => ("in-room", "plain", "pencil"),
        (Stage::TheoryDone | Stage::Practical, None) if mine.session.practical => {
            ("practical", "act", "tools")
        }
        (_, None) => ("results", "plain", "clock"),
        (_, Some("theory_passed")) => ("practical-arranged", "act", "tools"),
        (_, Some("passed")) => {
            (if mine.certificate.is_some() { "certificate" } else { "passed" }, "good", "check")
        }
        (_, Some("absent")) => ("absent", "bad", "dash"),
        (_, Some("removed")) => ("removed", "bad", "ban"),
        (_, Some(_)) => ("failed", "bad", "cross"),
    };
    let results = mine.stops.iter().find(|s| s.word == "results").and_then(|s| s.latest);
    let variables = [
        ("early", start.plus_minutes(-i64::from(early)).time_in_china()),
        ("late", start.plus_minutes(i64::from(late)).time_in_china()),
        ("start", start.time_in_china()),
        ("day", day(frame, &mine.session.row.day)),
        ("ahead", mine.queue.as_ref().and_then(|q| q.ahead).unwrap_or(0).to_string()),
        ("place", mine.queue.as_ref().map(|q| place(frame, &q.place)).unwrap_or_default()),
        ("window", mine.queue.as_ref().and_then(|q| q.window.clone()).unwrap_or_default()),
        ("latest", results.map_or_else(|| frame.t("page-my-latest-unknown"), |d| frame.date(&d))),
    ];
    // The number counts as long as he is called by it.
    let own = mine.queue.as_ref().filter(|own| own.state != QueueState::Admitted);
    let own = own.filter(|_| told.is_none() && !matches!(mine.stage, Stage::InRoom));
    let number = own.map(|own| format!("{:03}", own.number));
    let wait = own.and_then(|own| own.wait).map(|range| wait_words(frame, range));
    Now {
        icon,
        tone,
        title: frame.with(&format!("page-my-now-{word}"), &variables),
        text: frame.with(&format!("page-my-now-{word}-text"), &variables),
        number,
        wait,
    }
}

/// What is said of somebody who has a number: word, tone, icon. Nothing of who was admitted.
fn in_queue(own: &OwnPlace) -> Option<(&'static str, &'static str, &'static str)> {
    match own.state {
        QueueState::Admitted => None,
        QueueState::Called => Some(("called", "good", "door")),
        QueueState::PassedOver | QueueState::SetAside => Some(("passed-over", "bad", "alert")),
        QueueState::Left => Some(("left-queue", "plain", "dash")),
        QueueState::Waiting if own.paused => Some(("paused", "plain", "clock")),
        QueueState::Waiting => Some(("waiting", "act", "queue")),
    }
}

/// The name of a place; desks are named by the language files.
pub(super) fn place(frame: &Frame, place: &Named) -> String {
    match place.id.as_str() {
        "desk:print" => frame.t("page-queue-desk-print"),
        "desk:entrance" => frame.t("page-queue-desk-entrance"),
        _ => frame.named(place).to_owned(),
    }
}

/// A range of minutes, in words.
pub(super) fn wait_words(frame: &Frame, range: WaitRange) -> String {
    match range.from_minutes {
        0 => frame.t1("page-queue-wait-up-to", "to", range.to_minutes),
        from => frame.t2("page-queue-wait", "from", from, "to", range.to_minutes),
    }
}

fn stops(frame: &Frame, mine: &Mine) -> Vec<StopLine> {
    // Whoever has not passed waits for nothing more of this examination.
    let goes_on =
        mine.result.as_ref().is_none_or(|r| matches!(r.outcome.as_str(), "passed" | "theory_passed"));
    let stop = |stop: &mine::Stop| {
        let (state, icon) = match stop.state {
            StopState::Done => ("done", "check"),
            StopState::Now => ("now", "clock"),
            StopState::Later => ("later", "dot"),
            StopState::Ended => ("ended", "cross"),
        };
        let when = match (stop.at, stop.latest) {
            // The day of an application is a day; its midnight is no time.
            (Some(at), _) if stop.word == "applied" => {
                frame.short_date(&Instant::from_millis(at).date_in_china())
            }
            (Some(at), _) => {
                let day = frame.short_date(&Instant::from_millis(at).date_in_china());
                format!("{day} {}", frame.time(&at))
            }
            (None, Some(latest)) if goes_on && stop.state != StopState::Ended => {
                frame.t1("page-my-stop-latest", "day", frame.short_date(&latest))
            }
            (None, _) => String::new(),
        };
        StopLine {
            state,
            icon,
            name: frame.t(&format!("page-my-stop-{}", stop.word)),
            who: frame.t(&format!("page-my-stop-{}-who", stop.word)),
            when,
        }
    };
    mine.stops.iter().map(stop).collect()
}

fn result(frame: &Frame, result: &MyResult) -> ResultLines {
    let mut parts = Vec::new();
    if let Some((reached, total)) = result.theory {
        let lacking = (result.theory_needed - reached).max(0);
        let variables = [
            ("points", reached.to_string()),
            ("total", total.to_string()),
            ("lacking", lacking.to_string()),
            ("needed", result.theory_needed.to_string()),
        ];
        let id = if result.theory_passed { "page-my-theory-passed" } else { "page-my-theory-failed" };
        parts.push(frame.with(id, &variables));
    }
    if let Some((before, open)) = result.regraded {
        let after = result.theory.map_or(0, |(reached, _)| reached);
        parts.push(frame.t2("page-my-regraded", "before", before, "after", after));
        if open {
            parts.push(frame.t("page-my-regraded-open"));
        }
    }
    if let Some((hundredths, veto)) = result.practical {
        let needed = result.practical_needed * 100;
        let variables = [("points", points(hundredths)), ("lacking", points((needed - hundredths).max(0)))];
        let id = match (veto, hundredths >= needed) {
            (true, _) => "page-my-practical-veto",
            (false, true) => "page-my-practical-passed",
            (false, false) => "page-my-practical-failed",
        };
        parts.push(frame.with(id, &variables));
    }
    let good = matches!(result.outcome.as_str(), "passed" | "theory_passed");
    ResultLines {
        good,
        title: frame.t(&format!("page-my-result-{}", result.outcome.replace('_', "-"))),
        parts,
        next: next(frame, result),
    }
}

/// What may be done after a result, in plain words.
fn next(frame: &Frame, result: &MyResult) -> Vec<String> {
    match result.outcome.as_str() {
        "passed" => vec![frame.t("page-my-next-passed")],
        "theory_passed" => vec![frame.t("page-my-next-practical")],
        "removed" => vec![frame.t("page-my-next-removed")],
        _ if result.resits == 0 => vec![frame.t("page-my-next-training")],
        _ => {
            let until = frame.date(&result.resit_until);
            let resits = frame.t2("page-my-next-resits", "count", result.resits, "day", until);
            let session = match result.next_session {
                Some(at) => {
                    let day = frame.date(&Instant::from_millis(at).date_in_china());
                    frame.t2("page-my-next-session", "day", day, "time", frame.time(&at))
                }
                None => frame.t("page-my-next-no-session"),
            };
            let part =
                if result.theory_passed { "page-my-next-practical-only" } else { "page-my-next-theory-only" };
            vec![resits, session, frame.t(part)]
        }
    }
}

/// How the review of the result stands, in plain words; nothing where none was asked for.
fn review_lines(frame: &Frame, mine: &Mine) -> Option<Vec<String>> {
    match &mine.review {
        Standing::None | Standing::May(_) => None,
        Standing::Open(at) => {
            let day = frame.date(&Instant::from_millis(*at).date_in_china());
            Some(vec![frame.t1("page-my-review-open", "day", day)])
        }
        Standing::Closed(confirmed, answer) => {
            let id = if *confirmed { "page-my-review-confirmed" } else { "page-my-review-correction" };
            Some(vec![frame.t(id), answer.clone()])
        }
    }
}

fn certificate_lines(frame: &Frame, mine: &Mine) -> Option<CertificateLines> {
    let certificate = mine.certificate.as_ref()?;
    let text = match (certificate.printed_at, certificate.due) {
        (Some(at), _) => {
            let day = frame.date(&Instant::from_millis(at).date_in_china());
            frame.t2("page-my-certificate-printed", "day", day, "time", frame.time(&at))
        }
        (None, Some(due)) => frame.t1("page-my-certificate-due", "day", frame.date(&due)),
        (None, None) => frame.t("page-my-certificate-due-unknown"),
    };
    let mut facts = vec![
        (frame.t("page-my-certificate-number"), certificate.id.clone()),
        (frame.t("page-my-certificate-until"), day(frame, &certificate.valid.1)),
    ];
    if let Some(review) = &certificate.review_due {
        facts.push((frame.t("page-my-certificate-review"), day(frame, review)));
    }
    Some(CertificateLines { text, facts })
}
