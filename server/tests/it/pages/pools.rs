//! Pools and the planning board.

use super::browser::{Browser, Page};
use crate::harness::{TestApp, assert_rebuilds, on_both};
use crate::sessions::{LOW_VOLTAGE, filled, order, seat};
use server::db::events;
use server::event::{Fact, StaffAdded};
use server::poolfile::HEADS;
use server::text::{Lang, text};

fn key(page: &Page) -> String {
    let after = page.html.split("name=\"once\" value=\"").nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

fn zh(id: &str) -> String {
    text(Lang::Zh, id)
}

fn members(app: &TestApp) -> Vec<StaffAdded> {
    app.db.read(server::db::world::staff).unwrap()
}

fn list(rows: &[&str]) -> Vec<u8> {
    let mut lines = vec![HEADS.join(",")];
    lines.extend(rows.iter().map(|row| (*row).to_owned()));
    lines.join("\r\n").into_bytes()
}

#[test]
fn a_list_is_taken_in_as_a_whole_or_not_at_all_and_twice_changes_nothing() {
    on_both(|app| {
        let mut browser = Browser::logged_in(app, "centre");
        let before = members(app).len();
        let send = |browser: &mut Browser, number: usize, rows: &[&str]| {
            let key = format!("list-{number}");
            browser.send("/pools", &[("once", &key)], ("file", "名单.csv", &list(rows)))
        };
        let good = "N901,张三,,,4110,411002,2027-12-31,2027-12-31,electrician,,2026-10-01、2026-10-02,是";
        let open = "N902,李四,,,,411002,2027-12-31,,,,,";
        let wrong = "N903,王五,没有的单位,,,411002,,,,,,是";
        let page = send(&mut browser, 1, &[good, open, wrong]);
        assert_eq!(page.status, 422, "{}", page.html);
        assert!(page.html.contains(&zh("page-pools-wrong-employer")), "{}", page.html);
        assert_eq!(members(app).len(), before, "nothing is half taken in");
        let page = send(&mut browser, 2, &[good, open]);
        assert_eq!(page.status, 200, "{}", page.html);
        assert!(page.html.contains(&zh("page-pools-incomplete")) && page.html.contains("N902"));
        let new = members(app).into_iter().find(|m| m.code == "N901").unwrap();
        assert_eq!((new.pool.as_deref(), new.unavailable.len()), (Some("4110"), 2));
        let count = app.db.read(events::count).unwrap();
        assert_eq!(send(&mut browser, 3, &[good, open]).status, 200);
        assert_eq!(app.db.read(events::count).unwrap(), count, "the same list again");
        assert_eq!(send(&mut browser, 4, &["N904,赵六"]).status, 422);
        let page = browser.send("/pools", &[("once", "list-5")], ("file", "x.csv", b"a,b\r\n1,2\r\n"));
        assert!(page.html.contains(&zh("problem-pool-file-unreadable")), "{}", page.html);
        assert_rebuilds(app);
    });
}

#[test]
fn a_member_is_changed_and_barred_and_both_stay_on_record() {
    on_both(|app| {
        let mut browser = Browser::logged_in(app, "centre");
        let code = members(app).into_iter().find(|m| m.barred_until.is_none()).unwrap().code;
        let address = format!("/pools/{code}");
        let page = browser.get(&address);
        assert_eq!(page.status, 200, "{}", page.html);
        let form = "name=新名字&employer=&taught_at=&district=411002&pool=P01&invigilator_until=2027-01-01\
                    &examiner_until=&categories=&languages=&unavailable=2026-12-24&conflicts_complete=yes";
        let page = browser.post(&address, &format!("once=change-1&{form}"));
        assert_eq!(page.location, format!("{address}?done=changed"), "{}", page.html);
        let changed = members(app).into_iter().find(|m| m.code == code).unwrap();
        assert_eq!((changed.name.as_str(), changed.pool.as_deref()), ("新名字", Some("P01")));
        let page = browser.post(&address, &format!("once=change-2&{}", form.replace("411002", "4110")));
        assert_eq!(page.status, 422);
        assert!(page.html.contains(&zh("page-pools-wrong-district")), "{}", page.html);
        let page = browser.post(&format!("{address}/bar"), "once=bar-1&until=2026-12-31&reason=");
        assert!(page.html.contains(&zh("page-pools-wrong-reason")), "{}", page.html);
        let page = browser.post(&format!("{address}/bar"), "once=bar-2&until=2026-12-31&reason=无故缺席");
        assert_eq!(page.location, format!("{address}?done=barred"), "{}", page.html);
        let page = browser.get(&address);
        assert!(page.html.contains("无故缺席") && page.html.contains(&zh("page-draws-rule-barred")));
        let page = browser.post(&format!("{address}/bar"), "once=bar-3&until=2026-11-30&reason=短一些");
        assert_eq!(page.status, 303);
        let barred = members(app).into_iter().find(|m| m.code == code).unwrap().barred_until;
        assert_eq!(barred.as_deref(), Some("2026-12-31"), "a shorter bar does not lift a longer one");
        assert_eq!(browser.get("/pools/nobody").status, 404);
        assert_eq!(Browser::logged_in(app, "auditor").get(&address).status, 200);
        assert_eq!(browser.get("/pools?can=no").status, 200);
        assert_rebuilds(app);
    });
}

#[test]
fn the_board_of_a_day_tells_who_may_and_leads_to_the_draw() {
    on_both(|app| {
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, "2026-09-28T09:00:00+08:00"), 1..=2);
        let mut browser = Browser::logged_in(app, "centre");
        let page = browser.get("/plan/staff?day=2026-09-28");
        assert!(page.html.contains(&zh("page-not-seated")) && !page.html.contains("name=\"sessions\""));
        seat(app, &session);
        let page = browser.get("/plan/staff?day=2026-09-28");
        assert_eq!(page.status, 200, "{}", page.html);
        assert!(
            page.html.contains("room-R1-1") && page.html.contains(&zh("page-draws-may")),
            "{}",
            page.html
        );
        let drawn = format!("once={}&day=2026-09-28&sessions={session}", key(&page));
        let page = browser.post("/plan/staff", &drawn);
        assert_eq!(page.location, format!("/draws/{session}-staff-1"), "{}", page.html);
        let page = browser.get("/plan/staff?day=2026-09-28");
        assert!(!page.html.contains("name=\"sessions\""), "drawn once");
        assert_eq!(browser.get("/plan/staff?day=never").status, 422);
    });
}

#[test]
fn the_board_says_what_stands_against_a_draw_and_who_could_be_added() {
    on_both(|app| {
        let (session, _) = filled(app, order("P01", LOW_VOLTAGE, "2026-09-28T09:00:00+08:00"), 1..=2);
        seat(app, &session);
        let barred = members(app).into_iter().filter(|m| m.invigilator_until.is_some());
        let barred = barred.map(|m| StaffAdded { barred_until: Some("2026-12-31".into()), ..m });
        app.tell(barred.map(Fact::StaffAdded).collect());
        let page = Browser::logged_in(app, "centre").get("/plan/staff?day=2026-09-28");
        assert!(page.html.contains("停用期内"), "{}", page.html);
        assert!(page.html.contains("如果不受以下规则限制"), "{}", page.html);
        assert!(!page.html.contains("name=\"sessions\""), "nothing can be drawn");
    });
}
