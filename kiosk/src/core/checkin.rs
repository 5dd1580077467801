//! Check-in, photograph, comparison.

use super::refusal::Refusal;
use super::roster::{Candidate, Roster, Session};
use super::state::{Person, Stage, State};
use super::{Action, Answer, Means, Shot, ShownCard};
use crate::quality;
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
    picture: Result<Shot, &'static str>,
) -> Vec<Action> {
    let shot = match picture {
        Ok(shot) => shot,
        Err(code) => return vec![Action::Refuse(Refusal::CameraFailed(code))],
    };
    // While the camera was at work, staff may have compared an earlier picture: that one stays.
    match photograph(state, ticket.clone()).as_slice() {
        [Action::TakePicture { .. }] => {
            let mut facts = vec![photographed(&ticket, &shot)];
            let best = best_of(state.person(&ticket).map_or(&[][..], |person| &person.shots), &shot);
            let blob = best.blob;
            if blob != shot.blob {
                facts.push(photographed(&ticket, best));
            }
            vec![Action::Record(facts), Action::Answer(Answer::Photographed { ticket, blob })]
        }
        refused => refused.to_vec(),
    }
}

/// The picture that counts. A good one does; a poor one does too, so that it can be compared at once, until it is the
/// last of [`quality::TRIES`]: then the best of all does, and the desk decides. Nobody is kept out by a measure.
fn best_of<'a>(before: &'a [Shot], shot: &'a Shot) -> &'a Shot {
    let poor = shot.judged.as_ref().is_some_and(|judged| !judged.flaws.is_empty());
    if !poor || before.len().saturating_add(1) < quality::TRIES {
        return shot;
    }
    // Of equals the latest.
    std::iter::once(shot)
        .chain(before.iter().rev())
        .min_by_key(|shot| quality::rank(shot.judged.as_ref()))
        .unwrap_or(shot)
}

fn photographed(ticket: &TicketNumber, shot: &Shot) -> KioskFact {
    KioskFact::Photographed {
        ticket: ticket.to_string(),
        blob: shot.blob.to_string(),
        judged: shot.judged.clone(),
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
    let (tickets, text) = match means {
        Means::TicketQr(text) => {
            (roster.ticket_with_secret(text).map_or(&[][..], std::slice::from_ref), text.clone())
        }
        Means::IdNumber(text) => by_number(roster, text)?,
        Means::Card(Ok(Some(card))) => by_number(roster, &card.id_number)?,
        Means::Card(Ok(None)) => return Err(Refusal::NoCard),
        Means::Card(Err(code)) => return Err(Refusal::of_reader(code)),
    };
    if tickets.is_empty() {
        return Err(roster.turned_away(&text).unwrap_or(Refusal::NotOnRoster));
    }
    if let Means::Card(Ok(Some(card))) = means {
        unexpired(card, now, tickets)?;
    }
    let mut sittings: Vec<_> = tickets.iter().filter_map(|ticket| roster.expected(ticket)).collect();
    sittings.sort_by_key(|(_, session)| session.starts_at);
    choose(state, now, &sittings)
}

fn by_number<'a>(roster: &'a Roster, text: &str) -> Result<(&'a [TicketNumber], String), Refusal> {
    let number = normal_form(text)?;
    Ok((roster.tickets_of(&number), number))
}

/// An expired card proves nothing any more. Who is not expected here is told that first.
fn unexpired(card: &ShownCard, now: Instant, tickets: &[TicketNumber]) -> Result<(), Refusal> {
    match (card.valid_until, tickets.first()) {
        (Some(until), Some(ticket)) if until < now.date_in_china() => {
            Err(Refusal::CardExpired { ticket: ticket.clone(), until })
        }
        _ => Ok(()),
    }
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
        match open_for(state, now, candidate, session) {
            Ok(()) => return Ok((candidate.ticket.clone(), session.id.to_string())),
            Err(other) => refusal = best(refusal, other),
        }
    }
    Err(refusal)
}

/// Whether somebody can check in for a session now.
pub(super) fn open_for(
    state: &State,
    now: Instant,
    candidate: &Candidate,
    session: &Session,
) -> Result<(), Refusal> {
    let ticket = candidate.ticket.clone();
    match state.person(&ticket).map(|p| p.stage) {
        Some(Stage::Different) => Err(Refusal::DifferentPerson { ticket }),
        Some(_) => Err(Refusal::AlreadyCheckedIn { ticket }),
        None if now < session.opens_at() => Err(Refusal::TooEarly { ticket, opens_at: session.opens_at() }),
        None if now > session.closes_at() => Err(Refusal::TooLate { ticket, closed_at: session.closes_at() }),
        None => Ok(()),
    }
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
