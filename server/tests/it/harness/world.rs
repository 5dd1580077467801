//! The demo world of the fixtures as facts, with a question bank and sets for each of its trades.

use super::TestApp;
use serde::Deserialize;
use server::app::Refusal;
use server::app::auth::{Person, hash_password};
use server::event::*;
use server::http::access::Role;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Password of every account.
pub const PASSWORD: &str = "kaodian-demo-2026";

/// Trades of the world for which there are sets in force.
const TRADES: [(&str, u32, u32, u32); 3] =
    [("electrician-low-voltage", 70, 30, 1), ("welding-fusion", 14, 6, 5), ("height-installation", 14, 6, 5)];

#[derive(Deserialize)]
struct World {
    organisation: Vec<Organisation>,
    point: Vec<Point>,
    staff: Vec<Staff>,
    account: Vec<Account>,
    candidate: Vec<Applicant>,
}

#[derive(Deserialize)]
struct Organisation {
    code: String,
    kind: String,
    name_zh: String,
    name_en: String,
}

#[derive(Deserialize)]
struct Point {
    code: String,
    name_zh: String,
    name_en: String,
    district: String,
    address_zh: String,
    room: Vec<RoomRecord>,
    station: Vec<StationRecord>,
}

#[derive(Deserialize)]
struct Staff {
    code: String,
    name: String,
    employer: String,
    taught_at: Vec<String>,
    #[serde(default)]
    trained: Vec<String>,
    district: String,
    invigilator_until: Option<String>,
    examiner_categories: Vec<String>,
    examiner_until: Option<String>,
    barred_until: Option<String>,
    conflicts_complete: bool,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    role: String,
    display_name: String,
    staff: Option<String>,
    organisation: Option<String>,
    point: Option<String>,
}

#[derive(Deserialize)]
struct Applicant {
    name: String,
    id_number: String,
    phone: Option<String>,
    education: String,
    institution: String,
    employer: Option<String>,
    trade: String,
    kind: String,
    theory_hours: u32,
    practical_hours: u32,
    health_promise: bool,
    applied_on: String,
    first_issued_on: Option<String>,
}

/// Tells the application the demo world: rule sets, trades, calendar, sheets, organisations, points, staff, accounts,
/// registrations `R-0001` … of persons `N-0001` … in the order of the file, banks, and five sets a trade in force.
pub fn load(app: &TestApp) {
    let world: World = toml::from_str(&fixture("worlds/demo/world.toml")).unwrap();
    app.tell(rules());
    app.tell(world.organisation.into_iter().map(organisation).collect());
    app.tell(world.point.into_iter().map(point).collect());
    app.tell(world.staff.into_iter().map(staff).collect());
    app.tell(world.account.into_iter().map(account).collect());
    let people = (1..).zip(world.candidate);
    app.tell(people.flat_map(|(number, applicant)| applied(app, number, applicant)).collect());
    app.tell(TRADES.into_iter().flat_map(|trade| bank(app, trade)).collect());
}

/// Code of a refusal, or `ok`.
pub fn code<T, E: Refusal>(outcome: &Result<T, E>) -> &'static str {
    outcome.as_ref().map_or_else(|e| e.code(), |_| "ok")
}

/// Login name of the demo account with a role.
pub fn login_of(role: Role) -> &'static str {
    let logins: Vec<(Role, &str)> = vec![
        (Role::SystemAdministrator, "sysadmin"),
        (Role::SecurityAdministrator, "secadmin"),
        (Role::Auditor, "auditor"),
        (Role::CentreStaff, "centre"),
        (Role::PointStaff, "point"),
        (Role::Invigilator, "invigilator"),
        (Role::Examiner, "examiner"),
        (Role::TrainingInstitution, "training"),
        (Role::Enterprise, "enterprise"),
        (Role::Inspector, "inspector"),
    ];
    logins.iter().find(|(r, _)| *r == role).map_or("", |(_, login)| login)
}

/// Somebody who is logged in with the demo account of this login name, for calling a use case directly.
pub fn person(app: &TestApp, login: &str) -> Person {
    let account = app.db.read(|conn| server::db::accounts::by_login(conn, login)).unwrap().unwrap();
    Person {
        role: Role::from_word(&account.role).unwrap(),
        account: account.id,
        login: account.login,
        display_name: account.display_name,
        staff: account.staff,
        organisation: account.organisation,
        point: account.point,
        jti: "test".to_owned(),
        exp: i64::MAX,
        era: 0,
        temporary: false,
    }
}

/// The test itself as the author of a fact.
pub fn actor() -> Actor {
    Actor::System("test")
}

fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures"))
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(fixtures().join(name)).unwrap()
}

/// Texts of the files of a folder, by name.
fn folder(name: &str) -> Vec<String> {
    let mut paths: Vec<_> =
        std::fs::read_dir(fixtures().join(name)).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|p| std::fs::read_to_string(p).unwrap()).collect()
}

fn rules() -> Vec<Fact> {
    let mut facts = Vec::new();
    for toml in folder("rules") {
        let rules = shared::wire::ruleset::parse(&toml).unwrap();
        let (id, in_force_from) = (rules.id.to_string(), rules.in_force_from.to_string());
        facts.push(Fact::RuleSetLoaded(RuleSetLoaded { id, in_force_from, hash: "0".repeat(64), toml }));
    }
    for toml in folder("calendar") {
        let year = shared::wire::calendar::parse(&toml).unwrap().year;
        facts.push(Fact::CalendarLoaded(CalendarLoaded { year, toml }));
    }
    facts.extend(trades());
    for toml in folder("practical") {
        let (trade, _) = shared::wire::sheets::parse(&toml).unwrap();
        facts.push(Fact::SheetsLoaded(SheetsLoaded { trade: trade.to_string(), toml }));
    }
    facts
}

fn trades() -> Vec<Fact> {
    let (categories, trades) = shared::wire::trades::parse(&fixture("trades.toml")).unwrap();
    let fact = |t: shared::trade::Trade| {
        let category = categories.iter().find(|c| c.id == t.category).unwrap();
        Fact::TradeLoaded(TradeLoaded {
            id: t.id.to_string(),
            category: t.category.to_string(),
            category_zh: category.name_zh.clone(),
            category_en: category.name_en.clone(),
            name_zh: t.name_zh,
            name_en: t.name_en,
            trade_kind: t.kind.word().to_owned(),
            national_system: t.national_system,
            min_education: t.min_education.word().to_owned(),
            theory_hours: t.theory_hours,
            practical_hours: t.practical_hours,
            total_hours: t.total_hours,
            review_hours: t.review_hours,
            practical: t.practical,
        })
    };
    trades.into_iter().map(fact).collect()
}

fn organisation(o: Organisation) -> Fact {
    let Organisation { code: id, kind: organisation_kind, name_zh, name_en } = o;
    Fact::OrganisationAdded(OrganisationAdded { id, organisation_kind, name_zh, name_en })
}

fn point(p: Point) -> Fact {
    let Point { code: id, name_zh, name_en, district, address_zh, room: rooms, station: stations } = p;
    Fact::PointAdded(PointAdded { id, name_zh, name_en, district, address_zh, rooms, stations })
}

fn staff(s: Staff) -> Fact {
    Fact::StaffAdded(StaffAdded {
        code: s.code,
        name: s.name,
        employer: Some(s.employer).filter(|e| !e.is_empty()),
        taught_at: s.taught_at,
        trained: s.trained,
        family: Vec::new(),
        unavailable: Vec::new(),
        district: s.district,
        pool: None,
        languages: vec![],
        invigilator_until: s.invigilator_until,
        examiner_categories: s.examiner_categories,
        examiner_until: s.examiner_until,
        barred_until: s.barred_until,
        family_index: Vec::new(),
        trained_index: Vec::new(),
        conflicts_complete: s.conflicts_complete,
    })
}

fn account(a: Account) -> Fact {
    static HASH: OnceLock<String> = OnceLock::new();
    Fact::AccountAdded(AccountAdded {
        id: format!("acc-{}", a.login),
        login: a.login,
        role: a.role,
        display_name: a.display_name,
        password_hash: HASH.get_or_init(|| hash_password(PASSWORD).unwrap()).clone(),
        // The second factor has a test of its own; here it would only be in the way.
        totp: None,
        staff: a.staff,
        organisation: a.organisation,
        point: a.point,
        holder: None,
        temporary: false,
    })
}

fn applied(app: &TestApp, number: u8, a: Applicant) -> [Fact; 2] {
    let person = format!("N-{number:04}");
    let seal = |context: &str, text: &str| app.sealer.seal(context, text).unwrap();
    [
        Fact::PersonRegistered(PersonRegistered {
            person: person.clone(),
            id_index: app.sealer.index("id_number", &a.id_number),
            id_number: seal("person.id_number", &a.id_number),
            name: seal("person.name", &a.name),
            phone: a.phone.map(|phone| seal("person.phone", &phone)),
        }),
        Fact::RegistrationAdded(RegistrationAdded {
            registration: format!("R-{number:04}"),
            person,
            trade: a.trade,
            exam_kind: a.kind,
            institution: a.institution,
            employer: a.employer.filter(|e| !e.is_empty()),
            education: a.education,
            theory_hours: a.theory_hours,
            practical_hours: a.practical_hours,
            health_promise: a.health_promise,
            applied_on: a.applied_on,
            first_issued_on: a.first_issued_on,
            portrait: app.blobs.put(&portrait(number % 4)).unwrap(),
        }),
    ]
}

/// A picture of one colour, another for each number; few of them, because each is flushed to the disk.
fn portrait(number: u8) -> Vec<u8> {
    let picture =
        image::RgbImage::from_pixel(295, 413, image::Rgb([number.wrapping_mul(7), 90, 255 - number]));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

/// A bank of invented questions of which every set has its own, right is always `A`, and the sets in force.
fn bank(app: &TestApp, (trade, true_false, single, points): (&str, u32, u32, u32)) -> Vec<Fact> {
    let (bank, draw) = (format!("bank-{trade}"), format!("{trade}-question_sets-1"));
    let mut questions = Vec::new();
    let mut sets = Vec::new();
    for number in 1..=5 {
        let of_set: Vec<QuestionRecord> =
            (1..=true_false + single).map(|n| question(app, trade, number, n, n <= true_false)).collect();
        let ids: Vec<&str> = of_set.iter().map(|q| q.id.as_str()).collect();
        let sealed = app.sealer.seal("set.questions", &serde_json::to_string(&ids).unwrap()).unwrap();
        sets.push(SetRecord { id: format!("{trade}-set-{number}"), number, questions: sealed });
        questions.extend(of_set);
    }
    let read = u32::try_from(questions.len()).unwrap();
    let (trade, file_name) = (trade.to_owned(), format!("{trade}.json"));
    vec![
        Fact::BankImported(BankImported {
            bank: bank.clone(),
            trade: trade.clone(),
            file_name,
            file_hash: "0".repeat(64),
            read,
            report: r#"{"read":0,"accepted":0,"refused":[],"suspect":[]}"#.to_owned(),
            questions,
            practice: false,
        }),
        Fact::SetsAssembled(SetsAssembled { trade: trade.clone(), bank, draw: draw.clone(), points, sets }),
        Fact::SetsPublished(SetsPublished { trade, draw }),
    ]
}

fn question(app: &TestApp, trade: &str, set: u32, number: u32, true_false: bool) -> QuestionRecord {
    let choices: &[&str] = if true_false { &["正确", "错误"] } else { &["甲", "乙", "丙", "丁"] };
    let body = QuestionBody {
        title: format!("{trade} {set}.{number}"),
        choices: choices.iter().map(|c| (*c).to_owned()).collect(),
        answer: "A".to_owned(),
        ..QuestionBody::default()
    };
    QuestionRecord {
        id: format!("q-{trade}-{set}-{number:03}"),
        row: number,
        question_kind: if true_false { "true_false" } else { "single" }.to_owned(),
        usable: true,
        body: app.sealer.seal("question.body", &serde_json::to_string(&body).unwrap()).unwrap(),
    }
}
