//! What institutions, enterprises and inspectors see of people and certificates.

use crate::harness::{TestApp, assert_rebuilds, on_both, person};
use crate::held::{ended, held};
use server::app::certificates::inspect::{self, Search};
use server::app::certificates::public::Answer;
use server::app::progress::{Step, progress};
use server::app::{certificates, results};
use server::db::events;
use server::event::{Fact, KioskAnnounced, KioskEntry, ResultsPublished};
use shared::wire::v1::journal::{CheckInBy, GENESIS, JournalEntry, KioskFact};

/// Step and needs of a registration as the account of a login sees it.
fn seen(app: &TestApp, login: &str, registration: &str) -> Option<(Step, [bool; 7])> {
    let all = progress(app, &person(app, login)).unwrap().people;
    all.into_iter().find(|t| t.registration == registration).map(|t| (t.step, t.needs))
}

/// The registrations of the demo world that `training` looks after, with low voltage for a first certificate.
fn own(app: &TestApp) -> Vec<u32> {
    let all = progress(app, &person(app, "training")).unwrap().people;
    let fits = |t: &&server::app::progress::Trainee| {
        t.step == Step::Placing && t.trade == "electrician-low-voltage" && t.kind == "first"
    };
    let mut all: Vec<u32> = all.iter().filter(fits).map(|t| t.registration[2..].parse().unwrap()).collect();
    all.sort_unstable();
    all
}

/// A kiosk of the first exam point and a candidate who checks in at it.
fn checked_in(session: &str, ticket: &str) -> Vec<Fact> {
    let by = CheckInBy::TicketQr;
    let fact = KioskFact::CheckedIn { session: session.into(), ticket: ticket.into(), by };
    let entry = JournalEntry { seq: 1, at: 0, offset_ms: 0, prev: GENESIS.into(), hash: "1".into(), fact };
    let (kiosk, point) = ("K99".to_owned(), "P01".to_owned());
    let announced = KioskAnnounced { kiosk: kiosk.clone(), point, code_hash: "none".into(), code_until: 0 };
    vec![Fact::KioskAnnounced(announced), Fact::KioskEntry(KioskEntry { kiosk, entry, dead: None })]
}

#[test]
fn what_is_missing_and_what_comes_next_follows_the_way_of_each() {
    on_both(|app| {
        let numbers = own(app);
        assert!(numbers.len() >= 4, "{numbers:?}");
        let of = |at: usize| format!("R-{:04}", numbers[at]);
        let step = |at: usize| seen(app, "training", &of(at)).unwrap();
        assert_eq!(step(0), (Step::Placing, [true, true, true, true, false, false, false]));
        let session = held(app, "2026-09-28T09:00:00+08:00", &numbers[..3]);
        assert_eq!(step(0), (Step::CheckIn, [true; 7]));
        assert_eq!(step(3).0, Step::Placing);
        app.tell(checked_in(&session.session, &session.tickets[0]));
        assert_eq!([step(0).0, step(1).0], [Step::Here, Step::CheckIn]);
        app.at("2026-09-28T09:30:00+08:00");
        assert_eq!(step(0).0, Step::Exam);
        for (at, outcome) in ["passed", "failed", "absent"].iter().enumerate() {
            ended(app, &session.tickets[at], outcome);
            assert_eq!(step(at).0, Step::Results, "nothing of {outcome} before it is published");
        }
        app.tell(vec![Fact::ResultsPublished(ResultsPublished { session: session.session.clone() })]);
        assert_eq!([step(0).0, step(1).0, step(2).0], [Step::Certificate, Step::Failed, Step::Again]);
        certificates::issue(app, &person(app, "centre"), &session.session, None).unwrap();
        assert_eq!(step(0).0, Step::Collect);
        assert_rebuilds(app);
    });
}

#[test]
fn nobody_sees_the_people_of_another_institution_or_employer() {
    on_both(|app| {
        let of = |login: &str| -> Vec<String> {
            let all = progress(app, &person(app, login)).unwrap().people;
            all.into_iter().map(|t| t.registration).collect()
        };
        let (training, enterprise) = (of("training"), of("enterprise"));
        assert!(!training.is_empty() && !enterprise.is_empty());
        for (registrations, field) in [(&training, "institution"), (&enterprise, "employer")] {
            for id in registrations {
                let record = app.db.read(|c| server::db::people::registration(c, id)).unwrap().unwrap();
                let (own, wanted) = match field {
                    "institution" => (Some(record.institution), "T01"),
                    _ => (record.employer, "C01"),
                };
                assert_eq!(own.as_deref(), Some(wanted));
            }
        }
        let mut nobody = person(app, "training");
        nobody.organisation = None;
        assert!(progress(app, &nobody).unwrap().people.is_empty());
    });
}

#[test]
fn an_inspector_checks_a_certificate_by_its_number_and_that_is_recorded() {
    on_both(|app| {
        let session = held(app, "2026-09-28T09:00:00+08:00", &[1, 2]);
        app.at("2026-09-28T12:00:00+08:00");
        for ticket in &session.tickets {
            ended(app, ticket, "passed");
        }
        results::publish(app, &person(app, "centre"), &session.session, None).unwrap();
        certificates::issue(app, &person(app, "centre"), &session.session, None).unwrap();
        let inspector = person(app, "inspector");
        let (found, total) = inspect::search(app, &Search::default(), (0, 1)).unwrap();
        assert_eq!((found.len(), total), (1, 2));
        assert!(found[0].name.contains('*'));
        let before = app.db.read(events::count).unwrap();
        let number = format!(" {} ", found[0].certificate);
        assert!(
            matches!(inspect::check(app, &inspector, &number).unwrap(), Answer::Found(c) if c == found[0])
        );
        assert_eq!(app.db.read(events::count).unwrap(), before + 1);
        for unknown in ["", "C-none", "证书"] {
            assert_eq!(inspect::check(app, &inspector, unknown).unwrap(), Answer::NotFound);
        }
        assert_eq!(app.db.read(events::count).unwrap(), before + 1, "what is not there is nobody's data");
        let search = |number: &str, trade: &str, standing: &str| {
            let wanted = Search { number: number.into(), trade: trade.into(), standing: standing.into() };
            inspect::search(app, &wanted, (0, 10)).unwrap().1
        };
        assert_eq!(search(&found[0].certificate.to_uppercase(), "", ""), 1);
        assert_eq!(search("", "electrician-low-voltage", "valid"), 2);
        assert_eq!(search("", "welding-fusion", ""), 0);
        assert_eq!(search("", "", "expired"), 0);
        let of_enterprise = progress(app, &person(app, "enterprise")).unwrap().certificates;
        assert!(of_enterprise.iter().all(|held| held.name.contains('*')));
    });
}
