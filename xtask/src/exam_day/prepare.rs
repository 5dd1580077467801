//! Before the day: the world, the bank and its question sets, the sessions with their candidates, seats and staff.

use super::people;
use super::play::{Play, Session, each};
use super::report::Running;
use super::world;
use crate::client::{Request, list, number, text};
use crate::fail::{Context, Fail, Outcome};
use crate::{shell, wait};
use base64::Engine as _;
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

/// How long a kiosk may try to enrol while the server is killed and started again.
const ENROL_PATIENCE: Duration = Duration::from_secs(30);

/// Loads the world and starts the server.
///
/// # Errors
/// If `kaodian-server seed` refuses the world or the server does not start.
pub fn world(play: &mut Play, _: &Running) -> Outcome<usize> {
    let mut seed = Command::new(shell::built("kaodian-server"));
    seed.arg("seed").arg("--config").arg(play.files.work.join("server.toml"));
    seed.arg("--fixtures").arg(shell::root().join("fixtures"));
    seed.arg("--world").arg(play.files.work.join("world.toml"));
    let said = shell::ask(&mut seed)?;
    if !said.ok {
        return Err(Fail::new(format!("kaodian-server seed: {}{}", said.out, said.err)));
    }
    play.server.start()?;
    let health = play.api.send(&Request::get("/api/v1/health"))?.ok()?;
    if health.get("controlled_clock") != Some(&Value::Bool(true)) {
        return Err(Fail::new(format!("the server does not run on the controlled clock: {health}")));
    }
    let points = play.login("centre")?.get("/api/v1/points")?;
    Ok(list(&points, "items")?.len())
}

/// The training institution registers its candidates with their portraits, in order.
///
/// # Errors
/// If one is refused.
pub fn register(play: &mut Play, running: &Running) -> Outcome<usize> {
    let trade = play.setting.trade.clone();
    for at in 0..play.examinees.len() {
        let examinee = play.examinees.get(at).or_fail("a candidate")?;
        let person = &examinee.person;
        let portrait = people::portrait(&person.id_number)?;
        let body = json!({
            "name": person.name, "id_number": person.id_number, "phone": person.phone, "trade": trade,
            "kind": "first", "education": "senior", "theory_hours": 200, "practical_hours": 200,
            "employer": world::EMPLOYERS.get(at % world::EMPLOYERS.len()), "health_promise": true,
            "applied_on": "2026-09-01", "portrait": base64::engine::general_purpose::STANDARD.encode(portrait),
        });
        let answer =
            play.login("training")?.post("/api/v1/registrations", &format!("register-{at}"), body)?;
        let registration = text(&answer, "registration")?;
        play.examinees.get_mut(at).or_fail("a candidate")?.registration = registration;
        running.tick();
    }
    Ok(play.examinees.len())
}

/// Imports the bank; its report must add up, and the same file a second time changes nothing.
///
/// # Errors
/// If the report does not add up.
pub fn import_bank(play: &mut Play, _: &Running) -> Outcome<usize> {
    let bytes = std::fs::read(&play.setting.bank).or_fail(play.setting.bank.display())?;
    let name = play.setting.bank.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let path = format!("/api/v1/trades/{}/banks?name={name}", play.setting.trade);
    let request = Request { method: "POST", ..Request::get(path) }.bytes(&bytes);
    let centre = play.login("centre")?;
    let answer = centre.send(request.clone().key("bank"))?.ok()?;
    let report = answer.get("report").or_fail("no report")?;
    let refused = list(report, "refused")?;
    let (read, accepted) = (number(report, "read")?, number(report, "accepted")?);
    if read != accepted + i64::try_from(refused.len()).unwrap_or(i64::MAX) || accepted == 0 {
        return Err(Fail::new(format!("the report does not add up: {report}")));
    }
    eprintln!("    bank: {read} read, {accepted} accepted, {} suspect", list(report, "suspect")?.len());
    for row in refused {
        eprintln!("    refused row {}: {}", number(row, "row")?, text(row, "reason")?);
    }
    let again = centre.send(request.key("bank-again"))?.ok()?;
    if again.get("already_there") != Some(&Value::Bool(true))
        || text(&again, "bank")? != text(&answer, "bank")?
    {
        return Err(Fail::new("the same bank a second time is not recognised"));
    }
    play.bank = text(&answer, "bank")?;
    usize::try_from(accepted).or_fail("accepted")
}

/// Assembles the question sets and has a second person publish them.
///
/// # Errors
/// If there are not five, a question stands twice in a set, or one person alone can publish them.
pub fn question_sets(play: &mut Play, _: &Running) -> Outcome<usize> {
    let path = format!("/api/v1/trades/{}/sets", play.setting.trade);
    let centre = play.login("centre")?;
    let answer = centre.post(&path, "sets", json!({"bank": play.bank}))?;
    let sets = list(&answer, "sets")?;
    if sets.len() != 5 {
        return Err(Fail::new(format!("five question sets were expected: {answer}")));
    }
    let draw = text(&answer, "draw")?;
    let publish = format!("{path}/{draw}/publish");
    centre.send(Request::post(&publish, json!({})).key("publish-alone"))?.refused("second-person-needed")?;
    let published = play.login("centre2")?.post(&publish, "publish", json!({}))?;
    if number(&published, "in_force")? != 5 {
        return Err(Fail::new(format!("five sets should be in force: {published}")));
    }
    Ok(sets.len())
}

/// Opens the sessions.
///
/// # Errors
/// If a session is refused.
pub fn open_sessions(play: &mut Play, _: &Running) -> Outcome<usize> {
    let mut sessions = Vec::new();
    for at in 0..play.setting.starts.len() {
        let order = session_of(play, at, &play.setting.trade)?;
        let key = format!("session-{}-{at}", play.setting.day);
        let answer = play.login("centre")?.post("/api/v1/sessions", &key, order)?;
        let start = play.setting.start(at);
        sessions.push(Session { id: text(&answer, "session")?, start, ..Session::default() });
    }
    play.sessions = sessions;
    Ok(play.sessions.len())
}

fn session_of(play: &Play, at: usize, trade: &str) -> Outcome<Value> {
    let start = play.setting.start(at);
    let starts_at = shared::time::Instant::parse(&start).or_fail(&start)?.millis();
    Ok(json!({"point": play.setting.point, "trade": trade, "kind": "first", "starts_at": starts_at}))
}

/// A session of a coal trade is refused: those are examined in the national system.
///
/// # Errors
/// If it is not.
pub fn refuse_coal(play: &mut Play, _: &Running) -> Outcome<usize> {
    let centre = play.login("centre")?;
    let trades = centre.get("/api/v1/trades")?;
    let coal = list(&trades, "items")?.iter().find(|t| t.get("national_system") == Some(&Value::Bool(true)));
    let coal = text(coal.or_fail("no trade of the national system")?, "id")?;
    let order = session_of(play, 0, &coal)?;
    centre.send(Request::post("/api/v1/sessions", order).key("coal"))?.refused("national-system")?;
    Ok(1)
}

/// Takes the candidates into their sessions. Whom the rules refuse takes no part.
///
/// # Errors
/// If more or fewer are refused than should be.
pub fn enrol(play: &mut Play, _: &Running) -> Outcome<usize> {
    for at in 0..play.sessions.len() {
        let registrations: Vec<_> = play.of_session(at).map(|e| e.registration.clone()).collect();
        let session = &play.session(at)?.id;
        let (path, key) = (format!("/api/v1/sessions/{session}/candidates"), format!("enrol-{session}"));
        let body = json!({"registrations": registrations});
        let answer = play.login("centre")?.post(path, &key, body)?;
        if list(&answer, "refused")?.len() != play.setting.refused {
            let expected = play.setting.refused;
            return Err(Fail::new(format!("{expected} candidates should have been refused: {answer}")));
        }
        for row in list(&answer, "enrolled")? {
            let (registration, ticket) = (text(row, "registration")?, text(row, "ticket")?);
            let examinee = play.examinees.iter_mut().find(|e| e.registration == registration);
            examinee.or_fail(format!("nobody has the registration {registration}"))?.ticket = ticket;
        }
    }
    let before = play.examinees.len();
    play.examinees.retain(|e| !e.ticket.is_empty());
    for (number, examinee) in play.examinees.iter_mut().enumerate() {
        examinee.number = number;
    }
    let taken = play.examinees.len();
    match taken + play.setting.refused == before {
        true => Ok(taken),
        false => Err(Fail::new(format!("{taken} of {before} candidates got a ticket"))),
    }
}

/// Draws seats, papers and practical sheets.
///
/// # Errors
/// If two have the same seat, or somebody has none.
pub fn seat(play: &mut Play, _: &Running) -> Outcome<usize> {
    for at in 0..play.sessions.len() {
        let session = &play.session(at)?.id;
        let (path, key) = (format!("/api/v1/sessions/{session}/seating"), format!("seating-{session}"));
        let answer = play.login("centre")?.post(path, &key, json!({}))?;
        let mut taken = std::collections::BTreeSet::new();
        for row in list(&answer, "seats")? {
            let (ticket, room, seat) = (text(row, "ticket")?, text(row, "room")?, number(row, "seat")?);
            if !taken.insert((room.clone(), seat)) {
                return Err(Fail::new(format!("seat {seat} of {room} is given twice")));
            }
            let examinee = play.examinees.iter_mut().find(|e| e.ticket == ticket);
            let examinee = examinee.or_fail(format!("nobody has the ticket {ticket}"))?;
            (examinee.room, examinee.seat) = (room, seat);
        }
    }
    if let Some(left) = play.examinees.iter().find(|e| e.room.is_empty()) {
        return Err(Fail::new(format!("ticket {} has no seat", left.ticket)));
    }
    Ok(play.examinees.len())
}

/// Draws invigilators and examiners. Who has which post is told later.
///
/// # Errors
/// If they cannot be drawn.
pub fn staff(play: &mut Play, _: &Running) -> Outcome<usize> {
    let mut drawn = 0;
    for at in 0..play.sessions.len() {
        let session = &play.session(at)?.id;
        let (path, key) = (format!("/api/v1/sessions/{session}/staff"), format!("staff-{session}"));
        drawn += list(&play.login("centre")?.post(path, &key, json!({}))?, "duties")?.len();
    }
    Ok(drawn)
}

/// One who was drawn for a room cannot come, and says so on his phone: a reserve has the post from then on.
///
/// # Errors
/// If he stays on the list of the day.
pub fn cannot_come(play: &mut Play, _: &Running) -> Outcome<usize> {
    let path = format!("/api/v1/duties?day={}", play.setting.day);
    let day = play.login("centre")?.get(&path)?;
    let rooms =
        list(&day, "items")?.iter().filter(|d| d.get("kind").and_then(Value::as_str) == Some("invigilator"));
    let mut rooms: Vec<String> = rooms.map(|duty| text(duty, "staff")).collect::<Outcome<_>>()?;
    rooms.sort();
    let who = rooms.first().or_fail("an invigilator")?.clone();
    let own = play.login(&(play.setting.login_of)(&who, "invigilator"))?;
    let duties = own.get("/api/v1/me/duties")?;
    let duty = list(&duties, "items")?.first().or_fail("a duty")?.clone();
    let starts_at = duty.get("starts_at").and_then(Value::as_i64).or_fail("its start")?;
    let body = json!({"starts_at": starts_at, "answer": "declined", "reason": "发烧，医生开了病假"});
    own.post("/api/v1/me/duties", &format!("cannot-come-{who}"), body)?;
    let day = play.login("centre")?.get(&path)?;
    let left = list(&day, "items")?.iter().filter(|d| d.get("staff").and_then(Value::as_str) == Some(&who));
    if left.count() > 0 && play.sessions.len() == 1 {
        return Err(Fail::new(format!("{who} cannot come and is on the list of the day")));
    }
    Ok(1)
}

/// Learns who has which post, once it is told, and looks at whether they may.
///
/// # Errors
/// If somebody was drawn who may not be, or a place is left without.
pub fn learn_staff(play: &mut Play, _: &Running) -> Outcome<usize> {
    let mut told = 0;
    for at in 0..play.sessions.len() {
        let answer = play.login("centre")?.get(format!("/api/v1/sessions/{}/posts", play.session(at)?.id))?;
        let held =
            |post: &&Value| matches!(post.get("state").and_then(Value::as_str), Some("drawn" | "confirmed"));
        let duties: Vec<Value> = list(&answer, "posts")?.iter().filter(held).cloned().collect();
        told += duties.len();
        let login_of = play.setting.login_of;
        let session = play.sessions.get_mut(at).or_fail("a session")?;
        for duty in &duties {
            let (kind, place) = (text(duty, "kind")?, text(duty, "place")?);
            let login = login_of(&text(duty, "staff")?, &kind);
            match kind.as_str() {
                "invigilator" => session.invigilators.entry(place).or_default().push(login),
                "examiner" => session.examiners.entry(place).or_default().push(login),
                "lead_examiner" => session.lead = login,
                _ => {}
            }
        }
        check_staff(play, at)?;
    }
    Ok(told)
}

fn check_staff(play: &Play, at: usize) -> Outcome<()> {
    let session = play.session(at)?;
    let barred: std::collections::BTreeSet<_> = play.setting.barred().collect();
    let everyone = session.invigilators.values().chain(session.examiners.values()).flatten();
    let everyone: Vec<_> = everyone.chain(std::iter::once(&session.lead)).collect();
    if let Some(wrong) = everyone.iter().find(|login| barred.contains(login.as_str())) {
        return Err(Fail::new(format!("{wrong} was drawn and may not be: {session:?}")));
    }
    let distinct: std::collections::BTreeSet<_> = everyone.iter().collect();
    if distinct.len() != everyone.len() {
        return Err(Fail::new(format!("somebody has two duties at once: {session:?}")));
    }
    let rooms: std::collections::BTreeSet<_> = play.of_session(at).map(|e| e.room.as_str()).collect();
    let short = |room: &&&str| session.invigilators.get(**room).is_none_or(|two| two.len() < 2);
    if let Some(room) = rooms.iter().find(short) {
        return Err(Fail::new(format!("room {room} has not two invigilators: {session:?}")));
    }
    let practical = session.examiners.values().filter(|two| two.len() >= 2).count();
    if practical == 0 || session.lead.is_empty() {
        return Err(Fail::new(format!("there are no examiners or no lead: {session:?}")));
    }
    Ok(())
}

/// Makes every admission ticket.
///
/// # Errors
/// If one is no PDF.
pub fn tickets(play: &mut Play, running: &Running) -> Outcome<usize> {
    let centre = play.login("centre")?;
    each(&play.examinees, running, |examinee| {
        let pdf = centre.send(Request::get(format!("/api/v1/tickets/{}/pdf", examinee.ticket)))?;
        if pdf.status != 200 || !pdf.bytes.starts_with(b"%PDF-") {
            return Err(pdf.unexpected());
        }
        if examinee.number == 0 {
            super::check::pdf_says(&play.files.work, &pdf.bytes, &[&examinee.ticket, &examinee.person.name])?;
        }
        Ok(())
    })
}

/// Keeps the text of every admission ticket's code.
///
/// # Errors
/// If there is one without.
pub fn secrets(play: &mut Play, running: &Running) -> Outcome<usize> {
    for at in 0..play.examinees.len() {
        let ticket = &play.examinees.get(at).or_fail("a candidate")?.ticket;
        let answer = play.login("centre")?.get(format!("/api/v1/tickets/{ticket}/secret"))?;
        play.examinees.get_mut(at).or_fail("a candidate")?.secret = text(&answer, "secret")?;
        running.tick();
    }
    Ok(play.examinees.len())
}

/// Announces, enrols and starts the kiosk, and waits until it knows everybody.
///
/// # Errors
/// If the kiosk does not enrol or does not get its bundle.
pub fn kiosk(play: &mut Play, _: &Running) -> Outcome<usize> {
    let path = format!("/api/v1/points/{}/kiosks", play.setting.point);
    let answer = play.login("centre")?.post(path, "kiosk", json!({}))?;
    let code = text(&answer, "code")?;
    // A kiosk that was cut off from the server while it enrolled may do it again with the same code.
    wait::until("the kiosk's enrolment", ENROL_PATIENCE, || {
        let mut enrol = Command::new(shell::built("kaodian-kiosk"));
        enrol.arg("enrol").arg("--config").arg(play.files.work.join("kiosk.toml"));
        let said = shell::ask(enrol.args(["--code", &code]))?;
        match said.ok {
            true => Ok(Some(())),
            false if play.setting.kills => Ok(None),
            false => Err(Fail::new(format!("kaodian-kiosk enrol: {}{}", said.out, said.err))),
        }
    })?;
    play.kiosk.start()?;
    Ok(1)
}
