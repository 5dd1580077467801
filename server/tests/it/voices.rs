//! Questions read aloud: spoken once, ahead of time, and heard by whoever may see them.

use crate::exam;
use crate::harness::{TestApp, code, on_both_with};
use crate::small;
use serde_json::json;
use server::app::App;
use server::app::banks::{Incoming, take_in};
use server::app::voices::{self, Voices};
use server::event::Actor;
use server::voice::Found;
use sha2::{Digest, Sha256};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const WELDING: &str = "welding-fusion";
const TITLE: &str = "乙炔瓶应当直立放置。";

/// Two questions to practise: their titles, right and wrong, and the letters of options in both languages.
const WANTED: usize = 2 + 2 + 16;

fn with_two_questions(app: &TestApp) {
    small::load(app);
    let row = |title: &str| json!({"category": "判断题", "title": title, "answers": "A"});
    let file = json!([row(TITLE), row("氧气瓶不得沾油。")]).to_string();
    let incoming = Incoming { trade: WELDING, file_name: "p.json", file: file.as_bytes(), practice: true };
    take_in(app, &Actor::System("test"), incoming, None).unwrap();
}

/// A program that is called like espeak-ng, notes every call in a file and writes a short sound.
fn program(dir: &Path) -> (PathBuf, PathBuf) {
    let (program, calls, sound) = (dir.join("speak"), dir.join("calls"), dir.join("sound"));
    let mut wav =
        b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0data\x08\0\0\0"
            .to_vec();
    wav.extend([1, 2, 3, 4, 5, 6, 7, 8]);
    std::fs::write(&sound, wav).unwrap();
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo speak 1; exit; fi\necho \"$2\" >> {calls:?}\ncat {sound:?}\n"
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    (program, calls)
}

fn speaking(app: &TestApp, program: &str) -> App {
    App { voices: Voices::of(program), ..app.app.clone() }
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

#[test]
fn every_text_is_spoken_once_and_heard_by_whoever_practises() {
    on_both_with(with_two_questions, |app| {
        let dir = tempfile::tempdir().unwrap();
        let (program, calls) = program(dir.path());
        let calls = || std::fs::read_to_string(&calls).map_or(0, |text| text.lines().count());
        let app = speaking(app, &program.to_string_lossy());
        let hear = |text: &str| voices::of_practice(&app, WELDING, &digest(text));
        assert_eq!(code(&hear(TITLE)), "not-found", "not spoken yet");
        let begun = voices::step(&app, 5).unwrap();
        assert_eq!((begun.made, begun.wanted, begun.found), (5, WANTED, Found::Version("speak 1".into())));
        let done = voices::step(&app, 100).unwrap();
        assert_eq!((done.made, calls()), (WANTED, WANTED));
        voices::step(&app, 100).unwrap();
        assert_eq!(calls(), WANTED, "nothing is spoken twice");
        for text in [TITLE, "正确", "选项A", "Option B"] {
            assert!(hear(text).unwrap().starts_with(b"RIFF"), "{text}");
        }
        assert_eq!(code(&hear("something else")), "not-found");
        assert_eq!(
            code(&voices::of_practice(&app, "height-installation", &digest(TITLE))),
            "practice-unknown"
        );
        // Another server on the same store finds what is there.
        let other = App { voices: Voices::of(&program.to_string_lossy()), ..app.clone() };
        assert_eq!(voices::step(&other, 100).unwrap().made, WANTED);
        assert_eq!(calls(), WANTED);
        app.voices.again();
        assert!(hear(TITLE).is_ok(), "what is there is heard until it is replaced");
        assert_eq!(voices::step(&app, 100).unwrap().made, WANTED);
        assert_eq!(calls(), 2 * WANTED);
    });
}

#[test]
fn without_the_program_nothing_is_spoken_and_the_reason_is_known() {
    on_both_with(with_two_questions, |app| {
        for (program, found) in [("", Found::Off), ("/nowhere/espeak-ng", Found::Missing)] {
            let app = speaking(app, program);
            let stands = voices::step(&app, 100).unwrap();
            assert_eq!((stands.found, stands.made, stands.wanted), (found, 0, WANTED));
        }
    });
}

#[test]
fn a_seat_hears_its_own_paper_from_the_start_on() {
    exam::on_both(1, true, |exam| {
        exam.admit(1);
        exam.at(-60);
        let seat = exam.enter(1).seat;
        let keep = |text: &str| {
            let name = exam.app.sealer.index("voice", text);
            exam.app.blobs.put_as(&name, text.as_bytes()).unwrap();
        };
        keep("题目 1");
        keep("a text of no paper");
        let hear = |text: &str| voices::of_seat(&exam.app, &seat, &digest(text));
        assert_eq!(code(&hear("题目 1")), "too-early");
        exam.at(0);
        assert_eq!(code(&hear("题目 1")), "room-not-released");
        exam.release("R01");
        assert_eq!(hear("题目 1").unwrap(), "题目 1".as_bytes());
        assert_eq!(code(&hear("题目 2")), "blob-unknown", "not spoken yet");
        assert_eq!(code(&hear("a text of no paper")), "blob-unknown");
        exam.enter(1);
        assert_eq!(code(&hear("题目 1")), "seat-taken-over");
    });
}
