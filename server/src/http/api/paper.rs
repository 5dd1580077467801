//! The paper of an exam point's day: the emergency pack, and what two people read on it.

use super::tickets::document;
use crate::app::App;
use crate::app::paper::{self as cases, Decision, EnterOrder, Entered, PaperDay, Slip, SlipView};
use crate::http::extract::{Caller, Order, block};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the API description says of these endpoints.
#[derive(utoipa::OpenApi)]
#[openapi(paths(show, enter, decide, pack))]
pub struct Doc;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/days/{day}/points/{point}/paper", web::get().to(show))
        .route("/api/v1/days/{day}/points/{point}/paper", web::post().to(enter))
        .route("/api/v1/days/{day}/points/{point}/paper/decisions", web::post().to(decide))
        .route("/api/v1/days/{day}/points/{point}/paper/pack", web::get().to(pack));
}

/// Slips as somebody read them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Slips {
    /// One for each slip.
    slips: Vec<ReadSlip>,
}

/// A slip as somebody read it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadSlip {
    /// Ticket number.
    ticket: String,
    /// `attendance`, or `practical:PART:EXAMINER`.
    slip: String,
    /// Of a roll call: `came` (`yes` or `no`) and `at` (`HH:MM`). Of a score sheet: `points.ITEM`, and `veto.ITEM` with
    /// `failed`.
    fields: BTreeMap<String, String>,
}

/// What stands on a slip that two people read differently.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decided {
    /// Ticket number.
    ticket: String,
    /// `attendance`, or `practical:PART:EXAMINER`.
    slip: String,
    /// As of a slip.
    fields: BTreeMap<String, String>,
    /// Why it is so, 1 to 200 characters.
    reason: String,
}

/// The paper of a day.
#[derive(Serialize, ToSchema)]
struct PaperShown {
    /// Who printed the pack last.
    printed_by: Option<String>,
    /// When, epoch milliseconds.
    printed_at: Option<i64>,
    /// Whether the day is closed, so that nothing more can be entered.
    closed: bool,
    /// Slips of the roll calls, and score sheets that somebody entered.
    slips: Vec<SlipShown>,
}

/// How a slip stands for the caller.
#[derive(Serialize, ToSchema)]
struct SlipShown {
    /// Ticket number.
    ticket: String,
    /// `attendance`, or `practical:PART:EXAMINER`.
    slip: String,
    /// `empty`, `second` (waits for the caller), `waiting` (for somebody else), `different` or `settled`.
    state: &'static str,
    /// Fields on which two entries differ.
    differences: Vec<String>,
}

#[utoipa::path(get, path = "/api/v1/days/{day}/points/{point}/paper", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)),
    responses((status = 200, body = PaperShown), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn show(
    app: Data<App>,
    caller: Caller,
    at: Path<(String, String)>,
) -> Result<Json<PaperShown>, Problem> {
    let app = app.get_ref().clone();
    Ok(Json(shown(block(move || cases::show(&app, &caller.0, &at.0, &at.1)).await?)))
}

#[utoipa::path(post, path = "/api/v1/days/{day}/points/{point}/paper", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)), request_body = Slips,
    responses((status = 200, body = Entered), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn enter(
    app: Data<App>,
    order: Order<Slips>,
    at: Path<(String, String)>,
) -> Result<Json<Entered>, Problem> {
    let app = app.get_ref().clone();
    let Order { person, body, once } = order;
    let read = |s: ReadSlip| Ok(EnterOrder { slip: slip(&s.slip)?, ticket: s.ticket, fields: s.fields });
    let orders = body.slips.into_iter().map(read).collect::<Result<Vec<_>, Problem>>()?;
    Ok(Json(block(move || cases::enter(&app, &person, (&at.0, &at.1), orders, once)).await?))
}

#[utoipa::path(post, path = "/api/v1/days/{day}/points/{point}/paper/decisions", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)), request_body = Decided,
    responses((status = 200, body = Entered), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn decide(
    app: Data<App>,
    order: Order<Decided>,
    at: Path<(String, String)>,
) -> Result<Json<Entered>, Problem> {
    let app = app.get_ref().clone();
    let Order { person, body, once } = order;
    let Decided { ticket, slip: word, fields, reason } = body;
    let decision = Decision { ticket, slip: slip(&word)?, fields, reason };
    Ok(Json(block(move || cases::decide(&app, &person, (&at.0, &at.1), decision, once)).await?))
}

#[utoipa::path(get, path = "/api/v1/days/{day}/points/{point}/paper/pack", tag = "days",
    params(("day" = String, Path), ("point" = String, Path)),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
async fn pack(app: Data<App>, caller: Caller, at: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    Ok(document(block(move || cases::pack(&app, &caller.0, &at.0, &at.1)).await?))
}

fn slip(word: &str) -> Result<Slip, Problem> {
    let why =
        || Problem::new("field-invalid", Some("slip: attendance or practical:PART:EXAMINER".to_owned()));
    Slip::from_word(word).ok_or_else(why)
}

fn shown(paper: PaperDay) -> PaperShown {
    let one = |ticket: &str, slip: &Slip, view: &SlipView| SlipShown {
        ticket: ticket.to_owned(),
        slip: slip.word(),
        state: view.state.word(),
        differences: view.differences.iter().map(|d| d.field.clone()).collect(),
    };
    let roll =
        paper.sessions.iter().flat_map(|s| &s.people).map(|p| one(&p.ticket, &Slip::Attendance, &p.slip));
    let marks = paper.sheets.iter().map(|s| {
        let slip = Slip::Practical { part: s.part.clone(), examiner: s.examiner.clone() };
        one(&s.ticket, &slip, &s.slip)
    });
    let slips = roll.chain(marks).collect();
    let (printed_by, printed_at) = paper.pack.map_or((None, None), |(by, at)| (Some(by), Some(at)));
    PaperShown { printed_by, printed_at, closed: paper.closed, slips }
}
