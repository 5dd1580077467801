//! Projections of the world.

use super::json;
use crate::db::schema::{calendar_years, organisations, points, rule_sets, sheet_files, staff, trades};
use crate::db::{Conn, DbResult};
use crate::event::{
    CalendarLoaded, OrganisationAdded, PointAdded, RuleSetLoaded, SheetsLoaded, StaffAdded, StaffBarred,
    StaffUnbarred, TradeLoaded,
};
use diesel::prelude::*;

pub fn rule_set(conn: &mut Conn, f: &RuleSetLoaded) -> DbResult<()> {
    use rule_sets::dsl;
    let values = (
        dsl::id.eq(&f.id),
        dsl::in_force_from.eq(&f.in_force_from),
        dsl::hash.eq(&f.hash),
        dsl::toml.eq(&f.toml),
    );
    diesel::insert_into(rule_sets::table).values(values).execute(conn)?;
    Ok(())
}

pub fn trade(conn: &mut Conn, f: &TradeLoaded) -> DbResult<()> {
    use trades::dsl;
    let body = json(f)?;
    let values = (
        dsl::category.eq(&f.category),
        dsl::name_zh.eq(&f.name_zh),
        dsl::name_en.eq(&f.name_en),
        dsl::body.eq(&body),
    );
    if diesel::update(trades::table.find(&f.id)).set(values).execute(conn)? == 0 {
        diesel::insert_into(trades::table).values((dsl::id.eq(&f.id), values)).execute(conn)?;
    }
    Ok(())
}

pub fn calendar(conn: &mut Conn, f: &CalendarLoaded) -> DbResult<()> {
    use calendar_years::dsl;
    if diesel::update(calendar_years::table.find(f.year)).set(dsl::toml.eq(&f.toml)).execute(conn)? == 0 {
        let values = (dsl::year.eq(f.year), dsl::toml.eq(&f.toml));
        diesel::insert_into(calendar_years::table).values(values).execute(conn)?;
    }
    Ok(())
}

pub fn sheets(conn: &mut Conn, f: &SheetsLoaded) -> DbResult<()> {
    use sheet_files::dsl;
    if diesel::update(sheet_files::table.find(&f.trade)).set(dsl::toml.eq(&f.toml)).execute(conn)? == 0 {
        let values = (dsl::trade.eq(&f.trade), dsl::toml.eq(&f.toml));
        diesel::insert_into(sheet_files::table).values(values).execute(conn)?;
    }
    Ok(())
}

pub fn organisation(conn: &mut Conn, f: &OrganisationAdded) -> DbResult<()> {
    use organisations::dsl;
    let values =
        (dsl::kind.eq(&f.organisation_kind), dsl::name_zh.eq(&f.name_zh), dsl::name_en.eq(&f.name_en));
    if diesel::update(organisations::table.find(&f.id)).set(values).execute(conn)? == 0 {
        diesel::insert_into(organisations::table).values((dsl::id.eq(&f.id), values)).execute(conn)?;
    }
    Ok(())
}

pub fn point(conn: &mut Conn, f: &PointAdded) -> DbResult<()> {
    use points::dsl;
    let body = json(f)?;
    let values = (
        dsl::name_zh.eq(&f.name_zh),
        dsl::name_en.eq(&f.name_en),
        dsl::district.eq(&f.district),
        dsl::body.eq(&body),
    );
    if diesel::update(points::table.find(&f.id)).set(values).execute(conn)? == 0 {
        diesel::insert_into(points::table).values((dsl::id.eq(&f.id), values)).execute(conn)?;
    }
    Ok(())
}

pub fn staff(conn: &mut Conn, f: &StaffAdded) -> DbResult<()> {
    use staff::dsl;
    let body = json(f)?;
    let values = (dsl::name.eq(&f.name), dsl::body.eq(&body));
    if diesel::update(staff::table.find(&f.code)).set(values).execute(conn)? == 0 {
        diesel::insert_into(staff::table).values((dsl::code.eq(&f.code), values)).execute(conn)?;
    }
    Ok(())
}

/// The bar that there is ends, however it came.
pub fn unbarred(conn: &mut Conn, f: &StaffUnbarred) -> DbResult<()> {
    use staff::dsl;
    let body: Option<String> = staff::table.find(&f.staff).select(dsl::body).first(conn).optional()?;
    let Some(body) = body else { return Ok(()) };
    let member: StaffAdded = crate::db::world::json("staff", &body)?;
    let member = StaffAdded { barred_until: None, ..member };
    diesel::update(staff::table.find(&f.staff)).set(dsl::body.eq(json(&member)?)).execute(conn)?;
    Ok(())
}

/// A bar that ends later than the one there is; an earlier one changes nothing.
pub fn barred(conn: &mut Conn, f: &StaffBarred) -> DbResult<()> {
    use staff::dsl;
    let body: Option<String> = staff::table.find(&f.staff).select(dsl::body).first(conn).optional()?;
    let Some(body) = body else { return Ok(()) };
    let mut member: StaffAdded = crate::db::world::json("staff", &body)?;
    if member.barred_until.as_ref().is_none_or(|until| *until < f.until) {
        member.barred_until = Some(f.until.clone());
        diesel::update(staff::table.find(&f.staff)).set(dsl::body.eq(json(&member)?)).execute(conn)?;
    }
    Ok(())
}
