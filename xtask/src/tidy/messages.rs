//! Messages for people: in both languages with the same arguments, and there for every use.

use super::{Offence, Text};
use std::collections::{BTreeMap, BTreeSet};

/// Directories of the two languages.
const LANGUAGES: [&str; 2] = ["shared/locales/zh-CN/", "shared/locales/en/"];

/// The table of problem codes.
const PROBLEMS: &str = "server/src/http/problem.rs";

struct Message {
    file: String,
    line: usize,
    arguments: BTreeSet<String>,
    words: String,
}

type Messages = BTreeMap<String, Message>;

/// A message in both languages; the words of a language that has none are missing.
pub struct Pair {
    /// Its id.
    pub id: String,
    /// Chinese.
    pub zh: Option<String>,
    /// English.
    pub en: Option<String>,
}

/// All messages, in the order of their ids.
pub fn pairs(texts: &[Text]) -> Vec<Pair> {
    // What stands twice is an offence that `look` reports.
    let [zh, en] = LANGUAGES.map(|directory| messages(texts, directory, &mut Vec::new()));
    let ids: BTreeSet<&String> = zh.keys().chain(en.keys()).collect();
    let words = |of: &Messages, id: &str| of.get(id).map(|m| m.words.clone());
    ids.into_iter().map(|id| Pair { id: id.clone(), zh: words(&zh, id), en: words(&en, id) }).collect()
}

impl Message {
    /// Takes the words of one of its lines: what follows the id, or an indented line. Anything else ends a message.
    fn add(&mut self, line: &str) {
        let words = match head(line) {
            Some(_) => line.split_once('=').map_or("", |(_, words)| words),
            None if line.starts_with(' ') => line,
            None => return,
        };
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        self.words.push_str(words.trim());
    }
}

/// Looks at all files.
pub fn look(texts: &[Text], offences: &mut Vec<Offence>) {
    let [zh, en] = LANGUAGES.map(|directory| messages(texts, directory, offences));
    compare(&zh, &en, "en", offences);
    compare(&en, &zh, "zh-CN", offences);
    for (id, message) in &zh {
        let Some(other) = en.get(id) else { continue };
        if other.arguments != message.arguments {
            let (ours, theirs) = (&message.arguments, &other.arguments);
            let what = format!("'{id}' has the arguments {ours:?} in zh-CN and {theirs:?} in en");
            offences.push(Offence::new(&message.file, message.line, what));
        }
    }
    for text in texts {
        let program = text.file.ends_with(".rs") || text.file.ends_with(".html");
        if program && ["server/", "kiosk/"].iter().any(|side| text.file.starts_with(side)) {
            uses(text, &zh, offences);
        }
        if text.file == PROBLEMS {
            problems(text, &zh, offences);
        }
    }
}

fn messages(texts: &[Text], directory: &str, offences: &mut Vec<Offence>) -> Messages {
    let mut found = Messages::new();
    for text in texts.iter().filter(|t| t.file.starts_with(directory) && t.file.ends_with(".ftl")) {
        let mut current: Option<String> = None;
        for (at, line) in text.text.lines().enumerate() {
            if let Some(id) = head(line) {
                let message = Message {
                    file: text.file.clone(),
                    line: at + 1,
                    arguments: BTreeSet::new(),
                    words: String::new(),
                };
                if found.insert(id.to_owned(), message).is_some() {
                    offences.push(Offence::new(&text.file, at + 1, format!("'{id}' stands twice")));
                }
                current = Some(id.to_owned());
            }
            if let Some(message) = current.as_ref().and_then(|id| found.get_mut(id)) {
                message.arguments.extend(arguments(line));
                message.add(line);
            }
        }
    }
    found
}

fn compare(here: &Messages, there: &Messages, language: &str, offences: &mut Vec<Offence>) {
    for (id, message) in here.iter().filter(|(id, _)| !there.contains_key(*id)) {
        offences.push(Offence::new(&message.file, message.line, format!("'{id}' is missing in {language}")));
    }
}

/// The id of a message that begins on this line.
fn head(line: &str) -> Option<&str> {
    let (id, _) = line.split_once('=')?;
    let id = id.trim_end();
    let first = id.chars().next()?;
    let right =
        first.is_ascii_alphabetic() && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    right.then_some(id)
}

fn arguments(line: &str) -> impl Iterator<Item = String> {
    line.split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect())
}

/// `t.word("id" …)` and `text("id")`, `text(lang, "id")`, `text_with(lang, "id", …)` name messages.
fn uses(text: &Text, known: &Messages, offences: &mut Vec<Offence>) {
    for (at, line) in text.text.lines().enumerate() {
        for id in used(line) {
            if !known.contains_key(id) {
                offences.push(Offence::new(&text.file, at + 1, format!("there is no message '{id}'")));
            }
        }
    }
}

fn used(line: &str) -> Vec<&str> {
    let mut ids = Vec::new();
    for (at, _) in line.match_indices("(\"").chain(line.match_indices(", \"")) {
        let (before, after) = line.split_at(at);
        let quote = after.find('"').unwrap_or(0) + 1;
        let literal = after.get(quote..).and_then(|rest| rest.split_once('"')).map(|(literal, _)| literal);
        let Some(id) = literal.filter(|id| is_id(id)) else { continue };
        let call = if after.starts_with('(') {
            before
        } else {
            before.rsplit_once('(').map_or("", |(call, _)| call)
        };
        let first =
            after.starts_with('(') || before.rsplit_once('(').is_some_and(|(_, a)| !a.contains([',', '"']));
        if first && names_a_message(call, after.starts_with('(')) {
            ids.push(id);
        }
    }
    ids
}

/// `text`, `text_with`, or a method of `t`.
fn names_a_message(call: &str, only_argument: bool) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = call.rsplit(|c| !word(c)).next().unwrap_or_default();
    let owner = call.strip_suffix(name).and_then(|rest| rest.strip_suffix('.')).unwrap_or_default();
    let owner = owner.rsplit(|c| !word(c)).next().unwrap_or_default();
    matches!(name, "text" | "text_with") && owner.is_empty()
        || only_argument && owner == "t" && !name.is_empty()
}

fn is_id(literal: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    literal.contains('-') && literal.split('-').all(part)
}

/// Every code of the table is worded.
fn problems(text: &Text, known: &Messages, offences: &mut Vec<Offence>) {
    let lines = text.text.lines().enumerate().skip_while(|(_, line)| !line.contains("STATUS: &["));
    for (at, line) in lines.take_while(|(_, line)| *line != "];") {
        let code =
            line.trim().strip_prefix("(\"").and_then(|rest| rest.split_once('"')).map(|(code, _)| code);
        let Some(code) = code else { continue };
        let id = format!("problem-{code}");
        if !known.contains_key(&id) {
            offences.push(Offence::new(&text.file, at + 1, format!("there is no message '{id}'")));
        }
    }
}
