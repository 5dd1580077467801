//! Draws: the list of all, and one in plain words with its seed, its checks and how a stranger does it again.

use crate::app::App;
use crate::app::draw_desk::{self, About, DrawFile, DrawLine, Drawn, May, PersonLine, WhichDraws};
use crate::http::extract::block;
use crate::http::problem::Problem;
use crate::web::forms::Notice;
use crate::web::page::{Frame, Visitor, escape};
use crate::web::parts::pages_of;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;
use shared::time::{Date, Instant};
use shared::wire::transcript::Check;

/// Draws on one page.
const PAGE: i64 = 25;

/// Years from now on stand for "until something else happens".
const OPEN_END_MILLIS: i64 = 100 * 366 * 24 * 60 * 60 * 1000;

/// Kinds of draws.
const KINDS: [&str; 5] = ["staff", "seating", "sets", "sheets", "question_sets"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/draws", web::get().to(list)).route("/draws/{draw}", web::get().to(show));
}

#[derive(Default, Deserialize)]
struct ListQuery {
    kind: Option<String>,
    day: Option<String>,
    subject: Option<String>,
    page: Option<i64>,
}

#[derive(Deserialize)]
struct DrawQuery {
    check: Option<String>,
}

/// Tone, icon and sentences of whether somebody may take a duty.
type MayWords = (&'static str, &'static str, Vec<String>);

#[derive(Template)]
#[template(path = "draws/index.html")]
struct DrawsPage<'a> {
    frame: &'a Frame,
    query: ListQuery,
    kinds: [&'static str; 5],
    notice: Notice,
    lines: Vec<DrawLine>,
    total: i64,
    page: i64,
    pages: i64,
}

#[derive(Template)]
#[template(path = "draws/draw.html")]
struct DrawPage<'a> {
    frame: &'a Frame,
    file: DrawFile,
}

fn kind(frame: &Frame, purpose: &str) -> String {
    frame.t(&format!("page-draws-kind-{}", purpose.replace('_', "-")))
}

fn minute(millis: i64) -> String {
    Instant::from_millis(millis).minute_in_china()
}

/// Why a draw is sealed, in words.
fn sealed(frame: &Frame, line: &DrawLine) -> String {
    if line.view.visible_from.saturating_sub(line.view.made_at) > OPEN_END_MILLIS {
        return frame.t("page-draws-sealed-sets");
    }
    frame.t1("page-draws-sealed-until", "time", minute(line.view.visible_from))
}

/// What a draw is for: words, and the address where it is seen.
fn about(frame: &Frame, line: &DrawLine) -> (String, String) {
    match &line.about {
        About::Session(session) => {
            let start = Instant::from_millis(session.row.starts_at).minute_in_china();
            let words =
                format!("{} · {start} · {}", frame.named(&session.trade), frame.named(&session.point));
            (words, format!("/sessions/{}", escape(&session.row.id)))
        }
        About::Trade(trade) => (frame.named(trade).to_owned(), format!("/banks/{}", escape(&trade.id))),
        About::Day(day) => {
            (frame.t1("page-draws-day-of", "day", frame.short_date(day)), format!("/plan/staff?day={day}"))
        }
        About::Other => (line.view.subject.clone(), String::new()),
    }
}

impl DrawsPage<'_> {
    fn kind(&self, purpose: &str) -> String {
        kind(self.frame, purpose)
    }

    fn minute(&self, millis: &i64) -> String {
        minute(*millis)
    }

    fn about(&self, line: &DrawLine) -> (String, String) {
        about(self.frame, line)
    }

    fn sealed(&self, line: &DrawLine) -> String {
        sealed(self.frame, line)
    }

    fn is_kind(&self, kind: &str) -> bool {
        self.query.kind.as_deref() == Some(kind)
    }

    fn day(&self) -> &str {
        self.query.day.as_deref().unwrap_or_default()
    }

    fn subject(&self) -> Option<&str> {
        self.query.subject.as_deref().filter(|s| !s.is_empty())
    }

    fn at(&self, page: i64) -> String {
        let part = |text: &Option<String>| escape(text.as_deref().unwrap_or_default());
        let ListQuery { kind, day, subject, .. } = &self.query;
        format!("?kind={}&day={}&subject={}&page={page}", part(kind), part(day), part(subject))
    }
}

impl DrawPage<'_> {
    fn kind(&self) -> String {
        kind(self.frame, &self.file.line.view.purpose)
    }

    fn what(&self) -> String {
        self.frame.t(&format!("page-draws-what-{}", self.file.line.view.purpose.replace('_', "-")))
    }

    fn minute(&self, millis: &i64) -> String {
        minute(*millis)
    }

    fn about(&self) -> (String, String) {
        about(self.frame, &self.file.line)
    }

    /// That the draw is sealed, and why.
    fn sealed(&self) -> String {
        format!("{} {}", self.frame.t("page-draws-sealed"), sealed(self.frame, &self.file.line))
    }

    /// Both duties, each with whether somebody may take it.
    fn duties(&self, person: &PersonLine) -> [(String, MayWords); 2] {
        let of = |id: &str, may: &May| (self.frame.t(id), self.may(may));
        [of("page-draws-invigilating", &person.invigilating), of("page-draws-examining", &person.examining)]
    }

    fn may(&self, may: &May) -> MayWords {
        let t = |id: &str| vec![self.frame.t(id)];
        match may {
            May::Yes => ("good", "check", t("page-draws-may")),
            May::LeftOut => ("info", "dash", t("page-draws-left-out")),
            May::NoPost => ("info", "dash", t("page-none")),
            May::Forbidden(rules) => {
                let words =
                    rules.iter().map(|r| self.frame.t(&format!("page-draws-rule-{}", r.replace('_', "-"))));
                ("bad", "ban", words.collect())
            }
        }
    }

    fn check(&self, name: &str, ok: bool) -> String {
        let outcome = if ok { "yes" } else { "no" };
        self.frame.t(&format!("page-draws-check-{}-{outcome}", name.replace('_', "-")))
    }

    /// Whether the particulars of a check say more than its sentence: a number that was computed, or a fault.
    fn details(&self, check: &Check) -> bool {
        !check.ok || matches!(check.name.as_str(), "input_hash" | "seed")
    }

    /// What a transcript alone does not show: the word before the colon names the sentence.
    fn open_question(&self, text: &str) -> String {
        let word = text.split(':').next().unwrap_or_default();
        self.frame.t(&format!("page-draws-open-{}", word.replace('_', "-")))
    }

    fn pool(&self, [judge, single, multiple]: &[usize; 3]) -> String {
        let with = [("judge", judge), ("single", single), ("multiple", multiple)];
        self.frame.with("page-draws-pool", &with.map(|(name, count)| (name, count.to_string())))
    }

    /// Name under which the transcript is saved.
    fn file_name(&self) -> String {
        format!("{}.json", self.file.line.view.draw)
    }
}

async fn list(app: Data<App>, visitor: Visitor, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let filled = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let day = filled(&query.day).map(|day| Date::parse(&day).ok());
    let wrong_day = matches!(day, Some(None));
    let between =
        day.flatten().map(|day| (day.start_in_china().millis(), day.plus_days(1).start_in_china().millis()));
    let which = WhichDraws { purpose: filled(&query.kind), subject: filled(&query.subject), between };
    let page = query.page.unwrap_or(1).clamp(1, 100_000);
    let worker = app.get_ref().clone();
    let (lines, total) = block(move || draw_desk::page(&worker, &which, ((page - 1) * PAGE, PAGE))).await?;
    let pages = pages_of(total, PAGE);
    let frame = &visitor.frame;
    let notice = match wrong_day {
        true => Notice::wrong(frame.t("page-draws-day-wrong"), StatusCode::UNPROCESSABLE_ENTITY),
        false => Notice::default(),
    };
    let view = DrawsPage { frame, query, kinds: KINDS, notice, lines, total, page, pages };
    frame.answer(view.notice.status(), &view)
}

async fn show(
    app: Data<App>,
    visitor: Visitor,
    draw: Path<String>,
    query: Query<DrawQuery>,
) -> Result<HttpResponse, Problem> {
    let (worker, check) = (app.get_ref().clone(), query.check.is_some());
    let file = block(move || draw_desk::open(&worker, &draw, check)).await?;
    let frame = &visitor.frame;
    frame.answer(StatusCode::OK, &DrawPage { frame, file })
}
