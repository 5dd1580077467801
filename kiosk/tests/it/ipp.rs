//! Certificates on a real IPP printer: what comes out, what is said while it does not, and what is certain afterwards.

use super::centre::Centre;
use super::printer::{Printer, free_port};
use super::site::{Running, Site};
use super::world;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;

/// A kiosk that prints at this address.
fn printing_at(centre: &Centre, uri: &str, deadline_seconds: u64) -> (Site, Running) {
    let site = Site::new(centre);
    let config = std::fs::read_to_string(site.path("kiosk.toml")).unwrap();
    let (before, _) = config.split_once("[printer]").unwrap();
    let printer =
        format!("[printer]\nkind = \"ipp\"\nuri = \"{uri}\"\ndeadline_seconds = {deadline_seconds}\n");
    std::fs::write(site.path("kiosk.toml"), format!("{before}{printer}")).unwrap();
    let kiosk = site.start();
    kiosk.sync();
    (site, kiosk)
}

fn print(kiosk: &Running, blank: &str) -> Value {
    kiosk.does("/api/print", json!({"certificate": "C0001", "blank": blank}))
}

/// Asks until it is so. Each question waits for its answer, so this is no empty loop.
fn until(kiosk: &Running, what: impl Fn(&Value) -> bool) -> Value {
    loop {
        let state = kiosk.state();
        if what(&state["certificates"][0]) {
            return state;
        }
    }
}

fn doctor(site: &Site) -> Value {
    let config = site.path("kiosk.toml").display().to_string();
    let output = site.command(&["doctor", "--json", "--config", &config]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["devices"].as_array().unwrap().iter().find(|line| line["device"] == "printer").unwrap().clone()
}

#[test]
fn the_printer_gets_the_certificate_byte_for_byte_and_says_when_it_is_out() {
    let Some(printer) = Printer::start() else { return };
    let centre = Centre::with_day(1);
    let (site, kiosk) = printing_at(&centre, &printer.uri(), 60);
    assert_eq!(doctor(&site)["state"], "ok", "{}", doctor(&site));
    let answer = print(&kiosk, "A1");
    assert_eq!((&answer["outcome"], &answer["code"]), (&json!("printed"), &Value::Null), "{answer}");
    assert_eq!(printer.kept(), [world::PDF]);
}

#[test]
fn what_holds_the_printer_up_is_said_while_it_lasts_and_a_sheet_put_in_lets_it_go_on() {
    let Some(printer) = Printer::start() else { return };
    let centre = Centre::with_day(1);
    let (_site, kiosk) = printing_at(&centre, &printer.uri(), 60);
    printer.hold("STATE: media-empty");
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| print(&kiosk, "A1"));
        until(&kiosk, |certificate| certificate["trouble"] == "out_of_paper");
        for (page, words) in [("/desk?tab=prints", "缺纸"), ("/desk?tab=prints&lang=en", "no paper")] {
            assert!(kiosk.get(page).1.contains(words), "{page}");
        }
        printer.go_on(true);
        assert_eq!(answer.join().unwrap()["outcome"], "printed");
    });
    assert_eq!(kiosk.state()["certificates"][0]["trouble"], Value::Null);
    assert_eq!(printer.kept(), [world::PDF]);
}

#[test]
fn a_job_that_the_printer_gives_up_in_the_middle_is_settled_by_staff() {
    let Some(printer) = Printer::start() else { return };
    let centre = Centre::with_day(1);
    let (_site, kiosk) = printing_at(&centre, &printer.uri(), 60);
    printer.hold("STATE: media-jam");
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| print(&kiosk, "A1"));
        until(&kiosk, |certificate| certificate["trouble"] == "jam");
        printer.go_on(false);
        let answer = answer.join().unwrap();
        assert_eq!((&answer["code"], &answer["untouched"]), (&json!("aborted"), &json!(false)), "{answer}");
    });
    let again = json!({"certificate": "C0001", "blank": "A2"});
    assert_eq!(kiosk.post("/api/print", again).1["code"], "settle_first");
    kiosk.does("/api/settle", json!({"certificate": "C0001", "came_out": false, "staff": world::STAFF}));
    assert_eq!(print(&kiosk, "A2")["outcome"], "printed");
}

#[test]
fn a_printer_that_dies_in_the_middle_leaves_a_print_that_staff_settle_and_never_a_second_sheet() {
    let Some(mut printer) = Printer::start() else { return };
    let centre = Centre::with_day(1);
    let (_site, kiosk) = printing_at(&centre, &printer.uri(), 5);
    printer.hold("STATE: none");
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| print(&kiosk, "A1"));
        while printer.kept().is_empty() {}
        printer.kill();
        let answer = answer.join().unwrap();
        assert_eq!(
            (&answer["code"], &answer["untouched"]),
            (&json!("connection_lost"), &json!(false)),
            "{answer}"
        );
    });
    printer.switch_on();
    assert_eq!(kiosk.state()["certificates"][0]["stage"], "unsettled");
    assert_eq!(printer.kept().len(), 1, "nothing was handed over again");
    kiosk.does("/api/settle", json!({"certificate": "C0001", "came_out": true, "staff": world::STAFF}));
    assert_eq!(kiosk.state()["certificates"][0]["stage"], "printed");
}

#[test]
fn a_job_that_is_not_done_by_its_deadline_is_cancelled_and_settled_by_staff() {
    let Some(printer) = Printer::start() else { return };
    let centre = Centre::with_day(1);
    let (_site, kiosk) = printing_at(&centre, &printer.uri(), 1);
    printer.hold("STATE: none");
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| print(&kiosk, "A1"));
        let answer = answer.join().unwrap();
        assert_eq!((&answer["code"], &answer["untouched"]), (&json!("timeout"), &json!(false)), "{answer}");
    });
    assert_eq!(kiosk.state()["certificates"][0]["stage"], "unsettled");
}

#[test]
fn a_printer_that_is_off_costs_no_blank_and_prints_on_it_when_it_is_on_again() {
    let Some(mut printer) = Printer::start() else { return };
    let centre = Centre::with_day(1);
    let (site, kiosk) = printing_at(&centre, &printer.uri(), 60);
    printer.kill();
    let answer = print(&kiosk, "A1");
    assert_eq!((&answer["code"], &answer["untouched"]), (&json!("offline"), &json!(true)), "{answer}");
    let found = doctor(&site);
    assert_eq!(found["state"], "missing");
    assert!(found["mend_zh"].is_string() && found["mend_en"].as_str().unwrap().contains("ipp://"), "{found}");
    printer.switch_on();
    let answer = print(&kiosk, "A1");
    assert_eq!((&answer["outcome"], &answer["attempt"]), (&json!("printed"), &json!(2)), "{answer}");
    assert_eq!(printer.kept(), [world::PDF]);
}

#[test]
fn where_nothing_listens_or_something_else_answers_no_blank_is_lost() {
    let rubbish = answering(vec![b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nwhat".to_vec()]);
    let strangers = answering(vec![b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec()]);
    for port in [free_port(), rubbish, strangers] {
        let centre = Centre::with_day(1);
        let (site, kiosk) = printing_at(&centre, &format!("ipp://127.0.0.1:{port}/ipp/print"), 60);
        let answer = print(&kiosk, "A1");
        assert_eq!((&answer["code"], &answer["untouched"]), (&json!("offline"), &json!(true)), "{answer}");
        assert_eq!(doctor(&site)["state"], "missing");
    }
}

#[test]
fn a_printer_that_takes_the_document_and_answers_rubbish_leaves_a_print_that_staff_settle() {
    let centre = Centre::with_day(1);
    let idle = ipp(&[(0x23, "printer-state", &[0, 0, 0, 3]), (0x22, "printer-is-accepting-jobs", &[1])]);
    let port = answering(vec![idle, b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nwhat".to_vec()]);
    let (_site, kiosk) = printing_at(&centre, &format!("ipp://127.0.0.1:{port}/ipp/print"), 5);
    let answer = print(&kiosk, "A1");
    assert_eq!(
        (&answer["code"], &answer["untouched"]),
        (&json!("connection_lost"), &json!(false)),
        "{answer}"
    );
    assert_eq!(kiosk.state()["certificates"][0]["stage"], "unsettled");
}

/// A good answer with these attributes of a printer (tag, name, value), as RFC 8010 writes it.
fn ipp(attributes: &[(u8, &str, &[u8])]) -> Vec<u8> {
    let mut body = vec![2, 0, 0, 0, 0, 0, 0, 1, 1];
    let all = [(0x47, "attributes-charset", &b"utf-8"[..]), (0x48, "attributes-natural-language", b"en")];
    let mut write = |(tag, name, value): (u8, &str, &[u8])| {
        body.push(tag);
        body.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
        body.extend(name.as_bytes());
        body.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        body.extend(value);
    };
    all.into_iter().for_each(&mut write);
    // The group of the printer's attributes begins.
    let mut group = vec![4];
    for (tag, name, value) in attributes {
        group.push(*tag);
        group.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
        group.extend(name.as_bytes());
        group.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        group.extend(*value);
    }
    body.extend(group);
    body.push(3);
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/ipp\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.into_bytes(), body].concat()
}

/// A server that reads each request to its end and gives one answer after another, the last one for ever.
fn answering(answers: Vec<Vec<u8>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let mut stream = stream;
            let answer = answers.get(number).or(answers.last()).unwrap();
            let (mut request, mut some) = (Vec::new(), [0; 65536]);
            // Whoever closes with something unread takes the own answer back.
            while !is_whole(&request) {
                match stream.read(&mut some) {
                    Ok(read) if read > 0 => request.extend(&some[..read]),
                    _ => break,
                }
            }
            let _ = stream.write_all(answer);
        }
    });
    port
}

/// Whether a request is there with all of its body, of a given length or in chunks.
fn is_whole(request: &[u8]) -> bool {
    let Some(head) = request.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let words = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
    match words.split("content-length:").nth(1) {
        Some(rest) => {
            let length: usize = rest.lines().next().unwrap().trim().parse().unwrap();
            request.len() >= head + 4 + length
        }
        None => !words.contains("chunked") || request.ends_with(b"0\r\n\r\n"),
    }
}
