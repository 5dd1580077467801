//! Draws as ceremonies: for everybody to see, on a screen for all in the room, and with what a party or the centre does
//! in them. Also the page that does draws again, which needs no server.

use super::forms::{self, Done, Fields, Form, Notice};
use super::page::{Frame, Guest, Visitor, escape};
use crate::app::App;
use crate::app::ceremony::{
    self as cases, CeremonyView, CommitOrder, FreezeOrder, NumberOrder, RevealOrder, VoidOrder,
};
use crate::app::draws::{self, DrawsError};
use crate::app::duties::{PublicChange, public_changes};
use crate::app::overview::Titled;
use crate::http::access::Role;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use shared::time::Instant;
use std::borrow::Cow;

/// What a party may do.
const PARTY_STEPS: [&str; 2] = ["commit", "reveal"];
/// What the centre may do besides.
const CENTRE_STEPS: [&str; 4] = ["announce", "freeze", "number", "void"];
/// All of them: each has a sentence that says it was done.
const STEPS: [&str; 6] = ["commit", "reveal", "announce", "freeze", "number", "void"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/public/draws", web::get().to(list))
        .route("/public/draws/{ceremony}", web::get().to(public))
        .route("/public/draws/{ceremony}/{draw}.json", web::get().to(transcript))
        .route("/ceremonies/{ceremony}", web::get().to(show))
        .route("/ceremonies/{ceremony}/party/{step}", web::post().to(party))
        .route("/ceremonies/{ceremony}/centre/{step}", web::post().to(centre))
        .route("/verify-draw", web::get().to(verify_page))
        .route("/draw-verify.js", web::get().to(verify_script))
        .route("/draw-verify.css", web::get().to(verify_style));
}

#[derive(Template)]
#[template(path = "draws/public.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    all: Vec<CeremonyView>,
    subject: String,
    page: i64,
}

#[derive(Template)]
#[template(path = "draws/ceremony.html")]
struct CeremonyPage<'a> {
    frame: &'a Frame,
    view: &'a CeremonyView,
    board: CeremonyBoard<'a>,
    /// Sessions that can be drawn together with this one.
    companions: Vec<Titled>,
    /// What may be done here, and the key of the forms; nothing on the page for everybody.
    acts: Option<Acts>,
    notice: Notice,
    fields: Fields,
}

/// What changes while people look on: who has committed and revealed, and what was drawn.
#[derive(Template)]
#[template(path = "draws/_ceremony.html")]
struct CeremonyBoard<'a> {
    frame: &'a Frame,
    view: &'a CeremonyView,
    told: Vec<Told>,
    changes: Vec<PublicChange>,
    /// Whether what one does in it is on the same page.
    acting: bool,
}

// A rendered template is escaped already.
impl askama::filters::HtmlSafe for CeremonyBoard<'_> {}

/// Forms of a page.
struct Acts {
    once: String,
    centre: bool,
}

/// A draw of the ceremony.
struct Told {
    draw: String,
    purpose: String,
    /// Seed and lines of what was drawn, once they may be read.
    open: Option<(String, Vec<(String, String)>)>,
    /// From when they may be read.
    from: String,
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    subject: String,
    page: Option<i64>,
}

impl ListPage<'_> {
    fn minute(&self, millis: &i64) -> String {
        minute(millis)
    }

    fn stage(&self, view: &CeremonyView) -> String {
        stage(self.frame, view)
    }

    fn state(&self, view: &CeremonyView) -> (&'static str, &'static str, String) {
        state(self.frame, view)
    }
}

impl CeremonyPage<'_> {
    fn stage(&self) -> String {
        stage(self.frame, self.view)
    }

    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    fn is(&self, state: &str) -> bool {
        self.view.state == state
    }

    fn joins(&self) -> bool {
        joins(self.view)
    }

    /// Time, trade and place of a session.
    fn words(&self, session: &Titled) -> String {
        let (trade, point) = (self.frame.named(&session.trade), self.frame.named(&session.point));
        format!("{} {trade} · {point}", self.frame.time(&session.row.starts_at))
    }

    /// Whether a session was ticked in the form that came back.
    fn ticked(&self, session: &Titled) -> bool {
        self.fields.contains_key(&format!("with-{}", session.row.id))
    }
}

impl CeremonyBoard<'_> {
    fn minute(&self, millis: &i64) -> String {
        minute(millis)
    }

    /// What became of a post; nobody is named.
    fn changed(&self, change: &PublicChange) -> String {
        self.frame.t(match (change.why.as_str(), change.taken) {
            ("swapped", _) => "page-ceremony-changed-swapped",
            ("drawn", _) => "page-ceremony-changed-drawn",
            (_, true) => "page-ceremony-changed-reserve",
            (_, false) => "page-ceremony-changed-open",
        })
    }

    fn stage(&self) -> String {
        stage(self.frame, self.view)
    }

    fn state(&self) -> (&'static str, &'static str, String) {
        state(self.frame, self.view)
    }

    fn purpose(&self, purpose: &str) -> String {
        self.frame.t(&format!("page-draws-kind-{}", purpose.replace('_', "-")))
    }

    fn is(&self, state: &str) -> bool {
        self.view.state == state
    }

    /// Name of a party as the transcript has it; the centre's with its own word before it.
    fn party<'p>(&self, name: &'p str) -> Cow<'p, str> {
        if name == draws::CENTRE {
            Cow::Owned(self.frame.t("page-ceremony-centre"))
        } else {
            Cow::Borrowed(name)
        }
    }

    fn joins(&self) -> bool {
        joins(self.view)
    }
}

/// Whether a draw of several parts may be joined by others: those of a bank may not.
fn joins(view: &CeremonyView) -> bool {
    view.stage != "question_sets"
}

fn minute(millis: &i64) -> String {
    Instant::from_millis(*millis).minute_in_china()
}

fn stage(frame: &Frame, view: &CeremonyView) -> String {
    frame.t(&format!("page-ceremony-stage-{}", view.stage.replace('_', "-")))
}

/// Tone, icon and word of the state.
fn state(frame: &Frame, view: &CeremonyView) -> (&'static str, &'static str, String) {
    let (tone, icon) = match view.state.as_str() {
        "drawn" => ("good", "check"),
        "void" => ("bad", "ban"),
        "frozen" => ("warn", "clock"),
        _ => ("info", "pencil"),
    };
    (tone, icon, frame.t(&format!("page-ceremony-state-{}", view.state)))
}

async fn list(guest: Guest, app: Data<App>, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    let page = query.page.unwrap_or(1).clamp(1, 100_000);
    let (worker, subject) = (app.get_ref().clone(), query.subject.clone());
    let all = block(move || cases::list(&worker, Some(&subject), (page - 1) * cases::PAGE)).await?;
    let view = ListPage { frame: &guest.0, all, subject: query.subject.clone(), page };
    guest.0.answer(StatusCode::OK, &view)
}

async fn public(guest: Guest, app: Data<App>, ceremony: Path<String>) -> Result<HttpResponse, Problem> {
    answer(&app, &guest.0, &ceremony, None, Notice::default(), Fields::default()).await
}

async fn show(
    visitor: Visitor,
    app: Data<App>,
    ceremony: Path<String>,
    query: Query<Done>,
) -> Result<HttpResponse, Problem> {
    let frame = &visitor.frame;
    let notice = Notice::done(frame, "page-ceremony-done-", &STEPS, query.done.as_deref());
    answer(&app, frame, &ceremony, Some(acts(&visitor)?), notice, Fields::default()).await
}

fn acts(visitor: &Visitor) -> Result<Acts, Problem> {
    let centre = visitor.person.role == Role::CentreStaff;
    Ok(Acts { once: forms::key(&visitor.frame)?, centre })
}

async fn answer(
    app: &Data<App>,
    frame: &Frame,
    ceremony: &str,
    acts: Option<Acts>,
    notice: Notice,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let (worker, id) = (app.get_ref().clone(), ceremony.to_owned());
    let asks = acts.as_ref().is_some_and(|acts| acts.centre);
    let (view, told, changes, companions) = block(move || -> Result<_, Problem> {
        let view = cases::show(&worker, &id)?;
        let told = view.draws.iter().map(|draw| tell(&worker, draw)).collect::<Result<Vec<_>, _>>()?;
        let staff = view.stage == "staff" && view.state == "drawn";
        let changes = if staff { public_changes(&worker, &view.sessions)? } else { Vec::new() };
        let companions = if asks { cases::companions(&worker, &id)? } else { Vec::new() };
        Ok((view, told, changes, companions))
    })
    .await?;
    let board = CeremonyBoard { frame, view: &view, told, changes, acting: acts.is_some() };
    if frame.wants_part() {
        return frame.answer(StatusCode::OK, &board);
    }
    let page = CeremonyPage { frame, view: &view, board, companions, acts, notice, fields };
    frame.answer(page.notice.status(), &page)
}

/// What may be read of a draw now.
fn tell(app: &App, draw: &str) -> Result<Told, Problem> {
    let purpose = |draw: &str| draw.rsplit('-').nth(1).unwrap_or_default().to_owned();
    let (draw, purpose) = (draw.to_owned(), purpose(draw));
    match draws::transcript(app, &draw) {
        Ok(text) => {
            let document: Value = serde_json::from_str(&text).unwrap_or_default();
            let seed = document.get("seed").and_then(Value::as_str).unwrap_or_default().to_owned();
            Ok(Told { draw, purpose, open: Some((seed, lines(&document))), from: String::new() })
        }
        Err(DrawsError::NotYetVisible(from)) => Ok(Told { draw, purpose, open: None, from }),
        Err(error) => Err(error.into()),
    }
}

/// Each line of a result: who or which post, and what was drawn for it.
fn lines(document: &Value) -> Vec<(String, String)> {
    let result = document.get("result").and_then(Value::as_object);
    let items = result.and_then(|r| r.values().next()).and_then(Value::as_array);
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    let line = |item: &Value| {
        let of = |name: &str| item.get(name).map(text);
        let first = of("post").or_else(|| of("ticket")).unwrap_or_default();
        let rest = ["person", "room", "seat", "set", "sheets"].iter().filter_map(|name| of(name));
        (first, rest.collect::<Vec<_>>().join(" · "))
    };
    items.into_iter().flatten().map(line).collect()
}

async fn transcript(app: Data<App>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (ceremony, draw) = path.into_inner();
    let (worker, name) = (app.get_ref().clone(), draw.clone());
    let text = block(move || -> Result<String, Problem> {
        if !cases::show(&worker, &ceremony)?.draws.contains(&draw) {
            return Err(DrawsError::DrawUnknown(draw).into());
        }
        Ok(draws::transcript(&worker, &draw)?)
    })
    .await?;
    let file = format!("attachment; filename=\"{}.json\"", escape(&name));
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("content-disposition", file))
        .body(text))
}

async fn party(
    visitor: Visitor,
    app: Data<App>,
    path: Path<(String, String)>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    step(visitor, app, path.into_inner(), form.0, &PARTY_STEPS).await
}

async fn centre(
    visitor: Visitor,
    app: Data<App>,
    path: Path<(String, String)>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    step(visitor, app, path.into_inner(), form.0, &CENTRE_STEPS).await
}

async fn step(
    visitor: Visitor,
    app: Data<App>,
    (ceremony, step): (String, String),
    fields: Fields,
    known: &[&'static str],
) -> Result<HttpResponse, Problem> {
    let step = known.iter().find(|word| **word == step).ok_or_else(|| Problem::new("not-found", None))?;
    let address = format!("/ceremonies/{}", escape(&ceremony));
    let key = fields.text("once");
    let said = forms::said(&fields);
    let once = Some(forms::once(&app, &visitor.person, &key, &format!("{address}/{step}"), &said)?);
    let (worker, person, id) = (app.get_ref().clone(), visitor.person.clone(), ceremony.clone());
    let (name, text) = (fields.text("party"), fields.text("text"));
    let ticked = fields.keys().filter_map(|name| name.strip_prefix("with-"));
    let together = ticked.map(str::to_owned).collect();
    let (step, word) = (*step, *step);
    let outcome = block(move || match step {
        "commit" => cases::commit(&worker, &person, &id, CommitOrder { party: name, commitment: text }, once),
        "reveal" => cases::reveal(&worker, &person, &id, RevealOrder { party: name, secret: text }, once),
        "announce" => cases::announce(&worker, &person, &id, NumberOrder { text }, once),
        "number" => cases::enter_number(&worker, &person, &id, NumberOrder { text }, once),
        "void" => cases::give_up(&worker, &person, &id, VoidOrder { reason: text }, once),
        _ => cases::freeze(&worker, &person, &id, FreezeOrder { sessions: together }, once),
    })
    .await;
    match outcome {
        Ok(_) => Ok(forms::done(&address, word)),
        Err(problem) => {
            let notice = Notice::refused(&visitor.frame, problem)?;
            answer(&app, &visitor.frame, &ceremony, Some(acts(&visitor)?), notice, fields).await
        }
    }
}

fn file(media: &'static str, content: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(media).insert_header(("cache-control", "no-cache")).body(content)
}

async fn verify_page() -> HttpResponse {
    file("text/html; charset=utf-8", include_str!("../../../docs/draw-verify.html"))
}

async fn verify_script() -> HttpResponse {
    file("text/javascript; charset=utf-8", include_str!("../../../docs/draw-verify.js"))
}

async fn verify_style() -> HttpResponse {
    file("text/css; charset=utf-8", include_str!("../../../docs/draw-verify.css"))
}
