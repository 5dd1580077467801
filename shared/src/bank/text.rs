//! Texts of questions: tidying, comparing, and signs that something was lost on the way.

use unicode_normalization::UnicodeNormalization;

/// Marks that carry no meaning of their own; between two digits they are kept (`1.5` is not `15`).
const IDLE_MARKS: &str = "、。,.;:!?()[]{}<>《》〈〉「」『』【】〔〕“”‘’\"'`·…—_*";

/// Trims, and makes every run of white space (with no-break and full-width ones) one space.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// NFKC without white space: what looks the same is the same.
pub(super) fn fold(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// [`fold`] without punctuation, except between digits. Signs that change the meaning (`-`, `%`, `/`, `≤`, `±`, `°`,
/// `<` before a number) stay.
pub(super) fn essence(text: &str) -> String {
    let folded: Vec<char> = fold(text).chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, c) in folded.iter().enumerate() {
        let digit =
            |index: Option<usize>| index.and_then(|i| folded.get(i)).is_some_and(char::is_ascii_digit);
        // A comparison is no bracket: `<10` and `>10` are different options.
        let compares = matches!(c, '<' | '>') && digit(at.checked_add(1));
        let inside_number = digit(at.checked_sub(1)) && digit(at.checked_add(1));
        if !IDLE_MARKS.contains(*c) || compares {
            out.push(*c);
        } else if inside_number {
            out.push(if *c == '、' { ',' } else { *c });
        }
    }
    out
}

/// At most `most` characters, with `…` where something was cut off.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let tidied = tidy(text);
    if tidied.chars().count() <= most {
        return tidied;
    }
    tidied.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Whether a text holds characters that come from reading bytes in the wrong encoding, or from markup left over.
pub(super) fn is_garbled(text: &str) -> bool {
    let lost = |c: char| {
        let control = c.is_control() && !matches!(c, '\t' | '\n' | '\r');
        control || c == '\u{fffd}' || matches!(c, '\u{e000}'..='\u{f8ff}')
    };
    text.chars().any(lost)
        || text.contains("??")
        || GARBLED_WORDS.iter().any(|word| text.contains(word))
        || text.chars().filter(|c| UTF8_AS_GBK.contains(*c)).count() >= 2
        || has_latin1_run(text)
        || has_entity(text)
}

/// What decoders and debug builds leave behind: U+FFFD written as UTF-8 and read as GBK, and fill bytes.
const GARBLED_WORDS: [&str; 4] = ["锟斤拷", "斤拷锟", "烫烫烫", "屯屯屯"];

/// First characters of common Chinese marks and words in UTF-8 read as GBK; none is used in plain modern texts.
const UTF8_AS_GBK: &str = "锛銆鈥鐨鏄鍦鐢鎿鍏閿鈩鍜";

/// Four Latin-1 letters in a row (GBK read as Latin-1), or a lead byte of UTF-8 with what follows it.
fn has_latin1_run(text: &str) -> bool {
    // What Windows-1252 shows for the bytes 80 to 9F; A0 to BF are the same in Latin-1.
    const CP1252: &str = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
    let mut run = 0_u32;
    let mut wanted = 0_u32;
    for c in text.chars() {
        let high = matches!(c, '\u{a1}'..='\u{ff}');
        run = if high { run.saturating_add(1) } else { 0 };
        if run >= 4 {
            return true;
        }
        let follows = matches!(c, '\u{80}'..='\u{bf}') || CP1252.contains(c);
        if wanted > 0 && follows {
            wanted = wanted.saturating_sub(1);
            if wanted == 0 {
                return true;
            }
            continue;
        }
        wanted = match c {
            '\u{c2}' | '\u{c3}' => 1,
            '\u{e2}'..='\u{e9}' | '\u{ef}' => 2,
            _ => 0,
        };
    }
    false
}

/// `&nbsp;`, `&#160;` and the like.
fn has_entity(text: &str) -> bool {
    text.split('&').skip(1).any(|rest| {
        let Some((name, _)) = rest.split_once(';') else { return false };
        let named =
            matches!(name, "nbsp" | "lt" | "gt" | "amp" | "quot" | "apos" | "deg" | "times" | "middot");
        named
            || name
                .strip_prefix('#')
                .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn punctuation_between_digits_has_a_meaning() {
        let table = [
            ("止步，高压危险！", "“止步,高压危险!”", true),
            ("是（ ）V", "是()V", true),
            ("1.5", "15", false),
            ("3、5", "35", false),
            ("3、5", "3,5", true),
            ("-10℃", "10℃", false),
            ("<2000Hz", ">2000Hz", false),
            ("≤5", "≥5", false),
            ("５０％", "50%", true),
            ("mA", "MA", false),
        ];
        for (left, right, same) in table {
            assert_eq!(essence(left) == essence(right), same, "{left} {right}");
        }
    }

    #[test]
    fn text_in_the_wrong_encoding_is_noticed_and_symbols_are_not() {
        let garbled = [
            "电流\u{fffd}表",
            "锟斤拷",
            "电\u{1}流",
            "ç”µæµ\u{81}",
            "µçÁ÷±í",
            "瀹夊叏鐢ㄧ數锛屼汉浜烘湁璐ｃ€傞攣锛",
            "接地??阻",
            "10&nbsp;V",
            "5&#176;",
        ];
        for text in garbled {
            assert!(is_garbled(text), "{text}");
        }
        let sound = ["±10% 、25℃、Ω、㎡、×、°", "氩—氧混合", "Ⅱ类·工具", "R&D; 部门", "两种？是", "café"];
        for text in sound {
            assert!(!is_garbled(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn comparing_texts_is_settled_after_one_pass(text in ".{0,60}") {
            prop_assert_eq!(tidy(&tidy(&text)), tidy(&text));
            let _ = (essence(&text), is_garbled(&text), shorten(&text, 10));
        }
    }
}
