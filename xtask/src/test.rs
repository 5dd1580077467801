//! `cargo xtask test`: all set-up, then every test, stage by stage.

mod counts;
mod outside;

pub use outside::python;

use crate::demo::{Demo, Place};
use crate::fail::{Context, Fail, Outcome};
use crate::postgres::{self, Cluster};
use crate::setup::{self, Need};
use crate::{exam_day, shell, tidy};
use clap::Args;
use comfy_table::{Table, presets};
use counts::Counts;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Environment variable that raises the counts of seeded tests.
const SOAK: &str = "KAODIAN_SOAK";
/// Candidates of the exam days.
const EXAMINEES: usize = 60;
/// Kills of each program in the exam day that is disturbed.
const KILLS: usize = 20;
/// The same with `--soak`.
const SOAK_KILLS: usize = 200;

/// `cargo xtask test`
#[derive(Debug, Args)]
pub struct Options {
    /// Run the long counts: more kills, more random bodies, more candidates.
    #[arg(long)]
    soak: bool,
    /// Test the programs as they were built last, without set-up.
    #[arg(long)]
    no_build: bool,
    /// Of the browser tests only the files whose name begins with this, for example `frame`.
    #[arg(long)]
    file: Option<String>,
    /// Only the stages whose name contains one of these words, for example `exam-day` or `browser`.
    only: Vec<String>,
}

/// A stage: its name and what it does.
type Stage<'a> = (&'static str, Box<dyn Fn() -> Outcome<Counts> + 'a>);

/// How a stage ended.
struct Ended {
    name: &'static str,
    counts: Counts,
    time: Duration,
}

/// Runs every stage, whatever becomes of the ones before; the last line says how many passed and failed.
///
/// # Errors
/// If set-up or build fail, or anything failed.
pub fn run(options: &Options) -> Outcome<()> {
    let begun = Instant::now();
    if !options.no_build {
        setup::ensure(&[Need::Build, Need::Run, Need::Test])?;
        // Benchmarks are read by clippy and built when they are called.
        shell::run(shell::cargo().args(["build", "--workspace", "--lib", "--bins", "--tests"]))?;
    }
    let mut ended = vec![Ended { name: "build", counts: Counts::one(true), time: begun.elapsed() }];
    let cluster = Cluster::start()?;
    std::thread::scope(|scope| {
        let mut checks = None;
        for (name, stage) in stages(&cluster, options) {
            // Browsers wait more than they compute: what only reads the sources takes what they leave of the machine.
            if name.starts_with("browser") && checks.is_none() {
                checks = Some(scope.spawn(|| check(options)));
            }
            if options.wants(name) {
                eprintln!("\n── {name}");
                ended.push(timed(name, stage));
            }
        }
        ended.extend(checks.map(|checks| checks.join().unwrap_or_default()).unwrap_or_default());
    });
    drop(cluster);
    report(&ended)
}

impl Options {
    fn wants(&self, stage: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| stage.contains(word.as_str()))
    }
}

fn timed(name: &'static str, stage: impl FnOnce() -> Outcome<Counts>) -> Ended {
    let since = Instant::now();
    let counts = stage().unwrap_or_else(|fail| {
        eprintln!("{name}: {fail}");
        Counts::one(false)
    });
    Ended { name, counts, time: since.elapsed() }
}

/// What only reads the sources, beside other stages: it steps back for them, and speaks when it is done.
fn check(options: &Options) -> Vec<Ended> {
    let clippy = || {
        let mut command = shell::cargo();
        command.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        command
    };
    let doc = || {
        let mut command = shell::cargo();
        command.args(["doc", "--quiet", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-Dwarnings");
        command
    };
    let all: [(&str, &dyn Fn() -> Command); 2] = [("clippy", &clippy), ("doc", &doc)];
    let wanted = all.into_iter().filter(|(name, _)| options.wants(name));
    let one = |(name, command): (&'static str, &dyn Fn() -> Command)| {
        timed(name, || {
            let said = shell::ask(&mut shell::patient(&command()))?;
            eprintln!("\n── {name}: {}\n{}", if said.ok { "passed" } else { "failed" }, said.err);
            Ok(Counts::one(said.ok))
        })
    };
    wanted.map(one).collect()
}

fn stages<'a>(cluster: &'a Cluster, options: &'a Options) -> Vec<Stage<'a>> {
    let soak = options.soak;
    let file = options.file.as_deref();
    // A day that nothing disturbs: those with kills have to end as it does.
    let calm = Rc::new(OnceCell::new());
    let undisturbed_day = calm.clone();
    let day = move |database: Option<&'static str>, kills: usize| -> Outcome<PathBuf> {
        let examinees = if soak && kills == 0 { 600 } else { EXAMINEES };
        let name = format!("exam_day_{}_{kills}", database.unwrap_or("sqlite"));
        let url = database.map(|_| cluster.create(&name)).transpose()?;
        let options = exam_day::Options {
            bank: shell::root().join("fixtures/banks/welding-fusion.json"),
            examinees,
            database: url,
            seed: "test".to_owned(),
            out: Some(shell::target().join("exam-day").join(&name)),
            trade: None,
            kills,
            no_build: true,
        };
        exam_day::play(&options)?;
        if examinees == EXAMINEES && kills == 0 {
            calm.get_or_init(|| options.out());
        }
        Ok(options.out())
    };
    let played = |out: Outcome<PathBuf>| out.map(|_| Counts::one(true));
    let (on_sqlite, on_postgres) = (day.clone(), day.clone());
    let (killed_sqlite, killed_postgres) = (day.clone(), day);
    let (calm_too, calm) = (undisturbed_day.clone(), undisturbed_day);
    let kills = if soak { SOAK_KILLS } else { KILLS };
    vec![
        ("format", Box::new(|| status(shell::cargo().args(["fmt", "--all", "--check"])))),
        ("tidy", Box::new(|| tidy::run().map(|()| Counts::one(true)))),
        ("tests", Box::new(move || rust_tests(cluster, soak))),
        (
            "browser tests",
            Box::new(move || browser_tests(|n| !of_the_kiosk(n) && !of_a_whole_day(n), file, Demo::start)),
        ),
        ("browser tests of the kiosk", Box::new(move || browser_tests(of_the_kiosk, file, Demo::start))),
        (
            "browser test of a whole day",
            Box::new(move || browser_tests(of_a_whole_day, file, Demo::start_unplanned)),
        ),
        ("the API seen from outside", Box::new(move || outside::check(soak))),
        ("exam-day on SQLite", Box::new(move || played(on_sqlite(None, 0)))),
        ("exam-day on PostgreSQL", Box::new(move || played(on_postgres(Some("postgres"), 0)))),
        (
            "exam-day with kills",
            Box::new(move || killed_sqlite(None, kills).and_then(|day| undisturbed(&calm_too, &day))),
        ),
        (
            "exam-day with kills on PostgreSQL",
            Box::new(move || {
                killed_postgres(Some("postgres"), kills).and_then(|day| undisturbed(&calm, &day))
            }),
        ),
    ]
}

/// A day with kills ends as one with the same seed that nothing disturbed: the same results, the same draws. Which database
/// it is decides nothing.
fn undisturbed(calm: &OnceCell<PathBuf>, killed: &Path) -> Outcome<Counts> {
    let calm = match calm.get() {
        Some(played) => played,
        None => {
            let out = shell::target().join("exam-day").join("calm");
            exam_day::play(&exam_day::Options {
                bank: shell::root().join("fixtures/banks/welding-fusion.json"),
                examinees: EXAMINEES,
                database: None,
                seed: "test".to_owned(),
                out: Some(out.clone()),
                trade: None,
                kills: 0,
                no_build: true,
            })?;
            calm.get_or_init(|| out)
        }
    };
    for what in ["results.csv", "draws"] {
        let said = shell::ask(Command::new("diff").arg("-r").args([calm.join(what), killed.join(what)]))?;
        if !said.ok {
            return Err(Fail::new(format!("kills changed the day's {what}:\n{}{}", said.out, said.err)));
        }
    }
    Ok(Counts::one(true))
}

fn status(command: &mut Command) -> Outcome<Counts> {
    Ok(Counts::one(shell::tee(command)?.ok))
}

/// By cargo-nextest where it is installed, else by cargo alone; documentation tests by cargo in either case.
fn rust_tests(cluster: &Cluster, soak: bool) -> Outcome<Counts> {
    let with_world = |command: &mut Command| {
        command.env(postgres::VARIABLE, cluster.url());
        if soak {
            command.env(SOAK, "1");
        }
    };
    let mut command = shell::cargo();
    with_world(&mut command);
    if !shell::is_there("cargo-nextest") {
        let said = shell::tee(command.args(["test", "--workspace", "--no-fail-fast"]))?;
        return Ok(Counts::of_cargo(&said.out).checked(said.ok));
    }
    let profile = if soak { "soak" } else { "default" };
    command.args(["nextest", "run", "--workspace", "--no-fail-fast", "--profile", profile]);
    let said = shell::tee(&mut command)?;
    let counts = Counts::of_nextest(&said.err).checked(said.ok);
    if !has_documentation_tests()? {
        return Ok(counts);
    }
    let mut command = shell::cargo();
    with_world(&mut command);
    let said = shell::tee(command.args(["test", "--quiet", "--workspace", "--doc", "--no-fail-fast"]))?;
    Ok(counts.plus(Counts::of_cargo(&said.out).checked(said.ok)))
}

/// Whether any file holds an example that would be run.
fn has_documentation_tests() -> Outcome<bool> {
    let mut search = Command::new("git");
    search.current_dir(shell::root()).args(["grep", "-l", "-E", "^ *//[/!] ```( *|rust)$", "--", "*.rs"]);
    Ok(!shell::ask(&mut search)?.out.trim().is_empty())
}

/// Browser tests that move people about at the exam point; beside the others they would disturb them.
fn of_the_kiosk(name: &str) -> bool {
    name.starts_with("kiosk-")
}

/// The test that begins with an empty plan and leaves a closed day behind.
fn of_a_whole_day(name: &str) -> bool {
    name.starts_with("day")
}

/// Runs browser tests against a demo of their own; of these only the files that begin with `file`, if it is given.
fn browser_tests(
    wanted: fn(&str) -> bool,
    file: Option<&str>,
    start: fn(&Place) -> Outcome<Demo>,
) -> Outcome<Counts> {
    let scripts = browser_scripts()?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&scripts).or_fail(scripts.display())? {
        let name = entry.or_fail(scripts.display())?.file_name().to_string_lossy().into_owned();
        let asked = file.is_none_or(|start| name.starts_with(start));
        if name.ends_with(".test.mjs") && wanted(&name) && asked {
            files.push(name);
        }
    }
    files.sort();
    if files.is_empty() {
        return Ok(Counts::default());
    }
    let demo = start(&Place::for_tests()?)?;
    let mut command = Command::new("node");
    command
        .current_dir(&scripts)
        .args(["--test", "--test-concurrency=1", "--test-reporter=tap"])
        .args(&files);
    demo.describe(&mut command)?;
    let said = shell::tee(&mut command)?;
    demo.stop()?;
    Ok(Counts::of_node(&said.out).checked(said.ok))
}

/// The directory of the browser tests, with what they need.
///
/// # Errors
/// If npm cannot fetch it.
pub fn browser_scripts() -> Outcome<PathBuf> {
    let scripts = shell::root().join("e2e");
    if !scripts.join("node_modules/playwright-core").is_dir() {
        let mut command = Command::new("npm");
        command.current_dir(&scripts).args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--ignore-scripts",
        ]);
        shell::run(&mut command)?;
    }
    Ok(scripts)
}

fn report(ended: &[Ended]) -> Outcome<()> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["stage", "passed", "failed", "seconds"]);
    let mut all = Counts::default();
    for stage in ended {
        let (passed, failed) = (stage.counts.passed.to_string(), stage.counts.failed.to_string());
        table.add_row([stage.name.to_owned(), passed, failed, format!("{:.1}", stage.time.as_secs_f64())]);
        all = all.plus(stage.counts);
    }
    println!("{table}");
    println!("{} passed, {} failed", all.passed, all.failed);
    if all.failed == 0 { Ok(()) } else { Err(Fail::new("not everything passed")) }.or_fail("cargo xtask test")
}
