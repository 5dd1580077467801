//! Ceremonies: parties commit to secrets, the input is frozen, secrets are revealed, and the draw is run with the last
//! of them. Where the centre is alone, one order does all of it; see [`super::assign`] and [`super::seating`].

mod hold;

pub(super) use hold::{Hall, Hold};

use super::App;
use super::Refusal as Coded;
use super::assign::{self, AssignError};
use super::auth::Person;
use super::once::{Once, OnceError};
use super::overview::{Titled, titled};
use super::refusal::Reason;
use super::seating::{self, SeatingError};
use crate::db::ceremonies::{self as rows, CeremonyRow, PartyRow};
use crate::db::{Conn, DbError, draws, sessions, world};
use crate::entropy::NoEntropy;
use crate::event::{
    Actor, DrawCommitted, DrawNumberAnnounced, DrawNumberEntered, DrawRevealed, DrawVoided, Fact, InputHash,
};
use crate::http::access::Role;
use crate::seal::SealError;
use serde::{Deserialize, Serialize};
use shared::draw::ceremony::{Refusal, Stage};
use thiserror::Error;
use utoipa::ToSchema;

/// Ceremonies in one answer at most.
pub const PAGE: i64 = 50;

/// Longest reason in characters.
const LONGEST_REASON: usize = 500;

/// A ceremony as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CeremonyView {
    /// Ceremony id.
    pub ceremony: String,
    /// `seats`, `staff` or `question_sets`.
    pub stage: String,
    /// Session or trade.
    pub subject: String,
    /// Counts the ceremonies of subject and stage from 1.
    pub round: i64,
    /// `open`, `frozen`, `drawn` or `void`.
    pub state: String,
    /// Sessions drawn for.
    pub sessions: Vec<String>,
    /// When the centre committed, epoch milliseconds.
    pub opened_at: i64,
    /// Parties in the order in which they committed, the centre first.
    pub parties: Vec<PartyView>,
    /// The public number that was announced: which one, of when.
    pub announced: Option<String>,
    /// The public number.
    pub public_number: Option<String>,
    /// When the input was frozen, epoch milliseconds.
    pub frozen_at: Option<i64>,
    /// Hashes of the frozen input.
    pub inputs: Vec<InputHash>,
    /// When it was drawn or given up, epoch milliseconds.
    pub ended_at: Option<i64>,
    /// Why it was given up; the id of another ceremony if it became part of that one.
    pub reason: Option<String>,
    /// Parties that had not revealed when it was given up.
    pub missing: Vec<String>,
    /// Ids of the draws that were run.
    pub draws: Vec<String>,
}

/// A party as everybody may see it; its secret is in the transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartyView {
    /// Its name.
    pub name: String,
    /// SHA-256 of its secret, hexadecimal.
    pub commitment: String,
    /// When it committed, epoch milliseconds.
    pub committed_at: i64,
    /// When it revealed its secret, epoch milliseconds.
    pub revealed_at: Option<i64>,
}

/// A party commits.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitOrder {
    /// Its name, 1 to 100 characters.
    pub party: String,
    /// SHA-256 of its secret: 64 lower-case hexadecimal digits.
    pub commitment: String,
}

/// A public number is announced, or entered once it is out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberOrder {
    /// Which one, of when; or the number itself. 1 to 100 characters.
    pub text: String,
}

/// The input is to be frozen.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FreezeOrder {
    /// Further sessions of the day whose staff is drawn together with this one's.
    #[serde(default)]
    pub sessions: Vec<String>,
}

/// A party reveals its secret.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealOrder {
    /// Its name.
    pub party: String,
    /// The secret, 16 to 256 bytes in hexadecimal digits.
    pub secret: String,
}

/// A ceremony is to be given up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidOrder {
    /// Why, 1 to 500 characters; everybody can read it.
    pub reason: String,
}

/// Why a ceremony cannot be carried on, whatever is drawn in it.
#[derive(Debug, Error)]
pub enum HoldError {
    /// The rules of ceremonies refuse the step.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Others take part, so that one order of the centre is not enough.
    #[error("{0}")]
    Others(String),
    /// Another ceremony is frozen that draws from the same seats or people.
    #[error("{0}")]
    InTheWay(String),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No random numbers.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

crate::refusal!(HoldError {
    Self::Refused(Refusal::State(_) | Refusal::Done | Refusal::NotAnnounced) => "ceremony-state",
    Self::Refused(Refusal::Twice | Refusal::TooMany | Refusal::NoParty) => "party-refused",
    Self::Refused(Refusal::Text | Refusal::Commitment) => "field-invalid",
    Self::Refused(Refusal::Secret) => "secret-wrong",
    Self::Others(_) => "ceremony-others",
    Self::InTheWay(_) => "ceremony-in-the-way",
    Self::Db(_) | Self::Seal(_) | Self::Entropy(_) => "unavailable",
});

/// Why a step of a ceremony is not taken. Nothing was changed.
#[derive(Debug, Error)]
pub enum CeremonyError {
    /// No such ceremony, or not one of the caller's exam point.
    #[error("{0}")]
    Unknown(String),
    /// The sets of a bank are drawn by the centre alone, by one order.
    #[error("question sets are drawn by the centre alone")]
    CentreAlone,
    /// No reason, or too long a one.
    #[error("a reason has 1 to {LONGEST_REASON} characters")]
    Reason,
    /// The ceremony itself.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// The seats.
    #[error(transparent)]
    Seats(#[from] SeatingError),
    /// The staff.
    #[error(transparent)]
    Staff(#[from] AssignError),
    /// Idempotency key.
    #[error(transparent)]
    Once(#[from] OnceError),
    /// Database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Coded for CeremonyError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "ceremony-unknown",
            Self::CentreAlone => "ceremony-state",
            Self::Reason => "reason-needed",
            Self::Hold(error) => error.code(),
            Self::Seats(error) => error.code(),
            Self::Staff(error) => error.code(),
            Self::Once(error) => error.code(),
            Self::Db(_) | Self::Seal(_) => "unavailable",
        }
    }

    fn detail(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn reasons(&self) -> Vec<Reason> {
        if let Self::Staff(error) = self { error.reasons() } else { Vec::new() }
    }
}

impl From<Refusal> for CeremonyError {
    fn from(refusal: Refusal) -> Self {
        Self::Hold(refusal.into())
    }
}

/// Ceremonies, the newest first, of one session or trade where it is given; at most [`PAGE`] from an offset on.
///
/// # Errors
/// [`CeremonyError::Db`].
pub fn list(app: &App, subject: Option<&str>, offset: i64) -> Result<Vec<CeremonyView>, CeremonyError> {
    app.db.read(|conn| {
        let rows = rows::page(conn, subject.filter(|s| !s.is_empty()), (offset, PAGE))?;
        rows.into_iter().map(|row| view(conn, row)).collect()
    })
}

/// One ceremony.
///
/// # Errors
/// [`CeremonyError::Unknown`].
pub fn show(app: &App, ceremony: &str) -> Result<CeremonyView, CeremonyError> {
    app.db.read(|conn| {
        let row = rows::ceremony(conn, ceremony)?;
        view(conn, row.ok_or_else(|| CeremonyError::Unknown(ceremony.to_owned()))?)
    })
}

/// A further party commits, before the input is frozen.
///
/// # Errors
/// [`CeremonyError`].
pub fn commit(
    app: &App,
    person: &Person,
    ceremony: &str,
    order: CommitOrder,
    once: Option<Once>,
) -> Result<CeremonyView, CeremonyError> {
    step(app, person, ceremony, once, move |conn, hall, hold| {
        if hold.stage == Stage::QuestionSets {
            return Err(CeremonyError::CentreAlone);
        }
        hold.rules.commit(&order.party, &order.commitment)?;
        let fact = DrawCommitted {
            ceremony: hold.row.id.clone(),
            stage: hold.row.stage.clone(),
            subject: hold.row.subject.clone(),
            round: u32::try_from(hold.row.round).unwrap_or(u32::MAX),
            party: order.party,
            commitment: order.commitment,
            secret: None,
        };
        Ok(hall.append(conn, Fact::DrawCommitted(fact))?)
    })
}

/// A public number will be part of the seed.
///
/// # Errors
/// [`CeremonyError`].
pub fn announce(
    app: &App,
    person: &Person,
    ceremony: &str,
    order: NumberOrder,
    once: Option<Once>,
) -> Result<CeremonyView, CeremonyError> {
    step(app, person, ceremony, once, move |conn, hall, hold| {
        if hold.stage == Stage::QuestionSets {
            return Err(CeremonyError::CentreAlone);
        }
        hold.rules.announce(&order.text)?;
        let fact = DrawNumberAnnounced { ceremony: hold.row.id.clone(), announced: order.text };
        Ok(hall.append(conn, Fact::DrawNumberAnnounced(fact))?)
    })
}

/// The other sessions whose staff can be drawn by a ceremony together with its own, by start: of the same day, under the
/// same rule set, seated and not staffed. None for other stages, or once the input is frozen.
///
/// # Errors
/// [`CeremonyError`].
pub fn companions(app: &App, ceremony: &str) -> Result<Vec<Titled>, CeremonyError> {
    let now = app.clock.now().millis();
    app.db.read(|conn| {
        let row = rows::ceremony(conn, ceremony)?;
        let Some(row) = row.filter(|row| row.state == "open" && row.stage == Stage::Staff.word()) else {
            return Ok(Vec::new());
        };
        let Some(own) = sessions::session(conn, &row.subject)?.filter(|own| !own.staffed) else {
            return Ok(Vec::new());
        };
        let mut others = sessions::sessions(conn, Some(&own.day), None)?;
        others.retain(|other| {
            other.id != own.id
                && other.rule_set == own.rule_set
                && other.seated
                && !other.staffed
                && other.starts_at > now
        });
        Ok(others.into_iter().map(|other| titled(conn, other)).collect::<Result<_, _>>()?)
    })
}

/// Writes the input down. If nothing is waited for, the draw is run at once.
///
/// # Errors
/// [`CeremonyError`]; also whatever stands against the draw itself.
pub fn freeze(
    app: &App,
    person: &Person,
    ceremony: &str,
    order: FreezeOrder,
    once: Option<Once>,
) -> Result<CeremonyView, CeremonyError> {
    step(app, person, ceremony, once, move |conn, hall, hold| {
        hold.rules.freeze()?;
        let subject = hold.row.subject.clone();
        let frozen = match hold.stage {
            Stage::QuestionSets => return Err(CeremonyError::CentreAlone),
            Stage::Seats => {
                let input = seating::freeze(conn, &subject, hall.at)?;
                hold.freeze(conn, hall, vec![subject], (input.hashes()?, &input))?
            }
            Stage::Staff => {
                let sessions = std::iter::once(subject).chain(order.sessions).collect();
                let input = assign::freeze(conn, hall, sessions)?;
                hold.freeze(conn, hall, input.sessions.clone(), (input.hashes()?, &input))?
            }
        };
        finish(conn, hall, &frozen)
    })
}

/// A party reveals its secret; the last one has the draw run.
///
/// # Errors
/// [`CeremonyError`]; also whatever stands against the draw itself.
pub fn reveal(
    app: &App,
    person: &Person,
    ceremony: &str,
    order: RevealOrder,
    once: Option<Once>,
) -> Result<CeremonyView, CeremonyError> {
    step(app, person, ceremony, once, move |conn, hall, hold| {
        let secret = hex::decode(order.secret.trim()).map_err(|_| Refusal::Secret)?;
        hold.rules.reveal(&order.party, &secret)?;
        let secret = hall.sealer.seal("draw.secret", &hex::encode(secret))?;
        let fact = DrawRevealed { ceremony: hold.row.id.clone(), party: order.party, secret };
        hall.append(conn, Fact::DrawRevealed(fact))?;
        let hold = hold.again(conn)?;
        finish(conn, hall, &hold)
    })
}

/// The announced number came out; if it is the last thing waited for, the draw is run.
///
/// # Errors
/// [`CeremonyError`]; also whatever stands against the draw itself.
pub fn enter_number(
    app: &App,
    person: &Person,
    ceremony: &str,
    order: NumberOrder,
    once: Option<Once>,
) -> Result<CeremonyView, CeremonyError> {
    step(app, person, ceremony, once, move |conn, hall, hold| {
        hold.rules.enter_number(&order.text)?;
        let fact = DrawNumberEntered { ceremony: hold.row.id.clone(), public_number: order.text };
        hall.append(conn, Fact::DrawNumberEntered(fact))?;
        let hold = hold.again(conn)?;
        finish(conn, hall, &hold)
    })
}

/// Gives a ceremony up; who had not revealed by then is written down. A new one is opened with a new secret.
///
/// # Errors
/// [`CeremonyError`].
pub fn give_up(
    app: &App,
    person: &Person,
    ceremony: &str,
    order: VoidOrder,
    once: Option<Once>,
) -> Result<CeremonyView, CeremonyError> {
    step(app, person, ceremony, once, move |conn, hall, hold| {
        hold.rules.give_up()?;
        let reason = order.reason.trim().to_owned();
        if !(1..=LONGEST_REASON).contains(&reason.chars().count()) {
            return Err(CeremonyError::Reason);
        }
        let missing = match hold.row.frozen_at {
            Some(_) => hold.rules.missing().map(str::to_owned).collect(),
            None => Vec::new(),
        };
        let fact = DrawVoided { ceremony: hold.row.id.clone(), reason, missing };
        hall.append(conn, Fact::DrawVoided(fact))?;
        for session in hold.sessions()? {
            hall.open(conn, hold.stage, &session)?;
        }
        Ok(())
    })
}

/// Does something to a ceremony that is there, in one transaction, and answers how it stands then.
fn step(
    app: &App,
    person: &Person,
    ceremony: &str,
    once: Option<Once>,
    work: impl FnOnce(&mut Conn, &Hall, &Hold) -> Result<(), CeremonyError> + Send + 'static,
) -> Result<CeremonyView, CeremonyError> {
    let hall = Hall::of(app, Actor::Account(person.account.clone()));
    let (id, person) = (ceremony.to_owned(), person.clone());
    app.write_once(once, move |conn| {
        let unknown = || CeremonyError::Unknown(id.clone());
        let hold = Hold::load(conn, &id)?.ok_or_else(unknown)?;
        let session = sessions::session(conn, &hold.row.subject)?;
        if person.role == Role::PointStaff && session.map(|s| s.point) != person.point {
            return Err(unknown());
        }
        work(conn, &hall, &hold)?;
        let row = hold.again(conn)?.row;
        view(conn, row)
    })
}

/// Runs the draw if nothing is waited for any more.
fn finish(conn: &mut Conn, hall: &Hall, hold: &Hold) -> Result<(), CeremonyError> {
    if !hold.rules.is_complete() {
        return Ok(());
    }
    match hold.stage {
        Stage::QuestionSets => Err(CeremonyError::CentreAlone),
        Stage::Seats => Ok(seating::draw(conn, hall, hold).map(drop)?),
        Stage::Staff => Ok(assign::draw(conn, hall, hold).map(drop)?),
    }
}

fn view(conn: &mut Conn, row: CeremonyRow) -> Result<CeremonyView, CeremonyError> {
    let party = |p: PartyRow| PartyView {
        name: p.name,
        commitment: p.commitment,
        committed_at: p.committed_at,
        revealed_at: p.revealed_at,
    };
    Ok(CeremonyView {
        parties: rows::parties(conn, &row.id)?.into_iter().map(party).collect(),
        draws: draws::of_ceremony(conn, &row.id)?,
        sessions: world::json("ceremony", &row.sessions)?,
        inputs: world::json("ceremony", &row.inputs)?,
        missing: world::json("ceremony", &row.missing)?,
        ceremony: row.id,
        stage: row.stage,
        subject: row.subject,
        round: row.round,
        state: row.state,
        opened_at: row.opened_at,
        announced: row.announced,
        public_number: row.public_number,
        frozen_at: row.frozen_at,
        ended_at: row.ended_at,
        reason: row.reason,
    })
}
