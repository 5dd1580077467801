//! The exam day for the staff of the centre and of a point.

use super::page::{Frame, Visitor, escape};
use super::parts::{Segment, segments};
use crate::app::App;
use crate::app::overview::day::{Block, Day, DayQuery, DueLine, SessionCard, day};
use crate::app::overview::{STAGES, Stage, StageCounts};
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use shared::time::Date;

#[derive(Template)]
#[template(path = "day/index.html")]
struct DayPage<'a> {
    frame: &'a Frame,
    view: &'a DayView,
}

#[derive(Template)]
#[template(path = "day/_board.html")]
struct DayBoard<'a> {
    frame: &'a Frame,
    view: &'a DayView,
}

struct DayView {
    day: Day,
    previous: String,
    following: String,
    /// How many have come how far in all sessions of the day.
    flow: Vec<(Stage, usize)>,
    total: usize,
    todo: Vec<Todo>,
    summary: String,
}

/// What has to be done first.
struct Todo {
    tone: &'static str,
    title: String,
    why: String,
    link: String,
}

pub(super) async fn show(app: Data<App>, visitor: Visitor, query: DayQuery) -> Result<HttpResponse, Problem> {
    let app = app.get_ref().clone();
    let Visitor { person, frame } = visitor;
    let day = block(move || day(&app, &person, &query)).await?;
    let view = DayView::of(&frame, day);
    frame.answer_either(&DayPage { frame: &frame, view: &view }, &DayBoard { frame: &frame, view: &view })
}

impl DayView {
    fn of(frame: &Frame, day: Day) -> Self {
        let mut counts = StageCounts::new();
        for (stage, count) in day.sessions.iter().flat_map(|s| &s.counts) {
            *counts.entry(*stage).or_default() += count;
        }
        let flow: Vec<(Stage, usize)> =
            STAGES.into_iter().map(|s| (s, counts.get(&s).copied().unwrap_or(0))).collect();
        let total = counts.values().sum();
        let spoken = flow.iter().filter(|(_, n)| *n > 0);
        let spoken: Vec<String> = spoken.map(|(s, n)| format!("{} {n}", frame.stage(s))).collect();
        Self {
            previous: address(&day.day.minus_days(1), day.point.as_deref()),
            following: address(&day.day.plus_days(1), day.point.as_deref()),
            flow,
            total,
            todo: todo(frame, &day),
            summary: frame.t1("page-day-summary", "counts", spoken.join(" · ")),
            day,
        }
    }

    fn today(&self) -> String {
        address(&self.day.today, self.day.point.as_deref())
    }

    fn to(&self, day: &Date) -> String {
        address(day, self.day.point.as_deref())
    }

    fn segments(&self, card: &SessionCard) -> Vec<Segment> {
        segments(&card.counts)
    }

    fn reached<'a>(&self, card: &'a SessionCard) -> Vec<(&'a Stage, &'a usize)> {
        card.counts.iter().collect()
    }
}

/// Whether a due day is over, today, or still ahead.
pub(super) fn urgency(due: &DueLine, today: Date) -> &'static str {
    match due.due {
        Some(day) if day < today => "bad",
        Some(day) if day == today => "warn",
        Some(_) => "info",
        None => "warn",
    }
}

/// Overdue certificates come first, then what keeps sessions from going on, in the order of their start.
fn todo(frame: &Frame, day: &Day) -> Vec<Todo> {
    let mut todo = Vec::new();
    for line in day.due.iter().filter(|l| l.due.is_none_or(|d| d <= day.today)) {
        let tone = urgency(line, day.today);
        let title = match line.due {
            Some(due) if due < day.today => frame.t1("page-todo-overdue", "count", line.open()),
            Some(_) => frame.t1("page-todo-due-today", "count", line.open()),
            None => frame.t1("page-todo-no-calendar", "count", line.open()),
        };
        let why = frame.t2(
            "page-todo-session",
            "trade",
            frame.named(&line.session.trade),
            "point",
            frame.named(&line.session.point),
        );
        todo.push(Todo { tone, title, why, link: session(&line.session.row.id) });
    }
    for card in &day.sessions {
        for blocked in &card.blocks {
            let tone = match blocked {
                Block::Mismatch => "bad",
                Block::NoCandidates | Block::NotSeated | Block::NotStaffed if day.day <= day.today => "bad",
                _ => "warn",
            };
            let title = frame.t(&format!("page-block-{}", blocked.word()));
            let why =
                format!("{} {}", frame.time(&card.session.row.starts_at), frame.named(&card.session.trade));
            todo.push(Todo { tone, title, why, link: session(&card.session.row.id) });
        }
    }
    todo
}

fn session(id: &str) -> String {
    format!("/sessions/{}", escape(id))
}

fn address(day: &Date, point: Option<&str>) -> String {
    match point {
        Some(point) => format!("/?day={day}&point={}", escape(point)),
        None => format!("/?day={day}"),
    }
}
