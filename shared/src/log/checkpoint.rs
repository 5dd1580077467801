//! Checkpoints: origin, size and root of the tree as a signed note (C2SP tlog-checkpoint), and what a witness does with
//! one: it signs only what continues the last that it saw.

use super::note::{Note, NoteError, Verifier};
use super::proof::is_consistent;
use super::{Hash, empty_root};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

/// The head of the tree at a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

/// What a witness remembers of a log: size and root of the last checkpoint that it signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// Leaves.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

/// Why a checkpoint is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// The note is not one, or not of the log's key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is no checkpoint.
    #[error("this is no checkpoint")]
    Malformed,
    /// It is of another log.
    #[error("the checkpoint is of the log '{0}'")]
    OtherLog(String),
    /// It has fewer leaves than one that was seen before.
    #[error("the checkpoint has {now} entries, one seen before has {seen}")]
    Shrunk {
        /// Leaves of the one seen before.
        seen: u64,
        /// Leaves of this one.
        now: u64,
    },
    /// It is not a continuation of what was seen: somebody rewrote the log, or shows different people different logs.
    #[error(
        "the checkpoint of {now} entries does not continue the one of {seen} that was seen: the log has been rewritten"
    )]
    Forked {
        /// Leaves of the one seen before.
        seen: u64,
        /// Leaves of this one.
        now: u64,
    },
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads the text of a note; extension lines are passed over.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let malformed = || CheckpointError::Malformed;
        let mut lines = text.strip_suffix('\n').ok_or_else(malformed)?.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or_else(malformed);
        let (origin, digits, root) = (line()?, line()?, line()?);
        let size: u64 = digits.parse().map_err(|_| malformed())?;
        let root =
            STANDARD.decode(root).ok().and_then(|bytes| Hash::try_from(bytes).ok()).ok_or_else(malformed)?;
        if size.to_string() != digits || lines.any(str::is_empty) || (size == 0 && root != empty_root()) {
            return Err(malformed());
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// The checkpoint of a note that the log has signed.
    ///
    /// # Errors
    /// [`CheckpointError`]: not signed by this log, no checkpoint, another log's.
    pub fn of(note: &Note, log: &Verifier) -> Result<Self, CheckpointError> {
        note.verify(log)?;
        let checkpoint = Self::parse(note.text())?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::OtherLog(checkpoint.origin));
        }
        Ok(checkpoint)
    }

    /// Whether the checkpoint continues what a witness remembers, shown by a consistency proof. The answer is what it has
    /// to remember from now on.
    ///
    /// # Errors
    /// [`CheckpointError::Shrunk`], [`CheckpointError::Forked`].
    pub fn follow(&self, seen: Option<Remembered>, proof: &[Hash]) -> Result<Remembered, CheckpointError> {
        let now = Remembered { size: self.size, root: self.root };
        let Some(seen) = seen.filter(|seen| seen.size > 0) else { return Ok(now) };
        if self.size < seen.size {
            return Err(CheckpointError::Shrunk { seen: seen.size, now: self.size });
        }
        if !is_consistent(seen.size, self.size, proof, &seen.root, &self.root) {
            return Err(CheckpointError::Forked { seen: seen.size, now: self.size });
        }
        Ok(now)
    }
}

#[cfg(test)]
mod tests {
    use super::super::leaf_hash;
    use super::super::note::Kind;
    use super::super::proof::consistency;
    use super::super::tree::{Edge, Node, range_hash};
    use super::*;
    use ed25519_dalek::SigningKey;
    use std::collections::HashMap;
    use std::convert::Infallible;

    const ORIGIN: &str = "kaodian.example/log";

    /// A tree of `size` leaves whose leaf `forged` is another one: its checkpoint, and a proof from `old`.
    fn grown(size: u64, forged: Option<u64>, old: u64) -> (Checkpoint, Vec<Hash>) {
        let (mut edge, mut nodes) = (Edge::default(), HashMap::<Node, Hash>::new());
        for n in 0..size {
            let leaf = if forged == Some(n) { leaf_hash(b"forged") } else { leaf_hash(&n.to_be_bytes()) };
            edge.append(leaf, |node, hash| {
                nodes.insert(node, hash);
            });
        }
        let ranges = consistency(old, size).unwrap_or_default();
        let proof =
            ranges.iter().map(|range| range_hash::<Infallible>(range, |node| Ok(nodes[&node])).unwrap());
        (Checkpoint { origin: ORIGIN.to_owned(), size, root: edge.root() }, proof.collect())
    }

    #[test]
    fn a_witness_follows_a_log_that_only_grows() {
        let mut seen = None;
        for size in [0, 0, 1, 1, 7, 8, 300] {
            let (checkpoint, proof) = grown(size, None, seen.map_or(0, |s: Remembered| s.size));
            seen = Some(checkpoint.follow(seen, &proof).unwrap());
            assert_eq!(seen, Some(Remembered { size, root: checkpoint.root }));
        }
    }

    #[test]
    fn a_witness_refuses_a_log_that_shrinks_or_was_rewritten() {
        let (checkpoint, _) = grown(10, None, 0);
        let seen = checkpoint.follow(None, &[]).unwrap();
        let (shorter, _) = grown(9, None, 0);
        assert_eq!(shorter.follow(Some(seen), &[]), Err(CheckpointError::Shrunk { seen: 10, now: 9 }));
        for (size, forged) in [(10, 3), (20, 3), (20, 9)] {
            let (forked, proof) = grown(size, Some(forged), 10);
            let refused = forked.follow(Some(seen), &proof);
            assert_eq!(
                refused,
                Err(CheckpointError::Forked { seen: 10, now: size }),
                "{size} with {forged} forged"
            );
        }
        let (honest, proof) = grown(20, Some(10), 10);
        assert!(honest.follow(Some(seen), &proof).is_ok(), "a leaf that was not seen yet may be anything");
    }

    #[test]
    fn a_checkpoint_is_believed_if_its_log_signed_it() {
        let key = SigningKey::from_bytes(&[4; 32]);
        let log = Verifier::new(ORIGIN, Kind::Log, key.verifying_key()).unwrap();
        let (checkpoint, _) = grown(5, None, 0);
        let mut note = Note::new(checkpoint.text()).unwrap();
        assert_eq!(Checkpoint::of(&note, &log), Err(CheckpointError::Note(NoteError::Unsigned)));
        note.sign(&log, &key);
        assert_eq!(Checkpoint::of(&note, &log), Ok(checkpoint.clone()));
        let mut other = Note::new(Checkpoint { origin: "other".to_owned(), ..checkpoint }.text()).unwrap();
        other.sign(&log, &key);
        assert_eq!(Checkpoint::of(&other, &log), Err(CheckpointError::OtherLog("other".to_owned())));
    }

    #[test]
    fn a_text_that_is_no_checkpoint_is_refused_and_extension_lines_are_passed_over() {
        let (checkpoint, _) = grown(3, None, 0);
        let good = checkpoint.text();
        assert_eq!(Checkpoint::parse(&format!("{good}extension\n")), Ok(checkpoint));
        let root = good.lines().nth(2).unwrap();
        for bad in [
            String::new(),
            "a\n1\n".to_owned(),
            good.trim_end().to_owned(),
            good.replace("\n3\n", "\n03\n"),
            good.replace("\n3\n", "\n-3\n"),
            good.replace("\n3\n", "\n0\n"),
            good.replace(root, "AAAA"),
            format!("{good}\nextension\n"),
            format!("\n3\n{root}\n"),
        ] {
            assert_eq!(Checkpoint::parse(&bad), Err(CheckpointError::Malformed), "{bad:?}");
        }
    }
}
