//! The pages of an exam point's staff: the day as a board, the paper, the close of the day.

use super::browser::{Browser, Page};
use super::world::{SESSION, TICKET, an_exam_day};
use super::{demo, identity_numbers};
use crate::harness::{PASSWORD, on_both};
use crate::held::{POINT, ended, held};
use server::text::{Lang, text, text_with};

const DAY: &str = "2026-09-28";

/// Value of the hidden key of the first form that has one.
fn key(page: &Page) -> String {
    let after = page.html.split("name=\"once\" value=\"").nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

fn says(page: &Page, id: &str) -> bool {
    page.html.contains(&text(Lang::Zh, id))
}

#[test]
fn a_day_that_is_not_finished_says_who_is_missing_and_where() {
    let app = demo();
    an_exam_day(&app);
    let mut browser = Browser::logged_in(&app, "point");
    let page = browser.get(&format!("/close/{DAY}/P01"));
    assert!(says(&page, "page-close-against"), "{}", page.html);
    assert!(page.html.contains(&format!("/sessions/{SESSION}?state=in-room")), "{}", page.html);
    let form = format!("once={}&received=20&used=0&spoiled=0&left=20&password={PASSWORD}", key(&page));
    let page = browser.post(&format!("/close/{DAY}/P01"), &format!("{form}&recordings=yes&paper=yes"));
    assert_eq!(page.status, 409);
    assert!(page.html.contains("banner-bad"), "{}", page.html);
    assert_eq!(Browser::logged_in(&app, "point2").get(&format!("/close/{DAY}/P01")).status, 404);
}

#[test]
fn a_day_is_closed_by_statement_and_password_and_shows_the_signature_then() {
    if let Err(e) = server::pdf::fonts::fonts() {
        return println!("skipped: {e}");
    }
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1, 2]);
        app.at("2026-09-28T18:00:00+08:00");
        ended(app, &held.tickets[0], "failed");
        ended(app, &held.tickets[1], "absent");
        let at = format!("/close/{DAY}/{POINT}");
        let mut browser = Browser::logged_in(app, "point");
        let page = browser.get(&at);
        assert!(says(&page, "page-close-can-be"), "{}", page.html);
        let send = |browser: &mut Browser, rest: &str| {
            let once = key(&browser.get(&at));
            browser.post(&at, &format!("once={once}&{rest}&recordings=yes&paper=yes"))
        };
        let page = send(&mut browser, "received=20&used=x&spoiled=0&left=20&password=x");
        assert_eq!(page.status, 422);
        assert!(says(&page, "page-close-numbers") && page.html.contains("value=\"x\""), "{}", page.html);
        let page = send(&mut browser, "received=20&used=0&spoiled=0&left=20&password=x");
        assert!(says(&page, "problem-password-wrong"), "{}", page.html);
        let wrong = format!("received=20&used=1&spoiled=0&left=18&password={PASSWORD}");
        let page = send(&mut browser, &wrong);
        assert!(
            says(&page, "page-close-unexplained") && says(&page, "page-close-differs-sum"),
            "{}",
            page.html
        );
        let used = text_with(Lang::Zh, "page-close-differs-used", &[("stated", "1"), ("counted", "0")]);
        assert!(page.html.contains(&used), "{}", page.html);
        assert!(!page.html.contains(PASSWORD), "the password does not come back");

        let page = send(&mut browser, &format!("{wrong}&explanation=one+lost"));
        assert_eq!((page.status, page.location.as_str()), (303, format!("{at}?done=closed").as_str()));
        let page = browser.get(&page.location);
        assert!(says(&page, "page-close-done-closed") && page.html.contains("one lost"), "{}", page.html);
        assert!(page.html.contains("桂思远") && !page.html.contains("id=\"password\""), "{}", page.html);
        let pdf = browser.get(&format!("{at}/page.pdf"));
        assert_eq!((pdf.status, pdf.media.as_str()), (200, "application/pdf"));
        let paper = browser.get(&format!("/paper/{DAY}/{POINT}"));
        assert!(says(&paper, "page-paper-closed"), "{}", paper.html);
        let mut auditor = Browser::logged_in(app, "auditor");
        assert!(auditor.get(&at).html.contains("one lost"));
    });
}

#[test]
fn a_roll_call_is_entered_by_two_people_and_a_difference_is_decided() {
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1, 2]);
        app.at("2026-09-28T12:00:00+08:00");
        let [a, b] = [&held.tickets[0], &held.tickets[1]];
        let at = format!("/paper/{DAY}/{POINT}");
        let (mut first, mut second) = (Browser::logged_in(app, "point"), Browser::logged_in(app, "centre"));
        let send = |browser: &mut Browser, rest: &str| {
            let once = key(&browser.get(&at));
            browser.post(&at, &format!("once={once}&{rest}"))
        };
        let page = send(&mut first, &format!("came.{a}=yes&at.{a}=&at.{b}="));
        assert_eq!(page.status, 422);
        let wrong = text_with(Lang::Zh, "page-paper-wrong-roll", &[("ticket", a)]);
        assert!(page.html.contains(&wrong), "{}", page.html);
        let page = send(&mut first, &format!("came.{a}=yes&at.{a}=08:41&came.{b}=no&at.{b}="));
        assert_eq!(page.location, format!("{at}?waiting=2&agreed=0&different=0"));
        assert!(!second.get(&at).html.contains("08:41"), "nobody sees what the other has read");
        let page = send(&mut second, &format!("came.{a}=yes&at.{a}=08:47&came.{b}=no&at.{b}="));
        assert_eq!(page.location, format!("{at}?waiting=0&agreed=1&different=1"));

        let slip = format!("{at}/slip?ticket={a}&slip=attendance");
        assert!(first.get(&at).html.contains(&slip.replace('&', "&#38;")), "{}", first.get(&at).html);
        let page = first.get(&slip);
        assert!(page.html.contains("08:41") && page.html.contains("08:47"), "{}", page.html);
        let decide =
            |reason: &str, key: &str| format!("act=decide&once={key}&came=yes&at=08:47&reason={reason}");
        let once = key(&page);
        assert_eq!(first.post(&slip, &decide("", &once)).status, 422);
        let page = first.post(&slip, &decide("7", &once));
        assert_eq!(page.location, format!("{at}?waiting=0&agreed=1&different=0"));
        assert!(first.get(&slip).html.contains(&text(Lang::Zh, "page-paper-settled")));
        assert_eq!(first.get(&format!("{at}/slip?ticket=nobody&slip=attendance")).status, 404);
        assert_eq!(first.get(&format!("{at}/slip?ticket={a}&slip=other")).status, 404);
    });
}

#[test]
fn a_score_sheet_of_paper_is_entered_item_by_item() {
    let app = demo();
    an_exam_day(&app);
    let mut browser = Browser::logged_in(&app, "point");
    let slip = format!("/paper/{DAY}/P01/slip?ticket={TICKET}9&part=K1&examiner=E032");
    let page = browser.get(&slip);
    let fields: Vec<&str> = page.html.split("name=\"points.").skip(1).collect();
    assert!(fields.len() > 1, "{}", page.html);
    let points = fields.iter().map(|f| format!("&points.{}=1", f.split('"').next().unwrap()));
    let points: String = points.collect();
    let once = key(&page);
    let page = browser.post(&slip, &format!("act=enter&once={once}&points.nothing=1"));
    assert_eq!(page.status, 422, "{}", page.html);
    let sent = browser.post(&slip, &format!("act=enter&once={once}{points}"));
    assert_eq!(sent.location, format!("/paper/{DAY}/P01?waiting=1&agreed=0&different=0"), "{}", sent.html);
    let wrong = slip.replace("E032", "E001");
    let page = browser.post(&wrong, &format!("act=enter&once={once}-2{points}"));
    assert_eq!(page.status, 422, "no examiner of the session: {}", page.html);
    assert!(browser.get(&format!("/paper/{DAY}/P01")).html.contains("practical%3AK1%3AE032"));
}

#[test]
fn the_board_of_a_point_shows_everybody_masked_and_what_has_to_be_done_first() {
    on_both(|app| {
        an_exam_day(app);
        let mut browser = Browser::logged_in(app, "point");
        let page = browser.get("/?day=2026-09-28");
        for n in 1..=12 {
            let card = format!("<a class=\"board-card\" href=\"/candidates/{TICKET}{n}\">");
            let bad = format!("<a class=\"board-card board-bad\" href=\"/candidates/{TICKET}{n}\">");
            let shown = page.html.matches(&card).count() + page.html.matches(&bad).count();
            assert_eq!(shown, 1, "{n}: {}", page.html);
        }
        assert!(says(&page, "page-board-mismatch"), "{}", page.html);
        for link in ["/readiness/2026-09-28/P01", "/paper/2026-09-28/P01", "/close/2026-09-28/P01"] {
            assert!(page.html.contains(link), "{link}");
        }
        assert!(says(&page, "page-task-pack"), "{}", page.html);
        assert!(!says(&page, "page-block-results-due"), "only the centre publishes results");
        assert!(!identity_numbers().iter().any(|n| page.html.contains(n.as_str())));
        // Five days later the day still calls for its close.
        app.at("2026-10-03T08:00:00+08:00");
        let page = Browser::logged_in(app, "point").get("/");
        assert!(says(&page, "page-task-close"), "{}", page.html);
    });
}

#[test]
fn the_first_page_of_the_centre_has_the_weeks_ahead_the_deadlines_and_figures_with_tables() {
    let app = demo();
    an_exam_day(&app);
    let page = Browser::logged_in(&app, "centre").get("/?day=2026-09-28");
    for id in ["page-ahead", "page-lack-staff", "page-alarm-late", "page-plot-flow", "page-plot-queue"] {
        assert!(says(&page, id), "{id}: {}", page.html);
    }
    assert!(page.html.contains("S20261008-P02-01"), "{}", page.html);
    let drawn = page.html.matches("class=\"plot-figure\"").count();
    assert!(drawn >= 2 && page.html.matches("page-plot").count() == 0, "{drawn}");
    assert_eq!(page.html.matches("-table\"><summary>").count(), drawn, "a table for every figure");
    assert!(!page.html.contains("style="), "no inline style");
}

#[test]
fn blanks_are_taken_into_stock_and_given_to_kiosks_on_one_page() {
    on_both(|app| {
        let kiosk = crate::harness::Kiosk::new(app, POINT, 1);
        let at = format!("/blanks/{POINT}");
        let mut browser = Browser::logged_in(app, "point");
        let page = browser.get("/blanks");
        assert!(says(&page, "page-blanks-no-stock") && page.html.contains(&kiosk.id), "{}", page.html);
        let send = |browser: &mut Browser, to: &str, rest: &str| {
            let once = key(&browser.get(&at));
            browser.post(to, &format!("once={once}&{rest}"))
        };
        let page = send(&mut browser, &at, "from=A9&to=A1");
        assert!(page.status == 422 && page.html.contains("banner-bad"), "{}", page.html);
        let page = send(&mut browser, &at, "from=A0001&to=A0100");
        assert_eq!((page.status, page.location.as_str()), (303, format!("{at}?done=stocked").as_str()));
        let shares = format!("{at}/shares");
        let page = send(&mut browser, &shares, &format!("kiosk={}&from=A0001&to=A0010", kiosk.id));
        assert_eq!((page.status, page.location.as_str()), (303, format!("{at}?done=allotted").as_str()));
        let page = browser.get(&page.location);
        assert!(says(&page, "page-blanks-done-allotted") && says(&page, "page-blanks-few"), "{}", page.html);
        assert!(page.html.contains("A0001–A0010"), "{}", page.html);
        let auditor = Browser::logged_in(app, "auditor").get(&at);
        assert!(auditor.status == 200 && !auditor.html.contains("name=\"from\""), "{}", auditor.html);
        assert_eq!(Browser::logged_in(app, "point2").get(&at).status, 422);
    });
}
