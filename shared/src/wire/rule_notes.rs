//! What the file of a rule set says beside its values: where each comes from, and how sure that is.
//!
//! A comment behind a value belongs to that value; one at the head of a section, or of a row of a list, to all its values
//! that have none. Trust is written as a lone letter H, M or L; of several the weakest counts.

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
    /// Where it comes from; may be empty.
    pub source: String,
    /// How sure it is.
    pub trust: Option<Trust>,
}

/// The section that is being read.
#[derive(Default)]
struct Section {
    name: String,
    list: bool,
    trade: Option<String>,
    source: String,
}

/// Every value of a rule set's file that stands in a section, in the order of the file. Names are left out.
#[must_use]
pub fn notes(text: &str) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut section = Section::default();
    for line in text.lines() {
        let (code, comment) = split(line);
        let (code, comment) = (code.trim(), comment.trim());
        if let Some(name) = code.strip_prefix('[').and_then(|c| c.strip_suffix(']')) {
            let list = name.starts_with('[');
            let name = name.trim_matches(['[', ']']).to_owned();
            section = Section { name, list, trade: None, source: comment.to_owned() };
            continue;
        }
        let Some((key, value)) = code.split_once('=') else { continue };
        let (key, value) = (key.trim(), plain(value));
        if section.list && key == "trade" {
            section.trade = Some(value);
            if !comment.is_empty() {
                section.source = format!("{} {comment}", section.source).trim().to_owned();
            }
            continue;
        }
        if section.name.is_empty() || key.ends_with("_zh") || key.ends_with("_en") {
            continue;
        }
        let source = source(&notes, &section, key, comment);
        notes.push(Note {
            section: section.name.clone(),
            trade: section.trade.clone(),
            key: key.to_owned(),
            value,
            trust: trust(&source),
            source,
        });
    }
    notes
}

/// Its own comment; else that of the lower end of its range; else that of its section.
fn source(notes: &[Note], section: &Section, key: &str, comment: &str) -> String {
    if !comment.is_empty() {
        return comment.to_owned();
    }
    let lower = key.strip_suffix("_max").map(|stem| format!("{stem}_min"));
    let of = |lower: String| notes.iter().rev().find(|n| n.section == section.name && n.key == lower);
    lower.and_then(of).map_or_else(|| section.source.clone(), |n| n.source.clone())
}

/// What stands before and behind the first `#` that is not in quotes.
fn split(line: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => {
                let (code, comment) = line.split_at(at);
                return (code, comment.trim_start_matches('#'));
            }
            _ => {}
        }
    }
    (line, "")
}

fn plain(value: &str) -> String {
    let parts = value.trim().trim_matches(['[', ']']).split(',');
    parts.map(|part| part.trim().trim_matches('"')).collect::<Vec<_>>().join(" / ")
}

/// The weakest of the lone letters H, M and L.
fn trust(source: &str) -> Option<Trust> {
    source.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(Trust::from_word).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r##"# Head (H).
place = "x"
[theory]
minutes = 120      # standard (H)
late_minutes = 30  # the same (H there; L elsewhere)
word = "a # b"
[[theory.blueprint]] # the default (M)
trade = "*"
single = 30
multiple = 0       # none here
[[practical.weights]] # H for one trade,
trade = "*"           # default for others (L)
k = [20, 40, 20, 20]
[subsidy]
first_min = 300    # first (H)
first_max = 450
authority_zh = "局"
"##;

    #[test]
    fn each_value_has_its_source_and_the_weakest_trust() {
        let told: Vec<String> = notes(FILE)
            .into_iter()
            .map(|n| {
                let trust = n.trust.map_or("-", Trust::word);
                format!(
                    "{}/{} {}={} {trust} {}",
                    n.section,
                    n.trade.unwrap_or_default(),
                    n.key,
                    n.value,
                    n.source
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "theory/ minutes=120 H standard (H)",
                "theory/ late_minutes=30 L the same (H there; L elsewhere)",
                "theory/ word=a # b - ",
                "theory.blueprint/* single=30 M the default (M)",
                "theory.blueprint/* multiple=0 - none here",
                "practical.weights/* k=20 / 40 / 20 / 20 L H for one trade, default for others (L)",
                "subsidy/ first_min=300 H first (H)",
                "subsidy/ first_max=450 H first (H)",
            ]
        );
    }

    #[test]
    fn no_value_of_the_rule_sets_is_left_out_and_each_is_trusted_somehow() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/rules");
        let mut files = 0;
        for entry in std::fs::read_dir(dir).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let table: toml::Table = toml::from_str(&text).unwrap();
            let notes = notes(&text);
            let untold: Vec<_> = notes.iter().filter(|n| n.trust.is_none()).collect();
            assert!(untold.is_empty(), "{untold:?}");
            let sections = table.values().filter_map(toml::Value::as_table);
            let count = |table: &toml::Table| {
                let names = |key: &str| key.ends_with("_zh") || key.ends_with("_en") || key == "trade";
                table.iter().filter(|(key, value)| !names(key) && !is_list(value)).count()
            };
            let rows = |table: &toml::Table| {
                let lists = table.values().filter(|v| is_list(v)).filter_map(toml::Value::as_array).flatten();
                lists.filter_map(toml::Value::as_table).map(count).sum::<usize>()
            };
            assert_eq!(notes.len(), sections.map(|s| count(s) + rows(s)).sum::<usize>());
            files += 1;
        }
        assert!(files >= 5);
    }

    fn is_list(value: &toml::Value) -> bool {
        value.as_array().is_some_and(|items| items.iter().any(toml::Value::is_table))
    }
}
