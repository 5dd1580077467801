//! What is left of the day, and whether a stranger can check it: draws and certificates with the public keys alone.

use super::play::{Play, each};
use super::report::Running;
use crate::client::{Request, list, number, text};
use crate::fail::{Context, Fail, Outcome};
use crate::{shell, wait};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long the log may take to catch up with the events.
const LOG_PATIENCE: Duration = Duration::from_secs(30);

/// Writes the transcript of every draw and has each one checked by `kaodian-server draw-verify`.
///
/// # Errors
/// If one cannot be read or is refuted.
pub fn draws(play: &mut Play, running: &Running) -> Outcome<usize> {
    let directory = play.files.out.join("draws");
    std::fs::create_dir_all(&directory).or_fail(directory.display())?;
    let subjects =
        play.sessions.iter().map(|s| s.id.clone()).chain(std::iter::once(play.setting.trade.clone()));
    let mut files = Vec::new();
    for subject in subjects {
        let listed = play.login("auditor")?.get(format!("/api/v1/draws?subject={subject}"))?;
        for draw in list(&listed, "items")? {
            let id = text(draw, "draw")?;
            // What would give away questions that will be asked again stays sealed.
            if number(draw, "visible_from")? > play.clock.now().millis() {
                let early = play.login("auditor")?.send(Request::get(format!("/api/v1/draws/{id}")))?;
                early.refused("draw-not-yet-visible")?;
                continue;
            }
            let transcript = play.login("auditor")?.get(format!("/api/v1/draws/{id}"))?;
            let path = directory.join(format!("{id}.json"));
            let json = serde_json::to_string_pretty(&transcript).or_fail(&id)?;
            std::fs::write(&path, json + "\n").or_fail(path.display())?;
            files.push(path);
        }
    }
    if files.len() < 4 * play.sessions.len() {
        return Err(Fail::new(format!("{} draws only: {files:?}", files.len())));
    }
    each(&files, running, |path| {
        let said = shell::ask(Command::new(shell::built("kaodian-server")).arg("draw-verify").arg(path))?;
        let verdict: Value = serde_json::from_str(&said.out).unwrap_or_default();
        if said.ok && verdict.get("verdict").and_then(Value::as_str) == Some("established") {
            return Ok(());
        }
        Err(Fail::new(format!("draw-verify {}: {}{}", path.display(), said.out, said.err)))
    })
}

/// Writes every certificate, the text of its code and the public keys, and has each code checked by
/// `kaodian-server cert-verify`.
///
/// # Errors
/// If one is not valid, or its PDF does not say what it should.
pub fn certificates(play: &mut Play, running: &Running) -> Outcome<usize> {
    let directory = play.files.out.join("certificates");
    std::fs::create_dir_all(&directory).or_fail(directory.display())?;
    let keys = play.api.send(&Request::get("/api/v1/keys.json"))?.ok()?;
    let keys_path = play.files.out.join("keys.json");
    std::fs::write(&keys_path, format!("{keys:#}\n")).or_fail("keys.json")?;
    let holders: Vec<_> = play.examinees.iter().filter(|e| e.certificate.is_some()).collect();
    let point = play.login("point")?;
    let written = each(&holders, running, |examinee| {
        let id = examinee.certificate.as_deref().unwrap_or_default();
        let certificate = point.get(format!("/api/v1/certificates/{id}"))?;
        std::fs::write(directory.join(format!("{id}.qr.txt")), text(&certificate, "code")?).or_fail(id)?;
        let pdf = point.send(Request::get(format!("/api/v1/certificates/{id}/pdf")))?;
        if pdf.status != 200 {
            return Err(pdf.unexpected());
        }
        std::fs::write(directory.join(format!("{id}.pdf")), &pdf.bytes).or_fail(id)?;
        let number = format!("T{}", examinee.person.id_number);
        pdf_says(&play.files.work, &pdf.bytes, &[&number, &examinee.person.name])
    })?;
    let mut codes = Vec::new();
    for examinee in &holders {
        let id = examinee.certificate.as_deref().unwrap_or_default();
        codes.push(std::fs::read_to_string(directory.join(format!("{id}.qr.txt"))).or_fail(id)?);
    }
    let verdicts = verify(&keys_path, &play.setting.day, &codes)?;
    let valid = verdicts.lines().filter(|line| verdict(line) == "valid").count();
    if valid == written {
        return Ok(written);
    }
    Err(Fail::new(format!("{valid} of {written} certificates are valid:\n{verdicts}")))
}

/// Waits until every event has its place in the log, keeps the checkpoint, and has `kaodian-server log-verify` compare
/// events, leaves, checkpoints and projections.
///
/// # Errors
/// If something was changed, or the log does not get there.
pub fn log(play: &mut Play, running: &Running) -> Outcome<usize> {
    let head = wait::until("every event in the log", LOG_PATIENCE, || {
        let head = play.api.send(&Request::get("/api/v1/log"))?.ok()?;
        Ok((number(&head, "waiting")? == 0).then_some(head))
    })?;
    let path = play.files.out.join("checkpoint.txt");
    std::fs::write(&path, text(&head, "checkpoint")?).or_fail(path.display())?;
    let mut command = Command::new(shell::built("kaodian-server"));
    command.arg("log-verify").arg("--database").arg(&play.files.database);
    command.arg("--key").arg(text(&head, "key")?).arg("--checkpoint").arg(&path);
    let said = shell::ask(&mut command)?;
    let verdict: Value = serde_json::from_str(&said.out).unwrap_or_default();
    if !said.ok || verdict.get("verdict").and_then(Value::as_str) != Some("intact") {
        return Err(Fail::new(format!("log-verify: {}{}", said.out, said.err)));
    }
    running.tick();
    usize::try_from(number(&verdict, "size")?).or_fail("size")
}

/// Has the evidence of the first session made, and that of its first candidates with and without a certificate, and each
/// package checked by `kaodian-server evidence-verify` with the log's key.
///
/// # Errors
/// If one cannot be made, or is refuted.
pub fn evidence(play: &mut Play, running: &Running) -> Outcome<usize> {
    let directory = play.files.out.join("evidence");
    std::fs::create_dir_all(&directory).or_fail(directory.display())?;
    let key = text(&play.api.send(&Request::get("/api/v1/log"))?.ok()?, "key")?;
    let mut orders: Vec<Value> =
        play.sessions.iter().take(1).map(|session| json!({ "session": session.id })).collect();
    for certified in [true, false] {
        let first = play.examinees.iter().find(|e| e.certificate.is_some() == certified);
        orders.extend(first.map(|examinee| json!({ "ticket": examinee.ticket })));
    }
    let auditor = play.login("auditor")?;
    each(&orders, running, |order| {
        let packed = auditor.send(Request::post("/api/v1/evidence", order.clone()))?;
        if packed.status != 200 {
            return Err(packed.unexpected());
        }
        let subject = order.get("session").or_else(|| order.get("ticket")).and_then(Value::as_str);
        let path = directory.join(format!("{}.zip", subject.unwrap_or_default()));
        std::fs::write(&path, &packed.bytes).or_fail(path.display())?;
        let mut command = Command::new(shell::built("kaodian-server"));
        let said = shell::ask(command.arg("evidence-verify").arg(&path).arg("--key").arg(&key))?;
        let verdict: Value = serde_json::from_str(&said.out).unwrap_or_default();
        if said.ok && verdict.get("verdict").and_then(Value::as_str) == Some("established") {
            return Ok(());
        }
        Err(Fail::new(format!("evidence-verify {}: {}{}", path.display(), said.out, said.err)))
    })
}

/// All codes through one call; a code is one line.
fn verify(keys: &Path, day: &str, codes: &[String]) -> Outcome<String> {
    let mut command = Command::new(shell::built("kaodian-server"));
    command.arg("cert-verify").arg("--keys").arg(keys).args(["--at", day, "--stdin"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().or_fail("kaodian-server cert-verify")?;
    let mut input = child.stdin.take().or_fail("no pipe")?;
    let text: String = codes.iter().map(|code| format!("{code}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().or_fail("kaodian-server cert-verify")?;
    // If it stopped reading early, its answer shows why.
    let _ = writer.join();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if said.trim().is_empty() {
        return Err(Fail::new(format!(
            "cert-verify says nothing: {}",
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    Ok(said)
}

fn verdict(line: &str) -> String {
    let document: Value = serde_json::from_str(line).unwrap_or_default();
    document.get("verdict").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// That a PDF holds these words, where `pdftotext` is there to read it.
///
/// # Errors
/// If it is no PDF or a word is missing.
pub fn pdf_says(work: &Path, pdf: &[u8], words: &[&str]) -> Outcome<()> {
    if !pdf.starts_with(b"%PDF-") {
        return Err(Fail::new("that is no PDF"));
    }
    if !shell::is_there("pdftotext") {
        return Ok(());
    }
    let name = format!("read-{:?}.pdf", std::thread::current().id()).replace(['(', ')'], "");
    let path = work.join(name);
    std::fs::write(&path, pdf).or_fail(path.display())?;
    let said = shell::ask(Command::new("pdftotext").arg("-q").arg(&path).arg("-"))?;
    std::fs::remove_file(&path).or_fail(path.display())?;
    // Lines may break anywhere, and characters may be set apart.
    let plain: String = said.out.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = |word: &str| word.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    match words.iter().find(|word| !plain.contains(&bare(word))) {
        None => Ok(()),
        Some(missing) => Err(Fail::new(format!("the PDF does not say '{missing}' but: {plain}"))),
    }
}
