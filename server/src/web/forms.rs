//! Forms of our own pages, and what they all have in common: a form that another site sent in the person's browser is
//! refused, one that is sent twice works once, and a refusal is said on the page, where what was typed still stands.

use super::page::{Frame, see};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::once::Once;
use crate::http::problem::Problem;
use crate::http::secure::sent_by_own_page;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

/// Longest form in bytes: a roll of some thousand people.
pub const MOST: usize = 256 * 1024;

/// Characters of a key by which it is known for whom it was made.
const MARK: usize = 24;

/// What a person filled in and sent from one of our pages.
pub struct Form<T>(pub T);

/// A form without fields: a single button.
#[derive(Deserialize)]
pub struct Button {}

/// A form whose fields are not known beforehand, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// What was typed into a field, without white space around it; empty if the form has no such field.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.0.get(name).map(|text| text.trim().to_owned()).unwrap_or_default()
    }

    /// As [`text`](Self::text); none if nothing was typed.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }
}

impl Deref for Fields {
    type Target = BTreeMap<String, String>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl IntoIterator for Fields {
    type Item = (String, String);
    type IntoIter = std::collections::btree_map::IntoIter<String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// What the address says after a form: the word of what was done.
#[derive(Default, Deserialize)]
pub struct Done {
    /// The word.
    pub done: Option<String>,
}

/// What a page says above its content about the form that was sent last; `_notice.html` shows it.
#[derive(Default)]
pub struct Notice {
    done: Option<String>,
    wrong: Option<(String, StatusCode)>,
    reasons: Vec<String>,
}

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let own = sent_by_own_page(request);
        let form = web::Form::<T>::from_request(request, payload);
        Box::pin(async move {
            if !own {
                return Err(Problem::new("csrf", None));
            }
            let form = form.await.map_err(|e| Problem::new("body-unreadable", Some(e.to_string())))?;
            Ok(Self(form.into_inner()))
        })
    }
}

/// A key for the hidden field `once` of a form, so that sending it twice does the thing once, and whoever is logged in
/// when it comes is the one to whom it was shown.
///
/// # Errors
/// `unavailable` without a source of randomness.
pub fn key(frame: &Frame) -> Result<String, Problem> {
    frame.key.clone().ok_or_else(|| Problem::new("unavailable", None))
}

/// A new key for the forms of a page that is shown to an account: `F-<random>.<mark of the account>`. A page adds what
/// tells its forms apart behind it.
#[must_use]
pub fn new_key(app: &App, account: &str) -> Option<String> {
    let id = crate::entropy::new_id("F").ok()?;
    let mark = mark(app, account, &id);
    Some(format!("{id}.{mark}"))
}

/// Whether a key was made for an account; `None` for one that was made for nobody.
#[must_use]
pub fn is_of(app: &App, account: &str, key: &str) -> Option<bool> {
    let (id, rest) = key.split_once('.')?;
    Some(rest.get(..MARK)? == mark(app, account, id))
}

fn mark(app: &App, account: &str, id: &str) -> String {
    let hash = app.sealer.index("form", &format!("{account}\n{id}"));
    hash.chars().take(MARK).collect()
}

/// The key that came back with a form, bound to who sent it, where to, and what it said.
///
/// # Errors
/// `idempotency-key-invalid`; `form-of-another` if the form was shown to somebody else at the same screen.
pub fn once(app: &App, person: &Person, key: &str, address: &str, said: &str) -> Result<Once, Problem> {
    if is_of(app, &person.account, key) == Some(false) {
        return Err(Problem::new("form-of-another", None));
    }
    Ok(Once::new(&person.account, key, &format!("POST {address}"), said.as_bytes())?)
}

/// What a form of many fields said: all of it except its key and passwords.
#[must_use]
pub fn said(fields: &Fields) -> String {
    let kept = fields.iter().filter(|(name, _)| *name != "once" && !name.ends_with("password"));
    kept.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
}

/// Goes on to an address, where the word of what was done becomes a sentence.
#[must_use]
pub fn done(address: &str, word: &str) -> HttpResponse {
    let mark = if address.contains('?') { '&' } else { '?' };
    see(&format!("{address}{mark}done={word}"))
}

impl Notice {
    /// What was done, if the address names one of the known words; its sentence is `<words><word>`.
    #[must_use]
    pub fn done(frame: &Frame, words: &str, known: &[&str], word: Option<&str>) -> Self {
        let known = word.filter(|w| known.contains(w));
        let done = known.map(|word| frame.t(&format!("{words}{}", word.replace('_', "-"))));
        Self { done, wrong: None, reasons: Vec::new() }
    }

    /// A refusal, to be said on the page of the form. What nobody can put right by another form goes on as it is.
    ///
    /// # Errors
    /// The problem, if it is the server's own or says that this person may not.
    pub fn refused(frame: &Frame, problem: Problem) -> Result<Self, Problem> {
        if problem.status >= 500 || matches!(problem.status, 401 | 403) {
            return Err(problem);
        }
        let reasons = problem.reasons.iter().map(|r| frame.pick(&r.title, &r.title_en).to_owned()).collect();
        Ok(Self { reasons, ..Self::wrong(frame.said(&problem).to_owned(), problem.status_code()) })
    }

    /// A sentence about what was done.
    #[must_use]
    pub const fn said(text: String) -> Self {
        Self { done: Some(text), wrong: None, reasons: Vec::new() }
    }

    /// A sentence about what cannot stay as it was typed.
    #[must_use]
    pub const fn wrong(text: String, status: StatusCode) -> Self {
        Self { done: None, wrong: Some((text, status)), reasons: Vec::new() }
    }

    /// Status of the page that says it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.wrong.as_ref().map_or(StatusCode::OK, |(_, status)| *status)
    }

    /// What was done, in words.
    #[must_use]
    pub fn good(&self) -> Option<&str> {
        self.done.as_deref()
    }

    /// What stands against it, each in words.
    #[must_use]
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// What was refused, in words.
    #[must_use]
    pub fn bad(&self) -> Option<&str> {
        self.wrong.as_ref().map(|(text, _)| text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_said_leaves_out_key_and_passwords() {
        let fields =
            [("note", "x"), ("once", "F1"), ("password", "p"), ("second_password", "q"), ("act", "go")];
        let fields = fields.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        assert_eq!(said(&fields), "act=go\nnote=x");
    }

    #[test]
    fn a_word_is_added_to_the_query_of_an_address() {
        for (address, to) in [("/plan", "/plan?done=added"), ("/plan?day=1", "/plan?day=1&done=added")] {
            let response = done(address, "added");
            let location = response.headers().get("location").and_then(|v| v.to_str().ok());
            assert_eq!(location, Some(to));
        }
    }
}
