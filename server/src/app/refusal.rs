//! What the error of a use case owes the outside: a stable code.

/// Error of a use case. Its code is stable: clients act on it, `http::problem` gives it a status, and the language
/// files have a message `problem-<code>` for it.
pub trait Refusal: std::error::Error {
    /// Stable code in lower case with `-`.
    fn code(&self) -> &'static str;

    /// What the message says in place of `{ $detail }`, if anything. Never personal data.
    fn detail(&self) -> Option<String> {
        None
    }
}

/// Gives each variant of a use case's error its code. Patterns begin with `Self::`:
/// `refusal!(LoginError { Self::Throttled => "login-throttled", Self::Db(_) => "unavailable" });`
/// The display text of the error is the detail.
#[macro_export]
macro_rules! refusal {
    ($type:ty { $($pattern:pat => $code:literal),+ $(,)? }) => {
        impl $crate::app::Refusal for $type {
            fn code(&self) -> &'static str {
                match self { $($pattern => $code),+ }
            }

            fn detail(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    };
}
