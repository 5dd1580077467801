//! The log: events get their place in it, and whatever is changed behind the server's back is found and named.

use crate::harness::{Kiosk, TestApp, on_both};
use diesel::connection::SimpleConnection;
use server::app::log::explore::{self, Kept};
use server::app::log::verify::{Bad, Trust, Verdict, verify};
use server::app::log::{self, LogError, Status};
use server::db::replay::Difference;
use server::db::{DbError, events};
use server::jobs::sequencer;
use shared::log::checkpoint::{Checkpoint, CheckpointError};
use shared::log::leaf_hash;
use shared::log::note::{Note, Verifier};
use shared::log::tile::{self, grown};
use shared::log::tree::Edge;
use shared::wire::proofs::Claim;
use shared::wire::v1::journal::KioskFact;
use shared::wire::v1::log::Cosigned;

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
        let other = Verifier::new(&app.setup.log_origin, shared::log::note::Kind::Log, other.verifying_key())
            .unwrap();
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

#[test]
fn the_log_is_served_as_files_that_prove_it_without_the_server() {
    on_both(|app| {
        sequencer::step(app).unwrap();
        let nobody = app.http();
        let text = |path: &str| String::from_utf8(nobody.get(path).bytes).unwrap();
        let key = log::key(app).unwrap();
        let head = Checkpoint::of(&Note::parse(&text("/log/checkpoint")).unwrap(), &key).unwrap();
        assert_eq!(i64::try_from(head.size).unwrap(), log::status(app).unwrap().size);
        let (mut edge, mut leaves) = (Edge::default(), Vec::new());
        for tile in grown(0, head.size).into_iter().filter(|tile| tile.level == 0) {
            let hashes = tile::hashes(&nobody.get(&format!("/log/{}", tile.path())).bytes).unwrap();
            let bundle = nobody.get(&format!("/log/{}", tile.entries_path())).bytes;
            for (hash, entry) in hashes.iter().zip(tile::entries(&bundle).unwrap()) {
                assert_eq!(*hash, leaf_hash(entry));
                assert!(entry.starts_with(format!("kaodian-entry/1\n{}\n", edge.size() + 1).as_bytes()));
                edge.append(*hash, |_, _| ());
                leaves.push(*hash);
            }
        }
        assert_eq!((edge.size(), edge.root()), (head.size, head.root));
        for wrong in
            ["/log/tile/0/999", "/log/tile/0/1", "/log/tile/x/000", "/log/tile/0/..%2F..%2Fcheckpoint"]
        {
            assert_eq!(nobody.get(wrong).status, 404, "{wrong}");
        }
    });
}

#[test]
fn an_entry_is_proved_to_be_in_the_log_and_the_log_to_have_only_grown() {
    on_both(|app| {
        sequencer::step(app).unwrap();
        let first = log::status(app).unwrap().size;
        app.logged_in("centre");
        sequencer::step(app).unwrap();
        let size = log::status(app).unwrap().size;
        let nobody = app.http();
        let holds = |document: serde_json::Value| serde_json::from_value::<Claim>(document).unwrap().holds();
        for (seq, of) in [(1, size), (size, size), (7, first)] {
            let proof = nobody.get(&format!("/api/v1/log/proof?seq={seq}&size={of}")).ok();
            assert!(holds(proof), "{seq} of {of}");
        }
        assert!(holds(nobody.get(&format!("/api/v1/log/proof?seq={first}")).ok()));
        let grown = nobody.get(&format!("/api/v1/log/consistency?from={first}")).ok();
        assert_eq!(grown["size2"], size);
        assert!(holds(grown));
        for (path, code) in [
            ("proof?seq=0".to_owned(), (404, "log-beyond")),
            (format!("proof?seq={}", size + 1), (404, "log-beyond")),
            (format!("proof?seq=1&size={}", size + 1), (404, "log-beyond")),
            ("consistency?from=0".to_owned(), (404, "log-beyond")),
            ("consistency?from=9&to=8".to_owned(), (404, "log-beyond")),
            ("proof".to_owned(), (400, "query-unreadable")),
        ] {
            let (status, problem) = nobody.get(&format!("/api/v1/log/{path}")).problem();
            assert_eq!((status, &*problem), code, "{path}");
        }
    });
}

#[test]
fn files_of_the_log_that_are_lost_are_written_again_from_the_database() {
    on_both(|app| {
        sequencer::step(app).unwrap();
        let kept = std::fs::read_dir(app.tiles.dir().join("tile/0")).unwrap().count();
        std::fs::remove_dir_all(app.tiles.dir().join("tile/0")).unwrap();
        assert!(log::inclusion(app, 1, None).is_err());
        assert!(log::mend(app).unwrap() > 0);
        assert_eq!(std::fs::read_dir(app.tiles.dir().join("tile/0")).unwrap().count(), kept);
        assert_eq!(log::mend(app).unwrap(), 0);
        std::fs::remove_dir_all(app.tiles.dir()).unwrap();
        sequencer::step(app).unwrap();
        assert!(log::inclusion(app, 1, None).is_ok());
    });
}

#[test]
fn files_of_the_log_stay_as_they_are_when_the_database_is_put_back_from_an_older_copy() {
    on_both(|app| {
        sequencer::step(app).unwrap();
        let size = log::status(app).unwrap().size;
        app.logged_in("centre");
        sequencer::step(app).unwrap();
        let published = log::published(app).unwrap();
        for table in ["log_checkpoints WHERE size", "log_entries WHERE position + 1", "events WHERE seq"] {
            behind_its_back(app, &format!("DELETE FROM {table} > {size}"));
        }
        let refused = sequencer::step(app).unwrap_err().to_string();
        assert!(refused.contains("older copy"), "{refused}");
        // It goes on, and is as long as before: what was published says otherwise.
        app.logged_in("centre");
        let refused = sequencer::step(app).unwrap_err().to_string();
        assert!(refused.contains("do not belong to this log"), "{refused}");
        assert_eq!(log::published(app).unwrap(), published);
        assert_eq!(explore::overview(app).unwrap().files, explore::Files::Other);
    });
}

#[test]
fn a_kiosk_signs_a_log_that_grows_and_the_log_shows_its_signature() {
    on_both(|app| {
        let kiosk = Kiosk::new(app, "P01", 7);
        sequencer::step(app).unwrap();
        let (head, note) = kiosk.witness(app, None).unwrap();
        log::cosign(app, &kiosk.id, &note).unwrap();
        log::cosign(app, &kiosk.id, &note).unwrap();
        let watched = log::witnesses(app).unwrap();
        let key = Verifier::parse(watched.kiosks[0].key.as_ref().unwrap()).unwrap();
        let published = Note::parse(&log::published(app).unwrap().unwrap()).unwrap();
        assert_eq!(published.verify(&key).unwrap().seconds, Some(1_790_000_000));
        assert!(published.verify(&log::key(app).unwrap()).is_ok());
        assert_eq!(watched.cosigned, log::published(app).unwrap());

        app.logged_in("centre");
        sequencer::step(app).unwrap();
        let (later, note) = kiosk.witness(app, Some(head)).unwrap();
        assert!(later.size > head.size);
        let body = serde_json::to_string(&Cosigned { note }).unwrap();
        let token = kiosk.token(app, "POST", "/api/v1/kiosk/log", &body);
        let client = app.http().with_scheme("Kiosk", &token);
        assert_eq!(client.raw("POST", "/api/v1/kiosk/log", "application/json", body.as_bytes()).status, 204);
        let last = log::witnesses(app).unwrap().kiosks[0].last.unwrap();
        assert_eq!(u64::try_from(last.0).unwrap(), later.size);
        assert_eq!(check(app, None).first_bad, None, "a signature is no event");
    });
}

#[test]
fn what_is_not_a_witness_signature_over_this_log_is_not_kept() {
    on_both(|app| {
        let (kiosk, other) = (Kiosk::new(app, "P01", 7), Kiosk::new(app, "P01", 8));
        sequencer::step(app).unwrap();
        let (_, note) = kiosk.witness(app, None).unwrap();
        let unsigned = log::published(app).unwrap().unwrap();
        for (who, note) in [
            (&other.id, note.clone()),
            (&kiosk.id, unsigned),
            (&kiosk.id, note.replacen("kaodian/log", "another/log", 1)),
            (&kiosk.id, "no note".to_owned()),
        ] {
            let refused = log::cosign(app, who, &note).unwrap_err();
            assert!(matches!(refused, LogError::NotCosigned), "{note}");
        }
        assert!(log::witnesses(app).unwrap().kiosks.iter().all(|kiosk| kiosk.last.is_none()));
    });
}

#[test]
fn a_witness_refuses_a_server_that_was_put_back_from_an_older_copy() {
    on_both(|app| {
        let kiosk = Kiosk::new(app, "P01", 7);
        sequencer::step(app).unwrap();
        let size = log::status(app).unwrap().size;
        app.logged_in("centre");
        sequencer::step(app).unwrap();
        let (seen, _) = kiosk.witness(app, None).unwrap();
        for table in ["log_checkpoints WHERE size", "log_entries WHERE position + 1", "events WHERE seq"] {
            behind_its_back(app, &format!("DELETE FROM {table} > {size}"));
        }
        let shrunk = CheckpointError::Shrunk { seen: seen.size, now: seen.size - 1 };
        assert_eq!(kiosk.witness(app, Some(seen)).unwrap_err(), shrunk, "the files are ahead");
        std::fs::remove_dir_all(app.tiles.dir()).unwrap();
        sequencer::step(app).unwrap();
        assert_eq!(kiosk.witness(app, Some(seen)).unwrap_err(), shrunk);
        app.logged_in("point");
        sequencer::step(app).unwrap();
        let forked = CheckpointError::Forked { seen: seen.size, now: seen.size };
        assert_eq!(kiosk.witness(app, Some(seen)).unwrap_err(), forked, "it is as long again, and another");
    });
}

#[test]
fn a_witness_refuses_a_log_that_was_made_anew_over_a_rewritten_event() {
    on_both(|app| {
        let mut kiosk = Kiosk::new(app, "P01", 7);
        sequencer::step(app).unwrap();
        let (seen, _) = kiosk.witness(app, None).unwrap();
        behind_its_back(app, "UPDATE events SET actor = 'system:forger' WHERE seq = 6");
        behind_its_back(app, "DELETE FROM log_checkpoints");
        behind_its_back(app, "DELETE FROM log_entries");
        std::fs::remove_dir_all(app.tiles.dir()).unwrap();
        app.logged_in("centre");
        sequencer::step(app).unwrap();
        assert_eq!(check(app, None).first_bad, None, "whoever has the key can make all of it anew");
        let refused = kiosk.witness(app, Some(seen)).unwrap_err();
        assert_eq!(refused, CheckpointError::Forked { seen: seen.size, now: seen.size + 1 });

        let fact = KioskFact::LogRefused { code: "forked".to_owned(), seen: seen.size, now: seen.size + 1 };
        assert_eq!(kiosk.tell(app, vec![fact]), ["ok"]);
        let refusals = log::witnesses(app).unwrap().refusals;
        assert_eq!(
            (&*refusals[0].kiosk, &*refusals[0].code, refusals[0].seen),
            (&*kiosk.id, "forked", seen.size)
        );
        crate::harness::assert_rebuilds(app);
    });
}

#[test]
fn the_explorer_shows_growth_and_the_way_of_an_entry_and_knows_a_kept_checkpoint() {
    on_both(|app| {
        sequencer::step(app).unwrap();
        let size = log::status(app).unwrap().size;
        let text = log::published(app).unwrap().unwrap();
        app.at("2026-09-23T08:00:00+08:00");
        app.logged_in("centre");
        sequencer::step(app).unwrap();
        let seen = explore::overview(app).unwrap();
        let days: Vec<(String, i64)> = seen.growth.iter().map(|(day, n)| (day.to_string(), *n)).collect();
        assert_eq!(days, [("2026-09-21".to_owned(), size), ("2026-09-23".to_owned(), 1)]);
        assert_eq!(seen.published, seen.head.unwrap().0.size);
        for seq in [1, 7, u64::try_from(size).unwrap() + 1] {
            let shown = explore::entry(app, seq).unwrap();
            assert_eq!(shown.way.last().unwrap().joined, shown.inclusion.root, "{seq}");
        }
        assert!(matches!(explore::entry(app, 0), Err(LogError::Beyond(_))));

        let found = explore::kept(app, &text.replace('\n', "\r\n")).unwrap();
        assert!(
            matches!(found, Kept::Ours(checkpoint, _) if checkpoint.size == u64::try_from(size).unwrap())
        );
        let number = format!("\n{size}\n");
        assert_eq!(explore::kept(app, &text.replacen(&number, "\n7\n", 1)).unwrap(), Kept::NotSigned);
        assert_eq!(explore::kept(app, "no checkpoint").unwrap(), Kept::NoCheckpoint);
        std::fs::remove_dir_all(app.tiles.dir()).unwrap();
        assert!(
            matches!(explore::kept(app, &text).unwrap(), Kept::NotContinued(_)),
            "nothing is published any more"
        );
    });
}
