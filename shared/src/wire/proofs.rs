//! Proofs of a Merkle tree as JSON documents, in the form in which implementations of RFC 6962 exchange test vectors: hashes
//! in base64, the fields tell what is to be proved.

use crate::log::{Hash, proof};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// A claim and its proof. Other fields (`desc`, `wantErr`) are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum Claim {
    /// A leaf is in a tree.
    Inclusion {
        /// Place of the leaf, from 0.
        leaf_idx: u64,
        /// Leaves of the tree.
        tree_size: u64,
        /// Hash of the leaf.
        leaf_hash: Bytes,
        /// Root of the tree.
        root: Bytes,
        /// The proof.
        proof: Option<Vec<Bytes>>,
    },
    /// A leaf is in a subtree.
    SubtreeInclusion {
        /// Place of the leaf in the whole tree.
        leaf_idx: u64,
        /// First leaf of the subtree.
        start: u64,
        /// The leaf behind the subtree's last.
        end: u64,
        /// Hash of the leaf.
        leaf_hash: Bytes,
        /// Root of the subtree.
        root: Bytes,
        /// The proof.
        proof: Option<Vec<Bytes>>,
    },
    /// A tree is the beginning of a later one.
    Consistency {
        /// Leaves of the earlier tree.
        size1: u64,
        /// Leaves of the later tree.
        size2: u64,
        /// Root of the earlier tree.
        root1: Bytes,
        /// Root of the later tree.
        root2: Bytes,
        /// The proof.
        proof: Option<Vec<Bytes>>,
    },
    /// A subtree is part of a tree.
    SubtreeConsistency {
        /// First leaf of the subtree.
        start: u64,
        /// The leaf behind the subtree's last.
        end: u64,
        /// Leaves of the tree.
        size: u64,
        /// Root of the subtree.
        root1: Bytes,
        /// Root of the tree.
        root2: Bytes,
        /// The proof.
        proof: Option<Vec<Bytes>>,
    },
}

/// Bytes in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes(Vec<u8>);

impl Claim {
    /// Whether the proof shows what is claimed.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self {
            Self::Inclusion { leaf_idx, tree_size, leaf_hash, root, proof } => {
                let leaf_and_proof = leaf_hash.hash().zip(hashes(proof.as_ref()));
                leaf_and_proof.is_some_and(|(leaf, proof)| {
                    proof::includes(*leaf_idx, *tree_size, &leaf, &proof, &root.0)
                })
            }
            Self::SubtreeInclusion { leaf_idx, start, end, leaf_hash, root, proof } => {
                let leaf_and_proof = leaf_hash.hash().zip(hashes(proof.as_ref()));
                leaf_and_proof.is_some_and(|(leaf, proof)| {
                    proof::subtree_includes(*leaf_idx, &(*start..*end), &leaf, &proof, &root.0)
                })
            }
            Self::Consistency { size1, size2, root1, root2, proof } => hashes(proof.as_ref())
                .is_some_and(|proof| proof::is_consistent(*size1, *size2, &proof, &root1.0, &root2.0)),
            Self::SubtreeConsistency { start, end, size, root1, root2, proof } => hashes(proof.as_ref())
                .is_some_and(|proof| proof::is_part(&(*start..*end), *size, &proof, &root1.0, &root2.0)),
        }
    }
}

impl Bytes {
    fn hash(&self) -> Option<Hash> {
        Hash::try_from(&*self.0).ok()
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Go writes an empty slice as null.
        let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
        STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

fn hashes(proof: Option<&Vec<Bytes>>) -> Option<Vec<Hash>> {
    proof.map_or_else(|| Some(Vec::new()), |proof| proof.iter().map(Bytes::hash).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn files(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found);
            } else if path.extension().is_some_and(|e| e == "json") {
                found.push(path);
            }
        }
    }

    #[test]
    fn the_published_vectors_are_judged_as_their_authors_judge_them() {
        let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata");
        let root = std::env::var("KAODIAN_TESTDATA").unwrap_or_else(|_| default.to_owned());
        let root = Path::new(&root).join("merkle/testdata");
        if !root.is_dir() {
            println!("skipped: no {}", root.display());
            return;
        }
        let mut found = Vec::new();
        files(&root, &mut found);
        assert_eq!(found.len(), 518);
        let mut counts = [0, 0];
        for path in found {
            let text = std::fs::read_to_string(&path).unwrap();
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            let claim: Claim = serde_json::from_str(&text).unwrap();
            let refused = document["wantErr"].as_bool().unwrap();
            assert_eq!(claim.holds(), !refused, "{}", path.display());
            counts[usize::from(refused)] += 1;
        }
        println!("{} proofs hold, {} are refused", counts[0], counts[1]);
    }

    #[test]
    fn a_claim_is_told_by_its_fields() {
        let table = [
            (r#"{"leafIdx":0,"treeSize":1,"leafHash":"","root":"","proof":null}"#, true),
            (r#"{"leafIdx":0,"start":0,"end":1,"leafHash":"","root":"","proof":[],"desc":"x"}"#, true),
            (r#"{"size1":0,"size2":1,"root1":"","root2":null,"proof":[""]}"#, true),
            (r#"{"start":0,"end":1,"size":1,"root1":"","root2":""}"#, true),
            (r#"{"leafIdx":-1,"treeSize":1,"leafHash":"","root":"","proof":null}"#, false),
            (r#"{"leafIdx":0,"treeSize":1,"leafHash":"not base64","root":"","proof":null}"#, false),
            ("{}", false),
            ("[]", false),
        ];
        for (text, is_claim) in table {
            assert_eq!(serde_json::from_str::<Claim>(text).is_ok(), is_claim, "{text}");
        }
    }
}
