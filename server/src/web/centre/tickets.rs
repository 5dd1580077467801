//! The admission tickets of a session: one document with all of them, and a page of codes to be cut out.

use crate::app::App;
use crate::app::overview::Titled;
use crate::app::tickets::{self as cases, Slip};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::page::{Frame, Visitor, escape};
use crate::web::parts::{Html, pdf};
use crate::web::qr;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/sessions/{session}/tickets", web::get().to(show))
        .route("/sessions/{session}/tickets.pdf", web::get().to(document));
}

#[derive(Template)]
#[template(path = "tickets/index.html")]
struct TicketsPage<'a> {
    frame: &'a Frame,
    session: Titled,
    slips: Vec<Slip>,
}

impl TicketsPage<'_> {
    fn qr(&self, slip: &Slip) -> Option<Html> {
        qr::svg(&slip.secret, &self.frame.t1("page-tickets-qr", "ticket", &slip.ticket))
    }

    fn place(&self, slip: &Slip) -> String {
        match (&slip.room, slip.seat) {
            (Some((zh, en)), Some(seat)) => {
                self.frame.t2("page-tickets-seat", "room", self.frame.pick(zh, en), "seat", seat)
            }
            _ => self.frame.t("page-not-seated"),
        }
    }
}

async fn show(app: Data<App>, visitor: Visitor, session: Path<String>) -> Result<HttpResponse, Problem> {
    let (worker, person) = (app.get_ref().clone(), visitor.person.clone());
    let (session, slips) = block(move || cases::slips(&worker, &person, &session)).await?;
    let frame = &visitor.frame;
    frame.answer(StatusCode::OK, &TicketsPage { frame, session, slips })
}

async fn document(app: Data<App>, visitor: Visitor, session: Path<String>) -> Result<HttpResponse, Problem> {
    let (worker, person, id) = (app.get_ref().clone(), visitor.person, session.to_string());
    let rendered = block(move || cases::session_pdf(&worker, &person, &id)).await?;
    Ok(pdf(&format!("tickets-{}", escape(&session).replace('/', "-")), rendered.bytes))
}
