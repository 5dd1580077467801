//! The log: events get their place in it, and whatever is changed behind the server's back is found and named.

use crate::harness::{TestApp, on_both};
use diesel::connection::SimpleConnection;
use server::app::log::{self, Status};
use server::app::log_verify::{Bad, Trust, Verdict, verify};
use server::db::replay::Difference;
use server::db::{DbError, events};
use server::jobs::sequencer;
use shared::log::checkpoint::Checkpoint;
use shared::log::note::{Note, Verifier};

/// Checks everything, with the log's own key.
fn check(app: &TestApp, kept: Option<&Note>) -> Verdict {
    let key = log::key(app).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("anew.db");
    let trust = Trust { key: Some(&key), kept, scratch: Some(&path) };
    verify(&app.db, &trust, &|_, _| ()).unwrap()
}

/// What somebody does who has the database and not the server.
fn behind_its_back(app: &TestApp, statement: &str) {
    let statement = statement.to_owned();
    app.db.write(move |conn| conn.batch_execute(&statement).map_err(DbError::from)).unwrap();
}

fn kept(app: &TestApp) -> Note {
    Note::parse(&log::checkpoint(app).unwrap().unwrap()).unwrap()
}

#[test]
fn every_event_gets_its_place_and_all_of_it_is_intact() {
    on_both(|app| {
        let count = app.db.read(events::count).unwrap();
        assert_eq!(log::status(app).unwrap(), Status { size: 0, waiting: count });
        sequencer::step(app).unwrap();
        assert_eq!(log::status(app).unwrap(), Status { size: count, waiting: 0 });
        let first = kept(app);
        app.logged_in("centre");
        let more = app.db.read(events::count).unwrap();
        assert!(more > count, "a login is an event");
        sequencer::step(app).unwrap();
        sequencer::step(app).unwrap();
        let verdict = check(app, Some(&first));
        assert_eq!((verdict.first_bad, verdict.waiting, verdict.checkpoints), (None, 0, 2));
        assert_eq!(i64::try_from(verdict.size).unwrap(), more);
        let checkpoint = Checkpoint::of(&kept(app), &log::key(app).unwrap()).unwrap();
        assert_eq!(verdict.root, hex::encode(checkpoint.root));
    });
}

#[test]
fn events_behind_the_last_checkpoint_are_counted_and_nothing_is_said_about_them() {
    on_both(|app| {
        sequencer::step(app).unwrap();
        app.logged_in("centre");
        let verdict = check(app, None);
        assert_eq!((verdict.first_bad, verdict.waiting), (None, 1));
    });
}

#[test]
fn whatever_is_changed_behind_the_servers_back_is_found_and_named() {
    let table: [(&str, Bad); 8] = [
        ("UPDATE events SET body = replace(body, 'kind', 'kinD') WHERE seq = 7", Bad::Event(7)),
        ("UPDATE events SET actor = 'system:other' WHERE seq = 9", Bad::Event(9)),
        ("UPDATE events SET at = at + 1 WHERE seq = 3", Bad::Event(3)),
        ("DELETE FROM events WHERE seq = 5", Bad::Event(5)),
        ("DELETE FROM log_entries WHERE position = 11", Bad::Entry(11)),
        ("UPDATE log_entries SET salt = leaf WHERE position = 3", Bad::Event(4)),
        (
            "UPDATE staff SET name = 'somebody else' WHERE code = 'E003'",
            Bad::Row(Difference { table: "staff", row: "E003".to_owned() }),
        ),
        (
            "DELETE FROM calendar_years WHERE year = 2019",
            Bad::Row(Difference { table: "calendar_years", row: "2019".to_owned() }),
        ),
    ];
    for (statement, bad) in table {
        on_both(|app| {
            sequencer::step(app).unwrap();
            behind_its_back(app, statement);
            assert_eq!(check(app, None).first_bad, Some(bad.clone()), "{statement}");
        });
    }
}

#[test]
fn an_event_that_is_changed_together_with_its_leaf_does_not_fit_the_signed_checkpoint() {
    on_both(|app| {
        sequencer::step(app).unwrap();
        let size = log::status(app).unwrap().size;
        let rows = app.db.read(|conn| events::page(conn, 6, 1)).unwrap();
        let forged = shared::log::entry::Entry {
            seq: 6,
            at: rows[0].at,
            kind: &rows[0].kind,
            actor: "system:forger",
            rule_set: rows[0].rule_set.as_deref(),
            body: &rows[0].body,
        };
        let salt = [0; 32];
        let (leaf, salt_text) = (hex::encode(forged.leaf_hash(&salt)), hex::encode(salt));
        behind_its_back(app, "UPDATE events SET actor = 'system:forger' WHERE seq = 6");
        let statement =
            format!("UPDATE log_entries SET salt = '{salt_text}', leaf = '{leaf}' WHERE position = 5");
        behind_its_back(app, &statement);
        assert_eq!(check(app, None).first_bad, Some(Bad::Checkpoint(size)));
    });
}

#[test]
fn a_log_that_was_cut_short_or_signed_by_another_is_found_by_a_checkpoint_that_was_kept() {
    on_both(|app| {
        sequencer::step(app).unwrap();
        let size = log::status(app).unwrap().size;
        app.logged_in("centre");
        sequencer::step(app).unwrap();
        let last = kept(app);
        for table in ["log_checkpoints WHERE size", "log_entries WHERE position + 1", "events WHERE seq"] {
            behind_its_back(app, &format!("DELETE FROM {table} > {size}"));
        }
        // Whoever cuts so much off would set the projections right as well, so they are left out here.
        let key = log::key(app).unwrap();
        let leaves = Trust { key: Some(&key), kept: None, scratch: None };
        let verdict = verify(&app.db, &leaves, &|_, _| ()).unwrap();
        assert_eq!(verdict.first_bad, None, "in itself it is whole");
        assert_eq!(check(app, Some(&last)).first_bad, Some(Bad::Kept(size)));

        let other = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let other = Verifier::new(log::ORIGIN, shared::log::note::Kind::Log, other.verifying_key()).unwrap();
        let trust = Trust { key: Some(&other), kept: None, scratch: None };
        let verdict = verify(&app.db, &trust, &|_, _| ()).unwrap();
        assert_eq!(verdict.first_bad, Some(Bad::Signature(size)));
    });
}

#[test]
fn a_missing_event_stops_the_log_instead_of_being_passed_over() {
    on_both(|app| {
        sequencer::step(app).unwrap();
        let size = log::status(app).unwrap().size;
        app.logged_in("centre");
        app.logged_in("centre");
        behind_its_back(app, &format!("DELETE FROM events WHERE seq = {}", size + 1));
        let refused = sequencer::step(app).unwrap_err().to_string();
        assert!(refused.contains(&format!("event {} is missing", size + 1)), "{refused}");
    });
}
