//! A day of an exam point: its sums, and its closing.

use crate::harness::{PASSWORD, assert_rebuilds, code, on_both, person};
use crate::held::{POINT, agreeing, ended, held};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signature;
use serde_json::json;
use server::app::auth::{Person, Throttle};
use server::app::days::{self, CloseOrder};
use server::app::results::Outcomes;
use server::keys::Purpose;

const DAY: &str = "2026-09-28";

fn adds_up(o: Outcomes) -> bool {
    o.registered == o.absent + o.failed + o.passed + o.removed + o.pending
}

#[test]
fn the_sums_of_a_day_add_up_at_every_moment() {
    on_both(|app| {
        let first = held(app, "2026-09-28T09:00:00+08:00", &[1, 2, 3]);
        let second = held(app, "2026-09-28T13:30:00+08:00", &[4, 5]);
        app.at("2026-09-28T16:00:00+08:00");
        let centre = person(app, "centre");
        let outcomes = ["passed", "failed", "absent", "removed", "theory_passed"];
        for (ticket, outcome) in first.tickets.iter().chain(&second.tickets).zip(outcomes) {
            ended(app, ticket, outcome);
            let summary = days::summary(app, &centre, DAY, POINT).unwrap();
            assert!(adds_up(summary.outcomes) && summary.sessions.iter().all(|s| adds_up(s.outcomes)));
            assert_eq!(summary.outcomes.registered, 5);
        }
        let summary = days::summary(app, &centre, DAY, POINT).unwrap();
        assert_eq!((summary.outcomes.passed, summary.outcomes.pending, summary.sessions.len()), (1, 1, 2));
        let table = [
            ("2026-09-29", POINT, "day-unknown"),
            (DAY, "P02", "day-unknown"),
            (DAY, "../x", "day-unknown"),
            ("someday", POINT, "field-invalid"),
        ];
        for (day, point, expected) in table {
            assert_eq!(code(&days::summary(app, &centre, day, point)), expected, "{day} {point}");
        }
    });
}

#[test]
fn a_day_is_closed_once_when_nobody_is_pending_and_its_numbers_are_signed() {
    if let Err(e) = server::pdf::fonts::fonts() {
        return println!("skipped: {e}");
    }
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1, 2]);
        app.at("2026-09-27T18:00:00+08:00");
        let mut staff = person(app, "point");
        let throttle = Throttle::default();
        let close = |staff: &Person| days::close(app, &throttle, staff, (DAY, POINT), &agreeing(""), None);
        assert_eq!(code(&close(&staff)), "too-early", "the day has not come");
        app.at("2026-09-28T18:00:00+08:00");
        ended(app, &held.tickets[0], "failed");
        assert_eq!(code(&close(&staff)), "day-not-finished");
        ended(app, &held.tickets[1], "absent");
        staff.point = Some("P02".into());
        assert_eq!(code(&close(&staff)), "day-unknown", "another exam point's staff");
        staff.point = Some(POINT.into());
        assert_eq!(code(&days::page(app, &staff, DAY, POINT)), "day-unknown", "not closed yet");

        let closed = close(&staff).unwrap();
        assert_eq!(code(&close(&staff)), "day-already-closed");
        let key = app.keys.signing(Purpose::Log).verifying_key();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(&closed.signature).unwrap()).unwrap();
        let signed = days::signed_bytes(POINT, DAY, &closed.counts);
        key.verify_strict(&signed, &signature).unwrap();
        let counts: days::SignedCounts = serde_json::from_str(&closed.counts).unwrap();
        let outcomes = counts.summary.outcomes;
        assert_eq!((outcomes.registered, outcomes.failed, outcomes.absent), (2, 1, 1));
        assert_eq!(counts.statement, agreeing("").statement);
        assert!(days::page(app, &staff, DAY, POINT).unwrap().starts_with(b"%PDF"));
        assert_rebuilds(app);
    });
}

#[test]
fn a_repeated_closing_gives_the_first_answer_and_the_auditor_sees_the_events() {
    if let Err(e) = server::pdf::fonts::fonts() {
        return println!("skipped: {e}");
    }
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1]);
        app.at("2026-09-28T18:00:00+08:00");
        ended(app, &held.tickets[0], "absent");
        let path = format!("/api/v1/days/{DAY}/points/{POINT}/close");
        let centre = app.logged_in("centre");
        let body = json!({ "statement": agreeing("").statement, "password": PASSWORD });
        let first = centre.post_once("k1", &path, &body).ok();
        assert_eq!(centre.post_once("k1", &path, &body).ok(), first);
        assert_eq!(centre.post(&path, &body).problem(), (409, "day-already-closed".to_owned()));

        let auditor = app.logged_in("auditor");
        let total = auditor.get("/api/v1/events?limit=1").ok()["total"].as_i64().unwrap();
        let last = auditor.get(&format!("/api/v1/events?from={total}&limit=500")).ok();
        assert_eq!(last["items"].as_array().unwrap().len(), 1);
        let all = auditor.get("/api/v1/events?limit=500").ok().to_string();
        assert!(!all.contains("$argon2id$"), "no password hash leaves the server");
        assert_eq!(centre.get("/api/v1/events").problem(), (403, "role-not-allowed".to_owned()));
    });
}

#[test]
fn what_does_not_agree_is_explained_before_a_day_is_closed() {
    if let Err(e) = server::pdf::fonts::fonts() {
        return println!("skipped: {e}");
    }
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1]);
        app.at("2026-09-28T18:00:00+08:00");
        ended(app, &held.tickets[0], "absent");
        let (staff, throttle) = (person(app, "point"), Throttle::default());
        let close = |change: &dyn Fn(&mut CloseOrder)| {
            let mut order = agreeing("");
            change(&mut order);
            days::close(app, &throttle, &staff, (DAY, POINT), &order, None)
        };
        assert_eq!(code(&close(&|o| o.statement.left = 19)), "close-unexplained");
        assert_eq!(code(&close(&|o| o.statement.used = 1)), "close-unexplained");
        assert_eq!(code(&close(&|o| o.statement.recordings = false)), "close-unexplained");
        assert_eq!(code(&close(&|o| o.statement.received = 100_001)), "field-invalid");
        assert_eq!(code(&close(&|o| o.statement.explanation = "字".repeat(1001))), "field-invalid");
        assert_eq!(code(&close(&|o| o.password = "wrong".into())), "password-wrong");
        let explained = close(&|o| {
            o.statement.left = 19;
            o.statement.explanation = " 一张掉入碎纸机 ".into();
        });
        let signed: days::SignedCounts = serde_json::from_str(&explained.unwrap().counts).unwrap();
        assert_eq!(signed.statement.explanation, "一张掉入碎纸机");
    });
}
