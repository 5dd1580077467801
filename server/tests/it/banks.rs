//! Banks and question sets: what a file becomes, what is drawn from it, and who puts it into force.

use crate::harness::{TestApp, assert_rebuilds, code, on_both_with, person};
use crate::small;
use serde_json::{Value, json};
use server::app::bank_export::export;
use server::app::banks::{ImportAnswer, banks, import};
use server::app::sets::{SetsAnswer, SetsError, SetsOrder, assemble, publish, sets};
use server::db::{banks as tables, events};
use server::event::{Actor, Fact, RuleSetLoaded, Sealed};
use shared::paper::AssembleError;
use shared::wire::transcript::{Verdict, verify};
use std::collections::HashSet;

const LOW_VOLTAGE: &str = "electrician-low-voltage";

/// Trades of the fixtures' banks and questions in a set of each.
const FIXTURES: [(&str, usize); 3] =
    [(LOW_VOLTAGE, 100), ("welding-fusion", 20), ("height-installation", 20)];

fn take(app: &TestApp, trade: &str, file: &[u8]) -> ImportAnswer {
    import(app, &person(app, "centre"), trade, "bank.json", file, None).unwrap()
}

fn draw(app: &TestApp, trade: &str, bank: &str) -> SetsAnswer {
    assemble(app, &person(app, "centre"), trade, from(bank), None).unwrap()
}

fn from(bank: &str) -> SetsOrder {
    SetsOrder { bank: bank.to_owned(), rule_set: None }
}

fn row(title: &str, answer: &str) -> Value {
    json!({"category": "判断题", "title": title, "choices": "**A、正确**B、错误", "answers": answer})
}

fn events_of(app: &TestApp) -> i64 {
    app.db.read(events::count).unwrap()
}

/// Ids of the questions of each set of a draw.
fn questions(app: &TestApp, trade: &str, draw: &str) -> Vec<Vec<String>> {
    let rows = app.db.read(|conn| tables::sets_by_draw(conn, trade, draw)).unwrap();
    let open = |text: String| app.sealer.open("set.questions", &Sealed(text)).unwrap();
    rows.into_iter().map(|r| serde_json::from_str(&open(r.questions)).unwrap()).collect()
}

#[test]
fn each_bank_of_the_fixtures_yields_five_sets_by_its_blueprint() {
    let answers = on_both_with(small::load, |app| {
        let mut drawn = Vec::new();
        for (trade, length) in FIXTURES {
            let bank = take(app, trade, &small::fixture(&format!("banks/{trade}.json")));
            assert_eq!((bank.report.refused.len(), bank.already_there), (0, false), "{trade}");
            let answer = draw(app, trade, &bank.bank);
            let sets = questions(app, trade, &answer.draw);
            assert_eq!(sets.len(), 5, "{trade}");
            for set in &sets {
                assert_eq!(set.len(), length, "{trade}");
                assert_eq!(set.iter().collect::<HashSet<_>>().len(), length, "{trade}: no question twice");
            }
            drawn.push((answer, sets));
        }
        assert_rebuilds(app);
        drawn
    });
    assert!(answers.windows(2).all(|w| w[0] == w[1]), "the same draws on either database");
}

/// Subjects of the questions of each set of a draw, sorted.
fn subjects(app: &TestApp, trade: &str, bank: &str, draw: &str) -> Vec<Vec<String>> {
    let rows = app.db.read(|conn| tables::questions_of(conn, bank)).unwrap();
    let subject = |id: &String| {
        let body = rows.iter().find(|row| row.id == *id).unwrap().body.clone();
        let body: Value =
            serde_json::from_str(&app.sealer.open("question.body", &Sealed(body)).unwrap()).unwrap();
        body["subject"].as_str().unwrap().to_owned()
    };
    let sets = questions(app, trade, draw).into_iter();
    sets.map(|set| {
        let mut subjects: Vec<String> = set.iter().map(subject).collect();
        subjects.sort();
        subjects
    })
    .collect()
}

#[test]
fn the_five_sets_of_a_bank_with_subjects_are_parallel() {
    on_both_with(small::load, |app| {
        for (trade, length) in FIXTURES {
            let bank = take(app, trade, &small::fixture(&format!("banks/{trade}.json"))).bank;
            let made = draw(app, trade, &bank).draw;
            let sets = subjects(app, trade, &bank, &made);
            assert!(sets.windows(2).all(|pair| pair[0] == pair[1]), "{trade}: {sets:?}");
            let different: HashSet<&String> = sets[0].iter().collect();
            assert!(different.len() > 1 && sets[0].len() == length, "{trade}");
        }
    });
}

#[test]
fn shares_of_a_rule_set_are_met_or_named_with_what_they_lack() {
    on_both_with(small::load, |app| {
        let centre = person(app, "centre");
        let bank = take(app, "welding-fusion", &small::fixture("banks/welding-fusion.json")).bank;
        let subject =
            subjects(app, "welding-fusion", &bank, &draw(app, "welding-fusion", &bank).draw)[0][0].clone();
        let rules = |version: &str, count: u32| {
            let text = String::from_utf8(small::fixture("rules/national-2026.1.toml")).unwrap();
            let share = format!(
                "[[theory.share]]\ntrade = \"welding-fusion\"\nkind = \"true_false\"\nsubject = \"{subject}\"\ncount = {count}\n\n[practical]"
            );
            let text = text.replacen("[practical]", &share, 1);
            let text = text.replacen("version = \"2026.1\"", &format!("version = \"{version}\""), 1);
            let id = format!("national@{version}");
            let loaded = RuleSetLoaded {
                id: id.clone(),
                in_force_from: "2026-01-01".to_owned(),
                hash: format!("test {version}"),
                toml: text,
            };
            let event = app.event(&Actor::System("test"), Fact::RuleSetLoaded(loaded));
            app.db.write(move |conn| events::append(conn, &event).map(|_| ())).unwrap();
            SetsOrder { bank: bank.clone(), rule_set: Some(id) }
        };
        let made = assemble(app, &centre, "welding-fusion", rules("2026.8", 2), None).unwrap();
        for set in subjects(app, "welding-fusion", &bank, &made.draw) {
            assert_eq!(set.len(), 20);
            assert!(set.iter().filter(|held| **held == subject).count() >= 2, "{set:?}");
        }
        let before = events_of(app);
        let order = rules("2026.9", 14);
        let outcome = assemble(app, &centre, "welding-fusion", order, None);
        match outcome {
            // So many of one subject are there only in a bank that is all of it.
            Err(SetsError::BankTooSmall(AssembleError::Lacking(lacks))) => {
                assert_eq!(lacks.len(), 1);
                assert_eq!(
                    (lacks[0].share.subject.as_deref(), lacks[0].supply.needed),
                    (Some(subject.as_str()), 14)
                );
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(events_of(app), before + 1, "the rule set alone");
    });
}

#[test]
fn the_transcript_of_the_sets_can_be_done_again_and_stays_closed_while_they_are_in_force() {
    on_both_with(small::load, |app| {
        let bank = take(app, "welding-fusion", &small::fixture("banks/welding-fusion.json")).bank;
        let first = draw(app, "welding-fusion", &bank);
        let visible = |draw: &str| -> (i64, String) {
            use diesel::prelude::*;
            use server::db::schema::draws;
            let row = draws::table.find(draw.to_owned()).select((draws::visible_from, draws::transcript));
            app.db.read(|conn| row.first(conn).map_err(server::db::DbError::from)).unwrap()
        };
        let (from, sealed) = visible(&first.draw);
        let now = app.clock.now().millis();
        assert!(from > now);
        let text = app.sealer.open("draw", &Sealed(sealed)).unwrap();
        assert!(matches!(verify(&text), Verdict { established: true, .. }), "{text}");

        let second_person = person(app, "centre2");
        publish(app, &second_person, "welding-fusion", &first.draw, None).unwrap();
        assert!(visible(&first.draw).0 > now, "in force");
        let second = draw(app, "welding-fusion", &bank);
        assert_ne!(second.draw, first.draw);
        publish(app, &second_person, "welding-fusion", &second.draw, None).unwrap();
        assert!(visible(&first.draw).0 <= now, "superseded");
        let states: Vec<(String, String)> =
            sets(app, "welding-fusion").unwrap().into_iter().map(|s| (s.draw, s.state)).collect();
        assert_eq!(states.iter().filter(|(d, s)| *d == first.draw && s == "superseded").count(), 5);
        assert_eq!(states.iter().filter(|(d, s)| *d == second.draw && s == "in_force").count(), 5);
        assert_rebuilds(app);
    });
}

#[test]
fn the_same_file_twice_changes_nothing_and_answers_the_first_bank() {
    on_both_with(small::load, |app| {
        let file = small::fixture("banks/welding-fusion.json");
        let first = take(app, "welding-fusion", &file);
        let before = events_of(app);
        let again = take(app, "welding-fusion", &file);
        assert_eq!(again, ImportAnswer { already_there: true, ..first.clone() });
        assert_eq!(events_of(app), before);
        let elsewhere = take(app, "height-installation", &file);
        assert!(
            !elsewhere.already_there && elsewhere.bank != first.bank,
            "for another trade it is another bank"
        );
    });
}

#[test]
fn a_question_is_kept_once_and_what_is_suspect_is_never_asked() {
    let file = json!([
        row("电流通过人体会造成伤害。", "A"),
        row("电流通过人体，会造成伤害", "A"),
        row("绝缘手套使用前应检查气密性。", "A"),
        row("绝缘手套使用前应检查气密性。", "B"),
        row("下图所示为禁止合闸的标志。", "A"),
        row("", "A"),
    ]);
    on_both_with(small::load, |app| {
        let answer = take(app, LOW_VOLTAGE, file.to_string().as_bytes());
        let report = &answer.report;
        assert_eq!((report.read, report.accepted, report.refused.len()), (6, 5, 1));
        assert_eq!((report.refused[0].row, report.refused[0].reason.as_str()), (6, "empty_title"));
        let suspect: Vec<(&[u32], &str)> =
            report.suspect.iter().map(|s| (s.rows.as_slice(), s.reason.as_str())).collect();
        assert_eq!(
            suspect,
            [(&[3, 4][..], "contradiction"), (&[1, 2], "duplicate"), (&[5], "figure_missing")]
        );
        let view = &banks(app, LOW_VOLTAGE).unwrap()[0];
        assert_eq!((view.questions, view.usable), (4, 1));
        let pool = app.db.read(|conn| tables::pool(conn, &answer.bank)).unwrap();
        assert_eq!((pool.true_false.len(), pool.single.len(), pool.multiple.len()), (1, 0, 0));
    });
}

/// The same eight rows as a file of each form, with the number of its first row.
fn in_every_form() -> Vec<(&'static str, Vec<u8>, u32)> {
    let metals = "**A、铜**B、铁**C、铝";
    let long = "在潮湿场所使用手持电动工具时，应当使用安全特低电压供电，并由专人在场监护";
    let near = long.replace("专人在", "专人到");
    let rows = [
        ["单选题", "导电性最好的是()。", metals, "A"],
        ["单选题", "导电性最好的是（ ）", metals, "A"],
        ["单选题", "密度最小的是()。", metals, "C"],
        ["单选题", "密度最小的是()。", metals, "B"],
        ["判断题", long, "**A、正确**B、错误", "A"],
        ["判断题", &near, "**A、正确**B、错误", "A"],
        ["单选题", "", metals, "A"],
        ["单选题", "如图所示的符号表示()。", metals, "B"],
    ];
    let heads = ["试题类型", "题目内容", "题目选项", "题目答案"];
    let objects: Vec<Value> = rows
        .iter()
        .map(|[category, title, choices, answers]| {
            json!({"category": category, "title": title, "choices": choices, "answers": answers})
        })
        .collect();
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in (0_u32..).zip([heads].iter().chain(&rows)) {
        csv.write_record(row).unwrap();
        for (column, cell) in (0_u16..).zip(row) {
            sheet.write_string(line, column, *cell).unwrap();
        }
    }
    let text = String::from_utf8(csv.into_inner().unwrap()).unwrap();
    let gb18030 = encoding_rs::GB18030.encode(&text).0.into_owned();
    vec![
        ("bank.json", serde_json::to_vec(&objects).unwrap(), 1),
        ("utf-8.csv", text.clone().into_bytes(), 2),
        ("gb18030.csv", gb18030, 2),
        ("bank.xlsx", book.save_to_buffer().unwrap(), 2),
        ("qti.zip", package(&rows), 1),
    ]
}

/// Rows as a QTI 2.2 package.
fn package(rows: &[[&str; 4]]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut put = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let mut resources = String::new();
    for (number, [_, title, choices, answer]) in (1..).zip(rows) {
        let options = choices.split("**").skip(1).map(|option| option.split_once('、').unwrap());
        let options: String = options
            .map(|(id, text)| format!("<simpleChoice identifier=\"{id}\">{text}</simpleChoice>"))
            .collect();
        put(
            &format!("{number}.xml"),
            &format!(
                "<assessmentItem xmlns=\"http://www.imsglobal.org/xsd/imsqti_v2p2\" identifier=\"i{number}\" title=\"\" \
                 adaptive=\"false\" timeDependent=\"false\"><responseDeclaration identifier=\"RESPONSE\" \
                 cardinality=\"single\" baseType=\"identifier\"><correctResponse><value>{answer}</value></correctResponse>\
                 </responseDeclaration><itemBody><choiceInteraction responseIdentifier=\"RESPONSE\" maxChoices=\"1\">\
                 <prompt>{title}</prompt>{options}</choiceInteraction></itemBody></assessmentItem>"
            ),
        );
        resources +=
            &format!("<resource identifier=\"r\" type=\"imsqti_item_xmlv2p2\" href=\"{number}.xml\"/>");
    }
    put("imsmanifest.xml", &format!("<manifest><resources>{resources}</resources></manifest>"));
    zip.finish().unwrap().into_inner()
}

#[test]
fn every_form_of_a_file_gives_the_same_report_and_is_imported_once() {
    on_both_with(small::load, |app| {
        for (name, file, first) in in_every_form() {
            let before = events_of(app);
            let answer = import(app, &person(app, "centre"), LOW_VOLTAGE, name, &file, None).unwrap();
            let report = &answer.report;
            assert_eq!((report.read, report.accepted), (8, 7), "{name}");
            let refused: Vec<(u32, &str)> =
                report.refused.iter().map(|r| (r.row + 1 - first, r.reason.as_str())).collect();
            assert_eq!(refused, [(7, "empty_title")], "{name}");
            let suspect: Vec<(Vec<u32>, &str)> = report
                .suspect
                .iter()
                .map(|s| (s.rows.iter().map(|row| row + 1 - first).collect(), s.reason.as_str()))
                .collect();
            let expected = [
                (vec![3, 4], "contradiction"),
                (vec![1, 2], "duplicate"),
                (vec![5, 6], "near_duplicate"),
                (vec![8], "figure_missing"),
            ];
            assert_eq!(suspect, expected, "{name}: the gravest first");
            let view = banks(app, LOW_VOLTAGE).unwrap().pop().unwrap();
            assert_eq!((view.file_name.as_str(), view.questions, view.usable), (name, 6, 3), "{name}");
            let imported = events_of(app);
            assert!(imported > before);
            let again = import(app, &person(app, "centre"), LOW_VOLTAGE, name, &file, None).unwrap();
            assert_eq!((again.bank, again.already_there), (answer.bank, true), "{name}");
            assert_eq!(events_of(app), imported, "{name}: the same file twice changes nothing");
        }
        assert_rebuilds(app);
    });
}

#[test]
fn a_file_of_which_no_row_is_good_leaves_nothing_behind() {
    on_both_with(small::load, |app| {
        for (name, file, _) in in_every_form() {
            let text = String::from_utf8_lossy(&file).replace("题目内容", "别的");
            let half =
                if name.ends_with("csv") { text.into_bytes() } else { file[..file.len() / 2].to_vec() };
            let before = events_of(app);
            let outcome = import(app, &person(app, "centre"), LOW_VOLTAGE, name, &half, None);
            assert_eq!(code(&outcome), "bank-unreadable", "{name}");
            assert_eq!(events_of(app), before, "{name}");
            assert_eq!(banks(app, LOW_VOLTAGE).unwrap(), [], "{name}");
        }
    });
}

#[test]
fn what_is_exported_is_imported_as_the_same_questions_and_the_reading_is_an_event() {
    on_both_with(small::load, |app| {
        let centre = person(app, "centre");
        let first = take(app, "welding-fusion", &small::fixture("banks/welding-fusion.json")).bank;
        let ids = |bank: &str| -> Vec<(String, bool)> {
            let rows = app.db.read(|conn| tables::questions_of(conn, bank)).unwrap();
            rows.into_iter().map(|row| (row.id, row.usable)).collect()
        };
        for format in ["xlsx", "qti3", "json", "csv"] {
            let before = events_of(app);
            let file = export(app, &centre, &first, format).unwrap();
            assert_eq!(events_of(app), before + 1, "{format}");
            let again = import(app, &centre, "welding-fusion", &file.name, &file.bytes, None).unwrap();
            assert_eq!(ids(&again.bank), ids(&first), "{format}");
        }
        let before = events_of(app);
        assert_eq!(code(&export(app, &centre, "none", "xlsx")), "bank-unknown");
        assert_eq!(code(&export(app, &centre, &first, "doc")), "field-invalid");
        assert_eq!(events_of(app), before);
        let reads = app.dump("events").iter().filter(|e| e.contains("questions_read")).count();
        assert_eq!(reads, 4);
        assert_rebuilds(app);
    });
}

#[test]
fn a_file_that_cannot_be_used_is_refused_and_changes_nothing() {
    let nothing = json!([row("", "A"), row("问", "C")]).to_string();
    let table: [(&str, &str, &str, &[u8], &str); 7] = [
        ("empty file", LOW_VOLTAGE, "bank.json", b"", "bank-unreadable"),
        ("half a file", LOW_VOLTAGE, "bank.json", b"[{\"category\": ", "bank-unreadable"),
        ("no workbook", LOW_VOLTAGE, "bank.xlsx", b"nothing", "bank-unreadable"),
        ("no row", LOW_VOLTAGE, "bank.json", b"[]", "bank-empty"),
        ("no question", LOW_VOLTAGE, "bank.json", nothing.as_bytes(), "bank-empty"),
        ("no trade", "alchemy", "bank.json", b"[]", "trade-unknown"),
        ("no name", LOW_VOLTAGE, " ", b"[]", "field-invalid"),
    ];
    on_both_with(small::load, |app| {
        let before = events_of(app);
        for (what, trade, name, file, expected) in table {
            let outcome = import(app, &person(app, "centre"), trade, name, file, None);
            assert_eq!(code(&outcome), expected, "{what}");
        }
        assert_eq!(events_of(app), before);
    });
}

#[test]
fn no_sets_are_drawn_from_what_does_not_suffice() {
    on_both_with(small::load, |app| {
        let centre = person(app, "centre");
        let small = take(app, LOW_VOLTAGE, json!([row("一问。", "A")]).to_string().as_bytes()).bank;
        let other = take(app, "welding-fusion", &small::fixture("banks/welding-fusion.json")).bank;
        let before = events_of(app);
        let wanting = |rules: &str| SetsOrder { bank: other.clone(), rule_set: Some(rules.to_owned()) };
        let table = [
            ("too small", LOW_VOLTAGE, from(&small), "bank-too-small"),
            ("no bank", LOW_VOLTAGE, from("none"), "bank-unknown"),
            ("the bank of another trade", LOW_VOLTAGE, from(&other), "bank-unknown"),
            ("no trade", "alchemy", from(&small), "trade-unknown"),
            ("no rules", "welding-fusion", wanting("moon@1"), "rule-set-unknown"),
        ];
        for (what, trade, order, expected) in table {
            assert_eq!(code(&assemble(app, &centre, trade, order, None)), expected, "{what}");
        }
        assert_eq!(events_of(app), before);
    });
}

#[test]
fn a_second_person_publishes() {
    on_both_with(small::load, |app| {
        let (first, second) = (person(app, "centre"), person(app, "centre2"));
        let bank = take(app, "welding-fusion", &small::fixture("banks/welding-fusion.json")).bank;
        let made = draw(app, "welding-fusion", &bank).draw;
        let table = [
            ("who assembled", &first, "welding-fusion", made.as_str(), "second-person-needed"),
            ("another trade", &second, LOW_VOLTAGE, made.as_str(), "sets-unknown"),
            ("no such draw", &second, "welding-fusion", "none", "sets-unknown"),
            ("a second person", &second, "welding-fusion", made.as_str(), "ok"),
            ("once more", &second, "welding-fusion", made.as_str(), "sets-state"),
        ];
        for (what, who, trade, draw, expected) in table {
            assert_eq!(code(&publish(app, who, trade, draw, None)), expected, "{what}");
        }
    });
}

#[test]
fn no_question_is_stored_in_plain_text() {
    on_both_with(small::load, |app| {
        let bank = take(app, LOW_VOLTAGE, json!([row("不可外传的题目。", "A")]).to_string().as_bytes());
        assert_eq!(bank.report.accepted, 1);
        for table in ["events", "questions", "banks"] {
            assert!(!app.dump(table).join("").contains("不可外传"), "{table}");
        }
    });
}

#[test]
fn a_bank_of_others_with_all_its_flaws_is_read_to_the_last_row() {
    let Some(file) = small::testdata("banks/low-voltage-electrician.json") else { return };
    on_both_with(small::load, |app| {
        let answer = take(app, LOW_VOLTAGE, &file);
        assert_eq!(answer.report.read, 628);
        assert_eq!(answer.report.accepted + answer.report.refused.len(), 628);
        let made = draw(app, LOW_VOLTAGE, &answer.bank);
        assert!(made.sets.iter().all(|set| set.questions == 100));
    });
}

#[test]
fn the_api_imports_draws_and_publishes() {
    on_both_with(small::load, |app| {
        let (first, second) = (app.logged_in("centre"), app.logged_in("centre2"));
        let file: Value = serde_json::from_slice(&small::fixture("banks/welding-fusion.json")).unwrap();
        let path = "/api/v1/trades/welding-fusion";
        let bank = first.post(&format!("{path}/banks?name=welding.json"), &file).ok();
        assert_eq!(
            (bank["report"]["read"].as_u64(), bank["already_there"].as_bool()),
            (Some(150), Some(false))
        );
        let sets = first.post(&format!("{path}/sets"), &json!({ "bank": bank["bank"] })).ok();
        let publish = format!("{path}/sets/{}/publish", sets["draw"].as_str().unwrap());
        assert_eq!(first.post(&publish, &json!({})).problem(), (409, "second-person-needed".to_owned()));
        assert_eq!(second.post(&publish, &json!({})).ok(), json!({ "in_force": 5 }));
        assert_eq!(first.get(&format!("{path}/banks")).ok()["items"][0]["file_name"], "welding.json");
        let items = first.get(&format!("{path}/sets")).ok()["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), 5);
        assert_eq!(items[0]["state"], "in_force");
        assert_eq!(app.logged_in("training").get(&format!("{path}/sets")).problem().0, 403);
    });
}
