//! The description of the API (OpenAPI 3.1), made from the handlers, and a page to browse it.

use super::{
    accounts, auth, banks, browser, ceremonies, certificates, corrections, days, draws, duties, evidence,
    kiosks, log, paper, people, pools, practical, practice, questions, readiness, results, reviews, sessions,
    theory, tickets, world,
};
use crate::http::access::{self, Who};
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::{self, Bytes, ServiceConfig};
use std::sync::LazyLock;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi as Document, Ref, RefOr, ResponseBuilder};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Media type of problem documents (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// Where the description is served.
pub const PATH: &str = "/api/v1/openapi.json";

#[derive(OpenApi)]
#[openapi(
    info(title = "Kaodian", description = "Work-safety examinations: the exam centre's server"),
    paths(document)
)]
struct Doc;

/// Registers the description and the page to browse it.
pub fn routes(config: &mut ServiceConfig) {
    config.route(PATH, web::get().to(document));
    config.service(SwaggerUi::new("/api/docs/{_:.*}").config(Config::from(PATH)));
}

/// The whole description.
#[must_use]
pub fn description() -> Document {
    let mut all = Doc::openapi();
    for part in [
        accounts::Doc::openapi(),
        auth::Doc::openapi(),
        banks::Doc::openapi(),
        questions::Doc::openapi(),
        people::Doc::openapi(),
        pools::Doc::openapi(),
        practical::Doc::openapi(),
        practice::Doc::openapi(),
        browser::Doc::openapi(),
        sessions::Doc::openapi(),
        draws::Doc::openapi(),
        ceremonies::Doc::openapi(),
        duties::Doc::openapi(),
        corrections::Doc::openapi(),
        reviews::Doc::openapi(),
        theory::Doc::openapi(),
        world::Doc::openapi(),
        kiosks::Doc::openapi(),
        tickets::Doc::openapi(),
        results::Doc::openapi(),
        certificates::Doc::openapi(),
        log::Doc::openapi(),
        evidence::Doc::openapi(),
        days::Doc::openapi(),
        readiness::Doc::openapi(),
        paper::Doc::openapi(),
    ] {
        all.merge(part);
    }
    let components = all.components.get_or_insert_default();
    for (name, scheme) in [("person", HttpAuthScheme::Bearer), ("seat", HttpAuthScheme::Bearer)] {
        let scheme = HttpBuilder::new().scheme(scheme).bearer_format("JWT").build();
        components.add_security_scheme(name, SecurityScheme::Http(scheme));
    }
    for (path, item) in &mut all.paths.paths {
        let operations: [(&str, &mut Option<Operation>); 5] = [
            ("GET", &mut item.get),
            ("POST", &mut item.post),
            ("PUT", &mut item.put),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            let row = access::TABLE.iter().find(|a| a.method == method && a.path == path.as_str());
            operation.security = row.and_then(|a| requirement(a.who));
            refusals(operation);
        }
    }
    all
}

#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "server", responses((status = 200)))]
async fn document() -> Result<HttpResponse, Problem> {
    // Put together once: it takes longer than most of what it describes.
    static DOCUMENT: LazyLock<Option<Bytes>> =
        LazyLock::new(|| description().to_json().ok().map(Bytes::from));
    let document = DOCUMENT.clone().ok_or_else(|| Problem::new("unavailable", None))?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(document))
}

/// Whatever is refused is answered by a problem document, also where the handler names no status for it.
fn refusals(operation: &mut Operation) {
    let problem = || Content::new(Some(Ref::from_schema_name("Problem")));
    let all = &mut operation.responses.responses;
    let other = ResponseBuilder::new().description("refused; the code of the problem document says why");
    all.insert("default".to_owned(), RefOr::T(other.build()));
    for (status, response) in all {
        if let RefOr::T(response) = response
            && !status.starts_with(['1', '2', '3'])
        {
            response.content = [(PROBLEM.to_owned(), RefOr::T(problem()))].into_iter().collect();
        }
    }
}

fn requirement(who: Who) -> Option<Vec<SecurityRequirement>> {
    let name = match who {
        Who::Anyone | Who::Kiosk => return None,
        Who::AnyPerson | Who::Roles(_) => "person",
        Who::Seat => "seat",
    };
    Some(vec![SecurityRequirement::new(name, Vec::<String>::new())])
}
