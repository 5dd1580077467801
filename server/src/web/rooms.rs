//! All rooms of a session on one screen: who works, who has gone silent, and what is done about the time of some of them.

use super::forms::{self, Fields, Form, Notice};
use super::page::{Frame, Visitor, escape};
use super::room;
use crate::app::App;
use crate::app::auth::{Person, Throttle};
use crate::app::overview::Stage;
use crate::app::theory::{self as cases, HaltOrder, RoomLine, RoomSummary, RoomsView, TimeOrder};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/sessions/{session}/rooms", web::get().to(show))
        .route("/sessions/{session}/rooms", web::post().to(act));
}

/// Before the code of a room that is chosen, in the names of the form's fields.
const CHOSEN: &str = "room-";

#[derive(Template)]
#[template(path = "room/all.html")]
struct RoomsPage<'a> {
    frame: &'a Frame,
    view: &'a RoomsView,
    board: RoomsBoard<'a>,
    form: &'a Fields,
    notice: Notice,
    once: String,
}

#[derive(Template)]
#[template(path = "room/_all.html")]
struct RoomsBoard<'a> {
    frame: &'a Frame,
    view: &'a RoomsView,
}

// A rendered template is escaped already.
impl askama::filters::HtmlSafe for RoomsBoard<'_> {}

impl RoomsBoard<'_> {
    fn address(&self, room: &RoomSummary) -> String {
        room::address(&self.view.session.row.id, &room.room)
    }

    fn minutes_left(&self, room: &RoomSummary) -> i64 {
        ((room.deadline - self.view.now) / 60_000).max(0)
    }

    fn halted(&self, room: &RoomSummary) -> bool {
        let mut open = room.lines.iter().filter(|line| line.open).peekable();
        open.peek().is_some() && open.all(|line| line.halted)
    }

    fn over(&self, room: &RoomSummary) -> bool {
        !room.lines.iter().any(|line| line.open)
    }

    fn silent(&self, room: &RoomSummary) -> usize {
        room.lines.iter().filter(|line| line.silent).count()
    }

    fn count(&self, room: &RoomSummary, of: Stage) -> usize {
        room.lines.iter().filter(|line| line.stage == of).count()
    }

    fn ended(&self, room: &RoomSummary) -> usize {
        let ended = |line: &&RoomLine| line.stage > Stage::InRoom && line.stage != Stage::Absent;
        room.lines.iter().filter(ended).count()
    }

    /// How a seat is drawn, and said: the word of its state.
    fn state(&self, line: &RoomLine) -> &'static str {
        match line.stage {
            _ if line.halted && line.open => "halted",
            _ if line.silent => "silent",
            Stage::InRoom => "working",
            Stage::Removed => "removed",
            Stage::Expected | Stage::Absent => "missing",
            stage if stage > Stage::InRoom => "ended",
            _ => "present",
        }
    }

    fn said(&self, line: &RoomLine) -> String {
        let state = self.frame.t(&format!("page-rooms-is-{}", self.state(line)));
        let answered = self.frame.t1("page-room-answered", "count", line.answered);
        format!("{} {} {state} {answered}", line.seat, line.name)
    }
}

impl RoomsPage<'_> {
    fn said(&self, field: &str) -> &str {
        self.form.get(field).map(String::as_str).unwrap_or_default()
    }

    fn chosen(&self, room: &RoomSummary) -> bool {
        self.form.contains_key(&format!("{CHOSEN}{}", room.room))
    }
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    session: Path<String>,
    done: Query<forms::Done>,
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let view = view(&app, &person, session.into_inner()).await?;
    let known = ["halt", "resume", "time"];
    let notice = Notice::done(&frame, "page-room-done-", &known, done.done.as_deref());
    render(&frame, &view, &Fields::default(), notice)
}

async fn act(
    app: Data<App>,
    throttle: Data<Throttle>,
    visitor: Visitor,
    session: Path<String>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let (session, form) = (session.into_inner(), form.0);
    let (application, doer, of, order) =
        (app.get_ref().clone(), person.clone(), session.clone(), form.clone());
    match block(move || carry_out(&application, &throttle, &doer, &of, &order)).await {
        Ok(done) => Ok(forms::done(&address(&session), done)),
        Err(problem) => {
            let notice = Notice::refused(&frame, problem)?;
            let view = view(&app, &person, session).await?;
            render(&frame, &view, &form, notice)
        }
    }
}

fn carry_out(
    app: &App,
    throttle: &Throttle,
    person: &Person,
    session: &str,
    form: &Fields,
) -> Result<&'static str, Problem> {
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let rooms: Vec<&str> = form.keys().filter_map(|name| name.strip_prefix(CHOSEN)).collect();
    if rooms.is_empty() {
        return Err(Problem::new("field-invalid", Some("room".to_owned())));
    }
    let content = [&*rooms.join(" "), &field("act"), &field("minutes"), &field("reason")].join("\n");
    let once = Some(forms::once(app, person, &field("once"), &address(session), &content)?);
    let halt = || HaltOrder { ticket: None, reason: field("reason") };
    match field("act").as_str() {
        "halt" => cases::halt(app, person, (session, &rooms), &halt(), once).map(|_| "halt"),
        "resume" => cases::resume(app, person, (session, &rooms), &halt(), once).map(|_| "resume"),
        "time" => {
            let order = TimeOrder {
                ticket: None,
                minutes: field("minutes").trim().parse().unwrap_or(0),
                reason: field("reason"),
                second: field("second"),
                second_password: field("second_password"),
            };
            cases::give_time(app, throttle, person, (session, &rooms), &order, once).map(|_| "time")
        }
        _ => return Err(Problem::new("field-invalid", Some("act".to_owned()))),
    }
    .map_err(Into::into)
}

async fn view(app: &App, person: &Person, session: String) -> Result<RoomsView, Problem> {
    let (app, person) = (app.clone(), person.clone());
    block(move || cases::rooms(&app, &person, &session)).await
}

fn render(frame: &Frame, view: &RoomsView, form: &Fields, notice: Notice) -> Result<HttpResponse, Problem> {
    let status = notice.status();
    let board = || RoomsBoard { frame, view };
    if frame.wants_part() {
        return frame.answer(status, &board());
    }
    let once = forms::key(frame)?;
    frame.answer(status, &RoomsPage { frame, view, board: board(), form, notice, once })
}

/// Address of the rooms of a session.
pub(super) fn address(session: &str) -> String {
    format!("/sessions/{}/rooms", escape(session))
}
