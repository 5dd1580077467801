//! One way to write a JSON value, for hashing: the JSON Canonicalization Scheme (RFC 8785), whole numbers only.
//!
//! Keys are sorted by UTF-16 code units, there is no white space, strings carry only the escapes that JSON demands
//! (`\b \t \n \f \r \" \\` and `\u00xx` for the other control characters). Numbers are integers of at most
//! 2⁵³ − 1 in size, so that every language reads them the same.

use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Why a value has no canonical form here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CanonicalError {
    /// A number with a fraction or an exponent, or too large for every language to read exactly.
    #[error("{0} is not an integer of at most 2^53 - 1 in size")]
    Number(String),
}

const LARGEST: u64 = (1 << 53) - 1;

/// The canonical text of a value.
///
/// # Errors
/// [`CanonicalError::Number`].
pub fn canonical(value: &Value) -> Result<String, CanonicalError> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

/// SHA-256 of the canonical text, as 64 lower-case hexadecimal digits.
///
/// # Errors
/// [`CanonicalError::Number`].
pub fn hash(value: &Value) -> Result<String, CanonicalError> {
    Ok(hex::encode(Sha256::digest(canonical(value)?)))
}

fn write(value: &Value, text: &mut String) -> Result<(), CanonicalError> {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if size.is_none_or(|size| size > LARGEST) {
                return Err(CanonicalError::Number(number.to_string()));
            }
            text.push_str(&number.to_string());
        }
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { "," });
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (place, (key, item)) in sorted.into_iter().enumerate() {
                text.push_str(if place == 0 { "" } else { "," });
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(item, text)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_canonical_text() {
        let table = [
            (r#"{ "b" : [1, -2, null], "a" : { } }"#, r#"{"a":{},"b":[1,-2,null]}"#),
            (r#""考\u0041\u001F\u000A\/\u0022\u007f""#, "\"考A\\u001f\\n/\\\"\u{7f}\""),
            ("[9007199254740991, true]", "[9007199254740991,true]"),
            // U+1F600 is written d83d de00 in UTF-16, so it comes before U+FB33.
            ("{\"\u{fb33}\":1,\"\u{1f600}\":2}", "{\"\u{1f600}\":2,\"\u{fb33}\":1}"),
        ];
        for (text, expected) in table {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(canonical(&value).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn numbers_that_not_every_language_reads_the_same_are_refused() {
        for text in ["1.0", "1e3", "-0", "9007199254740992", "-9007199254740992", "0.5"] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert!(canonical(&value).is_err(), "{text}");
        }
    }
}
