//! At the kiosk: check-in, photograph, comparison, queue, call, admission.

use super::cast::{AtKiosk, Theory};
use super::clock::scenario;
use super::play::{Examinee, Play};
use super::report::Running;
use crate::client::{Answer, Request, number, text};
use crate::fail::{Context, Fail, Outcome};
use crate::wait;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long kiosk and server may take to tell one another something.
const SYNC_PATIENCE: Duration = Duration::from_secs(120);
/// Candidates who check in before the next ones are called.
const WAVE: usize = 10;
/// A call may be repeated after a minute, and only after another one is somebody passed over. Some seconds more, for
/// the kiosk measures the server's time while this clock moves in steps.
const RECALL_SECONDS: i64 = 75;
/// Where everybody is called to.
const WINDOW: &str = "一号窗口";

/// The morning of the exam day: the kiosk gets to know everybody.
///
/// # Errors
/// If the day bundle does not arrive or does not hold everybody.
pub fn open_doors(play: &mut Play, _: &Running) -> Outcome<usize> {
    play.clock.reach(&play.setting.start(0), -100)?;
    let expected = play.examinees.len();
    wait::until("the kiosk's day bundle", SYNC_PATIENCE, || {
        play.desk.send(&Request::post("/api/sync", json!({})))?.ok()?;
        let state = state(play)?;
        let day = state.pointer("/day/day").and_then(Value::as_str).unwrap_or_default();
        let known = state.pointer("/counts/expected").and_then(Value::as_u64);
        Ok((day == play.setting.day && known == u64::try_from(expected).ok()).then_some(()))
    })
    .map_err(|fail| with_state(play, &fail))?;
    Ok(expected)
}

/// Somebody comes who is not expected.
///
/// # Errors
/// If the kiosk lets him in.
pub fn stranger(play: &mut Play, _: &Running) -> Outcome<usize> {
    let stranger = super::people::candidate(play.examinees.len() + 1)?.id_number;
    let answer = play.desk.send(&Request::post("/api/check-in", json!({"id_number": stranger})))?;
    answer.refused("not_on_roster")?;
    Ok(1)
}

/// Everybody of a session who comes in time arrives, and the server learns of it.
///
/// # Errors
/// If the kiosk refuses somebody, or the server does not learn of it.
pub fn on_time(play: &mut Play, session: usize, running: &Running) -> Outcome<usize> {
    play.clock.reach(&play.setting.start(session), -90)?;
    let coming = |e: &&Examinee| !matches!(e.part.theory, Theory::Absent | Theory::Late);
    let numbers: Vec<usize> = play.of_session(session).filter(coming).map(|e| e.number).collect();
    receive(play, &numbers, running)
}

/// The late ones of a session arrive.
///
/// # Errors
/// As [`on_time`].
pub fn late(play: &mut Play, session: usize, running: &Running) -> Outcome<usize> {
    let late = |e: &&Examinee| e.part.theory == Theory::Late;
    let numbers: Vec<usize> = play.of_session(session).filter(late).map(|e| e.number).collect();
    receive(play, &numbers, running)
}

fn receive(play: &mut Play, numbers: &[usize], running: &Running) -> Outcome<usize> {
    let mut late_comers = Vec::new();
    for wave in numbers.chunks(WAVE) {
        for at in wave {
            let queued = check_in(play, *at)?;
            let examinee = play.examinees.get_mut(*at).or_fail("a candidate")?;
            examinee.queue_number = Some(queued);
            play.clock.advance(play.setting.pace)?;
            running.tick();
        }
        late_comers.extend(call_all(play)?);
    }
    // Whoever was passed over comes back behind others, so a call may find him only now.
    late_comers.extend(call_all(play)?);
    learned(play, numbers)?;
    Ok(numbers.len())
}

/// Somebody shows who he is and is photographed; nobody has compared the pictures yet.
///
/// # Errors
/// If the kiosk refuses him.
pub fn come(play: &Play, at: usize) -> Outcome<()> {
    let examinee = play.examinees.get(at).or_fail("a candidate")?;
    identify(play, examinee)?;
    play.clock.advance(play.setting.pace / 4)?;
    photograph(play, examinee)
}

/// Identifies, photographs and compares somebody; answers the queue number.
///
/// # Errors
/// If the kiosk refuses him.
pub fn check_in(play: &Play, at: usize) -> Outcome<i64> {
    come(play, at)?;
    play.clock.advance(play.setting.pace / 4)?;
    let examinee = play.examinees.get(at).or_fail("a candidate")?;
    if examinee.part.kiosk == AtKiosk::TakenForAnother {
        let answer = compare(play, examinee, "different")?;
        let stage = answer.ok()?.pointer("/person/stage").and_then(Value::as_str).map(str::to_owned);
        if stage.as_deref() != Some("different") {
            return Err(Fail::new(format!(
                "somebody else was seen, and the kiosk goes on: {}",
                answer.unexpected()
            )));
        }
        photograph(play, examinee)?;
    }
    let answer = compare(play, examinee, "same")?;
    if answer.repeated && answer.code() == "already_compared" {
        let person = person(play, &examinee.ticket)?;
        return number(&person, "number");
    }
    number(&answer.ok()?, "number")
}

/// By typed number, ticket and card in turn.
fn identify(play: &Play, examinee: &Examinee) -> Outcome<()> {
    let mut repeated = false;
    for _ in 0..5 {
        let body = match examinee.number % 3 {
            0 => json!({"id_number": examinee.person.id_number}),
            1 => json!({"ticket_qr": examinee.secret}),
            _ => {
                let card = json!({"id_number": examinee.person.id_number, "name": examinee.person.name});
                scenario(&play.scenario(), &json!({"card": card}))?;
                json!({"card": true})
            }
        };
        let answer = play.desk.send(&Request::post("/api/check-in", body))?;
        // A kill may lose the answer, then the card: the second attempt finds what the first has done.
        repeated |= answer.repeated;
        match answer.code().as_str() {
            "already_checked_in" if repeated => return Ok(()),
            "no_card" if answer.repeated => {}
            _ => {
                let ticket = text(&answer.ok()?, "ticket")?;
                if ticket != examinee.ticket {
                    return Err(Fail::new(format!("{} was taken for {ticket}", examinee.ticket)));
                }
                return Ok(());
            }
        }
    }
    Err(Fail::new(format!("{} cannot check in by card", examinee.ticket)))
}

fn photograph(play: &Play, examinee: &Examinee) -> Outcome<()> {
    scenario(&play.scenario(), &json!({"picture_seed": examinee.person.id_number}))?;
    let answer = play.desk.send(&Request::post("/api/photo", json!({"ticket": examinee.ticket})))?;
    text(&answer.ok()?, "blob").map(|_| ())
}

fn compare(play: &Play, examinee: &Examinee, verdict: &str) -> Outcome<Answer> {
    let body = json!({"ticket": examinee.ticket, "verdict": verdict, "staff": "point"});
    play.desk.send(&Request::post("/api/compare", body))
}

/// Calls until nobody waits; answers who was admitted.
fn call_all(play: &mut Play) -> Outcome<Vec<String>> {
    let mut admitted = Vec::new();
    let mut passed_over = BTreeSet::new();
    loop {
        let answer = ask_call(play, WINDOW)?;
        if answer.code() == "nobody_waiting" && !answer.repeated {
            return Ok(admitted);
        }
        let called = if answer.repeated { called_now(play)? } else { vec![text(&answer.ok()?, "ticket")?] };
        if called.is_empty() && answer.code() == "nobody_waiting" {
            return Ok(admitted);
        }
        for ticket in called {
            let examinee = play.examinees.iter().find(|e| e.ticket == ticket);
            let part = examinee.or_fail(format!("a stranger was called: {ticket}"))?.part.kiosk;
            if part == AtKiosk::PassedOver && passed_over.insert(ticket.clone()) && first_time(play, &ticket)?
            {
                let again = json!({"ticket": ticket, "window": WINDOW});
                let early = play.desk.send(&Request::post("/api/recall", again.clone()))?;
                early.refused("recall_too_early")?;
                play.clock.advance(RECALL_SECONDS)?;
                must(play, "/api/recall", again, "recall_too_early")?;
                play.clock.advance(RECALL_SECONDS)?;
                must(play, "/api/pass-over", json!({"ticket": ticket}), "not_called")?;
            } else {
                play.clock.advance(play.setting.pace / 4)?;
                admit(play, &ticket)?;
                admitted.push(ticket);
            }
        }
    }
}

/// Calls whoever is next to a window; answers the ticket.
///
/// # Errors
/// If nobody waits.
pub fn call(play: &Play, window: &str) -> Outcome<String> {
    text(&ask_call(play, window)?.ok()?, "ticket")
}

fn ask_call(play: &Play, window: &str) -> Outcome<Answer> {
    play.desk.send(&Request::post("/api/call", json!({"window": window})))
}

/// Somebody who was called is let in.
///
/// # Errors
/// If he was not called.
pub fn admit(play: &Play, ticket: &str) -> Outcome<()> {
    must(play, "/api/admit", json!({"ticket": ticket}), "not_called")
}

/// Posts; a refusal that only says that it is done already is as good after a kill.
fn must(play: &Play, path: &str, body: Value, done: &str) -> Outcome<()> {
    let answer = play.desk.send(&Request::post(path, body))?;
    if answer.repeated && answer.code() == done { Ok(()) } else { answer.ok().map(|_| ()) }
}

fn first_time(play: &Play, ticket: &str) -> Outcome<bool> {
    Ok(number(&person(play, ticket)?, "passed_over")? == 0)
}

fn called_now(play: &Play) -> Outcome<Vec<String>> {
    let state = state(play)?;
    let called = crate::client::list(&state, "called")?.iter().filter_map(Value::as_str);
    Ok(called.map(str::to_owned).collect())
}

/// Waits until the server knows of the admissions, and compares what it knows with what the kiosk acknowledged.
fn learned(play: &Play, numbers: &[usize]) -> Outcome<()> {
    told(play)?;
    for at in numbers {
        let examinee = play.examinees.get(*at).or_fail("a candidate")?;
        let known = play.login("point")?.get(format!("/api/v1/tickets/{}", examinee.ticket))?;
        let queue_number = known.get("queue_number").and_then(Value::as_i64);
        let admitted = known.get("admitted_at").is_some_and(Value::is_i64);
        if queue_number != examinee.queue_number || !admitted {
            let expected = examinee.queue_number;
            return Err(Fail::new(format!("the kiosk gave number {expected:?}, the server knows {known}")));
        }
    }
    Ok(())
}

/// Waits until the server has everything that the kiosk has written.
///
/// # Errors
/// If that takes too long.
pub fn told(play: &Play) -> Outcome<()> {
    let synced = wait::until("the kiosk's journal at the server", SYNC_PATIENCE, || {
        let sync = play.desk.send(&Request::post("/api/sync", json!({})))?.ok()?;
        let told = number(&sync, "journal")? == number(&sync, "acknowledged")?;
        Ok((told && number(&sync, "pictures_unsent")? == 0).then_some(()))
    });
    synced.map_err(|fail| with_state(play, &fail))
}

/// How things stand at the kiosk.
///
/// # Errors
/// If it does not answer.
pub fn state(play: &Play) -> Outcome<Value> {
    play.desk.send(&Request::get("/api/state"))?.ok()
}

fn person(play: &Play, ticket: &str) -> Outcome<Value> {
    let state = state(play)?;
    let people = crate::client::list(&state, "people")?;
    let found = people.iter().find(|p| p.get("ticket").and_then(Value::as_str) == Some(ticket));
    found.cloned().or_fail(format!("the kiosk does not know {ticket}"))
}

fn with_state(play: &Play, fail: &Fail) -> Fail {
    let state = state(play).unwrap_or_default();
    let part = |name: &str| state.get(name).cloned().unwrap_or_default();
    Fail::new(format!("{fail}; sync {}, counts {}, day {}", part("sync"), part("counts"), part("day")))
}
