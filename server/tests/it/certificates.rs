//! Certificates: who gets one, by when, and that anyone can check it.

use crate::harness::{TestApp, assert_rebuilds, code, on_both, on_both_with, person};
use crate::held::{ended, held};
use serde_json::json;
use server::app::auth::Throttle;
use server::app::certificates::public::{Answer, Standing, check_code, check_number};
use server::app::{certificates, masks, results, tickets};
use server::event::Fact;
use shared::certificate::code::{self as codes, Verdict};
use shared::time::Date;
use shared::wire::keys;

const START: &str = "2026-09-28T09:00:00+08:00";
const EVENING: &str = "2026-09-28T17:00:00+08:00";

/// Whether documents can be made here; says so where not.
fn can_print() -> bool {
    server::pdf::fonts::fonts().map_err(|e| println!("skipped: {e}")).is_ok()
}

#[test]
fn results_are_published_once_everybody_has_one() {
    on_both(|app| {
        let held = held(app, START, &[1, 2, 3, 4]);
        app.at(EVENING);
        let centre = person(app, "centre");
        let publish = || results::publish(app, &centre, &held.session, None);
        assert_eq!(code(&certificates::issue(app, &centre, &held.session, None)), "results-not-published");
        for (number, outcome) in ["absent", "failed", "theory_passed", "removed"].into_iter().enumerate() {
            assert_eq!(code(&publish()), "still-pending");
            ended(app, &held.tickets[number], outcome);
        }
        assert_eq!(code(&publish()), "still-pending", "the practical is still to come");
        ended(app, &held.tickets[2], "passed");
        let o = publish().unwrap().outcomes;
        assert_eq!((o.registered, o.absent, o.failed, o.passed, o.removed, o.pending), (4, 1, 1, 1, 1, 0));
        assert_eq!(code(&publish()), "session-state");
        assert_eq!(code(&results::publish(app, &centre, "S-none", None)), "session-unknown");
        assert_rebuilds(app);
    });
}

#[test]
fn who_passed_gets_one_certificate_and_anyone_can_check_it_with_the_public_key() {
    if !can_print() {
        return;
    }
    on_both(|app| {
        let held = held(app, START, &[1, 2, 3]);
        app.at(EVENING);
        let centre = person(app, "centre");
        for (ticket, outcome) in held.tickets.iter().zip(["passed", "passed", "failed"]) {
            ended(app, ticket, outcome);
        }
        results::publish(app, &centre, &held.session, None).unwrap();
        let report = certificates::issue(app, &centre, &held.session, None).unwrap();
        assert!(report.refused.is_empty(), "{:?}", report.refused);
        let issued: Vec<_> = report.issued.iter().map(|i| i.ticket.clone()).collect();
        assert_eq!(issued, held.tickets[..2]);
        assert!(report.issued.iter().all(|i| i.due.as_deref() == Some("2026-10-10")));
        let again = certificates::issue(app, &centre, &held.session, None).unwrap();
        assert!(again.issued.is_empty(), "nobody gets two");

        let (shown, text) = certificates::show(app, &centre, &report.issued[0].certificate).unwrap();
        let days = (shown.valid_from.as_str(), shown.valid_to.as_str(), shown.review_due.as_deref());
        assert_eq!(days, ("2026-09-28", "2032-09-27", Some("2029-09-27")));
        assert!(shown.name_masked.contains('*'));
        let published = app.http().get("/api/v1/keys.json");
        let keys = keys::parse(std::str::from_utf8(&published.bytes).unwrap()).unwrap();
        let opened = codes::open(&text, &keys, Date::parse("2026-09-28").unwrap());
        let claims = opened.claims.unwrap();
        assert_eq!(
            (opened.verdict, claims.certificate_id.as_str()),
            (Verdict::Valid, shown.certificate.as_str())
        );
        assert_eq!(claims.number.as_str(), format!("T{}", claims.number.id_number().as_str()));
        assert_eq!((claims.issuer.as_str(), claims.category_zh.as_str()), ("演示市应急管理局", "电工作业"));

        let pdf = certificates::pdf(app, &person(app, "point"), &shown.certificate).unwrap();
        assert!(pdf.starts_with(b"%PDF") && pdf.len() < 100_000, "{} bytes", pdf.len());
        let reads = app.dump("events").iter().filter(|e| e.contains("personal_data_read")).count();
        assert!(reads >= 2, "each reading is recorded");
        assert_eq!(code(&certificates::show(app, &centre, "C-none")), "certificate-unknown");
        assert_eq!(code(&certificates::show(app, &centre, "../x")), "certificate-unknown");

        let verify = |text: &str| app.http().post("/api/v1/verify", &json!({ "text": text })).ok();
        assert_eq!(verify(&text)["verdict"], "valid");
        assert_eq!(verify("KD1:nothing")["verdict"], "malformed");
        assert_rebuilds(app);
    });
}

#[test]
fn a_deadline_awaits_a_calendar_that_is_not_published_and_is_told_once_it_is() {
    if !can_print() {
        return;
    }
    on_both(|app| {
        // Applications are good for sixty days, so the session is early in the new year's shadow.
        let held = held(app, "2026-10-09T09:00:00+08:00", &[1]);
        let late = crate::held::held(app, "2026-10-20T09:00:00+08:00", &[2]);
        app.at("2026-10-20T17:00:00+08:00");
        let due: Vec<_> = [&held, &late].iter().map(|h| issue_all(app, &h.session, &h.tickets)).collect();
        assert_eq!(due, [[Some("2026-10-15".to_owned())], [Some("2026-10-27".to_owned())]]);
        let (items, total) =
            certificates::list(app, &person(app, "centre"), Some("2026-10-15"), (0, 50)).unwrap();
        assert_eq!((items.len(), total), (1, 1));
        assert_eq!(items[0].ticket, held.tickets[0]);
    });
    on_both_with(without_calendar, |app| {
        let held = held(app, START, &[1]);
        app.at(EVENING);
        assert_eq!(issue_all(app, &held.session, &held.tickets), [None]);
        let centre = person(app, "centre");
        let due = || certificates::list(app, &centre, None, (0, 50)).unwrap().0[0].due.clone();
        assert_eq!(due(), None, "awaiting the calendar");
        let toml = std::fs::read_to_string(crate::small::fixtures().join("calendar/2026.toml")).unwrap();
        app.tell(vec![Fact::CalendarLoaded(server::event::CalendarLoaded { year: 2026, toml })]);
        assert_eq!(due().as_deref(), Some("2026-10-10"));
        assert_rebuilds(app);
    });
}

/// The demo world in which nobody has published the holidays of 2026.
fn without_calendar(app: &TestApp) {
    crate::harness::world_of_demo(app);
    let empty = "year = 2026\nsource = \"\"\noff = []\nwork = []\n".to_owned();
    app.tell(vec![Fact::CalendarLoaded(server::event::CalendarLoaded { year: 2026, toml: empty })]);
}

fn issue_all(app: &TestApp, session: &str, tickets: &[String]) -> Vec<Option<String>> {
    let centre = person(app, "centre");
    for ticket in tickets {
        ended(app, ticket, "passed");
    }
    results::publish(app, &centre, session, None).unwrap();
    let report = certificates::issue(app, &centre, session, None).unwrap();
    report.issued.into_iter().map(|i| i.due).collect()
}

#[test]
fn a_ticket_is_printed_for_those_whom_it_concerns() {
    if !can_print() {
        return;
    }
    on_both(|app| {
        let held = held(app, START, &[1]);
        let candidate =
            app.db.read(|c| server::db::sessions::candidate(c, &held.tickets[0])).unwrap().unwrap();
        let mut training = person(app, "training");
        for (organisation, expected) in [(candidate.institution.as_str(), "ok"), ("T99", "ticket-unknown")] {
            training.organisation = Some(organisation.to_owned());
            assert_eq!(code(&tickets::pdf(app, &training, &held.tickets[0])), expected, "{organisation}");
        }
        let mut point = person(app, "point");
        for (at, expected) in [("P01", "ok"), ("P02", "ticket-unknown")] {
            point.point = Some(at.to_owned());
            assert_eq!(code(&tickets::pdf(app, &point, &held.tickets[0])), expected, "{at}");
        }
        assert_eq!(code(&tickets::pdf(app, &person(app, "centre"), "nobody")), "ticket-unknown");
        let answer = app.logged_in("centre").get(&format!("/api/v1/tickets/{}/pdf", held.tickets[0]));
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/pdf"));
        assert!(answer.bytes.starts_with(b"%PDF") && answer.bytes.len() < 100_000);
    });
}

#[test]
fn anybody_checks_a_certificate_by_number_and_name_or_by_its_code_and_sees_masks_only() {
    if !can_print() {
        return;
    }
    on_both(|app| {
        let held = held(app, START, &[1]);
        app.at(EVENING);
        let centre = person(app, "centre");
        ended(app, &held.tickets[0], "passed");
        results::publish(app, &centre, &held.session, None).unwrap();
        certificates::issue(app, &centre, &held.session, None).unwrap();
        let found =
            app.db.read(|conn| server::db::mine::certificate(conn, &held.tickets[0])).unwrap().unwrap();
        let issued = app.db.read(|conn| server::db::certificates::find(conn, &found.id)).unwrap().unwrap();
        let name = masks::open_name(app, &issued.name).unwrap();
        let (_, code) = certificates::show(app, &centre, &found.id).unwrap();
        let throttle = Throttle::default();
        let answers = [
            check_number(app, &throttle, &format!(" {} ", found.id), name.as_str()).unwrap(),
            check_code(app, &code).unwrap(),
        ];
        for answer in answers {
            let Answer::Found(checked) = answer else { panic!("{answer:?}") };
            assert_eq!(
                (checked.certificate.as_str(), checked.standing),
                (found.id.as_str(), Standing::Valid)
            );
            assert!(checked.name.contains('*') && checked.name != name.as_str(), "{}", checked.name);
        }
        for (number, name) in
            [(found.id.as_str(), "\u{738b}\u{4e94}"), ("C-none", name.as_str()), ("", ""), ("no id", "")]
        {
            assert_eq!(check_number(app, &throttle, number, name).unwrap(), Answer::NotFound, "{number}");
        }
        assert!(matches!(check_code(app, "KD1:CHANGED").unwrap(), Answer::NotOurs(_)));
        for _ in 0..7 {
            check_number(app, &throttle, &found.id, "\u{674e}").unwrap();
        }
        assert_eq!(code_of_guess(app, &throttle, &found.id), "login-throttled");
    });
}

fn code_of_guess(app: &TestApp, throttle: &Throttle, number: &str) -> &'static str {
    code(&check_number(app, throttle, number, "\u{674e}"))
}
