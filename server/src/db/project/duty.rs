//! What facts of duties do to the tables.

use super::super::conn::Conn;
use super::super::error::{DbError, DbResult};
use super::super::events::EventRow;
use super::super::schema::{duties, duty_changes, duty_swaps, staff};
use super::json;
use crate::event::{DutiesFilled, DutyAnswered, DutyPassed, StaffAdded, SwapDecided, SwapProposed};
use diesel::prelude::*;

pub fn answered(conn: &mut Conn, at: i64, f: &DutyAnswered) -> DbResult<()> {
    if f.answer == "confirmed" {
        let values = (duties::state.eq("confirmed"), duties::answered_at.eq(at));
        diesel::update(duties::table.find((&f.session, &f.post))).set(values).execute(conn)?;
    }
    Ok(())
}

pub fn passed(conn: &mut Conn, row: &EventRow, f: &DutyPassed) -> DbResult<()> {
    let post = duties::table.find((&f.session, &f.post));
    let nobody = duties::answered_at.eq(None::<i64>);
    match &f.to {
        Some(to) => {
            diesel::update(post)
                .set((duties::staff.eq(to), duties::state.eq("drawn"), nobody))
                .execute(conn)?;
        }
        None => {
            diesel::update(post).set((duties::state.eq("open"), nobody)).execute(conn)?;
        }
    }
    if let Some(reserve) = &f.reserve {
        let reserve = duties::table.find((&f.session, reserve));
        diesel::update(reserve).set(duties::state.eq("moved")).execute(conn)?;
    }
    if let Some(until) = &f.barred_until {
        bar(conn, &f.left, until)?;
    }
    changed(conn, row, (&f.session, &f.post), &f.why, (&f.left, f.to.as_deref()), "")
}

/// The posts are of those who were drawn now; each was left by somebody before.
pub fn filled(conn: &mut Conn, row: &EventRow, f: &DutiesFilled) -> DbResult<()> {
    for duty in &f.duties {
        let post = duties::table.find((&f.session, &duty.post));
        let left: String = post.select(duties::staff).first(conn)?;
        let values =
            (duties::staff.eq(&duty.staff), duties::state.eq("drawn"), duties::answered_at.eq(None::<i64>));
        diesel::update(duties::table.find((&f.session, &duty.post))).set(values).execute(conn)?;
        changed(conn, row, (&f.session, &duty.post), "drawn", (&left, Some(&duty.staff)), "")?;
    }
    Ok(())
}

/// A later bar stays.
fn bar(conn: &mut Conn, code: &str, until: &str) -> DbResult<()> {
    let body: String = staff::table.find(code).select(staff::body).first(conn)?;
    let mut member: StaffAdded =
        serde_json::from_str(&body).map_err(|e| DbError::corrupt("member of staff", e))?;
    if member.barred_until.as_deref().is_none_or(|before| before < until) {
        member.barred_until = Some(until.to_owned());
        diesel::update(staff::table.find(code)).set(staff::body.eq(json(&member)?)).execute(conn)?;
    }
    Ok(())
}

pub fn swap_proposed(conn: &mut Conn, row: &EventRow, f: &SwapProposed) -> DbResult<()> {
    use duty_swaps::dsl;
    let ([post_a, post_b], [staff_a, staff_b]) = (&f.posts, &f.staff);
    let values = (
        dsl::id.eq(&f.swap),
        dsl::session.eq(&f.session),
        dsl::post_a.eq(post_a),
        dsl::post_b.eq(post_b),
        dsl::staff_a.eq(staff_a),
        dsl::staff_b.eq(staff_b),
        dsl::reason.eq(&f.reason),
        dsl::proposed_by.eq(row.actor.strip_prefix("account:").unwrap_or(&row.actor)),
        dsl::at.eq(row.at),
        dsl::state.eq("proposed"),
    );
    diesel::insert_into(duty_swaps::table).values(values).execute(conn)?;
    Ok(())
}

pub fn swap_decided(conn: &mut Conn, row: &EventRow, f: &SwapDecided) -> DbResult<()> {
    let state = duty_swaps::state.eq(if f.agreed { "agreed" } else { "refused" });
    diesel::update(duty_swaps::table.find(&f.swap)).set(state).execute(conn)?;
    if !f.agreed {
        return Ok(());
    }
    let ([post_a, post_b], [staff_a, staff_b]) = (&f.posts, &f.staff);
    for (post, left, to) in [(post_a, staff_a, staff_b), (post_b, staff_b, staff_a)] {
        let values = (duties::staff.eq(to), duties::state.eq("drawn"), duties::answered_at.eq(None::<i64>));
        diesel::update(duties::table.find((&f.session, post))).set(values).execute(conn)?;
        changed(conn, row, (&f.session, post), "swapped", (left, Some(to)), &f.reason)?;
    }
    Ok(())
}

fn changed(
    conn: &mut Conn,
    row: &EventRow,
    (session, post): (&str, &str),
    why: &str,
    (left, taken): (&str, Option<&str>),
    reason: &str,
) -> DbResult<()> {
    use duty_changes::dsl;
    let values = (
        dsl::seq.eq(row.seq),
        dsl::post.eq(post),
        dsl::session.eq(session),
        dsl::at.eq(row.at),
        dsl::why.eq(why),
        dsl::left_by.eq(left),
        dsl::taken_by.eq(taken),
        dsl::reason.eq(reason),
    );
    diesel::insert_into(duty_changes::table).values(values).execute(conn)?;
    Ok(())
}
