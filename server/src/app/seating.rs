//! Seats, papers and practical sheets of a session: three draws in one transaction, each with its transcript.
//!
//! A session is seated once. Rooms in which another session sits at that time are left out.

use super::App;
use super::auth::Person;
use super::ceremony::{Hall, Hold, HoldError};
use super::draws::{Draws, Run, RunError, hash_of};
use super::once::{Once, OnceError};
use super::opening;
use super::world::{WorldError, rule_set};
use crate::db::banks::SetRow;
use crate::db::draws::{self as draw_rows, QuestionRow};
use crate::db::sessions::{self as rows, SessionRow};
use crate::db::{Conn, DbError, events, world};
use crate::event::{
    Actor, DrawMade, Event, Fact, InputHash, PaperItemRecord, PaperRecord, QuestionBody, Sealed, SeatRecord,
    SessionSeated,
};
use crate::seal::{SealError, Sealer};
use serde::{Deserialize, Serialize};
use shared::draw::ceremony::Stage;
use shared::draw::chacha::Seed;
use shared::ids::{RoomId, SheetCode, TicketNumber};
use shared::paper::{PaperQuestion, shuffle_paper};
use shared::practical::KPart;
use shared::rules::RuleSet;
use shared::seating::{Room, SEATS_IN_A_ROW, Seat, SeatingError as Refused, SetDraw, SheetDraw};
use shared::time::Instant;
use shared::trade::ExamKind;
use shared::wire::transcript::{BuildError, InputError, SeatingInput, SetsInput, SheetsInput};
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;
use utoipa::ToSchema;

/// A session was seated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Seated {
    /// The draws.
    pub draws: SeatingDraws,
    /// The seats by room and number.
    pub seats: Vec<SeatView>,
}

/// Draw ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeatingDraws {
    /// Seats.
    pub seating: String,
    /// Question sets.
    pub sets: String,
    /// Practical sheets, where there is a practical.
    pub sheets: Option<String>,
}

/// A seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeatView {
    /// Ticket number.
    pub ticket: String,
    /// Room code.
    pub room: String,
    /// Seat from 1.
    pub seat: u32,
}

/// Why a session is not seated. Nothing was changed.
#[derive(Debug, Error)]
pub enum SeatingError {
    /// No such session.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// The session is not in the state for this.
    #[error("{0}")]
    SessionState(&'static str),
    /// Nobody to be seated.
    #[error("session {0} has no candidates")]
    NobodyEnrolled(String),
    /// The rooms do not suffice.
    #[error("{0}")]
    SeatsShort(String),
    /// No question sets in force.
    #[error("no question sets are in force for trade {0}")]
    SetsNotInForce(String),
    /// A part of the practical has no sheet.
    #[error("part {part} of trade {trade}")]
    SheetsMissing {
        /// Trade id.
        trade: String,
        /// `K1` to `K4`.
        part: &'static str,
    },
    /// A draw could not be run.
    #[error("the draw cannot be run: {0}")]
    Draw(BuildError),
    /// Rule set.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The ceremony of the draw.
    #[error(transparent)]
    Hold(#[from] HoldError),
}

crate::refusal!(SeatingError {
    Self::Hold(HoldError::Others(_)) => "ceremony-others",
    Self::Hold(HoldError::InTheWay(_)) => "ceremony-in-the-way",
    Self::Hold(HoldError::Refused(_)) => "ceremony-state",
    Self::SessionUnknown(_) => "session-unknown",
    Self::SessionState(_) => "session-state",
    Self::NobodyEnrolled(_) => "nobody-enrolled",
    Self::SeatsShort(_) => "seats-short",
    Self::SetsNotInForce(_) => "sets-not-in-force",
    Self::SheetsMissing { .. } => "sheets-missing",
    Self::Once(OnceError::Key) => "idempotency-key-invalid",
    Self::Once(OnceError::Reused) => "idempotency-key-reused",
    Self::Draw(_) | Self::World(_) | Self::Db(_) | Self::Seal(_) | Self::Hold(_) => "unavailable",
});

/// Draws seats, question sets and practical sheets of all candidates of a session.
///
/// # Errors
/// [`SeatingError`] says what is missing.
pub fn seat(app: &App, person: &Person, session: &str, once: Option<Once>) -> Result<Seated, SeatingError> {
    let (session, hall) = (session.to_owned(), Hall::of(app, Actor::Account(person.account.clone())));
    app.write_once(once, move |conn| {
        let input = freeze(conn, &session, hall.at)?;
        let ceremony = hall.alone(conn, Stage::Seats, &session)?;
        let frozen = ceremony.freeze(conn, &hall, vec![session], (input.hashes()?, &input))?;
        draw(conn, &hall, &frozen)
    })
}

/// Everything that the draws of a session follow from beside the seed.
#[derive(Serialize, Deserialize)]
pub(super) struct Frozen {
    seating: SeatingInput,
    /// Its seats follow from the first draw.
    sets: SetsInput,
    /// Where there is a practical.
    sheets: Option<SheetsInput>,
    /// Ids of the sets in the order of their numbers in the draw.
    set_ids: Vec<String>,
}

/// The input as it is now.
///
/// # Errors
/// [`SeatingError`] says what is missing.
pub(super) fn freeze(conn: &mut Conn, id: &str, at: Instant) -> Result<Frozen, SeatingError> {
    let (session, rules) = due(conn, id, at)?;
    let candidates = rows::candidate_rows(conn, id)?;
    if candidates.is_empty() {
        return Err(SeatingError::NobodyEnrolled(id.to_owned()));
    }
    let candidates = candidates.iter().map(|c| TicketNumber::parse(&c.ticket));
    let candidates: Vec<TicketNumber> =
        candidates.collect::<Result<_, _>>().map_err(|e| DbError::corrupt("ticket", e))?;
    let seating = SeatingInput::new(&candidates, &free_rooms(conn, &session, &rules)?);
    let sets = draw_rows::sets_in_force(conn, &session.trade)?;
    if sets.is_empty() {
        return Err(SeatingError::SetsNotInForce(session.trade));
    }
    let count = u32::try_from(sets.len()).unwrap_or(u32::MAX);
    Ok(Frozen {
        seating,
        sets: SetsInput::new(&[], SEATS_IN_A_ROW, count, rules.theory.avoid_neighbour_sets),
        sheets: parts(conn, &session)?.map(|parts| SheetsInput::new(&candidates, &parts)),
        set_ids: sets.into_iter().map(|set| set.id).collect(),
    })
}

/// Runs the draws of a ceremony that is complete and writes them down.
///
/// # Errors
/// [`SeatingError`].
pub(super) fn draw(conn: &mut Conn, hall: &Hall, ceremony: &Hold) -> Result<Seated, SeatingError> {
    let (session, rules) = due(conn, &ceremony.row.subject, hall.at)?;
    let rule_set = rules.id.clone();
    let input: Frozen = ceremony.input(&hall.sealer)?;
    let sets = sets(conn, &hall.sealer, &input.set_ids)?;
    let draws = ceremony.draws(conn, hall, session.id.clone(), rule_set.clone())?;
    let plan = Plan { session, rules, sets, input };
    let drawn = plan.draw(conn, &draws)?;
    let (seated, answer) = plan.record(&draws.sealer, &drawn)?;
    let made = [Some(drawn.seats.made), Some(drawn.sets.made), drawn.sheets.map(|run| run.made)];
    let drawn_from: Vec<String> = plan.sets.iter().map(|set| set.row.id.clone()).collect();
    let by = (&hall.actor, hall.at);
    opening::record(conn, by, drawn_from, Some(&plan.session.id), opening::PAPERS)?;
    let facts = made.into_iter().flatten().map(Fact::DrawMade).chain([Fact::SessionSeated(seated)]);
    for fact in facts {
        events::append(conn, &Event::new(hall.at, hall.actor.clone(), fact).under(rule_set.as_str()))?;
    }
    Ok(answer)
}

/// A session that has no seats yet and has not begun, with its rules.
fn due(conn: &mut Conn, id: &str, at: Instant) -> Result<(SessionRow, RuleSet), SeatingError> {
    let session = rows::session(conn, id)?.ok_or_else(|| SeatingError::SessionUnknown(id.to_owned()))?;
    if session.seated {
        return Err(SeatingError::SessionState("the session is seated already"));
    }
    if session.starts_at <= at.millis() {
        return Err(SeatingError::SessionState("the session has started"));
    }
    let rules = rule_set(conn, &session.rule_set)?;
    Ok((session, rules))
}

impl Frozen {
    /// The hashes that are published.
    ///
    /// # Errors
    /// [`SeatingError::Draw`], which no input of ours leads to.
    pub fn hashes(&self) -> Result<Vec<InputHash>, SeatingError> {
        let mut all = vec![
            hash_of(&self.seating).map_err(SeatingError::Draw)?,
            hash_of(&self.sets).map_err(SeatingError::Draw)?,
        ];
        if let Some(sheets) = &self.sheets {
            all.push(hash_of(sheets).map_err(SeatingError::Draw)?);
        }
        Ok(all)
    }
}

/// All that is drawn and written down.
struct Plan {
    session: SessionRow,
    rules: RuleSet,
    sets: Vec<Set>,
    input: Frozen,
}

/// A question set in force with what a paper needs of its questions.
struct Set {
    row: SetRow,
    questions: Vec<String>,
    facts: Vec<PaperQuestion>,
}

struct Drawn {
    seats: Run<Vec<Seat>>,
    sets: Run<Vec<SetDraw>>,
    sheets: Option<Run<Vec<SheetDraw>>>,
}

impl Plan {
    /// The three draws. Sets and sheets stay hidden until nobody can enter or be asked any more.
    fn draw(&self, conn: &mut Conn, draws: &Draws) -> Result<Drawn, SeatingError> {
        let over = Instant::from_millis(self.session.starts_at).plus_minutes(theory_minutes(&self.rules));
        let seats = draws.run(conn, self.input.seating.clone(), draws.at)?;
        let sets = draws.run(conn, self.input.sets.with_seats(&seats.drawn), over)?;
        let sheets = match &self.input.sheets {
            Some(sheets) => Some(draws.run(conn, sheets.clone(), over)?),
            None => None,
        };
        Ok(Drawn { seats, sets, sheets })
    }

    fn record(&self, sealer: &Sealer, drawn: &Drawn) -> Result<(SessionSeated, Seated), SeatingError> {
        let sets: HashMap<&TicketNumber, u32> = drawn.sets.drawn.iter().map(|d| (&d.ticket, d.set)).collect();
        let sheets: HashMap<&TicketNumber, &[SheetCode]> = drawn
            .sheets
            .iter()
            .flat_map(|run| &run.drawn)
            .map(|d| (&d.ticket, d.sheets.as_slice()))
            .collect();
        let (mut records, mut views) = (Vec::new(), Vec::new());
        for Seat { ticket, room, number } in &drawn.seats.drawn {
            let set = sets.get(ticket).and_then(|n| usize::try_from(*n).ok()?.checked_sub(1));
            let set =
                set.and_then(|index| self.sets.get(index)).ok_or_else(|| corrupt("draw", &"no such set"))?;
            let paper = set.paper(drawn.sets.seed.seed_for(ticket.as_str()))?;
            let codes: Vec<&str> = sheets
                .get(ticket)
                .into_iter()
                .flat_map(|codes| codes.iter())
                .map(SheetCode::as_str)
                .collect();
            records.push(SeatRecord {
                ticket: ticket.to_string(),
                room: room.to_string(),
                seat: *number,
                paper: sealer.seal("paper", &json(&paper)?)?,
                sheets: sealer.seal("sheets", &json(&codes)?)?,
            });
            views.push(SeatView { ticket: ticket.to_string(), room: room.to_string(), seat: *number });
        }
        let name = |made: &DrawMade| made.draw.clone();
        let draws = SeatingDraws {
            seating: name(&drawn.seats.made),
            sets: name(&drawn.sets.made),
            sheets: drawn.sheets.as_ref().map(|run| name(&run.made)),
        };
        let seated = SessionSeated {
            session: self.session.id.clone(),
            seating_draw: draws.seating.clone(),
            sets_draw: draws.sets.clone(),
            sheets_draw: draws.sheets.clone(),
            seats: records,
        };
        Ok((seated, Seated { draws, seats: views }))
    }
}

impl Set {
    /// The questions in the order of one candidate, the options of each in his order.
    fn paper(&self, seed: Seed) -> Result<PaperRecord, SeatingError> {
        let count = |n: i32| u32::try_from(n).map_err(|e| corrupt("question set", &e));
        let items = shuffle_paper(&self.facts, seed).into_iter().map(|item| {
            let question = self.questions.get(item.question).cloned();
            let question = question.ok_or_else(|| corrupt("question set", &"a question is missing"))?;
            Ok(PaperItemRecord { question, options: item.options })
        });
        Ok(PaperRecord {
            set: self.row.id.clone(),
            number: count(self.row.number)?,
            points: count(self.row.points)?,
            items: items.collect::<Result<_, SeatingError>>()?,
        })
    }
}

/// Minutes from the start until the last examinee must be through.
fn theory_minutes(rules: &RuleSet) -> i64 {
    i64::from(rules.theory.minutes) + i64::from(rules.theory.late_minutes)
}

/// The rooms of the exam point that no other session uses at that time, each with the seats that may be used.
fn free_rooms(conn: &mut Conn, session: &SessionRow, rules: &RuleSet) -> Result<Vec<Room>, SeatingError> {
    let point =
        world::point(conn, &session.point)?.ok_or_else(|| corrupt("session", &"exam point missing"))?;
    let start = Instant::from_millis(session.starts_at);
    let (from, to) = (start.plus_minutes(-theory_minutes(rules)), start.plus_minutes(theory_minutes(rules)));
    let used = rows::rooms_in_use(conn, session, from.millis(), to.millis())?;
    let free = point.rooms.into_iter().filter(|room| !used.contains(&room.code));
    let room = |room: crate::event::RoomRecord| {
        let code = RoomId::parse(&room.code).map_err(|e| corrupt("exam point", &e))?;
        Ok(Room { code, seats: room.seats.min(rules.staff.room_capacity) })
    };
    free.map(room).collect()
}

/// The question sets with the facts that shuffling needs.
fn sets(conn: &mut Conn, sealer: &Sealer, ids: &[String]) -> Result<Vec<Set>, SeatingError> {
    let mut found = draw_rows::sets_by_id(conn, ids)?;
    found.sort_by_key(|set| ids.iter().position(|id| *id == set.id));
    let mut banks: BTreeMap<String, HashMap<String, QuestionRow>> = BTreeMap::new();
    let mut sets = Vec::with_capacity(found.len());
    for row in found {
        if !banks.contains_key(&row.bank) {
            let questions = draw_rows::questions(conn, &row.bank)?;
            banks.insert(row.bank.clone(), questions.into_iter().map(|q| (q.id.clone(), q)).collect());
        }
        let text = sealer.open("set.questions", &Sealed(row.questions.clone()))?;
        let questions: Vec<String> = world::json("question set", &text)?;
        let bank = banks.get(&row.bank);
        let facts = questions.iter().map(|id| {
            let question = bank.and_then(|bank| bank.get(id));
            paper_question(sealer, question.ok_or_else(|| corrupt("question set", &"a question is missing"))?)
        });
        sets.push(Set { facts: facts.collect::<Result<_, _>>()?, row, questions });
    }
    Ok(sets)
}

fn paper_question(sealer: &Sealer, row: &QuestionRow) -> Result<PaperQuestion, SeatingError> {
    let text = sealer.open("question.body", &Sealed(row.body.clone()))?;
    let body: QuestionBody = world::json("question", &text)?;
    let block = match row.kind.as_str() {
        "true_false" => 1,
        "single" => 2,
        "multiple" => 3,
        _ => return Err(corrupt("question", &"unknown kind")),
    };
    Ok(PaperQuestion { block, options: body.choices.len(), options_stay: block == 1 })
}

/// Sheets of K1 to K4, if a practical follows in this kind of examination.
fn parts(conn: &mut Conn, session: &SessionRow) -> Result<Option<Vec<Vec<SheetCode>>>, SeatingError> {
    let trade = world::trade(conn, &session.trade)?.ok_or_else(|| corrupt("session", &"trade missing"))?;
    let kind = ExamKind::from_word(&session.exam_kind).ok_or_else(|| corrupt("session", &"unknown kind"))?;
    if !trade.has_practical(kind) {
        return Ok(None);
    }
    let sheets = world::sheets(conn, &session.trade)?;
    let part = |part: KPart| {
        let of_part: Vec<SheetCode> =
            sheets.iter().filter(|s| s.part() == part).map(|s| s.code().clone()).collect();
        let missing = || SeatingError::SheetsMissing { trade: session.trade.clone(), part: part.word() };
        if of_part.is_empty() { Err(missing()) } else { Ok(of_part) }
    };
    KPart::ALL.into_iter().map(part).collect::<Result<_, _>>().map(Some)
}

fn corrupt(what: &'static str, why: &dyn std::fmt::Display) -> SeatingError {
    DbError::corrupt(what, why).into()
}

fn json(value: &impl Serialize) -> Result<String, SeatingError> {
    serde_json::to_string(value).map_err(|e| corrupt("paper", &e))
}

impl From<RunError> for SeatingError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Build(BuildError::Input(InputError::Seating(
                short @ Refused::NotEnoughSeats { .. },
            ))) => Self::SeatsShort(short.to_string()),
            RunError::Build(other) => Self::Draw(other),
            RunError::Db(e) => Self::Db(e),
            RunError::Seal(e) => Self::Seal(e),
        }
    }
}
