//! Certificates: their code and their dates.

use super::{Answer, Failure, Outcome, each_line, print, read, read_text};
use crate::certificate_json;
use clap::Args;
use serde_json::json;
use shared::certificate::code::{self, Verdict};
use shared::certificate::dates::{review_due, review_from, valid_to};
use shared::certificate::key::KeySet;
use shared::time::Date;
use std::path::PathBuf;

/// Arguments of `cert-verify`.
#[derive(Args)]
pub struct CertVerify {
    /// JWK set with the public keys (RFC 7517).
    #[arg(long, value_name = "KEYS.json")]
    keys: PathBuf,
    /// Text of the code.
    #[arg(required_unless_present_any = ["image", "stdin"])]
    text: Option<String>,
    /// Picture with the QR code (PNG or JPEG).
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    image: Option<PathBuf>,
    /// Read a text a line and answer each by a line.
    #[arg(long, conflicts_with_all = ["text", "image"])]
    stdin: bool,
    /// Judge as of this day instead of today.
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
}

/// Arguments of `certificate-dates`.
#[derive(Args)]
pub struct CertificateDates {
    /// First day of validity.
    #[arg(long, required_unless_present = "stdin")]
    first: Option<String>,
    /// Read a day a line and answer each by a line.
    #[arg(long, conflicts_with = "first")]
    stdin: bool,
    /// Years of validity.
    #[arg(long, default_value_t = 6)]
    valid_years: u32,
    /// Years to the review.
    #[arg(long, default_value_t = 3)]
    review_years: u32,
    /// Days before the review is due from which it can be applied for.
    #[arg(long, default_value_t = 60)]
    review_open_days: u32,
}

impl CertVerify {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let keys = shared::wire::keys::parse(&read_text(&self.keys)?)?;
        let at = match &self.at {
            Some(day) => Date::parse(day).map_err(|e| Failure::Usage(e.to_string()))?,
            None => crate::clock::Clock::System.now().date_in_china(),
        };
        if self.stdin {
            return each_line(|line| verify(line, &keys, at).0.to_string());
        }
        let text = match &self.image {
            Some(path) => crate::qr::read(&read(path)?)?,
            None => self.text.clone().unwrap_or_default(),
        };
        let (document, valid) = verify(&text, &keys, at);
        print(&document);
        Ok(if valid { Outcome::Yes } else { Outcome::No })
    }
}

impl CertificateDates {
    /// Runs the command.
    pub fn run(self) -> Answer {
        if self.stdin {
            return each_line(|line| match Date::parse(line.trim()) {
                Ok(first) => self.dates(first).to_string(),
                Err(e) => format!("error: {e}"),
            });
        }
        let first = Date::parse(self.first.as_deref().unwrap_or_default());
        print(&self.dates(first.map_err(|e| Failure::Usage(e.to_string()))?));
        Ok(Outcome::Yes)
    }

    fn dates(&self, first: Date) -> serde_json::Value {
        let due = review_due(first, self.review_years);
        json!({
            "valid_to": valid_to(first, self.valid_years).to_string(),
            "review_due": due.to_string(),
            "review_from": review_from(due, self.review_open_days).to_string(),
        })
    }
}

fn verify(text: &str, keys: &KeySet, at: Date) -> (serde_json::Value, bool) {
    let opened = code::open(text, keys, at);
    (certificate_json::opened(&opened), opened.verdict == Verdict::Valid)
}
