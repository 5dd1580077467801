//! The practical examination: two examiners mark each sheet on their own; what they disagree on goes to the lead
//! examiner, who was drawn like them; the fourth settled part ends it.

mod desk;
mod marking;
mod reading;

pub use desk::{Examined, Station, examined, station};
pub use marking::{
    ScoreAnswer, ScoreOrder, SettleOrder, Settled, drawn_sheet, score, score_from_paper, settle,
};
pub use reading::{ExaminedItem, ExaminedPart, ExaminerMarks, OpenItem, OpenSheet, OpenVeto, list, sheets};

use super::auth::{AuthError, Person};
use super::duties;
use super::once::OnceError;
use super::overview::OverviewError;
use super::world::{self, WorldError};
use crate::db::practical::SettlementRow;
use crate::db::sessions::{self, CandidateRow, SessionRow};
use crate::db::{Conn, DbError, theory, world as tables};
use crate::event::{PracticalScored, Sealed};
use crate::seal::{SealError, Sealer};
use shared::practical::{
    ExaminerSheet, Marks, MarksError, Sheet, SheetOutcome, SheetScore, VetoOutcome, combine,
};
use shared::rules::PracticalRules;
use shared::time::Instant;
use thiserror::Error;

/// Why something in the practical examination is not done.
#[derive(Debug, Error)]
pub enum PracticalError {
    /// No such session.
    #[error("there is no session '{0}'")]
    SessionUnknown(String),
    /// No such ticket.
    #[error("there is no ticket '{0}'")]
    TicketUnknown(String),
    /// The caller has not the duty for this in the session.
    #[error("no duty of this kind in session {0}")]
    NoDuty(String),
    /// Sheets are opened after a theory pass only.
    #[error("the theory is not passed")]
    NotPassedTheory,
    /// Removed for misconduct.
    #[error("the examination is over for this ticket")]
    AlreadyEnded,
    /// The examiner, or two others, have marked this part.
    #[error("{0}")]
    AlreadyScored(&'static str),
    /// The marks do not fit the sheet.
    #[error(transparent)]
    Marks(#[from] MarksError),
    /// The examiners do not disagree, or the lead has settled it.
    #[error("{0}")]
    NothingToSettle(String),
    /// A field of the request.
    #[error("{field}: {why}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Idempotency key.
    #[error(transparent)]
    OnceKey(OnceError),
    /// Idempotency key used for another request.
    #[error(transparent)]
    OnceReused(OnceError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Rule set.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The signer's password is wrong.
    #[error("the password is wrong")]
    Signature,
    /// Too many wrong signatures.
    #[error("too many failed tries; wait five minutes")]
    Throttled,
    /// Accounts.
    #[error(transparent)]
    Auth(AuthError),
    /// Names and pictures.
    #[error(transparent)]
    Overview(#[from] OverviewError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
}

crate::refusal!(PracticalError {
    Self::SessionUnknown(_) => "session-unknown",
    Self::TicketUnknown(_) => "ticket-unknown",
    Self::NoDuty(_) => "no-duty",
    Self::NotPassedTheory => "not-passed-theory",
    Self::AlreadyEnded => "already-ended",
    Self::AlreadyScored(_) => "already-scored",
    Self::Marks(_) => "marks-invalid",
    Self::NothingToSettle(_) => "nothing-to-settle",
    Self::Field { .. } => "field-invalid",
    Self::OnceKey(_) => "idempotency-key-invalid",
    Self::OnceReused(_) => "idempotency-key-reused",
    Self::Signature => "signature-own-wrong",
    Self::Throttled => "login-throttled",
    Self::Seal(_) | Self::World(_) | Self::Auth(_) | Self::Overview(_) | Self::Db(_) => "unavailable",
});

impl From<OnceError> for PracticalError {
    fn from(error: OnceError) -> Self {
        match error {
            OnceError::Key => Self::OnceKey(error),
            OnceError::Reused => Self::OnceReused(error),
        }
    }
}

impl From<AuthError> for PracticalError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Credentials => Self::Signature,
            AuthError::Throttled => Self::Throttled,
            other => Self::Auth(other),
        }
    }
}

/// How a part stands. Before both examiners have marked it, nothing more than that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PartState {
    Open,
    WaitingForSecond,
    NeedsLead,
    Agreed(SheetOutcome),
    Settled(SheetOutcome),
}

impl PartState {
    const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::WaitingForSecond => "waiting_for_second",
            Self::NeedsLead => "needs_lead",
            Self::Agreed(_) => "agreed",
            Self::Settled(_) => "settled",
        }
    }
}

/// What an examiner does in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Examining {
    /// His code in the pool.
    staff: String,
    /// Marks sheets at a station.
    marks: bool,
    /// Settles what the others disagree on.
    leads: bool,
}

/// A candidate whose theory is passed, with the sheets drawn for him in the order K1 to K4.
struct Opened {
    session: SessionRow,
    candidate: CandidateRow,
    sheets: Vec<Sheet>,
    rules: PracticalRules,
}

fn examining(
    conn: &mut Conn,
    person: &Person,
    session: &str,
    now: Instant,
) -> Result<Examining, PracticalError> {
    let none = || PracticalError::NoDuty(session.to_owned());
    let staff = person.staff.clone().ok_or_else(none)?;
    let duties = duties::of(conn, session, &staff, now)?;
    let has = |kind: &str| duties.iter().any(|d| d.kind == kind);
    let examining = Examining { marks: has("examiner"), leads: has("lead_examiner"), staff };
    if examining.marks || examining.leads { Ok(examining) } else { Err(none()) }
}

fn candidate(conn: &mut Conn, ticket: &str) -> Result<CandidateRow, PracticalError> {
    sessions::candidate_row(conn, ticket)?.ok_or_else(|| PracticalError::TicketUnknown(ticket.to_owned()))
}

fn session(conn: &mut Conn, id: &str) -> Result<SessionRow, PracticalError> {
    sessions::session(conn, id)?.ok_or_else(|| PracticalError::SessionUnknown(id.to_owned()))
}

/// Opens the sheets of a candidate, if the theory is passed.
fn open(conn: &mut Conn, sealer: &Sealer, candidate: CandidateRow) -> Result<Opened, PracticalError> {
    if candidate.outcome == "removed" {
        return Err(PracticalError::AlreadyEnded);
    }
    let sitting = theory::sitting(conn, &candidate.ticket)?;
    if sitting.is_none_or(|s| s.passed != Some(true)) {
        return Err(PracticalError::NotPassedTheory);
    }
    let session = session(conn, &candidate.session)?;
    let sheets = drawn_sheets(sealer, &tables::sheets(conn, &session.trade)?, &candidate)?;
    let rules = world::rule_set(conn, &session.rule_set)?.practical;
    Ok(Opened { session, candidate, sheets, rules })
}

/// The sheets drawn for a candidate among those of the trade; none where there is no practical.
fn drawn_sheets(
    sealer: &Sealer,
    all: &[Sheet],
    candidate: &CandidateRow,
) -> Result<Vec<Sheet>, PracticalError> {
    let Some(sealed) = &candidate.sheets else { return Ok(Vec::new()) };
    let text = sealer.open("sheets", &Sealed(sealed.clone()))?;
    let codes: Vec<String> = tables::json("sheets", &text)?;
    let find = |code: &String| all.iter().find(|s| s.code().as_str() == code).cloned();
    let found: Option<Vec<Sheet>> = codes.iter().map(find).collect();
    let mut found =
        found.ok_or_else(|| DbError::corrupt("sheets", "a drawn sheet is not among those of the trade"))?;
    found.sort_by_key(Sheet::part);
    Ok(found)
}

/// How a part stands with the marks of its examiners and what the lead settled.
fn part_state(
    sheet: &Sheet,
    scores: &[&PracticalScored],
    settlement: Option<&SettlementRow>,
    rules: &PracticalRules,
) -> Result<PartState, PracticalError> {
    let (first, second) = match scores {
        [] => return Ok(PartState::Open),
        [_] => return Ok(PartState::WaitingForSecond),
        [first, second, ..] => (marks_of(sheet, first)?, marks_of(sheet, second)?),
    };
    let tolerance = rules.difference_settled_by_lead;
    let agreed = combine(&first, &second, None, tolerance).map_err(|e| DbError::corrupt("score", e))?;
    if !agreed.needs_lead() {
        return Ok(PartState::Agreed(agreed));
    }
    Ok(settlement.map_or(PartState::NeedsLead, |by_lead| PartState::Settled(settled(agreed, by_lead))))
}

/// The lead's word counts where the two disagree and nowhere else: his points where theirs lie too far apart, his
/// judgement on a veto item that one of them alone saw failed.
fn settled(between: SheetOutcome, by_lead: &SettlementRow) -> SheetOutcome {
    let points = u32::try_from(by_lead.points).unwrap_or(0);
    let score = match between.score {
        SheetScore::NeedsLead { .. } => SheetScore::Settled { half_points: points.saturating_mul(2) },
        kept => kept,
    };
    let veto = match between.veto {
        VetoOutcome::Disputed(codes) if by_lead.veto => VetoOutcome::Failed(codes),
        VetoOutcome::Disputed(_) => VetoOutcome::Clear,
        kept => kept,
    };
    SheetOutcome { score, veto }
}

/// Marks as stored, checked once more against their sheet.
fn marks_of(sheet: &Sheet, scored: &PracticalScored) -> Result<ExaminerSheet, PracticalError> {
    let marks = Marks {
        points: scored.points.iter().cloned().collect(),
        failed: scored.vetoes.iter().cloned().collect(),
    };
    Ok(ExaminerSheet::new(sheet, marks).map_err(|e| DbError::corrupt("score", e))?)
}

/// Those of the marks that belong to a part.
fn of_part<'a>(scores: &'a [PracticalScored], ticket: &str, part: &str) -> Vec<&'a PracticalScored> {
    scores.iter().filter(|s| s.ticket == ticket && s.part == part).collect()
}
