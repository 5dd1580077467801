//! What has to be done first, in words: late certificates, the duties of exam points, what keeps sessions from going on.

use super::urgency;
use crate::app::overview::day::{Block, Day, DriftLine, DueLine, SessionCard};
use crate::app::overview::tasks::{Task, Urgency, What};
use crate::app::overview::unpublished::{Term, Unpublished};
use crate::app::regrade::Duty;
use crate::app::review::ReviewLine;
use crate::app::statistics::Exposed;
use crate::web::centre::{corrections, reviews};
use crate::web::page::{Frame, escape};
use crate::web::{close, duties, paper, readiness, room};
use shared::time::Instant;

/// What has to be done first.
pub(super) struct Todo {
    pub(super) tone: &'static str,
    /// What the badge says, where it is not the word of the tone.
    pub(super) badge: Option<String>,
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
        let alarmed = day.unpublished.iter().any(|line| line.session.row.id == card.session.row.id);
        // The term of the results says more than that they are due.
        let told = |b: &&Block| concerns(centre, **b) && !(alarmed && **b == Block::ResultsDue);
        all.extend(card.blocks.iter().filter(told).map(|b| blocked(frame, day, card, *b)));
    }
    all.extend(day.unpublished.iter().map(|line| unpublished(frame, line)));
    all.extend(day.regrades.iter().map(|duty| regraded(frame, duty)));
    all.extend(day.reviews.iter().map(|line| asked(frame, line)));
    if centre {
        all.extend(day.drift.iter().map(|line| drift(frame, line)));
        all.extend(day.exposed.iter().map(|line| exposed(frame, line)));
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
        badge: None,
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
        badge: None,
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

/// Working days before the last one from which results that are not published are pressing.
const PRESSING_DAYS: u32 = 3;

/// Results that are not published, with the working days that are left.
fn unpublished(frame: &Frame, line: &Unpublished) -> Todo {
    let (tone, title) = match line.term {
        Term::Over(due) => ("bad", frame.t1("page-todo-results-over", "day", frame.short_date(&due))),
        Term::Until(due, 0) => ("bad", frame.t1("page-todo-results-today", "day", frame.short_date(&due))),
        Term::Until(due, left) => {
            let tone = if left <= PRESSING_DAYS { "warn" } else { "info" };
            (tone, frame.t2("page-todo-results-left", "days", left, "day", frame.short_date(&due)))
        }
        Term::AwaitsCalendar => ("warn", frame.t("page-todo-results-calendar")),
    };
    let row = &line.session.row;
    let in_time = matches!(line.term, Term::Until(_, left) if left > PRESSING_DAYS);
    Todo {
        badge: in_time.then(|| frame.t("page-todo-in-time")),
        tone,
        title,
        why: frame.with(
            "page-todo-results-why",
            &[
                ("trade", frame.named(&line.session.trade).to_owned()),
                ("point", frame.named(&line.session.point).to_owned()),
                ("session", row.id.clone()),
                ("pending", line.pending.to_string()),
                ("days", line.working_days.to_string()),
            ],
        ),
        link: session(&row.id),
    }
}

/// What a person has to do after a paper was graded again by a corrected key.
fn regraded(frame: &Frame, duty: &Duty) -> Todo {
    let (before, after) = duty.points;
    let why = match &duty.certificate {
        Some(certificate) => frame.t1("page-todo-regraded-has", "certificate", certificate),
        None => frame.t("page-todo-regraded-why"),
    };
    Todo {
        badge: None,
        tone: if duty.what == "decide" { "bad" } else { "warn" },
        title: frame.with(
            &format!("page-todo-regraded-{}", duty.what),
            &[("ticket", duty.ticket.clone()), ("before", before.to_string()), ("after", after.to_string())],
        ),
        why,
        link: corrections::address(&duty.correction),
    }
}

/// A result that a candidate asked to have looked at again.
fn asked(frame: &Frame, line: &ReviewLine) -> Todo {
    let day = Instant::from_millis(line.asked_at).date_in_china();
    Todo {
        badge: None,
        tone: "warn",
        title: frame.t1("page-todo-review", "ticket", &line.ticket),
        why: frame.t2("page-todo-review-why", "name", &line.asked_by, "day", frame.short_date(&day)),
        link: reviews::address(&line.review),
    }
}

/// Sets that so many have seen that others should take their place.
fn exposed(frame: &Frame, line: &Exposed) -> Todo {
    let sets: Vec<String> = line.sets.iter().map(|(number, _)| number.to_string()).collect();
    let count = line.sets.iter().map(|(_, count)| *count).max().unwrap_or(0);
    Todo {
        badge: None,
        tone: "warn",
        title: frame.t1("page-todo-exposed", "sets", sets.join(frame.t("page-list-comma").as_str())),
        why: frame.with(
            "page-todo-exposed-why",
            &[
                ("trade", frame.named(&line.trade).to_owned()),
                ("count", count.to_string()),
                ("most", line.most.to_string()),
            ],
        ),
        link: format!("/banks/{}", escape(&line.trade.id)),
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
        badge: None,
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
        badge: None,
        tone,
        title: frame.t(&format!("page-block-{}", block.word())),
        why: format!("{} {}", frame.time(&row.starts_at), frame.named(&card.session.trade)),
        link: session(&row.id),
    }
}

fn session(id: &str) -> String {
    format!("/sessions/{}", escape(id))
}
