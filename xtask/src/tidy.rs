//! `cargo xtask tidy`: looks for what does not belong into the project.

mod messages;
mod source;

use crate::fail::{Context, Fail, Outcome};
use crate::shell;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// What does not belong where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offence {
    /// File, from the top of the workspace.
    pub file: String,
    /// Line from 1; 0 for the whole file.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// A file of the project.
#[derive(Debug)]
pub struct Text {
    /// File, from the top of the workspace.
    pub file: String,
    /// What it says.
    pub text: String,
}

/// Lists every offence as `file:line: what`.
///
/// # Errors
/// If there is one.
pub fn run() -> Outcome<()> {
    let offences = offences(&shell::root())?;
    for offence in &offences {
        eprintln!("{}:{}: {}", offence.file, offence.line, offence.what);
    }
    match offences.len() {
        0 => Ok(()),
        count => Err(Fail::new(format!("{count} offences"))),
    }
}

/// All offences below a directory that git knows.
///
/// # Errors
/// If files cannot be listed or read.
pub fn offences(root: &Path) -> Outcome<Vec<Offence>> {
    let texts = texts(root)?;
    let mut offences = Vec::new();
    for text in &texts {
        source::look(text, &mut offences);
    }
    messages::look(&texts, &mut offences);
    migrations(&texts, &mut offences);
    offences.sort();
    Ok(offences)
}

impl Offence {
    fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: what.into() }
    }
}

/// Every message of the language files.
///
/// # Errors
/// If the files cannot be read.
pub fn words() -> Outcome<Vec<messages::Pair>> {
    Ok(messages::pairs(&texts(&shell::root())?))
}

/// Tracked files and new ones that are not ignored, as far as they are text.
fn texts(root: &Path) -> Outcome<Vec<Text>> {
    let mut list = Command::new("git");
    list.current_dir(root).args([
        "-c",
        "core.quotepath=off",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let said = shell::ask(&mut list)?;
    if !said.ok {
        return Err(Fail::new(format!("git ls-files: {}", said.err)));
    }
    let mut texts = Vec::new();
    for file in said.out.lines() {
        let path = root.join(file);
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).or_fail(file)?;
        if let Ok(text) = String::from_utf8(bytes) {
            texts.push(Text { file: file.to_owned(), text });
        }
    }
    Ok(texts)
}

/// Every step of the schema is there for both databases.
fn migrations(texts: &[Text], offences: &mut Vec<Offence>) {
    let names = |side: &str| -> BTreeSet<&str> {
        let prefix = format!("migrations/{side}/");
        texts.iter().filter_map(|t| t.file.strip_prefix(&prefix)).filter(|f| f.ends_with(".sql")).collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    for (here, there, side, other) in
        [(&sqlite, &postgres, "sqlite", "postgres"), (&postgres, &sqlite, "postgres", "sqlite")]
    {
        for name in here.difference(there) {
            offences.push(Offence::new(
                &format!("migrations/{side}/{name}"),
                0,
                format!("is not there for {other}"),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Vec<String> {
        let texts: Vec<Text> =
            files.iter().map(|(f, t)| Text { file: (*f).to_owned(), text: (*t).to_owned() }).collect();
        let mut offences = Vec::new();
        for text in &texts {
            source::look(text, &mut offences);
        }
        messages::look(&texts, &mut offences);
        migrations(&texts, &mut offences);
        offences.iter().map(|o| format!("{}:{} {}", o.file, o.line, o.what)).collect()
    }

    #[test]
    fn each_offence_is_named_with_its_place() {
        let allow = ["#[", "allow(dead_code)]"].concat();
        let ignore = ["#[", "ignore]"].concat();
        let todo = ["to", "do!()"].concat();
        let outside = ["use die", "sel::prelude::*;\n"].concat();
        let table: [(&str, String, &str); 6] = [
            ("a.rs", format!("//! A.\n{allow}\n"), "a.rs:2"),
            ("a.rs", format!("{ignore}\n"), "a.rs:1"),
            ("a.rs", format!("fn f() {{ {todo} }}\n"), "a.rs:1"),
            ("a.rs", "\n".repeat(601), "a.rs:601"),
            ("migrations/sqlite/1/up.sql", String::new(), "migrations/sqlite/1/up.sql:0"),
            ("server/src/app/a.rs", outside.clone(), "server/src/app/a.rs:1"),
        ];
        for (file, text, expected) in table {
            let found = of(&[(file, &text)]);
            assert_eq!(found.len(), 1, "{file} {text}: {found:?}");
            assert!(found[0].starts_with(expected), "{found:?}");
        }
        assert!(of(&[("a.rs", "//! Fine.\n"), ("server/src/db/a.rs", &outside)]).is_empty());
    }

    #[test]
    fn a_message_is_there_in_both_languages_with_the_same_arguments() {
        let zh = ("shared/locales/zh-CN/a.ftl", "a-one = 一 { $name }\na-two = 二\n");
        let en = ("shared/locales/en/a.ftl", "a-one = one { $title }\na-three = three\n");
        let found = of(&[zh, en]);
        assert_eq!(found.len(), 3, "{found:?}");
        let page = ("server/templates/a.html", "{{ t.say(\"a-one\") }} {{ t.say(\"a-none\") }}");
        let fine = ("shared/locales/en/a.ftl", "a-one = one { $name }\na-two = two\n");
        let found = of(&[zh, fine, page]);
        assert_eq!(found, ["server/templates/a.html:1 there is no message 'a-none'"]);
    }

    #[test]
    fn every_problem_has_its_words() {
        let table = (
            "server/src/http/problem.rs",
            "pub const STATUS: &[(&str, u16)] = &[\n    (\"gone\", 410),\n];\n",
        );
        let zh = ("shared/locales/zh-CN/p.ftl", "problem-gone = 没了\n");
        let en = ("shared/locales/en/p.ftl", "problem-gone = gone\n");
        assert!(of(&[table, zh, en]).is_empty());
        assert_eq!(of(&[table]).len(), 1);
    }
}
