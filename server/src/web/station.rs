//! The examiner's station: who comes next, the sheet in hand, and for the lead examiner the differences to settle.

use super::forms::{self, Fields, Form, Notice};
use super::page::{Frame, Visitor, escape};
use crate::app::App;
use crate::app::auth::{self, Person, Throttle};
use crate::app::practical::{
    self as cases, Examined, ExaminedItem, ExaminedPart, ExaminerMarks, OpenSheet, PracticalError,
    ScoreOrder, SettleOrder, Station,
};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/sessions/{session}/station", web::get().to(show))
        .route("/practical/{ticket}", web::get().to(sheet))
        .route("/practical/{ticket}", web::post().to(act));
}

/// Which part is looked at, and what was just done.
#[derive(Default, Deserialize)]
struct Looking {
    part: Option<String>,
    done: Option<String>,
}

/// What was filled in: `act`, `once`, `part`, `password`, `confirmed`, `points-<item>`, `veto-<item>`, and for the lead
/// `points`, `veto`, `reason`.
type Filled = Fields;

#[derive(Template)]
#[template(path = "station/index.html")]
struct StationPage<'a> {
    frame: &'a Frame,
    board: StationBoard<'a>,
    station: &'a Station,
}

#[derive(Template)]
#[template(path = "station/_board.html")]
struct StationBoard<'a> {
    frame: &'a Frame,
    lines: Vec<StationLine<'a>>,
}

/// A candidate at the station.
struct StationLine<'a> {
    item: &'a ExaminedItem,
    /// `mine` (to be marked by me), `lead` (a difference to settle), `wait` or `done`.
    todo: &'static str,
}

#[derive(Template)]
#[template(path = "station/sheet.html")]
struct SheetPage<'a> {
    frame: &'a Frame,
    examined: &'a Examined,
    sheet: &'a OpenSheet,
    filled: &'a Filled,
    notice: Notice,
    once: String,
    account: &'a str,
}

// A rendered template is escaped already.
impl askama::filters::HtmlSafe for StationBoard<'_> {}

impl StationBoard<'_> {
    fn state(&self, part: &ExaminedPart) -> String {
        self.frame.t(&format!("page-station-state-{}", part.state.replace('_', "-")))
    }

    fn tone(&self, part: &ExaminedPart) -> &'static str {
        tone(&part.state)
    }

    fn todo(&self, todo: &str) -> String {
        self.frame.t(&format!("page-station-todo-{todo}"))
    }
}

impl SheetPage<'_> {
    /// The part that is to be done next, if this one is done.
    fn next(&self) -> Option<&OpenSheet> {
        if self.may_mark() || self.may_settle() {
            return None;
        }
        self.examined.sheets.iter().find(|s| is_to_do(self.examined, s))
    }

    fn mine(&self, part: &str) -> bool {
        self.examined.mine.iter().any(|p| p == part)
    }

    fn may_mark(&self) -> bool {
        let open = matches!(self.sheet.state.as_str(), "open" | "waiting_for_second");
        self.examined.marks && open && !self.mine(&self.sheet.part)
    }

    fn may_settle(&self) -> bool {
        self.examined.leads && self.sheet.state == "needs_lead"
    }

    fn state(&self, sheet: &OpenSheet) -> String {
        let state = if self.mine(&sheet.part) && sheet.state == "waiting_for_second" {
            "mine"
        } else {
            sheet.state.as_str()
        };
        self.frame.t(&format!("page-station-state-{}", state.replace('_', "-")))
    }

    fn tone(&self, sheet: &OpenSheet) -> &'static str {
        tone(&sheet.state)
    }

    fn value(&self, field: &str) -> &str {
        self.filled.get(field).map_or("", String::as_str)
    }

    fn points(&self, code: &str, full: &u32) -> String {
        self.filled.get(&format!("points-{code}")).cloned().unwrap_or_else(|| full.to_string())
    }

    fn vetoed(&self, code: &str) -> bool {
        self.filled.contains_key(&format!("veto-{code}"))
    }

    fn given(&self, marks: &ExaminerMarks, code: &str) -> u32 {
        marks.points.get(code).copied().unwrap_or(0)
    }

    fn full(&self) -> u32 {
        self.sheet.items.iter().map(|i| i.points).sum()
    }
}

fn tone(state: &str) -> &'static str {
    match state {
        "agreed" | "settled" => "good",
        "needs_lead" => "bad",
        "waiting_for_second" => "warn",
        _ => "info",
    }
}

/// Whether a part waits for the examiner who looks at it.
fn is_to_do(examined: &Examined, sheet: &OpenSheet) -> bool {
    let open = matches!(sheet.state.as_str(), "open" | "waiting_for_second");
    (examined.leads && sheet.state == "needs_lead")
        || (examined.marks && open && !examined.mine.contains(&sheet.part))
}

async fn show(app: Data<App>, visitor: Visitor, session: Path<String>) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let app = app.get_ref().clone();
    let station = block(move || cases::station(&app, &person, &session)).await?;
    let board = || StationBoard { frame: &frame, lines: lines(&station) };
    frame.answer_either(&StationPage { frame: &frame, board: board(), station: &station }, &board())
}

/// What is to be done first comes first; within that the order of the tickets.
fn lines(station: &Station) -> Vec<StationLine<'_>> {
    let todo = |item: &ExaminedItem| {
        let disputed = item.sheets.iter().any(|s| s.state == "needs_lead");
        let open = |s: &ExaminedPart| matches!(s.state.as_str(), "open" | "waiting_for_second");
        let to_mark = item.sheets.iter().any(|s| open(s) && !item.scored_by_me.contains(&s.part));
        match (item.ended, station.leads && disputed, station.marks && to_mark) {
            (true, ..) => "done",
            (_, true, _) => "lead",
            (_, _, true) => "mine",
            _ => "wait",
        }
    };
    let mut lines: Vec<StationLine<'_>> =
        station.items.iter().map(|item| StationLine { item, todo: todo(item) }).collect();
    let order = ["lead", "mine", "wait", "done"];
    lines.sort_by_key(|line| order.iter().position(|o| *o == line.todo));
    lines
}

async fn sheet(
    app: Data<App>,
    visitor: Visitor,
    ticket: Path<String>,
    looking: Query<Looking>,
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let examined = examined(&app, &person, &ticket).await?;
    let known = ["scored", "agreed", "needs_lead", "settled"];
    let notice = Notice::done(&frame, "page-station-done-", &known, looking.done.as_deref());
    render(&frame, &person, &examined, looking.part.as_deref(), (&Filled::default(), notice))
}

async fn act(
    app: Data<App>,
    throttle: Data<Throttle>,
    visitor: Visitor,
    ticket: Path<String>,
    form: Form<Filled>,
) -> Result<HttpResponse, Problem> {
    let Visitor { person, frame } = visitor;
    let filled = form.0;
    let (application, doer, number, order) =
        (app.get_ref().clone(), person.clone(), ticket.clone(), filled.clone());
    let part = filled.get("part").cloned().unwrap_or_default();
    match block(move || carry_out(&application, &throttle, &doer, &number, &order)).await {
        Ok(done) => Ok(forms::done(&format!("/practical/{}?part={}", escape(&ticket), escape(&part)), done)),
        Err(problem) => {
            let unconfirmed = problem.code == "veto-unconfirmed";
            let notice = if unconfirmed {
                Notice::wrong(frame.t("page-station-veto-unconfirmed"), problem.status_code())
            } else {
                Notice::refused(&frame, problem)?
            };
            let examined = examined(&app, &person, &ticket).await?;
            render(&frame, &person, &examined, Some(&part), (&filled, notice))
        }
    }
}

fn carry_out(
    app: &App,
    throttle: &Throttle,
    person: &Person,
    ticket: &str,
    filled: &Filled,
) -> Result<&'static str, Problem> {
    let field = |name: &str| filled.get(name).cloned().unwrap_or_default();
    let number = |name: &str, text: &str| {
        let wrong = || Problem::new("field-invalid", Some(format!("{name}: a whole number")));
        text.trim().parse::<u32>().map_err(|_| wrong())
    };
    auth::credentials(app, throttle, &person.login, &field("password")).map_err(PracticalError::from)?;
    let address = format!("/practical/{ticket}");
    let once = Some(forms::once(app, person, &field("once"), &address, &forms::said(filled))?);
    if field("act") == "settle" {
        let order = SettleOrder {
            part: field("part"),
            points: number("points", &field("points"))?,
            veto: field("veto") == "yes",
            reason: field("reason"),
        };
        cases::settle(app, person, ticket, &order, once)?;
        return Ok("settled");
    }
    let mut order = ScoreOrder { part: field("part"), points: BTreeMap::new(), vetoes: Default::default() };
    for (name, value) in filled.iter() {
        if let Some(code) = name.strip_prefix("points-") {
            order.points.insert(code.to_owned(), number(code, value)?);
        } else if let Some(code) = name.strip_prefix("veto-") {
            order.vetoes.insert(code.to_owned());
        }
    }
    if !order.vetoes.is_empty() && field("confirmed") != "yes" {
        return Err(Problem { code: "veto-unconfirmed".to_owned(), ..Problem::new("marks-invalid", None) });
    }
    let answer = cases::score(app, person, ticket, order, once)?;
    Ok(match answer.state.as_str() {
        "needs_lead" => "needs_lead",
        "agreed" => "agreed",
        _ => "scored",
    })
}

async fn examined(app: &App, person: &Person, ticket: &str) -> Result<Examined, Problem> {
    let (app, person, ticket) = (app.clone(), person.clone(), ticket.to_owned());
    block(move || cases::examined(&app, &person, &ticket)).await
}

fn render(
    frame: &Frame,
    person: &Person,
    examined: &Examined,
    part: Option<&str>,
    (filled, notice): (&Filled, Notice),
) -> Result<HttpResponse, Problem> {
    let wanted = examined.sheets.iter().find(|s| Some(s.part.as_str()) == part);
    let next = || examined.sheets.iter().find(|s| is_to_do(examined, s)).or_else(|| examined.sheets.first());
    let sheet = wanted.or_else(next).ok_or_else(|| Problem::new("not-found", None))?;
    let status = notice.status();
    let page = SheetPage {
        frame,
        examined,
        sheet,
        filled,
        notice,
        once: forms::key(frame)?,
        account: &person.account,
    };
    frame.answer(status, &page)
}

/// Address of an examiner's station in a session.
pub(super) fn address(session: &str) -> String {
    format!("/sessions/{}/station", escape(session))
}
