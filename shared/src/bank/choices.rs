//! Splitting the options of a question: `**A、正确**B、错误` and its many misspellings.

use super::question::RefusalReason;
use super::text;
use unicode_normalization::UnicodeNormalization;

/// Letters that can mark an option. Beyond H no bank goes, and V, W, T … are units and symbols.
const MARKERS: std::ops::RangeInclusive<char> = 'A'..='H';

/// Signs that may close the letter of an option.
const CLOSERS: &str = "、.．。:：,，)）";

/// A place in the text where an option begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    letter: char,
    /// Index of the first character that belongs to the mark.
    start: usize,
    /// Index of the first character of the option's text.
    end: usize,
    strength: Strength,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// A letter between Chinese characters: `水湿布D灭火器`.
    Bare,
    /// A letter and a closing sign: `C、`.
    Closed,
    /// A letter behind `**`, or behind a line break and with a closing sign.
    Starred,
}

/// The options in the order of their letters. `wanted` is the number of options that the answer asks for at least.
///
/// A letter with `**` before it always begins an option. One without is only taken for the beginning of an option if
/// otherwise an option would be missing: between two letters that do not follow one another, or up to `wanted`.
///
/// # Errors
/// `NoOptions` if no option begins anywhere, `OptionLetters` if the letters are not A, B, C … each once.
pub(super) fn split(raw: &str, wanted: usize) -> Result<Vec<String>, RefusalReason> {
    let chars: Vec<char> = raw.chars().collect();
    let mut marks = found(&chars, Strength::Starred, 0, chars.len());
    if marks.len() > 26 {
        return Err(RefusalReason::OptionLetters);
    }
    if marks.is_empty() {
        let lead = first_letter(&chars).ok_or(RefusalReason::NoOptions)?;
        marks.push(lead);
    }
    complete(&chars, &mut marks, wanted);
    let mut options = texts(&chars, &marks);
    // Now and then options stand in another order than their letters.
    options.sort_by_key(|(letter, _)| *letter);
    let in_order = options.iter().map(|(letter, _)| *letter).eq('A'..='Z'.min(last_letter(options.len())));
    if in_order {
        Ok(options.into_iter().map(|(_, text)| text).collect())
    } else {
        Err(RefusalReason::OptionLetters)
    }
}

/// Adds marks without `**` where options would be missing otherwise.
fn complete(chars: &[char], marks: &mut Vec<Mark>, wanted: usize) {
    let mut at = 0;
    while let Some(mark) = marks.get(at).copied() {
        let next = marks.get(at.saturating_add(1)).copied();
        let Some(expected) = following(mark.letter) else { break };
        let end = next.map_or(chars.len(), |next| next.start);
        let held = marks.iter().any(|mark| mark.letter == expected);
        let needed = next.is_some() || marks.len() < wanted.max(2);
        if !held {
            let weakest = if needed { Strength::Bare } else { Strength::Closed };
            let candidates = found(chars, weakest, mark.end, end);
            let of_letter = || candidates.iter().filter(|candidate| candidate.letter == expected);
            // The clearer mark wins over the earlier one.
            if let Some(best) = of_letter().max_by_key(|c| (c.strength, std::cmp::Reverse(c.start))) {
                marks.insert(at.saturating_add(1), *best);
            }
        }
        at = at.saturating_add(1);
    }
}

/// Marks of at least this strength in `chars[from..to]`.
fn found(chars: &[char], weakest: Strength, from: usize, to: usize) -> Vec<Mark> {
    (from..to).filter_map(|at| mark_at(chars, at, to)).filter(|mark| mark.strength >= weakest).collect()
}

fn mark_at(chars: &[char], at: usize, to: usize) -> Option<Mark> {
    let letter = marker(*chars.get(at)?)?;
    let mut start = at;
    while start.checked_sub(1).and_then(|i| chars.get(i)).is_some_and(|c| is_filler(*c)) {
        start = start.saturating_sub(1);
    }
    let mut stars = start;
    while stars.checked_sub(1).and_then(|i| chars.get(i)) == Some(&'*') {
        stars = stars.saturating_sub(1);
    }
    let mut end = at.saturating_add(1);
    while end < to && chars.get(end).is_some_and(|c| c.is_whitespace()) {
        end = end.saturating_add(1);
    }
    let closed = chars.get(end).is_some_and(|c| CLOSERS.contains(*c));
    if closed {
        end = after_closers(chars, end);
    }
    let previous = start.checked_sub(1).and_then(|i| chars.get(i)).copied();
    let glued = at.checked_sub(1).and_then(|i| chars.get(i)).copied();
    let starred = start.saturating_sub(stars) >= 2 || (closed && starts_line(chars, at));
    let strength = if starred {
        Strength::Starred
    } else if closed && glued.is_none_or(|c| !is_word(c) && !joins(c)) {
        Strength::Closed
    } else if glued.is_none_or(|c| !is_word(c))
        && !joins(previous.unwrap_or(' '))
        && !latin_follows(chars, at)
    {
        Strength::Bare
    } else {
        return None;
    };
    Some(Mark { letter, start: stars, end, strength })
}

/// Where the text of an option begins, given where the first closing sign stands. The sign may be doubled (`B..`) or
/// follow a bracket (`B)、`); any other belongs to the text (`A、.5`).
fn after_closers(chars: &[char], first: usize) -> usize {
    let Some(sign) = chars.get(first) else { return first };
    let mut end = first.saturating_add(1);
    let bracket = matches!(sign, ')' | '）');
    while chars.get(end).is_some_and(|c| c == sign || (bracket && CLOSERS.contains(*c))) {
        end = end.saturating_add(1);
    }
    end
}

/// Without any `**`: the letter A at the head of the text.
fn first_letter(chars: &[char]) -> Option<Mark> {
    let at = chars.iter().position(|c| !is_filler(*c) && *c != '*')?;
    mark_at(chars, at, chars.len()).filter(|mark| mark.letter == 'A')
}

fn texts(chars: &[char], marks: &[Mark]) -> Vec<(char, String)> {
    let ends = marks.iter().skip(1).map(|mark| mark.start).chain([chars.len()]);
    let pairs = marks.iter().zip(ends);
    pairs
        .map(|(mark, end)| {
            let raw: String = chars.get(mark.end..end).unwrap_or_default().iter().collect();
            (mark.letter, text::tidy(raw.trim_matches(|c: char| c.is_whitespace() || c == '*')))
        })
        .collect()
}

/// The letter that a character stands for, if it can mark an option; full-width letters count.
fn marker(c: char) -> Option<char> {
    let mut folded = [c].into_iter().nfkc();
    let letter = folded.next().filter(|_| folded.next().is_none())?;
    // A sign such as ℃ or Å is no letter, although it folds to one.
    let plain = c.is_ascii() || ('Ａ'..='Ｚ').contains(&c);
    (plain && MARKERS.contains(&letter)).then_some(letter)
}

fn following(letter: char) -> Option<char> {
    ('A'..='Z').skip_while(|c| *c != letter).nth(1)
}

fn last_letter(count: usize) -> char {
    count.checked_sub(1).and_then(|index| ('A'..='Z').nth(index)).unwrap_or('Z')
}

/// White space and quotes that stray between `**` and the letter.
fn is_filler(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '(' | '（' | '[' | '【')
}

/// A character that makes the letter after it part of a word or number: `PA`, `10A`.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '-' | '_' | '%' | '·')
}

/// A character that makes the letter after it one of a list: `A、B、C三级`.
fn joins(c: char) -> bool {
    matches!(c, '、' | '，' | ',' | '和' | '与' | '及' | '或' | '“' | '"' | '为' | '用' | '是' | '类')
}

fn latin_follows(chars: &[char], at: usize) -> bool {
    chars
        .get(at.saturating_add(1))
        .is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '级' | '类' | '型'))
}

/// Whether nothing but filler stands between the last line break and the character at `at`.
fn starts_line(chars: &[char], at: usize) -> bool {
    let before = chars.get(..at).unwrap_or_default();
    let space = || before.iter().rev().take_while(|c| is_filler(**c));
    let reaches_start = space().count() == before.len();
    reaches_start || space().any(|c| *c == '\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn options_are_split_whatever_their_marks_look_like() {
        let table: [(&str, usize, &[&str]); 22] = [
            ("**A、.5V**B、1.5V", 1, &[".5V", "1.5V"]),
            ("A)、铜\nB)、铁", 1, &["铜", "铁"]),
            ("**A、正确**B、错误", 1, &["正确", "错误"]),
            ("**A、铜 **B、铁 **C、铝 ", 1, &["铜", "铁", "铝"]),
            ("**A.铜**B.铁", 1, &["铜", "铁"]),
            ("**A铜**B铁", 1, &["铜", "铁"]),
            ("** A：铜 ** B: 铁", 1, &["铜", "铁"]),
            ("**Ａ．铜**Ｂ．铁", 1, &["铜", "铁"]),
            ("**\"A.铜**B..铁", 1, &["铜", "铁"]),
            ("**C铝**A铜**B铁", 1, &["铜", "铁", "铝"]),
            ("**A仓库B棉布**C煤", 1, &["仓库", "棉布", "煤"]),
            ("**A铜B铁C铝", 3, &["铜", "铁", "铝"]),
            ("**A<200Hz**B200至800Hz范围C、>1000Hz", 1, &["<200Hz", "200至800Hz范围", ">1000Hz"]),
            ("**A低压A级、B级**B高压C级", 1, &["低压A级、B级", "高压C级"]),
            ("**AHJ431**BSJ301**CLJ2", 1, &["HJ431", "SJ301", "LJ2"]),
            ("**A、5mA**B、10mA**C、30mA", 1, &["5mA", "10mA", "30mA"]),
            ("A、铜\nB、铁\nC、铝", 1, &["铜", "铁", "铝"]),
            ("A. 铜 B. 铁 C. 铝 D. 锡", 1, &["铜", "铁", "铝", "锡"]),
            ("A正确B错误", 1, &["正确", "错误"]),
            ("(A)铜(B)铁", 1, &["铜", "铁"]),
            ("**A、用维生素B、C的人**B、铁", 1, &["用维生素B、C的人", "铁"]),
            ("**A、 **B、 **C、 ", 1, &["", "", ""]),
        ];
        for (raw, wanted, expected) in table {
            assert_eq!(split(raw, wanted).as_deref(), Ok(expected.map_texts().as_slice()), "{raw}");
        }
    }

    trait MapTexts {
        fn map_texts(&self) -> Vec<String>;
    }

    impl MapTexts for [&str] {
        fn map_texts(&self) -> Vec<String> {
            self.iter().map(|text| (*text).to_owned()).collect()
        }
    }

    #[test]
    fn letters_that_do_not_follow_one_another_are_refused() {
        let table = [
            ("**A水**C布D灭火器", RefusalReason::OptionLetters),
            ("**A硬**B韧**B脆", RefusalReason::OptionLetters),
            ("**B、铁**C、铝", RefusalReason::OptionLetters),
            ("搬运 检查", RefusalReason::NoOptions),
            ("", RefusalReason::NoOptions),
            ("**", RefusalReason::NoOptions),
        ];
        for (raw, expected) in table {
            assert_eq!(split(raw, 1), Err(expected), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_splitter(raw in "[A-Da铜铁、. *\n]{0,40}", wanted in 0_usize..30) {
            let _ = split(&raw, wanted);
        }

        #[test]
        fn options_that_were_joined_are_split_again(
            options in proptest::collection::vec("[铜铁铝锡铅][0-9mV铜铁铝]{0,6}", 2..6),
        ) {
            let raw: String = options.iter().zip('A'..='F').map(|(text, letter)| format!("**{letter}、{text}")).collect();
            prop_assert_eq!(split(&raw, 1), Ok(options));
        }
    }
}
