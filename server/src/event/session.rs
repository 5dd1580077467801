//! Facts of a session: from its opening to the certificate.

use super::Sealed;
use serde::{Deserialize, Serialize};
use shared::wire::v1::journal::JournalEntry;

/// Under which browser a session is sat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionBrowserSet {
    /// Session id.
    pub session: String,
    /// Whether Safe Exam Browser is demanded.
    pub demanded: bool,
    /// Where its seats are called, `https://host`.
    pub site: String,
    /// SHA-256 of the password that ends the browser, hexadecimal; empty: anybody ends it.
    pub quit: String,
    /// Browser Exam Keys of the clients that may be used, hexadecimal; none: any client with the settings.
    pub exam_keys: Vec<String>,
}

/// A session was opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionOpened {
    /// Session id.
    pub session: String,
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
    /// Word of the language of the examination, see [`shared::language::Language`]; none: Chinese.
    #[serde(default)]
    pub language: Option<String>,
}

/// A candidate was refused for a session; every failed rule at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CandidateRefused {
    /// Session id.
    pub session: String,
    /// Registration id.
    pub registration: String,
    /// Codes of the rules that failed.
    pub refusals: Vec<String>,
}

/// A candidate was taken into a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CandidateEnrolled {
    /// Session id.
    pub session: String,
    /// Ticket number.
    pub ticket: String,
    /// Registration id.
    pub registration: String,
    /// Person id.
    pub person: String,
    /// The ticket's secret: text of its QR.
    pub secret: Sealed,
    /// Keyed hash of the secret.
    pub secret_index: String,
}

/// Seats, papers and sheets of a session were drawn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionSeated {
    /// Session id.
    pub session: String,
    /// Draw of the seats.
    pub seating_draw: String,
    /// Draw of the question sets.
    pub sets_draw: String,
    /// Draw of the practical sheets, where there is a practical.
    pub sheets_draw: Option<String>,
    /// One row a candidate.
    pub seats: Vec<SeatRecord>,
}

/// Where a candidate sits and what is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeatRecord {
    /// Ticket number.
    pub ticket: String,
    /// Room code.
    pub room: String,
    /// Seat from 1.
    pub seat: u32,
    /// [`PaperRecord`] as JSON.
    pub paper: Sealed,
    /// Sheet codes of K1–K4 as a JSON array; empty without a practical.
    pub sheets: Sealed,
}

/// The paper of one candidate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperRecord {
    /// Set id.
    pub set: String,
    /// Set number.
    pub number: u32,
    /// Points of each question.
    pub points: u32,
    /// Questions in the order of this paper.
    pub items: Vec<PaperItemRecord>,
}

/// One question on a paper.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperItemRecord {
    /// Question id.
    pub question: String,
    /// For each option as shown, its index in the bank's question.
    pub options: Vec<usize>,
}

/// Invigilators and examiners were drawn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaffDrawn {
    /// Session id.
    pub session: String,
    /// Draw id.
    pub draw: String,
    /// Who has which duty.
    pub duties: Vec<DutyRecord>,
}

/// One duty.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DutyRecord {
    /// Post code, unique in the session.
    pub post: String,
    /// `invigilator`, `examiner`, `lead_examiner`, `reserve_invigilator` or `reserve_examiner`.
    pub post_kind: String,
    /// Room or station code; empty for reserves.
    pub place: String,
    /// Staff code.
    pub staff: String,
}

/// An entry of a kiosk's journal arrived; it is kept whatever it says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KioskEntry {
    /// Kiosk id.
    pub kiosk: String,
    /// The entry as the kiosk wrote it.
    pub entry: JournalEntry,
    /// Why it could not be applied, if so.
    pub dead: Option<String>,
}

/// A room was released by its invigilator: papers may be opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomReleased {
    /// Session id.
    pub session: String,
    /// Room code.
    pub room: String,
}

/// A line of the room record (考场记录), signed by whoever is logged in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomNoted {
    /// Session id.
    pub session: String,
    /// Room code.
    pub room: String,
    /// `roll_call`, `pledge` or `record`.
    pub step: String,
    /// What was written; may be empty for the pledge.
    pub text: String,
}

/// An examinee sat down at a seat with the ticket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeatEntered {
    /// Ticket number.
    pub ticket: String,
    /// Id of the seat's token; an earlier one is void from now on.
    pub token: String,
    /// Room code.
    pub room: String,
    /// Seat from 1.
    pub seat: u32,
    /// End of the examination for this person, epoch milliseconds.
    pub deadline: i64,
}

/// Answers were saved together: they stand in rows of their own (`answers`), which this event commits to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswersSaved {
    /// How many.
    pub count: u32,
    /// Root over their leaves in order ([`shared::wire::v1::receipt::AnswerLeaf`]), hexadecimal.
    pub root: String,
}

/// A theory examination ended and was graded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TheoryEnded {
    /// Ticket number.
    pub ticket: String,
    /// `handed_in`, `timed_out` or `removed`.
    pub how: String,
    /// Number of answers saved up to then.
    pub last_seq: i64,
    /// SHA-256 over the answers that were graded, hexadecimal.
    pub answers_hash: String,
    /// Questions answered.
    pub answered: u32,
    /// Points reached.
    pub points: u32,
    /// Points of the paper.
    pub total: u32,
    /// Whether the pass mark is reached; false for who was removed.
    pub passed: bool,
    /// Whether a practical follows a pass; without one the pass is final.
    pub practical_follows: bool,
}

/// An examinee says that something is wrong with a question.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuestionDoubted {
    /// Ticket number.
    pub ticket: String,
    /// Question set of the paper.
    pub set: String,
    /// Question id.
    pub question: String,
    /// Position on the paper from 1.
    pub position: u32,
    /// What is wrong with it; may be empty.
    pub text: String,
}

/// An examinee left the room for a while, or came back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeatLeft {
    /// Session id.
    pub session: String,
    /// Room code.
    pub room: String,
    /// Ticket number.
    pub ticket: String,
    /// Whether he came back.
    pub back: bool,
}

/// The theory examination was halted for some.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TheoryHalted {
    /// Session id.
    pub session: String,
    /// Room code.
    pub room: String,
    /// Ticket numbers of those for whom it is halted.
    pub tickets: Vec<String>,
    /// Why.
    pub reason: String,
}

/// The theory examination goes on for some; what the halt lasted is added to the time of each.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TheoryResumed {
    /// Session id.
    pub session: String,
    /// Room code.
    pub room: String,
    /// Ticket numbers of those for whom it goes on.
    pub tickets: Vec<String>,
    /// What was done.
    pub reason: String,
}

/// Time was given to some, signed by two.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TimeGiven {
    /// Session id.
    pub session: String,
    /// Room code.
    pub room: String,
    /// Ticket numbers of those who get it.
    pub tickets: Vec<String>,
    /// Minutes for each.
    pub minutes: u32,
    /// Why.
    pub reason: String,
    /// Account of the second signer.
    pub second: String,
}

/// An examinee was moved to another seat.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeatMoved {
    /// Ticket number.
    pub ticket: String,
    /// Room code.
    pub room: String,
    /// Seat from 1.
    pub seat: u32,
    /// Why.
    pub reason: String,
    /// Room before.
    #[serde(default)]
    pub from_room: Option<String>,
    /// Seat before.
    #[serde(default)]
    pub from_seat: Option<u32>,
}

/// Misconduct, recorded and signed by two.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MisconductRecorded {
    /// Ticket number.
    pub ticket: String,
    /// `light` (warning) or `grave` (removed, score void).
    pub gravity: String,
    /// What happened.
    pub text: String,
    /// Account of the second signer.
    pub second: String,
}

/// A candidate did not come (缺考).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AbsenceRecorded {
    /// Ticket number.
    pub ticket: String,
}

/// An examiner scored a sheet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PracticalScored {
    /// Ticket number.
    pub ticket: String,
    /// `K1` to `K4`.
    pub part: String,
    /// Sheet code.
    pub sheet: String,
    /// Staff code of the examiner.
    pub examiner: String,
    /// Points by item code.
    pub points: Vec<(String, u32)>,
    /// Codes of veto items that failed.
    pub vetoes: Vec<String>,
}

/// The lead examiner settled a difference on a sheet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PracticalSettled {
    /// Ticket number.
    pub ticket: String,
    /// `K1` to `K4`.
    pub part: String,
    /// Staff code of the lead examiner.
    pub lead: String,
    /// Points out of 100.
    pub points: u32,
    /// Whether a veto item failed.
    pub veto: bool,
    /// Why.
    pub reason: String,
}

/// The practical is complete.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PracticalEnded {
    /// Ticket number.
    pub ticket: String,
    /// Weighted total in hundredths of a point, 0–10,000.
    pub hundredths: u32,
    /// Whether a veto item failed.
    pub veto: bool,
    /// Whether the practical is passed.
    pub passed: bool,
}

/// Results of a session were published.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResultsPublished {
    /// Session id.
    pub session: String,
}

/// A certificate was issued.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CertificateIssued {
    /// Certificate id.
    pub certificate: String,
    /// Ticket number.
    pub ticket: String,
    /// Person id.
    pub person: String,
    /// Trade id.
    pub trade: String,
    /// `first`, `review` or `renewal`.
    pub exam_kind: String,
    /// First day of validity, `YYYY-MM-DD`.
    pub valid_from: String,
    /// Last day of validity.
    pub valid_to: String,
    /// Review due, where there is one.
    pub review_due: Option<String>,
    /// Last day of issue; `None` while the calendar of the year is not published.
    pub due: Option<String>,
    /// Text of the QR code.
    pub code: Sealed,
    /// SHA-256 of the PDF; the file is encrypted.
    pub pdf: String,
}

/// A day of an exam point was closed (日清日结).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DayClosed {
    /// Exam point.
    pub point: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Counts as JSON.
    pub counts: String,
    /// Ed25519 signature over point, day and counts, base64url.
    pub signature: String,
    /// Key id.
    pub kid: String,
    /// SHA-256 of the signed page (PDF).
    pub pdf: String,
}
