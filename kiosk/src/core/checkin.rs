//! Check-in, photograph, comparison.

use super::refusal::Refusal;
use super::roster::{Candidate, Session};
use super::state::{Person, Stage, State};
use super::{Action, Answer, Means};
use crate::digest::Digest;
use shared::idnumber::IdNumber;
use shared::ids::{AccountId, TicketNumber};
use shared::time::Instant;
use shared::wire::v1::journal::{CheckInBy, CompareVerdict, KioskFact};

/// Decides on a check-in.
pub fn check_in(state: &State, now: Instant, means: &Means) -> Vec<Action> {
    match admissible(state, now, means) {
        Ok((ticket, session)) => {
            let fact = KioskFact::CheckedIn { session, ticket: ticket.to_string(), by: means.by() };
            vec![Action::Record(vec![fact]), Action::Answer(Answer::CheckedIn { ticket })]
        }
        Err(refusal) if refusal.is_recorded() => {
            let fact = KioskFact::CheckInRefused {
                ticket: refusal.ticket().map(ToString::to_string),
                code: refusal.code().to_owned(),
            };
            vec![Action::Record(vec![fact]), Action::Refuse(refusal)]
        }
        Err(refusal) => vec![Action::Refuse(refusal)],
    }
}

/// Decides whether a photograph may be taken. Until the comparison it may be taken again.
pub fn photograph(state: &State, ticket: TicketNumber) -> Vec<Action> {
    match person(state, &ticket).map(|p| p.stage) {
        Err(refusal) => vec![Action::Refuse(refusal)],
        Ok(Stage::CheckedIn | Stage::Photographed | Stage::Different) => vec![Action::TakePicture { ticket }],
        Ok(Stage::Waiting | Stage::Away | Stage::Called | Stage::Admitted) => {
            vec![Action::Refuse(Refusal::AlreadyCompared)]
        }
    }
}

/// What the camera gave.
pub fn picture_taken(
    state: &State,
    ticket: TicketNumber,
    picture: Result<Digest, &'static str>,
) -> Vec<Action> {
    let blob = match picture {
        Ok(blob) => blob,
        Err(code) => return vec![Action::Refuse(Refusal::CameraFailed(code))],
    };
    // While the camera was at work, staff may have compared an earlier picture: that one stays.
    match photograph(state, ticket.clone()).as_slice() {
        [Action::TakePicture { .. }] => {
            let fact = KioskFact::Photographed { ticket: ticket.to_string(), blob: blob.to_string() };
            vec![Action::Record(vec![fact]), Action::Answer(Answer::Photographed { ticket, blob })]
        }
        refused => refused.to_vec(),
    }
}

/// Takes down what a member of staff saw; the same person gets a queue number.
pub fn compare(
    state: &State,
    ticket: TicketNumber,
    verdict: CompareVerdict,
    staff: &AccountId,
) -> Vec<Action> {
    if !state.may_sign(staff) {
        return vec![Action::Refuse(Refusal::StaffUnknown)];
    }
    match person(state, &ticket).map(|p| p.stage) {
        Err(refusal) => return vec![Action::Refuse(refusal)],
        Ok(Stage::Photographed) => {}
        Ok(Stage::CheckedIn | Stage::Different) => return vec![Action::Refuse(Refusal::PhotoNeeded)],
        Ok(_) => return vec![Action::Refuse(Refusal::AlreadyCompared)],
    }
    let compared = KioskFact::Compared { ticket: ticket.to_string(), verdict, staff: staff.to_string() };
    let (follows, number) = match verdict {
        CompareVerdict::Same => match queued(state, &ticket) {
            Ok((fact, number)) => (fact, Some(number)),
            Err(refusal) => return vec![Action::Refuse(refusal)],
        },
        CompareVerdict::Different => {
            let code = Refusal::DifferentPerson { ticket: ticket.clone() }.code().to_owned();
            (KioskFact::CheckInRefused { ticket: Some(ticket.to_string()), code }, None)
        }
    };
    let mut actions = vec![Action::Record(vec![compared, follows])];
    if number.is_some() {
        actions.push(Action::GiveTicket { ticket: ticket.clone() });
    }
    actions.push(Action::Answer(Answer::Compared { ticket, verdict, number }));
    actions
}

/// The fact that gives somebody the next number of this kiosk, in the line of his room.
fn queued(state: &State, ticket: &TicketNumber) -> Result<(KioskFact, u32), Refusal> {
    let place = state.place_of(ticket);
    state.queue().may_join(&place).map_err(|_| Refusal::PlaceClosed)?;
    let number = state.queue().next_number(state.numbers()).ok_or(Refusal::NumbersUsedUp)?;
    let place = Some(place.to_string());
    Ok((KioskFact::Queued { ticket: ticket.to_string(), number, place }, number))
}

fn person<'a>(state: &'a State, ticket: &TicketNumber) -> Result<&'a Person, Refusal> {
    if let Some(person) = state.person(ticket) {
        return Ok(person);
    }
    let expected = state.roster().is_some_and(|roster| roster.candidate(ticket).is_some());
    Err(if expected { Refusal::NotCheckedIn } else { Refusal::UnknownTicket })
}

fn admissible(state: &State, now: Instant, means: &Means) -> Result<(TicketNumber, String), Refusal> {
    let roster = state.roster().ok_or(Refusal::NoBundle)?;
    let tickets = match means {
        Means::TicketQr(text) => roster.ticket_with_secret(text).map_or(&[][..], std::slice::from_ref),
        Means::IdNumber(text) => roster.tickets_of(&normal_form(text)?),
        Means::Card(Some(text)) => roster.tickets_of(&normal_form(text)?),
        Means::Card(None) => return Err(Refusal::NoCard),
    };
    let mut sittings: Vec<_> = tickets.iter().filter_map(|ticket| roster.expected(ticket)).collect();
    sittings.sort_by_key(|(_, session)| session.starts_at);
    choose(state, now, &sittings)
}

/// A person may sit twice on a day: the first session is taken for which he can check in now. If there is none, the
/// refusal that helps most is given: already in, then too early, then too late.
fn choose(
    state: &State,
    now: Instant,
    sittings: &[(&Candidate, &Session)],
) -> Result<(TicketNumber, String), Refusal> {
    let mut refusal = Refusal::NotOnRoster;
    for (candidate, session) in sittings {
        let ticket = candidate.ticket.clone();
        match state.person(&ticket).map(|p| p.stage) {
            Some(Stage::Different) => {
                refusal = best(refusal, Refusal::DifferentPerson { ticket });
            }
            Some(_) => refusal = best(refusal, Refusal::AlreadyCheckedIn { ticket }),
            None if now < session.opens_at() => {
                refusal = best(refusal, Refusal::TooEarly { ticket, opens_at: session.opens_at() });
            }
            None if now > session.closes_at() => {
                refusal = best(refusal, Refusal::TooLate { ticket, closed_at: session.closes_at() });
            }
            None => return Ok((ticket, session.id.to_string())),
        }
    }
    Err(refusal)
}

fn best(so_far: Refusal, new: Refusal) -> Refusal {
    let rank = |refusal: &Refusal| match refusal {
        Refusal::DifferentPerson { .. } => 4,
        Refusal::AlreadyCheckedIn { .. } => 3,
        Refusal::TooEarly { .. } => 2,
        Refusal::TooLate { .. } => 1,
        _ => 0,
    };
    if rank(&new) > rank(&so_far) { new } else { so_far }
}

fn normal_form(text: &str) -> Result<String, Refusal> {
    let number = IdNumber::parse(text.trim()).map_err(|_| Refusal::IdNumberInvalid)?;
    Ok(number.as_str().to_owned())
}

impl Means {
    /// As the journal names it.
    #[must_use]
    pub const fn by(&self) -> CheckInBy {
        match self {
            Self::IdNumber(_) => CheckInBy::IdNumber,
            Self::TicketQr(_) => CheckInBy::TicketQr,
            Self::Card(_) => CheckInBy::Card,
        }
    }
}
