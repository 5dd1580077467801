//! Sessions from their opening to the drawn seats and papers.

use crate::harness::{TestApp, assert_rebuilds, code, on_both, person};
use serde_json::{Value, json};
use server::app::seating::{self, Seated};
use server::app::sessions::{self, EnrolAnswer, EnrolOrder, OpenOrder};
use server::db::sessions as rows;
use server::event::{Fact, PaperRecord, PointAdded, RegistrationAdded, RoomRecord, Sealed, StationRecord};
use server::http::access::Role;
use shared::wire::transcript::verify;
use std::collections::{BTreeMap, BTreeSet};

/// Trade of most tests.
pub const LOW_VOLTAGE: &str = "electrician-low-voltage";
const START: &str = "2026-09-28T09:00:00+08:00";

/// What a session of a trade at a point and time is opened with.
pub fn order(point: &str, trade: &str, starts_at: &str) -> OpenOrder {
    OpenOrder {
        point: point.to_owned(),
        trade: trade.to_owned(),
        kind: "first".to_owned(),
        starts_at: shared::time::Instant::parse(starts_at).unwrap().millis(),
        rule_set: None,
        language: None,
    }
}

/// Opens a session with the registrations from one number to another.
pub fn filled(
    app: &TestApp,
    order: OpenOrder,
    numbers: std::ops::RangeInclusive<u32>,
) -> (String, EnrolAnswer) {
    let centre = person(app, "centre");
    let session = sessions::open(app, &centre, order, None).unwrap().session;
    let registrations = numbers.map(|n| format!("R-{n:04}")).collect();
    let answer = sessions::enrol(app, &centre, &session, EnrolOrder { registrations }, None).unwrap();
    (session, answer)
}

/// Draws seats, papers and sheets.
pub fn seat(app: &TestApp, session: &str) -> Seated {
    seating::seat(app, &person(app, "centre"), session, None).unwrap()
}

/// The transcript of a draw, whether or not its time has come.
pub fn transcript(app: &TestApp, draw: &str) -> String {
    let row = app.db.read(|conn| server::db::draws::draw(conn, draw)).unwrap().unwrap();
    app.sealer.open("draw", &Sealed(row.transcript)).unwrap()
}

fn paper(app: &TestApp, ticket: &str) -> PaperRecord {
    let row = app.db.read(|conn| rows::candidate_row(conn, ticket)).unwrap().unwrap();
    serde_json::from_str(&app.sealer.open("paper", &Sealed(row.paper.unwrap())).unwrap()).unwrap()
}

fn sheets(app: &TestApp, ticket: &str) -> Vec<String> {
    let row = app.db.read(|conn| rows::candidate_row(conn, ticket)).unwrap().unwrap();
    serde_json::from_str(&app.sealer.open("sheets", &Sealed(row.sheets.unwrap())).unwrap()).unwrap()
}

fn refusals(answer: &EnrolAnswer, registration: &str) -> Vec<String> {
    let refused = answer.refused.iter().find(|r| r.registration == registration).unwrap();
    refused.refusals.iter().map(|r| r.code.clone()).collect()
}

#[test]
fn a_session_is_opened_where_and_when_it_can_be_held() {
    type Change = fn(&mut OpenOrder);
    let table: [(&str, Change); 10] = [
        ("ok", |_| ()),
        ("point-unknown", |o| o.point = "P99".into()),
        ("trade-unknown", |o| o.trade = "juggling".into()),
        ("national-system", |o| o.trade = "coal-gas-drainage".into()),
        ("field-invalid", |o| o.kind = "second".into()),
        ("field-invalid", |o| o.starts_at = 0),
        ("field-invalid", |o| o.starts_at = i64::MAX),
        ("field-invalid", |o| o.point = "P02".into()),
        ("rule-set-unknown", |o| o.rule_set = Some("nowhere@1".into())),
        ("ok", |o| o.rule_set = Some("taizhou@2026.1".into())),
    ];
    on_both(|app| {
        let centre = person(app, "centre");
        for (number, (expected, change)) in table.iter().enumerate() {
            let mut order = order("P01", LOW_VOLTAGE, START);
            change(&mut order);
            assert_eq!(code(&sessions::open(app, &centre, order, None)), *expected, "row {number}");
        }
        let opened = sessions::list(app, Some("2026-09-28"), Some("P01")).unwrap();
        let ids: Vec<(&str, &str)> =
            opened.iter().map(|s| (s.session.as_str(), s.rule_set.as_str())).collect();
        let expected = [("S20260928-P01-01", "national@2026.1"), ("S20260928-P01-02", "taizhou@2026.1")];
        assert_eq!(ids, expected);
        assert_eq!(code(&sessions::list(app, Some("soon"), None)), "field-invalid");
    });
}

#[test]
fn every_rule_that_fails_is_named_at_once_and_nobody_is_a_candidate_twice() {
    on_both(|app| {
        let minor = RegistrationAdded {
            registration: "R-9001".into(),
            person: "N-0001".into(),
            trade: "welding-fusion".into(),
            exam_kind: "review".into(),
            institution: "T01".into(),
            employer: None,
            education: "primary".into(),
            theory_hours: 0,
            practical_hours: 0,
            health_promise: false,
            applied_on: "2026-01-01".into(),
            first_issued_on: None,
            portrait: "0".repeat(64),
        };
        app.tell(vec![Fact::RegistrationAdded(minor)]);
        let (session, answer) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=2);
        assert_eq!(answer.enrolled.len(), 2, "{answer:?}");
        let again = EnrolOrder { registrations: ["R-0001", "R-9001", "R-7777"].map(str::to_owned).to_vec() };
        let answer = sessions::enrol(app, &person(app, "centre"), &session, again, None).unwrap();
        assert_eq!(answer.enrolled, []);
        assert_eq!(refusals(&answer, "R-0001"), ["already_candidate"]);
        assert_eq!(refusals(&answer, "R-7777"), ["registration_unknown"]);
        let all = [
            "other_trade",
            "other_kind",
            "already_candidate",
            "education",
            "review_hours",
            "health_promise",
            "application_too_old",
        ];
        assert_eq!(refusals(&answer, "R-9001"), all);
        assert_eq!(app.dump("refusals").len(), 2, "refusals of known registrations are recorded");
        assert_rebuilds(app);
    });
}

#[test]
fn no_more_candidates_are_taken_than_the_point_has_seats() {
    on_both(|app| {
        let (name_zh, name_en) = ("小考场".to_owned(), "Small room".to_owned());
        let room =
            RoomRecord { code: "R1".into(), name_zh: name_zh.clone(), name_en: name_en.clone(), seats: 3 };
        let station = StationRecord {
            code: "S1".into(),
            name_zh: name_zh.clone(),
            name_en: name_en.clone(),
            trades: vec![LOW_VOLTAGE.into()],
        };
        let (district, address_zh) = ("411002".to_owned(), String::new());
        let (rooms, stations) = (vec![room], vec![station]);
        let point = PointAdded { id: "P09".into(), name_zh, name_en, district, address_zh, rooms, stations };
        app.tell(vec![Fact::PointAdded(point)]);
        let (_, answer) = filled(app, order("P09", LOW_VOLTAGE, START), 1..=5);
        assert_eq!(answer.enrolled.len(), 3);
        assert!(answer.refused.iter().all(|r| r.refusals.iter().any(|r| r.code == "session_full")));
    });
}

#[test]
fn the_same_world_and_seed_give_the_same_tickets_seats_and_papers() {
    let play = |app: &TestApp| {
        let (session, answer) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=20);
        let seated = seat(app, &session);
        let papers: BTreeMap<String, String> =
            seated.seats.iter().map(|s| (s.ticket.clone(), format!("{:?}", paper(app, &s.ticket)))).collect();
        let sheets: BTreeMap<String, Vec<String>> =
            seated.seats.iter().map(|s| (s.ticket.clone(), sheets(app, &s.ticket))).collect();
        (answer, seated, papers, sheets)
    };
    let mut days = on_both(play);
    days.extend(on_both(play));
    for day in &days[1..] {
        assert_eq!(day, &days[0]);
    }
}

#[test]
fn seats_papers_and_sheets_follow_from_transcripts_that_verify() {
    on_both(|app| {
        let (session, answer) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=20);
        let seated = seat(app, &session);
        assert_eq!(seated.seats.len(), answer.enrolled.len());
        let taken: BTreeSet<_> = seated.seats.iter().map(|s| (&s.room, s.seat)).collect();
        assert_eq!(taken.len(), seated.seats.len(), "one seat for each");
        let draws = &seated.draws;
        for draw in [&draws.seating, &draws.sets, draws.sheets.as_ref().unwrap()] {
            let verdict = verify(&transcript(app, draw));
            assert!(verdict.established, "{draw}: {:?}", verdict.checks);
        }
        let sets: Value = serde_json::from_str(&transcript(app, &draws.sets)).unwrap();
        for drawn in sets["result"]["sets"].as_array().unwrap() {
            let (ticket, set) = (drawn["ticket"].as_str().unwrap(), drawn["set"].as_u64().unwrap());
            let paper = paper(app, ticket);
            assert_eq!((u64::from(paper.number), paper.points), (set, 1));
            let asked: BTreeSet<&str> = paper.items.iter().map(|i| i.question.as_str()).collect();
            assert_eq!(asked.len(), 100);
            assert!(asked.iter().all(|q| q.starts_with(&format!("q-{LOW_VOLTAGE}-{set}-"))));
            assert!(paper.items[..70].iter().all(|i| i.options == [0, 1]), "true and false keep their order");
            assert!(paper.items[70..].iter().all(|i| i.options.len() == 4));
            assert_eq!(sheets(app, ticket).len(), 4);
        }
        assert_rebuilds(app);
    });
}

#[test]
fn a_session_is_seated_once_and_then_takes_nobody() {
    on_both(|app| {
        let centre = person(app, "centre");
        let empty =
            sessions::open(app, &centre, order("P01", "welding-fusion", START), None).unwrap().session;
        assert_eq!(code(&seating::seat(app, &centre, &empty, None)), "nobody-enrolled");
        assert_eq!(code(&seating::seat(app, &centre, "S0", None)), "session-unknown");
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=3);
        seat(app, &session);
        assert_eq!(code(&seating::seat(app, &centre, &session, None)), "session-state");
        let more = EnrolOrder { registrations: vec!["R-0004".into()] };
        assert_eq!(code(&sessions::enrol(app, &centre, &session, more, None)), "session-state");
    });
}

#[test]
fn two_sessions_at_one_time_do_not_sit_in_one_room() {
    on_both(|app| {
        let (first, _) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=1);
        let (second, _) = filled(app, order("P01", LOW_VOLTAGE, "2026-09-28T10:00:00+08:00"), 2..=4);
        let (third, _) = filled(app, order("P01", LOW_VOLTAGE, "2026-09-28T15:00:00+08:00"), 5..=7);
        let rooms = |session: &str| -> BTreeSet<String> {
            seat(app, session).seats.into_iter().map(|s| s.room).collect()
        };
        let (first, second, third) = (rooms(&first), rooms(&second), rooms(&third));
        assert!(first.is_disjoint(&second), "{first:?} {second:?}");
        assert_eq!(third.len(), 2, "in the afternoon both rooms are free again");
    });
}

#[test]
fn a_transcript_is_read_when_its_time_has_come() {
    on_both(|app| {
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=4);
        let draws = seat(app, &session).draws;
        let auditor = app.as_role(Role::Auditor);
        let list = auditor.get(&format!("/api/v1/draws?subject={session}")).ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
        let seating = auditor.get(&format!("/api/v1/draws/{}", draws.seating));
        assert!(verify(std::str::from_utf8(&seating.bytes).unwrap()).established);
        let sets = format!("/api/v1/draws/{}", draws.sets);
        assert_eq!(auditor.get(&sets).problem(), (403, "draw-not-yet-visible".into()));
        assert_eq!(auditor.get("/api/v1/draws/none").problem(), (404, "draw-unknown".into()));
        // Two hours and the half hour in which one may still enter; the login ends before that.
        app.at("2026-09-28T11:29:00+08:00");
        let auditor = app.as_role(Role::Auditor);
        assert_eq!(auditor.get(&sets).status, 403);
        app.after_minutes(1);
        assert!(verify(std::str::from_utf8(&auditor.get(&sets).bytes).unwrap()).established);
    });
}

#[test]
fn candidates_are_masked_and_shown_to_those_whom_they_concern() {
    on_both(|app| {
        let (session, answer) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=4);
        let (roster, ticket) = (
            format!("/api/v1/sessions/{session}/candidates?per_page=2"),
            format!("/api/v1/tickets/{}", answer.enrolled[0].ticket),
        );
        let page = app.logged_in("centre").get(&roster).ok();
        assert_eq!((page["items"].as_array().unwrap().len(), page["total"].as_i64()), (2, Some(4)));
        let first = &page["items"][0];
        assert!(first["name_masked"].as_str().unwrap().contains('*'), "{first}");
        assert!(!page.to_string().contains("410392198605168196"));
        assert_eq!(first["outcome"], "pending");
        assert_eq!(app.logged_in("point").get(&roster).status, 200);
        assert_eq!(app.logged_in("point2").get(&roster).problem(), (404, "session-unknown".into()));
        assert_eq!(app.logged_in("point2").get(&ticket).problem(), (404, "ticket-unknown".into()));
        assert_eq!(app.logged_in("invigilator").get(&roster).problem(), (403, "no-duty".into()));
        assert_eq!(app.logged_in("training").get(&ticket).status, 200, "its own");
        let shown = app.logged_in("centre").get(&format!("/api/v1/sessions/{session}")).ok();
        assert_eq!(shown["outcomes"], json!({ "pending": 4 }));
    });
}

#[test]
fn a_tickets_secret_finds_its_candidate_and_reading_it_is_recorded() {
    on_both(|app| {
        let (_, answer) = filled(app, order("P01", LOW_VOLTAGE, START), 1..=3);
        let ticket = &answer.enrolled[1].ticket;
        let read = app.logged_in("centre").get(&format!("/api/v1/tickets/{ticket}/secret")).ok();
        let secret = read["secret"].as_str().unwrap();
        assert_eq!(secret.len(), 32);
        let index = app.sealer.index("ticket_secret", secret);
        let found = app.db.read(|conn| rows::candidate_by_secret(conn, &index)).unwrap().unwrap();
        assert_eq!(found.row.ticket, *ticket);
        let recorded = app.dump("events").into_iter().filter(|e| e.contains("personal_data_read")).count();
        assert_eq!(recorded, 1);
        assert!(!app.dump("events").iter().any(|e| e.contains(secret)));
    });
}

#[test]
fn an_order_that_is_repeated_with_its_key_is_done_once() {
    on_both(|app| {
        let centre = app.logged_in("centre");
        let starts_at = shared::time::Instant::parse(START).unwrap().millis();
        let body = json!({ "point": "P01", "trade": LOW_VOLTAGE, "kind": "first", "starts_at": starts_at });
        let first = centre.post_once("k1", "/api/v1/sessions", &body).ok();
        assert_eq!(centre.post_once("k1", "/api/v1/sessions", &body).ok(), first);
        let path = format!("/api/v1/sessions/{}/candidates", first["session"].as_str().unwrap());
        let enrol = json!({ "registrations": ["R-0001"] });
        let taken = centre.post_once("k2", &path, &enrol).ok();
        assert_eq!(centre.post_once("k2", &path, &enrol).ok(), taken);
        assert_eq!(taken["enrolled"][0]["ticket"], "20260928-P01-01-0001");
        assert_eq!(app.dump("sessions").len(), 1);
        let other = json!({ "registrations": ["R-0002"] });
        assert_eq!(centre.post_once("k2", &path, &other).problem(), (422, "idempotency-key-reused".into()));
        assert_eq!(
            centre.post(&path, &json!({ "registrations": [] })).problem(),
            (422, "field-invalid".into())
        );
        assert_eq!(centre.post(&path, &json!({ "people": [] })).problem(), (400, "body-unreadable".into()));
    });
}
