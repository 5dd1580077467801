//! Practising: questions that everybody reads are in no set in force, and nothing of whoever practises is kept.

use crate::harness::{TestApp, assert_rebuilds, code, on_both_with, person};
use crate::small;
use serde_json::{Value, json};
use server::app::Refusal;
use server::app::banks::{BankError, ImportAnswer, Incoming, banks, import, take_in};
use server::app::sets::{SetsOrder, assemble, publish};
use server::db::events;
use server::event::Actor;
use std::collections::{BTreeSet, HashMap};

const LOW_VOLTAGE: &str = "electrician-low-voltage";
const WELDING: &str = "welding-fusion";

/// Trade, questions for practising, questions of a mock examination.
const FIXTURES: [(&str, usize, usize); 2] = [(LOW_VOLTAGE, 80, 70), (WELDING, 70, 20)];

fn practise(app: &TestApp, trade: &str, file: &[u8]) -> Result<ImportAnswer, BankError> {
    let incoming = Incoming { trade, file_name: "practice.json", file, practice: true };
    take_in(app, &Actor::System("test"), incoming, None)
}

fn with_practice(app: &TestApp) {
    small::load(app);
    for (trade, ..) in FIXTURES {
        practise(app, trade, &small::fixture(&format!("practice/{trade}.json"))).unwrap();
    }
}

/// Sets of the fixture's bank in force.
fn with_sets(app: &TestApp) {
    small::load(app);
    let file = small::fixture("banks/welding-fusion.json");
    let bank = import(app, &person(app, "centre"), WELDING, "bank.json", &file, None).unwrap().bank;
    let drawn = assemble(app, &person(app, "centre"), WELDING, order(&bank), None).unwrap();
    publish(app, &person(app, "centre2"), WELDING, &drawn.draw, None).unwrap();
}

fn order(bank: &str) -> SetsOrder {
    SetsOrder { bank: bank.to_owned(), rule_set: None }
}

fn row(title: &str) -> Value {
    json!({"category": "判断题", "title": title, "answers": "A"})
}

fn events_of(app: &TestApp) -> i64 {
    app.db.read(events::count).unwrap()
}

/// Letters that are right at each position of a mock paper, found by the words of the questions.
fn answers(mock: &Value, bank: &Value) -> Vec<Value> {
    let known: HashMap<&str, &Value> = bank["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["title"].as_str().unwrap(), item))
        .collect();
    let items = mock["paper"]["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let question = known[item["title"].as_str().unwrap()];
            let right = question["right"].as_str().unwrap();
            let texts: Vec<&Value> =
                right.bytes().map(|letter| &question["choices"][usize::from(letter - b'A')]).collect();
            let shown = item["choices"].as_array().unwrap().iter().zip('A'..='Z');
            let letters: String = shown.filter(|(text, _)| texts.contains(text)).map(|(_, l)| l).collect();
            json!({ "position": item["position"], "choice": letters })
        })
        .collect()
}

#[test]
fn everybody_practises_and_sits_a_mock_examination_and_nothing_of_it_is_kept() {
    on_both_with(with_practice, |app| {
        let (anybody, before) = (app.http(), events_of(app));
        let offered = anybody.get("/api/v1/practice").ok();
        let offered: BTreeSet<&str> =
            offered["items"].as_array().unwrap().iter().map(|t| t["trade"].as_str().unwrap()).collect();
        assert_eq!(offered, BTreeSet::from([LOW_VOLTAGE, WELDING]));
        for (trade, questions, length) in FIXTURES {
            let bank = anybody.get(&format!("/api/v1/practice/{trade}")).ok();
            let items = bank["items"].as_array().unwrap();
            assert_eq!(items.len(), questions, "{trade}: all of them can be asked");
            assert!(items.iter().all(|q| q["reason"] != "" && q["subject"] != ""), "{trade}: each says why");
            let mock = anybody.post(&format!("/api/v1/practice/{trade}/mock"), &json!({})).ok();
            assert_eq!(
                (mock["minutes"].as_i64(), mock["paper"]["items"].as_array().unwrap().len()),
                (Some(120), length)
            );
            assert!(!mock.to_string().contains("right"), "what is right is not in the paper");
            let path = format!("/api/v1/practice/{trade}/mock/hand-in");
            let hand_in = |answers: Vec<Value>| {
                let order = json!({ "bank": mock["bank"], "seed": mock["seed"], "answers": answers });
                anybody.post(&path, &order).ok()
            };
            let right = answers(&mock, &bank);
            let all = hand_in(right.clone());
            assert_eq!(
                (&all["score"]["points"], &all["score"]["passed"]),
                (&all["score"]["total"], &json!(true))
            );
            assert_eq!(all["score"]["missed"], json!([]));
            let reviewed = all["reviewed"].as_array().unwrap();
            let told = reviewed.iter().map(|r| json!({ "position": r["position"], "choice": r["right"] }));
            assert_eq!(told.collect::<Vec<_>>(), right, "{trade}");
            let none = hand_in(Vec::new());
            assert_eq!((&none["answered"], &none["score"]["passed"]), (&json!(0), &json!(false)));
            let missed = none["score"]["missed"].as_array().unwrap().iter();
            assert_eq!(
                missed.map(|m| m["missed"].as_u64().unwrap()).sum::<u64>(),
                u64::try_from(length).unwrap()
            );
        }
        assert_eq!(events_of(app), before);
        assert_rebuilds(app);
    });
}

#[test]
fn two_mock_examinations_differ_and_what_was_not_drawn_here_is_refused() {
    on_both_with(with_practice, |app| {
        let anybody = app.http();
        let path = format!("/api/v1/practice/{WELDING}/mock");
        let (first, second) = (anybody.post(&path, &json!({})).ok(), anybody.post(&path, &json!({})).ok());
        assert_ne!(first["paper"], second["paper"]);
        let hand_in = |bank: &Value, seed: &str| {
            let order = json!({ "bank": bank, "seed": seed, "answers": [] });
            anybody.post(&format!("{path}/hand-in"), &order).problem()
        };
        let table = [
            (first["bank"].clone(), "x", (422, "field-invalid")),
            (
                json!("electrician-low-voltage-practice-1"),
                first["seed"].as_str().unwrap(),
                (404, "practice-unknown"),
            ),
            (json!("nowhere"), first["seed"].as_str().unwrap(), (404, "practice-unknown")),
        ];
        for (bank, seed, (status, code)) in table {
            assert_eq!(hand_in(&bank, seed), (status, code.to_owned()), "{bank} {seed}");
        }
        for path in ["/api/v1/practice/height-installation", "/practice/height-installation", "/practice/x"] {
            assert_eq!(anybody.get(path).status, 404, "{path}");
        }
        assert_eq!(anybody.get(&format!("/api/v1/practice/{WELDING}/pictures/ab")).status, 404);
    });
}

#[test]
fn questions_for_practising_are_no_bank_from_which_sets_are_drawn() {
    on_both_with(with_practice, |app| {
        assert!(banks(app, WELDING).unwrap().is_empty());
        let bank = format!("{WELDING}-practice-1");
        let drawn = assemble(app, &person(app, "centre"), WELDING, order(&bank), None);
        assert_eq!(code(&drawn), "bank-unknown");
        // A new one takes the place of the one before.
        let file = json!([row("新的练习题一。"), row("另外一道练习的题目。")]).to_string();
        assert_eq!(practise(app, WELDING, file.as_bytes()).unwrap().bank, format!("{WELDING}-practice-2"));
        let now = app.http().get(&format!("/api/v1/practice/{WELDING}")).ok();
        assert_eq!(now["items"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn a_question_of_a_set_in_force_is_refused_for_practising_and_one_that_nearly_is_is_named() {
    on_both_with(with_sets, |app| {
        let rows: Vec<Value> = serde_json::from_slice(&small::fixture("banks/welding-fusion.json")).unwrap();
        let before = events_of(app);
        let refused = practise(app, WELDING, json!(rows).to_string().as_bytes()).unwrap_err();
        // Five sets of twenty questions, some of which are in more than one.
        assert!(
            matches!(&refused, BankError::InForce(rows) if (20..=100).contains(&rows.len())),
            "{refused:?}"
        );
        assert_eq!(refused.code(), "practice-in-force");
        assert_eq!(events_of(app), before);
        let BankError::InForce(named) = refused else { return };
        let asked = |place: &u32| rows[usize::try_from(*place).unwrap() - 1].clone();
        let long = |row: &Value| {
            let title = row["title"].as_str().unwrap();
            title.chars().count() > 25 && title.contains('，') && row["category"] == "判断题"
        };
        let mut almost = named.iter().map(asked).find(long).unwrap();
        almost["title"] = json!(almost["title"].as_str().unwrap().replacen('，', "，就", 1));
        let file = json!([row("这一题与套题无关。"), almost]).to_string();
        let taken = practise(app, WELDING, file.as_bytes()).unwrap();
        let near: Vec<Vec<u32>> = taken
            .report
            .suspect
            .into_iter()
            .filter(|suspect| suspect.reason == "near_set")
            .map(|suspect| suspect.rows)
            .collect();
        assert_eq!(near, [[2]]);
    });
}

#[test]
fn sets_with_a_question_that_everybody_practises_do_not_come_into_force() {
    on_both_with(small::load, |app| {
        let file = small::fixture("banks/welding-fusion.json");
        practise(app, WELDING, &file).unwrap();
        let bank = import(app, &person(app, "centre"), WELDING, "bank.json", &file, None).unwrap();
        assert!(!bank.already_there, "for sets it is another bank than for practising");
        let drawn = assemble(app, &person(app, "centre"), WELDING, order(&bank.bank), None).unwrap();
        let published = publish(app, &person(app, "centre2"), WELDING, &drawn.draw, None);
        assert_eq!(code(&published), "sets-practised");
    });
}
