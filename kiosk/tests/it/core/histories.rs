//! Random histories: whatever people do, nobody is lost and nothing is used twice.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
enum Wish {
    CheckIn(u16),
    Photograph(u16),
    Compare(u16, bool),
    Call,
    Recall(u16),
    PassOver(u16),
    Admit(u16),
    Back(u16),
    Send(u16, usize),
    First(u16),
    Leave(u16),
    Set(usize, PlaceSwitch),
    Print(u16, bool),
    Wait(i64),
}

const PLACES: [&str; 4] = ["room:R1", "room:R2", "station:E1", "desk:print"];

fn wish() -> impl Strategy<Value = Wish> {
    let who = 1_u16..8;
    prop_oneof![
        4 => who.clone().prop_map(Wish::CheckIn),
        4 => who.clone().prop_map(Wish::Photograph),
        4 => (who.clone(), prop::bool::weighted(0.85)).prop_map(|(who, same)| Wish::Compare(who, same)),
        4 => Just(Wish::Call),
        2 => who.clone().prop_map(Wish::Recall),
        2 => who.clone().prop_map(Wish::PassOver),
        2 => who.clone().prop_map(Wish::Admit),
        1 => who.clone().prop_map(Wish::Back),
        1 => (who.clone(), 0_usize..4).prop_map(|(who, place)| Wish::Send(who, place)),
        1 => who.clone().prop_map(Wish::First),
        1 => who.prop_map(Wish::Leave),
        1 => (
            0_usize..4,
            prop_oneof![
                2 => Just(PlaceSwitch::Open),
                1 => Just(PlaceSwitch::Paused),
                1 => Just(PlaceSwitch::Closed)
            ]
        )
            .prop_map(|(place, state)| Wish::Set(place, state)),
        1 => (0_u16..20, any::<bool>()).prop_map(|(blank, works)| Wish::Print(blank, works)),
        2 => (1_i64..120).prop_map(Wish::Wait),
    ]
}

fn play(bench: &mut Bench, wish: Wish) {
    let command = match wish {
        Wish::CheckIn(who) => Command::CheckIn(Means::IdNumber(world::id_number(who))),
        Wish::Photograph(who) => Command::Photograph(ticket(who)),
        Wish::Compare(who, true) => compare(who, CompareVerdict::Same),
        Wish::Compare(who, false) => compare(who, CompareVerdict::Different),
        Wish::Call => call_next(),
        Wish::Recall(who) => Command::Recall { ticket: ticket(who), window: Some(window()) },
        Wish::PassOver(who) => Command::PassOver(ticket(who)),
        Wish::Admit(who) => Command::Admit(ticket(who)),
        Wish::Back(who) => Command::ComeBack { ticket: ticket(who), staff: staff() },
        Wish::Send(who, place) => send(who, PLACES[place]),
        Wish::First(who) => {
            Command::Prioritise { ticket: ticket(who), reason: PriorityReason::Disabled, staff: staff() }
        }
        Wish::Leave(who) => Command::Leave { ticket: ticket(who), staff: staff() },
        Wish::Set(place, state) => set(PLACES[place], state),
        Wish::Print(blank, works) => {
            bench.printer = if works { Ok(()) } else { Err(spoils("broken")) };
            print(&format!("B{blank}"), true)
        }
        Wish::Wait(seconds) => {
            bench.now = bench.now.plus_seconds(seconds);
            return;
        }
    };
    // Whether it is granted or refused: the properties hold either way.
    let _ = bench.does(command);
}

proptest! {
    #[test]
    fn a_replay_of_the_journal_gives_the_same_state(wishes in prop::collection::vec(wish(), 1..120)) {
        let mut bench = Bench::new(6);
        for wish in wishes {
            play(&mut bench, wish);
        }
        // A command alone may begin a day; a fact does the same, so the states are compared once there is one.
        prop_assume!(!bench.facts.is_empty());
        prop_assert_eq!(&bench.replayed(), &bench.state);
    }

    #[test]
    fn nobody_is_lost_and_no_number_or_blank_is_used_twice(wishes in prop::collection::vec(wish(), 1..160)) {
        let mut bench = Bench::new(6);
        for wish in wishes {
            play(&mut bench, wish);
        }
        let mut numbers = BTreeSet::new();
        let mut blanks = BTreeSet::new();
        for (_, fact) in &bench.facts {
            match fact {
                KioskFact::Queued { number, .. } => prop_assert!(numbers.insert(*number)),
                KioskFact::PrintStarted { blank, .. } => prop_assert!(blanks.insert(blank.clone())),
                _ => {}
            }
        }
        for (ticket, person) in bench.state.people() {
            let in_line = bench.state.queue().ahead_of(ticket, 2).is_some();
            prop_assert_eq!(in_line, person.stage == Stage::Waiting, "{} {:?}", ticket, person.stage);
        }
    }
}
