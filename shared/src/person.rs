//! Names of people, and the one mask under which a person appears in public.
//!
//! There is exactly one mask for each kind of datum, everywhere: fragments from two places must not join to the whole.

use crate::idnumber::IdNumber;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest name in Unicode scalar values.
pub const MAX_NAME_CHARS: usize = 50;

/// A name: NFC, 1 to 50 Unicode scalar values, no control or invisible characters, the middle dot always `·` (U+00B7).
/// Characters beyond the Basic Multilingual Plane are names like any other. `Debug` shows the mask only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing but blanks.
    #[error("a name is empty")]
    Empty,
    /// More than [`MAX_NAME_CHARS`].
    #[error("a name is longer than {MAX_NAME_CHARS} characters")]
    TooLong,
    /// A control character, a line break, or a character that only steers the direction or joining of others.
    #[error("a name holds a control or invisible character")]
    Control,
}

crate::trade::words!(NameError { Empty = "empty", TooLong = "too_long", Control = "control" });

impl Name {
    /// Normalizes and checks the text: blanks around it go, NFC, the dots people type (• ‧ ・ and the like) become `·`.
    ///
    /// # Errors
    /// [`NameError`] names what is wrong.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name: String = text.trim().nfc().map(fold_dot).collect();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.chars().any(is_invisible) {
            return Err(NameError::Control);
        }
        if name.chars().count() > MAX_NAME_CHARS {
            return Err(NameError::TooLong);
        }
        Ok(Self(name))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Name({})", mask_name(self))
    }
}

/// The mask of a name: first and last character around one star (王*明, whatever the length, dotted and Latin names
/// too); of two characters the first (王*); of one character nothing. Marks stay with the character they sit on.
#[must_use]
pub fn mask_name(name: &Name) -> String {
    let mut characters: Vec<String> = Vec::new();
    for c in name.0.chars() {
        match characters.last_mut() {
            Some(last) if is_combining_mark(c) => last.push(c),
            _ => characters.push(c.to_string()),
        }
    }
    match characters.as_slice() {
        [] | [_] => "*".to_owned(),
        [first, _] => format!("{first}*"),
        [first, .., last] => format!("{first}*{last}"),
    }
}

/// The mask of an identity number: the last four characters, a star for each of the others.
#[must_use]
pub fn mask_id_number(number: &IdNumber) -> String {
    mask_but_last(number.as_str(), 4)
}

/// The mask of a telephone number: the last four characters, a star for each of the others; of fewer than eight
/// characters nothing is shown.
#[must_use]
pub fn mask_phone(phone: &str) -> String {
    mask_but_last(phone, if phone.chars().count() < 8 { 0 } else { 4 })
}

fn mask_but_last(text: &str, shown: usize) -> String {
    let hidden = text.chars().count().saturating_sub(shown);
    std::iter::repeat_n('*', hidden).chain(text.chars().skip(hidden)).collect()
}

/// The dots that keyboards and old systems give for the dot between the parts of a name.
const fn fold_dot(c: char) -> char {
    match c {
        '\u{2022}' | '\u{2027}' | '\u{30FB}' | '\u{FF65}' | '\u{2219}' | '\u{22C5}' | '\u{00B7}' => {
            '\u{00B7}'
        }
        other => other,
    }
}

/// Control characters, line and paragraph separators, zero-width and direction characters, the byte order mark.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_normalized() {
        let table = [
            ("王明", Ok("王明")),
            (" \u{3000}王明\n", Ok("王明")),
            ("阿迪力•买买提", Ok("阿迪力·买买提")),
            ("阿迪力‧买买提", Ok("阿迪力·买买提")),
            ("阿迪力・买买提", Ok("阿迪力·买买提")),
            ("Jose\u{301} Garci\u{301}a", Ok("José García")),
            ("𠮷𡘙", Ok("𠮷𡘙")),
            ("", Err("empty")),
            (" \t ", Err("empty")),
            ("王\n明", Err("control")),
            ("王\u{0}明", Err("control")),
            ("王\u{202E}明", Err("control")),
            ("王\u{200B}明", Err("control")),
        ];
        for (text, expected) in table {
            let name = Name::parse(text);
            assert_eq!(name.as_ref().map(Name::as_str).map_err(|e| e.word()), expected, "{text:?}");
        }
    }

    #[test]
    fn the_length_counts_scalar_values() {
        assert!(Name::parse(&"𠮷".repeat(50)).is_ok());
        assert_eq!(Name::parse(&"𠮷".repeat(51)), Err(NameError::TooLong));
    }

    #[test]
    fn one_mask_for_every_name() {
        let table = [
            ("王小明", "王*明"),
            ("王明", "王*"),
            ("王", "*"),
            ("欧阳小明", "欧*明"),
            ("阿迪力·买买提", "阿*提"),
            ("John Smith", "J*h"),
            ("𠮷田𡘙", "𠮷*𡘙"),
            ("邉\u{E0101}田邉\u{E0102}", "邉\u{E0101}*邉\u{E0102}"),
        ];
        for (name, mask) in table {
            assert_eq!(mask_name(&Name::parse(name).unwrap()), mask);
        }
        assert_eq!(format!("{:?}", Name::parse("王小明").unwrap()), "Name(王*明)");
    }

    #[test]
    fn numbers_show_their_last_four_characters() {
        let number = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(mask_id_number(&number), "**************002X");
        for (phone, mask) in [("13800001234", "*******1234"), ("12345", "*****"), ("", "")] {
            assert_eq!(mask_phone(phone), mask);
        }
    }

    proptest! {
        #[test]
        fn a_parsed_name_parses_to_itself(text in "\\PC{1,40}") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name.clone()));
                let _ = mask_name(&name);
            }
        }
    }
}
