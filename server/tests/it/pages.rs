//! The pages as a browser sees them: login, language, the day, a session, a candidate.

pub mod browser;
mod centre;
mod desk;
mod frame;
mod point;
mod pools;
mod room;
mod world;

use crate::harness::{Backend, PASSWORD, TestApp, on_both};
use browser::{Browser, login};
use server::http::access::{PAGES, Role, Who};
use server::text::{Lang, text};
use std::collections::BTreeSet;
use world::{SESSION, TICKET, a_bank, a_correction, a_review, an_exam_day, demo};

/// Whole identity numbers of the demo world: none of them is on any page.
fn identity_numbers() -> Vec<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/worlds/demo/world.toml");
    let world = std::fs::read_to_string(file).unwrap();
    let numbers = world.lines().filter_map(|l| l.strip_prefix("id_number = \""));
    numbers.map(|n| n.trim_end_matches('"').to_owned()).collect()
}

#[test]
fn whoever_logs_in_gets_a_safe_cookie_and_goes_on_to_where_he_was_going() {
    on_both(|app| {
        let mut browser = Browser::new(app);
        let page = browser.post("/login", &login("centre", PASSWORD, "/?day=2026-09-28"));
        assert_eq!((page.status, page.location.as_str()), (303, "/?day=2026-09-28"));
        let cookie = browser.cookie_line("kd_session");
        for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=1800"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("Secure"), "not by TLS: {cookie}");
        assert_eq!(browser.get("/").status, 200);
    });
}

#[test]
fn a_wrong_password_says_so_in_place_and_keeps_the_login_name() {
    let app = demo();
    let page = Browser::new(&app).post("/login", &login("centre\"<b>", "not-this-one", "/"));
    assert_eq!(page.status, 401);
    assert!(page.html.contains(&text(Lang::Zh, "problem-login-wrong")));
    assert!(page.html.contains("value=\"centre&#34;&#60;b&#62;\""), "{}", page.html);
    assert!(!page.html.contains("not-this-one"), "the password does not come back");
}

#[test]
fn nobody_is_led_to_another_site_after_the_login() {
    let app = demo();
    for next in ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"] {
        let page = Browser::new(&app).post("/login", &login("centre", PASSWORD, next));
        assert_eq!((page.status, page.location.as_str()), (303, "/"), "{next}");
    }
}

#[test]
fn who_is_not_logged_in_is_led_to_the_login() {
    let app = demo();
    let page = Browser::new(&app).get("/candidates/x?of=capture");
    assert_eq!(page.status, 303);
    assert_eq!(page.location, "/login?next=/candidates/x%3Fof%3Dcapture");
}

#[test]
fn what_is_not_there_is_a_page_for_people_and_a_document_for_programs() {
    let app = demo();
    let page = Browser::logged_in(&app, "centre").get("/nowhere");
    assert_eq!(page.status, 404);
    assert!(page.html.contains("祁一鸣"), "whoever is logged in stays so: {}", page.html);
    assert_eq!(app.http().get("/nowhere").problem(), (404, "not-found".to_owned()));
}

#[test]
fn a_form_from_another_site_is_refused() {
    let app = demo();
    for (header, value) in
        [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site"), ("x-none", "")]
    {
        let mut browser = Browser::new(&app);
        browser.sender = (header, value.to_owned());
        let page = browser.post("/login", &login("centre", PASSWORD, "/"));
        assert_eq!(page.status, 403, "{header}");
        assert!(page.html.contains(&text(Lang::Zh, "problem-csrf")), "{}", page.html);
    }
}

#[test]
fn logging_out_ends_the_token_and_takes_the_cookie_away() {
    on_both(|app| {
        let mut browser = Browser::logged_in(app, "centre");
        let mut other = browser.clone();
        assert_eq!(browser.post("/logout", "").location, "/login?out=1");
        assert!(browser.cookie_line("kd_session").contains("Max-Age=0"));
        let page = other.get("/");
        assert_eq!((page.status, page.location.as_str()), (303, "/login?next=/&ended=1"));
    });
}

#[test]
fn a_login_is_renewed_by_use_once_half_of_it_is_over() {
    let app = demo();
    let mut browser = Browser::logged_in(&app, "centre");
    app.after_minutes(10);
    browser.get("/");
    assert_eq!(browser.cookie_line("kd_session"), "", "still young");
    app.after_minutes(10);
    browser.get_part("/");
    assert_eq!(browser.cookie_line("kd_session"), "", "a page that refreshes itself is no use by a person");
    browser.get("/");
    assert!(browser.cookie_line("kd_session").contains("Max-Age=1800"));
    app.after_minutes(20);
    assert_eq!(browser.get("/").status, 200, "the first token has ended, the second has not");
    app.after_minutes(40);
    assert_eq!(browser.get("/").status, 303);
}

#[test]
fn every_page_speaks_both_languages_and_shows_no_identity_number() {
    on_both(|app| {
        an_exam_day(app);
        let (correction, review) = (a_correction(app), a_review(app));
        let numbers = identity_numbers();
        assert!(numbers.len() > 10);
        let mut pages: Vec<(&str, String)> = vec![
            ("", "/login".into()),
            ("", "/styleguide".into()),
            ("", "/about".into()),
            ("", "/verify".into()),
            ("", "/my".into()),
            ("", "/seat?room=R01&seat=3".into()),
            ("", "/practice".into()),
            ("centre", "/?day=2026-09-28".into()),
            ("centre", "/?day=2026-09-29".into()),
            ("point", "/?day=2026-09-28".into()),
            ("centre", format!("/sessions/{SESSION}")),
            ("centre", format!("/sessions/{SESSION}?state=passed&sort=seat")),
            ("auditor", format!("/sessions/{SESSION}?sort=stage&page=99")),
            ("centre", "/sessions/nowhere".into()),
            ("invigilator", format!("/candidates/{TICKET}1")),
            ("centre", "/nowhere".into()),
            ("invigilator", format!("/sessions/{SESSION}/room/R01?ticket={TICKET}8")),
            ("examiner", format!("/sessions/{SESSION}/station")),
            ("examiner", format!("/practical/{TICKET}9")),
            ("point", "/close/2026-09-28/P01".into()),
            ("auditor", "/close/2026-09-28/P01".into()),
            ("point", "/paper/2026-09-28/P01".into()),
            ("auditor", "/paper/2026-09-28/P01".into()),
            ("centre", format!("/paper/2026-09-28/P01/slip?ticket={TICKET}1&slip=attendance")),
            ("point", format!("/paper/2026-09-28/P01/slip?ticket={TICKET}9&part=K1&examiner=E032")),
            ("centre", "/banks".into()),
            ("centre", "/banks/welding-fusion?done=imported".into()),
            ("auditor", "/reviews".into()),
            ("centre", format!("/reviews/{review}")),
            ("centre", "/corrections".into()),
            ("centre", format!("/corrections/{correction}?done=proposed")),
            ("centre", "/banks/bank-welding-fusion/questions/q-welding-fusion-1-001".into()),
            ("centre", "/draws".into()),
            ("auditor", "/draws/d1".into()),
            ("inspector", "/rules".into()),
            ("training", "/people".into()),
            ("training", "/people/new".into()),
            ("centre", "/people/new?done=R-1".into()),
            ("point", format!("/sessions/{SESSION}/tickets")),
        ];
        for (login, address) in [
            ("auditor", "/events"),
            ("auditor", "/events?kind=dead_letter&day=2026-09-28"),
            ("auditor", "/events?about=nothing%20of%20this&actor=centre"),
            ("auditor", "/events?about=20260928-01-9"),
            ("auditor", "/accounts/acc-centre"),
            ("secadmin", "/accounts?role=point_staff"),
            ("secadmin", "/accounts/new?role=auditor"),
            ("secadmin", "/accounts/acc-point"),
            ("secadmin", "/accounts/acc-secadmin"),
            ("sysadmin", "/settings"),
            ("inspector", "/password"),
            ("inspector", "/check?find=c&state=valid"),
            ("training", "/?step=check-in&page=2"),
        ] {
            pages.push((login, address.into()));
        }
        pages.extend((1..=12).map(|n| ("point", format!("/candidates/{TICKET}{n}"))));
        let others = [
            "auditor",
            "invigilator",
            "examiner",
            "training",
            "enterprise",
            "inspector",
            "sysadmin",
            "secadmin",
        ];
        pages.extend(others.map(|login| (login, "/".into())));
        for (login, address) in pages {
            for lang in ["zh", "en"] {
                let mut browser =
                    if login.is_empty() { Browser::new(app) } else { Browser::logged_in(app, login) };
                browser.get(&format!("/lang/{lang}?back=/"));
                let page = browser.get(&address);
                assert!(
                    page.status < 500 && page.html.contains("<main"),
                    "{address} {} {}",
                    page.status,
                    page.html
                );
                let missing: Vec<&str> =
                    page.html.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).collect();
                let missing: Vec<&&str> =
                    missing.iter().filter(|w| w.starts_with("page-") || w.starts_with("problem-")).collect();
                assert!(missing.is_empty(), "{address} {lang}: {missing:?}");
                let shown = numbers.iter().find(|n| page.html.contains(n.as_str()));
                assert_eq!(shown, None, "{address} {lang}");
            }
        }
    });
}

#[test]
fn an_event_of_every_kind_has_a_page_in_both_languages_with_nobody_in_the_clear() {
    let app = demo();
    an_exam_day(&app);
    let rows = app.db.read(|c| server::db::events::page(c, 1, 10_000)).unwrap();
    let kinds: std::collections::BTreeMap<String, i64> =
        rows.into_iter().map(|row| (row.kind, row.seq)).collect();
    assert!(kinds.len() > 20);
    let numbers = identity_numbers();
    let mut browser = Browser::logged_in(&app, "auditor");
    for lang in ["zh", "en"] {
        browser.get(&format!("/lang/{lang}?back=/"));
        for (kind, seq) in &kinds {
            let page = browser.get(&format!("/events/{seq}"));
            assert_eq!(page.status, 200, "{kind}");
            assert!(!page.html.contains("v1.data-"), "{kind}: {}", page.html);
            assert!(!numbers.iter().any(|n| page.html.contains(n.as_str())), "{kind}");
        }
    }
}

#[test]
fn every_text_that_a_page_names_is_there_in_both_languages() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let mut sources = Vec::new();
    for folder in [
        "src/web",
        "src/web/centre",
        "src/web/day",
        "src/web/paper",
        "templates",
        "templates/login",
        "templates/day",
        "templates/session",
    ] {
        sources.extend(files(&format!("{root}{folder}")));
    }
    for folder in [
        "candidate",
        "home",
        "error",
        "styleguide",
        "my",
        "verify",
        "slip",
        "about",
        "readiness",
        "close",
        "paper",
        "seat",
        "practice",
        "room",
        "station",
        "audit",
        "accounts",
        "password",
        "settings",
        "progress",
        "inspect",
        "banks",
        "draws",
        "duties",
        "corrections",
        "reviews",
        "rules",
        "register",
        "tickets",
    ] {
        let folder = format!("templates/{folder}");
        sources.extend(files(&format!("{root}{folder}")));
    }
    let words = sources
        .iter()
        .flat_map(|s| s.split('"'))
        .filter(|w| w.starts_with("page-") && !w.contains(['{', ' ', '.', '_']))
        .filter(|w| !w.ends_with('-'));
    let ids: BTreeSet<&str> = words.collect();
    assert!(ids.len() > 100, "{}", ids.len());
    let known = ids_of("en");
    let unknown: Vec<&&str> = ids.iter().filter(|id| !known.contains(&(**id).to_owned())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(ids_of("zh-CN"), ids_of("en"), "both files have the same ids in the same order");
}

#[test]
fn each_role_opens_its_pages_only() {
    let app = demo();
    an_exam_day(&app);
    let (bank, question) = a_bank(&app);
    let (correction, review) = (a_correction(&app), a_review(&app));
    for role in Role::all().filter(|r| !matches!(r, Role::Examinee | Role::Kiosk)) {
        let mut browser = Browser::as_role(&app, role);
        // The live stream has a test of its own: it does not end.
        for row in PAGES.iter().filter(|p| p.method == "GET" && p.path != "/live") {
            // The ninth candidate has passed the theory: her sheets are open.
            let number = if row.path.starts_with("/practical/") { 9 } else { 1 };
            let path =
                row.path.replace("{session}", SESSION).replace("{ticket}", &format!("{TICKET}{number}"));
            let path = path.replace("{room}", "R01").replace("{day}", "2026-09-28").replace("{point}", "P01");
            let path =
                path.replace("{file}", "kaodian.css").replace("{lang}", "zh").replace("{theme}", "dark");
            let path = path.replace("{person}", "N-0001").replace("{event}", "1").replace("{member}", "E001");
            let path = path.replace("{account}", "acc-centre").replace("{trade}", "welding-fusion");
            let path = path.replace("{ceremony}", &format!("{SESSION}.seats.1"));
            let path = path.replace("{bank}", &bank).replace("{question}", &question);
            let path = path.replace("{correction}", &correction).replace("{review}", &review);
            let mut path = path.replace("{draw}", "d1");
            if path.ends_with("/slip") {
                path.push_str(&format!("?ticket={TICKET}1&slip=attendance"));
            }
            let status = browser.get(&path).status;
            // The page of a day that is not closed is not there yet, a pack needs a face to write with, and no draw of
            // the ceremony can be read; no exam browser is demanded.
            let document = [".pdf", ".json", ".seb"].iter().any(|end| path.ends_with(end))
                && matches!(status, 404 | 503);
            match row.who {
                Who::Roles(roles) if !roles.contains(&role) => {
                    assert_eq!(status, 403, "{path} {}", role.word())
                }
                // The ticket's own cookie opens these; nobody has one by his role.
                Who::Seat => assert!(matches!(status, 401 | 303), "{path} {} {status}", role.word()),
                _ => assert!(status < 400 || document, "{path} {} {status}", role.word()),
            }
        }
    }
}

#[test]
fn the_staff_of_a_point_sees_nothing_of_another() {
    let app = demo();
    an_exam_day(&app);
    let mut browser = Browser::logged_in(&app, "point2");
    for path in [
        format!("/sessions/{SESSION}"),
        format!("/candidates/{TICKET}1"),
        format!("/candidates/{TICKET}1/photo"),
    ] {
        assert_eq!(browser.get(&path).status, 404, "{path}");
    }
    assert_eq!(browser.get("/?point=P01").status, 422);
    assert!(!browser.get("/?day=2026-09-28").html.contains(SESSION));
}

#[test]
fn a_look_at_a_picture_is_recorded_and_a_masked_page_is_not() {
    on_both(|app| {
        an_exam_day(app);
        let reads = || app.db.read(|c| server::db::events::page(c, 1, 10_000)).unwrap();
        let reads = || reads().iter().filter(|e| e.kind == "personal_data_read").count();
        let mut browser = Browser::logged_in(app, "centre");
        browser.get(&format!("/candidates/{TICKET}1"));
        assert_eq!(reads(), 0);
        let picture = browser.get(&format!("/candidates/{TICKET}1/photo"));
        assert_eq!((picture.status, picture.media.as_str()), (200, "image/jpeg"));
        assert_eq!(reads(), 1);
        assert_eq!(browser.get(&format!("/candidates/{TICKET}1/photo?of=other")).status, 404);
        assert_eq!(reads(), 1);
    });
}

#[test]
fn the_question_set_is_told_only_after_the_paper_was_handed_in() {
    let app = demo();
    an_exam_day(&app);
    let mut browser = Browser::logged_in(&app, "centre");
    // The world's candidates: 8 is at the paper, 9 has handed in.
    let later = text(Lang::Zh, "page-set-later");
    assert!(browser.get(&format!("/candidates/{TICKET}8")).html.contains(&later));
    let after = browser.get(&format!("/candidates/{TICKET}9")).html;
    assert!(!after.contains(&later) && after.contains("第 2 套"), "{after}");
}

#[test]
fn the_board_alone_comes_to_the_script_that_asks_for_it() {
    let app = demo();
    an_exam_day(&app);
    let mut browser = Browser::logged_in(&app, "centre");
    let part = browser.get_part("/?day=2026-09-28");
    assert!(part.html.contains(SESSION) && !part.html.contains("<html"), "{}", part.html);
    app.after_minutes(31);
    assert_eq!(browser.get_part("/").status, 401, "the script sees that the login has ended");
}

#[test]
fn assets_are_kept_by_their_version_and_asked_for_again_without_it() {
    let app = TestApp::open(Backend::Sqlite).unwrap();
    let mut browser = Browser::new(&app);
    let versioned = browser.get(&server::web::assets::url("kaodian.css"));
    assert_eq!((versioned.status, versioned.media.as_str()), (200, "text/css; charset=utf-8"));
    assert!(versioned.cache.contains("immutable"));
    assert!(!browser.get("/assets/kaodian.css").cache.contains("immutable"));
    assert_eq!(browser.get("/assets/elsewhere.css").status, 404);
    let html = browser.get("/login").html;
    assert!(
        !html.contains("<style") && !html.contains("style=") && !html.contains("<script>"),
        "no inline code"
    );
}

fn files(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries.filter(|p| p.is_file()).map(|p| std::fs::read_to_string(p).unwrap()).collect()
}

fn ids_of(lang: &str) -> Vec<String> {
    let folder = format!("{}/../shared/locales/{lang}", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.file_name().unwrap().to_string_lossy().starts_with("pages"));
    paths.sort();
    let all: String = paths.iter().map(|p| std::fs::read_to_string(p).unwrap()).collect();
    all.lines()
        .filter_map(|l| l.split_once(" = "))
        .map(|(id, _)| id.to_owned())
        .filter(|i| !i.starts_with(' '))
        .collect()
}
