//! Titles that point at a figure. A bank file holds text alone, so whatever points at a figure lacks it.
//!
//! Many words only contain 图: 图纸 (drawing), 施工图 (working drawing), 图形符号 (graphic symbol), 原理图中 (in the
//! circuit diagram). A pointer is 图 with a word of place or likeness before it, or alone at the head of a clause, and
//! never with a syllable after it that makes it another word.

/// Syllables that, put after 图, make a word of their own.
const COMPOUND_TAILS: &str = "纸形样例表书案像片标册集文幅层块库符谱线章";

/// Syllables before a pointer of place that make it part of another word: 地下图, 井下图 …
const PLACE_WORDS: &str = "地井乡水线天海底";

/// What may stand before a bare 图 that points: a clause's head or a small word.
const CLAUSE_HEADS: &str = "，,。.；;：:、（(“\"！!？?在从由据见按看对自与和";

/// File endings of pictures; a link to one is a figure that is not there.
const PICTURE_ENDINGS: [&str; 7] = [".png", ".jpg", ".jpeg", ".gif", ".bmp", ".svg", ".webp"];

/// Whether a title points at a figure.
pub(super) fn points_at_figure(title: &str) -> bool {
    let chars: Vec<char> = title.trim().chars().collect();
    let hits = chars.iter().enumerate().filter(|(_, c)| matches!(c, '图' | '圖')).map(|(at, _)| at);
    let first = hits.clone().next();
    hits.clone().any(|at| is_pointer(&chars, at, first == Some(at)))
}

/// Whether a text holds a link to a picture, or markup for one.
pub(super) fn links_to_picture(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("<img") || PICTURE_ENDINGS.iter().any(|ending| lower.contains(ending))
}

fn is_pointer(chars: &[char], at: usize, first: bool) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|i| chars.get(i)).copied();
    let after = |ahead: usize| at.checked_add(ahead).and_then(|i| chars.get(i)).copied();
    let next = after(1);
    if next.is_some_and(|c| COMPOUND_TAILS.contains(c)) {
        return false;
    }
    let follower = (1..4).find_map(|ahead| after(ahead).filter(|c| !c.is_whitespace()));
    let shown = matches!((next, after(2)), (Some('所'), Some('示')));
    match before(1) {
        // 图 alone at the head of the title: 图是…, 图1所示…, 图中…
        None => shown || next.is_none_or(char::is_whitespace) || follower.is_some_and(points_on),
        Some('下' | '上' | '左' | '右' | '后' | '前') => {
            !before(2).is_some_and(|c| PLACE_WORDS.contains(c))
        }
        Some('如') => true,
        Some('附') => shown || next == Some('中') || matches!(before(2), Some('见' | '如' | '按')),
        // 该图 and 此图 speak of a drawing that the sentence itself has named before.
        Some('该' | '此' | '本') => first,
        Some('见') => !matches!(before(2), Some('常' | '可' | '罕' | '少' | '多')),
        Some(c) if c.is_whitespace() || CLAUSE_HEADS.contains(c) => {
            first && (shown || follower.is_some_and(|c| matches!(c, '中' | '示') || is_number(c)))
        }
        Some(_) => false,
    }
}

/// What follows a bare 图 that points: 中, 示, 是, 为, 的, a bracket to fill in, or a number.
fn points_on(c: char) -> bool {
    matches!(c, '中' | '示' | '是' | '为' | '的' | '(' | '（' | ':' | '：') || is_number(c)
}

fn is_number(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六①②③④".contains(c) || ('０'..='９').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_that_point_at_a_figure_are_told_from_words_with_the_same_character() {
        let pointing = [
            "下图中属于电容器的是()。",
            "如图所示，电流方向是()。",
            "如图1，开关断开后()。",
            "如下图",
            "见图，该触头是()。",
            "图\u{a0}是()触头。",
            "图（ ）是熔断器。",
            "图2所示电路中，总电阻为()。",
            "电路中，图中电压表读数为()。",
            "在图中，A 点是()。",
            "右图为()标志。",
            "此图是()。",
            "见附图，选出正确的接法。",
            "由图示可知，该电路为()。",
        ];
        for title in pointing {
            assert!(points_at_figure(title), "{title}");
        }
        let words = [
            "按施工图施工。",
            "应看懂图纸，如图纸有误应报告。",
            "图形符号由符号要素组成。",
            "元件在原理图中按未通电状态画出。",
            "接线图中各部分画在一起。",
            "地下图书馆属于密闭场所。",
            "井下图纸应每月更新。",
            "系统图包括原理图和安装图，该图应存档。",
            "电气图形为(),文字符号为()。",
            "常见图例有()。",
            "产品说明书的附图应完整。",
            "企图掩盖事故的，()。",
            "图纸会审由()组织。",
            "没有相关的字",
            "",
        ];
        for title in words {
            assert!(!points_at_figure(title), "{title}");
        }
    }

    #[test]
    fn links_to_pictures_are_found_in_any_case() {
        assert!(links_to_picture("气压为/tk/1_0.PNG帕"));
        assert!(links_to_picture("<img src=x>"));
        assert!(!links_to_picture("图片应为 jpg 格式"));
    }

    proptest! {
        #[test]
        fn no_title_breaks_the_search(title in "[图下如中所示附见 ，a1]{0,20}") {
            let _ = points_at_figure(&title);
        }
    }
}
