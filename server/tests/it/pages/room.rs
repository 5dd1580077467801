//! The invigilator's room and the examiner's station.

use super::browser::Browser;
use super::world::{SESSION, TICKET, an_exam_day};
use crate::harness::{PASSWORD, TestApp, assert_rebuilds, on_both};
use server::event::{Actor, Event, Fact, SeatEntered, SeatMoved, TheoryEnded};
use server::text::{Lang, text};

fn room() -> String {
    format!("/sessions/{SESSION}/room/R01")
}

fn noted(app: &TestApp) -> Vec<String> {
    let notes = app.db.read(|c| server::db::theory::room_notes(c, SESSION, "R01")).unwrap();
    notes.into_iter().map(|(step, text, author, _)| format!("{step} {text} {author}")).collect()
}

#[test]
fn what_is_written_into_a_rooms_record_is_written_once_and_never_empty() {
    on_both(|app| {
        an_exam_day(app);
        let mut browser = Browser::logged_in(app, "invigilator");
        let form = "act=roll_call&once=k1&text=eleven+came%0D%0Aone+did+not";
        for _ in 0..2 {
            assert_eq!(browser.post(&room(), form).status, 303);
        }
        let empty = browser.post(&room(), "act=record&once=k2&text=+");
        assert_eq!(empty.status, 422);
        assert_eq!(browser.post(&room(), "act=pledge&once=k3&text=").status, 303);
        let notes = noted(app);
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].starts_with("roll_call eleven came\none did not account:"), "{notes:?}");
        assert!(browser.get(&room()).html.contains("eleven came"));
        assert_rebuilds(app);
    });
}

#[test]
fn only_who_was_drawn_for_the_session_opens_its_room() {
    on_both(|app| {
        an_exam_day(app);
        let mut browser = Browser::logged_in(app, "invigilator");
        let page = browser.get(&room());
        assert_eq!(page.status, 200);
        assert!(page.html.contains("<ol class=\"plan\"") && !page.html.contains("&#60;"), "{}", page.html);
        assert_eq!(browser.get("/sessions/S20260928-P01-02/room/R01").status, 403);
        assert_eq!(browser.get(&format!("/sessions/{SESSION}/room/R09")).status, 404);
        assert_eq!(Browser::logged_in(app, "examiner").get(&room()).status, 403);
        assert_eq!(browser.get("/candidates/20260928-02-1/photo").status, 404, "not in a session of theirs");
    });
}

#[test]
fn misconduct_with_a_wrong_second_signature_keeps_what_was_typed_and_records_nothing() {
    on_both(|app| {
        an_exam_day(app);
        let mut browser = Browser::logged_in(app, "invigilator");
        let form = |second: &str, key: &str| {
            format!(
                "act=misconduct&once={key}&ticket={TICKET}8&gravity=light&text=talked+aloud&second=centre&second_password={second}"
            )
        };
        let wrong = browser.post(&room(), &form("not-this-one", "k1"));
        assert_eq!(wrong.status, 422);
        assert!(wrong.html.contains("talked aloud"), "{}", wrong.html);
        assert!(wrong.html.contains(&text(Lang::Zh, "problem-signature-wrong")));
        let warned = text(Lang::Zh, "page-room-warned");
        assert!(!browser.get(&room()).html.contains(&warned));
        assert_eq!(browser.post(&room(), &form(PASSWORD, "k2")).status, 303);
        assert!(browser.get(&room()).html.contains(&warned));
    });
}

/// Writes down that an examinee sits down, is moved by an invigilator to another room, and that another's time is up.
fn incidents(app: &TestApp) {
    let late = SeatEntered {
        ticket: format!("{TICKET}6"),
        token: "t6".into(),
        room: "R01".into(),
        seat: 6,
        deadline: app.clock.now().millis(),
    };
    let moved = SeatMoved {
        ticket: format!("{TICKET}8"),
        room: "R2".into(),
        seat: 3,
        reason: "the screen was dark".into(),
        from_room: Some("R01".into()),
        from_seat: Some(8),
    };
    let timed_out = TheoryEnded {
        ticket: format!("{TICKET}7"),
        how: "timed_out".into(),
        last_seq: 0,
        answers_hash: "none".into(),
        answered: 0,
        points: 0,
        total: 100,
        passed: false,
        practical_follows: true,
    };
    app.tell(vec![Fact::SeatEntered(late), Fact::TheoryEnded(timed_out)]);
    let by = Actor::Account("acc-invigilator".into());
    let event = Event::new(app.clock.now(), by, Fact::SeatMoved(moved));
    app.db.write(move |c| server::db::events::append(c, &event)).unwrap();
}

#[test]
fn a_rooms_record_has_by_itself_all_that_befell_its_examinees_with_time_and_author() {
    on_both(|app| {
        an_exam_day(app);
        let mut browser = Browser::logged_in(app, "centre");
        let misconduct = |browser: &mut Browser, key: &str, gravity: &str, text: &str| {
            let form = format!(
                "act=misconduct&once={key}&ticket={TICKET}8&gravity={gravity}&text={text}&second=invigilator&second_password={PASSWORD}"
            );
            assert_eq!(browser.post(&room(), &form).status, 303);
        };
        misconduct(&mut browser, "k1", "light", "looked+aside");
        app.after_minutes(1);
        incidents(app);
        app.after_minutes(1);
        misconduct(&mut browser, "k2", "grave", "a+telephone");
        let facts = |html: &str| -> Vec<String> {
            let list = html.split("room-notes\">").nth(1).unwrap_or_default().split("</ol>").next().unwrap();
            let lines = list.split("<li>").skip(1).map(|line| {
                let line =
                    line.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
                line.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
            });
            lines.collect()
        };
        browser.get("/lang/en?back=/");
        let own = facts(&browser.get(&room()).html);
        let has = |lines: &[String], words: &[&str]| {
            assert!(lines.iter().any(|l| words.iter().all(|w| l.contains(w))), "{words:?} in {lines:#?}");
        };
        has(&own, &["11:30", &format!("{TICKET}8"), "Warning", "looked aside", "祁一鸣, 陆建平"]);
        has(&own, &["11:31", &format!("{TICKET}6"), "151 minutes late"]);
        has(&own, &["11:31", &format!("{TICKET}7"), "handed in automatically", "by the clock"]);
        has(&own, &["11:31", "from Room R01, seat 8 to Room R2, seat 3", "the screen was dark", "陆建平"]);
        assert_eq!(own.len(), 4, "nothing of another room: {own:#?}");
        let other = facts(&browser.get(&format!("/sessions/{SESSION}/room/R2")).html);
        has(&other, &["11:31", "from Room R01, seat 8 to Room R2, seat 3"]);
        has(&other, &["11:32", "Grave", "a telephone"]);
        assert_eq!(other.len(), 2, "{other:#?}");
        let pdf = browser.get(&format!("{}/record.pdf", room()));
        assert!(matches!((pdf.status, pdf.media.as_str()), (200, "application/pdf") | (503, _)), "{pdf:?}");
        assert_rebuilds(app);
    });
}

#[test]
fn a_sheet_is_signed_with_the_password_and_a_veto_is_confirmed() {
    on_both(|app| {
        an_exam_day(app);
        let mut browser = Browser::logged_in(app, "examiner");
        let path = format!("/practical/{TICKET}9");
        let station = browser.get(&format!("/sessions/{SESSION}/station")).html;
        assert!(station.contains(&format!("href=\"{path}\"")), "{station}");
        let page = browser.get(&path).html;
        let names = |kind: &str| -> Vec<(String, String)> {
            let fields = page.split("name=\"").skip(1).filter(|f| f.starts_with(kind));
            fields
                .map(|f| {
                    let name = f.split('"').next().unwrap().to_owned();
                    let value = f.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
                    (name, value.to_owned())
                })
                .collect()
        };
        let points: String = names("points-").iter().map(|(n, v)| format!("&{n}={v}")).collect();
        let veto = names("veto-").first().map(|(n, _)| n.clone()).unwrap();
        let send = |browser: &mut Browser, key: &str, more: &str| {
            browser.post(&path, &format!("act=score&part=K1&once={key}{points}{more}"))
        };
        let unsigned = send(&mut browser, "k1", "&password=not-this-one");
        assert_eq!(unsigned.status, 422);
        assert!(unsigned.html.contains(&text(Lang::Zh, "problem-signature-own-wrong")));
        let unconfirmed = send(&mut browser, "k2", &format!("&{veto}=yes&password={PASSWORD}"));
        assert!(unconfirmed.html.contains(&text(Lang::Zh, "page-station-veto-unconfirmed")));
        let signed = send(&mut browser, "k3", &format!("&password={PASSWORD}"));
        assert_eq!((signed.status, signed.location.ends_with("done=scored")), (303, true));
        assert_eq!(send(&mut browser, "k4", &format!("&password={PASSWORD}")).status, 409, "once only");
    });
}
