//! What was found out about a certificate's code, as JSON; the command and the API answer the same.

use serde_json::{Value, json};
use shared::certificate::code::{CertificateClaims, NotEstablished, Opened};

/// The answer of `cert-verify`.
#[must_use]
pub fn opened(opened: &Opened) -> Value {
    let not_established: Vec<&str> =
        opened.not_established.iter().copied().map(NotEstablished::word).collect();
    json!({
        "verdict": opened.verdict.word(),
        "certificate": opened.claims.as_ref().map(claims),
        "not_established": not_established,
        "flaw": opened.flaw.map(shared::certificate::code::Flaw::word),
        "kid": opened.kid,
    })
}

fn claims(c: &CertificateClaims) -> Value {
    json!({
        "number": c.number.as_str(),
        "name": c.name.as_str(),
        "sex": c.sex.word(),
        "category": c.category_zh,
        "trade": c.trade_zh,
        "trade_id": c.trade_id.as_str(),
        "first_issued": c.first_issued.to_string(),
        "valid_from": c.valid_from.to_string(),
        "valid_to": c.valid_to.to_string(),
        "review_due": c.review_due.to_string(),
        "issuer": c.issuer,
        "certificate_id": c.certificate_id.as_str(),
    })
}
