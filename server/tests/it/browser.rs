//! Safe Exam Browser: a session that demands it gives its papers to nobody who does not show its settings.

use crate::exam::{SESSION, on_both, person, ticket};
use crate::harness::assert_rebuilds;
use server::app::Refusal;
use server::app::browser::{BrowserOrder, Shown, admit, demand, file, shown};
use shared::seb::sent;

const SITE: &str = "https://exam.example";
const PATH: &str = "/api/v1/seat/open";
const KEY: &str = "0f0e0d0c0b0a09080706050403020100ffeeddccbbaa99887766554433221100";

fn order(demanded: bool, exam_keys: &[&str]) -> BrowserOrder {
    BrowserOrder {
        demanded,
        site: SITE.to_owned(),
        quit_password: "leave".to_owned(),
        exam_keys: exam_keys.iter().map(|key| (*key).to_owned()).collect(),
    }
}

#[test]
fn a_session_that_demands_it_lets_only_its_settings_in_by_header_or_by_page() {
    on_both(1, false, |exam| {
        let app = &exam.app;
        let asked = |shown: &Shown| admit(app, &ticket(1), shown).map_err(|e| e.code());
        assert_eq!(asked(&Shown::default()), Ok(()), "nobody has demanded anything");
        let set = demand(app, &person("c1"), SESSION, order(true, &[]), None).unwrap();
        let (good, page) = (set.config_key.as_str(), format!("{SITE}/seat?session={SESSION}"));
        let here = format!("{SITE}{PATH}");
        let header = |hash: String| Shown { path: PATH.into(), config: Some(hash), ..Shown::default() };
        let paged = |hash: String, page: &str| Shown {
            path: PATH.into(),
            page: Some((hash, "-".into(), page.into())),
            ..Shown::default()
        };
        let wrong = good.replace(|c: char| c.is_ascii_digit(), "a");
        let table = [
            ("nothing", Shown::default(), false),
            ("the header of its settings", header(sent(&here, good)), true),
            ("in capitals", header(sent(&here, good).to_uppercase()), true),
            ("the key itself", header(good.to_owned()), false),
            ("the header for another address", header(sent(&page, good)), false),
            ("the header of other settings", header(sent(&here, &wrong)), false),
            ("what the page was told", paged(sent(&page, good), &page), true),
            (
                "what the page was told elsewhere",
                paged(sent("https://x.example/seat", good), "https://x.example/seat"),
                false,
            ),
            (
                "what a page was told that is no seat",
                paged(sent(&format!("{SITE}/my"), good), &format!("{SITE}/my")),
                false,
            ),
        ];
        for (what, shown, lets) in table {
            let expected = if lets { Ok(()) } else { Err("exam-browser-needed") };
            assert_eq!(asked(&shown), expected, "{what}");
        }
        demand(app, &person("c1"), SESSION, order(false, &[]), None).unwrap();
        assert_eq!(asked(&Shown::default()), Ok(()), "not demanded any more");
        assert_rebuilds(exam.test);
    });
}

#[test]
fn where_clients_are_named_the_settings_alone_are_not_enough() {
    on_both(1, false, |exam| {
        let app = &exam.app;
        let set = demand(app, &person("c1"), SESSION, order(true, &[KEY]), None).unwrap();
        let here = format!("{SITE}{PATH}");
        let config = Some(sent(&here, &set.config_key));
        let with =
            |exam: Option<String>| Shown { path: PATH.into(), config: config.clone(), exam, page: None };
        let asked = |shown: &Shown| admit(app, &ticket(1), shown).is_ok();
        assert!(!asked(&with(None)));
        assert!(!asked(&with(Some(sent(&here, &KEY.replace('f', "e"))))));
        assert!(asked(&with(Some(sent(&here, KEY)))));
    });
}

#[test]
fn the_file_holds_what_the_key_was_made_of_and_is_there_only_where_it_is_demanded() {
    on_both(1, false, |exam| {
        let app = &exam.app;
        assert_eq!((shown(app, SESSION).unwrap(), file(app, SESSION).unwrap()), (None, None));
        let set = demand(app, &person("c1"), SESSION, order(true, &[KEY]), None).unwrap();
        assert_eq!(shown(app, SESSION).unwrap(), Some(set));
        let text = file(app, SESSION).unwrap().unwrap();
        assert!(text.contains(&format!("<string>{SITE}/seat?session={SESSION}</string>")), "{text}");
        // `printf leave | sha256sum`
        assert!(
            !text.contains(">leave<") && text.contains("<key>hashedQuitPassword</key><string>"),
            "{text}"
        );
        let served = exam.test.http().get(&format!("/sessions/{SESSION}/exam.seb"));
        assert_eq!((served.status, served.content_type.as_str()), (200, "application/seb"));
        assert_eq!(served.bytes, text.into_bytes());
        demand(app, &person("c1"), SESSION, order(false, &[]), None).unwrap();
        assert_eq!(exam.test.http().get(&format!("/sessions/{SESSION}/exam.seb")).status, 404);
    });
}

#[test]
fn an_order_that_makes_no_sense_changes_nothing() {
    on_both(1, false, |exam| {
        let app = &exam.app;
        let changed = |change: fn(&mut BrowserOrder)| {
            let mut order = order(true, &[]);
            change(&mut order);
            order
        };
        let table = [
            ("no site", changed(|o| o.site.clear())),
            ("a site without a scheme", changed(|o| o.site = "exam.example".into())),
            ("a site with a path", changed(|o| o.site = "https://exam.example/a".into())),
            ("a short key", changed(|o| o.exam_keys = vec!["abc".into()])),
            ("a key of other letters", changed(|o| o.exam_keys = vec!["x".repeat(64)])),
            ("too many keys", changed(|o| o.exam_keys = (0..51).map(|n| format!("{n:064x}")).collect())),
            ("a password without end", changed(|o| o.quit_password = "x".repeat(65))),
        ];
        for (what, order) in table {
            let refused = demand(app, &person("c1"), SESSION, order, None).map_err(|e| e.code());
            assert_eq!(refused.unwrap_err(), "field-invalid", "{what}");
        }
        assert_eq!(shown(app, SESSION).unwrap(), None);
        let unknown = demand(app, &person("c1"), "S0", order(true, &[]), None).map_err(|e| e.code());
        assert_eq!(unknown.unwrap_err(), "session-unknown");
    });
}
