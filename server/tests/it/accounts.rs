//! Accounts: made, changed, blocked; and what nobody may do to himself or to the separation of the three administrators.

use crate::harness::{Client, PASSWORD, TestApp, assert_rebuilds, code, on_both, person};
use serde_json::{Value, json};
use server::app::accounts::{
    AccountChange, AccountSlip, AccountView, NewAccount, changes_since, create, edit, reset_password,
    reset_second_factor, show,
};
use server::app::auth::{self, Throttle, totp_codes};
use server::db::events;

const HOLDER: &str = "11010519491231002X";
const OTHER_HOLDER: &str = "360426199101010071";

fn order(change: impl FnOnce(&mut NewAccount)) -> NewAccount {
    let mut order = NewAccount {
        login: "new.person".into(),
        role: "point_staff".into(),
        display_name: "新人".into(),
        staff: None,
        organisation: None,
        point: Some("P01".into()),
        holder_number: None,
    };
    change(&mut order);
    order
}

fn security(login: &str, name: &str, number: &str) -> NewAccount {
    order(|o| {
        (o.login, o.role, o.display_name) = (login.into(), "security_administrator".into(), name.into());
        (o.point, o.holder_number) = (None, Some(number.into()));
    })
}

fn made(app: &TestApp, order: NewAccount) -> AccountSlip {
    create(app, &person(app, "secadmin"), order, None).unwrap()
}

fn seen(app: &TestApp, account: &str) -> AccountView {
    show(app, account).unwrap()
}

fn count(app: &TestApp) -> i64 {
    app.db.read(events::count).unwrap()
}

/// Logs in at the API with a password.
fn login(app: &TestApp, name: &str, password: &str) -> Result<Client, (u16, String)> {
    let answer = app.http().post("/api/v1/auth/login", &json!({"login": name, "password": password}));
    if answer.status != 200 {
        return Err(answer.problem());
    }
    Ok(app.http().with_token(answer.ok()["token"].as_str().unwrap()))
}

#[test]
fn a_new_account_logs_in_once_with_what_the_slip_says_and_then_needs_its_own_password() {
    on_both(|app| {
        let slip = made(app, order(|_| ()));
        let first = slip.password.unwrap();
        assert_eq!(slip.second_factor, None);
        let client = login(app, "new.person", &first).unwrap();
        assert_eq!(client.get("/api/v1/sessions").problem(), (403, "password-change-needed".to_owned()));
        assert_eq!(client.get("/api/v1/me").ok()["point"], "P01");
        let throttle = Throttle::default();
        assert!(auth::credentials(app, &throttle, "new.person", &first).is_err(), "it signs nothing");
        let change = |present: &str, new: &str| {
            client.post("/api/v1/me/password", &json!({"present": present, "new": new}))
        };
        for weak in ["short", "my-new.person-2026", first.as_str()] {
            assert_eq!(change(&first, weak).problem(), (422, "password-weak".to_owned()), "{weak}");
        }
        assert_eq!(change("wrong", "four words in a row").problem(), (422, "password-wrong".to_owned()));
        let token = change(&first, "four words in a row").ok()["token"].as_str().unwrap().to_owned();
        assert_eq!(client.get("/api/v1/me").status, 401, "the login from before has ended");
        assert_eq!(app.http().with_token(&token).get("/api/v1/sessions").status, 200);
        assert_eq!(login(app, "new.person", &first).err().unwrap().0, 401);
        assert!(login(app, "new.person", "four words in a row").is_ok());
        assert!(seen(app, &slip.account).last_login.is_some());
        assert_rebuilds(app);
    });
}

#[test]
fn an_administrator_gets_a_second_factor_and_logs_in_with_it() {
    on_both(|app| {
        let slip = made(app, security("second", "安全管理员 乙", HOLDER));
        let (password, secret) = (slip.password.unwrap(), slip.second_factor.unwrap());
        let throttle = Throttle::default();
        let code = totp_codes(&secret, app.clock.now()).unwrap().remove(0);
        assert!(auth::login(app, &throttle, "second", &password, None).is_err());
        assert!(auth::login(app, &throttle, "second", &password, Some(&code)).is_ok());
        let again = reset_second_factor(app, &person(app, "secadmin"), &slip.account, None).unwrap();
        let new = again.second_factor.unwrap();
        assert_ne!(new, secret);
        assert!(auth::login(app, &throttle, "second", &password, Some(&code)).is_err(), "the old secret");
        let code = totp_codes(&new, app.clock.now()).unwrap().remove(0);
        assert!(auth::login(app, &throttle, "second", &password, Some(&code)).is_ok());
        assert_rebuilds(app);
    });
}

#[test]
fn what_does_not_fit_is_refused_by_its_code_and_changes_nothing() {
    let table: Vec<(&str, NewAccount, &str)> = vec![
        ("taken", order(|o| o.login = "centre".into()), "login-taken"),
        ("capitals", order(|o| o.login = "New".into()), "field-invalid"),
        ("too short", order(|o| o.login = "ab".into()), "field-invalid"),
        ("no name", order(|o| o.display_name = " ".into()), "field-invalid"),
        ("role", order(|o| o.role = "king".into()), "field-invalid"),
        ("a seat", order(|o| o.role = "examinee".into()), "field-invalid"),
        ("no point", order(|o| o.point = None), "field-invalid"),
        ("unknown point", order(|o| o.point = Some("P99".into())), "field-invalid"),
        ("staff at a point", order(|o| o.staff = Some("E001".into())), "field-invalid"),
        (
            "an employer as institution",
            order(|o| {
                (o.role, o.point) = ("training_institution".into(), None);
                o.organisation = Some("C01".into());
            }),
            "field-invalid",
        ),
        (
            "an administrator without a number",
            order(|o| (o.role, o.point) = ("auditor".into(), None)),
            "holder-needed",
        ),
        (
            "a wrong number",
            order(|o| {
                (o.role, o.point) = ("auditor".into(), None);
                o.holder_number = Some("440524198001010014".into());
            }),
            "field-invalid",
        ),
    ];
    on_both(|app| {
        let before = count(app);
        for (what, order, expected) in &table {
            let outcome = create(app, &person(app, "secadmin"), order.clone(), None);
            assert_eq!(code(&outcome), *expected, "{what}");
        }
        assert_eq!(count(app), before);
    });
}

#[test]
fn the_three_administrators_are_three_people() {
    on_both(|app| {
        made(app, security("second", "安全管理员 乙", HOLDER));
        let auditor = |number: &str, name: &str| {
            order(|o| {
                (o.login, o.role, o.display_name) = ("audit2".into(), "auditor".into(), name.into());
                (o.point, o.holder_number) = (None, Some(number.into()));
            })
        };
        let try_it = |order: NewAccount| code(&create(app, &person(app, "secadmin"), order, None));
        assert_eq!(try_it(auditor(HOLDER, "审计员 丙")), "administrators-separate", "the same number");
        // The demo's own have no number yet: their names are compared.
        assert_eq!(try_it(auditor(OTHER_HOLDER, "审计员 任衡")), "administrators-separate", "the same name");
        assert_eq!(try_it(auditor(OTHER_HOLDER, "审计员 丙")), "ok");
        let account = seen(app, &person(app, "auditor").account);
        let change = AccountChange { role: Some("system_administrator".into()), ..AccountChange::default() };
        let outcome = edit(app, &person(app, "secadmin"), (&account.account, account.version), change, None);
        assert_eq!(code(&outcome), "administrators-separate", "none goes on to another of the three");
    });
}

#[test]
fn a_blocked_account_is_out_at_once_and_its_old_logins_do_not_come_back() {
    on_both(|app| {
        let client = app.logged_in("centre");
        assert_eq!(client.get("/api/v1/me").status, 200);
        let secadmin = person(app, "secadmin");
        let account = seen(app, &person(app, "centre").account);
        let change = |blocked, reason: Option<&str>| AccountChange {
            blocked: Some(blocked),
            reason: reason.map(str::to_owned),
            ..AccountChange::default()
        };
        let at = |view: &AccountView| (view.account.clone(), view.version);
        let (id, version) = at(&account);
        assert_eq!(code(&edit(app, &secadmin, (&id, version), change(true, None), None)), "field-invalid");
        let blocked = edit(app, &secadmin, (&id, version), change(true, Some("lost")), None).unwrap();
        assert_eq!(client.get("/api/v1/me").status, 401);
        assert_eq!(login(app, "centre", PASSWORD).err(), Some((403, "account-blocked".to_owned())));
        assert_eq!(login(app, "centre", "wrong").err(), Some((401, "login-wrong".to_owned())));
        let throttle = Throttle::default();
        assert!(auth::credentials(app, &throttle, "centre", PASSWORD).is_err(), "it signs nothing");
        let (id, version) = at(&blocked);
        edit(app, &secadmin, (&id, version), change(false, None), None).unwrap();
        assert_eq!(client.get("/api/v1/me").status, 401, "what was void stays void");
        assert!(login(app, "centre", PASSWORD).is_ok());
        let kinds: Vec<String> =
            app.db.read(|c| events::page(c, 1, 10_000)).unwrap().into_iter().map(|e| e.kind).collect();
        assert_eq!(kinds.iter().filter(|k| *k == "login_refused").count(), 2);
        assert_rebuilds(app);
    });
}

#[test]
fn nobody_takes_away_the_own_rights_or_the_last_security_administrator() {
    on_both(|app| {
        let secadmin = person(app, "secadmin");
        let own = seen(app, &secadmin.account);
        let block =
            || AccountChange { blocked: Some(true), reason: Some("why".into()), ..AccountChange::default() };
        let role = || AccountChange { role: Some("inspector".into()), ..AccountChange::default() };
        for change in [block(), role()] {
            let outcome = edit(app, &secadmin, (&own.account, own.version), change, None);
            assert_eq!(code(&outcome), "account-oneself");
        }
        assert_eq!(code(&reset_password(app, &secadmin, &own.account, None)), "account-oneself");
        assert_eq!(code(&reset_second_factor(app, &secadmin, &own.account, None)), "account-oneself");
        let slip = made(app, security("second", "安全管理员 乙", HOLDER));
        let (second, other) = (person(app, "second"), seen(app, &slip.account));
        // Each wants to block the other at the same moment: one of them comes first, and then the other may not any more.
        edit(app, &second, (&own.account, own.version), block(), None).unwrap();
        let late = edit(app, &secadmin, (&other.account, other.version), block(), None);
        assert_eq!(code(&late), "not-logged-in");
        assert!(!seen(app, &other.account).blocked);
    });
}

#[test]
fn two_who_change_the_same_account_do_not_overwrite_one_another() {
    on_both(|app| {
        let client = app.logged_in("secadmin");
        let path = "/api/v1/accounts/acc-point";
        let body = json!({"display_name": "第一考试点 甲"});
        assert_eq!(
            client.call("PATCH", path, Some(&body), None).problem(),
            (428, "precondition-required".into())
        );
        let known = seen(app, "acc-point");
        let tag = format!("\"{}\"", known.version);
        let changed = client.patch(path, &tag, &body);
        assert_eq!((changed.status, changed.ok()["display_name"].clone()), (200, json!("第一考试点 甲")));
        let stale = client.patch(path, &tag, &json!({"display_name": "第一考试点 乙"}));
        assert_eq!(stale.problem(), (412, "precondition-failed".into()));
        for odd in ["*", "1", "W/\"1\"", "\"x\""] {
            assert_eq!(client.patch(path, odd, &body).problem().0, 412, "{odd}");
        }
        assert_eq!(seen(app, "acc-point").display_name, "第一考试点 甲");
        let point =
            client.patch(path, &format!("\"{}\"", seen(app, "acc-point").version), &json!({"point": "P02"}));
        assert_eq!(
            point.ok()["place_zh"],
            seen(app, "acc-point2").place_zh.map_or(Value::Null, Value::String)
        );
        let told = changes_since(app, "acc-point", known.version).unwrap();
        let told: Vec<(&str, &str, &str, &str)> =
            told.iter().map(|d| (d.field, d.before.as_str(), d.now.as_str(), d.by.as_str())).collect();
        let by = person(app, "secadmin").display_name;
        assert_eq!(
            told,
            [
                ("display_name", known.display_name.as_str(), "第一考试点 甲", by.as_str()),
                ("place", "P01", "P02", by.as_str())
            ]
        );
        assert_rebuilds(app);
    });
}

#[test]
fn a_new_role_ends_the_logins_and_takes_the_place_of_the_old_one_along() {
    on_both(|app| {
        let client = app.logged_in("point");
        let secadmin = person(app, "secadmin");
        let known = seen(app, "acc-point");
        let change = AccountChange { role: Some("inspector".into()), ..AccountChange::default() };
        let now = edit(app, &secadmin, ("acc-point", known.version), change, None).unwrap();
        assert_eq!((now.role.as_str(), now.point), ("inspector", None));
        assert_eq!(client.get("/api/v1/me").status, 401);
        assert_eq!(app.logged_in("point").get("/api/v1/me").ok()["role"], "inspector");
        let admin = AccountChange {
            role: Some("system_administrator".into()),
            holder_number: Some(HOLDER.into()),
            ..AccountChange::default()
        };
        let version = seen(app, "acc-point").version;
        let outcome = edit(app, &secadmin, ("acc-point", version), admin.clone(), None);
        assert_eq!(code(&outcome), "second-factor-missing");
        reset_second_factor(app, &secadmin, "acc-point", None).unwrap();
        assert_eq!(code(&edit(app, &secadmin, ("acc-point", version), admin, None)), "ok");
        assert_rebuilds(app);
    });
}

#[test]
fn a_slip_that_is_asked_for_twice_with_one_key_is_the_same_slip() {
    on_both(|app| {
        let client = app.logged_in("secadmin");
        let body = json!({"login": "twice", "role": "centre_staff", "display_name": "两次"});
        let first = client.post_once("k1", "/api/v1/accounts", &body).ok();
        let before = count(app);
        assert_eq!(client.post_once("k1", "/api/v1/accounts", &body).ok(), first);
        assert_eq!(count(app), before);
        let reset = "/api/v1/accounts/acc-centre/password";
        let slip = client.post_once("k2", reset, &json!({})).ok();
        assert_eq!(client.post_once("k2", reset, &json!({})).ok(), slip);
        assert_eq!(login(app, "centre", PASSWORD).err().unwrap().0, 401, "the old password");
        assert!(login(app, "centre", slip["password"].as_str().unwrap()).is_ok());
        assert!(app.dump("events").iter().all(|e| !e.contains(slip["password"].as_str().unwrap())));
        assert!(app.dump("idempotency").iter().all(|e| !e.contains(slip["password"].as_str().unwrap())));
    });
}
