//! `cargo xtask demo`: a server and a kiosk on the demo world.

use crate::client::{Client, Login, Request, list, text};
use crate::fail::{Context, Fail, Outcome};
use crate::postgres::free_port;
use crate::process::Service;
use crate::setup::{self, Need};
use crate::{shell, tidy_up};
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

/// Start of the demo's session: an hour after its clock starts.
const SESSION_START: &str = "2026-09-28T08:30:00+08:00";
/// The exam point of the demo.
const POINT: &str = "P01";
/// The trade of the demo's session.
const TRADE: &str = "electrician-low-voltage";

/// `cargo xtask demo`
#[derive(Debug, Args)]
pub struct Options {
    /// Keep what an earlier demo left behind instead of beginning anew.
    #[arg(long)]
    keep: bool,
    /// Run the programs as they were built last, without set-up.
    #[arg(long)]
    no_build: bool,
    /// Port of the server.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Port of the kiosk.
    #[arg(long, default_value_t = 8090)]
    kiosk_port: u16,
}

/// Where a demo runs.
#[derive(Debug, Clone)]
pub struct Place {
    directory: PathBuf,
    server: String,
    kiosk: String,
}

/// A running demo; dropped, it is killed.
#[derive(Debug)]
pub struct Demo {
    place: Place,
    server: Service,
    kiosk: Service,
    api: Arc<Client>,
    tickets: Vec<String>,
    session: String,
}

/// What the demo needs of the world's file.
#[derive(Debug, Deserialize)]
struct World {
    account: Vec<Account>,
    candidate: Vec<Candidate>,
}

#[derive(Debug, Deserialize)]
struct Account {
    login: String,
    role: String,
    display_name: String,
    password: String,
    #[serde(default)]
    totp: bool,
    staff: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Candidate {
    name: String,
    id_number: String,
}

/// Sets up, builds, starts both, says where they are, and waits for Ctrl-C.
///
/// # Errors
/// What does not work, in a sentence.
pub fn run(options: &Options) -> Outcome<()> {
    if !options.no_build {
        setup::ensure(&[Need::Build, Need::Run])?;
        shell::build_programs()?;
    }
    let place = Place::standard(options.port, options.kiosk_port);
    place.free()?;
    let again = options.keep && place.directory.join("kaodian.db").is_file();
    let demo = if again { Demo::resume(&place)? } else { Demo::start(&place)? };
    demo.greet()?;
    let _promise = tidy_up::on_interrupt(&["true"]);
    loop {
        // Ctrl-C ends the program and, as promised, both of the others.
        std::thread::park();
    }
}

impl Place {
    /// Where a person finds it: var/demo, at the given ports of this machine.
    #[must_use]
    pub fn standard(server: u16, kiosk: u16) -> Self {
        let directory = shell::root().join("var/demo");
        Self { directory, server: format!("127.0.0.1:{server}"), kiosk: format!("127.0.0.1:{kiosk}") }
    }

    /// Nobody else listens where the programs are going to: they would be taken for ours.
    fn free(&self) -> Outcome<()> {
        for (address, option) in [(&self.server, "--port"), (&self.kiosk, "--kiosk-port")] {
            if let Err(error) = std::net::TcpListener::bind(address) {
                return Err(Fail::call(format!(
                    "{address} cannot be used ({error}). Stop the program that listens there (`ss -ltnp` names it), \
                     or choose another port with {option}."
                )));
            }
        }
        Ok(())
    }

    /// A place for tests, out of the way of a demo that may be running.
    ///
    /// # Errors
    /// If there are no free ports.
    pub fn for_tests() -> Outcome<Self> {
        let directory = std::env::temp_dir().join(format!("kaodian-demo-{}", std::process::id()));
        let address = || Ok(format!("127.0.0.1:{}", free_port()?));
        Ok(Self { directory, server: address()?, kiosk: address()? })
    }

    fn lay_out(&self) -> Outcome<()> {
        if self.directory.exists() {
            std::fs::remove_dir_all(&self.directory).or_fail(self.directory.display())?;
        }
        std::fs::create_dir_all(&self.directory).or_fail(self.directory.display())?;
        for name in ["server.toml", "kiosk.toml"] {
            let from = shell::root().join("fixtures/demo").join(name);
            let text = std::fs::read_to_string(&from).or_fail(from.display())?;
            let text = text.replace("127.0.0.1:8080", &self.server).replace("127.0.0.1:8090", &self.kiosk);
            let here = |path: &str| format!("{:?}", self.directory.join(path));
            // The kiosk takes its paths from where it is started.
            let text = match name {
                "kiosk.toml" => text
                    .replace("\"kiosk\"", &here("kiosk"))
                    .replace("\"clock\"", &here("clock"))
                    .replace("\"scenario\"", &here("scenario")),
                _ => text,
            };
            std::fs::write(self.directory.join(name), text).or_fail(name)?;
        }
        Ok(())
    }

    fn services(&self) -> (Service, Service) {
        let service = |name: &'static str, verb: &str, config: &str, health: String| {
            let config = self.directory.join(config).to_string_lossy().into_owned();
            let log = self.directory.join(format!("{name}.log"));
            Service::new(name, &shell::built(name), &[verb, "--config", &config], &log, &health)
        };
        let server = format!("http://{}/api/v1/health", self.server);
        let kiosk = format!("http://{}/api/health", self.kiosk);
        (
            service("kaodian-server", "serve", "server.toml", server),
            service("kaodian-kiosk", "run", "kiosk.toml", kiosk),
        )
    }
}

impl Demo {
    /// Makes the demo world anew, plans and prepares its session, and starts server and kiosk on it.
    ///
    /// # Errors
    /// What does not work.
    pub fn start(place: &Place) -> Outcome<Self> {
        let mut demo = Self::seeded(place)?;
        demo.open_session()?;
        demo.sign_readiness()?;
        demo.start_kiosk()?;
        Ok(demo)
    }

    /// The same world before anybody has planned anything: registrations, staff and an exam point with its kiosk.
    ///
    /// # Errors
    /// What does not work.
    pub fn start_unplanned(place: &Place) -> Outcome<Self> {
        let demo = Self::seeded(place)?;
        demo.start_kiosk()?;
        Ok(demo)
    }

    /// Seeds the world and starts the server on it.
    fn seeded(place: &Place) -> Outcome<Self> {
        place.lay_out()?;
        let mut seed = Command::new(shell::built("kaodian-server"));
        seed.arg("seed").arg("--config").arg(place.directory.join("server.toml"));
        seed.arg("--fixtures").arg(shell::root().join("fixtures")).arg("--world").arg(world_file());
        let said = shell::ask(&mut seed)?;
        if !said.ok {
            return Err(Fail::new(format!("kaodian-server seed: {}{}", said.out, said.err)));
        }
        let demo = Self::new(place);
        demo.server.start()?;
        Ok(demo)
    }

    /// Starts server and kiosk where an earlier demo was stopped.
    ///
    /// # Errors
    /// If one of them does not start.
    pub fn resume(place: &Place) -> Outcome<Self> {
        let demo = Self::new(place);
        demo.server.start()?;
        demo.kiosk.start()?;
        Ok(demo)
    }

    /// Stops both.
    ///
    /// # Errors
    /// If one does not stop cleanly.
    pub fn stop(self) -> Outcome<()> {
        self.kiosk.stop()?;
        self.server.stop()
    }

    /// Address of the server.
    #[must_use]
    pub fn server(&self) -> String {
        format!("http://{}", self.place.server)
    }

    /// A token of the first account with a role.
    ///
    /// # Errors
    /// If there is none, or it is not let in.
    pub fn token(&self, role: &str) -> Outcome<String> {
        let world = world()?;
        let account = world.account.iter().find(|a| a.role == role).or_fail(role)?;
        let code = if account.totp { Some(self.code(&account.login)?) } else { None };
        let body = json!({"login": account.login, "password": account.password, "totp": code});
        text(&self.api.send(&Request::post("/api/v1/auth/login", body))?.ok()?, "token")
    }

    /// Tells a program by its environment where the demo is and who may log in.
    ///
    /// # Errors
    /// If the world's file cannot be read.
    pub fn describe(&self, command: &mut Command) -> Outcome<()> {
        let world = world()?;
        let password = world.account.first().map(|a| a.password.clone()).unwrap_or_default();
        let candidate = world.candidate.first().or_fail("no candidate in the demo world")?;
        let numbers: Vec<&str> = world.candidate.iter().map(|c| c.id_number.as_str()).collect();
        // Codes are old after half a minute: the command that says a login's code lasts longer.
        let totp = json!([shell::built("kaodian-server"), "totp", "--config", self.config()]);
        command
            .env("KAODIAN_SERVER", format!("http://{}", self.place.server))
            .env("KAODIAN_KIOSK", format!("http://{}", self.place.kiosk))
            .env("KAODIAN_PASSWORD", password)
            .env("KAODIAN_TICKETS", self.tickets.join(","))
            .env("KAODIAN_ID_NUMBER", &candidate.id_number)
            .env("KAODIAN_ID_NUMBERS", numbers.join(","))
            .env("KAODIAN_SESSION", &self.session)
            .env("KAODIAN_CLOCK", self.place.directory.join("clock"))
            .env("KAODIAN_TOTP", totp.to_string())
            .env("KAODIAN_SCENARIO", self.place.directory.join("scenario"))
            .env("KAODIAN_PRINTED", self.place.directory.join("kiosk/printed"))
            .env("KAODIAN_SCREENSHOTS", shell::target().join("screenshots"));
        Ok(())
    }

    fn new(place: &Place) -> Self {
        let (server, kiosk) = place.services();
        let api = Arc::new(Client::new(&format!("http://{}", place.server)));
        Self { place: place.clone(), server, kiosk, api, tickets: Vec::new(), session: String::new() }
    }

    /// A session with all candidates of the trade, their seats, papers and staff.
    fn open_session(&mut self) -> Outcome<()> {
        let world = world()?;
        let centre = world.account.iter().find(|a| a.role == "centre_staff").or_fail("no centre staff")?;
        let first = Login::new(&self.api, &centre.login, &centre.password);
        let starts_at = shared::time::Instant::parse(SESSION_START).or_fail(SESSION_START)?.millis();
        let body = json!({"point": POINT, "trade": TRADE, "kind": "first", "starts_at": starts_at});
        let session = text(&first.post("/api/v1/sessions", "session", body)?, "session")?;
        let known = first.get(format!("/api/v1/registrations?trade={TRADE}&per_page=100"))?;
        let firsts =
            list(&known, "items")?.iter().filter(|r| r.get("kind").and_then(Value::as_str) == Some("first"));
        let registrations = firsts.map(|r| text(r, "registration")).collect::<Outcome<Vec<_>>>()?;
        let path = format!("/api/v1/sessions/{session}");
        let body = json!({"registrations": registrations});
        let enrolled = first.post(format!("{path}/candidates"), "enrol", body)?;
        self.tickets =
            list(&enrolled, "enrolled")?.iter().map(|e| text(e, "ticket")).collect::<Outcome<_>>()?;
        first.post(format!("{path}/seating"), "seating", json!({}))?;
        first.post(format!("{path}/staff"), "staff", json!({}))?;
        self.session = session;
        Ok(())
    }

    /// The exam point's staff find everything in order and sign it, so that rooms may be opened.
    fn sign_readiness(&self) -> Outcome<()> {
        let world = world()?;
        let of_point = |a: &&Account| a.role == "point_staff";
        let staff = world.account.iter().find(of_point).or_fail("an account of the exam point")?;
        let login = Login::new(&self.api, &staff.login, &staff.password);
        let path =
            format!("/api/v1/days/{}/points/{POINT}/readiness", SESSION_START.get(..10).unwrap_or_default());
        let shown = login.get(path.clone())?;
        let mut findings = Vec::new();
        for item in list(&shown, "items")? {
            findings.push(json!({"item": text(item, "code")?, "verdict": "confirmed"}));
        }
        login.post(path.clone(), "readiness", json!({ "findings": findings }))?;
        login.post(format!("{path}/sign"), "readiness-sign", json!({ "password": staff.password }))?;
        Ok(())
    }

    /// Enrols the exam point's kiosk and starts it.
    fn start_kiosk(&self) -> Outcome<()> {
        let world = world()?;
        let centre = world.account.iter().find(|a| a.role == "centre_staff").or_fail("no centre staff")?;
        let centre = Login::new(&self.api, &centre.login, &centre.password);
        let answer = centre.post(format!("/api/v1/points/{POINT}/kiosks"), "kiosk", json!({}))?;
        let mut enrol = Command::new(shell::built("kaodian-kiosk"));
        enrol.arg("enrol").arg("--config").arg(self.place.directory.join("kiosk.toml"));
        let said = shell::ask(enrol.args(["--code", &text(&answer, "code")?]))?;
        if !said.ok {
            return Err(Fail::new(format!("kaodian-kiosk enrol: {}{}", said.out, said.err)));
        }
        self.kiosk.start()
    }

    /// Prints where everything is and who may log in.
    fn greet(&self) -> Outcome<()> {
        let world = world()?;
        println!(
            "\n考点 · Kaodian demo — the clock of this world started at 2026-09-28 07:30 (Asia/Shanghai)\n"
        );
        println!("  server    http://{}/", self.place.server);
        println!("  API       http://{}/api/v1/openapi.json", self.place.server);
        println!("  kiosk     http://{}/   calling board /board   staff desk /desk\n", self.place.kiosk);
        let mut seen = std::collections::BTreeSet::new();
        // Of the many who are drawn one of each kind is enough; who is on duty is said below.
        let shown = |a: &&Account| a.staff.is_none() || seen.insert(a.role.clone());
        for account in world.account.iter().filter(shown) {
            let code =
                if account.totp { format!("  code {}", self.code(&account.login)?) } else { String::new() };
            let (role, login) = (&account.role, &account.login);
            println!("  {role:<23} {login:<12} {}{code}  {}", account.password, account.display_name);
        }
        println!("\n  On duty in this session, with the same password: {}", self.on_duty(&world)?);
        println!("  Without a login: /about, /verify, and /my for whoever has a ticket");
        println!(
            "\n  Look first at: / as centre (the day) · /plan as centre · the kiosk's check-in · / as room1 (the room)"
        );
        println!("\n  Codes change every 30 s: kaodian-server totp --config {:?} LOGIN", self.config());
        if let Some(candidate) = world.candidate.first() {
            println!("  Somebody to check in: {} {}", candidate.name, candidate.id_number);
        }
        println!("  Devices: one JSON object a line to {:?}", self.place.directory.join("scenario"));
        println!("\nCtrl-C stops both.");
        Ok(())
    }

    /// Who of the accounts was drawn for the session: login and post.
    fn on_duty(&self, world: &World) -> Outcome<String> {
        let centre =
            world.account.iter().find(|a| a.role == "centre_staff").or_fail("an account of the centre")?;
        let centre = Login::new(&self.api, &centre.login, &centre.password);
        let duties = centre.get(format!("/api/v1/sessions/{}/duties", self.session))?;
        let mut on_duty = Vec::new();
        for duty in list(&duties, "items")? {
            let (post, staff) = (text(duty, "post")?, text(duty, "staff")?);
            let login = world.account.iter().find(|a| a.staff.as_deref() == Some(staff.as_str()));
            let place = if post.ends_with("invigilator") { "room" } else { "station" };
            let of_pool = || format!("{}-{place}", staff.to_lowercase());
            on_duty.push(format!("{} ({post})", login.map_or_else(of_pool, |account| account.login.clone())));
        }
        Ok(on_duty.join(", "))
    }

    fn code(&self, login: &str) -> Outcome<String> {
        let mut totp = Command::new(shell::built("kaodian-server"));
        let said = shell::ask(totp.arg("totp").arg("--config").arg(self.config()).arg(login))?;
        Ok(said.out.trim().to_owned())
    }

    fn config(&self) -> PathBuf {
        self.place.directory.join("server.toml")
    }
}

fn world() -> Outcome<World> {
    let path = world_file();
    let text = std::fs::read_to_string(&path).or_fail(path.display())?;
    toml::from_str(&text).or_fail(path.display())
}

fn world_file() -> PathBuf {
    shell::root().join("fixtures/worlds/demo/world.toml")
}
