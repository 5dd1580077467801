//! Sessions and their candidates, with everything that is known of a candidate: check-in, theory, practical,
//! certificate. Personal data comes out sealed.

use super::schema::{
    candidates, certificates, check_ins, duties, persons, practicals, refusals, registrations,
    released_rooms, sessions, sittings,
};
use super::{Conn, DbResult};
use crate::event::Sealed;
use diesel::dsl;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::collections::{BTreeMap, HashMap};

/// Keys asked for in one statement; SQLite and PostgreSQL both take more.
const CHUNK: usize = 500;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    /// Session id.
    pub id: String,
    /// Exam point.
    pub point: String,
    /// Trade.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub exam_kind: String,
    /// Start of the theory examination, epoch milliseconds.
    pub starts_at: i64,
    /// Exam day in China, `YYYY-MM-DD`.
    pub day: String,
    /// Rule set to which the session is bound.
    pub rule_set: String,
    /// Whether seats, papers and sheets are drawn.
    pub seated: bool,
    /// Whether invigilators and examiners are drawn.
    pub staffed: bool,
    /// When the results were published, epoch milliseconds.
    pub results_at: Option<i64>,
    /// Word of the language of the examination; none: Chinese.
    pub language: Option<String>,
    /// Under which browser it is sat, see [`crate::event::SessionBrowserSet`], as JSON; none: any.
    pub browser: Option<String>,
}

/// A candidate: the row itself.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = candidates)]
pub struct CandidateRow {
    /// Ticket number.
    pub ticket: String,
    /// Session id.
    pub session: String,
    /// Registration id.
    pub registration: String,
    /// Person id.
    pub person: String,
    /// Secret of the ticket, sealed for `ticket.secret`.
    pub secret: String,
    /// Keyed hash of the secret.
    pub secret_index: String,
    /// Room code, once seated.
    pub room: Option<String>,
    /// Seat from 1, once seated.
    pub seat: Option<i32>,
    /// [`crate::event::PaperRecord`] as JSON, sealed for `paper`.
    pub paper: Option<String>,
    /// Sheet codes as a JSON array, sealed for `sheets`.
    pub sheets: Option<String>,
    /// `pending`, `theory_passed`, `passed`, `failed`, `absent` or `removed`.
    pub outcome: String,
    /// Time that was given back to him, milliseconds.
    pub extra_ms: i64,
    /// The theory examination is halted for him since, epoch milliseconds.
    pub paused_at: Option<i64>,
    /// Out of the room since, epoch milliseconds.
    pub away_since: Option<i64>,
}

/// A check-in at a kiosk.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = check_ins)]
pub struct CheckInRow {
    /// Ticket number.
    pub ticket: String,
    /// When, epoch milliseconds by the kiosk's corrected clock.
    pub checked_in_at: i64,
    /// Kiosk id.
    pub kiosk: String,
    /// Name of the picture taken.
    pub photo: Option<String>,
    /// `same` or `different`: what a person saw who compared.
    pub compared: Option<String>,
    /// Who compared.
    pub compared_by: Option<String>,
    /// Number in the queue.
    pub queue_number: Option<i32>,
    /// How often called.
    pub calls: i32,
    /// To which window called last.
    pub call_window: Option<String>,
    /// How often passed over.
    pub passed_over: i32,
    /// When admitted, epoch milliseconds.
    pub admitted_at: Option<i64>,
}

/// Number of a sitting's newest answer, 0 without one.
const NEWEST_ANSWER: &str =
    "COALESCE((SELECT MAX(answers.seq) FROM answers WHERE answers.ticket = sittings.ticket), 0)";

/// A theory examination.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sittings)]
pub struct SittingRow {
    /// Ticket number.
    pub ticket: String,
    /// Id of the seat's current token; empty after a move until the examinee sits down again.
    pub token: String,
    /// First entry, epoch milliseconds.
    pub entered_at: i64,
    /// Entries.
    pub entries: i32,
    /// End for this person, epoch milliseconds.
    pub deadline: i64,
    /// Answers saved: what the answers themselves say.
    #[diesel(select_expression = dsl::sql::<BigInt>(NEWEST_ANSWER))]
    #[diesel(select_expression_type = SqlLiteral<BigInt>)]
    pub last_seq: i64,
    /// End, epoch milliseconds.
    pub ended_at: Option<i64>,
    /// `handed_in`, `timed_out` or `removed`.
    pub how: Option<String>,
    /// Questions answered.
    pub answered: Option<i32>,
    /// Points reached.
    pub points: Option<i32>,
    /// Points of the paper.
    pub total: Option<i32>,
    /// Whether passed.
    pub passed: Option<bool>,
    /// SHA-256 over the answers that were graded, hexadecimal.
    pub answers_hash: Option<String>,
    /// Number of the event in which it stands.
    pub ended_in: Option<i64>,
}

/// A complete practical.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = practicals)]
pub struct PracticalRow {
    /// Ticket number.
    pub ticket: String,
    /// Weighted total, 0–10,000.
    pub hundredths: i32,
    /// Whether a veto item failed.
    pub veto: bool,
    /// Whether passed.
    pub passed: bool,
    /// When it was complete, epoch milliseconds.
    pub ended_at: i64,
}

/// A candidate with all that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The row itself.
    pub row: CandidateRow,
    /// Identity number, sealed for `person.id_number`.
    pub id_number: Sealed,
    /// Name, sealed for `person.name`.
    pub name: Sealed,
    /// Keyed hash of the identity number.
    pub id_index: String,
    /// Training institution of the registration.
    pub institution: String,
    /// Employer of the registration.
    pub employer: Option<String>,
    /// Name of the registered portrait.
    pub portrait: String,
    /// Check-in at a kiosk.
    pub check_in: Option<CheckInRow>,
    /// Theory.
    pub sitting: Option<SittingRow>,
    /// Practical, once complete.
    pub practical: Option<PracticalRow>,
    /// Certificate id.
    pub certificate: Option<String>,
}

/// A duty of an invigilator or examiner.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = duties)]
pub struct DutyRow {
    /// Session id.
    pub session: String,
    /// Post code.
    pub post: String,
    /// Word of [`shared::assignment::PostKind`].
    pub kind: String,
    /// Room or station code; empty for those of the point as a whole.
    pub place: String,
    /// Staff code; of an open post, who left it.
    pub staff: String,
    /// `drawn`, `confirmed`, `moved` (a reserve who has stepped in somewhere) or `open` (nobody has it).
    pub state: String,
    /// When the person confirmed, epoch milliseconds.
    pub answered_at: Option<i64>,
}

/// States of a duty that somebody has.
const HELD: [&str; 2] = ["drawn", "confirmed"];

/// One session.
///
/// # Errors
/// [`super::DbError`].
pub fn session(conn: &mut Conn, id: &str) -> DbResult<Option<SessionRow>> {
    Ok(sessions::table.find(id).select(SessionRow::as_select()).first(conn).optional()?)
}

/// Sessions by start and id, of one day and one exam point where these are given.
///
/// # Errors
/// [`super::DbError`].
pub fn sessions(conn: &mut Conn, day: Option<&str>, point: Option<&str>) -> DbResult<Vec<SessionRow>> {
    let mut query = sessions::table.order((sessions::starts_at, sessions::id)).into_boxed();
    if let Some(day) = day {
        query = query.filter(sessions::day.eq(day.to_owned()));
    }
    if let Some(point) = point {
        query = query.filter(sessions::point.eq(point.to_owned()));
    }
    Ok(query.select(SessionRow::as_select()).load(conn)?)
}

/// Number of candidates of each session that has any.
///
/// # Errors
/// [`super::DbError`].
pub fn candidate_counts(conn: &mut Conn, sessions: &[String]) -> DbResult<HashMap<String, i64>> {
    let mut counts = HashMap::new();
    for chunk in sessions.chunks(CHUNK) {
        let rows: Vec<(String, i64)> = candidates::table
            .filter(candidates::session.eq_any(chunk.to_vec()))
            .group_by(candidates::session)
            .select((candidates::session, diesel::dsl::count_star()))
            .load(conn)?;
        counts.extend(rows);
    }
    Ok(counts)
}

/// Number of candidates of a session by outcome; outcomes that nobody has are not there.
///
/// # Errors
/// [`super::DbError`].
pub fn outcome_counts(conn: &mut Conn, session: &str) -> DbResult<BTreeMap<String, i64>> {
    let rows: Vec<(String, i64)> = candidates::table
        .filter(candidates::session.eq(session))
        .group_by(candidates::outcome)
        .select((candidates::outcome, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The row of a ticket.
///
/// # Errors
/// [`super::DbError`].
pub fn candidate_row(conn: &mut Conn, ticket: &str) -> DbResult<Option<CandidateRow>> {
    Ok(candidates::table.find(ticket).select(CandidateRow::as_select()).first(conn).optional()?)
}

/// The rows of a session by ticket.
///
/// # Errors
/// [`super::DbError`].
pub fn candidate_rows(conn: &mut Conn, session: &str) -> DbResult<Vec<CandidateRow>> {
    let rows = candidates::table.filter(candidates::session.eq(session)).order(candidates::ticket);
    Ok(rows.select(CandidateRow::as_select()).load(conn)?)
}

/// A ticket with all that is known.
///
/// # Errors
/// [`super::DbError`].
pub fn candidate(conn: &mut Conn, ticket: &str) -> DbResult<Option<Candidate>> {
    let row = candidate_row(conn, ticket)?;
    Ok(complete(conn, row.into_iter().collect())?.pop())
}

/// The candidate whose ticket has the secret of this keyed hash (`sealer.index("ticket_secret", …)`).
///
/// # Errors
/// [`super::DbError`].
pub fn candidate_by_secret(conn: &mut Conn, secret_index: &str) -> DbResult<Option<Candidate>> {
    let row = candidates::table.filter(candidates::secret_index.eq(secret_index));
    let row = row.select(CandidateRow::as_select()).first(conn).optional()?;
    Ok(complete(conn, row.into_iter().collect())?.pop())
}

/// All candidates of a session by ticket.
///
/// # Errors
/// [`super::DbError`].
pub fn candidates(conn: &mut Conn, session: &str) -> DbResult<Vec<Candidate>> {
    let rows = candidate_rows(conn, session)?;
    complete(conn, rows)
}

/// A page of a session's candidates by ticket, and how many there are in all.
///
/// # Errors
/// [`super::DbError`].
pub fn candidates_page(
    conn: &mut Conn,
    session: &str,
    offset: i64,
    length: i64,
) -> DbResult<(Vec<Candidate>, i64)> {
    let of = || candidates::table.filter(candidates::session.eq(session));
    let total = of().count().get_result(conn)?;
    let page = of().order(candidates::ticket).offset(offset).limit(length);
    let rows = page.select(CandidateRow::as_select()).load(conn)?;
    Ok((complete(conn, rows)?, total))
}

/// The ticket under which a person is a candidate for a trade and has no result yet.
///
/// # Errors
/// [`super::DbError`].
pub fn open_candidacy(conn: &mut Conn, person: &str, trade: &str) -> DbResult<Option<String>> {
    let open = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .filter(candidates::person.eq(person))
        .filter(sessions::trade.eq(trade))
        .filter(candidates::outcome.eq_any(["pending", "theory_passed"]));
    Ok(open.select(candidates::ticket).first(conn).optional()?)
}

/// Whether a registration was refused for a session at this very time; the same refusal is recorded once.
///
/// # Errors
/// [`super::DbError`].
pub fn is_refused_at(conn: &mut Conn, session: &str, registration: &str, at: i64) -> DbResult<bool> {
    let found: i64 = refusals::table.find((session, registration, at)).count().get_result(conn)?;
    Ok(found > 0)
}

/// Rooms of an exam point in which somebody sits in one of the other seated sessions that start from `from` to `to`
/// (epoch milliseconds, both included).
///
/// # Errors
/// [`super::DbError`].
pub fn rooms_in_use(conn: &mut Conn, other_than: &SessionRow, from: i64, to: i64) -> DbResult<Vec<String>> {
    let rooms: Vec<Option<String>> = candidates::table
        .inner_join(sessions::table.on(sessions::id.eq(candidates::session)))
        .filter(sessions::point.eq(&other_than.point))
        .filter(sessions::id.ne(&other_than.id))
        .filter(sessions::starts_at.ge(from))
        .filter(sessions::starts_at.le(to))
        .filter(candidates::room.is_not_null())
        .select(candidates::room)
        .distinct()
        .load(conn)?;
    Ok(rooms.into_iter().flatten().collect())
}

/// Duties of a session that somebody has, by post.
///
/// # Errors
/// [`super::DbError`].
pub fn duties(conn: &mut Conn, session: &str) -> DbResult<Vec<DutyRow>> {
    let rows = duties::table.filter(duties::session.eq(session)).filter(duties::state.eq_any(HELD));
    Ok(rows.order(duties::post).select(DutyRow::as_select()).load(conn)?)
}

/// The duties that a member of staff has in a session.
///
/// # Errors
/// [`super::DbError`].
pub fn duties_of(conn: &mut Conn, session: &str, staff: &str) -> DbResult<Vec<DutyRow>> {
    let rows = duties::table
        .filter(duties::session.eq(session))
        .filter(duties::staff.eq(staff))
        .filter(duties::state.eq_any(HELD));
    Ok(rows.order(duties::post).select(DutyRow::as_select()).load(conn)?)
}

/// All duties that somebody has in sessions of the days from `from` to `to` (both included), with their sessions, by start and post.
///
/// # Errors
/// [`super::DbError`].
pub fn duties_between(conn: &mut Conn, from: &str, to: &str) -> DbResult<Vec<(DutyRow, SessionRow)>> {
    let rows = duties::table
        .inner_join(sessions::table.on(sessions::id.eq(duties::session)))
        .filter(sessions::day.ge(from))
        .filter(sessions::day.le(to))
        .filter(duties::state.eq_any(HELD))
        .order((sessions::starts_at, sessions::id, duties::post));
    Ok(rows.select((DutyRow::as_select(), SessionRow::as_select())).load(conn)?)
}

/// When a room was released, epoch milliseconds.
///
/// # Errors
/// [`super::DbError`].
pub fn released_at(conn: &mut Conn, session: &str, room: &str) -> DbResult<Option<i64>> {
    Ok(released_rooms::table.find((session, room)).select(released_rooms::at).first(conn).optional()?)
}

/// Adds to each row what other tables know; the order stays.
fn complete(conn: &mut Conn, rows: Vec<CandidateRow>) -> DbResult<Vec<Candidate>> {
    let mut all = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(CHUNK) {
        all.extend(complete_chunk(conn, chunk)?);
    }
    Ok(all)
}

fn complete_chunk(conn: &mut Conn, rows: &[CandidateRow]) -> DbResult<Vec<Candidate>> {
    let tickets: Vec<&str> = rows.iter().map(|r| r.ticket.as_str()).collect();
    let mut known = Known::load(conn, rows, &tickets)?;
    let complete = rows.iter().filter_map(|row| {
        // The keys are held by the database, so nobody is left out here.
        let (id_number, name, id_index) = known.persons.get(&row.person)?.clone();
        let (institution, employer, portrait) = known.registrations.get(&row.registration)?.clone();
        Some(Candidate {
            id_number: Sealed(id_number),
            name: Sealed(name),
            id_index,
            institution,
            employer,
            portrait,
            check_in: known.check_ins.remove(&row.ticket),
            sitting: known.sittings.remove(&row.ticket),
            practical: known.practicals.remove(&row.ticket),
            certificate: known.certificates.remove(&row.ticket),
            row: row.clone(),
        })
    });
    Ok(complete.collect())
}

/// Sealed identity number, sealed name, keyed hash of the number.
type PersonParts = (String, String, String);

/// Training institution, employer, portrait.
type RegistrationParts = (String, Option<String>, String);

struct Known {
    persons: HashMap<String, PersonParts>,
    registrations: HashMap<String, RegistrationParts>,
    check_ins: HashMap<String, CheckInRow>,
    sittings: HashMap<String, SittingRow>,
    practicals: HashMap<String, PracticalRow>,
    certificates: HashMap<String, String>,
}

impl Known {
    fn load(conn: &mut Conn, rows: &[CandidateRow], tickets: &[&str]) -> DbResult<Self> {
        let people: Vec<&str> = rows.iter().map(|r| r.person.as_str()).collect();
        let people: Vec<(String, PersonParts)> = persons::table
            .filter(persons::id.eq_any(people))
            .select((persons::id, (persons::id_number, persons::name, persons::id_index)))
            .load(conn)?;
        let applied: Vec<&str> = rows.iter().map(|r| r.registration.as_str()).collect();
        let applied: Vec<(String, RegistrationParts)> = registrations::table
            .filter(registrations::id.eq_any(applied))
            .select((
                registrations::id,
                (registrations::institution, registrations::employer, registrations::portrait),
            ))
            .load(conn)?;
        let tickets = tickets.to_vec();
        let check_ins: Vec<CheckInRow> = check_ins::table
            .filter(check_ins::ticket.eq_any(tickets.clone()))
            .select(CheckInRow::as_select())
            .load(conn)?;
        let sittings: Vec<SittingRow> = sittings::table
            .filter(sittings::ticket.eq_any(tickets.clone()))
            .select(SittingRow::as_select())
            .load(conn)?;
        let practicals: Vec<PracticalRow> = practicals::table
            .filter(practicals::ticket.eq_any(tickets.clone()))
            .select(PracticalRow::as_select())
            .load(conn)?;
        let issued: Vec<(String, String)> = certificates::table
            .filter(certificates::ticket.eq_any(tickets))
            .select((certificates::ticket, certificates::id))
            .load(conn)?;
        Ok(Self {
            persons: people.into_iter().collect(),
            registrations: applied.into_iter().collect(),
            check_ins: check_ins.into_iter().map(|r| (r.ticket.clone(), r)).collect(),
            sittings: sittings.into_iter().map(|r| (r.ticket.clone(), r)).collect(),
            practicals: practicals.into_iter().map(|r| (r.ticket.clone(), r)).collect(),
            certificates: issued.into_iter().collect(),
        })
    }
}
