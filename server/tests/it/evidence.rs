//! Evidence packages: made of what is in the log, checked without the server, and whatever is changed in one is found.

use crate::exam::{self, SESSION, ticket};
use crate::harness::{Backend, TestApp};
use server::app::evidence::check::check;
use server::app::evidence::{EvidenceError, Package, Subject, make, outlook};
use server::app::log;
use server::jobs::sequencer;
use server::text::Lang;
use shared::log::note::{Kind, Verifier};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

fn subject(ticket: u32) -> Subject {
    Subject::Ticket(exam::ticket(ticket))
}

fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let (name, mut content) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut content).unwrap();
        files.insert(name, content);
    }
    files
}

fn packed(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Two examinees, of whom the first has handed in.
fn held(exam: &exam::Exam<'_>) {
    exam.at(0);
    for number in [1, 2] {
        exam.admit(number);
    }
    exam.release("R01");
    let mut sitter = exam.enter(1);
    exam.answer_so_many(&mut sitter, 3, 1);
    exam.at(3600);
    exam.hand_in(&sitter).unwrap();
    sequencer::step(&exam.app).unwrap();
}

fn made(exam: &exam::Exam<'_>, of: &Subject) -> Package {
    make(&exam.app, &exam::person("c1"), of, Lang::Zh).unwrap()
}

#[test]
fn a_package_of_a_candidate_is_established_by_itself_and_names_what_is_in_it() {
    exam::on_both(2, false, |exam| {
        held(exam);
        let before = outlook(&exam.app, &subject(1)).unwrap();
        assert_eq!((before.candidates, before.waiting), (1, 0));
        assert!(before.events > 5, "{before:?}");
        let package = made(exam, &subject(1));
        assert_eq!(package.name, format!("evidence-{}.zip", ticket(1)));
        assert_eq!(package.verdict.verdict, "established", "{:?}", package.verdict);
        let key = log::key(&exam.app).unwrap();
        let verdict = check(&package.bytes, Some(&key));
        assert_eq!(verdict.verdict, "established", "{verdict:?}");
        assert_eq!(
            verdict.checks.iter().map(|check| check.name).collect::<Vec<_>>(),
            ["manifest", "signature", "checkpoint", "witnesses", "events", "answers", "pictures", "draws"]
        );
        let without = check(&package.bytes, None);
        assert_eq!(
            without.not_established.len(),
            verdict.not_established.len() + 1,
            "the key is not known then"
        );
        let files = unpacked(&package.bytes);
        assert!(files["report.pdf"].starts_with(b"%PDF"));
        let answers: serde_json::Value =
            serde_json::from_slice(&files[&format!("answers/{}.json", ticket(1))]).unwrap();
        let paper = answers["paper"].as_array().unwrap();
        let right = paper.iter().filter(|item| item["given"] == item["right"]).count();
        assert_eq!(right, 3);
        assert!(paper[0]["title"].as_str().is_some_and(|title| !title.is_empty()));
        let records = String::from_utf8(files["records.jsonl"].clone()).unwrap();
        assert!(records.contains("answers_saved") && records.contains("checked_in"), "{records}");
        assert!(!records.contains(&format!("ticket:{}", ticket(2))), "nothing of what somebody else did");
        assert_eq!(exam.count("personal_data_read"), 1, "the reading is an event");
    });
}

#[test]
fn a_package_of_a_session_holds_every_candidate() {
    exam::on_both(2, false, |exam| {
        held(exam);
        let package =
            make(&exam.app, &exam::person("c1"), &Subject::Session(SESSION.into()), Lang::En).unwrap();
        assert_eq!(package.verdict.verdict, "established", "{:?}", package.verdict);
        let files = unpacked(&package.bytes);
        for number in [1, 2] {
            assert!(files.contains_key(&format!("answers/{}.json", ticket(number))));
        }
    });
}

#[test]
fn whatever_is_changed_in_a_package_is_found() {
    exam::on_both(2, false, |exam| {
        held(exam);
        let package = made(exam, &subject(1));
        let key = log::key(&exam.app).unwrap();
        let files = unpacked(&package.bytes);
        for name in files.keys() {
            let mut changed = files.clone();
            let content = changed.get_mut(name).unwrap();
            let middle = content.len() / 2;
            content[middle] ^= 1;
            assert_eq!(check(&packed(&changed), Some(&key)).verdict, "refuted", "{name} was changed");
            changed.remove(name);
            assert_eq!(check(&packed(&changed), Some(&key)).verdict, "refuted", "{name} was taken out");
        }
        let mut more = files.clone();
        more.insert("more.txt".to_owned(), Vec::new());
        assert_eq!(check(&packed(&more), Some(&key)).verdict, "refuted", "a file was put in");
        assert_eq!(check(b"no package", Some(&key)).verdict, "refuted");
        assert_eq!(check(&packed(&files), Some(&key)).verdict, "established");
        let other = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key();
        let other = Verifier::new(key.name(), Kind::Log, other).unwrap();
        assert_eq!(check(&packed(&files), Some(&other)).verdict, "refuted", "another key signed");
    });
}

#[test]
fn there_is_no_package_before_its_events_are_in_the_log_and_none_of_nobody() {
    exam::on_both(1, false, |exam| {
        exam.at(0);
        exam.admit(1);
        let refused = make(&exam.app, &exam::person("c1"), &subject(1), Lang::Zh).unwrap_err();
        assert!(matches!(refused, EvidenceError::Log(_)), "{refused}");
        assert!(outlook(&exam.app, &subject(1)).unwrap().waiting > 0);
        assert!(matches!(outlook(&exam.app, &subject(9)), Err(EvidenceError::TicketUnknown(_))));
        let nowhere = Subject::Session("S9".to_owned());
        assert!(matches!(outlook(&exam.app, &nowhere), Err(EvidenceError::SessionUnknown(_))));
        assert!(matches!(Subject::of(None, None), Err(EvidenceError::Subject)));
        assert!(matches!(Subject::of(Some("a"), Some("b")), Err(EvidenceError::Subject)));
    });
}

#[test]
fn the_api_gives_a_package_to_the_centre_and_the_auditor_alone() {
    let app = TestApp::open(Backend::Sqlite).unwrap();
    crate::harness::world_of_demo(&app);
    let body = serde_json::json!({ "ticket": "nobody" });
    assert_eq!(
        app.logged_in("centre").post("/api/v1/evidence", &body).problem(),
        (404, "ticket-unknown".into())
    );
    assert_eq!(app.logged_in("point").post("/api/v1/evidence", &body).problem().0, 403);
    let both = serde_json::json!({ "ticket": "a", "session": "b" });
    assert_eq!(app.logged_in("centre").post("/api/v1/evidence", &both).problem().1, "evidence-subject");
}
