//! Citizen identity numbers of China (GB 11643-1999): six digits of division, eight of birth, three of order, a check
//! digit.
//!
//! The division is never compared with a table: codes that were given up long ago stay on cards, and residence permits
//! (81, 82, 83) and foreigners' cards (9…) follow the same form.

use crate::time::Date;
use thiserror::Error;

/// Weights of the first 17 digits (GB 11643-1999, from ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Check digits by the weighted sum modulo 11.
const CHECK_DIGITS: [u8; 11] = *b"10X98765432";

/// Characters of a number.
const LENGTH: usize = 18;

/// A checked identity number. Sensitive personal data: `Debug` shows the mask only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNumber {
    /// 18 ASCII characters, the last possibly `X`.
    text: String,
    birth: Date,
    sex: Sex,
}

/// Sex as the order number tells it (17th digit odd: male).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
}

crate::trade::words!(Sex { Male = "male", Female = "female" });

/// Why a text is not an identity number; the first check that fails, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum IdNumberError {
    /// Not 18 characters.
    #[error("an identity number has 18 characters")]
    Length,
    /// Something other than 17 ASCII digits and a digit, `X` or `x`.
    #[error("an identity number is 17 digits and a digit or X")]
    Characters,
    /// No day of the calendar, or outside 1900–2199.
    #[error("the identity number holds no day of birth")]
    BirthDate,
    /// The last character does not fit the others.
    #[error("the check digit does not fit the identity number")]
    CheckDigit,
}

crate::trade::words!(IdNumberError {
    Length = "length",
    Characters = "characters",
    BirthDate = "birth_date",
    CheckDigit = "check_digit",
});

impl IdNumber {
    /// Checks the text; a final `x` becomes `X`. Full-width digits and surrounding blanks are refused.
    ///
    /// # Errors
    /// [`IdNumberError`]: length, characters, day of birth, check digit, checked in this order.
    pub fn parse(text: &str) -> Result<Self, IdNumberError> {
        if text.chars().count() != LENGTH {
            return Err(IdNumberError::Length);
        }
        let text = text.to_ascii_uppercase();
        let (body, check) = text.split_at_checked(LENGTH - 1).ok_or(IdNumberError::Characters)?;
        if !all_digits(body) || !matches!(check.as_bytes(), [b'0'..=b'9' | b'X']) {
            return Err(IdNumberError::Characters);
        }
        let birth = birth_date(body).ok_or(IdNumberError::BirthDate)?;
        if check.as_bytes() != [check_digit(body)] {
            return Err(IdNumberError::CheckDigit);
        }
        let sex = if body.bytes().last().is_some_and(|d| d % 2 == 1) { Sex::Male } else { Sex::Female };
        Ok(Self { text, birth, sex })
    }

    /// The number of a person of these data, with its check digit computed: six digits of `division`, `order` from 0 to
    /// 999 (odd for men). Meant for invented people; `None` if a part has the wrong form.
    #[must_use]
    pub fn make(division: &str, birth: &Date, order: u16) -> Option<Self> {
        if division.len() != 6 || !all_digits(division) || order > 999 {
            return None;
        }
        let body = format!("{division}{:04}{:02}{:02}{order:03}", birth.year(), birth.month(), birth.day());
        Self::parse(&format!("{body}{}", char::from(check_digit(&body)))).ok()
    }

    /// The whole number. Whoever shows it to a person masks it first: [`crate::person::mask_id_number`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Day of birth.
    #[must_use]
    pub const fn birth(&self) -> Date {
        self.birth
    }

    /// Sex.
    #[must_use]
    pub const fn sex(&self) -> Sex {
        self.sex
    }

    /// The six digits of the division in which the number was given out.
    #[must_use]
    pub fn division(&self) -> &str {
        self.text.get(..6).unwrap_or_default()
    }
}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdNumber({})", crate::person::mask_id_number(self))
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn birth_date(body: &str) -> Option<Date> {
    let part = |range: std::ops::Range<usize>| body.get(range)?.parse::<u32>().ok();
    let year = i32::try_from(part(6..10)?).ok()?;
    Date::from_ymd(year, part(10..12)?, part(12..14)?)
}

/// Of 17 digits.
fn check_digit(body: &str) -> u8 {
    let sum: u32 =
        body.bytes().zip(WEIGHTS).map(|(b, weight)| u32::from(b.wrapping_sub(b'0')) * weight).sum();
    let rest = usize::try_from(sum % 11).unwrap_or_default();
    CHECK_DIGITS.get(rest).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_tells_birth_sex_and_division() {
        let table = [
            ("11010519491231002X", "1949-12-31", Sex::Female, "110105"),
            ("11010519491231002x", "1949-12-31", Sex::Female, "110105"),
            ("360426199101010071", "1991-01-01", Sex::Male, "360426"),
            ("120103198806018241", "1988-06-01", Sex::Female, "120103"),
        ];
        for (text, birth, sex, division) in table {
            let number = IdNumber::parse(text).unwrap();
            assert_eq!(number.birth().to_string(), birth);
            assert_eq!(number.sex(), sex);
            assert_eq!(number.division(), division);
            assert_eq!(number.as_str(), text.to_uppercase());
        }
    }

    #[test]
    fn the_first_check_that_fails_is_named() {
        let table = [
            ("", "length"),
            ("1101051949123100", "length"),
            ("11010519491231002XX", "length"),
            (" 11010519491231002X", "length"),
            ("１１０１０５１９４９１２３１００２Ｘ", "characters"),
            ("11010519491231002Ⅹ", "characters"),
            ("1101051949123100XX", "characters"),
            ("11010519491231002Y", "characters"),
            ("11010519491331002-", "characters"),
            ("11010519491231 02X", "characters"),
            ("110101199013010017", "birth_date"),
            ("110101199002290011", "birth_date"),
            ("110101189912310011", "birth_date"),
            ("440524198001010014", "check_digit"),
            ("110105194912310021", "check_digit"),
        ];
        for (text, reason) in table {
            assert_eq!(IdNumber::parse(text).map_err(IdNumberError::word), Err(reason), "{text}");
        }
    }

    #[test]
    fn old_divisions_and_permits_and_foreigners_cards_are_numbers() {
        let birth = Date::parse("1990-05-01").unwrap();
        for division in ["510201", "320502", "810000", "820000", "830000", "911156", "000000"] {
            let number = IdNumber::make(division, &birth, 11).unwrap();
            assert_eq!(number.division(), division);
        }
        assert_eq!(IdNumber::make("1101", &birth, 1), None);
        assert_eq!(IdNumber::make("11010X", &birth, 1), None);
        assert_eq!(IdNumber::make("110105", &birth, 1000), None);
    }

    #[test]
    fn debug_shows_the_mask_only() {
        let number = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(format!("{number:?}"), "IdNumber(**************002X)");
    }

    proptest! {
        #[test]
        fn what_is_made_is_read_back(division in 0u32..1_000_000, day in 0u32..109_000, order in 0u16..1000) {
            let birth = Date::parse("1900-01-01").unwrap().plus_days(day);
            let made = IdNumber::make(&format!("{division:06}"), &birth, order).unwrap();
            prop_assert_eq!(IdNumber::parse(made.as_str()), Ok(made.clone()));
            prop_assert_eq!(made.birth(), birth);
            prop_assert_eq!(made.sex() == Sex::Male, order % 2 == 1);
        }

        #[test]
        fn one_wrong_digit_never_passes(day in 0u32..109_000, order in 0u16..1000, at in 0usize..17, by in 1u8..10) {
            let birth = Date::parse("1900-01-01").unwrap().plus_days(day);
            let mut text = IdNumber::make("110105", &birth, order).unwrap().as_str().as_bytes().to_vec();
            text[at] = b'0' + (text[at] - b'0' + by) % 10;
            prop_assert!(IdNumber::parse(std::str::from_utf8(&text).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_fall_over(text in "\\PC{0,24}") {
            let _ = IdNumber::parse(&text);
        }
    }
}
