//! The theory examination, scenario by scenario, with the clock in our hands.

use crate::exam::{Exam, SESSION, give, on_both, person, right_choice, secret, ticket};
use crate::harness::PASSWORD;
use crate::harness::{assert_rebuilds, code};
use serde_json::json;
use server::app::auth::Throttle;
use server::app::theory::{self, EnterOrder, MisconductOrder, MoveOrder, StepReport};
use server::jobs::deadlines;

const MINUTE: i64 = 60;
const DEADLINE: i64 = 120 * MINUTE;

fn move_to(exam: &Exam<'_>, by: &str, number: u32, room: &str, seat: u32) -> &'static str {
    let order = MoveOrder { room: room.into(), seat, reason: "screen broken".into() };
    code(&theory::move_seat(&exam.app, &person(by), &ticket(number), &order, None))
}

fn misconduct(exam: &Exam<'_>, number: u32, gravity: &str, second: &str, password: &str) -> &'static str {
    let order = MisconductOrder {
        gravity: gravity.into(),
        text: "used a telephone".into(),
        second: second.into(),
        second_password: password.into(),
    };
    code(&theory::misconduct(&exam.app, &Throttle::default(), &person("i1"), &ticket(number), &order, None))
}

#[test]
fn an_invigilator_on_duty_releases_the_room_in_its_time() {
    on_both(1, true, |exam| {
        let table = [
            (-16 * MINUTE, "i1", SESSION, "R01", "too-early"),
            (-15 * MINUTE, "i9", SESSION, "R01", "no-duty"),
            (-15 * MINUTE, "e1", SESSION, "R01", "no-duty"),
            (-15 * MINUTE, "i1", "S-none", "R01", "session-unknown"),
            (-15 * MINUTE, "i1", SESSION, "R02", "room-unknown"),
            (-15 * MINUTE, "i1", SESSION, "R01", "ok"),
            (0, "c1", SESSION, "R01", "ok"),
        ];
        for (at, by, session, room, expected) in table {
            exam.at(at);
            let released = theory::release(&exam.app, &person(by), session, room, None);
            assert_eq!(code(&released), expected, "{at} {by} {session} {room}");
        }
        assert_eq!(exam.count("room_released"), 1);
    });
}

#[test]
fn nobody_sits_down_before_everything_is_in_order_nor_too_late() {
    on_both(12, true, |exam| {
        for number in [1, 3, 4, 5, 6, 7, 8] {
            exam.admit(number);
        }
        let table = [
            (-16 * MINUTE, 1, "R01", 1, "too-early"),
            (-15 * MINUTE, 1, "R01", 1, "ok"),
            (-14 * MINUTE, 1, "R01", 1, "ok"),
            (-14 * MINUTE, 2, "R01", 2, "not-checked-in"),
            (-14 * MINUTE, 3, "R01", 4, "wrong-seat"),
            (-14 * MINUTE, 3, "R02", 3, "wrong-seat"),
            (0, 3, "R01", 3, "ok"),
            (30 * MINUTE, 4, "R01", 4, "ok"),
            (30 * MINUTE + 1, 5, "R01", 5, "too-late"),
            (30 * MINUTE + 1, 1, "R01", 1, "ok"),
            (DEADLINE, 1, "R01", 1, "time-is-up"),
        ];
        for (at, number, room, seat, expected) in table {
            exam.at(at);
            assert_eq!(code(&exam.try_enter(number, room, seat)), expected, "{at} {number} {room} {seat}");
        }
        let nobody = EnterOrder { secret: "guess".into(), room: "R01".into(), seat: 1 };
        assert_eq!(code(&theory::enter(&exam.app, &nobody)), "seat-unknown");
    });
}

#[test]
fn the_paper_is_shown_in_its_own_order_and_ends_for_all_at_the_same_time() {
    on_both(2, true, |exam| {
        exam.admit(1);
        exam.at(25 * MINUTE);
        exam.release("R01");
        let order = EnterOrder { secret: secret(1), room: "R01".into(), seat: 1 };
        let entered = theory::enter(&exam.app, &order).unwrap();
        assert_eq!(entered.name_masked, "王*明");
        assert_eq!(entered.deadline - entered.server_time, (DEADLINE - 25 * MINUTE) * 1000);
        let (_, token) = server::app::auth::seat_by_token(&exam.app, &entered.token).unwrap();
        let opened = theory::open(&exam.app, &theory::Seat { ticket: entered.ticket, token }).unwrap();
        let paper = shared::wire::v1::seat::open(&opened.key, &entered.paper).unwrap();
        let paper: theory::ShownPaper = serde_json::from_str(&paper).unwrap();
        assert_eq!(paper.items.len(), 100);
        let item = &paper.items[79];
        assert_eq!((item.position, item.kind.as_str(), item.title.as_str()), (80, "single", "题目 80"));
        assert_eq!(item.choices, ["三", "一", "四", "二"]);
    });
}

#[test]
fn nobody_gets_the_key_of_a_paper_or_answers_it_before_the_room_is_released_and_the_time_has_come() {
    on_both(2, true, |exam| {
        exam.admit(1);
        exam.at(-15 * MINUTE);
        let first = exam.enter(1).seat;
        let seat = exam.enter(1).seat;
        let guess = give(1, "A");
        let table = [
            (-15 * MINUTE, false, "too-early"),
            (-1, true, "too-early"),
            (0, false, "room-not-released"),
            (1, true, "ok"),
            (DEADLINE, true, "ok"),
        ];
        for (at, released, expected) in table {
            exam.at(at);
            if released && at >= 0 {
                exam.release("R01");
            }
            let asked = (code(&theory::open(&exam.app, &seat)), code(&theory::open(&exam.app, &first)));
            assert_eq!(asked, (expected, "seat-taken-over"), "{at}");
            if expected != "ok" {
                assert_eq!(code(&theory::save_answer(&exam.app, &seat, 1, &guess)), expected, "{at}");
            }
        }
        assert_eq!(exam.saved(), 0);
    });
}

#[test]
fn answers_have_numbers_without_gaps_and_are_saved_once() {
    on_both(1, true, |exam| {
        exam.admit(1);
        exam.at(0);
        exam.release("R01");
        let seat = exam.enter(1).seat;
        let table = [
            (2, 1, "A", "answer-sequence"),
            (0, 1, "A", "answer-sequence"),
            (-1, 1, "A", "answer-sequence"),
            (1, 1, "A", "ok"),
            (1, 1, "A", "ok"),
            (1, 1, "B", "answer-conflict"),
            (1, 2, "A", "answer-conflict"),
            (2, 1, "B", "ok"),
            (3, 91, "CA", "ok"),
            (3, 91, "AC", "ok"),
            (4, 91, "", "ok"),
            (5, 71, "AB", "answer-invalid"),
            (5, 1, "C", "answer-invalid"),
            (5, 1, "a", "answer-invalid"),
            (5, 91, "AA", "answer-invalid"),
            (5, 91, "E", "answer-invalid"),
            (5, 0, "A", "answer-invalid"),
            (5, 101, "A", "answer-invalid"),
            (i64::MAX, 1, "A", "answer-sequence"),
        ];
        for (seq, position, choice, expected) in table {
            let saved = theory::save_answer(&exam.app, &seat, position, &give(seq, choice));
            assert_eq!(code(&saved), expected, "{seq} {position} {choice}");
        }
        let state = theory::state(&exam.app, &seat, None).unwrap();
        let given: Vec<_> = state.answers.iter().flatten().map(|a| (a.position, a.choice.as_str())).collect();
        assert_eq!((given.as_slice(), state.last_seq), ([(1, "B")].as_slice(), 4));
        assert_eq!(exam.saved(), 4);
    });
}

#[test]
fn what_the_old_seat_still_held_is_merged_with_what_was_answered_since() {
    on_both(2, true, |exam| {
        exam.admit(1);
        exam.at(0);
        exam.release("R01");
        let mut old = exam.enter(1);
        exam.at(MINUTE);
        exam.answer(&mut old, 1, "A");
        let now = |seconds: i64| exam.app.clock.now().millis() + seconds * 1000;
        let left = |position: u32, choice: &str, given_at: i64| theory::LeftAnswer {
            position,
            choice: choice.into(),
            given_at,
        };
        // Held by the old seat: a change of 1 and answers to 2, 3 and 4.
        let held =
            vec![left(1, "B", now(2)), left(2, "A", now(3)), left(3, "A", now(4)), left(4, "A", now(5))];
        exam.at(2 * MINUTE);
        assert_eq!(move_to(exam, "i1", 1, "R01", 20), "ok");
        let mut new = exam.try_enter(1, "R01", 20).unwrap();
        exam.answer(&mut new, 3, "B");
        let order = theory::LeftOrder { answers: held };
        let merge = || theory::merge(&exam.app, &old.seat, &order);
        assert_eq!(merge().unwrap(), theory::Merged { saved: 3, older: 1 });
        assert_eq!(merge().unwrap(), theory::Merged { saved: 0, older: 4 }, "once");
        let state = theory::state(&exam.app, &new.seat, Some(2)).unwrap();
        let given: Vec<_> = state.answers.unwrap().into_iter().map(|a| (a.position, a.choice)).collect();
        let expected = [(1, "B"), (2, "A"), (3, "B"), (4, "A")].map(|(p, c)| (p, c.to_owned()));
        assert_eq!((given.as_slice(), state.last_seq), (expected.as_slice(), 5));
        let stale = theory::save_answer(&exam.app, &new.seat, 5, &give(3, "A"));
        assert_eq!(
            code(&stale),
            "answer-conflict",
            "the new seat reads what was merged and goes on from there"
        );
        assert_eq!(code(&theory::save_answer(&exam.app, &new.seat, 5, &give(6, "A"))), "ok");
        let wrong = theory::LeftOrder { answers: vec![left(2, "C", now(0))] };
        assert_eq!(code(&theory::merge(&exam.app, &old.seat, &wrong)), "answer-invalid");
        assert_rebuilds(exam.test);
    });
}

#[test]
fn a_repeated_answer_is_answered_the_same_also_later() {
    on_both(1, true, |exam| {
        exam.admit(1);
        exam.at(0);
        exam.release("R01");
        let seat = exam.enter(1).seat;
        let order = give(1, "A");
        let first = theory::save_answer(&exam.app, &seat, 1, &order).unwrap();
        exam.at(DEADLINE + 1);
        assert_eq!(theory::save_answer(&exam.app, &seat, 1, &order).unwrap(), first);
        let late = give(2, "A");
        assert_eq!(code(&theory::save_answer(&exam.app, &seat, 2, &late)), "time-is-up");
    });
}

#[test]
fn who_is_cut_off_goes_on_at_another_seat_with_nothing_lost() {
    on_both(3, true, |exam| {
        exam.admit(1);
        exam.admit(2);
        exam.at(0);
        exam.release("R01");
        let mut sitter = exam.enter(1);
        exam.answer_so_many(&mut sitter, 3, 0);
        let table = [
            ("i9", "R02", 5, "no-duty"),
            ("i1", "R01", 1, "seat-occupied"),
            ("i1", "R01", 2, "seat-occupied"),
            ("i1", "R09", 5, "room-unknown"),
            ("i1", "R02", 31, "field-invalid"),
            ("i1", "R02", 5, "ok"),
        ];
        for (by, room, seat, expected) in table {
            assert_eq!(move_to(exam, by, 1, room, seat), expected, "{by} {room} {seat}");
        }
        let order = give(4, "A");
        assert_eq!(code(&theory::save_answer(&exam.app, &sitter.seat, 4, &order)), "seat-moved");
        assert_eq!(code(&theory::state(&exam.app, &sitter.seat, None)), "seat-moved");
        assert_eq!(code(&exam.try_enter(1, "R01", 1)), "wrong-seat");
        let there = exam.try_enter(1, "R02", 5).unwrap().seat;
        assert_eq!(code(&theory::open(&exam.app, &there)), "room-not-released");
        exam.release("R02");
        exam.at(31 * MINUTE);
        let mut again = exam.try_enter(1, "R02", 5).unwrap();
        exam.answer(&mut again, 4, "A");
        let third = exam.try_enter(1, "R02", 5).unwrap();
        assert_eq!(code(&exam.hand_in(&again)), "seat-taken-over");
        let state = theory::state(&exam.app, &third.seat, None).unwrap();
        assert_eq!((state.answers.unwrap().len(), state.last_seq), (4, 4));
        exam.hand_in(&third).unwrap();
        assert_eq!(exam.result(1), Some(("handed_in".to_owned(), 4, false)));
        assert_eq!(move_to(exam, "i1", 1, "R02", 6), "already-ended");
        assert_rebuilds(exam.test);
    });
}

#[test]
fn eighty_points_are_a_pass_and_seventy_nine_are_not() {
    for (practical, outcome) in [(true, "theory_passed"), (false, "passed")] {
        on_both(4, practical, |exam| {
            let table =
                [(1, 79, 21, "failed"), (2, 80, 0, outcome), (3, 100, 0, outcome), (4, 0, 5, "failed")];
            for (number, ..) in table {
                exam.admit(number);
            }
            exam.at(0);
            exam.release("R01");
            let mut sitters: Vec<_> = table.iter().map(|(number, ..)| exam.enter(*number)).collect();
            for (sitter, (_, right, wrong, _)) in sitters.iter_mut().zip(table) {
                exam.answer_so_many(sitter, right, wrong);
            }
            exam.at(30 * MINUTE);
            for (sitter, (number, right, wrong, expected)) in sitters.iter().zip(table) {
                let handed_in = exam.hand_in(sitter).unwrap();
                assert_eq!(handed_in.answered, right + wrong);
                let passed = expected != "failed";
                assert_eq!(exam.result(number), Some(("handed_in".to_owned(), right as i32, passed)));
                assert_eq!(exam.outcome(number), expected);
            }
        });
    }
}

#[test]
fn handing_in_waits_for_the_time_and_for_every_answer_and_can_be_repeated() {
    on_both(1, true, |exam| {
        exam.admit(1);
        exam.at(0);
        exam.release("R01");
        let mut sitter = exam.enter(1);
        exam.answer_so_many(&mut sitter, 2, 0);
        let hand_in = |last_seq| theory::hand_in(&exam.app, &sitter.seat, last_seq);
        exam.at(30 * MINUTE - 1);
        assert_eq!(code(&hand_in(2)), "too-early-to-leave");
        exam.at(30 * MINUTE);
        assert_eq!(code(&hand_in(3)), "answers-missing");
        assert_eq!(code(&hand_in(1)), "answer-sequence");
        let first = hand_in(2).unwrap();
        exam.at(40 * MINUTE);
        assert_eq!(hand_in(2).unwrap(), first);
        let order = give(3, "A");
        assert_eq!(code(&theory::save_answer(&exam.app, &sitter.seat, 3, &order)), "already-ended");
        assert_eq!(code(&exam.try_enter(1, "R01", 1)), "already-ended");
        assert_eq!(theory::state(&exam.app, &sitter.seat, None).unwrap().ended_at, Some(first.ended_at));
        assert_eq!(exam.count("theory_ended"), 1);
    });
}

#[test]
fn the_clock_ends_what_is_open_and_records_who_did_not_come() {
    on_both(5, true, |exam| {
        // 1 answers enough, 2 too little, 3 is admitted but never sits down, 4 never comes, 5 hands in too late.
        for number in [1, 2, 3, 5] {
            exam.admit(number);
        }
        exam.at(0);
        exam.release("R01");
        let mut sitters = [1, 2, 5].map(|number| exam.enter(number));
        exam.answer_so_many(&mut sitters[0], 80, 0);
        exam.answer_so_many(&mut sitters[1], 10, 0);
        exam.answer_so_many(&mut sitters[2], 90, 0);
        let nothing = StepReport::default();
        let finish = |by: &str| theory::finish(&exam.app, &person(by), SESSION);
        exam.at(30 * MINUTE);
        assert_eq!(deadlines::step(&exam.app).unwrap(), nothing);
        exam.at(30 * MINUTE + 1);
        assert_eq!(deadlines::step(&exam.app).unwrap(), StepReport { absent: 1, ..nothing });
        assert_eq!(exam.outcome(4), "absent");
        exam.at(DEADLINE - 1);
        assert_eq!(deadlines::step(&exam.app).unwrap(), nothing);
        assert_eq!(code(&finish("i1")), "not-finished");
        exam.answer(&mut sitters[1], 11, right_choice(11));
        exam.at(DEADLINE);
        assert_eq!(exam.hand_in(&sitters[2]).unwrap().answered, 90);
        assert_eq!(code(&finish("i9")), "no-duty");
        assert_eq!(code(&finish("i1")), "not-finished", "what was given in time may still come in");
        exam.at(DEADLINE + MINUTE);
        let finished = finish("i1").unwrap();
        assert_eq!((finished.timed_out, finished.absent), (3, 2));
        assert_eq!(deadlines::step(&exam.app).unwrap(), nothing);
        let timed_out = |points, passed| Some(("timed_out".to_owned(), points, passed));
        assert_eq!(exam.result(1), timed_out(80, true));
        assert_eq!(exam.result(2), timed_out(11, false));
        assert_eq!(exam.result(5), timed_out(90, true));
        let outcomes = [1, 2, 3, 4, 5].map(|number| exam.outcome(number));
        assert_eq!(outcomes, ["theory_passed", "failed", "absent", "absent", "theory_passed"]);
        assert_eq!(exam.hand_in(&sitters[0]).unwrap().answered, 80);
        assert_rebuilds(exam.test);
    });
}

#[test]
fn misconduct_is_signed_by_two_and_a_grave_one_voids_everything() {
    on_both(5, true, |exam| {
        for number in [1, 2, 3] {
            exam.admit(number);
        }
        exam.at(0);
        exam.release("R01");
        let mut sitters = [1, 2, 3].map(|number| exam.enter(number));
        for sitter in &mut sitters {
            exam.answer_so_many(sitter, 85, 0);
        }
        exam.at(40 * MINUTE);
        exam.hand_in(&sitters[1]).unwrap();
        let table = [
            (1, "light", "i2", PASSWORD, "ok"),
            (1, "grave", "i2", "wrong", "signature-wrong"),
            (1, "grave", "nobody", PASSWORD, "signature-wrong"),
            (1, "grave", "i1", PASSWORD, "signature-second-person"),
            (1, "grave", "i9", PASSWORD, "signature-second-person"),
            (1, "awful", "i2", PASSWORD, "field-invalid"),
            (9, "grave", "i2", PASSWORD, "ticket-unknown"),
            (1, "grave", "i2", PASSWORD, "ok"),
            (2, "grave", "c1", PASSWORD, "ok"),
            (4, "grave", "e1", PASSWORD, "ok"),
        ];
        for (number, gravity, second, password, expected) in table {
            assert_eq!(
                misconduct(exam, number, gravity, second, password),
                expected,
                "{number} {gravity} {second}"
            );
        }
        assert_eq!(exam.result(1), Some(("removed".to_owned(), 0, false)));
        assert_eq!(exam.result(2), Some(("handed_in".to_owned(), 0, false)));
        assert_eq!(exam.result(4), None);
        let outcomes = [1, 2, 3, 4].map(|number| exam.outcome(number));
        assert_eq!(outcomes, ["removed", "removed", "pending", "removed"]);
        assert_eq!(code(&exam.hand_in(&sitters[0])), "already-ended");
        exam.at(DEADLINE);
        deadlines::step(&exam.app).unwrap();
        assert_eq!([1, 2, 4, 5].map(|n| exam.outcome(n)), ["removed", "removed", "removed", "absent"]);
        assert_rebuilds(exam.test);
    });
}

#[test]
fn many_seats_answer_at_once_and_nothing_is_lost() {
    on_both(30, true, |exam| {
        (1..=30).for_each(|number| exam.admit(number));
        exam.at(0);
        exam.release("R01");
        let app = &exam.app;
        std::thread::scope(|scope| {
            for number in 1..=30 {
                scope.spawn(move || {
                    let order = EnterOrder { secret: secret(number), room: "R01".into(), seat: number };
                    let entered = theory::enter(app, &order).unwrap();
                    let (_, token) = server::app::auth::seat_by_token(app, &entered.token).unwrap();
                    let seat = theory::Seat { ticket: entered.ticket, token };
                    for seq in 1..=10 {
                        let position = u32::try_from(seq).unwrap();
                        let order = give(seq, right_choice(position));
                        theory::save_answer(app, &seat, position, &order).unwrap();
                    }
                });
            }
        });
        assert_eq!(exam.saved(), 300);
        exam.at(DEADLINE + MINUTE);
        assert_eq!(deadlines::step(app).unwrap().timed_out, 30);
        assert!((1..=30).all(|number| exam.result(number) == Some(("timed_out".to_owned(), 10, false))));
    });
}

#[test]
fn the_jobs_stop_when_their_handle_is_dropped() {
    on_both(1, true, |exam| {
        exam.at(DEADLINE + MINUTE);
        let jobs = server::jobs::start(exam.app.clone()).unwrap();
        drop(jobs);
        assert_eq!(exam.outcome(1), "absent");
    });
}

#[test]
fn a_seat_walks_through_the_api() {
    on_both(2, true, |exam| {
        exam.admit(1);
        exam.at(0);
        let room = exam.test.logged_in("i1");
        let nobody = exam.test.http();
        let scan = json!({ "secret": secret(1), "room": "R01", "seat": 1 });
        let entered = nobody.post("/api/v1/seat/enter", &scan).ok();
        let seat = nobody.clone().with_token(entered["token"].as_str().unwrap());
        let open = || seat.post("/api/v1/seat/open", &json!({}));
        assert_eq!(open().problem(), (409, "room-not-released".to_owned()));
        room.post(&format!("/api/v1/sessions/{SESSION}/rooms/R01/release"), &json!({})).ok();
        assert!(open().ok()["key"].is_string());
        let answer = json!({ "seq": 1, "choice": "A" });
        let saved = seat.put("/api/v1/seat/answers/1", &answer).ok();
        assert_eq!(seat.put("/api/v1/seat/answers/1", &answer).ok(), saved);
        let bad = json!({ "seq": 2, "choice": "A", "points": 100 });
        assert_eq!(seat.put("/api/v1/seat/answers/2", &bad).problem(), (400, "body-unreadable".to_owned()));
        assert_eq!(
            seat.put("/api/v1/seat/answers/x", &answer).problem(),
            (400, "path-unreadable".to_owned())
        );
        assert_eq!(room.get("/api/v1/seat/state").problem(), (401, "not-logged-in".to_owned()));
        assert_eq!(seat.get("/api/v1/seat/state").ok()["answers"], json!([{ "position": 1, "choice": "A" }]));
        exam.at(30 * MINUTE);
        let handed_in = seat.post("/api/v1/seat/hand-in", &json!({ "last_seq": 1 })).ok();
        let fields: Vec<&String> = handed_in.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["answered", "answers_hash", "ended_at", "score"]);
        let score = &handed_in["score"];
        assert_eq!((&score["points"], &score["passed"]), (&json!(1), &json!(false)), "{score}");
        assert_eq!(score["missed"], json!([{ "subject": "安全", "missed": 99, "of": 100 }]));
        let told = handed_in.to_string();
        assert!(
            !told.contains("answer\"") && !told.contains("right"),
            "right answers are told to nobody: {told}"
        );
        let room = exam.test.logged_in("i1");
        let removed = json!({ "gravity": "grave", "text": "x", "second": "i2", "second_password": "no" });
        let record = format!("/api/v1/tickets/{}/misconduct", ticket(1));
        assert_eq!(room.post(&record, &removed).problem(), (422, "signature-wrong".to_owned()));
        let examiner = exam.test.logged_in("e1");
        assert_eq!(examiner.post(&record, &removed).problem(), (403, "role-not-allowed".to_owned()));
        assert_eq!(examiner.get(&format!("/api/v1/sessions/{SESSION}/practical")).ok()["items"], json!([]));
        let sheets = format!("/api/v1/tickets/{}/sheets", ticket(1));
        assert_eq!(examiner.get(&sheets).problem(), (409, "not-passed-theory".to_owned()));
    });
}
