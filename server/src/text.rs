//! Words that people see, in Chinese and English, from the language files of the project.

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;

static_loader! {
    static LOCALES = {
        locales: "../shared/locales",
        fallback_language: "zh-CN",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Chinese, the first language.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// From `zh` or `en`, also with a region.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.get(..2)? {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// As HTML's `lang` has it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// A message.
#[must_use]
pub fn text(lang: Lang, id: &str) -> String {
    text_with(lang, id, &[])
}

/// A message with arguments.
#[must_use]
pub fn text_with(lang: Lang, id: &str, args: &[(&'static str, &str)]) -> String {
    let Ok(tag) = lang.tag().parse::<LanguageIdentifier>() else { return id.to_owned() };
    let map: HashMap<Cow<'static, str>, _> =
        args.iter().map(|(name, value)| (Cow::Borrowed(*name), argument(value))).collect();
    LOCALES.try_lookup_with_args(&tag, id, &map).unwrap_or_else(|| id.to_owned())
}

/// Counts are numbers, by which a message chooses its words; what has leading zeros is a name.
fn argument(value: &str) -> FluentValue<'_> {
    let counts = value.parse::<u32>().is_ok_and(|number| number.to_string() == value);
    if counts { FluentValue::try_number(value) } else { value.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_chooses_its_words_by_a_count_and_shows_numbers_as_they_were_given() {
        let table = [
            ("page-my-now-waiting", "ahead", "0", "You are next"),
            ("page-my-now-waiting", "ahead", "1", "1 person before you"),
            ("page-my-now-waiting", "ahead", "12345", "12345 people before you"),
            ("page-my-now-called", "window", "007", "Please go to 007 now"),
        ];
        for (id, name, value, words) in table {
            assert_eq!(text_with(Lang::En, id, &[(name, value)]), words);
        }
    }
}
