//! Who may call what: the table, the description of the API and the running server say the same.

use crate::harness::{Backend, TestApp, on_both};
use serde_json::json;
use server::http::access::{Access, Role, TABLE, Who};
use server::http::api::openapi;
use std::collections::BTreeSet;

/// The endpoints that the description of the API has.
fn described() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(openapi::description()).unwrap();
    let mut all = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, _) in item.as_object().unwrap() {
            if ["get", "post", "put", "delete", "patch"].contains(&method.as_str()) {
                all.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    all
}

/// The path with something in the place of each parameter.
fn filled(row: &Access) -> String {
    row.path
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn no_endpoint_is_in_the_table_twice() {
    let rows: BTreeSet<(&str, &str)> = TABLE.iter().map(|a| (a.method, a.path)).collect();
    assert_eq!(rows.len(), TABLE.len());
}

#[test]
fn the_description_and_the_table_have_the_same_endpoints() {
    let table: BTreeSet<(String, String)> =
        TABLE.iter().map(|a| (a.method.to_owned(), a.path.to_owned())).collect();
    let described = described();
    let unlisted: Vec<_> = described.difference(&table).collect();
    assert!(unlisted.is_empty(), "endpoints that nobody is admitted to: {unlisted:?}");
    let missing: Vec<_> = table.difference(&described).collect();
    assert!(missing.is_empty(), "rows of the table without a described endpoint: {missing:?}");
}

#[test]
fn without_a_token_every_endpoint_but_the_open_ones_answers_401() {
    let app = TestApp::open(Backend::Sqlite).unwrap();
    let nobody = app.http();
    let described = described();
    for row in TABLE.iter().filter(|a| described.contains(&(a.method.to_owned(), a.path.to_owned()))) {
        let answer =
            nobody.call(row.method, &filled(row), (row.method != "GET").then(|| json!({})).as_ref(), None);
        if matches!(row.who, Who::Anyone) {
            let refused = answer.status == 403 || answer.status / 100 == 5;
            assert!(!refused, "{} {}: {}", row.method, row.path, answer.status);
        } else {
            assert_eq!(answer.status, 401, "{} {}", row.method, row.path);
        }
    }
}

#[test]
fn each_role_is_admitted_to_its_endpoints_only() {
    on_both(|app| {
        let described = described();
        for role in Role::all().filter(|r| !matches!(r, Role::Examinee | Role::Kiosk)) {
            let client = app.as_role(role);
            for row in TABLE.iter().filter(|a| described.contains(&(a.method.to_owned(), a.path.to_owned())))
            {
                let (person_endpoint, admitted) = match row.who {
                    Who::Anyone => continue,
                    Who::AnyPerson | Who::Roles(_) => (true, row.who.admits(role)),
                    Who::Kiosk | Who::Seat => (false, false),
                };
                // Logging out would end the walk.
                if row.path.ends_with("/logout") {
                    continue;
                }
                let body = (row.method != "GET").then(|| json!({}));
                let answer = client.call(row.method, &filled(row), body.as_ref(), None);
                let what = format!("{} {} as {}", row.method, row.path, role.word());
                assert_ne!(answer.status / 100, 5, "{what}");
                match (person_endpoint, admitted) {
                    (false, _) => assert_eq!(answer.status, 401, "{what}"),
                    (true, false) => {
                        assert_eq!(answer.problem(), (403, "role-not-allowed".to_owned()), "{what}")
                    }
                    (true, true) => assert!(
                        answer.status != 401
                            && !(answer.status == 403 && answer.problem().1 == "role-not-allowed"),
                        "{what}: {}",
                        answer.status
                    ),
                }
            }
        }
    });
}

#[test]
fn every_code_has_a_status_and_words_in_both_languages() {
    use server::text::{Lang, text_with};
    for (code, status) in server::http::problem::STATUS {
        assert!((400..600).contains(status), "{code}");
        let id = format!("problem-{code}");
        let words = |lang| text_with(lang, &id, &[("detail", "#")]);
        let (zh, en) = (words(Lang::Zh), words(Lang::En));
        assert!(zh != id && en != id, "{code} has no message");
        assert!(zh.chars().any(is_han) && !en.chars().any(is_han), "{code}: {zh} / {en}");
    }
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}
