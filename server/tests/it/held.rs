//! A session that was held: opened, filled and seated by the use cases; its outcomes told as facts.

use crate::harness::{PASSWORD, TestApp, person};
use server::app::days::{CloseOrder, Statement};
use server::app::seating;
use server::app::sessions::{self, EnrolOrder, OpenOrder};
use server::event::{AbsenceRecorded, Fact, MisconductRecorded, PracticalEnded, TheoryEnded};
use shared::time::Instant;

/// Where it is held.
pub const POINT: &str = "P01";

/// A session and its tickets in the order of the registrations.
pub struct Held {
    pub session: String,
    pub tickets: Vec<String>,
}

/// Closes a day on which nothing was printed: everything agrees.
pub fn agreeing(explanation: &str) -> CloseOrder {
    let explanation = explanation.to_owned();
    let statement =
        Statement { received: 20, used: 0, spoiled: 0, left: 20, recordings: true, paper: true, explanation };
    CloseOrder { statement, password: PASSWORD.to_owned() }
}

/// Low voltage at P01 with these registrations of the demo world.
pub fn held(app: &TestApp, start: &str, registrations: &[u32]) -> Held {
    let centre = person(app, "centre");
    let order = OpenOrder {
        point: POINT.into(),
        trade: "electrician-low-voltage".into(),
        kind: "first".into(),
        starts_at: Instant::parse(start).unwrap().millis(),
        rule_set: None,
        language: None,
    };
    let session = sessions::open(app, &centre, order, None).unwrap().session;
    let order = EnrolOrder { registrations: registrations.iter().map(|n| format!("R-{n:04}")).collect() };
    let answer = sessions::enrol(app, &centre, &session, order, None).unwrap();
    assert!(answer.refused.is_empty(), "{:?}", answer.refused);
    seating::seat(app, &centre, &session, None).unwrap();
    Held { session, tickets: answer.enrolled.into_iter().map(|e| e.ticket).collect() }
}

/// Tells how it ended for a candidate: `absent`, `failed`, `passed`, `removed`, or `theory_passed`.
pub fn ended(app: &TestApp, ticket: &str, outcome: &str) {
    let ticket = || ticket.to_owned();
    let theory = |passed| {
        Fact::TheoryEnded(TheoryEnded {
            ticket: ticket(),
            how: "handed_in".into(),
            last_seq: 0,
            answers_hash: "0".repeat(64),
            answered: 100,
            points: if passed { 90 } else { 50 },
            total: 100,
            passed,
            practical_follows: true,
        })
    };
    app.tell(match outcome {
        "absent" => vec![Fact::AbsenceRecorded(AbsenceRecorded { ticket: ticket() })],
        "failed" => vec![theory(false)],
        "theory_passed" => vec![theory(true)],
        "passed" => {
            let practical = PracticalEnded { ticket: ticket(), hundredths: 9000, veto: false, passed: true };
            vec![theory(true), Fact::PracticalEnded(practical)]
        }
        "removed" => vec![Fact::MisconductRecorded(MisconductRecorded {
            ticket: ticket(),
            gravity: "grave".into(),
            text: "collusion".into(),
            second: "acc-invigilator".into(),
        })],
        other => panic!("no such outcome: {other}"),
    });
}
