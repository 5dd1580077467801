//! Checks a package: nothing but its bytes, and a key that somebody kept, is looked at.

use serde::Serialize;
use sha2::{Digest, Sha256};
use shared::log::checkpoint::Checkpoint;
use shared::log::note::{Note, Verifier};
use shared::log::proof::includes;
use shared::wire::logged::Logged;
use shared::wire::v1::log::read;
use shared::wire::v1::receipt::Receipted;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

/// First line of a manifest.
pub(super) const FORMAT: &str = "kaodian-evidence/1";
/// Names of the files.
pub(super) const MANIFEST: &str = "manifest.txt";
/// The events with their proofs, one a line.
pub(super) const RECORDS: &str = "records.jsonl";
/// The checkpoint to which the proofs lead.
pub(super) const CHECKPOINT: &str = "checkpoint.txt";
/// The keys: the log's own in the first line, then a witness a line.
pub(super) const KEYS: &str = "keys.txt";
/// Directories of pictures and certificates, whose names events tell, and of draws.
pub(super) const NAMED: [&str; 2] = ["pictures/", "certificates/"];
/// Answers with their receipts, one a line.
pub(super) const RECEIPTS: &str = "receipts/";
/// Transcripts of draws.
pub(super) const DRAWS: &str = "draws/";

/// Largest file in a package that is read, in bytes.
const LARGEST: u64 = 512 * 1024 * 1024;

/// What no package shows by itself.
const NOT_ESTABLISHED: [&str; 3] = [
    "that the events say what happened",
    "that there is no other event about this person or session: only the events that are here are proved",
    "what the report says beside the records: the records are what is proved",
];
const NO_KEY: &str = "that the key in the package is that of the log: give --key";

/// The files of a package, by name.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `package`, `manifest`, `signature`, `checkpoint`, `witnesses`, `events`, `answers`, `pictures` or `draws`.
    pub name: &'static str,
    /// Whether it holds.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// What a package shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// `established` or `refuted`.
    pub verdict: &'static str,
    /// What was looked at.
    pub checks: Vec<Finding>,
    /// What is not established.
    pub not_established: Vec<&'static str>,
}

type Found = Result<String, String>;

/// Checks the bytes of a package with the key of the log, or else with the one in it.
#[must_use]
pub fn check(bytes: &[u8], key: Option<&Verifier>) -> Verdict {
    match unpacked(bytes) {
        Err(why) => verdict(vec![finding("package", Err(why))], key),
        Ok(files) => {
            let log = keys(&files, key);
            let mut checks = vec![
                finding(
                    "manifest",
                    manifest(&files).map(|count| format!("{count} files are as they were packed")),
                ),
                finding(
                    "signature",
                    log.as_ref().map_err(Clone::clone).and_then(|keys| signature(&files, keys)),
                ),
            ];
            checks.extend(content(&files, key).checks);
            verdict(checks, key)
        }
    }
}

/// Checks the files themselves.
pub(super) fn content(files: &Files, key: Option<&Verifier>) -> Verdict {
    let keys = match keys(files, key) {
        Ok(keys) => keys,
        Err(why) => return verdict(vec![finding("checkpoint", Err(why))], key),
    };
    let (note, checkpoint) = match checkpoint(files, &keys) {
        Ok(found) => found,
        Err(why) => return verdict(vec![finding("checkpoint", Err(why))], key),
    };
    let (size, root) = (checkpoint.size, hex::encode(checkpoint.root));
    let records = records(files);
    let proved = records.as_ref().map_err(Clone::clone).and_then(|records| proved(records, &checkpoint));
    let named = records.as_ref().map_err(Clone::clone).and_then(|records| named(files, records));
    let saved = records.as_ref().map_err(Clone::clone).and_then(|records| saved(files, records, &keys));
    let checks = vec![
        finding("checkpoint", Ok(format!("{size} entries, root {root}, signed by {}", checkpoint.origin))),
        finding("witnesses", Ok(witnesses(&note, &keys))),
        finding("events", proved),
        finding("answers", saved),
        finding("pictures", named),
        finding("draws", draws(files)),
    ];
    verdict(checks, key)
}

fn verdict(checks: Vec<Finding>, key: Option<&Verifier>) -> Verdict {
    let all = checks.iter().all(|check| check.ok);
    let mut not_established = NOT_ESTABLISHED.to_vec();
    not_established.extend(key.is_none().then_some(NO_KEY));
    Verdict { verdict: if all { "established" } else { "refuted" }, checks, not_established }
}

fn finding(name: &'static str, found: Found) -> Finding {
    let ok = found.is_ok();
    Finding { name, ok, detail: found.unwrap_or_else(|why| why) }
}

fn unpacked(bytes: &[u8]) -> Result<Files, String> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| format!("this is no package: {e}"))?;
    let mut files = Files::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|e| e.to_string())?;
        let name = file.name().map_err(|e| e.to_string())?.into_owned();
        let mut content = Vec::new();
        file.take(LARGEST).read_to_end(&mut content).map_err(|e| format!("{name} cannot be read: {e}"))?;
        if files.insert(name.clone(), content).is_some() {
            return Err(format!("{name} is there twice"));
        }
    }
    Ok(files)
}

fn file<'a>(files: &'a Files, name: &str) -> Result<&'a str, String> {
    let bytes = files.get(name).ok_or_else(|| format!("{name} is not there"))?;
    std::str::from_utf8(bytes).map_err(|_| format!("{name} is no text"))
}

/// The keys, the log's own first: the one given, or else the one in the package.
fn keys(files: &Files, key: Option<&Verifier>) -> Result<Vec<Verifier>, String> {
    let lines = file(files, KEYS)?.lines().map(Verifier::parse);
    let mut keys: Vec<Verifier> = lines.collect::<Result<_, _>>().map_err(|e| format!("{KEYS}: {e}"))?;
    match (key, keys.first_mut()) {
        (Some(key), Some(first)) => *first = key.clone(),
        (_, Some(_)) => {}
        (_, None) => return Err(format!("{KEYS} is empty")),
    }
    Ok(keys)
}

/// The line of a file in a manifest.
pub(super) fn line(name: &str, content: &[u8]) -> String {
    format!("{}  {name}", hex::encode(Sha256::digest(content)))
}

fn manifest(files: &Files) -> Result<usize, String> {
    let note = Note::parse(file(files, MANIFEST)?).map_err(|e| format!("{MANIFEST}: {e}"))?;
    let mut lines = note.text().lines();
    if lines.next() != Some(FORMAT) {
        return Err(format!("{MANIFEST} is of another format"));
    }
    let listed: Vec<&str> = lines.filter(|line| line.get(64..66) == Some("  ")).collect();
    let there = files.iter().filter(|(name, _)| *name != MANIFEST);
    for (name, content) in there {
        if !listed.contains(&&*line(name, content)) {
            return Err(format!("{name} is not as it was packed"));
        }
    }
    let missing = listed.iter().filter_map(|line| line.get(66..)).find(|name| !files.contains_key(*name));
    match missing {
        Some(name) => Err(format!("{name} is not there")),
        None => Ok(listed.len()),
    }
}

fn signature(files: &Files, keys: &[Verifier]) -> Found {
    let note = Note::parse(file(files, MANIFEST)?).map_err(|e| format!("{MANIFEST}: {e}"))?;
    let log = keys.first().ok_or("there is no key")?;
    note.verify(log).map_err(|e| format!("{MANIFEST}: {e}"))?;
    Ok(format!("packed and signed by {}", log.name()))
}

fn checkpoint(files: &Files, keys: &[Verifier]) -> Result<(Note, Checkpoint), String> {
    let note = Note::parse(file(files, CHECKPOINT)?).map_err(|e| e.to_string())?;
    let log = keys.first().ok_or("there is no key")?;
    let checkpoint = Checkpoint::of(&note, log).map_err(|e| e.to_string())?;
    Ok((note, checkpoint))
}

fn witnesses(note: &Note, keys: &[Verifier]) -> String {
    let seen = keys.iter().skip(1).filter_map(|key| note.verify(key).ok());
    let names: Vec<String> = seen.map(|seen| seen.name).collect();
    if names.is_empty() {
        "no witness has signed it".to_owned()
    } else {
        format!("signed by {}", names.join(", "))
    }
}

fn records(files: &Files) -> Result<Vec<Logged>, String> {
    let lines = file(files, RECORDS)?.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().map_err(|e| format!("{RECORDS}: {e}"))
}

/// Every event is in the log.
fn proved(records: &[Logged], checkpoint: &Checkpoint) -> Found {
    for event in records {
        let found = event.leaf_hash().zip(read(&event.proof)).zip(event.seq.checked_sub(1));
        let holds = found.is_some_and(|((leaf, proof), index)| {
            includes(index, checkpoint.size, &leaf, &proof, &checkpoint.root)
        });
        if !holds {
            return Err(format!("event {} is not the one that was logged", event.seq));
        }
    }
    Ok(format!("{} events are in the log as they are here", records.len()))
}

/// Every answer is one of those to which an event commits.
fn saved(files: &Files, records: &[Logged], keys: &[Verifier]) -> Found {
    let log = keys.first().ok_or("there is no key")?;
    let mut count = 0;
    for (name, _) in files.iter().filter(|(name, _)| name.starts_with(RECEIPTS)) {
        for line in file(files, name)?.lines() {
            let answer: Receipted = serde_json::from_str(line).map_err(|e| format!("{name}: {e}"))?;
            let root = answer.root(log).map_err(|e| format!("{name}, answer {}: {e}", answer.seq))?;
            let event = answer.receipt.event.unsigned_abs();
            let root = format!("\"root\":\"{}\"", hex::encode(root));
            let commits = |record: &Logged| {
                record.seq == event && record.kind == "answers_saved" && record.body.contains(&root)
            };
            if !records.iter().any(commits) {
                return Err(format!("{name}, answer {}: no event commits to it", answer.seq));
            }
            count += 1;
        }
    }
    Ok(format!("{count} answers are those that were saved"))
}

/// Every picture and certificate is named, by its SHA-256, in an event.
fn named(files: &Files, records: &[Logged]) -> Found {
    let mut count = 0;
    for (name, content) in files.iter().filter(|(name, _)| NAMED.iter().any(|dir| name.starts_with(dir))) {
        let digest = hex::encode(Sha256::digest(content));
        if !records.iter().any(|event| event.body.contains(&digest)) {
            return Err(format!("{name} is named by no event"));
        }
        count += 1;
    }
    Ok(format!("{count} pictures and certificates are those that the events name"))
}

/// Every draw is done again.
fn draws(files: &Files) -> Found {
    let mut count = 0;
    for (name, _) in files.iter().filter(|(name, _)| name.starts_with(DRAWS)) {
        let verdict = shared::wire::transcript::verify(file(files, name)?);
        if let Some(check) = verdict.checks.iter().find(|check| !check.ok) {
            return Err(format!("{name}: {}", check.detail));
        }
        count += 1;
    }
    Ok(format!("{count} draws give what they gave, done again"))
}
