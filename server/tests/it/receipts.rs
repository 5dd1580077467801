//! Receipts of answers: what each shows, that the log commits to it, and that a changed answer is found.

use crate::exam::{self, Exam, give, receipts_of, right_choice, ticket};
use diesel::connection::SimpleConnection;
use server::app::log as cases;
use server::app::theory::{self, Saved, Seat};
use server::db::DbError;
use server::event::Fact;
use shared::wire::v1::receipt::{ReceiptError, Receipted};
use std::sync::mpsc::channel;

/// A room in which so many sit and may answer.
fn seats(exam: &Exam<'_>, count: u32) -> Vec<Seat> {
    (1..=count).for_each(|number| exam.admit(number));
    exam.at(0);
    exam.release("R01");
    (1..=count).map(|number| exam.enter(number).seat).collect()
}

/// Every seat gives its first answers, all at the same time.
fn answered(exam: &Exam<'_>, seats: &[Seat], answers: u32) -> Vec<Receipted> {
    let app = &exam.app;
    let one = |seat: &Seat| {
        let give = |position: u32| {
            let (seq, choice) = (i64::from(position), right_choice(position).to_owned());
            let saved = theory::save_answer(app, seat, position, &give(seq, &choice)).unwrap();
            receipted(&seat.ticket, &choice, saved)
        };
        (1..=answers).map(give).collect::<Vec<_>>()
    };
    let one = &one;
    let all = std::thread::scope(|scope| {
        let all: Vec<_> = seats.iter().map(|seat| scope.spawn(move || one(seat))).collect();
        all.into_iter().map(|seat| seat.join().unwrap()).collect::<Vec<_>>()
    });
    all.into_iter().flatten().collect()
}

fn receipted(ticket: &str, letters: &str, saved: Saved) -> Receipted {
    let Saved { seq, position, server_time: at, given_at, receipt } = saved;
    let (ticket, letters) = (ticket.to_owned(), letters.to_owned());
    Receipted { ticket, seq, position, letters, at, given_at, receipt }
}

#[test]
fn every_answer_has_a_receipt_that_leads_to_the_root_of_an_event() {
    exam::on_both(12, false, |exam| {
        let seats = seats(exam, 12);
        let all = answered(exam, &seats, 8);
        let log = cases::key(&exam.app).unwrap();
        for one in &all {
            let root = hex::encode(one.root(&log).unwrap());
            let row = exam.app.db.read(|c| server::db::audit::one(c, one.receipt.event)).unwrap().unwrap();
            let Fact::AnswersSaved(fact) = serde_json::from_str(&row.body).unwrap() else {
                panic!("{row:?}")
            };
            assert_eq!(fact.root, root);
            let other = Receipted { letters: "B".into(), ..one.clone() };
            assert_eq!(other.root(&log), Err(ReceiptError::OtherAnswer));
        }
        assert_eq!((all.len(), exam.saved()), (96, 96));
        let kept = receipts_of(exam, 3);
        let told: Vec<_> = all.iter().filter(|one| one.ticket == ticket(3)).cloned().collect();
        assert_eq!(kept, told, "what is made anew is what was told");
    });
}

#[test]
fn an_answer_that_is_sent_again_gets_the_same_receipt() {
    exam::on_both(6, false, |exam| {
        let seats = seats(exam, 6);
        let all = answered(exam, &seats, 5);
        assert_eq!(answered(exam, &seats, 5), all);
        assert_eq!(exam.saved(), 30);
        let refused = theory::save_answer(&exam.app, &seats[0], 2, &give(2, "B"));
        assert!(matches!(refused, Err(theory::TheoryError::Conflict(2))), "{refused:?}");
    });
}

#[test]
fn an_answer_that_somebody_changes_behind_the_servers_back_is_found() {
    let changes = [
        "UPDATE answers SET choice = 'v1.x.y' WHERE seq = 3",
        "UPDATE answers SET position = 9 WHERE seq = 3",
        "UPDATE answers SET at = at + 1 WHERE seq = 3",
        "DELETE FROM answers WHERE seq = 5",
        "INSERT INTO answers (ticket, seq, position, choice, at, batch, place, commitment) \
            SELECT ticket, 6, 6, choice, at, 0, 0, commitment FROM answers WHERE seq = 5",
    ];
    exam::on_both(1, false, |exam| {
        let seats = seats(exam, 1);
        answered(exam, &seats, 5);
        server::jobs::sequencer::step(&exam.app).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let check = |name: &str| {
            let scratch = directory.path().join(name);
            let trust = cases::verify::Trust { key: None, kept: None, scratch: Some(&scratch) };
            cases::verify::verify(&exam.app.db, &trust, &|_, _| ()).unwrap().first_bad
        };
        assert_eq!(check("before"), None);
        for (number, change) in changes.iter().enumerate() {
            let rows = exam.app.db.read(|c| server::db::answers::of_ticket(c, &ticket(1))).unwrap();
            run(exam, change);
            let bad = check(&number.to_string());
            assert!(
                matches!(&bad, Some(cases::verify::Bad::Row(at)) if at.table == "answers"),
                "{change}: {bad:?}"
            );
            run(exam, "DELETE FROM answers");
            let back = move |conn: &mut server::db::Conn| {
                rows.iter().try_for_each(|row| {
                    server::db::answers::insert(conn, row.batch, std::slice::from_ref(row))
                })
            };
            exam.app.db.write(back).unwrap();
        }
        assert_eq!(check("after"), None);
    });
}

fn run(exam: &Exam<'_>, sql: &'static str) {
    let change =
        move |conn: &mut server::db::Conn| conn.batch_execute(sql).map_err(server::db::DbError::from);
    exam.app.db.write(change).unwrap();
}

#[test]
fn a_seat_is_told_when_no_transaction_could_be_made_and_the_next_answer_is_saved() {
    exam::on_both(1, false, |exam| {
        let seat = seats(exam, 1).remove(0);
        let sheet = theory::learn(&exam.app, &seat).unwrap();
        let ((begun, has_begun), (go, may_go)) = (channel(), channel());
        // While one write holds the writer, one that ends the transaction under everybody and an answer gather behind it.
        let hold = move |_: &mut server::db::Conn| {
            begun.send(()).unwrap();
            may_go.recv().unwrap();
            Ok::<_, DbError>(())
        };
        exam.app.db.write_later(hold).unwrap();
        has_begun.recv().unwrap();
        let end = |conn: &mut server::db::Conn| conn.batch_execute("ROLLBACK").map_err(DbError::from);
        exam.app.db.write_later(end).unwrap();
        let pending = theory::offer(&exam.app, seat.clone(), &sheet, 1, &give(1, "A")).unwrap();
        go.send(()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert!(runtime.block_on(pending.saved()).is_err());
        assert_eq!(exam.saved(), 0);
        theory::save_answer(&exam.app, &seat, 1, &give(1, "A")).unwrap();
        assert_eq!(exam.saved(), 1);
    });
}
