//! The practical examination: two examiners on their own, veto items, the lead where they differ.

use super::cast::Practical;
use super::play::{Examinee, Play, each};
use super::report::Running;
use crate::client::{Login, list, number, text};
use crate::fail::{Context, Fail, Outcome};
use serde_json::{Map, Value, json};

/// A candidate with the two examiners at his station.
type Appointment<'a> = (&'a Examinee, &'a Login, &'a Login);

/// Plays the practical of a session.
///
/// # Errors
/// If the server refuses marks that are right, lets one examiner see the other's, or decides otherwise.
pub fn play(play: &mut Play, session: usize, running: &Running) -> Outcome<usize> {
    let start = play.session(session)?.start.clone();
    play.clock.reach(&start, 150)?;
    let here = play.session(session)?;
    let stations: Vec<_> = here.examiners.values().filter(|two| two.len() >= 2).collect();
    let expected = play.of_session(session).filter(|e| passed_theory(e));
    let mut appointments: Vec<Appointment<'_>> = Vec::new();
    for (place, examinee) in expected.enumerate() {
        let two = stations.get(place % stations.len().max(1)).or_fail("a station with two examiners")?;
        let login = |at: usize| play.login(two.get(at).or_fail("an examiner")?);
        appointments.push((examinee, login(0)?, login(1)?));
    }
    for (_, first, _) in appointments.iter().take(1) {
        let listed = first.get(format!("/api/v1/sessions/{}/practical", here.id))?;
        if list(&listed, "items")?.len() != appointments.len() {
            return Err(Fail::new(format!("{} passed the theory, listed are {listed}", appointments.len())));
        }
    }
    let lead = play.login(&here.lead)?;
    let done = each(&appointments, running, |appointment| examine(appointment, lead))?;
    play.clock.reach(&start, 220)?;
    for (examinee, ..) in &appointments {
        check(play, examinee)?;
    }
    Ok(done)
}

/// Whether this candidate goes on to the practical.
#[must_use]
pub const fn passed_theory(examinee: &Examinee) -> bool {
    use super::cast::Theory::{CutOff, Late, Passes, RunsOutOfTime};
    matches!(examinee.part.theory, Passes | CutOff | Late | RunsOutOfTime)
}

fn examine((examinee, first, second): &Appointment<'_>, lead: &Login) -> Outcome<()> {
    let sheets = first.get(format!("/api/v1/tickets/{}/sheets", examinee.ticket))?;
    let sheets = list(&sheets, "items")?;
    if sheets.len() != 4 {
        return Err(Fail::new(format!("{} has {} sheets, not four", examinee.ticket, sheets.len())));
    }
    for sheet in sheets {
        let part = text(sheet, "part")?;
        let (ours, theirs, veto) = plan(examinee, &part);
        let vetoes = if veto { first_veto(sheet)? } else { Vec::new() };
        let state = score(first, examinee, sheet, ours, &vetoes)?;
        if state != "waiting_for_second" {
            return Err(Fail::new(format!("after one examiner the state is '{state}'")));
        }
        let state = score(second, examinee, sheet, theirs, &vetoes)?;
        let differ = ours.abs_diff(theirs) > 10;
        if state != if differ { "needs_lead" } else { "agreed" } {
            return Err(Fail::new(format!("the examiners gave {ours} and {theirs}, the state is '{state}'")));
        }
        if differ {
            let body = json!({"part": part, "points": 84, "veto": false, "reason": "both marks read again with them"});
            let path = format!("/api/v1/tickets/{}/settlements", examinee.ticket);
            lead.post(path, &format!("settle-{}-{part}", examinee.number), body)?;
        }
    }
    Ok(())
}

/// Points out of 100 of both examiners, and whether both see a veto item.
fn plan(examinee: &Examinee, sheet: &str) -> (i64, i64, bool) {
    // Nobody is as good as his neighbour, and two who look seldom see the same.
    let more = |of: usize| i64::try_from(examinee.number % of).unwrap_or(0);
    match (examinee.part.practical, sheet) {
        (Practical::Veto, "K2") => (95, 95, true),
        (Practical::Lead, "K3") => (96, 72, false),
        (Practical::Points, _) => (70, 74, false),
        (_, "K4") => (100, 100, false),
        _ => (90 + more(7), 88 + more(5), false),
    }
}

/// Marks a sheet so that the points add up to `wanted`.
fn score(
    login: &Login,
    examinee: &Examinee,
    sheet: &Value,
    wanted: i64,
    vetoes: &[String],
) -> Outcome<String> {
    let mut left = wanted;
    let mut points = Map::new();
    for item in list(sheet, "items")? {
        let here = number(item, "points")?.min(left);
        left -= here;
        points.insert(text(item, "code")?, here.into());
    }
    let part = text(sheet, "part")?;
    let body = json!({"part": part, "points": points, "vetoes": vetoes});
    let path = format!("/api/v1/tickets/{}/scores", examinee.ticket);
    let key = format!("score-{}-{part}-{}", examinee.number, login.name());
    text(&login.post(path, &key, body)?, "state")
}

fn first_veto(sheet: &Value) -> Outcome<Vec<String>> {
    let veto = list(sheet, "vetoes")?.first().or_fail(format!("no veto item on {sheet}"))?;
    Ok(vec![veto.as_str().map_or_else(|| text(veto, "code"), |code| Ok(code.to_owned()))?])
}

fn check(play: &Play, examinee: &Examinee) -> Outcome<()> {
    let known = play.login("centre")?.get(format!("/api/v1/tickets/{}", examinee.ticket))?;
    let field = |name: &str| known.pointer(&format!("/practical/{name}")).cloned().unwrap_or_default();
    let part = examinee.part.practical;
    let passes = matches!(part, Practical::Passes | Practical::Lead);
    if field("passed") != passes || field("veto") != (part == Practical::Veto) {
        return Err(Fail::new(format!("{part:?} was played, the server has {known}")));
    }
    Ok(())
}
