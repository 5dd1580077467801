use super::*;
use proptest::prelude::*;

fn item(code: &str, points: u32) -> Item {
    Item { code: code.to_owned(), text_zh: "步骤".to_owned(), text_en: "step".to_owned(), points }
}

fn parts_of(code: &str) -> SheetParts {
    let veto =
        |code: &str| Veto { code: code.to_owned(), text_zh: "否决".to_owned(), text_en: "veto".to_owned() };
    SheetParts {
        code: SheetCode::parse(code).unwrap(),
        part: KPart::K1,
        title_zh: "题".to_owned(),
        title_en: "title".to_owned(),
        minutes: 10,
        items: vec![item("1", 60), item("2", 40)],
        vetoes: vec![veto("V1"), veto("V2")],
    }
}

fn marks(points: &[(&str, u32)], failed: &[&str]) -> Marks {
    Marks {
        points: points.iter().map(|(code, points)| ((*code).to_owned(), *points)).collect(),
        failed: failed.iter().map(|code| (*code).to_owned()).collect(),
    }
}

fn marked(first: u32, second: u32, failed: &[&str]) -> ExaminerSheet {
    let sheet = Sheet::new(parts_of("K1-1")).unwrap();
    ExaminerSheet::new(&sheet, marks(&[("1", first), ("2", second)], failed)).unwrap()
}

fn codes(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn a_sheet_is_worth_a_hundred_points_and_names_things_once() {
    type Change = fn(&mut SheetParts);
    let table: [(Change, &str); 7] = [
        (|p| p.items[0].points = 59, "sheet K1-1: the items add up to 99 points, not to 100"),
        (|p| p.items.clear(), "sheet K1-1: the items add up to 0 points, not to 100"),
        (|p| p.items.push(item("3", 0)), "sheet K1-1: item '3' is worth 0 points"),
        (|p| p.vetoes[1].code = "1".to_owned(), "sheet K1-1: code '1' is empty or stands twice"),
        (|p| p.items[0].code = " ".to_owned(), "sheet K1-1: code ' ' is empty or stands twice"),
        (|p| p.vetoes[0].text_en.clear(), "sheet K1-1: 'V1' has an empty text"),
        (|p| p.minutes = 0, "sheet K1-1: the time is 0 minutes"),
    ];
    for (change, expected) in table {
        let mut parts = parts_of("K1-1");
        change(&mut parts);
        assert_eq!(Sheet::new(parts).unwrap_err().to_string(), expected);
    }
}

#[test]
fn marks_fit_their_sheet_or_are_refused() {
    let sheet = Sheet::new(parts_of("K1-1")).unwrap();
    let missing = MarksError::Missing(vec!["1".to_owned(), "2".to_owned()]);
    let table = [
        (marks(&[("1", 60), ("2", 0)], &["V2"]), Ok(60)),
        (marks(&[], &[]), Err(missing)),
        (marks(&[("1", 1)], &[]), Err(MarksError::Missing(vec!["2".to_owned()]))),
        (marks(&[("1", 1), ("2", 1), ("3", 1)], &[]), Err(MarksError::UnknownItem("3".to_owned()))),
        (
            marks(&[("1", 61), ("2", 1)], &[]),
            Err(MarksError::TooMany { code: "1".to_owned(), given: 61, most: 60 }),
        ),
        (marks(&[("1", 1), ("2", 1)], &["1"]), Err(MarksError::UnknownVeto("1".to_owned()))),
    ];
    for (marks, expected) in table {
        assert_eq!(ExaminerSheet::new(&sheet, marks).map(|sheet| sheet.total()), expected);
    }
}

#[test]
fn two_examiners_agree_or_the_lead_settles_it() {
    let agreed = |half_points| SheetScore::Agreed { half_points };
    let table = [
        ((60, 40), (60, 40), None, agreed(200)),
        ((50, 40), (45, 40), None, agreed(175)),
        ((50, 40), (40, 40), None, agreed(170)),
        ((50, 40), (39, 40), None, SheetScore::NeedsLead { difference: 11 }),
        ((39, 40), (50, 40), None, SheetScore::NeedsLead { difference: 11 }),
        ((50, 40), (39, 40), Some((41, 40)), SheetScore::Settled { half_points: 162 }),
        ((50, 40), (50, 40), Some((0, 0)), agreed(180)),
    ];
    for (a, b, lead, expected) in table {
        let sheet = |(first, second)| marked(first, second, &[]);
        let outcome = combine(&sheet(a), &sheet(b), lead.map(sheet).as_ref(), 10).unwrap();
        assert_eq!(
            outcome,
            SheetOutcome { score: expected, veto: VetoOutcome::Clear },
            "{a:?} {b:?} {lead:?}"
        );
    }
}

#[test]
fn a_veto_item_that_one_examiner_alone_saw_failed_needs_the_lead() {
    type Case<'a> = (&'a [&'a str], &'a [&'a str], Option<&'a [&'a str]>, VetoOutcome);
    let table: [Case<'_>; 8] = [
        (&[], &[], None, VetoOutcome::Clear),
        (&["V1"], &["V1"], None, VetoOutcome::Failed(codes(&["V1"]))),
        (&["V1"], &[], None, VetoOutcome::Disputed(codes(&["V1"]))),
        (&["V1"], &["V2"], None, VetoOutcome::Disputed(codes(&["V1", "V2"]))),
        (&["V1", "V2"], &["V1"], None, VetoOutcome::Failed(codes(&["V1"]))),
        (&["V1"], &[], Some(&[]), VetoOutcome::Clear),
        (&["V1"], &[], Some(&["V1", "V2"]), VetoOutcome::Failed(codes(&["V1"]))),
        (&["V1"], &["V1"], Some(&[]), VetoOutcome::Failed(codes(&["V1"]))),
    ];
    for (a, b, lead, expected) in table {
        let sheet = |failed: &[&str]| marked(60, 40, failed);
        let outcome = combine(&sheet(a), &sheet(b), lead.map(sheet).as_ref(), 10).unwrap();
        assert_eq!(outcome.needs_lead(), matches!(expected, VetoOutcome::Disputed(_)));
        assert_eq!(outcome.veto, expected, "{a:?} {b:?} {lead:?}");
    }
}

#[test]
fn marks_of_different_sheets_are_not_put_together() {
    let other = Sheet::new(parts_of("K1-2")).unwrap();
    let other = ExaminerSheet::new(&other, marks(&[("1", 1), ("2", 1)], &[])).unwrap();
    let one = marked(1, 1, &[]);
    assert_eq!(combine(&one, &other, None, 10), Err(CombineError::OtherSheet));
    assert_eq!(combine(&one, &one, Some(&other), 10), Err(CombineError::OtherSheet));
}

fn agreed(half_points: u32) -> SheetOutcome {
    SheetOutcome { score: SheetScore::Agreed { half_points }, veto: VetoOutcome::Clear }
}

#[test]
fn the_sheets_are_weighted_and_a_veto_outweighs_all() {
    let table = [
        ([200, 200, 200, 200], [20, 40, 20, 20], 10_000, true),
        ([160, 160, 160, 160], [20, 40, 20, 20], 8_000, true),
        ([160, 160, 160, 159], [20, 40, 20, 20], 7_990, false),
        ([159, 160, 160, 161], [20, 40, 20, 20], 8_000, true),
        ([160, 159, 160, 161], [25, 26, 25, 24], 7_999, false),
        ([0, 200, 200, 200], [20, 60, 10, 10], 8_000, true),
    ];
    for (half_points, weights, hundredths, passed) in table {
        let outcome = outcome(&half_points.map(agreed), &weights, 80).unwrap();
        assert_eq!((outcome.hundredths, outcome.passed), (hundredths, passed), "{half_points:?}");
    }
    let mut sheets = [200; 4].map(agreed);
    sheets[2].veto = VetoOutcome::Failed(codes(&["V1"]));
    let vetoed = outcome(&sheets, &[20, 40, 20, 20], 80).unwrap();
    assert_eq!(vetoed, PracticalOutcome { hundredths: 10_000, passed: false, vetoed: vec![KPart::K3] });
}

#[test]
fn there_is_no_outcome_before_the_lead_has_marked() {
    let mut sheets = [200; 4].map(agreed);
    sheets[0].score = SheetScore::NeedsLead { difference: 30 };
    sheets[3].veto = VetoOutcome::Disputed(codes(&["V1"]));
    let error = outcome(&sheets, &[25; 4], 80).unwrap_err();
    assert_eq!(error, NeedsLead(vec![KPart::K1, KPart::K4]));
    assert_eq!(error.to_string(), "the lead examiner must mark first: K1, K4");
}

proptest! {
    #[test]
    fn the_order_of_the_examiners_does_not_matter(
        a in (0_u32..=60, 0_u32..=40), b in (0_u32..=60, 0_u32..=40), tolerance in 0_u32..40,
        veto_a in any::<bool>(), veto_b in any::<bool>(),
    ) {
        let failed = |veto: bool| if veto { ["V1"].as_slice() } else { &[] };
        let (a, b) = (marked(a.0, a.1, failed(veto_a)), marked(b.0, b.1, failed(veto_b)));
        let one = combine(&a, &b, None, tolerance).unwrap();
        prop_assert_eq!(&one, &combine(&b, &a, None, tolerance).unwrap());
        let settled = combine(&a, &b, Some(&a), tolerance).unwrap();
        prop_assert!(!settled.needs_lead());
    }

    #[test]
    fn more_points_never_turn_a_pass_into_a_failure(
        half in proptest::array::uniform4(0_u32..=200), at in 0_usize..4, more in 0_u32..200, k1 in 0_u32..=100, k2 in 0_u32..=100,
    ) {
        prop_assume!(k1 + k2 <= 100);
        let weights = [k1, k2, 100 - k1 - k2, 0];
        let before = outcome(&half.map(agreed), &weights, 80).unwrap();
        let mut better = half;
        better[at] = (half[at] + more).min(200);
        let after = outcome(&better.map(agreed), &weights, 80).unwrap();
        prop_assert!(after.hundredths >= before.hundredths && after.hundredths <= 10_000);
        prop_assert!(after.passed || !before.passed);
    }
}
