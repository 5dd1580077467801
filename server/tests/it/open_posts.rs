//! Posts that no reserve can take are drawn again, by the same protocol and rules.

use crate::harness::{TestApp, assert_rebuilds, code, on_both, person};
use crate::held::held;
use crate::pages::browser::Browser;
use crate::sessions::transcript;
use serde_json::{Value, json};
use server::app::auth::Person;
use server::app::ceremony::{self, CommitOrder, FreezeOrder, RevealOrder};
use server::app::duties::{self, AnswerOrder};
use server::app::{assign, draws};
use server::event::{Fact, StaffAdded};
use server::http::access::Role;
use server::text::{Lang, text};
use shared::draw::ceremony::commitment;
use shared::time::Instant;
use shared::wire::transcript::{verify, verify_basis};
use std::collections::BTreeSet;

const START: &str = "2026-09-28T09:00:00+08:00";
const POST: &str = "room-R1-1";

/// A session in which everybody who had a post, and both reserves after him, gave it up; who they were.
fn emptied(app: &TestApp) -> (String, Vec<String>) {
    let session = held(app, START, &[1, 2, 3]).session;
    // A pool that has people left for a second draw: everybody has a double.
    let all = app.db.read(server::db::world::staff).unwrap();
    let doubles = all.into_iter().map(|m| StaffAdded { code: format!("{}-b", m.code), ..m });
    app.tell(doubles.map(Fact::StaffAdded).collect());
    assign::assign(app, &person(app, "centre"), &session, None).unwrap();
    let mut gone = Vec::new();
    for _ in 0..3 {
        let staff = holder(app, &session);
        let starts_at = Instant::parse(START).unwrap().millis();
        let order = AnswerOrder { starts_at, answer: "declined".into(), reason: "发烧".into() };
        duties::answer(app, &member(app, &staff), order, None).unwrap();
        gone.push(staff);
    }
    (session, gone)
}

fn member(app: &TestApp, staff: &str) -> Person {
    Person { staff: Some(staff.to_owned()), ..person(app, "invigilator") }
}

fn rows(app: &TestApp, session: &str) -> Vec<server::db::sessions::DutyRow> {
    app.db.read(|conn| server::db::duties::posts(conn, session)).unwrap()
}

fn holder(app: &TestApp, session: &str) -> String {
    rows(app, session).into_iter().find(|row| row.post == POST).unwrap().staff
}

fn open(app: &TestApp, session: &str) -> usize {
    duties::posts(app, &person(app, "centre"), session).unwrap().open
}

/// What the implementation of another hand says of a transcript; nothing where there is no Python.
fn by_script(text: &str) -> Option<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/draw_check.py");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let said = std::process::Command::new("python3").arg(script).arg(file.path()).output().ok()?;
    Some(String::from_utf8(said.stdout).unwrap().trim().to_owned())
}

#[test]
fn open_posts_are_drawn_with_a_transcript_of_their_own_and_without_who_was_there() {
    on_both(|app| {
        let (session, gone) = emptied(app);
        assert_eq!(open(app, &session), 1);
        let before: BTreeSet<String> = rows(app, &session).into_iter().map(|row| row.staff).collect();
        let centre = person(app, "centre");
        let drawn = assign::supplement(app, &centre, &session, None).unwrap();
        let posts: Vec<&str> = drawn.duties.iter().map(|duty| duty.post.as_str()).collect();
        assert_eq!((drawn.draw.as_str(), posts), (format!("{session}-staff-2").as_str(), vec![POST]));
        assert_eq!(open(app, &session), 0);
        let new = holder(app, &session);
        assert!(!gone.contains(&new) && !before.contains(&new), "{new} was there already");
        let text = transcript(app, &drawn.draw);
        assert!(verify(&text).established);
        assert!(by_script(&text).is_none_or(|said| said == "established"), "the script agrees");
        let document: Value = serde_json::from_str(&text).unwrap();
        let rules = document["input"]["rules"].as_array().unwrap();
        let already = rules.iter().find(|rule| rule["rule"] == "already_in_session").unwrap();
        assert!(already["people"].as_u64().unwrap() >= 12, "{already}");
        assert!(!text.contains(&format!("\"{new}\"")), "nobody is named");
        assert_eq!(code(&assign::supplement(app, &centre, &session, None)), "session-state", "none is open");
        // The ceremony is public, and the basis holds.
        let ceremony = ceremony::show(app, &format!("{session}.staff.2")).unwrap();
        assert_eq!(
            (ceremony.state.as_str(), ceremony.draws.as_slice()),
            ("drawn", &[drawn.draw.clone()][..])
        );
        app.at("2026-09-28T09:00:00+08:00");
        let basis = draws::basis(app, &person(app, "auditor"), &drawn.draw).unwrap();
        assert!(verify_basis(&text, &basis).established);
        assert!(basis.contains("\"beside\""), "who is in the room is part of the basis");
        let mine = &duties::mine(app, &member(app, &new)).unwrap()[0];
        assert_eq!(mine.own_code.as_ref().map(|(draw, _)| draw.as_str()), Some(drawn.draw.as_str()));
        let changes = duties::public_changes(app, std::slice::from_ref(&session)).unwrap();
        assert_eq!(changes.last().map(|c| (c.why.as_str(), c.taken)), Some(("drawn", true)));
        assert_rebuilds(app);
    });
}

#[test]
fn further_parties_take_part_in_a_supplementary_draw_as_in_any() {
    on_both(|app| {
        let (session, _) = emptied(app);
        let centre = person(app, "centre");
        // The centre committed as soon as the post was open.
        let id = format!("{session}.staff.2");
        let secret = [7_u8; 32];
        let order = CommitOrder { party: "inspection".into(), commitment: commitment(&secret) };
        ceremony::commit(app, &centre, &id, order, None).unwrap();
        assert_eq!(code(&assign::supplement(app, &centre, &session, None)), "ceremony-others");
        ceremony::freeze(app, &centre, &id, FreezeOrder::default(), None).unwrap();
        assert_eq!(open(app, &session), 1);
        let order = RevealOrder { party: "inspection".into(), secret: hex::encode(secret) };
        let drawn = ceremony::reveal(app, &centre, &id, order, None).unwrap();
        assert_eq!((drawn.state.as_str(), open(app, &session)), ("drawn", 0));
        assert!(verify(&transcript(app, &drawn.draws[0])).established);
        assert_rebuilds(app);
    });
}

#[test]
fn a_session_without_open_posts_or_with_published_results_has_no_supplementary_draw() {
    on_both(|app| {
        let centre = person(app, "centre");
        let session = held(app, START, &[1, 2, 3]).session;
        assert_eq!(code(&assign::supplement(app, &centre, &session, None)), "session-state", "not drawn");
        assign::assign(app, &centre, &session, None).unwrap();
        assert_eq!(code(&assign::supplement(app, &centre, &session, None)), "session-state", "none is open");
        assert_eq!(code(&assign::supplement(app, &centre, "S0", None)), "session-unknown");
        let path = format!("/api/v1/sessions/{session}/supplement");
        let refused = app.as_role(Role::PointStaff).post(&path, &json!({})).problem();
        assert_eq!(refused, (403, "role-not-allowed".to_owned()));
        assert_eq!(app.as_role(Role::CentreStaff).post(&path, &json!({})).problem().0, 409);
    });
}

#[test]
fn the_centre_is_called_to_open_posts_and_draws_for_them_by_a_button() {
    let zh = |id: &str| text(Lang::Zh, id);
    on_both(|app| {
        let (session, _) = emptied(app);
        let mut browser = Browser::logged_in(app, "centre");
        let address = format!("/sessions/{session}/posts");
        let page = browser.get("/?day=2026-09-28");
        assert!(page.html.contains("需要补充抽取") && page.html.contains(&address), "{}", page.html);
        let page = browser.get("/duties?day=2026-09-28");
        assert!(page.html.contains(&address) && page.html.contains(POST), "{}", page.html);
        let day = app.as_role(Role::CentreStaff).get("/api/v1/duties?day=2026-09-28").ok();
        assert_eq!(day["open"], json!([{"session": session, "post": POST, "kind": "invigilator"}]));
        let page = browser.get(&address);
        assert!(page.html.contains(&zh("page-posts-supplement-what")), "{}", page.html);
        let mut point = Browser::logged_in(app, "point");
        assert!(!point.get(&address).html.contains(&zh("page-posts-supplement-what")), "the centre draws");
        let page = browser.post(&format!("/sessions/{session}/supplement"), "once=supplement-1");
        assert_eq!(page.location, format!("{address}?done=drawn"), "{}", page.html);
        let page = browser.get(&page.location);
        assert!(page.html.contains(&zh("page-posts-done-drawn")), "{}", page.html);
        assert!(!page.html.contains(&zh("page-posts-supplement-what")));
        app.at("2026-09-27T21:00:01+08:00");
        let page = Browser::logged_in(app, "centre").get(&address);
        assert!(page.html.contains("，补充抽取 "), "told with the places: {}", page.html);
    });
}
