//! People who are not expected: each is told what to do, by number, card or ticket.

use super::world;
use kiosk::core::elsewhere::Elsewhere;
use kiosk::core::refusal::Refusal;
use kiosk::core::roster::Roster;
use kiosk::core::state::State;
use kiosk::core::{Action, Command, Event, Means, step};
use kiosk::digest::{Digest, IndexKey};
use shared::time::Instant;
use shared::wire::v1::bundle::BundleRefusal;
use shared::wire::v1::journal::KioskFact;

const START: &str = "2026-09-28T09:00:00+08:00";

fn refusal(candidate: u16, code: &str, starts_at: Option<&str>) -> BundleRefusal {
    let key = IndexKey::parse(world::INDEX_KEY).unwrap();
    BundleRefusal {
        id_index: key.index(&world::id_number(candidate)).to_string(),
        secret_index: starts_at.map(|_| key.index(&world::secret(candidate)).to_string()),
        code: code.to_owned(),
        starts_at: starts_at.map(|at| Instant::parse(at).unwrap().millis()),
        point_zh: "第二考点".to_owned(),
        point_en: "Exam point 2".to_owned(),
    }
}

fn turned_away(state: &State, means: Means) -> (String, Vec<KioskFact>) {
    let now = Instant::parse(START).unwrap().plus_minutes(-30);
    let (_, actions) = step(state.clone(), Event::Command { now, command: Command::CheckIn(means) });
    let mut facts = Vec::new();
    for action in actions {
        match action {
            Action::Record(recorded) => facts.extend(recorded),
            Action::Refuse(refusal) => return (refusal.code().to_owned(), facts),
            other => panic!("{other:?}"),
        }
    }
    panic!("nobody was answered")
}

#[test]
fn who_is_expected_elsewhere_or_may_not_sit_is_told_so_and_the_attempt_is_recorded() {
    let mut day = world::day("K1", 2, Instant::parse(START).unwrap(), 1);
    day.refusals = vec![
        refusal(11, "another_day", Some("2026-09-30T09:00:00+08:00")),
        refusal(12, "another_point", Some(START)),
        refusal(13, "not_eligible", None),
        refusal(14, "barred", None),
        refusal(15, "a code of a later version", None),
        refusal(1, "another_day", Some("2026-09-30T09:00:00+08:00")),
    ];
    let roster = Roster::parse(&day).unwrap();
    let (state, _) = step(State::default(), Event::Bundle(Box::new(roster)));
    for (candidate, expected) in [
        (11, "another_day"),
        (12, "another_point"),
        (13, "not_eligible"),
        (14, "barred"),
        (15, "not_on_roster"),
        (16, "not_on_roster"),
    ] {
        let (code, facts) = turned_away(&state, Means::IdNumber(world::id_number(candidate)));
        assert_eq!(code, expected, "{candidate}");
        let recorded = KioskFact::CheckInRefused { ticket: None, code };
        assert_eq!(facts, [recorded], "{candidate}");
    }
    assert_eq!(turned_away(&state, Means::TicketQr(world::secret(12))).0, "another_point");
    let now = Instant::parse(START).unwrap().plus_minutes(-30);
    let command = Command::CheckIn(Means::IdNumber(world::id_number(1)));
    let (_, actions) = step(state, Event::Command { now, command });
    assert!(matches!(actions.last(), Some(Action::Answer(_))), "who is expected is let in: {actions:?}");
}

#[test]
fn of_several_reasons_the_one_is_told_that_helps_most() {
    let (before, today, next, later) = (
        ("another_day", Some("2026-09-27T09:00:00+08:00")),
        ("another_point", Some("2026-09-28T14:00:00+08:00")),
        ("another_day", Some("2026-09-29T09:00:00+08:00")),
        ("another_point", Some("2026-10-01T09:00:00+08:00")),
    );
    let barred = ("barred", None);
    let key = IndexKey::parse(world::INDEX_KEY).unwrap();
    let index: Digest = key.index(&world::id_number(1));
    for (reasons, expected) in [
        (vec![before, today, next], "another_point"),
        (vec![later, next], "another_day"),
        (vec![before], "another_day"),
        (vec![next, barred, today], "barred"),
    ] {
        let wire: Vec<_> = reasons.iter().map(|(code, at)| refusal(1, code, *at)).collect();
        let elsewhere = Elsewhere::parse(&wire).unwrap();
        let day = Instant::parse(START).unwrap().date_in_china();
        let told = elsewhere.refusal(index, day).as_ref().map(Refusal::code);
        assert_eq!(told, Some(expected), "{reasons:?}");
    }
}
