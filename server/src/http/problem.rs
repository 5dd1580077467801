//! Errors on the wire: problem documents (RFC 9457) with a stable code, in Chinese and English. The one table that
//! gives each code its status is here.

use crate::app::refusal::{Reason, Refusal};
use crate::text::{Lang, text, text_with};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

/// Status of each code; a code that is not here is a 500 and a failing test.
pub const STATUS: &[(&str, u16)] = &[
    ("not-found", 404),
    ("method-not-allowed", 405),
    ("not-logged-in", 401),
    ("role-not-allowed", 403),
    ("body-unreadable", 400),
    ("query-unreadable", 400),
    ("path-unreadable", 400),
    ("body-too-large", 413),
    ("csrf", 403),
    ("form-of-another", 409),
    ("unavailable", 503),
    ("login-wrong", 401),
    ("second-factor-needed", 401),
    ("second-factor-wrong", 401),
    ("login-throttled", 429),
    ("account-blocked", 403),
    ("password-change-needed", 403),
    ("password-weak", 422),
    // accounts
    ("account-unknown", 404),
    ("account-oneself", 409),
    ("login-taken", 409),
    ("last-security-administrator", 409),
    ("administrators-separate", 409),
    ("holder-needed", 422),
    ("second-factor-missing", 409),
    ("precondition-required", 428),
    ("precondition-failed", 412),
    // devices
    ("device-unknown", 404),
    ("device-revoked", 409),
    ("reason-needed", 422),
    ("blanks-range", 422),
    ("blanks-overlap", 409),
    ("blanks-not-in-stock", 409),
    ("kiosk-unknown", 401),
    ("idempotency-key-invalid", 400),
    ("idempotency-key-reused", 422),
    ("field-invalid", 422),
    ("calendar-not-published", 422),
    // people
    ("id-number-invalid", 422),
    ("portrait-invalid", 422),
    ("trade-unknown", 422),
    ("organisation-unknown", 422),
    ("already-registered", 409),
    ("person-mismatch", 409),
    // banks and sets
    ("bank-unreadable", 422),
    ("bank-empty", 422),
    ("bank-unknown", 404),
    ("bank-too-small", 422),
    ("bank-file-gone", 410),
    ("practice-in-force", 422),
    ("practice-unknown", 404),
    ("question-unknown", 404),
    ("question-refused", 422),
    ("question-suspect", 422),
    ("question-known", 409),
    ("question-state", 409),
    ("question-waits", 409),
    ("question-own", 409),
    ("correction-unknown", 404),
    ("correction-unpublished", 409),
    ("correction-answer", 422),
    ("correction-same", 409),
    ("correction-waits", 409),
    ("correction-state", 409),
    ("correction-own", 409),
    ("correction-settled", 409),
    ("sets-unknown", 404),
    ("sets-state", 409),
    ("sets-practised", 409),
    ("second-person-needed", 409),
    // pools
    ("staff-unknown", 404),
    ("pool-file-unreadable", 422),
    // sessions and draws
    ("national-system", 422),
    ("point-unknown", 422),
    ("rule-set-unknown", 422),
    ("rule-set-not-in-force", 422),
    ("session-unknown", 404),
    ("session-state", 409),
    ("sets-not-in-force", 409),
    ("sheets-missing", 409),
    ("seats-short", 409),
    ("nobody-enrolled", 409),
    ("no-assignment", 409),
    ("ceremony-unknown", 404),
    ("ceremony-state", 409),
    ("ceremony-others", 409),
    ("ceremony-in-the-way", 409),
    ("party-refused", 409),
    ("secret-wrong", 422),
    ("draw-unknown", 404),
    ("draw-not-yet-visible", 403),
    ("ticket-unknown", 404),
    ("duty-state", 409),
    ("staff-not-barred", 409),
    ("swap-refused", 409),
    ("swap-same-person", 409),
    // kiosks
    ("code-invalid", 401),
    ("key-invalid", 422),
    ("journal-gap", 409),
    ("journal-fork", 409),
    ("journal-too-long", 413),
    ("blob-unknown", 404),
    ("blob-mismatch", 422),
    ("blob-invalid", 422),
    ("blob-too-large", 413),
    // the log
    ("log-beyond", 404),
    ("cosignature-invalid", 422),
    ("evidence-subject", 422),
    ("evidence-waits", 409),
    // theory
    ("room-unknown", 404),
    ("no-duty", 403),
    ("too-early", 409),
    ("too-late", 409),
    ("seat-unknown", 401),
    ("not-checked-in", 409),
    ("room-not-released", 409),
    ("wrong-seat", 409),
    ("seat-occupied", 409),
    ("already-ended", 409),
    ("seat-moved", 401),
    ("seat-taken-over", 401),
    ("theory-halted", 409),
    ("exam-browser-needed", 403),
    ("time-is-up", 409),
    ("answer-sequence", 409),
    ("answer-conflict", 409),
    ("answer-invalid", 422),
    ("answers-missing", 409),
    ("too-early-to-leave", 409),
    ("not-finished", 409),
    ("signature-wrong", 422),
    ("signature-second-person", 422),
    // practical
    ("not-passed-theory", 409),
    ("already-scored", 409),
    ("marks-invalid", 422),
    ("signature-own-wrong", 422),
    ("nothing-to-settle", 409),
    // results
    ("document-unavailable", 503),
    ("still-pending", 409),
    ("correction-undecided", 409),
    ("results-not-published", 409),
    ("review-unknown", 404),
    ("review-nothing", 409),
    ("review-late", 409),
    ("review-asked", 409),
    ("review-closed", 409),
    ("review-involved", 409),
    ("certificate-unknown", 404),
    ("day-not-finished", 409),
    ("day-already-closed", 409),
    ("day-unknown", 404),
    ("not-ready", 409),
    ("password-wrong", 422),
    ("paper-open", 409),
    ("paper-already-entered", 409),
    ("paper-contradicts", 409),
    ("close-unexplained", 422),
];

/// A problem document.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What went wrong and what to do, in Chinese.
    pub title: String,
    /// The same in English.
    pub title_en: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// Particulars, in English; never personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Everything that stands against it, where that is more than one thing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ProblemReason>,
}

/// One of several things that stand against what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ProblemReason {
    /// Stable code.
    pub code: String,
    /// In Chinese.
    pub title: String,
    /// The same in English.
    pub title_en: String,
}

impl From<&Reason> for ProblemReason {
    fn from(reason: &Reason) -> Self {
        let word = |lang, rule: &str| text(lang, &format!("page-draws-rule-{}", rule.replace('_', "-")));
        let (code, title): (&str, Box<dyn Fn(Lang) -> String>) = match reason {
            Reason::Posts { posts, missing } => {
                let (posts, missing) = (posts.join(" "), missing.to_string());
                let with = move |lang| {
                    text_with(lang, "refused-for-posts", &[("posts", &posts), ("missing", &missing)])
                };
                ("posts", Box::new(with))
            }
            Reason::Without(rules) => {
                let all = move |lang| {
                    let words: Vec<String> = rules.iter().map(|rule| word(lang, rule)).collect();
                    text_with(lang, "refused-without-rules", &[("posts", &words.join(" + "))])
                };
                ("without", Box::new(all))
            }
            Reason::Rule { rule, people, alone } => {
                let (people, alone) = (people.to_string(), alone.to_string());
                let counts = move |lang| {
                    let rule = word(lang, rule);
                    let values = [("rule", rule.as_str()), ("people", &people), ("alone", &alone)];
                    text_with(lang, "refused-by-rule", &values)
                };
                (*rule, Box::new(counts))
            }
        };
        Self { code: code.to_owned(), title: title(Lang::Zh), title_en: title(Lang::En) }
    }
}

impl Problem {
    /// A problem by its code.
    #[must_use]
    pub fn new(code: &str, detail: Option<String>) -> Self {
        let status = STATUS.iter().find(|(c, _)| *c == code).map_or(500, |(_, s)| *s);
        let id = format!("problem-{code}");
        let shown = detail.clone().unwrap_or_default();
        let args = [("detail", shown.as_str())];
        Self {
            kind: format!("/problems/{code}"),
            title: text_with(Lang::Zh, &id, &args),
            title_en: text_with(Lang::En, &id, &args),
            status,
            code: code.to_owned(),
            detail,
            reasons: Vec::new(),
        }
    }
}

impl<E: Refusal> From<E> for Problem {
    fn from(error: E) -> Self {
        let code = error.code();
        if code == "unavailable" {
            tracing::error!(error = %error, "a use case could not be carried out");
            return Self::new(code, None);
        }
        let reasons = error.reasons().iter().map(ProblemReason::from).collect();
        Self { reasons, ..Self::new(code, error.detail()) }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.title_en)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json; charset=utf-8");
        if self.status == 503 {
            response.insert_header(("Retry-After", "1"));
        }
        response.json(self)
    }
}
