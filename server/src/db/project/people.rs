//! Projections of people and banks.

use super::{int, json};
use crate::db::events::EventRow;
use crate::db::schema::{banks, draws, persons, question_sets, question_versions, questions, registrations};
use crate::db::{Conn, DbResult};
use crate::event::{
    BankImported, PersonRegistered, QuestionReviewed, QuestionWritten, RegistrationAdded, SetsAssembled,
    SetsPublished,
};
use diesel::prelude::*;

pub fn person(conn: &mut Conn, f: &PersonRegistered) -> DbResult<()> {
    use persons::dsl;
    let values = (
        dsl::id.eq(&f.person),
        dsl::id_index.eq(&f.id_index),
        dsl::id_number.eq(&f.id_number.0),
        dsl::name.eq(&f.name.0),
        dsl::phone.eq(f.phone.as_ref().map(|p| &p.0)),
    );
    diesel::insert_into(persons::table).values(values).execute(conn)?;
    Ok(())
}

pub fn registration(conn: &mut Conn, f: &RegistrationAdded) -> DbResult<()> {
    use registrations::dsl;
    let body = json(f)?;
    let values = (
        dsl::id.eq(&f.registration),
        dsl::person.eq(&f.person),
        dsl::trade.eq(&f.trade),
        dsl::institution.eq(&f.institution),
        dsl::employer.eq(&f.employer),
        dsl::portrait.eq(&f.portrait),
        dsl::body.eq(&body),
    );
    diesel::insert_into(registrations::table).values(values).execute(conn)?;
    Ok(())
}

pub fn bank(conn: &mut Conn, at: i64, f: &BankImported) -> DbResult<()> {
    let values = (
        banks::id.eq(&f.bank),
        banks::trade.eq(&f.trade),
        banks::file_name.eq(&f.file_name),
        banks::file_hash.eq(&f.file_hash),
        banks::imported_at.eq(at),
        banks::report.eq(&f.report),
        banks::practice.eq(f.practice),
    );
    diesel::insert_into(banks::table).values(values).execute(conn)?;
    for (position, q) in (1..).zip(&f.questions) {
        let values = (
            questions::bank.eq(&f.bank),
            questions::id.eq(&q.id),
            questions::position.eq(position),
            questions::kind.eq(&q.question_kind),
            questions::usable.eq(q.usable),
            questions::body.eq(&q.body.0),
        );
        diesel::insert_into(questions::table).values(values).execute(conn)?;
    }
    Ok(())
}

pub fn question_written(conn: &mut Conn, row: &EventRow, f: &QuestionWritten) -> DbResult<()> {
    let held: i64 = questions::table.filter(questions::bank.eq(&f.bank)).count().get_result(conn)?;
    let values = (
        questions::bank.eq(&f.bank),
        questions::id.eq(&f.question),
        questions::position.eq(i32::try_from(held).unwrap_or(i32::MAX).saturating_add(1)),
        questions::kind.eq(&f.question_kind),
        questions::usable.eq(false),
        questions::body.eq(&f.body.0),
    );
    diesel::insert_into(questions::table).values(values).execute(conn)?;
    let version = (
        question_versions::bank.eq(&f.bank),
        question_versions::question.eq(&f.question),
        question_versions::state.eq("waiting"),
        question_versions::supersedes.eq(&f.supersedes),
        question_versions::author.eq(&row.actor),
        question_versions::written_at.eq(row.at),
        question_versions::remark.eq(""),
    );
    diesel::insert_into(question_versions::table).values(version).execute(conn)?;
    Ok(())
}

pub fn question_reviewed(conn: &mut Conn, row: &EventRow, f: &QuestionReviewed) -> DbResult<()> {
    use question_versions::dsl;
    let own = dsl::question_versions.find((&f.bank, &f.question));
    let reviewed = (
        dsl::state.eq(&f.verdict),
        dsl::reviewer.eq(Some(&row.actor)),
        dsl::reviewed_at.eq(Some(row.at)),
        dsl::remark.eq(&f.reason.0),
    );
    diesel::update(own).set(reviewed).execute(conn)?;
    if f.verdict != "approved" {
        return Ok(());
    }
    let question = questions::table.find((&f.bank, &f.question));
    diesel::update(question).set(questions::usable.eq(true)).execute(conn)?;
    let before: Option<String> = own.select(dsl::supersedes).first(conn)?;
    let Some(before) = before else { return Ok(()) };
    let old = questions::table.find((&f.bank, &before));
    diesel::update(old).set(questions::usable.eq(false)).execute(conn)?;
    let old = dsl::question_versions.find((&f.bank, &before));
    if diesel::update(old).set(dsl::state.eq("superseded")).execute(conn)? == 0 {
        // It came with a file and had no version of its own until now.
        let version = (
            dsl::bank.eq(&f.bank),
            dsl::question.eq(&before),
            dsl::state.eq("superseded"),
            dsl::author.eq(""),
            dsl::written_at.eq(0),
            dsl::remark.eq(""),
        );
        diesel::insert_into(question_versions::table).values(version).execute(conn)?;
    }
    Ok(())
}

pub fn sets_assembled(conn: &mut Conn, actor: &str, f: &SetsAssembled) -> DbResult<()> {
    use question_sets::dsl;
    for set in &f.sets {
        let values = (
            dsl::id.eq(&set.id),
            dsl::trade.eq(&f.trade),
            dsl::bank.eq(&f.bank),
            dsl::draw.eq(&f.draw),
            dsl::number.eq(int(set.number)),
            dsl::points.eq(int(f.points)),
            dsl::questions.eq(&set.questions.0),
            dsl::assembled_by.eq(actor),
            dsl::state.eq("assembled"),
        );
        diesel::insert_into(question_sets::table).values(values).execute(conn)?;
    }
    Ok(())
}

pub fn sets_published(conn: &mut Conn, at: i64, f: &SetsPublished) -> DbResult<()> {
    use question_sets::dsl;
    let of_trade = question_sets::table.filter(dsl::trade.eq(&f.trade));
    let before: Vec<String> =
        of_trade.filter(dsl::state.eq("in_force")).select(dsl::draw).distinct().load(conn)?;
    diesel::update(of_trade.filter(dsl::state.eq("in_force")))
        .set(dsl::state.eq("superseded"))
        .execute(conn)?;
    // What was drawn for sets that nobody sits any more is no secret any more.
    let open = draws::table.filter(draws::id.eq_any(before)).filter(draws::visible_from.gt(at));
    diesel::update(open).set(draws::visible_from.eq(at)).execute(conn)?;
    diesel::update(of_trade.filter(dsl::draw.eq(&f.draw))).set(dsl::state.eq("in_force")).execute(conn)?;
    Ok(())
}
