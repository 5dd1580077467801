//! Projections of sessions, certificates and days.

use super::{int, json};
use crate::db::events::EventRow;
use crate::db::schema::{candidates, certificates, day_closes, duties, refusals, sessions};
use crate::db::{Conn, DbError, DbResult};
use crate::event::{
    CandidateEnrolled, CandidateRefused, CertificateIssued, DayClosed, ResultsPublished, SessionBrowserSet,
    SessionOpened, SessionSeated, StaffDrawn,
};
use diesel::prelude::*;

pub fn opened(conn: &mut Conn, row: &EventRow, f: &SessionOpened) -> DbResult<()> {
    use sessions::dsl;
    let rule_set = row.rule_set.as_ref().ok_or_else(|| DbError::corrupt("session", "no rule set"))?;
    let values = (
        dsl::id.eq(&f.session),
        dsl::point.eq(&f.point),
        dsl::trade.eq(&f.trade),
        dsl::exam_kind.eq(&f.exam_kind),
        dsl::starts_at.eq(f.starts_at),
        dsl::day.eq(&f.day),
        dsl::rule_set.eq(rule_set),
        dsl::seated.eq(false),
        dsl::staffed.eq(false),
        dsl::language.eq(&f.language),
    );
    diesel::insert_into(sessions::table).values(values).execute(conn)?;
    Ok(())
}

pub fn browser(conn: &mut Conn, f: &SessionBrowserSet) -> DbResult<()> {
    let set = sessions::browser.eq(json(f)?);
    diesel::update(sessions::table.find(&f.session)).set(set).execute(conn)?;
    Ok(())
}

pub fn refused(conn: &mut Conn, at: i64, f: &CandidateRefused) -> DbResult<()> {
    let values = (
        refusals::session.eq(&f.session),
        refusals::registration.eq(&f.registration),
        refusals::at.eq(at),
        refusals::codes.eq(json(&f.refusals)?),
    );
    diesel::insert_into(refusals::table).values(values).execute(conn)?;
    Ok(())
}

pub fn enrolled(conn: &mut Conn, f: &CandidateEnrolled) -> DbResult<()> {
    use candidates::dsl;
    let values = (
        dsl::ticket.eq(&f.ticket),
        dsl::session.eq(&f.session),
        dsl::registration.eq(&f.registration),
        dsl::person.eq(&f.person),
        dsl::secret.eq(&f.secret.0),
        dsl::secret_index.eq(&f.secret_index),
        dsl::outcome.eq("pending"),
    );
    diesel::insert_into(candidates::table).values(values).execute(conn)?;
    Ok(())
}

pub fn seated(conn: &mut Conn, f: &SessionSeated) -> DbResult<()> {
    use candidates::dsl;
    for seat in &f.seats {
        let values = (
            dsl::room.eq(&seat.room),
            dsl::seat.eq(int(seat.seat)),
            dsl::paper.eq(&seat.paper.0),
            dsl::sheets.eq(&seat.sheets.0),
        );
        diesel::update(candidates::table.find(&seat.ticket)).set(values).execute(conn)?;
    }
    diesel::update(sessions::table.find(&f.session)).set(sessions::seated.eq(true)).execute(conn)?;
    Ok(())
}

pub fn staffed(conn: &mut Conn, f: &StaffDrawn) -> DbResult<()> {
    for duty in &f.duties {
        let values = (
            duties::session.eq(&f.session),
            duties::post.eq(&duty.post),
            duties::kind.eq(&duty.post_kind),
            duties::place.eq(&duty.place),
            duties::staff.eq(&duty.staff),
            duties::state.eq("drawn"),
        );
        diesel::insert_into(duties::table).values(values).execute(conn)?;
    }
    diesel::update(sessions::table.find(&f.session)).set(sessions::staffed.eq(true)).execute(conn)?;
    Ok(())
}

pub fn results(conn: &mut Conn, at: i64, f: &ResultsPublished) -> DbResult<()> {
    diesel::update(sessions::table.find(&f.session)).set(sessions::results_at.eq(at)).execute(conn)?;
    Ok(())
}

pub fn certificate(conn: &mut Conn, at: i64, f: &CertificateIssued) -> DbResult<()> {
    use certificates::dsl;
    let values = (
        dsl::id.eq(&f.certificate),
        dsl::ticket.eq(&f.ticket),
        dsl::person.eq(&f.person),
        dsl::trade.eq(&f.trade),
        dsl::exam_kind.eq(&f.exam_kind),
        dsl::valid_from.eq(&f.valid_from),
        dsl::valid_to.eq(&f.valid_to),
        dsl::review_due.eq(&f.review_due),
        dsl::due.eq(&f.due),
        dsl::code.eq(&f.code.0),
        dsl::pdf.eq(&f.pdf),
        dsl::issued_at.eq(at),
    );
    diesel::insert_into(certificates::table).values(values).execute(conn)?;
    Ok(())
}

pub fn day_closed(conn: &mut Conn, at: i64, f: &DayClosed) -> DbResult<()> {
    use day_closes::dsl;
    let values = (
        dsl::point.eq(&f.point),
        dsl::day.eq(&f.day),
        dsl::counts.eq(&f.counts),
        dsl::signature.eq(&f.signature),
        dsl::kid.eq(&f.kid),
        dsl::pdf.eq(&f.pdf),
        dsl::at.eq(at),
    );
    diesel::insert_into(day_closes::table).values(values).execute(conn)?;
    Ok(())
}
