//! The kiosk's own pages and JSON, on loopback.

mod api;
mod assets;
mod board;
mod checkin;
mod desk;
mod guard;
mod handing;
mod pages;
mod problem;
mod queue;
mod voice;

pub use problem::OWN_CODES;

use crate::agent::view::Look;
use crate::agent::{Failure, Message, Reply};
use crate::core::Command;
use crate::pictures::Pictures;
use crate::sync::Sync;
use crate::voice::Announcer;
use actix_web::dev::Server;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{App as Actix, HttpServer, web};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// The browser that shows the pages.
pub const BROWSER: &str = "chromium";

/// Largest body of a request in bytes.
const LARGEST_BODY: usize = 16 * 1024;
/// Nothing that the agent does takes longer; its devices have shorter deadlines of their own.
const PATIENCE: Duration = Duration::from_secs(900);
/// Requests in flight are given this long when the kiosk stops.
const STOP_SECONDS: u64 = 3;

/// What the handlers need.
#[derive(Clone)]
pub struct App {
    /// The agent.
    pub agent: Sender<Message>,
    /// The talk with the server.
    pub sync: Sync,
    /// Pictures and PDFs.
    pub pictures: Arc<Pictures>,
    /// The calls that are to be spoken.
    pub voice: Arc<Announcer>,
}

/// Starts the listener; returns the address it really has (port 0 is allowed).
///
/// # Errors
/// If the address cannot be used.
pub fn serve(app: App, listen: SocketAddr) -> std::io::Result<(Server, SocketAddr)> {
    let data = web::Data::new(app);
    let server = HttpServer::new(move || {
        let json = web::JsonConfig::default()
            .limit(LARGEST_BODY)
            .error_handler(|error, _| problem::malformed(&error.to_string()).into());
        let query = web::QueryConfig::default()
            .error_handler(|error, _| problem::malformed(&error.to_string()).into());
        Actix::new()
            .app_data(data.clone())
            .app_data(json)
            .app_data(query)
            .wrap(from_fn(guard::same_origin_only))
            .wrap(headers())
            .configure(api::routes)
            .configure(queue::routes)
            .configure(voice::routes)
            .configure(handing::routes)
            .configure(pages::routes)
            .configure(assets::routes)
            .default_service(web::to(problem::not_found))
    })
    .workers(2)
    .shutdown_timeout(STOP_SECONDS)
    .bind(listen)?;
    let address = server.addrs().first().copied().unwrap_or(listen);
    Ok((server.run(), address))
}

fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "content-security-policy",
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
        ))
        .add(("x-content-type-options", "nosniff"))
        .add(("referrer-policy", "no-referrer"))
        .add(("cache-control", "no-store"))
}

impl App {
    /// Has a command carried out.
    async fn command(&self, command: Command) -> Reply {
        self.ask(|reply| Message::Command(command, reply)).await.and_then(|reply| reply)
    }

    /// Has somebody checked in by the card on the reader.
    async fn check_in_by_card(&self) -> Reply {
        self.ask(Message::CheckInByCard).await.and_then(|reply| reply)
    }

    /// Takes down that somebody at the check-in screen asks for help, or that staff have come.
    async fn help(&self, wanted: bool) -> Result<(), Failure> {
        self.ask(|reply| Message::Help(wanted, reply)).await
    }

    /// How things stand.
    async fn look(&self) -> Result<Look, Failure> {
        self.ask(Message::Look).await
    }

    async fn ask<T: Send + 'static>(&self, message: impl FnOnce(Sender<T>) -> Message) -> Result<T, Failure> {
        let (reply, answer) = channel();
        self.agent.send(message(reply)).map_err(|_| Failure::Stopping)?;
        web::block(move || answer.recv_timeout(PATIENCE))
            .await
            .map_err(|_| Failure::Stopping)?
            .map_err(|_| Failure::Stopping)
    }
}
