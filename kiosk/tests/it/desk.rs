//! Certificates at the desk: on the kiosk's own blanks alone, by one kiosk alone, and signed for.

use super::centre::Centre;
use super::site::{Running, Site};
use super::world;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{GrayImage, ImageFormat, Luma};
use kiosk::digest::Digest;
use serde_json::{Value, json};
use shared::wire::v1::bundle::{BundleBlanks, DayBundle};
use shared::wire::v1::journal::KioskFact;
use std::io::Cursor;

/// A kiosk with a day on which this was changed.
fn with(change: impl FnOnce(&mut DayBundle)) -> (Centre, Site, Running) {
    let centre = Centre::with_day(2);
    change(centre.books().bundle.as_mut().unwrap());
    let site = Site::new(&centre);
    let kiosk = site.start();
    kiosk.sync();
    (centre, site, kiosk)
}

fn print(kiosk: &Running, certificate: &str, blank: &str) -> Value {
    kiosk.post("/api/print", json!({"certificate": certificate, "blank": blank})).1
}

fn png(ink: bool) -> Vec<u8> {
    let shade = |x: u32, y: u32| if ink && x / 4 == y { Luma([0]) } else { Luma([255]) };
    let mut bytes = Vec::new();
    GrayImage::from_fn(200, 60, shade).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

#[test]
fn a_kiosk_prints_on_the_blanks_of_its_share_alone_and_says_how_many_are_left() {
    let (_centre, _site, kiosk) = with(|day| {
        day.blanks = Some(vec![BundleBlanks { from: "A0001".into(), to: "A0012".into() }]);
    });
    for outside in ["A0013", "A001", "B0001"] {
        assert_eq!(print(&kiosk, "C0001", outside)["code"], "blank_outside", "{outside}");
    }
    kiosk.scenario(json!({"printer": "broken"}));
    assert_eq!(print(&kiosk, "C0001", "A0001")["outcome"], "failed");
    kiosk.scenario(json!({"printer": "ok"}));
    assert_eq!(print(&kiosk, "C0001", "A0001")["code"], "blank_used");
    assert_eq!(print(&kiosk, "C0001", "A0002")["outcome"], "printed");
    let blanks = kiosk.state()["blanks"].clone();
    let expected = json!({
        "shares": ["A0001–A0012"], "given": 12, "printed": 1, "spoiled": 1, "open": 0, "left": 10, "few": true,
        "next": "A0003",
    });
    assert_eq!(blanks, expected);
    for (page, words) in
        [("/desk?tab=prints", "空白证只剩 10 张"), ("/desk?tab=prints&lang=en", "Only 10 blanks left")]
    {
        assert!(kiosk.get(page).1.contains(words), "{page}");
    }
}

#[test]
fn a_certificate_that_another_kiosk_prints_or_was_left_to_it_is_not_printed_here() {
    let (centre, site, kiosk) = with(|day| {
        day.kiosks = vec!["K1".into(), "K2".into()];
        day.certificates[0].lease = Some("K2".into());
        day.certificates[1].lease = Some("K1".into());
    });
    assert_eq!(print(&kiosk, "C0001", "A1")["code"], "lease_elsewhere");
    let release = |to: &str| {
        let body = json!({"certificate": "C0002", "to": to, "staff": world::STAFF});
        kiosk.post("/api/release", body).1
    };
    assert_eq!(release("K9")["code"], "kiosk_unknown");
    assert_eq!(release("K1")["code"], "kiosk_unknown", "not to itself");
    assert_eq!(release("K2")["to"], "K2");
    assert_eq!(print(&kiosk, "C0002", "A1")["code"], "lease_elsewhere");
    kiosk.kill();
    // Nor after a kill, with the bundle of before.
    let kiosk = site.start();
    assert_eq!(print(&kiosk, "C0002", "A1")["code"], "lease_elsewhere");
    // The other kiosk leaves it back, and the centre knows of both.
    {
        let mut books = centre.books();
        let day = books.bundle.as_mut().unwrap();
        day.revision += 1;
        day.certificates[1].releases = 1;
    }
    kiosk.sync();
    assert_eq!(print(&kiosk, "C0002", "A1")["outcome"], "printed");
}

#[test]
fn whoever_gets_a_certificate_signs_for_it_once_and_the_signature_reaches_the_centre() {
    let (centre, _site, kiosk) = with(|_| {});
    let receive = |certificate: &str, more: Value| {
        let mut body = json!({"certificate": certificate, "staff": world::STAFF});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        kiosk.post("/api/receive", body).1
    };
    let signature = STANDARD.encode(png(true));
    let signed = || receive("C0001", json!({"signature": signature}));
    assert_eq!(signed()["code"], "not_printed");
    for certificate in ["C0001", "C0002"] {
        assert_eq!(print(&kiosk, certificate, &format!("A-{certificate}"))["outcome"], "printed");
    }
    for (name, more) in [
        ("nothing", json!({})),
        ("both", json!({"signature": signature, "witness": world::WITNESS})),
        ("an empty glass", json!({"signature": STANDARD.encode(png(false))})),
        ("no picture", json!({"signature": STANDARD.encode(b"GIF89a")})),
        ("no base64", json!({"signature": "???"})),
    ] {
        assert_eq!(receive("C0001", more)["code"], "signature_missing", "{name}");
    }
    assert_eq!(signed()["received"], true);
    assert_eq!(signed()["code"], "already_received");
    for nobody in [world::STAFF, "stranger"] {
        assert_eq!(receive("C0002", json!({"witness": nobody}))["code"], "witness_needed", "{nobody}");
    }
    assert_eq!(receive("C0002", json!({"witness": world::WITNESS}))["received"], true);
    assert!(kiosk.state()["certificates"].as_array().unwrap().iter().all(|c| c["received"] == true));
    assert!(kiosk.get("/desk?tab=prints&lang=en").1.contains("handed over"));
    // A second copy is signed for again.
    let again = json!({"certificate": "C0001", "blank": "A9", "reprint": true, "reason": "lost"});
    assert_eq!(kiosk.does("/api/print", again)["outcome"], "printed");
    assert_eq!(kiosk.state()["certificates"][0]["received"], false);
    kiosk.sync();
    let books = centre.books();
    let digest = Digest::of(&png(true)).to_string();
    assert_eq!(books.blobs[&digest], png(true));
    let receipts: Vec<_> = books
        .entries
        .iter()
        .filter(|e| matches!(e.fact, KioskFact::Received { .. }))
        .map(|e| &e.fact)
        .collect();
    let by = |certificate: &str, signature: Option<&str>, witness: Option<&str>| KioskFact::Received {
        certificate: certificate.into(),
        staff: world::STAFF.into(),
        signature: signature.map(Into::into),
        witness: witness.map(Into::into),
    };
    let expected = [by("C0001", Some(&digest), None), by("C0002", None, Some(world::WITNESS))];
    assert_eq!(receipts, expected.iter().collect::<Vec<_>>());
}

#[test]
fn last_days_are_said_in_words_and_what_is_late_comes_first() {
    let (_centre, _site, kiosk) = with(|day| {
        let today = shared::time::Date::parse(&day.day).unwrap();
        day.certificates[0].due = Some(today.plus_days(1).to_string());
        day.certificates[1].due = Some(today.minus_days(2).to_string());
        day.certificates[1].working_days = Some(3);
    });
    for (page, late, soon, limit) in [
        ("/desk?tab=prints", "已逾期 2 天", "明天到期", "3 个工作日"),
        ("/desk?tab=prints&lang=en", "late by 2 d", "due tomorrow", "3 working days"),
    ] {
        let text = kiosk.get(page).1;
        let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
        assert!(at(late) < at(soon) && at(limit) < at(soon), "{page}");
    }
}
