//! A queue ticket as the bytes of an ESC/POS printer: a pure function.

use encoding_rs::GB18030;

/// What stands on a ticket, already in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The exam point.
    pub head: String,
    /// The number as it is called.
    pub number: String,
    /// Lines below it.
    pub lines: Vec<String>,
    /// Address of the page for the phone, as a QR code; none: no code.
    pub link: Option<String>,
    /// What the code is for.
    pub link_words: String,
}

/// Asks for the paper sensor (DLE EOT 4).
pub const PAPER_QUESTION: [u8; 3] = [0x10, 0x04, 0x04];

const ESC: u8 = 0x1b;
const FS: u8 = 0x1c;
const GS: u8 = 0x1d;

/// Most bytes of a QR code's text.
const LONGEST_LINK: usize = 300;

/// Whether the answer to [`PAPER_QUESTION`] says that there is paper: bits 5 and 6 are set when the roll has ended.
#[must_use]
pub const fn says_paper(answer: u8) -> bool {
    answer & 0x60 == 0
}

/// The ticket.
#[must_use]
pub fn bytes(slip: &Slip) -> Vec<u8> {
    // Initialise, Chinese characters by GB 18030 (FS &), centred.
    let mut out = vec![ESC, b'@', FS, b'&', ESC, b'a', 1];
    text(&mut out, &slip.head);
    size(&mut out, 0x55);
    text(&mut out, &slip.number);
    size(&mut out, 0x00);
    for line in &slip.lines {
        text(&mut out, line);
    }
    if let Some(link) = slip.link.as_deref().filter(|link| link.len() <= LONGEST_LINK) {
        qr(&mut out, link.as_bytes());
        text(&mut out, &slip.link_words);
    }
    // Four lines up, then cut.
    out.extend([ESC, b'd', 4, GS, b'V', 66, 0]);
    out
}

/// Width in the upper four bits, height in the lower, each one less (GS !); Chinese characters too (FS W by GS !).
fn size(out: &mut Vec<u8>, size: u8) {
    out.extend([GS, b'!', size]);
}

fn text(out: &mut Vec<u8>, line: &str) {
    let mut one = [0; 4];
    for letter in line.chars().filter(|c| !c.is_control()) {
        let (coded, ..) = GB18030.encode(letter.encode_utf8(&mut one));
        // What takes four bytes is in no such printer: 〓 says that a character is missing.
        match coded.len() {
            1 | 2 => out.extend(coded.iter()),
            _ => out.extend([0xa1, 0xfe]),
        }
    }
    out.push(b'\n');
}

/// GS ( k: model 2, five dots a module, level M, store, print.
fn qr(out: &mut Vec<u8>, content: &[u8]) {
    out.extend([GS, b'(', b'k', 4, 0, 49, 65, 50, 0]);
    out.extend([GS, b'(', b'k', 3, 0, 49, 67, 5]);
    out.extend([GS, b'(', b'k', 3, 0, 49, 69, 49]);
    let length = u16::try_from(content.len() + 3).unwrap_or(u16::MAX).to_le_bytes();
    out.extend([GS, b'(', b'k']);
    out.extend(length);
    out.extend([49, 80, 48]);
    out.extend(content);
    out.extend([GS, b'(', b'k', 3, 0, 49, 81, 48]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slip() -> Slip {
        Slip {
            head: "第一考点".to_owned(),
            number: "007".to_owned(),
            lines: vec!["第一考场".to_owned()],
            link: Some("https://x/my".to_owned()),
            link_words: "扫码".to_owned(),
        }
    }

    fn at(bytes: &[u8], part: &[u8]) -> Option<usize> {
        bytes.windows(part.len()).position(|window| window == part)
    }

    #[test]
    fn a_ticket_is_chinese_in_gb18030_with_a_large_number_a_code_and_a_cut() {
        let out = bytes(&slip());
        let parts: [&[u8]; 8] = [
            b"\x1b@\x1c&\x1ba\x01",
            // 第一考点
            &[0xb5, 0xda, 0xd2, 0xbb, 0xbf, 0xbc, 0xb5, 0xe3, b'\n'],
            b"\x1d!\x55007\n\x1d!\x00",
            // 第一考场
            &[0xb5, 0xda, 0xd2, 0xbb, 0xbf, 0xbc, 0xb3, 0xa1, b'\n'],
            b"\x1d(k\x0f\x00\x31\x50\x30https://x/my",
            b"\x1d(k\x03\x00\x31\x51\x30",
            // 扫码
            &[0xc9, 0xa8, 0xc2, 0xeb, b'\n'],
            b"\x1bd\x04\x1dV\x42\x00",
        ];
        let places: Vec<_> = parts.iter().map(|part| at(&out, part).unwrap()).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(places.first(), Some(&0));
        assert_eq!(places.last().unwrap() + 7, out.len());
    }

    #[test]
    fn what_no_such_printer_has_becomes_a_sign_and_control_characters_are_dropped() {
        let mut slip = slip();
        (slip.number, slip.link) = ("0\u{1b}@7".to_owned(), None);
        slip.lines = vec!["𠮷".to_owned()];
        let out = bytes(&slip);
        assert!(at(&out, b"0@7\n").is_some() && at(&out, &[0xa1, 0xfe, b'\n']).is_some());
        assert!(at(&out, b"\x1d(k").is_none());
    }

    #[test]
    fn the_paper_sensor_is_read() {
        for (answer, expected) in [(0x12, true), (0x1e, true), (0x72, false), (0x7e, false)] {
            assert_eq!(says_paper(answer), expected, "{answer:#x}");
        }
    }
}
