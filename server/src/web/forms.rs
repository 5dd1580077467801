//! Forms of our own pages. That a form was sent by our own page, and not by another site in the person's browser, is
//! decided here alone: by what the browser itself says of the sender.

use crate::http::problem::Problem;
use actix_web::dev::Payload;
use actix_web::http::header::{HOST, ORIGIN};
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

/// Browsers say by `Sec-Fetch-Site`, which pages cannot set, where a request comes from; those that do not yet know it
/// send `Origin` with every form. Who sends neither is no browser with one of our pages.
#[must_use]
pub fn sent_by_own_page(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let sender = origin.split_once("://").map(|(_, host)| host);
            sender.is_some() && sender == header(HOST.as_str())
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_our_own_page_may_send_a_form() {
        let cases: [(&[(&str, &str)], bool); 8] = [
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site"), ("origin", "http://kaodian.example")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("origin", "http://kaodian.example")], true),
            (&[("origin", "https://kaodian.example")], true),
            (&[("origin", "http://elsewhere.example")], false),
            (&[("origin", "null")], false),
            (&[], false),
        ];
        for (headers, own) in cases {
            let mut request = TestRequest::post().insert_header(("host", "kaodian.example"));
            for header in headers {
                request = request.insert_header(*header);
            }
            assert_eq!(sent_by_own_page(&request.to_http_request()), own, "{headers:?}");
        }
    }
}
