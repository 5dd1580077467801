//! Taking candidates into a session: each registration is judged by itself, and a refusal names every rule that failed.

use super::{SessionError, field, load};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::once::Once;
use crate::app::world::rule_set;
use crate::db::sessions::{self as rows, SessionRow};
use crate::db::{Conn, DbError, ceremonies, events, people, world};
use crate::entropy::random;
use crate::event::{Actor, CandidateEnrolled, CandidateRefused, Event, Fact, RegistrationAdded, Sealed};
use crate::seal::{SealError, Sealer};
use serde::{Deserialize, Serialize};
use shared::eligibility::{Application, Refusal, decide};
use shared::idnumber::IdNumber;
use shared::ids::TicketNumber;
use shared::rules::RuleSet;
use shared::time::{Date, Instant};
use shared::trade::{Education, ExamKind, Trade};
use utoipa::ToSchema;

/// Registrations taken at a time.
const MOST: usize = 2000;

/// Registrations that are to sit in a session.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolOrder {
    /// Registration ids, in the order in which seats go to them where there are too few.
    pub registrations: Vec<String>,
}

/// Who was taken in and who was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolAnswer {
    /// Candidates.
    pub enrolled: Vec<Enrolled>,
    /// Refused registrations.
    pub refused: Vec<Refused>,
}

/// A candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    /// Registration id.
    pub registration: String,
    /// Ticket number.
    pub ticket: String,
}

/// A registration that was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// Registration id.
    pub registration: String,
    /// Every rule that failed.
    pub refusals: Vec<RuleRefusal>,
}

/// A rule that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleRefusal {
    /// Word of [`shared::eligibility::Refusal`], or `registration_unknown`, `other_trade`, `other_kind`,
    /// `already_candidate`, `session_full`.
    pub code: String,
    /// What would satisfy it.
    pub detail: String,
}

/// Takes registrations into a session, as far as each may sit and there are seats.
///
/// # Errors
/// [`SessionError`] if the session takes nobody (any more).
pub fn enrol(
    app: &App,
    person: &Person,
    session: &str,
    order: EnrolOrder,
    once: Option<Once>,
) -> Result<EnrolAnswer, SessionError> {
    if order.registrations.is_empty() || order.registrations.len() > MOST {
        return Err(field("registrations", "1 to 2000 registrations at a time"));
    }
    let (session, at, sealer) = (session.to_owned(), app.clock.now(), app.sealer.clone());
    let actor = Actor::Account(person.account.clone());
    app.write_once(once, move |conn| {
        let mut desk = Desk::open(conn, &session, at, actor, sealer)?;
        let mut answer = EnrolAnswer { enrolled: Vec::new(), refused: Vec::new() };
        for registration in order.registrations {
            match desk.judge(conn, &registration)? {
                Ok(record) => {
                    let ticket = desk.take_in(conn, &record)?;
                    answer.enrolled.push(Enrolled { registration, ticket });
                }
                Err(refusals) => answer.refused.push(Refused { registration, refusals }),
            }
        }
        Ok(answer)
    })
}

/// What one order of enrolment works with.
struct Desk {
    session: SessionRow,
    day: Date,
    trade: Trade,
    rules: RuleSet,
    seats: usize,
    taken: usize,
    at: Instant,
    actor: Actor,
    sealer: Sealer,
}

impl Desk {
    fn open(
        conn: &mut Conn,
        id: &str,
        at: Instant,
        actor: Actor,
        sealer: Sealer,
    ) -> Result<Self, SessionError> {
        let session = load(conn, id)?;
        if session.seated {
            return Err(SessionError::SessionState("seats are drawn, so nobody can be added"));
        }
        if ceremonies::seats_frozen(conn, id)? {
            return Err(SessionError::SessionState(
                "the draw of the seats is frozen, so nobody can be added",
            ));
        }
        if session.starts_at <= at.millis() {
            return Err(SessionError::SessionState("the session has started"));
        }
        let corrupt = |e: &dyn std::fmt::Display| DbError::corrupt("session", e);
        let rules = rule_set(conn, &session.rule_set)?;
        let trade = world::trade(conn, &session.trade)?.ok_or_else(|| corrupt(&"trade missing"))?;
        let point = world::point(conn, &session.point)?.ok_or_else(|| corrupt(&"exam point missing"))?;
        let capacity = rules.staff.room_capacity;
        let seats = point.rooms.iter().map(|room| room.seats.min(capacity) as usize).sum();
        let taken = rows::candidate_rows(conn, id)?.len();
        let day = Date::parse(&session.day).map_err(|e| corrupt(&e))?;
        Ok(Self { session, day, trade, rules, seats, taken, at, actor, sealer })
    }

    /// The registration, or every rule that stands against it; a refusal of a known registration is recorded.
    fn judge(
        &self,
        conn: &mut Conn,
        id: &str,
    ) -> Result<Result<RegistrationAdded, Vec<RuleRefusal>>, SessionError> {
        let Some(record) = people::registration(conn, id)? else {
            return Ok(Err(vec![refusal("registration_unknown", "there is no such registration")]));
        };
        let mut refusals = self.mismatches(conn, &record)?;
        let application = self.application(conn, &record)?;
        if let Err(failed) = decide(&application, &self.trade, &self.rules, self.day) {
            refusals.extend(failed.iter().map(|r: &Refusal| refusal(r.word(), &r.to_string())));
        }
        if self.taken >= self.seats {
            refusals.push(refusal("session_full", &format!("the rooms have {} seats", self.seats)));
        }
        if refusals.is_empty() {
            return Ok(Ok(record));
        }
        self.record(conn, id, &refusals)?;
        Ok(Err(refusals))
    }

    /// What keeps a registration out of this session, whatever the rules of eligibility say.
    fn mismatches(
        &self,
        conn: &mut Conn,
        record: &RegistrationAdded,
    ) -> Result<Vec<RuleRefusal>, SessionError> {
        let mut refusals = Vec::new();
        if record.trade != self.session.trade {
            refusals.push(refusal("other_trade", &format!("registered for {}", record.trade)));
        }
        if record.exam_kind != self.session.exam_kind {
            refusals
                .push(refusal("other_kind", &format!("registered for a {} examination", record.exam_kind)));
        }
        if let Some(ticket) = rows::open_candidacy(conn, &record.person, &self.session.trade)? {
            refusals
                .push(refusal("already_candidate", &format!("has ticket {ticket}, which has no result yet")));
        }
        Ok(refusals)
    }

    fn application(&self, conn: &mut Conn, record: &RegistrationAdded) -> Result<Application, SessionError> {
        let person = people::person(conn, &record.person)?;
        let person = person.ok_or_else(|| DbError::corrupt("registration", "person missing"))?;
        application_of(&self.sealer, record, &Sealed(person.id_number))
    }

    fn take_in(&mut self, conn: &mut Conn, record: &RegistrationAdded) -> Result<String, SessionError> {
        self.taken += 1;
        let ticket = format!("{}-{:04}", self.session.id.trim_start_matches('S'), self.taken);
        TicketNumber::parse(&ticket).map_err(|e| DbError::corrupt("ticket", e))?;
        let secret = new_secret()?;
        let fact = CandidateEnrolled {
            session: self.session.id.clone(),
            ticket: ticket.clone(),
            registration: record.registration.clone(),
            person: record.person.clone(),
            secret: self.sealer.seal("ticket.secret", &secret)?,
            secret_index: self.sealer.index("ticket_secret", &secret),
        };
        self.append(conn, Fact::CandidateEnrolled(fact))?;
        Ok(ticket)
    }

    fn record(&self, conn: &mut Conn, id: &str, refusals: &[RuleRefusal]) -> Result<(), SessionError> {
        if rows::is_refused_at(conn, &self.session.id, id, self.at.millis())? {
            return Ok(());
        }
        let codes = refusals.iter().map(|r| r.code.clone()).collect();
        let (session, registration) = (self.session.id.clone(), id.to_owned());
        self.append(conn, Fact::CandidateRefused(CandidateRefused { session, registration, refusals: codes }))
    }

    fn append(&self, conn: &mut Conn, fact: Fact) -> Result<(), SessionError> {
        events::append(conn, &Event::new(self.at, self.actor.clone(), fact).under(self.rules.id.as_str()))?;
        Ok(())
    }
}

/// What the rules of eligibility look at in a registration.
///
/// # Errors
/// [`DbError::Corrupt`] for words that no registration has; sealed data that cannot be opened.
pub fn application_of<E: From<DbError> + From<SealError>>(
    sealer: &Sealer,
    record: &RegistrationAdded,
    id_number: &Sealed,
) -> Result<Application, E> {
    let corrupt = |e: &dyn std::fmt::Display| DbError::corrupt("registration", e);
    let number = sealer.open("person.id_number", id_number)?;
    let number = IdNumber::parse(&number).map_err(|e| corrupt(&e))?;
    Ok(Application {
        birth: number.birth(),
        sex: number.sex(),
        education: Education::from_word(&record.education).ok_or_else(|| corrupt(&"unknown schooling"))?,
        kind: ExamKind::from_word(&record.exam_kind).ok_or_else(|| corrupt(&"unknown kind"))?,
        theory_hours: record.theory_hours,
        practical_hours: record.practical_hours,
        health_promise: record.health_promise,
        applied_on: Date::parse(&record.applied_on).map_err(|e| corrupt(&e))?,
        fraud_revoked_on: None,
    })
}

fn refusal(code: &str, detail: &str) -> RuleRefusal {
    RuleRefusal { code: code.to_owned(), detail: detail.to_owned() }
}

/// 160 random bits in base32 (RFC 4648, capitals): whoever has not seen the ticket does not guess it.
fn new_secret() -> Result<String, SessionError> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    // 32 characters of five bits each, taken from a random byte each.
    let bytes: [u8; 32] = random()?;
    Ok(bytes.iter().filter_map(|b| ALPHABET.get(usize::from(b & 31))).map(|b| char::from(*b)).collect())
}
