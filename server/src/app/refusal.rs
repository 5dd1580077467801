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

    /// Everything that stands against it, where there is more than one sentence can say. Never personal data.
    fn reasons(&self) -> Vec<Reason> {
        Vec::new()
    }
}

/// One of several things that stand against what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Posts that cannot all be filled.
    Posts {
        /// Their codes.
        posts: Vec<String>,
        /// So many people are missing.
        missing: usize,
    },
    /// The smallest set of rules without which the posts could be filled: their words.
    Without(Vec<&'static str>),
    /// A rule that keeps people away.
    Rule {
        /// Word of the rule; see [`shared::assignment::HardRule`].
        rule: &'static str,
        /// People it keeps away.
        people: usize,
        /// Those of them whom nothing else keeps away.
        alone: usize,
    },
}

/// Gives each variant of a use case's error its code. Patterns begin with `Self::`:
/// `refusal!(LoginError { Self::Throttled => "login-throttled", Self::Db(_) => "unavailable" });`
/// The display text of the error is the detail. A function behind it lists reasons:
/// `refusal!(DrawError { … } reasons Self::why);`
#[macro_export]
macro_rules! refusal {
    ($type:ty { $($pattern:pat => $code:literal),+ $(,)? } $(reasons $reasons:expr)?) => {
        impl $crate::app::Refusal for $type {
            fn code(&self) -> &'static str {
                match self { $($pattern => $code),+ }
            }

            fn detail(&self) -> Option<String> {
                Some(self.to_string())
            }

            $(fn reasons(&self) -> Vec<$crate::app::refusal::Reason> {
                $reasons(self)
            })?
        }
    };
}
