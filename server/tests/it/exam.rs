//! A small examination in which a test decides who was admitted, what is asked and who is on duty: written as events,
//! without the draws, so that every answer and every seat is known.

use crate::harness::PASSWORD;
use crate::harness::{self, TestApp};
use server::app::App;
use server::app::auth::{Person, hash_password};
use server::app::theory::{self, AnswerOrder, EnterOrder, Seat, TheoryError};
use server::db::events;
use server::event::*;
use server::http::access::Role;
use shared::time::Instant;
use shared::wire::v1::journal::{CheckInBy, GENESIS, JournalEntry, KioskFact};
use shared::wire::v1::receipt::Receipted;
use std::sync::OnceLock;

/// Start of the session.
pub const START: &str = "2026-09-28T09:00:00+08:00";
/// The session.
pub const SESSION: &str = "S20260928-P01-01";

/// The application with one session.
pub struct Exam<'a> {
    /// The application.
    pub app: App,
    /// The harness around it.
    pub test: &'a TestApp,
    start: Instant,
    entries: std::cell::Cell<u64>,
}

/// Where an examinee of the test sits.
pub struct Sitter {
    /// The seat with its current token.
    pub seat: Seat,
    next: i64,
}

/// Runs a test on both databases. `practical`: whether one follows.
pub fn on_both(tickets: u32, practical: bool, test: impl Fn(&Exam<'_>)) {
    harness::on_both_with(|_| (), |app| test(&Exam::new(app, tickets, practical)));
}

/// An answer, given when it comes in.
pub fn give(seq: i64, choice: &str) -> AnswerOrder {
    AnswerOrder { seq, choice: choice.to_owned(), given_at: None }
}

/// Number of a ticket.
pub fn ticket(number: u32) -> String {
    format!("20260928-{number:04}")
}

/// Somebody who is logged in: `c1` of the centre; `i1`, `i2` invigilators, `e1`, `e2`, `e3` examiners and `l1` the lead
/// with duties, `i9` and `e9` without.
pub fn person(login: &str) -> Person {
    Person {
        account: format!("acc-{login}"),
        login: login.to_owned(),
        role: role(login),
        display_name: login.to_owned(),
        staff: staff(login),
        organisation: None,
        point: None,
        jti: "test".to_owned(),
        exp: i64::MAX,
        era: 0,
        temporary: false,
    }
}

impl<'a> Exam<'a> {
    fn new(test: &'a TestApp, tickets: u32, practical: bool) -> Self {
        let start = Instant::parse(START).unwrap();
        let exam = Self { app: test.app.clone(), test, start, entries: std::cell::Cell::new(0) };
        exam.at(-2 * 3600);
        exam.write(world(practical));
        exam.write(questions(&exam.app));
        exam.write(session(&exam.app, tickets, practical));
        exam.write(harness::ready("P01", "2026-09-28"));
        exam
    }

    /// Sets the clock to so many seconds after the start (before it, if negative); the clock only goes forward.
    pub fn at(&self, seconds: i64) {
        let wanted = self.start.plus_seconds(seconds);
        self.app.clock.advance(wanted.seconds_since(self.app.clock.now()));
        assert_eq!(self.app.clock.now(), wanted, "the clock only goes forward");
    }

    /// The kiosk checks a candidate in and admits him.
    pub fn admit(&self, number: u32) {
        let (session, ticket) = (SESSION.to_owned(), ticket(number));
        self.kiosk(KioskFact::CheckedIn { session, ticket: ticket.clone(), by: CheckInBy::TicketQr });
        self.kiosk(KioskFact::Admitted { ticket });
    }

    /// The invigilator releases a room.
    pub fn release(&self, room: &str) {
        theory::release(&self.app, &person("i1"), SESSION, room, None).unwrap();
    }

    /// A candidate tries to sit down.
    pub fn try_enter(&self, number: u32, room: &str, seat: u32) -> Result<Sitter, TheoryError> {
        let order = EnterOrder { secret: secret(number), room: room.to_owned(), seat };
        let entered = theory::enter(&self.app, &order)?;
        let (_, token) = server::app::auth::seat_by_token(&self.app, &entered.token).unwrap();
        Ok(Sitter { seat: Seat { ticket: entered.ticket, token }, next: entered.last_seq + 1 })
    }

    /// A candidate sits down at the seat that was drawn.
    pub fn enter(&self, number: u32) -> Sitter {
        self.try_enter(number, "R01", number).unwrap()
    }

    /// Saves the next answer of a candidate.
    pub fn answer(&self, sitter: &mut Sitter, position: u32, choice: &str) {
        let order = give(sitter.next, choice);
        theory::save_answer(&self.app, &sitter.seat, position, &order).unwrap();
        sitter.next += 1;
    }

    /// Answers questions 1 to `right` rightly and `wrong` more wrongly.
    pub fn answer_so_many(&self, sitter: &mut Sitter, right: u32, wrong: u32) {
        for position in 1..=right {
            self.answer(sitter, position, right_choice(position));
        }
        for position in right + 1..=right + wrong {
            self.answer(sitter, position, wrong_choice(position));
        }
    }

    /// Hands in what was answered.
    pub fn hand_in(&self, sitter: &Sitter) -> Result<theory::HandedIn, TheoryError> {
        theory::hand_in(&self.app, &sitter.seat, sitter.next - 1)
    }

    /// Outcome of a candidate.
    pub fn outcome(&self, number: u32) -> String {
        self.app
            .db
            .read(|c| server::db::sessions::candidate_row(c, &ticket(number)))
            .unwrap()
            .unwrap()
            .outcome
    }

    /// How a sitting ended, its points and whether it is a pass.
    pub fn result(&self, number: u32) -> Option<(String, i32, bool)> {
        let row = self.app.db.read(|c| server::db::theory::sitting(c, &ticket(number))).unwrap()?;
        Some((row.how?, row.points?, row.passed?))
    }

    /// Kinds of all events so far, with how often each occurred.
    pub fn count(&self, kind: &str) -> usize {
        let rows = self.app.db.read(|c| events::page(c, 1, 100_000)).unwrap();
        rows.iter().filter(|row| row.kind == kind).count()
    }

    /// Answers to which events commit.
    pub fn saved(&self) -> u32 {
        let rows = self.app.db.read(|c| events::page(c, 1, 100_000)).unwrap();
        let counts = rows.iter().map(|row| match serde_json::from_str(&row.body).unwrap() {
            Fact::AnswersSaved(saved) => saved.count,
            _ => 0,
        });
        counts.sum()
    }

    /// Puts two sets into force: the candidates after `first` have a paper of the second.
    pub fn two_sets(&self, first: u32) {
        let trade = "electrician-low-voltage";
        let ids: Vec<String> = (1..=100).map(|n| format!("q{n}")).collect();
        let questions = self.app.sealer.seal("set.questions", &serde_json::to_string(&ids).unwrap()).unwrap();
        let second = SetRecord { id: "set-2".into(), number: 2, questions };
        let tickets =
            self.app.db.read(|conn| server::db::sessions::candidate_rows(conn, SESSION)).unwrap().len();
        let tickets = u32::try_from(tickets).unwrap();
        let seat = |number: u32| {
            let mut seat = seat(&self.app, number, false);
            let paper = self.app.sealer.open("paper", &seat.paper).unwrap().replace("set-1", "set-2");
            seat.paper = self.app.sealer.seal("paper", &paper).unwrap();
            seat
        };
        let seated = SessionSeated {
            session: SESSION.into(),
            seating_draw: "draw-2".into(),
            sets_draw: "draw-3".into(),
            sheets_draw: None,
            seats: (first + 1..=tickets).map(seat).collect(),
        };
        self.write(vec![
            Fact::SetsAssembled(SetsAssembled {
                trade: trade.into(),
                bank: "bank-1".into(),
                draw: "draw-1".into(),
                points: 1,
                sets: vec![second],
            }),
            Fact::SetsPublished(SetsPublished { trade: trade.into(), draw: "draw-1".into() }),
            Fact::SessionSeated(seated),
        ]);
    }

    /// Ends the sitting of every candidate with so many points.
    pub fn end_all(&self, points: impl Fn(u32) -> u32) {
        let rows = self.app.db.read(|conn| server::db::sessions::candidate_rows(conn, SESSION)).unwrap();
        let number = |ticket: &str| ticket.rsplit('-').next().unwrap().parse::<u32>().unwrap();
        let facts = rows.iter().flat_map(|row| {
            let points = points(number(&row.ticket));
            [
                Fact::SeatEntered(SeatEntered {
                    ticket: row.ticket.clone(),
                    token: "token".into(),
                    room: "R01".into(),
                    seat: number(&row.ticket),
                    deadline: i64::MAX,
                }),
                Fact::TheoryEnded(TheoryEnded {
                    ticket: row.ticket.clone(),
                    how: "handed_in".into(),
                    last_seq: 0,
                    answers_hash: String::new(),
                    answered: 0,
                    points,
                    total: 100,
                    passed: points >= 80,
                    practical_follows: false,
                }),
            ]
        });
        self.write(facts.collect());
    }

    /// Writes facts as the system.
    pub fn write(&self, facts: Vec<Fact>) {
        let now = self.app.clock.now();
        let write = move |conn: &mut server::db::Conn| {
            for fact in facts {
                events::append(conn, &Event::new(now, Actor::System("test"), fact).under("national@2026.1"))?;
            }
            Ok::<_, server::db::DbError>(())
        };
        self.app.db.write(write).unwrap();
    }

    fn kiosk(&self, fact: KioskFact) {
        let seq = self.entries.get() + 1;
        self.entries.set(seq);
        let at = self.app.clock.now().millis();
        let entry = JournalEntry { seq, at, offset_ms: 0, prev: GENESIS.into(), hash: GENESIS.into(), fact };
        self.write(vec![Fact::KioskEntry(KioskEntry { kiosk: "K01".into(), entry, dead: None })]);
    }
}

/// The right letters as shown on the paper.
pub fn right_choice(position: u32) -> &'static str {
    match position {
        1..=70 => "A",
        71..=90 => "D",
        _ => "AB",
    }
}

fn wrong_choice(position: u32) -> &'static str {
    match position {
        1..=90 => "B",
        _ => "A",
    }
}

/// The ticket's secret.
pub fn secret(number: u32) -> String {
    format!("secret-of-{number}")
}

fn role(login: &str) -> Role {
    match login.chars().next() {
        Some('i') => Role::Invigilator,
        Some('c') => Role::CentreStaff,
        _ => Role::Examiner,
    }
}

fn staff(login: &str) -> Option<String> {
    (role(login) != Role::CentreStaff).then(|| format!("ST-{login}"))
}

const LOGINS: [&str; 9] = ["c1", "i1", "i2", "i9", "e1", "e2", "e3", "e9", "l1"];

fn world(practical: bool) -> Vec<Fact> {
    let fixture = |path: &str| {
        std::fs::read_to_string(format!("{}/../fixtures/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let room =
        |code: &str| RoomRecord { code: code.into(), name_zh: code.into(), name_en: code.into(), seats: 30 };
    let trade = "electrician-low-voltage";
    let mut facts = vec![
        Fact::RuleSetLoaded(RuleSetLoaded {
            id: "national@2026.1".into(),
            in_force_from: "2026-01-01".into(),
            hash: "test".into(),
            toml: fixture("rules/national-2026.1.toml"),
        }),
        Fact::TradeLoaded(TradeLoaded {
            id: trade.into(),
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
            practical,
        }),
        Fact::SheetsLoaded(SheetsLoaded {
            trade: trade.into(),
            toml: fixture(&format!("practical/{trade}.toml")),
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
            rooms: vec![room("R01"), room("R02")],
            stations: Vec::new(),
        }),
        Fact::KioskAnnounced(KioskAnnounced {
            kiosk: "K01".into(),
            point: "P01".into(),
            code_hash: "none".into(),
            code_until: 0,
        }),
    ];
    facts.extend(LOGINS.iter().flat_map(|login| member(login)));
    facts
}

fn member(login: &str) -> Vec<Fact> {
    static HASH: OnceLock<String> = OnceLock::new();
    let account = Fact::AccountAdded(AccountAdded {
        id: format!("acc-{login}"),
        login: login.to_owned(),
        role: role(login).word().to_owned(),
        display_name: login.to_owned(),
        password_hash: HASH.get_or_init(|| hash_password(PASSWORD).unwrap()).clone(),
        totp: None,
        staff: staff(login),
        organisation: None,
        point: None,
        holder: None,
        temporary: false,
    });
    let pool = staff(login).map(|code| {
        Fact::StaffAdded(StaffAdded {
            code,
            name: login.to_owned(),
            employer: None,
            taught_at: Vec::new(),
            trained: Vec::new(),
            family: Vec::new(),
            unavailable: Vec::new(),
            district: "110101".into(),
            pool: None,
            languages: vec![],
            invigilator_until: Some("2030-12-31".into()),
            examiner_categories: vec!["electrician".into()],
            examiner_until: Some("2030-12-31".into()),
            barred_until: None,
            family_index: Vec::new(),
            trained_index: Vec::new(),
            conflicts_complete: true,
        })
    });
    pool.into_iter().chain([account]).collect()
}

/// The question with a picture, and its picture.
pub const PICTURED: u32 = 75;
pub const PICTURE: &[u8] = b"\x89PNG of a fuse";

/// 70 true/false, 20 single, 10 multiple choice; on every paper the options of the latter are shown as C A D B.
fn questions(app: &App) -> Vec<Fact> {
    let question = |number: u32| {
        let (kind, answer, choices) = match number {
            1..=70 => ("true_false", "A", vec!["正确", "错误"]),
            71..=90 => ("single", "B", vec!["一", "二", "三", "四"]),
            _ => ("multiple", "AC", vec!["一", "二", "三", "四"]),
        };
        let body = QuestionBody {
            title: format!("题目 {number}"),
            choices: choices.into_iter().map(str::to_owned).collect(),
            answer: answer.to_owned(),
            subject: "安全".to_owned(),
            picture: (number == PICTURED).then(|| app.blobs.put(PICTURE).unwrap()),
            ..QuestionBody::default()
        };
        let body = app.sealer.seal("question.body", &serde_json::to_string(&body).unwrap()).unwrap();
        QuestionRecord {
            id: format!("q{number}"),
            row: number,
            question_kind: kind.into(),
            usable: true,
            body,
        }
    };
    let ids: Vec<String> = (1..=100).map(|n| format!("q{n}")).collect();
    let ids = app.sealer.seal("set.questions", &serde_json::to_string(&ids).unwrap()).unwrap();
    vec![
        Fact::BankImported(BankImported {
            bank: "bank-1".into(),
            trade: "electrician-low-voltage".into(),
            file_name: "bank.json".into(),
            file_hash: "test".into(),
            read: 100,
            report: r#"{"read":0,"accepted":0,"refused":[],"suspect":[]}"#.into(),
            questions: (1..=100).map(question).collect(),
            practice: false,
        }),
        Fact::SetsAssembled(SetsAssembled {
            trade: "electrician-low-voltage".into(),
            bank: "bank-1".into(),
            draw: "draw-1".into(),
            points: 1,
            sets: vec![SetRecord { id: "set-1".into(), number: 1, questions: ids }],
        }),
    ]
}

fn session(app: &App, tickets: u32, practical: bool) -> Vec<Fact> {
    let mut facts = vec![Fact::SessionOpened(SessionOpened {
        session: SESSION.into(),
        point: "P01".into(),
        trade: "electrician-low-voltage".into(),
        exam_kind: "first".into(),
        starts_at: Instant::parse(START).unwrap().millis(),
        day: "2026-09-28".into(),
        language: None,
    })];
    facts.extend((1..=tickets).flat_map(|number| candidate(app, number)));
    facts.push(Fact::SessionSeated(SessionSeated {
        session: SESSION.into(),
        seating_draw: "draw-2".into(),
        sets_draw: "draw-3".into(),
        sheets_draw: None,
        seats: (1..=tickets).map(|number| seat(app, number, practical)).collect(),
    }));
    let duty = |(post, kind, place, login): (&str, &str, &str, &str)| DutyRecord {
        post: post.into(),
        post_kind: kind.into(),
        place: place.into(),
        staff: format!("ST-{login}"),
    };
    let duties = [
        ("R01-1", "invigilator", "R01", "i1"),
        ("R01-2", "invigilator", "R01", "i2"),
        ("ST1-1", "examiner", "ST1", "e1"),
        ("ST1-2", "examiner", "ST1", "e2"),
        ("ST2-1", "examiner", "ST2", "e3"),
        ("LEAD", "lead_examiner", "", "l1"),
        ("RES-1", "reserve_invigilator", "", "i9"),
        ("RES-2", "reserve_examiner", "", "e9"),
    ];
    let duties = duties.map(duty).to_vec();
    facts.push(Fact::StaffDrawn(StaffDrawn { session: SESSION.into(), draw: "draw-4".into(), duties }));
    facts
}

fn candidate(app: &App, number: u32) -> Vec<Fact> {
    let sealer = &app.sealer;
    let (person, registration) = (format!("p{number}"), format!("g{number}"));
    vec![
        Fact::PersonRegistered(PersonRegistered {
            person: person.clone(),
            id_index: format!("index-{number}"),
            id_number: sealer.seal("person.id_number", "11010519491231002X").unwrap(),
            name: sealer.seal("person.name", "王小明").unwrap(),
            phone: None,
        }),
        Fact::RegistrationAdded(RegistrationAdded {
            registration: registration.clone(),
            person: person.clone(),
            trade: "electrician-low-voltage".into(),
            exam_kind: "first".into(),
            institution: "T01".into(),
            employer: None,
            education: "junior".into(),
            theory_hours: 88,
            practical_hours: 60,
            health_promise: true,
            applied_on: "2026-09-01".into(),
            first_issued_on: None,
            portrait: "none".into(),
        }),
        Fact::CandidateEnrolled(CandidateEnrolled {
            session: SESSION.into(),
            ticket: ticket(number),
            registration,
            person,
            secret: sealer.seal("ticket.secret", &secret(number)).unwrap(),
            secret_index: sealer.index("ticket_secret", &secret(number)),
        }),
    ]
}

fn seat(app: &App, number: u32, practical: bool) -> SeatRecord {
    let item = |n: u32| PaperItemRecord {
        question: format!("q{n}"),
        options: if n <= 70 { vec![0, 1] } else { vec![2, 0, 3, 1] },
    };
    let paper =
        PaperRecord { set: "set-1".into(), number: 1, points: 1, items: (1..=100).map(item).collect() };
    let sheets: &[&str] = if practical { &["K1-1", "K2-1", "K3-1", "K4-1"] } else { &[] };
    SeatRecord {
        ticket: ticket(number),
        room: "R01".into(),
        seat: number,
        paper: app.sealer.seal("paper", &serde_json::to_string(&paper).unwrap()).unwrap(),
        sheets: app.sealer.seal("sheets", &serde_json::to_string(sheets).unwrap()).unwrap(),
    }
}

/// The receipts of a ticket as they are told once more.
pub fn receipts_of(exam: &Exam<'_>, number: u32) -> Vec<Receipted> {
    let mut receipts = theory::Receipts::new(&exam.app).unwrap();
    exam.app.db.read(|conn| receipts.of_ticket(conn, &exam.app, &ticket(number))).unwrap()
}
