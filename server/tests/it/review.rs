//! Who doubts the result has it looked at again, by somebody who had no part in it; sets leave a trace when they are opened, and
//! are replaced when too many have seen them.

use crate::exam::{self, Exam, SESSION, person, ticket};
use crate::harness::{assert_rebuilds, code};
use server::app::bank_desk;
use server::app::mine::mine;
use server::app::overview::day::{DayQuery, day};
use server::app::overview::file;
use server::app::overview::unpublished::Term;
use server::app::regrade::{DecideOrder, KeyOrder, decide, propose};
use server::app::review::{AskOrder, CloseOrder, Standing, ask_for, ask_own, close, reviews, show};
use server::app::statistics;
use server::event::{CalendarLoaded, Fact, ResultsPublished, RuleSetLoaded, SetsPublished};
use shared::time::Date;

const TRADE: &str = "electrician-low-voltage";

fn fixture(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../fixtures/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Two have sat, the second one question short of a pass.
fn sat(exam: &Exam<'_>) {
    let fact = SetsPublished { trade: TRADE.into(), draw: "draw-1".into() };
    exam.write(vec![
        Fact::SetsPublished(fact),
        Fact::CalendarLoaded(CalendarLoaded { year: 2026, toml: fixture("calendar/2026.toml") }),
    ]);
    exam.at(0);
    exam.release("R01");
    let seated = [(1, 80), (2, 79)].map(|(number, right)| {
        exam.admit(number);
        let mut sitter = exam.enter(number);
        exam.answer_so_many(&mut sitter, right, 100 - right);
        sitter
    });
    exam.at(40 * 60);
    for sitter in &seated {
        exam.hand_in(sitter).unwrap();
    }
}

fn publish_results(exam: &Exam<'_>) {
    exam.write(vec![Fact::ResultsPublished(ResultsPublished { session: SESSION.into() })]);
}

fn asks(text: &str) -> AskOrder {
    AskOrder { text: text.to_owned() }
}

fn closes(answer: &str, correction: Option<&str>) -> CloseOrder {
    CloseOrder { answer: answer.to_owned(), correction: correction.map(str::to_owned) }
}

const DAY: i64 = 86_400;

#[test]
fn a_candidate_may_ask_once_within_the_term_of_the_rules() {
    exam::on_both(3, false, |exam| {
        sat(exam);
        let ask = |number| code(&ask_own(&exam.app, &ticket(number), &asks("第80题")));
        assert_eq!(ask(1), "results-not-published");
        assert_eq!(mine(&exam.app, &ticket(1)).unwrap().review, Standing::None);
        publish_results(exam);
        // Ten working days from 28 September 2026, across the holidays of October.
        let last = Date::parse("2026-10-16").unwrap();
        assert_eq!(mine(&exam.app, &ticket(1)).unwrap().review, Standing::May(Some(last)));
        assert_eq!(ask(3), "review-nothing", "who did not sit has no paper");
        exam.at(18 * DAY);
        assert_eq!(ask(1), "ok");
        assert_eq!(ask(1), "review-asked");
        assert!(matches!(mine(&exam.app, &ticket(1)).unwrap().review, Standing::Open(_)));
        exam.at(19 * DAY);
        assert_eq!(ask(2), "review-late");
        assert_eq!(mine(&exam.app, &ticket(2)).unwrap().review, Standing::None);
        assert_eq!(code(&ask_own(&exam.app, &ticket(1), &asks(&"长".repeat(501)))), "reason-needed");
        assert_rebuilds(exam.test);
    });
}

#[test]
fn a_review_is_closed_by_somebody_who_had_no_part_in_the_result() {
    exam::on_both(2, false, |exam| {
        sat(exam);
        publish_results(exam);
        let first = ask_own(&exam.app, &ticket(1), &asks("")).unwrap().review;
        let second = ask_for(&exam.app, &person("c1"), &ticket(2), &asks("第80题"), None).unwrap().review;
        let open = |exam: &Exam<'_>| {
            let day = day(&exam.app, &person("c1"), &DayQuery::default()).unwrap();
            day.reviews.into_iter().map(|line| line.ticket).collect::<Vec<_>>()
        };
        assert_eq!(open(exam), [ticket(1), ticket(2)]);
        let file = show(&exam.app, &person("c2"), &second).unwrap();
        assert_eq!((file.text.as_str(), file.involved, file.points), ("第80题", false, Some((79, 100))));
        assert_eq!((file.paper.len(), file.questions[79].as_str()), (100, "q80"));
        assert_eq!(exam.count("personal_data_read"), 1, "the reading is an event");
        let of =
            |who: &str, id: &str, order: CloseOrder| code(&close(&exam.app, &person(who), id, &order, None));
        assert_eq!(of("c2", &first, closes(" ", None)), "reason-needed");
        assert_eq!(of("c2", "V404", closes("没有错误", None)), "review-unknown");
        assert_eq!(of("c1", &second, closes("没有错误", None)), "review-involved", "asked for it on behalf");
        assert_eq!(of("c1", &first, closes("答卷没有算错。", None)), "ok");
        assert_eq!(of("c2", &first, closes("再看一次", None)), "review-closed");
        let told = mine(&exam.app, &ticket(1)).unwrap().review;
        assert_eq!(told, Standing::Closed(true, "答卷没有算错。".to_owned()));
        // The second finds a wrong key: it goes the way of two signatures.
        let key = KeyOrder { right: "A/B".into(), reason: "复核发现".into() };
        let proposed = propose(&exam.app, &person("c2"), ("bank-1", "q80"), &key, None).unwrap().correction;
        assert_eq!(of("c2", &second, closes("第80题", Some("K404"))), "correction-unknown");
        let approved = decide(&exam.app, &person("c1"), &proposed, &DecideOrder { approve: true }, None);
        assert_eq!(approved.unwrap().changed, 1);
        assert_eq!(of("c2", &second, closes("一道题的答案有错，已更正。", Some(&proposed))), "ok");
        assert_eq!(exam.result(2).unwrap().1, 80);
        let steps = file::file(&exam.app, &person("c1"), &ticket(2)).unwrap().steps;
        let steps: Vec<&str> = steps.iter().map(|step| step.what).collect();
        assert!(steps.contains(&"review-asked") && steps.contains(&"review-correction"), "{steps:?}");
        assert_eq!(open(exam), Vec::<String>::new());
        let states: Vec<String> = reviews(&exam.app).unwrap().into_iter().map(|line| line.state).collect();
        assert_eq!(states.len(), 2);
        assert_rebuilds(exam.test);
    });
}

#[test]
fn results_that_are_not_published_are_told_with_the_working_days_that_are_left() {
    exam::on_both(2, false, |exam| {
        let term = || {
            let day = day(&exam.app, &person("c1"), &DayQuery::default()).unwrap();
            day.unpublished.iter().map(|line| line.term).collect::<Vec<_>>()
        };
        sat(exam);
        let due = Date::parse("2026-10-16").unwrap();
        assert_eq!(term(), [Term::Until(due, 10)]);
        exam.at(2 * DAY);
        assert_eq!(term(), [Term::Until(due, 8)]);
        exam.at(19 * DAY);
        assert_eq!(term(), [Term::Over(due)]);
        publish_results(exam);
        assert_eq!(term(), []);
    });
}

#[test]
fn where_the_calendar_is_not_published_no_day_is_guessed() {
    exam::on_both(1, false, |exam| {
        exam.at(0);
        exam.release("R01");
        exam.admit(1);
        let mut sitter = exam.enter(1);
        exam.answer_so_many(&mut sitter, 80, 20);
        exam.at(40 * 60);
        exam.hand_in(&sitter).unwrap();
        let today = day(&exam.app, &person("c1"), &DayQuery::default()).unwrap();
        assert_eq!(
            today.unpublished.iter().map(|line| line.term).collect::<Vec<_>>(),
            [Term::AwaitsCalendar]
        );
        publish_results(exam);
        assert_eq!(mine(&exam.app, &ticket(1)).unwrap().review, Standing::May(None));
        assert_eq!(code(&ask_own(&exam.app, &ticket(1), &asks(""))), "ok", "nobody is refused by a guess");
    });
}

#[test]
fn every_opening_of_a_set_is_on_record_once_for_a_session_and_purpose() {
    exam::on_both(2, false, |exam| {
        sat(exam);
        exam.release("R01");
        let openings = || {
            let all = bank_desk::openings(&exam.app, TRADE).unwrap();
            all.into_iter().map(|o| (o.row.purpose, o.row.session, o.by)).collect::<Vec<_>>()
        };
        let released = ("release".to_owned(), Some(SESSION.to_owned()), "i1".to_owned());
        assert_eq!(openings(), std::slice::from_ref(&released), "releasing again opens nothing");
        statistics::of_trade(&exam.app, &person("c1"), TRADE, None).unwrap();
        publish_results(exam);
        let key = KeyOrder { right: "A/B".into(), reason: "错了".into() };
        let proposed = propose(&exam.app, &person("c1"), ("bank-1", "q80"), &key, None).unwrap().correction;
        let order = DecideOrder { approve: true };
        decide(&exam.app, &person("c2"), &proposed, &order, None).unwrap();
        let found = openings();
        let purposes: Vec<&str> = found.iter().map(|(purpose, ..)| purpose.as_str()).collect();
        assert_eq!(purposes, ["regrading", "statistics", "release"]);
        assert_rebuilds(exam.test);
    });
}

#[test]
fn a_set_that_more_have_seen_than_the_rules_allow_is_to_be_replaced() {
    exam::on_both(2, false, |exam| {
        let tight = fixture("rules/national-2026.1.toml")
            .replace("version = \"2026.1\"", "version = \"2026.2\"")
            .replace("most_exposure = 1000", "most_exposure = 1");
        exam.write(vec![Fact::RuleSetLoaded(RuleSetLoaded {
            id: "national@2026.2".into(),
            in_force_from: "2026-09-01".into(),
            hash: "tight".into(),
            toml: tight.replace("in_force_from = \"2026-01-01\"", "in_force_from = \"2026-09-01\""),
        })]);
        let worn = || {
            let day = day(&exam.app, &person("c1"), &DayQuery::default()).unwrap();
            day.exposed.into_iter().flat_map(|line| line.sets).collect::<Vec<_>>()
        };
        assert_eq!(worn(), []);
        sat(exam);
        assert_eq!(worn(), [(1, 2)]);
        let of = bank_desk::trade(&exam.app, &person("c1"), TRADE).unwrap();
        assert_eq!((of.sets[0].seen.clone(), of.sets[0].worn), (vec![(1, 2)], Some(1)));
    });
}
