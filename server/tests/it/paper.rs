//! The paper of an exam point's day: the pack, and what is entered from it by two people.

use crate::harness::{TestApp, assert_rebuilds, code, on_both, person};
use crate::held::{POINT, held};
use serde_json::json;
use server::app::auth::Person;
use server::app::days;
use server::app::paper::{self as cases, Decision, EnterOrder, Entered, PaperError, Slip, SlipState};
use shared::double_entry::Fields;

const DAY: &str = "2026-09-28";

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(f, v)| ((*f).to_owned(), (*v).to_owned())).collect()
}

/// Another member of the point's staff.
fn colleague(app: &TestApp) -> Person {
    let mut other = person(app, "point");
    other.account = "acc-point-2".into();
    other.display_name = "乙".into();
    other
}

fn roll(ticket: &str, pairs: &[(&str, &str)]) -> Vec<EnterOrder> {
    vec![EnterOrder { ticket: ticket.to_owned(), slip: Slip::Attendance, fields: fields(pairs) }]
}

fn came(at: &str) -> [(&'static str, &str); 2] {
    [("came", "yes"), ("at", at)]
}

fn enter(app: &TestApp, by: &Person, orders: Vec<EnterOrder>) -> Result<Entered, PaperError> {
    cases::enter(app, by, (DAY, POINT), orders, None)
}

#[test]
fn what_two_people_read_alike_is_recorded_and_what_one_read_is_not() {
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1, 2]);
        app.at("2026-09-28T09:31:00+08:00");
        let (first, second) = (person(app, "point"), colleague(app));
        let [a, b] = [&held.tickets[0], &held.tickets[1]];
        let counts = |e: Entered| (e.waiting, e.agreed, e.different);

        assert_eq!(counts(enter(app, &first, roll(a, &came("8:41"))).unwrap()), (1, 0, 0));
        let seen = cases::show(app, &second, DAY, POINT).unwrap();
        let line = seen.sessions[0].people.iter().find(|p| p.ticket == *a).unwrap();
        assert_eq!((line.slip.state, line.slip.mine.len(), line.checked_in), (SlipState::Second, 0, false));
        assert_eq!(counts(enter(app, &first, roll(a, &came("08:42"))).unwrap()), (1, 0, 0), "corrected");
        assert_eq!(counts(enter(app, &second, roll(a, &came("8：42"))).unwrap()), (0, 1, 0));
        assert_eq!(code(&enter(app, &first, roll(a, &came("08:43")))), "paper-already-entered");

        enter(app, &second, roll(b, &[("came", "no")])).unwrap();
        enter(app, &first, roll(b, &[("came", "no")])).unwrap();
        let shown = cases::show(app, &first, DAY, POINT).unwrap();
        let effects: Vec<_> = shown.sessions[0]
            .people
            .iter()
            .map(|p| (p.ticket.clone(), p.slip.settled.as_ref().unwrap().effect.clone(), p.checked_in))
            .collect();
        assert!(effects.contains(&(a.clone(), "check_in".into(), true)), "{effects:?}");
        assert!(effects.contains(&(b.clone(), "absence".into(), false)), "{effects:?}");
        assert_eq!(days::summary(app, &first, DAY, POINT).unwrap().outcomes.absent, 1);
        assert_rebuilds(app);
    });
}

#[test]
fn a_difference_is_decided_with_a_reason_and_keeps_the_day_open_until_then() {
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1]);
        app.at("2026-09-28T12:00:00+08:00");
        let (first, second) = (person(app, "point"), colleague(app));
        let ticket = &held.tickets[0];
        enter(app, &first, roll(ticket, &came("08:41"))).unwrap();
        let differ = enter(app, &second, roll(ticket, &came("08:47"))).unwrap();
        assert_eq!(differ.different, 1);
        let shown = cases::show(app, &first, DAY, POINT).unwrap();
        let slip = &shown.sessions[0].people[0].slip;
        assert_eq!(slip.state, SlipState::Different);
        assert_eq!(slip.differences[0].first.as_deref(), Some("08:41"));
        assert_eq!(days::summary(app, &first, DAY, POINT).unwrap().paper_open, 1);

        let decide = |reason: &str, at: &str| {
            let (slip, reason) = (Slip::Attendance, reason.to_owned());
            let decision = Decision { ticket: ticket.clone(), slip, fields: fields(&came(at)), reason };
            cases::decide(app, &second, (DAY, POINT), decision, None)
        };
        assert_eq!(code(&decide(" ", "08:47")), "field-invalid");
        assert_eq!(code(&decide("字迹是 7", "25:47")), "field-invalid");
        decide("字迹是 7", "08:47").unwrap();
        assert_eq!(code(&decide("字迹是 7", "08:47")), "nothing-to-settle");
        assert_eq!(days::summary(app, &first, DAY, POINT).unwrap().paper_open, 0);
        assert_rebuilds(app);
    });
}

#[test]
fn paper_that_cannot_be_true_is_refused_and_nothing_of_the_sending_is_written() {
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1, 2]);
        app.at("2026-09-28T09:10:00+08:00");
        let (first, second) = (person(app, "point"), colleague(app));
        let ticket = &held.tickets[0];
        let mut elsewhere = person(app, "point");
        elsewhere.point = Some("P02".into());
        assert_eq!(code(&enter(app, &elsewhere, roll(ticket, &came("08:41")))), "day-unknown");
        for pairs in [&[("came", "yes")][..], &[("came", "perhaps")][..], &came("8h41")[..]] {
            assert_eq!(code(&enter(app, &first, roll(ticket, pairs))), "field-invalid", "{pairs:?}");
        }
        let mut orders = roll(ticket, &came("08:41"));
        orders.extend(roll("20260928-9999", &came("08:41")));
        assert_eq!(code(&enter(app, &first, orders)), "ticket-unknown");
        let marks = EnterOrder {
            ticket: ticket.clone(),
            slip: Slip::Practical { part: "K1".into(), examiner: "S-01".into() },
            fields: fields(&[("points.1", "10")]),
        };
        assert_eq!(code(&enter(app, &first, vec![marks])), "not-passed-theory");
        // Nobody is absent while he may still come.
        enter(app, &first, roll(ticket, &[("came", "no")])).unwrap();
        assert_eq!(code(&enter(app, &second, roll(ticket, &[("came", "no")]))), "paper-contradicts");
        let shown = cases::show(app, &second, DAY, POINT).unwrap();
        assert_eq!((shown.count(SlipState::Second), shown.count(SlipState::Empty)), (1, 1));
    });
}

#[test]
fn the_pack_is_one_document_and_its_printing_is_an_event() {
    if let Err(e) = server::pdf::fonts::fonts() {
        return println!("skipped: {e}");
    }
    on_both(|app| {
        held(app, "2026-09-28T09:00:00+08:00", &[1, 2, 3]);
        let staff = person(app, "point");
        assert_eq!(cases::show(app, &staff, DAY, POINT).unwrap().pack, None);
        let pdf = cases::pack(app, &staff, DAY, POINT).unwrap();
        assert!(pdf.starts_with(b"%PDF"));
        let (by, _) = cases::show(app, &staff, DAY, POINT).unwrap().pack.unwrap();
        assert_eq!(by, staff.display_name);
        assert_eq!(code(&cases::pack(app, &staff, "2026-09-29", POINT)), "day-unknown");
        assert_rebuilds(app);
    });
}

#[test]
fn paper_is_read_entered_and_decided_over_http() {
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1]);
        app.at("2026-09-28T12:00:00+08:00");
        let (first, second) = (app.logged_in("point"), app.logged_in("centre"));
        let path = format!("/api/v1/days/{DAY}/points/{POINT}/paper");
        let ticket = &held.tickets[0];
        let body = |at: &str| {
            let fields = json!({"came": "yes", "at": at});
            json!({"slips": [{"ticket": ticket, "slip": "attendance", "fields": fields}]})
        };
        assert_eq!(first.post(&path, &body("12:01")).problem(), (422, "field-invalid".to_owned()), "ahead");
        let entered = first.post_once("k", &path, &body("08:41")).ok();
        assert_eq!(entered, json!({"waiting": 1, "agreed": 0, "different": 0}));
        assert_eq!(first.post_once("k", &path, &body("08:41")).ok(), entered);
        assert_eq!(second.get(&path).ok()["slips"][0]["state"], json!("second"));
        second.post(&path, &body("0842")).ok();
        let slip = first.get(&path).ok()["slips"][0].clone();
        assert_eq!((&slip["state"], &slip["differences"]), (&json!("different"), &json!(["at"])));
        let decision = json!({"ticket": ticket, "slip": "attendance", "reason": "2",
            "fields": {"came": "yes", "at": "08:42"}});
        let decide = format!("{path}/decisions");
        assert_eq!(second.post(&decide, &decision).ok()["agreed"], json!(1));
        assert_eq!(second.post(&decide, &decision).problem(), (409, "nothing-to-settle".to_owned()));
        assert_eq!(app.logged_in("auditor").get(&path).ok()["slips"][0]["state"], json!("settled"));
    });
}
