//! Invented people: names, identity numbers that are valid and belong to nobody, drawn portraits.

use crate::fail::{Context, Outcome};
use crate::random::Chance;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use serde::Deserialize;
use shared::face;
use shared::idnumber::IdNumber;
use shared::time::Date;

/// A portrait is the drawing so many times larger.
const ENLARGED: u32 = 2;

/// Divisions that were never given out, so that a number belongs to nobody.
const DIVISIONS: [&str; 6] = ["410391", "410591", "411091", "320591", "341291", "610191"];

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "林", "高", "罗", "欧阳", "司马", "上官", "诸葛",
];

const GIVEN: [&str; 24] = [
    "建国", "秀英", "志强", "丽华", "海涛", "雨桐", "文斌", "红梅", "永刚", "静", "峰", "小燕", "大鹏",
    "春兰", "铁成", "玉洁", "长河", "思源", "天佑", "巧云", "明", "晓东", "国栋", "雪",
];

/// Names that a careless program breaks: a middle dot, a character beyond the Basic Multilingual Plane, a long one.
const RARE: [&str; 3] = ["阿依古丽·买买提", "陈𠮷祥", "买买提艾力·阿卜杜热合曼·托合提尼亚孜"];

/// Somebody who is examined.
#[derive(Debug, Clone, Deserialize)]
pub struct Invented {
    /// Name.
    pub name: String,
    /// Identity number.
    pub id_number: String,
    /// Telephone number of a range that is not in use.
    pub phone: String,
}

/// The candidate with this number from 0; the same for the same number.
///
/// # Errors
/// If the number is too high for different identity numbers.
pub fn candidate(number: usize) -> Outcome<Invented> {
    let chance = Chance::new("people of an exam day");
    let pick = |label: &str, from: &[&str]| {
        let at = chance.below(&format!("{label}/{number}"), from.len());
        from.get(at).map_or_else(String::new, |&text| text.to_owned())
    };
    let name = match RARE.get(number.wrapping_sub(3)) {
        Some(rare) => (*rare).to_owned(),
        None => pick("surname", &SURNAMES) + &pick("given", &GIVEN),
    };
    Ok(Invented {
        name,
        id_number: id_number(number, &pick("division", &DIVISIONS))?,
        phone: format!("199{:08}", 10_000_000 + number),
    })
}

/// The name of a member of staff.
#[must_use]
pub fn staff_name(number: usize) -> String {
    let pick =
        |from: &[&str], at: usize| from.get(at % from.len().max(1)).map_or("", |&text| text).to_owned();
    pick(&SURNAMES, number) + &pick(&GIVEN, number / 3 + number * 7)
}

/// The portrait of an invented person as JPEG, another one for each seed: the simulated camera sees the same person.
///
/// # Errors
/// If the picture cannot be written, which its size rules out.
pub fn portrait(seed: &str) -> Outcome<Vec<u8>> {
    let drawing =
        RgbImage::from_raw(face::WIDTH, face::HEIGHT, face::portrait(seed)).or_fail("a portrait")?;
    let picture = resize(&drawing, face::WIDTH * ENLARGED, face::HEIGHT * ENLARGED, FilterType::CatmullRom);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 85)
        .write_image(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .or_fail("a portrait")?;
    Ok(bytes)
}

/// Born from 1980 on, so that everybody is old enough and nobody too old; day and order follow from the number.
fn id_number(number: usize, division: &str) -> Outcome<String> {
    let small = |n: usize| u32::try_from(n).or_fail("too many people");
    let year = 1980 + i32::try_from(number % 20).or_fail("too many people")?;
    let birth = Date::from_ymd(year, 1 + small(number / 20 % 12)?, 1 + small(number / 240 % 28)?);
    let birth = birth.or_fail("a day of birth")?;
    let order = u16::try_from(number % 1000).or_fail("too many people")?;
    let made = IdNumber::make(division, &birth, order).or_fail("an identity number")?;
    Ok(made.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_people_have_different_valid_numbers() {
        let numbers: std::collections::BTreeSet<_> =
            (0..1000).map(|n| candidate(n).unwrap().id_number).collect();
        assert_eq!(numbers.len(), 1000);
        assert!(numbers.iter().all(|n| IdNumber::parse(n).is_ok()));
    }

    #[test]
    fn a_portrait_is_a_small_jpeg() {
        let bytes = portrait("a").unwrap();
        assert!(bytes.starts_with(&[0xff, 0xd8]) && bytes.len() < 60_000);
        assert_ne!(bytes, portrait("b").unwrap());
    }
}
