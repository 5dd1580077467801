//! Who has which post of a session is told late; until then nobody reads it from the events either.

use super::{AuditError, Field, Line, Shown, parsed};
use crate::app::duties::sealed_now;
use crate::db::events::EventRow;
use crate::db::{Conn, sessions};
use serde_json::Value;
use shared::time::Instant;

/// Facts that say who has which post.
const POSTS: [&str; 4] = ["staff_drawn", "duty_answered", "duty_passed", "duties_filled"];

/// Fields of them that say it, or from which it follows.
const TELLING: [&str; 6] = ["duties", "session", "post", "reserve", "to", "left"];

/// Whether an event tells what is not told yet.
pub(super) fn hides(conn: &mut Conn, row: &EventRow, now: Instant) -> Result<bool, AuditError> {
    if !POSTS.contains(&row.kind.as_str()) {
        return Ok(false);
    }
    let body = parsed(row);
    let Some(id) = body.get("session").and_then(Value::as_str) else { return Ok(false) };
    match sessions::session(conn, id)? {
        Some(session) => Ok(sealed_now(conn, &session, now)?),
        None => Ok(false),
    }
}

/// The line without what it is about. That staff was drawn for a session is no secret, but who answers is one of them.
pub(super) fn bare(mut line: Line) -> Line {
    if line.kind != "staff_drawn" {
        line.things.retain(|thing| thing.what != "session");
    }
    line
}

/// A field that tells nothing any more.
pub(super) fn hide(field: &mut Field) {
    if TELLING.contains(&field.key.as_str()) {
        field.value = Shown::Hidden;
    }
}
