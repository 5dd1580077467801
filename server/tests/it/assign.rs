//! The draw of invigilators and examiners.

use crate::harness::{TestApp, assert_rebuilds, code, on_both, person};
use crate::sessions::{LOW_VOLTAGE, filled, order, seat, transcript};
use server::app::Refusal;
use server::app::assign::{self, AssignOrder, Assigned, AssignedDay, DutyView};
use server::app::auth::Person;
use server::app::duties;
use server::event::{Fact, StaffAdded};
use shared::wire::transcript::verify;
use std::collections::{BTreeMap, BTreeSet};

/// A session in which so many sit, seated.
fn seated(app: &TestApp, starts_at: &str, numbers: std::ops::RangeInclusive<u32>) -> String {
    let (session, _) = filled(app, order("P01", LOW_VOLTAGE, starts_at), numbers);
    seat(app, &session);
    session
}

fn staffed(app: &TestApp, session: &str) -> Assigned {
    let mut assigned = assign::assign(app, &person(app, "centre"), session, None).unwrap();
    known(app, session, &mut assigned.duties);
    assigned
}

/// Who has the duties, which nobody is told so early: read from the table.
fn known(app: &TestApp, session: &str, duties: &mut [DutyView]) {
    let rows = app.db.read(|conn| server::db::sessions::duties(conn, session)).unwrap();
    for duty in duties {
        assert_eq!((duty.staff.as_str(), duty.name.as_str()), ("", ""), "sealed");
        duty.staff = rows.iter().find(|row| row.post == duty.post).unwrap().staff.clone();
    }
}

fn pool(app: &TestApp) -> BTreeMap<String, StaffAdded> {
    let staff = app.db.read(server::db::world::staff).unwrap();
    staff.into_iter().map(|s| (s.code.clone(), s)).collect()
}

fn people(assigned: &Assigned) -> BTreeSet<&str> {
    assigned.duties.iter().map(|d| d.staff.as_str()).collect()
}

#[test]
fn every_post_of_the_session_has_one_person_whom_no_rule_forbids_it() {
    on_both(|app| {
        let session = seated(app, "2026-09-28T09:00:00+08:00", 1..=6);
        let assigned = staffed(app, &session);
        let count = |kind: &str| assigned.duties.iter().filter(|d| d.kind == kind).count();
        assert_eq!(count("invigilator"), 4, "two for each of the two rooms");
        assert_eq!(count("examiner"), 8, "two for each of the four stations of the trade");
        assert_eq!(count("lead_examiner"), 1);
        assert_eq!((count("reserve_invigilator"), count("reserve_examiner")), (2, 2));
        assert_eq!(people(&assigned).len(), assigned.duties.len(), "nobody has two posts");
        let pool = pool(app);
        for duty in &assigned.duties {
            let member = &pool[&duty.staff];
            assert!(member.conflicts_complete, "{duty:?}");
            assert!(member.barred_until.is_none(), "{duty:?}");
            assert!(!member.taught_at.contains(&"T01".to_owned()), "taught the candidates' school: {duty:?}");
            let of_candidates = ["C01", "C02", "C03", "C04"];
            assert!(!member.employer.as_deref().is_some_and(|e| of_candidates.contains(&e)), "{duty:?}");
            let until = if duty.kind.ends_with("invigilator") {
                &member.invigilator_until
            } else {
                assert!(member.examiner_categories.iter().any(|c| c == "electrician"), "{duty:?}");
                &member.examiner_until
            };
            assert!(until.as_deref().is_some_and(|day| day >= "2026-09-28"), "{duty:?}");
        }
        assert!(verify(&transcript(app, &assigned.draw)).established);
        assert_rebuilds(app);
    });
}

#[test]
fn the_same_world_and_seed_give_the_same_duties() {
    let play = |app: &TestApp| {
        let morning = seated(app, "2026-09-28T09:00:00+08:00", 1..=6);
        let next_day = seated(app, "2026-09-29T09:00:00+08:00", 7..=12);
        (staffed(app, &morning), staffed(app, &next_day))
    };
    let mut days = on_both(play);
    days.extend(on_both(play));
    for day in &days[1..] {
        assert_eq!(day, &days[0]);
    }
}

#[test]
fn staff_is_drawn_once_and_after_the_seats() {
    on_both(|app| {
        let centre = person(app, "centre");
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, "2026-09-28T09:00:00+08:00"), 1..=2);
        assert_eq!(code(&assign::assign(app, &centre, &session, None)), "session-state");
        assert_eq!(code(&assign::assign(app, &centre, "S0", None)), "session-unknown");
        seat(app, &session);
        staffed(app, &session);
        assert_eq!(code(&assign::assign(app, &centre, &session, None)), "session-state");
    });
}

#[test]
fn nobody_is_on_duty_in_two_sessions_at_one_time_nor_with_the_same_partner_twice_running() {
    on_both(|app| {
        let first = seated(app, "2026-09-28T09:00:00+08:00", 1..=1);
        let same_time = seated(app, "2026-09-28T10:00:00+08:00", 2..=2);
        // One room each; a pool for two sessions at a time is made by sparing the practical examiners.
        let (first, mut second) =
            (staffed(app, &first), assign::assign(app, &person(app, "centre"), &same_time, None));
        if let Ok(second) = &mut second {
            known(app, &same_time, &mut second.duties);
            assert!(people(&first).is_disjoint(&people(second)));
        } else {
            assert!(second.as_ref().is_err_and(|e| e.to_string().contains("elsewhere_at_that_time")));
        }
        let later = seated(app, "2026-10-12T09:00:00+08:00", 3..=6);
        let later = staffed(app, &later);
        let pairs = |assigned: &Assigned| -> BTreeSet<BTreeSet<String>> {
            let mut places: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
            for duty in assigned.duties.iter().filter(|d| !d.place.is_empty()) {
                places.entry((duty.kind.clone(), duty.place.clone())).or_default().insert(duty.staff.clone());
            }
            places.into_values().collect()
        };
        assert!(pairs(&first).is_disjoint(&pairs(&later)), "{:?} {:?}", pairs(&first), pairs(&later));
    });
}

fn together(app: &TestApp, sessions: &[&String]) -> Result<AssignedDay, assign::AssignError> {
    let order = AssignOrder { sessions: sessions.iter().map(|s| (*s).clone()).collect() };
    assign::assign_day(app, &person(app, "centre"), order, None)
}

#[test]
fn the_sessions_of_a_day_are_drawn_in_one_draw_in_which_nobody_has_two_posts() {
    on_both(|app| {
        let morning = seated(app, "2026-09-28T09:00:00+08:00", 1..=1);
        let evening = seated(app, "2026-09-28T18:00:00+08:00", 2..=2);
        // A pool large enough for two sessions: everybody has a double.
        let doubles = pool(app).into_values().map(|s| StaffAdded { code: format!("{}-b", s.code), ..s });
        app.tell(doubles.map(Fact::StaffAdded).collect());
        let mut day = together(app, &[&evening, &morning]).unwrap();
        day.sessions.iter_mut().for_each(|s| known(app, &s.session, &mut s.duties));
        let drawn: Vec<&str> = day.sessions.iter().map(|s| s.session.as_str()).collect();
        assert_eq!(drawn, [&morning, &evening], "in the order of their start");
        let duties: Vec<_> = day.sessions.iter().flat_map(|s| &s.duties).collect();
        let people: BTreeSet<&str> = duties.iter().map(|d| d.staff.as_str()).collect();
        assert_eq!(people.len(), duties.len());
        assert!(duties.iter().all(|d| !d.post.contains('/')), "a post code is short within its session");
        let draws = app.dump("draws").into_iter().filter(|d| d.contains("| staff |")).count();
        assert_eq!(draws, 1);
        let transcript = transcript(app, &day.draw);
        assert!(verify(&transcript).established);
        assert!(
            transcript.contains(&format!("\"{morning}/room-R1-1\""))
                && transcript.contains("\"subject\": \"2026-09-28\"")
        );
        assert_eq!(code(&together(app, &[&morning, &evening])), "session-state");
        assert_rebuilds(app);
    });
}

#[test]
fn sessions_of_different_days_are_drawn_apart() {
    on_both(|app| {
        let first = seated(app, "2026-09-28T09:00:00+08:00", 1..=1);
        let next = seated(app, "2026-09-29T09:00:00+08:00", 2..=2);
        assert_eq!(code(&together(app, &[&first, &next])), "field-invalid");
        assert_eq!(code(&together(app, &[])), "field-invalid");
        assert_eq!(code(&together(app, &[&first, &"S0".to_owned()])), "session-unknown");
        assert!(together(app, &[&first, &first]).is_ok(), "named twice is named once");
    });
}

#[test]
fn a_pool_that_is_too_small_is_refused_with_what_stands_against_it() {
    on_both(|app| {
        let session = seated(app, "2026-09-28T09:00:00+08:00", 1..=2);
        let barred = pool(app).into_values().filter(|s| s.invigilator_until.is_some());
        let barred =
            barred.map(|s| Fact::StaffAdded(StaffAdded { barred_until: Some("2026-12-31".into()), ..s }));
        app.tell(barred.collect());
        let refused = assign::assign(app, &person(app, "centre"), &session, None).unwrap_err();
        assert_eq!(refused.code(), "no-assignment");
        assert!(refused.to_string().contains("barred keeps"), "{refused}");
        let problem = server::http::problem::Problem::from(refused);
        let codes: Vec<&str> = problem.reasons.iter().map(|reason| reason.code.as_str()).collect();
        assert!(codes.starts_with(&["posts"]) && codes.contains(&"barred"), "{codes:?}");
        let barred = problem.reasons.iter().find(|reason| reason.code == "barred").unwrap();
        assert!(barred.title.contains("停用期内：") && barred.title_en.contains("people"), "{barred:?}");
        assert!(app.dump("duties").is_empty());
        assert_eq!(app.dump("draws").iter().filter(|d| d.contains("| staff |")).count(), 0);
    });
}

#[test]
fn family_of_a_candidate_and_who_said_not_to_come_are_kept_away() {
    on_both(|app| {
        let session = seated(app, "2026-09-28T09:00:00+08:00", 1..=2);
        let candidates = app.db.read(|conn| server::db::sessions::candidates(conn, &session)).unwrap();
        let candidate = candidates[0].row.person.clone();
        let all: Vec<StaffAdded> = pool(app).into_values().collect();
        let fact = |changed: StaffAdded| Fact::StaffAdded(changed);
        type Change = fn(&mut StaffAdded, &str);
        let table: [(&str, Change); 2] = [
            ("family keeps", |s, candidate| s.family.push(candidate.to_owned())),
            ("not_available keeps", |s, _| s.unavailable.push("2026-09-28".into())),
        ];
        for (expected, change) in table {
            let changed = all.iter().cloned().map(|mut s| {
                change(&mut s, &candidate);
                fact(s)
            });
            app.tell(changed.collect());
            let refused = assign::assign(app, &person(app, "centre"), &session, None).unwrap_err();
            assert!(refused.to_string().contains(expected), "{refused}");
        }
        app.tell(all.into_iter().map(fact).collect());
        assert!(assign::assign(app, &person(app, "centre"), &session, None).is_ok());
    });
}

#[test]
fn staff_see_their_own_sessions_and_are_told_the_place_late() {
    on_both(|app| {
        let session = seated(app, "2026-09-28T09:00:00+08:00", 1..=2);
        let assigned = staffed(app, &session);
        let duty = assigned.duties.iter().find(|d| d.kind == "invigilator").unwrap();
        let mut on_duty = person(app, "invigilator");
        on_duty.staff = Some(duty.staff.clone());
        let mut elsewhere = on_duty.clone();
        elsewhere.staff = Some("E013".into());
        assert_eq!(code(&duties::posts(app, &elsewhere, &session)), "no-duty");
        let seen = |who: &Person| {
            let posts = duties::posts(app, who, &session).unwrap().posts;
            let found = posts.into_iter().find(|p| p.post == duty.post).unwrap();
            (found.place, found.staff)
        };
        let (centre, place) = (person(app, "centre"), duty.place.clone());
        assert_eq!(code(&duties::posts(app, &on_duty, &session)), "no-duty", "twelve hours before the start");
        assert_eq!(seen(&centre), (place.clone(), String::new()), "the centre learns it no earlier");
        assert_eq!(code(&duties::posts(app, &person(app, "point2"), &session)), "session-unknown");
        let draw = |login: &str| app.logged_in(login).get(&format!("/api/v1/draws/{}", assigned.draw)).status;
        assert_eq!(draw("auditor"), 403);
        app.at("2026-09-27T21:00:00+08:00");
        assert_eq!(seen(&on_duty), (place.clone(), duty.staff.clone()));
        assert_eq!(seen(&centre), (place, duty.staff.clone()));
        assert_eq!(draw("auditor"), 200);
    });
}
