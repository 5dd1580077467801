//! The exam day for the staff of the centre and of a point: what has to be done first, how far everybody has come,
//! and for the centre what is ahead.

pub(super) mod figures;
mod todo;

use super::my;
use super::page::{Frame, Visitor, escape};
use super::parts::{Segment, segments};
use super::plot::Plot;
use crate::app::App;
use crate::app::overview::ahead::{Lack, Planned};
use crate::app::overview::board::{Card, Column};
use crate::app::overview::day::{Alarms, Day, DayQuery, DueLine, SessionCard, day};
use crate::app::overview::tasks::{PointDay, SessionState};
use crate::app::overview::{STAGES, Stage, StageCounts};
use crate::app::queues::PlaceLine;
use crate::http::extract::block;
use crate::http::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use shared::queue::{PlaceState, WaitRange};
use shared::time::Date;
use todo::Todo;

/// Things to be done that are shown at once; the others are folded away.
const SHOWN: usize = 6;

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
    /// Whether all exam points are looked after, and not one.
    centre: bool,
    previous: String,
    following: String,
    /// How many have come how far in all sessions of the day.
    flow: Vec<(Stage, usize)>,
    total: usize,
    todo: Vec<Todo>,
    alarms: Alarms,
    /// The steps of a point's day.
    course: Vec<CourseStep>,
    plots: Vec<Plot>,
    summary: String,
}

/// A step of an exam point's day.
struct CourseStep {
    word: &'static str,
    /// `done`, `open` or `none`.
    state: &'static str,
    detail: String,
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
        let own = day.standing.iter().find(|s| s.day == day.day && Some(&s.point.id) == day.point.as_ref());
        // Who plans sessions looks after all exam points.
        let centre = frame.reads("/plan");
        let course = if centre { None } else { own };
        Self {
            centre,
            previous: address(&day.day.minus_days(1), day.point.as_deref()),
            following: address(&day.day.plus_days(1), day.point.as_deref()),
            flow,
            total,
            todo: todo::todo(frame, &day, centre),
            alarms: Alarms::of(&day.due, day.today),
            course: course.map(|state| course_of(frame, state, earlier(&day))).unwrap_or_default(),
            plots: figures::plots(frame, &day, centre),
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

    /// What is to be done first, and what is folded away.
    fn first(&self) -> (&[Todo], &[Todo]) {
        self.todo.split_at(self.todo.len().min(SHOWN))
    }

    /// Certificates by how pressing they are: word, how many, tone.
    fn tiles(&self) -> Vec<(&'static str, i64, &'static str)> {
        let all = [
            ("late", self.alarms.late, "bad"),
            ("today", self.alarms.today, "warn"),
            ("tomorrow", self.alarms.tomorrow, "info"),
            ("later", self.alarms.later, "info"),
            ("unknown", self.alarms.unknown, "warn"),
        ];
        all.into_iter().filter(|(word, n, _)| *word != "unknown" || *n > 0).collect()
    }

    /// Sessions by day.
    fn days(&self) -> Vec<&[Planned]> {
        self.day.plan.chunk_by(|a, b| a.day == b.day).collect()
    }

    fn course_word(&self, frame: &Frame, step: &CourseStep) -> String {
        frame.t(&format!("page-course-point-{}", step.word))
    }

    fn tile_word(&self, frame: &Frame, word: &str) -> String {
        frame.t(&format!("page-alarm-{word}"))
    }

    fn column_word(&self, frame: &Frame, column: &Column) -> String {
        frame.t(&format!("page-board-{}", column.word))
    }

    fn lack_word(&self, frame: &Frame, lack: &Lack) -> String {
        frame.t(&format!("page-lack-{}", lack.word()))
    }

    fn tone_word(&self, frame: &Frame, item: &Todo) -> String {
        item.badge.clone().unwrap_or_else(|| frame.t(&format!("page-todo-{}", item.tone)))
    }

    /// The end of a ticket number, with the number in the queue or the seat where there is one.
    fn short(&self, frame: &Frame, card: &Card) -> String {
        let end = card.ticket.rsplit('-').next().unwrap_or_default();
        match (card.stage, card.number, &card.seat) {
            (Stage::Waiting, Some(number), _) => format!("{end} · {number:03}"),
            (Stage::Admitted | Stage::InRoom, _, Some((room, seat))) => format!("{end} · {room}-{seat}"),
            (stage, ..) if stage.is_end() && stage != Stage::Passed => {
                format!("{end} · {}", frame.stage(&stage))
            }
            _ => end.to_owned(),
        }
    }

    fn place(&self, frame: &Frame, line: &PlaceLine) -> String {
        my::place(frame, &line.place)
    }

    fn place_word(&self, frame: &Frame, line: &PlaceLine) -> String {
        frame.t(&format!("page-queue-{}", line.state.word()))
    }

    fn place_tone(&self, line: &PlaceLine) -> &'static str {
        match line.state {
            PlaceState::Open => " badge-good",
            PlaceState::Paused => " badge-warn",
            PlaceState::Closed => "",
        }
    }

    fn place_icon(&self, line: &PlaceLine) -> &'static str {
        match line.state {
            PlaceState::Open => "check",
            PlaceState::Paused => "clock",
            PlaceState::Closed => "ban",
        }
    }

    /// Queue numbers as they are shown everywhere: three digits at least.
    fn numbers(&self, numbers: &[u32]) -> String {
        numbers.iter().map(|n| format!("{n:03}")).collect::<Vec<_>>().join(" ")
    }

    fn wait(&self, frame: &Frame, range: &WaitRange) -> String {
        my::wait_words(frame, *range)
    }

    fn column_icon(&self, column: &Column) -> &'static str {
        match column.word {
            "expected" => "clock",
            "checked-in" => "scan",
            "waiting" => "queue",
            "in-room" => "pencil",
            "practical" => "tools",
            "passed" => "check",
            "printed" => "badge",
            _ => "dash",
        }
    }
}

/// Certificates of days before this one that are still to be printed.
fn earlier(day: &Day) -> i64 {
    let of_day = |line: &&DueLine| !day.sessions.iter().any(|s| s.session.row.id == line.session.row.id);
    day.due.iter().filter(of_day).map(DueLine::open).sum()
}

/// The way of a point's day, from the list in the morning to the signature in the evening; `earlier` certificates of
/// days before are still to be printed.
fn course_of(frame: &Frame, state: &PointDay, earlier: i64) -> Vec<CourseStep> {
    let (day, point) = (state.day.to_string(), state.point.id.as_str());
    let step = |word, done: bool, detail: String, link: String| CourseStep {
        word,
        state: if done { "done" } else { "open" },
        detail,
        link,
    };
    let yes_or_no = |word: &str, yes: bool| {
        frame.t(&format!("page-course-point-{word}-{}", if yes { "yes" } else { "no" }))
    };
    let with = |of: &dyn Fn(&SessionState) -> i64| -> i64 { state.sessions.iter().map(of).sum() };
    let shut = state.sessions.iter().map(|s| s.shut.len()).sum::<usize>();
    let seated = state.sessions.iter().any(|s| s.seated);
    let (issued, printed) = (with(&|s| s.certificates.issued), with(&|s| s.certificates.printed));
    let mut prints = frame.t2("page-course-point-print-of", "printed", printed, "issued", issued);
    if earlier > 0 {
        let more = frame.t1("page-course-point-print-earlier", "count", earlier);
        prints = format!("{prints}{}{more}", frame.pick("，", ", "));
    }
    let pending = with(&|s| s.pending);
    let rooms = match state.sessions.iter().find(|s| !s.shut.is_empty()).or(state.sessions.first()) {
        Some(session) => format!("/sessions/{}", escape(&session.id)),
        None => address(&state.day, None),
    };
    let passed = state.sessions.first().map(|s| format!("/sessions/{}?state=passed", escape(&s.id)));
    vec![
        step("pack", state.pack, yes_or_no("pack", state.pack), super::paper::address(&day, point)),
        step(
            "readiness",
            state.ready,
            yes_or_no("readiness", state.ready),
            super::readiness::address(&day, point),
        ),
        step(
            "rooms",
            seated && shut == 0,
            if shut == 0 {
                yes_or_no("rooms", seated)
            } else {
                frame.t1("page-course-point-rooms-shut", "count", shut)
            },
            rooms.clone(),
        ),
        step(
            "results",
            pending == 0,
            if pending == 0 {
                yes_or_no("results", true)
            } else {
                frame.t1("page-course-point-results-open", "count", pending)
            },
            rooms.clone(),
        ),
        step("print", issued > 0 && issued == printed && earlier == 0, prints, passed.unwrap_or(rooms)),
        step("close", state.closed, yes_or_no("close", state.closed), super::close::address(&day, point)),
    ]
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

fn address(day: &Date, point: Option<&str>) -> String {
    match point {
        Some(point) => format!("/?day={day}&point={}", escape(point)),
        None => format!("/?day={day}"),
    }
}
