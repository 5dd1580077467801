//! Check-in at the desk with another document than the identity card.

use super::centre::Centre;
use super::site::Site;
use super::world;
use kiosk::core::roster::Roster;
use kiosk::core::state::State;
use kiosk::core::substitute::SubstituteWish;
use kiosk::core::{Action, Command, Event, step};
use serde_json::json;
use shared::identity::Substitute;
use shared::ids::{AccountId, TicketNumber};
use shared::time::Instant;
use shared::wire::v1::bundle::DayBundle;
use shared::wire::v1::journal::{CheckInBy, KioskFact};

const START: &str = "2026-09-28T09:00:00+08:00";

/// A day whose rule set accepts a temporary card.
fn accepting(mut day: DayBundle) -> DayBundle {
    day.rule_sets = vec![format!("{}\n[identity]\nsubstitutes = [\"temporary_card\"]\n", world::rules())];
    day
}

fn wish(candidate: u16, document: Substitute, staff: &str, second: &str) -> SubstituteWish {
    let login = |text| AccountId::parse(text).unwrap();
    let ticket = TicketNumber::parse(&world::ticket(candidate)).unwrap();
    SubstituteWish { ticket, document, staff: login(staff), second: login(second) }
}

#[test]
fn another_document_is_accepted_where_the_rules_name_it_and_two_sign() {
    let day = world::day("K1", 2, Instant::parse(START).unwrap(), 1);
    let both = || ("staff-1", "staff-2");
    for (name, day, document, (staff, second), minutes, candidate, expected) in [
        ("accepted", accepting(day.clone()), Substitute::TemporaryCard, both(), -30, 1, ""),
        (
            "no such rule",
            day.clone(),
            Substitute::TemporaryCard,
            ("staff-1", "staff-2"),
            -30,
            1,
            "document_not_accepted",
        ),
        (
            "another document",
            accepting(day.clone()),
            Substitute::Passport,
            both(),
            -30,
            1,
            "document_not_accepted",
        ),
        (
            "one signs twice",
            accepting(day.clone()),
            Substitute::TemporaryCard,
            ("staff-1", "staff-1"),
            -30,
            1,
            "second_staff_needed",
        ),
        (
            "a stranger signs",
            accepting(day.clone()),
            Substitute::TemporaryCard,
            ("staff-1", "staff-9"),
            -30,
            1,
            "staff_unknown",
        ),
        ("too early", accepting(day.clone()), Substitute::TemporaryCard, both(), -121, 1, "too_early"),
        ("too late", accepting(day.clone()), Substitute::TemporaryCard, both(), 31, 1, "too_late"),
        ("nobody of the day", accepting(day), Substitute::TemporaryCard, both(), -30, 9, "unknown_ticket"),
    ] {
        let roster = Roster::parse(&day).unwrap();
        let (state, _) = step(State::default(), Event::Bundle(Box::new(roster)));
        let now = Instant::parse(START).unwrap().plus_minutes(minutes);
        let command = Command::CheckInBySubstitute(wish(candidate, document, staff, second));
        let (_, actions) = step(state, Event::Command { now, command });
        match actions.as_slice() {
            [Action::Record(facts), Action::Answer(_)] => {
                assert_eq!(expected, "", "{name}");
                let [
                    KioskFact::SubstituteShown { document, staff, second, .. },
                    KioskFact::CheckedIn { by, .. },
                ] = facts.as_slice()
                else {
                    panic!("{facts:?}")
                };
                assert_eq!(
                    (document.as_str(), staff.as_str(), second.as_str()),
                    ("temporary_card", "staff-1", "staff-2")
                );
                assert_eq!(*by, CheckInBy::Substitute);
            }
            [Action::Refuse(refusal)] => assert_eq!(refusal.code(), expected, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn the_national_rules_accept_no_other_document_and_the_desk_offers_none() {
    let centre = Centre::with_day(1);
    let site = Site::new(&centre);
    let kiosk = site.start();
    kiosk.sync();
    assert!(!kiosk.get("/part/desk?tab=people").1.contains("data-substitute"));
    let body = |document: &str| json!({"ticket": "T0001", "document": document, "staff": world::STAFF, "second": "staff-2"});
    for (document, status, code) in
        [("temporary_card", 409, "document_not_accepted"), ("library_card", 422, "document_invalid")]
    {
        let (answered, problem) = kiosk.post("/api/substitute", body(document));
        assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{problem}");
    }
}
