//! Projections of corrected keys, of papers that were graded again, of reviews, and of sets that were opened.

use super::int;
use super::theory::outcome;
use crate::db::events::EventRow;
use crate::db::schema::{questions, sittings};
use crate::db::schema_results::{key_corrections, regrades, reviews, set_openings};
use crate::db::{Conn, DbResult};
use crate::event::{
    KeyCorrected, KeyProposed, KeyRefused, PaperRegraded, RegradeSettled, ReviewAsked, ReviewClosed,
    SetOpened,
};
use diesel::prelude::*;

pub fn proposed(conn: &mut Conn, row: &EventRow, f: &KeyProposed) -> DbResult<()> {
    use key_corrections::dsl;
    let values = (
        dsl::id.eq(&f.correction),
        dsl::bank.eq(&f.bank),
        dsl::question.eq(&f.question),
        dsl::right_key.eq(&f.right.0),
        dsl::reason.eq(&f.reason.0),
        dsl::state.eq("proposed"),
        dsl::proposed_by.eq(&row.actor),
        dsl::proposed_at.eq(row.at),
        dsl::papers.eq(0),
        dsl::changed.eq(0),
    );
    diesel::insert_into(key_corrections::table).values(values).execute(conn)?;
    Ok(())
}

pub fn refused(conn: &mut Conn, row: &EventRow, f: &KeyRefused) -> DbResult<()> {
    decided(conn, row, &f.correction, "refused", (0, 0))
}

pub fn corrected(conn: &mut Conn, row: &EventRow, f: &KeyCorrected) -> DbResult<()> {
    decided(conn, row, &f.correction, "approved", (f.papers, f.changed))?;
    // Its text still has the wrong key: no new set takes it before somebody has written it anew.
    let question = questions::table.find((&f.bank, &f.question));
    diesel::update(question).set(questions::usable.eq(false)).execute(conn)?;
    Ok(())
}

fn decided(
    conn: &mut Conn,
    row: &EventRow,
    correction: &str,
    state: &str,
    (papers, changed): (u32, u32),
) -> DbResult<()> {
    use key_corrections::dsl;
    let values = (
        dsl::state.eq(state),
        dsl::decided_by.eq(Some(&row.actor)),
        dsl::decided_at.eq(Some(row.at)),
        dsl::decided_seq.eq(Some(row.seq)),
        dsl::papers.eq(int(papers)),
        dsl::changed.eq(int(changed)),
    );
    diesel::update(key_corrections::table.find(correction)).set(values).execute(conn)?;
    Ok(())
}

pub fn regraded(conn: &mut Conn, row: &EventRow, f: &PaperRegraded) -> DbResult<()> {
    use regrades::dsl;
    let values = (
        dsl::seq.eq(row.seq),
        dsl::ticket.eq(&f.ticket),
        dsl::correction.eq(&f.correction),
        dsl::before_points.eq(int(f.before.points)),
        dsl::before_passed.eq(f.before.passed),
        dsl::after_points.eq(int(f.after.points)),
        dsl::after_passed.eq(f.after.passed),
        dsl::total.eq(int(f.total)),
        dsl::follows.eq(&f.follows),
        dsl::reason.eq(""),
        dsl::at.eq(row.at),
    );
    diesel::insert_into(regrades::table).values(values).execute(conn)?;
    let score = (sittings::points.eq(int(f.after.points)), sittings::passed.eq(f.pass_counts));
    diesel::update(sittings::table.find(&f.ticket)).set(score).execute(conn)?;
    outcome(conn, &f.ticket, &f.outcome)
}

pub fn settled(conn: &mut Conn, row: &EventRow, f: &RegradeSettled) -> DbResult<()> {
    use regrades::dsl;
    let of = regrades::table.filter(dsl::ticket.eq(&f.ticket)).filter(dsl::correction.eq(&f.correction));
    let values = (
        dsl::decision.eq(Some(if f.stands { "stands" } else { "falls" })),
        dsl::reason.eq(&f.reason),
        dsl::decided_by.eq(Some(&row.actor)),
        dsl::decided_at.eq(Some(row.at)),
    );
    diesel::update(of).set(values).execute(conn)?;
    if f.stands {
        return Ok(());
    }
    diesel::update(sittings::table.find(&f.ticket)).set(sittings::passed.eq(false)).execute(conn)?;
    outcome(conn, &f.ticket, "failed")
}

pub fn set_opened(conn: &mut Conn, row: &EventRow, f: &SetOpened) -> DbResult<()> {
    use set_openings::dsl;
    for set in &f.sets {
        let values = (
            dsl::seq.eq(row.seq),
            dsl::question_set.eq(set),
            dsl::session.eq(&f.session),
            dsl::purpose.eq(&f.purpose),
            dsl::actor.eq(&row.actor),
            dsl::at.eq(row.at),
        );
        diesel::insert_into(set_openings::table).values(values).execute(conn)?;
    }
    Ok(())
}

pub fn review_asked(conn: &mut Conn, row: &EventRow, f: &ReviewAsked) -> DbResult<()> {
    use reviews::dsl;
    let values = (
        dsl::id.eq(&f.review),
        dsl::ticket.eq(&f.ticket),
        dsl::text.eq(&f.text.0),
        dsl::asked_by.eq(&row.actor),
        dsl::asked_at.eq(row.at),
    );
    diesel::insert_into(reviews::table).values(values).execute(conn)?;
    Ok(())
}

pub fn review_closed(conn: &mut Conn, row: &EventRow, f: &ReviewClosed) -> DbResult<()> {
    use reviews::dsl;
    let values = (
        dsl::outcome.eq(Some(&f.outcome)),
        dsl::answer.eq(Some(&f.answer.0)),
        dsl::correction.eq(&f.correction),
        dsl::closed_by.eq(Some(&row.actor)),
        dsl::closed_at.eq(Some(row.at)),
    );
    diesel::update(reviews::table.find(&f.review)).set(values).execute(conn)?;
    Ok(())
}
