//! A key that was wrong: two people correct it, every paper is graded again, nothing of the old is lost, and what cannot be
//! taken back is left to a person.

use crate::exam::{self, Exam, SESSION, Sitter, person, ticket};
use crate::harness::{assert_rebuilds, code};
use server::app::closing;
use server::app::days::{SignedCounts, Statement};
use server::app::evidence::{Subject, make};
use server::app::mine::mine;
use server::app::overview::day::{DayQuery, day};
use server::app::overview::file;
use server::app::regrade::{
    CorrectionView, DecideOrder, KeyOrder, SettleOrder, corrections, decide, propose, settle, show,
};
use server::app::results;
use server::app::statistics;
use server::event::{CertificateIssued, DayClosed, Fact, ResultsPublished, SetsPublished};
use server::jobs::sequencer;
use server::text::Lang;

/// A single choice that is keyed B; on every paper its options are shown as C A D B.
const QUESTION: &str = "q80";

fn key(right: &str) -> KeyOrder {
    KeyOrder { right: right.to_owned(), reason: "第二个选项也是对的".to_owned() }
}

fn publish_sets(exam: &Exam<'_>) {
    let fact = SetsPublished { trade: "electrician-low-voltage".into(), draw: "draw-1".into() };
    exam.write(vec![Fact::SetsPublished(fact)]);
}

fn publish_results(exam: &Exam<'_>) {
    exam.write(vec![Fact::ResultsPublished(ResultsPublished { session: SESSION.into() })]);
}

/// The first has just passed, the second has just failed because of the question, the third has not answered it.
fn sat(exam: &Exam<'_>) -> Vec<Sitter> {
    publish_sets(exam);
    exam.at(0);
    exam.release("R01");
    let seated = [(1, 80), (2, 79), (3, 50)].map(|(number, right)| {
        exam.admit(number);
        let mut sitter = exam.enter(number);
        exam.answer_so_many(&mut sitter, right, if number == 3 { 0 } else { 100 - right });
        sitter
    });
    exam.at(40 * 60);
    for sitter in &seated {
        exam.hand_in(sitter).unwrap();
    }
    seated.into()
}

fn proposed(exam: &Exam<'_>, right: &str) -> String {
    propose(&exam.app, &person("c1"), ("bank-1", QUESTION), &key(right), None).unwrap().correction
}

fn approve(exam: &Exam<'_>, correction: &str) -> &'static str {
    code(&decide(&exam.app, &person("c2"), correction, &DecideOrder { approve: true }, None))
}

/// Ticket number, points before and after, what follows.
fn affected(view: &CorrectionView) -> Vec<(&str, i32, i32, &str)> {
    let of = view.affected.iter();
    of.map(|one| (one.ticket.as_str(), one.before_points, one.after_points, one.follows.as_str())).collect()
}

fn steps(exam: &Exam<'_>, number: u32) -> Vec<&'static str> {
    let file = file::file(&exam.app, &person("c1"), &ticket(number)).unwrap();
    file.steps.iter().map(|step| step.what).filter(|what| what.starts_with("theory-")).collect()
}

fn todo(exam: &Exam<'_>) -> Vec<(String, String)> {
    let day = day(&exam.app, &person("c1"), &DayQuery::default()).unwrap();
    day.regrades.into_iter().map(|duty| (duty.what, duty.ticket)).collect()
}

#[test]
fn a_corrected_key_takes_two_people_and_grades_every_paper_again() {
    exam::on_both(3, false, |exam| {
        sat(exam);
        assert_eq!(exam.result(1), Some(("handed_in".into(), 80, true)));
        assert_eq!(exam.result(2), Some(("handed_in".into(), 79, false)));
        let correction = proposed(exam, "A");
        let view = show(&exam.app, &person("c2"), &correction).unwrap();
        let expected = [(ticket(1), 80, 79, "fails"), (ticket(2), 79, 80, "certificate")];
        let expected: Vec<_> = expected.iter().map(|(t, b, a, f)| (t.as_str(), *b, *a, *f)).collect();
        assert_eq!(affected(&view), expected, "those whom it would concern are listed before it is approved");
        assert_eq!((view.asking, view.counted.as_str(), view.right.as_str()), (3, "B", "A"));
        assert_eq!(exam.count("paper_regraded"), 0);
        let own = decide(&exam.app, &person("c1"), &correction, &DecideOrder { approve: true }, None);
        assert_eq!(code(&own), "correction-own");
        assert_eq!(approve(exam, &correction), "ok");
        assert_eq!(exam.result(1), Some(("handed_in".into(), 79, false)));
        assert_eq!(exam.result(2), Some(("handed_in".into(), 80, true)));
        assert_eq!(exam.result(3), Some(("handed_in".into(), 50, false)));
        assert_eq!([1, 2, 3].map(|n| exam.outcome(n)), ["failed", "passed", "failed"]);
        assert_eq!((exam.count("key_corrected"), exam.count("paper_regraded")), (1, 2));
        assert_eq!(approve(exam, &correction), "correction-state", "doing it twice changes nothing");
        assert_eq!((exam.count("key_corrected"), exam.count("paper_regraded")), (1, 2));
        let view = show(&exam.app, &person("c1"), &correction).unwrap();
        assert_eq!(affected(&view), expected, "and so they are afterwards");
        assert_eq!((view.line.papers, view.line.changed, view.counted.as_str()), (3, 2, "B"));
        assert_eq!(steps(exam, 1), ["theory-passed", "theory-regraded-fails"], "the old score stays visible");
        assert_eq!(steps(exam, 2), ["theory-failed", "theory-regraded-passes"]);
        assert_eq!(todo(exam), [("certificate".to_owned(), ticket(2))]);
        assert_rebuilds(exam.test);
    });
}

#[test]
fn what_cannot_be_a_corrected_key_is_refused() {
    exam::on_both(1, false, |exam| {
        let centre = person("c1");
        let of = |question: &str, right: &str| {
            code(&propose(&exam.app, &centre, ("bank-1", question), &key(right), None))
        };
        assert_eq!(of(QUESTION, "A"), "correction-unpublished");
        publish_sets(exam);
        let table = [
            ("q80", "", "correction-answer"),
            ("q80", "E", "correction-answer"),
            ("q80", "AB", "correction-answer"),
            ("q1", "C", "correction-answer"),
            ("q80", "B", "correction-same"),
            ("q95", "AC", "correction-same"),
            ("q404", "A", "question-unknown"),
            ("q95", "AC/A", "ok"),
            ("q80", "A/B", "ok"),
            ("q80", "void", "correction-waits"),
        ];
        for (question, right, expected) in table {
            assert_eq!(of(question, right), expected, "{question} {right}");
        }
        assert_eq!(code(&propose(&exam.app, &centre, ("bank-9", "q1"), &key("B"), None)), "bank-unknown");
        let empty = KeyOrder { right: "B".into(), reason: "  ".into() };
        assert_eq!(code(&propose(&exam.app, &centre, ("bank-1", "q1"), &empty, None)), "reason-needed");
        // Whoever proposed it may take it back; then another one may be proposed.
        let waits = corrections(&exam.app).unwrap().into_iter().find(|line| line.question == "q80").unwrap();
        let refused = decide(&exam.app, &centre, &waits.correction, &DecideOrder { approve: false }, None);
        assert_eq!(refused.unwrap().state, "refused");
        assert_eq!(approve(exam, &waits.correction), "correction-state");
        assert_eq!(of("q80", "void"), "ok");
        assert_eq!(exam.count("key_corrected"), 0);
    });
}

#[test]
fn each_kind_of_key_gives_the_points_that_it_says() {
    for (right, points) in
        [("A/B", [80, 80, 50]), ("any", [80, 80, 50]), ("void", [80, 80, 51]), ("C", [79, 79, 50])]
    {
        exam::on_both(3, false, |exam| {
            sat(exam);
            let correction = proposed(exam, right);
            assert_eq!(approve(exam, &correction), "ok");
            assert_eq!([1, 2, 3].map(|n| exam.result(n).unwrap().1), points, "{right}");
        });
    }
}

#[test]
fn corrections_of_different_questions_add_up_and_a_later_one_of_the_same_replaces_the_earlier() {
    exam::on_both(3, false, |exam| {
        sat(exam);
        let other = propose(&exam.app, &person("c2"), ("bank-1", "q1"), &key("B"), None).unwrap().correction;
        assert_eq!(approve(exam, &proposed(exam, "A")), "ok");
        let approved = decide(&exam.app, &person("c1"), &other, &DecideOrder { approve: true }, None);
        assert_eq!(approved.unwrap().changed, 3);
        // All three had answered the first question A.
        assert_eq!([1, 2, 3].map(|n| exam.result(n).unwrap().1), [78, 79, 49]);
        assert_eq!(approve(exam, &proposed(exam, "A/B")), "ok");
        assert_eq!([1, 2, 3].map(|n| exam.result(n).unwrap().1), [79, 79, 49]);
        assert_rebuilds(exam.test);
    });
}

#[test]
fn a_day_that_was_signed_before_a_correction_keeps_its_numbers_and_shows_those_of_now() {
    exam::on_both(3, false, |exam| {
        sat(exam);
        let desk = || closing::desk(&exam.app, &person("c1"), "2026-09-28", "P01").unwrap();
        let before = desk();
        assert_eq!(before.since, None);
        let statement = Statement {
            received: 0,
            used: 0,
            spoiled: 0,
            left: 0,
            recordings: true,
            paper: true,
            explanation: String::new(),
        };
        let counts = SignedCounts { summary: before.summary.clone(), statement };
        let closed = DayClosed {
            point: "P01".into(),
            day: "2026-09-28".into(),
            counts: serde_json::to_string(&counts).unwrap(),
            signature: "s".into(),
            kid: "day-1".into(),
            pdf: "0".repeat(64),
        };
        exam.write(vec![Fact::DayClosed(closed)]);
        exam.at(41 * 60);
        assert_eq!(approve(exam, &proposed(exam, "A")), "ok");
        let after = desk();
        assert_eq!(after.summary, before.summary);
        let (papers, now) = after.since.expect("papers were graded again");
        assert_eq!((papers, now.failed, before.summary.outcomes.failed), (2, 2, 2), "one rises, one falls");
    });
}

#[test]
fn results_are_not_published_while_a_corrected_key_waits_for_the_second_person() {
    exam::on_both(3, false, |exam| {
        sat(exam);
        let publish = || code(&results::publish(&exam.app, &person("c1"), SESSION, None));
        let other = proposed(exam, "A");
        assert_eq!(publish(), "correction-undecided");
        let refused = decide(&exam.app, &person("c2"), &other, &DecideOrder { approve: false }, None);
        assert_eq!(code(&refused), "ok");
        assert_ne!(publish(), "correction-undecided");
    });
}

#[test]
fn a_paper_that_is_still_open_is_graded_by_the_corrected_key() {
    exam::on_both(2, false, |exam| {
        publish_sets(exam);
        exam.at(0);
        exam.release("R01");
        let [first, second] = [1, 2].map(|number| {
            exam.admit(number);
            let mut sitter = exam.enter(number);
            exam.answer_so_many(&mut sitter, 79, 21);
            sitter
        });
        exam.at(40 * 60);
        assert_eq!(exam.hand_in(&first).unwrap().score.unwrap().points, 79);
        assert_eq!(approve(exam, &proposed(exam, "A")), "ok");
        let score = exam.hand_in(&second).unwrap().score.unwrap();
        assert_eq!((score.points, score.passed), (80, true));
        assert_eq!(exam.count("paper_regraded"), 1, "what was graded rightly is not graded again");
        assert_eq!(
            exam.hand_in(&first).unwrap().score.unwrap().points,
            80,
            "who asks again hears what counts"
        );
        let found = statistics::of_trade(&exam.app, &person("c1"), "electrician-low-voltage", None).unwrap();
        let (_, set) = &found.sets[0];
        assert_eq!((set.mean, set.passed), (80.0, 2), "statistics go by the key that counts");
        assert!(found.keys[QUESTION].names(0) && !found.keys[QUESTION].names(1));
    });
}

#[test]
fn a_pass_that_was_told_stays_until_a_person_has_decided_and_no_certificate_is_revoked() {
    exam::on_both(3, false, |exam| {
        sat(exam);
        publish_results(exam);
        let certificate = CertificateIssued {
            certificate: "C-1".into(),
            ticket: ticket(1),
            person: "p1".into(),
            trade: "electrician-low-voltage".into(),
            exam_kind: "first".into(),
            valid_from: "2026-09-28".into(),
            valid_to: "2032-09-27".into(),
            review_due: None,
            due: None,
            code: exam.app.sealer.seal("certificate.code", "none").unwrap(),
            pdf: "0".repeat(64),
        };
        exam.write(vec![Fact::CertificateIssued(certificate)]);
        let correction = proposed(exam, "A");
        assert_eq!(approve(exam, &correction), "ok");
        assert_eq!(exam.result(1), Some(("handed_in".into(), 79, true)), "the points are the corrected ones");
        assert_eq!(exam.outcome(1), "passed");
        assert_eq!(todo(exam), [("decide".to_owned(), ticket(1)), ("certificate".to_owned(), ticket(2))]);
        let told = mine(&exam.app, &ticket(1)).unwrap().result.unwrap();
        assert_eq!((told.outcome.as_str(), told.regraded), ("passed", Some((80, true))));
        let order = |stands, reason: &str| SettleOrder { stands, reason: reason.to_owned() };
        let settled = |number: u32, order: SettleOrder| {
            settle(&exam.app, &person("c2"), (&correction, &ticket(number)), &order, None)
        };
        assert_eq!(code(&settled(1, order(false, ""))), "reason-needed");
        assert_eq!(code(&settled(2, order(true, "信赖保护"))), "correction-settled", "nothing to decide");
        let done = settled(1, order(false, "本人同意重考")).unwrap();
        assert_eq!((done.decision.as_str(), done.certificate.as_deref()), ("falls", Some("C-1")));
        assert_eq!(code(&settled(1, order(true, "改主意"))), "correction-settled");
        assert_eq!((exam.outcome(1).as_str(), exam.result(1).unwrap().2), ("failed", false));
        assert_eq!(steps(exam, 1), ["theory-passed", "theory-regraded-decide", "theory-regrade-falls"],);
        assert!(
            exam.app
                .db
                .read(|conn| server::db::overview::certificate_of(conn, &ticket(1)))
                .unwrap()
                .is_some(),
            "the certificate is not touched"
        );
        assert_eq!(todo(exam), [("certificate".to_owned(), ticket(2))]);
        assert_rebuilds(exam.test);
    });
}

#[test]
fn who_passes_by_a_corrected_key_is_to_be_examined_practically() {
    exam::on_both(3, true, |exam| {
        sat(exam);
        publish_results(exam);
        assert_eq!(approve(exam, &proposed(exam, "A/B")), "ok");
        assert_eq!(exam.outcome(2), "theory_passed");
        assert_eq!(todo(exam), [("practical".to_owned(), ticket(2))]);
        let told = mine(&exam.app, &ticket(2)).unwrap();
        let result = told.result.unwrap();
        assert_eq!((result.outcome.as_str(), result.regraded), ("theory_passed", Some((79, false))));
        let practical = told.stops.iter().find(|stop| stop.word == "practical").unwrap();
        assert_eq!(practical.state, server::app::mine::StopState::Now);
    });
}

#[test]
fn the_evidence_of_a_candidate_has_the_correction_and_nothing_of_the_others() {
    exam::on_both(3, false, |exam| {
        sat(exam);
        assert_eq!(approve(exam, &proposed(exam, "A")), "ok");
        sequencer::step(&exam.app).unwrap();
        let package = make(&exam.app, &person("c1"), &Subject::Ticket(ticket(1)), Lang::Zh).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(package.bytes)).unwrap();
        let mut records = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("records.jsonl").unwrap(), &mut records).unwrap();
        for kind in ["key_proposed", "key_corrected", "paper_regraded", "theory_ended"] {
            assert!(records.contains(kind), "{kind}");
        }
        let regraded = records.lines().filter(|line| line.contains("\"kind\":\"paper_regraded\""));
        assert_eq!(regraded.count(), 1, "nothing of the others");
        let mut answers = String::new();
        let name = format!("answers/{}.json", ticket(1));
        std::io::Read::read_to_string(&mut archive.by_name(&name).unwrap(), &mut answers).unwrap();
        let answers: serde_json::Value = serde_json::from_str(&answers).unwrap();
        let item = &answers["paper"][79];
        // Shown as C A D B: bank A is the second option.
        assert_eq!((item["given"].as_str(), item["right"].as_str()), (Some("D"), Some("B")));
        assert_eq!(item["points"], 0);
    });
}
