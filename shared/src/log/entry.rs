//! What stands in the log for an event: who was meant and what was said is committed to by a salted hash, so that the log
//! holds no personal data and stays valid when the event and its salt have to be deleted.

use super::{Hash, leaf_hash};
use sha2::{Digest, Sha256};

/// Random bytes of one entry; whoever does not have them cannot try out what the event may have said.
pub type Salt = [u8; 32];

/// An event as the log commits to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Position of the event, from 1.
    pub seq: u64,
    /// Epoch milliseconds.
    pub at: i64,
    /// Kind of the fact; no personal data.
    pub kind: &'a str,
    /// Who.
    pub actor: &'a str,
    /// Rule set of the decision.
    pub rule_set: Option<&'a str>,
    /// The fact, byte by byte as it is stored.
    pub body: &'a str,
}

impl Entry<'_> {
    /// SHA-256 over the salt and what the log does not tell: actor, rule set and body, each as a netstring (its length in
    /// bytes, `:`, the bytes, `,`), a missing rule set as `-`.
    #[must_use]
    pub fn commitment(&self, salt: &Salt) -> Hash {
        let mut digest = Sha256::new().chain_update(salt);
        for part in [Some(self.actor), self.rule_set, Some(self.body)] {
            match part {
                Some(text) => digest.update(format!("{}:{text},", text.len())),
                None => digest.update("-"),
            }
        }
        digest.finalize().into()
    }

    /// The bytes of the leaf: five lines, each with a line feed.
    #[must_use]
    pub fn leaf(&self, salt: &Salt) -> String {
        let commitment = hex::encode(self.commitment(salt));
        format!("kaodian-entry/1\n{}\n{}\n{}\n{commitment}\n", self.seq, self.at, self.kind)
    }

    /// The hash of the leaf.
    #[must_use]
    pub fn leaf_hash(&self, salt: &Salt) -> Hash {
        leaf_hash(self.leaf(salt).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: Entry<'_> = Entry {
        seq: 7,
        at: 1_790_553_600_000,
        kind: "graded",
        actor: "person:centre",
        rule_set: Some("national@2026.1"),
        body: "{\"points\":80}",
    };

    #[test]
    fn a_leaf_tells_position_time_and_kind_and_nothing_else_in_the_clear() {
        let leaf = ENTRY.leaf(&[1; 32]);
        let lines: Vec<&str> = leaf.split('\n').collect();
        assert_eq!(lines[..4], ["kaodian-entry/1", "7", "1790553600000", "graded"]);
        assert_eq!((lines[4].len(), lines[5], lines.len()), (64, "", 6));
    }

    #[test]
    fn a_leaf_changes_with_every_part_and_with_the_salt() {
        let changed = [
            Entry { seq: 8, ..ENTRY },
            Entry { at: 0, ..ENTRY },
            Entry { kind: "published", ..ENTRY },
            Entry { actor: "person:centre2", ..ENTRY },
            Entry { rule_set: None, ..ENTRY },
            Entry { rule_set: Some(""), ..ENTRY },
            Entry { body: "{\"points\":81}", ..ENTRY },
            // The same characters, parted elsewhere.
            Entry { actor: "person:centre,15:national@2026.1", rule_set: None, ..ENTRY },
        ];
        let mut seen = vec![ENTRY.leaf_hash(&[1; 32]), ENTRY.leaf_hash(&[2; 32])];
        seen.extend(changed.map(|entry| entry.leaf_hash(&[1; 32])));
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }
}
