//! Refusals and failures as problem documents (RFC 9457), in both languages, from one table.

use crate::agent::Failure;
use crate::agent::view::PersonView;
use crate::core::refusal::Refusal;
use crate::text::{Lang, Texts};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use shared::time::Instant;

/// A problem: a stable code, what it is about, and what the texts need.
#[derive(Debug, Clone)]
pub struct Problem {
    code: &'static str,
    parameters: Vec<(&'static str, String)>,
    ticket: Option<String>,
    /// The person it is about.
    pub person: Option<Box<PersonView>>,
}

impl Problem {
    /// With this code and nothing else.
    #[must_use]
    pub const fn of(code: &'static str) -> Self {
        Self { code, parameters: Vec::new(), ticket: None, person: None }
    }

    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What happened, in one sentence.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        self.text("kiosk-refused-", lang)
    }

    /// What to do now, in one sentence.
    #[must_use]
    pub fn advice(&self, lang: Lang) -> String {
        self.text("kiosk-advice-", lang)
    }

    /// As a response.
    #[must_use]
    pub fn response(&self) -> HttpResponse {
        let status = status(self.code);
        let mut document = serde_json::json!({
            "type": format!("urn:kaodian:problem:{}", self.code),
            "status": status.as_u16(),
            "code": self.code,
            "title": self.title(Lang::Zh),
            "title_en": self.title(Lang::En),
            "detail": self.advice(Lang::Zh),
            "detail_en": self.advice(Lang::En),
        });
        if let (Some(ticket), Some(map)) = (&self.ticket, document.as_object_mut()) {
            map.insert("ticket".to_owned(), ticket.as_str().into());
        }
        HttpResponse::build(status).content_type("application/problem+json").body(document.to_string())
    }

    fn text(&self, prefix: &str, lang: Lang) -> String {
        let id = format!("{prefix}{}", self.code.replace('_', "-"));
        let parameters: Vec<_> =
            self.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Texts::new(lang).with(&id, &parameters)
    }
}

/// The body or query cannot be read.
pub fn malformed(why: &str) -> Problem {
    tracing::debug!(why, "a request is malformed");
    Problem::of("malformed")
}

/// No such page, or not this method.
pub async fn not_found(_request: HttpRequest) -> HttpResponse {
    Problem::of("not_found").response()
}

/// Codes that the handlers give themselves, beside those of [`Refusal`]; the texts of all are tested.
pub const OWN_CODES: [&str; 14] = [
    "signature_missing",
    "reason_missing",
    "cross_site",
    "malformed",
    "not_found",
    "journal_failed",
    "clock_failed",
    "stopping",
    "ticket_invalid",
    "staff_invalid",
    "window_invalid",
    "certificate_invalid",
    "blank_invalid",
    "means_missing",
];

fn status(code: &str) -> StatusCode {
    match code {
        "malformed" => StatusCode::BAD_REQUEST,
        "cross_site" => StatusCode::FORBIDDEN,
        "not_found"
        | "not_on_roster"
        | "unknown_ticket"
        | "unknown_certificate"
        | "unknown_place"
        | "kiosk_unknown" => StatusCode::NOT_FOUND,
        "ticket_invalid"
        | "staff_invalid"
        | "staff_unknown"
        | "reason_missing"
        | "signature_missing"
        | "witness_needed"
        | "window_invalid"
        | "certificate_invalid"
        | "blank_invalid"
        | "means_missing"
        | "id_number_invalid" => StatusCode::UNPROCESSABLE_ENTITY,
        "no_bundle" | "camera_failed" | "journal_failed" | "clock_failed" | "stopping" => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::CONFLICT,
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal, person) => {
                let ticket = refusal.ticket().map(ToString::to_string);
                Self { code: refusal.code(), parameters: parameters(&refusal), ticket, person }
            }
            Failure::Journal => Self::of("journal_failed"),
            Failure::Clock => Self::of("clock_failed"),
            Failure::Stopping => Self::of("stopping"),
        }
    }
}

fn parameters(refusal: &Refusal) -> Vec<(&'static str, String)> {
    let time = |at: &Instant| at.minute_in_china();
    match refusal {
        Refusal::TooEarly { opens_at, .. } => vec![("time", time(opens_at))],
        Refusal::TooLate { closed_at, .. } => vec![("time", time(closed_at))],
        Refusal::RecallTooEarly { wait_seconds } | Refusal::PassOverTooEarly { wait_seconds } => {
            vec![("seconds", wait_seconds.to_string())]
        }
        Refusal::TooFewCalls { calls, needed } => {
            vec![("calls", calls.to_string()), ("needed", needed.to_string())]
        }
        _ => Vec::new(),
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(self.code)
    }

    fn error_response(&self) -> HttpResponse {
        self.response()
    }
}
