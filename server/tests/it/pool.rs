//! What is known of members of the pool and who is drawn by it: languages, family and people trained, bars.

use crate::harness::{TestApp, assert_rebuilds, code, on_both, person};
use crate::sessions::{LOW_VOLTAGE, filled, order, seat};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use server::app::Refusal;
use server::app::once::Once;
use server::app::people::{RegistrationOrder, register};
use server::app::pools::{self, BarOrder, LiftOrder, TieOrder, Ties};
use server::app::sessions::{self, EnrolOrder, OpenOrder};
use server::app::{assign, audit};
use server::event::{Fact, StaffAdded};
use server::http::access::Role;
use server::poolfile::HEADS;
use server::portrait::{encode, portrait};
use std::collections::BTreeSet;

const START: &str = "2026-09-28T09:00:00+08:00";
/// Nobody of the world has this number.
const NUMBER: &str = "410191198503157317";

fn members(app: &TestApp) -> Vec<StaffAdded> {
    app.db.read(server::db::world::staff).unwrap()
}

fn drawn(app: &TestApp, session: &str) -> BTreeSet<String> {
    let duties = app.db.read(|conn| server::db::sessions::duties(conn, session)).unwrap();
    duties.into_iter().map(|duty| duty.staff).collect()
}

fn draw(app: &TestApp, session: &str) -> Result<assign::Assigned, assign::AssignError> {
    assign::assign(app, &person(app, "centre"), session, None)
}

fn tie(app: &TestApp, staff: &str, tie: &str, number: &str, strike: bool) -> Result<Ties, pools::PoolError> {
    let order = TieOrder { tie: tie.into(), id_number: number.into(), strike };
    pools::tie(app, &person(app, "centre"), staff, order, None)
}

/// Registers the person of [`NUMBER`], who was not known before; the registration.
fn registered(app: &TestApp) -> String {
    let order = RegistrationOrder {
        name: "王建明".to_owned(),
        id_number: NUMBER.to_owned(),
        phone: None,
        trade: LOW_VOLTAGE.to_owned(),
        kind: "first".to_owned(),
        employer: None,
        institution: None,
        education: "junior".to_owned(),
        theory_hours: 88,
        practical_hours: 60,
        health_promise: true,
        applied_on: "2026-08-31".to_owned(),
        first_issued_on: None,
        portrait: STANDARD.encode(encode(&portrait("王建明")).unwrap()),
    };
    register(app, &person(app, "training"), &order, None).unwrap().registration
}

#[test]
fn a_session_in_another_language_draws_only_those_who_speak_it() {
    on_both(|app| {
        for (number, language) in (1..).zip(["tibetan", "维吾尔语"]) {
            let start = format!("2026-09-{:02}T09:00:00+08:00", 27 + number);
            let in_language =
                OpenOrder { language: Some(language.into()), ..order("P01", LOW_VOLTAGE, &start) };
            let (session, _) = filled(app, in_language, number..=number);
            seat(app, &session);
            let refused = draw(app, &session).unwrap_err();
            assert_eq!(refused.code(), "no-assignment");
            assert!(refused.to_string().contains("language keeps"), "{refused}");
            let word = sessions::show(app, &session).unwrap().language.unwrap();
            // One as a form writes it, one as older lists have it.
            let spoken = if number == 1 { "藏文".to_owned() } else { word.clone() };
            let speaks = |m: &StaffAdded| m.code.ends_with(['1', '3', '5', '7', '9']);
            let all = members(app);
            let doubles =
                all.iter().map(|m| StaffAdded { code: format!("{}-{number}1", m.code), ..m.clone() });
            let everybody: Vec<StaffAdded> = all.iter().cloned().chain(doubles).collect();
            let facts = everybody.iter().cloned().map(|m| {
                let languages = if speaks(&m) { vec![spoken.clone()] } else { vec!["mongolian".to_owned()] };
                Fact::StaffAdded(StaffAdded { languages, ..m })
            });
            app.tell(facts.collect());
            draw(app, &session).unwrap();
            let speakers: BTreeSet<String> =
                everybody.iter().filter(|m| speaks(m)).map(|m| m.code.clone()).collect();
            assert!(drawn(app, &session).is_subset(&speakers), "{word}");
        }
        let unknown = OpenOrder { language: Some("klingon".into()), ..order("P01", LOW_VOLTAGE, START) };
        assert_eq!(code(&sessions::open(app, &person(app, "centre"), unknown, None)), "field-invalid");
        assert_rebuilds(app);
    });
}

#[test]
fn family_that_registers_later_is_found_at_the_draw_and_no_number_is_kept() {
    on_both(|app| {
        for member in members(app) {
            assert_eq!(tie(app, &member.code, "family", NUMBER, false).unwrap().family, 1);
        }
        let registration = registered(app);
        let centre = person(app, "centre");
        let session = sessions::open(app, &centre, order("P01", LOW_VOLTAGE, START), None).unwrap().session;
        let enrolled = EnrolOrder { registrations: vec![registration, "R-0001".to_owned()] };
        let answer = sessions::enrol(app, &centre, &session, enrolled, None).unwrap();
        assert!(answer.refused.is_empty(), "{:?}", answer.refused);
        seat(app, &session);
        let refused = draw(app, &session).unwrap_err();
        assert!(refused.to_string().contains("family keeps"), "{refused}");
        // As somebody trained it is the other rule; struck out, it is none.
        for member in members(app) {
            assert_eq!(tie(app, &member.code, "family", NUMBER, true).unwrap().family, 0);
            tie(app, &member.code, "trained", NUMBER, false).unwrap();
        }
        let refused = draw(app, &session).unwrap_err();
        assert!(refused.to_string().contains("trained_candidate keeps"), "{refused}");
        for member in members(app) {
            tie(app, &member.code, "trained", NUMBER, true).unwrap();
        }
        draw(app, &session).unwrap();
        for table in ["events", "staff"] {
            assert!(!app.dump(table).join("\n").contains(NUMBER), "{table}");
        }
        assert_rebuilds(app);
    });
}

#[test]
fn a_tie_is_noted_by_number_once_and_struck_out_by_number() {
    on_both(|app| {
        let staff = members(app).remove(0).code;
        let table = [
            ("family", "41019119850315731X", false, "field-invalid"),
            ("cousin", NUMBER, false, "field-invalid"),
            ("family", NUMBER, true, "field-invalid"),
            ("family", NUMBER, false, "ok"),
            ("family", NUMBER, false, "ok"),
            ("trained", NUMBER, true, "field-invalid"),
        ];
        for (word, number, strike, expected) in table {
            assert_eq!(code(&tie(app, &staff, word, number, strike)), expected, "{word} {number} {strike}");
        }
        assert_eq!(code(&tie(app, "nobody", "family", NUMBER, false)), "staff-unknown");
        assert_eq!(Ties::of(&members(app)[0]), Ties { family: 1, trained: 0 });
        // A person of the world who was noted by id is struck out by the number as well.
        let id = app.sealer.index("id_number", NUMBER);
        registered(app);
        let known = app.db.read(|conn| server::db::people::person_by_index(conn, &id)).unwrap().unwrap();
        let member = StaffAdded { trained: vec![known.id], ..members(app).remove(0) };
        app.tell(vec![Fact::StaffAdded(member)]);
        assert_eq!(tie(app, &staff, "trained", NUMBER, true).unwrap(), Ties { family: 1, trained: 0 });
        let asked = audit::Asked { kind: "staff_added".into(), ..audit::Asked::default() };
        let line = audit::list(app, &asked).unwrap().lines.remove(0);
        let shown = format!("{:?}", audit::one(app, line.seq).unwrap().fields);
        assert!(!shown.contains(&id), "nobody is shown the hash: {shown}");
        assert_rebuilds(app);
    });
}

#[test]
fn a_list_adds_family_and_people_trained_and_names_the_row_of_a_wrong_number() {
    on_both(|app| {
        let import = |number: usize, rows: &[String]| {
            let text = std::iter::once(HEADS.join(",")).chain(rows.iter().cloned()).collect::<Vec<_>>();
            let once = Once::new("acc-centre", &format!("list-{number}"), "POST /pools", b"").unwrap();
            pools::import(app, &person(app, "centre"), ("名单.csv", text.join("\r\n").as_bytes()), once)
                .unwrap()
        };
        let row = |family: &str, trained: &str| {
            format!("N901,张三,,,4110,411002,2027-12-31,,,藏语、维吾尔语,,是,{family},{trained}")
        };
        let refused = import(1, &[row("", ""), row("1101011990130100", "").replace("N901", "N902")]);
        assert_eq!(refused.refused, [(3, "family".to_owned())]);
        let refused = import(2, &[row("", "110101199013010017")]);
        assert_eq!(refused.refused, [(2, "trained".to_owned())]);
        let refused = import(3, &[row("", "").replace("藏语", "世界语")]);
        assert_eq!(refused.refused, [(2, "languages".to_owned())]);
        let taken = import(4, &[row(&format!("{NUMBER}、11010519491231002x"), NUMBER)]);
        assert_eq!((taken.added, taken.refused.len()), (1, 0));
        let member = || members(app).into_iter().find(|m| m.code == "N901").unwrap();
        assert_eq!(Ties::of(&member()), Ties { family: 2, trained: 1 });
        assert_eq!(member().languages, ["tibetan", "uyghur"]);
        assert_eq!(import(5, &[row("", "")]).same, 1, "an empty cell takes nothing away");
        assert_eq!(import(6, &[row(NUMBER, "")]).same, 1, "who is known is not added twice");
        let old: Vec<String> = [HEADS[..12].join(","), row("", "").trim_end_matches(',').to_owned()].to_vec();
        let once = Once::new("acc-centre", "list-7", "POST /pools", b"").unwrap();
        let bytes = old.join("\r\n");
        let report = pools::import(app, &person(app, "centre"), ("old.csv", bytes.as_bytes()), once).unwrap();
        assert_eq!(report.same, 1, "a list without the two columns: {report:?}");
        let salts = app.db.read(server::db::draws::salts).unwrap();
        assert!(salts.contains_key("N901"), "who joins has a salt before any draw");
        assert_rebuilds(app);
    });
}

#[test]
fn a_bar_is_lifted_early_with_a_reason_and_all_of_it_is_on_record() {
    on_both(|app| {
        let staff = members(app).into_iter().find(|m| m.barred_until.is_none()).unwrap().code;
        let centre = person(app, "centre");
        let lift = |reason: &str| {
            let order = LiftOrder { reason: reason.into() };
            pools::lift(app, &centre, &staff, order, None)
        };
        assert_eq!(code(&lift("查清了")), "staff-not-barred");
        let order = BarOrder { until: "2026-12-31".into(), reason: "无故缺席".into() };
        pools::bar(app, &centre, &staff, order, None).unwrap();
        assert_eq!(code(&lift(" ")), "field-invalid");
        lift("查清是通知有误").unwrap();
        assert_eq!(code(&lift("再次")), "staff-not-barred");
        let file = pools::file(app, &staff).unwrap();
        assert_eq!(file.member.of.barred_until, None);
        let steps: Vec<(pools::What, &str)> =
            file.history.iter().map(|step| (step.what.clone(), step.by.as_str())).collect();
        let name = person(app, "centre").display_name;
        assert_eq!(steps[0], (pools::What::Lifted("查清是通知有误".into()), name.as_str()));
        let barred = pools::What::Barred("2026-12-31".into(), "无故缺席".into());
        assert_eq!(steps[1], (barred, name.as_str()));
        assert_eq!(steps[2].0, pools::What::Written);
        assert_rebuilds(app);
    });
}

#[test]
fn ties_and_bars_are_written_by_the_centre_alone_and_nobody_reads_a_hash() {
    on_both(|app| {
        let staff = members(app).into_iter().find(|m| m.barred_until.is_none()).unwrap().code;
        let path = format!("/api/v1/staff/{staff}");
        let (centre, auditor) = (app.as_role(Role::CentreStaff), app.as_role(Role::Auditor));
        let noted = json!({"tie": "family", "id_number": NUMBER});
        assert_eq!(centre.post(&format!("{path}/ties"), &noted).ok(), json!({"family": 1, "trained": 0}));
        assert_eq!(auditor.post(&format!("{path}/ties"), &noted).problem().1, "role-not-allowed");
        let wrong = json!({"tie": "family", "id_number": "110101199013010017"});
        assert_eq!(centre.post(&format!("{path}/ties"), &wrong).problem(), (422, "field-invalid".to_owned()));
        let bar = json!({"until": "2026-12-31", "reason": "无故缺席"});
        centre.post(&format!("{path}/bar"), &bar).ok();
        centre.post(&format!("{path}/lift"), &json!({"reason": "查清"})).ok();
        let again = centre.post(&format!("{path}/lift"), &json!({"reason": "查清"})).problem();
        assert_eq!(again, (409, "staff-not-barred".to_owned()));
        let all = auditor.get("/api/v1/staff?per_page=100").ok();
        let own = all["items"].as_array().unwrap().iter().find(|m| m["code"] == staff.as_str()).unwrap();
        assert_eq!(own["ties"], json!({"family": 1, "trained": 0}));
        assert!(!all.to_string().contains(&app.sealer.index("id_number", NUMBER)));
    });
}
