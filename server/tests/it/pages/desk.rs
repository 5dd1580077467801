//! The desk pages of the centre: banks, draws, rules, registration, tickets.

use super::browser::{Browser, Page};
use super::{an_exam_day, demo, identity_numbers};
use crate::harness::{TestApp, assert_rebuilds, on_both, on_both_with, person};
use crate::sessions::{LOW_VOLTAGE, filled, order, seat};
use crate::small::{self, fixture};
use server::app::assign;
use server::db::events;
use server::portrait::{encode, portrait};
use server::text::{Lang, text};

const NUMBER: &str = "410392198605168196";

/// Value of the hidden key of the first form that has one.
fn key(page: &Page) -> String {
    let after = page.html.split("name=\"once\" value=\"").nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

fn zh(id: &str) -> String {
    text(Lang::Zh, id)
}

fn events_of(app: &TestApp) -> i64 {
    app.db.read(events::count).unwrap()
}

/// The kept file that the report of a check is about.
fn kept(location: &str) -> String {
    location.split("file=").nth(1).unwrap().split('#').next().unwrap().to_owned()
}

#[test]
fn a_bank_is_looked_over_first_and_imported_once_it_is_confirmed() {
    on_both_with(small::load, |app| {
        let mut browser = Browser::logged_in(app, "centre");
        let page = browser.get("/banks");
        assert!(page.html.contains("href=\"/banks/welding-fusion\""), "{}", page.html);
        let file = fixture("banks/welding-fusion.json");
        let before = events_of(app);
        let looked = browser.send("/banks/welding-fusion/check", &[], ("file", "焊接.json", &file));
        assert_eq!(looked.status, 303, "{}", looked.html);
        let report = browser.get(looked.location.split('#').next().unwrap());
        assert_eq!(report.status, 200);
        assert!(
            report.html.contains(&zh("page-banks-dry")) && report.html.contains("焊接.json"),
            "{}",
            report.html
        );
        assert_eq!(events_of(app), before, "a look changes nothing");
        let form = format!("once={}-i&file={}", key(&report), kept(&looked.location));
        for (round, said) in [("first", "imported"), ("again, by the same form", "imported")] {
            let page = browser.post("/banks/welding-fusion/import", &form);
            assert_eq!(page.location, format!("/banks/welding-fusion?done={said}"), "{round}: {}", page.html);
        }
        assert_eq!(events_of(app), before + 2, "the bank, and the commitment for the draw of its sets");
        let form = format!("once=another-form&file={}", kept(&looked.location));
        let page = browser.post("/banks/welding-fusion/import", &form);
        assert_eq!(page.location, "/banks/welding-fusion?done=already");
        assert_eq!(events_of(app), before + 2, "the same file twice changes nothing");
        assert!(browser.get("/banks").html.contains("焊接.json"));
        assert_rebuilds(app);
    });
}

#[test]
fn a_file_for_practising_is_looked_over_and_takes_the_place_of_the_one_before() {
    on_both_with(small::load, |app| {
        let mut browser = Browser::logged_in(app, "centre");
        let look = |browser: &mut Browser, file: &[u8]| {
            let sent = ("file", "练习.json", file);
            let looked = browser.send("/banks/welding-fusion/check", &[("practice", "yes")], sent);
            let address = looked.location.split('#').next().unwrap().to_owned();
            assert!(address.ends_with("&practice=yes"), "{address}");
            let name = kept(&looked.location).split('&').next().unwrap().to_owned();
            (browser.get(&address), name)
        };
        for number in 1..=2 {
            let file = format!("[{{\"category\":\"判断题\",\"title\":\"练习 {number}\",\"answers\":\"A\"}}]");
            let (report, name) = look(&mut browser, file.as_bytes());
            assert!(report.html.contains(&zh("page-banks-practice-what")), "{}", report.html);
            let form = format!("once=practice{number}&practice=yes&file={name}");
            let page = browser.post("/banks/welding-fusion/import", &form);
            assert_eq!(page.location, "/banks/welding-fusion?done=imported", "{}", page.html);
        }
        let page = browser.get("/banks/welding-fusion");
        let now = format!("{}</span>", zh("page-practice-bank-now"));
        assert_eq!(page.html.matches(&now).count(), 1, "the newest alone: {}", page.html);
        assert!(page.html.contains("welding-fusion-practice-2"), "{}", page.html);
        // What is in a set is not offered for import.
        let file = fixture("banks/welding-fusion.json");
        let looked = browser.send("/banks/welding-fusion/check", &[], ("file", "a.json", &file));
        browser.post("/banks/welding-fusion/import", &format!("once=a&file={}", kept(&looked.location)));
        browser.post("/banks/welding-fusion/sets", "once=s&bank=welding-fusion-bank-1&rule_set=");
        let (report, name) = look(&mut browser, &file);
        assert!(!report.html.contains("action=\"/banks/welding-fusion/import\""), "{}", report.html);
        let form = format!("once=again&practice=yes&file={name}");
        assert_eq!(browser.post("/banks/welding-fusion/import", &form).status, 422);
    });
}

#[test]
fn a_file_that_is_no_bank_is_refused_in_words_at_the_field_and_changes_nothing() {
    on_both_with(small::load, |app| {
        let mut browser = Browser::logged_in(app, "centre");
        let before = events_of(app);
        let large = vec![b' '; 9 * 1024 * 1024];
        let table: [(&str, &[u8], &str); 7] = [
            ("a.json", &large, "page-banks-file-too-large"),
            ("", b"", "page-banks-file-none"),
            ("a.csv", b" \n", "page-banks-file-empty"),
            ("a.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1], "page-banks-file-xls"),
            ("a.xlsx", b"abc", "page-banks-file-not-xlsx"),
            ("a.csv", &[0xff, 0x41, 0x80], "page-banks-file-encoding"),
            ("a.xlsx", b"PK\x03\x04abc", "page-banks-file-workbook"),
        ];
        for (name, file, id) in table {
            let page = browser.send("/banks/welding-fusion/check", &[], ("file", name, file));
            assert_eq!(page.status, 422, "{name}");
            assert!(
                page.html.contains(&zh(id)) && page.html.contains("id=\"bank-error\""),
                "{name}: {}",
                page.html
            );
        }
        for (name, file, part) in [
            ("a.json", "[{\"category\":", "JSON"),
            ("a.csv", "试题类型,题目内容\n", "题目选项, 题目答案"),
            ("a.json", "[{\"category\":\"判断题\",\"title\":\"\",\"choices\":\"\",\"answers\":\"A\"}]", "1"),
        ] {
            let page = browser.send("/banks/welding-fusion/check", &[], ("file", name, file.as_bytes()));
            assert!(page.status == 422 && page.html.contains(part), "{name}: {}", page.html);
        }
        let gone = browser.post("/banks/welding-fusion/import", &format!("once=a&file={}", "0".repeat(64)));
        assert!(gone.status == 422 && gone.html.contains(&zh("problem-bank-file-gone")), "{}", gone.html);
        let other = app.blobs.put(b"a portrait").unwrap();
        let page = browser.post("/banks/welding-fusion/import", &format!("once=b&file={other}"));
        assert_eq!(page.status, 422, "no other attachment is taken for a bank");
        assert_eq!(events_of(app), before);
        assert_eq!(browser.get("/banks/nowhere").status, 422);
    });
}

#[test]
fn doubtful_rows_are_shown_side_by_side_and_refused_ones_with_their_reason() {
    on_both_with(small::load, |app| {
        let file = "试题类型,题目内容,题目选项,题目答案\n\
            判断题,带电作业要有人监护。,**A、正确**B、错误,A\n\
            判断题,带电作业要有人监护。,**A、正确**B、错误,B\n\
            单选题,安全电压是（ ）,**A、36V**B、36V,A\n\
            判断题,停电后可以直接作业。,**A、正确**B、错误,B\n";
        let mut browser = Browser::logged_in(app, "centre");
        let looked = browser.send("/banks/welding-fusion/check", &[], ("file", "a.csv", file.as_bytes()));
        let page = browser.get(looked.location.split('#').next().unwrap());
        for id in ["page-banks-suspect-contradiction", "page-banks-row-equal-options"] {
            assert!(page.html.contains(&zh(id)), "{id}: {}", page.html);
        }
        assert_eq!(page.html.matches("带电作业要有人监护。").count(), 2, "{}", page.html);
        assert!(!Browser::logged_in(app, "auditor").get(&looked.location).html.contains("带电作业"));
    });
}

#[test]
fn sets_are_drawn_by_one_and_published_by_another() {
    on_both_with(small::load, |app| {
        let mut first = Browser::logged_in(app, "centre");
        let file = fixture("banks/welding-fusion.json");
        let looked = first.send("/banks/welding-fusion/check", &[], ("file", "a.json", &file));
        first.post("/banks/welding-fusion/import", &format!("once=a&file={}", kept(&looked.location)));
        let short = "once=s1&bank=welding-fusion-bank-1&rule_set=nowhere@1";
        let page = first.post("/banks/welding-fusion/sets", short);
        assert!(page.status == 422 && page.html.contains(&zh("page-banks-rules")), "{}", page.html);
        let page = first.post("/banks/welding-fusion/sets", "once=s2&bank=welding-fusion-bank-1&rule_set=");
        assert_eq!(page.location, "/banks/welding-fusion?done=assembled", "{}", page.html);
        let publish = "/banks/welding-fusion/publish/welding-fusion-question_sets-1";
        let own = first.post(publish, "once=p1");
        assert!(own.status == 422 && own.html.contains(&zh("problem-second-person-needed")), "{}", own.html);
        let mut second = Browser::logged_in(app, "centre2");
        assert_eq!(second.post(publish, "once=p2").location, "/banks/welding-fusion?done=published");
        let again = second.post(publish, "once=p3");
        assert!(again.status == 422 && again.html.contains(&zh("page-banks-not-waiting")), "{}", again.html);
        let sealed = second.get("/draws/welding-fusion-question_sets-1?check=1");
        assert_eq!(sealed.status, 200);
        assert!(sealed.html.contains(&zh("page-draws-sealed-sets")), "{}", sealed.html);
        assert!(!sealed.html.contains(&zh("page-draws-established")));
        assert_rebuilds(app);
    });
}

#[test]
fn a_draw_is_told_in_words_and_checked_line_by_line() {
    on_both(|app| {
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, "2026-09-28T09:00:00+08:00"), 1..=6);
        let seated = seat(app, &session);
        let staffed = assign::assign(app, &person(app, "centre"), &session, None).unwrap();
        app.at("2026-09-28T07:00:00+08:00");
        let mut browser = Browser::logged_in(app, "auditor");
        let list = browser.get("/draws");
        for draw in [&seated.draws.seating, &staffed.draw] {
            assert!(list.html.contains(&format!("/draws/{draw}")), "{}", list.html);
        }
        assert!(list.html.contains("祁一鸣"), "who had it made");
        let one = browser.get(&format!("/draws?kind=staff&day=&subject={session}"));
        assert!(
            one.html.contains(&staffed.draw) && !one.html.contains(&seated.draws.seating),
            "{}",
            one.html
        );
        assert_eq!(browser.get("/draws?day=yesterday").status, 422);
        assert_eq!(browser.get("/draws/nothing").status, 404);
        let staff = browser.get(&format!("/draws/{}?check=1", staffed.draw));
        for id in ["page-draws-established", "page-draws-check-result-yes", "page-draws-rule-card-missing"] {
            assert!(staff.html.contains(&zh(id)), "{id}: {}", staff.html);
        }
        let seats = browser.get(&format!("/draws/{}", seated.draws.seating));
        assert!(seats.html.contains("draw_check.py") && seats.html.contains("draw-verify"), "{}", seats.html);
        assert!(!seats.html.contains(&zh("page-draws-established")), "not asked for");
        assert!(identity_numbers().iter().all(|n| !seats.html.contains(n.as_str())));
        let sealed = browser.get(&format!("/draws/{}", seated.draws.sets));
        assert!(sealed.html.contains(&zh("page-draws-sealed")), "{}", sealed.html);
    });
}

#[test]
fn rules_are_compared_two_at_least_and_say_where_they_come_from() {
    let app = demo();
    an_exam_day(&app);
    let mut browser = Browser::logged_in(&app, "inspector");
    let page = browser.get("/rules");
    assert_eq!(page.status, 200);
    assert!(page.html.contains("国家安全生产监督管理总局令第30号"), "{}", page.html);
    assert!(page.html.contains(&zh("page-rules-not-published")));
    let two = browser.get("/rules?set=national%402026.1&set=suzhou%402026.1&only=1");
    assert!(two.html.contains(&zh("page-rules-differs")), "{}", two.html);
    assert!(!two.html.contains(&zh("page-rules-key-pass-mark")), "what is the same is left out");
    for (query, id) in [("set=national%402026.1", "page-rules-too-few"), ("only=1", "page-rules-too-few")] {
        let page = browser.get(&format!("/rules?{query}"));
        assert!(page.status == 422 && page.html.contains(&zh(id)), "{query}: {}", page.html);
    }
    let unknown = browser.get("/rules?set=national%402026.1&set=nowhere%401");
    assert!(unknown.status == 422 && unknown.html.contains("nowhere@1"), "{}", unknown.html);
}

fn application<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("once", "form-1"),
        ("name", "王建明"),
        ("id_number", NUMBER),
        ("trade", LOW_VOLTAGE),
        ("kind", "first"),
        ("education", "junior"),
        ("theory_hours", "88"),
        ("practical_hours", "60"),
        ("health_promise", "yes"),
        ("applied_on", "2026-08-31"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

#[test]
fn everything_that_is_wrong_with_an_application_is_said_at_once_and_nothing_typed_is_lost() {
    on_both_with(small::load, |app| {
        let mut browser = Browser::logged_in(app, "centre");
        let before = events_of(app);
        let wrong = application(&[
            ("name", ""),
            ("id_number", "440524198001010014"),
            ("phone", "12"),
            ("kind", "renewal"),
            ("theory_hours", "many"),
            ("applied_on", "2099-01-01"),
            ("trade", "nothing"),
        ]);
        let page = browser.send("/people/new", &wrong, ("portrait", "a.jpg", b"no picture"));
        assert_eq!(page.status, 422);
        let words = ["empty", "check-digit", "phone", "issued", "hours", "future", "choice", "portrait"];
        for word in words {
            assert!(page.html.contains(&zh(&format!("page-register-wrong-{word}"))), "{word}: {}", page.html);
        }
        for field in ["name", "id_number", "phone", "trade", "institution", "theory_hours", "portrait"] {
            assert!(page.html.contains(&format!("id=\"{field}-error\"")), "{field}");
        }
        assert!(page.html.contains("value=\"440524198001010014\"") && page.html.contains("value=\"many\""));
        assert_eq!(events_of(app), before);
    });
}

#[test]
fn an_institution_registers_its_own_people_and_sees_no_others() {
    on_both_with(small::load, |app| {
        let picture = encode(&portrait("王建明")).unwrap();
        let mut own = Browser::logged_in(app, "training");
        let fields = application(&[]);
        let first = own.send("/people/new", &fields, ("portrait", "a.jpg", &picture));
        assert!(first.status == 303 && first.location.starts_with("/people/new?done="), "{}", first.html);
        let again = own.send("/people/new", &fields, ("portrait", "a.jpg", &picture));
        assert_eq!(again.location, first.location, "a double click does nothing twice");
        let second =
            own.send("/people/new", &application(&[("once", "form-2")]), ("portrait", "a.jpg", &picture));
        assert!(second.html.contains(&zh("page-register-wrong-registered")), "{}", second.html);
        let page = own.get("/people");
        assert!(page.html.contains("王*明") && !page.html.contains(NUMBER), "{}", page.html);
        assert_eq!(own.get("/people/N-0001").status, 403);
        let foreign =
            application(&[("once", "form-3"), ("institution", "T02"), ("id_number", "410191198209285748")]);
        let page = own.send("/people/new", &foreign, ("portrait", "a.jpg", &picture));
        assert_eq!(page.status, 422, "an institution registers for itself alone");
        assert!(!Browser::logged_in(app, "training2").get("/people").html.contains("王*明"));
        assert!(Browser::logged_in(app, "centre").get("/people").html.contains("王*明"));
        assert_rebuilds(app);
    });
}

#[test]
fn the_tickets_of_a_session_are_one_document_and_a_page_of_codes() {
    on_both(|app| {
        an_exam_day(app);
        let session = "/sessions/S20260928-P01-01/tickets";
        let mut point = Browser::logged_in(app, "point");
        let before = events_of(app);
        let page = point.get(session);
        assert_eq!(page.html.matches("class=\"desk-slip\"").count(), 12, "{}", page.html);
        assert_eq!(events_of(app), before + 12, "every reading is recorded");
        let document = point.get(&format!("{session}.pdf"));
        assert_eq!((document.status, document.media.as_str()), (200, "application/pdf"));
        assert!(document.html.starts_with("%PDF"));
        let mut other = Browser::logged_in(app, "point2");
        assert_eq!(other.get(session).status, 404);
        assert_eq!(other.get(&format!("{session}.pdf")).status, 404);
        let empty = "/sessions/S20261008-P02-01/tickets";
        assert!(other.get(empty).html.contains(&zh("page-tickets-none")));
        assert_eq!(other.get(&format!("{empty}.pdf")).status, 409);
    });
}
