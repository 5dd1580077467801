//! Duties after their draw: told late, confirmed or declined, passed on to reserves, exchanged by two people.

use crate::harness::{TestApp, assert_rebuilds, on_both, person};
use crate::held::{Held, held};
use server::app::auth::Person;
use server::app::duties::{self, AnswerOrder, DecideOrder, DutyError, SessionPosts, SwapOrder};
use server::app::{Refusal, assign, audit, sessions, theory};
use shared::time::Instant;

const START: &str = "2026-09-28T09:00:00+08:00";
/// Sixteen hours before the start: the place is told twelve hours before.
const EVENING: &str = "2026-09-27T17:00:00+08:00";
const TOLD: &str = "2026-09-27T21:00:01+08:00";

/// A session whose staff is drawn on the evening before.
fn drawn(app: &TestApp) -> Held {
    let held = held(app, START, &[1, 2, 3]);
    app.at(EVENING);
    assign::assign(app, &person(app, "centre"), &held.session, None).unwrap();
    held
}

/// Somebody of the staff with an account.
fn member(app: &TestApp, staff: &str, role: &str) -> Person {
    let mut member = person(app, role);
    member.staff = Some(staff.to_owned());
    member
}

fn state(app: &TestApp, session: &str) -> SessionPosts {
    duties::posts(app, &person(app, "centre"), session).unwrap()
}

/// Who has a post.
fn holder(app: &TestApp, session: &str, post: &str) -> String {
    state(app, session).posts.into_iter().find(|p| p.post == post).unwrap().staff
}

fn answer(app: &TestApp, who: &Person, word: &str, reason: &str) -> Result<String, DutyError> {
    let starts_at = Instant::parse(START).unwrap().millis();
    let order = AnswerOrder { starts_at, answer: word.into(), reason: reason.into() };
    duties::answer(app, who, order, None).map(|a| a.answer)
}

fn code<T>(outcome: Result<T, DutyError>) -> &'static str {
    outcome.err().map_or("done", |e| e.code())
}

/// Everything in the product from which somebody could read who has which post of a session, as text.
fn readers(app: &TestApp, session: &str, staff: &str) -> Vec<(&'static str, String)> {
    let seen = |asked: audit::Asked| {
        let page = audit::list(app, &asked).unwrap();
        let posts = ["staff_drawn", "duty_answered", "duty_passed"];
        let lines = page.lines.iter().filter(|l| posts.contains(&l.kind.as_str()));
        let told = |l: &audit::Line| format!("{:?} {:?}", l.things, audit::one(app, l.seq).unwrap().fields);
        lines.map(told).collect::<String>()
    };
    let about = audit::Asked { about: staff.into(), ..audit::Asked::default() };
    let drawn = audit::Asked { kind: "staff_drawn".into(), ..audit::Asked::default() };
    let own = member(app, staff, "invigilator");
    vec![
        ("posts of the session", format!("{:?}", state(app, session).posts)),
        ("events about the person", seen(about)),
        ("the event of the draw", seen(drawn)),
        (
            "candidates, for the person",
            format!("{:?}", sessions::candidates(app, &own, session, (0, 1)).is_ok()),
        ),
        ("room, for the person", format!("{:?}", theory::room(app, &own, session, "R1").is_ok())),
    ]
}

#[test]
fn who_has_which_post_is_told_to_nobody_before_its_time() {
    on_both(|app| {
        let session = drawn(app).session;
        let day = || duties::on_day(app, "2026-09-28").unwrap().items;
        let staff = day().iter().find(|d| d.kind == "invigilator").unwrap().staff.clone();
        let own = member(app, &staff, "invigilator");
        for (reader, text) in readers(app, &session, &staff) {
            assert!(!text.contains(&staff) && !text.contains("true"), "{reader}: {text}");
        }
        let all = day();
        assert!(all.len() > 4, "who is on duty that day is known");
        assert!(all.iter().all(|d| d.place.is_none() && d.session.is_none()));
        let mine = &duties::mine(app, &own).unwrap()[0];
        assert_eq!((mine.session.as_deref(), mine.places.len()), (None, 0));
        app.at(TOLD);
        let told = readers(app, &session, &staff);
        for (reader, text) in told.iter().filter(|(reader, _)| !reader.contains("for the person")) {
            assert!(text.contains(&staff), "{reader}: {text}");
        }
        assert!(day().iter().all(|d| d.place.is_some()));
        assert_eq!(duties::mine(app, &own).unwrap()[0].session.as_deref(), Some(session.as_str()));
    });
}

#[test]
fn for_who_cannot_come_the_next_reserve_has_the_post_until_none_is_left() {
    on_both(|app| {
        let session = drawn(app).session;
        app.at(TOLD);
        let (first, second) =
            (holder(app, &session, "reserve-invigilator-1"), holder(app, &session, "reserve-invigilator-2"));
        for next in [Some(first), Some(second), None] {
            let who = member(app, &holder(app, &session, "room-R1-1"), "invigilator");
            assert_eq!(code(answer(app, &who, "declined", " ")), "field-invalid");
            assert_eq!(code(answer(app, &who, "perhaps", "")), "field-invalid");
            answer(app, &who, "confirmed", "").unwrap();
            assert!(duties::mine(app, &who).unwrap()[0].confirmed);
            answer(app, &who, "declined", "发烧").unwrap();
            assert_eq!(code(answer(app, &who, "confirmed", "")), "no-duty", "it cannot be taken back");
            assert_eq!(holder(app, &session, "room-R1-1"), next.clone().unwrap_or_default());
            assert_eq!(state(app, &session).open, usize::from(next.is_none()));
            assert_rebuilds(app);
        }
        let whys: Vec<String> = state(app, &session).changes.into_iter().map(|c| c.why).collect();
        assert_eq!(whys, ["declined"; 3]);
        app.at(START);
        let other = member(app, &holder(app, &session, "room-R1-2"), "invigilator");
        assert_eq!(code(answer(app, &other, "declined", "发烧")), "duty-state", "too late");
    });
}

#[test]
fn who_does_not_come_is_replaced_and_barred() {
    on_both(|app| {
        let session = drawn(app).session;
        app.at(TOLD);
        let point = person(app, "point");
        let (gone, reserve) = (holder(app, &session, "lead-1"), holder(app, &session, "reserve-examiner-1"));
        let absent = |who: &Person, post: &str| duties::absent(app, who, &session, post, None);
        assert_eq!(code(absent(&point, "lead-1")), "duty-state", "the doors are shut");
        app.at("2026-09-28T08:46:00+08:00");
        let mut elsewhere = point.clone();
        elsewhere.point = Some("P02".into());
        assert_eq!(code(absent(&elsewhere, "lead-1")), "session-unknown");
        assert_eq!(code(absent(&point, "lead-9")), "not-found");
        absent(&point, "lead-1").unwrap();
        assert_eq!(holder(app, &session, "lead-1"), reserve);
        let pool = app.db.read(server::db::world::staff).unwrap();
        let barred = pool.into_iter().find(|m| m.code == gone).unwrap().barred_until;
        assert_eq!(barred.as_deref(), Some("2027-03-27"), "180 days");
        assert_eq!(code(absent(&point, "reserve-examiner-1")), "not-found", "the reserve has stepped in");
        assert_rebuilds(app);
    });
}

#[test]
fn two_people_exchange_posts_only_under_the_rules_and_if_a_second_person_agrees() {
    on_both(|app| {
        let session = drawn(app).session;
        let (one, two) = (person(app, "centre"), person(app, "centre2"));
        let swap = |who: &Person, a: &str, b: &str, why: &str| {
            let order = SwapOrder { one: a.into(), other: b.into(), reason: why.into() };
            duties::propose(app, who, &session, order, None)
        };
        assert_eq!(code(swap(&one, "room-R1-1", "room-R1-2", "座位")), "duty-state", "not told yet");
        app.at(TOLD);
        let table = [
            ("room-R1-1", "room-R1-1", "同一岗位", "swap-refused"),
            ("room-R1-1", "room-R9-1", "没有这个岗位", "swap-refused"),
            ("room-R1-1", "room-R1-2", "", "field-invalid"),
        ];
        for (a, b, why, expected) in table {
            assert_eq!(code(swap(&one, a, b, why)), expected, "{a} {b}");
        }
        let (a, b) = (holder(app, &session, "room-R1-1"), holder(app, &session, "reserve-invigilator-1"));
        let proposed = swap(&one, "room-R1-1", "reserve-invigilator-1", "家中有事，两人同意").unwrap().swap;
        let decide = |who: &Person, agree| duties::decide(app, who, &proposed, DecideOrder { agree }, None);
        assert_eq!(code(decide(&one, true)), "swap-same-person");
        decide(&two, true).unwrap();
        assert_eq!(code(decide(&two, true)), "duty-state", "decided already");
        assert_eq!(
            [holder(app, &session, "room-R1-1"), holder(app, &session, "reserve-invigilator-1")],
            [b, a]
        );
        let state = state(app, &session);
        assert_eq!(state.changes.len(), 2);
        assert!(state.changes.iter().all(|c| c.why == "swapped" && c.reason == "家中有事，两人同意"));
        assert!(state.swaps.is_empty());
        assert_rebuilds(app);
    });
}
