//! Texts for people, from the language files in `shared/locales`.

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;

static_loader! {
    static LOCALES = {
        locales: "../shared/locales",
        fallback_language: "zh-CN",
        // Marks of direction around what is filled in would show as boxes on some screens; both languages run one way.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// Texts in one language.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    lang: Lang,
}

impl Lang {
    /// As in `?lang=`: `en` is English, everything else Chinese.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        if word == "en" { Self::En } else { Self::Zh }
    }

    /// As in `?lang=`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// As in the `lang` attribute of a page (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }
}

impl Texts {
    /// Texts in this language.
    #[must_use]
    pub const fn new(lang: Lang) -> Self {
        Self { lang }
    }

    /// The language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// A text without parameters.
    #[must_use]
    pub fn say(&self, id: impl AsRef<str>) -> String {
        let id = id.as_ref();
        self.found(id, LOCALES.try_lookup(&self.identifier(), id))
    }

    /// A text with one parameter.
    #[must_use]
    pub fn one(&self, id: &str, name: &'static str, value: impl AsRef<str>) -> String {
        self.with(id, &[(name, value.as_ref())])
    }

    /// A text with two parameters.
    #[must_use]
    pub fn two(
        &self,
        id: &str,
        name: &'static str,
        value: impl AsRef<str>,
        name2: &'static str,
        value2: impl AsRef<str>,
    ) -> String {
        self.with(id, &[(name, value.as_ref()), (name2, value2.as_ref())])
    }

    /// A text with parameters.
    #[must_use]
    pub fn with(&self, id: &str, parameters: &[(&'static str, &str)]) -> String {
        let parameters: HashMap<Cow<'static, str>, FluentValue<'_>> = parameters
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from((*value).to_owned())))
            .collect();
        self.found(id, LOCALES.try_lookup_with_args(&self.identifier(), id, &parameters))
    }

    fn identifier(&self) -> LanguageIdentifier {
        LanguageIdentifier::from_str(self.lang.tag()).unwrap_or_default()
    }

    fn found(&self, id: &str, text: Option<String>) -> String {
        text.unwrap_or_else(|| {
            tracing::error!(id, lang = self.lang.tag(), "a text is missing");
            id.to_owned()
        })
    }
}
