//! A session of thousands: written as events, without draws, so that everybody has a seat and a paper at once.

use super::Outcome;
use server::app::App;
use server::db::{Conn, DbError, events};
use server::event::*;
use server::portrait;
use shared::time::Instant;

/// Start of the session.
pub const START: &str = "2026-09-28T09:00:00+08:00";
/// Seats of a room.
pub const ROOM: u32 = 50;
/// Questions of a paper.
pub const QUESTIONS: u32 = 100;
/// Id of the session.
pub const SESSION: &str = "S20260928-P01-01";
const TRADE: &str = "electrician-low-voltage";

/// Room and seat of an examinee.
pub fn place(number: u32) -> (String, u32) {
    (format!("R{:03}", (number - 1) / ROOM + 1), (number - 1) % ROOM + 1)
}

/// Text of the QR code on an examinee's admission ticket.
pub fn secret(number: u32) -> String {
    format!("secret-of-{number}")
}

/// An examinee's ticket number.
pub fn ticket(number: u32) -> String {
    format!("20260928-P01-01-{number:04}")
}

/// Writes a session of so many examinees, each with a seat and a paper.
pub fn seat_all(app: &App, examinees: u32) -> Outcome<()> {
    let rooms = examinees.div_ceil(ROOM);
    write(app, base(rooms)?)?;
    write(app, questions(app)?)?;
    let opened = SessionOpened {
        session: SESSION.into(),
        point: "P01".into(),
        trade: TRADE.into(),
        exam_kind: "first".into(),
        starts_at: Instant::parse(START)?.millis(),
        day: "2026-09-28".into(),
        language: None,
    };
    write(app, vec![Fact::SessionOpened(opened)])?;
    // One picture for all: what is measured does not look at it.
    let portrait = app.blobs.put(&portrait::encode(&portrait::portrait("bench"))?)?;
    let numbers: Vec<u32> = (1..=examinees).collect();
    for some in numbers.chunks(250) {
        let facts =
            some.iter().map(|number| candidate(app, *number, &portrait)).collect::<Outcome<Vec<_>>>()?;
        write(app, facts.into_iter().flatten().collect())?;
    }
    let seats = numbers.iter().map(|number| seat(app, *number)).collect::<Outcome<Vec<_>>>()?;
    let seated = SessionSeated {
        session: SESSION.into(),
        seating_draw: "draw-2".into(),
        sets_draw: "draw-3".into(),
        sheets_draw: None,
        seats,
    };
    write(app, vec![Fact::SessionSeated(seated)])
}

/// Writes facts in one transaction.
pub fn write(app: &App, facts: Vec<Fact>) -> Outcome<()> {
    let now = app.clock.now();
    let all = move |conn: &mut Conn| {
        for fact in facts {
            events::append(conn, &Event::new(now, Actor::System("bench"), fact).under("national@2026.1"))?;
        }
        Ok::<_, DbError>(())
    };
    Ok(app.db.write(all)?)
}

fn base(rooms: u32) -> Outcome<Vec<Fact>> {
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/rules/national-2026.1.toml");
    let room = |number: u32| {
        let code = format!("R{number:03}");
        RoomRecord { name_zh: code.clone(), name_en: code.clone(), code, seats: ROOM }
    };
    Ok(vec![
        Fact::RuleSetLoaded(RuleSetLoaded {
            id: "national@2026.1".into(),
            in_force_from: "2026-01-01".into(),
            hash: "bench".into(),
            toml: std::fs::read_to_string(rules)?,
        }),
        Fact::TradeLoaded(TradeLoaded {
            id: TRADE.into(),
            category: "electrician".into(),
            category_zh: "电工作业".into(),
            category_en: "Electrical work".into(),
            name_zh: "低压电工作业".into(),
            name_en: "Low-voltage electrician".into(),
            trade_kind: "operation".into(),
            national_system: false,
            min_education: "junior".into(),
            theory_hours: Some(88),
            practical_hours: Some(60),
            total_hours: None,
            review_hours: 8,
            practical: false,
        }),
        Fact::OrganisationAdded(OrganisationAdded {
            id: "T01".into(),
            organisation_kind: "training".into(),
            name_zh: "培训学校".into(),
            name_en: "Training school".into(),
        }),
        Fact::PointAdded(PointAdded {
            id: "P01".into(),
            name_zh: "第一考点".into(),
            name_en: "First exam point".into(),
            district: "110101".into(),
            address_zh: "一路一号".into(),
            rooms: (1..=rooms).map(room).collect(),
            stations: Vec::new(),
        }),
        Fact::KioskAnnounced(KioskAnnounced {
            kiosk: "K01".into(),
            point: "P01".into(),
            code_hash: "none".into(),
            code_until: 0,
        }),
    ])
}

/// 70 true/false and 30 single choice, as the rule set has them.
fn questions(app: &App) -> Outcome<Vec<Fact>> {
    let mut questions = Vec::new();
    for number in 1..=QUESTIONS {
        let (kind, choices): (_, &[&str]) = match number {
            1..=70 => ("true_false", &["正确", "错误"]),
            _ => ("single", &["切断电源", "通知值班人员", "悬挂标示牌", "装设接地线"]),
        };
        let body = QuestionBody {
            title: format!("第{number}题：在低压配电装置上检修之前，应当先做的是（ ）。"),
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
            answer: "A".to_owned(),
            reason: String::new(),
            subject: "安全".to_owned(),
            key_point: String::new(),
            difficulty: None,
            picture: None,
        };
        questions.push(QuestionRecord {
            id: format!("q{number}"),
            row: number,
            question_kind: kind.into(),
            usable: true,
            body: app.sealer.seal("question.body", &serde_json::to_string(&body)?)?,
        });
    }
    let ids: Vec<String> = questions.iter().map(|question| question.id.clone()).collect();
    let ids = app.sealer.seal("set.questions", &serde_json::to_string(&ids)?)?;
    let set = SetRecord { id: "set-1".into(), number: 1, questions: ids };
    Ok(vec![
        Fact::BankImported(BankImported {
            bank: "bank-1".into(),
            trade: TRADE.into(),
            file_name: "bank.json".into(),
            file_hash: "bench".into(),
            read: QUESTIONS,
            report: r#"{"read":0,"accepted":0,"refused":[],"suspect":[]}"#.into(),
            questions,
            practice: false,
        }),
        Fact::SetsAssembled(SetsAssembled {
            trade: TRADE.into(),
            bank: "bank-1".into(),
            draw: "draw-1".into(),
            points: 1,
            sets: vec![set],
        }),
    ])
}

fn candidate(app: &App, number: u32, portrait: &str) -> Outcome<Vec<Fact>> {
    let (person, registration) = (format!("p{number}"), format!("g{number}"));
    Ok(vec![
        Fact::PersonRegistered(PersonRegistered {
            person: person.clone(),
            id_index: format!("index-{number}"),
            id_number: app.sealer.seal("person.id_number", "11010519491231002X")?,
            name: app.sealer.seal("person.name", "王小明")?,
            phone: None,
        }),
        Fact::RegistrationAdded(RegistrationAdded {
            registration: registration.clone(),
            person: person.clone(),
            trade: TRADE.into(),
            exam_kind: "first".into(),
            institution: "T01".into(),
            employer: None,
            education: "junior".into(),
            theory_hours: 88,
            practical_hours: 60,
            health_promise: true,
            applied_on: "2026-09-01".into(),
            first_issued_on: None,
            portrait: portrait.to_owned(),
        }),
        Fact::CandidateEnrolled(CandidateEnrolled {
            session: SESSION.into(),
            ticket: ticket(number),
            registration,
            person,
            secret: app.sealer.seal("ticket.secret", &secret(number))?,
            secret_index: app.sealer.index("ticket_secret", &secret(number)),
        }),
    ])
}

fn seat(app: &App, number: u32) -> Outcome<SeatRecord> {
    let item = |n: u32| PaperItemRecord {
        question: format!("q{n}"),
        options: if n <= 70 { vec![0, 1] } else { vec![2, 0, 3, 1] },
    };
    let items = (1..=QUESTIONS).map(item).collect();
    let paper = PaperRecord { set: "set-1".into(), number: 1, points: 1, items };
    let (room, seat) = place(number);
    Ok(SeatRecord {
        ticket: ticket(number),
        room,
        seat,
        paper: app.sealer.seal("paper", &serde_json::to_string(&paper)?)?,
        sheets: app.sealer.seal("sheets", "[]")?,
    })
}
