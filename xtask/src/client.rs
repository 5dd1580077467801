//! A client as any machine would be one: JSON over HTTP, problem documents read, every call repeated with the same
//! `Idempotency-Key` while the other side cannot be reached.

use crate::fail::{Context, Fail, Outcome};
use crate::wait;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A call is given up when the other side has not been reached for so long.
const PATIENCE: Duration = Duration::from_secs(90);

/// The other side.
#[derive(Debug)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    /// Header that every request carries, with its value.
    extra: Option<(&'static str, &'static str)>,
    calls: AtomicU64,
    repeats: AtomicU64,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// `GET`, `POST`, `PUT`.
    pub method: &'static str,
    /// Path with query.
    pub path: String,
    /// Value of the `Authorization` header.
    pub authorization: Option<String>,
    /// `Idempotency-Key`.
    pub key: Option<String>,
    /// Body.
    pub body: Body<'a>,
}

/// The body of a request.
#[derive(Debug, Clone)]
pub enum Body<'a> {
    /// None.
    Nothing,
    /// A JSON document.
    Json(Value),
    /// Bytes of a file.
    Bytes(&'a [u8]),
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked: method and path.
    pub asked: String,
    /// HTTP status.
    pub status: u16,
    /// The bytes of the body.
    pub bytes: Vec<u8>,
    /// Whether the request had to be repeated: then an earlier one may have been carried out without its answer.
    pub repeated: bool,
}

/// A person with an account. Logs in when needed, and again when the login has ended.
#[derive(Debug)]
pub struct Login {
    client: Arc<Client>,
    login: String,
    password: String,
    token: Mutex<Option<String>>,
}

impl Client {
    /// A client for `http://…`, without a slash at its end.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let (calls, repeats) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { agent: agent(Duration::from_secs(60)), base: base.to_owned(), extra: None, calls, repeats }
    }

    /// The same with a header on each request.
    #[must_use]
    pub const fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.extra = Some((name, value));
        self
    }

    /// Address of the other side.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Calls so far, and how many had to be repeated.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.calls.load(Ordering::Relaxed), self.repeats.load(Ordering::Relaxed))
    }

    /// Sends a request until there is an answer. An answer of 503 asks to come again.
    ///
    /// # Errors
    /// If there was none for a long time.
    pub fn send(&self, request: &Request<'_>) -> Outcome<Answer> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let asked = format!("{} {}", request.method, request.path);
        let end = Instant::now() + PATIENCE;
        let mut gap = Duration::from_millis(30);
        let mut repeated = false;
        loop {
            let problem = match self.once(request) {
                Ok((status, bytes)) if status != 503 => {
                    return Ok(Answer { asked, status, bytes, repeated });
                }
                Ok((_, bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(error) => error.to_string(),
            };
            if Instant::now() >= end {
                return Err(Fail::new(format!("{asked} at {}: {problem}", self.base)));
            }
            self.repeats.fetch_add(1, Ordering::Relaxed);
            repeated = true;
            wait::pause(gap);
            gap = (gap * 2).min(Duration::from_millis(500));
        }
    }

    /// Sends a request once.
    ///
    /// # Errors
    /// If the other side cannot be reached.
    pub fn once(&self, request: &Request<'_>) -> Result<(u16, Vec<u8>), ureq::Error> {
        let url = format!("{}{}", self.base, request.path);
        let mut builder = ureq::http::Request::builder().method(request.method).uri(url);
        if let Some((name, value)) = self.extra {
            builder = builder.header(name, value);
        }
        if let Some(value) = &request.authorization {
            builder = builder.header("authorization", value);
        }
        if let Some(key) = &request.key {
            builder = builder.header("idempotency-key", key);
        }
        let body = match &request.body {
            Body::Nothing => Vec::new(),
            Body::Json(value) => {
                builder = builder.header("content-type", "application/json");
                value.to_string().into_bytes()
            }
            Body::Bytes(bytes) => {
                builder = builder.header("content-type", "application/octet-stream");
                bytes.to_vec()
            }
        };
        let mut response = if request.method == "GET" {
            self.agent.run(builder.body(())?)?
        } else {
            self.agent.run(builder.body(body)?)?
        };
        let bytes = response.body_mut().with_config().limit(64 * 1024 * 1024).read_to_vec()?;
        Ok((response.status().as_u16(), bytes))
    }
}

impl<'a> Request<'a> {
    /// A reading request.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), authorization: None, key: None, body: Body::Nothing }
    }

    /// A writing request with a JSON document.
    #[must_use]
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: "POST", path: path.into(), authorization: None, key: None, body: Body::Json(body) }
    }

    /// The same with another method.
    #[must_use]
    pub const fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// With an `Idempotency-Key`.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// With bytes as body.
    #[must_use]
    pub fn bytes(mut self, bytes: &'a [u8]) -> Self {
        self.body = Body::Bytes(bytes);
        self
    }

    /// With a bearer token.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        self.authorization = Some(format!("Bearer {token}"));
        self
    }
}

impl Answer {
    /// The document, if the status says that it went well.
    ///
    /// # Errors
    /// What was asked and answered otherwise.
    pub fn ok(&self) -> Outcome<Value> {
        if !(200..300).contains(&self.status) {
            return Err(self.unexpected());
        }
        if self.bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.bytes).or_fail(format!("{} answered no JSON", self.asked))
    }

    /// Stable code of a problem document; empty if it is none.
    #[must_use]
    pub fn code(&self) -> String {
        let document: Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
        document.get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// That the call was refused with exactly this code.
    ///
    /// # Errors
    /// What was asked and answered otherwise.
    pub fn refused(&self, code: &str) -> Outcome<()> {
        if (400..500).contains(&self.status) && self.code() == code {
            return Ok(());
        }
        Err(Fail::new(format!("expected the refusal {code}: {}", self.unexpected())))
    }

    /// What was asked and answered, in words.
    #[must_use]
    pub fn unexpected(&self) -> Fail {
        let body: String = String::from_utf8_lossy(&self.bytes).chars().take(1500).collect();
        Fail::new(format!("{} answered {}: {body}", self.asked, self.status))
    }
}

impl Login {
    /// A person who has not logged in yet.
    #[must_use]
    pub fn new(client: &Arc<Client>, login: &str, password: &str) -> Self {
        let token = Mutex::new(None);
        let client = Arc::clone(client);
        Self { client, login: login.to_owned(), password: password.to_owned(), token }
    }

    /// Login name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.login
    }

    /// Sends a request as this person, logging in (again) where needed.
    ///
    /// # Errors
    /// If the server cannot be reached, or refuses the login.
    pub fn send(&self, mut request: Request<'_>) -> Outcome<Answer> {
        for _ in 0..2 {
            let token = self.token()?;
            request = request.bearer(&token);
            let answer = self.client.send(&request)?;
            if answer.code() != "not-logged-in" {
                return Ok(answer);
            }
            let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.as_ref() == Some(&token) {
                *kept = None;
            }
        }
        Err(Fail::new(format!("{}: the server does not take its own login", self.login)))
    }

    /// Reads a document.
    ///
    /// # Errors
    /// As [`Login::send`], and if the answer is a refusal.
    pub fn get(&self, path: impl Into<String>) -> Outcome<Value> {
        self.send(Request::get(path))?.ok()
    }

    /// Posts a document under an `Idempotency-Key`.
    ///
    /// # Errors
    /// As [`Login::send`], and if the answer is a refusal.
    pub fn post(&self, path: impl Into<String>, key: &str, body: Value) -> Outcome<Value> {
        self.send(Request::post(path, body).key(key))?.ok()
    }

    fn token(&self) -> Outcome<String> {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = kept.as_ref() {
            return Ok(token.clone());
        }
        let body = serde_json::json!({"login": self.login, "password": self.password});
        let answer = self.client.send(&Request::post("/api/v1/auth/login", body))?.ok();
        let answer = answer.or_fail(format!("login of {}", self.login))?;
        let token = text(&answer, "token")?;
        *kept = Some(token.clone());
        Ok(token)
    }
}

/// An agent that gives up a call after so long and takes every status for an answer.
#[must_use]
pub fn agent(limit: Duration) -> ureq::Agent {
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(limit)).proxy(None);
    config.max_idle_connections_per_host(32).build().into()
}

/// A text of a document.
///
/// # Errors
/// If there is none of this name.
pub fn text(document: &Value, name: &str) -> Outcome<String> {
    let found = document.get(name).and_then(Value::as_str);
    found.map(str::to_owned).or_fail(format!("no text '{name}' in {}", shortened(document)))
}

/// A whole number of a document.
///
/// # Errors
/// If there is none of this name.
pub fn number(document: &Value, name: &str) -> Outcome<i64> {
    let found = document.get(name).and_then(Value::as_i64);
    found.or_fail(format!("no number '{name}' in {}", shortened(document)))
}

/// A list of a document.
///
/// # Errors
/// If there is none of this name.
pub fn list<'d>(document: &'d Value, name: &str) -> Outcome<&'d Vec<Value>> {
    let found = document.get(name).and_then(Value::as_array);
    found.or_fail(format!("no list '{name}' in {}", shortened(document)))
}

fn shortened(document: &Value) -> String {
    document.to_string().chars().take(600).collect()
}
