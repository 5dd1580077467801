//! The journal file: what is acknowledged is there, what was changed is found.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use kiosk::journal::{Journal, JournalError, verify_file};
use shared::time::Instant;
use shared::wire::v1::journal::{GENESIS, KioskFact};
use std::path::{Path, PathBuf};

fn fact(number: u32) -> KioskFact {
    KioskFact::Queued { ticket: format!("T{number}"), number, place: None }
}

fn written(dir: &Path, entries: u32) -> PathBuf {
    let path = dir.join("journal.db");
    let mut journal = Journal::open(&path).unwrap();
    for number in 1..=entries {
        journal.append(Instant::from_millis(i64::from(number)), -5, &[fact(number)]).unwrap();
    }
    path
}

/// Changes the file behind the back of its triggers, as somebody with an editor would.
fn tamper(path: &Path, sql: &str) {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    connection
        .batch_execute("DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_deleted;")
        .unwrap();
    connection.batch_execute(sql).unwrap();
}

#[test]
fn what_was_written_is_there_after_reopening_gapless_and_chained() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path(), 3);
    let mut journal = Journal::open(&path).unwrap();
    let both = journal.append(Instant::from_millis(9), 0, &[fact(4), fact(5)]).unwrap();
    assert_eq!(both.iter().map(|e| e.seq).collect::<Vec<_>>(), [4, 5]);
    let entries = journal.entries(1, 100).unwrap();
    let mut prev = GENESIS.to_owned();
    for (entry, seq) in entries.iter().zip(1..) {
        assert_eq!((entry.seq, &entry.prev), (seq, &prev));
        prev.clone_from(&entry.hash);
    }
    assert_eq!(entries.len(), 5);
    let report = verify_file(&path).unwrap();
    assert_eq!((report.verdict, report.size, report.first_bad), ("intact", 5, None));
    assert_eq!(report.last_hash, prev);
}

#[test]
fn an_entry_that_was_changed_removed_or_put_in_is_found_and_the_journal_is_not_opened() {
    for (name, sql, first_bad) in [
        ("fact", "UPDATE entry SET fact = replace(fact, 'T2', 'T9') WHERE seq = 2", 2),
        ("time", "UPDATE entry SET at = at + 1 WHERE seq = 3", 3),
        ("offset", "UPDATE entry SET offset_ms = 0 WHERE seq = 1", 1),
        ("removed", "DELETE FROM entry WHERE seq = 2", 2),
        ("first removed", "DELETE FROM entry WHERE seq = 1", 1),
        ("no JSON", "UPDATE entry SET fact = 'x' WHERE seq = 4", 4),
        ("put in", "INSERT INTO entry SELECT 5, at, offset_ms, prev, 'x', fact FROM entry WHERE seq = 4", 5),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = written(dir.path(), 4);
        tamper(&path, sql);
        let report = verify_file(&path).unwrap();
        assert_eq!((report.verdict, report.first_bad), ("broken", Some(first_bad)), "{name}");
        assert_eq!(report.size, first_bad - 1, "{name}");
        assert!(matches!(Journal::open(&path), Err(JournalError::Broken(seq)) if seq == first_bad), "{name}");
    }
}

#[test]
fn the_file_itself_refuses_to_change_or_delete_an_entry() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path(), 1);
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    for sql in ["UPDATE entry SET at = 0", "DELETE FROM entry"] {
        assert!(connection.batch_execute(sql).is_err(), "{sql}");
    }
}

#[test]
fn a_second_connection_sees_what_the_first_has_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path(), 2);
    let mut writer = Journal::open(&path).unwrap();
    let mut reader = Journal::open_beside(&path).unwrap();
    writer.append(Instant::from_millis(3), 0, &[fact(3)]).unwrap();
    assert_eq!(reader.refresh().unwrap(), writer.tail());
    assert_eq!(reader.entries(3, 1).unwrap()[0].fact, fact(3));
}

#[test]
fn facts_that_cannot_all_be_written_are_not_written_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path(), 1);
    let mut first = Journal::open(&path).unwrap();
    let mut second = Journal::open_beside(&path).unwrap();
    first.append(Instant::from_millis(2), 0, &[fact(2)]).unwrap();
    // The second still believes that the next position is free.
    assert!(second.append(Instant::from_millis(2), 0, &[fact(7), fact(8)]).is_err());
    // It has looked again since, and goes on behind what is there.
    assert_eq!(second.append(Instant::from_millis(3), 0, &[fact(3)]).unwrap()[0].seq, 3);
    assert_eq!(verify_file(&path).unwrap().size, 3);
}
