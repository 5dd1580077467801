use super::*;
use proptest::prelude::*;

const RULES: QueueRules = QueueRules { recall_after_seconds: 60, pass_over_after_calls: 2, requeue_after: 3 };

fn ticket(n: u32) -> TicketNumber {
    TicketNumber::parse(&format!("T{n}")).unwrap()
}

fn at(seconds: i64) -> Instant {
    Instant::from_millis(0).plus_seconds(seconds)
}

fn joined(n: u32) -> QueueEvent {
    QueueEvent::Joined { ticket: ticket(n), number: n, at: at(0) }
}

fn called(n: u32, seconds: i64) -> QueueEvent {
    QueueEvent::Called { ticket: ticket(n), window: "1".to_owned(), at: at(seconds) }
}

fn recalled(n: u32, seconds: i64) -> QueueEvent {
    QueueEvent::Recalled { ticket: ticket(n), window: "1".to_owned(), at: at(seconds) }
}

fn passed_over(n: u32) -> QueueEvent {
    QueueEvent::PassedOver { ticket: ticket(n), behind: RULES.requeue_after, at: at(0) }
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
    queue.line().map(Entry::number).collect()
}

#[test]
fn people_are_called_in_the_order_in_which_they_joined() {
    let mut queue = queue([3, 1, 2].map(joined));
    assert_eq!(line(&queue), [3, 1, 2]);
    assert_eq!(queue.ahead_of(&ticket(2)), Some(2));
    queue.apply(called(3, 0)).unwrap();
    assert_eq!(queue.next().map(Entry::number), Some(1));
    assert_eq!(queue.ahead_of(&ticket(3)), None);
    assert_eq!(queue.next_number(), 4);
    assert_eq!(Queue::default().next_number(), 1);
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
    let again = |n, number| QueueEvent::Joined { ticket: ticket(n), number, at: at(0) };
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
            let next = queue.next().unwrap().number();
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

/// Any event about one of eight people, sensible or not.
fn event() -> impl Strategy<Value = QueueEvent> {
    (0_u8..7, 1_u32..9, 1_u32..30, 0_u32..4).prop_map(|(kind, n, number, behind)| match kind {
        0 | 1 => QueueEvent::Joined { ticket: ticket(n), number, at: at(0) },
        2 => called(n, i64::from(number)),
        3 => recalled(n, i64::from(number)),
        4 => QueueEvent::PassedOver { ticket: ticket(n), behind, at: at(0) },
        5 => admitted(n),
        _ => left(n),
    })
}

proptest! {
    #[test]
    fn nobody_is_lost_or_doubled_and_the_same_events_give_the_same_queue(
        events in proptest::collection::vec(event(), 0..200),
    ) {
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
            let mut in_line = line(&queue);
            in_line.sort_unstable();
            let mut waiting: Vec<u32> = queue
                .entries()
                .filter(|entry| matches!(entry.state(), QueueState::Waiting | QueueState::PassedOver))
                .map(Entry::number)
                .collect();
            waiting.sort_unstable();
            prop_assert_eq!(in_line, waiting);
        }
        prop_assert_eq!(queue, again);
    }

    #[test]
    fn only_who_was_passed_over_is_overtaken(events in proptest::collection::vec(event(), 0..200)) {
        let mut queue = Queue::default();
        let mut joined: Vec<TicketNumber> = Vec::new();
        for event in events {
            if queue.apply(event.clone()).is_ok() && let QueueEvent::Joined { ticket, .. } = event {
                joined.retain(|other| *other != ticket);
                joined.push(ticket);
            }
        }
        let waiting = |entry: &&Entry| entry.state() == QueueState::Waiting;
        let order: Vec<TicketNumber> = queue.line().filter(waiting).map(|entry| entry.ticket().clone()).collect();
        let expected: Vec<TicketNumber> = joined.into_iter().filter(|ticket| order.contains(ticket)).collect();
        prop_assert_eq!(order, expected);
    }
}
