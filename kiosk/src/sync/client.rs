//! The calls to the server. Every one carries a token of its own, signed by the kiosk.

use crate::clock::{Clock, ClockError};
use crate::config::Config;
use crate::device::sim::Scenario;
use crate::digest::Digest;
use crate::files;
use crate::identity::{Enrolment, IdentityError, KioskKey};
use serde::de::DeserializeOwned;
use shared::log::note::Note;
use shared::time::Instant;
use shared::wire::v1::bundle::SignedBundle;
use shared::wire::v1::journal::{JournalAnswer, JournalEntry, JournalPost};
use shared::wire::v1::kiosk::{EnrolAnswer, EnrolRequest, SCHEME};
use shared::wire::v1::log::{Cosigned, LogAnswer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use thiserror::Error;
use ureq::http::{Request, StatusCode};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// A line that does not answer within this time counts as cut.
const CONNECT: Duration = Duration::from_secs(2);
/// Longest time of one call, body included.
const CALL: Duration = Duration::from_secs(20);
/// An answer that took longer, in milliseconds, does not tell the time.
const LONGEST_WAY_MS: i64 = 10_000;
/// Largest answer in bytes: the bundle of four thousand candidates has about two million.
const LARGEST_ANSWER: u64 = 64 * 1024 * 1024;

/// Server's clock minus the kiosk's, as last measured; kept in a file, so that it is known after a start without line.
pub struct Offset {
    millis: AtomicI64,
    file: PathBuf,
}

/// The server, as an enrolled kiosk speaks to it.
pub struct Client {
    agent: ureq::Agent,
    enrolment: Arc<Enrolment>,
    key: KioskKey,
    clock: Arc<Clock>,
    offset: Arc<Offset>,
    scenario: Arc<Scenario>,
}

/// Why a call did not succeed.
#[derive(Debug, Error)]
pub enum ClientError {
    /// No line: no connection, no answer in time.
    #[error("the server cannot be reached: {0}")]
    Offline(String),
    /// The server refuses.
    #[error("the server refuses with status {status}, code '{code}'")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Code of the problem document; empty if there was none.
        code: String,
    },
    /// The answer is not understood.
    #[error("the answer of the server is not understood: {0}")]
    Garbage(String),
    /// A call cannot be signed.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// There is no time.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The authority's certificates cannot be read.
    #[error("ca_file {0} cannot be read: {1}")]
    Authority(PathBuf, String),
}

impl Offset {
    /// Reads the file; 0 if there is none or it is damaged.
    #[must_use]
    pub fn load(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        Self { millis: AtomicI64::new(text.trim().parse().unwrap_or(0)), file: file.to_owned() }
    }

    /// Milliseconds to add to the kiosk's clock.
    #[must_use]
    pub fn millis(&self) -> i64 {
        self.millis.load(Ordering::Relaxed)
    }

    /// The server's time at an instant of the kiosk's clock.
    #[must_use]
    pub fn corrected(&self, here: Instant) -> Instant {
        Instant::from_millis(here.millis().saturating_add(self.millis()))
    }

    /// Takes a measurement. The file is written only when it has changed by a second or more.
    pub fn measured(&self, millis: i64) {
        let before = self.millis.swap(millis, Ordering::Relaxed);
        if before.abs_diff(millis) >= 1000
            && let Err(error) = files::write_whole(&self.file, millis.to_string().as_bytes())
        {
            tracing::warn!(%error, "the clock's offset cannot be kept");
        }
    }
}

/// Enrols the kiosk with a one-time code.
///
/// # Errors
/// [`ClientError::Refused`] if the code is wrong, used or too old.
pub fn enrol(config: &Config, key: &KioskKey, server: &str, code: &str) -> Result<Enrolment, ClientError> {
    let request = EnrolRequest { code: code.to_owned(), public_key: key.public() };
    let body = serde_json::to_vec(&request).map_err(|e| ClientError::Garbage(e.to_string()))?;
    let agent = agent(config)?;
    let request = Request::post(format!("{server}/api/v1/kiosk/enrol"))
        .header("content-type", "application/json")
        .body(body)
        .map_err(|e| ClientError::Offline(e.to_string()))?;
    let answer: EnrolAnswer = json(&read(agent.run(request))?.bytes)?;
    Ok(Enrolment::accept(server, &answer)?)
}

impl Client {
    /// A client for this enrolment.
    ///
    /// # Errors
    /// If the authority's certificates cannot be read.
    pub fn new(
        config: &Config,
        enrolment: Arc<Enrolment>,
        key: KioskKey,
        clock: Arc<Clock>,
        offset: Arc<Offset>,
        scenario: Arc<Scenario>,
    ) -> Result<Self, ClientError> {
        Ok(Self { agent: agent(config)?, enrolment, key, clock, offset, scenario })
    }

    /// How much of the journal the server has.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn journal_status(&self) -> Result<JournalAnswer, ClientError> {
        self.measuring("GET", "/api/v1/kiosk/journal", Vec::new())
    }

    /// Sends entries.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn send_entries(&self, entries: Vec<JournalEntry>) -> Result<JournalAnswer, ClientError> {
        let body =
            serde_json::to_vec(&JournalPost { entries }).map_err(|e| ClientError::Garbage(e.to_string()))?;
        self.measuring("POST", "/api/v1/kiosk/journal", body)
    }

    /// Fetches the day bundle; its signature is for the caller to verify.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn bundle(&self) -> Result<SignedBundle, ClientError> {
        json(&self.call("GET", "/api/v1/kiosk/bundle", Vec::new())?)
    }

    /// Fetches the newest checkpoint of the log, and that it continues the one of `seen` entries.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn log(&self, seen: u64) -> Result<LogAnswer, ClientError> {
        json(&self.call("GET", &format!("/api/v1/kiosk/log?seen={seen}"), Vec::new())?)
    }

    /// Signs a checkpoint as a witness, by the server's time.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn cosign(&self, note: &mut Note) -> Result<(), ClientError> {
        let now = self.offset.corrected(self.clock.now()?);
        let cosigned = self.key.cosign(&self.enrolment.kiosk, note, now);
        cosigned.map_err(|e| ClientError::Garbage(e.to_string()))
    }

    /// Delivers a checkpoint with this kiosk's signature.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn deliver(&self, note: &str) -> Result<(), ClientError> {
        let body = serde_json::to_vec(&Cosigned { note: note.to_owned() });
        let body = body.map_err(|e| ClientError::Garbage(e.to_string()))?;
        self.call("POST", "/api/v1/kiosk/log", body).map(|_| ())
    }

    /// Sends a file.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn send_file(&self, file: Digest, bytes: Vec<u8>) -> Result<(), ClientError> {
        self.call("PUT", &format!("/api/v1/kiosk/blobs/{file}"), bytes).map(|_| ())
    }

    /// Fetches a file and checks that it is the one that was asked for.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn fetch_file(&self, file: Digest) -> Result<Vec<u8>, ClientError> {
        let bytes = self.call("GET", &format!("/api/v1/kiosk/blobs/{file}"), Vec::new())?;
        if Digest::of(&bytes) == file {
            Ok(bytes)
        } else {
            Err(ClientError::Garbage(format!("another file was sent for {file}")))
        }
    }

    /// A call whose answer tells the server's time. Half of the way there and back is taken as the way back. A clock
    /// that was set meanwhile looks like a very long way: from that nothing is learned.
    fn measuring(&self, method: &str, path: &str, body: Vec<u8>) -> Result<JournalAnswer, ClientError> {
        let before = self.clock.now()?;
        let answer: JournalAnswer = json(&self.call(method, path, body)?)?;
        let after = self.clock.now()?;
        let way = after.millis().saturating_sub(before.millis());
        if (0..=LONGEST_WAY_MS).contains(&way) {
            let middle = before.millis().saturating_add(way / 2);
            self.offset.measured(answer.server_time.saturating_sub(middle));
        }
        Ok(answer)
    }

    fn call(&self, method: &str, path: &str, body: Vec<u8>) -> Result<Vec<u8>, ClientError> {
        let first = self.call_once(method, path, body.clone())?;
        let refused = match first.refusal() {
            None => return Ok(first.bytes),
            Some(refused) => refused,
        };
        // A kiosk whose clock is far off is refused before it could learn the time. The server says what time it is
        // in the head of its answer; with that the call is tried once more.
        let told = first.date.filter(|_| !self.clock.is_controlled());
        if let (ClientError::Refused { status: 401, .. }, Some(date)) = (&refused, told) {
            let offset = date.millis().saturating_sub(self.clock.now()?.millis());
            if offset.abs_diff(self.offset.millis()) > 10_000 {
                self.offset.measured(offset);
                let second = self.call_once(method, path, body)?;
                return second.refusal().map_or(Ok(second.bytes), Err);
            }
        }
        Err(refused)
    }

    fn call_once(&self, method: &str, path: &str, body: Vec<u8>) -> Result<Answer, ClientError> {
        self.line_is_up()?;
        let now = self.offset.corrected(self.clock.now()?);
        let token = self.key.token(&self.enrolment.kiosk, now, method, path, &body)?;
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.enrolment.server))
            .header("authorization", format!("{SCHEME} {token}"));
        let offline = |e: ureq::http::Error| ClientError::Offline(e.to_string());
        let result = if method == "GET" {
            self.agent.run(request.body(()).map_err(offline)?)
        } else {
            let kind = if method == "PUT" { "application/octet-stream" } else { "application/json" };
            self.agent.run(request.header("content-type", kind).body(body).map_err(offline)?)
        };
        let answer = read_any(result)?;
        // A line that was cut meanwhile would have swallowed the answer.
        self.line_is_up()?;
        Ok(answer)
    }

    fn line_is_up(&self) -> Result<(), ClientError> {
        if self.scenario.line_is_up() {
            Ok(())
        } else {
            Err(ClientError::Offline("the scenario has cut the line".to_owned()))
        }
    }
}

struct Answer {
    status: StatusCode,
    date: Option<Instant>,
    bytes: Vec<u8>,
}

impl Answer {
    fn refusal(&self) -> Option<ClientError> {
        if self.status.is_success() {
            return None;
        }
        let problem: Option<serde_json::Value> = serde_json::from_slice(&self.bytes).ok();
        let code = problem.as_ref().and_then(|p| p.get("code")?.as_str()).unwrap_or_default().to_owned();
        Some(ClientError::Refused { status: self.status.as_u16(), code })
    }
}

fn agent(config: &Config) -> Result<ureq::Agent, ClientError> {
    let roots = match &config.ca_file {
        None => RootCerts::PlatformVerifier,
        Some(path) => {
            let error = |e: String| ClientError::Authority(path.clone(), e);
            let pem = std::fs::read(path).map_err(|e| error(e.to_string()))?;
            let mut certificates: Vec<Certificate<'static>> = Vec::new();
            for item in parse_pem(&pem) {
                if let PemItem::Certificate(certificate) = item.map_err(|e| error(e.to_string()))? {
                    certificates.push(certificate);
                }
            }
            RootCerts::new_with_certs(&certificates)
        }
    };
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(CALL))
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build();
    Ok(ureq::Agent::new_with_config(config))
}

type UreqResult = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

fn read_any(result: UreqResult) -> Result<Answer, ClientError> {
    let offline = |e: ureq::Error| ClientError::Offline(e.to_string());
    let mut response = result.map_err(offline)?;
    let status = response.status();
    let date = response.headers().get("date").and_then(|v| v.to_str().ok()).and_then(http_date);
    let bytes = response.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec().map_err(offline)?;
    Ok(Answer { status, date, bytes })
}

fn read(result: UreqResult) -> Result<Answer, ClientError> {
    let answer = read_any(result)?;
    answer.refusal().map_or(Ok(answer), Err)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
fn http_date(text: &str) -> Option<Instant> {
    let mut words = text.split_once(", ")?.1.split(' ');
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|m| *m == month)?.checked_add(1)?;
    Instant::parse(&format!("{year}-{month:02}-{day}T{time}Z")).ok()
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ClientError> {
    serde_json::from_slice(bytes).map_err(|e| ClientError::Garbage(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_read() {
        let date = http_date("Mon, 28 Sep 2026 01:00:00 GMT").unwrap();
        assert_eq!(date.minute_in_china(), "2026-09-28 09:00");
        for bad in ["", "Mon, 28", "Mon, 99 Sep 2026 01:00:00 GMT", "yesterday"] {
            assert_eq!(http_date(bad), None, "{bad}");
        }
    }
}
