//! A small world, seeded from files, for tests of what happens before a session.

use crate::harness::TestApp;
use server::app::seed::{SeedReport, seed};
use std::path::PathBuf;

/// Password of every account of the world.
pub const PASSWORD: &str = "kaodian-demo-2026";

/// The fixtures of the project.
pub fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures"))
}

/// A file of the fixtures.
pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap()
}

/// The file of test data from outside; `None`, and a line that says so, where there is none.
pub fn testdata(name: &str) -> Option<Vec<u8>> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata").to_owned();
    let dir = std::env::var("KAODIAN_TESTDATA").unwrap_or(default);
    let file = std::fs::read(PathBuf::from(dir).join(name)).ok();
    if file.is_none() {
        println!("skipped: there is no test data {name}");
    }
    file
}

/// Seeds a world whose file has this text.
pub fn seed_text(app: &TestApp, text: &str) -> SeedReport {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("world.toml");
    std::fs::write(&file, text).unwrap();
    seed(app, &fixtures(), &file, &|_, _, _| {}).unwrap()
}

/// Two training institutions, an employer, and who works with registrations and banks.
pub fn load(app: &TestApp) {
    seed_text(app, &world());
}

fn world() -> String {
    let mut text = String::from("rule_set = \"national@2026.1\"\nexam_day = \"2026-09-28\"\n");
    for (code, kind) in [("T01", "training"), ("T02", "training"), ("C01", "employer")] {
        text += &format!(
            "[[organisation]]\ncode = \"{code}\"\nkind = \"{kind}\"\nname_zh = \"{code}\"\nname_en = \"{code}\"\n"
        );
    }
    let accounts = [
        ("centre", "centre_staff", ""),
        ("centre2", "centre_staff", ""),
        ("auditor", "auditor", ""),
        ("training", "training_institution", "organisation = \"T01\"\n"),
        ("training2", "training_institution", "organisation = \"T02\"\n"),
        ("enterprise", "enterprise", "organisation = \"C01\"\n"),
    ];
    for (login, role, more) in accounts {
        text += &format!(
            "[[account]]\nlogin = \"{login}\"\nrole = \"{role}\"\ndisplay_name = \"{login}\"\n\
             password = \"{PASSWORD}\"\n{more}"
        );
    }
    text
}
