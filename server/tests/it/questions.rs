//! Questions written on a page: versions, a second person, and sets that stay what they are; pictures at the seat, and
//! what the papers say about them.

use crate::exam;
use crate::harness::{TestApp, assert_rebuilds, code, on_both_with, person};
use crate::small;
use image::{DynamicImage, ImageFormat, RgbImage};
use server::app::banks::import;
use server::app::overview::{self, day::DayQuery};
use server::app::pictures;
use server::app::questions::{
    Asked, QuestionError, Review, State, Written, WrittenAnswer, keep_picture, list, picture, review, show,
    write,
};
use server::app::sets::{SetsOrder, assemble};
use server::app::statistics;
use server::app::theory::Seat;
use server::db::{banks as tables, events};
use server::event::Sealed;
use std::io::Cursor;

const TRADE: &str = "welding-fusion";

fn bank(app: &TestApp) -> String {
    let file = small::fixture("banks/welding-fusion.json");
    import(app, &person(app, "centre"), TRADE, "bank.json", &file, None).unwrap().bank
}

fn single(title: &str) -> Written {
    Written {
        kind: "single".to_owned(),
        title: title.to_owned(),
        options: ["甲", "乙", "丙", "", ""].map(str::to_owned).to_vec(),
        right: "B".to_owned(),
        subject: "新科目".to_owned(),
        difficulty: "2".to_owned(),
        ..Written::default()
    }
}

fn approve() -> Review {
    Review { approved: true, reason: String::new() }
}

fn states(app: &TestApp, bank: &str, id: &str) -> Vec<State> {
    let file = show(app, &person(app, "centre"), bank, id).unwrap();
    file.versions.iter().map(|version| version.state).collect()
}

fn usable(app: &TestApp, bank: &str, id: &str) -> bool {
    app.db.read(|conn| tables::question(conn, bank, id)).unwrap().unwrap().usable
}

fn count(app: &TestApp) -> i64 {
    app.db.read(events::count).unwrap()
}

#[test]
fn a_question_is_asked_once_a_second_person_has_approved_it() {
    on_both_with(small::load, |app| {
        let (first, second) = (person(app, "centre"), person(app, "centre2"));
        let bank = bank(app);
        let WrittenAnswer { question } = write(app, &first, &bank, &single("新写的题是()。"), None).unwrap();
        assert!(!usable(app, &bank, &question));
        assert_eq!(states(app, &bank, &question), [State::Waiting]);
        let at = (bank.as_str(), question.as_str());
        let reject = Review { approved: false, reason: " ".to_owned() };
        let table = [
            ("the author", &first, at, approve(), "question-own"),
            ("no reason", &second, at, reject, "reason-needed"),
            ("no such question", &second, (bank.as_str(), "none"), approve(), "question-unknown"),
            ("a second person", &second, at, approve(), "ok"),
            ("once more", &second, at, approve(), "question-state"),
        ];
        for (what, who, at, given, expected) in table {
            assert_eq!(code(&review(app, who, at, &given, None)), expected, "{what}");
        }
        assert!(usable(app, &bank, &question));
        assert_eq!(states(app, &bank, &question), [State::Approved]);
        assert_rebuilds(app);
    });
}

#[test]
fn a_new_version_takes_the_place_of_the_old_one_and_sets_stay_what_they_are() {
    on_both_with(small::load, |app| {
        let (first, second) = (person(app, "centre"), person(app, "centre2"));
        let bank = bank(app);
        let order = SetsOrder { bank: bank.clone(), rule_set: None };
        let draw = assemble(app, &first, TRADE, order, None).unwrap().draw;
        let drawn = |app: &TestApp| -> Vec<Vec<String>> {
            let rows = app.db.read(|conn| tables::sets_by_draw(conn, TRADE, &draw)).unwrap();
            let open = |text| app.sealer.open("set.questions", &Sealed(text)).unwrap();
            rows.into_iter().map(|row| serde_json::from_str(&open(row.questions)).unwrap()).collect()
        };
        let before = drawn(app);
        let old = before[0].iter().find(|id| usable(app, &bank, id)).unwrap().clone();
        let file = show(app, &first, &bank, &old).unwrap();
        let question = &file.versions[file.at].question;
        let mut changed = Written {
            kind: question.kind().word().to_owned(),
            title: question.title().to_owned(),
            options: question.choices().to_vec(),
            right: question.answer().letters(),
            subject: question.subject().to_owned(),
            supersedes: Some(old.clone()),
            ..Written::default()
        };
        changed.reason = question.reason().to_owned();
        assert_eq!(code(&write(app, &first, &bank, &changed, None)), "question-known", "nothing was changed");
        // Another explanation makes another version of the same question.
        changed.reason = "新的解析".to_owned();
        let new = write(app, &first, &bank, &changed, None).unwrap().question;
        assert!(new.starts_with(&old) && new != old, "{new}");
        assert!(usable(app, &bank, &old) && !usable(app, &bank, &new), "until the review the old one counts");
        assert_eq!(code(&write(app, &second, &bank, &changed, None)), "question-known");
        changed.title += "（改）";
        assert_eq!(code(&write(app, &second, &bank, &changed, None)), "question-waits");
        review(app, &second, (&bank, &new), &approve(), None).unwrap();
        assert!(!usable(app, &bank, &old) && usable(app, &bank, &new));
        assert_eq!(states(app, &bank, &old), [State::Superseded, State::Approved]);
        assert_eq!(
            code(&write(app, &second, &bank, &changed, None)),
            "question-state",
            "the old one is history"
        );
        assert_eq!(drawn(app), before);
        let counted = app.db.read(|conn| tables::questions_of(conn, &bank)).unwrap();
        assert!(counted.iter().any(|row| row.id == new) && counted.iter().all(|row| row.id != old));
        assert_rebuilds(app);
    });
}

#[test]
fn what_is_no_question_is_not_written() {
    on_both_with(small::load, |app| {
        let centre = person(app, "centre");
        let bank = bank(app);
        let with = |change: fn(&mut Written)| {
            let mut written = single("导电性最好的是()。");
            change(&mut written);
            written
        };
        let stolen = app.blobs.put(b"portrait").unwrap();
        let mut marked = single("如图()。");
        marked.picture = Some(server::app::questions::KeptPicture { name: stolen, mark: String::new() });
        let table = [
            ("no text", with(|w| w.title.clear()), "question-refused"),
            ("no type", with(|w| w.kind = "essay".into()), "question-refused"),
            ("no answer", with(|w| w.right.clear()), "question-refused"),
            ("two answers", with(|w| w.right = "AB".into()), "question-refused"),
            ("a hole", with(|w| w.options[1].clear()), "question-refused"),
            ("no figure", with(|w| w.title = "如图所示，符号是()。".into()), "question-suspect"),
            ("garbled", with(|w| w.title = "锟斤拷".into()), "question-suspect"),
            ("no difficulty", with(|w| w.difficulty = "9".into()), "question-suspect"),
            ("an attachment that is no picture", marked, "question-refused"),
            ("no old version", with(|w| w.supersedes = Some("none".into())), "question-unknown"),
        ];
        let before = count(app);
        for (what, written, expected) in table {
            assert_eq!(code(&write(app, &centre, &bank, &written, None)), expected, "{what}");
        }
        assert_eq!(code(&write(app, &centre, "none", &single("问"), None)), "bank-unknown");
        assert_eq!(count(app), before);
    });
}

#[test]
fn a_question_may_have_a_picture_and_every_look_is_an_event() {
    on_both_with(small::load, |app| {
        let centre = person(app, "centre");
        let bank = bank(app);
        let mut file = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(RgbImage::new(20, 20)).write_to(&mut file, ImageFormat::Png).unwrap();
        let file = file.into_inner();
        assert!(matches!(keep_picture(app, b"no picture"), Err(QuestionError::Refused(_))));
        let kept = keep_picture(app, &file).unwrap();
        let written = Written { picture: Some(kept), ..single("如图所示，符号是()。") };
        let question = write(app, &centre, &bank, &written, None).unwrap().question;
        assert_eq!(picture(app, &bank, &question).unwrap(), file);
        let before = count(app);
        let asked = Asked { state: Some(State::Waiting), ..Asked::default() };
        let found = list(app, &centre, &bank, &asked).unwrap();
        assert_eq!(found.lines.iter().map(|line| &line.id).collect::<Vec<_>>(), [&question]);
        assert_eq!((found.total, found.waiting), (1, 1));
        show(app, &centre, &bank, &question).unwrap();
        assert_eq!(count(app), before + 2);
        for (text, subject, expected) in
            [("符号", None, 1), ("没有这样的字", None, 0), ("", Some("新科目"), 1)]
        {
            let asked =
                Asked { text: text.to_owned(), subject: subject.map(str::to_owned), ..Asked::default() };
            assert_eq!(list(app, &centre, &bank, &asked).unwrap().total, expected, "{text} {subject:?}");
        }
        assert!(!app.dump("events").join("").contains("如图所示，符号"), "sealed");
    });
}

#[test]
fn a_picture_goes_to_the_seat_whose_paper_shows_it() {
    exam::on_both(2, true, |exam| {
        exam.admit(1);
        exam.at(-60);
        let early = exam.enter(1).seat;
        assert_eq!(code(&pictures::of_seat(&exam.app, &early, exam::PICTURED)), "too-early");
        exam.at(0);
        exam.release("R01");
        let seat = exam.enter(1).seat;
        let of = |seat: &Seat, position| pictures::of_seat(&exam.app, seat, position);
        assert_eq!(of(&seat, exam::PICTURED).unwrap(), exam::PICTURE);
        for position in [0, 1, exam::PICTURED + 1, 101] {
            assert_eq!(code(&of(&seat, position)), "blob-unknown", "{position}");
        }
        let before = seat;
        let seat = exam.enter(1).seat;
        assert_eq!(code(&of(&before, exam::PICTURED)), "seat-taken-over");
        assert!(of(&seat, exam::PICTURED).is_ok());
        let other = Seat { ticket: exam::ticket(2), ..seat };
        assert_eq!(code(&of(&other, exam::PICTURED)), "seat-taken-over");
    });
}

#[test]
fn papers_that_were_handed_in_give_the_numbers_of_their_set() {
    exam::on_both(3, true, |exam| {
        exam.at(0);
        exam.release("R01");
        let seated = [(1, 90), (2, 60), (3, 30)].map(|(number, right)| {
            exam.admit(number);
            let mut sitter = exam.enter(number);
            exam.answer_so_many(&mut sitter, right, 100 - right);
            sitter
        });
        exam.at(40 * 60);
        for sitter in &seated {
            exam.hand_in(sitter).unwrap();
        }
        let centre = exam::person("c1");
        let found = statistics::of_trade(&exam.app, &centre, "electrician-low-voltage", None).unwrap();
        let (number, set) = &found.sets[0];
        assert_eq!((found.papers, *number, set.sheets, set.passed, set.total), (3, 1, 3, 1, 100));
        assert_eq!((set.mean, set.sd), (60.0, Some(30.0)));
        // The first thirty questions were right on all three papers, the last ten on none.
        let facility = |at: usize| statistics_of(set, at).facility;
        assert_eq!((facility(0), facility(99)), (1.0, 0.0));
        assert!((facility(45) - 2.0 / 3.0).abs() < 1e-9 && (facility(75) - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(statistics_of(set, 75).asked, 3);
        assert_eq!(found.exposure.get("q1"), Some(&3));
        // Letters are those of the bank, whatever order a paper showed.
        let right = found.questions["q75"].answer();
        let chosen = &statistics_of(set, 74).options;
        assert!(right.indices().all(|at| chosen[at] == 1), "{chosen:?}");
        assert_eq!(code(&statistics::of_trade(&exam.app, &centre, "alchemy", None)), "trade-unknown");
        assert_eq!(
            code(&statistics::of_trade(&exam.app, &centre, "electrician-low-voltage", Some("none"))),
            "sets-unknown"
        );
    });
}

#[test]
fn sets_that_are_not_equally_hard_are_told_to_the_centre_before_the_next_session() {
    exam::on_both(40, false, |exam| {
        exam.at(-3600);
        exam.two_sets(20);
        let drift = || {
            let day = overview::day::day(&exam.app, &exam::person("c1"), &DayQuery::default()).unwrap();
            day.drift.iter().map(|line| (line.trade.id.clone(), line.differences.len())).collect::<Vec<_>>()
        };
        assert_eq!(drift(), [], "nobody has sat yet");
        // Of the first set all pass, of the second none.
        exam.end_all(|number| if number <= 20 { 80 + number % 10 } else { 40 + number % 10 });
        assert_eq!(drift(), [("electrician-low-voltage".to_owned(), 4)], "both sets, by both tests");
        exam.at(3600);
        assert_eq!(drift(), [], "no session is ahead any more");
    });
}

fn statistics_of(
    set: &shared::statistics::SetStatistics,
    at: usize,
) -> &shared::statistics::QuestionStatistics {
    &set.questions[at]
}
