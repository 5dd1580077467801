//! Documents: size, text, the QR code read back from the printed page, characters that no face has.

use server::pdf::certificate::{self, Certificate};
use server::pdf::day::{self, DayPage, DaySession};
use server::pdf::fonts::{FontError, fonts};
use server::pdf::pack::{self, Pack, PackPerson, PackRoom, PackSession};
use server::pdf::room::{self, Line, RoomRecord};
use server::pdf::ticket::{self, Ticket};
use server::pdf::{PdfError, Rendered};
use shared::certificate::CertificateNumber;
use shared::certificate::code::{self, CertificateClaims};
use shared::idnumber::IdNumber;
use shared::ids::{CertificateId, TradeId};
use shared::person::Name;
use shared::time::{Date, Instant};
use std::path::Path;
use std::process::Command;

/// Most bytes of a document with a portrait.
const MOST: usize = 100_000;

#[test]
fn an_admission_ticket_is_small_and_its_text_and_code_can_be_read() {
    let Some(pdf) = made(ticket::render(&a_ticket("阿迪力·买买提"))) else { return };
    assert!(pdf.bytes.len() < MOST, "{} bytes", pdf.bytes.len());
    assert!(pdf.missing.is_empty(), "{}", pdf.missing_text());
    keep("ticket", &pdf);
    if let Some(text) = text_of(&pdf) {
        for word in
            ["准考证", "阿迪力·买买提", "2026092801-0007", "低压电工作业", "Admission ticket", "考生须知"]
        {
            assert!(text.contains(word), "{word} is not in {text}");
        }
    }
    assert_eq!(
        code_of(&pdf).as_deref().unwrap_or("kd-secret-0123456789abcdef"),
        "kd-secret-0123456789abcdef"
    );
}

#[test]
fn a_certificate_is_small_and_says_that_its_code_is_the_centres_own() {
    let certificate = a_certificate("欧阳明远");
    let Some(pdf) = made(certificate::render(&certificate)) else { return };
    assert!(pdf.bytes.len() < MOST, "{} bytes", pdf.bytes.len());
    keep("certificate", &pdf);
    if let Some(text) = text_of(&pdf) {
        let words = [
            "特种作业操作证",
            "欧阳明远",
            "T11010519491231002X",
            "电工作业",
            "低压电工作业",
            "2026-09-28",
            "2032-09-27",
        ];
        for word in words.into_iter().chain([
            "2029-09-27",
            "演示市应急管理局",
            "考试中心自有核验码",
            "not the national",
        ]) {
            assert!(text.contains(word), "{word} is not in {text}");
        }
    }
    assert_eq!(code_of(&pdf).unwrap_or_else(|| certificate.code.clone()), certificate.code);
}

#[test]
fn a_day_page_has_the_numbers_and_the_signature() {
    let Some(pdf) = made(day::render(&a_day())) else { return };
    assert!(pdf.bytes.len() < MOST, "{} bytes", pdf.bytes.len());
    keep("day", &pdf);
    if let Some(text) = text_of(&pdf) {
        for word in ["考试日清日结表", "演示第一考试点", "2026-09-28", "log-1", "应考", "SHA-256"]
        {
            assert!(text.contains(word), "{word} is not in {text}");
        }
    }
}

#[test]
fn an_emergency_pack_has_everybody_on_roster_and_plan_and_a_page_for_each_score_sheet() {
    let pack = a_pack(31);
    let Some(pdf) = made(pack::render(&pack)) else { return };
    keep("pack", &pdf);
    if let Some(text) = text_of(&pdf) {
        for word in ["应急纸质材料", "花名册", "座位图", "考场记录单", "实操评分表", "否决项"]
        {
            assert!(text.contains(word), "{word} is not in the pack");
        }
        for seat in 1..=31 {
            let name = format!("演示{seat}号");
            assert_eq!(text.matches(&name).count(), 2, "{name} stands on the roster and on the plan");
        }
        // Cover, two pages of roster, plan, record, and the sheets.
        let last = 5 + pack.sheets.len();
        assert!(text.contains(&format!("{last} / {last}")), "the pages are numbered to the last");
    }
}

#[test]
fn a_record_of_a_room_has_every_line_on_as_many_pages_as_it_needs() {
    let at = Instant::parse("2026-09-28T09:05:00+08:00").unwrap();
    let line = |n: u32| Line {
        at: at.plus_minutes(i64::from(n)),
        what: format!(
            "违纪警告：第{n}次提醒，左右张望，经监考员口头提醒后仍然没有改正，已当面告知本人并记录在案。"
        ),
        whom: Some((format!("20260928-01-{n:03}"), "王*明".to_owned())),
        by: "陆建平、祁一鸣".to_owned(),
    };
    let record = RoomRecord {
        point: ("演示第一考试点".into(), "First Demonstration Exam Point".into()),
        session: "S20260928-P01-01".into(),
        trade: "低压电工作业".into(),
        room: "R1 一号理论考场".into(),
        starts_at: at,
        released_at: Some(at),
        deadline: at.plus_minutes(120),
        counts: [30, 28, 2, 1],
        invigilators: vec!["陆建平".into(), "易海燕".into()],
        lines: (1..=40).map(line).collect(),
        made_by: "祁一鸣".into(),
        made_at: at.plus_minutes(130),
        checkpoint: Some(("kaodian/log".to_owned(), 1_234, "c2hhLTI1Ng==".to_owned())),
    };
    let Some(pdf) = made(room::render(&record)) else { return };
    keep("room-record", &pdf);
    if let Some(text) = text_of(&pdf) {
        assert_eq!(text.matches("考场记录单").count(), 3, "{text}");
        for word in ["应到 30 人", "09:06", "09:45", "20260928-01-040", "监考员签名"] {
            assert!(text.contains(word), "{word} is not in {text}");
        }
    }
}

#[test]
fn a_character_without_a_glyph_is_named_and_leaves_a_box() {
    // A private character: no installed face has it.
    let Some(pdf) = made(ticket::render(&a_ticket("王\u{F8F0}明"))) else { return };
    assert_eq!(pdf.missing_text(), "U+F8F0");
    keep("missing", &pdf);
    if let Some(text) = text_of(&pdf) {
        assert!(text.contains("F8F0"), "the number of the character is in its box");
    }
}

#[test]
fn a_rare_character_of_extension_b_is_printed_or_named() {
    let Some(pdf) = made(ticket::render(&a_ticket("\u{20BB7}\u{2A6D6}"))) else { return };
    let text = text_of(&pdf).unwrap_or_default();
    let printed = text.contains('\u{20BB7}') || text.is_empty();
    assert!(printed || pdf.missing.contains(&'\u{20BB7}'));
}

#[test]
fn what_is_no_picture_is_refused() {
    let mut ticket = a_ticket("王明");
    ticket.portrait = b"not a jpeg".to_vec();
    let refused = ticket::render(&ticket);
    assert!(matches!(refused, Err(PdfError::Picture(_) | PdfError::Font(_))));
}

/// The document, or nothing on a machine without the faces.
fn made(rendered: Result<Rendered, PdfError>) -> Option<Rendered> {
    match rendered {
        Err(PdfError::Font(e @ FontError::Missing(..))) => {
            println!("skipped: {e}");
            None
        }
        other => Some(other.unwrap()),
    }
}

/// Leaves the document where a person wants to look at it.
fn keep(name: &str, pdf: &Rendered) {
    if let Ok(dir) = std::env::var("KAODIAN_KEEP_PDF") {
        std::fs::write(Path::new(&dir).join(format!("{name}.pdf")), &pdf.bytes).unwrap();
    }
}

pub fn text_of(pdf: &Rendered) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.pdf");
    std::fs::write(&path, &pdf.bytes).unwrap();
    match Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() {
        Err(_) => {
            println!("skipped: pdftotext is not installed");
            None
        }
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8(output.stdout).unwrap())
        }
    }
}

fn code_of(pdf: &Rendered) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.pdf");
    std::fs::write(&path, &pdf.bytes).unwrap();
    let page = dir.path().join("page");
    let Ok(output) =
        Command::new("pdftoppm").args(["-r", "250", "-png", "-singlefile"]).arg(&path).arg(&page).output()
    else {
        println!("skipped: pdftoppm is not installed");
        return None;
    };
    assert!(output.status.success());
    Some(server::qr::read(&std::fs::read(page.with_extension("png")).unwrap()).unwrap())
}

fn portrait() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(480, 640, |x, y| {
        let (dx, dy) = (f64::from(x) - 240.0, f64::from(y) - 280.0);
        let head = dx * dx / 12_000.0 + dy * dy / 20_000.0 < 1.0;
        let body = y > 430 && dx.abs() < 190.0;
        if head {
            image::Rgb([225, 185, 160])
        } else if body {
            image::Rgb([60, 70, 90])
        } else {
            image::Rgb([150, 190, 230])
        }
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn a_ticket(name: &str) -> Ticket {
    Ticket {
        number: "2026092801-0007".into(),
        name: name.into(),
        id_masked: "**************002X".into(),
        portrait: portrait(),
        trade: ("低压电工作业".into(), "Low-voltage electrician".into()),
        exam_kind: "first".into(),
        session: "S20260928-P01-01".into(),
        starts_at: at("2026-09-28T09:00:00+08:00"),
        point: ("演示第一考试点".into(), "First Demonstration Exam Point".into()),
        address: "演示市考点路1号".into(),
        room: Some(("第一考场".into(), "Room 1".into())),
        seat: Some(17),
        secret: "kd-secret-0123456789abcdef".into(),
        code: "KDSE-CRET".into(),
        minutes: 120,
        enter_early_minutes: 15,
        late_minutes: 30,
        leave_after_minutes: 30,
        printed_at: at("2026-09-25T10:20:30+08:00"),
    }
}

fn a_certificate(name: &str) -> Certificate {
    let number = CertificateNumber::of(&IdNumber::parse("11010519491231002X").unwrap());
    let day = |text| Date::parse(text).unwrap();
    let claims = CertificateClaims {
        sex: number.id_number().sex(),
        number,
        name: Name::parse(name).unwrap(),
        category_zh: "电工作业".into(),
        trade_zh: "低压电工作业".into(),
        trade_id: TradeId::parse("electrician-low-voltage").unwrap(),
        first_issued: day("2026-09-28"),
        valid_from: day("2026-09-28"),
        valid_to: day("2032-09-27"),
        review_due: day("2029-09-27"),
        issuer: "演示市应急管理局".into(),
        certificate_id: CertificateId::parse("C-2026092801-0007").unwrap(),
    };
    let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
    Certificate {
        code: code::sign(&claims, "certificate-1", &key).unwrap(),
        claims,
        portrait: portrait(),
        trade_en: ("Electrical work".into(), "Low-voltage electrician".into()),
        issuer_en: "Demonstration City Emergency Management Bureau".into(),
        managers: false,
        issued_at: at("2026-09-28T16:20:00+08:00"),
    }
}

/// A session of so many in one room.
fn a_pack(people: u32) -> Pack {
    let toml = include_str!("../../../fixtures/practical/electrician-low-voltage.toml");
    let (_, sheets) = shared::wire::sheets::parse(toml).unwrap();
    let person = |seat: u32| PackPerson {
        seat: Some(seat),
        ticket: format!("20260928-{seat:04}"),
        name: format!("演示{seat}号"),
        id_masked: "**************002X".into(),
    };
    let room = PackRoom {
        code: "R01".into(),
        name: "第一考场".into(),
        seats: 36,
        people: (1..=people).map(person).collect(),
    };
    let session = PackSession {
        session: "S20260928-P01-01".into(),
        trade_id: "electrician-low-voltage".into(),
        trade: "低压电工作业".into(),
        starts_at: Instant::parse("2026-09-28T09:00:00+08:00").unwrap(),
        practical: true,
        rooms: vec![room],
    };
    Pack {
        day: "2026-09-28".into(),
        point: ("演示第一考试点".into(), "First Demonstration Exam Point".into()),
        sessions: vec![session],
        sheets: sheets.into_iter().map(|sheet| ("低压电工作业".to_owned(), sheet)).collect(),
        printed_by: "考点工作人员".into(),
        printed_at: Instant::parse("2026-09-27T18:00:00+08:00").unwrap(),
    }
}

fn a_day() -> DayPage {
    let session = |number: u32, trade: &str, time: &str, counts| DaySession {
        session: format!("S20260928-P01-0{number}"),
        trade: trade.into(),
        time: time.into(),
        counts,
    };
    DayPage {
        day: "2026-09-28".into(),
        point: "P01".into(),
        point_names: ("演示第一考试点".into(), "First Demonstration Exam Point".into()),
        sessions: vec![
            session(1, "低压电工作业", "09:00", [60, 2, 9, 48, 1]),
            session(2, "熔化焊接与热切割作业", "13:30", [30, 0, 4, 26, 0]),
        ],
        totals: [90, 2, 13, 74, 1],
        certificates: (74, 61),
        due: vec![(Some("2026-10-12".into()), 13), (None, 2)],
        blanks: [40, 18, 2, 19],
        blanks_counted: [18, 2],
        recordings: true,
        paper: true,
        explanation: "少 1 张：清点时发现出厂缺张，已报考试中心。".into(),
        closed_by: "周衡".into(),
        closed_at: at("2026-09-28T18:05:00+08:00"),
        signature: "n0q2dUQ1m9sN3x9yT6m0b2bq1kq0l6cKQW0mJr7b1r5mE2cVnD8bq8c9q0r1w2t3y4u5i6o7p8a9s0d1f2g3hA"
            .into(),
        kid: "log-1".into(),
        counts_hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
    }
}

#[test]
fn the_faces_are_parsed_once() {
    let Ok(first) = fonts() else { return println!("skipped: no font") };
    assert!(std::ptr::eq(first, fonts().unwrap()));
}
