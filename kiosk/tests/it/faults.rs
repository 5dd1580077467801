//! What goes wrong on a day: the disk is full, the program is killed in the middle of a step, a clock is wrong. Nothing
//! acknowledged is lost, nothing happens twice, and whoever stands before the screen is told.

use super::centre::{CODE, Centre};
use super::site::{Running, Site};
use super::world;
use kiosk::clock::Clock;
use kiosk::config::Config;
use kiosk::device::sim::Scenario;
use kiosk::identity::KioskKey;
use kiosk::startup::{Layout, enrol};
use kiosk::sync::client::{Client, Offset};
use serde_json::{Value, json};
use shared::wire::v1::journal::KioskFact;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::sync::{Arc, Mutex};

fn ready(centre: &Centre) -> (Site, Running) {
    let site = Site::new(centre);
    let kiosk = site.start();
    let status = kiosk.sync();
    assert_eq!((&status["online"], &status["files_missing"]), (&json!(true), &json!(0)), "{status}");
    (site, kiosk)
}

/// One person's way to the seat, and the code with which a step is refused that was done already.
fn steps() -> [(&'static str, Value, &'static str); 5] {
    let ticket = json!({"ticket": "T0001"});
    [
        ("/api/check-in", json!({"id_number": world::id_number(1)}), "already_checked_in"),
        ("/api/photo", ticket.clone(), ""),
        (
            "/api/compare",
            json!({"ticket": "T0001", "verdict": "same", "staff": world::STAFF}),
            "already_compared",
        ),
        ("/api/call", json!({"window": "一号窗口"}), "nobody_waiting"),
        ("/api/admit", ticket, "not_called"),
    ]
}

/// Asks until it is so. Each question waits for its answer, so this is no empty loop.
fn until(kiosk: &Running, what: impl Fn(&Value) -> bool) -> Value {
    loop {
        let state = kiosk.state();
        if what(&state) {
            return state;
        }
    }
}

#[test]
fn a_full_disk_stops_every_step_says_so_and_the_kiosk_goes_on_by_itself_when_there_is_room() {
    let centre = Centre::with_day(1);
    let (_site, kiosk) = ready(&centre);
    for (path, body, _) in steps() {
        let before = kiosk.state();
        kiosk.disk_is_full(true);
        let (status, problem) = kiosk.post(path, body.clone());
        assert_eq!((status, &problem["code"]), (503, &json!("journal_failed")), "{path}");
        let full = kiosk.state();
        assert_eq!(full["disk_full"], true, "{path}");
        for same in ["journal", "counts", "called", "waiting", "people"] {
            assert_eq!(full[same], before[same], "{path}: nothing is shown as done");
        }
        for (page, words) in [("/", "暂时无法保存记录"), ("/desk", "有空间后自动继续")] {
            assert!(kiosk.get(page).1.contains(words), "{path}: {page} says so");
        }
        assert!(!kiosk.get("/part/idle").1.contains("data-show"), "{path}: nobody is led into a dead end");
        kiosk.disk_is_full(false);
        until(&kiosk, |state| state["disk_full"] == false);
        assert!(!kiosk.get("/").1.contains("暂时无法保存记录"), "{path}");
        kiosk.does(path, body);
    }
    let status = kiosk.sync();
    assert_eq!((&status["acknowledged"], &status["pictures_unsent"]), (&json!(6), &json!(0)), "{status}");
}

#[test]
fn what_the_printer_reported_while_the_disk_was_full_is_written_as_soon_as_there_is_room() {
    let centre = Centre::with_day(1);
    let (site, kiosk) = patient_printer(&centre);
    kiosk.scenario(json!({"printer": "silent"}));
    std::thread::scope(|scope| {
        let print = scope.spawn(|| kiosk.post("/api/print", json!({"certificate": "C0001", "blank": "A1"})));
        until(&kiosk, |state| state["printer_busy"] == true);
        kiosk.disk_is_full(true);
        kiosk.scenario(json!({"printer": "out_of_paper"}));
        let (status, problem) = print.join().unwrap();
        assert_eq!((status, &problem["code"]), (503, &json!("journal_failed")));
    });
    assert_eq!(kiosk.state()["certificates"][0]["stage"], "running", "not shown before it is written");
    kiosk.disk_is_full(false);
    let state = until(&kiosk, |state| state["certificates"][0]["stage"] != "running");
    assert_eq!(state["certificates"][0]["failure"], "out_of_paper");
    kiosk.scenario(json!({"printer": "ok"}));
    kiosk.does("/api/print", json!({"certificate": "C0001", "blank": "A2"}));
    assert!(site.path("printed/C0001-2.pdf").is_file());
}

fn patient_printer(centre: &Centre) -> (Site, Running) {
    let site = Site::new(centre);
    let config = std::fs::read_to_string(site.path("kiosk.toml")).unwrap();
    let patient = config.replace("deadline_seconds = 1\n", "deadline_seconds = 600\n");
    std::fs::write(site.path("kiosk.toml"), patient).unwrap();
    let kiosk = site.start();
    kiosk.sync();
    (site, kiosk)
}

#[test]
fn killed_in_the_middle_of_any_step_the_kiosk_has_done_it_once_or_not_at_all() {
    let centre = Centre::with_day(1);
    let (site, mut kiosk) = ready(&centre);
    for (path, body, done) in steps() {
        let (url, text) = (kiosk.url.clone(), body.to_string());
        let asked = std::thread::spawn(move || {
            // The kill may end this call at any moment of it.
            let request = ureq::post(format!("{url}{path}")).header("x-kaodian-kiosk", "1");
            request.header("content-type", "application/json").send(text).is_ok()
        });
        kiosk.kill();
        let answered = asked.join().unwrap();
        kiosk = site.start();
        let (status, problem) = kiosk.post(path, body);
        let was_done = status == 409 && problem["code"] == json!(done);
        assert!(status == 200 || was_done, "{path}: {status} {problem}");
        // A photograph may be taken twice; anything else that was acknowledged is not done again.
        assert!(!answered || was_done || path == "/api/photo", "{path}: {status} {problem}");
    }
    let state = kiosk.state();
    assert_eq!((&state["counts"]["admitted"], &state["waiting"]), (&json!(1), &json!([])));
    kiosk.sync();
    let books = centre.books();
    let count = |is: fn(&KioskFact) -> bool| books.entries.iter().filter(|entry| is(&entry.fact)).count();
    assert_eq!(count(|fact| matches!(fact, KioskFact::CheckedIn { .. })), 1);
    assert_eq!(count(|fact| matches!(fact, KioskFact::Queued { .. })), 1);
    assert_eq!(count(|fact| matches!(fact, KioskFact::Called { .. })), 1);
    assert_eq!(count(|fact| matches!(fact, KioskFact::Admitted { .. })), 1);
}

#[test]
fn a_kiosk_whose_clock_is_an_hour_behind_learns_it_works_by_the_servers_time_and_warns_staff() {
    let centre = Centre::start();
    centre.books().ahead_ms = 3_600_000;
    centre.publish(2, 1);
    let (_site, kiosk) = ready(&centre);
    let state = kiosk.state();
    assert_eq!(state["clock_warning"], true);
    assert!(kiosk.get("/desk").1.contains("请校准"), "staff are warned");
    kiosk.does("/api/check-in", json!({"id_number": world::id_number(1)}));
    kiosk.sync();
    let offset = centre.books().entries[0].offset_ms;
    assert!((3_590_000..3_610_000).contains(&offset), "{offset}");
}

#[test]
fn when_the_day_turns_the_bundle_is_fetched_anew_though_its_revision_is_the_same() {
    let centre = Centre::with_day(1);
    let (_site, kiosk) = ready(&centre);
    let today = kiosk.state()["day"]["day"].clone();
    let fetched = centre.books().bundles;
    centre.books().ahead_ms = 24 * 3_600_000;
    centre.publish(2, 1);
    let status = kiosk.sync();
    assert_eq!(status["online"], true, "{status}");
    let state = kiosk.state();
    assert_ne!(state["day"]["day"], today);
    assert_eq!(state["counts"]["expected"], 2);
    assert!(centre.books().bundles > fetched);
}

/// A controlled clock that gives one reading after another; the last one for ever.
fn scripted_clock(path: &std::path::Path, readings: Arc<Mutex<VecDeque<i64>>>) {
    let listener = UnixListener::bind(path).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            while stream.read_line(&mut line).is_ok_and(|read| read > 0) {
                let mut readings = readings.lock().unwrap();
                let now = if readings.len() > 1 { readings.pop_front().unwrap() } else { readings[0] };
                stream.get_mut().write_all(format!("{now}\n").as_bytes()).unwrap();
                line.clear();
            }
        }
    });
}

#[test]
fn nothing_is_learned_from_a_talk_during_which_the_clock_was_set() {
    let centre = Centre::with_day(1);
    let site = Site::new(&centre);
    let config = Config::load(&site.path("kiosk.toml")).unwrap();
    let enrolment = Arc::new(enrol(&config, None, CODE).unwrap());
    let layout = Layout::new(&config.data_dir);
    let readings = Arc::new(Mutex::new(VecDeque::new()));
    scripted_clock(&site.path("clock"), Arc::clone(&readings));
    let offset = Arc::new(Offset::load(&layout.offset()));
    let client = Client::new(
        &config,
        enrolment,
        KioskKey::open(&layout.key()).unwrap(),
        Arc::new(Clock::new(Some(&site.path("clock")))),
        Arc::clone(&offset),
        Arc::new(Scenario::default()),
    )
    .unwrap();
    for (name, set_by, learned) in [
        ("set forward", 7_200_000, false),
        ("set back", -7_200_000, false),
        ("set back by a little", -1_000, false),
        ("left alone", 0, true),
    ] {
        // This clock is three seconds behind the server's.
        let here = Clock::System.now().unwrap().millis() - 3_000;
        // Read before the call, for its token, and after it.
        *readings.lock().unwrap() = VecDeque::from([here, here, here + set_by]);
        client.journal_status().unwrap();
        let measured = offset.millis();
        assert_eq!(measured != 0, learned, "{name}: {measured}");
        assert!(!learned || (2_900..6_000).contains(&measured), "{name}: {measured}");
    }
}

#[test]
fn with_the_server_away_the_desk_says_what_waits_and_with_it_back_that_all_is_sent() {
    let centre = Centre::with_day(1);
    let (_site, kiosk) = ready(&centre);
    kiosk.scenario(json!({"line": "cut"}));
    kiosk.does("/api/check-in", json!({"id_number": world::id_number(1)}));
    kiosk.sync();
    let page = kiosk.get("/desk").1;
    assert!(page.contains("与中心断开，本机照常工作") && page.contains("待送：1 条记录"), "{page}");
    kiosk.scenario(json!({"line": "up"}));
    kiosk.sync();
    let page = kiosk.get("/desk").1;
    assert!(page.contains("记录已全部送达") && !page.contains("与中心断开"), "{page}");
}
