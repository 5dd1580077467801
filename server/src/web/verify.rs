//! Anybody checks a certificate: by its number and the holder's name, or by the text of its QR code.

use super::forms::Form;
use super::page::{Frame, Guest};
use crate::app::App;
use crate::app::auth::Throttle;
use crate::app::certificates::CertificateError;
use crate::app::certificates::public::{Answer, check_code, check_number};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/verify", web::get().to(show)).route("/verify", web::post().to(check));
}

#[derive(Template)]
#[template(path = "verify/index.html")]
struct VerifyPage<'a> {
    frame: &'a Frame,
    form: &'a VerifyForm,
    answer: Option<Lines>,
}

/// The answer in words.
pub(super) struct Lines {
    pub(super) tone: &'static str,
    pub(super) icon: &'static str,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) facts: Vec<(String, String)>,
}

#[derive(Deserialize, Default)]
struct VerifyForm {
    #[serde(default)]
    number: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
}

async fn show(guest: Guest) -> Result<HttpResponse, Problem> {
    let page = VerifyPage { frame: &guest.0, form: &VerifyForm::default(), answer: None };
    guest.0.answer(StatusCode::OK, &page)
}

/// A look-up by POST: name and number are in no address and no log.
async fn check(
    guest: Guest,
    app: Data<App>,
    throttle: Data<Throttle>,
    form: Form<VerifyForm>,
) -> Result<HttpResponse, Problem> {
    let (frame, form, app) = (guest.0, form.0, app.get_ref().clone());
    let (number, name, code) = (form.number.clone(), form.name.clone(), form.code.clone());
    let answer = block(move || {
        let found = if code.trim().is_empty() {
            check_number(&app, &throttle, &number, &name)
        } else {
            check_code(&app, &code)
        };
        match found {
            Ok(answer) => Ok(Some(answer)),
            Err(CertificateError::Throttled) => Ok(None),
            Err(other) => Err(other),
        }
    })
    .await?;
    let lines = answer.map_or_else(|| message(&frame, "throttled"), |answer| lines(&frame, answer));
    frame.answer(StatusCode::OK, &VerifyPage { frame: &frame, form: &form, answer: Some(lines) })
}

fn message(frame: &Frame, word: &str) -> Lines {
    Lines {
        tone: "bad",
        icon: "alert",
        title: frame.t(&format!("page-verify-{word}")),
        text: frame.t(&format!("page-verify-{word}-text")),
        facts: Vec::new(),
    }
}

/// What was found out, in words.
pub(super) fn lines(frame: &Frame, answer: Answer) -> Lines {
    let checked = match answer {
        Answer::Found(checked) => checked,
        Answer::NotFound => return message(frame, "not-found"),
        Answer::NotOurs(_) => return message(frame, "not-ours"),
    };
    let word = checked.standing.word();
    let mut facts = vec![
        (frame.t("page-verify-name"), checked.name),
        (frame.t("page-verify-trade"), frame.pick(&checked.trade.0, &checked.trade.1).to_owned()),
        (frame.t("page-verify-number"), checked.certificate),
        (frame.t("page-verify-from"), frame.date(&checked.valid.0)),
        (frame.t("page-verify-to"), frame.date(&checked.valid.1)),
    ];
    if let Some(review) = checked.review_due {
        facts.push((frame.t("page-verify-review"), frame.date(&review)));
    }
    let good = word == "valid";
    Lines {
        tone: if good { "good" } else { "warn" },
        icon: if good { "check" } else { "alert" },
        title: frame.t(&format!("page-verify-{word}")),
        text: frame.t(&format!("page-verify-{word}-text")),
        facts,
    }
}
