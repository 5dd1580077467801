//! Words that people see, in Chinese and English, from the language files of the project.

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
        args.iter().map(|(name, value)| (Cow::Borrowed(*name), (*value).into())).collect();
    LOCALES.try_lookup_with_args(&tag, id, &map).unwrap_or_else(|| id.to_owned())
}
