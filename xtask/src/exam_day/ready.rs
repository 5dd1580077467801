//! The morning at the exam point: the readiness list (开考条件确认单).

use super::play::Play;
use super::report::Running;
use super::world;
use crate::client::{Request, list, text};
use crate::fail::{Context, Fail, Outcome};
use serde_json::{Value, json};

/// Looks at every item, one of them red first, and signs: only then may a room open.
///
/// # Errors
/// If the list can be signed while an item is red, or is not in force afterwards.
pub fn confirm(play: &mut Play, _: &Running) -> Outcome<usize> {
    let path = format!("/api/v1/days/{}/points/{}/readiness", world::DAY, world::POINT);
    let staff = play.login("point")?;
    let shown = staff.get(path.clone())?;
    let mut items = Vec::new();
    for item in list(&shown, "items")? {
        items.push(text(item, "code")?);
    }
    let last = items.last().or_fail("an item of the readiness list")?.clone();
    let findings: Vec<Value> = items
        .iter()
        .map(|item| match *item == last {
            true => json!({"item": item, "verdict": "red", "note": "to be completed"}),
            false => json!({"item": item, "verdict": "confirmed"}),
        })
        .collect();
    staff.post(path.clone(), "readiness-1", json!({ "findings": findings }))?;
    let sign = format!("{path}/sign");
    let signature = json!({ "password": world::PASSWORD });
    staff.send(Request::post(sign.clone(), signature.clone()))?.refused("not-ready")?;
    let findings = json!([{"item": last, "verdict": "confirmed"}]);
    staff.post(path, "readiness-2", json!({ "findings": findings }))?;
    let signed = staff.post(sign, "readiness-sign", signature)?;
    match signed.get("ready").and_then(Value::as_bool) {
        Some(true) => Ok(items.len()),
        _ => Err(Fail::new(format!("the readiness list is signed, and rooms may not open: {signed}"))),
    }
}
