//! Projections of an exam point's day.

use super::json;
use crate::db::events::EventRow;
use crate::db::schema::{
    check_ins, paper_entries, paper_packs, paper_settlements, readiness_checks, readiness_signs,
};
use crate::db::schema_blanks::{blank_ranges, blank_stocks};
use crate::db::{Conn, DbResult};
use crate::event::{
    BlanksAllotted, BlanksStocked, PaperAttended, PaperEntered, PaperPackPrinted, PaperSettled,
    ReadinessChecked, ReadinessSigned,
};
use diesel::prelude::*;

/// A new finding replaces the earlier one of the item; a signature covers what was there when it was given.
pub fn checked(conn: &mut Conn, at: i64, f: &ReadinessChecked) -> DbResult<()> {
    use readiness_checks::dsl;
    let values =
        (dsl::verdict.eq(&f.verdict), dsl::note.eq(&f.note), dsl::found_by.eq(&f.by), dsl::at.eq(at));
    let key = (f.point.as_str(), f.day.as_str(), f.item.as_str());
    if diesel::update(readiness_checks::table.find(key)).set(values).execute(conn)? == 0 {
        let key = (dsl::point.eq(&f.point), dsl::day.eq(&f.day), dsl::item.eq(&f.item));
        diesel::insert_into(readiness_checks::table).values((key, values)).execute(conn)?;
    }
    diesel::delete(readiness_signs::table.find((f.point.as_str(), f.day.as_str()))).execute(conn)?;
    Ok(())
}

pub fn signed(conn: &mut Conn, at: i64, f: &ReadinessSigned) -> DbResult<()> {
    use readiness_signs::dsl;
    let values = (dsl::signed_by.eq(&f.by), dsl::at.eq(at));
    let key = readiness_signs::table.find((f.point.as_str(), f.day.as_str()));
    if diesel::update(key).set(values).execute(conn)? == 0 {
        let key = (dsl::point.eq(&f.point), dsl::day.eq(&f.day));
        diesel::insert_into(readiness_signs::table).values((key, values)).execute(conn)?;
    }
    Ok(())
}

pub fn stocked(conn: &mut Conn, row: &EventRow, f: &BlanksStocked) -> DbResult<()> {
    use blank_stocks::dsl;
    let values = (
        dsl::seq.eq(row.seq),
        dsl::point.eq(&f.point),
        dsl::first_blank.eq(&f.from),
        dsl::last_blank.eq(&f.to),
        dsl::added_by.eq(&f.by),
        dsl::at.eq(row.at),
    );
    diesel::insert_into(blank_stocks::table).values(values).execute(conn)?;
    Ok(())
}

pub fn allotted(conn: &mut Conn, row: &EventRow, f: &BlanksAllotted) -> DbResult<()> {
    use blank_ranges::dsl;
    let values = (
        dsl::seq.eq(row.seq),
        dsl::point.eq(&f.point),
        dsl::kiosk.eq(&f.kiosk),
        dsl::first_blank.eq(&f.from),
        dsl::last_blank.eq(&f.to),
        dsl::given_by.eq(&f.by),
        dsl::at.eq(row.at),
    );
    diesel::insert_into(blank_ranges::table).values(values).execute(conn)?;
    Ok(())
}

pub fn pack_printed(conn: &mut Conn, at: i64, f: &PaperPackPrinted) -> DbResult<()> {
    use paper_packs::dsl;
    let values = (dsl::printed_by.eq(&f.by), dsl::at.eq(at));
    let key = paper_packs::table.find((f.point.as_str(), f.day.as_str()));
    if diesel::update(key).set(values).execute(conn)? == 0 {
        let key = (dsl::point.eq(&f.point), dsl::day.eq(&f.day));
        diesel::insert_into(paper_packs::table).values((key, values)).execute(conn)?;
    }
    Ok(())
}

/// Until the second person has entered a slip, the first may correct what he entered.
pub fn entered(conn: &mut Conn, row: &EventRow, f: &PaperEntered) -> DbResult<()> {
    use paper_entries::dsl;
    let fields = json(&f.fields)?;
    let values = (dsl::fields.eq(fields), dsl::entered_by.eq(&f.by), dsl::at.eq(row.at));
    let key = paper_entries::table.find((f.ticket.as_str(), f.slip.as_str(), row.actor.as_str()));
    if diesel::update(key).set(values.clone()).execute(conn)? == 0 {
        let key = (
            dsl::ticket.eq(&f.ticket),
            dsl::slip.eq(&f.slip),
            dsl::actor.eq(&row.actor),
            dsl::point.eq(&f.point),
            dsl::day.eq(&f.day),
        );
        diesel::insert_into(paper_entries::table).values((key, values)).execute(conn)?;
    }
    Ok(())
}

pub fn settled(conn: &mut Conn, at: i64, f: &PaperSettled) -> DbResult<()> {
    use paper_settlements::dsl;
    let values = (
        dsl::ticket.eq(&f.ticket),
        dsl::slip.eq(&f.slip),
        dsl::fields.eq(json(&f.fields)?),
        dsl::how.eq(&f.how),
        dsl::reason.eq(&f.reason),
        dsl::effect.eq(&f.effect),
        dsl::settled_by.eq(&f.by),
        dsl::at.eq(at),
    );
    diesel::insert_into(paper_settlements::table).values(values).execute(conn)?;
    Ok(())
}

/// On paper nobody is photographed, compared or called: who was let in is checked in and admitted at once.
pub fn attended(conn: &mut Conn, f: &PaperAttended) -> DbResult<()> {
    use check_ins::dsl;
    let values = (
        dsl::ticket.eq(&f.ticket),
        dsl::checked_in_at.eq(f.came_at),
        dsl::kiosk.eq("paper"),
        dsl::calls.eq(0),
        dsl::passed_over.eq(0),
        dsl::admitted_at.eq(f.came_at),
    );
    diesel::insert_into(check_ins::table).values(values).execute(conn)?;
    Ok(())
}
