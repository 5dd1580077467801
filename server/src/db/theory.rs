//! Reading what the theory examination needs: who sits where, what was released, what was answered.

use super::schema::{
    candidates, check_ins, misconduct, persons, question_doubts, question_sets, questions, released_rooms,
    room_notes, sessions, sittings,
};
use super::sessions::{CandidateRow, SittingRow};
use super::{Conn, DbResult};
use diesel::prelude::*;

/// Misconduct as it was recorded.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = misconduct)]
pub struct MisconductRow {
    /// Ticket number.
    pub ticket: String,
    /// `light` or `grave`.
    pub gravity: String,
    /// What happened.
    pub text: String,
    /// Author.
    pub first: String,
    /// Account of the second signer.
    pub second: String,
    /// When, epoch milliseconds.
    pub at: i64,
}

/// One question of a bank.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = questions)]
pub struct QuestionRow {
    /// Question id.
    pub id: String,
    /// `true_false`, `single` or `multiple`.
    pub kind: String,
    /// Sealed body.
    pub body: String,
}

/// A candidate who has not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Ticket number.
    pub ticket: String,
    /// Session id.
    pub session: String,
    /// Whether the kiosk let him in.
    pub admitted: bool,
}

/// A candidate by the keyed hash of the ticket's secret.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn row_by_secret(conn: &mut Conn, index: &str) -> DbResult<Option<CandidateRow>> {
    let found = candidates::table.filter(candidates::secret_index.eq(index));
    Ok(found.select(CandidateRow::as_select()).first(conn).optional()?)
}

/// A candidate's sealed name.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn sealed_name(conn: &mut Conn, person: &str) -> DbResult<String> {
    Ok(persons::table.find(person).select(persons::name).first(conn)?)
}

/// Lines of a room's record in the order written: step, text, account of the author, time in epoch milliseconds.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn room_notes(
    conn: &mut Conn,
    session: &str,
    room: &str,
) -> DbResult<Vec<(String, String, String, i64)>> {
    let own = room_notes::table.filter(room_notes::session.eq(session)).filter(room_notes::room.eq(room));
    let columns = (room_notes::step, room_notes::text, room_notes::author, room_notes::at);
    Ok(own.order(room_notes::event).select(columns).load(conn)?)
}

/// Misconduct of the candidates of a session, in order.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn misconduct_in(conn: &mut Conn, session: &str) -> DbResult<Vec<MisconductRow>> {
    let joined =
        misconduct::table.inner_join(candidates::table.on(candidates::ticket.eq(misconduct::ticket)));
    let own = joined.filter(candidates::session.eq(session)).order(misconduct::event);
    Ok(own.select(MisconductRow::as_select()).load(conn)?)
}

/// What was said of questions, the newest first: set, question, text, time in epoch milliseconds.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn doubts(conn: &mut Conn, limit: i64) -> DbResult<Vec<(String, String, String, i64)>> {
    use question_doubts::dsl;
    let newest = question_doubts::table.order(dsl::event.desc()).limit(limit);
    Ok(newest.select((dsl::question_set, dsl::question, dsl::text, dsl::at)).load(conn)?)
}

/// Whether a ticket has doubted a question already.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn has_doubted(conn: &mut Conn, ticket: &str, question: &str) -> DbResult<bool> {
    use question_doubts::dsl;
    let own = question_doubts::table.filter(dsl::ticket.eq(ticket)).filter(dsl::question.eq(question));
    let count: i64 = own.count().get_result(conn)?;
    Ok(count > 0)
}

/// Trade of a set.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn trade_of_set(conn: &mut Conn, set: &str) -> DbResult<String> {
    Ok(question_sets::table.find(set).select(question_sets::trade).first(conn)?)
}

/// Whether somebody of the session sits in this room.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn room_used(conn: &mut Conn, session: &str, room: &str) -> DbResult<bool> {
    let there = candidates::table.filter(candidates::session.eq(session)).filter(candidates::room.eq(room));
    let count: i64 = there.count().get_result(conn)?;
    Ok(count > 0)
}

/// When a kiosk let a candidate in.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn admitted_at(conn: &mut Conn, ticket: &str) -> DbResult<Option<i64>> {
    let at: Option<Option<i64>> =
        check_ins::table.find(ticket).select(check_ins::admitted_at).first(conn).optional()?;
    Ok(at.flatten())
}

/// Sittings of tickets, in no particular order, with since when each is halted (epoch milliseconds).
///
/// # Errors
/// [`crate::db::DbError`].
pub fn sittings_of(conn: &mut Conn, tickets: &[&str]) -> DbResult<Vec<(SittingRow, Option<i64>)>> {
    let joined = sittings::table.inner_join(candidates::table.on(candidates::ticket.eq(sittings::ticket)));
    let of = joined.filter(sittings::ticket.eq_any(tickets.to_vec()));
    Ok(of.select((SittingRow::as_select(), candidates::paused_at)).load(conn)?)
}

/// Where and when somebody is examined, without the paper.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Seated {
    /// Session id.
    pub session: String,
    /// Room code, once seated.
    pub room: Option<String>,
    /// Halted since, epoch milliseconds.
    pub paused_at: Option<i64>,
    /// Start of the session's theory examination, epoch milliseconds.
    pub starts_at: i64,
    /// Browser that the session demands, as JSON.
    pub browser: Option<String>,
    /// When the room was released, epoch milliseconds.
    pub released_at: Option<i64>,
}

/// Where and when a ticket's holder is examined: all open their papers in the same second, so it is one statement.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn seated(conn: &mut Conn, ticket: &str) -> DbResult<Option<Seated>> {
    let own_room = released_rooms::session
        .eq(candidates::session)
        .and(released_rooms::room.nullable().eq(candidates::room));
    let joined = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .left_join(released_rooms::table.on(own_room));
    let columns = (
        candidates::session,
        candidates::room,
        candidates::paused_at,
        sessions::starts_at,
        sessions::browser,
        released_rooms::at.nullable(),
    );
    Ok(joined.filter(candidates::ticket.eq(ticket)).select(columns).first(conn).optional()?)
}

/// A sitting.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn sitting(conn: &mut Conn, ticket: &str) -> DbResult<Option<SittingRow>> {
    Ok(sittings::table.find(ticket).select(SittingRow::as_select()).first(conn).optional()?)
}

/// Questions of a set's bank by their ids, in no particular order.
///
/// # Errors
/// [`crate::db::DbError`]; an unknown set is one.
pub fn questions(conn: &mut Conn, set: &str, ids: &[&str]) -> DbResult<Vec<QuestionRow>> {
    let bank: String = question_sets::table.find(set).select(question_sets::bank).first(conn)?;
    let own = questions::table.filter(questions::bank.eq(bank)).filter(questions::id.eq_any(ids.to_vec()));
    Ok(own.select(QuestionRow::as_select()).load(conn)?)
}

/// Kind of one question of a set's bank.
///
/// # Errors
/// [`crate::db::DbError`]; an unknown set or question is one.
pub fn question_kind(conn: &mut Conn, set: &str, id: &str) -> DbResult<String> {
    let bank: String = question_sets::table.find(set).select(question_sets::bank).first(conn)?;
    Ok(questions::table.find((bank, id)).select(questions::kind).first(conn)?)
}

/// Whether a seat is taken by somebody else whose examination begins between two times (epoch milliseconds). Who is
/// absent takes no seat.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn seat_taken(
    conn: &mut Conn,
    point: &str,
    (room, seat): (&str, i32),
    (from, to): (i64, i64),
    except: &str,
) -> DbResult<bool> {
    let there = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .filter(sessions::point.eq(point))
        .filter(sessions::starts_at.gt(from))
        .filter(sessions::starts_at.lt(to))
        .filter(candidates::room.eq(room))
        .filter(candidates::seat.eq(seat))
        .filter(candidates::ticket.ne(except))
        .filter(candidates::outcome.ne("absent"));
    let count: i64 = there.count().get_result(conn)?;
    Ok(count > 0)
}

/// Tickets whose sitting is open although its deadline has passed, in order, with session and deadline (epoch
/// milliseconds); not those for whom the examination is halted.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn overdue(conn: &mut Conn, now: i64) -> DbResult<Vec<(String, String, i64)>> {
    let joined = sittings::table.inner_join(candidates::table.on(candidates::ticket.eq(sittings::ticket)));
    let open = joined.filter(sittings::ended_at.is_null()).filter(sittings::deadline.le(now));
    let running = open.filter(candidates::paused_at.is_null()).order(sittings::ticket);
    Ok(running.select((sittings::ticket, candidates::session, sittings::deadline)).load(conn)?)
}

/// When the last open sitting of a session ends, epoch milliseconds; `None` without one.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn open_until(conn: &mut Conn, session: &str) -> DbResult<Option<i64>> {
    let joined = sittings::table.inner_join(candidates::table.on(candidates::ticket.eq(sittings::ticket)));
    let open = joined.filter(candidates::session.eq(session)).filter(sittings::ended_at.is_null());
    Ok(open.select(diesel::dsl::max(sittings::deadline)).first(conn)?)
}

/// Seated candidates of sessions that have begun who have neither sat down nor any outcome.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn missing(conn: &mut Conn, now: i64) -> DbResult<Vec<Missing>> {
    let begun = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .left_join(sittings::table.on(sittings::ticket.eq(candidates::ticket)))
        .left_join(check_ins::table.on(check_ins::ticket.eq(candidates::ticket)))
        .filter(candidates::outcome.eq("pending"))
        .filter(sessions::seated.eq(true))
        .filter(sessions::starts_at.le(now))
        .filter(sittings::ticket.nullable().is_null())
        .order(candidates::ticket)
        .select((candidates::ticket, candidates::session, check_ins::admitted_at.nullable()));
    let rows: Vec<(String, String, Option<i64>)> = begun.load(conn)?;
    let missing = |(ticket, session, at): (String, String, Option<i64>)| Missing {
        ticket,
        session,
        admitted: at.is_some(),
    };
    Ok(rows.into_iter().map(missing).collect())
}

/// How many sittings of a session ran out of time.
///
/// # Errors
/// [`crate::db::DbError`].
pub fn timed_out(conn: &mut Conn, session: &str) -> DbResult<i64> {
    let joined = sittings::table.inner_join(candidates::table.on(candidates::ticket.eq(sittings::ticket)));
    let of = joined.filter(candidates::session.eq(session));
    Ok(of.filter(sittings::how.eq("timed_out")).count().get_result(conn)?)
}
