//! The evidence page: choose a candidate or a session, see what the package will hold, and have it made.

use super::forms::{Form, Notice};
use super::page::{Frame, Visitor};
use crate::app::App;
use crate::app::evidence::{Outlook, Subject, make, outlook};
use crate::http::api::evidence::download;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/evidence", web::get().to(show)).route("/evidence", web::post().to(pack));
}

#[derive(Template)]
#[template(path = "evidence/index.html")]
struct EvidencePage<'a> {
    frame: &'a Frame,
    asked: &'a Asked,
    outlook: Option<Outlook>,
    notice: Notice,
}

/// Whom the package is about.
#[derive(Deserialize, Default, Clone)]
struct Asked {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    session: String,
}

impl EvidencePage<'_> {
    fn contents(&self) -> [String; 6] {
        ["report", "records", "pictures", "answers", "draws", "proofs"]
            .map(|word| self.frame.t(&format!("page-evidence-holds-{word}")))
    }
}

async fn show(app: Data<App>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let asked = asked.into_inner();
    if asked.ticket.is_empty() && asked.session.is_empty() {
        return page(&visitor.frame, &asked, None, Notice::default());
    }
    let (worker, wanted) = (app.get_ref().clone(), asked.clone());
    let found = block(move || {
        let subject = Subject::of(Some(&wanted.ticket), Some(&wanted.session))?;
        outlook(&worker, &subject)
    })
    .await;
    match found {
        Ok(found) => page(&visitor.frame, &asked, Some(found), Notice::default()),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            page(&visitor.frame, &asked, None, notice)
        }
    }
}

async fn pack(app: Data<App>, visitor: Visitor, form: Form<Asked>) -> Result<HttpResponse, Problem> {
    let (worker, wanted, lang) = (app.get_ref().clone(), form.0.clone(), visitor.frame.lang);
    let person = visitor.person;
    let made = block(move || {
        let subject = Subject::of(Some(&wanted.ticket), Some(&wanted.session))?;
        make(&worker, &person, &subject, lang)
    })
    .await;
    match made {
        Ok(package) => Ok(download(package)),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            page(&visitor.frame, &form.0, None, notice)
        }
    }
}

fn page(
    frame: &Frame,
    asked: &Asked,
    outlook: Option<Outlook>,
    notice: Notice,
) -> Result<HttpResponse, Problem> {
    let status: StatusCode = notice.status();
    frame.answer(status, &EvidencePage { frame, asked, outlook, notice })
}
