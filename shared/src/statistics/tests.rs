//! Numbers that `reference.py` works out, and what must hold for any sheets.

use super::*;
use proptest::prelude::*;

/// As in `reference.py`.
fn is_right(i: u64, j: u64, bonus: u64) -> bool {
    let noise = (i * 7919 + j * 104_729 + i * j * 31) % 1000;
    noise + 40 * j < 250 + bonus + 6 * (i * 37 % 101)
}

fn sheets(set: &str, count: u64, (first, bonus): (u64, u64), points: &[u32]) -> SetSheets {
    let letter = |text: &str| Answer::parse(text).unwrap();
    let questions = (1..).zip(points).map(|(n, points)| KeyedQuestion {
        question: format!("q{n}"),
        right: Right::One(letter("A")),
        points: *points,
    });
    let sheet = |i: u64| {
        let answer = |j: u64| match is_right(i + first, j, bonus) {
            true => Some(letter("A")),
            false if (i + j).is_multiple_of(5) => None,
            false => Some(letter("C")),
        };
        (0..).take(points.len()).map(answer).collect()
    };
    SetSheets { set: set.to_owned(), questions: questions.collect(), sheets: (0..count).map(sheet).collect() }
}

fn near(got: f64, expected: f64) -> bool {
    (got - expected).abs() < 5e-7
}

#[test]
fn questions_and_set_have_the_numbers_of_the_reference() {
    let found = of_set(&sheets("S", 37, (0, 0), &[1, 2, 1, 2, 1, 2, 1, 2]), 60);
    /// A number of every question, as the reference has it.
    type Column = (&'static str, [f64; 8], fn(&QuestionStatistics) -> f64);
    let columns: [Column; 3] = [
        (
            "facility",
            [0.567_568, 0.567_568, 0.540_541, 0.513_514, 0.486_486, 0.351_351, 0.270_270, 0.243_243],
            |q| q.facility,
        ),
        (
            "point-biserial",
            [0.251_971, 0.252_710, 0.291_996, 0.470_763, 0.239_831, 0.261_582, 0.350_094, 0.316_001],
            |q| q.point_biserial.unwrap(),
        ),
        ("discrimination", [0.433_333, 0.6, 0.5, 0.9, 0.566_667, 0.7, 0.6, 0.6], |q| {
            q.discrimination.unwrap()
        }),
    ];
    for (what, expected, of) in columns {
        for (question, expected) in found.questions.iter().zip(expected) {
            assert!(near(of(question), expected), "{what} of {}: {}", question.question, of(question));
        }
    }
    let set = [found.mean, found.sd.unwrap(), found.kr20.unwrap(), found.sem.unwrap()];
    for (got, expected) in set.into_iter().zip([5.216_216, 3.101_390, 0.584_809, 1.998_391]) {
        assert!(near(got, expected), "{got} {expected}");
    }
    assert_eq!((found.sheets, found.passed, found.total), (37, 9, 12));
    for question in &found.questions {
        assert_eq!((question.asked, question.options[0]), (37, question.right), "all are asked, A is right");
        assert_eq!(question.options.iter().sum::<usize>() + question.unanswered, 37);
    }
}

#[test]
fn the_set_that_is_easier_is_told_and_no_other() {
    let sizes = [30, 34, 31, 28, 12];
    let outcomes = (1_u64..).zip(sizes).map(|(number, count)| {
        let bonus = if number == 3 { 230 } else { 0 };
        let found = of_set(&sheets(&number.to_string(), count, (50 * (number - 1), bonus), &[1; 20]), 50);
        let percents = found.points.iter().map(|points| *points as f64 * 5.0).collect();
        Outcomes { set: found.set, percents, passed: found.passed }
    });
    let found = drift(&outcomes.collect::<Vec<_>>());
    let expected = [
        (Test::FisherExact, [0.243_116_6, 0.402_367_136, 0.000_001_141, 0.074_077_625, 0.212_646_253]),
        (Test::WelchT, [0.286_485_614, 0.099_303_891, 0.000_003_288, 0.426_803_539, 0.018_010_924]),
    ];
    for (test, p) in expected {
        let of_test: Vec<&Difference> = found.iter().filter(|d| d.test == test).collect();
        assert_eq!(of_test.len(), 5);
        for (difference, p) in of_test.iter().zip(p) {
            assert!((difference.p - p).abs() < 1e-8, "{difference:?} {p}");
            assert_eq!(difference.is_significant(), difference.set == "3", "{difference:?}");
        }
    }
    let fifth = found.iter().find(|d| d.set == "5" && d.test == Test::WelchT).unwrap();
    assert!(near(fifth.p_holm, 0.018_010_924 * 4.0), "the second smallest of five counts four times");
    assert!((fifth.of_set, fifth.of_others) != (0.0, 0.0) && near(fifth.of_set, 15.416_667));
}

#[test]
fn holm_steps_down_and_never_falls() {
    let table: [(&[f64], &[f64]); 4] = [
        (&[], &[]),
        (&[0.04], &[0.04]),
        (&[0.01, 0.04, 0.03, 0.005], &[0.03, 0.06, 0.06, 0.02]),
        (&[0.5, 0.9, 0.6], &[1.0, 1.0, 1.0]),
    ];
    for (p, expected) in table {
        let got = holm(p);
        assert!(
            got.len() == expected.len() && got.iter().zip(expected).all(|(a, b)| near(*a, *b)),
            "{got:?}"
        );
    }
}

#[test]
fn where_nothing_can_be_said_nothing_is_said() {
    let none = of_set(&sheets("S", 0, (0, 0), &[1, 1]), 80);
    assert_eq!((none.sheets, none.sd, none.kr20, none.sem), (0, None, None, None));
    assert!(none.questions.iter().all(|q| q.discrimination.is_none() && q.point_biserial.is_none()));
    let one = of_set(&sheets("S", 1, (0, 0), &[1, 1]), 80);
    assert_eq!((one.sd, one.kr20, one.questions[0].discrimination), (None, None, None));
    let mut alike = sheets("S", 4, (0, 0), &[1, 1]);
    let first = alike.sheets[0].clone();
    alike.sheets.iter_mut().for_each(|sheet| sheet.clone_from(&first));
    let alike = of_set(&alike, 80);
    assert_eq!((alike.sd, alike.kr20, alike.questions[0].point_biserial), (Some(0.0), None, None));
    assert_eq!(drift(&[Outcomes { set: "1".into(), percents: vec![1.0, 2.0], passed: 0 }]), []);
}

proptest! {
    #[test]
    fn whatever_is_answered_gives_numbers_within_their_bounds(
        answers in proptest::collection::vec(proptest::collection::vec(0_u32..8, 5), 0..30),
    ) {
        let mut set = sheets("S", 0, (0, 0), &[1, 3, 2, 1, 1]);
        let answer = |bits: u32| Answer::from_indices((0..3).filter(|at| bits & (1 << at) != 0));
        set.sheets = answers.iter().map(|sheet| sheet.iter().map(|bits| answer(*bits)).collect()).collect();
        let found = of_set(&set, 60);
        for question in &found.questions {
            prop_assert!((0.0..=1.0).contains(&question.facility));
            prop_assert!(question.discrimination.is_none_or(|d| (-1.0 - 1e-9..=1.0 + 1e-9).contains(&d)));
            prop_assert!(question.point_biserial.is_none_or(|r| (-1.0 - 1e-9..=1.0 + 1e-9).contains(&r)));
        }
        prop_assert!(found.kr20.is_none_or(|alpha| alpha <= 1.0 + 1e-9));
        // The order of the sheets changes nothing.
        set.sheets.reverse();
        let mut turned = of_set(&set, 60);
        turned.points.reverse();
        for (a, b) in found.questions.iter().zip(&turned.questions) {
            prop_assert!(a.discrimination.zip(b.discrimination).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
        }
        prop_assert_eq!((found.kr20, found.sd, found.points), (turned.kr20, turned.sd, turned.points));
    }
}
