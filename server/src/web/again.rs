//! A form that came when the login had ended: what was typed goes through the login, sealed for the account to which the
//! form was shown, and is sent again from a page with one button, never by itself. Passwords and files do not come
//! along; they are asked for once more.

use super::forms;
use super::page::{Frame, local};
use super::upload::Upload;
use crate::app::App;
use crate::event::Sealed;
use crate::http::guard::Unread;
use crate::http::problem::Problem;
use crate::http::secure::sent_by_own_page;
use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

/// What is sealed.
const CONTEXT: &str = "late-form";

/// What is shown of it at most.
const SHOWN: usize = 12;

/// What became of what a refused request wanted to send.
pub(super) enum Late {
    /// There was nothing, or nothing of ours.
    Nothing,
    /// It was too much to be kept.
    Lost,
    /// Sealed, as the login form carries it.
    Kept(String),
}

/// A form on its way through the login.
#[derive(Serialize, Deserialize)]
pub(super) struct LateForm {
    /// Where it is sent to.
    address: String,
    /// Names and values.
    fields: Vec<(String, String)>,
    /// Whether it was sent in parts, as forms with a file are.
    parts: bool,
    /// Field and name of the file that was chosen.
    file: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "login/again.html")]
struct AgainPage<'a> {
    frame: &'a Frame,
    address: &'a str,
    fields: Vec<Field>,
    values: Vec<String>,
    parts: bool,
    file: Option<(String, String)>,
}

/// A field of the form.
struct Field {
    name: String,
    value: String,
    /// Asked for again.
    password: bool,
}

/// What a refused request wanted to send, if it was a form that we have shown to somebody.
pub(super) async fn late(request: &HttpRequest) -> Late {
    let unread = request.extensions_mut().remove::<Unread>();
    let app = request.app_data::<Data<App>>();
    let own = request.method() == Method::POST && sent_by_own_page(request);
    let (Some(Unread(body)), Some(app), true) = (unread, app, own) else { return Late::Nothing };
    let address = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let form = match request.content_type() {
        "application/x-www-form-urlencoded" => of_fields(address, body).await,
        "multipart/form-data" => of_parts(request, address, body).await,
        _ => return Late::Nothing,
    };
    form.map_or(Late::Lost, |form| form.sealed(app))
}

/// The form that somebody who has just logged in sent before; `None` if it was shown to anybody else.
pub(super) fn opened(app: &App, account: &str, carried: &str) -> Option<LateForm> {
    let text = app.sealer.open(CONTEXT, &Sealed(carried.to_owned())).ok()?;
    let form: LateForm = serde_json::from_str(&text).ok()?;
    (forms::is_of(app, account, form.key()) == Some(true)).then_some(form)
}

/// The page that sends it.
///
/// # Errors
/// `unavailable` if the template fails.
pub(super) fn page(frame: &Frame, form: LateForm) -> Result<HttpResponse, Problem> {
    let LateForm { address, fields, parts, file } = form;
    let fields: Vec<Field> =
        fields.into_iter().map(|(name, value)| Field { password: secret(&name), name, value }).collect();
    let told = fields.iter().filter(|f| f.name != "once" && readable(&f.value));
    let values = told.map(|f| f.value.clone()).take(SHOWN).collect();
    let page = AgainPage { frame, address: local(&address), fields, values, parts, file };
    frame.answer(StatusCode::OK, &page)
}

impl LateForm {
    fn new(address: String, fields: impl Iterator<Item = (String, String)>) -> Self {
        let without = |(name, value): (String, String)| match secret(&name) {
            true => (name, String::new()),
            false => (name, value),
        };
        Self { address, fields: fields.map(without).collect(), parts: false, file: None }
    }

    /// The key by which it is known to whom it was shown.
    fn key(&self) -> &str {
        self.fields.iter().find(|(name, _)| name == "once").map_or("", |(_, key)| key)
    }

    fn sealed(&self, app: &App) -> Late {
        if self.key().is_empty() {
            return Late::Nothing;
        }
        let text = serde_json::to_string(self).unwrap_or_default();
        app.sealer.seal(CONTEXT, &text).map_or(Late::Lost, |sealed| Late::Kept(sealed.0))
    }
}

impl AgainPage<'_> {
    /// What is written beside a password.
    fn label(&self, field: &Field) -> String {
        self.frame.t(match field.name.as_str() {
            "second_password" => "page-room-second-password",
            _ => "page-login-password",
        })
    }
}

fn secret(name: &str) -> bool {
    name.ends_with("password") || name == "totp"
}

/// Whether a person recognises a value: a text, a number, a day; the word of a choice means nothing to him.
fn readable(value: &str) -> bool {
    let begins = value.chars().next();
    begins.is_some_and(|c| c.is_ascii_digit()) || value.contains(|c: char| !c.is_ascii() || c == ' ')
}

async fn of_fields(address: String, body: Payload) -> Option<LateForm> {
    let bytes = read(body).await?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let fields = Query::<Vec<(String, String)>>::from_query(text).ok()?.into_inner();
    Some(LateForm::new(address, fields.into_iter()))
}

async fn of_parts(request: &HttpRequest, address: String, body: Payload) -> Option<LateForm> {
    let upload = Upload::without_content(request, body).await.ok()?;
    let file = (!upload.name.is_empty()).then(|| (upload.field.clone(), upload.name.clone()));
    Some(LateForm { parts: true, file, ..LateForm::new(address, upload.texts()) })
}

/// All of a body, to its end, so that the browser gets its answer; `None` if it is more than a form may be.
async fn read(mut body: Payload) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut fits = true;
    let mut read = 0_usize;
    while let Some(part) = body.next().await {
        let part: Bytes = part.ok()?;
        read = read.saturating_add(part.len());
        fits = read <= forms::MOST;
        if fits {
            bytes.extend_from_slice(&part);
        } else if read > super::upload::MOST_READ {
            return None;
        }
    }
    fits.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_again_says_something_to_people() {
        for (value, shown) in [
            ("2026-09-28", true),
            ("灯坏了", true),
            ("one lamp is out", true),
            ("first", false),
            ("chemical-alkylation", false),
            ("", false),
        ] {
            assert_eq!(readable(value), shown, "{value}");
        }
    }

    #[actix_web::test]
    async fn what_was_typed_is_kept_without_passwords_and_a_form_that_is_too_long_is_read_to_its_end() {
        let body = "note=%E8%80%83+1&registration=a&registration=b&second_password=secret";
        let form = of_fields("/plan".to_owned(), Payload::from(Bytes::from_static(body.as_bytes()))).await;
        let kept = [("note", "考 1"), ("registration", "a"), ("registration", "b"), ("second_password", "")];
        let kept = kept.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(form.unwrap().fields, kept);
        let long = format!("note={}", "x".repeat(forms::MOST));
        assert!(of_fields("/plan".to_owned(), Payload::from(Bytes::from(long))).await.is_none());
    }
}
