//! Numbered blanks, which kiosk prints which certificate, and receipts.

use crate::harness::{Kiosk, TestApp, assert_rebuilds, code, on_both, person};
use crate::held::{POINT, ended, held};
use server::app::{blanks, certificates, devices, results};
use shared::wire::v1::journal::KioskFact;

const START: &str = "2026-09-28T09:00:00+08:00";
const EVENING: &str = "2026-09-28T17:00:00+08:00";

/// Two certificates of the point that are ready; nothing where documents cannot be made here.
fn issued(app: &TestApp) -> Option<Vec<String>> {
    let held = held(app, START, &[1, 2]);
    app.at(EVENING);
    for ticket in &held.tickets {
        ended(app, ticket, "passed");
    }
    let centre = person(app, "centre");
    results::publish(app, &centre, &held.session, None).unwrap();
    let report = certificates::issue(app, &centre, &held.session, None);
    if code(&report) == "document-unavailable" {
        println!("skipped: {}", report.unwrap_err());
        return None;
    }
    Some(report.unwrap().issued.into_iter().map(|i| i.certificate).collect())
}

fn started(certificate: &str, attempt: u32, blank: &str) -> KioskFact {
    KioskFact::PrintStarted { certificate: certificate.into(), attempt, blank: blank.into(), reason: None }
}

fn failed(certificate: &str, attempt: u32, blank: &str, code: &str, untouched: bool) -> KioskFact {
    let (certificate, blank, code) = (certificate.into(), blank.into(), code.into());
    KioskFact::PrintFailed { certificate, attempt, blank, code, untouched }
}

fn printed(certificate: &str, attempt: u32, blank: &str) -> KioskFact {
    KioskFact::Printed { certificate: certificate.into(), attempt, blank: blank.into() }
}

#[test]
fn stock_and_shares_are_entered_by_staff_of_the_point_and_no_blank_is_in_two() {
    on_both(|app| {
        let (one, two) = (Kiosk::new(app, POINT, 1), Kiosk::new(app, POINT, 2));
        let stock = |who: &str, point: &str, from: &str, to: &str| {
            code(&blanks::stock(app, &person(app, who), point, (from, to), None))
        };
        assert!(one.bundle(app).blanks.is_none(), "no stock is kept: any blank that was not used");
        for (who, point, from, to, expected) in [
            ("point", POINT, "A0100", "A0001", "blanks-range"),
            ("point", "P02", "A0001", "A0100", "point-unknown"),
            ("point", POINT, "A0001", "A0100", "ok"),
            ("centre", POINT, "A0100", "A0200", "blanks-overlap"),
            ("centre", "P02", "A0050", "A0060", "blanks-overlap"),
            ("centre", "P02", "A0101", "A0200", "ok"),
        ] {
            assert_eq!(stock(who, point, from, to), expected, "{who} {point} {from}–{to}");
        }
        let revision = one.bundle(app).revision;
        let allot = |kiosk: &str, from: &str, to: &str| {
            code(&blanks::allot(app, &person(app, "point"), (POINT, kiosk), (from, to), None))
        };
        for (kiosk, from, to, expected) in [
            (one.id.as_str(), "A0001", "A0050", "ok"),
            (&two.id, "A0050", "A0060", "blanks-overlap"),
            (&two.id, "A0090", "A0101", "blanks-not-in-stock"),
            (&two.id, "A0051", "A0060", "ok"),
            ("P01-K99", "A0061", "A0070", "device-unknown"),
        ] {
            assert_eq!(allot(kiosk, from, to), expected, "{kiosk} {from}–{to}");
        }
        let bundle = one.bundle(app);
        assert!(bundle.revision > revision, "kiosks fetch their shares");
        let shares: Vec<_> = bundle.blanks.unwrap().into_iter().map(|b| (b.from, b.to)).collect();
        assert_eq!(shares, [("A0001".to_owned(), "A0050".to_owned())]);
        let desk = blanks::show(app, &person(app, "auditor"), Some(POINT)).unwrap();
        assert_eq!((desk.stocked, desk.total.given, desk.not_given()), (100, 60, 40));
        assert_eq!(code(&blanks::show(app, &person(app, "point"), Some("P02"))), "point-unknown");
        assert_rebuilds(app);
    });
}

#[test]
fn a_print_on_a_blank_that_is_not_the_kiosks_own_or_was_used_is_a_dead_letter() {
    on_both(|app| {
        let Some(ids) = issued(app) else { return };
        let mut kiosk = Kiosk::new(app, POINT, 1);
        let staff = person(app, "point");
        blanks::stock(app, &staff, POINT, ("A0001", "A0100"), None).unwrap();
        blanks::allot(app, &staff, (POINT, &kiosk.id), ("A0001", "A0012"), None).unwrap();
        let (facts, expected): (Vec<_>, Vec<_>) = vec![
            (started(&ids[0], 1, "A0013"), "blank-outside"),
            (printed(&ids[0], 1, "A0013"), "print-not-started"),
            (started(&ids[0], 2, "A0001"), "ok"),
            (failed(&ids[0], 2, "A0001", "offline", true), "ok"),
            (started(&ids[0], 3, "A0001"), "ok"),
            (failed(&ids[0], 3, "A0001", "broken", false), "ok"),
            (started(&ids[0], 4, "A0001"), "blank-used"),
            (started(&ids[0], 5, "A0002"), "ok"),
            (printed(&ids[0], 5, "A0002"), "ok"),
            (started(&ids[1], 1, "A0002"), "blank-used"),
            (started(&ids[1], 2, "A0003"), "ok"),
            (failed(&ids[1], 2, "A0003", "connection_lost", false), "ok"),
        ]
        .into_iter()
        .unzip();
        assert_eq!(kiosk.tell(app, facts), expected);
        let desk = blanks::show(app, &staff, None).unwrap();
        let count = desk.kiosks[0].count;
        assert_eq!((count.printed, count.spoiled, count.open, count.left()), (1, 1, 1, 9));
        assert!(count.is_few());
        assert_rebuilds(app);
    });
}

#[test]
fn one_kiosk_prints_a_certificate_until_it_leaves_it_to_another_or_is_shut_out() {
    on_both(|app| {
        let Some(ids) = issued(app) else { return };
        let (mut one, mut two) = (Kiosk::new(app, POINT, 1), Kiosk::new(app, POINT, 2));
        let lease = |kiosk: &Kiosk, at: usize| {
            let certificates = kiosk.bundle(app).certificates;
            let certificate = certificates.into_iter().find(|c| c.certificate == ids[at]).unwrap();
            (certificate.lease.unwrap(), certificate.releases)
        };
        assert_eq!(lease(&one, 0), (one.id.clone(), 0), "the kiosk that enrolled first");
        assert_eq!(lease(&two, 0), (one.id.clone(), 0));
        assert_eq!(two.bundle(app).kiosks, [one.id.clone(), two.id.clone()]);
        let release = |at: usize, to: &Kiosk| KioskFact::LeaseReleased {
            certificate: ids[at].clone(),
            to: to.id.clone(),
            staff: "point".into(),
        };
        let to_one = release(0, &one);
        assert_eq!(
            two.tell(app, vec![started(&ids[0], 1, "B1"), to_one.clone()]),
            ["lease-elsewhere", "lease-elsewhere"]
        );
        let revision = two.bundle(app).revision;
        let to_two = release(0, &two);
        assert_eq!(one.tell(app, vec![to_two, started(&ids[0], 1, "B1")]), ["ok", "lease-elsewhere"]);
        assert!(two.bundle(app).revision > revision, "the other kiosk fetches it");
        assert_eq!((lease(&one, 0), lease(&two, 0)), ((two.id.clone(), 1), (two.id.clone(), 0)));
        assert_eq!(two.tell(app, vec![to_one]), ["ok"]);
        assert_eq!((lease(&one, 0), lease(&two, 0)), ((one.id.clone(), 1), (one.id.clone(), 1)));
        devices::revoke(app, &person(app, "sysadmin"), &one.id, "broken", None).unwrap();
        assert_eq!(lease(&two, 1), (two.id.clone(), 0), "what a kiosk that was shut out had");
        assert_eq!(two.tell(app, vec![started(&ids[1], 1, "B1"), printed(&ids[1], 1, "B1")]), ["ok", "ok"]);
        let received = |certificate: &str| KioskFact::Received {
            certificate: certificate.into(),
            staff: "point".into(),
            signature: None,
            witness: Some("pointb".into()),
        };
        assert_eq!(two.tell(app, vec![received(&ids[0]), received(&ids[1])]), ["not-printed", "ok"]);
        let listed = certificates::list(app, &person(app, "centre"), None, (0, 10)).unwrap().0;
        let handed: Vec<_> =
            listed.iter().filter(|c| c.received_at.is_some()).map(|c| c.certificate.clone()).collect();
        assert_eq!(handed, [ids[1].clone()]);
        assert_rebuilds(app);
    });
}
