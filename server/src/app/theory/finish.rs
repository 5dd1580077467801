//! The end of the time: open sittings are ended and graded, and who never came is recorded as absent.

use super::paper::{self, KeyMark};
use super::seat::ended;
use super::{TheoryError, Timetable, exam, examinee, on_duty, theory_rules};
use crate::app::App;
use crate::app::auth::Person;
use crate::db::sessions::{self, SessionRow};
use crate::db::theory::{self as rows, Missing};
use crate::db::{Conn, events};
use crate::event::{AbsenceRecorded, Actor, Event, Fact, TheoryEnded};
use serde::Serialize;
use shared::rules::TheoryRules;
use shared::time::Instant;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Author of what happens by the clock alone.
const AUTHOR: &str = "deadlines";

/// Sittings or absences written together; others wait no longer than this takes.
const CHUNK: usize = 50;

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StepReport {
    /// Sittings ended because their time was up.
    pub timed_out: usize,
    /// Absences recorded.
    pub absent: usize,
    /// Sittings that could not be graded; they are tried again.
    pub failed: usize,
}

/// How many of a session ran out of time, and how many never came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finished {
    /// Sittings that ended because the time was up.
    pub timed_out: i64,
    /// Candidates who did not come.
    pub absent: i64,
}

/// Ends every sitting whose deadline has passed, and records absence: for who was not admitted at the kiosk once
/// nobody may enter any more, for who was admitted but never sat down at the deadline.
///
/// # Errors
/// [`TheoryError`] if the database fails. A paper that cannot be graded is logged and does not stop the others.
pub fn step(app: &App) -> Result<StepReport, TheoryError> {
    let now = app.clock.now();
    let (overdue, missing) = app.db.read(|conn| {
        Ok::<_, TheoryError>((rows::overdue(conn, now.millis())?, rows::missing(conn, now.millis())?))
    })?;
    let mut report = StepReport::default();
    if overdue.is_empty() && missing.is_empty() {
        return Ok(report);
    }
    let mut exams = Exams::default();
    let overdue = app.db.read(|conn| all_in(conn, &mut exams, overdue, now))?;
    for chunk in overdue.chunks(CHUNK) {
        let graded = app.db.read(|conn| {
            let one = |t: &String| grade(conn, app, &mut exams, t);
            Ok::<_, TheoryError>(chunk.iter().map(one).collect::<Vec<_>>())
        })?;
        let mut facts = Vec::with_capacity(graded.len());
        for outcome in graded {
            match outcome {
                Ok(fact) => facts.push(fact),
                Err(error) => {
                    tracing::error!(%error, "a sitting whose time is up cannot be graded");
                    report.failed += 1;
                }
            }
        }
        report.timed_out += app.db.write(move |conn| end_all(conn, now, facts))?;
    }
    let mut absent = Vec::new();
    app.db.read(|conn| {
        for one in missing {
            let (exam, rules) = exams.of(conn, &one.session)?;
            if is_absent(&Timetable::new(rules, exam.starts_at), &one, now) {
                absent.push((one, exam.rule_set.clone()));
            }
        }
        Ok::<_, TheoryError>(())
    })?;
    for chunk in absent.chunks(CHUNK) {
        let chunk = chunk.to_vec();
        report.absent += app.db.write(move |conn| record_absence(conn, now, chunk))?;
    }
    Ok(report)
}

/// Those of whom nothing more is to come: what was given in time may come in a little later.
fn all_in(
    conn: &mut Conn,
    exams: &mut Exams,
    overdue: Vec<(String, String, i64)>,
    now: Instant,
) -> Result<Vec<String>, TheoryError> {
    let mut over = Vec::with_capacity(overdue.len());
    for (ticket, session, deadline) in overdue {
        let (_, rules) = exams.of(conn, &session)?;
        if now >= Instant::from_millis(deadline).plus_seconds(i64::from(rules.late_answer_seconds)) {
            over.push(ticket);
        }
    }
    Ok(over)
}

/// Ends a session's theory after its deadline, as the clock would do anyway, and answers its counts.
///
/// # Errors
/// [`TheoryError::NotFinished`] before the deadline; [`TheoryError::NoDuty`].
pub fn finish(app: &App, person: &Person, session: &str) -> Result<Finished, TheoryError> {
    let now = app.clock.now();
    app.db.read(|conn| {
        let exam = exam(conn, session)?;
        on_duty(conn, person, session, now)?;
        let rules = theory_rules(conn, &exam)?;
        let table = Timetable::new(&rules, exam.starts_at);
        let end = table.deadline.plus_seconds(i64::from(rules.late_answer_seconds));
        if now >= end { Ok(()) } else { Err(TheoryError::NotFinished(end.minute_in_china())) }
    })?;
    step(app)?;
    app.db.read(|conn| {
        // Somebody was given more time, or a halt lasts.
        if let Some(open) = rows::open_until(conn, session)? {
            return Err(TheoryError::NotFinished(Instant::from_millis(open).minute_in_china()));
        }
        let absent = sessions::outcome_counts(conn, session)?.get("absent").copied().unwrap_or(0);
        Ok(Finished { timed_out: rows::timed_out(conn, session)?, absent })
    })
}

/// Sessions and their rules, read once in a step.
#[derive(Default)]
struct Exams(HashMap<String, (SessionRow, TheoryRules)>);

impl Exams {
    fn of(&mut self, conn: &mut Conn, session: &str) -> Result<&(SessionRow, TheoryRules), TheoryError> {
        use std::collections::hash_map::Entry;
        match self.0.entry(session.to_owned()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let exam = exam(conn, session)?;
                let rules = theory_rules(conn, &exam)?;
                Ok(new.insert((exam, rules)))
            }
        }
    }
}

fn grade(conn: &mut Conn, app: &App, exams: &mut Exams, ticket: &str) -> Result<ToEnd, TheoryError> {
    let who = examinee(conn, ticket)?;
    let (exam, rules) = exams.of(conn, &who.session)?;
    let graded = paper::grade(conn, &app.sealer, app.lane.keys(), rules, &who)?;
    let follows = paper::practical_follows(&app.sealer, &who)?;
    Ok((ended(ticket, "timed_out", &graded, follows), graded.by, exam.rule_set.clone()))
}

/// A sitting that is to end, by which key it was graded, and its rule set.
type ToEnd = (TheoryEnded, KeyMark, String);

fn end_all(conn: &mut Conn, now: Instant, facts: Vec<ToEnd>) -> Result<usize, TheoryError> {
    let mut count = 0;
    for (fact, by, rule_set) in facts {
        let sitting = rows::sitting(conn, &fact.ticket)?;
        // Handed in or answered since it was graded, or a key corrected: left to the next step.
        let same = sitting.is_some_and(|s| s.ended_at.is_none() && s.last_seq == fact.last_seq);
        if same && by.is_current(conn)? {
            let event = Event::new(now, Actor::System(AUTHOR), Fact::TheoryEnded(fact));
            events::append(conn, &event.under(&rule_set))?;
            count += 1;
        }
    }
    Ok(count)
}

/// Not admitted, and nobody may enter any more; or admitted, and the time is over.
fn is_absent(table: &Timetable, one: &Missing, now: Instant) -> bool {
    now >= table.deadline || (!one.admitted && now > table.latest)
}

fn record_absence(
    conn: &mut Conn,
    now: Instant,
    absent: Vec<(Missing, String)>,
) -> Result<usize, TheoryError> {
    let mut count = 0;
    for (one, rule_set) in absent {
        let still = examinee(conn, &one.ticket)?.outcome == "pending"
            && rows::sitting(conn, &one.ticket)?.is_none()
            && rows::admitted_at(conn, &one.ticket)?.is_some() == one.admitted;
        if still {
            let fact = Fact::AbsenceRecorded(AbsenceRecorded { ticket: one.ticket });
            events::append(conn, &Event::new(now, Actor::System(AUTHOR), fact).under(&rule_set))?;
            count += 1;
        }
    }
    Ok(count)
}
