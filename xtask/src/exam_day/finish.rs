//! The end of the day: results, certificates and their print, the closing page.

use super::arrive;
use super::cast::Ending;
use super::clock::scenario;
use super::play::Play;
use super::report::{ResultRow, Running};
use crate::client::{Request, list, number, text};
use crate::fail::{Context, Fail, Outcome};
use crate::{shell, wait};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

/// Publishes the results of all sessions; they must be those of the cast.
///
/// # Errors
/// If a result is another one.
pub fn results(play: &mut Play, _: &Running) -> Outcome<usize> {
    let mut published = 0;
    for at in 0..play.sessions.len() {
        let path = format!("/api/v1/sessions/{}/results", play.session(at)?.id);
        let answer = play.login("centre")?.post(path, &format!("results-{at}"), json!({}))?;
        for ending in [Ending::Passed, Ending::Failed, Ending::Absent, Ending::Removed] {
            let expected = play.of_session(at).filter(|e| e.part.ending() == ending).count();
            if usize::try_from(number(&answer, ending.word())?).ok() != Some(expected) {
                return Err(Fail::new(format!(
                    "{expected} {} expected in session {at}: {answer}",
                    ending.word()
                )));
            }
            published += expected;
        }
    }
    Ok(published)
}

/// Issues the certificates; each is due on the fifth working day.
///
/// # Errors
/// If somebody who passed has none, or somebody else has one, or a deadline is not that of the calendar.
pub fn certificates(play: &mut Play, _: &Running) -> Outcome<usize> {
    let mut workday = Command::new(shell::built("kaodian-server"));
    let said = shell::ask(workday.args(["workday", "--from", &play.setting.day, "--add", "5"]))?;
    let due = said.out.trim().to_owned();
    let mut issued = 0;
    for at in 0..play.sessions.len() {
        let path = format!("/api/v1/sessions/{}/certificates", play.session(at)?.id);
        let answer = play.login("centre")?.post(path, &format!("certificates-{at}"), json!({}))?;
        for row in list(&answer, "issued")? {
            if text(row, "due")? != due {
                return Err(Fail::new(format!(
                    "`kaodian-server workday` says {due:?}, the certificate {row}"
                )));
            }
            let (certificate, ticket) = (text(row, "certificate")?, text(row, "ticket")?);
            let examinee = play.examinees.iter_mut().find(|e| e.ticket == ticket);
            examinee.or_fail(format!("nobody has the ticket {ticket}"))?.certificate = Some(certificate);
            issued += 1;
        }
    }
    let wrong =
        play.examinees.iter().find(|e| e.certificate.is_some() != (e.part.ending() == Ending::Passed));
    match wrong {
        Some(e) => Err(Fail::new(format!(
            "{} ended as {:?} with certificate {:?}",
            e.ticket,
            e.part.ending(),
            e.certificate
        ))),
        None => Ok(issued),
    }
}

/// Prints so many certificates at the kiosk; at the first the paper runs out.
///
/// # Errors
/// If one cannot be printed, or the server does not learn of it.
pub fn print(play: &mut Play, wanted: usize, running: &Running) -> Outcome<usize> {
    let certificates = play.examinees.iter().filter_map(|e| e.certificate.clone());
    let certificates: Vec<String> = certificates.take(wanted).collect();
    let mut blank = 0_usize;
    for (at, certificate) in certificates.iter().enumerate() {
        if at == 0 {
            scenario(&play.scenario(), &json!({"printer": "out_of_paper"}))?;
            blank += 1;
            let first = wait::until("the certificate's file at the kiosk", Duration::from_secs(120), || {
                let answer = ask_print(play, certificate, blank, false)?;
                let not_yet = matches!(answer.code().as_str(), "unknown_certificate" | "file_missing");
                if not_yet {
                    play.desk.send(&Request::post("/api/sync", json!({})))?;
                }
                Ok((!not_yet).then_some(answer))
            })?;
            // A kill gives the printer back its paper, also between our word and the print.
            let outcome = first.ok().ok().and_then(|a| text(&a, "outcome").ok()).unwrap_or_default();
            if outcome != "failed" && !play.setting.kills {
                return Err(Fail::new(format!("printed without paper: {}", first.unexpected())));
            }
            scenario(&play.scenario(), &json!({"printer": "ok"}))?;
        }
        wait::until(&format!("{certificate} printed"), Duration::from_secs(120), || {
            blank += 1;
            let answer = ask_print(play, certificate, blank, false)?;
            let outcome =
                serde_json::from_slice::<Value>(&answer.bytes).ok().and_then(|a| text(&a, "outcome").ok());
            let done = outcome.as_deref() == Some("printed") || answer.code() == "already_printed";
            if answer.code() == "settle_first" {
                look_in_the_tray(play, certificate)?;
                return Ok(None);
            }
            let again = ["file_missing", "printer_busy", "blank_used", "unknown_certificate"];
            if done || again.contains(&answer.code().as_str()) || outcome.as_deref() == Some("failed") {
                return Ok(done.then_some(()));
            }
            Err(answer.unexpected())
        })?;
        play.clock.advance(play.setting.pace)?;
        running.tick();
    }
    printed_at_server(play, certificates.len())?;
    Ok(certificates.len())
}

fn ask_print(play: &Play, certificate: &str, blank: usize, reprint: bool) -> Outcome<crate::client::Answer> {
    let body = json!({"certificate": certificate, "blank": format!("B{blank:06}"), "reprint": reprint});
    play.desk.send(&Request::post("/api/print", body))
}

/// A kill left a print of which nobody knows whether it came out: staff look where the sheet would lie, and say so.
fn look_in_the_tray(play: &Play, certificate: &str) -> Outcome<()> {
    let state = arrive::state(play)?;
    let known = list(&state, "certificates")?
        .iter()
        .find(|c| c.get("certificate").and_then(Value::as_str) == Some(certificate));
    let attempt = number(known.or_fail(certificate)?, "attempts")?;
    let sheet = play.files.work.join(format!("kiosk/printed/{certificate}-{attempt}.pdf"));
    let body = json!({"certificate": certificate, "came_out": sheet.is_file(), "staff": "point"});
    // Whether it was settled meanwhile or is now: the next print tells.
    play.desk.send(&Request::post("/api/settle", body))?;
    Ok(())
}

fn printed_at_server(play: &Play, expected: usize) -> Outcome<()> {
    wait::until("the prints at the server", Duration::from_secs(60), || {
        play.desk.send(&Request::post("/api/sync", json!({})))?;
        let day = day(play)?;
        let printed = day.pointer("/certificates/printed").and_then(Value::as_u64);
        Ok((printed == u64::try_from(expected).ok()).then_some(()))
    })
    .map_err(|fail| {
        let sync = arrive::state(play).ok().and_then(|s| s.get("sync").cloned()).unwrap_or_default();
        Fail::new(format!(
            "{fail}; {expected} were printed; day {}, sync {sync}",
            day(play).unwrap_or_default()
        ))
    })
}

fn day(play: &Play) -> Outcome<Value> {
    play.login("point")?.get(play.setting.path())
}

/// Closes the day: the sum must add up.
///
/// # Errors
/// If it does not.
pub fn close(play: &mut Play, _: &Running) -> Outcome<usize> {
    let day = day(play)?;
    let registered = number(&day, "registered")?;
    let mut sum = 0;
    for part in ["absent", "failed", "passed", "removed", "pending"] {
        sum += number(&day, part)?;
    }
    let pending = number(&day, "pending")?;
    if registered != sum || usize::try_from(registered).ok() != Some(play.examinees.len()) || pending != 0 {
        return Err(Fail::new(format!(
            "registered = absent + failed + passed + removed + pending does not hold: {day}"
        )));
    }
    let path = play.setting.path();
    // Everything agrees but the recordings: that has to be explained.
    let (used, spoiled) = (counted(&day, "used")?, counted(&day, "spoiled")?);
    let statement = |explanation: &str| {
        json!({"received": used + spoiled + 40, "used": used, "spoiled": spoiled, "left": 40,
            "recordings": false, "paper": true, "explanation": explanation})
    };
    let order = |why| json!({"statement": statement(why), "password": play.setting.password});
    let unexplained = Request::post(format!("{path}/close"), order(""));
    play.login("point")?.send(unexplained)?.refused("close-unexplained")?;
    let order = order("一号工位摄像机下午停电 5 分钟，已另行记录");
    let closed = play.login("point")?.post(format!("{path}/close"), "close", order)?;
    text(&closed, "signature")?;
    let page = play.login("point")?.send(Request::get(format!("{path}/page")))?;
    if page.status != 200 {
        return Err(page.unexpected());
    }
    super::check::pdf_says(&play.files.work, &page.bytes, &[&play.setting.day])?;
    Ok(1)
}

fn counted(day: &Value, what: &str) -> Outcome<i64> {
    let count = day.pointer(&format!("/blanks/{what}")).and_then(Value::as_i64);
    count.or_fail(format!("no count of blanks: {day}"))
}

/// What became of everybody, by ticket, as the server has it.
///
/// # Errors
/// If a list cannot be read, or an outcome is another than that of the cast.
pub fn outcomes(play: &Play) -> Outcome<Vec<ResultRow>> {
    let mut rows = BTreeMap::new();
    for session in &play.sessions {
        for page in 1.. {
            let path = format!("/api/v1/sessions/{}/candidates?page={page}&per_page=100", session.id);
            let answer = play.login("centre")?.get(path)?;
            let items = list(&answer, "items")?;
            for item in items {
                let row = row(item)?;
                rows.insert(row.ticket.clone(), row);
            }
            if items.len() < 100 {
                break;
            }
        }
    }
    for examinee in &play.examinees {
        let row = rows.get(&examinee.ticket).or_fail(format!("{} is not listed", examinee.ticket))?;
        if row.outcome != examinee.part.ending().word() {
            return Err(Fail::new(format!("{:?} was played, the server has {row:?}", examinee.part)));
        }
    }
    Ok(rows.into_values().collect())
}

fn row(item: &Value) -> Outcome<ResultRow> {
    let points = item.pointer("/theory/points").and_then(Value::as_i64);
    let hundredths = item.pointer("/practical/hundredths").and_then(Value::as_i64);
    Ok(ResultRow {
        ticket: text(item, "ticket")?,
        theory: points.map(|p| p.to_string()).unwrap_or_default(),
        practical: hundredths.map(|h| format!("{}.{:02}", h / 100, h % 100)).unwrap_or_default(),
        outcome: text(item, "outcome")?,
    })
}
