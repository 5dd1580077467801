//! Typed identifiers. Each is a short ASCII text that was checked once, at the edge.

use thiserror::Error;

/// Longest identifier in characters.
pub const MAX_LENGTH: usize = 80;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdError {
    /// The text is empty.
    #[error("an identifier is empty")]
    Empty,
    /// The text is longer than [`MAX_LENGTH`].
    #[error("an identifier is longer than {MAX_LENGTH} characters")]
    TooLong,
    /// The text holds a character other than ASCII letters, digits, `-`, `_`, `.` and `@`.
    #[error("an identifier may only hold ASCII letters, digits, '-', '_', '.' and '@'")]
    Character,
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > MAX_LENGTH {
        return Err(IdError::TooLong);
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'@');
    if text.bytes().all(allowed) { Ok(()) } else { Err(IdError::Character) }
}

macro_rules! id {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks the text: 1 to 80 ASCII letters, digits, `-`, `_`, `.` or `@`.
            ///
            /// # Errors
            /// [`IdError`] names what is wrong with the text.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

id! {
    /// A trade (操作项目), for example `electrician-low-voltage`.
    TradeId;
    /// A category of trades (作业类别), for example `electrician`.
    CategoryId;
    /// A rule set in one version, written `place@version`.
    RuleSetId;
    /// A training institution, an employer or an authority.
    OrganisationId;
    /// An exam point (考试点).
    PointId;
    /// A theory room of an exam point.
    RoomId;
    /// A practical station of an exam point.
    StationId;
    /// An invigilator or examiner: the code of the pool.
    StaffCode;
    /// A natural person who is examined; one file per person for life (一人一档).
    PersonId;
    /// One application of a person for one trade.
    RegistrationId;
    /// An examination session: one trade, one point, one start.
    SessionId;
    /// The number on an admission ticket (准考证号): one candidate in one session.
    TicketNumber;
    /// A question of a bank.
    QuestionId;
    /// One of the question sets (套题) of a trade.
    SetId;
    /// A practical score sheet, for example `K1-1`.
    SheetCode;
    /// A kiosk.
    KioskId;
    /// A certificate.
    CertificateId;
    /// An account that logs in.
    AccountId;
    /// A draw and its transcript.
    DrawId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_short_ascii_text() {
        let table = [
            ("P01", Ok(())),
            ("national@2026.1", Ok(())),
            ("", Err(IdError::Empty)),
            ("a b", Err(IdError::Character)),
            ("考点", Err(IdError::Character)),
            ("../etc", Err(IdError::Character)),
        ];
        for (text, expected) in table {
            assert_eq!(PointId::parse(text).map(|_| ()), expected, "{text}");
        }
        assert_eq!(PointId::parse(&"x".repeat(81)), Err(IdError::TooLong));
    }
}
