//! The kiosk's own program: started as an exam point starts it, asked as its own pages ask it.

use crate::{Outcome, staff, world};
use serde_json::{Value, json};
use server::app::App;
use server::app::kiosks::announce;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How many of the first and of the last check-ins are compared.
const SPAN: usize = 100;
/// Entries that gather while the line is cut.
const GATHERED: usize = 5_000;
/// Talks with the server until everything is there, at most.
const TALKS: usize = 50;

/// A running kiosk.
struct Kiosk {
    child: Child,
    agent: ureq::Agent,
    url: String,
    scenario: PathBuf,
}

/// Measures what the program does for one exam point.
pub fn measured(
    database: &str,
    app: &App,
    address: SocketAddr,
    directory: &Path,
    program: &str,
    people: u32,
) -> Outcome<()> {
    println!("{database}: the kiosk's program with {people} people on its list");
    let announced = announce(app, &staff(), "P01", None)?;
    let config = configured(directory, address)?;
    let (kiosk, first) = Kiosk::start(program, &config, Some(&announced.code))?;
    println!("  first start, with enrolment: {:.0} ms", millis(first));
    kiosk.until(|status| status["files_missing"] == 0 && status["revision"].is_i64())?;
    let times = (1..=people).map(|number| kiosk.check_in(number, 200)).collect::<Outcome<Vec<_>>>()?;
    told(&times);
    kiosk.until(|status| status["acknowledged"] == status["journal"])?;
    kiosk.tell(&json!({"line": "cut"}))?;
    for entry in 0..GATHERED {
        // Who is in already is told so, which is an entry, too.
        kiosk.check_in(u32::try_from(entry)? % people + 1, 409)?;
    }
    kiosk.tell(&json!({"line": "up"}))?;
    let begun = Instant::now();
    kiosk.until(|status| status["acknowledged"] == status["journal"])?;
    goal(&format!("{GATHERED} entries until the server has them"), millis(begun.elapsed()), 2_000.0, "ms");
    goal("memory after all this", kiosk.memory()?, 60.0, "MB");
    drop(kiosk);
    let (kiosk, again) = Kiosk::start(program, &config, None)?;
    goal("start with a day's journal, which is verified", millis(again), 1_000.0, "ms");
    drop(kiosk);
    println!();
    Ok(())
}

fn configured(directory: &Path, address: SocketAddr) -> Outcome<PathBuf> {
    let at = |name: &str| directory.join(name).display().to_string();
    let text = format!(
        "server = \"http://{address}\"\ndata_dir = \"{}\"\nlisten = \"127.0.0.1:0\"\nclock_socket = \"{}\"\n\
         scenario_socket = \"{}\"\n[camera]\nkind = \"sim\"\n[reader]\nkind = \"sim\"\n",
        at("kiosk"),
        at("clock"),
        at("scenario"),
    );
    let path = directory.join("kiosk.toml");
    std::fs::write(&path, text)?;
    Ok(path)
}

fn told(times: &[Duration]) {
    let mut ordered = times.to_vec();
    ordered.sort_unstable();
    let at = |hundredths: usize| {
        let place = ordered.len().saturating_sub(1) * hundredths / 100;
        ordered.get(place).copied().map_or(0.0, millis)
    };
    println!("  from the number read to the answer: median {:.2} ms", at(50));
    goal("from the number read to the answer, p99", at(99), 300.0, "ms");
    let mean = |some: &[Duration]| some.iter().copied().map(millis).sum::<f64>() / some.len().max(1) as f64;
    let (first, last) = (times.get(..SPAN).unwrap_or(times), times.get(times.len().saturating_sub(SPAN)..));
    let share = mean(last.unwrap_or(times)) / mean(first).max(1e-9);
    goal(&format!("the last {SPAN} check-ins as a share of the first {SPAN}"), share, 1.2, "");
}

fn goal(what: &str, measured: f64, limit: f64, unit: &str) {
    let verdict = if measured <= limit { "reached" } else { "MISSED" };
    let digits = if limit < 10.0 { 2 } else { 0 };
    println!("  {what}: {measured:.digits$} {unit} (goal {limit}): {verdict}");
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

impl Kiosk {
    /// Starts it and tells how long it took until it was ready.
    fn start(program: &str, config: &Path, code: Option<&str>) -> Outcome<(Self, Duration)> {
        let begun = Instant::now();
        let mut command = Command::new(program);
        command.arg("run").arg("--config").arg(config).env("RUST_LOG", "warn").stdout(Stdio::piped());
        if let Some(code) = code {
            command.args(["--enrol-code", code]);
        }
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let took = begun.elapsed();
        let url = line.trim().strip_prefix("ready ").ok_or("the kiosk did not start")?.to_owned();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let scenario = config.with_file_name("scenario");
        Ok((Self { child, agent, url, scenario }, took))
    }

    fn post(&self, path: &str, body: &Value) -> Outcome<(u16, Value)> {
        let mut reply = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .header("x-kaodian-kiosk", "1")
            .send(body.to_string())?;
        let text = reply.body_mut().read_to_string()?;
        Ok((reply.status().as_u16(), serde_json::from_str(&text)?))
    }

    fn check_in(&self, number: u32, expected: u16) -> Outcome<Duration> {
        let body = json!({"ticket_qr": world::secret(number)});
        let begun = Instant::now();
        let (status, answer) = self.post("/api/check-in", &body)?;
        let took = begun.elapsed();
        if status == expected { Ok(took) } else { Err(format!("{number}: {status} {answer}").into()) }
    }

    /// Talks with the server until it is so.
    fn until(&self, holds: impl Fn(&Value) -> bool) -> Outcome<()> {
        let mut status = Value::Null;
        for _ in 0..TALKS {
            status = self.post("/api/sync", &json!({}))?.1;
            if holds(&status) {
                return Ok(());
            }
        }
        Err(format!("after {TALKS} talks with the server: {status}").into())
    }

    /// Tells the simulated devices something.
    fn tell(&self, line: &Value) -> Outcome<()> {
        let mut stream = BufReader::new(UnixStream::connect(&self.scenario)?);
        stream.get_mut().write_all(format!("{line}\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_line(&mut answer)?;
        if answer.trim() == r#"{"ok":true}"# { Ok(()) } else { Err(answer.into()) }
    }

    /// Memory that it has at the moment, MB.
    fn memory(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
