//! One candidate: who it is (masked), where he sits, and the way behind him as a timeline.

use super::day::{deadline, is_mismatch};
use super::stage::{Stage, stage};
use super::{OverviewError, Titled, masked, sees, titled};
use crate::app::App;
use crate::app::auth::Person;
use crate::app::duties;
use crate::app::world;
use crate::db::regrade::{self, RegradeRow};
use crate::db::sessions::{self, Candidate};
use crate::db::{Conn, DbResult, events, overview as rows, people, practical, review, world as tables};
use crate::event::{Actor, Fact, PaperRecord, PersonalDataRead, Sealed};
use crate::http::access::Role;
use shared::time::{Date, Instant};
use shared::wire::v1::journal::{CheckInBy, CompareVerdict, KioskFact, PriorityReason};

/// A candidate's file.
#[derive(Debug, Clone)]
pub struct File {
    /// Ticket number.
    pub ticket: String,
    /// Masked name.
    pub name: String,
    /// Masked identity number.
    pub id_number: String,
    /// The session.
    pub session: Titled,
    /// Training institution (Chinese, English).
    pub institution: (String, String),
    /// Room code.
    pub room: Option<String>,
    /// Seat from 1.
    pub seat: Option<i32>,
    /// How far he has come.
    pub stage: Stage,
    /// Whether a picture was taken at the kiosk.
    pub captured: bool,
    /// Number of the question set; only once the paper was handed in.
    pub set: Option<u32>,
    /// What happened and what is next, in order.
    pub steps: Vec<Step>,
}

/// A point of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub when: When,
    /// Word of what happened; the language files have a text for each.
    pub what: &'static str,
    /// What the text says in place of its variables.
    pub with: Vec<(&'static str, String)>,
    /// Whether it is good or bad.
    pub tone: Tone,
}

/// When something happened or has to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Epoch milliseconds.
    At(i64),
    /// A day.
    On(Date),
    /// No time is recorded.
    Unknown,
}

/// How a step is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It happened.
    Done,
    /// It happened, and it is what one hopes for.
    Good,
    /// It happened, and somebody has to look at it.
    Bad,
    /// It is next.
    Next,
}

/// Which picture of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// The portrait of the registration.
    Portrait,
    /// The one taken at the kiosk.
    Capture,
}

impl Tone {
    /// Word in class names.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Next => "next",
        }
    }
}

/// A candidate's file.
///
/// # Errors
/// [`OverviewError::TicketUnknown`], also for a ticket of a point that is not the caller's.
pub fn file(app: &App, person: &Person, ticket: &str) -> Result<File, OverviewError> {
    app.db.read(|conn| {
        let (candidate, session) = found(conn, person, ticket, app.clock.now())?;
        let scored = !practical::scores(conn, ticket)?.is_empty();
        let stage = stage(&candidate, scored);
        let (name, id_number) = masked(app, &candidate)?;
        let id = candidate.institution.clone();
        let institution = tables::organisation_names(conn, &id)?.unwrap_or_else(|| (id.clone(), id));
        let steps = steps(conn, &candidate, &session, stage)?;
        Ok(File {
            ticket: ticket.to_owned(),
            name,
            id_number,
            institution,
            room: candidate.row.room.clone(),
            seat: candidate.row.seat,
            stage,
            captured: candidate.check_in.as_ref().is_some_and(|c| c.photo.is_some()),
            set: set_number(app, &candidate)?,
            session,
            steps,
        })
    })
}

/// A picture of a candidate; the look is recorded.
///
/// # Errors
/// [`OverviewError::NoPicture`] if there is none, [`OverviewError::TicketUnknown`].
pub fn picture(app: &App, person: &Person, ticket: &str, which: Picture) -> Result<Vec<u8>, OverviewError> {
    let (candidate, _) = app.db.read(|conn| found(conn, person, ticket, app.clock.now()))?;
    let (name, what) = match which {
        Picture::Portrait => (Some(candidate.portrait), "portrait"),
        Picture::Capture => (candidate.check_in.and_then(|c| c.photo), "capture"),
    };
    let content = app.blobs.load(&name.ok_or(OverviewError::NoPicture)?)?;
    let read = PersonalDataRead { subject: ticket.to_owned(), what: what.to_owned() };
    let event = app.event(&Actor::Account(person.account.clone()), Fact::PersonalDataRead(read));
    app.db.write(move |conn| -> DbResult<()> { events::append(conn, &event).map(|_| ()) })?;
    Ok(content)
}

fn found(
    conn: &mut Conn,
    person: &Person,
    ticket: &str,
    now: Instant,
) -> Result<(Candidate, Titled), OverviewError> {
    let unknown = || OverviewError::TicketUnknown(ticket.to_owned());
    let candidate = sessions::candidate(conn, ticket)?.ok_or_else(unknown)?;
    let session = sessions::session(conn, &candidate.row.session)?.ok_or_else(unknown)?;
    if sees(person, &session.point) && concerns(conn, person, &session.id, now)? {
        Ok((candidate, titled(conn, session)?))
    } else {
        Err(unknown())
    }
}

/// Invigilators and examiners see the candidates of the sessions in which they have a duty.
fn concerns(conn: &mut Conn, person: &Person, session: &str, now: Instant) -> Result<bool, OverviewError> {
    match (person.role, &person.staff) {
        (Role::Invigilator | Role::Examiner, Some(staff)) => {
            Ok(!duties::of(conn, session, staff, now)?.is_empty())
        }
        (Role::Invigilator | Role::Examiner, None) => Ok(false),
        _ => Ok(true),
    }
}

/// While the paper is open its set would tell a neighbour which questions come.
fn set_number(app: &App, candidate: &Candidate) -> Result<Option<u32>, OverviewError> {
    let ended = candidate.sitting.as_ref().is_some_and(|s| s.ended_at.is_some());
    let Some(paper) = candidate.row.paper.clone().filter(|_| ended) else { return Ok(None) };
    let paper = app.sealer.open("paper", &Sealed(paper))?;
    let paper: PaperRecord = tables::json("paper", &paper)?;
    Ok(Some(paper.number))
}

/// What happened to a candidate and what is next, in order.
pub(in crate::app) fn steps(
    conn: &mut Conn,
    candidate: &Candidate,
    session: &Titled,
    stage: Stage,
) -> Result<Vec<Step>, OverviewError> {
    let ticket = &candidate.row.ticket;
    let mut steps = Vec::new();
    if let Some(registration) = people::registration(conn, &candidate.row.registration)? {
        let on = Date::parse(&registration.applied_on).map(When::On).unwrap_or(When::Unknown);
        steps.push(step(on, "registered", Tone::Done, vec![]));
    }
    let mut timed = Vec::new();
    if let (Some(room), Some(seat)) = (&candidate.row.room, candidate.row.seat) {
        let when = rows::seated_at(conn, &session.row.id)?.map_or(When::Unknown, When::At);
        let seated =
            step(when, "seated", Tone::Done, vec![("room", room.clone()), ("seat", seat.to_string())]);
        if when == When::Unknown { steps.push(seated) } else { timed.push(seated) }
    }
    timed.extend(rows::kiosk_facts(conn, ticket)?.into_iter().filter_map(|(at, fact)| at_kiosk(at, &fact)));
    let regrades = regrade::of_ticket(conn, ticket)?;
    timed.extend(theory(candidate, regrades.first()));
    timed.extend(regrades.iter().flat_map(regraded));
    if let Some(asked) = review::of_ticket(conn, ticket)? {
        timed.push(step(When::At(asked.asked_at), "review-asked", Tone::Done, vec![]));
        if let Some(at) = asked.closed_at {
            let confirmed = asked.outcome.as_deref() == Some("confirmed");
            let what = if confirmed { "review-confirmed" } else { "review-correction" };
            timed.push(step(When::At(at), what, Tone::Done, vec![]));
        }
    }
    for (at, gravity) in rows::misconduct_of(conn, ticket)? {
        timed.push(step(When::At(at), "misconduct", Tone::Bad, vec![("gravity", gravity)]));
    }
    timed.extend(practical_step(candidate));
    if let Some(at) = session.row.results_at {
        timed.push(step(When::At(at), "results", Tone::Done, vec![]));
    }
    let issued = issued(conn, candidate, &mut timed)?;
    timed.sort_by_key(|s| if let When::At(at) = s.when { at } else { i64::MIN });
    steps.extend(timed);
    if stage == Stage::Absent {
        steps.push(step(When::Unknown, "absent", Tone::Bad, vec![]));
    }
    if stage == Stage::Passed && issued != Issued::Printed {
        steps.push(certificate_due(conn, session, issued)?);
    }
    if is_mismatch(candidate, stage) {
        steps.push(step(When::Unknown, "next-decide", Tone::Next, vec![]));
    } else {
        steps.extend(next(stage, session));
    }
    Ok(steps)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Issued {
    No,
    Yes,
    Printed,
}

fn issued(conn: &mut Conn, candidate: &Candidate, timed: &mut Vec<Step>) -> Result<Issued, OverviewError> {
    let Some(row) = rows::certificate_of(conn, &candidate.row.ticket)? else { return Ok(Issued::No) };
    timed.push(step(
        When::At(row.issued_at),
        "certificate-issued",
        Tone::Good,
        vec![("certificate", row.id.clone())],
    ));
    let mut state = Issued::Yes;
    for (at, print) in rows::prints_of(conn, &row.id)? {
        timed.push(match print.as_str() {
            "printed" => {
                state = Issued::Printed;
                step(When::At(at), "printed", Tone::Good, vec![])
            }
            "started" => step(When::At(at), "print-started", Tone::Done, vec![]),
            _ => step(When::At(at), "print-failed", Tone::Bad, vec![]),
        });
    }
    Ok(state)
}

fn certificate_due(conn: &mut Conn, session: &Titled, issued: Issued) -> Result<Step, OverviewError> {
    let rules = world::rule_set(conn, &session.row.rule_set)?.certificate;
    let calendar = world::calendar(conn)?;
    let (days, due) = deadline(&session.row, &rules, &calendar)?;
    let what = match (issued, due) {
        (Issued::No, Some(_)) => "certificate-due",
        (_, Some(_)) => "print-due",
        (_, None) => "certificate-due-unknown",
    };
    Ok(step(due.map_or(When::Unknown, When::On), what, Tone::Next, vec![("days", days.to_string())]))
}

fn at_kiosk(at: i64, fact: &KioskFact) -> Option<Step> {
    let at = When::At(at);
    Some(match fact {
        KioskFact::CheckedIn { by, .. } => {
            let by = match by {
                CheckInBy::IdNumber => "number",
                CheckInBy::TicketQr => "qr",
                CheckInBy::Card => "card",
            };
            step(at, "checked-in", Tone::Done, vec![("by", by.to_owned())])
        }
        KioskFact::CheckInRefused { code, .. } => {
            step(at, "check-in-refused", Tone::Bad, vec![("code", code.clone())])
        }
        KioskFact::Photographed { .. } => step(at, "photographed", Tone::Done, vec![]),
        KioskFact::Compared { verdict: CompareVerdict::Same, .. } => {
            step(at, "compared-same", Tone::Good, vec![])
        }
        KioskFact::Compared { .. } => step(at, "compared-different", Tone::Bad, vec![]),
        KioskFact::Queued { number, .. } => {
            step(at, "queued", Tone::Done, vec![("number", format!("{number:03}"))])
        }
        KioskFact::Called { window, count, .. } => {
            step(at, "called", Tone::Done, vec![("window", window.clone()), ("count", count.to_string())])
        }
        KioskFact::PassedOver { .. } => step(at, "passed-over", Tone::Bad, vec![]),
        KioskFact::Admitted { .. } => step(at, "admitted", Tone::Done, vec![]),
        KioskFact::Returned { .. } => step(at, "returned", Tone::Done, vec![]),
        KioskFact::Transferred { place, .. } => {
            let code = place.split_once(':').map_or(place.as_str(), |(_, code)| code);
            step(at, "transferred", Tone::Done, vec![("place", code.to_owned())])
        }
        // Why somebody has priority is nobody's business but that of the desk.
        KioskFact::Prioritised { reason: PriorityReason::None, .. } => {
            step(at, "priority-ended", Tone::Done, vec![])
        }
        KioskFact::Prioritised { .. } => step(at, "prioritised", Tone::Done, vec![]),
        KioskFact::LeftQueue { .. } => step(at, "left-queue", Tone::Bad, vec![]),
        KioskFact::PrintStarted { .. }
        | KioskFact::Printed { .. }
        | KioskFact::PrintFailed { .. }
        | KioskFact::PrintSettled { .. }
        | KioskFact::PlaceSet { .. }
        | KioskFact::Received { .. }
        | KioskFact::LeaseReleased { .. }
        | KioskFact::LogRefused { .. } => return None,
    })
}

/// The score is the one that was reached then, whatever became of it when a key was corrected.
fn theory(candidate: &Candidate, first: Option<&RegradeRow>) -> Vec<Step> {
    let Some(sitting) = &candidate.sitting else { return Vec::new() };
    let mut steps = vec![step(When::At(sitting.entered_at), "entered", Tone::Done, vec![])];
    let (Some(at), Some(how)) = (sitting.ended_at, &sitting.how) else { return steps };
    let what = match how.as_str() {
        "handed_in" => "handed-in",
        "timed_out" => "timed-out",
        _ => "removed",
    };
    let tone = if what == "removed" { Tone::Bad } else { Tone::Done };
    steps.push(step(When::At(at), what, tone, vec![]));
    let then = first.map(|again| (again.before_points, again.before_passed));
    let then = then.or(sitting.points.zip(sitting.passed));
    if let (Some((points, passed)), Some(total)) = (then, sitting.total) {
        let with = vec![("points", points.to_string()), ("total", total.to_string())];
        let (what, tone) = if passed { ("theory-passed", Tone::Good) } else { ("theory-failed", Tone::Bad) };
        steps.push(step(When::At(at), what, tone, with));
    }
    steps
}

/// A regrade, and what a person decided about it.
fn regraded(row: &RegradeRow) -> Vec<Step> {
    let (what, tone) = match (row.before_passed, row.after_passed) {
        (false, true) => ("theory-regraded-passes", Tone::Good),
        (true, false) if row.follows == "decide" => ("theory-regraded-decide", Tone::Bad),
        (true, false) => ("theory-regraded-fails", Tone::Bad),
        _ => ("theory-regraded", Tone::Done),
    };
    let with = vec![
        ("before", row.before_points.to_string()),
        ("after", row.after_points.to_string()),
        ("total", row.total.to_string()),
    ];
    let mut steps = vec![step(When::At(row.at), what, tone, with)];
    if let (Some(decision), Some(at)) = (&row.decision, row.decided_at) {
        let stands = decision == "stands";
        let what = if stands { "theory-regrade-stands" } else { "theory-regrade-falls" };
        let tone = if stands { Tone::Good } else { Tone::Bad };
        steps.push(step(When::At(at), what, tone, vec![("reason", row.reason.clone())]));
    }
    steps
}

fn practical_step(candidate: &Candidate) -> Option<Step> {
    let practical = candidate.practical.as_ref()?;
    let (what, tone) = match (practical.passed, practical.veto) {
        (true, _) => ("practical-passed", Tone::Good),
        (false, true) => ("practical-veto", Tone::Bad),
        (false, false) => ("practical-failed", Tone::Bad),
    };
    Some(step(When::At(practical.ended_at), what, tone, vec![("points", points(practical.hundredths))]))
}

/// What is next for those who have not ended.
fn next(stage: Stage, session: &Titled) -> Option<Step> {
    let start = When::At(session.row.starts_at);
    let (when, what) = match stage {
        Stage::Expected if !session.row.seated => (When::Unknown, "next-seating"),
        Stage::Expected => (start, "next-check-in"),
        Stage::CheckedIn => (When::Unknown, "next-compare"),
        Stage::Waiting => (When::Unknown, "next-call"),
        Stage::Admitted => (start, "next-enter"),
        Stage::InRoom => (When::Unknown, "next-hand-in"),
        Stage::TheoryDone => (When::Unknown, "next-practical"),
        Stage::Practical => (When::Unknown, "next-practical-end"),
        Stage::Passed | Stage::Failed | Stage::Absent | Stage::Removed => return None,
    };
    Some(step(when, what, Tone::Next, vec![]))
}

/// Hundredths of a point as people write them: `86.4`.
#[must_use]
pub fn points(hundredths: i32) -> String {
    let text = format!("{}.{:02}", hundredths / 100, (hundredths % 100).abs());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const fn step(when: When, what: &'static str, tone: Tone, with: Vec<(&'static str, String)>) -> Step {
    Step { when, what, with, tone }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_written_without_needless_zeros() {
        for (hundredths, text) in [(8640, "86.4"), (10_000, "100"), (8005, "80.05"), (0, "0")] {
            assert_eq!(points(hundredths), text);
        }
    }
}
