//! Projections of draws and their ceremonies.

use super::json;
use crate::db::events::EventRow;
use crate::db::schema::{ceremonies, ceremony_parties, draws, staff_salts};
use crate::db::{Conn, DbResult};
use crate::event::{
    DrawCommitted, DrawFrozen, DrawMade, DrawNumberAnnounced, DrawNumberEntered, DrawRevealed, DrawVoided,
    StaffSalted,
};
use diesel::prelude::*;

pub fn committed(conn: &mut Conn, row: &EventRow, f: &DrawCommitted) -> DbResult<()> {
    let of = ceremony_parties::table.filter(ceremony_parties::ceremony.eq(&f.ceremony));
    let place: i64 = of.count().get_result(conn)?;
    if place == 0 {
        use ceremonies::dsl;
        let values = (
            dsl::id.eq(&f.ceremony),
            dsl::stage.eq(&f.stage),
            dsl::subject.eq(&f.subject),
            dsl::round.eq(i64::from(f.round)),
            dsl::state.eq("open"),
            dsl::opened_at.eq(row.at),
            dsl::sessions.eq(json(&[&f.subject])?),
            dsl::inputs.eq("[]"),
            dsl::missing.eq("[]"),
        );
        diesel::insert_into(ceremonies::table).values(values).execute(conn)?;
    }
    use ceremony_parties::dsl;
    let values = (
        dsl::ceremony.eq(&f.ceremony),
        dsl::name.eq(&f.party),
        dsl::place.eq(place),
        dsl::commitment.eq(&f.commitment),
        dsl::committed_at.eq(row.at),
        dsl::committed_by.eq(&row.actor),
        dsl::secret.eq(f.secret.as_ref().map(|s| &s.0)),
    );
    diesel::insert_into(ceremony_parties::table).values(values).execute(conn)?;
    Ok(())
}

pub fn announced(conn: &mut Conn, f: &DrawNumberAnnounced) -> DbResult<()> {
    let ceremony = ceremonies::table.find(&f.ceremony);
    diesel::update(ceremony).set(ceremonies::announced.eq(&f.announced)).execute(conn)?;
    Ok(())
}

pub fn frozen(conn: &mut Conn, at: i64, f: &DrawFrozen) -> DbResult<()> {
    use ceremonies::dsl;
    let stage: String = ceremonies::table.find(&f.ceremony).select(dsl::stage).first(conn)?;
    // What the sessions had of their own is part of this one now.
    let own = ceremonies::table
        .filter(dsl::stage.eq(stage))
        .filter(dsl::subject.eq_any(f.sessions.clone()))
        .filter(dsl::state.eq("open"))
        .filter(dsl::id.ne(&f.ceremony));
    let values = (dsl::state.eq("void"), dsl::ended_at.eq(at), dsl::reason.eq(&f.ceremony));
    diesel::update(own).set(values).execute(conn)?;
    let values = (
        dsl::state.eq("frozen"),
        dsl::frozen_at.eq(at),
        dsl::sessions.eq(json(&f.sessions)?),
        dsl::inputs.eq(json(&f.inputs)?),
        dsl::input.eq(&f.input.0),
    );
    diesel::update(ceremonies::table.find(&f.ceremony)).set(values).execute(conn)?;
    Ok(())
}

pub fn revealed(conn: &mut Conn, at: i64, f: &DrawRevealed) -> DbResult<()> {
    use ceremony_parties::dsl;
    let party = ceremony_parties::table.find((&f.ceremony, &f.party));
    let values = (dsl::secret.eq(&f.secret.0), dsl::revealed_at.eq(at));
    diesel::update(party).set(values).execute(conn)?;
    Ok(())
}

pub fn numbered(conn: &mut Conn, f: &DrawNumberEntered) -> DbResult<()> {
    let ceremony = ceremonies::table.find(&f.ceremony);
    diesel::update(ceremony).set(ceremonies::public_number.eq(&f.public_number)).execute(conn)?;
    Ok(())
}

pub fn voided(conn: &mut Conn, row: &EventRow, f: &DrawVoided) -> DbResult<()> {
    use ceremonies::dsl;
    let values = (
        dsl::state.eq("void"),
        dsl::ended_at.eq(row.at),
        dsl::ended_by.eq(&row.actor),
        dsl::reason.eq(&f.reason),
        dsl::missing.eq(json(&f.missing)?),
    );
    diesel::update(ceremonies::table.find(&f.ceremony)).set(values).execute(conn)?;
    Ok(())
}

pub fn salted(conn: &mut Conn, f: &StaffSalted) -> DbResult<()> {
    let values = (staff_salts::staff.eq(&f.staff), staff_salts::salt.eq(&f.salt.0));
    diesel::insert_into(staff_salts::table).values(values).execute(conn)?;
    Ok(())
}

pub fn made(conn: &mut Conn, at: i64, f: &DrawMade) -> DbResult<()> {
    use draws::dsl;
    let values = (
        dsl::id.eq(&f.draw),
        dsl::purpose.eq(&f.purpose),
        dsl::subject.eq(&f.subject),
        dsl::made_at.eq(at),
        dsl::visible_from.eq(f.visible_from),
        dsl::transcript.eq(&f.transcript.0),
        dsl::ceremony.eq(&f.ceremony),
        dsl::basis.eq(f.basis.as_ref().map(|b| &b.0)),
    );
    diesel::insert_into(draws::table).values(values).execute(conn)?;
    if let Some(ceremony) = &f.ceremony {
        let values = (ceremonies::state.eq("drawn"), ceremonies::ended_at.eq(at));
        diesel::update(ceremonies::table.find(ceremony)).set(values).execute(conn)?;
    }
    Ok(())
}
