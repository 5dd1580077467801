//! A paper on its way to the seat: it comes sealed before the start, and a few bytes open it when the time has come, so that
//! everybody can begin in the same second.

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Key of one sealed paper. It is made for one entry at one seat and seals nothing else, which is why no nonce is needed.
pub type PaperKey = [u8; 32];

/// A nonce of noughts: every key seals one text.
const NONCE: [u8; 12] = [0; 12];

/// Seals a paper (AES-256-GCM), base64. Browsers have this cipher; `None` for a text beyond 64 GB.
#[must_use]
pub fn seal(key: &PaperKey, paper: &str) -> Option<String> {
    let sealed = Aes256Gcm::new(&(*key).into()).encrypt(&Nonce::from(NONCE), paper.as_bytes()).ok()?;
    Some(STANDARD.encode(sealed))
}

/// Opens a paper with its key, both in base64; `None` if it is another's key or something was changed.
#[must_use]
pub fn open(key: &str, sealed: &str) -> Option<String> {
    let key: PaperKey = STANDARD.decode(key).ok()?.try_into().ok()?;
    let plain =
        Aes256Gcm::new(&key.into()).decrypt(&Nonce::from(NONCE), &*STANDARD.decode(sealed).ok()?).ok()?;
    String::from_utf8(plain).ok()
}

/// A key as it is told.
#[must_use]
pub fn told(key: &PaperKey) -> String {
    STANDARD.encode(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_opens_with_its_key_alone() {
        let (key, other) = ([1; 32], [2; 32]);
        let sealed = seal(&key, "{\"题目\":1}").unwrap();
        assert_eq!(open(&told(&key), &sealed).as_deref(), Some("{\"题目\":1}"));
        assert_eq!(open(&told(&other), &sealed), None);
        let mut changed = sealed.clone().into_bytes();
        changed[3] ^= 1;
        assert_eq!(open(&told(&key), &String::from_utf8(changed).unwrap()), None);
        for (key, sealed) in [("", &*sealed), ("x", &sealed), (&told(&key), ""), (&told(&key), "*")] {
            assert_eq!(open(key, sealed), None, "{key} {sealed}");
        }
    }
}
