//! A day of the log as files: checked by the program and by the script alike, and whatever is changed in them is found.

use crate::harness::{Kiosk, TestApp, on_both};
use server::app::log;
use server::app::log::export::{ExportError, export};
use server::app::log::offline::{Report, Trust, check};
use server::jobs::sequencer;
use shared::log::note::{Note, Verifier};
use shared::time::Date;
use std::path::Path;
use std::process::Command;

const DAY: &str = "2026-09-21";

fn day() -> Date {
    Date::parse(DAY).unwrap()
}

/// The day of a world with a witness, in a directory of its own.
fn exported(app: &TestApp) -> tempfile::TempDir {
    let kiosk = Kiosk::new(app, "P01", 7);
    sequencer::step(app).unwrap();
    let (_, note) = kiosk.witness(app, None).unwrap();
    log::cosign(app, &kiosk.id, &note).unwrap();
    let dir = tempfile::tempdir().unwrap();
    export(app, day(), dir.path()).unwrap();
    dir
}

/// What the program says and what the script says.
fn both(dir: &Path, key: Option<&Verifier>, kept: Option<&str>) -> [(String, Option<String>); 2] {
    let note = kept.map(|text| Note::parse(text).unwrap());
    let Report { verdict, wrong, .. } = check(dir, &Trust { key, kept: note.as_ref() });
    let mut command = Command::new("python3");
    command.arg(dir.join("log_check.py")).arg(dir);
    if let Some(key) = key {
        command.arg("--key").arg(key.to_string());
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    if let Some(text) = kept {
        std::fs::write(file.path(), text).unwrap();
        command.arg("--checkpoint").arg(file.path());
    }
    let output = command.output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let by_script = (said["verdict"].as_str().unwrap().to_owned(), said["wrong"].as_str().map(str::to_owned));
    assert_eq!(output.status.success(), by_script.0 == "intact");
    [(verdict.to_owned(), wrong), by_script]
}

#[test]
fn a_day_is_checked_without_the_server_and_its_witnesses_are_named() {
    on_both(|app| {
        let dir = exported(app);
        let key = log::key(app).unwrap();
        let kept = log::published(app).unwrap().unwrap();
        let intact = ("intact".to_owned(), None);
        assert_eq!(both(dir.path(), None, None), [intact.clone(), intact.clone()]);
        assert_eq!(both(dir.path(), Some(&key), Some(&kept)), [intact.clone(), intact]);
        let report = check(dir.path(), &Trust { key: Some(&key), kept: None });
        assert_eq!(report.witnesses, ["P01-K01"]);
        assert!(report.events > 20, "{report:?}");
        let told = std::fs::read_to_string(dir.path().join("events.jsonl")).unwrap();
        assert!(!told.contains("password_hash"), "hashes of passwords are not passed on");
        assert!(matches!(export(app, day(), dir.path()), Err(ExportError::NotEmpty(_))));
    });
}

#[test]
fn a_day_without_events_has_the_tree_alone_and_one_that_waits_is_not_exported() {
    on_both(|app| {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(export(app, day(), dir.path()), Err(ExportError::NoLog)));
        sequencer::step(app).unwrap();
        let contents = export(app, Date::parse("2026-01-01").unwrap(), &dir.path().join("none")).unwrap();
        assert_eq!(contents.events, 0);
        let intact = ("intact".to_owned(), None);
        assert_eq!(both(&dir.path().join("none"), None, None), [intact.clone(), intact]);
        app.logged_in("centre");
        assert!(matches!(export(app, day(), &dir.path().join("more")), Err(ExportError::Waiting(_))));
    });
}

#[test]
fn whatever_is_changed_in_the_files_is_found() {
    type Change = (&'static str, fn(&str) -> String);
    let first_line = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    let table: [Change; 6] = [
        ("events.jsonl", |text| text.replacen("kind\\\":\\\"", "kind\\\":\\\"x", 1)),
        ("events.jsonl", |text| text.replacen("system:", "system:x", 1)),
        ("events.jsonl", first_line),
        ("checkpoint", |text| text.replacen("kaodian/log\n1", "kaodian/log\n2", 1)),
        ("keys.txt", |text| text.replacen('+', "+0", 1)),
        ("contents.json", |text| text.replacen(DAY, "2026-13-01", 1)),
    ];
    let app = TestApp::open(crate::harness::Backend::Sqlite).unwrap();
    crate::harness::world_of_demo(&app);
    let dir = exported(&app);
    for (file, change) in table {
        let path = dir.path().join(file);
        let before = std::fs::read_to_string(&path).unwrap();
        let changed = change(&before);
        if changed == before {
            assert_eq!(file, "checkpoint", "nothing was changed in {file}");
            continue;
        }
        std::fs::write(&path, changed).unwrap();
        for (verdict, wrong) in both(dir.path(), None, None) {
            assert_eq!(verdict, "broken", "{file}: {wrong:?}");
        }
        std::fs::write(&path, before).unwrap();
    }
    for tile in ["tile/0", "tile/entries"] {
        let found = files(&dir.path().join(tile));
        let path = found.first().unwrap();
        let before = std::fs::read(path).unwrap();
        let mut changed = before.clone();
        changed[40] ^= 1;
        std::fs::write(path, changed).unwrap();
        for (verdict, wrong) in both(dir.path(), None, None) {
            assert_eq!(verdict, "broken", "{tile}: {wrong:?}");
        }
        std::fs::write(path, before).unwrap();
    }
    let other = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let kind = shared::log::note::Kind::Log;
    let other = Verifier::new(&app.setup.log_origin, kind, other.verifying_key()).unwrap();
    for (verdict, wrong) in both(dir.path(), Some(&other), None) {
        assert_eq!(verdict, "broken", "{wrong:?}");
    }
    for (verdict, wrong) in both(dir.path(), None, None) {
        assert_eq!(verdict, "intact", "all is as it was: {wrong:?}");
    }
}

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
