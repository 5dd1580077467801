//! Registrations: who may register whom, what is refused, and what nobody sees.

use crate::harness::{TestApp, assert_rebuilds, code, on_both_with, person};
use crate::small;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use server::app::once::Once;
use server::app::people::{RegistrationOrder, register, registrations};
use server::db::events;
use server::portrait::{encode, portrait};

const NUMBER: &str = "410392198605168196";
const OTHER_NUMBER: &str = "410191198209285748";

fn order() -> RegistrationOrder {
    RegistrationOrder {
        name: "王建明".to_owned(),
        id_number: NUMBER.to_owned(),
        phone: Some("199 0000-1001".to_owned()),
        trade: "electrician-low-voltage".to_owned(),
        kind: "first".to_owned(),
        employer: Some("C01".to_owned()),
        institution: None,
        education: "junior".to_owned(),
        theory_hours: 88,
        practical_hours: 60,
        health_promise: true,
        applied_on: "2026-08-31".to_owned(),
        first_issued_on: None,
        portrait: STANDARD.encode(encode(&portrait("王建明")).unwrap()),
    }
}

fn changed(change: impl Fn(&mut RegistrationOrder)) -> RegistrationOrder {
    let mut order = order();
    change(&mut order);
    order
}

fn events_of(app: &TestApp) -> i64 {
    app.db.read(events::count).unwrap()
}

#[test]
fn a_person_is_made_once_and_registered_for_several_trades() {
    let answers = on_both_with(small::load, |app| {
        let training = person(app, "training");
        let first = register(app, &training, &order(), None).unwrap();
        let welding = changed(|o| o.trade = "welding-fusion".to_owned());
        let second = register(app, &training, &welding, None).unwrap();
        assert_eq!(first.person, second.person);
        assert_ne!(first.registration, second.registration);
        let other = changed(|o| o.id_number = OTHER_NUMBER.to_owned());
        let third = register(app, &training, &other, None).unwrap();
        assert_ne!(first.person, third.person);
        assert_rebuilds(app);
        [first, second, third]
    });
    assert!(answers.windows(2).all(|w| w[0] == w[1]), "the same ids on either database: {answers:?}");
}

#[test]
fn whoever_has_an_open_registration_is_refused_a_second_of_the_same_kind() {
    on_both_with(small::load, |app| {
        let training = person(app, "training");
        register(app, &training, &order(), None).unwrap();
        let before = events_of(app);
        let table = [
            ("the same again", order(), "already-registered"),
            ("at another institution", changed(|o| o.applied_on = "2026-09-01".into()), "already-registered"),
            ("under another name", changed(|o| o.name = "李建明".into()), "person-mismatch"),
        ];
        for (what, order, expected) in table {
            let login = if what == "at another institution" { "training2" } else { "training" };
            assert_eq!(code(&register(app, &person(app, login), &order, None)), expected, "{what}");
        }
        assert_eq!(events_of(app), before);
        assert!(register(app, &training, &changed(|o| o.kind = "review".into()), None).is_ok());
    });
}

#[test]
fn a_wrong_field_is_refused_by_its_code_and_changes_nothing() {
    let table: Vec<(&str, RegistrationOrder, &str)> = vec![
        ("empty name", changed(|o| o.name = " ".into()), "field-invalid"),
        ("check digit", changed(|o| o.id_number = "410392198605168195".into()), "id-number-invalid"),
        ("short number", changed(|o| o.id_number = "4103".into()), "id-number-invalid"),
        ("phone", changed(|o| o.phone = Some("call me".into())), "field-invalid"),
        ("kind", changed(|o| o.kind = "second".into()), "field-invalid"),
        ("education", changed(|o| o.education = "doctor".into()), "field-invalid"),
        ("hours", changed(|o| o.theory_hours = u32::MAX), "field-invalid"),
        ("day", changed(|o| o.applied_on = "2026-02-30".into()), "field-invalid"),
        ("tomorrow", changed(|o| o.applied_on = "2026-09-22".into()), "field-invalid"),
        ("first issue", changed(|o| o.first_issued_on = Some("once".into())), "field-invalid"),
        ("trade", changed(|o| o.trade = "alchemy".into()), "trade-unknown"),
        ("employer", changed(|o| o.employer = Some("C99".into())), "organisation-unknown"),
        ("an institution as employer", changed(|o| o.employer = Some("T01".into())), "organisation-unknown"),
        ("another institution", changed(|o| o.institution = Some("T02".into())), "field-invalid"),
        ("no base64", changed(|o| o.portrait = "§".into()), "portrait-invalid"),
        ("no picture", changed(|o| o.portrait = STANDARD.encode("picture")), "portrait-invalid"),
        ("no portrait", changed(|o| o.portrait = String::new()), "portrait-invalid"),
    ];
    on_both_with(small::load, |app| {
        let before = events_of(app);
        for (what, order, expected) in &table {
            assert_eq!(code(&register(app, &person(app, "training"), order, None)), *expected, "{what}");
        }
        assert_eq!(events_of(app), before);
    });
}

#[test]
fn the_centre_says_for_which_institution_it_registers() {
    on_both_with(small::load, |app| {
        let centre = person(app, "centre");
        assert_eq!(code(&register(app, &centre, &order(), None)), "field-invalid");
        let wrong = changed(|o| o.institution = Some("C01".into()));
        assert_eq!(code(&register(app, &centre, &wrong, None)), "organisation-unknown");
        let right = changed(|o| o.institution = Some("T02".into()));
        register(app, &centre, &right, None).unwrap();
        let (items, total) = registrations(app, &centre, None, (0, 50)).unwrap();
        assert_eq!((total, items[0].institution.as_str()), (1, "T02"));
    });
}

#[test]
fn a_list_shows_masks_and_only_what_is_ones_own() {
    on_both_with(small::load, |app| {
        register(app, &person(app, "training"), &order(), None).unwrap();
        let other = changed(|o| {
            o.id_number = OTHER_NUMBER.into();
            o.employer = None;
        });
        register(app, &person(app, "training2"), &other, None).unwrap();
        let table = [("centre", 2), ("auditor", 2), ("training", 1), ("training2", 1), ("enterprise", 1)];
        for (login, expected) in table {
            let (items, total) = registrations(app, &person(app, login), None, (0, 50)).unwrap();
            assert_eq!((items.len(), total), (expected, i64::try_from(expected).unwrap()), "{login}");
        }
        let welders =
            registrations(app, &person(app, "centre"), Some("welding-fusion".into()), (0, 50)).unwrap();
        assert_eq!(welders.1, 0);
        let (items, total) = registrations(app, &person(app, "centre"), None, (1, 1)).unwrap();
        assert_eq!((items.len(), total), (1, 2));
        assert_eq!(items[0].name_masked, "王*明");
        assert_eq!(items[0].id_masked, "**************5748");
    });
}

#[test]
fn an_order_that_is_sent_twice_with_its_key_is_done_once() {
    on_both_with(small::load, |app| {
        let training = person(app, "training");
        let key = || Some(Once::new("training", "k1", "POST /api/v1/registrations", b"body").unwrap());
        let first = register(app, &training, &order(), key()).unwrap();
        assert_eq!(register(app, &training, &order(), key()).unwrap(), first);
        assert_eq!(registrations(app, &training, None, (0, 50)).unwrap().1, 1);
    });
}

#[test]
fn no_number_name_or_phone_is_stored_in_plain_text() {
    on_both_with(small::load, |app| {
        register(app, &person(app, "training"), &order(), None).unwrap();
        for table in ["events", "persons", "registrations"] {
            for line in app.dump(table) {
                for secret in [NUMBER, "王建明", "19900001001"] {
                    assert!(!line.contains(secret), "{table} holds {secret}");
                }
            }
        }
        let portrait = app.dump("registrations").join("");
        assert!(!portrait.contains("/9j/"), "the portrait is an attachment");
    });
}

#[test]
fn the_api_registers_and_lists() {
    on_both_with(small::load, |app| {
        let client = app.logged_in("training");
        let mut body = json!({
            "name": "王建明", "id_number": NUMBER, "trade": "electrician-low-voltage", "kind": "first",
            "education": "junior", "theory_hours": 88, "practical_hours": 60, "health_promise": true,
            "applied_on": "2026-08-31", "portrait": order().portrait,
        });
        let path = "/api/v1/registrations";
        let answer = client.post_once("one", path, &body).ok();
        assert_eq!(client.post_once("one", path, &body).ok(), answer);
        assert_eq!(client.post(path, &body).problem(), (409, "already-registered".to_owned()));
        body["colour"] = json!("blue");
        assert_eq!(client.post(path, &body).problem(), (400, "body-unreadable".to_owned()));
        let list = client.get("/api/v1/registrations?trade=electrician-low-voltage").ok();
        assert_eq!(list["total"], 1);
        assert_eq!(list["items"][0]["registration"], answer["registration"]);
        assert_eq!(app.logged_in("auditor").post(path, &body).problem().0, 403);
    });
}
