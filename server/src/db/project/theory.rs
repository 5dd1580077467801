//! Projections of the theory and practical examination.

use super::{int, json};
use crate::db::events::EventRow;
use crate::db::schema::{
    candidates, misconduct, practicals, question_doubts, released_rooms, room_notes, scores, settlements,
    sittings,
};
use crate::db::{Conn, DbResult};
use crate::event::{
    AbsenceRecorded, MisconductRecorded, PracticalEnded, PracticalScored, PracticalSettled, QuestionDoubted,
    RoomNoted, RoomReleased, SeatEntered, SeatLeft, SeatMoved, TheoryEnded, TheoryHalted, TheoryResumed,
    TimeGiven,
};
use diesel::prelude::*;

pub fn released(conn: &mut Conn, at: i64, f: &RoomReleased) -> DbResult<()> {
    use released_rooms::dsl;
    let values = (dsl::session.eq(&f.session), dsl::room.eq(&f.room), dsl::at.eq(at));
    diesel::insert_into(released_rooms::table).values(values).execute(conn)?;
    Ok(())
}

pub fn noted(conn: &mut Conn, row: &EventRow, f: &RoomNoted) -> DbResult<()> {
    use room_notes::dsl;
    let values = (
        dsl::event.eq(row.seq),
        dsl::session.eq(&f.session),
        dsl::room.eq(&f.room),
        dsl::step.eq(&f.step),
        dsl::text.eq(&f.text),
        dsl::author.eq(&row.actor),
        dsl::at.eq(row.at),
    );
    diesel::insert_into(room_notes::table).values(values).execute(conn)?;
    Ok(())
}

pub fn entered(conn: &mut Conn, at: i64, f: &SeatEntered) -> DbResult<()> {
    use sittings::dsl;
    let again = (dsl::token.eq(&f.token), dsl::entries.eq(dsl::entries + 1), dsl::deadline.eq(f.deadline));
    if diesel::update(sittings::table.find(&f.ticket)).set(again).execute(conn)? == 0 {
        let values = (
            dsl::ticket.eq(&f.ticket),
            dsl::token.eq(&f.token),
            dsl::entered_at.eq(at),
            dsl::entries.eq(1),
            dsl::deadline.eq(f.deadline),
        );
        diesel::insert_into(sittings::table).values(values).execute(conn)?;
    }
    Ok(())
}

pub fn ended(conn: &mut Conn, row: &EventRow, f: &TheoryEnded) -> DbResult<()> {
    use sittings::dsl;
    let values = (
        dsl::ended_at.eq(row.at),
        dsl::how.eq(&f.how),
        dsl::answered.eq(int(f.answered)),
        dsl::points.eq(int(f.points)),
        dsl::total.eq(int(f.total)),
        dsl::passed.eq(f.passed),
        dsl::answers_hash.eq(&f.answers_hash),
        dsl::ended_in.eq(row.seq),
    );
    diesel::update(sittings::table.find(&f.ticket)).set(values).execute(conn)?;
    match (f.how.as_str(), f.passed) {
        ("removed", _) => outcome(conn, &f.ticket, "removed"),
        (_, false) => outcome(conn, &f.ticket, "failed"),
        (_, true) if f.practical_follows => outcome(conn, &f.ticket, "theory_passed"),
        (_, true) => outcome(conn, &f.ticket, "passed"),
    }
}

pub fn moved(conn: &mut Conn, f: &SeatMoved) -> DbResult<()> {
    let values = (candidates::room.eq(&f.room), candidates::seat.eq(int(f.seat)));
    diesel::update(candidates::table.find(&f.ticket)).set(values).execute(conn)?;
    // The token of the old seat is void until the examinee sits down at the new one.
    diesel::update(sittings::table.find(&f.ticket)).set(sittings::token.eq("")).execute(conn)?;
    Ok(())
}

pub fn doubted(conn: &mut Conn, row: &EventRow, f: &QuestionDoubted) -> DbResult<()> {
    use question_doubts::dsl;
    let values = (
        dsl::event.eq(row.seq),
        dsl::ticket.eq(&f.ticket),
        dsl::question_set.eq(&f.set),
        dsl::question.eq(&f.question),
        dsl::text.eq(&f.text),
        dsl::at.eq(row.at),
    );
    diesel::insert_into(question_doubts::table).values(values).execute(conn)?;
    Ok(())
}

pub fn left(conn: &mut Conn, at: i64, f: &SeatLeft) -> DbResult<()> {
    let since = Some(at).filter(|_| !f.back);
    diesel::update(candidates::table.find(&f.ticket)).set(candidates::away_since.eq(since)).execute(conn)?;
    Ok(())
}

pub fn halted(conn: &mut Conn, at: i64, f: &TheoryHalted) -> DbResult<()> {
    let of = candidates::table.filter(candidates::ticket.eq_any(f.tickets.clone()));
    diesel::update(of).set(candidates::paused_at.eq(at)).execute(conn)?;
    Ok(())
}

pub fn resumed(conn: &mut Conn, at: i64, f: &TheoryResumed) -> DbResult<()> {
    for ticket in &f.tickets {
        let since: Option<i64> =
            candidates::table.find(ticket).select(candidates::paused_at).first(conn).optional()?.flatten();
        let none: Option<i64> = None;
        diesel::update(candidates::table.find(ticket)).set(candidates::paused_at.eq(none)).execute(conn)?;
        add_time(conn, ticket, since.map_or(0, |since| at.saturating_sub(since)))?;
    }
    Ok(())
}

pub fn time_given(conn: &mut Conn, f: &TimeGiven) -> DbResult<()> {
    f.tickets.iter().try_for_each(|ticket| add_time(conn, ticket, i64::from(f.minutes) * 60_000))
}

fn add_time(conn: &mut Conn, ticket: &str, milliseconds: i64) -> DbResult<()> {
    let more = candidates::extra_ms.eq(candidates::extra_ms + milliseconds);
    diesel::update(candidates::table.find(ticket)).set(more).execute(conn)?;
    let later = sittings::deadline.eq(sittings::deadline + milliseconds);
    diesel::update(sittings::table.find(ticket)).set(later).execute(conn)?;
    Ok(())
}

pub fn misconduct(conn: &mut Conn, row: &EventRow, f: &MisconductRecorded) -> DbResult<()> {
    use misconduct::dsl;
    let values = (
        dsl::event.eq(row.seq),
        dsl::ticket.eq(&f.ticket),
        dsl::gravity.eq(&f.gravity),
        dsl::text.eq(&f.text),
        dsl::first.eq(&row.actor),
        dsl::second.eq(&f.second),
        dsl::at.eq(row.at),
    );
    diesel::insert_into(misconduct::table).values(values).execute(conn)?;
    if f.gravity != "grave" {
        return Ok(());
    }
    // What was reached before is void.
    let over =
        sittings::table.filter(sittings::ticket.eq(&f.ticket)).filter(sittings::ended_at.is_not_null());
    diesel::update(over).set((sittings::points.eq(0), sittings::passed.eq(false))).execute(conn)?;
    let void = (practicals::hundredths.eq(0), practicals::passed.eq(false));
    diesel::update(practicals::table.find(&f.ticket)).set(void).execute(conn)?;
    outcome(conn, &f.ticket, "removed")
}

pub fn absent(conn: &mut Conn, f: &AbsenceRecorded) -> DbResult<()> {
    outcome(conn, &f.ticket, "absent")
}

pub fn scored(conn: &mut Conn, at: i64, f: &PracticalScored) -> DbResult<()> {
    use scores::dsl;
    let values = (
        dsl::ticket.eq(&f.ticket),
        dsl::part.eq(&f.part),
        dsl::examiner.eq(&f.examiner),
        dsl::sheet.eq(&f.sheet),
        dsl::body.eq(json(f)?),
        dsl::at.eq(at),
    );
    diesel::insert_into(scores::table).values(values).execute(conn)?;
    Ok(())
}

pub fn settled(conn: &mut Conn, f: &PracticalSettled) -> DbResult<()> {
    use settlements::dsl;
    let values = (
        dsl::ticket.eq(&f.ticket),
        dsl::part.eq(&f.part),
        dsl::lead.eq(&f.lead),
        dsl::points.eq(int(f.points)),
        dsl::veto.eq(f.veto),
        dsl::reason.eq(&f.reason),
    );
    diesel::insert_into(settlements::table).values(values).execute(conn)?;
    Ok(())
}

pub fn practical_ended(conn: &mut Conn, at: i64, f: &PracticalEnded) -> DbResult<()> {
    use practicals::dsl;
    let values = (
        dsl::ticket.eq(&f.ticket),
        dsl::hundredths.eq(int(f.hundredths)),
        dsl::veto.eq(f.veto),
        dsl::passed.eq(f.passed),
        dsl::ended_at.eq(at),
    );
    diesel::insert_into(practicals::table).values(values).execute(conn)?;
    outcome(conn, &f.ticket, if f.passed { "passed" } else { "failed" })
}

/// Outcome of a candidate: `pending`, `theory_passed` (the practical is still to come), `passed`, `failed`, `absent`
/// or `removed`. Whoever was removed stays removed.
pub(super) fn outcome(conn: &mut Conn, ticket: &str, outcome: &str) -> DbResult<()> {
    let open =
        candidates::table.filter(candidates::ticket.eq(ticket)).filter(candidates::outcome.ne("removed"));
    diesel::update(open).set(candidates::outcome.eq(outcome)).execute(conn)?;
    Ok(())
}
