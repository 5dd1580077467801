//! The holder of a ticket at a browser: the cookie with his token. It opens his own file and nothing else.

use super::page::cookie;
use crate::app::App;
use crate::app::auth::{self, AuthError, Holder, PERSON_SECONDS};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use std::future::Future;
use std::pin::Pin;

/// Cookie with the token of a ticket's holder.
pub(super) const COOKIE: &str = "kd_ticket";

impl FromRequest for Holder {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { holder(&request).await })
    }
}

/// Whose ticket it is, by the cookie.
///
/// # Errors
/// `not-logged-in`.
pub(super) async fn holder(request: &HttpRequest) -> Result<Holder, Problem> {
    let cookie = request.cookie(COOKIE).ok_or(AuthError::Token)?;
    let app =
        request.app_data::<Data<App>>().ok_or_else(|| Problem::new("unavailable", None))?.get_ref().clone();
    let token = cookie.value().to_owned();
    block(move || auth::holder_by_token(&app, &token)).await
}

/// The cookie with a holder's token.
#[must_use]
pub(super) fn given(request: &HttpRequest, token: &str) -> Cookie<'static> {
    cookie(request, COOKIE, token.to_owned()).max_age(Duration::seconds(PERSON_SECONDS)).finish()
}

/// The cookie that takes it away.
#[must_use]
pub(super) fn taken(request: &HttpRequest) -> Cookie<'static> {
    cookie(request, COOKIE, String::new()).max_age(Duration::ZERO).finish()
}
