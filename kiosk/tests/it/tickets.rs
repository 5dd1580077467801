//! Queue tickets on a thermal printer that the test plays at its wire: what comes out, and that nobody waits for it.

use super::centre::Centre;
use super::site::{Running, Site};
use super::world;
use kiosk::device::escpos::Slip;
use kiosk::device::ticket::{EscPos, Line, TicketFault, TicketPrinter};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A printer on the network: answers the question for paper with each of these in turn, the last one for ever (`None`: says
/// nothing), and hands on what it got after it.
fn printer(answers: Vec<Option<u8>>) -> (SocketAddr, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, tickets) = channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let (mut stream, mut question) = (stream, [0; 3]);
            if stream.read_exact(&mut question).is_err() {
                continue;
            }
            assert_eq!(question, [0x10, 4, 4]);
            if let Some(answer) = answers.get(number).or(answers.last()).unwrap() {
                let _ = stream.write_all(&[*answer]);
            }
            let mut ticket = Vec::new();
            let _ = stream.read_to_end(&mut ticket);
            if sender.send(ticket).is_err() {
                return;
            }
        }
    });
    (address, tickets)
}

fn with(centre: &Centre, section: &str) -> (Site, Running) {
    let site = Site::new(centre);
    let config = std::fs::read_to_string(site.path("kiosk.toml")).unwrap();
    std::fs::write(site.path("kiosk.toml"), format!("{config}[ticket]\n{section}\n")).unwrap();
    let kiosk = site.start();
    kiosk.sync();
    (site, kiosk)
}

fn queue(kiosk: &Running, candidate: u16) -> Value {
    kiosk.does("/api/check-in", json!({"id_number": world::id_number(candidate)}));
    kiosk.does("/api/photo", json!({"ticket": world::ticket(candidate)}));
    let body = json!({"ticket": world::ticket(candidate), "verdict": "same", "staff": world::STAFF});
    kiosk.does("/api/compare", body)
}

/// Asks until it is so. Each question waits for its answer, so this is no empty loop.
fn until(kiosk: &Running, fault: Value) {
    while kiosk.state()["ticket_fault"] != fault {}
}

fn holds(ticket: &[u8], text: &str) -> bool {
    let (coded, ..) = encoding_rs::GB18030.encode(text);
    ticket.windows(coded.len()).any(|window| window == coded.as_ref())
}

#[test]
fn whoever_is_queued_gets_number_room_people_before_him_and_the_way_to_the_phone_page() {
    let centre = Centre::with_day(2);
    for paper in [Some(0x12), None] {
        let (address, tickets) = printer(vec![paper]);
        let section = format!("kind = \"escpos-tcp\"\naddress = \"{address}\"\ndeadline_seconds = 1");
        let centre = if paper.is_some() { &centre } else { &Centre::with_day(2) };
        let (_site, kiosk) = with(centre, &section);
        queue(&kiosk, 1);
        queue(&kiosk, 2);
        let first = tickets.recv().unwrap();
        assert!(holds(&first, "前面没有人") && !holds(&first, "前面还有"), "{first:?}");
        let ticket = tickets.recv().unwrap();
        for text in [
            "第一考点",
            "王*2",
            "第一考场",
            "Room 1",
            "前面还有 1 人",
            "1 before you",
            &format!("{}/my", centre.url),
        ] {
            assert!(holds(&ticket, text), "{text}: {ticket:?}");
        }
        let number = kiosk.state()["people"][1]["number"].as_u64().unwrap();
        assert!(holds(&ticket, &format!("\u{1d}!U{number:03}\n")), "{ticket:?}");
        until(&kiosk, Value::Null);
    }
}

#[test]
fn a_ticket_printer_without_paper_or_line_holds_up_nobody_and_the_desk_sees_it() {
    let centre = Centre::with_day(3);
    let (address, tickets) = printer(vec![Some(0x72), Some(0x12)]);
    let (_site, kiosk) = with(&centre, &format!("kind = \"escpos-tcp\"\naddress = \"{address}\""));
    assert!(queue(&kiosk, 1)["number"].is_number());
    until(&kiosk, json!("no_paper"));
    assert!(tickets.recv().unwrap().is_empty(), "nothing is sent into an empty printer");
    for (page, words) in [("/desk", "号票打印机缺纸"), ("/desk?lang=en", "has no paper")] {
        assert!(kiosk.get(page).1.contains(words), "{page}");
    }
    assert!(queue(&kiosk, 2)["number"].is_number());
    until(&kiosk, Value::Null);
    assert!(holds(&tickets.recv().unwrap(), "王*2"));

    let centre = Centre::with_day(1);
    let nowhere = format!("kind = \"escpos-tcp\"\naddress = \"127.0.0.1:{}\"", super::printer::free_port());
    let (site, kiosk) = with(&centre, &nowhere);
    assert!(queue(&kiosk, 1)["number"].is_number());
    until(&kiosk, json!("offline"));
    let config = site.path("kiosk.toml").display().to_string();
    let output = site.command(&["doctor", "--json", "--config", &config]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let line = report["devices"].as_array().unwrap().iter().find(|line| line["device"] == "ticket").unwrap();
    assert_eq!(line["state"], "missing", "{line}");
}

#[test]
fn a_ticket_goes_over_a_serial_line_as_well_and_a_dead_line_is_told() {
    let (mut printer, line, path) = super::sam::pair();
    let printed = std::thread::spawn(move || {
        let mut question = [0; 3];
        printer.read_exact(&mut question).unwrap();
        printer.write_all(&[0x12]).unwrap();
        let (mut ticket, mut piece) = (Vec::new(), [0; 512]);
        // The line ends with an error when its other end is closed.
        while let Ok(read @ 1..) = printer.read(&mut piece) {
            ticket.extend_from_slice(&piece[..read]);
        }
        ticket
    });
    let slip = Slip {
        head: "第一考点".to_owned(),
        number: "007".to_owned(),
        lines: vec!["王*2".to_owned()],
        link: None,
        link_words: String::new(),
    };
    let path = path.display().to_string();
    let mut serial = EscPos::new(Line::Serial(path.clone(), 9600), Duration::from_secs(1));
    assert_eq!(serial.print(&slip), Ok(()));
    drop(line);
    let ticket = printed.join().unwrap();
    for text in ["第一考点", "007", "王*2"] {
        assert!(holds(&ticket, text), "{text}: {ticket:?}");
    }
    assert_eq!(serial.print(&slip), Err(TicketFault::Offline), "{path} is gone");
}

#[test]
fn a_ticket_may_be_a_file_that_can_be_read_and_scanned() {
    let fonts = std::path::Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc");
    if !fonts.exists() {
        return println!("skipped: fonts-noto-cjk is not installed");
    }
    let centre = Centre::with_day(1);
    let (site, kiosk) = with(&centre, "kind = \"pdf\"\nlink = \"https://centre.example/my\"");
    let number = queue(&kiosk, 1)["number"].as_u64().unwrap();
    let path = site.path("data/tickets").join(format!("{number:03}-1.pdf"));
    while !path.exists() {
        assert_eq!(kiosk.state()["ticket_fault"], Value::Null);
    }
    let words = std::process::Command::new("pdftotext").arg(&path).arg("-").output().unwrap().stdout;
    let words = String::from_utf8(words).unwrap();
    for text in ["第一考点", &format!("{number:03}"), "Room 1"] {
        assert!(words.contains(text), "{text}: {words}");
    }
    let picture = site.path("ticket");
    let mut draw = std::process::Command::new("pdftoppm");
    draw.args(["-png", "-r", "150", "-singlefile"]).arg(&path).arg(&picture);
    assert!(draw.status().unwrap().success());
    let scanned =
        std::process::Command::new("zbarimg").args(["-q", "--raw"]).arg(site.path("ticket.png")).output();
    assert_eq!(String::from_utf8(scanned.unwrap().stdout).unwrap().trim(), "https://centre.example/my");
}
