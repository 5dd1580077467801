//! The auditor's pages: what is worth a look today, the list of events, one event.

use super::forms::Notice;
use super::page::{Frame, Visitor, escape};
use crate::app::App;
use crate::app::audit::{
    self as cases, Asked, AuditError, Author, Detail, Field, KINDS, Line, Shown, Thing, Today,
};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::Instant;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/events", web::get().to(list)).route("/events/{event}", web::get().to(one));
}

#[derive(Template)]
#[template(path = "audit/home.html")]
struct TodayPage<'a> {
    frame: &'a Frame,
    today: Today,
}

#[derive(Template)]
#[template(path = "audit/index.html")]
struct EventsPage<'a> {
    frame: &'a Frame,
    asked: &'a Asked,
    page: cases::Page,
    notice: Notice,
}

#[derive(Template)]
#[template(path = "audit/event.html")]
struct EventPage<'a> {
    frame: &'a Frame,
    event: &'a Detail,
    fields: Vec<FieldLine>,
}

/// A field in words.
struct FieldLine {
    label: String,
    text: String,
    tone: &'static str,
    link: Option<String>,
    long: Option<String>,
    items: Vec<String>,
    count: usize,
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    about: String,
    before: Option<i64>,
    after: Option<i64>,
}

impl TodayPage<'_> {
    fn group(&self, word: &str) -> String {
        self.frame.t(&format!("page-events-{word}"))
    }

    fn kind(&self, word: &str) -> String {
        self.frame.t(&format!("page-event-{}", kebab(word)))
    }

    fn author(&self, author: &Author) -> String {
        author_words(self.frame, author)
    }

    fn of(&self, kind: &str) -> String {
        format!("/events?kind={kind}&day={}", self.today.day)
    }

    fn by(&self, author: &Author) -> String {
        format!("/events?kind=personal_data_read&day={}&actor={}", self.today.day, escape(&author.text))
    }
}

impl EventsPage<'_> {
    fn group(&self, word: &str) -> String {
        self.frame.t(&format!("page-events-{word}"))
    }

    fn kind(&self, word: &str) -> String {
        self.frame.t(&format!("page-event-{}", kebab(word)))
    }

    fn groups(&self) -> &'static [(&'static str, &'static [&'static str])] {
        KINDS
    }

    fn at(&self, edge: &str, seq: &i64) -> String {
        let Asked { kind, day, actor, about, .. } = self.asked;
        let (actor, about) = (escape(actor), escape(about));
        format!("/events?kind={}&day={}&actor={actor}&about={about}&{edge}={seq}", escape(kind), escape(day))
    }

    fn is_filtered(&self) -> bool {
        let Asked { kind, day, actor, about, .. } = self.asked;
        [kind, day, actor, about].iter().any(|text| !text.is_empty())
    }

    fn title(&self, line: &Line) -> String {
        title(self.frame, line)
    }

    fn author(&self, author: &Author) -> String {
        author_words(self.frame, author)
    }

    fn when(&self, millis: &i64) -> String {
        Instant::from_millis(*millis).minute_in_china()
    }

    fn link(&self, thing: &Thing) -> String {
        format!("/events?about={}", escape(&thing.id))
    }

    fn label(&self, thing: &Thing) -> String {
        label(self.frame, &thing.what)
    }
}

impl EventPage<'_> {
    fn title(&self) -> String {
        title(self.frame, &self.event.line)
    }

    fn author(&self) -> String {
        author_words(self.frame, &self.event.line.author)
    }

    fn by(&self) -> String {
        format!("/events?actor={}", escape(&self.event.line.author.text))
    }

    fn when(&self) -> String {
        second(self.event.line.at)
    }

    fn about(&self, thing: &Thing) -> String {
        format!("/events?about={}", escape(&thing.id))
    }

    fn about_words(&self, thing: &Thing) -> String {
        self.frame.t2("page-event-about", "what", label(self.frame, &thing.what), "id", &thing.id)
    }
}

/// The auditor's first page.
pub(super) async fn home(app: Data<App>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let today = block(move || cases::today(&app)).await?;
    visitor.frame.answer(StatusCode::OK, &TodayPage { frame: &visitor.frame, today })
}

async fn list(app: Data<App>, visitor: Visitor, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    let ListQuery { kind, day, actor, about, before, after } = query.into_inner();
    let trimmed = |text: String| text.trim().to_owned();
    let asked =
        Asked { kind, day: trimmed(day), actor: trimmed(actor), about: trimmed(about), before, after };
    let (worker, wanted) = (app.get_ref().clone(), asked.clone());
    let found = block(move || match cases::list(&worker, &wanted) {
        Ok(page) => Ok(Ok(page)),
        Err(AuditError::Day(_)) => Ok(Err("page-events-wrong-day")),
        Err(AuditError::About(_)) => Ok(Err("page-events-wrong-about")),
        Err(other) => Err(other),
    })
    .await?;
    let frame = &visitor.frame;
    let (page, notice) = match found {
        Ok(page) => (page, Notice::default()),
        Err(id) => {
            let none = cases::Page { lines: Vec::new(), newer: None, older: None };
            (none, Notice::wrong(frame.t(id), StatusCode::UNPROCESSABLE_ENTITY))
        }
    };
    let status = notice.status();
    frame.answer(status, &EventsPage { frame, asked: &asked, page, notice })
}

async fn one(app: Data<App>, visitor: Visitor, event: Path<i64>) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let detail = block(move || cases::one(&app, *event)).await?;
    let frame = &visitor.frame;
    let fields = detail.fields.iter().map(|field| field_line(frame, field)).collect();
    frame.answer(StatusCode::OK, &EventPage { frame, event: &detail, fields })
}

/// An instant to the second, in China.
fn second(millis: i64) -> String {
    Instant::from_millis(millis).rfc3339().replace('T', " ").chars().take(19).collect()
}

/// A message, or something else where there is none of this id.
fn word_or(frame: &Frame, id: &str, other: &str) -> String {
    let text = frame.t(id);
    if text == id { other.to_owned() } else { text }
}

fn kebab(word: &str) -> String {
    word.replace('_', "-")
}

/// What happened: of an entry of a kiosk's journal, what happened there.
fn title(frame: &Frame, line: &Line) -> String {
    let kind = word_or(frame, &format!("page-event-{}", kebab(&line.kind)), &line.kind);
    match &line.inner {
        Some(inner) => {
            let inner = word_or(frame, &format!("page-journal-{}", kebab(inner)), inner);
            frame.t2("page-event-inner", "kind", kind, "inner", inner)
        }
        None => kind,
    }
}

pub(super) fn author_words(frame: &Frame, author: &Author) -> String {
    match (&author.person, author.kind.as_str()) {
        (Some((name, role)), _) => format!("{name} · {}", frame.role(role)),
        (None, "ticket") => frame.t1("page-event-by-ticket", "ticket", &author.id),
        (None, "kiosk") => frame.t1("page-event-by-kiosk", "kiosk", &author.id),
        (None, "system") => {
            let job = word_or(frame, &format!("page-job-{}", author.id.replace(' ', "-")), &author.id);
            frame.t1("page-event-by-system", "job", job)
        }
        _ => author.text.clone(),
    }
}

fn label(frame: &Frame, key: &str) -> String {
    word_or(frame, &format!("page-field-{}", kebab(key)), key)
}

/// Where the thing itself is looked at.
fn place(frame: &Frame, thing: &Thing) -> Option<String> {
    let id = escape(&thing.id);
    let (path, row) = match thing.what.as_str() {
        "ticket" => (format!("/candidates/{id}"), "/candidates/{ticket}"),
        "session" => (format!("/sessions/{id}"), "/sessions/{session}"),
        "person" => (format!("/people/{id}"), "/people/{person}"),
        "draw" => (format!("/draws/{id}"), "/draws/{draw}"),
        "certificate" | "subject" => (format!("/search?q={id}"), "/search"),
        _ => return None,
    };
    frame.reads(row).then_some(path)
}

fn field_line(frame: &Frame, field: &Field) -> FieldLine {
    let mut line = FieldLine {
        label: label(frame, &field.key),
        text: String::new(),
        tone: "",
        link: None,
        long: None,
        items: Vec::new(),
        count: 0,
    };
    match &field.value {
        Shown::Long(text) => line.long = Some(text.clone()),
        Shown::Items(items, count) => {
            line.items = items.iter().map(|item| joined(frame, item)).collect();
            line.count = *count;
        }
        Shown::Thing(thing, _) => {
            line.link = place(frame, thing);
            line.text = words(frame, field);
        }
        Shown::Masked(_) => (line.text, line.tone) = (words(frame, field), "masked"),
        Shown::Nothing | Shown::Sealed | Shown::Hidden => {
            (line.text, line.tone) = (words(frame, field), "hint");
        }
        _ => line.text = words(frame, field),
    }
    line
}

/// Fields of one item of a list, in one line.
fn joined(frame: &Frame, item: &[Field]) -> String {
    let said = item.iter().filter(|field| field.value != Shown::Nothing);
    let said = said.map(|field| format!("{} {}", label(frame, &field.key), words(frame, field)));
    said.collect::<Vec<_>>().join(" · ")
}

fn words(frame: &Frame, field: &Field) -> String {
    match &field.value {
        Shown::Nothing => frame.t("page-none"),
        Shown::Sealed => frame.t("page-event-sealed"),
        Shown::Hidden => frame.t("page-event-hidden"),
        Shown::Yes(true) => frame.t("page-event-yes"),
        Shown::Yes(false) => frame.t("page-event-no"),
        Shown::Time(millis) => second(*millis),
        Shown::Text(text) => value(frame, &field.key, text),
        Shown::Masked(text) | Shown::Long(text) => text.clone(),
        Shown::Thing(thing, None) => thing.id.clone(),
        Shown::Thing(thing, Some((zh, en))) => format!("{} · {}", frame.pick(zh, en), thing.id),
        Shown::Items(items, _) => items.iter().map(|item| joined(frame, item)).collect::<Vec<_>>().join("; "),
    }
}

/// A word of the program in words of people.
fn value(frame: &Frame, key: &str, text: &str) -> String {
    let id = match key {
        "exam_kind" => format!("page-kind-{text}"),
        "role" => format!("page-role-{}", kebab(text)),
        "post_kind" => format!("page-duty-{}", kebab(text)),
        "kind" => format!("page-journal-{}", kebab(text)),
        _ => format!("page-value-{}-{}", kebab(key), kebab(text)),
    };
    word_or(frame, &id, text)
}
