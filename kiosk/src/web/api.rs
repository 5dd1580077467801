//! JSON for the kiosk's own pages and for whoever plays an exam day against it.

use super::App;
use super::problem::Problem;
use crate::agent::view::{Look, PersonView};
use crate::agent::{Failure, Reported};
use crate::core::printing::{Blank, PrintWish, Reason};
use crate::core::{Answer, Command, Means, PrintOutcome};
use crate::sync::SyncStatus;
use actix_web::web::{Data, Json, ServiceConfig, get, post, resource};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use shared::ids::{AccountId, CertificateId, TicketNumber};
use shared::wire::v1::journal::CompareVerdict;
use std::time::Duration;

/// Staff are warned when the clocks differ by more than this.
const CLOCK_WARNING_MS: u64 = 30_000;
/// Longest time that a talk with the server, asked for by hand, is waited for.
const SYNC_PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn routes(config: &mut ServiceConfig) {
    let not_found = || web::to(super::problem::not_found);
    let mut route = |path: &str, route: actix_web::Route| {
        config.service(resource(path).route(route).default_service(not_found()));
    };
    route("/api/health", get().to(health));
    route("/api/state", get().to(state));
    route("/api/check-in", post().to(check_in));
    route("/api/photo", post().to(photo));
    route("/api/compare", post().to(compare));
    route("/api/print", post().to(print));
    route("/api/settle", post().to(settle));
    route("/api/release", post().to(super::handing::release));
    route("/api/help", post().to(help));
    route("/api/sync", post().to(sync));
}

/// `POST /api/check-in`: exactly one of the three.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckInBody {
    id_number: Option<String>,
    ticket_qr: Option<String>,
    card: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketBody {
    pub(super) ticket: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompareBody {
    ticket: String,
    verdict: CompareVerdict,
    staff: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrintBody {
    certificate: String,
    blank: String,
    #[serde(default)]
    reprint: bool,
    /// Why it is printed again; needed with `reprint`.
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleBody {
    certificate: String,
    came_out: bool,
    staff: String,
}

/// `POST /api/help`: somebody at the check-in screen asks for help, or staff have come.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HelpBody {
    wanted: bool,
}

/// `GET /api/state`
#[derive(Serialize)]
struct StateAnswer {
    #[serde(flatten)]
    look: Look,
    sync: SyncStatus,
    /// Whether the clocks differ so much that staff should look at it.
    clock_warning: bool,
    printer_busy: bool,
}

async fn health(app: Data<App>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({"status": "ok", "journal": look.journal})))
}

async fn state(app: Data<App>) -> Result<HttpResponse, Problem> {
    let look = app.look().await?;
    let sync = app.sync.status();
    let printer_busy = look.certificates.iter().any(|certificate| certificate.stage == "running");
    let clock_warning = clock_warning(&sync);
    Ok(HttpResponse::Ok().json(StateAnswer { look, sync, clock_warning, printer_busy }))
}

async fn check_in(app: Data<App>, body: Json<CheckInBody>) -> Result<HttpResponse, Problem> {
    let reported = check_in_with(&app, body.into_inner()).await?;
    Ok(answer(&reported))
}

async fn photo(app: Data<App>, body: Json<TicketBody>) -> Result<HttpResponse, Problem> {
    let reported = photograph(&app, &body.ticket).await?;
    Ok(answer(&reported))
}

async fn compare(app: Data<App>, body: Json<CompareBody>) -> Result<HttpResponse, Problem> {
    let staff = staff(&body.staff)?;
    let command = Command::Compare { ticket: ticket(&body.ticket)?, verdict: body.verdict, staff };
    Ok(answer(&app.command(command).await?))
}

async fn print(app: Data<App>, body: Json<PrintBody>) -> Result<HttpResponse, Problem> {
    let certificate = certificate(&body.certificate)?;
    let blank = Blank::parse(&body.blank).map_err(|_| Problem::of("blank_invalid"))?;
    let reason = || Reason::parse(body.reason.as_deref().unwrap_or_default());
    let reprint = body.reprint.then(reason).transpose().map_err(|_| Problem::of("reason_missing"))?;
    let wish = PrintWish { certificate, blank, reprint, file_at_hand: false };
    Ok(answer(&app.command(Command::Print(wish)).await?))
}

async fn settle(app: Data<App>, body: Json<SettleBody>) -> Result<HttpResponse, Problem> {
    let (certificate, staff) = (certificate(&body.certificate)?, staff(&body.staff)?);
    let command = Command::Settle { certificate, came_out: body.came_out, staff };
    Ok(answer(&app.command(command).await?))
}

async fn help(app: Data<App>, body: Json<HelpBody>) -> Result<HttpResponse, Problem> {
    app.help(body.wanted).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({"wanted": body.wanted})))
}

async fn sync(app: Data<App>) -> Result<HttpResponse, Problem> {
    let sync = app.sync.clone();
    let status = web::block(move || sync.now(SYNC_PATIENCE)).await.map_err(|_| Failure::Stopping)?;
    Ok(HttpResponse::Ok().json(status))
}

/// Checks somebody in by whichever means the body names.
pub(super) async fn check_in_with(app: &App, body: CheckInBody) -> Result<Reported, Problem> {
    let means = match (body.id_number, body.ticket_qr, body.card) {
        (Some(text), None, None) => Means::IdNumber(text),
        (None, Some(text), None) => Means::TicketQr(text),
        (None, None, Some(true)) => return Ok(app.check_in_by_card().await?),
        _ => return Err(Problem::of("means_missing")),
    };
    Ok(app.command(Command::CheckIn(means)).await?)
}

/// Photographs somebody.
pub(super) async fn photograph(app: &App, text: &str) -> Result<Reported, Problem> {
    Ok(app.command(Command::Photograph(ticket(text)?)).await?)
}

/// Whether the clocks of kiosk and server differ so much that staff should look at it.
pub(super) fn clock_warning(sync: &SyncStatus) -> bool {
    sync.offset_ms.unsigned_abs() > CLOCK_WARNING_MS
}

pub(super) fn ticket(text: &str) -> Result<TicketNumber, Problem> {
    TicketNumber::parse(text).map_err(|_| Problem::of("ticket_invalid"))
}

pub(super) fn staff(text: &str) -> Result<AccountId, Problem> {
    AccountId::parse(text).map_err(|_| Problem::of("staff_invalid"))
}

pub(super) fn certificate(text: &str) -> Result<CertificateId, Problem> {
    CertificateId::parse(text).map_err(|_| Problem::of("certificate_invalid"))
}

pub(super) fn answer(reported: &Reported) -> HttpResponse {
    let person: Option<&PersonView> = reported.person.as_ref();
    let document = match &reported.answer {
        Answer::CheckedIn { ticket } => serde_json::json!({"ticket": ticket.as_str(), "person": person}),
        Answer::Photographed { ticket, blob } => {
            serde_json::json!({"ticket": ticket.as_str(), "blob": blob.to_string(), "person": person})
        }
        Answer::Compared { ticket, verdict, number } => serde_json::json!({
            "ticket": ticket.as_str(), "verdict": verdict, "number": number,
            "ahead": person.and_then(|p| p.ahead), "person": person,
        }),
        Answer::Called { ticket, number, window, count } => serde_json::json!({
            "ticket": ticket.as_str(), "number": number, "window": window.as_str(), "count": count,
            "person": person,
        }),
        Answer::PassedOver { ticket } => serde_json::json!({
            "ticket": ticket.as_str(), "ahead": person.and_then(|p| p.ahead), "person": person,
        }),
        Answer::Admitted { ticket } | Answer::QueueChanged { ticket } => {
            serde_json::json!({"ticket": ticket.as_str(), "person": person})
        }
        Answer::PlaceSet { place, state } => serde_json::json!({"place": place.as_str(), "state": state}),
        Answer::Settled { certificate, came_out } => {
            serde_json::json!({"certificate": certificate.as_str(), "came_out": came_out})
        }
        Answer::Received { certificate } => {
            serde_json::json!({"certificate": certificate.as_str(), "received": true})
        }
        Answer::Released { certificate, to } => {
            serde_json::json!({"certificate": certificate.as_str(), "to": to.as_str()})
        }
        Answer::PrintEnded { job, outcome } => {
            let (word, fault) = match outcome {
                PrintOutcome::Printed => ("printed", None),
                PrintOutcome::Failed(fault) => ("failed", Some(fault)),
            };
            serde_json::json!({
                "outcome": word, "code": fault.map(|fault| fault.code),
                "untouched": fault.is_some_and(|fault| fault.untouched), "certificate": job.certificate.as_str(),
                "attempt": job.attempt, "blank": job.blank.as_str(),
            })
        }
    };
    HttpResponse::Ok().json(document)
}
