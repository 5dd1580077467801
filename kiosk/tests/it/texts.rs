//! Every text that the kiosk can show is there in both languages, and none is there for nothing.

use kiosk::text::{Lang, Texts};
use std::collections::BTreeSet;
use std::path::Path;

fn ids_of(language: &str) -> BTreeSet<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/locales").join(language);
    let ours = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let ours = ours.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("kiosk"));
    let text: String = ours.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" = ").map(|(id, _)| id.to_owned()))
        .collect()
}

fn sources(dir: &Path, into: &mut String) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else {
            into.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Ids written out in the sources, and beginnings of those that are put together from a code.
fn used() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    sources(&root.join("src"), &mut text);
    sources(&root.join("templates"), &mut text);
    let quoted = text.split('"').filter(|piece| piece.starts_with("kiosk-"));
    quoted.map(|piece| piece.split('{').next().unwrap().to_owned()).collect()
}

#[test]
fn both_languages_have_the_same_ids_and_every_id_that_is_used() {
    let (zh, en) = (ids_of("zh-CN"), ids_of("en"));
    assert_eq!(zh, en);
    for id in used() {
        let known =
            if id.ends_with('-') { zh.iter().any(|known| known.starts_with(&id)) } else { zh.contains(&id) };
        assert!(known, "{id} is used and not there");
    }
    let used = used();
    let prefixes: Vec<_> = used.iter().filter(|id| id.ends_with('-')).collect();
    for id in &zh {
        let wanted = used.contains(id) || prefixes.iter().any(|prefix| id.starts_with(prefix.as_str()));
        assert!(wanted, "{id} is there and not used");
    }
}

#[test]
fn every_refusal_says_what_happened_and_what_to_do() {
    let codes = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/core/refusal.rs")).unwrap();
    let of_core = codes.split("=> \"").skip(1).filter_map(|piece| piece.split('"').next());
    let codes: Vec<_> = of_core.chain(kiosk::web::OWN_CODES).collect();
    assert!(codes.len() > 30, "{codes:?}");
    for code in codes {
        for lang in [Lang::Zh, Lang::En] {
            for prefix in ["kiosk-refused", "kiosk-advice"] {
                let id = format!("{prefix}-{}", code.replace('_', "-"));
                let parameters = [
                    ("day", "9"),
                    ("point", "9"),
                    ("time", "9"),
                    ("seconds", "9"),
                    ("calls", "9"),
                    ("needed", "9"),
                ];
                assert_ne!(Texts::new(lang).with(&id, &parameters), id);
            }
        }
    }
}
