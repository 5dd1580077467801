//! The key directory: a key with its id for each purpose, readable by its owner alone.
//!
//! A file a key: `<purpose>-<number>.key` with one line, `kaodian-key v1 plain <base64url>` or, where the environment
//! variable `KAODIAN_KEY_PASSPHRASE` is set or the configuration names a `key_command`, `kaodian-key v1 argon2id <salt>
//! <sealed>`. The highest number is in use, the others only verify and open.

use crate::entropy::{NoEntropy, random};
use crate::seal::{DataKey, Sealer};
use argon2::Argon2;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// Environment variable with the passphrase of the key files.
pub const PASSPHRASE: &str = "KAODIAN_KEY_PASSPHRASE";

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Tokens of people and seats (Ed25519).
    Token,
    /// Receipts for answers (Ed25519).
    Receipt,
    /// Checkpoints of the log and signed pages (Ed25519).
    Log,
    /// Certificates (Ed25519).
    Certificate,
    /// Day bundles (Ed25519).
    Bundle,
    /// Encryption of personal data.
    Data,
    /// Keyed hashes; never rotated, for everything is found by it.
    Index,
}

/// Why keys cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The directory or a file of it.
    #[error("the key directory {0} cannot be used: {1}")]
    Io(PathBuf, std::io::Error),
    /// A file is not a key.
    #[error("{0} is not a key file")]
    Format(PathBuf),
    /// Encrypted, and no passphrase given.
    #[error("{0} is encrypted: set {PASSPHRASE}, or name a key_command in the configuration")]
    PassphraseMissing(PathBuf),
    /// The command that should print the passphrase did not.
    #[error("key_command '{0}': {1}")]
    Command(String, String),
    /// Encrypted under another passphrase.
    #[error("{0} cannot be opened with this passphrase")]
    PassphraseWrong(PathBuf),
    /// The key of the keyed hashes cannot be changed without reading every person anew.
    #[error("the index key is never rotated")]
    IndexKey,
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

/// All keys, in memory.
pub struct KeyRing {
    dir: PathBuf,
    phrase: Option<Phrase>,
    keys: BTreeMap<Purpose, Vec<Key>>,
}

/// A key without what is secret of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAge {
    /// What it is for.
    pub purpose: Purpose,
    /// Its id.
    pub kid: String,
    /// Whether it is the one in use.
    pub in_use: bool,
    /// When its file was written, by the machine's clock, epoch milliseconds; unknown where the file cannot be asked.
    pub made_at: Option<i64>,
}

/// The passphrase of the key files.
type Phrase = Zeroizing<String>;

struct Key {
    number: u32,
    bytes: Zeroizing<[u8; 32]>,
}

const ALL: [Purpose; 7] = [
    Purpose::Token,
    Purpose::Receipt,
    Purpose::Log,
    Purpose::Certificate,
    Purpose::Bundle,
    Purpose::Data,
    Purpose::Index,
];

impl Purpose {
    /// Word used in file names and key ids.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Receipt => "receipt",
            Self::Log => "log",
            Self::Certificate => "certificate",
            Self::Bundle => "bundle",
            Self::Data => "data",
            Self::Index => "index",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        ALL.into_iter().find(|p| p.word() == word)
    }
}

impl KeyRing {
    /// Opens the directory; makes it, and a first key for each purpose, where there is none. The files are encrypted
    /// under the passphrase of the environment, or under the one that `command` (program and arguments) prints.
    ///
    /// # Errors
    /// [`KeyError`] names the file and what is wrong with it.
    pub fn open(dir: &Path, command: &[String]) -> Result<Self, KeyError> {
        let io = |e| KeyError::Io(dir.to_owned(), e);
        if !dir.exists() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(io)?;
        }
        let phrase = passphrase(command)?;
        let mut ring = Self { dir: dir.to_owned(), phrase, keys: BTreeMap::new() };
        for entry in std::fs::read_dir(dir).map_err(io)? {
            ring.load(&entry.map_err(io)?.path())?;
        }
        for purpose in ALL {
            let keys = ring.keys.entry(purpose).or_default();
            keys.sort_by_key(|k| k.number);
            if keys.is_empty() {
                ring.add(purpose)?;
            }
        }
        Ok(ring)
    }

    /// Adds a new key for a purpose, which is in use from now on, and answers its id.
    ///
    /// # Errors
    /// [`KeyError::IndexKey`] for the index key; others if the file cannot be written.
    pub fn rotate(&mut self, purpose: Purpose) -> Result<String, KeyError> {
        if purpose == Purpose::Index {
            return Err(KeyError::IndexKey);
        }
        self.add(purpose)?;
        Ok(self.kid(purpose))
    }

    /// Ids of all keys, the one in use of each purpose last.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        let all = self.keys.iter().flat_map(|(p, keys)| keys.iter().map(|k| kid(*p, k.number)));
        all.collect()
    }

    /// All keys with their age, the one in use of each purpose last.
    #[must_use]
    pub fn ages(&self) -> Vec<KeyAge> {
        let of = |(purpose, keys): (&Purpose, &Vec<Key>)| {
            let last = keys.last().map(|key| key.number);
            let ages = keys.iter().map(|key| KeyAge {
                purpose: *purpose,
                kid: kid(*purpose, key.number),
                in_use: Some(key.number) == last,
                made_at: self.made_at(&kid(*purpose, key.number)),
            });
            ages.collect::<Vec<_>>()
        };
        self.keys.iter().flat_map(of).collect()
    }

    fn made_at(&self, kid: &str) -> Option<i64> {
        let written = std::fs::metadata(self.dir.join(format!("{kid}.key"))).ok()?.modified().ok()?;
        let since = written.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok()
    }

    /// Id of the key in use.
    #[must_use]
    pub fn kid(&self, purpose: Purpose) -> String {
        kid(purpose, self.keys.get(&purpose).and_then(|k| k.last()).map_or(0, |k| k.number))
    }

    /// Key pair in use for a purpose that signs.
    #[must_use]
    pub fn signing(&self, purpose: Purpose) -> SigningKey {
        let bytes = self.keys.get(&purpose).and_then(|k| k.last()).map_or([0; 32], |k| *k.bytes);
        SigningKey::from_bytes(&bytes)
    }

    /// Every key pair of a purpose that signs, with its id; old ones verify what they signed.
    #[must_use]
    pub fn all_signing(&self, purpose: Purpose) -> Vec<(String, SigningKey)> {
        let keys = self.keys.get(&purpose).map(Vec::as_slice).unwrap_or_default();
        keys.iter().map(|k| (kid(purpose, k.number), SigningKey::from_bytes(&k.bytes))).collect()
    }

    /// Seals under the data key in use.
    #[must_use]
    pub fn sealer(&self) -> Sealer {
        let mut data: Vec<DataKey> = self
            .keys
            .get(&Purpose::Data)
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|k| DataKey { kid: kid(Purpose::Data, k.number), key: k.bytes.clone() })
            .collect();
        let index = self.keys.get(&Purpose::Index).and_then(|k| k.last());
        let index = index.map_or_else(|| Zeroizing::new([0; 32]), |k| k.bytes.clone());
        let current =
            data.pop().unwrap_or_else(|| DataKey { kid: String::new(), key: Zeroizing::new([0; 32]) });
        Sealer::new(current, data, index)
    }

    fn add(&mut self, purpose: Purpose) -> Result<(), KeyError> {
        let keys = self.keys.entry(purpose).or_default();
        let number = keys.last().map_or(1, |k| k.number + 1);
        let bytes = Zeroizing::new(random::<32>()?);
        let path = self.dir.join(format!("{}.key", kid(purpose, number)));
        write_key(&path, &bytes, self.phrase.as_ref())?;
        keys.push(Key { number, bytes });
        Ok(())
    }

    fn load(&mut self, path: &Path) -> Result<(), KeyError> {
        if path.extension().is_none_or(|e| e != "key") {
            return Ok(());
        }
        let format = || KeyError::Format(path.to_owned());
        let stem = path.file_stem().and_then(|s| s.to_str()).ok_or_else(format)?;
        let (word, number) = stem.rsplit_once('-').ok_or_else(format)?;
        let purpose = Purpose::from_word(word).ok_or_else(format)?;
        let number = number.parse().map_err(|_| format())?;
        let text = std::fs::read_to_string(path).map_err(|e| KeyError::Io(path.to_owned(), e))?;
        let bytes = read_key(path, &text, self.phrase.as_ref())?;
        self.keys.entry(purpose).or_default().push(Key { number, bytes });
        Ok(())
    }
}

fn kid(purpose: Purpose, number: u32) -> String {
    format!("{}-{number}", purpose.word())
}

fn passphrase(command: &[String]) -> Result<Option<Phrase>, KeyError> {
    let named = std::env::var(PASSPHRASE).ok().filter(|p| !p.is_empty()).map(Zeroizing::new);
    match command.split_first() {
        Some((program, arguments)) if named.is_none() => printed_by(program, arguments).map(Some),
        _ => Ok(named),
    }
}

/// The first line that a program prints. What it says on standard error is the operator's to see.
fn printed_by(program: &str, arguments: &[String]) -> Result<Phrase, KeyError> {
    let failed = |why: String| KeyError::Command(program.to_owned(), why);
    let said = std::process::Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|e| failed(e.to_string()))?;
    let text = Zeroizing::new(said.stdout);
    let line = text.split(|b| *b == b'\n').next().and_then(|line| std::str::from_utf8(line).ok());
    let phrase = line.map(|line| line.trim_end_matches('\r')).filter(|line| !line.is_empty());
    match phrase {
        Some(phrase) if said.status.success() => Ok(Zeroizing::new(phrase.to_owned())),
        Some(_) => Err(failed(said.status.to_string())),
        None => Err(failed("it printed no passphrase".to_owned())),
    }
}

fn stretch(path: &Path, passphrase: &str, salt: &[u8]) -> Result<XChaCha20Poly1305, KeyError> {
    let mut key = Zeroizing::new([0_u8; 32]);
    let stretched = Argon2::default().hash_password_into(passphrase.as_bytes(), salt, key.as_mut());
    stretched.map_err(|_| KeyError::Format(path.to_owned()))?;
    Ok(XChaCha20Poly1305::new(&(*key).into()))
}

fn write_key(path: &Path, bytes: &[u8; 32], phrase: Option<&Phrase>) -> Result<(), KeyError> {
    let line = match phrase {
        None => format!("kaodian-key v1 plain {}\n", URL_SAFE_NO_PAD.encode(bytes)),
        Some(phrase) => {
            let salt: [u8; 24] = random()?;
            let cipher = stretch(path, phrase, &salt)?;
            let sealed = cipher.encrypt(&XNonce::from(salt), bytes.as_slice());
            let sealed = sealed.map_err(|_| KeyError::Format(path.to_owned()))?;
            format!(
                "kaodian-key v1 argon2id {} {}\n",
                URL_SAFE_NO_PAD.encode(salt),
                URL_SAFE_NO_PAD.encode(sealed)
            )
        }
    };
    let io = |e| KeyError::Io(path.to_owned(), e);
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
    file.write_all(line.as_bytes()).map_err(io)?;
    file.sync_all().map_err(io)
}

fn read_key(path: &Path, text: &str, phrase: Option<&Phrase>) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let format = || KeyError::Format(path.to_owned());
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| format());
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = match words.as_slice() {
        ["kaodian-key", "v1", "plain", key] => decode(key)?,
        ["kaodian-key", "v1", "argon2id", salt, sealed] => {
            let phrase = phrase.ok_or_else(|| KeyError::PassphraseMissing(path.to_owned()))?;
            let salt: [u8; 24] = decode(salt)?.try_into().map_err(|_| format())?;
            let cipher = stretch(path, phrase, &salt)?;
            let opened = cipher.decrypt(&XNonce::from(salt), decode(sealed)?.as_slice());
            opened.map_err(|_| KeyError::PassphraseWrong(path.to_owned()))?
        }
        _ => return Err(format()),
    };
    let bytes: [u8; 32] = plain.try_into().map_err(|_| format())?;
    Ok(Zeroizing::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_start_makes_a_key_for_each_purpose_and_the_next_start_finds_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys");
        let mut ring = KeyRing::open(&path, &[]).unwrap();
        assert_eq!(ring.list().len(), ALL.len());
        let sealed = ring.sealer().seal("x", "text").unwrap();
        assert_eq!(ring.rotate(Purpose::Data).unwrap(), "data-2");
        let again = KeyRing::open(&path, &[]).unwrap();
        assert_eq!(again.kid(Purpose::Data), "data-2");
        assert_eq!(again.sealer().open("x", &sealed).unwrap(), "text");
        assert_eq!(again.signing(Purpose::Token).to_bytes(), ring.signing(Purpose::Token).to_bytes());
    }

    #[test]
    fn nobody_else_can_read_the_keys() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys");
        KeyRing::open(&path, &[]).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        for entry in std::fs::read_dir(&path).unwrap() {
            assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_command_unlocks_the_keys_and_nothing_else_does() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys");
        let command = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let right = command(&["printf", "correct horse\\nanother line"]);
        let ring = KeyRing::open(&path, &right).unwrap();
        let file = std::fs::read_to_string(path.join("token-1.key")).unwrap();
        assert!(file.starts_with("kaodian-key v1 argon2id "), "{file}");
        let again = KeyRing::open(&path, &right).unwrap();
        assert_eq!(again.signing(Purpose::Token).to_bytes(), ring.signing(Purpose::Token).to_bytes());
        let fails = |words: &[&str]| KeyRing::open(&path, &command(words)).err().unwrap();
        assert!(matches!(fails(&[]), KeyError::PassphraseMissing(_)));
        assert!(matches!(fails(&["printf", "wrong"]), KeyError::PassphraseWrong(_)));
        for words in [&["printf", ""][..], &["false"], &["/no/such/program"]] {
            assert!(matches!(fails(words), KeyError::Command(..)), "{words:?}");
        }
    }

    #[test]
    fn the_index_key_is_never_rotated() {
        let dir = tempfile::tempdir().unwrap();
        let mut ring = KeyRing::open(dir.path(), &[]).unwrap();
        assert!(matches!(ring.rotate(Purpose::Index), Err(KeyError::IndexKey)));
    }
}
