//! What all pages have in common: the look, the end of a login, the live stream.

use super::browser::{Browser, escape, login};
use super::world::demo;
use crate::harness::{PASSWORD, TestApp, on_both};
use server::event::{Actor, Fact, LoggedIn};
use server::text::{Lang, text};

/// The value of a hidden field of a page.
fn hidden(html: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = html.split_once(&mark).unwrap_or_else(|| panic!("no field {name} in {html}"));
    rest.split('"').next().unwrap().replace("&#38;", "&").replace("&#37;", "%")
}

#[test]
fn a_look_is_kept_by_a_cookie_and_by_nothing_else() {
    let app = demo();
    let mut browser = Browser::new(&app);
    let page = browser.get("/theme/dark?back=/about");
    assert_eq!((page.status, page.location.as_str()), (303, "/about"));
    assert!(browser.get("/about").html.contains("data-theme=\"dark\""));
    browser.get("/theme/more?back=/about");
    let html = browser.get("/about").html;
    assert!(html.contains("data-theme=\"dark\" data-contrast=\"more\""), "{html}");
    browser.get("/theme/system");
    browser.get("/theme/normal");
    let html = browser.get("/about").html;
    assert!(!html.contains("data-theme") && !html.contains("data-contrast"), "{html}");
    assert_eq!(browser.get("/theme/pink").status, 404);
    assert_eq!(browser.get("/theme/dark?back=//elsewhere.example").location, "/");
}

/// The plan is filled in, the login ends, and the form is sent: the page that asks for the login.
fn too_late(app: &TestApp, more: &str) -> (Browser, String) {
    let mut browser = Browser::logged_in(app, "centre");
    let once = hidden(&browser.get("/plan").html, "once");
    app.after_minutes(31);
    let form = format!("once={once}&day=2020-01-01&note=%3Cb%3E&password=not-to-be-kept{more}");
    let page = browser.post("/plan", &form);
    assert_eq!(page.status, 401);
    (browser, page.html)
}

#[test]
fn a_form_after_the_end_of_the_login_goes_through_the_next_one_and_is_sent_by_a_button() {
    on_both(|app| {
        let (mut browser, html) = too_late(app, "");
        assert!(html.contains(&text(Lang::Zh, "page-login-ended-kept")), "{html}");
        assert!(!html.contains("not-to-be-kept"));
        let carried = hidden(&html, "carried");
        let form = format!("{}&carried={}", login("centre", "wrong", "/"), escape(&carried));
        let page = browser.post("/login", &form);
        assert_eq!(
            (page.status, hidden(&page.html, "carried")),
            (401, carried.clone()),
            "kept by a wrong password"
        );
        let form = format!("{}&carried={}", login("centre", PASSWORD, "/"), escape(&carried));
        let page = browser.post("/login", &form);
        assert_eq!(page.status, 200);
        assert!(page.html.contains("action=\"/plan\""), "{}", page.html);
        assert_eq!(hidden(&page.html, "day"), "2020-01-01");
        assert!(page.html.contains("name=\"password\" type=\"password\""), "asked for again: {}", page.html);
        assert!(!page.html.contains("<b>\""), "what was typed is text");
        assert_eq!(browser.get("/plan").status, 200, "logged in");
    });
}

#[test]
fn whoever_else_logs_in_at_the_same_screen_gets_no_hint_of_the_form_that_was_sent() {
    on_both(|app| {
        let (mut browser, html) = too_late(app, "");
        let carried = hidden(&html, "carried");
        assert!(!html.contains("2020-01-01") && !carried.contains("2020"), "sealed on its way: {html}");
        let form = format!("{}&carried={}", login("point", PASSWORD, "/"), escape(&carried));
        let page = browser.post("/login", &form);
        assert_eq!((page.status, page.location.as_str()), (303, "/"));
        assert!(page.html.is_empty(), "{}", page.html);
    });
}

#[test]
fn a_form_that_was_shown_to_somebody_else_at_the_same_screen_is_not_done() {
    on_both(|app| {
        let once = hidden(&Browser::logged_in(app, "centre").get("/plan").html, "once");
        let mut other = Browser::logged_in(app, "centre2");
        let events = app.db.read(server::db::events::count).unwrap();
        let form =
            "point=P01&day=2026-09-29&start=09:00&trade=welding-fusion&kind=first&rule_set=national@2026.1";
        let page = other.post("/plan", &format!("once={once}&{form}"));
        assert_eq!(page.status, 409);
        assert!(page.html.contains(&text(Lang::Zh, "problem-form-of-another")), "{}", page.html);
        assert_eq!(app.db.read(server::db::events::count).unwrap(), events);
    });
}

#[test]
fn a_file_that_comes_too_late_has_to_be_chosen_again_and_what_was_typed_beside_it_not() {
    on_both(|app| {
        let mut browser = Browser::logged_in(app, "centre");
        let once = hidden(&browser.get("/people/new").html, "once");
        app.after_minutes(31);
        let fields = [("once", once.as_str()), ("name", "王小明")];
        let page = browser.send("/people/new", &fields, ("portrait", "face.jpg", &[7; 300_000]));
        assert_eq!(page.status, 401);
        let carried = hidden(&page.html, "carried");
        assert!(carried.len() < 2000, "the picture does not come along");
        let form = format!("{}&carried={}", login("centre", PASSWORD, "/"), escape(&carried));
        let page = browser.post("/login", &form);
        assert!(
            page.html.contains("action=\"/people/new\" enctype=\"multipart/form-data\""),
            "{}",
            page.html
        );
        assert_eq!(hidden(&page.html, "name"), "王小明");
        assert!(page.html.contains("name=\"portrait\" type=\"file\" required"), "{}", page.html);
        assert!(page.html.contains("face.jpg"), "{}", page.html);
    });
}

#[test]
fn a_long_form_is_taken_and_kept_and_one_that_is_too_long_is_said_to_be_lost() {
    let app = demo();
    let long = format!("&more={}", "x".repeat(200_000));
    let (mut browser, html) = too_late(&app, &long);
    let carried = hidden(&html, "carried");
    let page = browser.post("/login", &format!("{}&carried={carried}", login("centre", PASSWORD, "/")));
    assert_eq!((page.status, hidden(&page.html, "more").len()), (200, 200_000));
    let once = hidden(&page.html, "once");
    let form = "point=P01&day=2020-01-01&start=09:00&trade=welding-fusion&kind=first&rule_set=";
    let page = browser.post("/plan", &format!("once={once}&{form}{long}"));
    assert_eq!(page.status, 422, "read and refused for what is in it");
    let (_, html) = too_late(&app, &long.repeat(2));
    assert!(html.contains(&text(Lang::Zh, "page-login-ended-lost")), "{html}");
    assert!(!html.contains("name=\"carried\""));
}

#[test]
fn a_form_of_another_site_is_not_carried_through_the_login() {
    let app = demo();
    let mut browser = Browser::new(&app);
    browser.sender = ("origin", "https://elsewhere.example".to_owned());
    let page = browser.post("/plan", "once=F1&day=2020-01-01");
    assert!(!page.html.contains("2020-01-01") && !page.html.contains("name=\"carried\""), "{}", page.html);
}

#[test]
fn whoever_says_that_he_is_still_there_stays_logged_in() {
    let app = demo();
    let mut browser = Browser::logged_in(&app, "centre");
    app.after_minutes(28);
    assert_eq!(browser.post("/stay", "").status, 204);
    assert!(browser.cookie_line("kd_session").contains("Max-Age=1800"));
    app.after_minutes(28);
    assert_eq!(browser.get("/plan").status, 200);
}

#[test]
fn the_live_stream_tells_of_every_write_and_of_nothing_in_it() {
    let app = demo();
    let mut lines = Browser::logged_in(&app, "centre").lines("/live?every=1");
    assert_eq!(lines.next().as_deref(), Some("retry: 3000"));
    Browser::logged_in(&app, "point");
    let newest = app.db.read(server::db::events::newest).unwrap();
    assert_eq!(told(lines), [format!("id: {newest}"), "event: written".into(), "data: 1".into()]);
}

/// The next message that tells of a write.
fn told(lines: impl Iterator<Item = String>) -> Vec<String> {
    lines.skip_while(|l| !l.starts_with("id")).take(3).collect()
}

#[test]
fn what_was_written_between_reading_a_page_and_listening_is_told_at_once() {
    let app = demo();
    let mut browser = Browser::logged_in(&app, "centre");
    let html = browser.get("/").html;
    let known: i64 = html.split("data-newest=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    Browser::logged_in(&app, "point");
    let newest = app.db.read(server::db::events::newest).unwrap();
    // A login may be noted a moment after its answer, so the page need not know of its own reader's yet.
    assert!(known < newest, "{known} and {newest}");
    let lines = browser.lines(&format!("/live?every=1&after={known}"));
    assert_eq!(told(lines)[0], format!("id: {newest}"));
}

#[test]
fn the_live_stream_of_one_server_tells_what_another_has_written_to_the_same_database() {
    on_both(|app| {
        let other = server::app::App::open(&app.config).unwrap();
        let mut lines = Browser::logged_in(app, "centre").lines("/live?every=1");
        assert_eq!(lines.next().as_deref(), Some("retry: 3000"));
        let fact = Fact::LoggedIn(LoggedIn { account: "acc-point".into() });
        let event = other.event(&Actor::System("test"), fact);
        let seq = other.db.write(move |c| server::db::events::append(c, &event)).unwrap();
        app.db.look().unwrap();
        assert_eq!(told(lines)[0], format!("id: {seq}"));
    });
}
