//! Tests of the text of the QR code.

use super::*;
use crate::idnumber::IdNumber;
use proptest::prelude::*;
use std::path::PathBuf;

const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const KID: &str = "kd-2026-1";

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn keys() -> KeySet {
    let mut keys = KeySet::new();
    keys.insert(KID, key(1).verifying_key()).unwrap();
    keys
}

fn claims() -> CertificateClaims {
    let id = IdNumber::parse("11010519491231002X").unwrap();
    CertificateClaims {
        number: CertificateNumber::of(&id),
        name: Name::parse("阿卜杜拉·买买提").unwrap(),
        sex: id.sex(),
        category_zh: "危险化学品安全作业".to_owned(),
        trade_zh: "化工自动化控制仪表作业".to_owned(),
        trade_id: TradeId::parse("chemical-instrumentation").unwrap(),
        first_issued: day("2026-09-28"),
        valid_from: day("2026-09-28"),
        valid_to: day("2032-09-27"),
        review_due: day("2029-09-27"),
        issuer: "演示市应急管理局".to_owned(),
        certificate_id: CertificateId::parse("C-2026-000001").unwrap(),
    }
}

fn signed() -> String {
    sign(&claims(), KID, &key(1)).unwrap()
}

/// A text of our scheme around any payload.
fn signed_payload(payload: Vec<u8>, external: &[u8]) -> String {
    let message =
        envelope(KID, payload).create_signature(external, |data| key(1).sign(data).to_bytes().to_vec());
    write(message.build()).unwrap()
}

fn verdict(text: &str) -> (Verdict, Option<Flaw>) {
    let opened = open(text, &keys(), day("2027-01-01"));
    (opened.verdict, opened.flaw)
}

#[test]
fn the_day_decides_between_not_yet_valid_and_expired() {
    use NotEstablished::{HolderIdentity, NationalRegister, ReviewOutcome, RevocationStatus};
    let open_questions = vec![RevocationStatus, HolderIdentity, NationalRegister];
    let with_review = vec![RevocationStatus, HolderIdentity, NationalRegister, ReviewOutcome];
    let table = [
        ("2026-09-27", Verdict::NotYet, &open_questions),
        ("2026-09-28", Verdict::Valid, &open_questions),
        ("2029-09-27", Verdict::Valid, &open_questions),
        ("2029-09-28", Verdict::Valid, &with_review),
        ("2032-09-27", Verdict::Valid, &with_review),
        ("2032-09-28", Verdict::Expired, &open_questions),
    ];
    for (at, expected, not_established) in table {
        let opened = open(&signed(), &keys(), day(at));
        assert_eq!(opened.verdict, expected, "{at}");
        assert_eq!(&opened.not_established, not_established, "{at}");
        assert_eq!(opened.claims, Some(claims()));
        assert_eq!(opened.kid.as_deref(), Some(KID));
    }
}

#[test]
fn the_text_is_short_and_the_same_every_time() {
    assert_eq!(signed(), signed());
    assert!(signed().len() < 500, "{}", signed().len());
    assert!(signed().bytes().all(|b| ALPHABET.contains(&b)));
    // A text that ended in a blank would lose it on its way through files and command lines.
    assert!(!signed().ends_with(' '));
    assert_eq!(verdict(&format!(" {}\r\n", signed())).0, Verdict::Valid);
}

#[test]
fn without_the_right_key_nothing_is_claimed() {
    let other_key = sign(&claims(), KID, &key(2)).unwrap();
    let other_kid = sign(&claims(), "kd-2025", &key(1)).unwrap();
    for (text, expected) in [(other_key, Verdict::BadSignature), (other_kid, Verdict::UnknownKey)] {
        let opened = open(&text, &keys(), day("2027-01-01"));
        assert_eq!((opened.verdict, opened.claims, opened.flaw), (expected, None, None));
        assert_eq!(opened.not_established.first(), Some(&NotEstablished::Authenticity));
    }
}

#[test]
fn a_signature_for_another_purpose_does_not_fit() {
    let text = signed_payload(encode(&claims()).unwrap(), b"");
    assert_eq!(verdict(&text), (Verdict::BadSignature, None));
}

#[test]
fn a_changed_payload_does_not_fit_its_signature() {
    let mut message = read_body(signed().strip_prefix(PREFIX).unwrap()).unwrap();
    let mut changed = claims();
    changed.valid_to = day("2052-09-27");
    message.payload = Some(encode(&changed).unwrap());
    assert_eq!(verdict(&write(message).unwrap()), (Verdict::BadSignature, None));
}

#[test]
fn only_one_way_of_writing_is_taken() {
    let message = read_body(signed().strip_prefix(PREFIX).unwrap()).unwrap();
    let mut unprotected = message.clone();
    unprotected.unprotected.key_id = b"x".to_vec();
    assert_eq!(verdict(&write(unprotected).unwrap()), (Verdict::Malformed, Some(Flaw::NotCanonical)));

    let header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(KID.as_bytes().to_vec());
    let other = CoseSign1Builder::new().protected(header.build()).payload(encode(&claims()).unwrap());
    let other = other.create_signature(EXTERNAL_DATA, |data| key(1).sign(data).to_bytes().to_vec()).build();
    assert_eq!(verdict(&write(other).unwrap()), (Verdict::Malformed, Some(Flaw::NotCanonical)));

    let untagged = container::pack(&message.clone().to_vec().unwrap()).unwrap();
    assert_eq!(verdict(&format!("{PREFIX}{untagged}")), (Verdict::Malformed, Some(Flaw::Cose)));

    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut deflated, &message.to_tagged_vec().unwrap()).unwrap();
    let deflated = base45::encode(deflated.finish().unwrap());
    assert_eq!(verdict(&format!("{PREFIX}{deflated}")), (Verdict::Malformed, Some(Flaw::NotCanonical)));
}

#[test]
fn each_broken_layer_is_named() {
    let lower = signed().to_lowercase().replacen("kd1:", PREFIX, 1);
    let no_cose = format!("{PREFIX}{}", container::pack(b"\x01").unwrap());
    let no_claims = signed_payload(b"\xa0".to_vec(), EXTERNAL_DATA);
    let table = [
        (String::new(), Flaw::Scheme),
        ("https://example.org/verify?c=1".to_owned(), Flaw::Scheme),
        (signed().replacen(PREFIX, "KD2:", 1), Flaw::Scheme),
        (PREFIX.to_owned(), Flaw::Zlib),
        (lower, Flaw::Base45),
        (format!("{PREFIX}%69 VD92EX0"), Flaw::Zlib),
        (no_cose, Flaw::Cose),
        (no_claims, Flaw::Claims),
    ];
    for (text, flaw) in table {
        let opened = open(&text, &keys(), day("2027-01-01"));
        assert_eq!((opened.verdict, opened.flaw), (Verdict::Malformed, Some(flaw)), "{text}");
        assert_eq!(opened.claims, None);
    }
}

#[test]
fn claims_that_could_be_read_in_two_ways_are_not_read() {
    let good = encode(&claims()).unwrap();
    let Value::Map(map) = Value::from_slice(&good).unwrap() else { panic!("a map") };
    let mut twice = map.clone();
    twice.push(map.first().unwrap().clone());
    let mut missing = map.clone();
    missing.pop();
    let mut far = map.clone();
    far[8].1 = Value::from(i64::MAX);
    for broken in [twice, missing, far] {
        let text = signed_payload(Value::Map(broken).to_vec().unwrap(), EXTERNAL_DATA);
        assert_eq!(verdict(&text), (Verdict::Malformed, Some(Flaw::Claims)));
    }
}

#[test]
fn what_cannot_be_right_is_not_signed() {
    let refused = |change: fn(&mut CertificateClaims)| {
        let mut claims = claims();
        change(&mut claims);
        sign(&claims, KID, &key(1)).unwrap_err()
    };
    assert_eq!(refused(|c| c.issuer = String::new()), SignError::Text);
    assert_eq!(refused(|c| c.trade_zh = "长".repeat(81)), SignError::Text);
    assert_eq!(refused(|c| c.valid_to = day("2026-09-27")), SignError::Days);
    assert_eq!(sign(&claims(), "", &key(1)), Err(SignError::KeyId(KeyError::KeyId)));
}

#[test]
fn european_certificates_are_never_valid() {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata");
    let root = std::env::var_os("KAODIAN_TESTDATA").map_or_else(|| default.into(), PathBuf::from);
    let Ok(files) = std::fs::read_dir(root.join("certificate-qr")) else {
        println!("skipped: no test data in {}", root.display());
        return;
    };
    let (mut seen, mut taken_apart) = (0, 0);
    for file in
        files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "json"))
    {
        let vector = std::fs::read_to_string(&file).unwrap();
        // Base45 has neither quotes nor backslashes, so that the value ends at the next quote.
        let text = vector.split("\"PREFIX\"").nth(1).and_then(|rest| rest.split('"').nth(1)).unwrap();
        assert!(text.starts_with("HC1:"), "{}", file.display());
        let opened = open(text, &keys(), day("2022-01-01"));
        let expected = if opened.kid.is_some() { Verdict::UnknownKey } else { Verdict::Malformed };
        assert_eq!((opened.verdict, opened.claims), (expected, None), "{}", file.display());
        taken_apart += u32::from(opened.kid.is_some());
        seen += 1;
        let as_ours = text.replacen("HC1:", PREFIX, 1);
        assert_ne!(verdict(&as_ours).0, Verdict::Valid);
    }
    assert!(seen > 20 && taken_apart > 20, "{taken_apart} of {seen} taken apart");
}

proptest! {
    #[test]
    fn one_changed_character_is_never_valid(at in 0usize..1000, to in 0usize..45) {
        let good = signed();
        let mut text = good.clone().into_bytes();
        let at = at % text.len();
        text[at] = ALPHABET[to];
        let text = String::from_utf8(text).unwrap();
        prop_assume!(text != good);
        let found = verdict(&text).0;
        prop_assert!(matches!(found, Verdict::Malformed | Verdict::BadSignature | Verdict::UnknownKey), "{:?}", found);
    }

    #[test]
    fn several_changed_bits_are_never_valid(bits in proptest::collection::vec(0usize..4000, 1..6)) {
        let good = signed();
        let body = good.strip_prefix(PREFIX).unwrap();
        let mut bytes = container::unpack(body).unwrap();
        let before = bytes.clone();
        for bit in bits {
            let bit = bit % (bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        prop_assume!(bytes != before);
        let found = verdict(&format!("{PREFIX}{}", container::pack(&bytes).unwrap())).0;
        prop_assert!(matches!(found, Verdict::Malformed | Verdict::BadSignature | Verdict::UnknownKey), "{:?}", found);
    }

    #[test]
    fn no_text_makes_it_fall_over(text in "\\PC{0,60}", body in "[0-9A-Z $%*+./:-]{0,120}") {
        prop_assert_ne!(verdict(&text).0, Verdict::Valid);
        let framed = format!("{PREFIX}{body}");
        prop_assert_ne!(verdict(&framed).0, Verdict::Valid);
    }

    #[test]
    fn what_is_signed_is_opened(name in "[一-龥]{1,6}", start in 0u32..40_000, order in 0u16..1000) {
        let valid_from = day("2000-01-01").plus_days(start);
        let id = IdNumber::make("410392", &day("1986-05-16"), order).unwrap();
        let claims = CertificateClaims {
            number: CertificateNumber::of(&id),
            name: Name::parse(&name).unwrap(),
            sex: id.sex(),
            first_issued: day("1969-01-01"),
            valid_from,
            valid_to: valid_from.plus_days(2191),
            ..claims()
        };
        let opened = open(&sign(&claims, KID, &key(1)).unwrap(), &keys(), valid_from);
        prop_assert_eq!(opened.verdict, Verdict::Valid);
        prop_assert_eq!(opened.claims, Some(claims));
    }
}
