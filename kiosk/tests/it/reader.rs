//! The card reader: the real serial port code against an emulated reader on a pseudo-terminal.

use super::centre::Centre;
use super::sam::{Emulator, Line, card};
use super::site::Site;
use super::world;
use kiosk::device::sam::{Port, SerialReader};
use kiosk::device::{Card, DeviceError, IdReader};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn start(path: &Path) -> SerialReader {
    SerialReader::start(Port { path: path.display().to_string(), baud: 115_200 })
}

/// Looks until it is so. The reader's own deadlines are far shorter than this patience.
fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < patience, "it never came to that");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn card_on(reader: &mut SerialReader) -> Card {
    until(|| reader.card().ok().flatten())
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("reader");
    (dir, path)
}

#[test]
fn a_card_is_read_whatever_the_line_does_to_the_frames() {
    for line in [
        Line::Clean,
        Line::InPieces,
        Line::Rubbish,
        Line::Doubled,
        Line::CutOnce,
        Line::CorruptedOnce,
        Line::DelayedOnce,
    ] {
        let (_dir, path) = place();
        let emulator = Emulator::new(&path);
        emulator.set(|bench| {
            bench.line = line;
            bench.card = Some(card("王小明", &world::id_number(1), "20400102"));
        });
        let mut reader = start(&path);
        let read = card_on(&mut reader);
        assert_eq!(
            (read.name.as_str(), read.id_number.as_str()),
            ("王小明", world::id_number(1).as_str()),
            "{line:?}"
        );
        assert_eq!(read.valid_until.map(|day| day.to_string()).as_deref(), Some("2040-01-02"), "{line:?}");
    }
}

#[test]
fn a_card_that_the_reader_shows_only_once_lies_there_for_a_while_and_the_next_one_takes_its_place() {
    let (_dir, path) = place();
    let emulator = Emulator::new(&path);
    let mut reader = start(&path);
    emulator.set(|bench| {
        bench.once = true;
        bench.card = Some(card("王小明", &world::id_number(1), "长期"));
    });
    assert_eq!(card_on(&mut reader).valid_until, None);
    assert!(reader.card().unwrap().is_some(), "though it is not found again");
    emulator.set(|bench| bench.card = Some(card("李·玉", &world::id_number(2), "长期")));
    until(|| reader.card().unwrap().filter(|card| card.id_number == world::id_number(2)));
}

#[test]
fn a_card_that_cannot_be_read_is_told_from_no_card() {
    let (_dir, path) = place();
    let emulator = Emulator::new(&path);
    let mut reader = start(&path);
    for (name, data) in [
        ("a fault of the reader", Vec::new()),
        ("no identity number", card("王小明", "110105194912310021", "长期")),
    ] {
        emulator.set(|bench| bench.card = Some(data));
        until(|| (reader.card() == Err(DeviceError::Unreadable)).then_some(()));
        emulator.set(|bench| bench.card = Some(card("王小明", &world::id_number(1), "长期")));
        assert_eq!(card_on(&mut reader).id_number, world::id_number(1), "{name}");
    }
}

#[test]
fn a_reader_that_is_pulled_out_comes_back_by_itself_and_nobody_inherits_a_card() {
    let (_dir, path) = place();
    let mut emulator = Emulator::new(&path);
    let mut reader = start(&path);
    for _ in 0..2 {
        emulator.set(|bench| bench.card = Some(card("王小明", &world::id_number(1), "长期")));
        card_on(&mut reader);
        emulator.pull();
        emulator.set(|bench| bench.card = None);
        until(|| (reader.card() == Err(DeviceError::Broken)).then_some(()));
        emulator.plug();
        until(|| reader.card().is_ok().then_some(()));
        assert_eq!(reader.card(), Ok(None));
    }
}

#[test]
fn a_probe_says_what_is_wrong_and_a_dumb_reader_is_found_when_it_speaks_again() {
    let (_dir, path) = place();
    let gone = start(&path).probe();
    assert_eq!((gone.usable, gone.mend), (false, Some("kiosk-doctor-mend-reader-port")), "{gone:?}");
    let emulator = Emulator::new(&path);
    let found = start(&path).probe();
    assert!(found.usable, "{found:?}");
    emulator.set(|bench| bench.line = Line::Dumb);
    let mut reader = start(&path);
    let dumb = reader.probe();
    assert_eq!((dumb.usable, dumb.mend), (false, Some("kiosk-doctor-mend-reader-silent")), "{dumb:?}");
    assert_eq!(reader.card(), Err(DeviceError::Broken));
    emulator.set(|bench| bench.line = Line::Clean);
    until(|| reader.card().is_ok().then_some(()));
}

#[test]
fn somebody_checks_in_with_the_card_on_a_serial_reader_and_an_expired_card_is_refused_with_what_to_do() {
    let centre = Centre::with_day(2);
    let site = Site::new(&centre);
    let emulator = Emulator::new(&site.path("reader"));
    let config = std::fs::read_to_string(site.path("kiosk.toml")).unwrap();
    let serial = format!("[reader]\nkind = \"serial\"\nport = \"{}\"\n", site.path("reader").display());
    std::fs::write(site.path("kiosk.toml"), config.replace("[reader]\nkind = \"sim\"\n", &serial)).unwrap();
    let kiosk = site.start();
    kiosk.sync();
    let ask = || kiosk.post("/api/check-in", json!({"card": true}));
    let (status, problem) = until(|| Some(ask()).filter(|(_, answer)| answer["code"] == "no_card"));
    assert_eq!(status, 409, "{problem}");
    emulator.set(|bench| bench.card = Some(card("王小明", &world::id_number(1), "20200101")));
    let (_, problem) = until(|| Some(ask()).filter(|(_, answer)| answer["code"] == "card_expired"));
    assert!(problem["detail"].as_str().unwrap().contains("2020-01-01"), "{problem}");
    emulator.set(|bench| bench.card = Some(card("王小明", &world::id_number(2), "长期")));
    let (_, answer) = until(|| Some(ask()).filter(|(status, _)| *status == 200));
    assert_eq!(answer["ticket"], "T0002");
    drop(emulator);
    let (status, problem) = until(|| Some(ask()).filter(|(_, answer)| answer["code"] == "reader_failed"));
    assert_eq!(status, 503, "{problem}");
}

#[test]
fn a_reply_in_a_file_is_shown_field_by_field_or_says_what_is_wrong() {
    let centre = Centre::start();
    let site = Site::new(&centre);
    let reply = kiosk::device::sam::frame::framed(
        &[&[0, 0, 0x90], card("李·玉", &world::id_number(1), "长期").as_slice()].concat(),
    );
    let mut wrong = reply.clone();
    wrong[50] ^= 1;
    let cases = [
        ("bytes", reply.clone(), Some(0), "name", "李·玉"),
        ("hexadecimal", hex::encode(&reply).into_bytes(), Some(0), "valid_from", "2020-01-02"),
        ("wrong check", wrong, Some(1), "reason", "no_frame"),
        ("no card", kiosk::device::sam::frame::framed(&[0, 0, 0x80]), Some(1), "reason", "fault"),
    ];
    for (name, file, status, field, expected) in cases {
        std::fs::write(site.path("reply"), file).unwrap();
        let output =
            site.command(&["decode-card", &site.path("reply").display().to_string()]).output().unwrap();
        assert_eq!(output.status.code(), status, "{name}");
        let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(shown[field], expected, "{name}: {shown}");
    }
}
