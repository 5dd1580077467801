//! A browser that keeps its cookies and follows nothing by itself.

use crate::harness::{PASSWORD, TestApp, login_of};
use server::http::access::Role;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use ureq::http::{HeaderMap, Request};

/// A browser.
#[derive(Clone)]
pub struct Browser {
    base: String,
    agent: ureq::Agent,
    cookies: BTreeMap<String, String>,
    set: Vec<String>,
    /// Header by which the sender of a form shows.
    pub sender: (&'static str, String),
}

/// What the browser got.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub location: String,
    pub media: String,
    pub cache: String,
    pub html: String,
}

/// A value as a form sends it.
pub fn escape(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// The fields of the login form.
pub fn login(name: &str, password: &str, next: &str) -> String {
    format!("login={}&password={}&totp=&next={}", escape(name), escape(password), escape(next))
}

impl Browser {
    pub fn new(app: &TestApp) -> Self {
        let base = app.http().base().to_owned();
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let sender = ("origin", base.clone());
        Self { base, agent: config.into(), cookies: BTreeMap::new(), set: Vec::new(), sender }
    }

    pub fn logged_in(app: &TestApp, name: &str) -> Self {
        let mut browser = Self::new(app);
        assert_eq!(browser.post("/login", &login(name, PASSWORD, "/")).status, 303, "{name}");
        browser
    }

    pub fn as_role(app: &TestApp, role: Role) -> Self {
        Self::logged_in(app, login_of(role))
    }

    pub fn get(&mut self, path: &str) -> Page {
        let request = Request::get(format!("{}{path}", self.base)).header("accept", "text/html");
        self.run(request, None)
    }

    /// A form with a file: the name of its field, its own name and its content.
    pub fn send(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Page {
        const BOUNDARY: &str = "----kaodian-7f3a";
        let mut body = Vec::new();
        let mut part = |head: String, content: &[u8]| {
            body.extend_from_slice(
                format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {head}\r\n\r\n").as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        };
        for (name, value) in fields {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
        part(format!("name=\"{}\"; filename=\"{}\"", file.0, file.1), file.2);
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let request = Request::post(format!("{}{path}", self.base))
            .header("accept", "text/html")
            .header(self.sender.0, &self.sender.1)
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        self.run(request, Some(body))
    }

    /// As our script asks for the part of a page that changes.
    pub fn get_part(&mut self, path: &str) -> Page {
        let request = Request::get(format!("{}{path}", self.base)).header("accept", "text/html");
        self.run(request.header("x-kaodian-fragment", "1"), None)
    }

    pub fn post(&mut self, path: &str, form: &str) -> Page {
        let request = Request::post(format!("{}{path}", self.base))
            .header("accept", "text/html")
            .header(self.sender.0, &self.sender.1)
            .header("content-type", "application/x-www-form-urlencoded");
        self.run(request, Some(form.as_bytes().to_vec()))
    }

    /// The lines of an answer that does not end.
    pub fn lines(&self, path: &str) -> impl Iterator<Item = String> + use<> {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = Request::get(format!("{}{path}", self.base)).header("cookie", cookies.join("; "));
        let response = self.agent.run(request.body(()).unwrap()).unwrap();
        assert_eq!(response.status(), 200, "{path}");
        BufReader::new(response.into_body().into_reader()).lines().map(Result::unwrap)
    }

    /// The `Set-Cookie` line of the last answer for a cookie; empty if there was none.
    pub fn cookie_line(&self, name: &str) -> String {
        self.set.iter().find(|line| line.starts_with(&format!("{name}="))).cloned().unwrap_or_default()
    }

    fn run(&mut self, mut request: ureq::http::request::Builder, form: Option<Vec<u8>>) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let mut response = match form {
            Some(form) => self.agent.run(request.body(form).unwrap()).unwrap(),
            None => self.agent.run(request.body(()).unwrap()).unwrap(),
        };
        let headers = response.headers().clone();
        self.keep(&headers);
        let bytes = response.body_mut().read_to_vec().unwrap();
        let header =
            |name: &str| headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        Page {
            status: response.status().as_u16(),
            location: header("location"),
            media: header("content-type"),
            cache: header("cache-control"),
            html: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        self.set = headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned()).collect();
        for line in &self.set {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
    }
}
