//! Keeps foreign pages out. The kiosk's listener trusts whoever sits at the machine; a page from elsewhere that happens
//! to be open in a browser there must not be able to act through it.

use super::problem::Problem;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use std::net::IpAddr;

/// Every write must carry this header. A foreign page cannot set it without asking first (CORS), which is never granted.
pub const HEADER: &str = "x-kaodian-kiosk";

/// Refuses requests under a foreign host name (DNS rebinding), and writes without [`HEADER`] or from another origin.
pub async fn same_origin_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let allowed = host_is_ours(&request) && (is_read(request.method()) || write_is_ours(&request));
    if allowed {
        Ok(next.call(request).await?.map_into_left_body())
    } else {
        let response = request.into_response(Problem::of("cross_site").response());
        Ok(response.map_into_right_body())
    }
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn host_is_ours(request: &ServiceRequest) -> bool {
    let info = request.connection_info();
    let Ok(authority) = info.host().parse::<actix_web::http::uri::Authority>() else { return false };
    let host = authority.host().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn write_is_ours(request: &ServiceRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = header("host").unwrap_or_default();
    let origin_is_ours = header("origin").is_none_or(|origin| origin == format!("http://{host}"));
    let site_is_ours = header("sec-fetch-site").is_none_or(|site| site == "same-origin");
    header(HEADER).is_some() && origin_is_ours && site_is_ours
}
