//! An answer: a set of option letters.

use std::fmt;
use thiserror::Error;

/// A non-empty set of the option letters A to Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer(u32);

/// Why a text is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// No letter at all.
    #[error("the answer is empty")]
    Empty,
    /// Something other than the letters A to Z.
    #[error("an answer holds the letters A to Z and nothing else")]
    Character,
    /// The same letter more than once.
    #[error("the answer names a letter twice")]
    Repeated,
}

impl Answer {
    /// Reads letters in any order, like `A` or `CA`.
    ///
    /// # Errors
    /// [`AnswerError`] names what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, AnswerError> {
        let mut bits = 0_u32;
        for byte in text.bytes() {
            if !byte.is_ascii_uppercase() {
                return Err(AnswerError::Character);
            }
            let bit = 1_u32 << u32::from(byte - b'A');
            if bits & bit != 0 {
                return Err(AnswerError::Repeated);
            }
            bits |= bit;
        }
        if bits == 0 { Err(AnswerError::Empty) } else { Ok(Self(bits)) }
    }

    /// The answer with the one letter at `index` (0 is A); `None` from 26 on.
    #[must_use]
    pub const fn one(index: usize) -> Option<Self> {
        if index < 26 { Some(Self(1 << index)) } else { None }
    }

    /// The letters at these indices (0 is A); `None` if there is none or one is 26 or more.
    #[must_use]
    pub fn from_indices(indices: impl IntoIterator<Item = usize>) -> Option<Self> {
        let mut bits = 0;
        for index in indices {
            bits |= Self::one(index)?.0;
        }
        (bits != 0).then_some(Self(bits))
    }

    /// The letters in order, like `AC`.
    #[must_use]
    pub fn letters(self) -> String {
        self.to_string()
    }

    /// The indices of the letters in ascending order; 0 is A.
    pub fn indices(self) -> impl Iterator<Item = usize> {
        (0..26_usize).filter(move |index| self.contains(*index))
    }

    /// Whether the letter at `index` (0 is A) belongs to the answer.
    #[must_use]
    pub const fn contains(self, index: usize) -> bool {
        index < 26 && self.0 & (1 << index) != 0
    }

    /// Number of letters, 1 to 26.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether each letter also belongs to `other`.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether each letter names one of `options` options.
    #[must_use]
    pub fn fits(self, options: usize) -> bool {
        self.indices().all(|index| index < options)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, letter) in ('A'..='Z').enumerate() {
            if self.contains(index) {
                write!(f, "{letter}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_a_set_of_letters() {
        let table = [
            ("A", Ok("A")),
            ("CA", Ok("AC")),
            ("Z", Ok("Z")),
            ("", Err(AnswerError::Empty)),
            ("a", Err(AnswerError::Character)),
            ("A C", Err(AnswerError::Character)),
            ("Ａ", Err(AnswerError::Character)),
            ("AA", Err(AnswerError::Repeated)),
        ];
        for (text, expected) in table {
            assert_eq!(Answer::parse(text).map(Answer::letters).as_deref(), expected.as_deref(), "{text}");
        }
    }

    #[test]
    fn letters_are_compared_as_sets() {
        let ac = Answer::parse("AC").unwrap();
        assert!(Answer::parse("C").unwrap().is_subset(ac));
        assert!(!Answer::parse("AB").unwrap().is_subset(ac));
        assert!(ac.fits(3) && !ac.fits(2));
        assert_eq!(ac.count(), 2);
        assert_eq!(Answer::from_indices([2, 0]), Some(ac));
        assert_eq!(Answer::from_indices([]), None);
        assert_eq!(Answer::from_indices([26]), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(indices in proptest::collection::btree_set(0_usize..26, 1..26)) {
            let answer = Answer::from_indices(indices.iter().copied()).unwrap();
            prop_assert_eq!(Answer::parse(&answer.letters()), Ok(answer));
            prop_assert_eq!(answer.indices().collect::<Vec<_>>(), indices.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".*") {
            let _ = Answer::parse(&text);
        }
    }
}
