//! Projections of an exam point's day.

use crate::db::schema::{readiness_checks, readiness_signs};
use crate::db::{Conn, DbResult};
use crate::event::{ReadinessChecked, ReadinessSigned};
use diesel::prelude::*;

/// A new finding replaces the earlier one of the item; a signature covers what was there when it was given.
pub fn checked(conn: &mut Conn, at: i64, f: &ReadinessChecked) -> DbResult<()> {
    use readiness_checks::dsl;
    let values = (dsl::verdict.eq(&f.verdict), dsl::note.eq(&f.note), dsl::found_by.eq(&f.by), dsl::at.eq(at));
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
