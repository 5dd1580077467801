//! A question that can be asked and graded.

use super::answer::Answer;
use super::text;
use crate::trade::words;
use sha2::{Digest, Sha256};

/// Kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuestionType {
    /// 判断题: right or wrong; A is right, B is wrong.
    TrueFalse,
    /// 单选题: one option is right.
    Single,
    /// 多选题: one or more options are right, and all of them are asked for.
    Multiple,
}

words!(QuestionType { TrueFalse = "true_false", Single = "single", Multiple = "multiple" });

/// A question that was checked: a title, at least two different options, an answer among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    kind: QuestionType,
    title: String,
    choices: Vec<String>,
    answer: Answer,
    tags: Tags,
    picture: Option<String>,
}

/// What is said about a question beside what is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tags {
    /// Why the answer is right; may be empty.
    pub reason: String,
    /// Part of the syllabus (科目); may be empty.
    pub subject: String,
    /// What of it is examined (考核要点); may be empty.
    pub key_point: String,
    /// Difficulty from 1, easy, to 5, hard, if somebody has judged it.
    pub difficulty: Option<Difficulty>,
}

/// How hard a question is: 1, easy, to 5, hard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Difficulty(u8);

impl Difficulty {
    /// All of them, the easiest first.
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// A number from 1 to 5.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (1..=5).contains(&number).then_some(Self(number))
    }

    /// From a bank: a number, also in full width, or the usual word (易, 较易, 中等, 较难, 难).
    #[must_use]
    pub fn from_bank(text: &str) -> Option<Self> {
        let folded = text::fold(text);
        let number = match folded.trim_end_matches('级') {
            "易" | "容易" | "简单" => 1,
            "较易" | "较容易" => 2,
            "中" | "中等" | "一般" => 3,
            "较难" => 4,
            "难" | "困难" => 5,
            digits => digits.strip_suffix(".0").unwrap_or(digits).parse().ok()?,
        };
        Self::new(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// The parts of a [`Question`] before they are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Kind of question.
    pub kind: QuestionType,
    /// What is asked.
    pub title: String,
    /// Options in the order of their letters.
    pub choices: Vec<String>,
    /// The right options.
    pub answer: Answer,
    /// What is said about it.
    pub tags: Tags,
    /// The picture that belongs to the title: SHA-256 of its file, hexadecimal.
    pub picture: Option<String>,
}

/// Why a row of a bank is no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalReason {
    /// The title is empty.
    EmptyTitle,
    /// The type is not one of those in [`QuestionType`].
    UnknownType,
    /// There are no options.
    NoOptions,
    /// There is only one option.
    TooFewOptions,
    /// An option has no text.
    EmptyOption,
    /// A letter is missing among the options or comes twice.
    OptionLetters,
    /// Two options have the same text.
    EqualOptions,
    /// A question of type true/false has other options than right and wrong.
    TrueFalseOptions,
    /// There is no answer.
    AnswerMissing,
    /// The answer is not made of option letters.
    AnswerUnreadable,
    /// The answer names a letter that no option has.
    AnswerNotAnOption,
    /// A question with one right option has several.
    SeveralAnswersForSingle,
    /// Title, options or what is said about the question are longer than [`super::MAX_TITLE`], [`super::MAX_OPTION`],
    /// [`super::MAX_REASON`] or [`super::MAX_TAG`] characters.
    TooLong,
    /// The file of the item is not in the package, or no XML that may be read.
    ItemUnreadable,
    /// The item asks for something other than one choice among options.
    Interaction,
    /// The item gives points otherwise than all for the right options and none for others.
    Scoring,
    /// The item changes while it is answered.
    Adaptive,
    /// The item is made anew for every examinee.
    Template,
    /// The text holds what cannot be shown as text: tables, formulas, sound.
    Content,
    /// The picture is not in the file.
    PictureMissing,
    /// The picture is neither PNG nor JPEG, or too large.
    PictureUnreadable,
    /// There are several pictures, or one that does not belong to the title.
    PicturePlace,
}

words!(RefusalReason {
    EmptyTitle = "empty_title",
    UnknownType = "unknown_type",
    NoOptions = "no_options",
    TooFewOptions = "too_few_options",
    EmptyOption = "empty_option",
    OptionLetters = "option_letters",
    EqualOptions = "equal_options",
    TrueFalseOptions = "true_false_options",
    AnswerMissing = "answer_missing",
    AnswerUnreadable = "answer_unreadable",
    AnswerNotAnOption = "answer_not_an_option",
    SeveralAnswersForSingle = "several_answers_for_single",
    TooLong = "too_long",
    ItemUnreadable = "item_unreadable",
    Interaction = "interaction",
    Scoring = "scoring",
    Adaptive = "adaptive",
    Template = "template",
    Content = "content",
    PictureMissing = "picture_missing",
    PictureUnreadable = "picture_unreadable",
    PicturePlace = "picture_place",
});

impl QuestionType {
    /// From the Chinese word in a bank (判断题, 单选, 多项选择题 …) or from [`QuestionType::word`].
    #[must_use]
    pub fn from_bank(text: &str) -> Option<Self> {
        let word: String = text::tidy(text).chars().filter(|c| !c.is_whitespace()).collect();
        match word.trim_end_matches('题') {
            "判断" | "是非" | "true_false" => Some(Self::TrueFalse),
            "单选" | "单项选择" | "单选择" | "single" => Some(Self::Single),
            "多选" | "多项选择" | "多选择" | "multiple" => Some(Self::Multiple),
            _ => None,
        }
    }

    /// The word written to banks for others: 判断题, 单选题 or 多选题.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::TrueFalse => "判断题",
            Self::Single => "单选题",
            Self::Multiple => "多选题",
        }
    }
}

impl Question {
    /// Checks that the parts make a question that can be graded. White space is tidied.
    ///
    /// # Errors
    /// The first [`RefusalReason`] that applies.
    pub fn new(draft: Draft) -> Result<Self, RefusalReason> {
        let title = text::tidy(&draft.title);
        let choices: Vec<String> = draft.choices.iter().map(|choice| text::tidy(choice)).collect();
        check_texts(&title, &choices)?;
        let tags = draft.tags.tidy()?;
        if draft.kind == QuestionType::TrueFalse && choices.len() != 2 {
            return Err(RefusalReason::TrueFalseOptions);
        }
        if !draft.answer.fits(choices.len()) {
            return Err(RefusalReason::AnswerNotAnOption);
        }
        if draft.kind != QuestionType::Multiple && draft.answer.count() != 1 {
            return Err(RefusalReason::SeveralAnswersForSingle);
        }
        Ok(Self {
            kind: draft.kind,
            title,
            choices,
            answer: draft.answer,
            tags,
            picture: draft.picture.filter(|name| !name.is_empty()),
        })
    }

    /// Kind of question.
    #[must_use]
    pub const fn kind(&self) -> QuestionType {
        self.kind
    }

    /// What is asked.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Options in the order of their letters; 2 to 26.
    #[must_use]
    pub fn choices(&self) -> &[String] {
        &self.choices
    }

    /// The right options.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        self.answer
    }

    /// Why the answer is right; may be empty.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.tags.reason
    }

    /// Part of the syllabus; may be empty.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.tags.subject
    }

    /// All that is said about it.
    #[must_use]
    pub const fn tags(&self) -> &Tags {
        &self.tags
    }

    /// The picture that belongs to the title: SHA-256 of its file, hexadecimal.
    #[must_use]
    pub fn picture(&self) -> Option<&str> {
        self.picture.as_deref()
    }

    /// What makes two questions the same question: kind, title and options without regard to punctuation, white
    /// space, width of characters and the order of the options. Another picture makes another question.
    pub(super) fn stem(&self) -> Stem {
        let mut options: Vec<String> = self.choices.iter().map(|choice| text::essence(choice)).collect();
        options.sort();
        let title = text::essence(&self.title);
        Stem { kind: self.kind, title, options, picture: self.picture.clone() }
    }

    /// The texts of the right options in the same form, sorted.
    pub(super) fn right_texts(&self) -> Vec<String> {
        let right = self.choices.iter().enumerate().filter(|(index, _)| self.answer.contains(*index));
        let mut texts: Vec<String> = right.map(|(_, choice)| text::essence(choice)).collect();
        texts.sort();
        texts
    }
}

/// See [`Question::stem`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stem {
    pub(super) kind: QuestionType,
    pub(super) title: String,
    pub(super) options: Vec<String>,
    pub(super) picture: Option<String>,
}

impl Tags {
    fn tidy(self) -> Result<Self, RefusalReason> {
        let short = |text: String, most: usize| {
            let text = text::tidy(&text);
            if text.chars().count() > most { Err(RefusalReason::TooLong) } else { Ok(text) }
        };
        Ok(Self {
            reason: short(self.reason, super::MAX_REASON)?,
            subject: short(self.subject, super::MAX_TAG)?,
            key_point: short(self.key_point, super::MAX_TAG)?,
            difficulty: self.difficulty,
        })
    }
}

/// A stable name for a question: SHA-256 over its kind, title, options in order, answer and picture. Punctuation, white
/// space and the width of characters do not count; what is said about it does not either, so that it may be corrected.
#[must_use]
pub fn digest(question: &Question) -> [u8; 32] {
    let mut hash = Sha256::new();
    // Every part is closed by a line feed, which no normalised text holds, so that parts can't run into one another.
    let mut part = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(b"\n");
    };
    part("kaodian question 1");
    part(question.kind.word());
    part(&text::essence(&question.title));
    for choice in &question.choices {
        part(&text::essence(choice));
    }
    part(&question.answer.letters());
    if let Some(picture) = &question.picture {
        part(picture);
    }
    hash.finalize().into()
}

fn check_texts(title: &str, choices: &[String]) -> Result<(), RefusalReason> {
    if title.is_empty() {
        return Err(RefusalReason::EmptyTitle);
    }
    match choices.len() {
        0 => return Err(RefusalReason::NoOptions),
        1 => return Err(RefusalReason::TooFewOptions),
        2..=26 => {}
        _ => return Err(RefusalReason::OptionLetters),
    }
    if choices.iter().any(String::is_empty) {
        return Err(RefusalReason::EmptyOption);
    }
    let long = |text: &str, most: usize| text.chars().count() > most;
    if long(title, super::MAX_TITLE) || choices.iter().any(|choice| long(choice, super::MAX_OPTION)) {
        return Err(RefusalReason::TooLong);
    }
    let mut folded: Vec<String> = choices.iter().map(|choice| text::fold(choice)).collect();
    folded.sort();
    let twins = folded.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
    if twins { Err(RefusalReason::EqualOptions) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(title: &str, choices: &[&str], answer: &str) -> Draft {
        Draft {
            kind: QuestionType::Single,
            title: title.to_owned(),
            choices: choices.iter().map(|c| (*c).to_owned()).collect(),
            answer: Answer::parse(answer).unwrap(),
            tags: Tags::default(),
            picture: None,
        }
    }

    #[test]
    fn the_type_is_read_from_chinese_and_english_words() {
        let table = [
            ("判断题", Some(QuestionType::TrueFalse)),
            (" 判断 ", Some(QuestionType::TrueFalse)),
            ("单选题", Some(QuestionType::Single)),
            ("单项选择题", Some(QuestionType::Single)),
            ("多选", Some(QuestionType::Multiple)),
            ("multiple", Some(QuestionType::Multiple)),
            ("问答题", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(QuestionType::from_bank(text), expected, "{text}");
        }
        for kind in [QuestionType::TrueFalse, QuestionType::Single, QuestionType::Multiple] {
            assert_eq!(QuestionType::from_bank(kind.chinese()), Some(kind));
            assert_eq!(QuestionType::from_word(kind.word()), Some(kind));
        }
    }

    #[test]
    fn a_question_that_cannot_be_graded_is_refused_with_its_reason() {
        let multiple = |mut draft: Draft| {
            draft.kind = QuestionType::Multiple;
            draft
        };
        let long = "长".repeat(super::super::MAX_TITLE + 1);
        let table = [
            (draft("问", &["甲", "乙"], "A"), Ok(())),
            (multiple(draft("问", &["甲", "乙"], "AB")), Ok(())),
            (draft(" \u{a0}", &["甲", "乙"], "A"), Err(RefusalReason::EmptyTitle)),
            (draft("问", &[], "A"), Err(RefusalReason::NoOptions)),
            (draft("问", &["甲"], "A"), Err(RefusalReason::TooFewOptions)),
            (draft("问", &["甲", " "], "A"), Err(RefusalReason::EmptyOption)),
            (draft("问", &["１０ V", "10V", "5V"], "C"), Err(RefusalReason::EqualOptions)),
            (draft("问", &["甲", "乙"], "C"), Err(RefusalReason::AnswerNotAnOption)),
            (draft("问", &["甲", "乙"], "AB"), Err(RefusalReason::SeveralAnswersForSingle)),
            (draft(&long, &["甲", "乙"], "A"), Err(RefusalReason::TooLong)),
        ];
        for (draft, expected) in table {
            let name = format!("{draft:?}");
            assert_eq!(Question::new(draft).map(|_| ()), expected, "{name}");
        }
    }

    #[test]
    fn the_digest_overlooks_punctuation_and_nothing_else() {
        let name = |title: &str, choices: &[&str], answer: &str| {
            digest(&Question::new(draft(title, choices, answer)).unwrap())
        };
        let base = name("“高压，危险”是()。", &["1.5V", "15V"], "A");
        assert_eq!(base, name("高压,危险是（ ）", &["1.5V", "15V"], "A"));
        for other in [
            name("“高压，危险”是()。", &["1.5V", "15V"], "B"),
            name("“高压，危险”是()。", &["15V", "1.5V"], "A"),
            name("“高压，危险”非()。", &["1.5V", "15V"], "A"),
            name("“高压，危险”是()。", &["-1.5V", "15V"], "A"),
        ] {
            assert_ne!(base, other);
        }
        let pictured = |picture: &str| {
            let mut draft = draft("“高压，危险”是()。", &["1.5V", "15V"], "A");
            draft.picture = (!picture.is_empty()).then(|| picture.to_owned());
            digest(&Question::new(draft).unwrap())
        };
        assert_eq!(base, pictured(""));
        assert_ne!(pictured("aa"), pictured("bb"));
    }

    #[test]
    fn difficulty_is_read_from_numbers_and_words() {
        let table = [
            ("1", Some(1)),
            ("５", Some(5)),
            ("3.0", Some(3)),
            (" 较难 ", Some(4)),
            ("2级", Some(2)),
            ("0", None),
            ("6", None),
            ("0.85", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(Difficulty::from_bank(text).map(Difficulty::number), expected, "{text}");
        }
    }
}
