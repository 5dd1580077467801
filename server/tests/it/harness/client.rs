//! A client of the API that says what it does and answers whatever comes.

use super::world::PASSWORD;
use serde_json::{Value, json};
use ureq::http::{Method, Request};

/// Somebody at the API.
#[derive(Clone)]
pub struct Client {
    base: String,
    agent: ureq::Agent,
    authorization: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

impl Client {
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self { base: base.to_owned(), agent: config.into(), authorization: None }
    }

    /// Where the application is served.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same client with a login.
    pub fn log_in(mut self, login: &str) -> Self {
        let answer = self.post("/api/v1/auth/login", &json!({ "login": login, "password": PASSWORD }));
        let token = answer.ok()["token"].as_str().unwrap().to_owned();
        self.authorization = Some(format!("Bearer {token}"));
        self
    }

    /// The same client with a token, for example that of a seat.
    pub fn with_token(mut self, token: &str) -> Self {
        self.authorization = Some(format!("Bearer {token}"));
        self
    }

    /// The same client with a token of another scheme, for example a kiosk's.
    pub fn with_scheme(mut self, scheme: &str, token: &str) -> Self {
        self.authorization = Some(format!("{scheme} {token}"));
        self
    }

    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, Some(body), None)
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path, Some(body), None)
    }

    /// A post that may be repeated.
    pub fn post_once(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.call("POST", path, Some(body), Some(key))
    }

    /// A change of what has been seen in a version.
    pub fn patch(&self, path: &str, tag: &str, body: &Value) -> Answer {
        self.call_with("PATCH", path, Some(body), &[("if-match", tag)])
    }

    pub fn call(&self, method: &str, path: &str, body: Option<&Value>, key: Option<&str>) -> Answer {
        let headers: Vec<(&str, &str)> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
        self.call_with(method, path, body, &headers)
    }

    fn call_with(&self, method: &str, path: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body.to_string()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = response.unwrap();
        let content_type = response.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned());
        let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        Answer { status: response.status().as_u16(), content_type: content_type.unwrap_or_default(), bytes }
    }
}

impl Client {
    /// Sends bytes as they are, with whatever type they claim to have.
    pub fn raw(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Answer {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("{}{path}", self.base))
            .header("content-type", content_type);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let response = match method {
            "GET" => self.agent.run(request.body(()).unwrap()),
            _ => self.agent.run(request.body(body).unwrap()),
        };
        let mut response = response.unwrap();
        let content_type = response.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned());
        let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        Answer { status: response.status().as_u16(), content_type: content_type.unwrap_or_default(), bytes }
    }
}

impl Answer {
    /// The document of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            String::from_utf8_lossy(&self.bytes)
        );
        if self.bytes.is_empty() { Value::Null } else { serde_json::from_slice(&self.bytes).unwrap() }
    }

    /// Status and code of a problem document.
    #[track_caller]
    pub fn problem(&self) -> (u16, String) {
        let said = String::from_utf8_lossy(&self.bytes);
        assert!(self.content_type.starts_with("application/problem+json"), "{} {said}", self.status);
        let document: Value = serde_json::from_slice(&self.bytes).unwrap();
        (self.status, document["code"].as_str().unwrap().to_owned())
    }
}
