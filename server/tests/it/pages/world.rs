//! An exam day that is under way, told as facts.

use crate::harness::{Backend, TestApp, world_of_demo};
use server::event::*;
use shared::time::Instant;
use shared::wire::v1::journal::{CheckInBy, CompareVerdict, GENESIS, JournalEntry, KioskFact};

/// The session of the day.
pub const SESSION: &str = "S20260928-P01-01";
/// Ticket numbers begin so; the number follows.
pub const TICKET: &str = "20260928-01-";
/// The practical sheets of everybody.
const SHEETS: &str = r#"["K1-1","K2-1","K3-1","K4-1"]"#;
/// Candidates of the session.
const CANDIDATES: u32 = 12;

/// The demo world on SQLite.
pub fn demo() -> TestApp {
    let app = TestApp::open(Backend::Sqlite).unwrap();
    world_of_demo(&app);
    app
}

/// A bank with sets, and a question of it that was written with a picture: their ids.
pub fn a_bank(app: &TestApp) -> (String, String) {
    use image::{DynamicImage, ImageFormat, RgbImage};
    use server::app::banks::{Incoming, take_in};
    use server::app::questions::{Written, keep_picture, write};
    use server::app::sets::{SetsOrder, assemble};
    let centre = crate::harness::person(app, "centre");
    let file = crate::small::fixture("banks/welding-fusion.json");
    let bank =
        server::app::banks::import(app, &centre, "welding-fusion", "bank.json", &file, None).unwrap().bank;
    assemble(app, &centre, "welding-fusion", SetsOrder { bank: bank.clone(), rule_set: None }, None).unwrap();
    let practice = crate::small::fixture("practice/welding-fusion.json");
    let incoming =
        Incoming { trade: "welding-fusion", file_name: "practice.json", file: &practice, practice: true };
    take_in(app, &Actor::System("test"), incoming, None).unwrap();
    let mut picture = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(9, 9)).write_to(&mut picture, ImageFormat::Png).unwrap();
    let written = Written {
        kind: "true_false".to_owned(),
        title: "如图所示为禁止合闸的标志。".to_owned(),
        right: "A".to_owned(),
        picture: Some(keep_picture(app, &picture.into_inner()).unwrap()),
        ..Written::default()
    };
    let question = write(app, &centre, &bank, &written, None).unwrap().question;
    (bank, question)
}

/// A key of a question of published sets that somebody says was wrong; it waits for a second person.
pub fn a_correction(app: &TestApp) -> String {
    use server::app::regrade::{KeyOrder, propose};
    let order = KeyOrder { right: "B".to_owned(), reason: "答案写反了".to_owned() };
    let question = ("bank-welding-fusion", "q-welding-fusion-1-001");
    propose(app, &crate::harness::person(app, "centre"), question, &order, None).unwrap().correction
}

/// The tenth candidate has asked that the result be looked at again.
pub fn a_review(app: &TestApp) -> String {
    let (review, text) = ("V1".to_owned(), app.sealer.seal("review.text", "第十题答案不对").unwrap());
    tell(app, vec![Fact::ReviewAsked(ReviewAsked { review: review.clone(), ticket: ticket(10), text })]);
    review
}

/// Sets the clock to 11:30 of the day and tells what has happened: 1 has not come, 2 and 3 are checked in, 4 and 5
/// wait, 6 is admitted, 7 and 8 are at the paper, 9 has passed the theory, 10 has failed it, 11 has the certificate,
/// 12 did not come. Another session of the day has neither seats nor staff, one next week has seats.
pub fn an_exam_day(app: &TestApp) {
    app.at("2026-09-28T08:00:00+08:00");
    let mut facts = vec![
        opened(SESSION, "P01", "electrician-low-voltage", "2026-09-28T09:00:00+08:00"),
        opened("S20260928-P01-02", "P01", "welding-fusion", "2026-09-28T14:00:00+08:00"),
        opened("S20261008-P02-01", "P02", "height-installation", "2026-10-08T09:00:00+08:00"),
        Fact::KioskAnnounced(KioskAnnounced {
            kiosk: "K01".into(),
            point: "P01".into(),
            code_hash: "none".into(),
            code_until: 0,
        }),
    ];
    facts.push(Fact::DrawCommitted(DrawCommitted {
        ceremony: format!("{SESSION}.seats.1"),
        stage: "seats".into(),
        subject: SESSION.into(),
        round: 1,
        party: "examination centre".into(),
        commitment: "0".repeat(64),
        secret: None,
    }));
    facts.extend((1..=CANDIDATES).map(|n| enrolled(app, SESSION, &ticket(n), n)));
    facts.push(Fact::DrawMade(DrawMade {
        draw: "d1".into(),
        purpose: "seating".into(),
        subject: SESSION.into(),
        visible_from: i64::MAX,
        transcript: app.sealer.seal("draw", "{}").unwrap(),
        ceremony: None,
        basis: None,
    }));
    facts.push(enrolled(app, "S20260928-P01-02", "20260928-02-1", 13));
    facts.push(Fact::SessionSeated(SessionSeated {
        session: SESSION.into(),
        seating_draw: "d1".into(),
        sets_draw: "d2".into(),
        sheets_draw: None,
        seats: (1..=CANDIDATES).map(|n| seat(app, n)).collect(),
    }));
    facts.push(Fact::StaffDrawn(StaffDrawn {
        session: SESSION.into(),
        draw: "d3".into(),
        duties: [
            ("R01-1", "invigilator", "E001"),
            ("S1-1", "examiner", "E032"),
            ("L", "lead_examiner", "E033"),
        ]
        .map(|(post, kind, staff)| DutyRecord {
            post: post.into(),
            post_kind: kind.into(),
            place: "R01".into(),
            staff: staff.into(),
        })
        .to_vec(),
    }));
    tell(app, facts);
    at_the_kiosk(app);
    in_the_rooms(app);
}

fn at_the_kiosk(app: &TestApp) {
    let picture = app.blobs.put(&picture()).unwrap();
    let mut seq = 0;
    let mut kiosk = |fact: KioskFact| {
        seq += 1;
        app.clock.advance(20);
        let at = app.clock.now().millis();
        let entry =
            JournalEntry { seq, at, offset_ms: 0, prev: GENESIS.into(), hash: format!("{seq}"), fact };
        tell(app, vec![Fact::KioskEntry(KioskEntry { kiosk: "K01".into(), entry, dead: None })]);
    };
    for n in 2..CANDIDATES {
        let ticket = ticket(n);
        let by = [CheckInBy::Card, CheckInBy::TicketQr, CheckInBy::IdNumber][n as usize % 3];
        kiosk(KioskFact::CheckedIn { session: SESSION.into(), ticket: ticket.clone(), by });
        if n == 2 {
            continue;
        }
        kiosk(KioskFact::Photographed { ticket: ticket.clone(), blob: picture.clone(), judged: None });
        if n == 3 {
            let (verdict, staff) = (CompareVerdict::Different, "point".to_owned());
            kiosk(KioskFact::Compared { ticket, verdict, staff });
            continue;
        }
        let (verdict, staff) = (CompareVerdict::Same, "point".to_owned());
        kiosk(KioskFact::Compared { ticket: ticket.clone(), verdict, staff });
        kiosk(KioskFact::Queued { ticket: ticket.clone(), number: n, place: None });
        if n != 5 {
            kiosk(KioskFact::Called { ticket: ticket.clone(), window: "一号窗口".into(), count: 1 });
        }
        if n > 5 {
            kiosk(KioskFact::Admitted { ticket });
        }
    }
}

fn in_the_rooms(app: &TestApp) {
    app.at("2026-09-28T09:00:00+08:00");
    let mut facts = vec![Fact::RoomReleased(RoomReleased { session: SESSION.into(), room: "R01".into() })];
    facts.extend((7..CANDIDATES).map(|n| {
        let deadline = Instant::parse("2026-09-28T11:00:00+08:00").unwrap().millis();
        Fact::SeatEntered(SeatEntered {
            ticket: ticket(n),
            token: format!("t{n}"),
            room: "R01".into(),
            seat: n,
            deadline,
        })
    }));
    tell(app, facts);
    app.at("2026-09-28T10:12:00+08:00");
    tell(app, vec![ended(9, 91), ended(10, 76), ended(11, 88)]);
    let absent = Fact::AbsenceRecorded(AbsenceRecorded { ticket: ticket(12) });
    let passed = PracticalEnded { ticket: ticket(11), hundredths: 8640, veto: false, passed: true };
    app.at("2026-09-28T11:20:00+08:00");
    tell(app, vec![absent, Fact::PracticalEnded(passed), certificate(app)]);
    app.at("2026-09-28T11:30:00+08:00");
}

fn ticket(number: u32) -> String {
    format!("{TICKET}{number}")
}

fn tell(app: &TestApp, facts: Vec<Fact>) {
    let at = app.clock.now();
    let write = move |conn: &mut server::db::Conn| {
        for fact in facts {
            let event = Event::new(at, Actor::System("test"), fact).under("national@2026.1");
            server::db::events::append(conn, &event)?;
        }
        Ok::<(), server::db::DbError>(())
    };
    app.db.write(write).unwrap();
}

fn opened(session: &str, point: &str, trade: &str, starts_at: &str) -> Fact {
    let start = Instant::parse(starts_at).unwrap();
    Fact::SessionOpened(SessionOpened {
        session: session.into(),
        point: point.into(),
        trade: trade.into(),
        exam_kind: "first".into(),
        starts_at: start.millis(),
        day: start.date_in_china().to_string(),
        language: None,
    })
}

fn enrolled(app: &TestApp, session: &str, ticket: &str, number: u32) -> Fact {
    Fact::CandidateEnrolled(CandidateEnrolled {
        session: session.into(),
        ticket: ticket.into(),
        registration: format!("R-{number:04}"),
        person: format!("N-{number:04}"),
        secret: app.sealer.seal("ticket.secret", ticket).unwrap(),
        secret_index: app.sealer.index("ticket_secret", ticket),
    })
}

fn seat(app: &TestApp, number: u32) -> SeatRecord {
    let paper =
        PaperRecord { set: "electrician-low-voltage-set-2".into(), number: 2, points: 1, items: Vec::new() };
    SeatRecord {
        ticket: ticket(number),
        room: "R01".into(),
        seat: number,
        paper: app.sealer.seal("paper", &serde_json::to_string(&paper).unwrap()).unwrap(),
        sheets: app.sealer.seal("sheets", SHEETS).unwrap(),
    }
}

fn ended(number: u32, points: u32) -> Fact {
    Fact::TheoryEnded(TheoryEnded {
        ticket: ticket(number),
        how: "handed_in".into(),
        last_seq: 100,
        answers_hash: "none".into(),
        answered: 100,
        points,
        total: 100,
        passed: points >= 80,
        practical_follows: true,
    })
}

fn certificate(app: &TestApp) -> Fact {
    Fact::CertificateIssued(CertificateIssued {
        certificate: "C-0001".into(),
        ticket: ticket(11),
        person: "N-0011".into(),
        trade: "electrician-low-voltage".into(),
        exam_kind: "first".into(),
        valid_from: "2026-09-28".into(),
        valid_to: "2032-09-27".into(),
        review_due: Some("2029-09-27".into()),
        due: Some("2026-10-12".into()),
        code: app.sealer.seal("certificate.code", "none").unwrap(),
        pdf: "0".repeat(64),
    })
}

fn picture() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(240, 320, |x, y| image::Rgb([90, (x / 2) as u8, (y / 2) as u8]));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}
