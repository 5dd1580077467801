//! What counts as right for a question, also after its key was corrected.

use super::Answer;
use std::fmt;
use thiserror::Error;

/// Which answers get the points of a question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Right {
    /// Exactly these letters.
    One(Answer),
    /// Any of several answers; two at least, in ascending order, none twice.
    Either(Vec<Answer>),
    /// Whatever was answered; no answer gets nothing.
    Any,
    /// Everybody, answered or not: the question is void, and nobody loses its points.
    Void,
}

/// Why a text does not say what counts as right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("write the right letters like A or ACD, several answers like A/C, or one of the words any and void")]
pub struct RightError;

/// Word for [`Right::Any`].
const ANY: &str = "any";
/// Word for [`Right::Void`].
const VOID: &str = "void";

impl Right {
    /// Reads `A`, `ACD`, `A/C`, `any` or `void`; letters and answers in any order.
    ///
    /// # Errors
    /// [`RightError`] for anything else, and for one answer that is named twice.
    pub fn parse(text: &str) -> Result<Self, RightError> {
        match text {
            ANY => return Ok(Self::Any),
            VOID => return Ok(Self::Void),
            _ => {}
        }
        let answers: Result<Vec<Answer>, _> = text.split('/').map(Answer::parse).collect();
        Self::of(answers.map_err(|_| RightError)?).ok_or(RightError)
    }

    /// Any of these answers; `None` if there is none, or one is there twice.
    #[must_use]
    pub fn of(mut answers: Vec<Answer>) -> Option<Self> {
        let given = answers.len();
        answers.sort_by_key(|answer| answer.letters());
        answers.dedup();
        match answers.as_slice() {
            _ if answers.len() != given => None,
            [] => None,
            [one] => Some(Self::One(*one)),
            _ => Some(Self::Either(answers)),
        }
    }

    /// Whether an answer gets the points; `None` is no answer.
    #[must_use]
    pub fn takes(&self, given: Option<Answer>) -> bool {
        match self {
            Self::One(right) => given == Some(*right),
            Self::Either(all) => given.is_some_and(|given| all.contains(&given)),
            Self::Any => given.is_some(),
            Self::Void => true,
        }
    }

    /// The answers that it names; none where every answer counts.
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        match self {
            Self::One(right) => std::slice::from_ref(right),
            Self::Either(all) => all,
            Self::Any | Self::Void => &[],
        }
    }

    /// Whether an option (0 is A) belongs to an answer that it names.
    #[must_use]
    pub fn names(&self, option: usize) -> bool {
        self.answers().iter().any(|answer| answer.contains(option))
    }

    /// Whether a question with so many options, of which `several` may be chosen together or not, can have this key.
    #[must_use]
    pub fn fits(&self, options: usize, several: bool) -> bool {
        self.answers().iter().all(|answer| answer.fits(options) && (several || answer.count() == 1))
    }

    /// The same with the options in another order: `places` says for each option of the question (0 is A) where it is
    /// shown. `None` if an option is shown nowhere.
    #[must_use]
    pub fn shown(&self, place: impl Fn(usize) -> Option<usize>) -> Option<Self> {
        let moved = |answer: &Answer| {
            let places: Option<Vec<usize>> = answer.indices().map(&place).collect();
            Answer::from_indices(places?)
        };
        match self {
            Self::Any | Self::Void => Some(self.clone()),
            _ => Self::of(self.answers().iter().map(moved).collect::<Option<Vec<_>>>()?),
        }
    }
}

impl From<Answer> for Right {
    fn from(answer: Answer) -> Self {
        Self::One(answer)
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => return f.write_str(ANY),
            Self::Void => return f.write_str(VOID),
            _ => {}
        }
        for (place, answer) in self.answers().iter().enumerate() {
            if place > 0 {
                f.write_str("/")?;
            }
            write!(f, "{answer}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_is_read_and_written() {
        let table = [
            ("A", Some("A")),
            ("CA", Some("AC")),
            ("C/A", Some("A/C")),
            ("AB/A/C", Some("A/AB/C")),
            ("any", Some("any")),
            ("void", Some("void")),
            ("", None),
            ("A/", None),
            ("A/A", None),
            ("AC/CA", None),
            ("Any", None),
            ("*", None),
        ];
        for (text, expected) in table {
            let read = Right::parse(text).ok().map(|right| right.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn each_key_takes_its_answers() {
        let table = [
            ("A", "A", true),
            ("A", "B", false),
            ("A", "", false),
            ("A/C", "C", true),
            ("A/C", "AC", false),
            ("A/C", "", false),
            ("any", "D", true),
            ("any", "", false),
            ("void", "D", true),
            ("void", "", true),
        ];
        for (key, given, expected) in table {
            assert_eq!(
                Right::parse(key).unwrap().takes(Answer::parse(given).ok()),
                expected,
                "{key} {given}"
            );
        }
    }

    #[test]
    fn a_key_fits_its_question() {
        let table = [
            ("A/C", 3, false, true),
            ("A/D", 3, false, false),
            ("AC", 3, false, false),
            ("AC/A", 3, true, true),
            ("any", 2, false, true),
            ("void", 2, false, true),
        ];
        for (key, options, several, expected) in table {
            assert_eq!(
                Right::parse(key).unwrap().fits(options, several),
                expected,
                "{key} {options} {several}"
            );
        }
    }

    #[test]
    fn letters_follow_the_order_in_which_options_are_shown() {
        let places = |option: usize| [2, 0, 1].get(option).copied();
        for (key, shown) in [("A", "C"), ("A/C", "B/C"), ("AB", "AC"), ("any", "any"), ("void", "void")] {
            let moved = Right::parse(key).unwrap().shown(places).unwrap();
            assert_eq!(moved.to_string(), shown, "{key}");
        }
        assert_eq!(Right::parse("D").unwrap().shown(places), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader_and_what_is_written_is_read_back(text in "[A-D/]{0,8}|any|void|.*") {
            if let Ok(right) = Right::parse(&text) {
                prop_assert_eq!(Right::parse(&right.to_string()), Ok(right));
            }
        }
    }
}
