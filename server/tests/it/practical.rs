//! The practical examination, scenario by scenario.

use crate::exam::{Exam, SESSION, on_both, person, ticket};
use crate::harness::{assert_rebuilds, code};
use server::app::practical::{self, PracticalError, ScoreAnswer, ScoreOrder, SettleOrder};
use server::event::{Fact, MisconductRecorded, SeatEntered, TheoryEnded};
use std::collections::{BTreeMap, BTreeSet};

const PARTS: [&str; 4] = ["K1", "K2", "K3", "K4"];

fn end_theory(exam: &Exam<'_>, number: u32, points: u32) {
    let ticket = ticket(number);
    exam.write(vec![
        Fact::SeatEntered(SeatEntered {
            ticket: ticket.clone(),
            token: "t".into(),
            room: "R01".into(),
            seat: number,
            deadline: 0,
        }),
        Fact::TheoryEnded(TheoryEnded {
            ticket,
            how: "handed_in".into(),
            last_seq: 0,
            answers_hash: String::new(),
            answered: points,
            points,
            total: 100,
            passed: points >= 80,
            practical_follows: true,
        }),
    ]);
}

/// Marks that lose so many points, on the last items first.
fn order(exam: &Exam<'_>, number: u32, part: &str, lose: u32, veto: bool) -> ScoreOrder {
    let sheets = practical::sheets(&exam.app, &person("e1"), &ticket(number)).unwrap();
    let sheet = sheets.iter().find(|s| s.part == part).unwrap();
    let mut left = lose;
    let mut points = BTreeMap::new();
    for item in sheet.items.iter().rev() {
        let lost = left.min(item.points);
        left -= lost;
        points.insert(item.code.clone(), item.points - lost);
    }
    let vetoes = if veto { BTreeSet::from([sheet.vetoes[0].code.clone()]) } else { BTreeSet::new() };
    ScoreOrder { part: part.into(), points, vetoes }
}

fn score(
    exam: &Exam<'_>,
    by: &str,
    number: u32,
    part: &str,
    lose: u32,
    veto: bool,
) -> Result<ScoreAnswer, PracticalError> {
    practical::score(&exam.app, &person(by), &ticket(number), order(exam, number, part, lose, veto), None)
}

fn settle(exam: &Exam<'_>, by: &str, number: u32, part: &str, points: u32, veto: bool) -> &'static str {
    let order = SettleOrder { part: part.into(), points, veto, reason: "seen on the recording".into() };
    code(&practical::settle(&exam.app, &person(by), &ticket(number), &order, None))
}

fn state(outcome: Result<ScoreAnswer, PracticalError>) -> String {
    outcome.unwrap().state
}

fn ended(exam: &Exam<'_>, number: u32) -> Option<(i32, bool, bool)> {
    let found = exam.app.db.read(|c| server::db::sessions::candidate(c, &ticket(number))).unwrap().unwrap();
    found.practical.map(|p| (p.hundredths, p.veto, p.passed))
}

#[test]
fn sheets_are_opened_to_examiners_on_duty_after_a_theory_pass_only() {
    on_both(3, true, |exam| {
        end_theory(exam, 1, 80);
        end_theory(exam, 2, 79);
        let table = [
            ("e1", 1, "ok"),
            ("l1", 1, "ok"),
            ("e9", 1, "no-duty"),
            ("i1", 1, "no-duty"),
            ("e1", 2, "not-passed-theory"),
            ("e1", 3, "not-passed-theory"),
            ("e1", 4, "ticket-unknown"),
        ];
        for (by, number, expected) in table {
            assert_eq!(
                code(&practical::sheets(&exam.app, &person(by), &ticket(number))),
                expected,
                "{by} {number}"
            );
        }
        let list = practical::list(&exam.app, &person("e1"), SESSION).unwrap();
        let brief: Vec<_> =
            list.iter().map(|i| (i.ticket.clone(), i.name_masked.as_str(), i.sheets.len())).collect();
        assert_eq!(brief, [(ticket(1), "王*明", 4)]);
        assert_eq!(code(&practical::list(&exam.app, &person("e9"), SESSION)), "no-duty");
        assert_eq!(code(&practical::list(&exam.app, &person("e1"), "none")), "session-unknown");
    });
}

#[test]
fn marks_and_vetoes_of_the_two_examiners_decide() {
    // For each part what the first and the second examiner take off, and the vetoes they see; then the outcome.
    type Row = ([(u32, u32); 4], [(bool, bool); 4], Option<(i32, bool, bool)>, &'static str);
    let clear = [(false, false); 4];
    let table: [Row; 7] = [
        ([(0, 0); 4], clear, Some((10_000, false, true)), "passed"),
        ([(20, 20); 4], clear, Some((8_000, false, true)), "passed"),
        ([(20, 20), (20, 21), (20, 20), (20, 20)], clear, Some((7_980, false, false)), "failed"),
        ([(0, 0), (45, 45), (0, 0), (0, 0)], clear, Some((8_200, false, true)), "passed"),
        ([(0, 10); 4], clear, Some((9_500, false, true)), "passed"),
        (
            [(0, 0); 4],
            [(true, true), (false, false), (false, false), (false, false)],
            Some((10_000, true, false)),
            "failed",
        ),
        ([(0, 11), (0, 0), (0, 0), (0, 0)], clear, None, "theory_passed"),
    ];
    on_both(7, true, |exam| {
        for (number, (losses, vetoes, expected, outcome)) in (1..).zip(&table) {
            end_theory(exam, number, 90);
            for ((part, (first, second)), (sees, also)) in PARTS.iter().zip(losses).zip(vetoes) {
                assert_eq!(state(score(exam, "e1", number, part, *first, *sees)), "waiting_for_second");
                let together = state(score(exam, "e2", number, part, *second, *also));
                let agreed = first.abs_diff(*second) <= 10 && sees == also;
                assert_eq!(together, if agreed { "agreed" } else { "needs_lead" }, "{number} {part}");
            }
            assert_eq!(ended(exam, number), *expected, "{number}");
            assert_eq!(exam.outcome(number), *outcome, "{number}");
        }
        assert_rebuilds(exam.test);
    });
}

#[test]
fn each_examiner_marks_once_and_a_third_not_at_all() {
    on_both(2, true, |exam| {
        end_theory(exam, 1, 90);
        let marks = |by: &str| code(&score(exam, by, 1, "K1", 0, false));
        assert_eq!(marks("l1"), "no-duty");
        assert_eq!(marks("e9"), "no-duty");
        assert_eq!(marks("e3"), "ok");
        assert_eq!(marks("e3"), "already-scored");
        assert_eq!(marks("e1"), "ok");
        assert_eq!(marks("e2"), "already-scored");
        let mut wrong = order(exam, 1, "K2", 0, false);
        wrong.points.pop_first();
        let by = person("e1");
        assert_eq!(code(&practical::score(&exam.app, &by, &ticket(1), wrong, None)), "marks-invalid");
        let mut wrong = order(exam, 1, "K2", 0, false);
        wrong.vetoes.insert("V99".into());
        assert_eq!(code(&practical::score(&exam.app, &by, &ticket(1), wrong, None)), "marks-invalid");
        let mut wrong = order(exam, 1, "K2", 0, false);
        wrong.part = "K5".into();
        assert_eq!(code(&practical::score(&exam.app, &by, &ticket(1), wrong, None)), "field-invalid");
        assert_eq!(exam.count("practical_scored"), 2);
    });
}

#[test]
fn nobody_sees_the_marks_of_the_other_before_both_are_in() {
    on_both(1, true, |exam| {
        end_theory(exam, 1, 90);
        let seen = |by: &str| {
            let sheets = practical::sheets(&exam.app, &person(by), &ticket(1)).unwrap();
            let marks = sheets[0].marks.iter().map(|m| (m.examiner.clone(), m.total)).collect::<Vec<_>>();
            (sheets[0].state.clone(), marks)
        };
        score(exam, "e1", 1, "K1", 5, false).unwrap();
        for by in ["e1", "e2", "l1"] {
            assert_eq!(seen(by), ("waiting_for_second".to_owned(), Vec::new()), "{by}");
        }
        exam.at(0);
        score(exam, "e2", 1, "K1", 20, false).unwrap();
        let both = vec![("ST-e1".to_owned(), 95), ("ST-e2".to_owned(), 80)];
        assert_eq!(seen("l1"), ("needs_lead".to_owned(), both));
        let list = practical::list(&exam.app, &person("e2"), SESSION).unwrap();
        assert_eq!(list[0].scored_by_me, ["K1"]);
    });
}

#[test]
fn the_lead_settles_what_the_two_disagree_on_and_nothing_else() {
    // Points and veto of the lead for a disputed K2; weights 20, 40, 20, 20.
    let table = [
        ((0, 11), (false, false), 50, false, (8_000, false, true), "passed"),
        ((0, 11), (false, false), 49, false, (7_960, false, false), "failed"),
        ((0, 0), (true, false), 0, false, (10_000, false, true), "passed"),
        ((0, 0), (true, false), 100, true, (10_000, true, false), "failed"),
        ((0, 30), (true, true), 100, false, (10_000, true, false), "failed"),
    ];
    on_both(5, true, |exam| {
        for (number, (lose, veto, points, failed, expected, outcome)) in (1..).zip(table) {
            end_theory(exam, number, 90);
            assert_eq!(settle(exam, "l1", number, "K2", points, failed), "nothing-to-settle");
            for part in PARTS {
                let (lose, veto) = if part == "K2" { (lose, veto) } else { ((0, 0), (false, false)) };
                score(exam, "e1", number, part, lose.0, veto.0).unwrap();
                score(exam, "e2", number, part, lose.1, veto.1).unwrap();
            }
            assert_eq!(ended(exam, number), None);
            assert_eq!(settle(exam, "e3", number, "K2", points, failed), "no-duty");
            assert_eq!(settle(exam, "l1", number, "K1", points, failed), "nothing-to-settle");
            assert_eq!(settle(exam, "l1", number, "K2", 101, failed), "field-invalid");
            assert_eq!(settle(exam, "l1", number, "K2", points, failed), "ok");
            assert_eq!(settle(exam, "l1", number, "K2", points, failed), "nothing-to-settle");
            assert_eq!(ended(exam, number), Some(expected), "{number}");
            assert_eq!(exam.outcome(number), outcome, "{number}");
        }
        assert_rebuilds(exam.test);
    });
}

#[test]
fn who_is_removed_between_theory_and_practical_is_not_marked_any_more() {
    on_both(1, true, |exam| {
        end_theory(exam, 1, 90);
        let marks = order(exam, 1, "K1", 0, false);
        exam.write(vec![Fact::MisconductRecorded(MisconductRecorded {
            ticket: ticket(1),
            gravity: "grave".into(),
            text: "another person".into(),
            second: "acc-i2".into(),
        })]);
        let marked = practical::score(&exam.app, &person("e1"), &ticket(1), marks, None);
        assert_eq!(code(&marked), "already-ended");
        assert_eq!(exam.outcome(1), "removed");
    });
}
