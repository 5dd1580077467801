//! Whatever fails in the middle leaves nothing: each use case of the exam day is cut off at each of its events, on both
//! databases, and then done as if nothing had happened.

use crate::exam;
use crate::harness::{Backend, TestApp, assert_rebuilds, on_both, person};
use crate::held::{POINT, agreeing, ended, held};
use crate::small;
use diesel::connection::SimpleConnection;
use serde_json::json;
use server::app::auth::Throttle;
use server::app::sessions::{EnrolOrder, OpenOrder};
use server::app::sets::SetsOrder;
use server::app::{assign, banks, certificates, days, results, seating, sessions, sets};
use server::db::{Conn, DbError, events};
use shared::time::Instant;

const TRADE: &str = "welding-fusion";
const START: &str = "2026-09-28T09:00:00+08:00";
const EVENING: &str = "2026-09-28T17:00:00+08:00";

/// Does something with the event of position `at` refused by the database, on whichever connection writes it.
fn with_cut<T>(app: &TestApp, at: i64, work: impl FnOnce() -> T) -> T {
    let (set, unset) = match app.backend() {
        Backend::Sqlite => (
            format!(
                "CREATE TRIGGER cut BEFORE INSERT ON events WHEN NEW.seq = {at} \
                 BEGIN SELECT RAISE(ABORT, 'cut'); END"
            ),
            "DROP TRIGGER cut".to_owned(),
        ),
        Backend::Postgres => (
            format!(
                "CREATE FUNCTION cut() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'cut'; END $$ LANGUAGE plpgsql; \
                 CREATE TRIGGER cut BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.seq = {at}) EXECUTE FUNCTION cut()"
            ),
            "DROP TRIGGER cut ON events; DROP FUNCTION cut()".to_owned(),
        ),
    };
    let run = |text: String| {
        let write = move |conn: &mut Conn| conn.batch_execute(&text).map_err(DbError::from);
        app.db.write(write).unwrap();
    };
    run(set);
    let done = work();
    run(unset);
    done
}

/// Cuts `work` off at its first event, its second and so on; each time nothing of it may be there. Then it is done, with
/// as many events as it was cut at. Answers how many.
fn cut_at_each_event<T, E: std::fmt::Debug>(app: &TestApp, work: impl Fn() -> Result<T, E>) -> i64 {
    let count = || app.db.read(events::count).unwrap();
    let all = || (app.dump("events"), app.dump_projections());
    let (first, before) = (count() + 1, all());
    let mut at = first;
    loop {
        match with_cut(app, at, &work) {
            Err(_) => {
                assert!(
                    all() == before,
                    "something is left of a work that was cut at its event {}",
                    at - first + 1
                );
                at += 1;
            }
            Ok(_) => {
                assert_eq!(count() + 1, at, "it was cut at each of its events");
                return at - first;
            }
        }
        assert!(at - first < 500, "it does not come to an end");
    }
}

#[test]
fn a_bank_is_imported_and_its_sets_are_drawn_and_published_whole_or_not_at_all() {
    crate::harness::on_both_with(small::load, |app| {
        let (centre, second) = (person(app, "centre"), person(app, "centre2"));
        let file = small::fixture(&format!("banks/{TRADE}.json"));
        let import = || banks::import(app, &centre, TRADE, "bank.json", &file, None);
        assert!(cut_at_each_event(app, import) >= 1);
        let bank = import().unwrap().bank;
        let order = || SetsOrder { bank: bank.clone(), rule_set: None };
        assert!(cut_at_each_event(app, || sets::assemble(app, &centre, TRADE, order(), None)) >= 2);
        let draw = app.db.read(|conn| server::db::draws::draws(conn, None)).unwrap().pop().unwrap().id;
        assert!(cut_at_each_event(app, || sets::publish(app, &second, TRADE, &draw, None)) >= 1);
        assert_rebuilds(app);
    });
}

#[test]
fn a_session_is_opened_filled_seated_and_staffed_whole_or_not_at_all() {
    on_both(|app| {
        let centre = person(app, "centre");
        let open = || {
            let order = OpenOrder {
                point: POINT.into(),
                trade: "electrician-low-voltage".into(),
                kind: "first".into(),
                starts_at: Instant::parse(START).unwrap().millis(),
                rule_set: None,
                language: None,
            };
            sessions::open(app, &centre, order, None)
        };
        assert_eq!(
            cut_at_each_event(app, open),
            3,
            "the session, and the commitments for its two ceremonies"
        );
        let session =
            app.db.read(|conn| server::db::sessions::sessions(conn, None, None)).unwrap().pop().unwrap().id;
        let enrol = || {
            let order = EnrolOrder { registrations: (1..=4).map(|n| format!("R-{n:04}")).collect() };
            sessions::enrol(app, &centre, &session, order, None)
        };
        assert_eq!(cut_at_each_event(app, enrol), 4, "one for each candidate");
        assert!(
            cut_at_each_event(app, || seating::seat(app, &centre, &session, None)) >= 4,
            "three draws and seats"
        );
        assert!(
            cut_at_each_event(app, || assign::assign(app, &centre, &session, None)) >= 4,
            "salts of the pool, frozen input, revealed secret, draw and duties"
        );
        assert_rebuilds(app);
    });
}

#[test]
fn a_paper_is_handed_in_whole_or_not_at_all() {
    exam::on_both(1, true, |exam| {
        exam.at(-10 * 60);
        exam.admit(1);
        exam.release("R01");
        exam.at(0);
        let mut sitter = exam.enter(1);
        exam.answer_so_many(&mut sitter, 3, 0);
        exam.at(40 * 60);
        assert!(cut_at_each_event(exam.test, || exam.hand_in(&sitter)) >= 1);
        assert!(exam.result(1).is_some());
        assert_rebuilds(exam.test);
    });
}

#[test]
fn results_certificates_and_the_close_of_a_day_are_whole_or_not_at_all() {
    if let Err(reason) = server::pdf::fonts::fonts() {
        println!("skipped: {reason}");
        return;
    }
    on_both(|app| {
        let held = held(app, START, &[1, 2, 3]);
        app.at(EVENING);
        let centre = person(app, "centre");
        for (ticket, outcome) in held.tickets.iter().zip(["passed", "passed", "failed"]) {
            ended(app, ticket, outcome);
        }
        assert_eq!(cut_at_each_event(app, || results::publish(app, &centre, &held.session, None)), 1);
        assert!(cut_at_each_event(app, || certificates::issue(app, &centre, &held.session, None)) >= 2);
        let (throttle, order) = (Throttle::default(), agreeing(""));
        let close = || days::close(app, &throttle, &centre, ("2026-09-28", POINT), &order, None);
        assert_eq!(cut_at_each_event(app, close), 1);
        assert_rebuilds(app);
        assert_eq!(json!(app.dump("certificates").len()), json!(2));
    });
}
