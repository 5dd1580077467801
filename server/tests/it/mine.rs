//! An examinee's own file: who gets in, what is told when, and what comes next.

use crate::harness::{TestApp, code, on_both, person};
use crate::held::{ended, held};
use server::app::auth::{self, Throttle};
use server::app::mine::{Mine, StopState, enter, mine};
use server::app::{App, results};
use server::db::sessions;
use server::event::Sealed;

const START: &str = "2026-09-28T09:00:00+08:00";
const EVENING: &str = "2026-09-28T17:00:00+08:00";
const LATER: &str = "2026-10-12T09:00:00+08:00";

fn secret(app: &App, ticket: &str) -> String {
    let row = app.db.read(|conn| sessions::candidate_row(conn, ticket)).unwrap().unwrap();
    app.sealer.open("ticket.secret", &Sealed(row.secret)).unwrap()
}

fn stops(mine: &Mine) -> Vec<(&'static str, &'static str)> {
    let word = |state| match state {
        StopState::Done => "done",
        StopState::Now => "now",
        StopState::Later => "later",
        StopState::Ended => "ended",
    };
    mine.stops.iter().map(|stop| (stop.word, word(stop.state))).collect()
}

fn publish(app: &TestApp, session: &str) {
    app.at(EVENING);
    results::publish(app, &person(app, "centre"), session, None).unwrap();
}

#[test]
fn only_the_holder_of_a_ticket_gets_in_and_guessing_is_throttled() {
    on_both(|app| {
        let held = held(app, START, &[1, 2]);
        let (own, other) = (&held.tickets[0], secret(app, &held.tickets[1]));
        let secret = secret(app, own);
        let throttle = Throttle::default();
        let padded = format!(" {own} ");
        for (ticket, typed, expected) in [
            (own.as_str(), &secret[..8], "ok"),
            (padded.as_str(), secret.as_str(), "ok"),
            (own.as_str(), &other[..8], "login-wrong"),
            (own.as_str(), "", "login-wrong"),
            ("20260928-9999", &secret[..8], "login-wrong"),
            ("no ticket", "", "login-wrong"),
        ] {
            assert_eq!(code(&enter(app, &throttle, ticket, typed)), expected, "{ticket} {typed}");
        }
        for _ in 0..6 {
            assert_eq!(code(&enter(app, &throttle, own, "AAAABBBB")), "login-wrong");
        }
        assert_eq!(code(&enter(app, &throttle, own, &secret)), "login-throttled", "even with the right code");
    });
}

#[test]
fn the_token_of_a_ticket_shows_its_file_until_it_is_left_and_is_no_login() {
    on_both(|app| {
        let held = held(app, START, &[1]);
        let token =
            enter(app, &Throttle::default(), &held.tickets[0], &secret(app, &held.tickets[0])).unwrap();
        let holder = auth::holder_by_token(app, &token).unwrap();
        assert_eq!(holder.ticket, held.tickets[0]);
        assert_eq!(code(&auth::person_by_token(app, &token)), "not-logged-in");
        auth::leave(app, &holder).unwrap();
        assert_eq!(code(&auth::holder_by_token(app, &token)), "not-logged-in");
    });
}

#[test]
fn the_way_shows_what_is_on_now_and_nothing_of_the_result_before_it_is_published() {
    on_both(|app| {
        let held = held(app, START, &[1, 2, 3]);
        let [passed, failed, absent] = [&held.tickets[0], &held.tickets[1], &held.tickets[2]];
        let before = mine(app, passed).unwrap();
        assert_eq!(stops(&before)[..3], [("applied", "done"), ("seated", "done"), ("checked-in", "now")]);
        assert_eq!(before.result, None);
        for (ticket, outcome) in [(passed, "passed"), (failed, "failed"), (absent, "absent")] {
            ended(app, ticket, outcome);
        }
        for ticket in [passed, failed, absent] {
            let file = mine(app, ticket).unwrap();
            assert_eq!(file.result, None, "not published yet");
            assert!(
                !file.steps.iter().any(|s| s.what.starts_with("theory-") || s.what.starts_with("practical-"))
            );
        }
        publish(app, &held.session);
        let table = [
            (passed, "passed", "done", "now"),
            (failed, "failed", "ended", "later"),
            (absent, "absent", "ended", "later"),
        ];
        for (ticket, outcome, results, certificate) in table {
            let file = mine(app, ticket).unwrap();
            let result = file.result.clone().unwrap();
            assert_eq!(result.outcome, outcome);
            let stops = stops(&file);
            assert!(
                stops.contains(&("results", results)) && stops.contains(&("certificate", certificate)),
                "{stops:?}"
            );
            let days =
                file.stops.iter().filter(|s| s.state == StopState::Later && s.latest.is_some()).count();
            assert!(outcome == "passed" || days == 0, "what does not come any more has no last day");
        }
    });
}

#[test]
fn who_failed_is_told_the_resits_left_and_the_next_session_in_time() {
    on_both(|app| {
        let first = held(app, START, &[1, 2]);
        let failed = &first.tickets[1];
        ended(app, &first.tickets[0], "passed");
        ended(app, failed, "failed");
        publish(app, &first.session);
        let result = mine(app, failed).unwrap().result.unwrap();
        assert_eq!((result.resits, result.resit_until.to_string().as_str()), (1, "2026-10-28"));
        assert_eq!((result.theory_needed, result.next_session), (80, None));
        let next = held(app, LATER, &[3]);
        let starts = app.db.read(|conn| sessions::session(conn, &next.session)).unwrap().unwrap().starts_at;
        assert_eq!(mine(app, failed).unwrap().result.unwrap().next_session, Some(starts));
    });
}
