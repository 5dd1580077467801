//! What has to be done first, in words: late certificates, the duties of exam points, what keeps sessions from going on.

use super::urgency;
use crate::app::overview::day::{Block, Day, DriftLine, DueLine, SessionCard};
use crate::app::overview::tasks::{Task, Urgency, What};
use crate::web::page::{Frame, escape};
use crate::web::{close, duties, paper, readiness, room};

/// What has to be done first.
pub(super) struct Todo {
    pub(super) tone: &'static str,
    pub(super) title: String,
    pub(super) why: String,
    pub(super) link: String,
}

/// Everything that has to be done, the most pressing first; what is equally pressing stays in the order of the day.
pub(super) fn todo(frame: &Frame, day: &Day, centre: bool) -> Vec<Todo> {
    let pressing: Vec<&DueLine> = day.due.iter().filter(|l| l.due.is_none_or(|d| d <= day.today)).collect();
    let called = |session: &str| pressing.iter().any(|l| l.session.row.id == session);
    let mut all: Vec<Todo> = pressing.iter().map(|line| due(frame, day, line)).collect();
    // The deadline of a session's certificates says more than that some are not printed.
    let told = |t: &&Task| matches!((&t.what, &t.session), (What::Print(_), Some((id, _))) if called(id));
    all.extend(day.tasks.iter().filter(|t| !told(t)).map(|t| task(frame, t, centre)));
    for card in &day.sessions {
        all.extend(
            card.blocks.iter().filter(|b| concerns(centre, **b)).map(|b| blocked(frame, day, card, *b)),
        );
    }
    if centre {
        all.extend(day.drift.iter().map(|line| drift(frame, line)));
    }
    let rank = |todo: &Todo| ["bad", "warn", "info"].iter().position(|tone| *tone == todo.tone);
    all.sort_by_key(rank);
    all
}

/// What only the centre can do is told to the centre alone.
const fn concerns(centre: bool, block: Block) -> bool {
    centre || !matches!(block, Block::ResultsDue | Block::CertificatesDue)
}

fn due(frame: &Frame, day: &Day, line: &DueLine) -> Todo {
    let title = match line.due {
        Some(due) if due < day.today => frame.t1("page-todo-overdue", "count", line.open()),
        Some(_) => frame.t1("page-todo-due-today", "count", line.open()),
        None => frame.t1("page-todo-no-calendar", "count", line.open()),
    };
    let (trade, point) = (frame.named(&line.session.trade), frame.named(&line.session.point));
    Todo {
        tone: urgency(line, day.today),
        title,
        why: frame.t2("page-todo-session", "trade", trade, "point", point),
        link: session(&line.session.row.id),
    }
}

fn task(frame: &Frame, task: &Task, centre: bool) -> Todo {
    let (day, point) = (task.day.to_string(), task.point.id.as_str());
    let of_session = task.session.as_ref().map(|(id, _)| id.as_str()).unwrap_or_default();
    let (title, link) = match &task.what {
        What::Readiness => (frame.t("page-task-readiness"), readiness::address(&day, point)),
        What::Pack => (frame.t("page-task-pack"), paper::address(&day, point)),
        What::Close => (frame.t("page-task-close"), close::address(&day, point)),
        What::Print(count) => {
            let link = format!("{}?state=passed", session(of_session));
            (frame.t1("page-task-print", "count", count), link)
        }
        What::Posts(count) => (frame.t1("page-task-posts", "count", count), duties::address(of_session)),
        What::Room(code) => {
            let link = if centre { room::address(of_session, code) } else { session(of_session) };
            (frame.t1("page-task-room", "room", code), link)
        }
    };
    let named =
        task.session.as_ref().map_or(String::new(), |(_, trade)| format!("{} · ", frame.named(trade)));
    Todo {
        tone: match task.urgency {
            Urgency::Late => "bad",
            Urgency::Now => "warn",
            Urgency::Soon => "info",
        },
        title,
        why: format!("{named}{} · {}", frame.named(&task.point), frame.short_date(&task.day)),
        link,
    }
}

/// Sets that are not equally hard: told before the trade is examined again.
fn drift(frame: &Frame, line: &DriftLine) -> Todo {
    let mut sets: Vec<&str> = line.differences.iter().map(|d| d.set.as_str()).collect();
    sets.sort_unstable();
    sets.dedup();
    let mut tests: Vec<&str> = line.differences.iter().map(|d| d.test.word()).collect();
    tests.dedup();
    let tests: Vec<String> = tests
        .into_iter()
        .map(|word| frame.t(&format!("page-statistics-test-{}", word.replace('_', "-"))))
        .collect();
    let next = line.next_at.date_in_china();
    Todo {
        tone: "warn",
        title: frame.t1("page-todo-drift", "sets", sets.join(frame.t("page-list-comma").as_str())),
        why: frame.with(
            "page-todo-drift-why",
            &[
                ("trade", frame.named(&line.trade).to_owned()),
                ("tests", tests.join(frame.t("page-list-comma").as_str())),
                ("day", frame.short_date(&next)),
            ],
        ),
        link: format!("/banks/{}/statistics", escape(&line.trade.id)),
    }
}

fn blocked(frame: &Frame, day: &Day, card: &SessionCard, block: Block) -> Todo {
    let tone = match block {
        Block::Mismatch => "bad",
        Block::NoCandidates | Block::NotSeated | Block::NotStaffed if day.day <= day.today => "bad",
        _ => "warn",
    };
    let row = &card.session.row;
    Todo {
        tone,
        title: frame.t(&format!("page-block-{}", block.word())),
        why: format!("{} {}", frame.time(&row.starts_at), frame.named(&card.session.trade)),
        link: session(&row.id),
    }
}

fn session(id: &str) -> String {
    format!("/sessions/{}", escape(id))
}
