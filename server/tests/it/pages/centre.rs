//! The pages of the centre: a session is planned, people are put into it and found again.

use super::browser::{Browser, Page};
use super::{an_exam_day, demo, identity_numbers};
use crate::harness::on_both;
use server::text::{Lang, text};

/// Value of the hidden key of the first form that has one.
fn key(page: &Page) -> String {
    let after = page.html.split("name=\"once\" value=\"").nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

fn order(key: &str, day: &str) -> String {
    let rest = "start=09%3A00&trade=electrician-low-voltage&kind=first&rule_set=";
    format!("once={key}&point=P01&day={day}&{rest}")
}

#[test]
fn a_session_is_planned_once_however_often_the_form_is_sent_and_asks_whom_to_add() {
    on_both(|app| {
        app.at("2026-09-21T08:00:00+08:00");
        let mut browser = Browser::logged_in(app, "centre");
        let form = order(&key(&browser.get("/plan")), "2026-09-29");
        let first = browser.post("/plan", &form);
        assert_eq!(first.status, 303, "{}", first.html);
        assert_eq!(first.location, "/sessions/S20260929-P01-01?done=opened");
        assert_eq!(browser.post("/plan", &form).location, first.location);
        let page = browser.get(&first.location);
        assert!(page.html.contains(&text(Lang::Zh, "page-done-opened")), "{}", page.html);
        let enrol = "/sessions/S20260929-P01-01/enrol";
        let page = browser.post(enrol, "once=form-1");
        assert_eq!(page.status, 422);
        assert!(page.html.contains(&text(Lang::Zh, "page-enrol-nobody")), "{}", page.html);
    });
}

#[test]
fn what_cannot_be_planned_is_said_at_its_field_and_nothing_typed_is_lost() {
    let app = demo();
    app.at("2026-09-21T08:00:00+08:00");
    let mut browser = Browser::logged_in(&app, "centre");
    for day in ["2026-09-01", "2028-09-01", "no-day"] {
        let form = order(&key(&browser.get("/plan")), day);
        let page = browser.post("/plan", &form);
        assert_eq!(page.status, 422, "{day}");
        assert!(page.html.contains("id=\"day-error\""), "{day}");
        assert!(page.html.contains(&text(Lang::Zh, "page-plan-wrong-start")), "{day}");
        assert!(page.html.contains(&format!("value=\"{day}\"")), "{day}");
    }
}

#[test]
fn a_step_that_is_not_possible_says_why_and_changes_nothing() {
    let app = demo();
    an_exam_day(&app);
    let mut browser = Browser::logged_in(&app, "centre");
    let session = "/sessions/S20260928-P01-02";
    let once = key(&browser.get(session));
    let page = browser.post(&format!("{session}/steps/results"), &format!("once={once}"));
    assert!((400..500).contains(&page.status), "{}", page.status);
    assert!(page.html.contains("banner-bad"), "{}", page.html);
    assert_eq!(browser.post(&format!("{session}/steps/nothing"), "once=a").status, 404);
}

#[test]
fn a_search_finds_a_ticket_and_the_file_behind_it_and_shows_nobody_in_the_clear() {
    let app = demo();
    an_exam_day(&app);
    let mut browser = Browser::logged_in(&app, "centre");
    for (wanted, link) in [
        ("20260928-01-1", "/candidates/20260928-01-1"),
        ("20260928-01-1", "/people/N-0001"),
        ("", "page-search"),
    ] {
        let page = browser.get(&format!("/search?q={wanted}"));
        assert_eq!(page.status, 200);
        assert_eq!(page.html.contains(link), link.starts_with('/'), "{wanted}: {}", page.html);
    }
    let file = browser.get("/people/N-0001");
    assert_eq!(file.status, 200);
    for number in identity_numbers() {
        assert!(!file.html.contains(&number));
    }
    assert_eq!(browser.get("/people/N-9999").status, 404);
}
