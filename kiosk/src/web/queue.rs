//! JSON for the queues: call, call again, pass over, admit, come back, send elsewhere, priority, leave, and the places.

use super::App;
use super::api::{TicketBody, answer, staff, ticket};
use super::problem::Problem;
use crate::core::{Command, Window};
use actix_web::web::{Data, Json, ServiceConfig, post, resource};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use shared::queue::PlaceCode;
use shared::wire::v1::journal::{PlaceSwitch, PriorityReason};

pub(super) fn routes(config: &mut ServiceConfig) {
    let not_found = || web::to(super::problem::not_found);
    let mut route = |path: &str, route: actix_web::Route| {
        config.service(resource(path).route(route).default_service(not_found()));
    };
    route("/api/call", post().to(call));
    route("/api/recall", post().to(recall));
    route("/api/pass-over", post().to(pass_over));
    route("/api/admit", post().to(admit));
    route("/api/come-back", post().to(come_back));
    route("/api/transfer", post().to(transfer));
    route("/api/priority", post().to(priority));
    route("/api/leave", post().to(leave));
    route("/api/place", post().to(set_place));
}

/// `POST /api/call`: whoever is next, of a place if one is named. Without a window he is called to the place itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallBody {
    window: Option<String>,
    place: Option<String>,
}

/// `POST /api/recall`: without a window to where he was called before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecallBody {
    ticket: String,
    window: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedBody {
    ticket: String,
    staff: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransferBody {
    ticket: String,
    place: String,
    staff: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriorityBody {
    ticket: String,
    reason: PriorityReason,
    staff: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceBody {
    place: String,
    state: PlaceSwitch,
    staff: String,
}

async fn call(app: Data<App>, body: Json<CallBody>) -> Result<HttpResponse, Problem> {
    let place = body.place.as_deref().map(place).transpose()?;
    // Whoever names neither has forgotten something.
    if place.is_none() && body.window.is_none() {
        return Err(Problem::of("window_invalid"));
    }
    let window = body.window.as_deref().map(window).transpose()?;
    Ok(answer(&app.command(Command::CallNext { place, window }).await?))
}

async fn recall(app: Data<App>, body: Json<RecallBody>) -> Result<HttpResponse, Problem> {
    let window = body.window.as_deref().map(window).transpose()?;
    Ok(answer(&app.command(Command::Recall { ticket: ticket(&body.ticket)?, window }).await?))
}

async fn pass_over(app: Data<App>, body: Json<TicketBody>) -> Result<HttpResponse, Problem> {
    Ok(answer(&app.command(Command::PassOver(ticket(&body.ticket)?)).await?))
}

async fn admit(app: Data<App>, body: Json<TicketBody>) -> Result<HttpResponse, Problem> {
    Ok(answer(&app.command(Command::Admit(ticket(&body.ticket)?)).await?))
}

async fn come_back(app: Data<App>, body: Json<SignedBody>) -> Result<HttpResponse, Problem> {
    let command = Command::ComeBack { ticket: ticket(&body.ticket)?, staff: staff(&body.staff)? };
    Ok(answer(&app.command(command).await?))
}

async fn transfer(app: Data<App>, body: Json<TransferBody>) -> Result<HttpResponse, Problem> {
    let (ticket, staff) = (ticket(&body.ticket)?, staff(&body.staff)?);
    let command = Command::Transfer { ticket, place: place(&body.place)?, staff };
    Ok(answer(&app.command(command).await?))
}

async fn priority(app: Data<App>, body: Json<PriorityBody>) -> Result<HttpResponse, Problem> {
    let (ticket, staff) = (ticket(&body.ticket)?, staff(&body.staff)?);
    Ok(answer(&app.command(Command::Prioritise { ticket, reason: body.reason, staff }).await?))
}

async fn leave(app: Data<App>, body: Json<SignedBody>) -> Result<HttpResponse, Problem> {
    let command = Command::Leave { ticket: ticket(&body.ticket)?, staff: staff(&body.staff)? };
    Ok(answer(&app.command(command).await?))
}

async fn set_place(app: Data<App>, body: Json<PlaceBody>) -> Result<HttpResponse, Problem> {
    let (place, staff) = (place(&body.place)?, staff(&body.staff)?);
    Ok(answer(&app.command(Command::SetPlace { place, state: body.state, staff }).await?))
}

fn window(text: &str) -> Result<Window, Problem> {
    Window::parse(text).map_err(|_| Problem::of("window_invalid"))
}

fn place(text: &str) -> Result<PlaceCode, Problem> {
    PlaceCode::parse(text).map_err(|_| Problem::of("unknown_place"))
}
