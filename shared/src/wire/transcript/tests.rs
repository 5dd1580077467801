use super::*;
use crate::assignment::{Against, Matrix, Place, Post, PostCode, PostKind, Row};
use crate::bank::QuestionType;
use crate::draw::chacha::Picker;
use crate::ids::{QuestionId, RoomId, SessionId, SheetCode, StaffCode, StationId, TicketNumber};
use crate::paper::{Pool, Tagged, in_proportion, stocks};
use crate::rules::Blueprint;
use crate::seating::{Room, SEATS_IN_A_ROW, seat};
use proptest::prelude::*;
use serde_json::Value;
use std::num::NonZeroUsize;

fn header(subject: &str) -> Header {
    let secret = |name: &str, byte: u8| Secret { name: name.to_owned(), bytes: (byte..byte + 32).collect() };
    Header {
        subject: subject.to_owned(),
        rule_set: RuleSetId::parse("national@2026.1").unwrap(),
        at: Instant::parse("2026-09-28T08:00:00+08:00").unwrap(),
        parties: vec![secret("inspection", 0x40), secret("centre", 0x00)],
        public_number: Some("shuangseqiu 2026111: 03 09 14 20 22 31 + 07".to_owned()),
    }
}

fn tickets(n: usize) -> Vec<TicketNumber> {
    (1..=n).map(|i| TicketNumber::parse(&format!("T{i:03}")).unwrap()).collect()
}

fn rooms(seats: &[u32]) -> Vec<Room> {
    let code = |i: usize| RoomId::parse(&format!("R{}", i + 1)).unwrap();
    seats.iter().enumerate().map(|(i, seats)| Room { code: code(i), seats: *seats }).collect()
}

/// The example of docs/draw.md.
fn example() -> Transcript<SeatingInput> {
    build(&header("S-2026-0928-1"), SeatingInput::new(&tickets(5), &rooms(&[4, 4]))).unwrap()
}

/// The second example: the sets for the seats of the first.
fn sets_example() -> Transcript<SetsInput> {
    let input = SetsInput::new(&example().drawn, SEATS_IN_A_ROW, 5, true);
    build(&header("S-2026-0928-1"), input).unwrap()
}

fn staff_basis() -> StaffBasis {
    let code = |n: usize| StaffCode::parse(&format!("S{n:02}")).unwrap();
    let sessions = ["S-am", "S-pm"].map(|id| SessionId::parse(id).unwrap()).to_vec();
    let against = |n: usize| Against {
        far: n.is_multiple_of(3),
        invigilating: vec![],
        examining: if n.is_multiple_of(2) { vec![] } else { vec![crate::assignment::HardRule::CardMissing] },
    };
    let row = |n: usize| Row {
        code: code(n),
        load: u32::try_from(n % 5).unwrap(),
        sessions: vec![against(n), against(n + 2)],
        last_partners: vec![code(n ^ 1)],
    };
    let post = |text: &str, kind, place| {
        let (session, code) = (if text.contains('/') { 1 } else { 0 }, PostCode::parse(text).unwrap());
        Post { code, session: sessions[session].clone(), kind, place, beside: vec![] }
    };
    let room = Place::Room(RoomId::parse("R1").unwrap());
    let station = Place::Station(StationId::parse("W1").unwrap());
    let posts = [
        post("R1-1", PostKind::Invigilator, room.clone()),
        post("R1-2", PostKind::Invigilator, room.clone()),
        post("S-pm/R1-1", PostKind::Invigilator, room.clone()),
        post("S-pm/R1-2", PostKind::Invigilator, room),
        post("W1-1", PostKind::Examiner, station.clone()),
        post("W1-2", PostKind::Examiner, station),
        post("L", PostKind::LeadExaminer, Place::Point),
        post("V1", PostKind::ReserveInvigilator, Place::Point),
    ];
    let people = (0..16).map(row).collect();
    let salts = (0..16_u8).map(|n| (code(usize::from(n)).to_string(), vec![n; 16])).collect();
    StaffBasis::new(
        "S-am-staff-1",
        &Matrix { sessions: sessions.clone(), people, band_width: 2 },
        &posts,
        &salts,
    )
}

fn staff_input() -> StaffInput {
    staff_basis().publish().unwrap()
}

fn sheets_input() -> SheetsInput {
    let code = |k, n| SheetCode::parse(&format!("K{k}-{n}")).unwrap();
    let parts: Vec<Vec<SheetCode>> = (1..=4).map(|k| (1..=3).map(|n| code(k, n)).collect()).collect();
    SheetsInput::new(&tickets(5), &parts)
}

fn question_sets_input() -> QuestionSetsInput {
    let ids = |prefix: &str, n| (0..n).map(|i| QuestionId::parse(&format!("{prefix}{i}")).unwrap()).collect();
    let pool = Pool { true_false: ids("t", 9), single: ids("s", 5), multiple: ids("m", 1) };
    QuestionSetsInput::new(&pool, &Blueprint { true_false: 4, single: 2, multiple: 1, points: 1 }, 3)
}

fn shares_input() -> QuestionSetsInput {
    let question = |n: usize| Tagged {
        id: QuestionId::parse(&format!("q{n}")).unwrap(),
        kind: if n < 12 { QuestionType::TrueFalse } else { QuestionType::Single },
        subject: if n.is_multiple_of(3) { "电气".to_owned() } else { String::new() },
        difficulty: u8::try_from(n % 4).unwrap(),
    };
    let pool: Vec<Tagged> = (0..30).map(question).collect();
    let blueprint = Blueprint { true_false: 5, single: 4, multiple: 0, points: 1 };
    QuestionSetsInput::by_shares(&stocks(&pool, &in_proportion(&pool, &blueprint, 4)), 1, 4)
}

/// One transcript of each purpose.
fn all() -> Vec<String> {
    vec![
        example().json().unwrap(),
        sets_example().json().unwrap(),
        build(&header("S1"), staff_input()).unwrap().json().unwrap(),
        build(&header("S1"), sheets_input()).unwrap().json().unwrap(),
        build(&header("electrician-low-voltage"), question_sets_input()).unwrap().json().unwrap(),
        build(&header("electrician-low-voltage"), shares_input()).unwrap().json().unwrap(),
    ]
}

/// Name of the first check that fails.
fn fault(json: &str) -> Option<String> {
    let verdict = verify(json);
    let bad = verdict.checks.iter().find(|check| !check.ok).map(|check| check.name.clone());
    assert_eq!(verdict.established, bad.is_none());
    bad
}

#[test]
fn a_transcript_of_every_purpose_is_established() {
    for json in all() {
        let verdict = verify(&json);
        assert!(verdict.established, "{json}\n{verdict:?}");
        let names: Vec<&str> = verdict.checks.iter().map(|check| check.name.as_str()).collect();
        assert_eq!(names, ["form", "commitments", "input_hash", "seed", "result"]);
        let answer: Value = serde_json::from_str(&verdict.json()).unwrap();
        assert_eq!(answer["verdict"], "established");
        assert_eq!(
            (answer["checks"].as_array().unwrap().len(), answer["not_established"][4].is_string()),
            (5, true)
        );
    }
}

#[test]
fn a_change_to_any_field_is_refuted_by_the_check_it_breaks() {
    let table: [(&str, Value, Option<&str>); 17] = [
        ("/version", "kaodian-draw/2".into(), Some("form")),
        ("/purpose", "sets".into(), Some("form")),
        ("/purpose", "raffle".into(), Some("form")),
        ("/subject", "another".into(), Some("seed")),
        ("/subject", "".into(), Some("form")),
        ("/rule_set", "national@2026.2".into(), Some("seed")),
        ("/public_number", Value::Null, Some("seed")),
        ("/parties", Value::Array(vec![]), Some("form")),
        ("/parties/0/name", "center".into(), Some("seed")),
        ("/parties/0/name", "zz".into(), Some("form")),
        ("/parties/0/secret", "00".into(), Some("form")),
        ("/parties/0/commitment", "00".into(), Some("commitments")),
        ("/input/rooms/0/seats", 3.into(), Some("input_hash")),
        ("/input/rooms/0/seats", 4.0.into(), Some("form")),
        ("/input_hash", "00".into(), Some("input_hash")),
        ("/seed", "00".into(), Some("seed")),
        ("/result/seats/0/seat", 2.into(), Some("result")),
    ];
    for (field, value, expected) in table {
        let mut document: Value = serde_json::from_str(&example().json().unwrap()).unwrap();
        *document.pointer_mut(field).unwrap() = value.clone();
        assert_eq!(fault(&document.to_string()).as_deref(), expected, "{field} = {value}");
    }
}

#[test]
fn the_time_is_no_part_of_the_seed_so_that_nobody_can_choose_it_to_suit() {
    let mut later = header("S-2026-0928-1");
    later.at = later.at.plus_minutes(1);
    let later = build(&later, SeatingInput::new(&tickets(5), &rooms(&[4, 4]))).unwrap();
    assert_eq!(later.document.seed, example().document.seed);
}

#[test]
fn parties_come_in_the_order_of_their_names_so_that_nobody_can_choose_it_to_suit() {
    let mut turned = header("S-2026-0928-1");
    turned.parties.reverse();
    let turned = build(&turned, SeatingInput::new(&tickets(5), &rooms(&[4, 4]))).unwrap();
    assert_eq!(turned.document, example().document);
}

#[test]
fn doubtful_parties_are_refused() {
    type Change = fn(&mut Header);
    let table: [(Change, HeaderError); 7] = [
        (|h| h.subject.clear(), HeaderError::NoSubject),
        (|h| h.public_number = Some(String::new()), HeaderError::EmptyPublicNumber),
        (|h| h.parties.clear(), HeaderError::NoParty),
        (|h| h.parties[0].name.clear(), HeaderError::NoName),
        (|h| h.parties[0].name = "centre".to_owned(), HeaderError::PartyTwice("centre".to_owned())),
        (|h| h.parties[0].bytes = (0..32).collect(), HeaderError::SecretTwice("inspection".to_owned())),
        (|h| h.parties[0].bytes.truncate(15), HeaderError::ShortSecret("inspection".to_owned())),
    ];
    for (change, expected) in table {
        let mut header = header("S1");
        change(&mut header);
        let refused = build(&header, sheets_input()).unwrap_err();
        assert_eq!(refused, BuildError::Header(expected));
    }
}

#[test]
fn a_table_that_is_not_well_formed_is_refused() {
    type Change = fn(&mut StaffInput);
    let table: [(&str, Change); 5] = [
        ("a row too few", |i| drop(i.eligible.pop())),
        ("nobody for a post", |i| i.eligible[0].clear()),
        ("somebody unknown", |i| i.eligible[0].push("zz".to_owned())),
        ("turned round", |i| i.eligible[0].reverse()),
        ("people turned round", |i| i.people.reverse()),
    ];
    for (what, change) in table {
        let mut input = staff_input();
        change(&mut input);
        let refused = build(&header("S1"), input).map(drop);
        assert_eq!(refused, Err(BuildError::Input(InputError::Table)), "{what}");
    }
}

#[test]
fn the_published_part_follows_from_the_basis_and_from_no_other() {
    let json = build(&header("S1"), staff_input()).unwrap().json().unwrap();
    let verdict = |basis: &StaffBasis| verify_basis(&json, &serde_json::to_string(basis).unwrap());
    assert!(verdict(&staff_basis()).established);
    type Change = fn(&mut StaffBasis);
    let table: [(&str, Change); 5] = [
        ("a load", |b| b.people[3].load += 1),
        ("a rule", |b| b.people[0].sessions[0].examining.push("barred".to_owned())),
        ("a partner", |b| b.people[0].last_partners.clear()),
        ("a code", |b| b.codes[0].code = "0".repeat(CODE_DIGITS)),
        ("a draw", |b| b.draw = "S-am-staff-2".to_owned()),
    ];
    for (what, change) in table {
        let mut basis = staff_basis();
        change(&mut basis);
        let verdict = verdict(&basis);
        assert_eq!((verdict.established, verdict.checks.last().unwrap().ok), (false, false), "{what}");
    }
    assert!(!verify_basis(&example().json().unwrap(), "{}").established);
}

#[test]
fn the_published_part_names_nobody_and_each_finds_his_own_code_by_his_salt() {
    let json = build(&header("S1"), staff_input()).unwrap().json().unwrap();
    for n in 0..16_u8 {
        let staff = format!("S{n:02}");
        assert!(!json.contains(&format!("\"{staff}\"")), "{staff}");
        let code = code_of("S-am-staff-1", &[n; 16], &staff);
        assert_eq!(code.len(), CODE_DIGITS);
        assert!(staff_input().people.contains(&code), "{staff}");
        assert_eq!(staff_basis().staff_of(&code), Some(staff.as_str()));
    }
}

#[test]
fn a_field_given_twice_or_in_excess_is_refuted() {
    let json = example().json().unwrap();
    for (text, more) in
        [("\"rooms\":", "\"rooms\": [], \"rooms\":"), ("\"seed\":", "\"extra\": 1, \"seed\":")]
    {
        assert_eq!(fault(&json.replacen(text, more, 1)).as_deref(), Some("form"), "{more}");
    }
}

#[test]
fn upper_case_digits_are_refuted() {
    let mut document: Value = serde_json::from_str(&example().json().unwrap()).unwrap();
    for field in ["/parties/0/secret", "/parties/0/commitment", "/input_hash", "/seed"] {
        let before = document.pointer(field).unwrap().clone();
        *document.pointer_mut(field).unwrap() = before.as_str().unwrap().to_uppercase().into();
        assert!(!verify(&document.to_string()).established, "{field}");
        *document.pointer_mut(field).unwrap() = before;
    }
}

#[test]
fn what_is_no_transcript_is_refuted() {
    for text in ["", "null", "[]", "{}", "{\"version\":\"kaodian-draw/1\",\"purpose\":\"sets\"}", "\u{0}"] {
        assert_eq!(fault(text).as_deref(), Some("form"), "{text}");
    }
}

/// A document of docs/, beside this crate.
fn docs(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn the_documents_examples_are_those_that_the_code_draws() {
    let text = docs("draw.md");
    let blocks: Vec<&str> =
        text.split("```json\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert_eq!(blocks, [example().json().unwrap(), sets_example().json().unwrap()]);
}

#[test]
fn the_documents_numbers_can_be_recomputed() {
    let text = docs("draw.md");
    let document = example().document;
    let input = canonical(&serde_json::to_value(&document.input).unwrap()).unwrap();
    let mut picker = Picker::new(Seed(hex::decode(&document.seed).unwrap().try_into().unwrap()));
    let picks: Vec<String> =
        (1..=5).rev().map(|n| picker.pick(NonZeroUsize::new(n).unwrap()).to_string()).collect();
    let label = Seed::of_text("kaodian").seed_for("T001").hex();
    for expected in [input, document.input_hash, document.seed, format!("picks {}", picks.join(", ")), label]
    {
        assert!(text.contains(&expected), "docs/draw.md lacks: {expected}");
    }
}

#[test]
fn the_script_in_another_language_agrees() {
    let script = format!("{}/../docs/draw_check.py", env!("CARGO_MANIFEST_DIR"));
    let run = |json: &str| {
        use std::io::Write;
        let mut child = std::process::Command::new("python3")
            .args([script.as_str(), "-"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .ok()?;
        child.stdin.take()?.write_all(json.as_bytes()).unwrap();
        Some(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap())
    };
    let seats = seat(&tickets(70), &rooms(&[30, 20, 30]), Seed::of_text("70")).unwrap();
    let large = |sets, avoid| {
        build(&header("考点 \u{1f600}"), SetsInput::new(&seats, SEATS_IN_A_ROW, sets, avoid))
            .unwrap()
            .json()
            .unwrap()
    };
    let seating = build(&header("S\n1"), SeatingInput::new(&tickets(70), &rooms(&[30, 20, 30]))).unwrap();
    let mut all = vec![example().json().unwrap(), sets_example().json().unwrap()];
    all.extend([large(5, true), large(2, true), large(7, false), seating.json().unwrap()]);
    all.push(build(&header("S1"), staff_input()).unwrap().json().unwrap());
    for json in all {
        let Some(answer) = run(&json) else {
            println!("skipped: no python3");
            return;
        };
        assert_eq!(answer.trim(), "established", "{json}");
        let number =
            ["set", "seat", "among"].iter().find_map(|name| json.rfind(&format!("\"{name}\": "))).unwrap();
        let mut changed = json.clone();
        changed.insert(number + json[number..].find(": ").unwrap() + 2, '1');
        assert_eq!(run(&changed).unwrap().trim(), "refuted: result", "{changed}");
    }
    for input in [question_sets_input(), shares_input()] {
        let json = build(&header("electrician-low-voltage"), input).unwrap().json().unwrap();
        assert_eq!(run(&json).unwrap().trim(), "established", "{json}");
        let result = json.rfind("\"result\"").unwrap();
        let id = result + json[result..].find(|c: char| c.is_ascii_digit()).unwrap();
        let mut changed = json.clone();
        changed.insert(id, '9');
        assert_eq!(run(&changed).unwrap().trim(), "refuted: result", "{changed}");
    }
}

proptest! {
    #[test]
    fn transcripts_of_any_input_verify_and_changed_ones_do_not(
        n in 1_usize..40, sets in 1_u32..7, avoid: bool, subject in "\\PC{1,12}",
        secret in prop::collection::vec(any::<u8>(), 16..40),
        number in prop::option::of("\\PC{1,8}"), place: prop::sample::Index, bit in 0_u32..8,
    ) {
        let mut header = header(&subject);
        header.public_number = number;
        header.parties = vec![Secret { name: subject.clone(), bytes: secret }];
        let seats = seat(&tickets(n), &rooms(&[30, 30]), Seed::of_text(&subject)).unwrap();
        let transcript = build(&header, SetsInput::new(&seats, SEATS_IN_A_ROW, sets, avoid)).unwrap();
        let json = serde_json::to_string(&transcript.document).unwrap();
        prop_assert!(verify(&json).established, "{json}");
        // Flip one bit between `parties` and the end of the text; `at` lies before it.
        let start = json.find("\"parties\"").unwrap();
        let mut bytes = json.clone().into_bytes();
        let place = start + place.index(bytes.len() - start);
        bytes[place] ^= 1 << bit;
        let Ok(flipped) = String::from_utf8(bytes) else { return Ok(()) };
        prop_assert!(!verify(&flipped).established, "byte {place}: {flipped}");
    }
}
