//! Kiosk and server: whatever happens to the line, every fact arrives once and in order.

use super::centre::{CODE, Centre};
use super::site::{Running, Site};
use super::world;
use serde_json::json;
use shared::log::leaf_hash;
use shared::wire::v1::journal::KioskFact;

fn check_in(kiosk: &Running, candidate: u16) {
    kiosk.does("/api/check-in", json!({"id_number": world::id_number(candidate)}));
}

#[test]
fn with_the_line_cut_the_kiosk_goes_on_and_delivers_everything_afterwards() {
    let centre = Centre::with_day(4);
    let site = Site::new(&centre);
    let kiosk = site.start();
    kiosk.sync();
    kiosk.scenario(json!({"line": "cut"}));
    for candidate in 1..=4 {
        check_in(&kiosk, candidate);
    }
    let status = kiosk.sync();
    assert_eq!(
        (&status["online"], &status["acknowledged"], &status["journal"]),
        (&json!(false), &json!(0), &json!(0))
    );
    assert!(centre.books().entries.is_empty());
    kiosk.scenario(json!({"line": "up"}));
    let status = kiosk.sync();
    assert_eq!(
        (&status["online"], &status["acknowledged"], &status["journal"]),
        (&json!(true), &json!(4), &json!(4))
    );
}

#[test]
fn an_answer_that_is_lost_makes_no_entry_arrive_twice() {
    let centre = Centre::with_day(3);
    let site = Site::new(&centre);
    let kiosk = site.start();
    kiosk.sync();
    centre.books().lose_next_answer = true;
    check_in(&kiosk, 1);
    check_in(&kiosk, 2);
    kiosk.sync();
    let status = kiosk.sync();
    assert_eq!((&status["online"], &status["acknowledged"]), (&json!(true), &json!(2)));
    assert_eq!(centre.books().entries.len(), 2);
}

#[test]
fn more_entries_than_fit_into_one_request_are_sent_in_several() {
    let centre = Centre::with_day(1);
    let site = Site::new(&centre);
    let kiosk = site.start();
    kiosk.sync();
    kiosk.scenario(json!({"line": "cut"}));
    for _ in 0..501 {
        kiosk.post("/api/check-in", json!({"ticket_qr": "nobody's ticket"}));
    }
    kiosk.scenario(json!({"line": "up"}));
    let status = kiosk.sync();
    assert_eq!(status["acknowledged"], json!(501));
    assert_eq!(centre.books().posts, 2);
}

#[test]
fn a_refusing_server_is_offline_or_an_alarm_and_the_kiosk_goes_on() {
    let centre = Centre::with_day(2);
    let site = Site::new(&centre);
    let kiosk = site.start();
    kiosk.sync();
    for (refuse_with, alarm) in [(500, json!(null)), (403, json!("kiosk_refused"))] {
        centre.books().refuse_with = Some(refuse_with);
        let status = kiosk.sync();
        assert_eq!((&status["online"], &status["alarm"]), (&json!(false), &alarm), "{refuse_with}");
    }
    check_in(&kiosk, 1);
    centre.books().refuse_with = None;
    let status = kiosk.sync();
    assert_eq!(
        (&status["online"], &status["alarm"], &status["acknowledged"]),
        (&json!(true), &json!(null), &json!(1))
    );
}

#[test]
fn a_bundle_with_a_changed_text_is_not_used() {
    let centre = Centre::with_day(2);
    let site = Site::new(&centre);
    centre.books().forge_bundle = true;
    let kiosk = site.start();
    assert_eq!(kiosk.sync()["alarm"], "bundle_refused");
    let (status, problem) = kiosk.post("/api/check-in", json!({"id_number": world::id_number(1)}));
    assert_eq!((status, &problem["code"]), (503, &json!("no_bundle")));
    centre.books().forge_bundle = false;
    assert_eq!(kiosk.sync()["alarm"], json!(null));
    check_in(&kiosk, 1);
}

#[test]
fn a_grown_bundle_is_fetched_and_kept_for_a_start_without_line() {
    let centre = Centre::with_day(1);
    let site = Site::new(&centre);
    let kiosk = site.start();
    kiosk.sync();
    centre.publish(3, 2);
    assert_eq!(kiosk.sync()["revision"], 2);
    check_in(&kiosk, 3);
    kiosk.kill();
    centre.books().refuse_with = Some(503);
    let kiosk = site.start();
    check_in(&kiosk, 2);
    assert_eq!(kiosk.state()["counts"]["expected"], 3);
}

#[test]
fn a_journal_that_was_put_back_from_yesterday_is_an_alarm_and_nothing_is_overwritten() {
    let centre = Centre::with_day(3);
    let site = Site::new(&centre);
    let kiosk = site.start();
    kiosk.sync();
    check_in(&kiosk, 1);
    kiosk.sync();
    assert_eq!(kiosk.terminate(), Some(0));
    let (journal, copy) = (site.path("data/journal.db"), site.path("copy.db"));
    std::fs::copy(&journal, &copy).unwrap();
    let kiosk = site.start();
    check_in(&kiosk, 2);
    kiosk.sync();
    assert_eq!(kiosk.terminate(), Some(0));
    std::fs::copy(&copy, &journal).unwrap();
    let kiosk = site.start();
    assert_eq!(kiosk.sync()["alarm"], "server_ahead");
    check_in(&kiosk, 3);
    assert_eq!(kiosk.sync()["alarm"], "histories_differ");
    assert_eq!(centre.books().entries.len(), 2);
}

#[test]
fn a_kiosk_is_enrolled_once_and_a_wrong_code_is_refused() {
    let centre = Centre::with_day(1);
    let site = Site::new(&centre);
    let config = site.path("kiosk.toml").display().to_string();
    for (code, expected) in [("wrong", 1), (CODE, 0), (CODE, 1)] {
        let status = site.command(&["enrol", "--config", &config, "--code", code]).status().unwrap();
        assert_eq!(status.code(), Some(expected), "{code}");
    }
    assert_eq!(site.start().sync()["enrolled"], true);
}

fn leaves(count: u64) -> Vec<[u8; 32]> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

#[test]
fn the_kiosk_signs_a_log_that_grows_and_remembers_it_over_a_restart() {
    let centre = Centre::with_day(1);
    let site = Site::new(&centre);
    let kiosk = site.start();
    assert_eq!(kiosk.sync()["log_seen"], json!(null), "there is no log yet");
    for size in [3, 3, 8] {
        centre.books().log = leaves(size);
        let status = kiosk.sync();
        assert_eq!((&status["log_seen"], &status["alarm"]), (&json!(size), &json!(null)));
    }
    let sizes = |centre: &Centre| -> Vec<String> {
        centre.books().cosigned.iter().map(|note| note.text().lines().nth(1).unwrap().to_owned()).collect()
    };
    assert_eq!(sizes(&centre), ["3", "8"], "each checkpoint is signed once");
    kiosk.kill();
    centre.books().log = leaves(7);
    let kiosk = site.start();
    assert_eq!(kiosk.sync()["alarm"], "log_refused", "a log that shrinks is refused after a restart, too");
    centre.books().log = leaves(9);
    assert_eq!(kiosk.sync()["alarm"], json!(null));
    assert_eq!(sizes(&centre), ["3", "8", "9"]);
}

#[test]
fn a_log_that_was_rewritten_is_refused_and_the_journal_says_so_once() {
    let centre = Centre::with_day(2);
    let site = Site::new(&centre);
    let kiosk = site.start();
    centre.books().log = leaves(5);
    kiosk.sync();
    let mut forged = leaves(9);
    forged[2] = leaf_hash(b"forged");
    centre.books().log = forged;
    for _ in 0..3 {
        let status = kiosk.sync();
        assert_eq!((&status["alarm"], &status["online"]), (&json!("log_refused"), &json!(true)));
    }
    check_in(&kiosk, 1);
    kiosk.sync();
    let facts: Vec<_> = centre.books().entries.iter().map(|entry| entry.fact.clone()).collect();
    let refused = KioskFact::LogRefused { code: "forked".to_owned(), seen: 5, now: 9 };
    assert_eq!(facts.iter().filter(|fact| **fact == refused).count(), 1);
    assert_eq!(facts.len(), 2, "people are checked in all the same: {facts:?}");
    assert_eq!(centre.books().cosigned.len(), 1);
    let page = kiosk.get("/desk").1;
    assert!(page.contains("存证日志与之前不一致"), "{page}");
    let config = site.path("kiosk.toml").display().to_string();
    let said = site.command(&["doctor", "--json", "--config", &config]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let line = report["devices"].as_array().unwrap().iter().find(|line| line["device"] == "log").unwrap();
    assert_eq!(line["state"], "missing", "{line}");
}
