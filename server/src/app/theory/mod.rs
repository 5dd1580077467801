//! The theory examination: rooms are released, examinees sit down with their ticket's secret, answers are saved one
//! by one, papers are handed in or run out of time, and are graded at once.
//!
//! A time at which something arrives decides about it, not the time at which it is committed: who answers in time is
//! not hurt by a queue at the writer. At the deadline the examination is over; what was given before it and comes in a little
//! later counts, as the rule set says.

mod answer;
mod counted;
mod desk;
mod doubt;
mod finish;
mod halt;
mod lane;
mod left;
pub(in crate::app) mod paper;
mod record;
mod room;
mod seat;
mod slip;

pub use answer::{AnswerOrder, Pending, Saved, learn, offer, save_answer, sheet};
pub use counted::Counts;
pub use desk::{RoomLine, RoomSummary, RoomView, RoomsView, room, rooms};
pub use doubt::{DoubtOrder, DoubtView, doubt, doubts};
pub use finish::{Finished, StepReport, finish, step};
pub use halt::{HaltOrder, TimeOrder, away, give_time, halt, resume};
pub use lane::{Lane, Receipts};
pub use left::{LeftAnswer, LeftOrder, Merged, merge};
pub use paper::{AnsweredItem, GivenAnswer, Missed, Sheet, ShownItem, ShownPaper, answered};
pub(in crate::app) use paper::{Keys, corrected_keys, lay, open as paper_of, practical_follows};
pub use record::{RecordLine, What, note, record_pdf};
pub use room::{Done, MisconductOrder, MoveOrder, Released, misconduct, move_seat, release};
pub use seat::{
    EnterOrder, Entered, HandedIn, Opened, Score, Seat, SeatState, SitOrder, enter, hand_in, open, photo,
    sit, state,
};
pub(in crate::app) use seat::{may_read, texts_to_read};
pub use slip::{Proven, prove, slip_pdf};

use super::auth::{AuthError, Person};
use super::duties;
use super::log::LogError;
use super::once::OnceError;
use super::overview::OverviewError;
use super::readiness::ReadinessError;
use super::world::{self, WorldError};
use crate::db::sessions::{self, CandidateRow, SessionRow};
use crate::db::{Conn, DbError};
use crate::http::access::Role;
use crate::pdf::PdfError;
use crate::seal::SealError;
use shared::rules::TheoryRules;
use shared::time::Instant;
use thiserror::Error;

/// Why something in the theory examination is not done. Where the text is a bare time, place or number, the messages in
/// both languages say around it what it is.
#[derive(Debug, Error)]
pub enum TheoryError {
    /// No such session.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// No such ticket.
    #[error("there is no ticket '{0}'")]
    TicketUnknown(String),
    /// No such room, or nobody of the session sits there.
    #[error("{0}")]
    RoomUnknown(String),
    /// The caller has no duty in the session.
    #[error("no duty in session {0}")]
    NoDuty(String),
    /// The session is not in the state for this.
    #[error("{0}")]
    SessionState(&'static str),
    /// Before the time.
    #[error("{0}")]
    TooEarly(String),
    /// After the time.
    #[error("{0}")]
    TooLate(String),
    /// The secret belongs to no ticket.
    #[error("this code belongs to no ticket")]
    SeatUnknown,
    /// The kiosk has not let the person in.
    #[error("not yet checked in and called at the kiosk")]
    NotCheckedIn,
    /// The invigilator has not released the room.
    #[error("{0}")]
    RoomNotReleased(String),
    /// The exam point has not confirmed that it is ready; what is missing or red, if it is not the signature alone.
    #[error("{0}")]
    NotReady(String),
    /// Another seat than the ticket's.
    #[error("{room} · {seat}")]
    WrongSeat {
        /// Room code.
        room: String,
        /// Seat from 1.
        seat: i32,
    },
    /// Somebody else has the seat.
    #[error("{room} · {seat}")]
    SeatOccupied {
        /// Room code.
        room: String,
        /// Seat from 1.
        seat: u32,
    },
    /// The examination is over for this person.
    #[error("the examination is over for this ticket")]
    AlreadyEnded,
    /// The examinee was moved and has not sat down there yet.
    #[error("{room} · {seat}")]
    SeatMoved {
        /// Room code.
        room: String,
        /// Seat from 1.
        seat: i32,
    },
    /// The token is of an earlier entry.
    #[error("the ticket was used again since; this seat's login is void")]
    SeatTakenOver,
    /// After the deadline.
    #[error("{0}")]
    TimeIsUp(String),
    /// The invigilator has halted the examination.
    #[error("the examination is halted")]
    Halted,
    /// A gap in the numbers of the answers.
    #[error("{0}")]
    Sequence(i64),
    /// The number was used for another answer.
    #[error("{0}")]
    Conflict(i64),
    /// Not an answer to the question.
    #[error("{0}")]
    AnswerInvalid(String),
    /// A key was corrected while the paper was graded.
    #[error("a key was corrected while the paper was graded")]
    KeyCorrected,
    /// The seat has sent more than the server has.
    #[error("{has} < {claimed}")]
    AnswersMissing {
        /// Saved.
        has: i64,
        /// What the seat says.
        claimed: i64,
    },
    /// Nobody leaves yet.
    #[error("{0}")]
    TooEarlyToLeave(String),
    /// The examination still runs.
    #[error("{0}")]
    NotFinished(String),
    /// A field of the request.
    #[error("{field}: {why}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The second signature must be another person's, on duty here.
    #[error(
        "the second signature must be of another person on duty in this session or of the centre's staff"
    )]
    SecondPerson,
    /// The second person's login or password is wrong.
    #[error("login or password of the second signature is wrong")]
    Signature,
    /// No picture was taken at the check-in.
    #[error("there is no such picture")]
    NoPicture,
    /// The paper has no such text, it is not spoken yet, or the rules do not let it be read aloud.
    #[error("there is nothing to hear")]
    NoVoice,
    /// Too many wrong signatures.
    #[error("too many failed tries; wait five minutes")]
    Throttled,
    /// Idempotency key.
    #[error(transparent)]
    OnceKey(OnceError),
    /// Idempotency key used for another request.
    #[error(transparent)]
    OnceReused(OnceError),
    /// A document cannot be made.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Rule set.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Tokens.
    #[error(transparent)]
    Auth(AuthError),
    /// Names and pictures.
    #[error(transparent)]
    Overview(#[from] OverviewError),
    /// Readiness list.
    #[error(transparent)]
    Readiness(#[from] ReadinessError),
    /// The log's key.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(TheoryError {
    Self::SessionUnknown(_) => "session-unknown",
    Self::TicketUnknown(_) => "ticket-unknown",
    Self::RoomUnknown(_) => "room-unknown",
    Self::NoDuty(_) => "no-duty",
    Self::SessionState(_) => "session-state",
    Self::TooEarly(_) => "too-early",
    Self::TooLate(_) => "too-late",
    Self::SeatUnknown => "seat-unknown",
    Self::NotCheckedIn => "not-checked-in",
    Self::RoomNotReleased(_) => "room-not-released",
    Self::NotReady(_) => "not-ready",
    Self::WrongSeat { .. } => "wrong-seat",
    Self::SeatOccupied { .. } => "seat-occupied",
    Self::AlreadyEnded => "already-ended",
    Self::SeatMoved { .. } => "seat-moved",
    Self::SeatTakenOver => "seat-taken-over",
    Self::TimeIsUp(_) => "time-is-up",
    Self::Halted => "theory-halted",
    Self::Sequence(_) => "answer-sequence",
    Self::Conflict(_) => "answer-conflict",
    Self::AnswerInvalid(_) => "answer-invalid",
    Self::AnswersMissing { .. } => "answers-missing",
    Self::TooEarlyToLeave(_) => "too-early-to-leave",
    Self::NotFinished(_) => "not-finished",
    Self::Field { .. } => "field-invalid",
    Self::SecondPerson => "signature-second-person",
    Self::Signature => "signature-wrong",
    Self::NoPicture | Self::NoVoice => "blob-unknown",
    Self::Throttled => "login-throttled",
    Self::OnceKey(_) => "idempotency-key-invalid",
    Self::OnceReused(_) => "idempotency-key-reused",
    Self::Pdf(_) => "document-unavailable",
    Self::KeyCorrected
    | Self::Seal(_)
    | Self::World(_)
    | Self::Auth(_)
    | Self::Overview(_)
    | Self::Readiness(_)
    | Self::Log(_)
    | Self::Db(_) => "unavailable",
});

impl From<OnceError> for TheoryError {
    fn from(error: OnceError) -> Self {
        match error {
            OnceError::Key => Self::OnceKey(error),
            OnceError::Reused => Self::OnceReused(error),
        }
    }
}

impl From<AuthError> for TheoryError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Credentials => Self::Signature,
            AuthError::Throttled => Self::Throttled,
            other => Self::Auth(other),
        }
    }
}

/// The times of one session's theory examination, the same for everybody but those to whom time was given back: who comes
/// late has less time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Timetable {
    /// Rooms may be released and entered from here on.
    opens: Instant,
    /// Papers are opened from here on.
    start: Instant,
    /// Last moment of a first entry.
    latest: Instant,
    /// Nobody hands in before.
    leave: Instant,
    /// At this moment it is over.
    deadline: Instant,
}

impl Timetable {
    fn new(rules: &TheoryRules, starts_at: i64) -> Self {
        let start = Instant::from_millis(starts_at);
        Self {
            opens: start.plus_minutes(-i64::from(rules.enter_early_minutes)),
            start,
            latest: start.plus_minutes(i64::from(rules.late_minutes)),
            leave: start.plus_minutes(i64::from(rules.leave_after_minutes)),
            deadline: start.plus_minutes(i64::from(rules.minutes)),
        }
    }

    /// The times of one candidate: with what was given back to him, and with what a halt that still lasts will give.
    fn of(rules: &TheoryRules, starts_at: i64, who: &CandidateRow, now: Instant) -> Self {
        let table = Self::new(rules, starts_at);
        let halted = who.paused_at.map_or(0, |since| now.millis().saturating_sub(since));
        let deadline = table.deadline.millis().saturating_add(who.extra_ms).saturating_add(halted);
        Self { deadline: Instant::from_millis(deadline), ..table }
    }

    /// Whether somebody may sit down now; who has sat down before may come back until the deadline.
    fn may_enter(&self, now: Instant, first: bool) -> Result<(), TheoryError> {
        if now < self.opens {
            return Err(TheoryError::TooEarly(self.opens.minute_in_china()));
        }
        if first && now > self.latest {
            return Err(TheoryError::TooLate(self.latest.minute_in_china()));
        }
        self.still_runs(now)
    }

    fn still_runs(&self, now: Instant) -> Result<(), TheoryError> {
        if now < self.deadline { Ok(()) } else { Err(TheoryError::TimeIsUp(self.deadline.minute_in_china())) }
    }
}

fn exam(conn: &mut Conn, session: &str) -> Result<SessionRow, TheoryError> {
    sessions::session(conn, session)?.ok_or_else(|| TheoryError::SessionUnknown(session.to_owned()))
}

fn examinee(conn: &mut Conn, ticket: &str) -> Result<CandidateRow, TheoryError> {
    sessions::candidate_row(conn, ticket)?.ok_or_else(|| TheoryError::TicketUnknown(ticket.to_owned()))
}

fn theory_rules(conn: &mut Conn, exam: &SessionRow) -> Result<TheoryRules, TheoryError> {
    Ok(world::rule_set(conn, &exam.rule_set)?.theory)
}

/// An invigilator with a duty in the session, or the centre's staff.
fn on_duty(conn: &mut Conn, person: &Person, session: &str, now: Instant) -> Result<(), TheoryError> {
    let allowed = match (person.role, &person.staff) {
        (Role::CentreStaff, _) => true,
        (Role::Invigilator, Some(staff)) => {
            duties::of(conn, session, staff, now)?.iter().any(|duty| duty.kind == "invigilator")
        }
        _ => false,
    };
    if allowed { Ok(()) } else { Err(TheoryError::NoDuty(session.to_owned())) }
}
