//! Receipts for answers: what is saved together is one small tree whose root is signed once and stands in one event of the
//! log, and each answer is given its way to that root. Whoever has a receipt shows what was saved, and when.

use crate::log::checkpoint::Checkpoint;
use crate::log::note::{Note, Verifier};
use crate::log::proof::includes;
use crate::log::{Hash, leaf_hash};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Random bytes of one answer; without them nobody can try out which letters a leaf stands for.
pub type Salt = [u8; 16];

/// An answer as its leaf commits to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLeaf<'a> {
    /// Ticket number.
    pub ticket: &'a str,
    /// Number of the answer, from 1.
    pub seq: i64,
    /// Position on the paper from 1.
    pub position: u32,
    /// When it came in, epoch milliseconds.
    pub at: i64,
    /// When it was given by what the seat says, epoch milliseconds, for one that came late.
    pub given_at: Option<i64>,
    /// [`commitment`] to the letters.
    pub commitment: Hash,
    /// SHA-256 of the letters as they are stored, sealed.
    pub sealed: Hash,
}

impl AnswerLeaf<'_> {
    /// The bytes of the leaf: eight lines, each with a line feed; no time that the seat gave is `-`.
    #[must_use]
    pub fn text(&self) -> String {
        let given = self.given_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        format!(
            "kaodian-answer/1\n{}\n{}\n{}\n{}\n{given}\n{}\n{}\n",
            self.ticket,
            self.seq,
            self.position,
            self.at,
            hex::encode(self.commitment),
            hex::encode(self.sealed)
        )
    }

    /// The hash of the leaf.
    #[must_use]
    pub fn hash(&self) -> Hash {
        leaf_hash(self.text().as_bytes())
    }
}

/// SHA-256 over the salt and the letters.
#[must_use]
pub fn commitment(salt: &Salt, letters: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(letters).finalize().into()
}

/// What a signature under the root of a batch says: a checkpoint of a log of its own, named after the event.
#[must_use]
pub fn checkpoint(log: &str, event: i64, size: u64, root: Hash) -> Checkpoint {
    Checkpoint { origin: format!("{log}/answers/{event}"), size, root }
}

/// That an answer is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Number of the event with the root.
    pub event: i64,
    /// Place of the answer among those saved together, from 0.
    pub index: u64,
    /// Salt of the commitment, hexadecimal.
    pub salt: String,
    /// SHA-256 of the sealed letters, hexadecimal.
    pub sealed: String,
    /// Hashes from the leaf up to the root, base64.
    pub path: Vec<String>,
    /// Root and number of the answers saved together, signed by the log.
    pub note: String,
}

/// An answer as whoever shows a receipt says it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipted {
    /// Ticket number.
    pub ticket: String,
    /// Number of the answer, from 1.
    pub seq: i64,
    /// Position on the paper from 1.
    pub position: u32,
    /// Letters as shown; empty: withdrawn.
    pub letters: String,
    /// When it came in, epoch milliseconds.
    pub at: i64,
    /// When it was given by what the seat says, epoch milliseconds, for one that came late.
    #[serde(default)]
    pub given_at: Option<i64>,
    /// The receipt.
    pub receipt: Receipt,
}

/// Why a receipt shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReceiptError {
    /// It cannot be read.
    #[error("this is no receipt")]
    Malformed,
    /// The log has not signed it.
    #[error("it is not signed by the log")]
    Signature,
    /// The answer is another than the one that was saved.
    #[error("it is for another answer")]
    OtherAnswer,
}

impl Receipted {
    /// The root to which the receipt leads, if the log signed it for this answer.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn root(&self, log: &Verifier) -> Result<Hash, ReceiptError> {
        let Receipt { event, index, note, .. } = &self.receipt;
        let note = Note::parse(note).map_err(|_| ReceiptError::Malformed)?;
        let read = Checkpoint::parse(note.text()).map_err(|_| ReceiptError::Malformed)?;
        if note.verify(log).is_err() || read != checkpoint(log.name(), *event, read.size, read.root) {
            return Err(ReceiptError::Signature);
        }
        let leaf = self.leaf_hash().ok_or(ReceiptError::Malformed)?;
        let path = super::log::read(&self.receipt.path).ok_or(ReceiptError::Malformed)?;
        let shown = includes(*index, read.size, &leaf, &path, &read.root);
        if shown { Ok(read.root) } else { Err(ReceiptError::OtherAnswer) }
    }

    fn leaf_hash(&self) -> Option<Hash> {
        let salt: Salt = hex::decode(&self.receipt.salt).ok()?.try_into().ok()?;
        let sealed: Hash = hex::decode(&self.receipt.sealed).ok()?.try_into().ok()?;
        let leaf = AnswerLeaf {
            ticket: &self.ticket,
            seq: self.seq,
            position: self.position,
            at: self.at,
            given_at: self.given_at,
            commitment: commitment(&salt, &self.letters),
            sealed,
        };
        Some(leaf.hash())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::batch::Batch;
    use crate::log::note::Kind;
    use crate::wire::v1::log::written;
    use ed25519_dalek::SigningKey;

    const LOG: &str = "kaodian.example/log";

    fn receipts() -> (Verifier, Vec<Receipted>) {
        let key = SigningKey::from_bytes(&[7; 32]);
        let verifier = Verifier::new(LOG, Kind::Log, key.verifying_key()).unwrap();
        let one = |seq: i64| {
            let receipt = Receipt {
                event: 12,
                index: u64::try_from(seq).unwrap() - 1,
                salt: hex::encode([u8::try_from(seq).unwrap(); 16]),
                sealed: hex::encode([9; 32]),
                path: Vec::new(),
                note: String::new(),
            };
            let (ticket, letters) = ("20260928-0001".to_owned(), "AC".to_owned());
            Receipted { ticket, seq, position: 7, letters, at: 5, given_at: None, receipt }
        };
        let mut all: Vec<Receipted> = (1..=3).map(one).collect();
        let batch = Batch::new(all.iter().map(|one| one.leaf_hash().unwrap()).collect());
        let mut note = Note::new(checkpoint(LOG, 12, 3, batch.root()).text()).unwrap();
        note.sign(&verifier, &key);
        for (index, one) in all.iter_mut().enumerate() {
            one.receipt.path = written(&batch.path(index));
            one.receipt.note = note.to_string();
        }
        (verifier, all)
    }

    #[test]
    fn a_receipt_shows_its_answer_and_no_other() {
        let (log, all) = receipts();
        let roots: Vec<_> = all.iter().map(|one| one.root(&log)).collect();
        assert!(roots.iter().all(|root| root.is_ok() && *root == roots[0]));
        let good = &all[1];
        let changed = |change: &dyn Fn(&mut Receipted)| {
            let mut other = good.clone();
            change(&mut other);
            other.root(&log).unwrap_err()
        };
        type Change = fn(&mut Receipted);
        let table: [(&str, Change, ReceiptError); 12] = [
            ("another ticket", |r| r.ticket = "20260928-0002".into(), ReceiptError::OtherAnswer),
            ("another number", |r| r.seq = 3, ReceiptError::OtherAnswer),
            ("another question", |r| r.position = 8, ReceiptError::OtherAnswer),
            ("other letters", |r| r.letters = "A".into(), ReceiptError::OtherAnswer),
            ("another time", |r| r.at = 6, ReceiptError::OtherAnswer),
            ("a time that the seat never gave", |r| r.given_at = Some(4), ReceiptError::OtherAnswer),
            ("another place", |r| r.receipt.index = 0, ReceiptError::OtherAnswer),
            ("a place that is not there", |r| r.receipt.index = 9, ReceiptError::OtherAnswer),
            ("another salt", |r| r.receipt.salt = hex::encode([0; 16]), ReceiptError::OtherAnswer),
            ("no salt", |r| r.receipt.salt = "x".into(), ReceiptError::Malformed),
            ("another event", |r| r.receipt.event = 13, ReceiptError::Signature),
            ("no note", |r| r.receipt.note = "x".into(), ReceiptError::Malformed),
        ];
        for (what, change, error) in table {
            assert_eq!(changed(&change), error, "{what}");
        }
        let forger = SigningKey::from_bytes(&[8; 32]);
        let other = Verifier::new(LOG, Kind::Log, forger.verifying_key()).unwrap();
        assert_eq!(good.root(&other), Err(ReceiptError::Signature));
    }
}
