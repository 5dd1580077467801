//! Hand-in slips: what is graded can be shown to be what was handed in, to whoever has the slip and to nobody else.

use crate::exam::{on_both, ticket};
use crate::pdf::text_of;
use server::app::log as cases;
use server::app::theory::{self, prove};

const MINUTE: i64 = 60;
const SITE: &str = "https://exam.example";

#[test]
fn a_slip_is_found_by_its_number_and_hash_together_once_the_paper_is_handed_in() {
    on_both(3, true, |exam| {
        (1..=3).for_each(|number| exam.admit(number));
        exam.at(0);
        exam.release("R01");
        let mut sitters: Vec<_> = (1..=3).map(|number| exam.enter(number)).collect();
        exam.answer_so_many(&mut sitters[0], 3, 1);
        exam.answer_so_many(&mut sitters[1], 2, 0);
        exam.at(40 * MINUTE);
        let hash = exam.hand_in(&sitters[0]).unwrap().answers_hash;
        let state = theory::state(&exam.app, &sitters[0].seat, None).unwrap();
        assert_eq!(state.answers_hash.as_deref(), Some(hash.as_str()), "a seat that comes back knows it");
        let other = exam.hand_in(&sitters[1]).unwrap().answers_hash;

        let upper = hash.to_uppercase();
        let table = [
            ("as it was handed in", ticket(1), hash.as_str(), true),
            ("in capitals", ticket(1), upper.as_str(), true),
            ("the hash of another paper", ticket(1), other.as_str(), false),
            ("a part of the hash", ticket(1), &hash[..16], false),
            ("no hash", ticket(1), "", false),
            ("the ticket of another", ticket(2), hash.as_str(), false),
            ("a ticket that has not handed in", ticket(3), hash.as_str(), false),
            ("no ticket", String::new(), hash.as_str(), false),
        ];
        for (what, ticket, hash, good) in table {
            assert_eq!(prove(&exam.app, &ticket, hash).unwrap().is_some(), good, "{what}");
            if let Ok(pdf) = theory::slip_pdf(&exam.app, &ticket, hash, SITE) {
                assert_eq!(pdf.is_some(), good, "{what}");
            }
        }
        let proven = prove(&exam.app, &ticket(1), &hash).unwrap().unwrap();
        assert_eq!((proven.answered, proven.how.as_str()), (4, "handed_in"));
        let row = exam.app.db.read(|c| server::db::audit::one(c, proven.event)).unwrap().unwrap();
        assert!(row.body.contains(&hash), "the event has it: {}", row.body);
        assert!(!proven.in_the_log);
        while cases::integrate(&exam.app).unwrap() == cases::Integrated::More {}
        assert!(prove(&exam.app, &ticket(1), &hash).unwrap().unwrap().in_the_log);
    });
}

#[test]
fn a_slip_shows_the_hash_and_the_event_and_neither_score_nor_whole_name() {
    on_both(1, false, |exam| {
        exam.admit(1);
        exam.at(0);
        exam.release("R01");
        let mut sitter = exam.enter(1);
        exam.answer_so_many(&mut sitter, 5, 2);
        exam.at(40 * MINUTE);
        let hash = exam.hand_in(&sitter).unwrap().answers_hash;
        let Ok(pdf) = theory::slip_pdf(&exam.app, &ticket(1), &hash, SITE) else {
            return println!("skipped: no face to write with is installed");
        };
        let Some(text) = text_of(&pdf.unwrap()) else { return };
        let text = text.replace(' ', "");
        let event = prove(&exam.app, &ticket(1), &hash).unwrap().unwrap().event.to_string();
        for wanted in [ticket(1).as_str(), &hash[..32], &hash[32..], &event, "交卷单", "7题"] {
            assert!(text.contains(wanted), "{wanted} in {text}");
        }
        assert!(!text.contains("5分") && !text.contains("王小明"), "{text}");
    });
}

#[test]
fn anybody_with_a_slip_is_told_what_the_log_has_and_a_wrong_one_is_said_to_be_wrong() {
    on_both(1, false, |exam| {
        exam.admit(1);
        exam.at(0);
        exam.release("R01");
        let mut sitter = exam.enter(1);
        exam.answer_so_many(&mut sitter, 1, 0);
        exam.at(40 * MINUTE);
        let hash = exam.hand_in(&sitter).unwrap().answers_hash;
        let http = exam.test.http();
        let ask = |path: &str, hash: &str| {
            let answer = http.get(&format!("{path}?ticket={}&hash={hash}", ticket(1)));
            (answer.status, String::from_utf8_lossy(&answer.bytes).into_owned())
        };
        let (status, good) = ask("/slip", &hash);
        assert!(status == 200 && good.contains("verdict-good") && good.contains("/slip.pdf?"), "{good}");
        let (_, bad) = ask("/slip", "00");
        assert!(bad.contains("verdict-bad") && !bad.contains("/slip.pdf?"), "{bad}");
        let (status, code) = ask("/slip.svg", &hash);
        assert!(status == 200 && code.starts_with("<svg xmlns="), "{code}");
        assert_eq!(ask("/slip.pdf", "00").0, 404);
    });
}
