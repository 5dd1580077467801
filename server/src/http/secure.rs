//! Headers that every answer carries, and what is written to the log of requests.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HOST, HeaderName, HeaderValue, ORIGIN, STRICT_TRANSPORT_SECURITY};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest};
use tracing::Span;

const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
];

/// Adds the headers; an answer that has set one itself keeps it.
///
/// # Errors
/// Those of the service behind it.
pub async fn headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let api = request.path().starts_with("/api/");
    let tls = request.app_config().secure();
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    if tls {
        // A year: whoever has come by TLS once does not come without it again (RFC 6797).
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if api && !headers.contains_key("cache-control") {
        headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// Whether a request was sent by a page of ours and not by another site in the person's browser; decided here alone.
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

/// One line a request with method, pattern of the path, status; no query and no values of the path, which may name
/// people.
pub struct QuietSpan;

impl tracing_actix_web::RootSpanBuilder for QuietSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let route = &*super::guard::pattern(request);
        tracing::info_span!("request", method = %request.method(), route, status = tracing::field::Empty)
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let status = match outcome {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.as_response_error().status_code().as_u16(),
        };
        span.record("status", status);
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
