//! What the demo's world lives through before anybody looks at it: a whole exam day, and the morning of another one.
//! Everything is done by the steps of `cargo xtask exam-day`, over the interfaces that any client would use.

use super::world::{self, World};
use crate::exam_day::cast::Part;
use crate::exam_day::people::Invented;
use crate::exam_day::play::{Examinee, Play, Stage};
use crate::exam_day::report::Running;
use crate::exam_day::setting::{Member, Setting};
use crate::exam_day::{arrive, finish, practical, prepare, ready, theory};
use crate::fail::{Context, Outcome};
use crate::shell;
use serde::Deserialize;
use serde_json::Value;
use shared::idnumber::IdNumber;
use shared::person::{Name, mask_id_number, mask_name};
use std::sync::Arc;

/// The demo's own day.
const DAY: &str = "2026-09-28";
/// Start of its session.
const START: &str = "08:30";
/// Trade of its session.
const TRADE: &str = "electrician-low-voltage";
/// The exam point of the demo.
const POINT: &str = "P01";
/// Candidates of the trade whom the rules refuse: one has too few hours, one is too young.
const REFUSED: usize = 2;
/// Certificates that are printed on the day of the examination; the others wait for somebody.
const PRINTED: usize = 5;

/// A step of a day.
type Step = fn(&mut Play, &Running) -> Outcome<usize>;

/// An examination before the demo's own day: fixtures/worlds/demo/earlier.toml.
#[derive(Debug, Deserialize)]
pub(super) struct Earlier {
    day: String,
    /// When it is prepared, RFC 3339.
    pub(super) eve: String,
    starts_at: String,
    trade: String,
    examinee: Vec<Role>,
}

#[derive(Debug, Deserialize)]
struct Role {
    #[serde(flatten)]
    person: Invented,
    #[serde(flatten)]
    part: Part,
}

impl Earlier {
    pub(super) fn read() -> Outcome<Self> {
        let path = shell::root().join("fixtures/worlds/demo/earlier.toml");
        let text = std::fs::read_to_string(&path).or_fail(path.display())?;
        toml::from_str(&text).or_fail(path.display())
    }

    /// Plays the day from the registrations to its signed close.
    pub(super) fn play(self, stage: &Arc<Stage>, world: &World) -> Outcome<Play> {
        let setting = setting(world, &self.day, &self.starts_at, &self.trade, 0)?;
        let people = self.examinee.into_iter().enumerate();
        let examinees = people.map(|(number, role)| Examinee::new(number, role.person, role.part)).collect();
        let mut play = Play::new(stage, setting, examinees)?;
        let steps: [(&str, Step); 18] = [
            ("register candidates", prepare::register),
            ("open the session", prepare::open_sessions),
            ("enrol candidates", prepare::enrol),
            ("draw seats, papers, sheets", prepare::seat),
            ("draw invigilators and examiners", prepare::staff),
            ("read the codes of the tickets", prepare::secrets),
            ("enrol and start the kiosk", prepare::kiosk),
            ("the kiosk knows the day", arrive::open_doors),
            ("learn who has which post", prepare::learn_staff),
            ("confirm that the exam point is ready", ready::confirm),
            ("arrive at the kiosk", |play, bar| arrive::on_time(play, 0, bar)),
            ("theory until half time", |play, bar| theory::begin(play, 0, bar)),
            ("theory to the end", |play, bar| theory::end(play, 0, bar)),
            ("practical", |play, bar| practical::play(play, 0, bar)),
            ("publish results", |play, bar| later(play, 330).and_then(|_| finish::results(play, bar))),
            ("issue certificates", |play, bar| {
                later(play, 345).and_then(|_| finish::certificates(play, bar))
            }),
            ("print certificates", |play, bar| {
                later(play, 370).and_then(|_| finish::print(play, PRINTED, bar))
            }),
            ("close the day", |play, bar| later(play, 480).and_then(|_| finish::close(play, bar))),
        ];
        for (name, step) in steps {
            play.quietly(name, step)?;
        }
        Ok(play)
    }
}

/// The demo's own day with all candidates of its trade who come for a first certificate; nothing is planned yet.
pub(super) fn own(stage: &Arc<Stage>, world: &World) -> Outcome<Play> {
    let setting = setting(world, DAY, START, TRADE, REFUSED)?;
    let mut play = Play::new(stage, setting, Vec::new())?;
    let known = play.login("centre")?.get(format!("/api/v1/registrations?trade={TRADE}&per_page=100"))?;
    for registration in crate::client::list(&known, "items")? {
        if registration.get("kind").and_then(Value::as_str) != Some("first") {
            continue;
        }
        let person = masked(world, registration)?;
        let registration = crate::client::text(registration, "registration")?;
        let examinee = Examinee::new(play.examinees.len(), person, Part::default());
        play.examinees.push(Examinee { registration, ..examinee });
    }
    Ok(play)
}

/// Opens the session of the demo's own day and draws all that is drawn for it.
pub(super) fn plan(play: &mut Play) -> Outcome<()> {
    let steps: [(&str, Step); 4] = [
        ("open the session", prepare::open_sessions),
        ("enrol candidates", prepare::enrol),
        ("draw seats, papers, sheets", prepare::seat),
        ("draw invigilators and examiners", prepare::staff),
    ];
    steps.into_iter().try_for_each(|(name, step)| play.quietly(name, step))
}

/// The exam point's staff find everything in order and sign it, so that rooms may be opened.
pub(super) fn sign_readiness(play: &mut Play) -> Outcome<()> {
    play.quietly("confirm that the exam point is ready", ready::confirm)
}

/// Enrols the exam point's kiosk and starts it.
pub(super) fn start_kiosk(play: &mut Play) -> Outcome<()> {
    play.quietly("enrol and start the kiosk", prepare::kiosk)
}

/// The morning of the demo's own day up to five past eight: some sit already, two are called, some wait, two are to be
/// compared with their portraits, and some have still to come; the first of the list among them.
pub(super) fn morning(play: &mut Play) -> Outcome<()> {
    play.quietly("read the codes of the tickets", prepare::secrets)?;
    play.quietly("the kiosk knows the day", arrive::open_doors)?;
    play.quietly("learn who has which post", prepare::learn_staff)?;
    play.clock.reach(&play.setting.start(0), -60)?;
    sign_readiness(play)?;
    play.quietly("arrive at the kiosk", |play, _| {
        for at in 1..=11 {
            play.clock.advance(80)?;
            let number = arrive::check_in(play, at)?;
            play.examinees.get_mut(at).or_fail("a candidate")?.queue_number = Some(number);
        }
        for call in 0..6 {
            play.clock.advance(110)?;
            let ticket = arrive::call(play, if call % 2 == 0 { "一号窗口" } else { "二号窗口" })?;
            if call < 4 {
                play.clock.advance(25)?;
                arrive::admit(play, &ticket)?;
            }
        }
        (12..=13).try_for_each(|at| arrive::come(play, at))?;
        arrive::told(play)?;
        later(play, -25)
    })
}

fn later(play: &Play, minutes: i64) -> Outcome<usize> {
    play.clock.reach(&play.setting.start(0), minutes).map(|()| 0)
}

fn setting(world: &World, day: &str, start: &str, trade: &str, refused: usize) -> Outcome<Setting> {
    Ok(Setting {
        day: day.to_owned(),
        starts: vec![start.to_owned()],
        point: POINT.to_owned(),
        trade: trade.to_owned(),
        bank: shell::root().join(format!("fixtures/banks/{trade}.json")),
        seed: "kaodian demo".to_owned(),
        password: world.password()?.to_owned(),
        staff: world
            .staff
            .iter()
            .map(|m| Member { code: m.code.clone(), barred: m.is_barred(day) })
            .collect(),
        pace: 60,
        refused,
        kills: false,
        login_of: world::login_of,
    })
}

/// Whom of the world's file a registration with masked names and numbers is about.
fn masked(world: &World, registration: &Value) -> Outcome<Invented> {
    let (name, id) =
        (crate::client::text(registration, "name_masked")?, crate::client::text(registration, "id_masked")?);
    let is = |person: &&Invented| {
        let masked = Name::parse(&person.name).map(|name| mask_name(&name));
        masked.is_ok_and(|masked| masked == name)
            && IdNumber::parse(&person.id_number).is_ok_and(|number| mask_id_number(&number) == id)
    };
    world.candidate.iter().find(is).cloned().or_fail(format!("nobody of the world is {name} {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exam_day::cast::Ending;

    #[test]
    fn the_earlier_day_ends_in_every_way_and_some_certificates_are_left_to_print() {
        let earlier = Earlier::read().unwrap();
        let endings = |wanted| earlier.examinee.iter().filter(|e| e.part.ending() == wanted).count();
        for ending in [Ending::Absent, Ending::Failed, Ending::Removed] {
            assert!(endings(ending) > 0, "{ending:?}");
        }
        assert!(endings(Ending::Passed) > PRINTED);
        for role in &earlier.examinee {
            assert!(IdNumber::parse(&role.person.id_number).is_ok(), "{}", role.person.name);
        }
    }
}
