//! `cargo xtask demo`: a server and a kiosk on the demo world.

mod days;
mod place;
mod tour;
mod world;

use crate::client::{Request, list, number, text};
use crate::exam_day::play::Stage;
use crate::fail::{Context, Fail, Outcome};
use crate::setup::{self, Need};
use crate::{shell, tidy_up};
use clap::Args;
use days::Earlier;
use place::Manner;
pub use place::Place;
use serde_json::json;
use shared::time::Instant;
use std::process::Command;
use std::sync::Arc;
use tour::Tour;
use world::{Account, World};

/// When the demo's own morning is handed over: five past eight, 25 minutes before its session begins.
const NOW: &str = "2026-09-28T08:05:00+08:00";
/// When the clock of a demo begins that has not lived, as fixtures/demo/server.toml says.
const MORNING: &str = "2026-09-28T07:30:00+08:00";

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

/// A running demo; dropped, it is killed.
#[derive(Debug)]
pub struct Demo {
    place: Place,
    stage: Arc<Stage>,
    world: World,
    tour: Tour,
}

/// Sets up, builds, starts both, says what there is to see, and waits for Ctrl-C.
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
    let again = options.keep && Tour::is_in(&place);
    let demo = if again { Demo::resume(&place)? } else { Demo::start_lived(&place)? };
    demo.greet()?;
    let _promise = tidy_up::on_interrupt(&["true"]);
    loop {
        // Ctrl-C ends the program and, as promised, both of the others.
        std::thread::park();
    }
}

impl Demo {
    /// Makes the demo world anew, plans and prepares its session, and starts server and kiosk on it: nobody has come yet.
    ///
    /// # Errors
    /// What does not work.
    pub fn start(place: &Place) -> Outcome<Self> {
        let mut demo = Self::seeded(place, Manner::Plain, MORNING)?;
        let mut play = days::own(&demo.stage, &demo.world)?;
        days::plan(&mut play)?;
        days::sign_readiness(&mut play)?;
        days::start_kiosk(&mut play)?;
        demo.tour.session.clone_from(&play.session(0)?.id);
        demo.tour.tickets = play.examinees.iter().map(|e| e.ticket.clone()).collect();
        Ok(demo)
    }

    /// The same world before anybody has planned anything: registrations, staff and an exam point with its kiosk.
    ///
    /// # Errors
    /// What does not work.
    pub fn start_unplanned(place: &Place) -> Outcome<Self> {
        let demo = Self::seeded(place, Manner::Plain, MORNING)?;
        days::start_kiosk(&mut days::own(&demo.stage, &demo.world)?)?;
        Ok(demo)
    }

    /// The same world with an exam day behind it and the morning of its own day half over.
    ///
    /// # Errors
    /// What does not work.
    pub fn start_lived(place: &Place) -> Outcome<Self> {
        let earlier = Earlier::read()?;
        let mut demo = Self::seeded(place, Manner::Played(&earlier.eve), &earlier.eve)?;
        eprintln!("Playing the exam day of 24 September, over the same interfaces as everybody …");
        let earlier = earlier.play(&demo.stage, &demo.world)?;
        eprintln!("Playing the morning of 28 September …");
        let mut today = days::own(&demo.stage, &demo.world)?;
        days::plan(&mut today)?;
        days::morning(&mut today)?;
        demo.tour = Tour::of(&earlier, &today)?;
        // From here on time passes as it does for everybody, and whoever is called is called aloud.
        place.configure(Manner::From(NOW))?;
        demo.stage.kiosk.stop()?;
        demo.stage.clock.run()?;
        demo.stage.kiosk.start()?;
        demo.tour.keep(place)?;
        Ok(demo)
    }

    /// Starts server and kiosk where an earlier demo was stopped.
    ///
    /// # Errors
    /// If one of them does not start.
    pub fn resume(place: &Place) -> Outcome<Self> {
        let mut demo = Self::new(place, NOW)?;
        demo.tour = Tour::read(place)?;
        demo.stage.server.start()?;
        // Nobody's clock goes back: it begins where the last thing happened.
        let last = demo.last_event()?;
        demo.stage.clock.reach(&last.rfc3339(), 0)?;
        demo.stage.kiosk.start()?;
        Ok(demo)
    }

    /// Seeds the world and starts the server on it.
    fn seeded(place: &Place, manner: Manner<'_>, start: &str) -> Outcome<Self> {
        place.lay_out(manner)?;
        let demo = Self::new(place, start)?;
        let mut seed = Command::new(shell::built("kaodian-server"));
        seed.arg("seed").arg("--config").arg(demo.config());
        seed.arg("--fixtures").arg(shell::root().join("fixtures")).arg("--world").arg(world::file());
        let said = shell::ask(&mut seed)?;
        if !said.ok {
            return Err(Fail::new(format!("kaodian-server seed: {}{}", said.out, said.err)));
        }
        demo.stage.server.start()?;
        Ok(demo)
    }

    fn new(place: &Place, start: &str) -> Outcome<Self> {
        let start = Instant::parse(start).or_fail(start)?;
        let stage = Arc::new(Stage::new(place.files(), start));
        Ok(Self { place: place.clone(), stage, world: World::read()?, tour: Tour::default() })
    }

    /// When the latest of the last events happened: a login may have been written at a clock that began anew.
    fn last_event(&self) -> Outcome<Instant> {
        let token = self.token("auditor")?;
        let page = |query: String| {
            self.stage.api.send(&Request::get(format!("/api/v1/events?{query}")).bearer(&token))?.ok()
        };
        let total = number(&page("limit=1".to_owned())?, "total")?;
        let last = page(format!("from={}&limit=100", (total - 99).max(1)))?;
        let times =
            list(&last, "items")?.iter().map(|event| number(event, "at")).collect::<Outcome<Vec<_>>>()?;
        times.into_iter().max().map(Instant::from_millis).or_fail("nothing has happened")
    }

    /// Stops both.
    ///
    /// # Errors
    /// If one does not stop cleanly.
    pub fn stop(self) -> Outcome<()> {
        self.stage.kiosk.stop()?;
        self.stage.server.stop()
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
        let account = self.world.account.iter().find(|a| a.role == role).or_fail(role)?;
        let code = if account.totp { Some(self.code(&account.login)?) } else { None };
        let body = json!({"login": account.login, "password": account.password, "totp": code});
        text(&self.stage.api.send(&Request::post("/api/v1/auth/login", body))?.ok()?, "token")
    }

    /// Tells a program by its environment where the demo is and who may log in.
    ///
    /// # Errors
    /// If the world has nobody in it.
    pub fn describe(&self, command: &mut Command) -> Outcome<()> {
        let candidate = self.world.candidate.first().or_fail("no candidate in the demo world")?;
        let numbers: Vec<&str> = self.world.candidate.iter().map(|c| c.id_number.as_str()).collect();
        // Codes are old after half a minute: the command that says a login's code lasts longer.
        let totp = json!([shell::built("kaodian-server"), "totp", "--config", self.config()]);
        command
            .env("KAODIAN_SERVER", format!("http://{}", self.place.server))
            .env("KAODIAN_KIOSK", format!("http://{}", self.place.kiosk))
            .env("KAODIAN_PASSWORD", self.world.password()?)
            .env("KAODIAN_TICKETS", self.tour.tickets.join(","))
            .env("KAODIAN_ID_NUMBER", &candidate.id_number)
            .env("KAODIAN_ID_NUMBERS", numbers.join(","))
            .env("KAODIAN_SESSION", &self.tour.session)
            .env("KAODIAN_TOUR", self.tour.json()?)
            .env("KAODIAN_CLOCK", self.place.directory.join("clock"))
            .env("KAODIAN_TOTP", totp.to_string())
            .env("KAODIAN_SCENARIO", self.place.directory.join("scenario"))
            .env("KAODIAN_PRINTED", self.place.directory.join("kiosk/printed"))
            .env("KAODIAN_SCREENSHOTS", shell::target().join("screenshots"));
        Ok(())
    }

    /// Says what there is to see, where everything is and who may log in.
    fn greet(&self) -> Outcome<()> {
        let (server, kiosk) = (self.server(), format!("http://{}", self.place.kiosk));
        println!(
            "\n考点 · Kaodian demo — Monday 28 September 2026 in the morning; an exam day is over, another one begins."
        );
        println!("\nTwo minutes, in this order; the password of everybody is {}", self.world.password()?);
        println!("\n{}", self.tour.words(&server, &kiosk));
        println!("Who may log in at {server}/");
        let mut seen = std::collections::BTreeSet::new();
        // Of the many who are drawn one of each kind is enough; who is on duty is said below.
        let shown = |a: &&Account| a.staff.is_none() || seen.insert(a.role.clone());
        for account in self.world.account.iter().filter(shown) {
            let code =
                if account.totp { format!("  code {}", self.code(&account.login)?) } else { String::new() };
            println!("  {:<12} {:<23} {}{code}", account.login, account.role, account.display_name);
        }
        println!("  On duty today: {}", self.tour.on_duty());
        println!("  Codes change every 30 s: kaodian-server totp --config {:?} LOGIN", self.config());
        println!("\nFor machines: {server}/api/v1/openapi.json, to be tried at {server}/api/docs/");
        println!("What the devices see: one JSON object a line to {:?}", self.stage.scenario());
        println!("\nCtrl-C stops both; --keep goes on from there the next time.");
        Ok(())
    }

    fn code(&self, login: &str) -> Outcome<String> {
        let mut totp = Command::new(shell::built("kaodian-server"));
        let said = shell::ask(totp.arg("totp").arg("--config").arg(self.config()).arg(login))?;
        Ok(said.out.trim().to_owned())
    }

    fn config(&self) -> std::path::PathBuf {
        self.place.directory.join("server.toml")
    }
}
