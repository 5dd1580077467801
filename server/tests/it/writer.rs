//! The one writer: all or nothing, in order, and answered after the commit.

use crate::harness::{actor, on_both_with};
use server::db::{Conn, DbError, events};
use server::event::{Event, Fact, OrganisationAdded};
use std::sync::{Arc, Barrier};

fn organisation(id: &str) -> Fact {
    let (name_zh, name_en) = (format!("单位{id}"), format!("Organisation {id}"));
    Fact::OrganisationAdded(OrganisationAdded {
        id: id.to_owned(),
        organisation_kind: "employer".to_owned(),
        name_zh,
        name_en,
    })
}

fn append(conn: &mut Conn, app: &server::app::App, id: &str) -> Result<i64, DbError> {
    events::append(conn, &Event::new(app.clock.now(), actor(), organisation(id)))
}

#[test]
fn a_refused_write_leaves_nothing_behind_and_numbers_stay_without_gaps() {
    on_both_with(
        |_| (),
        |test| {
            let app = test.app.clone();
            let refused: Result<(), DbError> = test.db.write(move |conn| {
                append(conn, &app, "A")?;
                append(conn, &app, "B")?;
                Err(DbError::WriterGone)
            });
            assert!(matches!(refused, Err(DbError::WriterGone)));
            assert!(test.dump("events").is_empty());
            assert!(test.dump("organisations").is_empty());
            let app = test.app.clone();
            assert_eq!(test.db.write(move |conn| append(conn, &app, "C")).unwrap(), 1);
        },
    );
}

#[test]
fn a_failing_statement_undoes_its_own_write_only() {
    on_both_with(
        |_| (),
        |test| {
            let app = test.app.clone();
            let broken: Result<(), DbError> = test.db.write(move |conn| {
                append(conn, &app, "A")?;
                diesel::RunQueryDsl::execute(
                    diesel::sql_query("INSERT INTO no_such_table VALUES (1)"),
                    conn,
                )?;
                Ok(())
            });
            assert!(broken.is_err());
            let app = test.app.clone();
            test.db.write(move |conn| append(conn, &app, "B")).unwrap();
            assert_eq!(test.db.read(events::count).unwrap(), 1);
        },
    );
}

#[test]
fn writes_at_the_same_time_are_numbered_in_the_order_of_their_commits() {
    on_both_with(
        |_| (),
        |test| {
            const WRITERS: usize = 24;
            let start = Arc::new(Barrier::new(WRITERS));
            let writers: Vec<_> = (0..WRITERS)
                .map(|n| {
                    let (app, start) = (test.app.clone(), Arc::clone(&start));
                    std::thread::spawn(move || {
                        start.wait();
                        let inner = app.clone();
                        let seq = app.db.write(move |conn| append(conn, &inner, &format!("O{n}"))).unwrap();
                        // What was answered is committed: another connection sees it.
                        assert_eq!(app.db.read(|conn| events::page(conn, seq, 1)).unwrap()[0].seq, seq);
                        seq
                    })
                })
                .collect();
            let mut numbers: Vec<i64> = writers.into_iter().map(|w| w.join().unwrap()).collect();
            numbers.sort_unstable();
            assert_eq!(numbers, (1..=24).collect::<Vec<i64>>());
        },
    );
}
