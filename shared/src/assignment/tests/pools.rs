//! Whose pool somebody belongs to, crossing over between exam points, and languages; what would make a draw possible.

use super::*;
use crate::language::Language;

fn found(session: &SessionFacts, facts: StaffFacts, rules: StaffRules) -> Vec<HardRule> {
    eligibility(std::slice::from_ref(session), &[facts], &rules)
        .people
        .remove(0)
        .sessions
        .remove(0)
        .invigilating
}

#[test]
fn who_belongs_to_another_pool_is_drawn_only_if_the_rules_say_so() {
    // The session is at P1 in 411002.
    let table = [
        (None, false, true),
        (Some("P1"), false, true),
        (Some("P2"), false, false),
        (Some("411002"), false, true),
        (Some("4110"), false, true),
        (Some("41"), false, true),
        (Some("411003"), false, false),
        (Some("4"), false, false),
        (Some("P2"), true, true),
    ];
    for (pool, other_pools, may) in table {
        let facts = StaffFacts { pool: pool.map(str::to_owned), ..staff() };
        let expected = if may { vec![] } else { vec![HardRule::OtherPool] };
        assert_eq!(found(&session(), facts, StaffRules { other_pools, ..RULES }), expected, "{pool:?}");
    }
}

#[test]
fn crossing_over_is_as_the_rules_say() {
    let here = |date| Booking { point: PointId::parse("P1").unwrap(), ..booking(date, 9) };
    let last_here = vec![booking("2026-03-01", 9), here("2026-03-08")];
    let last_elsewhere = vec![here("2026-03-01"), booking("2026-03-08", 9), here("2026-12-01")];
    let table = [
        (CrossPoints::Free, None, &last_here, None),
        (CrossPoints::Required, None, &last_here, Some(HardRule::SamePointTwice)),
        (CrossPoints::Required, None, &last_elsewhere, None),
        (CrossPoints::OwnPoint, None, &last_here, Some(HardRule::OtherPool)),
        (CrossPoints::OwnPoint, Some("P1"), &last_here, None),
        (CrossPoints::OwnPoint, Some("411002"), &last_here, Some(HardRule::OtherPool)),
    ];
    for (number, (cross_points, pool, booked, expected)) in table.into_iter().enumerate() {
        let facts = StaffFacts { booked: booked.clone(), pool: pool.map(str::to_owned), ..staff() };
        let found = found(&session(), facts, StaffRules { cross_points, ..RULES });
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "row {number}");
    }
}

#[test]
fn a_session_may_ask_for_a_language() {
    let session = SessionFacts { language: Some(Language::Tibetan), ..session() };
    let speaks = |languages: &[Language]| StaffFacts { languages: languages.to_vec(), ..staff() };
    let table = [
        (speaks(&[]), vec![HardRule::Language]),
        (speaks(&[Language::Uyghur]), vec![HardRule::Language]),
        (speaks(&[Language::Uyghur, Language::Tibetan]), vec![]),
    ];
    for (facts, expected) in table {
        assert_eq!(found(&session, facts, RULES), expected);
    }
}

#[test]
fn the_smallest_set_of_rules_that_stands_against_a_draw_is_named() {
    use HardRule::{Barred, CardMissing, Family, WeeklyLimit};
    let only = |n, rules: &[HardRule]| barred(n, rules.to_vec(), vec![]);
    // People with what stands against them, for two posts in a room; the rules without which both can be filled.
    let table: [(&[&[HardRule]], &[HardRule]); 6] = [
        (&[&[], &[Barred]], &[Barred]),
        (&[&[], &[WeeklyLimit], &[Family]], &[Family]),
        (&[&[Barred], &[WeeklyLimit]], &[Barred, WeeklyLimit]),
        (&[&[Barred], &[WeeklyLimit], &[Family], &[Family]], &[Family]),
        (&[&[], &[Barred, CardMissing], &[CardMissing, WeeklyLimit, Family]], &[CardMissing, Barred]),
        (&[&[Barred]], &[]),
    ];
    for (people, expected) in table {
        let people = people.iter().enumerate().map(|(n, rules)| only(n, rules)).collect();
        assert_eq!(short(assign(&matrix(people), &rooms(1), Seed::of_text(""))).without, expected);
    }
    assert_eq!(
        short(assign(&matrix(paired(2)), &rooms(1), Seed::of_text(""))).without,
        [HardRule::SamePairTwice]
    );
}

#[test]
fn what_would_widen_a_pool_are_the_rules_that_stand_alone() {
    use HardRule::{Barred, Family, WeeklyLimit};
    let only = |n, rules: &[HardRule]| barred(n, rules.to_vec(), vec![Family]);
    let people = vec![
        only(1, &[]),
        only(2, &[Barred]),
        only(3, &[WeeklyLimit]),
        only(4, &[WeeklyLimit]),
        only(5, &[Barred, Family]),
    ];
    let widened = widening(&matrix(people), &rooms(1)).unwrap();
    let expected = [
        Widening { rule: WeeklyLimit, people: vec![code(3), code(4)] },
        Widening { rule: Barred, people: vec![code(2)] },
    ];
    assert_eq!(widened, [expected.clone(), expected]);
}

#[test]
fn a_frozen_draw_counts_as_a_duty_that_may_come() {
    // The session is on Monday at nine; at most two sessions a week, one of which is given.
    let given = booking("2026-09-29", 9);
    // Day and hour of each session of a frozen draw.
    type Draw<'a> = &'a [(&'a str, u32)];
    let table: [(&[Draw<'_>], &[HardRule]); 5] = [
        (&[], &[]),
        (&[&[("2026-10-05", 9)]], &[]),
        (&[&[("2026-09-28", 9)]], &[HardRule::ElsewhereAtThatTime, HardRule::WeeklyLimit]),
        // Two sessions of one draw: at most one of them comes.
        (&[&[("2026-09-30", 9), ("2026-09-30", 14)]], &[HardRule::WeeklyLimit]),
        (&[&[("2026-10-05", 9)], &[("2026-10-06", 9)]], &[]),
    ];
    let rules = StaffRules { max_sessions_per_week: 2, ..RULES };
    for (draws, expected) in table {
        let pending = draws.iter().map(|draw| draw.iter().map(|(day, hour)| booking(day, *hour)).collect());
        let facts = StaffFacts {
            unavailable: vec![],
            booked: vec![given.clone()],
            pending: pending.collect(),
            ..staff()
        };
        assert_eq!(found(&session(), facts, rules), expected, "{draws:?}");
    }
}

#[test]
fn who_has_a_post_of_the_session_or_gave_one_up_is_not_drawn_for_another() {
    for (already_in, expected) in
        [(vec![id("X1")], vec![HardRule::AlreadyInSession]), (vec![id("X2")], vec![])]
    {
        assert_eq!(found(&session(), StaffFacts { already_in, ..staff() }, RULES), expected);
    }
}

#[test]
fn who_worked_with_somebody_last_is_not_drawn_to_the_same_place_again() {
    let lone = |beside: Vec<StaffCode>| Post { beside, ..rooms(1).remove(0) };
    // 1 and 2 worked together last; 3 names 1, who has worked with somebody else since.
    let mut people = paired(2);
    people.push(Row { last_partners: vec![code(1)], ..row(3) });
    let table = [(vec![], vec![0, 1, 2]), (vec![code(1)], vec![0, 2]), (vec![code(9)], vec![0, 1, 2])];
    for (beside, expected) in table {
        let board = Board::new(&matrix(people.clone()), &[lone(beside.clone())]).unwrap();
        assert_eq!(board.eligible(), [expected], "{beside:?}");
    }
    // Nobody else is left: the refusal names the rule.
    people.truncate(2);
    people[0].sessions[0].invigilating.push(HardRule::Barred);
    let refused = short(assign(&matrix(people), &[lone(vec![code(1)])], Seed::of_text("")));
    let rules: Vec<HardRule> = refused.against.iter().map(|count| count.rule).collect();
    assert_eq!(rules, [HardRule::Barred, HardRule::SamePairTwice]);
    assert_eq!(refused.without, [HardRule::Barred]);
}
