//! Draws as ceremonies: early commitments, further parties, a frozen input, and what happens when somebody refuses.

use crate::harness::{TestApp, assert_rebuilds, code, on_both, person};
use crate::pages::browser::Browser;
use crate::sessions::{LOW_VOLTAGE, filled, order, seat, transcript};
use serde_json::{Value, json};
use server::app::auth::Person;
use server::app::ceremony::{
    self, CeremonyError, CeremonyView, CommitOrder, FreezeOrder, NumberOrder, RevealOrder, VoidOrder,
};
use server::app::sessions::{EnrolOrder, enrol};
use server::app::{assign, draws, seating};
use server::db::events;
use server::event::{Fact, StaffAdded};
use server::http::access::Role;
use shared::draw::ceremony::commitment;
use shared::wire::transcript::{verify, verify_basis};
use std::collections::BTreeSet;

const START: &str = "2026-09-28T09:00:00+08:00";
const SECRET: [u8; 32] = [7; 32];
const PARTY: &str = "discipline inspection";

fn commit(app: &TestApp, ceremony: &str) -> Result<CeremonyView, CeremonyError> {
    let order = CommitOrder { party: PARTY.to_owned(), commitment: commitment(&SECRET) };
    ceremony::commit(app, &person(app, "centre"), ceremony, order, None)
}

fn freeze(app: &TestApp, ceremony: &str) -> Result<CeremonyView, CeremonyError> {
    ceremony::freeze(app, &person(app, "centre"), ceremony, FreezeOrder::default(), None)
}

fn reveal(app: &TestApp, ceremony: &str) -> Result<CeremonyView, CeremonyError> {
    let order = RevealOrder { party: PARTY.to_owned(), secret: hex::encode(SECRET) };
    ceremony::reveal(app, &person(app, "centre"), ceremony, order, None)
}

fn text(text: &str) -> NumberOrder {
    NumberOrder { text: text.to_owned() }
}

fn give_up(app: &TestApp, ceremony: &str) -> Result<CeremonyView, CeremonyError> {
    let order = VoidOrder { reason: "the inspection does not answer".to_owned() };
    ceremony::give_up(app, &person(app, "centre"), ceremony, order, None)
}

fn kinds(app: &TestApp) -> Vec<String> {
    app.db.read(|conn| events::page(conn, 1, 100_000)).unwrap().into_iter().map(|e| e.kind).collect()
}

#[test]
fn the_centre_is_committed_when_the_session_is_opened_and_draws_with_that_secret() {
    on_both(|app| {
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=4);
        let opened = ceremony::list(app, Some(&session), 0).unwrap();
        assert_eq!(opened.iter().map(|c| c.state.as_str()).collect::<Vec<_>>(), ["open", "open"]);
        let seated = seat(app, &session);
        let staffed = assign::assign(app, &person(app, "centre"), &session, None).unwrap();
        for (stage, draws) in [
            ("seats", vec![seated.draws.seating, seated.draws.sets, seated.draws.sheets.unwrap()]),
            ("staff", vec![staffed.draw]),
        ] {
            let before = opened.iter().find(|c| c.stage == stage).unwrap();
            let now = ceremony::show(app, &before.ceremony).unwrap();
            assert_eq!(now.state, "drawn");
            assert_eq!(
                {
                    let mut all = draws.clone();
                    all.sort();
                    all
                },
                {
                    let mut all = now.draws.clone();
                    all.sort();
                    all
                }
            );
            for draw in draws {
                let text = transcript(app, &draw);
                assert!(verify(&text).established, "{draw}");
                let document: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(document["parties"][0]["commitment"], json!(before.parties[0].commitment));
                let purpose = document["purpose"].as_str().unwrap();
                let frozen = now.inputs.iter().find(|i| i.purpose == purpose).unwrap();
                assert!(purpose == "sets" || document["input_hash"] == json!(frozen.hash), "{draw}");
            }
        }
        let kinds = kinds(app);
        let at = |kind: &str| kinds.iter().rposition(|k| k == kind).unwrap();
        assert!(at("draw_committed") < at("candidate_enrolled"), "before anybody is enrolled");
        assert!(at("draw_frozen") < at("draw_revealed") && at("draw_revealed") < at("draw_made"));
        assert_rebuilds(app);
    });
}

#[test]
fn with_further_parties_the_draw_is_run_by_the_last_reveal() {
    on_both(|app| {
        let centre = person(app, "centre");
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=4);
        let id = format!("{session}.seats.1");
        commit(app, &id).unwrap();
        ceremony::announce(app, &centre, &id, text("lottery of 27 September"), None).unwrap();
        assert_eq!(code(&seating::seat(app, &centre, &session, None)), "ceremony-others");
        let frozen = freeze(app, &id).unwrap();
        assert_eq!((frozen.state.as_str(), frozen.draws.len()), ("frozen", 0));
        let late = EnrolOrder { registrations: vec!["R-0005".to_owned()] };
        assert_eq!(code(&enrol(app, &centre, &session, late, None)), "session-state");
        assert_eq!(reveal(app, &id).unwrap().state, "frozen", "the number is awaited");
        let drawn = ceremony::enter_number(app, &centre, &id, text("03 09 14"), None).unwrap();
        assert_eq!((drawn.state.as_str(), drawn.draws.len()), ("drawn", 3));
        let seating = drawn.draws.iter().find(|d| d.contains("seating")).unwrap();
        let text = transcript(app, seating);
        let document: Value = serde_json::from_str(&text).unwrap();
        assert!(verify(&text).established);
        assert_eq!(document["public_number"], "03 09 14");
        assert_eq!(document["parties"].as_array().unwrap().len(), 2);
        assert_eq!(document["input_hash"], json!(frozen.inputs[0].hash));
        assert_rebuilds(app);
    });
}

#[test]
fn who_refuses_is_written_down_and_a_new_ceremony_has_a_new_secret() {
    on_both(|app| {
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=4);
        let id = format!("{session}.seats.1");
        commit(app, &id).unwrap();
        freeze(app, &id).unwrap();
        let void = give_up(app, &id).unwrap();
        assert_eq!((void.state.as_str(), void.missing.as_slice()), ("void", &[PARTY.to_owned()][..]));
        let next = ceremony::show(app, &format!("{session}.seats.2")).unwrap();
        assert_ne!(next.parties[0].commitment, void.parties[0].commitment);
        assert_eq!(next.parties.len(), 1);
        seat(app, &session);
        assert_rebuilds(app);
    });
}

#[test]
fn nothing_is_done_out_of_turn() {
    type Step = fn(&TestApp, &str) -> &'static str;
    let steps: [(&str, Step); 7] = [
        ("commit", |app, id| code(&commit(app, id))),
        ("announce", |app, id| {
            code(&ceremony::announce(app, &person(app, "centre"), id, text("index"), None))
        }),
        ("reveal", |app, id| code(&reveal(app, id))),
        ("number", |app, id| code(&ceremony::enter_number(app, &person(app, "centre"), id, text("1"), None))),
        ("freeze", |app, id| code(&freeze(app, id))),
        ("void", |app, id| code(&give_up(app, id))),
        ("again", |app, id| code(&commit(app, id))),
    ];
    let expected = [
        ("open", ["ok", "ok", "ceremony-state", "ceremony-state", "ok", "ok", "ceremony-state"]),
        (
            "frozen",
            [
                "ceremony-state",
                "ceremony-state",
                "ok",
                "ceremony-state",
                "ceremony-state",
                "ceremony-state",
                "ceremony-state",
            ],
        ),
        ("void", ["ceremony-state"; 7]),
        ("none", ["ceremony-unknown"; 7]),
    ];
    on_both(|app| {
        for (number, (state, codes)) in (0..).zip(&expected) {
            let start = format!("2026-10-{:02}T09:00:00+08:00", 9 + number);
            let (session, _) =
                filled(app, order("P01", LOW_VOLTAGE, &start), (1 + 2 * number)..=(2 + 2 * number));
            let id = if *state == "none" { "S0.seats.1".to_owned() } else { format!("{session}.seats.1") };
            if matches!(*state, "frozen" | "void") {
                commit(app, &id).unwrap();
                freeze(app, &id).unwrap();
            }
            if *state == "void" {
                give_up(app, &id).unwrap();
            }
            for ((name, step), expected) in steps.iter().zip(codes) {
                assert_eq!(step(app, &id), *expected, "{name} while {state}");
            }
        }
        assert_rebuilds(app);
    });
}

#[test]
fn a_party_reveals_by_the_api_and_a_wrong_secret_changes_nothing() {
    on_both(|app| {
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=2);
        let path = format!("/api/v1/ceremonies/{session}.seats.1");
        let (centre, point) = (app.as_role(Role::CentreStaff), app.as_role(Role::PointStaff));
        let hash = commitment(&SECRET);
        point.post(&format!("{path}/commitments"), &json!({"party": "exam point", "commitment": hash})).ok();
        assert_eq!(point.post(&format!("{path}/freeze"), &json!({})).problem().1, "role-not-allowed");
        centre.post(&format!("{path}/freeze"), &json!({})).ok();
        let wrong = json!({"party": "exam point", "secret": hex::encode([8; 32])});
        assert_eq!(
            point.post(&format!("{path}/secrets"), &wrong).problem(),
            (422, "secret-wrong".to_owned())
        );
        let right = json!({"party": "exam point", "secret": hex::encode(SECRET)});
        let drawn = point.post(&format!("{path}/secrets"), &right).ok();
        assert_eq!(drawn["state"], "drawn");
        let seen = app.http().get(&path).ok();
        assert_eq!(seen, drawn, "everybody can look");
    });
}

#[test]
fn the_staff_of_a_day_is_drawn_by_the_ceremony_of_its_first_session() {
    on_both(|app| {
        let centre = person(app, "centre");
        let (first, _) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=1);
        seat(app, &first);
        let id = format!("{first}.staff.1");
        commit(app, &id).unwrap();
        let order = assign::AssignOrder { sessions: vec![first.clone()] };
        assert_eq!(code(&assign::assign_day(app, &centre, order, None)), "ceremony-others");
        freeze(app, &id).unwrap();
        let drawn = reveal(app, &id).unwrap();
        assert_eq!((drawn.state.as_str(), drawn.draws.len()), ("drawn", 1));
        assert!(verify(&transcript(app, &drawn.draws[0])).established);
        assert_rebuilds(app);
    });
}

/// A pool with so many times as many people.
fn enlarged(app: &TestApp, times: u32) {
    let all = app.db.read(server::db::world::staff).unwrap();
    let more = (1..times).flat_map(|n| {
        let double = move |m: &StaffAdded| StaffAdded { code: format!("{}-{n}", m.code), ..m.clone() };
        all.iter().map(double).collect::<Vec<_>>()
    });
    app.tell(more.map(Fact::StaffAdded).collect());
}

/// Whom a ceremony of staff drew for a session.
fn drawn_for(app: &TestApp, session: &str) -> BTreeSet<String> {
    let duties = app.db.read(|conn| server::db::sessions::duties(conn, session)).unwrap();
    duties.into_iter().map(|duty| duty.staff).collect()
}

#[test]
fn several_sessions_are_drawn_together_with_further_parties_from_the_page() {
    on_both(|app| {
        enlarged(app, 2);
        let [first, second, other_day] = [
            ("2026-09-28T09:00:00+08:00", 1),
            ("2026-09-28T18:00:00+08:00", 2),
            ("2026-09-29T09:00:00+08:00", 3),
        ]
        .map(|(start, number)| {
            let (session, _) = filled(app, order("P01", LOW_VOLTAGE, start), number..=number);
            seat(app, &session);
            session
        });
        let id = format!("{first}.staff.1");
        let address = format!("/ceremonies/{id}");
        let mut browser = Browser::logged_in(app, "centre");
        let party = format!("party={PARTY}&text={}", commitment(&SECRET));
        assert_eq!(
            browser.post(&format!("{address}/party/commit"), &format!("once=c-1&{party}")).status,
            303
        );
        let page = browser.get(&address);
        assert!(page.html.contains(&format!("name=\"with-{second}\"")), "{}", page.html);
        assert!(!page.html.contains(&other_day), "sessions of another day are drawn apart");
        let mut auditor = Browser::logged_in(app, "auditor");
        assert!(!auditor.get(&address).html.contains("with-"), "the centre freezes");
        let wrong = format!("once=f-1&with-{other_day}=yes");
        let page = browser.post(&format!("{address}/centre/freeze"), &wrong);
        assert_eq!(page.status, 422, "{}", page.html);
        let page = browser.post(&format!("{address}/centre/freeze"), &format!("once=f-2&with-{second}=yes"));
        assert_eq!(page.location, format!("{address}?done=freeze"), "{}", page.html);
        let frozen = ceremony::show(app, &id).unwrap();
        assert_eq!(frozen.sessions, [first.clone(), second.clone()]);
        let part = ceremony::show(app, &format!("{second}.staff.1")).unwrap();
        assert_eq!((part.state.as_str(), part.reason.as_deref()), ("void", Some(id.as_str())));
        let secret = format!("once=r-1&party={PARTY}&text={}", hex::encode(SECRET));
        let page = browser.post(&format!("{address}/party/reveal"), &secret);
        assert_eq!(page.location, format!("{address}?done=reveal"), "{}", page.html);
        let drawn = ceremony::show(app, &id).unwrap();
        assert_eq!((drawn.state.as_str(), drawn.draws.len()), ("drawn", 1));
        assert!(verify(&transcript(app, &drawn.draws[0])).established);
        assert!(drawn_for(app, &first).is_disjoint(&drawn_for(app, &second)), "nobody has two posts");
        let page = browser.get(&address);
        assert!(page.html.contains(&second) && page.html.contains(&drawn.inputs[0].hash), "{}", page.html);
        assert_rebuilds(app);
    });
}

#[test]
fn draws_of_staff_wait_beside_each_other_and_give_nobody_two_duties_at_one_time() {
    on_both(|app| {
        let centre = person(app, "centre");
        let session = |start: &str, number: u32| {
            let (session, _) = filled(app, order("P01", LOW_VOLTAGE, start), number..=number);
            seat(app, &session);
            session
        };
        let first = session("2026-09-28T09:00:00+08:00", 1);
        let same_time = session("2026-09-28T09:30:00+08:00", 2);
        let next_week = session("2026-10-09T09:00:00+08:00", 3);
        let waits = |session: &str| {
            let id = format!("{session}.staff.1");
            commit(app, &id).unwrap();
            (freeze(app, &id), id)
        };
        let (frozen, first_id) = waits(&first);
        assert_eq!(frozen.unwrap().state, "frozen");
        // Everybody who may be drawn for the first may not be for the second: nobody is left, and it is said why.
        let (refused, same_id) = waits(&same_time);
        assert_eq!(code(&refused), "ceremony-in-the-way");
        assert!(refused.unwrap_err().to_string().contains(&first_id));
        // Another week: both wait.
        let (frozen, next_id) = waits(&next_week);
        assert_eq!(frozen.unwrap().state, "frozen");
        // People who came to the pool since are free.
        enlarged(app, 2);
        assert_eq!(freeze(app, &same_id).unwrap().state, "frozen");
        for id in [&next_id, &same_id, &first_id] {
            let drawn = reveal(app, id).unwrap();
            assert_eq!(drawn.state, "drawn", "in any order");
            assert!(verify(&transcript(app, &drawn.draws[0])).established);
        }
        assert!(drawn_for(app, &first).is_disjoint(&drawn_for(app, &same_time)));
        // What is frozen for a session is not frozen again with another.
        let later = session("2026-10-09T18:00:00+08:00", 4);
        let id = format!("{later}.staff.1");
        let both = FreezeOrder { sessions: vec![next_week.clone()] };
        assert_eq!(code(&ceremony::freeze(app, &centre, &id, both, None)), "session-state");
        assert_rebuilds(app);
    });
}

#[test]
fn a_draw_of_staff_names_nobody_and_each_finds_himself_by_his_salt() {
    on_both(|app| {
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=4);
        seat(app, &session);
        let assigned = assign::assign(app, &person(app, "centre"), &session, None).unwrap();
        let text = transcript(app, &assigned.draw);
        // Told late: read from the table.
        let duties = app.db.read(|conn| server::db::sessions::duties(conn, &session)).unwrap();
        for duty in &duties {
            assert!(!text.contains(&format!("\"{}\"", duty.staff)), "{} is named", duty.staff);
        }
        let auditor = person(app, "auditor");
        assert_eq!(code(&draws::basis(app, &auditor, &assigned.draw)), "draw-not-yet-visible");
        app.at("2026-09-28T09:00:00+08:00");
        let basis = draws::basis(app, &auditor, &assigned.draw).unwrap();
        assert!(verify_basis(&text, &basis).established);
        let centre = person(app, "centre");
        assert_eq!(code(&draws::basis(app, &centre, &assigned.draw)), "draw-not-yet-visible");
        app.at("2026-09-29T00:00:00+08:00");
        assert_eq!(draws::basis(app, &centre, &assigned.draw).unwrap(), basis);
        for duty in &duties {
            let own = Person { staff: Some(duty.staff.clone()), ..centre.clone() };
            let own = draws::own(app, &own, &assigned.draw).unwrap();
            let drawn = own.post.unwrap();
            assert!(drawn.ends_with(&duty.post), "{drawn} {}", duty.post);
            assert!(own.eligible.contains(&drawn));
            assert!(text.contains(&own.code) && !text.contains(&own.salt));
        }
        assert_rebuilds(app);
    });
}
