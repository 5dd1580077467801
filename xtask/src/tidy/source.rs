//! What must not stand in a file.

use super::{Offence, Text};

/// Longest file of source code in lines.
const LONGEST: usize = 600;

/// Marks that must not stand in Rust code, in two halves so that this file does not hold them, and why.
const MARKS: [(&str, &str, &str); 5] = [
    ("#[", "allow", "lints are not switched off: use #[expect(…, reason = …)] if it cannot be helped"),
    ("#![", "allow", "lints are not switched off: use #[expect(…, reason = …)] if it cannot be helped"),
    ("#[", "ignore", "a test runs always, or it is deleted"),
    ("to", "do!(", "unfinished"),
    ("unimple", "mented!(", "unfinished"),
];

/// Words that say where the work was done instead of what was made, in two halves.
const FOREIGN: [(&str, &str); 12] = [
    ("crates", ".io"),
    ("registry.npm", "js.org"),
    ("npm", "js.com"),
    ("py", "pi.org"),
    ("deb.", "debian.org"),
    ("index.crates", ".io"),
    ("static.rust-", "lang.org"),
    ("/wo", "rk/"),
    ("/tmp/bash", "_jobs"),
    ("Co-Authored", "-By"),
    ("as an AI", " "),
    ("language", " model"),
];

/// Files that name registries because their tools write them so.
const WRITTEN_BY_TOOLS: [&str; 1] = ["Cargo.lock"];

/// The crate that speaks to databases, in two halves, and where alone it is used.
const DATABASE: (&str, &str) = ("die", "sel::");
const OF_THE_DATABASE: &str = "server/src/db/";

/// Looks at one file.
pub fn look(text: &Text, offences: &mut Vec<Offence>) {
    let rust = text.file.ends_with(".rs");
    for (line, content) in text.text.lines().enumerate().map(|(at, content)| (at + 1, content)) {
        if rust {
            marks(&text.file, line, content, offences);
            layers(&text.file, line, content, offences);
        }
        if !WRITTEN_BY_TOOLS.contains(&text.file.as_str()) {
            foreign(&text.file, line, content, offences);
        }
    }
    let lines = text.text.lines().count();
    if rust && lines > LONGEST {
        offences.push(Offence::new(&text.file, lines, format!("{lines} lines; {LONGEST} at most")));
    }
}

fn marks(file: &str, line: usize, content: &str, offences: &mut Vec<Offence>) {
    let code = content.split("//").next().unwrap_or_default();
    for (first, second, why) in MARKS {
        if code.contains(&[first, second].concat()) {
            offences.push(Offence::new(file, line, why));
        }
    }
}

/// The database is spoken to in one place of the server.
fn layers(file: &str, line: usize, content: &str, offences: &mut Vec<Offence>) {
    let outside = file.starts_with("server/src/") && !file.starts_with(OF_THE_DATABASE);
    if outside && content.contains(&[DATABASE.0, DATABASE.1].concat()) {
        offences.push(Offence::new(file, line, "the database is spoken to in server/src/db alone"));
    }
}

fn foreign(file: &str, line: usize, content: &str, offences: &mut Vec<Offence>) {
    for (first, second) in FOREIGN {
        let word = [first, second].concat();
        if content.contains(&word) {
            offences.push(Offence::new(file, line, format!("'{word}' does not belong here")));
            return;
        }
    }
}
