//! Events: the truth. Every fact that decides something about a person is one row, written in the transaction of
//! its effect; all other tables are projections of these rows and can be built again from them.
//!
//! A fact carries everything that its projection needs. Personal data in it is sealed ([`Sealed`]).

mod accounts;
mod draws;
mod duty;
mod people;
mod point;
mod regrade;
mod review;
mod session;
mod world;

pub use accounts::*;
pub use draws::*;
pub use duty::*;
pub use people::*;
pub use point::*;
pub use regrade::*;
pub use review::*;
pub use session::*;
pub use world::*;

use serde::{Deserialize, Serialize};
use shared::time::Instant;

/// Text that was encrypted before it left the process; see [`crate::seal`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub String);

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person with an account.
    Account(String),
    /// An examinee at a seat: the ticket number.
    Ticket(String),
    /// A kiosk.
    Kiosk(String),
    /// The server itself: a job or a command, by name.
    System(&'static str),
}

/// A fact with its time, its author and the rule set under which it was decided.
#[derive(Debug, Clone)]
pub struct Event {
    /// When, by the server's clock.
    pub at: Instant,
    /// Who.
    pub actor: Actor,
    /// Rule set of the decision, where one was used.
    pub rule_set: Option<String>,
    /// What.
    pub fact: Fact,
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// A rule set came in.
    RuleSetLoaded(RuleSetLoaded),
    /// A trade came in.
    TradeLoaded(TradeLoaded),
    /// The holidays of a year came in.
    CalendarLoaded(CalendarLoaded),
    /// Practical score sheets of a trade came in.
    SheetsLoaded(SheetsLoaded),
    /// An organisation was added.
    OrganisationAdded(OrganisationAdded),
    /// An exam point was added.
    PointAdded(PointAdded),
    /// An invigilator or examiner joined the pool.
    StaffAdded(StaffAdded),
    /// An invigilator or examiner was barred.
    StaffBarred(StaffBarred),
    /// A bar was lifted before its last day.
    StaffUnbarred(StaffUnbarred),
    /// An account was made.
    AccountAdded(AccountAdded),
    /// Name, role or place of an account were changed.
    AccountEdited(AccountEdited),
    /// An account was blocked.
    AccountBlocked(AccountBlocked),
    /// An account may be used again.
    AccountUnblocked(AccountUnblocked),
    /// A password was set.
    PasswordSet(PasswordSet),
    /// A second factor was set.
    SecondFactorSet(SecondFactorSet),
    /// Somebody logged in.
    LoggedIn(LoggedIn),
    /// Somebody was refused at the login.
    LoginRefused(LoginRefused),
    /// A kiosk was announced and may enrol once.
    KioskAnnounced(KioskAnnounced),
    /// A kiosk enrolled with its key.
    KioskEnrolled(KioskEnrolled),
    /// A kiosk was shut out.
    KioskRevoked(KioskRevoked),

    /// A person became known.
    PersonRegistered(PersonRegistered),
    /// A person applied for a trade.
    RegistrationAdded(RegistrationAdded),
    /// Somebody read personal data.
    PersonalDataRead(PersonalDataRead),

    /// A question bank was imported.
    BankImported(BankImported),
    /// Somebody read questions of a bank with their answers.
    QuestionsRead(QuestionsRead),
    /// A question was written on a page; it waits for a second person.
    QuestionWritten(QuestionWritten),
    /// A second person said whether sets may take a question.
    QuestionReviewed(QuestionReviewed),
    /// Question sets were assembled.
    SetsAssembled(SetsAssembled),
    /// Question sets were reviewed and are in force.
    SetsPublished(SetsPublished),
    /// Question sets were opened.
    SetOpened(SetOpened),

    /// A party committed to a secret for a draw.
    DrawCommitted(DrawCommitted),
    /// A public number was announced for a draw.
    DrawNumberAnnounced(DrawNumberAnnounced),
    /// The input of a draw was frozen.
    DrawFrozen(DrawFrozen),
    /// A party revealed its secret.
    DrawRevealed(DrawRevealed),
    /// The public number of a draw came out.
    DrawNumberEntered(DrawNumberEntered),
    /// A draw was given up before it was run.
    DrawVoided(DrawVoided),
    /// A member of the pool has a salt for draws.
    StaffSalted(StaffSalted),
    /// A draw was made; its transcript.
    DrawMade(DrawMade),
    /// A session was opened.
    SessionOpened(SessionOpened),
    /// Eligibility was decided, and a candidate refused.
    CandidateRefused(CandidateRefused),
    /// A candidate was taken into a session and has a ticket.
    CandidateEnrolled(CandidateEnrolled),
    /// Rooms and seats, question sets and practical sheets were drawn for a session.
    SessionSeated(SessionSeated),
    /// Under which browser a session is sat was set.
    SessionBrowserSet(SessionBrowserSet),
    /// Invigilators and examiners were drawn for a session.
    StaffDrawn(StaffDrawn),
    /// Somebody who was drawn confirmed or cannot come.
    DutyAnswered(DutyAnswered),
    /// A post went to the next reserve, or is open.
    DutyPassed(DutyPassed),
    /// Open posts of a session were filled by a draw of their own.
    DutiesFilled(DutiesFilled),
    /// Somebody asks that two people exchange their posts.
    SwapProposed(SwapProposed),
    /// A second person decided about it.
    SwapDecided(SwapDecided),

    /// An entry of a kiosk's journal arrived.
    KioskEntry(KioskEntry),

    /// An item of the readiness list was looked at.
    ReadinessChecked(ReadinessChecked),
    /// The readiness list was signed.
    ReadinessSigned(ReadinessSigned),
    /// Numbered blanks came in.
    BlanksStocked(BlanksStocked),
    /// A kiosk got its share of the blanks.
    BlanksAllotted(BlanksAllotted),
    /// The paper emergency pack was printed.
    PaperPackPrinted(PaperPackPrinted),
    /// A slip of paper was entered by somebody.
    PaperEntered(PaperEntered),
    /// What a slip of paper says is settled.
    PaperSettled(PaperSettled),
    /// A candidate was there, as written on paper.
    PaperAttended(PaperAttended),

    /// The invigilator released a room.
    RoomReleased(RoomReleased),
    /// A line of the room record was written.
    RoomNoted(RoomNoted),
    /// An examinee sat down and got the paper.
    SeatEntered(SeatEntered),
    /// An answer was saved.
    AnswersSaved(AnswersSaved),
    /// A paper was handed in and graded.
    TheoryEnded(TheoryEnded),
    /// An examinee was moved to another seat.
    SeatMoved(SeatMoved),
    /// An examinee says that something is wrong with a question.
    QuestionDoubted(QuestionDoubted),
    /// An examinee left the room for a while, or came back.
    SeatLeft(SeatLeft),
    /// The theory examination was halted for some.
    TheoryHalted(TheoryHalted),
    /// The theory examination goes on for some.
    TheoryResumed(TheoryResumed),
    /// Time was given to some.
    TimeGiven(TimeGiven),
    /// Misconduct was recorded.
    MisconductRecorded(MisconductRecorded),
    /// A candidate did not come.
    AbsenceRecorded(AbsenceRecorded),

    /// An examiner scored a sheet.
    PracticalScored(PracticalScored),
    /// The lead examiner settled a difference.
    PracticalSettled(PracticalSettled),
    /// The practical was complete.
    PracticalEnded(PracticalEnded),

    /// Another key was proposed for a question.
    KeyProposed(KeyProposed),
    /// A proposed key was refused.
    KeyRefused(KeyRefused),
    /// A key was corrected.
    KeyCorrected(KeyCorrected),
    /// A paper was graded again after a key was corrected.
    PaperRegraded(PaperRegraded),
    /// A person decided about a pass that is none any more.
    RegradeSettled(RegradeSettled),
    /// A candidate asks that the own result be looked at again.
    ReviewAsked(ReviewAsked),
    /// Somebody has looked at it.
    ReviewClosed(ReviewClosed),

    /// Results of a session were published.
    ResultsPublished(ResultsPublished),
    /// A certificate was issued.
    CertificateIssued(CertificateIssued),
    /// A day of an exam point was closed.
    DayClosed(DayClosed),
}

impl Actor {
    /// As stored: `account:…`, `ticket:…`, `kiosk:…` or `system:…`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Account(id) => format!("account:{id}"),
            Self::Ticket(number) => format!("ticket:{number}"),
            Self::Kiosk(id) => format!("kiosk:{id}"),
            Self::System(name) => format!("system:{name}"),
        }
    }
}

impl Event {
    /// An event without a rule set.
    #[must_use]
    pub const fn new(at: Instant, actor: Actor, fact: Fact) -> Self {
        Self { at, actor, rule_set: None, fact }
    }

    /// The same event, decided under a rule set.
    #[must_use]
    pub fn under(mut self, rule_set: &str) -> Self {
        self.rule_set = Some(rule_set.to_owned());
        self
    }
}
