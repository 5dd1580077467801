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
                    &examiner_until=&categories=&language-uyghur=yes&unavailable=2026-12-24&conflicts_complete=yes";
        let page = browser.post(&address, &format!("once=change-1&{form}"));
        assert_eq!(page.location, format!("{address}?done=changed"), "{}", page.html);
        let changed = members(app).into_iter().find(|m| m.code == code).unwrap();
        assert_eq!((changed.name.as_str(), changed.pool.as_deref()), ("新名字", Some("P01")));
        assert_eq!(changed.languages, ["uyghur"]);
        let page = browser.post(&address, &format!("once=change-2&{}", form.replace("411002", "4110")));
        assert_eq!(page.status, 422);
        assert!(page.html.contains(&zh("page-pools-wrong-district")), "{}", page.html);
        let page = browser.post(&format!("{address}/bar"), "once=bar-1&until=2026-12-31&reason=");
        assert!(page.html.contains(&zh("page-pools-wrong-reason")), "{}", page.html);
        let page = browser.post(&format!("{address}/bar"), "once=bar-2&until=2026-12-31&reason=无故缺席");
        assert_eq!(page.location, format!("{address}?done=barred"), "{}", page.html);
        let page = browser.get(&address);
        assert!(page.html.contains("无故缺席") && page.html.contains(&zh("page-draws-rule-barred")));
        let name = crate::harness::person(app, "centre").display_name;
        assert!(page.html.contains(&format!(" · {name}</span>")), "who wrote it: {}", page.html);
        let page = browser.post(&format!("{address}/bar"), "once=bar-3&until=2026-11-30&reason=短一些");
        assert_eq!(page.status, 303);
        let barred = members(app).into_iter().find(|m| m.code == code).unwrap().barred_until;
        assert_eq!(barred.as_deref(), Some("2026-12-31"), "a shorter bar does not lift a longer one");
        let page = browser.post(&format!("{address}/lift"), "once=lift-1&reason=");
        assert!(page.html.contains(&zh("page-pools-wrong-reason")), "{}", page.html);
        let page = browser.post(&format!("{address}/lift"), "once=lift-2&reason=查清是误会");
        assert_eq!(page.location, format!("{address}?done=lifted"), "{}", page.html);
        let page = browser.get(&page.location);
        assert!(page.html.contains("查清是误会") && page.html.contains(&zh("page-pools-done-lifted")));
        assert!(!page.html.contains(&format!("{address}/lift")), "there is nothing to lift any more");
        assert_eq!(browser.get("/pools/nobody").status, 404);
        assert_eq!(Browser::logged_in(app, "auditor").get(&address).status, 200);
        assert_eq!(browser.get("/pools?can=no").status, 200);
        assert_rebuilds(app);
    });
}

#[test]
fn family_is_noted_by_number_and_the_number_is_never_shown() {
    const NUMBER: &str = "410191198503157317";
    on_both(|app| {
        let mut browser = Browser::logged_in(app, "centre");
        let address = format!("/pools/{}", members(app)[0].code);
        let table = [
            ("act=note&tie=family&id_number=410191198503157316", None),
            ("act=note&tie=family&id_number= 410191198503157317 ", Some(("noted", 1))),
            ("act=note&tie=family&id_number=410191198503157317", Some(("noted", 1))),
            ("act=strike&tie=trained&id_number=410191198503157317", None),
            ("act=strike&tie=family&id_number=410191198503157317", Some(("struck", 0))),
        ];
        for (number, (form, expected)) in table.into_iter().enumerate() {
            let page = browser.post(&format!("{address}/ties"), &format!("once=tie-{number}&{form}"));
            match expected {
                None => assert_eq!(page.status, 422, "{form}"),
                Some((word, count)) => {
                    assert_eq!(page.location, format!("{address}?done={word}"), "{form}: {}", page.html);
                    let page = browser.get(&page.location);
                    let shown = format!("<b class=\"num\">{count}</b> {}", zh("page-pools-family"));
                    assert!(page.html.contains(&shown) && !page.html.contains(NUMBER), "{}", page.html);
                }
            }
        }
    });
}

#[test]
fn a_workbook_is_taken_in_as_the_template_has_it() {
    on_both(|app| {
        let mut browser = Browser::logged_in(app, "centre");
        let page = browser.get("/pools");
        for name in ["xlsx", "csv"] {
            assert!(page.html.contains(&format!("href=\"/pools/template.{name}\"")), "{name}");
        }
        let template = server::poolfile::workbook().unwrap();
        let page = browser.send("/pools", &[("once", "empty")], ("file", "名单.xlsx", &template));
        assert_eq!(page.status, 200, "an empty list is a list: {}", page.html);
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        let texts = ["N901", "张三", "", "", "4110", "411002"];
        let row = |sheet: &mut rust_xlsxwriter::Worksheet, row: u32, number: &str| {
            for (column, text) in (0..).zip(texts) {
                sheet
                    .write(row, column, if column == 0 { format!("N90{row}") } else { text.into() })
                    .unwrap();
            }
            // The card's last day as a spreadsheet keeps it, the other as text.
            sheet.write_with_format(row, 6, 46387, &day).unwrap();
            sheet.write(row, 7, "2027-12-31").unwrap();
            for (column, text) in (8..).zip(["electrician", "藏语", "2026-10-01、2026-10-02", "是", number])
            {
                sheet.write(row, column, text).unwrap();
            }
        };
        for (column, head) in (0..).zip(HEADS) {
            sheet.write(0, column, head).unwrap();
        }
        row(sheet, 1, "410191198503157317");
        row(sheet, 2, "4.10392198605168E17");
        let wrong = book.save_to_buffer().unwrap();
        let page = browser.send("/pools", &[("once", "wrong")], ("file", "名单.xlsx", &wrong));
        assert_eq!(page.status, 422, "{}", page.html);
        assert!(
            page.html.contains("第 3 行") && page.html.contains(&zh("page-pools-wrong-family")),
            "{}",
            page.html
        );
        row(book.worksheet_from_index(0).unwrap(), 2, "11010519491231002X");
        let good = book.save_to_buffer().unwrap();
        let page = browser.send("/pools", &[("once", "good")], ("file", "名单.xlsx", &good));
        assert_eq!(page.status, 200, "{}", page.html);
        let new = members(app).into_iter().find(|m| m.code == "N901").unwrap();
        assert_eq!(new.invigilator_until.as_deref(), Some("2026-12-31"));
        assert_eq!((new.family_index.len(), new.unavailable.len()), (1, 2));
        assert_eq!(new.languages, ["tibetan"]);
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
