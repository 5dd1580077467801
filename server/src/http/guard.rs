//! The access table at work: before anything of a request is read, the person behind it is known and admitted.

use super::access::{self, Who};
use super::extract;
use super::problem::Problem;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use std::rc::Rc;

/// The body of a request that was refused before it was read, for whoever dresses the refusal.
pub struct Unread(pub Payload);

/// Refuses whoever the table does not admit; kiosks and seats prove themselves in their extractors, since a kiosk's
/// signature covers the body.
///
/// # Errors
/// Those of the service behind it.
pub async fn guard<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    // PostgreSQL has no text with U+0000 in it; no name, number or word has either.
    if request.path().contains('\0') || request.uri().path().contains("%00") {
        return Ok(refuse(request, &Problem::new("path-unreadable", None)));
    }
    if request.query_string().contains("%00") {
        return Ok(refuse(request, &Problem::new("query-unreadable", None)));
    }
    let path = pattern(&request);
    let who = access::find(request.method(), &path).map(|a| a.who);
    if let Some(who @ (Who::AnyPerson | Who::Roles(_))) = who {
        let person = match extract::person(request.request()).await {
            Ok(person) if person.temporary && !access::is_open_to_temporary(&path) => {
                return Ok(refuse(request, &Problem::new("password-change-needed", None)));
            }
            Ok(person) if who.admits(person.role) => person,
            Ok(_) => return Ok(refuse(request, &Problem::new("role-not-allowed", None))),
            Err(problem) => {
                let mut request = request;
                let body = Unread(request.take_payload());
                request.extensions_mut().insert(body);
                return Ok(refuse(request, &problem));
            }
        };
        request.extensions_mut().insert(person);
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Pattern of a request's path; kept with it, since finding it goes through all routes.
#[derive(Clone)]
struct Pattern(Rc<str>);

/// The pattern of a request's path as the access table has it; empty where there is none.
#[must_use]
pub fn pattern(request: &ServiceRequest) -> Rc<str> {
    if let Some(Pattern(known)) = request.extensions().get() {
        return known.clone();
    }
    let found: Rc<str> = request.match_pattern().unwrap_or_default().into();
    request.extensions_mut().insert(Pattern(found.clone()));
    found
}

fn refuse<B>(request: ServiceRequest, problem: &Problem) -> ServiceResponse<EitherBody<B>> {
    request.error_response(problem.clone()).map_into_right_body()
}
