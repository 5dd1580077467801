//! Events of the log as they are passed on: with the salt with which anyone can make the leaf again.

use crate::log::entry::{Entry, Salt};
use crate::log::{Hash, leaf_hash};
use serde::{Deserialize, Serialize};

/// An event as it was logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logged {
    /// Position, from 1.
    pub seq: u64,
    /// Epoch milliseconds.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// Kind of the fact.
    pub kind: String,
    /// Rule set of the decision.
    pub rule_set: Option<String>,
    /// The fact, byte by byte as it is stored.
    pub body: String,
    /// Salt of the commitment, hexadecimal.
    pub salt: String,
    /// Hashes from the leaf up to the root of the checkpoint, base64; left out where tiles stand beside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proof: Vec<String>,
}

impl Logged {
    /// The hash of its leaf; `None` if the salt is none.
    #[must_use]
    pub fn leaf_hash(&self) -> Option<Hash> {
        let salt = hex::decode(&self.salt).ok().and_then(|bytes| Salt::try_from(bytes).ok())?;
        Some(self.entry().leaf_hash(&salt))
    }

    fn entry(&self) -> Entry<'_> {
        Entry {
            seq: self.seq,
            at: self.at,
            kind: &self.kind,
            actor: &self.actor,
            rule_set: self.rule_set.as_deref(),
            body: &self.body,
        }
    }
}

/// What a leaf tells in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Position, from 1.
    pub seq: u64,
    /// Epoch milliseconds.
    pub at: i64,
    /// Kind of the fact.
    pub kind: String,
    /// Its hash.
    pub hash: Hash,
}

impl Leaf {
    /// Reads the bytes of a leaf; `None` if they are none.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.split('\n');
        let (version, seq, at, kind) = (lines.next()?, lines.next()?, lines.next()?, lines.next()?);
        let whole = version == "kaodian-entry/1" && lines.next()?.len() == 64 && lines.next().is_none();
        let (seq, at) = (seq.parse().ok()?, at.parse().ok()?);
        whole.then(|| Self { seq, at, kind: kind.to_owned(), hash: leaf_hash(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_is_passed_on_gives_the_leaf_that_was_logged() {
        let text =
            r#"{"seq":7,"at":5,"actor":"system:test","kind":"graded","rule_set":null,"body":"{}","salt":""}"#;
        let mut logged: Logged = serde_json::from_str(text).unwrap();
        assert_eq!(logged.leaf_hash(), None);
        logged.salt = hex::encode([3; 32]);
        let leaf = logged.entry().leaf(&[3; 32]);
        assert_eq!(logged.leaf_hash(), Some(leaf_hash(leaf.as_bytes())));
        let read = Leaf::parse(leaf.as_bytes()).unwrap();
        assert_eq!((read.seq, read.at, &*read.kind, Some(read.hash)), (7, 5, "graded", logged.leaf_hash()));
        for wrong in
            ["", "kaodian-entry/1\n", &leaf.replace("/1", "/2"), &leaf.replace('7', "x"), leaf.trim_end()]
        {
            assert_eq!(Leaf::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
