//! A program that is killed in the middle of a large import leaves all of it or nothing, and the next one does it.

use crate::harness::{TestApp, assert_rebuilds, on_both_with};
use crate::small;
use serde_json::json;
use server::app::banks;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// Questions of the file.
const QUESTIONS: usize = 500;
const WARM: &str = "welding-pressure";
const TRADE: &str = "welding-fusion";

/// Moments at which the program is killed, in parts of an undisturbed run.
fn moments() -> u32 {
    if std::env::var_os("KAODIAN_SOAK").is_some() { 40 } else { 4 }
}

fn bank() -> String {
    let question = |n: usize| {
        let words: Vec<String> =
            (1..6).map(|k| format!("{:x}", (n * 7919 + k * 104_729) % 1_000_003)).collect();
        json!({
            "category": "判断题",
            "title": format!("第{n}号设备的编号是{}。", words.join("和")),
            "choices": "**A、正确**B、错误",
            "answers": if n.is_multiple_of(2) { "A" } else { "B" },
            "reason": "",
            "subject": "编号",
        })
    };
    serde_json::Value::Array((0..QUESTIONS).map(question).collect()).to_string()
}

/// A configuration with the application's database and keys.
fn configuration(app: &TestApp, directory: &Path) -> String {
    let path = directory.join("server.toml");
    let config = &app.config;
    let text =
        format!("database = {:?}\nblobs = {:?}\nkeys = {:?}\n", config.database, config.blobs, config.keys);
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

fn import(config: &str, file: &Path, trade: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaodian-server"));
    command.arg("import-bank").arg(file).args(["--trade", trade, "--config", config]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills the program after a while, unless it has ended before.
fn kill_after(mut child: Child, moment: Duration) {
    let mut out = child.stdout.take().unwrap();
    let (tell, ended) = channel();
    let reader = std::thread::spawn(move || {
        let _ = out.read_to_end(&mut Vec::new());
        let _ = tell.send(());
    });
    let _ = ended.recv_timeout(moment);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
}

/// Banks of the trade and their questions.
fn there(app: &TestApp) -> (usize, i64) {
    let all = banks::banks(app, TRADE).unwrap();
    (all.len(), all.iter().map(|bank| bank.questions).sum())
}

#[test]
fn a_program_that_is_killed_while_it_imports_leaves_all_or_nothing() {
    on_both_with(small::load, |app| {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("bank.json");
        std::fs::write(&file, bank()).unwrap();
        let config = configuration(app, directory.path());

        let begun = Instant::now();
        assert!(import(&config, &file, WARM).wait_with_output().unwrap().status.success());
        let whole = begun.elapsed();
        let all = i64::try_from(QUESTIONS).unwrap();

        let (events, mut survived) = (app.dump("events").len(), 0);
        for part in 1..=moments() {
            kill_after(import(&config, &file, TRADE), whole * part / moments());
            match there(app) {
                (0, 0) => assert_eq!(app.dump("events").len(), events, "nothing is nothing"),
                (1, questions) => {
                    assert_eq!(questions, all, "all is all");
                    survived += 1;
                }
                other => panic!("killed at {part} of {}: {other:?}", moments()),
            }
        }
        println!("{survived} of {} runs had committed when they were killed", moments());
        assert!(import(&config, &file, TRADE).wait_with_output().unwrap().status.success());
        assert_eq!(there(app), (1, all));
        assert_eq!(
            app.dump("events").len(),
            events + 2,
            "once, with its commitment, however often it was tried"
        );
        assert_rebuilds(app);
    });
}
