//! What an examinee does at a seat: sit down, answer, hand in.

#[cfg(doc)]
use super::paper::ShownPaper;
use super::paper::{self, GivenAnswer, Graded, Missed};
use super::{TheoryError, Timetable, exam, examinee, theory_rules};
use crate::app::auth::{self, AuthError, Throttle};
use crate::app::{App, mine};
use crate::db::sessions::{self, CandidateRow, SittingRow};
use crate::db::theory as rows;
use crate::db::{Conn, DbError, answers, events, overview};
use crate::event::{Actor, Event, Fact, SeatEntered, TheoryEnded};
use crate::seal::SealError;
use serde::{Deserialize, Serialize};
use shared::idnumber::IdNumber;
use shared::person::{Name, mask_id_number, mask_name};
use shared::rules::TheoryRules;
use shared::time::Instant;
use shared::wire::v1::seat::{self as wire, PaperKey};
use utoipa::ToSchema;

/// Who calls from a seat.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Ticket number.
    pub ticket: String,
    /// Id of the token; only the one of the last entry is good.
    pub token: String,
}

/// An examinee wants to sit down.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterOrder {
    /// The ticket's secret: text of its QR.
    pub secret: String,
    /// Room code of the seat.
    pub room: String,
    /// Number of the seat.
    pub seat: u32,
}

/// An examinee wants to sit down and types what is printed on the ticket.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SitOrder {
    /// Ticket number; without it the secret has to be whole.
    #[serde(default)]
    pub ticket: Option<String>,
    /// The ticket's secret (text of its QR), or with the number the code printed below it.
    pub secret: String,
    /// Room code of the seat.
    pub room: String,
    /// Number of the seat.
    pub seat: u32,
}

/// An examinee sits and has the paper.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Entered {
    /// Bearer token of the seat; an earlier one is void.
    pub token: String,
    /// Ticket number.
    pub ticket: String,
    /// Name, masked.
    pub name_masked: String,
    /// Identity number, masked.
    pub id_masked: String,
    /// End of the examination, epoch milliseconds.
    pub deadline: i64,
    /// Server's time, epoch milliseconds.
    pub server_time: i64,
    /// Start of the examination, epoch milliseconds: nobody opens the paper before.
    pub starts_at: i64,
    /// The paper ([`ShownPaper`] as JSON), sealed: AES-256-GCM with a nonce of noughts, base64. Its key is told when the
    /// room is released and the time has come.
    pub paper: String,
    /// Key of the log, with which receipts are checked (C2SP signed note).
    pub log_key: String,
    /// Answers that stand.
    pub answers: Vec<GivenAnswer>,
    /// Answers saved so far.
    pub last_seq: i64,
    /// Whether questions may be heard: the rule set allows it, and they are spoken here.
    pub read_aloud: bool,
}

/// The key of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Opened {
    /// 32 bytes, base64.
    pub key: String,
    /// End of the examination, epoch milliseconds.
    pub deadline: i64,
    /// Server's time, epoch milliseconds.
    pub server_time: i64,
}

/// How a sitting stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeatState {
    /// End of the examination, epoch milliseconds.
    pub deadline: i64,
    /// Server's time, epoch milliseconds.
    pub server_time: i64,
    /// Answers that stand; not told to a seat that has them.
    pub answers: Option<Vec<GivenAnswer>>,
    /// Answers saved so far.
    pub last_seq: i64,
    /// When it ended, epoch milliseconds.
    pub ended_at: Option<i64>,
    /// How it ended: `handed_in`, `timed_out` or `removed`.
    pub how: Option<String>,
    /// SHA-256 over the answers that were graded, hexadecimal: it stands in the event of the end.
    pub answers_hash: Option<String>,
    /// Warnings for misconduct.
    pub warnings: usize,
    /// Whether the invigilator has halted the examination.
    pub halted: bool,
}

/// A paper was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandedIn {
    /// When it ended, epoch milliseconds.
    pub ended_at: i64,
    /// Questions answered.
    pub answered: u32,
    /// SHA-256 over the answers that are graded, hexadecimal: it stands in the event of the end.
    pub answers_hash: String,
    /// The score, where the rule set tells it at once; else results are told later, to all together.
    pub score: Option<Score>,
}

/// The score of a theory examination, told at the seat. The right answers are told to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Score {
    /// Points reached.
    pub points: u32,
    /// Points of the paper.
    pub total: u32,
    /// Whether the pass mark is reached.
    pub passed: bool,
    /// Whether a practical follows.
    pub practical_follows: bool,
    /// Subjects in which questions were missed, the most first.
    pub missed: Vec<Missed>,
}

impl HandedIn {
    fn of(graded: &Graded, rules: &TheoryRules, ended_at: i64, practical_follows: bool) -> Self {
        let Graded { answered, answers_hash, points, total, passed, missed, .. } = graded.clone();
        let score = Score { points, total, passed, practical_follows: practical_follows && passed, missed };
        let score = Some(score).filter(|_| rules.score_at_hand_in);
        Self { ended_at, answered, answers_hash, score }
    }
}

/// Sits an examinee down by what is printed on the ticket: the QR's whole text, or the number with the code below it.
///
/// # Errors
/// As [`enter()`]; [`TheoryError::SeatUnknown`] if number and code do not belong together, [`TheoryError::Throttled`].
pub fn sit(app: &App, throttle: &Throttle, order: SitOrder) -> Result<Entered, TheoryError> {
    let SitOrder { ticket, secret, room, seat } = order;
    let ticket = ticket.filter(|t| !t.trim().is_empty());
    let secret = match ticket {
        None => secret.trim().to_owned(),
        Some(ticket) => match mine::secret_of_holder(app, throttle, ticket.trim(), &secret) {
            Err(AuthError::Credentials) => return Err(TheoryError::SeatUnknown),
            other => other?,
        },
    };
    enter(app, &EnterOrder { secret, room, seat })
}

/// The picture taken at the check-in, for the examinee's own seat.
///
/// # Errors
/// [`TheoryError::SeatTakenOver`]; [`TheoryError::NoPicture`] if none was taken.
pub fn photo(app: &App, seat: &Seat) -> Result<Vec<u8>, TheoryError> {
    let name = app.db.read(|conn| {
        current(conn, seat)?;
        let candidate = sessions::candidate(conn, &seat.ticket)?;
        Ok::<_, TheoryError>(candidate.and_then(|c| c.check_in).and_then(|c| c.photo))
    })?;
    app.blobs.load(&name.ok_or(TheoryError::NoPicture)?).map_err(|_| TheoryError::NoPicture)
}

/// Sits an examinee down, for the first time or again; each time the earlier token is void.
///
/// # Errors
/// [`TheoryError`] names what is missing: the kiosk's admission, the time, the right seat.
pub fn enter(app: &App, order: &EnterOrder) -> Result<Entered, TheoryError> {
    let now = app.clock.now();
    let index = app.sealer.index("ticket_secret", &order.secret);
    let place = (order.room.clone(), i32::try_from(order.seat).unwrap_or(0));
    let sealer = &app.sealer;
    let (who, (rule_set, aloud), (table, usual_end), (name, id_masked), shown) = app.db.read(|conn| {
        let who = rows::row_by_secret(conn, &index)?.ok_or(TheoryError::SeatUnknown)?;
        let exam = exam(conn, &who.session)?;
        let rules = theory_rules(conn, &exam)?;
        let table = Timetable::of(&rules, exam.starts_at, &who, now);
        let usual_end = Timetable::new(&rules, exam.starts_at).deadline;
        let first = may_sit(conn, &who, &place)?.is_none();
        if rows::admitted_at(conn, &who.ticket)?.is_none() {
            return Err(TheoryError::NotCheckedIn);
        }
        table.may_enter(now, first)?;
        let shown = paper::show(conn, sealer, &paper::open(sealer, &who)?)?;
        let masked = masked(conn, app, &who)?;
        let rule_set = (exam.rule_set, rules.read_aloud);
        Ok::<_, TheoryError>((who, rule_set, (table, usual_end), masked, shown))
    })?;
    let (token, token_id) = auth::issue_seat(app, &who.ticket)?;
    let paper = serde_json::to_string(&shown).map_err(|e| DbError::corrupt("paper", e))?;
    let paper = wire::seal(&paper_key(app, &token_id)?, &paper).ok_or(SealError::Broken)?;
    let ticket = who.ticket.clone();
    let saved = app.db.write(move |conn| {
        // A move, an end, a removal or more time may have come in between.
        let who = examinee(conn, &ticket)?;
        may_sit(conn, &who, &place)?;
        let (room, seat) = (place.0, u32::try_from(place.1).unwrap_or(0));
        let deadline = usual_end.millis().saturating_add(who.extra_ms);
        let entered = SeatEntered { ticket: ticket.clone(), token: token_id, room, seat, deadline };
        let event = Event::new(now, Actor::Ticket(ticket.clone()), Fact::SeatEntered(entered));
        events::append(conn, &event.under(&rule_set))?;
        Ok::<_, TheoryError>(answers::of_ticket(conn, &ticket)?)
    })?;
    app.presence.heard(&who.ticket, now);
    Ok(Entered {
        token,
        ticket: who.ticket,
        name_masked: name,
        id_masked,
        deadline: table.deadline.millis(),
        server_time: now.millis(),
        starts_at: table.start.millis(),
        paper,
        log_key: crate::app::log::key(app)?.to_string(),
        answers: paper::standing(sealer, &saved)?,
        last_seq: saved.last().map_or(0, |a| a.seq),
        read_aloud: aloud && app.voices.voice.usable(),
    })
}

/// The texts of the caller's paper, to be read aloud.
///
/// # Errors
/// As [`open`]; [`TheoryError::NoVoice`] where the rule set does not allow it.
pub(in crate::app) fn texts_to_read(
    app: &App,
    seat: &Seat,
) -> Result<impl Iterator<Item = String>, TheoryError> {
    let now = app.clock.now();
    let shown = app.db.read(|conn| {
        current(conn, seat)?;
        may_read(conn, seat, now)?;
        let who = examinee(conn, &seat.ticket)?;
        let exam = exam(conn, &who.session)?;
        if !theory_rules(conn, &exam)?.read_aloud {
            return Err(TheoryError::NoVoice);
        }
        paper::show(conn, &app.sealer, &paper::open(&app.sealer, &who)?)
    })?;
    Ok(shown.items.into_iter().flat_map(|item| std::iter::once(item.title).chain(item.choices)))
}

/// The key of the paper of one entry: nobody can make it who has not the server's own.
fn paper_key(app: &App, token: &str) -> Result<PaperKey, SealError> {
    let mut key = PaperKey::default();
    hex::decode_to_slice(app.sealer.index("paper_key", token), &mut key).map_err(|_| SealError::Broken)?;
    Ok(key)
}

/// Tells the key of the paper, once the room is released and the examination has begun.
///
/// # Errors
/// [`TheoryError::TooEarly`], [`TheoryError::RoomNotReleased`], [`TheoryError::SeatTakenOver`].
pub fn open(app: &App, seat: &Seat) -> Result<Opened, TheoryError> {
    let now = app.clock.now();
    app.presence.heard(&seat.ticket, now);
    let sitting = app.db.read(|conn| {
        let sitting = current(conn, seat)?;
        may_read(conn, seat, now)?;
        Ok::<_, TheoryError>(sitting)
    })?;
    if sitting.ended_at.is_some() {
        return Err(TheoryError::AlreadyEnded);
    }
    let key = wire::told(&paper_key(app, &seat.token)?);
    Ok(Opened { key, deadline: sitting.deadline, server_time: now.millis() })
}

/// Whether whoever sits at a seat may see the paper.
pub(in crate::app) fn may_read(conn: &mut Conn, seat: &Seat, now: Instant) -> Result<(), TheoryError> {
    let who = seated(conn, &seat.ticket)?;
    if now.millis() < who.starts_at {
        return Err(TheoryError::TooEarly(Instant::from_millis(who.starts_at).minute_in_china()));
    }
    match who.released_at {
        Some(_) => Ok(()),
        None => Err(TheoryError::RoomNotReleased(who.room.unwrap_or_default())),
    }
}

fn seated(conn: &mut Conn, ticket: &str) -> Result<rows::Seated, TheoryError> {
    rows::seated(conn, ticket)?.ok_or_else(|| TheoryError::TicketUnknown(ticket.to_owned()))
}

/// How the sitting stands, told to a seat that `has` so many of its answers.
///
/// # Errors
/// [`TheoryError::SeatTakenOver`] if the token is not the current one.
pub fn state(app: &App, seat: &Seat, has: Option<i64>) -> Result<SeatState, TheoryError> {
    let now = app.clock.now();
    app.presence.heard(&seat.ticket, now);
    let (sitting, answers, warnings, halted) = app.db.read(|conn| {
        let sitting = current(conn, seat)?;
        let halted = seated(conn, &seat.ticket)?.paused_at.is_some();
        let warnings = overview::misconduct_of(conn, &seat.ticket)?.len();
        let wanted = has != Some(sitting.last_seq);
        let answers = wanted.then(|| answers::of_ticket(conn, &seat.ticket)).transpose()?;
        Ok::<_, TheoryError>((sitting, answers, warnings, halted))
    })?;
    // Of what was read last: an answer may have come in between.
    let last_seq = answers.as_ref().map_or(sitting.last_seq, |all| all.last().map_or(0, |a| a.seq));
    Ok(SeatState {
        deadline: sitting.deadline,
        server_time: now.millis(),
        answers: answers.map(|answers| paper::standing(&app.sealer, &answers)).transpose()?,
        last_seq,
        ended_at: sitting.ended_at,
        how: sitting.how,
        answers_hash: sitting.answers_hash,
        warnings,
        halted,
    })
}

/// Hands the paper in; it is graded at once, and where the rule set says so the score is told here. Handing in again
/// answers the same. After the deadline the sitting ends as timed out with what the server has.
///
/// # Errors
/// [`TheoryError`]: answers missing, too early to leave, removed.
pub fn hand_in(app: &App, seat: &Seat, last_seq: i64) -> Result<HandedIn, TheoryError> {
    match hand_in_once(app, seat, last_seq) {
        Err(TheoryError::KeyCorrected) => hand_in_once(app, seat, last_seq),
        other => other,
    }
}

fn hand_in_once(app: &App, seat: &Seat, last_seq: i64) -> Result<HandedIn, TheoryError> {
    let now = app.clock.now();
    let begun = app.db.read(|conn| {
        let sitting = current(conn, seat)?;
        let who = examinee(conn, &seat.ticket)?;
        let exam = exam(conn, &who.session)?;
        let rules = theory_rules(conn, &exam)?;
        let over = over(&sitting)?;
        let in_time = who.paused_at.is_some() || now.millis() < sitting.deadline;
        if over.is_none() && in_time {
            may_leave(&Timetable::new(&rules, exam.starts_at), &sitting, now, last_seq)?;
        }
        let graded = paper::grade(conn, &app.sealer, app.lane.keys(), &rules, &who)?;
        let how = if in_time { "handed_in" } else { "timed_out" };
        let follows = paper::practical_follows(&app.sealer, &who)?;
        let (fact, by) = (ended(&who.ticket, how, &graded, follows), graded.by.clone());
        let told = move |ended_at: i64| HandedIn::of(&graded, &rules, ended_at, follows);
        Ok::<_, TheoryError>((over.map(&told), (fact, by), exam.rule_set, told))
    })?;
    let (before, (fact, by), rule_set, told) = begun;
    if let Some(before) = before {
        return Ok(before);
    }
    let seat = seat.clone();
    let ended_at = app.db.write(move |conn| {
        let sitting = current(conn, &seat)?;
        if let Some(ended_at) = over(&sitting)? {
            return Ok(ended_at);
        }
        // An answer that was saved since the paper was graded would be lost.
        if sitting.last_seq != fact.last_seq {
            return Err(TheoryError::AnswersMissing { has: sitting.last_seq, claimed: last_seq });
        }
        // A key that was corrected since counts for this paper too.
        if !by.is_current(conn)? {
            return Err(TheoryError::KeyCorrected);
        }
        let event = Event::new(now, Actor::Ticket(seat.ticket), Fact::TheoryEnded(fact));
        events::append(conn, &event.under(&rule_set))?;
        Ok(now.millis())
    })?;
    Ok(told(ended_at))
}

/// The end of a sitting with what was graded.
pub(super) fn ended(ticket: &str, how: &str, graded: &Graded, practical_follows: bool) -> TheoryEnded {
    TheoryEnded {
        ticket: ticket.to_owned(),
        how: how.to_owned(),
        last_seq: graded.last_seq,
        answers_hash: graded.answers_hash.clone(),
        answered: graded.answered,
        points: graded.points,
        total: graded.total,
        passed: graded.passed,
        practical_follows,
    }
}

/// Whether a candidate may sit down at a place, the time apart; answers the sitting that there is already.
fn may_sit(
    conn: &mut Conn,
    who: &CandidateRow,
    place: &(String, i32),
) -> Result<Option<SittingRow>, TheoryError> {
    let sitting = rows::sitting(conn, &who.ticket)?;
    if who.outcome != "pending" || sitting.as_ref().is_some_and(|s| s.ended_at.is_some()) {
        return Err(TheoryError::AlreadyEnded);
    }
    let (Some(room), Some(seat)) = (&who.room, who.seat) else {
        return Err(TheoryError::SessionState("seats are not drawn yet"));
    };
    if *room != place.0 || seat != place.1 {
        return Err(TheoryError::WrongSeat { room: room.clone(), seat });
    }
    Ok(sitting)
}

/// Masked name and masked identity number.
pub(super) fn masked(
    conn: &mut Conn,
    app: &App,
    who: &CandidateRow,
) -> Result<(String, String), TheoryError> {
    let candidate = sessions::candidate(conn, &who.ticket)?;
    let candidate = candidate.ok_or_else(|| TheoryError::TicketUnknown(who.ticket.clone()))?;
    let number = app.sealer.open("person.id_number", &candidate.id_number)?;
    let name = app.sealer.open("person.name", &candidate.name)?;
    let name = Name::parse(&name).map_err(|e| DbError::corrupt("person", e))?;
    let number = IdNumber::parse(&number).map_err(|e| DbError::corrupt("identity number", e))?;
    Ok((mask_name(&name), mask_id_number(&number)))
}

/// The sitting, if the caller holds its current token.
pub(super) fn current(conn: &mut Conn, seat: &Seat) -> Result<SittingRow, TheoryError> {
    let sitting = rows::sitting(conn, &seat.ticket)?;
    match sitting {
        Some(sitting) if sitting.token == seat.token => Ok(sitting),
        found => Err(elsewhere(conn, &seat.ticket, found.as_ref())?),
    }
}

/// Why a token is not good any more: where to go on, if somebody was moved and has not sat down there yet.
pub(super) fn elsewhere(
    conn: &mut Conn,
    ticket: &str,
    sitting: Option<&SittingRow>,
) -> Result<TheoryError, TheoryError> {
    if sitting.is_some_and(|sitting| sitting.token.is_empty()) {
        let who = examinee(conn, ticket)?;
        if let (Some(room), Some(seat)) = (who.room, who.seat) {
            return Ok(TheoryError::SeatMoved { room, seat });
        }
    }
    Ok(TheoryError::SeatTakenOver)
}

fn may_leave(
    table: &Timetable,
    sitting: &SittingRow,
    now: Instant,
    last_seq: i64,
) -> Result<(), TheoryError> {
    if now < table.leave {
        return Err(TheoryError::TooEarlyToLeave(table.leave.time_in_china()));
    }
    let has = sitting.last_seq;
    match has.cmp(&last_seq) {
        std::cmp::Ordering::Less => Err(TheoryError::AnswersMissing { has, claimed: last_seq }),
        std::cmp::Ordering::Greater => Err(TheoryError::Sequence(has + 1)),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

/// When a sitting ended of which whoever hands in (again) is told; `None` while it runs.
fn over(sitting: &SittingRow) -> Result<Option<i64>, TheoryError> {
    match (sitting.ended_at, sitting.how.as_deref()) {
        (None, _) => Ok(None),
        (Some(ended_at), Some("handed_in" | "timed_out")) => Ok(Some(ended_at)),
        _ => Err(TheoryError::AlreadyEnded),
    }
}
