//! What goes into each kind of draw and what comes out, as JSON.

use super::InputError;
use crate::assignment::{
    Against, Assignment, Board, Filled, HardRule, Limits, Matrix, NoAssignment, Place, Post, PostCode,
    PostKind, Row, lottery,
};
use crate::draw::chacha::Seed;
use crate::ids::{IdError, QuestionId, RoomId, SessionId, SheetCode, StaffCode, StationId, TicketNumber};
use crate::paper::{Pool, assemble};
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

/// Staff: posts, the matrix, and the table that follows from both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffInput {
    /// The sessions, all on one day.
    pub sessions: Vec<String>,
    /// The posts.
    pub posts: Vec<PostJson>,
    /// The people, ordered by code.
    pub people: Vec<RowJson>,
    /// Width of the load band.
    pub band_width: u32,
    /// The load band that was needed.
    pub limits: LimitsJson,
    /// For each post the codes of those who may take it, in the order of `people`.
    pub eligible: Vec<Vec<String>>,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostJson {
    /// Its code, unique in the draw.
    pub code: String,
    /// The session that needs it.
    pub session: String,
    /// Word of [`PostKind`].
    pub kind: String,
    /// `room/CODE`, `station/CODE` or `point`.
    pub place: String,
}

/// A row of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowJson {
    /// The person.
    pub code: String,
    /// Duties this year.
    pub load: u32,
    /// What stands against each session, in the order of `sessions`.
    pub sessions: Vec<AgainstJson>,
    /// With whom the last duty was done.
    pub last_partners: Vec<String>,
}

/// How a person stands to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgainstJson {
    /// From another district.
    pub far: bool,
    /// Words of the [`HardRule`]s against invigilating.
    pub invigilating: Vec<String>,
    /// Words of the [`HardRule`]s against examining.
    pub examining: Vec<String>,
}

/// The heaviest burden let in; null: no post of the duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsJson {
    /// Theory rooms.
    pub invigilating: Option<u32>,
    /// Practical stations.
    pub examining: Option<u32>,
}

/// Who takes which post, in the order drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffResult {
    /// The filled posts.
    pub filled: Vec<FilledJson>,
}

/// A filled post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilledJson {
    /// The post.
    pub post: String,
    /// The person.
    pub person: String,
    /// From how many it was drawn.
    pub among: u32,
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

impl StaffInput {
    /// Lays the posts on the matrix and writes both down.
    ///
    /// # Errors
    /// [`NoAssignment`] if the posts cannot be filled.
    pub fn new(matrix: &Matrix, posts: &[Post]) -> Result<Self, NoAssignment> {
        let board = Board::new(matrix, posts)?;
        Ok(Self {
            sessions: texts(&matrix.sessions),
            posts: posts.iter().map(PostJson::of).collect(),
            people: matrix.people.iter().map(RowJson::of).collect(),
            band_width: matrix.band_width,
            limits: LimitsJson::of(board.limits()),
            eligible: eligible(&board),
        })
    }

    /// The posts as they were laid down.
    ///
    /// # Errors
    /// [`InputError`] if one is not well-formed.
    pub fn read_posts(&self) -> Result<Vec<Post>, InputError> {
        self.posts.iter().map(PostJson::read).collect()
    }
}

impl StaffInput {
    /// The same where nobody looks at pairs and load: who may by the rules alone. Nothing can be drawn from it.
    #[must_use]
    pub fn unfilled(matrix: &Matrix, posts: &[Post]) -> Self {
        let may = |post: &Post, row: &Row| {
            let against =
                matrix.sessions.iter().zip(&row.sessions).find(|(session, _)| **session == post.session);
            against.is_some_and(|(_, against)| against.forbids(post.kind.duty()).is_empty())
        };
        let of_post = |post: &Post| {
            matrix.people.iter().filter(|row| may(post, row)).map(|row| row.code.to_string()).collect()
        };
        Self {
            sessions: texts(&matrix.sessions),
            posts: posts.iter().map(PostJson::of).collect(),
            people: matrix.people.iter().map(RowJson::of).collect(),
            band_width: matrix.band_width,
            limits: LimitsJson::of(Limits::default()),
            eligible: posts.iter().map(of_post).collect(),
        }
    }
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
        }
    }
}

impl Purpose for StaffInput {
    const WORD: &'static str = "staff";
    type Result = StaffResult;
    type Drawn = Assignment;

    fn run(&self, seed: Seed) -> Result<Assignment, InputError> {
        let posts = self.read_posts()?;
        let people = self.people.iter().map(RowJson::read).collect::<Result<Vec<_>, _>>()?;
        let sessions = ids(&self.sessions, SessionId::parse)?;
        let board = Board::new(&Matrix { sessions, people, band_width: self.band_width }, &posts)?;
        if eligible(&board) != self.eligible || LimitsJson::of(board.limits()) != self.limits {
            return Err(InputError::Table);
        }
        Ok(lottery::draw(&board, seed))
    }

    fn result(drawn: &Assignment) -> StaffResult {
        let json = |filled: &Filled| FilledJson {
            post: filled.post.to_string(),
            person: filled.person.to_string(),
            among: u32::try_from(filled.among).unwrap_or(u32::MAX),
        };
        StaffResult { filled: drawn.filled.iter().map(json).collect() }
    }
}

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

impl PostJson {
    fn of(post: &Post) -> Self {
        let place = match &post.place {
            Place::Room(room) => format!("room/{room}"),
            Place::Station(station) => format!("station/{station}"),
            Place::Point => "point".to_owned(),
        };
        let (code, session) = (post.code.to_string(), post.session.to_string());
        Self { code, session, kind: post.kind.word().to_owned(), place }
    }

    fn read(&self) -> Result<Post, InputError> {
        let unknown = |word: &str| InputError::Word(word.to_owned());
        let place = match self.place.split_once('/') {
            Some(("room", code)) => Place::Room(RoomId::parse(code)?),
            Some(("station", code)) => Place::Station(StationId::parse(code)?),
            None if self.place == "point" => Place::Point,
            _ => return Err(unknown(&self.place)),
        };
        let kind = PostKind::from_word(&self.kind).ok_or_else(|| unknown(&self.kind))?;
        let session = SessionId::parse(&self.session)?;
        Ok(Post { code: PostCode::parse(&self.code)?, session, kind, place })
    }
}

impl RowJson {
    fn of(row: &Row) -> Self {
        Self {
            code: row.code.to_string(),
            load: row.load,
            sessions: row.sessions.iter().map(AgainstJson::of).collect(),
            last_partners: texts(&row.last_partners),
        }
    }

    fn read(&self) -> Result<Row, InputError> {
        Ok(Row {
            code: StaffCode::parse(&self.code)?,
            load: self.load,
            sessions: self.sessions.iter().map(AgainstJson::read).collect::<Result<_, _>>()?,
            last_partners: ids(&self.last_partners, StaffCode::parse)?,
        })
    }
}

impl AgainstJson {
    fn of(against: &Against) -> Self {
        let words = |rules: &[HardRule]| rules.iter().map(|rule| rule.word().to_owned()).collect();
        let (invigilating, examining) = (words(&against.invigilating), words(&against.examining));
        Self { far: against.far, invigilating, examining }
    }

    fn read(&self) -> Result<Against, InputError> {
        let rule = |word: &String| HardRule::from_word(word).ok_or_else(|| InputError::Word(word.clone()));
        let rules = |words: &[String]| words.iter().map(rule).collect::<Result<Vec<_>, _>>();
        let (invigilating, examining) = (rules(&self.invigilating)?, rules(&self.examining)?);
        Ok(Against { far: self.far, invigilating, examining })
    }
}

impl LimitsJson {
    const fn of(limits: Limits) -> Self {
        Self { invigilating: limits.invigilating, examining: limits.examining }
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

fn eligible(board: &Board) -> Vec<Vec<String>> {
    let code = |place: usize| board.people().get(place).map(ToString::to_string);
    board.eligible().into_iter().map(|people| people.into_iter().filter_map(code).collect()).collect()
}

fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn ids<T>(texts: &[String], parse: fn(&str) -> Result<T, IdError>) -> Result<Vec<T>, IdError> {
    texts.iter().map(|text| parse(text)).collect()
}

fn few(sets: u32) -> Result<(), InputError> {
    if sets > MOST_SETS { Err(InputError::TooManySets(sets)) } else { Ok(()) }
}
