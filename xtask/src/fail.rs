//! One kind of failure for commands that a person reads: a sentence, with what led to it in front.

use std::fmt::Display;

/// A sentence that says what went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fail {
    message: String,
    exit: u8,
}

/// A result with a sentence instead of an error type.
pub type Outcome<T> = Result<T, Fail>;

impl Fail {
    /// A failure: exit status 1.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: 1 }
    }

    /// A call that cannot be carried out as it stands: exit status 2.
    #[must_use]
    pub fn call(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: 2 }
    }

    /// Exit status for the shell.
    #[must_use]
    pub const fn exit(&self) -> u8 {
        self.exit
    }
}

impl Display for Fail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

/// Puts words in front of a failure, or makes one out of nothing.
pub trait Context<T> {
    /// With `what` in front.
    ///
    /// # Errors
    /// The failure itself, worded.
    fn or_fail(self, what: impl Display) -> Outcome<T>;
}

impl<T, E: Display> Context<T> for Result<T, E> {
    fn or_fail(self, what: impl Display) -> Outcome<T> {
        self.map_err(|e| Fail::new(format!("{what}: {e}")))
    }
}

impl<T> Context<T> for Option<T> {
    fn or_fail(self, what: impl Display) -> Outcome<T> {
        self.ok_or_else(|| Fail::new(what.to_string()))
    }
}
