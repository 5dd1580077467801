//! Certificates: their number, their dates, and the text of the QR code by which anyone can check one.

pub mod code;
pub mod container;
pub mod dates;
pub mod key;

use crate::idnumber::{IdNumber, IdNumberError};
use thiserror::Error;

/// The number of a certificate (证号): `T` and the identity number of the person. One person has one number; number and
/// trade together name a certificate. Sensitive personal data: `Debug` shows the mask only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateNumber {
    /// With the `T`.
    text: String,
    id_number: IdNumber,
}

/// Why a text is not the number of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertificateNumberError {
    /// It does not start with `T`.
    #[error("the number of a certificate starts with T")]
    Letter,
    /// What follows is not an identity number.
    #[error("after the T: {0}")]
    IdNumber(#[from] IdNumberError),
}

impl CertificateNumber {
    /// The number of every certificate of this person.
    #[must_use]
    pub fn of(id_number: &IdNumber) -> Self {
        Self { text: format!("T{}", id_number.as_str()), id_number: id_number.clone() }
    }

    /// Reads `T` and an identity number.
    ///
    /// # Errors
    /// [`CertificateNumberError`] names what is wrong.
    pub fn parse(text: &str) -> Result<Self, CertificateNumberError> {
        let rest = text.strip_prefix('T').ok_or(CertificateNumberError::Letter)?;
        Ok(Self::of(&IdNumber::parse(rest)?))
    }

    /// The whole number, as printed on the card.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The identity number in it.
    #[must_use]
    pub const fn id_number(&self) -> &IdNumber {
        &self.id_number
    }
}

impl std::fmt::Debug for CertificateNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CertificateNumber(T{})", crate::person::mask_id_number(&self.id_number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_t_and_the_identity_number() {
        let number = CertificateNumber::parse("T11010519491231002x").unwrap();
        assert_eq!(number.as_str(), "T11010519491231002X");
        assert_eq!(CertificateNumber::of(number.id_number()), number);
        assert_eq!(format!("{number:?}"), "CertificateNumber(T**************002X)");
        let table = [
            ("11010519491231002X", CertificateNumberError::Letter),
            ("t11010519491231002X", CertificateNumberError::Letter),
            ("T110105194912310021", CertificateNumberError::IdNumber(IdNumberError::CheckDigit)),
        ];
        for (text, error) in table {
            assert_eq!(CertificateNumber::parse(text), Err(error), "{text}");
        }
    }
}
