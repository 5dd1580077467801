//! The commands that scripts rely on: what they answer on standard output, and their exit status.

use std::io::Write;
use std::process::{Command, Stdio};

/// Runs a command with a text on its standard input; answers standard output and exit status.
fn run(arguments: &[&str], input: &str) -> (String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kaodian-server"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

#[test]
fn a_question_in_the_arguments_has_its_answer_and_its_exit_status() {
    let table: [(&[&str], &str, i32); 11] = [
        (&["workday", "--from", "2026-09-30", "--add", "5"], "2026-10-13\n", 0),
        (&["workday", "--from", "2026-12-30", "--add", "5"], "", 1),
        (&["workday", "--from", "2026-13-30", "--add", "5"], "", 2),
        (&["workday"], "", 2),
        (
            &["idnumber", "11010519491231002X"],
            "{\"birth\":\"1949-12-31\",\"division\":\"110105\",\"sex\":\"female\",\"valid\":true}\n",
            0,
        ),
        (&["idnumber", "440524198001010014"], "{\"reason\":\"check_digit\",\"valid\":false}\n", 1),
        (&["retirement", "--birth", "1965-03", "--as", "male"], "2025-04\n", 0),
        (
            &["certificate-dates", "--first", "2024-02-29"],
            "{\"review_due\":\"2027-02-28\",\"review_from\":\"2026-12-30\",\"valid_to\":\"2030-02-28\"}\n",
            0,
        ),
        (&["log-proof"], "", 2),
        (&["draw-verify", "/nowhere"], "", 1),
        (&["no-such-command"], "", 2),
    ];
    for (arguments, answer, status) in table {
        assert_eq!(run(arguments, ""), (answer.to_owned(), status), "{arguments:?}");
    }
}

#[test]
fn each_line_of_standard_input_has_a_line_for_an_answer() {
    let root = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
    let claim = |index: u64| {
        format!(
            "{{\"leafIdx\":{index},\"treeSize\":1,\"root\":\"{root}\",\"leafHash\":\"{root}\",\"proof\":null}}\n"
        )
    };
    let table = [
        ("workday", "2026-09-30 5\n2026-09-30\n".to_owned(), &["2026-10-13", "error: "][..]),
        ("idnumber", "11010519491231002X\n1\n".to_owned(), &["{\"birth\"", "{\"reason\":\"length\""]),
        ("retirement", "1965-03 male\n1965-03 other\n".to_owned(), &["2025-04", "error: "]),
        ("log-proof", claim(0) + &claim(1) + "{}\n", &["valid", "invalid", "invalid"]),
    ];
    for (command, input, answers) in table {
        let (out, status) = run(&[command, "--stdin"], &input);
        assert_eq!(status, 0, "{command}");
        assert_eq!(out.lines().count(), answers.len(), "{command}: {out}");
        for (line, answer) in out.lines().zip(answers) {
            assert!(line.starts_with(answer), "{command}: {line}");
        }
    }
}

#[test]
fn sheets_give_the_statistics_of_their_questions_and_sets() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let key = file("key.csv", "set,question,answer,points\nS,q1,A,1\nS,q2,AB,1\nS,q3,B,1\n");
    let sheets = file("sheets.csv", "sheet,set,answers\n1,S,A|AB|B\n2,S,A|A|B\n3,S,A||A\n4,S,C|B|A\n");
    let (answer, status) =
        run(&["item-statistics", "--key", &key, "--sheets", &sheets, "--report", "json"], "");
    assert_eq!(status, 0);
    let report: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let set = &report["sets"][0];
    // Totals 3, 2, 1, 0; variances 3/16, 3/16 and 4/16 of 20/16.
    assert_eq!(
        (set["sheets"].as_u64(), set["passed"].as_u64(), set["mean"].as_f64()),
        (Some(4), Some(1), Some(1.5))
    );
    assert_eq!(
        (set["sd"].as_f64(), set["kr20"].as_f64(), set["sem"].as_f64()),
        (Some(1.290_994), Some(0.75), Some(0.645_497))
    );
    let facilities: Vec<f64> =
        set["questions"].as_array().unwrap().iter().map(|q| q["facility"].as_f64().unwrap()).collect();
    assert_eq!(facilities, [0.75, 0.25, 0.5]);
    assert_eq!(set["questions"][1]["options"], serde_json::json!({ "A": 2, "B": 2 }));
    assert_eq!(set["questions"][1]["unanswered"], 1);
    assert_eq!(report["drift"], serde_json::json!([]), "one set differs from no other");
    let broken = file("broken.csv", "sheet,set,answers\n1,S,A|AB\n");
    assert_eq!(run(&["item-statistics", "--key", &key, "--sheets", &broken], "").1, 1);
}

#[test]
fn a_bank_is_written_in_another_form_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let bank = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/banks/welding-fusion.json");
    for (form, name) in [("xlsx", "b.xlsx"), ("qti3", "b.zip"), ("json", "b.json"), ("csv", "b.csv")] {
        let out = folder.path().join(name);
        let out = out.to_str().unwrap();
        assert_eq!(run(&["convert-bank", bank, "--to", form, "--out", out], "").1, 0, "{form}");
        let read = |file: &str| {
            let (answer, status) =
                run(&["import-bank", file, "--trade", "welding-fusion", "--dry-run", "--report", "json"], "");
            assert_eq!(status, 0, "{form}");
            let report: serde_json::Value = serde_json::from_str(&answer).unwrap();
            (report["read"].clone(), report["accepted"].clone(), report["suspect"].as_array().unwrap().len())
        };
        assert_eq!(read(out), read(bank), "{form}");
    }
    assert_eq!(run(&["convert-bank", bank, "--to", "doc", "--out", "x"], "").1, 2);
}
