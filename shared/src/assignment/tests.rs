use super::*;
use crate::ids::{CategoryId, OrganisationId, PersonId, PointId, SessionId, TradeId};
use crate::rules::{CrossPoints, StaffRules};
use crate::time::{Date, Instant};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};

mod chance;
mod pools;

const RULES: StaffRules = StaffRules {
    invigilators_per_room: 2,
    room_capacity: 30,
    examiners_per_station: 2,
    reserves_invigilators: 1,
    reserves_examiners: 1,
    no_show_bar_days: 180,
    max_sessions_per_week: 3,
    place_told_hours_before: 12,
    travel_minutes: 60,
    cross_points: CrossPoints::Free,
    other_pools: false,
    pairing_cap_percent: 50,
};

fn code(n: usize) -> StaffCode {
    StaffCode::parse(&format!("S{n:03}")).unwrap()
}

fn id(text: &str) -> SessionId {
    SessionId::parse(text).unwrap()
}

fn org(text: &str) -> OrganisationId {
    OrganisationId::parse(text).unwrap()
}

fn person(text: &str) -> PersonId {
    PersonId::parse(text).unwrap()
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn at(time: &str) -> Instant {
    Instant::parse(&format!("2026-09-28T{time}:00+08:00")).unwrap()
}

fn session() -> SessionFacts {
    SessionFacts {
        session: SessionId::parse("X1").unwrap(),
        starts: at("09:00"),
        ends: at("12:00"),
        date: day("2026-09-28"),
        point: PointId::parse("P1").unwrap(),
        district: "411002".to_owned(),
        language: None,
        trade: TradeId::parse("electrician-low-voltage").unwrap(),
        category: CategoryId::parse("electrician").unwrap(),
        candidates: vec![person("C1"), person("C2")],
        institutions: vec![org("school")],
        employers: vec![org("works")],
    }
}

fn card(kind: CardKind, category: &str, valid_until: &str) -> Card {
    Card { kind, categories: vec![CategoryId::parse(category).unwrap()], valid_until: day(valid_until) }
}

fn staff() -> StaffFacts {
    StaffFacts {
        code: code(1),
        employer: Some(org("elsewhere")),
        taught_at: vec![org("other-school")],
        trained: vec![person("C9")],
        family: vec![],
        conflicts_complete: true,
        cards: vec![
            card(CardKind::Invigilator, "any", "2026-09-28"),
            card(CardKind::Examiner, "electrician", "2026-09-28"),
        ],
        district: "411002".to_owned(),
        pool: None,
        languages: vec![],
        barred_until: Some(day("2026-09-27")),
        unavailable: vec![day("2026-09-29")],
        // In the afternoon at another exam point, exactly the way from this one; one more duty in the week before.
        booked: vec![booking("2026-09-28", 13), booking("2026-09-27", 9)],
        pending: vec![],
        already_in: vec![],
    }
}

/// Three hours of duty at another exam point.
fn booking(date: &str, hour: u32) -> Booking {
    let starts = Instant::parse(&format!("{date}T{hour:02}:00:00+08:00")).unwrap();
    Booking {
        session: id(&format!("{date}-{hour}")),
        point: PointId::parse("P2").unwrap(),
        date: day(date),
        starts,
        ends: starts.plus_minutes(180),
        partners: None,
    }
}

/// A person who may do everything.
fn row(n: usize) -> Row {
    Row { code: code(n), load: 0, sessions: vec![Against::default()], last_partners: vec![] }
}

/// A person whom rules forbid the one or the other duty.
fn barred(n: usize, invigilating: Vec<HardRule>, examining: Vec<HardRule>) -> Row {
    Row { sessions: vec![Against { far: false, invigilating, examining }], ..row(n) }
}

fn post(text: &str, kind: PostKind, room: Option<usize>) -> Post {
    let place = room.map_or(Place::Point, |n| Place::Room(RoomId::parse(&format!("R{n}")).unwrap()));
    Post { code: PostCode::parse(text).unwrap(), session: id("X1"), kind, place, beside: vec![] }
}

/// Two invigilators for each room.
fn rooms(n: usize) -> Vec<Post> {
    let chair = |room, chair| post(&format!("R{room}-{chair}"), PostKind::Invigilator, Some(room));
    (1..=n).flat_map(|room| [chair(room, 1), chair(room, 2)]).collect()
}

fn matrix(people: Vec<Row>) -> Matrix {
    Matrix { sessions: vec![id("X1")], people, band_width: 2 }
}

/// A pool with mutual last partners 1–2, 3–4, …
fn paired(n: usize) -> Vec<Row> {
    let partner = |i: usize| if i % 2 == 1 { i + 1 } else { i - 1 };
    (1..=n).map(|i| Row { last_partners: vec![code(partner(i))], ..row(i) }).collect()
}

fn short(result: Result<Assignment, NoAssignment>) -> Shortfall {
    match result {
        Err(NoAssignment::Short(shortfall)) => shortfall,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_hard_rule_forbids_by_itself() {
    type Change = fn(&mut StaffFacts);
    let invigilating: [(Change, Option<HardRule>); 19] = [
        (|_| (), None),
        (|s| s.cards.clear(), Some(HardRule::CardMissing)),
        (|s| s.cards[0].valid_until = day("2026-09-27"), Some(HardRule::CardExpired)),
        (|s| s.employer = Some(org("works")), Some(HardRule::EmployerOfCandidates)),
        (|s| s.employer = Some(org("school")), Some(HardRule::InstitutionOfCandidates)),
        (|s| s.employer = None, None),
        (|s| s.taught_at.push(org("school")), Some(HardRule::TaughtAtInstitution)),
        (|s| s.taught_at.push(org("works")), Some(HardRule::TaughtAtInstitution)),
        (|s| s.trained.push(person("C2")), Some(HardRule::TrainedCandidate)),
        (|s| s.family.push(person("C1")), Some(HardRule::Family)),
        (|s| s.booked[0].starts = at("12:59"), Some(HardRule::ElsewhereAtThatTime)),
        (|s| s.booked[0].starts = at("10:00"), Some(HardRule::ElsewhereAtThatTime)),
        (
            |s| {
                s.booked[0].point = PointId::parse("P1").unwrap();
                s.booked[0].starts = at("12:00");
            },
            None,
        ),
        (|s| s.unavailable.push(day("2026-09-28")), Some(HardRule::NotAvailable)),
        (|s| s.barred_until = Some(day("2026-09-28")), Some(HardRule::Barred)),
        (|s| s.conflicts_complete = false, Some(HardRule::ConflictsIncomplete)),
        (
            |s| s.booked.extend([booking("2026-09-30", 9), booking("2026-10-04", 9)]),
            Some(HardRule::WeeklyLimit),
        ),
        (|s| s.cards[1].valid_until = day("2020-01-01"), None),
        (|s| s.booked.extend((1..=9).map(|n| booking(&format!("2026-0{n}-01"), 9))), None),
    ];
    for (number, (change, expected)) in invigilating.into_iter().enumerate() {
        let mut facts = staff();
        change(&mut facts);
        let found =
            eligibility(&[session()], &[facts], &RULES).people.remove(0).sessions.remove(0).invigilating;
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "row {number}");
    }
}

#[test]
fn an_examiners_card_must_be_for_the_category_and_valid_on_the_day() {
    let examiner = CardKind::Examiner;
    let table = [
        (vec![card(examiner, "electrician", "2026-09-28")], None),
        (vec![card(CardKind::Invigilator, "electrician", "2030-01-01")], Some(HardRule::CardMissing)),
        (vec![card(examiner, "welding", "2030-01-01")], Some(HardRule::CardCategory)),
        (vec![card(examiner, "electrician", "2026-09-27")], Some(HardRule::CardExpired)),
        (
            vec![card(examiner, "electrician", "2026-09-27"), card(examiner, "welding", "2030-01-01")],
            Some(HardRule::CardExpired),
        ),
        (
            vec![card(examiner, "electrician", "2020-01-01"), card(examiner, "electrician", "2030-01-01")],
            None,
        ),
        (
            vec![Card { categories: vec![], ..card(examiner, "x", "2030-01-01") }],
            Some(HardRule::CardCategory),
        ),
    ];
    for (number, (cards, expected)) in table.into_iter().enumerate() {
        let facts = StaffFacts { cards, ..staff() };
        let found = eligibility(&[session()], &[facts], &RULES).people.remove(0).sessions.remove(0).examining;
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "row {number}");
    }
}

#[test]
fn all_rules_that_forbid_are_listed_and_rows_are_ordered_by_code() {
    let late = StaffFacts { code: code(2), conflicts_complete: false, cards: vec![], ..staff() };
    let matrix = eligibility(&[session()], &[late, staff()], &RULES);
    assert_eq!(matrix.people[0].code, code(1));
    assert_eq!(
        matrix.people[1].sessions[0].examining,
        [HardRule::CardMissing, HardRule::ConflictsIncomplete]
    );
}

#[test]
fn who_is_above_the_band_is_drawn_only_when_needed() {
    let loads = |loads: &[u32]| -> Vec<Row> {
        loads.iter().enumerate().map(|(i, load)| Row { load: *load, ..row(i) }).collect()
    };
    // Loads, rooms; the limit that follows and the number of people inside it.
    let table: [(&[u32], usize, u32, usize); 5] = [
        (&[0, 1, 2, 3, 9], 1, 2, 3),
        (&[0, 0, 2, 3, 9, 9], 2, 3, 4),
        (&[0, 9, 9, 12], 1, 9, 3),
        (&[5, 5, 5, 7, 8], 1, 7, 4),
        (&[0, 4, 5, 6, 7], 2, 6, 4),
    ];
    for (people, room_count, limit, open) in table {
        let board = Board::new(&matrix(loads(people)), &rooms(room_count)).unwrap();
        assert_eq!(board.limits(), Limits { invigilating: Some(limit), examining: None }, "{people:?}");
        assert_eq!(board.eligible()[0].len(), open, "{people:?}");
    }
}

#[test]
fn those_from_another_district_count_as_having_one_duty_more() {
    let far = Against { far: true, ..Against::default() };
    let far = Row { load: 2, sessions: vec![far], ..row(3) };
    let near = Row { load: 2, ..row(4) };
    let board = Board::new(&matrix(vec![row(1), row(2), far, near]), &rooms(1)).unwrap();
    assert_eq!(board.eligible(), [[0, 1, 3], [0, 1, 3]]);
}

#[test]
fn a_pair_never_works_together_twice_running() {
    let table: [(usize, usize); 5] = [(4, 1), (4, 2), (6, 3), (10, 1), (12, 6)];
    for (people, room_count) in table {
        let posts = rooms(room_count);
        let board = Board::new(&matrix(paired(people)), &posts).unwrap();
        for n in 0..50 {
            let assignment = lottery::draw(&board, Seed::of_text(&format!("pair {n}")));
            for both in posts.chunks(2) {
                let a = assignment.person_at(&both[0].code).unwrap();
                let b = assignment.person_at(&both[1].code).unwrap();
                let row = paired(people).into_iter().find(|row| row.code == *a).unwrap();
                assert_ne!(
                    row.last_partners,
                    std::slice::from_ref(b),
                    "{people} people, {room_count} rooms, seed {n}"
                );
            }
        }
    }
}

#[test]
fn load_and_last_partners_are_those_before_the_day() {
    let with = |date: &str, partner: Option<usize>| Booking {
        partners: partner.map(|n| vec![code(n)]),
        ..booking(date, 9)
    };
    let booked = vec![
        with("2025-12-31", Some(2)),
        with("2026-03-01", Some(3)),
        with("2026-09-01", None),
        with("2026-11-01", Some(4)),
    ];
    let matrix = eligibility(&[session()], &[StaffFacts { booked, ..staff() }], &RULES);
    assert_eq!(matrix.people[0].load, 3, "those of the year, of whatever kind, also the later ones");
    assert_eq!(
        matrix.people[0].last_partners,
        [code(3)],
        "the last that was done with somebody, before the session"
    );
}

#[test]
fn one_draw_fills_the_sessions_of_a_day_and_gives_nobody_two_posts() {
    let sessions = vec![id("AM"), id("PM")];
    // Number 1 may only come in the morning, 2 only in the afternoon; 3 and 4 whenever.
    let only = |n: usize, place: usize| {
        let mut sessions = vec![Against::default(), Against::default()];
        sessions[place].invigilating.push(HardRule::ElsewhereAtThatTime);
        Row { sessions, ..row(n) }
    };
    let both = |n| Row { sessions: vec![Against::default(), Against::default()], ..row(n) };
    let people = vec![only(1, 1), only(2, 0), both(3), both(4)];
    let room = |session: &'static str| {
        rooms(1).into_iter().map(move |post| Post {
            code: PostCode::parse(&format!("{session}/{}", post.code)).unwrap(),
            session: id(session),
            ..post
        })
    };
    let posts: Vec<Post> = room("AM").chain(room("PM")).collect();
    let matrix = Matrix { sessions, people, band_width: 2 };
    let board = Board::new(&matrix, &posts).unwrap();
    assert_eq!(board.eligible(), [[0, 2, 3], [0, 2, 3], [1, 2, 3], [1, 2, 3]]);
    for n in 0..50 {
        let drawn = lottery::draw(&board, Seed::of_text(&format!("{n}")));
        let of = |session: &str| -> HashSet<StaffCode> {
            let own = drawn.filled.iter().filter(|filled| filled.post.as_str().starts_with(session));
            own.map(|filled| filled.person.clone()).collect()
        };
        assert!(
            of("AM").contains(&code(1)) && of("PM").contains(&code(2)) && of("AM").is_disjoint(&of("PM"))
        );
    }
}

#[test]
fn posts_that_few_may_take_let_in_no_more_than_they_need() {
    // Who comes in the morning, in the afternoon: number, load; then who may take the post of each.
    type Half<'a> = &'a [(usize, u32)];
    type Case<'a> = (Half<'a>, Half<'a>, [&'a [usize]; 2], u32, &'a str);
    let table: [Case<'_>; 2] = [
        (
            &[(1, 0), (2, 1), (3, 5)],
            &[(4, 5), (5, 9)],
            [&[0, 1], &[3]],
            5,
            "only those with many in the afternoon",
        ),
        (&[(1, 0), (2, 7)], &[(1, 0), (3, 4)], [&[0], &[0, 2]], 4, "of two who want one person the lighter"),
    ];
    let halves = [id("AM"), id("PM")];
    for (morning, afternoon, eligible, heaviest, why) in table {
        let mut people = BTreeMap::new();
        for (half, who) in [morning, afternoon].into_iter().enumerate() {
            for (n, load) in who {
                let away =
                    Against { invigilating: vec![HardRule::ElsewhereAtThatTime], ..Against::default() };
                let absent = Row { sessions: vec![away.clone(), away], load: *load, ..row(*n) };
                people.entry(*n).or_insert(absent).sessions[half] = Against::default();
            }
        }
        let posts = halves.clone().map(|session| Post {
            code: PostCode::parse(&format!("{session}/R1-1")).unwrap(),
            session,
            ..post("R1-1", PostKind::Invigilator, Some(1))
        });
        let people = people.into_values().collect();
        let board = Board::new(&Matrix { sessions: halves.to_vec(), people, band_width: 1 }, &posts).unwrap();
        assert_eq!(board.eligible(), eligible, "{why}");
        assert_eq!(board.limits(), Limits { invigilating: Some(heaviest), examining: None }, "{why}");
    }
}

#[test]
fn partners_may_serve_in_one_room_in_two_sessions() {
    // The same room in the morning and in the afternoon: two posts each that must not go to a pair.
    let sessions = vec![id("AM"), id("PM")];
    let people: Vec<Row> =
        paired(4).into_iter().map(|row| Row { sessions: vec![Against::default(); 2], ..row }).collect();
    let lone = |session: &str| Post {
        code: PostCode::parse(&format!("{session}/R1-1")).unwrap(),
        session: id(session),
        ..post("R1-1", PostKind::Invigilator, Some(1))
    };
    let board = Board::new(&Matrix { sessions, people, band_width: 2 }, &[lone("AM"), lone("PM")]).unwrap();
    assert_eq!(board.eligible(), [[0, 1, 2, 3], [0, 1, 2, 3]], "no two share a room at one time");
}

#[test]
fn a_matrix_that_does_not_speak_of_every_session_is_refused() {
    let apart = Post { session: id("X2"), ..rooms(1).remove(0) };
    let refused = assign(&matrix(vec![row(1)]), std::slice::from_ref(&apart), Seed::of_text(""));
    assert_eq!(refused, Err(NoAssignment::PostApart(apart.code)));
    let silent = Row { sessions: vec![], ..row(1) };
    let refused = assign(&matrix(vec![silent]), &rooms(1), Seed::of_text(""));
    assert_eq!(refused, Err(NoAssignment::RowLength(code(1))));
    let twice = Matrix { sessions: vec![id("X1"), id("X1")], ..matrix(vec![]) };
    assert_eq!(assign(&twice, &rooms(1), Seed::of_text("")), Err(NoAssignment::SessionTwice(id("X1"))));
}

#[test]
fn who_has_worked_with_others_since_may_meet_again() {
    let mut people = paired(2);
    people[1].last_partners = vec![code(7)];
    assert!(assign(&matrix(people), &rooms(1), Seed::of_text("")).is_ok());
    let shortfall = short(assign(&matrix(paired(2)), &rooms(1), Seed::of_text("")));
    assert_eq!(shortfall.missing, 1);
    assert_eq!(shortfall.against[0].rule, HardRule::SamePairTwice);
}

#[test]
fn the_answer_names_the_posts_that_cannot_be_filled_and_what_stands_against_it() {
    let barred = |n| barred(n, vec![], vec![HardRule::Barred]);
    let both = self::barred(4, vec![], vec![HardRule::Barred, HardRule::CardMissing]);
    let mut posts = rooms(1);
    posts.extend(["E1", "E2", "E3"].map(|text| post(text, PostKind::Examiner, None)));
    let people = vec![row(1), barred(2), barred(3), both, barred(5)];
    let refused = assign(&matrix(people), &posts, Seed::of_text("")).unwrap_err();
    let text = refused.to_string();
    assert_eq!(
        text,
        "2 people are missing: only 1 may take the posts E1, E2, E3; barred keeps 4 away, 3 of them alone; \
         card_missing keeps 1 away, 0 of them alone; without barred all posts could be filled"
    );
    let NoAssignment::Short(shortfall) = refused else { panic!("{refused:?}") };
    assert_eq!(shortfall.candidates, [code(1)]);
    assert_eq!(shortfall.against[0].alone, [code(2), code(3), code(5)]);
}

#[test]
fn a_person_or_post_named_twice_is_refused() {
    let twice = assign(&matrix(vec![row(1), row(1)]), &rooms(1), Seed::of_text(""));
    assert_eq!(twice, Err(NoAssignment::PersonTwice(code(1))));
    let posts = [rooms(1), rooms(1)].concat();
    let twice = assign(&matrix(vec![row(1), row(2)]), &posts, Seed::of_text(""));
    assert_eq!(twice, Err(NoAssignment::PostTwice(posts[0].code.clone())));
}

#[test]
fn reserves_are_drawn_last_and_in_their_order() {
    let mut posts = vec![post("V1", PostKind::ReserveInvigilator, None)];
    posts.extend(rooms(2));
    posts.push(post("V2", PostKind::ReserveInvigilator, None));
    let people: Vec<Row> = (0..9).map(row).collect();
    let mut first = HashSet::new();
    for n in 0..40 {
        let drawn = assign(&matrix(people.clone()), &posts, Seed::of_text(&format!("{n}"))).unwrap();
        let order: Vec<&str> = drawn.filled.iter().map(|filled| filled.post.as_str()).collect();
        assert_eq!(order[4..], ["V1", "V2"]);
        first.insert(order[0].to_owned());
    }
    assert_eq!(first.len(), 4, "every main post comes first now and then");
}

#[test]
fn one_post_goes_to_each_eligible_person_as_often() {
    // The exact shares of a small pool: A may only take post 1; post 2 is open to all three.
    // Order 1, 2: post 1 from {A, B, C}, then post 2 from those left of {B, C}; order 2, 1 alike from {B, C}.
    let only_first = barred(1, vec![HardRule::CardMissing], vec![]);
    let both = |n| row(n);
    let posts = [post("E1", PostKind::Examiner, None), post("I1", PostKind::Invigilator, None)];
    let people = matrix(vec![only_first, both(2), both(3)]);
    let mut counts = BTreeMap::<(StaffCode, StaffCode), u32>::new();
    for n in 0..24_000 {
        let drawn = assign(&people, &posts, Seed::of_text(&format!("share {n}"))).unwrap();
        let at = |i: usize| drawn.person_at(&posts[i].code).unwrap().clone();
        *counts.entry((at(0), at(1))).or_default() += 1;
    }
    // E1 first (1/2): A 1/3 then B or C 1/2 each; B 1/3 then C; C 1/3 then B. I1 first (1/2): B or C 1/2, then E1
    // from the two others. So A–B and A–C: 1/12 + 1/8 = 5/24; B–C and C–B: 1/6 + 1/8 = 7/24.
    let shares = [((1, 2), 5.0), ((1, 3), 5.0), ((2, 3), 7.0), ((3, 2), 7.0)];
    let chi: f64 = shares
        .iter()
        .map(|((e, i), share)| {
            let expected = share * 1000.0;
            (f64::from(counts[&(code(*e), code(*i))]) - expected).powi(2) / expected
        })
        .sum();
    assert_eq!(counts.len(), 4);
    assert!(chi < 16.27, "99.9 % point for 3 degrees of freedom: {chi}");
}

/// Whether posts from `post` on can be filled, by trying everything.
fn by_brute_force(eligible: &[Vec<usize>], post: usize, used: &mut HashSet<usize>) -> bool {
    let Some(people) = eligible.get(post) else { return true };
    people.iter().any(|person| {
        used.insert(*person) && {
            let found = by_brute_force(eligible, post + 1, used);
            used.remove(person);
            found
        }
    })
}

/// Posts that ask for card A, card B, or (as reserves) either; people with a load and one or both cards.
fn any_case() -> impl Strategy<Value = (Vec<Post>, Vec<Row>)> {
    let kinds =
        [PostKind::Invigilator, PostKind::Examiner, PostKind::ReserveInvigilator, PostKind::LeadExaminer];
    let posts = prop::collection::vec((0_usize..4, prop::option::of(1_usize..3)), 1..7);
    let people = prop::collection::vec((any::<bool>(), any::<bool>(), 0_u32..6, 0_usize..6), 1..7);
    (posts, people).prop_map(move |(posts, people)| {
        let posts =
            posts.into_iter().enumerate().map(|(i, (kind, room))| post(&format!("P{i}"), kinds[kind], room));
        let rules = |free| if free { vec![] } else { vec![HardRule::CardMissing] };
        let people = people.into_iter().enumerate().map(|(i, (invigilates, examines, load, partner))| Row {
            load,
            last_partners: vec![code(partner)],
            ..barred(i, rules(invigilates), rules(examines))
        });
        (posts.collect(), people.collect())
    })
}

proptest! {
    #[test]
    fn an_assignment_is_found_exactly_if_there_is_one((posts, mut people) in any_case(), text in "[a-z]{0,4}") {
        people.iter_mut().for_each(|row| row.last_partners.clear());
        let may = |post: &Post| -> Vec<usize> {
            (0..people.len()).filter(|p| people[*p].sessions[0].forbids(post.kind.duty()).is_empty()).collect()
        };
        let eligible: Vec<Vec<usize>> = posts.iter().map(may).collect();
        let exists = by_brute_force(&eligible, 0, &mut HashSet::new());
        match assign(&matrix(people.clone()), &posts, Seed::of_text(&text)) {
            Ok(assignment) => {
                prop_assert!(exists);
                prop_assert_eq!(assignment.filled.len(), posts.len());
            }
            Err(NoAssignment::Short(shortfall)) => {
                prop_assert!(!exists);
                prop_assert!(shortfall.candidates.len() < shortfall.posts.len());
                let named: HashSet<_> = shortfall.candidates.iter().collect();
                for (post, eligible) in posts.iter().zip(&eligible).filter(|(p, _)| shortfall.posts.contains(&p.code)) {
                    prop_assert!(eligible.iter().all(|p| named.contains(&people[*p].code)), "{}", post.code);
                }
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn every_assignment_satisfies_board_matrix_and_pairs((posts, people) in any_case(), text in "[a-z]{0,4}") {
        let Ok(board) = Board::new(&matrix(people.clone()), &posts) else { return Ok(()) };
        let assignment = lottery::draw(&board, Seed::of_text(&text));
        let taken: HashSet<_> = assignment.filled.iter().map(|filled| &filled.person).collect();
        prop_assert_eq!(taken.len(), posts.len());
        let row_at = |post: &Post| {
            let code = assignment.person_at(&post.code).unwrap();
            people.iter().find(|row| row.code == *code).unwrap()
        };
        for (number, post) in posts.iter().enumerate() {
            let row = row_at(post);
            prop_assert!(row.sessions[0].forbids(post.kind.duty()).is_empty());
            let place = people.iter().position(|r| r.code == row.code).unwrap();
            prop_assert!(board.eligible()[number].contains(&place));
            let beside = |o: &&Post| o.code != post.code && o.place == post.place && o.place != Place::Point;
            for other in posts.iter().filter(beside) {
                let other = row_at(other);
                let mutual = row.last_partners.contains(&other.code) && other.last_partners.contains(&row.code);
                prop_assert!(!mutual, "{} and {}", row.code, other.code);
            }
        }
    }

    #[test]
    fn each_post_is_drawn_among_exactly_those_who_leave_the_rest_fillable(
        (posts, people) in any_case(), text in "[a-z]{0,4}",
    ) {
        let Ok(board) = Board::new(&matrix(people.clone()), &posts) else { return Ok(()) };
        let assignment = lottery::draw(&board, Seed::of_text(&text));
        let place = |code: &StaffCode| board.people().iter().position(|p| p == code).unwrap();
        let number = |code: &PostCode| posts.iter().position(|p| p.code == *code).unwrap();
        let eligible = board.eligible();
        let mut used = HashSet::new();
        for (turn, filled) in assignment.filled.iter().enumerate() {
            let rest: Vec<Vec<usize>> =
                assignment.filled[turn + 1..].iter().map(|later| eligible[number(&later.post)].clone()).collect();
            let leaves_rest_fillable = |person: &&usize| {
                let mut used = used.clone();
                used.insert(**person) && by_brute_force(&rest, 0, &mut used)
            };
            let choices: Vec<usize> =
                eligible[number(&filled.post)].iter().filter(leaves_rest_fillable).copied().collect();
            prop_assert_eq!(filled.among, choices.len());
            prop_assert!(choices.contains(&place(&filled.person)));
            used.insert(place(&filled.person));
        }
    }
}
