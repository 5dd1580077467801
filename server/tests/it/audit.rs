//! The events as an auditor sees them.

use crate::harness::{TestApp, on_both, person};
use crate::held::held;
use server::app::audit::{self, Asked, PAGE, Shown};
use server::event::{Fact, KioskAnnounced, KioskEntry, MisconductRecorded, PersonalDataRead};
use shared::wire::v1::journal::{CheckInBy, GENESIS, JournalEntry, KioskFact};

fn asked(change: impl FnOnce(&mut Asked)) -> Asked {
    let mut asked = Asked::default();
    change(&mut asked);
    asked
}

fn seqs(app: &TestApp, asked: &Asked) -> Vec<i64> {
    audit::list(app, asked).unwrap().lines.iter().map(|line| line.seq).collect()
}

fn kinds(app: &TestApp, asked: &Asked) -> Vec<String> {
    audit::list(app, asked).unwrap().lines.into_iter().map(|line| line.kind).collect()
}

#[test]
fn the_newest_come_first_and_pages_follow_one_another_without_a_gap() {
    on_both(|app| {
        let last = app.db.read(server::db::events::count).unwrap();
        let first = audit::list(app, &Asked::default()).unwrap();
        assert_eq!(first.lines.len(), PAGE);
        assert_eq!((first.lines[0].seq, first.newer), (last, None));
        let older = audit::list(app, &asked(|a| a.before = first.older)).unwrap();
        assert_eq!(older.lines[0].seq, last - i64::try_from(PAGE).unwrap());
        let back = audit::list(app, &asked(|a| a.after = older.newer)).unwrap();
        assert_eq!(back.lines[0].seq, last, "one page on is where it began");
        assert_eq!(back.newer, None);
        let end = audit::list(app, &asked(|a| a.before = Some(4))).unwrap();
        assert_eq!((end.lines.len(), end.older), (3, None));
    });
}

#[test]
fn a_list_is_sieved_by_kind_day_author_and_what_it_is_about() {
    on_both(|app| {
        let held = held(app, "2026-09-28T09:00:00+08:00", &[1, 2]);
        let ticket = &held.tickets[0];
        let misconduct = |ticket: &String| {
            Fact::MisconductRecorded(MisconductRecorded {
                ticket: ticket.clone(),
                gravity: "light".into(),
                text: "talked".into(),
                second: "acc-centre".into(),
            })
        };
        app.tell(vec![misconduct(ticket)]);
        app.at("2026-09-22T08:00:00+08:00");
        app.tell(vec![misconduct(&held.tickets[1])]);
        let kind = |a: &mut Asked| a.kind = "misconduct_recorded".into();
        assert_eq!(seqs(app, &asked(kind)).len(), 2);
        let day = asked(|a| {
            kind(a);
            a.day = "2026-09-22".into();
        });
        assert_eq!(seqs(app, &day).len(), 1);
        let about = asked(|a| a.about.clone_from(ticket));
        let found = kinds(app, &about);
        assert!(found.contains(&"misconduct_recorded".to_owned()), "{found:?}");
        assert!(found.contains(&"candidate_enrolled".to_owned()), "{found:?}");
        assert_eq!(found.iter().filter(|k| *k == "misconduct_recorded").count(), 1, "not the other's");
        let session = asked(|a| {
            a.about.clone_from(&held.session);
            kind(a);
        });
        assert_eq!(seqs(app, &session).len(), 2, "those of its tickets as well");
        for actor in ["centre", "account:acc-centre", "acc-centre"] {
            let by = kinds(app, &asked(|a| a.actor = actor.into()));
            assert!(by.contains(&"session_opened".to_owned()), "{actor}: {by:?}");
            assert!(!by.contains(&"misconduct_recorded".to_owned()), "{actor}: {by:?}");
        }
        let number = "410392198605168196";
        let of_person = kinds(app, &asked(|a| a.about = number.into()));
        assert!(of_person.contains(&"person_registered".to_owned()), "{of_person:?}");
        assert!(of_person.contains(&"misconduct_recorded".to_owned()), "{of_person:?}");
        for wrong in [asked(|a| a.day = "2026-02-30".into()), asked(|a| a.about = "王建明".into())] {
            assert!(audit::list(app, &wrong).is_err());
        }
        assert!(seqs(app, &asked(|a| a.about = "nobody-knows-it".into())).is_empty());
    });
}

#[test]
fn a_dead_letter_is_found_and_says_what_happened_and_why_it_could_not_be_applied() {
    on_both(|app| {
        let fact = KioskFact::CheckedIn { session: "S1".into(), ticket: "T1".into(), by: CheckInBy::Card };
        let entry =
            JournalEntry { seq: 1, at: 0, offset_ms: 0, prev: GENESIS.into(), hash: "1".into(), fact };
        app.tell(vec![
            Fact::KioskAnnounced(KioskAnnounced {
                kiosk: "K01".into(),
                point: "P01".into(),
                code_hash: "none".into(),
                code_until: 0,
            }),
            Fact::KioskEntry(KioskEntry { kiosk: "K01".into(), entry, dead: Some("ticket-unknown".into()) }),
        ]);
        let found = audit::list(app, &asked(|a| a.kind = audit::DEAD_LETTER.into())).unwrap().lines;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].dead.as_deref(), Some("ticket-unknown"));
        assert_eq!(found[0].inner.as_deref(), Some("checked_in"));
        let today = audit::today(app).unwrap();
        assert!(today.notable.contains(&(audit::DEAD_LETTER, 1)), "{:?}", today.notable);
    });
}

#[test]
fn an_event_shows_every_field_and_nothing_personal_in_the_clear() {
    on_both(|app| {
        let of = |kind: &str| {
            let seq = seqs(app, &asked(|a| a.kind = kind.into()))[0];
            audit::one(app, seq).unwrap()
        };
        let person = of("person_registered");
        let shown = |key: &str| person.fields.iter().find(|f| f.key == key).map(|f| f.value.clone()).unwrap();
        assert!(matches!(shown("name"), Shown::Masked(name) if name.contains('*')));
        assert!(matches!(shown("id_number"), Shown::Masked(number) if number.contains('*')));
        assert_eq!(shown("id_index"), Shown::Hidden);
        let account = of("account_added");
        let hash = account.fields.iter().find(|f| f.key == "password_hash").unwrap();
        assert_eq!(hash.value, Shown::Hidden);
        let sets = of("sets_assembled");
        let all = format!("{:?}", sets.fields);
        assert!(all.contains("Sealed") && !all.contains("v1.data"), "{all}");
        assert!(audit::one(app, 1_000_000).is_err());
    });
}

#[test]
fn who_read_personal_data_today_is_counted_by_person_and_yesterday_is_not() {
    on_both(|app| {
        let read = || {
            let fact = PersonalDataRead { subject: "N-0001".into(), what: "portrait".into() };
            let actor = server::event::Actor::Account(person(app, "centre").account);
            let event = app.event(&actor, Fact::PersonalDataRead(fact));
            let write = move |conn: &mut server::db::Conn| server::db::events::append(conn, &event);
            app.db.write(write).unwrap();
        };
        read();
        app.at("2026-09-22T08:00:00+08:00");
        read();
        read();
        let today = audit::today(app).unwrap();
        let readers: Vec<(String, i64)> =
            today.readers.others.into_iter().map(|(who, n)| (who.text, n)).collect();
        assert_eq!(readers, [("account:acc-centre".to_owned(), 2)]);
        assert_eq!(today.total, 2);
    });
}
