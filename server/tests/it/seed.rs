//! Seeding: the demo world goes in once, whole, and the same on either database.

use crate::harness::{TestApp, assert_rebuilds, on_both_with, person};
use crate::small;
use server::app::auth::{AuthError, Throttle, login, totp_codes};
use server::app::people::registrations;
use server::app::seed::{SeedError, SeedReport, seed};
use server::app::sets::sets;
use server::db::events;
use std::cell::RefCell;
use std::path::Path;

fn demo(app: &TestApp) -> SeedReport {
    seed(app, &small::fixtures(), &small::fixtures().join("worlds/demo/world.toml"), &|_, _, _| {}).unwrap()
}

fn events_of(app: &TestApp) -> i64 {
    app.db.read(events::count).unwrap()
}

fn nothing(_: &TestApp) {}

#[test]
fn the_demo_world_goes_in_whole() {
    let answers = on_both_with(nothing, |app| {
        let report = demo(app);
        let table = [
            ("rule sets", 5),
            ("trades", 68),
            ("calendars", 8),
            ("sheet files", 3),
            ("organisations", 10),
            ("points", 2),
            ("staff", 40),
            ("accounts", 66),
            ("candidates", 32),
            ("banks", 3),
            ("question sets", 15),
            ("practice banks", 2),
        ];
        for (what, expected) in table {
            assert_eq!(report.added(what), expected, "{what}");
        }
        assert_eq!((report.rule_set.as_str(), report.exam_day.as_str()), ("national@2026.1", "2026-09-28"));
        let views = sets(app, "electrician-low-voltage").unwrap();
        assert!(views.iter().all(|s| s.state == "in_force" && s.questions == 100));
        let (items, total) = registrations(app, &person(app, "centre"), None, (0, 200)).unwrap();
        assert_eq!(total, 32);
        let names: Vec<String> = items.into_iter().map(|i| i.name_masked + &i.registration).collect();
        assert_rebuilds(app);
        (report, names, app.dump("trades"), views)
    });
    assert!(answers.windows(2).all(|w| w[0] == w[1]));
}

#[test]
fn seeding_twice_changes_nothing() {
    on_both_with(nothing, |app| {
        demo(app);
        let (count, tables) = (events_of(app), app.dump_projections());
        let again = demo(app);
        assert_eq!(again.added_in_all(), 0, "{:?}", again.counts);
        assert_eq!(again.second_factors, []);
        assert_eq!(events_of(app), count);
        assert_eq!(app.dump_projections(), tables);
    });
}

#[test]
fn progress_reaches_the_end_of_everything() {
    let app = TestApp::open(crate::harness::Backend::Sqlite).unwrap();
    let seen = RefCell::new(Vec::new());
    let tell = |what: &str, done: u64, all: u64| seen.borrow_mut().push((what.to_owned(), done, all));
    seed(&app, &small::fixtures(), &small::fixtures().join("worlds/demo/world.toml"), &tell).unwrap();
    let seen = seen.into_inner();
    for what in ["trades", "staff", "accounts", "candidates", "banks"] {
        let last = seen.iter().rfind(|(w, _, _)| w == what);
        assert!(last.is_some_and(|(_, done, all)| done == all && *all > 0), "{what}: {last:?}");
    }
}

#[test]
fn who_administers_has_a_second_factor_that_is_shown_once() {
    on_both_with(nothing, |app| {
        let report = demo(app);
        let logins: Vec<&str> = report.second_factors.iter().map(|(login, _)| login.as_str()).collect();
        assert_eq!(logins, ["sysadmin", "secadmin"]);
        let throttle = Throttle::default();
        let try_it = |digits: Option<&str>| login(app, &throttle, "sysadmin", small::PASSWORD, digits);
        assert!(matches!(try_it(None), Err(AuthError::SecondFactorNeeded)));
        let codes = totp_codes(&report.second_factors[0].1, app.clock.now()).unwrap();
        assert!(try_it(Some(&codes[0])).is_ok());
        assert!(login(app, &throttle, "centre", small::PASSWORD, None).is_ok());
    });
}

#[test]
fn whoever_of_the_pool_may_be_drawn_can_log_in_for_it() {
    let app = TestApp::open(crate::harness::Backend::Sqlite).unwrap();
    demo(&app);
    let try_it = |name: &str| login(&app, &Throttle::default(), name, small::PASSWORD, None);
    for (name, role) in
        [("e001-room", "invigilator"), ("e018-room", "invigilator"), ("e018-station", "examiner")]
    {
        let (_, person) = try_it(name).unwrap();
        assert_eq!(person.role.word(), role, "{name}");
        assert_eq!(person.staff.map(|s| s.to_lowercase()).as_deref(), name.split('-').next(), "{name}");
    }
    assert!(matches!(try_it("e001-station"), Err(AuthError::Credentials)), "invigilates only");
}

#[test]
fn a_changed_file_changes_what_it_speaks_of_and_nothing_else() {
    on_both_with(nothing, |app| {
        let text = std::fs::read_to_string(small::fixtures().join("worlds/demo/world.toml")).unwrap();
        let first = small::seed_text(app, &text);
        assert!(first.added("staff") == 40);
        let changed = text
            .replacen("display_name = \"审计员 简明\"", "display_name = \"审计员 简单\"", 1)
            .replacen("name_en = \"Theory room 1\"", "name_en = \"Room one\"", 1);
        let second = small::seed_text(app, &changed);
        let added: Vec<(&str, u64)> =
            second.counts.iter().filter(|c| c.added > 0).map(|c| (c.what, c.added)).collect();
        assert_eq!(added, [("points", 1), ("accounts", 1)]);
        assert!(login(app, &Throttle::default(), "auditor", small::PASSWORD, None).is_ok());
        assert_eq!(person(app, "auditor").display_name, "审计员 简单");
    });
}

#[test]
fn a_world_that_contradicts_itself_is_refused_before_anything_is_stored() {
    let text = std::fs::read_to_string(small::fixtures().join("worlds/demo/world.toml")).unwrap();
    let table = [
        ("unknown key", "exam_day = ", "exam_date = \"2026-09-28\"\nexam_day = "),
        ("no rule set", "national@2026.1", "moon@2026.1"),
        ("no day", "exam_day = \"2026-09-28\"", "exam_day = \"2026-09-31\""),
        ("kind of organisation", "kind = \"authority\"", "kind = \"ministry\""),
        ("code twice", "code = \"T02\"", "code = \"T01\""),
        ("no employer", "employer = \"C06\"\ntaught_at", "employer = \"C77\"\ntaught_at"),
        ("role", "role = \"auditor\"", "role = \"examinee\""),
        ("point of an account", "point = \"P02\"", "point = \"P77\""),
        ("seats", "seats = 30", "seats = 0"),
    ];
    let app = TestApp::open(crate::harness::Backend::Sqlite).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("world.toml");
    for (what, from, to) in table {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{what}");
        std::fs::write(&file, changed).unwrap();
        let refused = seed(&app, &small::fixtures(), &file, &|_, _, _| {});
        assert!(matches!(refused, Err(SeedError::File(..))), "{what}: {refused:?}");
        assert_eq!(events_of(&app), 0, "{what}");
    }
    let missing = seed(&app, &small::fixtures(), Path::new("/nowhere/world.toml"), &|_, _, _| {});
    assert!(matches!(missing, Err(SeedError::Read(..))));
}

#[test]
fn a_rule_set_is_never_changed() {
    let app = TestApp::open(crate::harness::Backend::Sqlite).unwrap();
    let dir = tempfile::tempdir().unwrap();
    copy(&small::fixtures(), dir.path());
    let world = dir.path().join("worlds/demo/world.toml");
    let rules = dir.path().join("rules/suzhou-2026.1.toml");
    let text = std::fs::read_to_string(&world).unwrap();
    std::fs::write(&world, text.replace("banks = true", "banks = false")).unwrap();
    seed(&app, dir.path(), &world, &|_, _, _| {}).unwrap();
    let text = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, text.replace("late_minutes = 30", "late_minutes = 45")).unwrap();
    let refused = seed(&app, dir.path(), &world, &|_, _, _| {});
    assert!(matches!(refused, Err(SeedError::RuleSetChanged(id)) if id == "suzhou@2026.1"));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}
