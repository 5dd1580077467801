//! The text of an identity card, as the reader gives it: the lengths of text and picture (two bytes each, big-endian),
//! 256 bytes of text in UTF-16 (little-endian) in fields of fixed width, and the picture, which is dropped.

use shared::idnumber::IdNumber;
use shared::time::Date;
use thiserror::Error;

/// Bytes of the text.
const TEXT: usize = 256;
/// Bytes of the lengths before it.
const LENGTHS: usize = 4;
/// Bytes of the data of a reply that holds a text.
pub const LEAST: usize = LENGTHS + TEXT;
/// What stands in place of the last day on a card that is valid for ever.
const FOR_EVER: &str = "长期";

/// Every field of a card.
#[derive(Clone, PartialEq, Eq)]
pub struct CardText {
    /// 姓名.
    pub name: String,
    /// 性别: `male`, `female` or `unknown`.
    pub sex: &'static str,
    /// 民族, code of two digits of GB/T 3304.
    pub nation: String,
    /// 出生日期.
    pub birth: Date,
    /// 住址.
    pub address: String,
    /// 公民身份号码, of the right form and with the right check digit.
    pub number: IdNumber,
    /// 签发机关.
    pub authority: String,
    /// First day of validity.
    pub valid_from: Date,
    /// Last day of validity; `None` on a card that is valid for ever.
    pub valid_until: Option<Date>,
}

/// Why the data are no card. It never holds what stands on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotACard {
    /// Fewer bytes than lengths and text have.
    #[error("the reply is too short for a card")]
    Short,
    /// Another length of text.
    #[error("the text of the card has {0} bytes, not 256")]
    Lengths(u16),
    /// A field is no text.
    #[error("{0} is no text")]
    Text(&'static str),
    /// A field that must be there is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A field is no day.
    #[error("{0} is no day")]
    Day(&'static str),
    /// The number is none.
    #[error("the number is no identity number")]
    Number,
}

/// Reads the data of the reply to [`super::frame::Order::Read`].
///
/// # Errors
/// [`NotACard`].
pub fn parse(data: &[u8]) -> Result<CardText, NotACard> {
    let (Some([high, low]), Some(text)) = (data.get(..2), data.get(LENGTHS..LEAST)) else {
        return Err(NotACard::Short);
    };
    let length = u16::from_be_bytes([*high, *low]);
    if usize::from(length) != TEXT {
        return Err(NotACard::Lengths(length));
    }
    let mut fields = Fields(text);
    let name = fields.filled("name", 30)?;
    let sex = match fields.next("sex", 2)?.as_str() {
        "1" => "male",
        "2" => "female",
        _ => "unknown",
    };
    let nation = fields.next("nation", 4)?;
    let birth = fields.day("birth", 16)?;
    let address = fields.next("address", 70)?;
    let number = IdNumber::parse(&fields.next("number", 36)?).map_err(|_| NotACard::Number)?;
    let authority = fields.next("authority", 30)?;
    let valid_from = fields.day("valid_from", 16)?;
    let until = fields.next("valid_until", 16)?;
    let valid_until =
        if until == FOR_EVER { None } else { Some(day(&until).ok_or(NotACard::Day("valid_until"))?) };
    Ok(CardText { name, sex, nation, birth, address, number, authority, valid_from, valid_until })
}

/// What is left of the text.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    /// The next field of so many bytes, without the blanks behind it.
    fn next(&mut self, field: &'static str, bytes: usize) -> Result<String, NotACard> {
        let (own, rest) = self.0.split_at_checked(bytes).ok_or(NotACard::Short)?;
        self.0 = rest;
        let units = own.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(u16::from_le_bytes);
        let text: String =
            char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| NotACard::Text(field))?;
        let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        if text.chars().any(char::is_control) { Err(NotACard::Text(field)) } else { Ok(text.to_owned()) }
    }

    fn filled(&mut self, field: &'static str, bytes: usize) -> Result<String, NotACard> {
        let text = self.next(field, bytes)?;
        if text.is_empty() { Err(NotACard::Empty(field)) } else { Ok(text) }
    }

    fn day(&mut self, field: &'static str, bytes: usize) -> Result<Date, NotACard> {
        day(&self.next(field, bytes)?).ok_or(NotACard::Day(field))
    }
}

/// A day as `YYYYMMDD`.
fn day(text: &str) -> Option<Date> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let year = i32::try_from(part(0..4).filter(|_| digits)?).ok()?;
    Date::from_ymd(year, part(4..6)?, part(6..8)?)
}

impl std::fmt::Debug for CardText {
    /// Without anything that stands on the card.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardText(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIELDS: [(&str, usize); 10] = [
        ("李·玉𠮷", 30),
        ("2", 2),
        ("01", 4),
        ("19491231", 16),
        ("北京市朝阳区某街道一号", 70),
        ("11010519491231002X", 36),
        ("北京市公安局朝阳分局", 30),
        ("20200102", 16),
        ("20400102", 16),
        ("", 36),
    ];

    fn data(fields: &[(&str, usize)]) -> Vec<u8> {
        let mut data = vec![1, 0, 4, 0];
        for (text, bytes) in fields {
            let mut field: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            while field.len() < *bytes {
                field.extend(u16::to_le_bytes(0x20));
            }
            data.extend_from_slice(&field[..*bytes]);
        }
        data.resize(LEAST + 1024, 0x5A);
        data
    }

    fn with(at: usize, text: &'static str) -> Vec<u8> {
        let mut fields = FIELDS;
        fields[at].0 = text;
        data(&fields)
    }

    #[test]
    fn every_field_of_a_card_is_read_and_rare_characters_too() {
        let card = parse(&data(&FIELDS)).unwrap();
        assert_eq!((card.name.as_str(), card.sex, card.nation.as_str()), ("李·玉𠮷", "female", "01"));
        assert_eq!(
            (card.birth.to_string().as_str(), card.number.as_str()),
            ("1949-12-31", "11010519491231002X")
        );
        assert_eq!(card.address, FIELDS[4].0);
        assert_eq!(card.authority, FIELDS[6].0);
        assert_eq!(card.valid_from.to_string(), "2020-01-02");
        assert_eq!(card.valid_until.unwrap().to_string(), "2040-01-02");
        assert_eq!(parse(&with(8, "长期")).unwrap().valid_until, None);
        assert_eq!(parse(&with(1, "9")).unwrap().sex, "unknown");
        assert_eq!(format!("{card:?}"), "CardText(…)");
    }

    #[test]
    fn what_is_no_card_is_refused_by_name() {
        for (name, bytes, expected) in [
            ("short", data(&FIELDS)[..LEAST - 1].to_vec(), NotACard::Short),
            ("no name", with(0, ""), NotACard::Empty("name")),
            ("no day", with(3, "19491331"), NotACard::Day("birth")),
            ("a day with a sign", with(3, "+9491231"), NotACard::Day("birth")),
            ("no number", with(5, "110105194912310021"), NotACard::Number),
            ("no last day", with(8, "某日"), NotACard::Day("valid_until")),
        ] {
            assert_eq!(parse(&bytes).unwrap_err(), expected, "{name}");
        }
        let mut half = data(&FIELDS);
        half[4..6].copy_from_slice(&0xD800u16.to_le_bytes());
        assert_eq!(parse(&half).unwrap_err(), NotACard::Text("name"));
        let mut lengths = data(&FIELDS);
        lengths[0] = 2;
        assert_eq!(parse(&lengths).unwrap_err(), NotACard::Lengths(512));
    }

    proptest! {
        #[test]
        fn no_bytes_stop_the_parser(bytes in prop::collection::vec(any::<u8>(), 0..1400)) {
            let _ = parse(&bytes);
            let mut framed = vec![1, 0, 4, 0];
            framed.extend(bytes);
            let _ = parse(&framed);
        }
    }
}
