//! The program: one person's way through the exam point, what is refused, and what a kill leaves.

use super::centre::Centre;
use super::site::{Running, Site};
use super::world;
use kiosk::digest::Digest;
use serde_json::{Value, json};
use shared::wire::v1::journal::KioskFact;

fn ready(centre: &Centre) -> (Site, Running) {
    let site = Site::new(centre);
    let kiosk = site.start();
    let status = kiosk.sync();
    assert_eq!((&status["online"], &status["files_missing"]), (&json!(true), &json!(0)), "{status}");
    (site, kiosk)
}

fn queue(kiosk: &Running, candidate: u16) -> Value {
    let ticket = world::ticket(candidate);
    kiosk.does("/api/check-in", json!({"id_number": world::id_number(candidate)}));
    kiosk.does("/api/photo", json!({"ticket": ticket}));
    kiosk.does("/api/compare", json!({"ticket": ticket, "verdict": "same", "staff": "staff-1"}))
}

#[test]
fn a_person_goes_from_the_card_to_the_seat_and_the_server_learns_every_step() {
    let centre = Centre::with_day(3);
    let (_site, kiosk) = ready(&centre);
    kiosk.scenario(json!({"card": {"id_number": world::id_number(2), "name": "王某"}}));
    kiosk.scenario(json!({"picture_seed": "candidate 2"}));
    let answer = kiosk.does("/api/check-in", json!({"card": true}));
    assert_eq!((&answer["ticket"], &answer["person"]["room_zh"]), (&json!("T0002"), &json!("第一考场")));
    let photo = kiosk.does("/api/photo", json!({"ticket": "T0002"}));
    assert_eq!(photo["blob"], Digest::of(&world::portrait_of(2)).to_string());
    let compared =
        kiosk.does("/api/compare", json!({"ticket": "T0002", "verdict": "same", "staff": world::STAFF}));
    assert_eq!((&compared["number"], &compared["ahead"]), (&json!(1), &json!(0)));
    let called = kiosk.does("/api/call", json!({"window": "二号窗口"}));
    assert_eq!(
        (&called["ticket"], &called["number"], &called["count"]),
        (&json!("T0002"), &json!(1), &json!(1))
    );
    let (status, problem) = kiosk.post("/api/recall", json!({"ticket": "T0002", "window": "二号窗口"}));
    assert_eq!((status, &problem["code"]), (409, &json!("recall_too_early")));
    kiosk.does("/api/admit", json!({"ticket": "T0002"}));
    assert_eq!(kiosk.state()["counts"]["admitted"], 1);

    let status = kiosk.sync();
    assert_eq!(
        (&status["journal"], &status["acknowledged"], &status["pictures_unsent"]),
        (&json!(6), &json!(6), &json!(0))
    );
    let books = centre.books();
    assert!(books.blobs.contains_key(photo["blob"].as_str().unwrap()));
    let last = &books.entries.last().unwrap().fact;
    assert_eq!(*last, KioskFact::Admitted { ticket: "T0002".into() });
}

#[test]
fn certificates_are_printed_once_and_a_broken_printer_costs_a_blank_but_an_empty_one_does_not() {
    let centre = Centre::with_day(2);
    let (site, kiosk) = ready(&centre);
    let print = |blank: &str| kiosk.post("/api/print", json!({"certificate": "C0001", "blank": blank}));
    for (mode, blank, code) in
        [("out_of_paper", "A2", "out_of_paper"), ("broken", "A2", "broken"), ("silent", "A3", "timeout")]
    {
        kiosk.scenario(json!({"printer": mode}));
        let (status, answer) = print(blank);
        assert_eq!((status, &answer["outcome"], &answer["code"]), (200, &json!("failed"), &json!(code)));
    }
    kiosk.scenario(json!({"printer": "ok"}));
    // Nobody knows whether the silent printer printed: staff look before the next sheet is risked.
    assert_eq!(print("A4").1["code"], "settle_first");
    let settled = json!({"certificate": "C0001", "came_out": false, "staff": world::STAFF});
    kiosk.does("/api/settle", settled.clone());
    assert_eq!(kiosk.post("/api/settle", settled).1["code"], "nothing_to_settle");
    for spoiled in ["A2", "A3"] {
        assert_eq!(print(spoiled).1["code"], "blank_used");
    }
    let (status, answer) = print("A4");
    assert_eq!((status, &answer["outcome"], &answer["attempt"]), (200, &json!("printed"), &json!(4)));
    assert_eq!(print("A5").1["code"], "already_printed");
    let again = json!({"certificate": "C0001", "blank": "A5", "reprint": true});
    let (status, problem) = kiosk.post("/api/print", again);
    assert_eq!((status, &problem["code"]), (422, &json!("reason_missing")));
    assert_eq!(std::fs::read(site.path("printed/C0001-4.pdf")).unwrap(), world::PDF);
    assert_eq!(std::fs::read_dir(site.path("printed")).unwrap().count(), 1);
}

#[test]
fn what_was_answered_before_a_kill_is_there_after_it() {
    let centre = Centre::with_day(6);
    let (site, mut kiosk) = ready(&centre);
    kiosk.scenario(json!({"line": "cut"}));
    for candidate in 1..=6 {
        let answer = queue(&kiosk, candidate);
        assert_eq!(answer["number"], json!(candidate));
        kiosk.kill();
        kiosk = site.start();
        let state = kiosk.state();
        assert_eq!(state["waiting"].as_array().unwrap().len(), usize::from(candidate));
        let (status, problem) =
            kiosk.post("/api/check-in", json!({"id_number": world::id_number(candidate)}));
        assert_eq!((status, &problem["code"]), (409, &json!("already_checked_in")));
    }
    let status = kiosk.sync();
    assert_eq!(status["journal"], status["acknowledged"]);
    assert_eq!(centre.books().entries.len(), 6 * 5);
    assert_eq!(kiosk.terminate(), Some(0));
    let journal = site.path("data/journal.db").display().to_string();
    let output = site.command(&["journal-verify", &journal]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&report["verdict"], &report["size"], &report["first_bad"]),
        (&json!("intact"), &json!(30), &Value::Null)
    );
}

#[test]
fn a_kill_in_the_middle_of_a_print_leaves_an_unknown_outcome_and_never_a_second_sheet() {
    let centre = Centre::with_day(1);
    let site = Site::new(&centre);
    let config = std::fs::read_to_string(site.path("kiosk.toml")).unwrap();
    let patient = config.replace("deadline_seconds = 1\n", "deadline_seconds = 600\n");
    std::fs::write(site.path("kiosk.toml"), patient).unwrap();
    let kiosk = site.start();
    kiosk.sync();
    kiosk.scenario(json!({"printer": "silent"}));
    std::thread::scope(|scope| {
        let url = kiosk.url.clone();
        scope.spawn(move || {
            // The kill ends this call.
            let _ = ureq::post(format!("{url}/api/print"))
                .header("x-kaodian-kiosk", "1")
                .header("content-type", "application/json")
                .send(r#"{"certificate":"C0001","blank":"A1"}"#);
        });
        while kiosk.state()["printer_busy"] != json!(true) {}
        kiosk.kill();
    });
    let kiosk = site.start();
    let state = kiosk.state();
    assert_eq!(state["certificates"][0]["failure"], "unknown_outcome");
    let again = json!({"certificate": "C0001", "blank": "A2"});
    assert_eq!(kiosk.post("/api/print", again.clone()).1["code"], "settle_first");
    assert!(kiosk.get("/desk?tab=prints").1.contains("data-settle=\"C0001\""));
    kiosk.does("/api/settle", json!({"certificate": "C0001", "came_out": false, "staff": world::STAFF}));
    let answer = kiosk.does("/api/print", again);
    assert_eq!((&answer["outcome"], &answer["attempt"]), (&json!("printed"), &json!(2)));
}

#[test]
fn two_kiosks_never_share_a_data_directory() {
    let centre = Centre::with_day(1);
    let (site, _kiosk) = ready(&centre);
    let config = site.path("kiosk.toml").display().to_string();
    let second = site.command(&["run", "--config", &config]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
}

#[test]
fn pages_of_other_origins_and_malformed_bodies_change_nothing() {
    let centre = Centre::with_day(1);
    let (_site, kiosk) = ready(&centre);
    let good = json!({"id_number": world::id_number(1)}).to_string();
    let ours: (&str, &str) = ("x-kaodian-kiosk", "1");
    for (name, path, body, headers, status, code) in [
        ("no header", "/api/check-in", good.as_str(), &[][..], 403, "cross_site"),
        ("origin", "/api/check-in", &good, &[ours, ("origin", "http://evil.example")], 403, "cross_site"),
        ("site", "/part/check-in", &good, &[ours, ("sec-fetch-site", "cross-site")], 403, "cross_site"),
        ("host", "/api/check-in", &good, &[ours, ("host", "evil.example")], 403, "cross_site"),
        ("no JSON", "/api/check-in", "{", &[ours], 400, "malformed"),
        ("unknown key", "/api/check-in", r#"{"x":1}"#, &[ours], 400, "malformed"),
        ("two means", "/api/check-in", r#"{"card":true,"ticket_qr":"x"}"#, &[ours], 422, "means_missing"),
        ("bad ticket", "/api/photo", r#"{"ticket":"../x"}"#, &[ours], 422, "ticket_invalid"),
        ("bad window", "/api/call", r#"{"window":" "}"#, &[ours], 422, "window_invalid"),
        ("bad blank", "/api/print", r#"{"certificate":"C1","blank":""}"#, &[ours], 422, "blank_invalid"),
        ("unknown path", "/api/nothing", "{}", &[ours], 404, "not_found"),
    ] {
        let (got, problem) = kiosk.post_text(path, body, headers);
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{name}: {problem}");
        assert!(problem["title"].is_string() && problem["title_en"].is_string(), "{name}");
    }
    assert_eq!(kiosk.state()["journal"], 0);
}

#[test]
fn pages_show_people_in_both_languages_and_only_pictures_of_the_day() {
    let centre = Centre::with_day(2);
    let (_site, kiosk) = ready(&centre);
    queue(&kiosk, 1);
    for (path, words) in [
        ("/", &["考试签到", "低压电工作业", "演示环境"][..]),
        ("/?lang=en", &["Check in for your exam", "Low-voltage electrician", "Demonstration"]),
        ("/board", &["等候中", "001"]),
        ("/board?lang=en", &["Waiting", "001", "Exam point 1"]),
        ("/board", &["今日考场", "第一考场"]),
        ("/desk", &["请选择您的姓名", "桂思远", "人证核对"]),
        ("/desk?lang=en", &["Identity", "Certificates", "choose your name"]),
        ("/desk?tab=prints", &["证书打印", "C0001", "2026-10-13"]),
        ("/desk?tab=people", &["今日考生", "T0002", "未到", "排队中"]),
    ] {
        let (status, page) = kiosk.get(path);
        assert_eq!(status, 200, "{path}");
        for word in words {
            assert!(page.contains(word), "{path}: {word}");
        }
        assert!(!page.contains(&world::id_number(1)), "{path}");
        assert!(!page.contains(">kiosk-"), "{path}: a text is missing");
    }
    let portrait = world::portrait_of(1);
    assert_eq!(kiosk.get_bytes(&format!("/pictures/{}", Digest::of(&portrait))), (200, portrait));
    assert_eq!(kiosk.get_bytes(&format!("/pictures/{}", Digest::of(world::PDF))).0, 404);
    assert_eq!(kiosk.get("/pictures/..%2f..%2fkiosk.key").0, 404);
}

#[test]
fn who_is_refused_at_the_screen_is_told_what_to_do() {
    let centre = Centre::with_day(1);
    let (_site, kiosk) = ready(&centre);
    let post =
        |lang: &str, body: Value| kiosk.post(&format!("/part/check-in?lang={lang}"), body).1.to_string();
    let page = post("zh", json!({"id_number": world::id_number(9)}));
    assert!(page.contains("今天本考点没有您的考试") && page.contains("请核对准考证"), "{page}");
    let page = post("en", json!({"ticket_qr": world::secret(1)}));
    assert!(page.contains("you are checked in") && page.contains("Room 1"), "{page}");
    // Who comes back before the photograph goes on where he stopped.
    let page = post("en", json!({"ticket_qr": world::secret(1)}));
    assert!(page.contains("you are checked in"), "{page}");
    // Who comes back later learns where to go now.
    let progress = |words: &str| {
        for page in [
            post("en", json!({"ticket_qr": world::secret(1)})),
            kiosk.get("/part/progress?lang=en&ticket=T0001").1,
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
    };
    assert_eq!(kiosk.get("/part/progress?ticket=T0001").0, 404, "there is no photograph yet");
    kiosk.does("/api/photo", json!({"ticket": "T0001"}));
    progress("Take your ID card to the desk");
    kiosk.does("/api/compare", json!({"ticket": "T0001", "verdict": "same", "staff": world::STAFF}));
    progress("Your number is");
    kiosk.does("/api/call", json!({"window": "Window 3"}));
    progress("Go to Window 3 now");
    kiosk.does("/api/admit", json!({"ticket": "T0001"}));
    progress("You have been admitted");
}

#[test]
fn who_asks_for_help_at_the_screen_is_seen_at_the_desk_until_somebody_went() {
    let centre = Centre::with_day(1);
    let (_site, kiosk) = ready(&centre);
    let asked = || kiosk.get("/desk").1.contains("请求帮助");
    assert!(!asked());
    kiosk.does("/api/help", json!({"wanted": true}));
    assert!(asked() && kiosk.get("/part/idle").1.contains("data-help"));
    kiosk.does("/api/help", json!({"wanted": false}));
    assert!(!asked() && !kiosk.get("/part/idle").1.contains("data-help"));
}

#[test]
fn the_doctor_names_everything_that_is_missing_with_how_to_mend_it_in_both_languages() {
    let centre = Centre::with_day(1);
    let site = Site::new(&centre);
    let config = site.path("kiosk.toml").display().to_string();
    let report = || {
        let output = site.command(&["doctor", "--json", "--config", &config]).output().unwrap();
        (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap())
    };
    let of = |report: &Value, device: &str| {
        let lines = report["devices"].as_array().unwrap();
        lines.iter().find(|line| line["device"] == device).unwrap().clone()
    };
    let (code, before) = report();
    let enrolment = of(&before, "enrolment");
    assert_eq!((code, &before["healthy"], &enrolment["state"]), (Some(1), &json!(false), &json!("missing")));
    for line in before["devices"].as_array().unwrap() {
        let mended = line["mend_zh"].is_string() && line["mend_en"].is_string();
        assert_eq!(mended, line["state"] == "missing", "{line}");
    }
    for device in ["camera", "reader", "printer", "clock", "data_dir"] {
        assert_eq!(of(&before, device)["state"], "ok", "{device}");
    }
    let kiosk = site.start();
    kiosk.sync();
    assert_eq!(kiosk.terminate(), Some(0));
    assert_eq!(of(&report().1, "enrolment")["state"], "ok");
}
