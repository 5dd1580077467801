//! The morning at the exam point: the readiness list (开考条件确认单).

use super::play::Play;
use super::report::Running;
use crate::client::{Request, list, text};
use crate::fail::{Context, Fail, Outcome};
use serde_json::{Value, json};

/// One item is red at first: the list cannot be signed.
///
/// # Errors
/// If it can.
pub fn red_at_first(play: &mut Play, _: &Running) -> Outcome<usize> {
    let (path, items) = listed(play)?;
    let last = items.last().or_fail("an item of the readiness list")?;
    let findings = json!([{"item": last, "verdict": "red", "note": "to be completed"}]);
    let staff = play.login("point")?;
    staff.post(path.clone(), "readiness-red", json!({ "findings": findings }))?;
    let sign = Request::post(format!("{path}/sign"), json!({ "password": play.setting.password }));
    staff.send(sign)?.refused("not-ready")?;
    Ok(1)
}

/// Finds every item in order and signs: only then may a room open.
///
/// # Errors
/// If the list is not in force afterwards.
pub fn confirm(play: &mut Play, _: &Running) -> Outcome<usize> {
    let (path, items) = listed(play)?;
    let staff = play.login("point")?;
    let findings: Vec<Value> =
        items.iter().map(|item| json!({"item": item, "verdict": "confirmed"})).collect();
    staff.post(path.clone(), &format!("readiness-{}", play.setting.day), json!({ "findings": findings }))?;
    let signature = json!({ "password": play.setting.password });
    let signed =
        staff.post(format!("{path}/sign"), &format!("readiness-sign-{}", play.setting.day), signature)?;
    match signed.get("ready").and_then(Value::as_bool) {
        Some(true) => Ok(items.len()),
        _ => Err(Fail::new(format!("the readiness list is signed, and rooms may not open: {signed}"))),
    }
}

/// Path of the readiness list, and the codes of its items.
fn listed(play: &Play) -> Outcome<(String, Vec<String>)> {
    let path = format!("{}/readiness", play.setting.path());
    let shown = play.login("point")?.get(path.clone())?;
    let items = list(&shown, "items")?.iter().map(|item| text(item, "code")).collect::<Outcome<_>>()?;
    Ok((path, items))
}
