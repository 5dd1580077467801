//! What the file of a rule set says of its values: where each comes from, and how sure that is.
//!
//! Each `[[source]]` names what it is for by path: `theory.minutes` is one value, `theory.blueprint.*` a row of a list, by
//! its trade, and `subsidy` a section. Of several that speak of a value the narrowest counts.

use serde::Deserialize;

/// How sure a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// Common practice, easy to change.
    Low,
    /// One secondary source.
    Medium,
    /// Read in the text of the rule.
    High,
}

crate::trade::words!(Trust { Low = "L", Medium = "M", High = "H" });

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// How sure that is; none if its word is not known.
    pub trust: Option<Trust>,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A value with what is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its section, like `theory` or `theory.blueprint`.
    pub section: String,
    /// The trade that its row of a list is for; `*` for all that no other row names.
    pub trade: Option<String>,
    /// Its key.
    pub key: String,
    /// The value as people read it: without quotes and brackets.
    pub value: String,
    /// Where it comes from, where the file says so.
    pub source: Option<Source>,
}

#[derive(Deserialize)]
struct SourceRow {
    #[serde(rename = "for")]
    paths: Vec<String>,
    trust: String,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
struct Sources {
    #[serde(default)]
    source: Vec<SourceRow>,
}

/// Every value of a rule set's file that stands in a section, in the order of the file. Names are left out.
///
/// # Errors
/// If it is no TOML, or a source lacks something.
pub fn notes(text: &str) -> Result<Vec<Note>, toml::de::Error> {
    let file: toml::Table = toml::from_str(text)?;
    let sources = toml::from_str::<Sources>(text)?.source;
    let mut notes = Vec::new();
    for (name, value) in &file {
        if let Some(section) = value.as_table() {
            add(&mut notes, &sources, (name, None), section);
        }
    }
    Ok(notes)
}

/// Adds the values of a section, or of the row of a list that is for a trade.
fn add(
    notes: &mut Vec<Note>,
    sources: &[SourceRow],
    (name, trade): (&str, Option<&str>),
    section: &toml::Table,
) {
    for (key, value) in section {
        let rows = value.as_array().into_iter().flatten().filter_map(toml::Value::as_table);
        for row in rows {
            let trade = row.get("trade").and_then(toml::Value::as_str).unwrap_or_default();
            add(notes, sources, (&format!("{name}.{key}"), Some(trade)), row);
        }
        if is_value(key, value) {
            notes.push(Note {
                section: name.to_owned(),
                trade: trade.map(str::to_owned),
                key: key.clone(),
                value: plain(value),
                source: source(sources, (name, trade), key),
            });
        }
    }
}

/// Whether something is a value and no name and no list of rows.
fn is_value(key: &str, value: &toml::Value) -> bool {
    let named = key == "trade" || key.ends_with("_zh") || key.ends_with("_en");
    let listed = value.as_array().is_some_and(|items| items.iter().any(toml::Value::is_table));
    !named && !listed
}

/// What speaks of the value, else of its row, else of its section.
fn source(sources: &[SourceRow], (name, trade): (&str, Option<&str>), key: &str) -> Option<Source> {
    let paths = paths(name, trade, key);
    let row = paths.iter().find_map(|path| sources.iter().find(|row| row.paths.contains(path)))?;
    Some(Source { trust: Trust::from_word(&row.trust), zh: row.zh.clone(), en: row.en.clone() })
}

/// By what a value is named, the narrowest first.
fn paths(name: &str, trade: Option<&str>, key: &str) -> [String; 3] {
    let row = trade.map_or_else(|| name.to_owned(), |trade| format!("{name}.{trade}"));
    [format!("{row}.{key}"), row, name.to_owned()]
}

fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" / "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r##"
place = "x"
[theory]
minutes = 120
late_minutes = 30
word = "a # b"
[[theory.blueprint]]
trade = "*"
single = 30
multiple = 0
[[practical.weights]]
trade = "*"
k = [20, 40, 20, 20]
[subsidy]
first_min = 300
authority_zh = "局"
[[source]]
for = ["theory.minutes", "subsidy"]
trust = "H"
zh = "标准"
en = "standard"
[[source]]
for = ["theory.blueprint.*"]
trust = "M"
zh = "默认"
en = "default"
[[source]]
for = ["theory.blueprint.*.multiple", "practical.weights"]
trust = "L"
zh = "没有"
en = "none"
"##;

    #[test]
    fn each_value_has_the_narrowest_source_that_speaks_of_it() {
        let told = notes(FILE).unwrap().into_iter().map(|n| {
            let source = n.source.map_or_else(String::new, |s| {
                format!("{} {} {}", s.trust.map_or("-", Trust::word), s.zh, s.en)
            });
            format!("{}/{} {}={} {source}", n.section, n.trade.unwrap_or_default(), n.key, n.value)
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                "theory/ minutes=120 H 标准 standard",
                "theory/ late_minutes=30 ",
                "theory/ word=a # b ",
                "theory.blueprint/* single=30 M 默认 default",
                "theory.blueprint/* multiple=0 L 没有 none",
                "practical.weights/* k=20 / 40 / 20 / 20 L 没有 none",
                "subsidy/ first_min=300 H 标准 standard",
            ]
        );
    }

    #[test]
    fn every_value_of_the_rule_sets_has_a_source_and_every_source_a_value() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/rules");
        let mut files = 0;
        for entry in std::fs::read_dir(dir).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let notes = notes(&text).unwrap();
            assert!(notes.len() > 50, "{}", notes.len());
            let untold: Vec<_> =
                notes.iter().filter(|n| n.source.as_ref().is_none_or(|s| s.trust.is_none())).collect();
            assert!(untold.is_empty(), "{untold:?}");
            let mut named = Vec::new();
            for SourceRow { paths: of, zh, en, .. } in toml::from_str::<Sources>(&text).unwrap().source {
                assert!(!zh.is_ascii() && en.chars().any(|c| c.is_ascii_lowercase()), "{zh} {en}");
                for path in of {
                    let mut told = notes.iter().filter(|n| n.source.as_ref().is_some_and(|s| s.zh == zh));
                    let speaks = told.any(|n| paths(&n.section, n.trade.as_deref(), &n.key).contains(&path));
                    assert!(speaks, "{path} is the path of nothing");
                    assert!(!named.contains(&path), "{path} has two sources");
                    named.push(path);
                }
            }
            files += 1;
        }
        assert!(files >= 5);
    }
}
