//! The invigilator's room: roll call, pledge, release, who works and who has gone silent, moves, misconduct, record.

use super::forms::{self, Form, Notice};
use super::page::{Frame, Visitor, escape};
use crate::app::App;
use crate::app::auth::{Person, Throttle};
use crate::app::overview::Stage;
use crate::app::theory::{
    self as cases, HaltOrder, MisconductOrder, MoveOrder, RoomLine, RoomView, TimeOrder,
};
use crate::http::api::tickets::document;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/sessions/{session}/room/{room}", web::get().to(show))
        .route("/sessions/{session}/room/{room}", web::post().to(act))
        .route("/sessions/{session}/room/{room}/record.pdf", web::get().to(record));
}

/// Who of the room is looked at, and what was just done.
#[derive(Default, Deserialize)]
struct Looking {
    ticket: Option<String>,
    done: Option<String>,
}

/// Any form of the page: `act` says which.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct RoomForm {
    act: String,
    once: String,
    ticket: String,
    to_room: String,
    seat: String,
    reason: String,
    gravity: String,
    minutes: String,
    text: String,
    second: String,
    second_password: String,
}

#[derive(Template)]
#[template(path = "room/index.html")]
struct RoomPage<'a> {
    frame: &'a Frame,
    view: &'a RoomView,
    board: RoomBoard<'a>,
    chosen: Option<&'a RoomLine>,
    form: &'a RoomForm,
    notice: Notice,
    once: String,
    roll: String,
}

#[derive(Template)]
#[template(path = "room/_board.html")]
struct RoomBoard<'a> {
    frame: &'a Frame,
    view: &'a RoomView,
    chosen: Option<&'a str>,
}

// A rendered template is escaped already.
impl askama::filters::HtmlSafe for RoomBoard<'_> {}

impl RoomBoard<'_> {
    fn count(&self, what: &str) -> usize {
        let of = |line: &&RoomLine| match what {
            "present" => present(line.stage),
            "working" => line.stage == Stage::InRoom && !line.silent,
            "silent" => line.silent,
            "ended" => line.stage > Stage::InRoom && line.stage != Stage::Absent,
            _ => !present(line.stage),
        };
        self.view.lines.iter().filter(of).count()
    }

    /// Whose examination was stopped has had more than a warning.
    fn warned(&self, line: &RoomLine) -> bool {
        line.warnings > 0 && line.stage != Stage::Removed
    }

    /// Whether the examination is halted for everybody who is left.
    fn halted(&self) -> bool {
        let mut open = self.view.lines.iter().filter(|line| line.open).peekable();
        open.peek().is_some() && open.all(|line| line.halted)
    }

    fn minutes_left(&self) -> i64 {
        ((self.view.deadline - self.view.now) / 60_000).clamp(0, i64::MAX)
    }

    fn running(&self) -> bool {
        self.view.released_at.is_some() && self.view.now < self.view.deadline
    }
}

impl RoomPage<'_> {
    fn noted(&self, step: &str) -> bool {
        self.view.record.iter().any(|line| line.what.is_step(step))
    }

    fn over(&self) -> bool {
        self.view.released_at.is_some() && !self.view.lines.iter().any(|l| l.stage <= Stage::InRoom)
            || self.view.now >= self.view.deadline
    }

    /// The act of the button beside somebody.
    fn halting(&self, line: &RoomLine) -> &'static str {
        if line.halted { "resume" } else { "halt" }
    }

    /// Whether a halt of this person, or of the room, was refused.
    fn halts(&self, ticket: &str) -> bool {
        let refused = self.wrong("halt").is_some() || self.wrong("resume").is_some();
        refused && self.form.ticket == ticket
    }

    /// Whether there is somebody in the room for whom the examination runs, or is halted.
    fn any(&self, halted: bool) -> bool {
        self.view.lines.iter().any(|line| line.open && line.halted == halted)
    }

    /// A message of a form's error, at the form that was sent.
    fn wrong(&self, act: &str) -> Option<&str> {
        self.notice.bad().filter(|_| self.form.act == act)
    }
}

fn present(stage: Stage) -> bool {
    !matches!(stage, Stage::Expected | Stage::Absent)
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    path: Path<(String, String)>,
    looking: Query<Looking>,
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let view = view(&app, &person, path.into_inner()).await?;
    let known = [
        "release",
        "roll_call",
        "pledge",
        "record",
        "move",
        "misconduct",
        "halt",
        "resume",
        "time",
        "away",
        "back",
    ];
    let notice = Notice::done(&frame, "page-room-done-", &known, looking.done.as_deref());
    render(&frame, &view, &RoomForm::default(), notice, looking.ticket.as_deref())
}

async fn record(
    app: Data<App>,
    visitor: Visitor,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let made = block(move || cases::record_pdf(&app, &visitor.person, &path.0, &path.1)).await?;
    Ok(document(made.bytes))
}

async fn act(
    app: Data<App>,
    throttle: Data<Throttle>,
    visitor: Visitor,
    path: Path<(String, String)>,
    form: Form<RoomForm>,
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let ((session, room), form) = (path.into_inner(), form.0);
    let (application, doer, place, order) =
        (app.get_ref().clone(), person.clone(), (session.clone(), room.clone()), form.clone());
    match block(move || carry_out(&application, &throttle, &doer, &place, order)).await {
        Ok(()) => Ok(forms::done(&address(&session, &room), &escape(&form.act))),
        Err(problem) => {
            let notice = Notice::refused(&frame, problem)?;
            let view = view(&app, &person, (session, room)).await?;
            let ticket = Some(form.ticket.as_str()).filter(|t| !t.is_empty());
            render(&frame, &view, &form, notice, ticket)
        }
    }
}

fn carry_out(
    app: &App,
    throttle: &Throttle,
    person: &Person,
    (session, room): &(String, String),
    form: RoomForm,
) -> Result<(), Problem> {
    let content = [
        &form.act,
        &form.ticket,
        &form.to_room,
        &form.seat,
        &form.reason,
        &form.gravity,
        &form.minutes,
        &form.text,
    ];
    let content: String = content.map(String::as_str).join("\n");
    let once = Some(forms::once(app, person, &form.once, &address(session, room), &content)?);
    match form.act.as_str() {
        "release" => cases::release(app, person, session, room, once).map(|_| ())?,
        "roll_call" | "pledge" | "record" => {
            cases::note(app, person, (session, room), &form.act, &form.text, once).map(|_| ())?;
        }
        "move" => {
            let order = MoveOrder {
                room: form.to_room.trim().to_owned(),
                seat: form.seat.trim().parse().unwrap_or(0),
                reason: form.reason,
            };
            cases::move_seat(app, person, &form.ticket, &order, once).map(|_| ())?;
        }
        "misconduct" => {
            let order = MisconductOrder {
                gravity: form.gravity,
                text: form.text,
                second: form.second,
                second_password: form.second_password,
            };
            cases::misconduct(app, throttle, person, &form.ticket, &order, once).map(|_| ())?;
        }
        "halt" | "resume" => {
            let order = HaltOrder { ticket: Some(form.ticket), reason: form.reason };
            let work = if form.act == "halt" { cases::halt } else { cases::resume };
            work(app, person, (session, &[room]), &order, once).map(|_| ())?;
        }
        "away" | "back" => {
            let back = form.act == "back";
            cases::away(app, person, (session, room), &form.ticket, back, once).map(|_| ())?;
        }
        "time" => {
            let order = TimeOrder {
                ticket: Some(form.ticket),
                minutes: form.minutes.trim().parse().unwrap_or(0),
                reason: form.reason,
                second: form.second,
                second_password: form.second_password,
            };
            cases::give_time(app, throttle, person, (session, &[room]), &order, once).map(|_| ())?;
        }
        _ => return Err(Problem::new("field-invalid", Some("act".to_owned()))),
    }
    Ok(())
}

async fn view(app: &App, person: &Person, (session, room): (String, String)) -> Result<RoomView, Problem> {
    let (app, person) = (app.clone(), person.clone());
    block(move || cases::room(&app, &person, &session, &room)).await
}

fn render(
    frame: &Frame,
    view: &RoomView,
    form: &RoomForm,
    notice: Notice,
    ticket: Option<&str>,
) -> Result<HttpResponse, Problem> {
    let status = notice.status();
    let board = || RoomBoard { frame, view, chosen: ticket };
    if frame.wants_part() {
        return frame.answer(status, &board());
    }
    let came = view.lines.iter().filter(|l| present(l.stage)).count();
    let page = RoomPage {
        frame,
        view,
        board: board(),
        chosen: view.lines.iter().find(|l| Some(l.ticket.as_str()) == ticket),
        form,
        notice,
        once: forms::key(frame)?,
        roll: frame.t2("page-room-roll-text", "came", came, "missing", view.lines.len() - came),
    };
    frame.answer(status, &page)
}

/// Address of a room.
pub(super) fn address(session: &str, room: &str) -> String {
    format!("/sessions/{}/room/{}", escape(session), escape(room))
}
