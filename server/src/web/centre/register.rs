//! Registration of a candidate: a form that says everything that is wrong at once and loses nothing that was typed.

use crate::app::App;
use crate::app::overview::Named;
use crate::app::registering::{self, Choices, Draft, Fault, Picture};
use crate::event::TradeLoaded;
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::{self, Done, Notice};
use crate::web::page::{Frame, Visitor};
use crate::web::upload::Upload;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Query, ServiceConfig};
use askama::Template;
use sha2::{Digest, Sha256};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/people/new", web::get().to(show)).route("/people/new", web::post().to(add));
}

#[derive(Template)]
#[template(path = "register/index.html")]
struct RegisterPage<'a> {
    frame: &'a Frame,
    choices: Choices,
    draft: Draft,
    faults: Vec<Fault>,
    once: String,
    notice: Notice,
    /// Name of the institution for which its own account registers.
    own: Option<Named>,
    kinds: [&'static str; 3],
    schooling: [&'static str; 4],
}

impl RegisterPage<'_> {
    /// What is wrong with a field, in words.
    fn at(&self, field: &str) -> Option<String> {
        let words = self.faults.iter().filter(|f| f.field == field);
        let words: Vec<String> = words
            .map(|f| self.frame.t(&format!("page-register-wrong-{}", f.word.replace('_', "-"))))
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn trade(&self, trade: &TradeLoaded) -> String {
        let name = self.frame.pick(&trade.name_zh, &trade.name_en);
        match (trade.theory_hours, trade.practical_hours, trade.total_hours) {
            (Some(theory), Some(practical), _) => {
                let hours = self.frame.t2("page-register-hours-of", "theory", theory, "practical", practical);
                format!("{name} {hours}")
            }
            (_, _, Some(total)) => {
                format!("{name} {}", self.frame.t1("page-register-hours-in-all", "total", total))
            }
            _ => name.to_owned(),
        }
    }

    fn education(&self, word: &str) -> String {
        self.frame.t(&format!("page-register-education-{word}"))
    }
}

async fn show(app: Data<App>, visitor: Visitor, query: Query<Done>) -> Result<HttpResponse, Problem> {
    let plain =
        |text: &&str| text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let done = query.done.as_deref().filter(plain);
    let done = done.map(|id| Notice::said(visitor.frame.t1("page-register-done", "registration", id)));
    let draft = Draft {
        kind: "first".to_owned(),
        education: "junior".to_owned(),
        applied_on: visitor.frame.now.date_in_china().to_string(),
        ..Draft::default()
    };
    answer(&app, &visitor, draft, (Vec::new(), done.unwrap_or_default())).await
}

async fn add(app: Data<App>, visitor: Visitor, upload: Upload) -> Result<HttpResponse, Problem> {
    let draft = draft(&upload);
    let said = format!("{draft:?} {}", hex::encode(Sha256::digest(&upload.content)));
    let once = forms::once(&app, &visitor.person, upload.text("once"), "/people/new", &said)?;
    let (worker, person, typed) = (app.get_ref().clone(), visitor.person.clone(), draft.clone());
    let outcome = block(move || {
        let picture = match (upload.too_large, upload.name.is_empty()) {
            (true, _) => Picture::TooLarge,
            (_, true) => Picture::None,
            _ => Picture::File(&upload.content),
        };
        registering::register(&worker, &person, &typed, picture, Some(once))
    });
    match outcome.await? {
        Ok(made) => Ok(forms::done("/people/new", &made.registration)),
        Err(faults) => {
            let text = visitor.frame.t1("page-register-wrong", "count", faults.len());
            let notice = Notice::wrong(text, StatusCode::UNPROCESSABLE_ENTITY);
            answer(&app, &visitor, draft, (faults, notice)).await
        }
    }
}

fn draft(upload: &Upload) -> Draft {
    let text = |field: &str| upload.text(field).to_owned();
    Draft {
        name: text("name"),
        id_number: text("id_number"),
        phone: text("phone"),
        trade: text("trade"),
        kind: text("kind"),
        institution: text("institution"),
        employer: text("employer"),
        education: text("education"),
        theory_hours: text("theory_hours"),
        practical_hours: text("practical_hours"),
        health_promise: upload.text("health_promise") == "yes",
        applied_on: text("applied_on"),
        first_issued_on: text("first_issued_on"),
    }
}

async fn answer(
    app: &Data<App>,
    visitor: &Visitor,
    draft: Draft,
    (faults, notice): (Vec<Fault>, Notice),
) -> Result<HttpResponse, Problem> {
    let worker = app.get_ref().clone();
    let choices = block(move || registering::choices(&worker)).await?;
    let own = (visitor.person.role == Role::TrainingInstitution).then(|| {
        let id = visitor.person.organisation.clone().unwrap_or_default();
        let known = choices.institutions.iter().find(|i| i.id == id).cloned();
        known.unwrap_or_else(|| Named { zh: id.clone(), en: id.clone(), id })
    });
    let frame = &visitor.frame;
    let page = RegisterPage {
        frame,
        choices,
        draft,
        faults,
        once: forms::key(frame)?,
        notice,
        own,
        kinds: ["first", "review", "renewal"],
        schooling: ["primary", "junior", "senior", "college"],
    };
    frame.answer(page.notice.status(), &page)
}
