//! Languages other than Chinese in which an examination is held, and which members of a pool speak.

use crate::trade::words;

/// A language of an examination. The languages are those in which minority candidates are examined; Chinese is
/// spoken by everybody and asked for by nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// 藏语.
    Tibetan,
    /// 维吾尔语.
    Uyghur,
    /// 哈萨克语.
    Kazakh,
    /// 柯尔克孜语.
    Kyrgyz,
    /// 蒙古语.
    Mongolian,
    /// 朝鲜语.
    Korean,
    /// 彝语.
    Yi,
    /// 壮语.
    Zhuang,
}

words!(Language {
    Tibetan = "tibetan",
    Uyghur = "uyghur",
    Kazakh = "kazakh",
    Kyrgyz = "kyrgyz",
    Mongolian = "mongolian",
    Korean = "korean",
    Yi = "yi",
    Zhuang = "zhuang",
});

impl Language {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Tibetan,
        Self::Uyghur,
        Self::Kazakh,
        Self::Kyrgyz,
        Self::Mongolian,
        Self::Korean,
        Self::Yi,
        Self::Zhuang,
    ];

    /// From its word, or from its Chinese name as lists have it: `藏语`, `藏文` or `藏`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let name = text.strip_suffix(['语', '文']).unwrap_or(text);
        match name {
            "藏" => Some(Self::Tibetan),
            "维吾尔" | "维" => Some(Self::Uyghur),
            "哈萨克" | "哈" => Some(Self::Kazakh),
            "柯尔克孜" | "柯" => Some(Self::Kyrgyz),
            "蒙古" | "蒙" => Some(Self::Mongolian),
            "朝鲜" | "朝" => Some(Self::Korean),
            "彝" => Some(Self::Yi),
            "壮" => Some(Self::Zhuang),
            _ => Self::from_word(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_word_and_by_the_names_that_lists_have() {
        let table = [
            ("tibetan", Some(Language::Tibetan)),
            ("藏语", Some(Language::Tibetan)),
            (" 藏文 ", Some(Language::Tibetan)),
            ("维吾尔语", Some(Language::Uyghur)),
            ("维语", Some(Language::Uyghur)),
            ("壮", Some(Language::Zhuang)),
            ("汉语", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(Language::from_text(text), expected, "{text}");
        }
        for language in Language::ALL {
            assert_eq!(Language::from_text(language.word()), Some(language));
        }
    }
}
