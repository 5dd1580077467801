//! What there is to see in a demo that has lived: remembered beside it, and told to whoever starts it.

use super::place::Place;
use crate::client;
use crate::exam_day::arrive;
use crate::exam_day::play::{Examinee, Play};
use crate::fail::{Context, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many characters of a ticket's secret are printed for typing, in two groups.
const TYPED: usize = 8;

/// Whom and what to look at.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Tour {
    /// The session of today.
    pub(super) session: String,
    /// Its tickets, in the order of the candidates.
    pub(super) tickets: Vec<String>,
    /// The session that is over.
    earlier: String,
    /// Holder of a certificate that is printed.
    passed: Holder,
    /// Holder of a certificate that nobody has printed yet.
    unprinted: Holder,
    /// Somebody who failed the theory examination.
    failed: Holder,
    /// Somebody who waits to be called.
    waiting: Holder,
    /// Somebody who has still to come.
    expected: Holder,
    /// Who is on duty today, by room and station: logins.
    duties: BTreeMap<String, Vec<String>>,
    /// The lead examiner of today.
    lead: String,
}

/// A candidate.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Holder {
    name: String,
    id_number: String,
    ticket: String,
    /// What is typed with the ticket's number.
    code: String,
    certificate: Option<String>,
}

impl Tour {
    /// From the day that is over and the one that has begun.
    pub(super) fn of(earlier: &Play, today: &Play) -> Outcome<Self> {
        let mut certified = earlier.examinees.iter().filter(|e| e.certificate.is_some());
        let failed = |e: &&Examinee| e.points.is_some() && !crate::exam_day::practical::passed_theory(e);
        let state = arrive::state(today)?;
        let waiting = client::list(&state, "waiting")?.first().and_then(serde_json::Value::as_str);
        let (past, now) = (earlier.session(0)?, today.session(0)?);
        let duties = now.invigilators.iter().chain(&now.examiners);
        Ok(Self {
            session: now.id.clone(),
            tickets: today.examinees.iter().map(|e| e.ticket.clone()).collect(),
            earlier: past.id.clone(),
            passed: Holder::of(certified.next())?,
            unprinted: Holder::of(certified.next_back())?,
            failed: Holder::of(earlier.examinees.iter().find(failed))?,
            waiting: Holder::of(today.examinees.iter().find(|e| Some(e.ticket.as_str()) == waiting))?,
            expected: Holder::of(today.examinees.iter().find(|e| e.queue_number.is_none()))?,
            duties: duties.map(|(place, logins)| (place.clone(), logins.clone())).collect(),
            lead: now.lead.clone(),
        })
    }

    /// Whether a demo that has lived lies in a place.
    pub(super) fn is_in(place: &Place) -> bool {
        place.directory.join("tour.json").is_file()
    }

    /// What was kept in a place.
    pub(super) fn read(place: &Place) -> Outcome<Self> {
        let path = place.directory.join("tour.json");
        let text = std::fs::read_to_string(&path).or_fail(path.display())?;
        serde_json::from_str(&text).or_fail(path.display())
    }

    /// Keeps it in a place.
    pub(super) fn keep(&self, place: &Place) -> Outcome<()> {
        let path = place.directory.join("tour.json");
        std::fs::write(&path, self.json()? + "\n").or_fail(path.display())
    }

    /// As text for other programs.
    pub(super) fn json(&self) -> Outcome<String> {
        serde_json::to_string(self).or_fail("the tour")
    }

    /// Two minutes through the demo, a line a stop.
    pub(super) fn words(&self, server: &str, kiosk: &str) -> String {
        let (passed, waiting, expected) = (&self.passed, &self.waiting, &self.expected);
        let room = self.duties.iter().find(|(place, _)| place.starts_with('R'));
        let room = room.and_then(|(_, logins)| logins.first()).map_or("room1", String::as_str);
        let stops = [
            (
                "The day",
                format!("{server}/"),
                "log in as centre: who is where, and which certificates are due".into(),
            ),
            (
                "Check-in",
                format!("{kiosk}/"),
                format!(
                    "{} {} has still to come: the photograph is simulated",
                    expected.name, expected.id_number
                ),
            ),
            (
                "Queue",
                format!("{kiosk}/board"),
                format!("the calling board; staff confirm and call at {kiosk}/desk"),
            ),
            ("A room", format!("{server}/"), format!("log in as {room}: seats, roll call, pledge, release")),
            (
                "A file",
                format!("{server}/candidates/{}", passed.ticket),
                format!("as centre: {} from registration to certificate", passed.name),
            ),
            (
                "The phone",
                format!("{server}/my"),
                format!("{} passed: {} {}", passed.name, passed.ticket, passed.code),
            ),
            ("", String::new(), format!("{} waits: {} {}", waiting.name, waiting.ticket, waiting.code)),
            (
                "Anybody",
                format!("{server}/verify"),
                format!(
                    "is it genuine? {} {}",
                    passed.certificate.as_deref().unwrap_or_default(),
                    passed.name
                ),
            ),
            (
                "A draw",
                format!("{server}/draws"),
                "as centre or auditor: every draw, to be done again by anyone".into(),
            ),
        ];
        let wide = stops.iter().map(|(_, address, _)| address.chars().count()).max().unwrap_or(0);
        let mut number = 0;
        let line = |(what, address, text): &(&str, String, String)| {
            number += usize::from(!what.is_empty());
            let number = if what.is_empty() { String::new() } else { number.to_string() };
            format!("  {number:>1}  {what:<10} {address:<wide$}  {text}\n")
        };
        stops.iter().map(line).collect()
    }

    /// Who is on duty today, by place.
    pub(super) fn on_duty(&self) -> String {
        let place = |(place, logins): (&String, &Vec<String>)| format!("{place} {}", logins.join(", "));
        let places = self.duties.iter().map(place).collect::<Vec<_>>().join(" · ");
        format!("{places} · lead {}", self.lead)
    }
}

impl Holder {
    fn of(examinee: Option<&Examinee>) -> Outcome<Self> {
        let examinee = examinee.or_fail("nobody to look at")?;
        let typed: Vec<char> = examinee.secret.chars().take(TYPED).collect();
        let groups = typed.chunks(TYPED / 2).map(|group| group.iter().collect::<String>());
        Ok(Self {
            name: examinee.person.name.clone(),
            id_number: examinee.person.id_number.clone(),
            ticket: examinee.ticket.clone(),
            code: groups.collect::<Vec<_>>().join("-"),
            certificate: examinee.certificate.clone(),
        })
    }
}
