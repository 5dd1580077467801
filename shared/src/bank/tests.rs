use super::*;
use proptest::prelude::*;

fn row(row: u32, category: &str, title: &str, choices: &str, answers: &str) -> RawRow {
    RawRow {
        row,
        category: category.to_owned(),
        title: title.to_owned(),
        choices: choices.to_owned(),
        answers: answers.to_owned(),
        ..RawRow::default()
    }
}

fn suspects(report: &Report, reason: SuspectReason) -> Vec<Vec<u32>> {
    report.suspect.iter().filter(|s| s.reason == reason).map(|s| s.rows.clone()).collect()
}

#[test]
fn each_defect_of_a_row_is_named() {
    let metals = "**A、铜**B、铁**C、铝";
    let table = [
        (row(1, "单选题", "问", metals, "B"), Ok("B")),
        (row(1, "单选题", "问", metals, " ｂ。"), Ok("B")),
        (row(1, "多选题", "问", metals, "C、A"), Ok("AC")),
        (row(1, "判断题", "问", "", "A"), Ok("A")),
        (row(1, "判断题", "问", "", "错误"), Ok("B")),
        (row(1, "判断题", "问", "", "√"), Ok("A")),
        (row(1, "判断题", "问", "**A、对**B、错", "B"), Ok("B")),
        (row(1, "判断题", "问", "**A、错误**B、正确", "A"), Ok("B")),
        (row(1, "判断题", "问", "**A、错误**B、正确", "正确"), Ok("A")),
        (row(1, "单选题", "  ", metals, "B"), Err(RefusalReason::EmptyTitle)),
        (row(1, "简答题", "问", metals, "B"), Err(RefusalReason::UnknownType)),
        (row(1, "单选题", "问", "铜 铁 铝", "B"), Err(RefusalReason::NoOptions)),
        (row(1, "单选题", "问", "**A、铜", "A"), Err(RefusalReason::TooFewOptions)),
        (row(1, "单选题", "问", "**A、 **B、 **C、 ", "B"), Err(RefusalReason::EmptyOption)),
        (row(1, "单选题", "问", "**A、铜**B、**C、铝", ""), Err(RefusalReason::EmptyOption)),
        (row(1, "单选题", "问", "**A、铜**C、铁", "A"), Err(RefusalReason::OptionLetters)),
        (row(1, "单选题", "问", "**A、铜**B、铜**C、铁", "C"), Err(RefusalReason::EqualOptions)),
        (row(1, "判断题", "问", metals, "B"), Err(RefusalReason::TrueFalseOptions)),
        (row(1, "判断题", "问", "**A、铜**B、铁", "B"), Err(RefusalReason::TrueFalseOptions)),
        (row(1, "判断题", "问", "", "C"), Err(RefusalReason::AnswerNotAnOption)),
        (row(1, "单选题", "问", metals, " "), Err(RefusalReason::AnswerMissing)),
        (row(1, "单选题", "问", metals, "铁"), Err(RefusalReason::AnswerUnreadable)),
        (row(1, "单选题", "问", metals, "AA"), Err(RefusalReason::AnswerUnreadable)),
        (row(1, "单选题", "问", metals, "D"), Err(RefusalReason::AnswerNotAnOption)),
        (row(1, "单选题", "问", metals, "AB"), Err(RefusalReason::SeveralAnswersForSingle)),
        (row(1, "单选题", "问", &"铜".repeat(MAX_OPTION * 27 + 1), "A"), Err(RefusalReason::TooLong)),
    ];
    for (raw, expected) in table {
        let got = question(&raw).map(|question| question.answer().letters());
        assert_eq!(got.as_deref(), expected.as_ref().map(|s: &&str| *s), "{raw:?}");
    }
}

#[test]
fn a_file_is_compared_with_what_is_there() {
    let metals = "**A、铜**B、铁**C、铝";
    let there: Vec<Question> = check(&[
        row(1, "单选题", "导电性最好的是()。", metals, "A"),
        row(2, "单选题", "密度最小的是()。", metals, "C"),
    ])
    .accepted
    .into_iter()
    .map(|(_, question)| question)
    .collect();
    let report = check(&[
        row(1, "单选题", "导电性最好的是（ ）", "**A、铁**B、铜**C、铝", "B"),
        row(2, "单选题", "密度最小的是()。", metals, "B"),
        row(3, "单选题", "熔点最高的是()。", metals, "B"),
    ]);
    let found: Vec<(u32, SuspectReason)> =
        against(&there, &report).iter().map(|suspect| (suspect.rows[0], suspect.reason)).collect();
    assert_eq!(found, [(2, SuspectReason::Contradiction), (1, SuspectReason::Duplicate)]);
}

#[test]
fn rows_that_nearly_say_what_is_there_are_named() {
    let long = "在潮湿场所使用手持电动工具时，应当使用安全特低电压供电，并由专人在场监护";
    let questions = |titles: &[&str]| {
        let rows: Vec<RawRow> =
            (1..).zip(titles).map(|(n, title)| row(n, "判断题", title, "", "A")).collect();
        check(&rows)
    };
    let there: Vec<Question> = questions(&[long]).accepted.into_iter().map(|(_, q)| q).collect();
    let almost = long.replace("专人在", "专人到");
    assert_eq!(near_against(&there, &questions(&["乙炔瓶应当直立放置。", &almost])), [2]);
    // What says exactly the same is not nearly the same.
    let report = questions(&["乙炔瓶应当直立放置。", long]);
    assert!(near_against(&there, &report).is_empty());
    assert!(near_against(&[], &report).is_empty());
}

#[test]
fn suspects_are_found_and_named_by_their_rows() {
    let metals = "**A、铜**B、铁**C、铝";
    let long = "在潮湿场所使用手持电动工具时，应当使用安全特低电压供电，并由专人在场监护";
    let report = check(&[
        row(1, "单选题", "导电性最好的是()。", metals, "A"),
        row(2, "单选题", "导电性最好的是（ ）", "**A、铁**B、铜**C、铝", "B"),
        row(3, "单选题", "密度最小的是()。", metals, "C"),
        row(4, "单选题", "密度最小的是()。", metals, "B"),
        row(5, "判断题", long, "", "A"),
        row(6, "判断题", &long.replace("专人在", "专人到"), "", "A"),
        row(7, "单选题", "如图，符号表示()。", metals, "A"),
        row(8, "单选题", "锟斤拷是()。", metals, "A"),
        row(9, "单选题", "下图中是()。", "**A、**B、", "A"),
        row(10, "单选题", "下列说法错误的是()。", "**A、电流有害**B、电压无害", "B"),
        row(11, "单选题", "下列说法错误的是()。", "**A、电阻无害**B、电感有害", "A"),
    ]);
    assert_eq!(report.read, 11);
    assert_eq!(
        report.refused.iter().map(|r| (r.row, r.reason)).collect::<Vec<_>>(),
        [(9, RefusalReason::EmptyOption)]
    );
    assert_eq!(suspects(&report, SuspectReason::Duplicate), [[1, 2]]);
    assert_eq!(suspects(&report, SuspectReason::Contradiction), [[3, 4]]);
    assert_eq!(suspects(&report, SuspectReason::NearDuplicate), [[5, 6]]);
    assert_eq!(suspects(&report, SuspectReason::FigureMissing), [[7], [9]]);
    assert_eq!(suspects(&report, SuspectReason::Mojibake), [[8]]);
    let titles: Vec<&str> = usable(&report).iter().map(|question| question.title()).collect();
    assert_eq!(titles.len(), 5, "{titles:?}");
    assert_eq!(titles.first(), Some(&"导电性最好的是()。"));
}

#[test]
fn equal_rows_in_great_number_take_no_time() {
    let many: Vec<RawRow> = (1..=3_000)
        .map(|n| {
            row(
                n,
                "判断题",
                &format!("额定电压为{n}V的设备在检修之前应当停电、验电、放电并挂上接地线"),
                "",
                "A",
            )
        })
        .collect();
    let report = check(&many);
    assert_eq!(report.accepted.len(), 3_000);
}

#[test]
fn the_report_on_a_real_bank_of_electricians_names_its_defects() {
    let Some(rows) = bank("low-voltage-electrician.json") else { return };
    let report = check(&rows);
    assert_eq!(report.read, 628);
    assert_eq!(report.accepted.len(), 622);
    let refused: Vec<_> = report.refused.iter().map(|r| (r.row, r.reason)).collect();
    assert_eq!(refused, [243, 316, 327, 342, 574, 576].map(|row| (row, RefusalReason::EmptyOption)));
    assert_eq!(suspects(&report, SuspectReason::Duplicate), [[58, 504], [77, 317]]);
    assert_eq!(suspects(&report, SuspectReason::Contradiction), Vec::<Vec<u32>>::new());
    assert_eq!(suspects(&report, SuspectReason::FigureMissing), [[271], [327]]);
    assert_eq!(suspects(&report, SuspectReason::Mojibake), Vec::<Vec<u32>>::new());
    assert_eq!(
        suspects(&report, SuspectReason::NearDuplicate),
        [[70, 581], [119, 193], [210, 510], [423, 538]]
    );
    let of = |kind| report.accepted.iter().filter(|(_, q)| q.kind() == kind).count();
    assert_eq!((of(QuestionType::TrueFalse), of(QuestionType::Single)), (319, 303));
    assert_eq!(usable(&report).len(), 622 - 2 - 1);
}

#[test]
fn the_report_on_a_real_bank_of_welders_names_its_defects() {
    let Some(rows) = bank("fusion-welding.json") else { return };
    let report = check(&rows);
    assert_eq!(report.read, 1_363);
    let refused: Vec<_> = report.refused.iter().map(|r| (r.row, r.reason)).collect();
    assert_eq!(refused, [(145, RefusalReason::EmptyOption), (652, RefusalReason::EqualOptions)]);
    assert_eq!(suspects(&report, SuspectReason::FigureMissing), [[28], [153], [355], [645]]);
    for reason in [SuspectReason::Duplicate, SuspectReason::Contradiction, SuspectReason::Mojibake] {
        assert_eq!(suspects(&report, reason), Vec::<Vec<u32>>::new(), "{reason:?}");
    }
    let near: [&[u32]; 6] =
        [&[67, 96, 484], &[93, 392], &[214, 282], &[354, 513, 583], &[356, 548], &[428, 580]];
    assert_eq!(suspects(&report, SuspectReason::NearDuplicate), near);
}

#[test]
fn the_banks_of_the_fixtures_have_no_defect() {
    for name in ["electrician-low-voltage", "height-installation", "welding-fusion"] {
        let path = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/banks/{}.json"), name);
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: no {path}");
            continue;
        };
        let report = check(&rows_of(&text));
        assert_eq!(report.refused, [], "{name}");
        let suspects: Vec<&Suspect> =
            report.suspect.iter().filter(|suspect| suspect.reason != SuspectReason::NearDuplicate).collect();
        assert!(suspects.is_empty(), "{name}: {suspects:?}");
    }
}

/// Rows of a bank from outside, if it is there.
fn bank(name: &str) -> Option<Vec<RawRow>> {
    let base = std::env::var("KAODIAN_TESTDATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata").to_owned());
    let Ok(text) = std::fs::read_to_string(format!("{base}/banks/{name}")) else {
        println!("skipped: no {name} in {base}/banks");
        return None;
    };
    Some(rows_of(&text))
}

fn rows_of(text: &str) -> Vec<RawRow> {
    let values: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    let field = |value: &serde_json::Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let rows = values.iter().zip(1..).map(|(value, number)| {
        let [category, title, choices, answers] =
            ["category", "title", "choices", "answers"].map(|name| field(value, name));
        row(number, &category, &title, &choices, &answers)
    });
    rows.collect()
}

proptest! {
    #[test]
    fn read_is_accepted_and_refused_and_nothing_suspect_is_unknown(
        rows in proptest::collection::vec(
            ("(判断题|单选题|多选题|)", "[图下甲乙丙1]{0,4}", "[*A-D、甲乙 ]{0,14}", "[A-D]{0,2}"), 0..30),
    ) {
        let raw: Vec<RawRow> =
            rows.iter().zip(1..).map(|((kind, title, choices, answers), n)| row(n, kind, title, choices, answers)).collect();
        let report = check(&raw);
        prop_assert_eq!(report.read, raw.len());
        prop_assert_eq!(report.read, report.accepted.len() + report.refused.len());
        let mut digests: Vec<_> = usable(&report).into_iter().map(digest).collect();
        digests.sort_unstable();
        let before = digests.len();
        digests.dedup();
        prop_assert_eq!(digests.len(), before, "no question twice");
        for suspect in &report.suspect {
            prop_assert!(suspect.rows.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(suspect.rows.iter().all(|row| (1..=raw.len() as u32).contains(row)));
        }
    }

    #[test]
    fn an_accepted_question_is_read_back_the_same(
        title in "[甲乙丙丁0-9，。]{1,12}甲",
        choices in proptest::collection::btree_set("[铜铁铝][0-9V]{0,3}", 2..6),
        bits in 1_u32..63,
    ) {
        let choices: Vec<String> = choices.into_iter().collect();
        let answer = Answer::from_indices((0..choices.len()).filter(|i| bits & (1 << i) != 0));
        prop_assume!(answer.is_some());
        let draft = Draft {
            kind: QuestionType::Multiple,
            title,
            choices,
            answer: answer.unwrap(),
            tags: Tags { reason: "因".to_owned(), ..Tags::default() },
            picture: None,
        };
        let first = Question::new(draft).unwrap();
        prop_assert_eq!(question(&raw(&first, 1, None)), Ok(first));
    }
}
