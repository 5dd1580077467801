//! Whatever somebody sends as a file or a code is read or refused, and never brings the server down: the fixtures of
//! every reader, changed at random. A few hundred each; many more with `KAODIAN_SOAK`.

use crate::small;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use server::bankfile::{Entry, Format, read, write};
use shared::bank::{Question, check};
use shared::certificate::CertificateNumber;
use shared::certificate::code::{CertificateClaims, PREFIX, open, sign};
use shared::certificate::container::{pack, unpack};
use shared::certificate::key::KeySet;
use shared::idnumber::IdNumber;
use shared::ids::{CertificateId, TradeId};
use shared::person::Name;
use shared::time::Date;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

fn runs() -> u64 {
    if std::env::var_os("KAODIAN_SOAK").is_some() { 50_000 } else { 300 }
}

/// A copy with a few bytes changed, cut out, put in or doubled.
fn mutated(file: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    const SEEDS: [&[u8]; 12] = [
        b"<",
        b">",
        b"&",
        b"\"",
        b"\0",
        b"\xff\xfe",
        b"]]>",
        b"<!DOCTYPE",
        b"**A",
        b"[\"",
        b"\r\n",
        b"\xf0\x90\x80",
    ];
    let mut bytes = file.to_vec();
    for _ in 0..rng.random_range(1..6) {
        let at = rng.random_range(0..=bytes.len());
        let end = (at + rng.random_range(0..40_usize)).min(bytes.len());
        match rng.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] = rng.random(),
            1 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            4 => drop(bytes.splice(at..at, SEEDS[rng.random_range(0..SEEDS.len())].iter().copied())),
            _ => bytes.truncate(end),
        }
    }
    bytes
}

/// Calls `reader` with changed copies of `file`; a panic of it fails the test.
fn all_are_read_or_refused(what: &str, file: &[u8], reader: impl Fn(&[u8])) {
    let mut rng = ChaCha20Rng::seed_from_u64(what.bytes().map(u64::from).sum());
    reader(file);
    for _ in 0..runs() {
        reader(&mutated(file, &mut rng));
    }
}

fn bank(name: &'static str) -> impl Fn(&[u8]) {
    move |bytes| {
        if let Ok(file) = read(name, bytes) {
            let report = check(&file.rows);
            assert_eq!(report.read, report.accepted.len() + report.refused.len());
        }
    }
}

/// Some questions of the fixtures, as few as make a small file.
fn questions() -> Vec<Question> {
    let file = read("bank.json", &small::fixture("banks/welding-fusion.json")).unwrap();
    check(&file.rows).accepted.into_iter().map(|(_, question)| question).step_by(20).collect()
}

fn written(format: Format) -> Vec<u8> {
    let questions = questions();
    let entries: Vec<Entry<'_>> =
        questions.iter().map(|question| Entry { question, trade: Some("熔化焊接与热切割作业") }).collect();
    write(format, &entries, &BTreeMap::new()).unwrap()
}

/// The files of a ZIP.
fn unzipped(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut load = |name: &str| {
        let mut content = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        content
    };
    names.into_iter().map(|name| (name.clone(), load(&name))).collect()
}

fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn bank_files_of_every_form_are_read_or_refused() {
    let forms = [
        (Format::Json, "bank.json"),
        (Format::Csv, "bank.csv"),
        (Format::Xlsx, "bank.xlsx"),
        (Format::Qti3, "bank.zip"),
    ];
    for (format, name) in forms {
        all_are_read_or_refused(name, &written(format), bank(name));
    }
    let (gb18030, _, _) =
        encoding_rs::GB18030.encode("试题类型,题目内容,题目选项,题目答案\n单选题,问,**A、甲**B、乙,A\n");
    all_are_read_or_refused("gb18030", &gb18030, bank("bank.csv"));
}

#[test]
fn what_is_inside_a_zip_is_read_or_refused() {
    for (format, name) in [(Format::Xlsx, "bank.xlsx"), (Format::Qti3, "bank.zip")] {
        let files = unzipped(&written(format));
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let reader = bank(name);
        for _ in 0..runs() {
            let mut changed = files.clone();
            let at = rng.random_range(0..changed.len());
            changed[at].1 = mutated(&changed[at].1, &mut rng);
            reader(&zipped(&changed));
        }
    }
    let item =
        unzipped(&written(Format::Qti3)).into_iter().find(|(name, _)| name.starts_with("items/")).unwrap().1;
    all_are_read_or_refused("item", &item, bank("item.xml"));
}

#[test]
fn lists_of_staff_are_read_or_refused() {
    let list =
        server::poolfile::template() + "J001,张三,T01,,P01,510100,2027-01-01,,电工,zh,2026-09-28,是\r\n";
    all_are_read_or_refused("pool.csv", list.as_bytes(), |bytes| {
        drop(server::poolfile::read("pool.csv", bytes));
    });
}

#[test]
fn identity_numbers_and_certificate_codes_are_read_or_refused() {
    all_are_read_or_refused("identity number", b"11010519491231002X", |bytes| {
        drop(IdNumber::parse(&String::from_utf8_lossy(bytes)));
    });
    let code = certificate_code();
    let at = Date::parse("2026-09-28").unwrap();
    let judge = |text: &str| drop(open(text, &KeySet::new(), at));
    all_are_read_or_refused("certificate code", code.as_bytes(), |bytes| {
        judge(&String::from_utf8_lossy(bytes))
    });
    // What is inside the outer layers, which a change outside would never reach.
    all_are_read_or_refused(
        "certificate envelope",
        &unpack(code.strip_prefix(PREFIX).unwrap()).unwrap(),
        |bytes| {
            if let Some(text) = pack(bytes) {
                judge(&format!("{PREFIX}{text}"));
            }
        },
    );
}

fn certificate_code() -> String {
    let id = IdNumber::parse("11010519491231002X").unwrap();
    let day = |text: &str| Date::parse(text).unwrap();
    let claims = CertificateClaims {
        number: CertificateNumber::of(&id),
        name: Name::parse("王小明").unwrap(),
        sex: id.sex(),
        category_zh: "电工作业".to_owned(),
        trade_zh: "低压电工作业".to_owned(),
        trade_id: TradeId::parse("electrician-low-voltage").unwrap(),
        first_issued: day("2026-09-28"),
        valid_from: day("2026-09-28"),
        valid_to: day("2032-09-27"),
        review_due: day("2029-09-27"),
        issuer: "演示市应急管理局".to_owned(),
        certificate_id: CertificateId::parse("C-2026-000001").unwrap(),
    };
    sign(&claims, "kd-2026-1", &ed25519_dalek::SigningKey::from_bytes(&[1; 32])).unwrap()
}
