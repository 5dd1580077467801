//! Forms of our own pages; a form that another site sent in the person's browser is refused.

use crate::http::problem::Problem;
use crate::http::secure::sent_by_own_page;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;

/// What a person filled in and sent from one of our pages.
pub struct Form<T>(pub T);

/// A form without fields: a single button.
#[derive(serde::Deserialize)]
pub struct Button {}

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
