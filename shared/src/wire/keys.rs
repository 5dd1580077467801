//! Public keys as a JWK set (RFC 7517; Ed25519 as RFC 8037 writes it: `kty` OKP, `crv` Ed25519).

use crate::certificate::key::{KeyError, KeySet};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not a set of keys that can be trusted.
#[derive(Debug, Error)]
pub enum KeysError {
    /// Not JSON of the form of a JWK set.
    #[error("the keys are no JWK set: {0}")]
    Json(#[from] serde_json::Error),
    /// An Ed25519 key without `kid`.
    #[error("key {0} has no kid")]
    NoKeyId(usize),
    /// An Ed25519 key whose `x` is missing or not base64url without padding.
    #[error("key '{0}' has no readable x")]
    NoX(String),
    /// A private key in a file for verifiers: it has been given away and must be replaced.
    #[error("key '{0}' is a private key; it must not be in this file and must no longer be used")]
    Private(String),
    /// A key that is none, weak, or there twice.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Reads a JWK set. Keys of other types, curves and uses are passed over, as RFC 7517 section 5 says.
///
/// # Errors
/// [`KeysError`] names the key and what is wrong.
pub fn parse(text: &str) -> Result<KeySet, KeysError> {
    let set: JwkSet = serde_json::from_str(text)?;
    let mut keys = KeySet::new();
    for (index, value) in set.keys.into_iter().enumerate() {
        let jwk: Jwk = match value.get("kty").and_then(serde_json::Value::as_str) {
            Some("OKP") => serde_json::from_value(value)?,
            _ => continue,
        };
        if !jwk.is_for_our_signatures() {
            continue;
        }
        let kid = jwk.kid.ok_or(KeysError::NoKeyId(index + 1))?;
        if jwk.d.is_some() {
            return Err(KeysError::Private(kid));
        }
        let bytes = jwk.x.and_then(|x| URL_SAFE_NO_PAD.decode(x).ok());
        keys.insert_bytes(&kid, &bytes.ok_or_else(|| KeysError::NoX(kid.clone()))?)?;
    }
    Ok(keys)
}

/// Writes a JWK set, keys in the order of their ids.
#[must_use]
pub fn write(keys: &KeySet) -> String {
    let jwk = |(kid, key): (&str, &ed25519_dalek::VerifyingKey)| Jwk {
        kty: "OKP".to_owned(),
        crv: Some("Ed25519".to_owned()),
        usage: Some("sig".to_owned()),
        alg: Some("EdDSA".to_owned()),
        kid: Some(kid.to_owned()),
        x: Some(URL_SAFE_NO_PAD.encode(key.as_bytes())),
        d: None,
    };
    let set = WrittenSet { keys: keys.iter().map(jwk).collect() };
    // Texts and lists only: there is nothing in it that JSON could not hold.
    serde_json::to_string_pretty(&set).unwrap_or_default()
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct WrittenSet {
    keys: Vec<Jwk>,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    /// The private part; only its presence matters.
    #[serde(skip_serializing)]
    d: Option<serde::de::IgnoredAny>,
}

impl Jwk {
    fn is_for_our_signatures(&self) -> bool {
        let crv = self.crv.as_deref() == Some("Ed25519");
        let usage = matches!(self.usage.as_deref(), None | Some("sig"));
        // RFC 9864 gives EdDSA with Ed25519 a name of its own.
        let alg = matches!(self.alg.as_deref(), None | Some("EdDSA" | "Ed25519"));
        crv && usage && alg
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;

    /// The public key of RFC 8037, appendix A.2.
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    #[test]
    fn what_is_written_is_read_back() {
        let mut keys = KeySet::new();
        for (kid, seed) in [("b-2027", 2), ("a-2026", 1)] {
            keys.insert(kid, SigningKey::from_bytes(&[seed; 32]).verifying_key()).unwrap();
        }
        let text = write(&keys);
        assert_eq!(parse(&text).unwrap(), keys);
        assert!(!text.contains("\"d\""));
        assert_eq!(parse(&write(&KeySet::new())).unwrap(), KeySet::new());
    }

    #[test]
    fn keys_of_other_kinds_are_passed_over() {
        let text = format!(
            r#"{{"keys":[
                {{"kty":"EC","crv":"P-256","kid":"e","x":"AA","y":"AA"}},
                {{"kty":"RSA","kid":"r","n":"AA","e":"AQAB","d":"AA"}},
                {{"kty":"OKP","crv":"X25519","kid":"x","x":"{X}"}},
                {{"kty":"OKP","crv":"Ed25519","kid":"enc","use":"enc","x":"{X}"}},
                {{"kty":"OKP","crv":"Ed25519","kid":"ours","alg":"Ed25519","extra":[1],"x":"{X}"}}
            ],"other":1}}"#
        );
        let keys = parse(&text).unwrap();
        assert_eq!(keys.iter().map(|(kid, _)| kid).collect::<Vec<_>>(), ["ours"]);
    }

    #[test]
    fn a_set_that_cannot_be_trusted_is_refused() {
        let one = |key: &str| parse(&format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519",{key}}}]}}"#));
        let table = [
            (format!(r#""x":"{X}""#), "key 1 has no kid"),
            (r#""kid":"a""#.to_owned(), "key 'a' has no readable x"),
            (format!(r#""kid":"a","x":"{X}=""#), "key 'a' has no readable x"),
            (r#""kid":"a","x":"AAAA""#.to_owned(), "key 'a' is no Ed25519 key"),
            (format!(r#""kid":"a","x":"{X}","d":"AAAA""#), "key 'a' is a private key"),
            (format!(r#""kid":"a b","x":"{X}""#), "a key id is 1 to 64"),
            (format!(r#""kid":7,"x":"{X}""#), "the keys are no JWK set"),
        ];
        for (key, message) in table {
            let error = one(&key).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        for text in ["", "[]", "{}", r#"{"keys":{}}"#] {
            assert!(matches!(parse(text), Err(KeysError::Json(_))), "{text}");
        }
    }
}
