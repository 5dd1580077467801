//! The theory examination: release, entering, answers one by one, and all that goes wrong in a room.

use super::bank::Knowledge;
use super::cast::Theory;
use super::play::{Examinee, Play, each};
use super::report::Running;
use crate::client::{Answer, Client, Request, list, number, text};
use crate::fail::{Context, Fail, Outcome};
use crate::random::Chance;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// What happens at one seat.
#[derive(Debug)]
pub struct Desk {
    ticket: String,
    token: String,
    seq: i64,
    /// By position: the answer this candidate gives, if any.
    plan: BTreeMap<i64, String>,
    /// Positions that are answered.
    given: BTreeSet<i64>,
    points: i64,
}

/// By number of the candidate.
pub type Desks = Mutex<BTreeMap<usize, Desk>>;

/// Plays a session's theory examination from the release to the moment at which the late ones come.
///
/// # Errors
/// If the server refuses what it should allow, or allows what it should refuse.
pub fn begin(play: &mut Play, session: usize, running: &Running) -> Outcome<usize> {
    let start = play.session(session)?.start.clone();
    play.clock.reach(&start, 0)?;
    refused_before_release(play, session)?;
    release(play, session)?;
    let prompt = [Theory::Passes, Theory::Fails, Theory::CutOff, Theory::RunsOutOfTime, Theory::Removed];
    let prompt = with(play, session, &prompt);
    let begun = each(&prompt, running, |e| first_half(play, e))?;
    play.clock.reach(&start, 20)?;
    for cut_off in with(play, session, &[Theory::CutOff]) {
        move_seat(play, session, cut_off)?;
    }
    for removed in with(play, session, &[Theory::Removed]) {
        remove(play, session, removed)?;
    }
    early_leaver(play, &with(play, session, &[Theory::Passes]))?;
    Ok(begun)
}

/// Plays the rest, to the end of the time and the server's grading.
///
/// # Errors
/// As [`begin`], and if the server grades other points than the acknowledged answers are worth.
pub fn end(play: &mut Play, session: usize, running: &Running) -> Outcome<usize> {
    let start = play.session(session)?.start.clone();
    each(&with(play, session, &[Theory::Late]), running, |e| first_half(play, e))?;
    play.clock.reach(&start, 40)?;
    let staying = [Theory::Passes, Theory::Fails, Theory::CutOff, Theory::Late, Theory::RunsOutOfTime];
    each(&with(play, session, &staying), running, |e| second_half(play, e))?;
    let desks = std::mem::take(&mut *play.desks.lock().or_fail("desks")?);
    for (at, desk) in desks {
        play.examinees.get_mut(at).or_fail("a candidate")?.points = Some(desk.points);
    }
    play.clock.reach(&start, 121)?;
    finish(play, session)?;
    check_points(play, session)
}

fn with<'a>(play: &'a Play, session: usize, wanted: &[Theory]) -> Vec<&'a Examinee> {
    play.of_session(session).filter(|e| wanted.contains(&e.part.theory)).collect()
}

/// Nobody sees a paper before the invigilator's release.
fn refused_before_release(play: &Play, session: usize) -> Outcome<()> {
    let first = play.of_session(session).find(|e| e.part.theory == Theory::Passes).or_fail("a candidate")?;
    let entered = enter(&play.api, first, &first.room, first.seat)?.ok()?;
    open(&play.api, &text(&entered, "token")?)?.refused("room-not-released")
}

/// Asks for the key of the paper.
fn open(api: &Client, token: &str) -> Outcome<Answer> {
    api.send(&Request::post("/api/v1/seat/open", json!({})).bearer(token))
}

fn release(play: &Play, session: usize) -> Outcome<()> {
    let here = play.session(session)?;
    for (room, invigilators) in &here.invigilators {
        let login = play.login(invigilators.first().or_fail("an invigilator")?)?;
        let path = format!("/api/v1/sessions/{}/rooms/{room}/release", here.id);
        login.post(path, &format!("release-{session}-{room}"), json!({}))?;
    }
    Ok(())
}

fn enter(api: &Client, examinee: &Examinee, room: &str, seat: i64) -> Outcome<Answer> {
    let body = json!({"secret": examinee.secret, "room": room, "seat": seat});
    api.send(&Request::post("/api/v1/seat/enter", body))
}

fn first_half(play: &Play, examinee: &Examinee) -> Outcome<()> {
    let entered = enter(&play.api, examinee, &examinee.room, examinee.seat)?.ok()?;
    let token = text(&entered, "token")?;
    let key = text(&open(&play.api, &token)?.ok()?, "key")?;
    let paper = shared::wire::v1::seat::open(&key, &text(&entered, "paper")?).or_fail("a paper")?;
    let paper: Value = serde_json::from_str(&paper).or_fail("the paper as JSON")?;
    let items = paper.get("items").and_then(Value::as_array).or_fail(format!("no paper: {paper}"))?;
    let worth = number(&paper, "points")?;
    let (plan, right) = answers(&play.knowledge, &play.chance, examinee, items)?;
    let count = i64::try_from(items.len()).or_fail("questions")?;
    let ticket = examinee.ticket.clone();
    let mut desk = Desk { ticket, token, seq: 0, plan, given: BTreeSet::new(), points: right * worth };
    desk.answer(&play.api, count / 2)?;
    play.desks.lock().or_fail("desks")?.insert(examinee.number, desk);
    Ok(())
}

fn second_half(play: &Play, examinee: &Examinee) -> Outcome<()> {
    let mut desk = take(play, examinee)?;
    desk.answer(&play.api, i64::MAX)?;
    if examinee.part.theory != Theory::RunsOutOfTime {
        desk.hand_in(&play.api)?;
    }
    play.desks.lock().or_fail("desks")?.insert(examinee.number, desk);
    Ok(())
}

fn take(play: &Play, examinee: &Examinee) -> Outcome<Desk> {
    play.desks.lock().or_fail("desks")?.remove(&examinee.number).or_fail("a desk")
}

/// Which answer is given to each question, and how many of them are right.
fn answers(
    knowledge: &Knowledge,
    chance: &Chance,
    examinee: &Examinee,
    items: &[Value],
) -> Outcome<(BTreeMap<i64, String>, i64)> {
    let label = format!("answers/{}", examinee.number);
    let count = items.len();
    // In hundredths of the paper: who passes knows 82 to 99 of them, who fails 40 to 77.
    let knows = match examinee.part.theory {
        Theory::Fails => 40 + chance.below(&format!("{label}/knows"), 38),
        _ => 82 + chance.below(&format!("{label}/knows"), 18),
    };
    let right = if examinee.part.theory == Theory::Fails {
        count * knows / 100
    } else {
        (count * knows).div_ceil(100)
    };
    let blank = examinee.part.theory == Theory::RunsOutOfTime;
    let mut plan = BTreeMap::new();
    for (place, at) in chance.order(&label, count).into_iter().enumerate() {
        let item = items.get(at).or_fail("a question")?;
        let shown: Vec<String> = list(item, "choices")?.iter().map(shown_text).collect();
        let title = text(item, "title")?;
        let position = number(item, "position")?;
        if place < right {
            plan.insert(position, knowledge.right(&title, &shown)?);
        } else if !blank {
            plan.insert(position, knowledge.wrong(&title, &shown)?);
        }
    }
    Ok((plan, i64::try_from(right).unwrap_or(0)))
}

fn shown_text(choice: &Value) -> String {
    let inner = choice.get("text").unwrap_or(choice);
    inner.as_str().unwrap_or_default().to_owned()
}

impl Desk {
    /// Gives the answers up to this position that have not been given yet; the very first one is changed once.
    fn answer(&mut self, api: &Client, to: i64) -> Outcome<()> {
        let todo: Vec<_> = self.plan.range(..=to).map(|(p, c)| (*p, c.clone())).collect();
        for (position, choice) in todo {
            if self.seq == 0 {
                self.save(api, position, "A")?;
            }
            if self.given.insert(position) {
                self.save(api, position, &choice)?;
            }
        }
        Ok(())
    }

    fn save(&mut self, api: &Client, position: i64, choice: &str) -> Outcome<()> {
        let seq = self.seq + 1;
        let body = json!({"seq": seq, "choice": choice});
        let request = Request::post(format!("/api/v1/seat/answers/{position}"), body).method("PUT");
        let answer = api.send(&request.bearer(&self.token))?.ok()?;
        if number(&answer, "seq")? != seq {
            return Err(Fail::new(format!("answer {seq} of {} was taken as {answer}", self.ticket)));
        }
        self.seq = seq;
        Ok(())
    }

    fn hand_in(&self, api: &Client) -> Outcome<()> {
        let request =
            || Request::post("/api/v1/seat/hand-in", json!({"last_seq": self.seq})).bearer(&self.token);
        let first = api.send(&request())?.ok()?;
        let again = api.send(&request())?.ok()?;
        let answered = i64::try_from(self.plan.len()).unwrap_or(0);
        if first != again || number(&first, "answered")? != answered {
            return Err(Fail::new(format!("{answered} were answered; handed in as {first}, then {again}")));
        }
        Ok(())
    }
}

/// The line of a seat is cut: the invigilator moves the candidate, who finds his answers there.
fn move_seat(play: &Play, session: usize, examinee: &Examinee) -> Outcome<()> {
    let here = play.session(session)?;
    let invigilator =
        here.invigilators.get(&examinee.room).and_then(|two| two.first()).or_fail("an invigilator")?;
    let taken: Vec<_> = play.of_session(session).map(|e| (e.room.as_str(), e.seat)).collect();
    // A free seat in a room that has invigilators, best in the same one.
    let rooms = std::iter::once(&examinee.room).chain(here.invigilators.keys());
    let free = rooms.flat_map(|room| (1..=30).map(move |seat| (room, seat)));
    let free = free.into_iter().find(|(room, seat)| !taken.contains(&(room.as_str(), *seat)));
    let (room, seat) = free.or_fail("a free seat")?;
    let body = json!({"room": room, "seat": seat, "reason": "the computer at the seat stopped"});
    let path = format!("/api/v1/tickets/{}/move", examinee.ticket);
    play.login(invigilator)?.post(path, &format!("move-{}", examinee.number), body)?;
    enter(&play.api, examinee, &examinee.room, examinee.seat)?.refused("wrong-seat")?;
    let paper = enter(&play.api, examinee, room, seat)?.ok()?;
    let mut desk = take(play, examinee)?;
    let saved = list(&paper, "answers")?.len();
    let given = desk.given.len();
    if number(&paper, "last_seq")? != desk.seq || saved != given {
        return Err(Fail::new(format!(
            "{given} answers were given before the move, afterwards there are {saved}"
        )));
    }
    let old = Request::get("/api/v1/seat/state").bearer(&desk.token);
    play.api.send(&old)?.refused("seat-taken-over")?;
    desk.token = text(&paper, "token")?;
    play.desks.lock().or_fail("desks")?.insert(examinee.number, desk);
    Ok(())
}

fn remove(play: &Play, session: usize, examinee: &Examinee) -> Outcome<()> {
    let two = play.session(session)?.invigilators.get(&examinee.room).or_fail("two invigilators")?;
    let (first, second) =
        (two.first().or_fail("an invigilator")?, two.get(1).or_fail("a second invigilator")?);
    let body = json!({
        "gravity": "grave", "text": "telephone in use during the examination",
        "second": second, "second_password": play.setting.password,
    });
    let path = format!("/api/v1/tickets/{}/misconduct", examinee.ticket);
    play.login(first)?.post(path, &format!("misconduct-{}", examinee.number), body)?;
    let desk = take(play, examinee)?;
    let body = json!({"seq": desk.seq + 1, "choice": "A"});
    let late = Request::post("/api/v1/seat/answers/1", body).method("PUT").bearer(&desk.token);
    let answer = play.api.send(&late)?;
    if (400..500).contains(&answer.status) { Ok(()) } else { Err(answer.unexpected()) }
}

/// Nobody leaves within the first half hour.
fn early_leaver(play: &Play, candidates: &[&Examinee]) -> Outcome<()> {
    let Some(first) = candidates.first() else { return Ok(()) };
    let desks = play.desks.lock().or_fail("desks")?;
    let desk = desks.get(&first.number).or_fail("a desk")?;
    let request = Request::post("/api/v1/seat/hand-in", json!({"last_seq": desk.seq})).bearer(&desk.token);
    play.api.send(&request)?.refused("too-early-to-leave")
}

fn finish(play: &Play, session: usize) -> Outcome<()> {
    let here = play.session(session)?;
    let path = format!("/api/v1/sessions/{}/theory/finish", here.id);
    let invigilator = here.invigilators.values().flatten().next().or_fail("an invigilator")?;
    play.login(invigilator)?.post(path, &format!("finish-{session}"), json!({})).map(|_| ())
}

/// The server's points are those of the answers that were acknowledged.
fn check_points(play: &Play, session: usize) -> Outcome<usize> {
    let mut ended = 0;
    for examinee in play.of_session(session) {
        let known = play.login("centre")?.get(format!("/api/v1/tickets/{}", examinee.ticket))?;
        let theory = known.get("theory").filter(|t| !t.is_null());
        let field = |name: &str| theory.and_then(|t| t.get(name)).cloned().unwrap_or_default();
        let right = match examinee.part.theory {
            Theory::Absent => theory.is_none() && known.get("outcome") == Some(&json!("absent")),
            Theory::Removed => field("how") == "removed" && field("passed") == false,
            Theory::Fails => field("points").as_i64() == examinee.points && field("passed") == false,
            Theory::RunsOutOfTime => {
                field("how") == "timed_out" && field("points").as_i64() == examinee.points
            }
            _ => {
                field("how") == "handed_in"
                    && field("points").as_i64() == examinee.points
                    && field("passed") == true
            }
        };
        if !right {
            let (part, points) = (examinee.part.theory, examinee.points);
            return Err(Fail::new(format!(
                "{part:?} with {points:?} points expected, the server has {known}"
            )));
        }
        ended += usize::from(theory.is_some());
    }
    Ok(ended)
}
