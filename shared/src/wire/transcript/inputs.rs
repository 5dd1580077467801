//! What goes into each kind of draw and what comes out, as JSON.

use super::InputError;
use crate::bank::QuestionType;
use crate::draw::chacha::Seed;
use crate::ids::{IdError, QuestionId, RoomId, SheetCode, TicketNumber};
use crate::paper::{Pool, Share, Stock, assemble, assemble_stocks};
use crate::rules::Blueprint;
use crate::seating::{Room, Seat, SetDraw, SheetDraw, draw_sets, draw_sheets, seat};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// More question sets than this are not drawn; it keeps a made-up transcript from taking all memory.
pub const MOST_SETS: u32 = 1000;

/// A kind of draw: its input as JSON knows how to run itself.
pub trait Purpose: Serialize + DeserializeOwned + Clone {
    /// The word in the field `purpose`.
    const WORD: &'static str;
    /// The result as JSON.
    type Result: Serialize + DeserializeOwned + Clone + PartialEq + std::fmt::Debug;
    /// The result for the program.
    type Drawn;

    /// Runs the draw.
    ///
    /// # Errors
    /// [`InputError`] if the input is not well-formed or the draw is refused.
    fn run(&self, seed: Seed) -> Result<Self::Drawn, InputError>;

    /// Writes what was drawn as JSON.
    fn result(drawn: &Self::Drawn) -> Self::Result;
}

/// Seating: candidates and rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatingInput {
    /// Ticket numbers.
    pub candidates: Vec<String>,
    /// Rooms.
    pub rooms: Vec<RoomJson>,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomJson {
    /// Its code.
    pub code: String,
    /// Seats that may be used.
    pub seats: u32,
}

/// Seats by room and number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatingResult {
    /// The seats.
    pub seats: Vec<SeatJson>,
}

/// A candidate's seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatJson {
    /// The candidate.
    pub ticket: String,
    /// The room.
    pub room: String,
    /// The seat, from 1.
    pub seat: u32,
}

/// Question sets for candidates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetsInput {
    /// Who sits where.
    pub seats: Vec<SeatJson>,
    /// Seats in a row.
    pub row: NonZeroU32,
    /// Sets in force, numbered from 1.
    pub sets: u32,
    /// Whether neighbours get different sets where that is possible.
    pub avoid: bool,
}

/// The sets in the order of the seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetsResult {
    /// The sets.
    pub sets: Vec<SetJson>,
}

/// A candidate's set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetJson {
    /// The candidate.
    pub ticket: String,
    /// The set, from 1.
    pub set: u32,
}

/// Practical sheets for candidates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetsInput {
    /// Ticket numbers.
    pub candidates: Vec<String>,
    /// The sheets of K1, K2, K3, K4.
    pub parts: Vec<Vec<String>>,
}

/// The sheets in the order of the candidates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetsResult {
    /// The sheets.
    pub sheets: Vec<SheetsJson>,
}

/// A candidate's sheets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetsJson {
    /// The candidate.
    pub ticket: String,
    /// One sheet of each part.
    pub sheets: Vec<String>,
}

/// Question sets from a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionSetsInput {
    /// 判断题 of the bank.
    pub true_false: Vec<String>,
    /// 单选题 of the bank.
    pub single: Vec<String>,
    /// 多选题 of the bank.
    pub multiple: Vec<String>,
    /// How many of each make a set.
    pub blueprint: BlueprintJson,
    /// Sets to be put together.
    pub sets: u32,
    /// Shares with their questions, in the order in which they are dealt. Where there are any, the three lists of types
    /// are empty, and the blueprint only counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<ShareJson>,
}

/// A share of a set. Only `count` and `questions` decide; the rest says what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareJson {
    /// `true_false`, `single` or `multiple`.
    pub kind: String,
    /// Subject; `*` is any.
    pub subject: String,
    /// Difficulty from 1 to 5; 0 is none, `*` any.
    pub difficulty: String,
    /// How many in a set.
    pub count: u32,
    /// The questions of the bank for it.
    pub questions: Vec<String>,
}

/// A blueprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlueprintJson {
    /// 判断题.
    pub true_false: u32,
    /// 单选题.
    pub single: u32,
    /// 多选题.
    pub multiple: u32,
    /// Points of each question; decides nothing in the draw.
    pub points: u32,
}

/// The sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionSetsResult {
    /// Question ids, set by set.
    pub sets: Vec<Vec<String>>,
}

impl SeatingInput {
    /// Writes candidates and rooms down.
    #[must_use]
    pub fn new(candidates: &[TicketNumber], rooms: &[Room]) -> Self {
        let room = |room: &Room| RoomJson { code: room.code.to_string(), seats: room.seats };
        Self { candidates: texts(candidates), rooms: rooms.iter().map(room).collect() }
    }
}

impl SetsInput {
    /// Writes the seats down.
    #[must_use]
    pub fn new(seats: &[Seat], row: NonZeroU32, sets: u32, avoid: bool) -> Self {
        Self { seats: seats.iter().map(SeatJson::of).collect(), row, sets, avoid }
    }
}

impl SetsInput {
    /// The same draw for these seats.
    #[must_use]
    pub fn with_seats(&self, seats: &[Seat]) -> Self {
        Self { seats: seats.iter().map(SeatJson::of).collect(), ..self.clone() }
    }
}

impl SheetsInput {
    /// Writes candidates and sheets down.
    #[must_use]
    pub fn new(candidates: &[TicketNumber], parts: &[Vec<SheetCode>]) -> Self {
        Self { candidates: texts(candidates), parts: parts.iter().map(|part| texts(part)).collect() }
    }
}

impl QuestionSetsInput {
    /// Writes bank and blueprint down.
    #[must_use]
    pub fn new(pool: &Pool, blueprint: &Blueprint, sets: u32) -> Self {
        let Blueprint { true_false, single, multiple, points } = *blueprint;
        Self {
            true_false: texts(&pool.true_false),
            single: texts(&pool.single),
            multiple: texts(&pool.multiple),
            blueprint: BlueprintJson { true_false, single, multiple, points },
            sets,
            shares: Vec::new(),
        }
    }

    /// Writes the stocks of shares down.
    #[must_use]
    pub fn by_shares(stocks: &[Stock], points: u32, sets: u32) -> Self {
        let of = |kind: QuestionType| {
            let counts =
                stocks.iter().filter(|stock| stock.share.kind == kind).map(|stock| stock.share.count);
            counts.fold(0_u32, u32::saturating_add)
        };
        let blueprint = BlueprintJson {
            true_false: of(QuestionType::TrueFalse),
            single: of(QuestionType::Single),
            multiple: of(QuestionType::Multiple),
            points,
        };
        let shares = stocks.iter().map(ShareJson::of).collect();
        Self { true_false: vec![], single: vec![], multiple: vec![], blueprint, sets, shares }
    }
}

impl ShareJson {
    fn of(stock: &Stock) -> Self {
        let Share { kind, subject, difficulty, count } = &stock.share;
        Self {
            kind: kind.word().to_owned(),
            subject: subject.clone().unwrap_or_else(|| ANY.to_owned()),
            difficulty: difficulty.map_or_else(|| ANY.to_owned(), |d| d.to_string()),
            count: *count,
            questions: texts(&stock.questions),
        }
    }

    fn read(&self) -> Result<Stock, InputError> {
        let any = |text: &str| text == ANY;
        let kind = QuestionType::from_word(&self.kind).ok_or_else(|| InputError::Word(self.kind.clone()))?;
        let difficulty = match self.difficulty.parse::<u8>() {
            _ if any(&self.difficulty) => None,
            Ok(number) if number <= 5 => Some(number),
            _ => return Err(InputError::Word(self.difficulty.clone())),
        };
        let subject = (!any(&self.subject)).then(|| self.subject.clone());
        let share = Share { kind, subject, difficulty, count: self.count };
        Ok(Stock { share, questions: ids(&self.questions, QuestionId::parse)? })
    }
}

/// Any subject, any difficulty.
const ANY: &str = "*";

impl Purpose for SeatingInput {
    const WORD: &'static str = "seating";
    type Result = SeatingResult;
    type Drawn = Vec<Seat>;

    fn run(&self, seed: Seed) -> Result<Vec<Seat>, InputError> {
        let room = |room: &RoomJson| Ok(Room { code: RoomId::parse(&room.code)?, seats: room.seats });
        let rooms = self.rooms.iter().map(room).collect::<Result<Vec<_>, IdError>>()?;
        Ok(seat(&ids(&self.candidates, TicketNumber::parse)?, &rooms, seed)?)
    }

    fn result(drawn: &Vec<Seat>) -> SeatingResult {
        SeatingResult { seats: drawn.iter().map(SeatJson::of).collect() }
    }
}

impl Purpose for SetsInput {
    const WORD: &'static str = "sets";
    type Result = SetsResult;
    type Drawn = Vec<SetDraw>;

    fn run(&self, seed: Seed) -> Result<Vec<SetDraw>, InputError> {
        few(self.sets)?;
        let seats = self.seats.iter().map(SeatJson::read).collect::<Result<Vec<_>, _>>()?;
        Ok(draw_sets(&seats, self.row, self.sets, self.avoid, seed)?)
    }

    fn result(drawn: &Vec<SetDraw>) -> SetsResult {
        let json = |draw: &SetDraw| SetJson { ticket: draw.ticket.to_string(), set: draw.set };
        SetsResult { sets: drawn.iter().map(json).collect() }
    }
}

impl Purpose for SheetsInput {
    const WORD: &'static str = "sheets";
    type Result = SheetsResult;
    type Drawn = Vec<SheetDraw>;

    fn run(&self, seed: Seed) -> Result<Vec<SheetDraw>, InputError> {
        let parts =
            self.parts.iter().map(|part| ids(part, SheetCode::parse)).collect::<Result<Vec<_>, _>>()?;
        Ok(draw_sheets(&ids(&self.candidates, TicketNumber::parse)?, &parts, seed)?)
    }

    fn result(drawn: &Vec<SheetDraw>) -> SheetsResult {
        let json =
            |draw: &SheetDraw| SheetsJson { ticket: draw.ticket.to_string(), sheets: texts(&draw.sheets) };
        SheetsResult { sheets: drawn.iter().map(json).collect() }
    }
}

impl Purpose for QuestionSetsInput {
    const WORD: &'static str = "question_sets";
    type Result = QuestionSetsResult;
    type Drawn = Vec<Vec<QuestionId>>;

    fn run(&self, seed: Seed) -> Result<Vec<Vec<QuestionId>>, InputError> {
        few(self.sets)?;
        if !self.shares.is_empty() {
            if !(self.true_false.is_empty() && self.single.is_empty() && self.multiple.is_empty()) {
                return Err(InputError::Word("questions beside the shares".to_owned()));
            }
            let stocks = self.shares.iter().map(ShareJson::read).collect::<Result<Vec<_>, _>>()?;
            return Ok(assemble_stocks(&stocks, self.sets, seed)?);
        }
        let pool = Pool {
            true_false: ids(&self.true_false, QuestionId::parse)?,
            single: ids(&self.single, QuestionId::parse)?,
            multiple: ids(&self.multiple, QuestionId::parse)?,
        };
        let BlueprintJson { true_false, single, multiple, points } = self.blueprint;
        Ok(assemble(&pool, &Blueprint { true_false, single, multiple, points }, self.sets, seed)?)
    }

    fn result(drawn: &Vec<Vec<QuestionId>>) -> QuestionSetsResult {
        QuestionSetsResult { sets: drawn.iter().map(|set| texts(set)).collect() }
    }
}

impl SeatJson {
    fn of(seat: &Seat) -> Self {
        Self { ticket: seat.ticket.to_string(), room: seat.room.to_string(), seat: seat.number }
    }

    fn read(&self) -> Result<Seat, IdError> {
        let (ticket, room) = (TicketNumber::parse(&self.ticket)?, RoomId::parse(&self.room)?);
        Ok(Seat { ticket, room, number: self.seat })
    }
}

pub(super) fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

pub(super) fn ids<T>(texts: &[String], parse: fn(&str) -> Result<T, IdError>) -> Result<Vec<T>, IdError> {
    texts.iter().map(|text| parse(text)).collect()
}

fn few(sets: u32) -> Result<(), InputError> {
    if sets > MOST_SETS { Err(InputError::TooManySets(sets)) } else { Ok(()) }
}
