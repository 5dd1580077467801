//! Extractors: who calls, and what he says. A handler that takes one of these cannot be reached by anybody else.

use super::problem::Problem;
use crate::app::App;
use crate::app::auth::{self, AuthError, Person, Spent};
use crate::app::once::Once;
use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::wire::v1::kiosk::SCHEME;
use std::future::Future;
use std::pin::Pin;

/// Cookie with a person's token.
pub const COOKIE: &str = "kd_session";

/// Header that every form and script of our own pages sends with a write; another site cannot.
pub const CSRF_HEADER: &str = "x-kaodian";

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// A person whose role the access table admits to this endpoint.
pub struct Caller(pub Person);

/// A kiosk that signed this call, with the body that it signed.
pub struct KioskCall {
    /// Kiosk id.
    pub kiosk: String,
    /// Body.
    pub body: Bytes,
}

/// An examinee's seat.
pub struct SeatCall {
    /// Ticket number.
    pub ticket: String,
    /// Id of the token; the use case asks whether it is the current one.
    pub token: String,
}

/// A JSON body that a person sent, together with his `Idempotency-Key`, if he sent one.
pub struct Order<T> {
    /// Who.
    pub person: Person,
    /// What.
    pub body: T,
    /// Key under which it is done once.
    pub once: Option<Once>,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(admitted(&request)?)) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Order<T> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let bytes = Bytes::from_request(&request, payload);
        Box::pin(async move {
            let person = admitted(&request)?;
            let bytes = bytes.await.map_err(|e| Problem::new("body-unreadable", Some(e.to_string())))?;
            let once = once(&request, &person.account, &bytes)?;
            let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
            Ok(Self { person, body: parse(text)?, once })
        })
    }
}

impl FromRequest for KioskCall {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let bytes = Bytes::from_request(&request, payload);
        Box::pin(async move {
            let token = scheme(&request, SCHEME).ok_or(AuthError::Kiosk)?;
            let body = bytes.await.map_err(|e| Problem::new("body-unreadable", Some(e.to_string())))?;
            let app = application(&request)?;
            let method = request.method().as_str().to_owned();
            let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
            let signed = body.clone();
            let spent = request.app_data::<Data<Spent>>().cloned();
            let spent = spent.ok_or_else(|| Problem::new("unavailable", None))?;
            let worker = app.clone();
            let kiosk =
                block(move || auth::kiosk_by_call(&worker, &spent, &token, &method, &path, &signed)).await?;
            app.presence.heard(&kiosk, app.clock.now());
            Ok(Self { kiosk, body })
        })
    }
}

impl FromRequest for SeatCall {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let token = scheme(&request, "Bearer").ok_or(AuthError::Token)?;
            let app = application(&request)?;
            let (ticket, token) = auth::seat_by_token(&app, &token)?;
            Ok(Self { ticket, token })
        })
    }
}

impl KioskCall {
    /// The body as JSON.
    ///
    /// # Errors
    /// A problem that says what cannot be read.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        parse(&self.body)
    }
}

/// Runs a use case on the blocking pool and turns its refusal into a problem.
///
/// # Errors
/// The refusal of the use case.
pub async fn block<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    match web::block(work).await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(_) => Err(Problem::new("unavailable", None)),
    }
}

/// Reads JSON; what is wrong with it is said.
///
/// # Errors
/// `body-unreadable` with line and column.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    const NUL: &[u8] = br"\u0000";
    if bytes.windows(NUL.len()).any(|part| part == NUL) && holds_nul(&parsed(bytes)?) {
        return Err(Problem::new("body-unreadable", Some("a text holds the character U+0000".to_owned())));
    }
    parsed(bytes)
}

/// Whether a text of a document holds U+0000, which no database text and no name has.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|e| Problem::new("body-unreadable", Some(e.to_string())))
}

/// The `Idempotency-Key` of a request, if it has one.
///
/// # Errors
/// `idempotency-key-invalid`.
pub fn once(request: &HttpRequest, caller: &str, body: &[u8]) -> Result<Option<Once>, Problem> {
    let Some(key) = request.headers().get("idempotency-key") else { return Ok(None) };
    let route = format!("{} {}", request.method(), request.uri());
    Ok(Some(Once::new(caller, key.to_str().unwrap_or_default(), &route, body)?))
}

/// The person behind a request, by bearer token or cookie, whatever the endpoint.
///
/// # Errors
/// `not-logged-in`; `csrf` for a write by cookie that does not come from our own pages.
pub async fn person(request: &HttpRequest) -> Result<Person, Problem> {
    let token = match scheme(request, "Bearer") {
        Some(token) => token,
        None => {
            let cookie = request.cookie(COOKIE).ok_or(AuthError::Token)?;
            let writes = !request.method().is_safe();
            let own = request.headers().contains_key(CSRF_HEADER) || super::secure::sent_by_own_page(request);
            if writes && !own {
                return Err(Problem::new("csrf", None));
            }
            cookie.value().to_owned()
        }
    };
    let app = application(request)?;
    block(move || auth::person_by_token(&app, &token)).await
}

/// Whom the guard has let in. Without it nobody is: an endpoint that is not in the access table has no callers.
///
/// # Errors
/// `role-not-allowed`.
pub fn admitted(request: &HttpRequest) -> Result<Person, Problem> {
    let person = request.extensions().get::<Person>().cloned();
    person.ok_or_else(|| Problem::new("role-not-allowed", None))
}

fn scheme(request: &HttpRequest, name: &str) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case(name).then(|| token.trim().to_owned())
}

fn application(request: &HttpRequest) -> Result<App, Problem> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Problem::new("unavailable", None))?;
    Ok(app.get_ref().clone())
}
