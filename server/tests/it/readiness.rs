//! The readiness list of an exam point's day: rooms open on a signed list alone.

use crate::exam::{SESSION, on_both as on_exam, person as on_duty};
use crate::harness::{PASSWORD, assert_rebuilds, code, on_both, person, ready};
use crate::held::{POINT, held};
use serde_json::{Value, json};
use server::app::auth::Throttle;
use server::app::readiness::{self as cases, Finding};
use server::app::theory;
use server::event::{Fact, ReadinessChecked};

const DAY: &str = "2026-09-28";

fn all(verdict: &str, note: &str) -> Vec<Finding> {
    let items = server::builtin::readiness().unwrap().into_iter();
    items.map(|i| Finding { item: i.code, verdict: verdict.into(), note: note.into() }).collect()
}

fn one(item: &str, verdict: &str, note: &str) -> Vec<Finding> {
    vec![Finding { item: item.into(), verdict: verdict.into(), note: note.into() }]
}

#[test]
fn a_list_is_signed_by_password_once_every_item_is_confirmed_and_a_new_finding_voids_the_signature() {
    on_both(|app| {
        held(app, "2026-09-28T09:00:00+08:00", &[1, 2]);
        let (staff, throttle) = (person(app, "point"), Throttle::default());
        let check = |findings| cases::check(app, &staff, (DAY, POINT), findings, None);
        let sign = |password: &str| cases::sign(app, &throttle, &staff, (DAY, POINT), password, None);
        let shown = cases::show(app, &staff, DAY, POINT).unwrap();
        assert_eq!((shown.missing, shown.red, shown.ready), (shown.items.len(), 0, false));
        assert_eq!(code(&sign(PASSWORD)), "not-ready", "nobody has looked");

        let mut findings = all("confirmed", "");
        findings.pop();
        assert_eq!(check(findings).unwrap().missing, 1);
        assert_eq!(code(&sign(PASSWORD)), "not-ready", "one item is left");
        check(all("confirmed", "")).unwrap();
        let red = check(one("ups", "red", "电池 5 分钟就没电")).unwrap();
        assert_eq!((red.missing, red.red), (0, 1));
        let why = sign(PASSWORD).unwrap_err();
        assert!(why.to_string() == "不间断电源", "the red item is named: {why}");
        check(one("ups", "confirmed", "已换电池")).unwrap();
        assert_eq!(code(&sign("wrong")), "password-wrong");
        let signed = sign(PASSWORD).unwrap();
        assert!(signed.ready && signed.signed_by.as_deref() == Some(staff.display_name.as_str()));

        let changed = check(one("gear", "red", "少 3 副手套")).unwrap();
        assert!(!changed.ready && changed.signed_by.is_none(), "the signature covered something else");
        assert_rebuilds(app);
    });
}

#[test]
fn a_finding_that_says_nothing_or_is_of_another_place_is_refused_and_nothing_is_written() {
    on_both(|app| {
        held(app, "2026-09-28T09:00:00+08:00", &[1]);
        let staff = person(app, "point");
        let long = "字".repeat(201);
        let table = [
            (DAY, POINT, one("ups", "red", "  "), "field-invalid"),
            (DAY, POINT, one("ups", "fine", ""), "field-invalid"),
            (DAY, POINT, one("garden", "confirmed", ""), "field-invalid"),
            (DAY, POINT, one("ups", "confirmed", &long), "field-invalid"),
            (DAY, POINT, one("ups", "confirmed", "a\nb"), "field-invalid"),
            (DAY, "P02", one("ups", "confirmed", ""), "day-unknown"),
            ("2026-09-29", POINT, one("ups", "confirmed", ""), "day-unknown"),
            ("tomorrow", POINT, one("ups", "confirmed", ""), "field-invalid"),
        ];
        for (day, point, findings, expected) in table {
            let what = format!("{day} {point} {findings:?}");
            assert_eq!(code(&cases::check(app, &staff, (day, point), findings, None)), expected, "{what}");
        }
        let shown = cases::show(app, &staff, DAY, POINT).unwrap();
        assert_eq!(shown.missing, shown.items.len());
    });
}

#[test]
fn a_room_stays_closed_until_the_list_is_signed_and_opens_then() {
    on_exam(1, true, |exam| {
        let red = |verdict: &str| {
            Fact::ReadinessChecked(ReadinessChecked {
                point: "P01".into(),
                day: DAY.into(),
                item: "network".into(),
                verdict: verdict.into(),
                note: "主线路断".into(),
                by: "test".into(),
            })
        };
        exam.at(-600);
        let release = || theory::release(&exam.app, &on_duty("i1"), SESSION, "R01", None);
        exam.write(vec![red("red")]);
        assert_eq!(code(&release()), "not-ready", "red");
        exam.write(vec![red("confirmed")]);
        assert_eq!(code(&release()), "not-ready", "not signed again");
        exam.write(ready("P01", DAY));
        release().unwrap();
        exam.write(vec![red("red")]);
        assert_eq!(code(&release()), "ok", "an open room is not closed again");
        assert_eq!(exam.count("room_released"), 1);
    });
}

#[test]
fn the_list_is_read_written_and_signed_over_http() {
    on_both(|app| {
        held(app, "2026-09-28T09:00:00+08:00", &[1]);
        let (staff, path) = (app.logged_in("point"), format!("/api/v1/days/{DAY}/points/{POINT}/readiness"));
        let shown = staff.get(&path).ok();
        let items = shown["items"].as_array().unwrap().iter();
        let findings: Vec<Value> =
            items.map(|i| json!({"item": i["code"], "verdict": "confirmed"})).collect();
        let body = json!({ "findings": findings });
        assert_eq!(staff.post_once("k", &path, &body).ok(), staff.post_once("k", &path, &body).ok());
        let sign = format!("{path}/sign");
        assert_eq!(
            staff.post(&sign, &json!({"password": "x"})).problem(),
            (422, "password-wrong".to_owned())
        );
        assert_eq!(staff.post(&sign, &json!({ "password": PASSWORD })).ok()["ready"], json!(true));
        assert_eq!(app.logged_in("auditor").get(&path).ok()["ready"], json!(true));
    });
}
