//! The exam point's side: the real program, started, spoken to, killed and started again.

use super::centre::{CODE, Centre};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A place on disk for one kiosk.
pub struct Site {
    dir: tempfile::TempDir,
    server: String,
}

/// A running kiosk.
pub struct Running {
    child: Child,
    pub url: String,
    scenario: PathBuf,
}

impl Site {
    pub fn new(centre: &Centre) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        let config = format!(
            "server = \"{}\"\ndata_dir = \"{}\"\nlisten = \"127.0.0.1:0\"\nscenario_socket = \"{}\"\n\
             [camera]\nkind = \"sim\"\n[reader]\nkind = \"sim\"\n\
             [printer]\nkind = \"file\"\ndir = \"{}\"\ndeadline_seconds = 1\n",
            centre.url,
            at("data"),
            at("scenario"),
            at("printed"),
        );
        std::fs::write(dir.path().join("kiosk.toml"), config).unwrap();
        Self { dir, server: centre.url.clone() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kaodian-kiosk"));
        command.args(arguments).env("RUST_LOG", "warn").stderr(Stdio::null());
        command
    }

    /// Starts the kiosk (enrolling it the first time) and waits until it is ready.
    pub fn start(&self) -> Running {
        let config = self.path("kiosk.toml").display().to_string();
        // A file that may not grow is then an error, as on a full disk, and not the end of the program.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_kaodian-kiosk")])
            .args(["run", "--config", &config, "--enrol-code", CODE, "--server", &self.server])
            .env("RUST_LOG", "warn")
            .stderr(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("ready ").expect("the kiosk did not start").to_owned();
        Running { child, url, scenario: self.path("scenario") }
    }
}

impl Running {
    pub fn get(&self, path: &str) -> (u16, String) {
        let mut response = agent().get(format!("{}{path}", self.url)).call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    pub fn get_bytes(&self, path: &str) -> (u16, Vec<u8>) {
        let mut response = agent().get(format!("{}{path}", self.url)).call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_vec().unwrap())
    }

    pub fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.post_text(path, &body.to_string(), &[("x-kaodian-kiosk", "1")])
    }

    pub fn post_text(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> (u16, Value) {
        let mut request =
            agent().post(format!("{}{path}", self.url)).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.send(body).unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// What must succeed.
    pub fn does(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.post(path, body);
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Talks with the server and gives the status.
    pub fn sync(&self) -> Value {
        self.does("/api/sync", serde_json::json!({}))
    }

    pub fn state(&self) -> Value {
        serde_json::from_str(&self.get("/api/state").1).unwrap()
    }

    /// Tells the simulated devices something.
    pub fn scenario(&self, line: Value) {
        let mut stream = BufReader::new(UnixStream::connect(&self.scenario).unwrap());
        stream.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), r#"{"ok":true}"#, "{line}");
    }

    /// From now on the disk takes nothing more, or takes everything again.
    pub fn disk_is_full(&self, full: bool) {
        let limit = if full { "--fsize=0:" } else { "--fsize=unlimited:" };
        let pid = self.child.id().to_string();
        assert!(Command::new("prlimit").args(["--pid", &pid, limit]).status().unwrap().success());
    }

    /// As a power cut would end it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As the system would end it; gives the exit status.
    pub fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}
