//! A small day: one session, a handful of candidates with valid identity numbers, two certificates.

use kiosk::device::portrait::{jpeg, portrait};
use kiosk::digest::{Digest, IndexKey};
use shared::idnumber::IdNumber;
use shared::time::{Date, Instant};
use shared::wire::v1::bundle::{
    BundleCandidate, BundleCertificate, BundleNumbers, BundlePlace, BundleSession, BundleStaff, DayBundle,
};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

pub const INDEX_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// A member of staff.
pub const STAFF: &str = "staff-1";
/// Another one.
pub const WITNESS: &str = "staff-2";
pub const PDF: &[u8] = b"%PDF-1.4 not really";

pub fn id_number(candidate: u16) -> String {
    let birth = Date::parse("1990-05-17").unwrap();
    IdNumber::make("110105", &birth, candidate * 2 + 1).unwrap().as_str().to_owned()
}

pub fn ticket(candidate: u16) -> String {
    format!("T{candidate:04}")
}

pub fn secret(candidate: u16) -> String {
    format!("secret-of-candidate-{candidate}")
}

pub fn certificate(candidate: u16) -> String {
    format!("C{candidate:04}")
}

/// Drawing takes its time, and every test wants the same few.
pub fn portrait_of(candidate: u16) -> Vec<u8> {
    static DRAWN: LazyLock<Mutex<HashMap<u16, Vec<u8>>>> = LazyLock::new(Mutex::default);
    let draw = || jpeg(&portrait(&format!("candidate {candidate}"))).unwrap();
    DRAWN.lock().unwrap().entry(candidate).or_insert_with(draw).clone()
}

pub fn rules() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/rules/national-2026.1.toml");
    std::fs::read_to_string(path).unwrap()
}

/// A day for `kiosk` with this many candidates, whose session starts at `starts_at`.
pub fn day(kiosk: &str, candidates: u16, starts_at: Instant, revision: i64) -> DayBundle {
    let key = IndexKey::parse(INDEX_KEY).unwrap();
    let candidate = |number: u16| BundleCandidate {
        ticket: ticket(number),
        id_index: key.index(&id_number(number)).to_string(),
        secret_index: key.index(&secret(number)).to_string(),
        name_masked: format!("王*{number}"),
        id_masked: "110105********0019".to_owned(),
        room: "R1".to_owned(),
        room_zh: "第一考场".to_owned(),
        room_en: "Room 1".to_owned(),
        seat: u32::from(number),
        portrait: Digest::of(&portrait_of(number)).to_string(),
    };
    let ready = |number: u16| BundleCertificate {
        certificate: certificate(number),
        ticket: ticket(number),
        name_masked: format!("王*{number}"),
        due: Some("2026-10-13".to_owned()),
        pdf: Digest::of(PDF).to_string(),
        printed: false,
        working_days: Some(5),
        lease: None,
        releases: 0,
        received: false,
    };
    DayBundle {
        version: 1,
        revision,
        kiosk: kiosk.to_owned(),
        point: "P1".to_owned(),
        point_zh: "第一考点".to_owned(),
        point_en: "Exam point 1".to_owned(),
        day: starts_at.date_in_china().to_string(),
        issued_at: starts_at.millis(),
        controlled_clock: true,
        index_key: INDEX_KEY.to_owned(),
        rule_sets: vec![rules()],
        sessions: vec![BundleSession {
            session: "S1".to_owned(),
            rule_set: "national@2026.1".to_owned(),
            trade: "electrician-low-voltage".to_owned(),
            trade_zh: "低压电工作业".to_owned(),
            trade_en: "Low-voltage electrician".to_owned(),
            starts_at: starts_at.millis(),
            candidates: (1..=candidates).map(candidate).collect(),
        }],
        certificates: vec![ready(1), ready(2)],
        places: [
            ("room:R1", "第一考场", "Room 1"),
            ("room:R2", "第二考场", "Room 2"),
            ("station:E1", "一号工位", "Station 1"),
        ]
        .map(|(place, zh, en)| BundlePlace {
            place: place.to_owned(),
            name_zh: zh.to_owned(),
            name_en: en.to_owned(),
        })
        .to_vec(),
        numbers: Some(BundleNumbers { first: 1, last: 999 }),
        staff: [(STAFF, "桂思远"), (WITNESS, "项南")]
            .map(|(login, name)| BundleStaff { login: login.to_owned(), name: name.to_owned() })
            .to_vec(),
        kiosks: vec![kiosk.to_owned()],
        blanks: None,
    }
}
