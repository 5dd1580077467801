//! A form that came when the login had ended: what was typed goes through the login and is sent again from a page with
//! one button, never by itself. Passwords do not come along; they are asked for once more.

use super::page::{Frame, escape, local};
use crate::http::guard::Unread;
use crate::http::problem::Problem;
use crate::http::secure::sent_by_own_page;
use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Query};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use futures_util::StreamExt;

/// Longest form in bytes that is carried.
const MOST: usize = 64 * 1024;

/// What is shown of it at most.
const SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "login/again.html")]
struct AgainPage<'a> {
    frame: &'a Frame,
    address: &'a str,
    fields: Vec<Field>,
    values: Vec<String>,
}

/// A field of the form.
struct Field {
    name: String,
    value: String,
    /// Asked for again.
    password: bool,
}

/// What a refused request wanted to send, as the login form carries it; empty if it was no form of one of our pages.
pub(super) async fn carried(request: &HttpRequest) -> String {
    let unread = request.extensions_mut().remove::<Unread>();
    let form = request.content_type() == "application/x-www-form-urlencoded";
    let Some(Unread(body)) = unread.filter(|_| form && sent_by_own_page(request)) else {
        return String::new();
    };
    if request.method() != Method::POST {
        return String::new();
    }
    let bytes = read(body).await.unwrap_or_default();
    let fields = parsed(std::str::from_utf8(&bytes).unwrap_or_default());
    let kept = fields.into_iter().map(|(name, value)| {
        let value = if secret(&name) { String::new() } else { value };
        format!("{}={}", escape(&name), escape(&value))
    });
    kept.collect::<Vec<_>>().join("&")
}

/// The page that sends it.
///
/// # Errors
/// `unavailable` if the template fails.
pub(super) fn page(frame: &Frame, address: &str, carried: &str) -> Result<HttpResponse, Problem> {
    let fields: Vec<Field> = parsed(carried)
        .into_iter()
        .map(|(name, value)| Field { password: secret(&name), name, value })
        .collect();
    let told = fields.iter().filter(|f| f.name != "once" && readable(&f.value));
    let values = told.map(|f| f.value.clone()).take(SHOWN).collect();
    frame.answer(StatusCode::OK, &AgainPage { frame, address: local(address), fields, values })
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

fn parsed(form: &str) -> Vec<(String, String)> {
    Query::from_query(form).map(Query::into_inner).unwrap_or_default()
}

async fn read(mut body: Payload) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(part) = body.next().await {
        let part: Bytes = part.ok()?;
        bytes.extend_from_slice(&part);
        if bytes.len() > MOST {
            return None;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    async fn carry(site: &'static str, body: &'static str) -> String {
        let request = TestRequest::post()
            .insert_header(("sec-fetch-site", site))
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .to_http_request();
        let body = Payload::from(Bytes::from_static(body.as_bytes()));
        request.extensions_mut().insert(Unread(body));
        carried(&request).await
    }

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
    async fn what_was_typed_is_carried_without_passwords_and_from_our_own_pages_only() {
        let body = "note=%E8%80%83+1&registration=a&registration=b&second_password=secret";
        let kept = carry("same-origin", body).await;
        assert_eq!(kept, "note=%E8%80%83%201&registration=a&registration=b&second_password=");
        assert_eq!(parsed(&kept).len(), 4);
        assert_eq!(carry("cross-site", body).await, "");
    }
}
