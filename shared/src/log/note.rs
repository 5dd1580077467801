//! Signed notes: a text with lines of signatures below it (C2SP signed-note), Ed25519 alone.
//!
//! Two kinds of signatures: the log's own over the text, and a witness's with the second in which it saw the text (C2SP
//! tlog-cosignature, version 1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Signatures that a note may have at most; more are not read.
pub const MAX_SIGNATURES: usize = 32;
/// The dash that begins a signature's line.
const DASH: &str = "\u{2014} ";

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The text: the log itself.
    Log,
    /// The text, and when it was seen: a witness.
    Witness,
}

/// A key with its name, to verify with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    kind: Kind,
    key: VerifyingKey,
}

/// A text and the lines of its signatures, as read. Nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Line>,
}

/// One line of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    name: String,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Name of the key.
    pub name: String,
    /// The second in which the witness saw it; `None` from the log itself.
    pub seconds: Option<u64>,
}

/// Why a note is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteError {
    /// It is not written as a note is.
    #[error("this is no signed note")]
    Malformed,
    /// None of the signatures is of the key asked for.
    #[error("the note is not signed by this key")]
    Unsigned,
    /// A signature of the key does not fit the text.
    #[error("the signature does not fit the text")]
    BadSignature,
    /// Empty, or with a space or a plus sign.
    #[error("a key's name is not empty and has neither spaces nor plus signs")]
    Name,
    /// No key as it is passed on, or one whose id does not fit.
    #[error("this is no key of a log: it has the form name+id+key")]
    Key,
    /// A second beyond what can be written (2⁶³ − 1).
    #[error("the time of the signature is beyond all times")]
    Time,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }
}

impl Verifier {
    /// A key under its name.
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn new(name: &str, kind: Kind, key: VerifyingKey) -> Result<Self, NoteError> {
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.contains(bad) {
            return Err(NoteError::Name);
        }
        Ok(Self { name: name.to_owned(), kind, key })
    }

    /// Reads a key as it is passed on: `name+key id+key` (eight hexadecimal digits; base64 of the kind and the key).
    ///
    /// # Errors
    /// [`NoteError::Key`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim_end().splitn(3, '+');
        let (name, id, key) = (parts.next(), parts.next(), parts.next());
        let bytes = key.and_then(|key| STANDARD.decode(key).ok()).unwrap_or_default();
        let (kind, key) = match bytes.split_first() {
            Some((0x01, key)) => (Kind::Log, key),
            Some((0x04, key)) => (Kind::Witness, key),
            _ => return Err(NoteError::Key),
        };
        let key = <[u8; 32]>::try_from(key).ok().and_then(|key| VerifyingKey::from_bytes(&key).ok());
        let key = key.filter(|key| !key.is_weak()).ok_or(NoteError::Key)?;
        let read = Self::new(name.unwrap_or_default(), kind, key)?;
        if id == Some(&*read.key_id_text()) { Ok(read) } else { Err(NoteError::Key) }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn key_id_text(&self) -> String {
        hex::encode(self.key_id())
    }

    /// First four bytes of SHA-256 over name, line feed, kind and key.
    fn key_id(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', self.kind.byte()])
            .chain_update(self.key.as_bytes())
            .finalize();
        digest.first_chunk().copied().unwrap_or_default()
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = vec![self.kind.byte()];
        bytes.extend(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, self.key_id_text(), STANDARD.encode(bytes))
    }
}

impl Note {
    /// A text without signatures yet.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] if the text does not end with a line feed or has another control character.
    pub fn new(text: String) -> Result<Self, NoteError> {
        let fine = text.ends_with('\n') && !text.contains(|c: char| c < ' ' && c != '\n');
        if fine { Ok(Self { text, signatures: Vec::new() }) } else { Err(NoteError::Malformed) }
    }

    /// Reads a note; believes nothing of it.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(written: &str) -> Result<Self, NoteError> {
        let (text, lines) = written.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures: Vec<Line> =
            lines.split('\n').map(Line::parse).collect::<Option<_>>().ok_or(NoteError::Malformed)?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Malformed);
        }
        Ok(Self { signatures, ..Self::new(format!("{text}\n"))? })
    }

    /// What is signed, with its last line feed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds the log's signature.
    pub fn sign(&mut self, verifier: &Verifier, key: &SigningKey) {
        let signature = key.sign(self.text.as_bytes());
        self.add(verifier, signature.to_bytes().to_vec());
    }

    /// Adds a witness's signature: it saw this text in that second.
    ///
    /// # Errors
    /// [`NoteError::Time`].
    pub fn cosign(&mut self, verifier: &Verifier, key: &SigningKey, seconds: u64) -> Result<(), NoteError> {
        i64::try_from(seconds).map_err(|_| NoteError::Time)?;
        let signature = key.sign(self.cosigned(seconds).as_bytes());
        let mut bytes = seconds.to_be_bytes().to_vec();
        bytes.extend(signature.to_bytes());
        self.add(verifier, bytes);
        Ok(())
    }

    /// Takes over the signatures of another copy of the same text; those that are there stay. False if the texts differ.
    pub fn merge(&mut self, other: Self) -> bool {
        if other.text != self.text {
            return false;
        }
        for line in other.signatures {
            if !self.signatures.contains(&line) {
                self.signatures.push(line);
            }
        }
        true
    }

    /// Whether the key has signed the text.
    ///
    /// # Errors
    /// [`NoteError`]: no signature of this key, or one that does not fit.
    pub fn verify(&self, by: &Verifier) -> Result<Seen, NoteError> {
        let id = by.key_id();
        let line = self.signatures.iter().find(|line| line.name == by.name && line.key_id == id);
        let line = line.ok_or(NoteError::Unsigned)?;
        let (seconds, bytes, message) = match by.kind {
            Kind::Log => (None, &*line.bytes, self.text.clone()),
            Kind::Witness => {
                let (time, rest) = line.bytes.split_first_chunk().ok_or(NoteError::BadSignature)?;
                let seconds = u64::from_be_bytes(*time);
                i64::try_from(seconds).map_err(|_| NoteError::Time)?;
                (Some(seconds), rest, self.cosigned(seconds))
            }
        };
        let signature = Signature::from_slice(bytes).map_err(|_| NoteError::BadSignature)?;
        by.key.verify_strict(message.as_bytes(), &signature).map_err(|_| NoteError::BadSignature)?;
        Ok(Seen { name: by.name.clone(), seconds })
    }

    /// The line of a key's signature as it stands in the note, without its line feed; `None` without one.
    #[must_use]
    pub fn line_of(&self, by: &Verifier) -> Option<String> {
        let id = by.key_id();
        let line = self.signatures.iter().find(|line| line.name == by.name && line.key_id == id);
        line.map(Line::to_string)
    }

    fn cosigned(&self, seconds: u64) -> String {
        format!("cosignature/v1\ntime {seconds}\n{}", self.text)
    }

    fn add(&mut self, verifier: &Verifier, bytes: Vec<u8>) {
        let (name, key_id) = (verifier.name.clone(), verifier.key_id());
        self.signatures.retain(|line| line.name != name || line.key_id != key_id);
        self.signatures.push(Line { name, key_id, bytes });
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, key_id, bytes } = self;
        write!(f, "{DASH}{name} {}", STANDARD.encode([&key_id[..], bytes].concat()))
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
        let decoded = STANDARD.decode(encoded).ok()?;
        let (key_id, bytes) = decoded.split_first_chunk()?;
        let named = !name.is_empty() && !name.contains('+');
        named.then(|| Self { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(seed: u8, name: &str, kind: Kind) -> (SigningKey, Verifier) {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let verifier = Verifier::new(name, kind, key.verifying_key()).unwrap();
        (key, verifier)
    }

    fn signed() -> Note {
        let (log, verifier) = keys(1, "log.example", Kind::Log);
        let mut note = Note::new("log.example\n0\n\nan empty line before\n".to_owned()).unwrap();
        note.sign(&verifier, &log);
        let (witness, verifier) = keys(2, "kiosk-1", Kind::Witness);
        note.cosign(&verifier, &witness, 1_790_000_000).unwrap();
        note
    }

    #[test]
    fn what_is_signed_and_written_down_is_verified_after_reading() {
        let read = Note::parse(&signed().to_string()).unwrap();
        assert_eq!(read, signed());
        let log = read.verify(&keys(1, "log.example", Kind::Log).1).unwrap();
        assert_eq!(log, Seen { name: "log.example".to_owned(), seconds: None });
        let witness = read.verify(&keys(2, "kiosk-1", Kind::Witness).1).unwrap();
        let line = read.line_of(&keys(2, "kiosk-1", Kind::Witness).1).unwrap();
        assert!(signed().to_string().ends_with(&format!("\n{line}\n")));
        assert_eq!(read.line_of(&keys(3, "kiosk-1", Kind::Witness).1), None);
        assert_eq!(witness.seconds, Some(1_790_000_000));
    }

    #[test]
    fn a_key_is_passed_on_as_a_text_and_a_text_with_another_id_is_none() {
        for kind in [Kind::Log, Kind::Witness] {
            let (_, verifier) = keys(1, "log.example", kind);
            assert_eq!(Verifier::parse(&format!("{verifier}\n")), Ok(verifier));
        }
        let (_, verifier) = keys(1, "log.example", Kind::Log);
        let text = verifier.to_string();
        for bad in ["", "a+b", &text.replacen("log", "lag", 1), &text[..text.len() - 4]] {
            assert_eq!(Verifier::parse(bad), Err(NoteError::Key), "{bad}");
        }
    }

    #[test]
    fn a_signature_counts_for_its_key_name_and_kind_alone() {
        let note = signed();
        for (seed, name, kind) in [
            (3, "log.example", Kind::Log),
            (1, "other", Kind::Log),
            (1, "log.example", Kind::Witness),
            (2, "kiosk-1", Kind::Log),
        ] {
            assert_eq!(note.verify(&keys(seed, name, kind).1), Err(NoteError::Unsigned), "{name}");
        }
    }

    #[test]
    fn one_changed_character_of_the_text_or_of_the_time_is_noticed() {
        let written = signed().to_string();
        let changed = Note::parse(&written.replacen("before", "behind", 1)).unwrap();
        for (seed, name, kind) in [(1, "log.example", Kind::Log), (2, "kiosk-1", Kind::Witness)] {
            assert_eq!(changed.verify(&keys(seed, name, kind).1), Err(NoteError::BadSignature));
        }
        let mut later = signed();
        later.signatures[1].bytes[7] ^= 1;
        assert_eq!(later.verify(&keys(2, "kiosk-1", Kind::Witness).1), Err(NoteError::BadSignature));
    }

    #[test]
    fn copies_of_a_note_with_signatures_of_different_witnesses_become_one() {
        let mut note = signed();
        let (key, verifier) = keys(9, "kiosk-2", Kind::Witness);
        let mut other = Note::new(note.text().to_owned()).unwrap();
        other.cosign(&verifier, &key, 5).unwrap();
        assert!(note.merge(other.clone()) && note.merge(other));
        assert_eq!(note.signatures.len(), 3);
        assert_eq!(note.verify(&verifier).unwrap().seconds, Some(5));
        assert!(!note.merge(Note::new("another text\n".to_owned()).unwrap()));
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let good = signed().to_string();
        for bad in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n\u{2014} name\n",
            "text\n\n\u{2014} name AAA\n",
            "text\n\n\u{2014} name AAAA\n",
            "text\n\n- name AAAAAAAA\n",
            "te\txt\n\n\u{2014} name AAAAAAAA\n",
            "text\n\n\u{2014} na+me AAAAAAAA\n",
            good.trim_end(),
        ] {
            assert_eq!(Note::parse(bad), Err(NoteError::Malformed), "{bad:?}");
        }
        let many = format!("text\n\n{}", "\u{2014} name AAAAAAAA\n".repeat(MAX_SIGNATURES + 1));
        assert_eq!(Note::parse(&many), Err(NoteError::Malformed));
        let key = SigningKey::from_bytes(&[1; 32]).verifying_key();
        for name in ["", "a b", "a+b", "a\nb", "a\u{3000}b"] {
            assert_eq!(Verifier::new(name, Kind::Log, key), Err(NoteError::Name), "{name:?}");
        }
    }

    #[test]
    fn the_example_of_another_implementation_is_read() {
        // From the specification: the key id is of a key that is not published, the form is what counts.
        let written = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
            \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
        assert_eq!(Note::parse(written).unwrap().to_string(), written);
    }
}
