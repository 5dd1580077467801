use super::*;
use proptest::prelude::*;

const RULES: QueueRules = QueueRules {
    recall_after_seconds: 60,
    pass_over_after_calls: 2,
    requeue_after: 3,
    priority_between: 2,
    set_aside_after: 3,
    announce_times: 2,
};

fn ticket(n: u32) -> TicketNumber {
    TicketNumber::parse(&format!("T{n}")).unwrap()
}

fn at(seconds: i64) -> Instant {
    Instant::from_millis(0).plus_seconds(seconds)
}

fn room(n: u32) -> PlaceCode {
    PlaceCode::parse(&format!("room:R{n}")).unwrap()
}

fn joined(n: u32) -> QueueEvent {
    joined_at(n, 1)
}

fn joined_at(n: u32, place: u32) -> QueueEvent {
    QueueEvent::Joined { ticket: ticket(n), number: n, place: room(place), at: at(i64::from(n)) }
}

fn sent(n: u32, place: u32, seconds: i64) -> QueueEvent {
    QueueEvent::Transferred { ticket: ticket(n), place: room(place), at: at(seconds) }
}

fn returned(n: u32) -> QueueEvent {
    QueueEvent::Returned { ticket: ticket(n), behind: RULES.requeue_after, at: at(500) }
}

fn first(n: u32) -> QueueEvent {
    QueueEvent::Prioritised { ticket: ticket(n), priority: Some(Priority::Pregnant) }
}

fn set(place: u32, state: PlaceState) -> QueueEvent {
    QueueEvent::PlaceSet { place: room(place), state }
}

fn called(n: u32, seconds: i64) -> QueueEvent {
    QueueEvent::Called { ticket: ticket(n), window: "1".to_owned(), at: at(seconds) }
}

fn recalled(n: u32, seconds: i64) -> QueueEvent {
    QueueEvent::Recalled { ticket: ticket(n), window: "1".to_owned(), at: at(seconds) }
}

fn passed_over(n: u32) -> QueueEvent {
    QueueEvent::PassedOver { ticket: ticket(n), behind: RULES.requeue_after, set_aside_after: 0, at: at(0) }
}

fn admitted(n: u32) -> QueueEvent {
    QueueEvent::Admitted { ticket: ticket(n), at: at(0) }
}

fn left(n: u32) -> QueueEvent {
    QueueEvent::Left { ticket: ticket(n), at: at(0) }
}

fn queue(events: impl IntoIterator<Item = QueueEvent>) -> Queue {
    let mut queue = Queue::default();
    for event in events {
        queue.apply(event).unwrap();
    }
    queue
}

fn line(queue: &Queue) -> Vec<u32> {
    line_at(queue, None)
}

fn line_at(queue: &Queue, place: Option<u32>) -> Vec<u32> {
    let place = place.map(room);
    queue.line(place.as_ref(), RULES.priority_between).into_iter().map(Entry::number).collect()
}

#[test]
fn people_are_called_in_the_order_in_which_they_joined() {
    let mut queue = queue([3, 1, 2].map(joined));
    assert_eq!(line(&queue), [3, 1, 2]);
    assert_eq!(queue.ahead_of(&ticket(2), 2), Some(2));
    queue.apply(called(3, 0)).unwrap();
    assert_eq!(queue.next(None, 2).map(Entry::number), Some(1));
    assert_eq!(queue.ahead_of(&ticket(3), 2), None);
    assert_eq!(queue.next_number(NumberBlock::ALL), Some(4));
    assert_eq!(queue.next_number(NumberBlock::of_kiosk(2).unwrap()), Some(1001));
    assert_eq!(Queue::default().next_number(NumberBlock::ALL), Some(1));
}

#[test]
fn who_was_passed_over_comes_back_behind_three_others() {
    let mut queue = queue((1..=6).map(joined));
    let absent = |queue: &mut Queue, n| {
        queue.apply(called(n, 0)).unwrap();
        queue.apply(passed_over(n)).unwrap();
    };
    absent(&mut queue, 1);
    assert_eq!(line(&queue), [2, 3, 4, 1, 5, 6]);
    absent(&mut queue, 2);
    assert_eq!(line(&queue), [3, 4, 1, 5, 2, 6], "behind three who were not passed over");
    for n in [3, 4] {
        absent(&mut queue, n);
    }
    assert_eq!(line(&queue), [1, 5, 2, 6, 3, 4], "at the end if there are not so many");
    absent(&mut queue, 1);
    assert_eq!(line(&queue), [5, 2, 6, 3, 4, 1]);
    assert_eq!(queue.entry(&ticket(1)).unwrap().times_passed_over(), 2);
}

#[test]
fn what_cannot_have_happened_is_refused_and_changes_nothing() {
    let base =
        queue([joined(1), joined(2), joined(3), joined(4), called(1, 0), called(2, 0), admitted(2), left(3)]);
    let again = |n, number| QueueEvent::Joined { ticket: ticket(n), number, place: room(1), at: at(0) };
    let table = [
        (again(1, 9), Err(QueueRefusal::AlreadyInQueue)),
        (again(2, 9), Err(QueueRefusal::AlreadyInQueue)),
        (again(9, 3), Err(QueueRefusal::NumberUsed(3))),
        (again(3, 9), Ok(())),
        (called(9, 0), Err(QueueRefusal::Unknown)),
        (called(1, 0), Err(QueueRefusal::AlreadyCalled)),
        (called(2, 0), Err(QueueRefusal::Gone)),
        (recalled(4, 0), Err(QueueRefusal::NotCalled)),
        (passed_over(4), Err(QueueRefusal::NotCalled)),
        (admitted(4), Err(QueueRefusal::NotCalled)),
        (admitted(2), Err(QueueRefusal::Gone)),
        (left(2), Err(QueueRefusal::Gone)),
        (left(3), Err(QueueRefusal::Gone)),
        (left(9), Err(QueueRefusal::Unknown)),
        (left(1), Ok(())),
        (returned(1), Err(QueueRefusal::NotAway)),
        (returned(2), Err(QueueRefusal::NotAway)),
        (returned(4), Err(QueueRefusal::NotAway)),
        (returned(9), Err(QueueRefusal::Unknown)),
        (returned(3), Ok(())),
        (sent(1, 1, 9), Err(QueueRefusal::SamePlace)),
        (sent(4, 1, 9), Err(QueueRefusal::SamePlace)),
        (sent(3, 2, 9), Err(QueueRefusal::Gone)),
        (sent(9, 2, 9), Err(QueueRefusal::Unknown)),
        (sent(1, 2, 9), Ok(())),
        (sent(2, 1, 9), Ok(())),
        (first(9), Err(QueueRefusal::Unknown)),
        (first(4), Ok(())),
        (set(1, PlaceState::Closed), Ok(())),
    ];
    for (event, expected) in table {
        let mut queue = base.clone();
        assert_eq!(queue.apply(event.clone()), expected, "{event:?}");
        assert_eq!(queue == base, expected.is_err(), "{event:?}");
    }
}

#[test]
fn the_rules_ask_for_patience() {
    let mut queue = queue([joined(1), joined(2), called(1, 100)]);
    let first = ticket(1);
    let early = |wait_seconds| Err(QueueRefusal::TooEarly { wait_seconds });
    let few = |calls| Err(QueueRefusal::TooFewCalls { calls, needed: 2 });
    assert_eq!(queue.may_recall(&first, at(159), &RULES), early(1));
    assert_eq!(queue.may_recall(&first, Instant::from_millis(159_001), &RULES), early(1));
    assert_eq!(queue.may_recall(&first, at(160), &RULES), Ok(()));
    assert_eq!(queue.may_pass_over(&first, at(160), &RULES), few(1));
    assert_eq!(queue.may_pass_over(&first, at(100), &RULES), few(1));
    queue.apply(recalled(1, 160)).unwrap();
    assert_eq!(queue.may_pass_over(&first, at(161), &RULES), early(59));
    assert_eq!(queue.may_pass_over(&first, at(220), &RULES), Ok(()));
    for (who, expected) in [(ticket(2), QueueRefusal::NotCalled), (ticket(9), QueueRefusal::Unknown)] {
        assert_eq!(queue.may_recall(&who, at(0), &RULES), Err(expected));
        assert_eq!(queue.may_pass_over(&who, at(0), &RULES), Err(expected));
    }
    assert_eq!(queue.called().iter().map(|entry| entry.calls()).collect::<Vec<_>>(), [2]);
}

#[test]
fn somebody_who_comes_is_reached_although_many_others_do_not() {
    for absent in 1..40 {
        let mut queue = queue((1..=absent + 1).map(joined));
        let mut calls = 0;
        while queue.entry(&ticket(absent + 1)).unwrap().state() != QueueState::Called {
            let next = queue.next(None, RULES.priority_between).unwrap().number();
            queue.apply(called(next, 0)).unwrap();
            if next <= absent {
                queue.apply(passed_over(next)).unwrap();
            }
            calls += 1;
            // Each person waiting is called once, and each time at most all those passed over before are called again.
            assert!(calls <= absent * absent + absent + 1, "{absent} people who do not come");
        }
    }
}

#[test]
fn each_place_has_its_own_line_and_all_together_are_in_the_order_of_joining() {
    let mut queue = queue([joined_at(1, 1), joined_at(2, 2), joined_at(3, 1), joined_at(4, 2)]);
    assert_eq!(line_at(&queue, Some(1)), [1, 3]);
    assert_eq!(line_at(&queue, Some(2)), [2, 4]);
    assert_eq!(line(&queue), [1, 2, 3, 4]);
    assert_eq!(queue.ahead_of(&ticket(4), 2), Some(1));
    queue.apply(called(2, 10)).unwrap();
    queue.apply(passed_over(2)).unwrap();
    assert_eq!(line_at(&queue, Some(2)), [4, 2], "behind those of his own place");
}

#[test]
fn priority_goes_first_but_after_two_of_them_it_is_the_turn_of_another() {
    let mut queue = queue((1..=9).map(joined).chain((5..=9).map(first)));
    assert_eq!(line(&queue), [5, 6, 1, 7, 8, 2, 9, 3, 4]);
    let mut order = Vec::new();
    while let Some(next) = queue.next(None, RULES.priority_between).map(Entry::number) {
        queue.apply(called(next, 10)).unwrap();
        order.push(next);
    }
    assert_eq!(order, [5, 6, 1, 7, 8, 2, 9, 3, 4], "calling follows what was shown");
    let without = |rules| -> Vec<u32> {
        let mut queue = Queue::default();
        for event in (1..=3).map(joined).chain([first(3)]) {
            queue.apply(event).unwrap();
        }
        queue.line(None, rules).into_iter().map(Entry::number).collect()
    };
    assert_eq!(without(0), [1, 2, 3], "a rule set that gives nobody priority");
    assert_eq!(without(1), [3, 1, 2]);
}

#[test]
fn who_has_priority_and_does_not_come_has_it_again_when_he_comes_back() {
    let mut queue = queue((1..=6).map(joined).chain([first(1), called(1, 10), passed_over(1)]));
    assert_eq!(line(&queue), [2, 3, 4, 1, 5, 6]);
    queue.apply(returned(1)).unwrap();
    assert_eq!(line(&queue), [1, 2, 3, 4, 5, 6]);
    queue.apply(QueueEvent::Prioritised { ticket: ticket(1), priority: None }).unwrap();
    assert_eq!(line(&queue), [2, 3, 4, 1, 5, 6], "taken back, he stands where he stood");
}

#[test]
fn who_was_passed_over_too_often_is_set_aside_until_he_comes_back() {
    let mut queue = queue((1..=6).map(joined));
    for round in 1..=3 {
        queue.apply(called(1, 10)).unwrap();
        let set_aside_after = RULES.set_aside_after;
        queue
            .apply(QueueEvent::PassedOver { ticket: ticket(1), behind: 3, set_aside_after, at: at(20) })
            .unwrap();
        let state = if round < 3 { QueueState::PassedOver } else { QueueState::SetAside };
        assert_eq!(queue.entry(&ticket(1)).unwrap().state(), state, "{round}");
    }
    assert_eq!(line(&queue), [2, 3, 4, 5, 6], "nobody calls him");
    queue.apply(returned(1)).unwrap();
    assert_eq!(line(&queue), [2, 3, 4, 1, 5, 6]);
    assert_eq!(queue.entry(&ticket(1)).unwrap().times_passed_over(), 3);
}

#[test]
fn who_comes_back_while_he_is_in_the_line_keeps_his_place_and_who_had_left_stands_at_the_end() {
    let mut queue = queue((1..=6).map(joined).chain([called(1, 10), passed_over(1), left(2)]));
    assert_eq!(line(&queue), [3, 4, 1, 5, 6]);
    queue.apply(returned(1)).unwrap();
    queue.apply(returned(2)).unwrap();
    assert_eq!(line(&queue), [3, 4, 1, 5, 6, 2]);
    assert_eq!(queue.entry(&ticket(2)).unwrap().number(), 2, "with the number that he had");
}

#[test]
fn who_is_sent_to_another_place_stands_there_by_his_time_of_joining() {
    let mut queue =
        queue([joined_at(1, 1), joined_at(2, 1), joined_at(3, 2), joined_at(4, 1), joined_at(5, 2)]);
    queue.apply(sent(4, 2, 100)).unwrap();
    assert_eq!(line_at(&queue, Some(2)), [3, 4, 5]);
    queue.apply(called(1, 100)).unwrap();
    queue.apply(sent(1, 2, 110)).unwrap();
    assert_eq!(line_at(&queue, Some(2)), [1, 3, 4, 5], "also who was called and is wanted elsewhere");
    assert_eq!(line_at(&queue, Some(1)), [2]);
}

#[test]
fn who_goes_on_after_he_was_admitted_joins_at_the_end_and_so_does_a_resit() {
    for place in [1, 2] {
        let mut queue = queue([joined(1), joined(2), joined_at(3, 2), called(1, 10), admitted(1)]);
        queue.apply(sent(1, place, 100)).unwrap();
        assert_eq!(line_at(&queue, Some(place)).last(), Some(&1));
        let entry = queue.entry(&ticket(1)).unwrap();
        assert_eq!((entry.number(), entry.calls(), entry.joined_at()), (1, 0, at(100)));
    }
}

#[test]
fn a_place_that_is_paused_calls_nobody_and_one_that_is_closed_takes_nobody() {
    let mut queue = queue([joined_at(1, 1), joined_at(2, 2), set(1, PlaceState::Paused)]);
    assert_eq!(queue.next(Some(&room(1)), 2), None);
    assert_eq!(queue.next(None, 2).map(Entry::number), Some(2));
    assert_eq!(queue.may_call_at(&room(1)), Err(QueueRefusal::PlacePaused));
    assert_eq!(queue.may_join(&room(1)), Ok(()), "people still join");
    queue.apply(set(1, PlaceState::Closed)).unwrap();
    assert_eq!(queue.next(Some(&room(1)), 2).map(Entry::number), Some(1), "who is in line is still called");
    assert_eq!(queue.may_join(&room(1)), Err(QueueRefusal::PlaceClosed));
    assert_eq!(queue.may_transfer(&ticket(2), &room(1)), Err(QueueRefusal::PlaceClosed));
    assert_eq!(queue.may_transfer(&ticket(1), &room(2)), Ok(()));
    // What another kiosk has written in the meantime is not lost.
    queue.apply(joined_at(3, 1)).unwrap();
    assert_eq!(line_at(&queue, Some(1)), [1, 3]);
    queue.apply(set(1, PlaceState::Open)).unwrap();
    assert_eq!(queue.may_join(&room(1)), Ok(()));
}

#[test]
fn the_wait_follows_from_the_days_own_admissions() {
    let mut queue = queue((1..=20).map(joined));
    let admit = |queue: &mut Queue, n: u32, seconds: i64| {
        queue.apply(called(n, seconds)).unwrap();
        queue.apply(QueueEvent::Admitted { ticket: ticket(n), at: at(seconds + 30) }).unwrap();
    };
    for n in 1..=5 {
        admit(&mut queue, n, 60 * i64::from(n));
        assert_eq!(queue.wait(&room(1), 9, at(400)), None, "too little is known after {n}");
    }
    admit(&mut queue, 6, 360);
    let said = queue.wait(&room(1), 9, at(400)).unwrap();
    assert_eq!((said.from_minutes, said.to_minutes), (10, 15));
    assert_eq!(queue.wait(&room(2), 9, at(400)), None, "of another place nothing is known");
    // A pause is no service time, and while it lasts nothing is said.
    queue.apply(set(1, PlaceState::Paused)).unwrap();
    assert_eq!(queue.wait(&room(1), 9, at(400)), None);
    queue.apply(set(1, PlaceState::Open)).unwrap();
    admit(&mut queue, 7, 9_000);
    assert_eq!(queue.place(&room(1)).served().len(), 5);
}

/// Any event about one of eight people and three places, sensible or not.
fn event() -> impl Strategy<Value = QueueEvent> {
    (0_u8..13, 1_u32..9, 1_u32..30, 0_u32..4).prop_map(|(kind, n, number, behind)| match kind {
        0..=2 => QueueEvent::Joined {
            ticket: ticket(n),
            number,
            place: room(number % 3),
            at: at(i64::from(number)),
        },
        3 | 4 => called(n, i64::from(number)),
        5 => recalled(n, i64::from(number)),
        6 => QueueEvent::PassedOver { ticket: ticket(n), behind, set_aside_after: number % 4, at: at(0) },
        7 => admitted(n),
        8 => QueueEvent::Returned { ticket: ticket(n), behind, at: at(i64::from(number)) },
        9 => sent(n, number % 3, i64::from(number)),
        10 => first(n),
        11 => set(n % 3, [PlaceState::Open, PlaceState::Paused, PlaceState::Closed][n as usize % 3]),
        _ => left(n),
    })
}

fn events() -> impl Strategy<Value = Vec<QueueEvent>> {
    proptest::collection::vec(event(), 0..200)
}

fn after(events: Vec<QueueEvent>) -> Queue {
    let mut queue = Queue::default();
    for event in events {
        // What cannot have happened changes nothing; another property shows that.
        let _ = queue.apply(event);
    }
    queue
}

proptest! {
    #[test]
    fn nobody_is_lost_or_doubled_and_the_same_events_give_the_same_queue(events in events()) {
        let (mut queue, mut again) = (Queue::default(), Queue::default());
        let mut given = BTreeSet::new();
        for event in events {
            let before = queue.clone();
            let answer = queue.apply(event.clone());
            prop_assert_eq!(again.apply(event.clone()), answer);
            if answer.is_err() {
                prop_assert_eq!(&queue, &before);
            } else if let QueueEvent::Joined { number, .. } = event {
                prop_assert!(given.insert(number), "number {} was used again", number);
            }
            let mut waiting: Vec<u32> = queue
                .entries()
                .filter(|entry| matches!(entry.state(), QueueState::Waiting | QueueState::PassedOver))
                .map(Entry::number)
                .collect();
            waiting.sort_unstable();
            let mut in_line = line(&queue);
            in_line.sort_unstable();
            prop_assert_eq!(&in_line, &waiting);
            let mut at_places: Vec<u32> = (0..3).flat_map(|place| line_at(&queue, Some(place))).collect();
            at_places.sort_unstable();
            prop_assert_eq!(&at_places, &waiting, "everybody stands at one place");
        }
        prop_assert_eq!(queue, again);
    }

    #[test]
    fn nobody_is_overtaken_by_more_than_the_rule_says(events in events(), between in 0_u32..4) {
        let queue = after(events);
        for place in (0..3).map(room) {
            let order = queue.line(Some(&place), between);
            let (mut first, mut run) = (0_u32, queue.place(&place).priority_run);
            let mut others_before = 0_u32;
            for entry in &order {
                if between > 0 && entry.goes_first() {
                    run += 1;
                    first += 1;
                    continue;
                }
                // At most so many with priority between two others, unless more were called before already.
                prop_assert!(run <= between.max(queue.place(&place).priority_run));
                prop_assert!(first <= between * (others_before + 1));
                run = 0;
                others_before += 1;
            }
        }
    }

    #[test]
    fn only_who_was_passed_over_or_has_priority_is_overtaken(
        joins in proptest::collection::vec((1_u32..40, 0_u32..3), 0..30),
        moves in proptest::collection::vec((1_u32..40, 0_u32..3), 0..30),
    ) {
        let mut queue = Queue::default();
        let mut time = 0;
        for (n, place) in joins {
            time += 1;
            let _ = queue.apply(QueueEvent::Joined { ticket: ticket(n), number: n, place: room(place), at: at(time) });
        }
        for (n, place) in moves {
            time += 1;
            let _ = queue.apply(sent(n, place, time));
        }
        for place in (0..3).map(room) {
            let order = queue.line(Some(&place), RULES.priority_between);
            let times: Vec<_> = order.iter().map(|entry| entry.joined_at()).collect();
            prop_assert!(times.is_sorted(), "whoever joined first comes first, wherever he was sent: {:?}", times);
        }
    }

    #[test]
    fn nobody_waits_for_ever(events in events(), between in 0_u32..4, comes in 1_u32..9) {
        let mut queue = after(events);
        for place in 0..3 {
            queue.apply(set(place, PlaceState::Open)).unwrap();
        }
        let Some(entry) = queue.entry(&ticket(comes)) else { return Ok(()) };
        if entry.state() != QueueState::Waiting {
            return Ok(());
        }
        // Everybody else does not come, and people with priority keep arriving; he is reached all the same.
        let place = entry.place().clone();
        let mut calls = 0_u32;
        while queue.entry(&ticket(comes)).unwrap().state() == QueueState::Waiting {
            let newcomer = 100 + calls;
            let number = 100 + calls;
            queue
                .apply(QueueEvent::Joined { ticket: ticket(newcomer), number, place: place.clone(), at: at(9_999) })
                .unwrap();
            queue.apply(first(newcomer)).unwrap();
            let next = queue.next(Some(&place), between).unwrap().ticket().clone();
            queue
                .apply(QueueEvent::Called { ticket: next.clone(), window: "1".to_owned(), at: at(9_999) })
                .unwrap();
            if next != ticket(comes) {
                let (behind, set_aside_after) = (RULES.requeue_after, RULES.set_aside_after);
                queue
                    .apply(QueueEvent::PassedOver { ticket: next, behind, set_aside_after, at: at(9_999) })
                    .unwrap();
            }
            calls += 1;
            prop_assert!(calls < 400, "after {} calls it is still not his turn", calls);
        }
    }
}
