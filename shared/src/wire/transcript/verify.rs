//! Reads a transcript, does the draw again and says what that shows and what it does not.

use super::inputs::{Purpose, QuestionSetsInput, SeatingInput, SetsInput, SheetsInput};
use super::staff::{StaffBasis, StaffInput, StaffResult};
use super::{Document, Secret, VERSION, canonical, check_header, commitment, seed};
use crate::ids::RuleSetId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a transcript shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Every check holds: the result follows from the input and the secrets.
    pub established: bool,
    /// The checks in the order made; after a fault that leaves nothing to compute with, no further ones.
    pub checks: Vec<Check>,
    /// What no transcript can show by itself: a word, a colon, a sentence.
    pub not_established: Vec<String>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// `form`, `commitments`, `input_hash`, `seed`, `result` or `basis`.
    pub name: String,
    /// Whether it holds.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// Recomputes commitments, hash of the input, seed and result of a transcript.
#[must_use]
pub fn verify(json: &str) -> Verdict {
    #[derive(Deserialize)]
    struct Head {
        version: String,
        purpose: String,
    }
    let checks = match serde_json::from_str::<Head>(json) {
        Err(error) => vec![Check::no("form", format!("this is no transcript: {error}"))],
        Ok(head) if head.version != VERSION => {
            vec![Check::no("form", format!("the version is '{}', not '{VERSION}'", head.version))]
        }
        Ok(head) => match head.purpose.as_str() {
            StaffInput::WORD => verify_as::<StaffInput>(json),
            SeatingInput::WORD => verify_as::<SeatingInput>(json),
            SetsInput::WORD => verify_as::<SetsInput>(json),
            SheetsInput::WORD => verify_as::<SheetsInput>(json),
            QuestionSetsInput::WORD => verify_as::<QuestionSetsInput>(json),
            other => vec![Check::no("form", format!("the purpose '{other}' is not known"))],
        },
    };
    let established = !checks.is_empty() && checks.iter().all(|check| check.ok);
    Verdict { established, checks, not_established: NOT_ESTABLISHED.map(str::to_owned).into() }
}

/// As [`verify`], and whether what everybody may read of a draw of staff follows from its basis.
#[must_use]
pub fn verify_basis(json: &str, basis: &str) -> Verdict {
    let mut verdict = verify(json);
    let check = match (
        serde_json::from_str::<Document<StaffInput, StaffResult>>(json),
        serde_json::from_str::<StaffBasis>(basis),
    ) {
        (Ok(document), Ok(basis)) => match basis.publish() {
            Ok(input) if input == document.input => {
                Check::yes("basis", "who may take which post follows from the basis".to_owned())
            }
            Ok(_) => Check::no("basis", "something else follows from the basis".to_owned()),
            Err(refusal) => Check::no("basis", refusal.to_string()),
        },
        (Err(error), _) => Check::no("basis", format!("this is no transcript of a draw of staff: {error}")),
        (_, Err(error)) => Check::no("basis", format!("this is no basis: {error}")),
    };
    verdict.established &= check.ok;
    verdict.checks.push(check);
    verdict
}

/// What remains to be compared with other sources, whatever the transcript says.
const NOT_ESTABLISHED: [&str; 5] = [
    "commitments_in_time: that the commitments were published before the input was frozen; compare with the log",
    "input_true: that pool, loads, conflicts and candidates in the input are the real ones",
    "only_draw: that no other draw for the same subject was run and put aside; compare with the log",
    "parties_apart: that at least one party kept its secret from the others until the reveal",
    "time: that the draw was run at the time given, and that the public number was announced beforehand",
];

fn verify_as<I: Purpose>(json: &str) -> Vec<Check> {
    let document: Document<I, I::Result> = match serde_json::from_str(json) {
        Ok(document) => document,
        Err(error) => return vec![Check::no("form", format!("this is no transcript: {error}"))],
    };
    let secrets = match secrets(&document) {
        Ok(secrets) => secrets,
        Err(fault) => return vec![Check::no("form", fault)],
    };
    let mut checks = vec![Check::yes("form", format!("a transcript of the purpose '{}'", document.purpose))];
    checks.push(commitments(&document, &secrets));
    let input_hash = match input_hash(json) {
        Ok(hash) => hash,
        Err(fault) => {
            checks.push(Check::no("input_hash", fault));
            return checks;
        }
    };
    checks.push(Check::compare("input_hash", &document.input_hash, &input_hash));
    let Document { version, purpose, subject, rule_set, .. } = &document;
    let head = [version.as_str(), purpose, subject, rule_set, &input_hash];
    let seed = seed(head, document.public_number.as_deref(), &secrets);
    checks.push(Check::compare("seed", &document.seed, &seed.hex()));
    checks.push(match document.input.run(seed) {
        Ok(drawn) if I::result(&drawn) == document.result => {
            Check::yes("result", "the draw, done again, gives the same result".to_owned())
        }
        Ok(_) => Check::no("result", "the draw, done again, gives another result".to_owned()),
        Err(refusal) => Check::no("result", refusal.to_string()),
    });
    checks
}

/// The secrets of the parties; or what is wrong with the head of the document.
fn secrets<I, R>(document: &Document<I, R>) -> Result<Vec<Secret>, String> {
    RuleSetId::parse(&document.rule_set).map_err(|error| format!("rule_set: {error}"))?;
    let mut secrets: Vec<Secret> = Vec::with_capacity(document.parties.len());
    for party in &document.parties {
        let bytes = hex::decode(&party.secret).map_err(|e| format!("secret of '{}': {e}", party.name))?;
        if hex::encode(&bytes) != party.secret {
            return Err(format!("the secret of '{}' is not in lower-case digits", party.name));
        }
        if secrets.last().is_some_and(|last| last.name.as_bytes() > party.name.as_bytes()) {
            return Err("the parties are not ordered by name".to_owned());
        }
        secrets.push(Secret { name: party.name.clone(), bytes });
    }
    check_header(&document.subject, document.public_number.as_deref(), &secrets)
        .map_err(|e| e.to_string())?;
    Ok(secrets)
}

fn commitments<I, R>(document: &Document<I, R>, secrets: &[Secret]) -> Check {
    let pairs = document.parties.iter().zip(secrets);
    let broken: Vec<&str> = pairs
        .filter(|(party, secret)| party.commitment != commitment(&secret.bytes))
        .map(|(party, _)| party.name.as_str())
        .collect();
    if broken.is_empty() {
        let names: Vec<&str> = secrets.iter().map(|secret| secret.name.as_str()).collect();
        Check::yes("commitments", format!("the secrets fit the commitments: {}", names.join(", ")))
    } else {
        Check::no("commitments", format!("the secret does not fit the commitment: {}", broken.join(", ")))
    }
}

/// Hash of the input as it stands in the text.
fn input_hash(json: &str) -> Result<String, String> {
    let document: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let input = document.get("input").ok_or("there is no input")?;
    canonical::hash(input).map_err(|error| error.to_string())
}

impl Verdict {
    /// The answer of `draw-verify`: `verdict`, `checks`, `not_established`, on one line.
    #[must_use]
    pub fn json(&self) -> String {
        let verdict = if self.established { "established" } else { "refuted" };
        serde_json::json!({
            "verdict": verdict,
            "checks": self.checks,
            "not_established": self.not_established,
        })
        .to_string()
    }
}

impl Check {
    fn yes(name: &str, detail: String) -> Self {
        Self { name: name.to_owned(), ok: true, detail }
    }

    fn no(name: &str, detail: String) -> Self {
        Self { name: name.to_owned(), ok: false, detail }
    }

    fn compare(name: &str, stated: &str, computed: &str) -> Self {
        if stated == computed {
            Self::yes(name, computed.to_owned())
        } else {
            Self::no(name, format!("the transcript says {stated}, computed is {computed}"))
        }
    }
}
