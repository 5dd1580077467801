//! What all pages have in common: the look, the end of a login, the live stream.

use super::browser::{Browser, escape, login};
use super::world::demo;
use crate::harness::PASSWORD;
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

#[test]
fn a_form_after_the_end_of_the_login_goes_through_the_next_one_and_is_sent_by_a_button() {
    let app = demo();
    let mut browser = Browser::logged_in(&app, "centre");
    app.after_minutes(31);
    let page = browser.post("/plan", "once=F1&day=2020-01-01&note=%3Cb%3E&password=not-to-be-kept");
    assert_eq!(page.status, 401);
    assert!(page.html.contains(&text(Lang::Zh, "page-login-ended-kept")), "{}", page.html);
    assert!(!page.html.contains("not-to-be-kept"));
    let carried = hidden(&page.html, "carried");
    let form = format!("{}&carried={}", login("centre", "wrong", "/plan"), escape(&carried));
    let page = browser.post("/login", &form);
    assert_eq!(
        (page.status, hidden(&page.html, "carried")),
        (401, carried.clone()),
        "kept by a wrong password"
    );
    let form = format!("{}&carried={}", login("centre", PASSWORD, "/plan"), escape(&carried));
    let page = browser.post("/login", &form);
    assert_eq!(page.status, 200);
    assert!(page.html.contains("action=\"/plan\""), "{}", page.html);
    assert_eq!(hidden(&page.html, "day"), "2020-01-01");
    assert!(page.html.contains("name=\"password\" type=\"password\""), "asked for again: {}", page.html);
    assert!(!page.html.contains("<b>\""), "what was typed is text");
    assert_eq!(browser.get("/plan").status, 200, "logged in");
}

#[test]
fn a_form_of_another_site_is_not_carried_through_the_login() {
    let app = demo();
    let mut browser = Browser::new(&app);
    browser.sender = ("origin", "https://elsewhere.example".to_owned());
    let page = browser.post("/plan", "once=F1&day=2020-01-01");
    assert!(!page.html.contains("2020-01-01"), "{}", page.html);
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
    let mut other = Browser::logged_in(&app, "point");
    other.post("/logout", "");
    let told: Vec<String> = lines.skip_while(|l| !l.starts_with("event")).take(2).collect();
    assert_eq!(told, ["event: written", "data: 1"]);
}
