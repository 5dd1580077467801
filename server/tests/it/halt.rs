//! Time that is given back: halts, minutes by two signatures, and answers that came late because a seat was cut off.

use crate::exam::{Exam, SESSION, give, on_both, person, receipts_of, ticket};
use crate::harness::{PASSWORD, assert_rebuilds, code};
use server::app::auth::Throttle;
use server::app::theory::{self, HaltOrder, Seat, TimeOrder};
use server::jobs::deadlines;

const MINUTE: i64 = 60;
const DEADLINE: i64 = 120 * MINUTE;

fn order(ticket: Option<u32>) -> HaltOrder {
    HaltOrder { ticket: ticket.map(crate::exam::ticket), reason: "停电".into() }
}

fn halt(exam: &Exam<'_>, by: &str, whom: Option<u32>) -> &'static str {
    code(&theory::halt(&exam.app, &person(by), (SESSION, &["R01"]), &order(whom), None))
}

fn resume(exam: &Exam<'_>, by: &str, whom: Option<u32>) -> &'static str {
    code(&theory::resume(&exam.app, &person(by), (SESSION, &["R01"]), &order(whom), None))
}

fn time(exam: &Exam<'_>, whom: Option<u32>, minutes: u32, (second, password): (&str, &str)) -> &'static str {
    let order = TimeOrder {
        ticket: whom.map(ticket),
        minutes,
        reason: "座位换机".into(),
        second: second.into(),
        second_password: password.into(),
    };
    let given =
        theory::give_time(&exam.app, &Throttle::default(), &person("i1"), (SESSION, &["R01"]), &order, None);
    code(&given)
}

fn answer(exam: &Exam<'_>, seat: &Seat, seq: i64, given_at: Option<i64>) -> &'static str {
    let order = theory::AnswerOrder { given_at, ..give(seq, "A") };
    code(&theory::save_answer(&exam.app, seat, u32::try_from(seq).unwrap(), &order))
}

fn deadline(exam: &Exam<'_>, seat: &Seat) -> i64 {
    theory::state(&exam.app, seat, Some(0)).unwrap().deadline
}

fn begun(exam: &Exam<'_>, count: u32) -> Vec<Seat> {
    (1..=count).for_each(|number| exam.admit(number));
    exam.at(0);
    exam.release("R01");
    (1..=count).map(|number| exam.enter(number).seat).collect()
}

#[test]
fn a_halt_hides_the_paper_and_gives_back_what_it_lasted() {
    on_both(3, true, |exam| {
        let seats = begun(exam, 2);
        let before = deadline(exam, &seats[0]);
        exam.at(10 * MINUTE);
        assert_eq!(answer(exam, &seats[0], 1, None), "ok");
        assert_eq!(halt(exam, "i9", None), "no-duty");
        assert_eq!(resume(exam, "i1", None), "session-state");
        assert_eq!(halt(exam, "i1", None), "ok");
        assert!(theory::state(&exam.app, &seats[1], None).unwrap().halted);
        exam.at(10 * MINUTE + 9);
        assert_eq!(answer(exam, &seats[0], 2, None), "ok", "it was on its way");
        exam.at(15 * MINUTE);
        assert_eq!(answer(exam, &seats[0], 3, None), "theory-halted");
        assert_eq!(halt(exam, "i1", Some(1)), "session-state", "it is halted already");
        exam.admit(3);
        let third = exam.enter(3).seat;
        exam.at(30 * MINUTE);
        assert_eq!(resume(exam, "i1", None), "ok");
        for seat in seats.iter().chain([&third]) {
            assert_eq!(deadline(exam, seat), before + 20 * 60_000, "who came during the halt as well");
        }
        assert_eq!(answer(exam, &seats[0], 3, None), "ok");
        exam.at(DEADLINE + 19 * MINUTE);
        assert_eq!(answer(exam, &seats[0], 4, None), "ok");
        assert_eq!(deadlines::step(&exam.app).unwrap().timed_out, 0);
        let again = exam.enter(1).seat;
        assert_eq!(deadline(exam, &again), before + 20 * 60_000, "a new entry keeps what was given back");
        exam.at(DEADLINE + 21 * MINUTE);
        assert_eq!(deadlines::step(&exam.app).unwrap().timed_out, 3);
        let view = theory::room(&exam.app, &person("i1"), SESSION, "R01").unwrap();
        let said: Vec<_> = view.record.iter().filter(|line| line.text == "停电").collect();
        assert_eq!(said.len(), 2, "the record tells of both: {:?}", view.record);
        assert_rebuilds(exam.test);
    });
}

#[test]
fn nobody_runs_out_of_time_while_it_is_halted_for_him() {
    on_both(2, true, |exam| {
        let seats = begun(exam, 2);
        exam.at(119 * MINUTE);
        assert_eq!(halt(exam, "i2", Some(2)), "ok");
        exam.at(DEADLINE + 5 * MINUTE);
        assert_eq!(deadlines::step(&exam.app).unwrap().timed_out, 1);
        assert_eq!(resume(exam, "i1", Some(1)), "session-state");
        assert_eq!(resume(exam, "c1", Some(2)), "ok");
        assert_eq!(answer(exam, &seats[1], 1, None), "ok");
        assert_eq!(answer(exam, &seats[0], 1, None), "already-ended");
        exam.at(DEADLINE + 7 * MINUTE);
        assert_eq!(deadlines::step(&exam.app).unwrap().timed_out, 1);
    });
}

#[test]
fn minutes_are_given_by_two_with_a_reason_and_no_more_than_the_rule_set_allows() {
    on_both(2, true, |exam| {
        let seats = begun(exam, 2);
        let before = deadline(exam, &seats[0]);
        let second = ("i2", PASSWORD);
        let table = [
            (Some(1), 0, second, "field-invalid"),
            (Some(1), 61, second, "field-invalid"),
            (Some(1), 5, ("i1", PASSWORD), "signature-second-person"),
            (Some(1), 5, ("i9", PASSWORD), "signature-second-person"),
            (Some(1), 5, ("i2", "wrong"), "signature-wrong"),
            (Some(9), 5, second, "ticket-unknown"),
            (Some(1), 40, second, "ok"),
            (Some(1), 21, second, "field-invalid"),
            (None, 20, second, "ok"),
        ];
        for (whom, minutes, by, expected) in table {
            assert_eq!(time(exam, whom, minutes, by), expected, "{whom:?} {minutes} {}", by.0);
        }
        assert_eq!(deadline(exam, &seats[0]), before + 60 * 60_000);
        assert_eq!(deadline(exam, &seats[1]), before + 20 * 60_000);
        assert_eq!(exam.count("time_given"), 2);
        assert_rebuilds(exam.test);
    });
}

#[test]
fn an_answer_that_was_given_in_time_is_taken_for_a_minute_after_the_end() {
    on_both(1, true, |exam| {
        let seat = begun(exam, 1).remove(0);
        let end = deadline(exam, &seat);
        let table = [
            (DEADLINE - 1, None, "ok"),
            (DEADLINE, None, "time-is-up"),
            (DEADLINE, Some(end), "time-is-up"),
            (DEADLINE, Some(end - 1), "ok"),
            (DEADLINE + 59, Some(end - 1), "ok"),
            (DEADLINE + 60, Some(end - 1), "time-is-up"),
        ];
        let mut seq = 1;
        for (at, given, expected) in table {
            exam.at(at);
            assert_eq!(deadlines::step(&exam.app).unwrap().timed_out, usize::from(at == DEADLINE + 60));
            let expected = if at == DEADLINE + 60 { "already-ended" } else { expected };
            assert_eq!(answer(exam, &seat, seq, given), expected, "{at} {given:?}");
            seq += i64::from(expected == "ok");
        }
        let kept = exam.app.db.read(|c| server::db::answers::of_ticket(c, &ticket(1))).unwrap();
        let given: Vec<_> = kept.iter().map(|row| row.given_at).collect();
        assert_eq!(given, [None, Some(end - 1), Some(end - 1)]);
        let shown = receipts_of(exam, 1);
        let log = server::app::log::key(&exam.app).unwrap();
        assert!(shown.iter().all(|receipt| receipt.root(&log).is_ok()));
        assert_eq!(exam.result(1).map(|result| result.0), Some("timed_out".to_owned()));
    });
}

#[test]
fn what_is_said_of_a_question_reaches_the_centre_once_and_stops_nothing() {
    on_both(2, true, |exam| {
        let seats = begun(exam, 2);
        let say = |seat: &Seat, position: u32, text: &str| {
            code(&theory::doubt(&exam.app, seat, position, &theory::DoubtOrder { text: text.into() }))
        };
        let long = "x".repeat(501);
        let table = [
            (0, 71, "两个选项都对", "ok"),
            (0, 71, "又一次", "ok"),
            (1, 71, "", "ok"),
            (1, 3, "图没有", "ok"),
            (0, 0, "", "answer-invalid"),
            (0, 101, "", "answer-invalid"),
            (0, 1, &long, "field-invalid"),
        ];
        for (who, position, text, expected) in table {
            assert_eq!(say(&seats[who], position, text), expected, "{position} {text}");
        }
        let doubts = theory::doubts(&exam.app).unwrap();
        let said: Vec<_> = doubts.iter().map(|d| (d.question.as_str(), d.count, d.texts.join("|"))).collect();
        assert_eq!(said, [("q71", 2, "两个选项都对".to_owned()), ("q3", 1, "图没有".to_owned())]);
        assert_eq!(answer(exam, &seats[0], 1, None), "ok");
        assert_rebuilds(exam.test);
    });
}

#[test]
fn leaving_for_a_while_and_coming_back_is_recorded_and_the_time_runs_on() {
    on_both(1, true, |exam| {
        let seat = begun(exam, 1).remove(0);
        let before = deadline(exam, &seat);
        let away = |by: &str, back: bool| {
            code(&theory::away(&exam.app, &person(by), (SESSION, "R01"), &ticket(1), back, None))
        };
        let table = [
            ("i9", false, "no-duty"),
            ("i1", true, "session-state"),
            ("i1", false, "ok"),
            ("i1", false, "session-state"),
            ("i2", true, "ok"),
        ];
        for (by, back, expected) in table {
            assert_eq!(away(by, back), expected, "{by} {back}");
        }
        assert_eq!(deadline(exam, &seat), before);
        let view = theory::room(&exam.app, &person("i1"), SESSION, "R01").unwrap();
        let noted: Vec<_> =
            view.record.iter().filter(|line| matches!(line.what, theory::What::Away(_))).collect();
        assert_eq!(noted.len(), 2);
        assert_rebuilds(exam.test);
    });
}
