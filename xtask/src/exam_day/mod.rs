//! `cargo xtask exam-day`: a whole exam day, played against a real server and a real kiosk over HTTP.

mod acts;
pub(crate) mod arrive;
mod bank;
pub(crate) mod cast;
mod check;
mod clock;
pub(crate) mod files;
pub(crate) mod finish;
mod kills;
pub(crate) mod people;
pub(crate) mod play;
pub(crate) mod practical;
pub(crate) mod prepare;
pub(crate) mod ready;
pub(crate) mod report;
pub(crate) mod setting;
pub(crate) mod theory;
mod world;

use crate::fail::{Fail, Outcome};
use crate::{setup, shell};
use clap::Args;
use kills::Kills;
use play::Play;
use report::Report;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Fewest candidates: everything that goes wrong on an exam day needs somebody to whom it happens.
const FEWEST: usize = 16;

/// `cargo xtask exam-day`
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Question bank (JSON).
    #[arg(long)]
    pub bank: PathBuf,
    /// Candidates, 16 at least.
    #[arg(long, default_value_t = 60)]
    pub examinees: usize,
    /// An empty PostgreSQL database, postgres://…; the word `postgres` makes a private cluster for this day; without it
    /// the embedded SQLite.
    #[arg(long)]
    pub database: Option<String>,
    /// Text from which everything is drawn: the same text gives the same draws and outcomes.
    #[arg(long, default_value = "kaodian")]
    pub seed: String,
    /// Directory for what is left of the day.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Trade; without it that of the bank's name if there is one, else electrician-low-voltage.
    #[arg(long)]
    pub trade: Option<String>,
    /// Kill the server and the kiosk so many times each and start them again.
    #[arg(long, default_value_t = 0)]
    pub kills: usize,
    /// Play with the programs as they were built last, without set-up.
    #[arg(long)]
    pub no_build: bool,
}

impl Options {
    /// Where what is left of the day goes.
    #[must_use]
    pub fn out(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| shell::root().join("out/exam-day"))
    }

    /// The trade.
    #[must_use]
    pub fn trade(&self) -> String {
        let named = self.bank.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let sheets = shell::root().join("fixtures/practical").join(format!("{named}.toml"));
        let by_name = sheets.is_file().then_some(named);
        self.trade.clone().or(by_name).unwrap_or_else(|| "electrician-low-voltage".to_owned())
    }

    fn checked(&self) -> Outcome<()> {
        if self.examinees < FEWEST {
            return Err(Fail::call(format!("an exam day needs {FEWEST} examinees at least")));
        }
        if !self.bank.is_file() {
            return Err(Fail::call(format!("{} is no file", self.bank.display())));
        }
        Ok(())
    }
}

/// Installs what is missing, builds, and plays the day.
///
/// # Errors
/// What was off, in a sentence.
pub fn run(options: &Options) -> Outcome<()> {
    options.checked()?;
    if options.no_build {
        return play(options).map(|_| ());
    }
    setup::ensure(&[setup::Need::Build, setup::Need::Run])?;
    if options.database.as_deref() == Some("postgres") {
        setup::ensure(&[setup::Need::Test])?;
    }
    shell::build_programs()?;
    play(options).map(|_| ())
}

/// Plays the day with programs that have been built.
///
/// # Errors
/// As [`run`].
pub fn play(options: &Options) -> Outcome<Report> {
    options.checked()?;
    let mut play = Play::prepare(options)?;
    eprintln!(
        "Exam day of {} with seed '{}', written to {}",
        options.examinees,
        options.seed,
        play.files.out.display()
    );
    let kills = Arc::new(Kills::new(&play.chance, options.kills, acts::of(&play)?));
    let (killer, stage) = (Arc::clone(&kills), Arc::clone(&play.stage));
    let thread = std::thread::spawn(move || killer.run(&stage));
    let result = before(&mut play).and_then(|()| the_day(&mut play));
    kills.stop();
    let _ = thread.join();
    // A program that did not come up again explains everything else.
    let result = kills.counts().and_then(|counts| result.map(|rows| (rows, counts)));
    let ended = result.and_then(|(rows, counts)| end(options, &mut play, &rows, counts));
    if options.kills > 0 {
        println!("kills struck in: {}", kills.struck());
    }
    match &ended {
        Ok(_) => {
            let _ = std::fs::remove_dir_all(&play.files.work);
        }
        Err(_) => eprintln!(
            "Logs are in {}, the working files in {}",
            play.files.out.display(),
            play.files.work.display()
        ),
    }
    ended
}

fn before(play: &mut Play) -> Outcome<()> {
    let people = play.examinees.len();
    play.step("load the world, start the server", 0, prepare::world)?;
    play.step("register candidates", people, prepare::register)?;
    play.step("import the question bank", 0, prepare::import_bank)?;
    play.step("assemble and publish question sets", 0, prepare::question_sets)?;
    play.step("open sessions", 0, prepare::open_sessions)?;
    play.step("refuse a coal trade", 0, prepare::refuse_coal)?;
    play.step("enrol candidates", 0, prepare::enrol)?;
    play.step("draw seats, papers, sheets", 0, prepare::seat)?;
    play.step("draw invigilators and examiners", 0, prepare::staff)?;
    play.step("one who was drawn cannot come", 0, prepare::cannot_come)?;
    play.step("make admission tickets", people, prepare::tickets)?;
    play.step("read the codes of the tickets", people, prepare::secrets)?;
    play.step("enrol and start the kiosk", 0, prepare::kiosk)?;
    play.step("the kiosk knows the day", 0, arrive::open_doors)?;
    play.step("learn who has which post", 0, prepare::learn_staff)?;
    play.step("a stranger comes", 0, arrive::stranger)?;
    play.step("an item of the readiness list is red", 0, ready::red_at_first)?;
    play.step("confirm that the exam point is ready", 0, ready::confirm)
}

fn the_day(play: &mut Play) -> Outcome<Vec<report::ResultRow>> {
    for session in 0..play.sessions.len() {
        let people = play.of_session(session).count();
        let label = |what: &str| format!("session {}: {what}", session + 1);
        play.step(&label("arrive at the kiosk"), people, |p, bar| arrive::on_time(p, session, bar))?;
        play.step(&label("theory until half time"), people, |p, bar| theory::begin(p, session, bar))?;
        play.step(&label("late arrivals"), 0, |p, bar| arrive::late(p, session, bar))?;
        play.step(&label("theory to the end"), people, |p, bar| theory::end(p, session, bar))?;
        play.step(&label("practical"), people, |p, bar| practical::play(p, session, bar))?;
    }
    play.step("publish results", 0, finish::results)?;
    play.step("issue certificates", 0, finish::certificates)?;
    let certificates = play.examinees.iter().filter(|e| e.certificate.is_some()).count();
    play.step("print certificates at the kiosk", certificates, |p, bar| finish::print(p, certificates, bar))?;
    play.step("close the day", 0, finish::close)?;
    let rows = finish::outcomes(play)?;
    play.step("verify draws", 0, check::draws)?;
    play.step("verify certificates", certificates, check::certificates)?;
    play.step("verify the log", 1, check::log)?;
    play.step("make and verify evidence", 3, check::evidence)?;
    Ok(rows)
}

fn end(
    options: &Options,
    play: &mut Play,
    rows: &[report::ResultRow],
    kills: (usize, usize),
) -> Outcome<Report> {
    play.kiosk.stop()?;
    play.server.stop()?;
    report::write_results(&play.files.out, rows)?;
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        *outcomes.entry(row.outcome.clone()).or_default() += 1;
    }
    if outcomes.values().sum::<usize>() != play.examinees.len() {
        return Err(Fail::new(format!("{outcomes:?} are not {} candidates", play.examinees.len())));
    }
    let (server, kiosk) = (play.api.counts(), play.desk.counts());
    let postgres = options.database.is_some();
    let report = Report {
        examinees: play.examinees.len(),
        seed: options.seed.clone(),
        bank: options.bank.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
        database: if postgres { "postgres" } else { "sqlite" }.to_owned(),
        steps: std::mem::take(&mut play.steps),
        outcomes,
        calls: server.0 + kiosk.0,
        repeats: server.1 + kiosk.1,
        kills,
    };
    report.write(&play.files.out)?;
    println!("{}", report.table());
    println!("{}", report.outcomes_line());
    println!(
        "{} calls, {} repeated; kills: server {}, kiosk {}",
        report.calls, report.repeats, kills.0, kills.1
    );
    Ok(report)
}
