use super::*;
use crate::queue::NumberBlock;
use proptest::prelude::*;

const RULES: QueueRules = QueueRules {
    recall_after_seconds: 60,
    pass_over_after_calls: 2,
    requeue_after: 3,
    priority_between: 2,
    set_aside_after: 3,
    announce_times: 2,
};

fn standing(_: &TicketNumber) -> Standing {
    Standing { place: PlaceCode::parse("room:R1").unwrap(), rules: RULES }
}

fn at(seconds: i64) -> Instant {
    Instant::from_millis(0).plus_seconds(seconds)
}

#[test]
fn a_journal_from_before_there_were_places_is_read_as_it_was_written() {
    let old = [
        r#"{"kind":"queued","ticket":"T1","number":1}"#,
        r#"{"kind":"queued","ticket":"T2","number":2}"#,
        r#"{"kind":"called","ticket":"T1","window":"一号窗口","count":1}"#,
        r#"{"kind":"called","ticket":"T1","window":"一号窗口","count":2}"#,
        r#"{"kind":"passed_over","ticket":"T1"}"#,
        r#"{"kind":"called","ticket":"T2","window":"一号窗口","count":1}"#,
        r#"{"kind":"admitted","ticket":"T2"}"#,
    ];
    let mut queue = Queue::default();
    for (text, seconds) in old.iter().zip(0..) {
        let fact: KioskFact = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&fact).unwrap(), *text, "and its hash stays what it was");
        take(&mut queue, at(seconds), &fact, standing).unwrap();
    }
    let states: Vec<_> = queue.entries().map(|e| (e.number(), e.state(), e.place().as_str())).collect();
    assert_eq!(states, [(1, QueueState::PassedOver, "room:R1"), (2, QueueState::Admitted, "room:R1")]);
}

/// What one of two kiosks does in a morning when it is cut off: it queues people and works with those whom it queued.
/// With `shared` people it may also queue somebody whom the other has queued.
fn journal(kiosk: u32, shared: bool) -> impl Strategy<Value = Vec<Written>> {
    let step = (0_u8..10, 1_u32..6, 0_i64..200, 0_u32..3);
    proptest::collection::vec(step, 0..60).prop_map(move |steps| {
        let block = NumberBlock::of_kiosk(kiosk).unwrap();
        let mut queue = Queue::default();
        let mut written = Vec::new();
        let mut seconds = 0;
        for (kind, n, pause, place) in steps {
            // The clock is set back now and then.
            seconds += if pause > 190 { -30 } else { pause };
            let name = if shared && n == 1 { "T-both".to_owned() } else { format!("T{kiosk}-{n}") };
            let (ticket, staff) = (name, format!("staff-{kiosk}"));
            let place = format!("room:R{place}");
            let fact = match kind {
                0..=3 => {
                    let number = queue.next_number(block).unwrap();
                    KioskFact::Queued { ticket, number, place: (place != "room:R0").then_some(place) }
                }
                4 | 5 => KioskFact::Called { ticket, window: "1".to_owned(), count: 1 },
                6 => KioskFact::PassedOver { ticket },
                7 => KioskFact::Admitted { ticket },
                8 => KioskFact::Transferred { ticket, place, staff },
                _ => KioskFact::Prioritised { ticket, reason: PriorityReason::Disabled, staff },
            };
            // A kiosk writes only what can have happened by what it knows.
            if take(&mut queue, at(seconds), &fact, standing).is_ok() {
                let seq = written.len() as u64 + 1;
                written.push(Written { kiosk: format!("P1-K0{kiosk}"), seq, at: at(seconds), fact });
            }
        }
        written
    })
}

proptest! {
    #[test]
    fn two_journals_give_one_queue_in_whatever_order_they_arrive(
        one in journal(1, true),
        other in journal(2, true),
        order in any::<prop::sample::Index>().prop_map(|index| index.index(1_000_003) as u64),
    ) {
        let all: Vec<Written> = one.iter().chain(&other).cloned().collect();
        let merged = merge(all.clone(), standing);
        let mut shuffled = all.clone();
        // Any order of arrival: sorted by a number that depends on position and chance.
        shuffled.sort_by_key(|w| (w.seq.wrapping_mul(order | 1) ^ order) % 1009);
        prop_assert_eq!(&merge(shuffled, standing), &merged);
        // What was sent twice counts once.
        prop_assert_eq!(&merge(all.iter().chain(&all).cloned(), standing), &merged);
        let numbers: Vec<u32> = merged.entries().map(Entry::number).collect();
        let different: std::collections::BTreeSet<u32> = numbers.iter().copied().collect();
        prop_assert_eq!(numbers.len(), different.len(), "no number stands for two people");
    }

    #[test]
    fn nobody_is_lost_when_two_journals_meet(one in journal(1, false), other in journal(2, false)) {
        let alone = |journal: &[Written]| merge(journal.to_vec(), standing);
        let merged = merge(one.iter().chain(&other).cloned(), standing);
        for queue in [alone(&one), alone(&other)] {
            for entry in queue.entries() {
                let there = merged.entry(entry.ticket()).unwrap();
                prop_assert_eq!(there.number(), entry.number());
                prop_assert_eq!(there.state(), entry.state());
                prop_assert_eq!(there.place(), entry.place());
            }
        }
    }
}
