//! The paper of an exam point's day: the emergency pack, and what was written on it, entered by two people.

mod slip;

use super::forms::{self, Fields, Form, Notice};
use super::page::{Frame, Visitor, escape, see};
use crate::app::App;
use crate::app::paper::{
    self as cases, EnterOrder, Entered, PaperDay, PaperPerson, PaperSession, Slip, SlipState, StationSlip,
};
use crate::http::access::Role;
use crate::http::api::tickets::document;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::{Date, Instant};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/paper/{day}/{point}", web::get().to(show))
        .route("/paper/{day}/{point}", web::post().to(enter))
        .route("/paper/{day}/{point}/pack.pdf", web::get().to(pack))
        .route("/paper/{day}/{point}/slip", web::get().to(slip::show))
        .route("/paper/{day}/{point}/slip", web::post().to(slip::act));
}

/// The parts of the practical.
const PARTS: [&str; 4] = ["K1", "K2", "K3", "K4"];

#[derive(Template)]
#[template(path = "paper/index.html")]
struct PaperPage<'a> {
    frame: &'a Frame,
    paper: &'a PaperDay,
    day: String,
    once: String,
    /// What was sent and not taken.
    typed: &'a Fields,
    /// The ticket whose line was not right.
    wrong: Option<String>,
    notice: Notice,
    writes: bool,
}

/// How many slips of the last sending stand how.
#[derive(Default, Deserialize)]
struct Counts {
    waiting: Option<usize>,
    agreed: Option<usize>,
    different: Option<usize>,
}

impl PaperPage<'_> {
    fn address(&self) -> String {
        address(&self.paper.day, &self.paper.point)
    }

    fn point(&self) -> String {
        let session = self.paper.sessions.first();
        session.map_or_else(|| self.paper.point.clone(), |s| self.frame.named(&s.session.point).to_owned())
    }

    /// The people of each room.
    fn rooms<'a>(&self, session: &'a PaperSession) -> Vec<&'a [PaperPerson]> {
        session.people.chunk_by(|a, b| a.room == b.room).collect()
    }

    fn different(&self) -> Vec<(&str, String)> {
        let roll = self.paper.sessions.iter().flat_map(|s| &s.people);
        let roll = roll.filter(|p| p.slip.state == SlipState::Different);
        let roll = roll.map(|p| (p.ticket.as_str(), Slip::Attendance.word()));
        let marks = self.paper.sheets.iter().filter(|s| s.slip.state == SlipState::Different);
        roll.chain(marks.map(|s| (s.ticket.as_str(), self.word_of(s)))).collect()
    }

    fn word_of(&self, slip: &StationSlip) -> String {
        Slip::Practical { part: slip.part.clone(), examiner: slip.examiner.clone() }.word()
    }

    /// Address of a slip's own page.
    fn slip_at(&self, ticket: &str, word: &str) -> String {
        format!("{}/slip?ticket={}&slip={}", self.address(), escape(ticket), escape(word))
    }

    fn marks_at(&self, slip: &StationSlip) -> String {
        self.slip_at(&slip.ticket, &self.word_of(slip))
    }

    /// Which slip it is, in words.
    fn slip_name(&self, word: &str) -> String {
        match Slip::from_word(word) {
            Some(Slip::Practical { part, examiner }) => {
                format!("{part} · {}", self.frame.t1("page-station-examiner", "code", examiner))
            }
            _ => self.frame.t("page-paper-roll"),
        }
    }

    /// The room of a group of people.
    fn room(&self, people: &[PaperPerson]) -> String {
        match people.first().and_then(|p| p.room.as_deref()) {
            Some(room) => format!("{} {room}", self.frame.t("page-room")),
            None => self.frame.t("page-not-seated"),
        }
    }

    /// How many slips of a room stand how.
    fn standing(&self, people: &[PaperPerson]) -> String {
        let states = [SlipState::Settled, SlipState::Different, SlipState::Second, SlipState::Waiting];
        let count = |state: SlipState| people.iter().filter(|p| p.slip.state == state).count();
        let shown = states.into_iter().map(|s| (s, count(s))).filter(|(_, n)| *n > 0);
        let shown: Vec<String> = shown.map(|(s, n)| format!("{} {n}", self.state(&s))).collect();
        shown.join(" · ")
    }

    const fn tone(&self, state: &SlipState) -> &'static str {
        tone(*state)
    }

    /// What stands in a field of a line: what was typed last, or what the caller has entered.
    fn value(&self, person: &PaperPerson, field: &str) -> String {
        let typed = self.typed.get(&format!("{field}.{}", person.ticket));
        typed.or_else(|| person.slip.mine.get(field)).cloned().unwrap_or_default()
    }

    fn may_enter(&self, person: &PaperPerson) -> bool {
        let open = matches!(person.slip.state, SlipState::Empty | SlipState::Second | SlipState::Waiting);
        self.writes && !self.paper.closed && open
    }

    /// Whether anybody of a room can still be entered.
    fn any_open(&self, people: &[PaperPerson]) -> bool {
        people.iter().any(|p| self.may_enter(p))
    }

    fn is_wrong(&self, person: &PaperPerson) -> bool {
        self.wrong.as_ref() == Some(&person.ticket)
    }

    fn state(&self, state: &SlipState) -> String {
        self.frame.t(&format!("page-paper-state-{}", state.word()))
    }

    /// What was settled of a roll call, in words.
    fn settled(&self, person: &PaperPerson) -> String {
        let fields = person.slip.settled.as_ref().map(|s| &s.fields);
        match fields.and_then(|f| f.get("at")) {
            Some(at) => self.frame.t1("page-paper-came-at", "time", at),
            None => self.frame.t("page-paper-absent"),
        }
    }

    /// Sessions in which somebody can be examined in the practical.
    fn examined(&self) -> Vec<&PaperSession> {
        let any = |s: &&PaperSession| s.people.iter().any(|p| p.examined) && !s.examiners.is_empty();
        self.paper.sessions.iter().filter(any).collect()
    }

    fn minute(&self, at: &i64) -> String {
        Instant::from_millis(*at).minute_in_china()
    }
}

/// Colour of how a slip stands; the word beside it says the same.
const fn tone(state: SlipState) -> &'static str {
    match state {
        SlipState::Different => "bad",
        SlipState::Second => "warn",
        SlipState::Waiting => "info",
        SlipState::Empty => "none",
        SlipState::Settled => "good",
    }
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    counts: Query<Counts>,
) -> Result<HttpResponse, Problem> {
    let notice = said(&visitor.frame, &counts);
    page(&app, visitor, &place, (&Fields::default(), None, notice)).await
}

/// The pack in the clear; its printing is recorded.
async fn pack(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    Ok(document(block(move || cases::pack(&app, &visitor.person, &place.0, &place.1)).await?))
}

/// Each line of a roll call comes as `came.<ticket>` and `at.<ticket>`; those that nobody has marked are left out.
async fn enter(
    app: Data<App>,
    visitor: Visitor,
    place: Path<(String, String)>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let fields = form.0;
    let orders = roll(&fields);
    let to = address(&place.0, &place.1);
    let key = fields.get("once").map_or("", String::as_str);
    let once = forms::once(&app, &visitor.person, key, &to, &forms::said(&fields))?;
    let (worker, person, (day, point)) = (app.get_ref().clone(), visitor.person.clone(), place.clone());
    let entered = block(move || cases::enter(&worker, &person, (&day, &point), orders, Some(once))).await;
    match entered {
        Ok(entered) => Ok(see(&format!("{to}?{}", counted(entered)))),
        Err(problem) => {
            let wrong = ticket_of(&problem);
            let notice = refused(&visitor.frame, problem)?;
            page(&app, visitor, &place, (&fields, wrong, notice)).await
        }
    }
}

/// The lines of a roll call on which something was marked.
fn roll(sent: &Fields) -> Vec<EnterOrder> {
    let tickets = sent.keys().filter_map(|name| name.strip_prefix("at."));
    let order = |ticket: &str| {
        let named = |field: &str| {
            let value = sent.get(&format!("{field}.{ticket}")).map(|v| v.trim()).filter(|v| !v.is_empty());
            value.map(|v| (field.to_owned(), v.to_owned()))
        };
        let fields = [named("came"), named("at")].into_iter().flatten().collect();
        let order = EnterOrder { ticket: ticket.to_owned(), slip: Slip::Attendance, fields };
        Some(order).filter(|o| !o.fields.is_empty())
    };
    tickets.filter_map(order).collect()
}

fn counted(entered: Entered) -> String {
    format!("waiting={}&agreed={}&different={}", entered.waiting, entered.agreed, entered.different)
}

fn said(frame: &Frame, counts: &Counts) -> Notice {
    let Counts { waiting: Some(waiting), agreed: Some(agreed), different: Some(different) } = *counts else {
        return Notice::default();
    };
    let variables = [("waiting", waiting), ("agreed", agreed), ("different", different)];
    Notice::said(frame.with("page-paper-entered", &variables.map(|(name, n)| (name, n.to_string()))))
}

async fn page(
    app: &Data<App>,
    visitor: Visitor,
    place: &(String, String),
    (typed, wrong, notice): (&Fields, Option<String>, Notice),
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let writes = person.role != Role::Auditor;
    let (worker, (day, point)) = (app.get_ref().clone(), place.clone());
    let paper = block(move || cases::show(&worker, &person, &day, &point)).await?;
    let view = PaperPage {
        day: Date::parse(&paper.day).map_or_else(|_| paper.day.clone(), |d| frame.date(&d)),
        once: forms::key(&frame)?,
        frame: &frame,
        paper: &paper,
        typed,
        wrong,
        notice,
        writes,
    };
    frame.answer(view.notice.status(), &view)
}

/// The ticket of a slip that cannot be true.
fn ticket_of(problem: &Problem) -> Option<String> {
    let detail = problem.detail.as_deref().filter(|_| problem.code == "field-invalid")?;
    detail.split_once(": ").map(|(ticket, _)| ticket.to_owned())
}

/// What is said about a slip that was not taken.
fn refused(frame: &Frame, problem: Problem) -> Result<Notice, Problem> {
    let Some(ticket) = ticket_of(&problem) else { return Notice::refused(frame, problem) };
    let why = problem.detail.as_deref().and_then(|d| d.split_once(": ")).map_or("", |(_, why)| why);
    let roll = why.starts_with("came") || why.starts_with("at");
    let id = if roll { "page-paper-wrong-roll" } else { "page-paper-wrong-marks" };
    Ok(Notice::wrong(frame.t1(id, "ticket", ticket), StatusCode::UNPROCESSABLE_ENTITY))
}

/// Address of the paper of a day.
pub(super) fn address(day: &str, point: &str) -> String {
    format!("/paper/{}/{}", escape(day), escape(point))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_that_were_marked_are_sent_on() {
        let sent = [
            ("once", "F1"),
            ("came.T1", "yes"),
            ("at.T1", "08:41"),
            ("at.T2", " "),
            ("came.T3", "no"),
            ("at.T3", ""),
            ("at.T4", "08:50"),
        ];
        let sent = sent.into_iter().map(|(f, v)| (f.to_owned(), v.to_owned())).collect();
        let found: Vec<(String, usize)> =
            roll(&sent).into_iter().map(|o| (o.ticket, o.fields.len())).collect();
        let expected = [("T1", 2), ("T3", 1), ("T4", 1)].map(|(t, n)| (t.to_owned(), n));
        assert_eq!(found, expected);
    }
}
